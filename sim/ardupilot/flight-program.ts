import type { AircraftState, Demand } from '../aircraft/aircraft-state.ts';
import type { AircraftLimits } from '../aircraft/limits.ts';
import { distanceM, horizontalDistanceM, type LocalPoint } from '../aircraft/local-frame.ts';

/**
 * What the aircraft is busy with, whatever mode asked for it:
 *
 *   ground ── take-off ──► takeoff ──► hold
 *   hold ◄── goto         return: climb ► home ► wait ► descend ──► landed
 *   land: descend ──► landed
 */
export type FlightProgram =
  | { readonly kind: 'ground' }
  | { readonly kind: 'takeoff'; readonly to: LocalPoint }
  | { readonly kind: 'hold'; readonly at: LocalPoint; readonly yawRad: number | null }
  | { readonly kind: 'goto'; readonly from: LocalPoint; readonly to: LocalPoint; readonly speedMps: number }
  | {
      readonly kind: 'return';
      readonly phase: 'climb' | 'home' | 'wait' | 'descend';
      readonly from: LocalPoint;
      readonly to: LocalPoint;
      readonly waitedS: number;
    }
  | { readonly kind: 'land'; readonly at: LocalPoint };

export interface FlightSettings {
  readonly limits: AircraftLimits;
  readonly speedMps: number;
  readonly home: LocalPoint;
  /** RTL_ALT: climb to this height above home before flying home, metres. */
  readonly returnHeightM: number;
  /** RTL_LOIT_TIME: time over home before the descent. */
  readonly returnWaitS: number;
}

export interface ProgramStep {
  readonly program: FlightProgram;
  readonly demand: Demand;
  /** The program has done what it was for: height reached, point reached, touched down. */
  readonly done: boolean;
}

const ARRIVED_M = 1;
const HEIGHT_REACHED_M = 0.3;

/** The return starts from where the aircraft is: up to RTL_ALT if below it, else at the height that it has. */
export function startReturn(state: AircraftState, settings: FlightSettings): FlightProgram {
  const upM = Math.max(state.upM, settings.home.upM + settings.returnHeightM);
  const from = { eastM: state.eastM, northM: state.northM, upM };
  return { kind: 'return', phase: 'climb', from, to: { ...settings.home, upM }, waitedS: 0 };
}

export function stepProgram(
  program: FlightProgram,
  state: AircraftState,
  settings: FlightSettings,
  dtS: number,
): ProgramStep {
  const { limits } = settings;
  switch (program.kind) {
    case 'ground':
      return { program, demand: { kind: 'idle' }, done: false };
    case 'takeoff': {
      const done = Math.abs(program.to.upM - state.upM) < HEIGHT_REACHED_M;
      return { program, demand: { kind: 'climb', to: program.to, climbMps: limits.climbMps }, done };
    }
    case 'hold': {
      const { at, yawRad } = program;
      return { program, demand: { kind: 'hold', at, speedMps: settings.speedMps, yawRad }, done: true };
    }
    case 'goto': {
      const { from, to, speedMps } = program;
      const done = distanceM(state, to) < ARRIVED_M;
      return { program, demand: { kind: 'track', from, to, speedMps, exitSpeedMps: 0 }, done };
    }
    case 'land':
      return { program, demand: { kind: 'descend', at: program.at }, done: state.onGround };
    case 'return':
      return stepReturn(program, state, settings, dtS);
  }
}

function stepReturn(
  program: Extract<FlightProgram, { kind: 'return' }>,
  state: AircraftState,
  settings: FlightSettings,
  dtS: number,
): ProgramStep {
  const { from, to } = program;
  switch (program.phase) {
    case 'climb': {
      const reached = state.upM > from.upM - HEIGHT_REACHED_M;
      const next = reached ? { ...program, phase: 'home' as const } : program;
      return {
        program: next,
        demand: { kind: 'climb', to: from, climbMps: settings.limits.climbMps },
        done: false,
      };
    }
    case 'home': {
      const arrived = horizontalDistanceM(state, to) < ARRIVED_M;
      const next = arrived ? { ...program, phase: 'wait' as const } : program;
      const demand: Demand = { kind: 'track', from, to, speedMps: settings.speedMps, exitSpeedMps: 0 };
      return { program: next, demand, done: false };
    }
    case 'wait': {
      const waitedS = program.waitedS + dtS;
      const phase = waitedS >= settings.returnWaitS ? ('descend' as const) : ('wait' as const);
      const demand: Demand = { kind: 'hold', at: to, speedMps: 2, yawRad: null };
      return { program: { ...program, waitedS, phase }, demand, done: false };
    }
    case 'descend':
      return { program, demand: { kind: 'descend', at: to }, done: state.onGround };
  }
}
