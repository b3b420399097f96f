import type { CommandOutcome, VehicleState } from '../model.ts';
import type { CommandSpec } from '../protocol/command.ts';
import type { LaunchHost } from './autopilot.ts';

/** Steps that both launches share. Each gives null when it succeeded, else the outcome that ends the launch. */

/**
 * ArduPilot needs 30–60 s from power-on until it can be armed; a drone in its room is long past that. Longer than
 * this is a reason to look at the texts, not to wait.
 */
const READY_WITHIN_MS = 30_000;
/** Firmware that reports no readiness at all: let its own answer to the arming command decide. */
const UNKNOWN_READINESS_MS = 5_000;
/** MISSION_CURRENT is asked for at 2 Hz; firmware that does not send it may fly all the same. */
const MISSION_TOLD_MS = 3_000;

export async function waitReadyToArm(
  host: LaunchHost,
  askForReasons: CommandSpec | null,
): Promise<CommandOutcome | null> {
  return (await waitPrearm(host, askForReasons)) ?? (await requireMission(host));
}

/** Last before arming: without a mission the aircraft would climb, and then hang there when AUTO is refused. */
async function requireMission(host: LaunchHost): Promise<CommandOutcome | null> {
  const told = await host.waitUntil((state) => state.mission !== null, MISSION_TOLD_MS);
  if (told === 'cancelled') return cancelled(host);
  const { mission } = host.state();
  // A report that left before the upload ended may still say 0; the read-back knows better.
  if (mission?.itemCount === 0 && mission.verifiedPlanHash === null) {
    return { kind: 'denied', result: 'NO_MISSION', reasons: ['The vehicle holds no mission.'] };
  }
  return null;
}

async function waitPrearm(
  host: LaunchHost,
  askForReasons: CommandSpec | null,
): Promise<CommandOutcome | null> {
  if (host.state().armed === true) {
    return { kind: 'denied', result: 'ALREADY_ARMED', reasons: ['The vehicle is armed already.'] };
  }
  const first = await host.waitUntil((state) => isKnown(state), UNKNOWN_READINESS_MS);
  if (first === 'cancelled') return cancelled(host);
  if (first === 'timeout' || host.state().prearm?.ready === true) return null;
  if (askForReasons !== null) {
    // Its answer is the texts; whether this firmware knows the command does not matter.
    const asked = await host.run(askForReasons);
    if (asked.kind === 'cancelled') return asked;
  }
  const ready = await host.waitUntil((state) => state.prearm?.ready === true, READY_WITHIN_MS);
  if (ready === 'seen') return null;
  if (ready === 'cancelled') return cancelled(host);
  return { kind: 'denied', result: 'NOT_READY_TO_ARM', reasons: reasonsOf(host.state()) };
}

function isKnown(state: VehicleState): boolean {
  return state.prearm !== null && state.prearm.ready !== null;
}

function reasonsOf(state: VehicleState): readonly string[] {
  const reasons = [...(state.prearm?.reasons ?? [])];
  if (state.prearm?.positionEstimateOk === false) reasons.push('No position estimate yet.');
  return reasons.length > 0 ? reasons : ['The vehicle says that it is not ready to arm, without a reason.'];
}

/** Runs a command as a launch step: null when done. */
export async function step(host: LaunchHost, spec: CommandSpec): Promise<CommandOutcome | null> {
  const outcome = await host.run(spec);
  if (outcome.kind !== 'done') return outcome;
  return host.cancelledBy() === null ? null : cancelled(host);
}

export function cancelled(host: LaunchHost): CommandOutcome {
  return { kind: 'cancelled', by: host.cancelledBy() ?? 'shutdown' };
}
