import type { AltitudeDatum } from './airspace.ts';
import type { LonLat, PlanIssue } from './basics.ts';

/** What is done at a point of a path, in order. */
export type PathAction =
  | { readonly kind: 'dwell'; readonly seconds: number }
  | { readonly kind: 'speed'; readonly speedMps: number }
  /** Nose of the aircraft, clockwise from true north. */
  | { readonly kind: 'yaw'; readonly headingDeg: number }
  /** Pitch −90 looks straight down, 0 to the horizon; yaw relative to the aircraft's nose. */
  | { readonly kind: 'gimbal'; readonly pitchDeg: number; readonly yawDeg: number }
  /** The camera looks at a place until told otherwise. */
  | { readonly kind: 'look-at'; readonly target: LonLat; readonly targetAmslM: number | null }
  | { readonly kind: 'look-ahead' }
  | { readonly kind: 'photo' }
  /** A picture every so many metres; 0 ends it. */
  | { readonly kind: 'photo-distance'; readonly everyM: number }
  | { readonly kind: 'video'; readonly on: boolean }
  /** Spoken by the loudspeaker. The text is the server's to play: MAVLink carries the index of the item only. */
  | { readonly kind: 'speak'; readonly text: string; readonly repeat: number };

export interface PathPoint extends LonLat {
  /** In the path's datum; null: the height of the whole path. */
  readonly heightM: number | null;
  readonly actions: readonly PathAction[];
}

/** What every pattern gives: a path in flying order, in one datum of heights. */
export interface PatternPath {
  readonly points: readonly PathPoint[];
  readonly heightM: number;
  readonly datum: AltitudeDatum;
  readonly lengthM: number;
  /** With an `error` among them the path must not be flown. */
  readonly warnings: readonly PlanIssue[];
}
