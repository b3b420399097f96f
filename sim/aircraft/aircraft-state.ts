import { type BatteryState, batteryAt } from './battery.ts';
import type { AircraftLimits } from './limits.ts';
import type { LocalPoint } from './local-frame.ts';

/** The physical truth of one aircraft. Local frame of its start; up is zero on the ground. */
export interface AircraftState extends LocalPoint {
  readonly timeS: number;
  readonly velEastMps: number;
  readonly velNorthMps: number;
  readonly velUpMps: number;
  /** Clockwise from north, 0–2π. */
  readonly yawRad: number;
  readonly yawRateRadps: number;
  readonly rollRad: number;
  readonly pitchRad: number;
  readonly onGround: boolean;
  /** Seconds that the propellers have been turning; 0 with motors off. */
  readonly spoolS: number;
  /** Vertical speed of the last touch-down, positive; null before the first. */
  readonly touchdownMps: number | null;
  readonly battery: BatteryState;
  readonly gustEastMps: number;
  readonly gustNorthMps: number;
  /** State of the aircraft's own random generator (gusts). */
  readonly random: number;
}

/** What the flight controller asks of the airframe in this step. */
export type Demand =
  | { readonly kind: 'off' }
  | { readonly kind: 'idle' }
  /** Straight up (or down) over a point. */
  | { readonly kind: 'climb'; readonly to: LocalPoint; readonly climbMps: number }
  | {
      readonly kind: 'hold';
      readonly at: LocalPoint;
      readonly speedMps: number;
      /** Where the nose shall point; null: as it is. */
      readonly yawRad: number | null;
    }
  /** Along the straight leg `from` → `to`, passing its end with `exitSpeedMps` or less. */
  | {
      readonly kind: 'track';
      readonly from: LocalPoint;
      readonly to: LocalPoint;
      readonly speedMps: number;
      readonly exitSpeedMps: number;
    }
  | { readonly kind: 'descend'; readonly at: LocalPoint }
  /**
   * After a point that moves: its velocity, and what is missing to its place (null: the velocity alone counts). The
   * planner of that point keeps the accelerations; the airframe may use what it has to stay with it.
   */
  | {
      readonly kind: 'follow';
      readonly at: LocalPoint | null;
      readonly eastMps: number;
      readonly northMps: number;
      readonly upMps: number;
      readonly yawRad: number | null;
    }
  /** Held level without knowing where it is: the wind takes it along. */
  | { readonly kind: 'drift'; readonly climbMps: number };

export interface Wind {
  /** Velocity of the air, metres per second. */
  readonly eastMps: number;
  readonly northMps: number;
  /** Standard deviation of the gusts per axis; 0 for steady air. */
  readonly gustMps: number;
}

/** Everything outside the aircraft's state that a step depends on. */
export interface Environment {
  readonly demand: Demand;
  readonly limits: AircraftLimits;
  readonly wind: Wind;
}

export const CALM: Wind = { eastMps: 0, northMps: 0, gustMps: 0 };

/** An aircraft standing at the origin of its frame, battery full, nose to `yawRad`. */
export function parkedAircraft(seed: number, yawRad = 0): AircraftState {
  return {
    timeS: 0,
    eastM: 0,
    northM: 0,
    upM: 0,
    velEastMps: 0,
    velNorthMps: 0,
    velUpMps: 0,
    yawRad,
    yawRateRadps: 0,
    rollRad: 0,
    pitchRad: 0,
    onGround: true,
    spoolS: 0,
    touchdownMps: null,
    battery: batteryAt(1),
    gustEastMps: 0,
    gustNorthMps: 0,
    random: seed >>> 0,
  };
}
