import type { LonLat } from '../model.ts';

/** A point in the air: metres east and north of the projection's origin, metres above home. */
export interface Spot {
  readonly eastM: number;
  readonly northM: number;
  readonly upM: number;
}

/**
 * - `take-off`, `descent`: straight up or down at the beginning and the end (and the climb of a return);
 * - `wait`: on the ground, before the take-off or after a landing;
 * - `leg`: between two places of the mission; `hold`: waiting at one; `circle`: round one;
 * - `return`: the autopilot's own way home.
 */
export type EdgePhase =
  | 'wait'
  | 'take-off'
  | 'leg'
  | 'hold'
  | 'circle'
  | 'return-climb'
  | 'return'
  | 'descent';

/** One straight, evenly flown piece of the way, before its times are known. */
export interface Edge {
  /** Item that it belongs to. */
  readonly item: number;
  readonly phase: EdgePhase;
  readonly from: Spot;
  readonly to: Spot;
  /** Wished speed over the ground. */
  readonly speedMps: number;
  /** The aircraft stands still at the end. */
  readonly stops: boolean;
  /** Waits in place; only for `hold`. */
  readonly holdS: number;
  /** Speed of a vertical piece when it is not the profile's; null: the profile's. */
  readonly verticalMps: number | null;
  /** How far the real way may bulge out to the side of the straight piece, metres. */
  readonly bulgeM: number;
  /** Pitch of the camera, −90 down, 0 ahead; null: never told. */
  readonly cameraPitchDeg: number | null;
  readonly isRecording: boolean;
}

/** What a mission does, from the ground to the ground. */
export interface Flown {
  readonly edges: readonly Edge[];
  /** Places that the camera was told to look at. */
  readonly targets: readonly { readonly item: number; readonly place: LonLat }[];
  readonly speeds: readonly { readonly item: number; readonly speedMps: number }[];
  /** Heights that could not be related to home, with the reason. */
  readonly unknownHeights: readonly { readonly item: number; readonly reason: string }[];
  /** Why the flight does not end by itself; null when it does. */
  readonly endless: { readonly item: number; readonly reason: string } | null;
}

export const wayM = (edge: Pick<Edge, 'from' | 'to'>): number =>
  Math.hypot(edge.to.eastM - edge.from.eastM, edge.to.northM - edge.from.northM);
