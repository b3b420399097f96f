import type { Command } from 'commander';
import { readNetworkScript } from '../network/network-script.ts';
import { type Relay, startRelay } from '../network/relay.ts';
import { resolveHost } from '../network/resolve-host.ts';
import { closeOnSignals } from './close-on-signals.ts';
import { anySeed, type HostAndPort, parseListen, parseTarget, within } from './option-values.ts';

interface RelayCliOptions {
  readonly listen: HostAndPort;
  readonly target: HostAndPort;
  readonly network?: string;
  readonly loss: number;
  readonly delayMs: number;
  readonly jitterMs: number;
  readonly seed: number;
}

const STATUS_EVERY_MS = 10_000;

/** `relay`: the bad network alone, between real autopilots (or SITL) and the ground station. */
export function addRelayCommand(program: Command): void {
  program
    .command('relay')
    .description(
      'Put a bad network between vehicles that are not ours (SITL) and the ground station, on UDP.',
    )
    .option('--listen <port>', 'where the vehicles send to: PORT or HOST:PORT', parseListen, {
      host: '127.0.0.1',
      port: 14_560,
    })
    .option('--target <url>', 'the ground station', parseTarget, { host: '127.0.0.1', port: 14_550 })
    .option('--network <file>', 'script of the network; seconds since the start of the relay')
    .option('--loss <fraction>', 'share of datagrams lost, each way', within(0, 1), 0)
    .option('--delay-ms <ms>', 'delay of datagrams, one way', within(0, 10_000), 0)
    .option('--jitter-ms <ms>', 'added to the delay by chance', within(0, 10_000), 0)
    .option('--seed <n>', 'the same seed loses the same datagrams of the n-th vehicle', anySeed, 1)
    .action(async (options: RelayCliOptions) => {
      const { listen, loss: lossFraction, delayMs, jitterMs, seed } = options;
      const script = options.network === undefined ? [] : await readNetworkScript(options.network);
      const relay = await startRelay({
        ...{ listen, script, seed, conditions: { lossFraction, delayMs, jitterMs } },
        target: await resolveHost(options.target),
        onProblem: (problem) => console.error(`relay: ${problem.message}`),
      });
      closeOnSignals(async () => {
        await relay.close();
        for (const line of relayLines(relay)) console.log(line);
      });
      const { host, port } = options.target;
      console.log(`relay ready: ${listen.host}:${relay.port} → ${host}:${port}`);
      process.send?.({ kind: 'ready' });
      if (!process.stdout.isTTY) return;
      setInterval(() => {
        for (const line of relayLines(relay)) console.log(line);
      }, STATUS_EVERY_MS).unref();
    });
}

function relayLines(relay: Relay): readonly string[] {
  return relay.vehicles.map(({ systemId, address, traffic }) => {
    const shown = (['down', 'up'] as const).map((direction) => {
      const { offered, delivered, lost, cut, overflow, duplicated } = traffic[direction];
      return `${direction} ${offered} in, ${delivered} out (${lost} lost, ${cut} cut, ${overflow} overflow, ${duplicated} twice)`;
    });
    return `system ${systemId ?? 'unknown'} at ${address.address}:${address.port}: ${shown.join('; ')}`;
  });
}
