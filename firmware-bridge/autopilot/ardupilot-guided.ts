import { MavCmd, MavFrame } from '../codec/messages.ts';
import type { VehicleState } from '../model.ts';
import type { CommandSpec } from '../protocol/command.ts';
import { ARM, setMode } from './commands.ts';
import { CHANGE_MODE, COMMAND_MS, changeSpeed, inMode, toE7 } from './guided-commands.ts';
import type { GoTo, GuidedAltitude, GuidedFlight, GuidedPlan } from './guided-flight.ts';
import { takeOffTo } from './take-off.ts';

/**
 * ArduPilot flies to places in GUIDED (Copter 4, Plane, VTOL and Rover 15).
 *
 * Orbit. A wing circles its guided place anyway: DO_REPOSITION with radius and direction. Copter has no DO_ORBIT, and
 * its CIRCLE mode takes centre and radius from parameters and the heading at entry, writes nothing back, and obeys
 * the sticks; so we lead it round in GUIDED by positions with velocities. When they stop (link lost, server hung) it
 * brakes after GUID_TIMEOUT (3 s) and hangs there; with a circle of its own it would fly on unseen.
 */
const GUIDED = { copter: 4, other: 4, plane: 15, vtol: 15, rover: 15 } as const;
/** TERRAIN_REPORT comes about once a second. */
const TERRAIN_FRESH_MS = 10_000;
const YAW_SPEED_DPS = 30;
/** Of heading, when it is told reached. */
const HEADING_OK_DEG = 8;

export const ardupilotGuided: GuidedFlight = {
  takeOff(altitudeM, state) {
    if (state.airframe === 'plane' || state.airframe === 'rover') {
      return {
        kind: 'unsupported',
        what: `take-off in GUIDED: a ${state.airframe} starts by the first item of its mission`,
      };
    }
    const arm = state.armed === true ? [] : [ARM];
    return commands(guidedMode(state), ...arm, takeOffTo(altitudeM, altitudeM));
  },

  goTo(to, state) {
    const place = placeOf(to.altitude, state);
    if ('kind' in place) return place;
    const isWing = state.airframe === 'plane' || state.airframe === 'vtol';
    if (to.headingDeg !== undefined && (isWing || state.airframe === 'rover')) {
      return { kind: 'unsupported', what: `a heading of its own: a ${state.airframe} points where it goes` };
    }
    const specs = [reposition(to, place, state, { radiusM: 0, direction: 0 })];
    // Copter ignores the speed in DO_REPOSITION; Plane reads it as an airspeed only in some versions.
    if (to.speedMps !== undefined) specs.push(changeSpeed(to.speedMps, isWing ? 0 : 1));
    if (to.headingDeg !== undefined) specs.push(conditionYaw(to.headingDeg));
    return { kind: 'commands', specs };
  },

  orbit(orbit, state) {
    const place = placeOf(orbit.altitude, state);
    if ('kind' in place) return place;
    switch (state.airframe) {
      case 'copter':
        return { kind: 'streamed', ...place };
      case 'plane':
      case 'vtol': {
        const direction = orbit.direction === 'clockwise' ? 0 : 1;
        const circle = { radiusM: orbit.radiusM, direction } as const;
        const to = { ...orbit.center, altitude: orbit.altitude };
        const speed = orbit.speedMps === undefined ? [] : [changeSpeed(orbit.speedMps, 0)];
        return commands(reposition(to, place, state, circle), ...speed);
      }
      case 'rover':
      case 'other':
        return { kind: 'unsupported', what: `orbit: not known for this kind of vehicle (${state.airframe})` };
    }
  },

  setHeading(headingDeg, state) {
    if (state.airframe !== 'copter') {
      return { kind: 'unsupported', what: `heading: a ${state.airframe} points where it goes` };
    }
    return commands(conditionYaw(headingDeg));
  },

  setSpeed(speedMps, state) {
    return commands(changeSpeed(speedMps, state.airframe === 'plane' || state.airframe === 'vtol' ? 0 : 1));
  },

  isGuided: (state) => state.mode?.customMode === GUIDED[state.airframe],
};

function commands(...specs: readonly CommandSpec[]): GuidedPlan {
  return { kind: 'commands', specs };
}

function guidedMode(state: VehicleState): CommandSpec {
  const customMode = GUIDED[state.airframe];
  return setMode({
    modeName: 'GUIDED',
    params: [customMode, 0],
    customMode,
    giveUpMs: COMMAND_MS,
    persistent: false,
  });
}

function placeOf(altitude: GuidedAltitude, state: VehicleState): { frame: number; z: number } | GuidedPlan {
  switch (altitude.datum) {
    case 'above-home':
      return { frame: MavFrame.GLOBAL_RELATIVE_ALT_INT, z: altitude.m };
    case 'amsl':
      return { frame: MavFrame.GLOBAL_INT, z: altitude.m };
    case 'above-terrain': {
      // Without terrain on board it refuses, or worse: takes the rangefinder's view of a roof.
      const known =
        state.terrain !== null && state.lastHeardAtMs - state.terrain.receivedAtMs < TERRAIN_FRESH_MS;
      if (!known) return { kind: 'refused', reason: 'The vehicle does not report the ground below it.' };
      return { frame: MavFrame.GLOBAL_TERRAIN_ALT_INT, z: altitude.m };
    }
  }
}

/** `direction` 0 clockwise, 1 counter-clockwise: Plane reads param4 so; Copter and Rover do not read it. */
function reposition(
  to: GoTo,
  place: { readonly frame: number; readonly z: number },
  state: VehicleState,
  circle: { readonly radiusM: number; readonly direction: 0 | 1 },
): CommandSpec {
  return {
    name: circle.radiusM > 0 ? 'circle a place' : 'go to a place',
    command: MavCmd.DO_REPOSITION,
    params: [-1, CHANGE_MODE, circle.radiusM, circle.direction],
    place: { frame: place.frame, x: toE7(to.latDeg), y: toE7(to.lonDeg), z: place.z },
    commandClass: 'idempotent',
    giveUpMs: COMMAND_MS,
    persistent: false,
    // Already in GUIDED, the mode proves nothing; GuidedService then looks at the target and at the way flown.
    confirm: ardupilotGuided.isGuided(state) ? null : inMode('mode GUIDED', ardupilotGuided.isGuided),
  };
}

function conditionYaw(headingDeg: number): CommandSpec {
  return {
    name: `turn to ${headingDeg}°`,
    command: MavCmd.CONDITION_YAW,
    // Shortest way, absolute.
    params: [headingDeg, YAW_SPEED_DPS, 0, 0],
    commandClass: 'idempotent',
    giveUpMs: COMMAND_MS,
    persistent: false,
    confirm: {
      expected: `heading ${headingDeg}°`,
      seen: (state) => isHeading(state, headingDeg),
      observed: (state) => `heading ${state.position?.headingDeg?.toFixed(0) ?? 'unknown'}°`,
      reportedAtMs: (state) => state.position?.receivedAtMs ?? null,
      // Half a turn and its ramps.
      withinMs: 15_000,
    },
  };
}

export function isHeading(state: VehicleState, headingDeg: number): boolean {
  const now = state.position?.headingDeg ?? null;
  return now !== null && Math.abs(((now - headingDeg + 540) % 360) - 180) <= HEADING_OK_DEG;
}
