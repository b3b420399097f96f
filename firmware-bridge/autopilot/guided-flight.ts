import type { VehicleState } from '../model.ts';
import type { CommandSpec } from '../protocol/command.ts';

/** Flight to places chosen one by one, as each autopilot wants it: intents in, commands out. */
export interface GuidedAltitude {
  readonly datum: 'above-home' | 'amsl' | 'above-terrain';
  readonly m: number;
}

export interface GoTo {
  readonly lonDeg: number;
  readonly latDeg: number;
  readonly altitude: GuidedAltitude;
  readonly speedMps?: number;
  /** Where the nose points; absent: the autopilot's habit. */
  readonly headingDeg?: number;
}

export interface Orbit {
  readonly center: { readonly lonDeg: number; readonly latDeg: number };
  readonly radiusM: number;
  readonly altitude: GuidedAltitude;
  readonly direction: 'clockwise' | 'counter-clockwise';
  /** Along the circle; absent: 5 m/s where we lead it round, else the autopilot's own. */
  readonly speedMps?: number;
}

/** What is to be sent, one after the other, each confirmed before the next. */
export type GuidedPlan =
  | { readonly kind: 'commands'; readonly specs: readonly CommandSpec[] }
  /** Nothing flies it by itself: positions are streamed to it in its guided mode. */
  | { readonly kind: 'streamed'; readonly frame: number; readonly z: number }
  | { readonly kind: 'unsupported'; readonly what: string }
  /** It can do that, not as asked or not now. */
  | { readonly kind: 'refused'; readonly reason: string };

export interface GuidedFlight {
  takeOff(altitudeAboveHomeM: number, state: VehicleState): GuidedPlan;
  /** @param terrainAmslM of the ground at the place, from our own elevation data; null: not known */
  goTo(to: GoTo, state: VehicleState, terrainAmslM: number | null): GuidedPlan;
  orbit(orbit: Orbit, state: VehicleState, terrainAmslM: number | null): GuidedPlan;
  setHeading(headingDeg: number, state: VehicleState): GuidedPlan;
  setSpeed(speedMps: number, state: VehicleState): GuidedPlan;
  /** In a mode in which it flies to the places that we name. */
  isGuided(state: VehicleState): boolean;
}
