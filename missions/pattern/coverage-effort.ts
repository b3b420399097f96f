import type { PointMm, Region } from '../geo/frame.ts';
import { lengthMm } from '../geo/measure.ts';
import { areaM2 } from '../geo/region.ts';

/** How much is tried: a small cell differs much between drafts, a district little, and there each is dear. */
export interface Effort {
  /** Lane sets that are flown, of all directions and variants. */
  readonly laneSets: number;
  /** Every direction that lanes may have, or only the most promising. */
  readonly allAngles: boolean;
  /** Drafts that follow the border are tried too. */
  readonly contours: boolean;
  /** Drafts that are worked out fully. */
  readonly finalists: number;
  /** Samples to a swath in the last steps. */
  readonly finePerSwath: number;
  readonly passes: number;
  /** Stretches torn out and flown anew. */
  readonly rounds: number;
}

/** A small cell with an outline shorter than this many times its root is compact: drafts differ little there. */
const COMPACT = 5;

/** The effort for a region, by how many squares as wide as the swath it holds. */
export function effortFor(region: Region, swathMm: number): Effort {
  const squares = (areaM2(region) * 1e6) / swathMm ** 2;
  const usual = { allAngles: true, contours: true, finePerSwath: 16, passes: 10 };
  const perimeterMm = region.reduce((sum, ring) => sum + lengthMm([...ring, ring[0] as PointMm]), 0);
  if (squares < 20 && perimeterMm < COMPACT * Math.sqrt(areaM2(region) * 1e6))
    return { ...usual, laneSets: 3, contours: false, finalists: 1, finePerSwath: 12, passes: 5, rounds: 6 };
  if (squares < 60) return { ...usual, laneSets: 5, finalists: 3, rounds: 200 };
  if (squares < 120) return { ...usual, laneSets: 5, finalists: 3, rounds: 180 };
  if (squares < 400) return { ...usual, laneSets: 4, finalists: 2, rounds: 100 };
  const large = { contours: false, finePerSwath: 12, passes: 3, rounds: 0 };
  if (squares < 1500) return { ...large, laneSets: 2, allAngles: false, finalists: 1 };
  return { ...large, laneSets: 5, allAngles: true, finalists: 2 };
}

/** About 2,500 samples for a small area, a ninth of a swath for a large one. */
export function rasterStep(region: Region, swathMm: number): number {
  const wanted = Math.sqrt((areaM2(region) * 1e6) / 2500);
  return Math.max(swathMm / 24, Math.min(swathMm / 9, wanted));
}
