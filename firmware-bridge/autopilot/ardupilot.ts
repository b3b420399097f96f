import { MAV_CMD, MAV_FRAME, type MissionItem } from '../../missions/mission-item.ts';
import { MavCmd } from '../codec/messages.ts';
import type { AirframeKind, CommandOutcome, VehicleState } from '../model.ts';
import type { CommandSpec } from '../protocol/command.ts';
import { ardupilotGuided } from './ardupilot-guided.ts';
import type { Autopilot, LaunchHost, LaunchOptions, ModeIntent } from './autopilot.ts';
import { ARM, observedMode, RUN_PREARM_CHECKS, setMode } from './commands.ts';
import { step, waitReadyToArm } from './launch-steps.ts';
import { ardupilotModes, describeMode } from './modes.ts';
import { takeOffTo } from './take-off.ts';

/**
 * ArduPilot: Copter first; Plane and Rover by their mode numbers.
 *
 * Hold on Copter is BRAKE (17). LOITER obeys the throttle stick: with a transmitter switched on and its stick down,
 * as it lies in a police room, LOITER sinks the aircraft to the ground. BRAKE stops and holds whatever the sticks
 * say, and needs no transmitter. Small boards are built without BRAKE; then LOITER, then GUIDED.
 *
 * Resume is AUTO again: with MIS_RESTART 0 (the default) the mission goes on at the item where it was left.
 */
const MODES: Readonly<
  Record<'copter' | 'plane' | 'vtol' | 'rover', Readonly<Record<ModeIntent, readonly number[]>>>
> = {
  copter: { hold: [17, 5, 4], return: [6], land: [9], mission: [3], guided: [4] },
  // A fixed wing cannot land where it is; a VTOL can (QLAND). Its LOITER circles as a wing, which is safe in flight.
  plane: { hold: [12], return: [11], land: [], mission: [10], guided: [15] },
  vtol: { hold: [12, 19], return: [11, 21], land: [20], mission: [10], guided: [15] },
  rover: { hold: [4], return: [11], land: [4], mission: [10], guided: [15] },
};

const MODE_SWITCH = { giveUpMs: 5_000, persistent: false } as const;
export const ardupilot: Autopilot = {
  kind: 'ardupilot',
  guided: ardupilotGuided,

  modeCommands(intent, airframe, options) {
    return modeNumbers(intent, airframe).map((customMode) => modeCommand(customMode, airframe, options));
  },

  toWire(items, state) {
    return [homeItem(items, state), ...items];
  },

  fromWire(items) {
    return items.slice(1);
  },

  launch(host, options) {
    const { airframe } = host.state();
    return airframe === 'rover' || airframe === 'plane' ? launchInAuto(host) : launchCopter(host, options);
  },
};

function modeNumbers(intent: ModeIntent, airframe: AirframeKind): readonly number[] {
  return MODES[airframe === 'other' ? 'copter' : airframe][intent];
}

function modeCommand(
  customMode: number,
  airframe: AirframeKind,
  options: { readonly giveUpMs: number; readonly persistent: boolean },
): CommandSpec {
  const modeName = ardupilotModes(airframe)[customMode]?.[0] ?? String(customMode);
  return setMode({ modeName, params: [customMode, 0], customMode, ...options });
}

/** The first slot is home. What we write there is replaced by the vehicle; a plausible place is written all the same. */
function homeItem(items: readonly MissionItem[], state: VehicleState): MissionItem {
  const place = state.home ?? state.position;
  const first = items.find((item) => item.x !== 0 || item.y !== 0);
  return {
    frame: MAV_FRAME.GLOBAL,
    command: MAV_CMD.NAV_WAYPOINT,
    param1: 0,
    param2: 0,
    param3: 0,
    param4: 0,
    x: place === null ? (first?.x ?? 0) : Math.round(place.latDeg * 1e7),
    y: place === null ? (first?.y ?? 0) : Math.round(place.lonDeg * 1e7),
    z: place?.altitudeAmslM ?? 0,
  };
}

/**
 *   prepare (ready to arm, GUIDED) ──► arm ──► take-off (GUIDED, to the full height) ──► start-mission (AUTO)
 *
 * The climb to the full take-off height happens in GUIDED, straight up over the base: the plan may have no take-off
 * item, and a first leg flown while still climbing would cross the houses around it. The plan's own take-off item
 * is then fulfilled at once.
 */
async function launchCopter(host: LaunchHost, options: LaunchOptions): Promise<CommandOutcome> {
  const { airframe } = host.state();
  const guided = modeCommand(modeNumbers('guided', airframe)[0] as number, airframe, MODE_SWITCH);
  host.progress('prepare', 'running');
  const refusal = (await waitReadyToArm(host, RUN_PREARM_CHECKS)) ?? (await step(host, guided));
  if (refusal !== null) return refusal;
  host.progress('prepare', 'done');

  host.progress('arm', 'running');
  const armRefusal = await step(host, ARM);
  if (armRefusal !== null) return armRefusal;
  host.progress('arm', 'done');

  host.progress('take-off', 'running');
  const takeoffRefusal = await step(host, takeOffTo(options.takeoffAltitudeM, options.takeoffAltitudeM));
  if (takeoffRefusal !== null) return takeoffRefusal;
  host.progress('take-off', 'done');

  return startMission(host);
}

/** A rover needs no take-off, and a wing takes off by its plan's own item: armed in AUTO they go. */
async function launchInAuto(host: LaunchHost): Promise<CommandOutcome> {
  host.progress('prepare', 'running');
  const refusal = await waitReadyToArm(host, RUN_PREARM_CHECKS);
  if (refusal !== null) return refusal;
  host.progress('prepare', 'done');
  host.progress('arm', 'running');
  const armRefusal = await step(host, ARM);
  if (armRefusal !== null) return armRefusal;
  host.progress('arm', 'done');
  return startMission(host);
}

async function startMission(host: LaunchHost): Promise<CommandOutcome> {
  host.progress('start-mission', 'running');
  const outcome = await host.run(MISSION_START);
  if (outcome.kind === 'done') host.progress('start-mission', 'done');
  return outcome;
}

/** Idempotent: AUTO while in AUTO changes nothing. */
const MISSION_START: CommandSpec = {
  name: 'start mission',
  command: MavCmd.MISSION_START,
  params: [0, 0],
  commandClass: 'idempotent',
  giveUpMs: 5_000,
  persistent: false,
  confirm: {
    expected: 'mode AUTO, flying an item of the plan',
    seen: (state) =>
      state.mode !== null &&
      describeMode('ardupilot', state.airframe, state.mode.customMode).normalised === 'mission' &&
      (state.mission === null || state.mission.currentIndex >= 0),
    observed: (state) => `${observedMode(state)}, item ${state.mission?.currentIndex ?? 'unknown'}`,
    reportedAtMs: (state) => state.mode?.receivedAtMs ?? null,
    withinMs: 5_000,
  },
};
