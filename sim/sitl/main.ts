import { resolve } from 'node:path';
import { findAutopilot } from './find-autopilot.ts';
import { launchSitl, type SitlFleet } from './launch.ts';
import { type SitlCliOptions, sitlProgram } from './options.ts';
import type { UnexpectedEnd } from './run-autopilot.ts';
import { SitlError } from './sitl-error.ts';
import { type VehicleType, vehicleType } from './vehicle-types.ts';
import type { Watched } from './wait-until-ready.ts';

/**
 * The launcher as a program: `node dist/sim/sitl/main.js`, started by `airgrid sitl`. Prints each vehicle's state while it
 * starts, then one line "ready: …"; ends everything on a signal, when its parent is gone and when one autopilot ends.
 */
async function main(argv: readonly string[]): Promise<void> {
  const cli = sitlProgram().parse(argv).opts<SitlCliOptions>();
  const type = typeOf(cli);
  const autopilot = findAutopilot({
    type,
    binary: cli.autopilotBinary ?? null,
    dockerImage: cli.dockerImage ?? null,
    env: process.env,
  });
  say(
    autopilot.kind === 'docker'
      ? `${type.title} from the docker image ${autopilot.image}`
      : `${type.title} from ${autopilot.from}: ${autopilot.binary}`,
  );
  // Before the first process exists, so that no signal finds us unprepared.
  const ending = endOnSignals();
  const fleet = await launchSitl({
    type,
    autopilot,
    count: cli.count,
    firstSystemId: cli.firstSysid,
    home: cli.home,
    speedup: cli.speedup,
    target: cli.target,
    parameterFile: cli.params === undefined ? null : resolve(cli.params),
    keepFolder: cli.keep === undefined ? null : resolve(cli.keep),
    onChange: (vehicle, text) => say(progress(type, vehicle, text)),
  });
  ending.closes(fleet);
  const crash = fleet.unexpectedEnd.then((end): never => {
    throw crashed(end);
  });
  // Handled where it is awaited; a crash in the same moment as an orderly end must not be an unhandled one.
  crash.catch(() => {});
  try {
    const ready = await Promise.race([fleet.allReady(cli.readyWithinS * 1000), crash]);
    say(readyLine(type, cli, ready));
    process.send?.({ kind: 'ready' });
    await crash;
  } catch (problem) {
    if (ending.begun()) return;
    await fleet.close();
    throw problem;
  }
}

function typeOf({ vehicle, model }: SitlCliOptions): VehicleType {
  const type = vehicleType(vehicle);
  return model === undefined ? type : { ...type, model };
}

function progress(type: VehicleType, vehicle: Watched, text: string): string {
  const { systemId, readyAfterMs } = vehicle;
  return `${type.title} ${systemId}: ${text}${readyAfterMs === null ? '' : ` after ${seconds(readyAfterMs)} s`}`;
}

/** `ready: 3 × ArduCopter 4.7.0 (system ids 1–3) after 41 s, sending to udp://127.0.0.1:14550 · console http://…` */
function readyLine(type: VehicleType, cli: SitlCliOptions, ready: readonly Watched[]): string {
  const version = ready.find(({ firmwareVersion }) => firmwareVersion !== null)?.firmwareVersion;
  const ids = ready.map(({ systemId }) => systemId);
  const idText = ids.length === 1 ? `system id ${ids[0]}` : `system ids ${ids[0]}–${ids.at(-1)}`;
  const lastMs = Math.max(...ready.map(({ readyAfterMs }) => readyAfterMs ?? 0));
  return [
    `ready: ${ready.length} × ${type.title}${version == null ? '' : ` ${version}`} (${idText}) after ${seconds(lastMs)} s`,
    `, sending to udp://${cli.target.host}:${cli.target.port}`,
    cli.consoleUrl === undefined ? '' : ` · console ${cli.consoleUrl}`,
  ].join('');
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(ms < 10_000 ? 1 : 0);
}

function crashed({ title, exitCode, signal, lastLines }: UnexpectedEnd): SitlError {
  const how = signal === null ? `with exit code ${exitCode}` : `by the signal ${signal}`;
  const said = lastLines.length === 0 ? ['(it said nothing)'] : lastLines.slice(-12);
  return new SitlError(
    'sitl.crashed',
    `${title} has ended ${how}; all others are ended too.`,
    ['Its last lines:', ...said.map((line) => `  | ${line}`)].join('\n'),
  );
}

interface Ending {
  closes(fleet: SitlFleet): void;
  begun(): boolean;
}

const PARENT_CHECK_MS = 1000;

/** Ends the fleet, then this process, on SIGINT, SIGTERM, SIGHUP and when the parent is gone. A second signal waits too. */
function endOnSignals(): Ending {
  let fleet: SitlFleet | null = null;
  let begun = false;
  const end = (): void => {
    if (begun) return;
    begun = true;
    // While it is being launched: guard.ts cleans up what this process leaves.
    if (fleet === null) process.exit(0);
    fleet.close().then(
      () => process.exit(0),
      (problem: unknown) => {
        console.error(problem);
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  if (process.send !== undefined) process.on('disconnect', end);
  // A parent without a channel to us (a shell, a test) that was killed: we have been given to another.
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) end();
  }, PARENT_CHECK_MS).unref();
  return {
    closes(started) {
      fleet = started;
    },
    begun: () => begun,
  };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  await main(process.argv);
} catch (problem) {
  if (!(problem instanceof SitlError)) throw problem;
  process.stderr.write(`error: ${problem.message}\n`);
  if (problem.remedy !== null) process.stderr.write(`${problem.remedy.replaceAll(/^/gm, '  ')}\n`);
  // With the channel to a parent open, the process would stay.
  process.exit(1);
}
