import type { FlightRecord, TrackPoint } from './track.ts';

/** How far apart two flown paths are, whenever they were there: metres in three dimensions. */
export interface PathDistance {
  readonly greatestM: number;
  readonly meanM: number;
}

/**
 * For every point of one path the nearest of the other, both ways: a path that leaves out a corner is as far off as one
 * that flies one too many. On the ground nothing counts.
 */
export function pathDistance(a: FlightRecord, b: FlightRecord): PathDistance | null {
  const flownA = flown(a);
  const flownB = flown(b);
  if (flownA.length < 2 || flownB.length < 2) return null;
  const distances = [
    ...flownA.map((point) => distanceToPath(point, flownB)),
    ...flownB.map((point) => distanceToPath(point, flownA)),
  ];
  const sum = distances.reduce((total, value) => total + value, 0);
  return { greatestM: Math.max(...distances), meanM: sum / distances.length };
}

/** Closer points say nothing more about a path, and every point is compared with every piece of the other. */
const THINNED_M = 1.5;

function flown({ track, armedS }: FlightRecord): readonly TrackPoint[] {
  const kept: TrackPoint[] = [];
  for (const point of track) {
    if (point.bootS < armedS || point.heightM <= 0.5) continue;
    const last = kept.at(-1);
    if (last === undefined || distanceToSegment(point, last, last) >= THINNED_M) kept.push(point);
  }
  return kept;
}

function distanceToPath(point: TrackPoint, path: readonly TrackPoint[]): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (let index = 1; index < path.length; index += 1) {
    const from = path[index - 1];
    const to = path[index];
    if (from === undefined || to === undefined) continue;
    nearest = Math.min(nearest, distanceToSegment(point, from, to));
  }
  return nearest;
}

export function distanceToSegment(
  point: Pick<TrackPoint, 'eastM' | 'northM' | 'heightM'>,
  from: Pick<TrackPoint, 'eastM' | 'northM' | 'heightM'>,
  to: Pick<TrackPoint, 'eastM' | 'northM' | 'heightM'>,
): number {
  const e = to.eastM - from.eastM;
  const n = to.northM - from.northM;
  const h = to.heightM - from.heightM;
  const squared = e * e + n * n + h * h;
  const along =
    squared === 0
      ? 0
      : ((point.eastM - from.eastM) * e +
          (point.northM - from.northM) * n +
          (point.heightM - from.heightM) * h) /
        squared;
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(
    point.eastM - from.eastM - t * e,
    point.northM - from.northM - t * n,
    point.heightM - from.heightM - t * h,
  );
}
