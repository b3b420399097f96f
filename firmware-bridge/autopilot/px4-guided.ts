import { MavCmd, MavFrame } from '../codec/messages.ts';
import type { VehicleState } from '../model.ts';
import type { CommandSpec } from '../protocol/command.ts';
import { isHeading } from './ardupilot-guided.ts';
import { ARM, setMode } from './commands.ts';
import { CHANGE_MODE, COMMAND_MS, changeSpeed, inMode, toE7 } from './guided-commands.ts';
import type { GuidedAltitude, GuidedFlight, GuidedPlan } from './guided-flight.ts';
import { px4CustomMode } from './modes.ts';
import { takeOffTo } from './take-off.ts';

/**
 * PX4 flies to places in AUTO.LOITER, and round them in ORBIT (a wing: AUTO.LOITER). Heights are always above sea
 * level, whatever frame is named (DO_REPOSITION, DO_ORBIT and NAV_TAKEOFF alike): "15 m above home" sent as 15 sinks
 * the aircraft to the ground. So they are made from home here, and refused where home is not known.
 */
const LOITER = px4CustomMode(4, 3);
const ORBIT = px4CustomMode(3, 1);
/** ORBIT_YAW_BEHAVIOUR_HOLD_FRONT_TO_CIRCLE_CENTER. */
const NOSE_TO_CENTER = 0;

export const px4Guided: GuidedFlight = {
  takeOff(altitudeM, state) {
    if (state.airframe === 'rover') return { kind: 'unsupported', what: 'take-off: a rover does not fly' };
    const amslM = amslOf({ datum: 'above-home', m: altitudeM }, state, null);
    if (typeof amslM !== 'number') return amslM;
    // Armed in AUTO.MISSION it would start the mission, in AUTO.LOITER it waits for the take-off.
    const first = state.armed === true ? [] : [loiterMode(), ARM];
    return { kind: 'commands', specs: [...first, takeOffTo(altitudeM, amslM, Number.NaN)] };
  },

  goTo(to, state, terrainAmslM) {
    const amslM = amslOf(to.altitude, state, terrainAmslM);
    if (typeof amslM !== 'number') return amslM;
    const yaw = to.headingDeg === undefined ? Number.NaN : radians(to.headingDeg);
    const spec: CommandSpec = {
      name: 'go to a place',
      command: MavCmd.DO_REPOSITION,
      params: [to.speedMps ?? -1, CHANGE_MODE, 0, yaw],
      place: { frame: MavFrame.GLOBAL_INT, x: toE7(to.latDeg), y: toE7(to.lonDeg), z: amslM },
      commandClass: 'idempotent',
      giveUpMs: COMMAND_MS,
      persistent: false,
      confirm: inMode('mode AUTO.LOITER', (now) => now.mode?.customMode === LOITER),
    };
    return { kind: 'commands', specs: [spec] };
  },

  orbit(orbit, state, terrainAmslM) {
    if (state.airframe === 'rover' || state.airframe === 'other') {
      return { kind: 'unsupported', what: `orbit: not known for this kind of vehicle (${state.airframe})` };
    }
    const amslM = amslOf(orbit.altitude, state, terrainAmslM);
    if (typeof amslM !== 'number') return amslM;
    // A wing circles in AUTO.LOITER; a VTOL does as it flies at the time.
    const modes = { copter: [ORBIT], plane: [LOITER], vtol: [ORBIT, LOITER] }[state.airframe];
    const spec: CommandSpec = {
      name: 'circle a place',
      command: MavCmd.DO_ORBIT,
      params: [
        orbit.direction === 'clockwise' ? orbit.radiusM : -orbit.radiusM,
        orbit.speedMps ?? Number.NaN,
        NOSE_TO_CENTER,
        0,
      ],
      place: {
        frame: MavFrame.GLOBAL_INT,
        x: toE7(orbit.center.latDeg),
        y: toE7(orbit.center.lonDeg),
        z: amslM,
      },
      commandClass: 'idempotent',
      giveUpMs: COMMAND_MS,
      persistent: false,
      confirm: inMode(
        modes.length > 1
          ? 'mode ORBIT or AUTO.LOITER'
          : modes[0] === ORBIT
            ? 'mode ORBIT'
            : 'mode AUTO.LOITER',
        (now) => now.mode !== null && modes.includes(now.mode.customMode),
      ),
    };
    return { kind: 'commands', specs: [spec] };
  },

  /** A DO_REPOSITION that names a heading and nothing else: place and height stay (NaN, so COMMAND_LONG). */
  setHeading(headingDeg, state) {
    if (state.airframe !== 'copter') {
      return { kind: 'unsupported', what: `heading: a ${state.airframe} points where it goes` };
    }
    const { NaN: same } = Number;
    const spec: CommandSpec = {
      name: `turn to ${headingDeg}°`,
      command: MavCmd.DO_REPOSITION,
      params: [-1, CHANGE_MODE, 0, radians(headingDeg), same, same, same],
      commandClass: 'idempotent',
      giveUpMs: COMMAND_MS,
      persistent: false,
      confirm: {
        expected: `heading ${headingDeg}°`,
        seen: (now) => isHeading(now, headingDeg),
        observed: (now) => `heading ${now.position?.headingDeg?.toFixed(0) ?? 'unknown'}°`,
        reportedAtMs: (now) => now.position?.receivedAtMs ?? null,
        withinMs: 15_000,
      },
    };
    return { kind: 'commands', specs: [spec] };
  },

  setSpeed(speedMps, state) {
    const isWing = state.airframe === 'plane' || state.airframe === 'vtol';
    return { kind: 'commands', specs: [changeSpeed(speedMps, isWing ? 0 : 1)] };
  },

  isGuided: (state) => state.mode?.customMode === LOITER || state.mode?.customMode === ORBIT,
};

/** −π … π. */
function radians(headingDeg: number): number {
  return ((headingDeg > 180 ? headingDeg - 360 : headingDeg) * Math.PI) / 180;
}

function loiterMode(): CommandSpec {
  return setMode({
    modeName: 'AUTO.LOITER',
    params: [4, 3],
    customMode: LOITER,
    giveUpMs: COMMAND_MS,
    persistent: false,
  });
}

function amslOf(
  altitude: GuidedAltitude,
  state: VehicleState,
  terrainAmslM: number | null,
): number | GuidedPlan {
  switch (altitude.datum) {
    case 'amsl':
      return altitude.m;
    case 'above-home':
      return state.home === null
        ? { kind: 'refused', reason: 'The vehicle did not tell the height of its home.' }
        : state.home.altitudeAmslM + altitude.m;
    case 'above-terrain':
      return terrainAmslM === null
        ? { kind: 'refused', reason: 'The height of the ground at that place is not known here.' }
        : terrainAmslM + altitude.m;
  }
}
