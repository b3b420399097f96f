import type { AircraftState, Demand } from '../aircraft/aircraft-state.ts';
import { horizontalDistanceM, type LocalPoint } from '../aircraft/local-frame.ts';
import type { Px4FlightSettings } from './px4-flight-settings.ts';

/** One thing that the aircraft is busy with; modes and missions are made of these. */
export type Stage =
  /** On the ground, propellers turning. */
  | { readonly kind: 'idle' }
  /** Straight up or down over a point. */
  | { readonly kind: 'climb'; readonly to: LocalPoint; readonly climbMps: number }
  | {
      readonly kind: 'leg';
      readonly from: LocalPoint;
      readonly to: LocalPoint;
      readonly speedMps: number;
      /** It may pass the end with this speed. */
      readonly exitSpeedMps: number;
      readonly acceptanceM: number;
    }
  | {
      readonly kind: 'hold';
      readonly at: LocalPoint;
      readonly speedMps: number;
      /** Null: the nose stays as it is. */
      readonly yawRad: number | null;
      /** Simulated second in which it is over; null: never. */
      readonly untilS: number | null;
    }
  /** A hold whose end is counted from when its turn comes (`begun`). */
  | { readonly kind: 'pause'; readonly at: LocalPoint; readonly seconds: number }
  | {
      readonly kind: 'orbit';
      readonly center: LocalPoint;
      readonly radiusM: number;
      readonly speedMps: number;
      readonly isClockwise: boolean;
      readonly isNoseInward: boolean;
    }
  | { readonly kind: 'land'; readonly at: LocalPoint };

/** How far ahead on the circle an orbiting aircraft steers: seconds of flight, and metres at least. */
const ORBIT_LOOK_AHEAD_S = 1.6;
const ORBIT_LOOK_AHEAD_M = 3;
const HOLD_SPEED_MPS = 3;

export function hold(at: LocalPoint, untilS: number | null = null, yawRad: number | null = null): Stage {
  return { kind: 'hold', at, speedMps: HOLD_SPEED_MPS, yawRad, untilS };
}

export function pause(at: LocalPoint, seconds: number): Stage {
  return { kind: 'pause', at, seconds: Number.isFinite(seconds) ? Math.max(0, seconds) : 0 };
}

/** A stage whose turn has come. */
export function begun(stage: Stage, nowS: number): Stage {
  return stage.kind === 'pause' ? hold(stage.at, nowS + stage.seconds) : stage;
}

export function here({ eastM, northM, upM }: LocalPoint): LocalPoint {
  return { eastM, northM, upM };
}

export function demandOf(stage: Stage, state: AircraftState): Demand {
  switch (stage.kind) {
    case 'idle':
      return { kind: 'idle' };
    case 'climb':
      return { kind: 'climb', to: stage.to, climbMps: stage.climbMps };
    case 'leg': {
      const { from, to, speedMps, exitSpeedMps } = stage;
      return { kind: 'track', from, to, speedMps, exitSpeedMps };
    }
    case 'hold':
      return { kind: 'hold', at: stage.at, speedMps: stage.speedMps, yawRad: stage.yawRad };
    case 'pause':
      return { kind: 'hold', at: stage.at, speedMps: HOLD_SPEED_MPS, yawRad: null };
    case 'orbit':
      return orbitDemand(stage, state);
    case 'land':
      return { kind: 'descend', at: stage.at };
  }
}

/** Whether a stage has done what it is for. `isLanded` is the land detector's verdict, which comes after the touch-down. */
export function isDone(
  stage: Stage,
  state: AircraftState,
  isLanded: boolean,
  settings: Px4FlightSettings,
): boolean {
  switch (stage.kind) {
    case 'climb':
      return Math.abs(stage.to.upM - state.upM) < settings.heightAcceptanceM;
    case 'leg':
      return (
        horizontalDistanceM(state, stage.to) < stage.acceptanceM &&
        Math.abs(stage.to.upM - state.upM) < settings.heightAcceptanceM
      );
    case 'hold':
      return stage.untilS !== null && state.timeS >= stage.untilS;
    case 'land':
      return isLanded;
    case 'idle':
    case 'pause':
    case 'orbit':
      return false;
  }
}

/**
 * Steering at a point that runs ahead on a circle flies a smaller one, by the cosine of the angle between; so the
 * point runs on a larger one.
 */
function orbitDemand(stage: Extract<Stage, { kind: 'orbit' }>, state: AircraftState): Demand {
  const { center, radiusM, speedMps } = stage;
  const aheadM = Math.max(ORBIT_LOOK_AHEAD_M, speedMps * ORBIT_LOOK_AHEAD_S);
  const aheadRad = Math.min(1, aheadM / radiusM);
  // Bearing of the aircraft from the centre, clockwise from north.
  const bearing = Math.atan2(state.eastM - center.eastM, state.northM - center.northM);
  const target = bearing + (stage.isClockwise ? aheadRad : -aheadRad);
  const steeringRadiusM = radiusM / Math.cos(aheadRad);
  const at = {
    eastM: center.eastM + Math.sin(target) * steeringRadiusM,
    northM: center.northM + Math.cos(target) * steeringRadiusM,
    upM: center.upM,
  };
  return { kind: 'hold', at, speedMps, yawRad: stage.isNoseInward ? bearing + Math.PI : null };
}
