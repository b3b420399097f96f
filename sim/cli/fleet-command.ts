import { type Command, Option } from 'commander';
import { type SimFleet, startSimFleet } from '../fleet.ts';
import { type AircraftOptions, addAircraftOptions, fleetSettings } from './aircraft-options.ts';
import { closeOnSignals } from './close-on-signals.ts';
import { type HostAndPort, parseOptionalTarget, parseTcp, within } from './option-values.ts';

interface FleetCliOptions extends AircraftOptions {
  readonly target: HostAndPort | 'none';
  readonly speed: number;
  readonly tcpPortBase?: number;
  readonly tcpClient?: HostAndPort;
  readonly pty?: string;
  readonly baud: number;
  readonly tlog?: string;
}

const STATUS_EVERY_MS = 10_000;

/** The fleet on sockets: what the program does without a command. */
export function configureFleetCommand(command: Command): void {
  command.addOption(
    new Option('--target <url>', 'ground station that every aircraft sends to, or none')
      .argParser(parseOptionalTarget)
      .default({ host: '127.0.0.1', port: 14_550 }, 'udp://127.0.0.1:14550'),
  );
  addAircraftOptions(command)
    .option('--speed <factor>', 'simulated seconds per second', within(0.1, 100), 1)
    .option('--tcp-port-base <port>', 'also listen on TCP, ten ports apart', within(1, 65_535, true))
    .option('--tcp-client <host:port>', 'also connect every aircraft to this TCP port', parseTcp)
    .option('--pty <folder>', 'also pseudo-terminals drone-1, drone-2 … there, for serial:// (needs socat)')
    .option('--baud <rate>', 'speed of the pseudo-terminals', within(1_200, 4_000_000, true), 57_600)
    .option('--tlog <file>', 'write all traffic that arrives, both ways')
    .action(async (options: FleetCliOptions) => runFleetCommand(options));
}

/** Resolves when the fleet runs; it ends by a signal. */
async function runFleetCommand(options: FleetCliOptions): Promise<void> {
  const { tcpPortBase, tcpClient, pty, tlog, baud, target } = options;
  const fleet = await startSimFleet({
    ...(await fleetSettings(options)),
    target: target === 'none' ? null : target,
    speed: options.speed,
    ...(tcpPortBase === undefined ? {} : { tcpPortBase }),
    ...(tcpClient === undefined ? {} : { tcpClient }),
    ...(pty === undefined ? {} : { pty: { folder: pty, baudRate: baud } }),
    ...(tlog === undefined ? {} : { tlogPath: tlog }),
    onProblem: (systemId, problem) =>
      console.error(`${systemId === 0 ? 'fleet' : `aircraft ${systemId}`}: ${problem.message}`),
  });
  closeOnSignals(() => fleet.close());
  console.log(`seed ${fleet.seed}`);
  console.log(`sim ready: ${fleet.all.length} aircraft → ${destinationsOf(options).join(', ')}`);
  process.send?.({ kind: 'ready' });
  if (process.stdout.isTTY) setInterval(() => console.log(statusOf(fleet)), STATUS_EVERY_MS).unref();
}

function destinationsOf({ target, tcpPortBase, tcpClient, pty, baud }: FleetCliOptions): readonly string[] {
  return [
    ...(target === 'none' ? [] : [`${target.host}:${target.port}`]),
    ...(tcpPortBase === undefined ? [] : [`TCP ${tcpPortBase} and every tenth port`]),
    ...(tcpClient === undefined ? [] : [`tcp://${tcpClient.host}:${tcpClient.port}`]),
    ...(pty === undefined ? [] : [`serial://${pty}/drone-N?baud=${baud}`]),
  ];
}

/** One line: time, how many fly, what the network did, and whether this machine keeps up. */
export function statusOf(fleet: SimFleet): string {
  const truths = fleet.all.map(({ truth }) => truth);
  let [delivered, lost] = [0, 0];
  for (const { traffic } of fleet.all) {
    for (const line of [traffic.up, traffic.down]) {
      delivered += line.delivered;
      lost += line.lost + line.cut + line.overflow;
    }
  }
  const minutes = Math.floor(fleet.timeS / 60);
  const seconds = Math.floor(fleet.timeS % 60);
  const behind = fleet.lostS > 0 ? `, ${fleet.lostS.toFixed(1)} s not kept up with` : '';
  return (
    `${minutes}:${String(seconds).padStart(2, '0')} simulated: ${truths.length} aircraft, ` +
    `${truths.filter(({ armed }) => armed).length} armed, ${truths.filter(({ landed }) => !landed).length} in the air; ` +
    `${delivered} datagrams arrived, ${lost} lost${behind}`
  );
}
