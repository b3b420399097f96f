import { Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_HOME, parseHome, type SitlHome } from './homes.ts';
import { PX4_GCS_PORT } from './ports.ts';
import { SitlError } from './sitl-error.ts';
import { VEHICLE_TYPES } from './vehicle-types.ts';

/** The launcher's options as given, checked one by one. */
export interface SitlCliOptions {
  readonly vehicle: string;
  readonly count: number;
  readonly home: SitlHome;
  readonly firstSysid: number;
  readonly speedup: number;
  readonly target: { readonly host: string; readonly port: number };
  readonly autopilotBinary?: string;
  readonly dockerImage?: string;
  readonly model?: string;
  readonly params?: string;
  readonly keep?: string;
  readonly readyWithinS: number;
  /** Told in the line "ready"; set by `airgrid sitl`, which runs the server. */
  readonly consoleUrl?: string;
}

const EXAMPLES = `
Examples:
  Three copters for a ground station that listens on UDP 14550:
    node dist/sim/sitl/main.js --vehicle copter --count 3 --home 25.28,110.29
  Two PX4 (SIH quadrotors), their logs kept:
    node dist/sim/sitl/main.js --vehicle px4 --count 2 --keep /tmp/px4-logs
  Another PX4 airframe that simulates itself:
    node dist/sim/sitl/main.js --vehicle px4 --model sihsim_standard_vtol

The program is looked for by --autopilot-binary, then ARDUPILOT_SITL or PX4_SITL (a binary or its folder), then PATH, then
--docker-image.`;

export function sitlProgram(): Command {
  return new Command('airgrid-sitl')
    .description('Runs real autopilots (ArduPilot SITL, PX4 SIH) on this machine.')
    .addOption(new Option('--vehicle <type>', 'what flies').choices([...VEHICLE_TYPES]).default('copter'))
    .option('--count <n>', 'how many', within(1, 100, true), 1)
    .addOption(
      new Option('--home <lat,lon[,alt[,hdg]]>', 'where the first stands; the others beside it, 10 m apart')
        .argParser(home)
        .default(DEFAULT_HOME, '25.28,110.29,150,0'),
    )
    .option('--first-sysid <n>', 'system id of the first, the others follow', within(1, 255, true), 1)
    .option('--speedup <factor>', 'simulated seconds per second', within(1, 50), 1)
    .addOption(
      new Option('--target <url>', 'ground station that each sends to')
        .argParser(target)
        .default({ host: '127.0.0.1', port: PX4_GCS_PORT }, `udp://127.0.0.1:${PX4_GCS_PORT}`),
    )
    .option('--autopilot-binary <path>', "the autopilot's program, or the folder that holds it")
    .option('--docker-image <image>', 'run it in a container of this image when there is no program')
    .option('--model <name>', "another model of the autopilot's own simulation")
    .option('--params <file>', 'parameters to start with: NAME VALUE per line')
    .option('--keep <folder>', 'keep the folder of each (logs, parameters) below this one')
    .option('--ready-within-s <s>', 'give up when one cannot fly by then', within(1, 3600), 300)
    .addOption(new Option('--console-url <url>', 'told in the line "ready"').hideHelp())
    .addHelpText('after', EXAMPLES);
}

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

function home(text: string): SitlHome {
  try {
    return parseHome(text);
  } catch (problem) {
    if (problem instanceof SitlError) throw new InvalidArgumentError(problem.message);
    throw problem;
  }
}

function target(text: string): SitlCliOptions['target'] {
  const [, host, port] = /^udp:\/\/([^:/\s]+):(\d+)$/.exec(text) ?? [];
  if (host !== undefined && Number(port) >= 1 && Number(port) <= 65_535) return { host, port: Number(port) };
  throw new InvalidArgumentError('Allowed is udp://HOST:PORT with a port from 1 to 65535.');
}
