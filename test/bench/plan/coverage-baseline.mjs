// The baseline: plain back-and-forth, as survey tools do it, at the best of 36 angles. Written for the benchmark only
// and made a fair peer: transits go the shortest way inside the area, and where a swath's spacing leaves too much
// uncovered (the corners of oblique borders), the spacing is narrowed until coverage is reached, as its users do.

import { frameOf, mmToLonLat } from '../../../dist/missions/geo/frame.js';
import { FreeSpace } from '../../../dist/missions/geo/free-space.js';
import { chordsAt } from '../../../dist/missions/geo/measure.js';
import { cleanPolygons, offset } from '../../../dist/missions/geo/region.js';
import { coverageFraction } from '../../../dist/missions/pattern/exact.js';

const ANGLES = 36;
const SPACINGS = [1, 0.97, 0.94, 0.9, 0.85, 0.8, 0.75, 0.7, 0.6, 0.5];
const MARGIN_MM = 30;
const NEEDED = 0.995;

/**
 * @returns {{points: {lonDeg: number, latDeg: number}[], lengthM: number, spacing: number | null}} `spacing`: the share
 * of a swath between lines; null when no spacing reaches the coverage (then there is no valid baseline).
 */
export function planBaseline(geometry, swathWidthM) {
  const frame = frameOf(geometry);
  const region = cleanPolygons(frame, geometry);
  const free = offset(region, -MARGIN_MM);
  const space = new FreeSpace(free);
  for (const spacing of SPACINGS) {
    const drafts = [];
    for (let k = 0; k < ANGLES; k++)
      drafts.push(...drafted(free, (k * Math.PI) / ANGLES, swathWidthM * 1000 * spacing));
    drafts.sort((a, b) => a.straightMm - b.straightMm);
    let best = null;
    for (const draft of drafts) {
      // Straight transits are a lower bound of those inside.
      if (best !== null && draft.straightMm >= best.lengthMm) break;
      const points = connect(space, draft.lanes);
      if (points === null) continue;
      const lengthMm = length(points);
      if (best !== null && lengthMm >= best.lengthMm) continue;
      if (coverageFraction(region, points, swathWidthM * 500) < NEEDED) continue;
      best = { points, lengthMm };
    }
    if (best !== null) {
      return { points: best.points.map((p) => mmToLonLat(frame, p)), lengthM: best.lengthMm / 1000, spacing };
    }
  }
  return { points: [], lengthM: Number.POSITIVE_INFINITY, spacing: null };
}

/** The same lines flown in two orders: line by line, and always on to the nearest end. */
function drafted(free, angle, spacingMm) {
  const turned = free.map((ring) => ring.map((p) => turn(p, -angle)));
  const ys = turned.flat().map((p) => p.y);
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  const count = Math.max(1, Math.ceil((high - low) / spacingMm));
  const lines = [];
  for (let k = 0; k < count; k++) {
    // The last line keeps its half swath from the far border.
    const y = count === 1 ? (low + high) / 2 : Math.min(low + (k + 0.5) * spacingMm, high - spacingMm / 2);
    const chords = chordsAt(turned, y).map(([x1, x2]) => [
      whole(turn({ x: x1, y }, angle)),
      whole(turn({ x: x2, y }, angle)),
    ]);
    lines.push(chords);
  }
  const rowByRow = lines.flatMap((chords, k) =>
    k % 2 === 0 ? chords : chords.map(([a, b]) => [b, a]).reverse(),
  );
  return [rowByRow, nearestFirst(lines.flat())].map((lanes) => ({ lanes, straightMm: length(lanes.flat()) }));
}

function nearestFirst(chords) {
  const rest = [...chords];
  const out = rest.splice(0, 1);
  while (rest.length > 0) {
    const [, at] = out[out.length - 1];
    let best = 0;
    let flip = false;
    let least = Number.POSITIVE_INFINITY;
    rest.forEach(([a, b], i) => {
      const [da, db] = [gap(at, a), gap(at, b)];
      if (Math.min(da, db) >= least) return;
      least = Math.min(da, db);
      best = i;
      flip = db < da;
    });
    const [[a, b]] = rest.splice(best, 1);
    out.push(flip ? [b, a] : [a, b]);
  }
  return out;
}

/** Lanes joined by shortest ways inside; null when one cannot be reached. */
function connect(space, lanes) {
  const points = [];
  for (const [a, b] of lanes) {
    const last = points[points.length - 1];
    if (last === undefined) points.push(a);
    else {
      const way = space.way(last, a);
      if (way === null) return null;
      points.push(...way.slice(1));
    }
    points.push(b);
  }
  return points;
}

const turn = (p, angle) => ({
  x: p.x * Math.cos(angle) - p.y * Math.sin(angle),
  y: p.x * Math.sin(angle) + p.y * Math.cos(angle),
});
const whole = (p) => ({ x: Math.round(p.x), y: Math.round(p.y) });
const gap = (a, b) => Math.hypot(b.x - a.x, b.y - a.y);

function length(points) {
  let sum = 0;
  for (let i = 1; i < points.length; i++) sum += gap(points[i - 1], points[i]);
  return sum;
}
