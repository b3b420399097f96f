import { distanceToSegmentM, isInside } from '../geometry.ts';
import type { Box, Place } from '../schema-parts.ts';
import type { Track, TrackPoint } from '../track.ts';

/** Horizontal field of view of the server's default aircraft profile (aircraft.cameraHorizontalFovDeg). */
const FIELD_OF_VIEW_DEG = 62;
const HALF_SWATH_PER_M = Math.tan((FIELD_OF_VIEW_DEG / 2) * (Math.PI / 180));
/** Below it an aircraft starts or lands, whatever its camera sees. */
const LEAST_HEIGHT_M = 15;
const MOST_POINTS_PER_SIDE = 60;
const FINEST_M = 2;

/**
 * Share of a box that the cameras have passed over, 0–1: points of a raster that lie within half a swath of a flown
 * leg, the swath following from the true height. Knows nothing of the planner's own figure.
 */
export function coveredFraction(box: Box, tracks: readonly Track[]): number {
  const points = rasterOf(box);
  const open = new Set(points);
  for (const [from, to] of tracks.flatMap(({ points: flown }) => legs(flown))) {
    const halfM = HALF_SWATH_PER_M * Math.min(from.heightM, to.heightM);
    if (!isNear(box, from, halfM) && !isNear(box, to, halfM)) continue;
    for (const point of open) if (distanceToSegmentM(point, from, to) <= halfM) open.delete(point);
  }
  return 1 - open.size / points.length;
}

function rasterOf([westM, southM, eastM, northM]: Box): readonly Place[] {
  const longest = Math.max(eastM - westM, northM - southM);
  const stepM = Math.max(FINEST_M, longest / MOST_POINTS_PER_SIDE);
  const points: Place[] = [];
  for (let east = westM + stepM / 2; east < eastM; east += stepM) {
    for (let north = southM + stepM / 2; north < northM; north += stepM) {
      points.push({ eastM: east, northM: north });
    }
  }
  return points;
}

const isPatrolling = ({ armed, heightM }: TrackPoint): boolean => armed && heightM >= LEAST_HEIGHT_M;

function legs(points: readonly TrackPoint[]): readonly (readonly [TrackPoint, TrackPoint])[] {
  return points.flatMap((to, index) => {
    const from = points[index - 1];
    return from !== undefined && isPatrolling(from) && isPatrolling(to) ? [[from, to] as const] : [];
  });
}

const grown = ([westM, southM, eastM, northM]: Box, byM: number): Box => [
  westM - byM,
  southM - byM,
  eastM + byM,
  northM + byM,
];
const isNear = (box: Box, place: Place, byM: number): boolean => isInside(grown(box, byM), place);

/** Lanes run along the border; turns swing a little over it. */
const AT_BORDER_M = 15;

/** Longest time between two presences over the box, simulated seconds; null when nobody was ever there. */
export function longestAbsenceS(box: Box, tracks: readonly Track[]): number | null {
  const around = grown(box, AT_BORDER_M);
  const times = tracks
    .flatMap(({ points }) => points.filter((point) => isPatrolling(point) && isInside(around, point)))
    .map(({ timeS }) => timeS)
    .sort((a, b) => a - b);
  const first = times[0];
  if (first === undefined) return null;
  return times.reduce((longest, timeS, index) => Math.max(longest, timeS - (times[index - 1] ?? first)), 0);
}
