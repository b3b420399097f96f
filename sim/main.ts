import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_STARTUP_S, REALISTIC_STARTUP_S } from './ardupilot/startup.ts';
import { SimError } from './errors.ts';
import { type SimFleet, type SimFleetOptions, startSimFleet } from './fleet.ts';
import { readHomes, ringOfHomes } from './homes.ts';

interface CliOptions {
  readonly target: { readonly host: string; readonly port: number };
  readonly count?: number;
  readonly homes?: string;
  readonly speed: number;
  readonly seed: number;
  readonly firstSysid: number;
  readonly startupS: number;
  readonly realisticStartup?: boolean;
  readonly tcpPortBase?: number;
  readonly loss: number;
  readonly duplicates: number;
  readonly delayMs: number;
  readonly windMps: number;
  readonly windFromDeg: number;
}

const EXAMPLES = `
Examples:
  Six aircraft for a server that listens on UDP 14550:
    node dist/sim/main.js --count 6
  At the bases of a district, ten times as fast as life:
    node dist/sim/main.js --homes bases.json --speed 10
  One that starts as slowly as a real ArduCopter, over a link that loses 30 %:
    node dist/sim/main.js --count 1 --realistic-startup --loss 0.3
  Also reachable by TCP on 5760, 5770 … like SITL:
    node dist/sim/main.js --count 2 --tcp-port-base 5760

The homes file is a list: [{"lonDeg": 110.29, "latDeg": 25.28, "altitudeAmslM": 150, "name": "North station"}]`;

/** A number option that says what is allowed when it is wrong. */
function within(min: number, max: number, whole = false): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= min && value <= max && (!whole || Number.isInteger(value)))
      return value;
    throw new InvalidArgumentError(
      `Allowed is ${whole ? 'a whole number' : 'a number'} from ${min} to ${max}.`,
    );
  };
}

function parseTarget(text: string): CliOptions['target'] {
  const match = /^udp:\/\/([^:/\s]+):(\d+)$/.exec(text);
  const [, host, port] = match ?? [];
  if (host === undefined || !(Number(port) >= 1 && Number(port) <= 65_535)) {
    throw new InvalidArgumentError('Allowed is udp://HOST:PORT with a port from 1 to 65535.');
  }
  return { host, port: Number(port) };
}

function program(): Command {
  return new Command('airgrid-sim')
    .description('Simulated drones that speak MAVLink 2 over real sockets, as ArduPilot Copter does.')
    .addOption(
      new Option('--target <url>', 'ground station that every aircraft sends to')
        .argParser(parseTarget)
        .default({ host: '127.0.0.1', port: 14_550 }, 'udp://127.0.0.1:14550'),
    )
    .option('--count <n>', 'number of aircraft (default: as many as homes, else 6)', within(1, 255, true))
    .option('--homes <file>', 'JSON list of start places; without it a ring near 25.28 N 110.29 E')
    .option('--speed <factor>', 'simulated seconds per second', within(0.1, 100), 1)
    .option(
      '--seed <n>',
      'the same seed gives the same wind, losses and hardware ids',
      within(0, 2 ** 32 - 1, true),
      1,
    )
    .option(
      '--first-sysid <n>',
      'system id of the first aircraft, the others follow',
      within(1, 255, true),
      1,
    )
    .option('--startup-s <s>', 'seconds until an aircraft can be armed', within(0, 600), DEFAULT_STARTUP_S)
    .option('--realistic-startup', `start as slowly as the real one (${REALISTIC_STARTUP_S} s)`)
    .option('--tcp-port-base <port>', 'also listen on TCP, ten ports apart', within(1, 65_535, true))
    .option('--loss <fraction>', 'share of datagrams lost, each way', within(0, 1), 0)
    .option('--duplicates <fraction>', 'share of datagrams that arrive twice', within(0, 1), 0)
    .option('--delay-ms <ms>', 'delay of datagrams, one way', within(0, 10_000), 0)
    .option('--wind-mps <mps>', 'steady wind', within(0, 15), 2)
    .option('--wind-from-deg <deg>', 'where the wind comes from', within(0, 360), 225)
    .addHelpText('after', EXAMPLES);
}

async function fleetOptions(cli: CliOptions): Promise<SimFleetOptions> {
  const fromFile = cli.homes === undefined ? null : await readHomes(cli.homes);
  const count = cli.count ?? fromFile?.length ?? 6;
  const homes = fromFile ?? ringOfHomes(count);
  if (homes.length < count) {
    throw new SimError(
      'sim.bad-option',
      `--count is ${count}, but ${cli.homes} holds ${homes.length} homes only`,
    );
  }
  const last = cli.firstSysid + count - 1;
  if (last > 255) {
    // System ids are 8 bits; more aircraft than that need several targets, each with ids of its own.
    throw new SimError(
      'sim.bad-option',
      `--first-sysid ${cli.firstSysid} and --count ${count} end at system id ${last}; allowed is up to 255`,
    );
  }
  const from = (cli.windFromDeg * Math.PI) / 180;
  return {
    aircraft: homes.slice(0, count).map((home, index) => ({ ...home, systemId: cli.firstSysid + index })),
    target: cli.target,
    ...(cli.tcpPortBase === undefined ? {} : { tcpPortBase: cli.tcpPortBase }),
    speed: cli.speed,
    seed: cli.seed,
    startupS: cli.realisticStartup === true ? REALISTIC_STARTUP_S : cli.startupS,
    wind: {
      eastMps: -Math.sin(from) * cli.windMps,
      northMps: -Math.cos(from) * cli.windMps,
      gustMps: cli.windMps / 4,
    },
    faults: { all: { lossFraction: cli.loss, duplicateFraction: cli.duplicates, delayMs: cli.delayMs } },
    onProblem: (systemId, problem) => console.error(`aircraft ${systemId}: ${problem.message}`),
  };
}

/** Closes the fleet on SIGINT, SIGTERM and when the parent process is gone; a second signal does not wait. */
function closeOnSignals(fleet: SimFleet): void {
  let closing = false;
  const close = () => {
    if (closing) process.exit(0);
    closing = true;
    fleet.close().then(
      () => process.exit(0),
      (problem: unknown) => {
        console.error(problem);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', close);
  process.on('SIGTERM', close);
  if (process.send !== undefined) process.on('disconnect', close);
}

/** @returns the exit code when the simulator could not be started, else null: it runs until a signal. */
async function main(argv: readonly string[]): Promise<number | null> {
  try {
    const cli = program().parse(argv).opts<CliOptions>();
    const options = await fleetOptions(cli);
    const fleet = await startSimFleet(options);
    closeOnSignals(fleet);
    const { host, port } = cli.target;
    console.log(`seed ${fleet.seed}`);
    console.log(`sim ready: ${fleet.all.length} aircraft → ${host}:${port}`);
    process.send?.({ kind: 'ready' });
    return null;
  } catch (problem) {
    if (!(problem instanceof SimError)) throw problem;
    console.error(`error: ${problem.message}`);
    return 1;
  }
}

const isStarted =
  process.argv[1] !== undefined &&
  realpathSync(process.argv[1]) === realpathSync(fileURLToPath(import.meta.url));
if (isStarted) {
  const code = await main(process.argv);
  if (code !== null) process.exitCode = code;
}
