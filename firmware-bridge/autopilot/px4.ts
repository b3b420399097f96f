import { MAV_CMD, type MissionItem } from '../../missions/mission-item.ts';
import type { CommandOutcome, VehicleState } from '../model.ts';
import type { CommandSpec } from '../protocol/command.ts';
import type { Autopilot, LaunchHost, LaunchOptions, ModeIntent } from './autopilot.ts';
import { ARM, setMode } from './commands.ts';
import { cancelled, step, waitReadyToArm } from './launch-steps.ts';
import { describeMode, px4CustomMode } from './modes.ts';
import { px4Guided } from './px4-guided.ts';

/**
 * PX4. Modes are main and sub number: DO_SET_MODE [1, main, sub], which is acknowledged twice (the receiver's
 * always 0, then the commander's verdict); HEARTBEAT tells. Pause is AUTO.LOITER: DO_PAUSE_CONTINUE is refused.
 * ArduPilot's numbers must never get here: [1, 6] is OFFBOARD.
 */
const AUTO = 4;
const SUB_MODE: Readonly<Record<ModeIntent, number>> = {
  hold: 3,
  mission: 4,
  return: 5,
  land: 6,
  // No GUIDED in PX4; holding and repositioning happen in AUTO.LOITER.
  guided: 3,
};

const MODE_SWITCH = { giveUpMs: 5_000, persistent: false } as const;
/** Airborne for sure, also where no landed state is sent. */
const LIFTED_OFF_M = 2;
const LIFT_OFF_MS = 20_000;
const SLOWEST_CLIMB_MPS = 0.5;
const TAKEOFF_REACHED = 0.9;

export const px4: Autopilot = {
  kind: 'px4',
  guided: px4Guided,

  modeCommands(intent, airframe, options) {
    return [modeCommand(intent, airframe, options)];
  },

  toWire(items, state) {
    return items.map((item) => (isFlownTo(item) ? { ...place(item, state), param4: Number.NaN } : item));
  },

  fromWire(items) {
    return items;
  },

  launch,
};

/** Yaw 0 means "nose to the north" to PX4; NaN leaves the heading to the autopilot, as our plans mean it. */
const isFlownTo = (item: MissionItem): boolean =>
  item.param4 === 0 && (item.command === MAV_CMD.NAV_WAYPOINT || item.command === MAV_CMD.NAV_TAKEOFF);

/** A take-off without a place is one from where the aircraft stands; PX4 would fly to 0° N 0° E. */
function place(item: MissionItem, state: VehicleState): MissionItem {
  const at = state.position;
  if (item.command !== MAV_CMD.NAV_TAKEOFF || item.x !== 0 || item.y !== 0 || at === null) return item;
  return { ...item, x: Math.round(at.latDeg * 1e7), y: Math.round(at.lonDeg * 1e7) };
}

function modeCommand(
  intent: ModeIntent,
  airframe: VehicleState['airframe'],
  options: { readonly giveUpMs: number; readonly persistent: boolean },
): CommandSpec {
  const sub = SUB_MODE[intent];
  const customMode = px4CustomMode(AUTO, sub);
  const modeName = describeMode('px4', airframe, customMode).name;
  return setMode({ modeName, params: [AUTO, sub], customMode, ...options });
}

/**
 *   prepare (ready to arm, AUTO.MISSION) ──► arm: starts the mission at once ──► take-off seen ──► start-mission seen
 *
 * The climb is the plan's own take-off item; without one PX4 refuses to arm in AUTO.MISSION.
 */
async function launch(host: LaunchHost, options: LaunchOptions): Promise<CommandOutcome> {
  host.progress('prepare', 'running');
  const mission = modeCommand('mission', host.state().airframe, MODE_SWITCH);
  const refusal = (await waitReadyToArm(host, null)) ?? (await rewind(host)) ?? (await step(host, mission));
  if (refusal !== null) return refusal;
  host.progress('prepare', 'done');

  host.progress('arm', 'running');
  const armRefusal = await step(host, ARM);
  if (armRefusal !== null) return armRefusal;
  host.progress('arm', 'done');

  host.progress('take-off', 'running');
  const heightM = Math.max(LIFTED_OFF_M, TAKEOFF_REACHED * options.takeoffAltitudeM);
  const withinMs = LIFT_OFF_MS + (options.takeoffAltitudeM / SLOWEST_CLIMB_MPS) * 1000;
  const climbed = await host.waitUntil(
    (state) =>
      state.armed === false ||
      (state.position?.relativeAltitudeM ?? 0) >= heightM ||
      // The plan's take-off item may be lower than what we were told: past it is past it.
      (state.mission?.reachedIndex ?? -1) >= 0,
    withinMs,
  );
  if (climbed === 'cancelled') return cancelled(host);
  if (climbed === 'timeout' || host.state().armed === false) {
    return {
      kind: 'not-confirmed',
      expected: `height ${heightM.toFixed(1)} m above home`,
      observed: observed(host.state()),
      afterMs: withinMs,
    };
  }
  host.progress('take-off', 'done');

  host.progress('start-mission', 'running');
  const isFlying = (state: VehicleState): boolean =>
    state.mode?.normalised === 'mission' && (state.mission?.currentIndex ?? -1) >= 0;
  const started = await host.waitUntil(isFlying, MODE_SWITCH.giveUpMs);
  if (started === 'cancelled') return cancelled(host);
  if (started === 'timeout') {
    return {
      kind: 'not-confirmed',
      expected: 'mode AUTO.MISSION, flying an item of the plan',
      observed: observed(host.state()),
      afterMs: MODE_SWITCH.giveUpMs,
    };
  }
  host.progress('start-mission', 'done');
  return { kind: 'done', confirmedBy: 'mode AUTO.MISSION, flying an item of the plan' };
}

/**
 * A plan that was flown to its end stays at its end, also when the same plan is uploaded again: armed, PX4 would say
 * "Mission finished" and stand there (seen on v1.17).
 */
async function rewind(host: LaunchHost): Promise<CommandOutcome | null> {
  const outcome = await host.rewindMission();
  if (outcome.kind === 'done' || host.state().mission?.currentIndex === 0) return null;
  return outcome;
}

function observed(state: VehicleState): string {
  const armed = state.armed === true ? 'armed' : 'disarmed';
  return `${armed}, mode ${state.mode?.name ?? 'unknown'}, height ${(state.position?.relativeAltitudeM ?? 0).toFixed(1)} m`;
}
