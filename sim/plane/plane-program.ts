import type { AircraftState, Demand } from '../aircraft/aircraft-state.ts';
import { distanceM, horizontalDistanceM, type LocalPoint } from '../aircraft/local-frame.ts';
import { bankForCircle, bankForLine, climbTo, heightAlong, passedM } from './plane-guidance.ts';
import type { PlaneLimits } from './plane-limits.ts';
import type { PlaneDemand } from './step-plane.ts';

/**
 * What the aircraft is busy with, whatever mode asked for it:
 *
 *   ground ── take-off ──► line ──► circle (it cannot stop: every wait is a circle)
 *   land: glide along the leg ► flare ► roll out, standing
 *   quadplane: rise (lift motors) ──► line … fly-to ► hover ► sink ──► landed
 */
export type PlaneProgram =
  | { readonly kind: 'ground' }
  | { readonly kind: 'takeoff'; readonly upM: number }
  | { readonly kind: 'line'; readonly from: LocalPoint; readonly to: LocalPoint }
  | {
      readonly kind: 'circle';
      readonly centre: LocalPoint;
      readonly radiusM: number;
      readonly clockwise: boolean;
      /** What ends it; null goes on for ever. Counted from when the circle is reached. */
      readonly until:
        | { readonly kind: 'time'; readonly leftS: number }
        | { readonly kind: 'turns'; readonly leftRad: number; readonly lastRad: number | null }
        | { readonly kind: 'height' }
        | null;
    }
  | { readonly kind: 'land'; readonly from: LocalPoint; readonly to: LocalPoint }
  | { readonly kind: 'rise'; readonly to: LocalPoint }
  /** Lift motors hold it; also the last part of a vertical landing. */
  | { readonly kind: 'hover'; readonly at: LocalPoint }
  | { readonly kind: 'vertical-land'; readonly at: LocalPoint; readonly phase: 'fly' | 'brake' | 'sink' };

export interface PlaneSettings {
  readonly limits: PlaneLimits;
  readonly airspeedMps: number;
  readonly home: LocalPoint;
  /** WP_RADIUS: how near counts as reached; the turn begins no earlier. */
  readonly waypointRadiusM: number;
  /** WP_LOITER_RAD; negative turns left. */
  readonly loiterRadiusM: number;
  readonly returnHeightM: number;
  /** Has lift motors (Q_ENABLE). */
  readonly isQuadplane: boolean;
}

export interface PlaneStep {
  readonly program: PlaneProgram;
  readonly demand: PlaneDemand;
  readonly done: boolean;
}

/** LAND_FLARE_ALT 3: below it the wings are levelled and the sink is a soft one. */
const FLARE_BELOW_M = 3;
const FLARE_SINK_MPS = 0.6;
const HEIGHT_REACHED_M = 2;
/** From here on the lift motors brake: 20 m/s at 2.5 m/s² take 80 m. */
const BRAKE_AT_M = 90;
const OVER_THE_PLACE_M = 2;
/** NAVL1: 0.75 × 17 s × 20 m/s / π; a sharper turn begins no farther away than this. */
const LOOK_AHEAD_S = (0.75 * 17) / Math.PI;

export function circleAt(centre: LocalPoint, settings: PlaneSettings): PlaneProgram {
  return {
    kind: 'circle',
    centre,
    radiusM: Math.abs(settings.loiterRadiusM),
    clockwise: settings.loiterRadiusM >= 0,
    until: null,
  };
}

export function stepPlaneProgram(
  program: PlaneProgram,
  state: AircraftState,
  settings: PlaneSettings,
  dtS: number,
): PlaneStep {
  const { limits, airspeedMps } = settings;
  const fly = (climbMps: number, rollRad: number): PlaneDemand => ({
    kind: 'fly',
    airspeedMps,
    climbMps,
    rollRad,
  });
  switch (program.kind) {
    case 'ground':
      return { program, demand: { kind: 'idle' }, done: false };
    case 'takeoff':
      return {
        program,
        demand: { kind: 'roll', climbMps: limits.climbMps * 0.8 },
        done: state.upM > program.upM - HEIGHT_REACHED_M,
      };
    case 'line': {
      const { from, to } = program;
      const nearM = Math.min(settings.waypointRadiusM, LOOK_AHEAD_S * airspeedMps);
      const isPast = passedM(state, from, to) >= Math.hypot(to.eastM - from.eastM, to.northM - from.northM);
      const demand = fly(
        climbTo(state, heightAlong(state, from, to), limits),
        bankForLine(state, from, to, limits),
      );
      return { program, demand, done: horizontalDistanceM(state, to) <= nearM || isPast };
    }
    case 'circle':
      return stepCircle(program, state, settings, dtS, fly);
    case 'land': {
      const { from, to } = program;
      const flares = state.upM - to.upM < FLARE_BELOW_M;
      const climb = flares ? -FLARE_SINK_MPS : climbTo(state, heightAlong(state, from, to), limits);
      const bank = flares ? 0 : bankForLine(state, from, to, limits);
      const demand: PlaneDemand = state.onGround
        ? { kind: 'idle' }
        : { kind: 'fly', airspeedMps: limits.airspeedMinMps * 1.15, climbMps: climb, rollRad: bank };
      return {
        program,
        demand,
        done: state.onGround && Math.hypot(state.velEastMps, state.velNorthMps) === 0,
      };
    }
    case 'rise': {
      const done = Math.abs(state.upM - program.to.upM) < 0.5;
      return { program, demand: hovering({ kind: 'climb', to: program.to, climbMps: 2.5 }), done };
    }
    case 'hover':
      return {
        program,
        demand: hovering({ kind: 'hold', at: program.at, speedMps: 5, yawRad: null }),
        done: distanceM(state, program.at) < OVER_THE_PLACE_M,
      };
    case 'vertical-land':
      return stepVerticalLanding(program, state, settings, fly);
  }
}

function hovering(demand: Demand): PlaneDemand {
  return { kind: 'hover', demand };
}

function stepCircle(
  program: Extract<PlaneProgram, { kind: 'circle' }>,
  state: AircraftState,
  settings: PlaneSettings,
  dtS: number,
  fly: (climbMps: number, rollRad: number) => PlaneDemand,
): PlaneStep {
  const { centre, radiusM, clockwise, until } = program;
  const bank = bankForCircle(state, centre, radiusM, clockwise, settings.limits);
  const demand = fly(climbTo(state, centre.upM, settings.limits), bank);
  const isOnIt = horizontalDistanceM(state, centre) < radiusM * 1.3;
  if (until === null) return { program, demand, done: false };
  if (until.kind === 'height') {
    return { program, demand, done: isOnIt && Math.abs(state.upM - centre.upM) < HEIGHT_REACHED_M };
  }
  if (!isOnIt) return { program, demand, done: false };
  if (until.kind === 'time') {
    const leftS = until.leftS - dtS;
    return { program: { ...program, until: { kind: 'time', leftS } }, demand, done: leftS <= 0 };
  }
  const bearing = Math.atan2(state.eastM - centre.eastM, state.northM - centre.northM);
  const turned = until.lastRad === null ? 0 : sweep(until.lastRad, bearing) * (clockwise ? 1 : -1);
  const leftRad = until.leftRad - turned;
  return {
    program: { ...program, until: { kind: 'turns', leftRad, lastRad: bearing } },
    demand,
    done: leftRad <= 0,
  };
}

/** As a wing towards the place, the last 90 m braked by the lift motors, then straight down. */
function stepVerticalLanding(
  program: Extract<PlaneProgram, { kind: 'vertical-land' }>,
  state: AircraftState,
  settings: PlaneSettings,
  fly: (climbMps: number, rollRad: number) => PlaneDemand,
): PlaneStep {
  const { at, phase } = program;
  if (phase === 'fly') {
    const here = { eastM: state.eastM, northM: state.northM, upM: state.upM };
    const next = horizontalDistanceM(state, at) < BRAKE_AT_M ? ('brake' as const) : phase;
    const demand = fly(
      climbTo(state, at.upM, settings.limits),
      bankForLine(state, here, at, settings.limits),
    );
    return { program: { ...program, phase: next }, demand, done: false };
  }
  if (phase === 'brake') {
    const over = horizontalDistanceM(state, at) < OVER_THE_PLACE_M;
    const demand = hovering({ kind: 'hold', at, speedMps: 10, yawRad: null });
    return { program: { ...program, phase: over ? 'sink' : phase }, demand, done: false };
  }
  return { program, demand: hovering({ kind: 'descend', at }), done: state.onGround };
}

/** Clockwise angle from one bearing to the next, −π to π. */
function sweep(fromRad: number, toRad: number): number {
  const full = 2 * Math.PI;
  return ((((toRad - fromRad + Math.PI) % full) + full) % full) - Math.PI;
}
