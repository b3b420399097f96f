import type { LonLat, PlanIssue } from './basics.ts';

/** A path over an area. `points` in flying order; every straight leg between them is inside the area (or its hull of lanes). */
export interface CoveragePath {
  readonly points: readonly LonLat[];
  readonly lengthM: number;
  readonly swathWidthM: number;
  /** Share of the area within half a swath of the path, exact polygon arithmetic, 0–1. */
  readonly coverageFraction: number;
  readonly laneDirectionDeg: number | null;
  /** Changes of heading by more than 10°, each of which costs time. */
  readonly turns?: number;
  readonly warnings: readonly PlanIssue[];
}
