import type { PointMm } from '../geo/frame.ts';
import { containsPoint, distanceMm, distanceToSegmentMm } from '../geo/measure.ts';
import type { Random } from '../geo/random.ts';

/**
 * A growing planar subdivision whose rings name vertices by number. An edge that gets a new vertex remembers it
 * in `splits`, so every ring that ever used the edge, on either side and on every level, picks the vertex up when
 * it is expanded. Neighbours therefore share borders exactly, whatever the rounding.
 */
export interface VertexPool {
  readonly points: PointMm[];
  readonly splits: Map<number, number>;
}

/** Vertex numbers stay far below this; it packs an edge into one safe integer. */
const KEY_FACTOR = 2 ** 24;
const edgeKey = (a: number, b: number): number => Math.min(a, b) * KEY_FACTOR + Math.max(a, b);

/** The ring with every vertex that was put on its edges since. */
export function expandRing(pool: VertexPool, ring: readonly number[]): number[] {
  const out: number[] = [];
  const walk = (a: number, b: number): void => {
    const middle = pool.splits.get(edgeKey(a, b));
    if (middle === undefined) {
      out.push(a);
      return;
    }
    walk(a, middle);
    walk(middle, b);
  };
  for (let i = 0; i < ring.length; i++) walk(ring[i] as number, ring[(i + 1) % ring.length] as number);
  return out;
}

/** A place on the ring where a cut may begin or end: on edge `edge`, at a vertex (`t` = 0) or along it. */
export interface Station {
  readonly edge: number;
  readonly t: number;
  readonly point: PointMm;
}

interface Candidate {
  readonly from: number;
  readonly to: number;
  readonly score: number;
  /** Area on the ring from `from` to `to` that is wanted, mm². */
  readonly wanted: number;
}

/** A cut does not begin nearer than this to a corner (it then begins at the corner): no needle edges. */
const LEAST_EDGE_MM = 9_000;
/** Stations per ring. More gives shorter cuts and costs its square. */
const STATIONS = 56;

/**
 * Cuts `ring` (counter-clockwise, simple) into two with a short, slightly bent border; the first result holds
 * about `fraction` of the area. Prefers cuts along `streetAngleRad` or across it.
 * Returns `null` when no cut inside the ring exists at all (degenerate ring).
 */
export function cutRing(
  pool: VertexPool,
  ring: readonly number[],
  fraction: number,
  streetAngleRad: number,
  random: Random,
): [number[], number[]] | null {
  const ids = expandRing(pool, ring);
  const corners = ids.map((id) => pool.points[id] as PointMm);
  const stations = placeStations(corners);
  const sums = crossSums(stations);
  const total = sums[stations.length] as number;
  for (const tolerance of [0.04, 0.12, 0.35, 0.9]) {
    const candidates = rankCandidates(stations, sums, total, fraction, tolerance, streetAngleRad);
    for (const candidate of candidates.slice(0, 80)) {
      const from = stations[candidate.from] as Station;
      const to = slide(stations, sums, candidate, corners);
      const clearance = Math.min(6_000, distanceMm(from.point, to.point) * 0.12);
      if (!isClear(corners, from, to, [from.point, to.point], clearance)) continue;
      return split(pool, ids, corners, from, to, candidate, total, fraction, random);
    }
  }
  return null;
}

function placeStations(corners: readonly PointMm[]): Station[] {
  let perimeter = 0;
  for (let i = 0; i < corners.length; i++) {
    perimeter += distanceMm(corners[i] as PointMm, corners[(i + 1) % corners.length] as PointMm);
  }
  const step = Math.max(perimeter / STATIONS, LEAST_EDGE_MM);
  const stations: Station[] = [];
  for (let edge = 0; edge < corners.length; edge++) {
    const a = corners[edge] as PointMm;
    const b = corners[(edge + 1) % corners.length] as PointMm;
    const pieces = Math.max(1, Math.round(distanceMm(a, b) / step));
    for (let k = 0; k < pieces; k++) {
      const t = k / pieces;
      stations.push({ edge, t, point: { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t } });
    }
  }
  return stations;
}

/** Running sums of cross products: the area between any two stations becomes one subtraction. */
function crossSums(stations: readonly Station[]): number[] {
  const origin = (stations[0] as Station).point;
  const sums = [0];
  for (let i = 0; i < stations.length; i++) {
    const a = (stations[i] as Station).point;
    const b = (stations[(i + 1) % stations.length] as Station).point;
    const cross = (a.x - origin.x) * (b.y - origin.y) - (b.x - origin.x) * (a.y - origin.y);
    sums.push((sums[i] as number) + cross / 2);
  }
  return sums;
}

/** Area of the polygon that runs along the ring from station `i` to `j` and straight back. */
function areaBetween(stations: readonly Station[], sums: readonly number[], i: number, j: number): number {
  const origin = (stations[0] as Station).point;
  const a = (stations[j] as Station).point;
  const b = (stations[i] as Station).point;
  const closing = ((a.x - origin.x) * (b.y - origin.y) - (b.x - origin.x) * (a.y - origin.y)) / 2;
  return (sums[j] as number) - (sums[i] as number) + closing;
}

function rankCandidates(
  stations: readonly Station[],
  sums: readonly number[],
  total: number,
  fraction: number,
  tolerance: number,
  streetAngleRad: number,
): Candidate[] {
  const candidates: Candidate[] = [];
  for (let i = 0; i < stations.length; i++) {
    for (let j = i + 2; j < stations.length; j++) {
      if ((stations[i] as Station).edge === (stations[j] as Station).edge) continue;
      const area = areaBetween(stations, sums, i, j);
      const small = Math.abs(area - fraction * total);
      const large = Math.abs(area - (1 - fraction) * total);
      const off = Math.min(small, large) / total;
      if (off > tolerance) continue;
      const a = (stations[i] as Station).point;
      const b = (stations[j] as Station).point;
      const length = distanceMm(a, b);
      if (length < LEAST_EDGE_MM) continue;
      const turn = Math.abs(Math.sin(2 * (Math.atan2(b.y - a.y, b.x - a.x) - streetAngleRad)));
      candidates.push({
        from: i,
        to: j,
        // Short borders make compact cells; streets mostly run along or across the district's main direction.
        score: length * (1 + 0.35 * turn + 2 * off),
        wanted: small <= large ? fraction * total : (1 - fraction) * total,
      });
    }
  }
  return candidates.sort((p, q) => p.score - q.score || p.from - q.from || p.to - q.to);
}

/** Moves the end of the cut along its edge to where the areas come out as wanted (area is linear in the way). */
function slide(
  stations: readonly Station[],
  sums: readonly number[],
  candidate: Candidate,
  corners: readonly PointMm[],
): Station {
  const to = stations[candidate.to] as Station;
  if (to.t === 0) return to;
  const from = (stations[candidate.from] as Station).point;
  const a = corners[to.edge] as PointMm;
  const b = corners[(to.edge + 1) % corners.length] as PointMm;
  const perUnit = ((a.x - from.x) * (b.y - from.y) - (b.x - from.x) * (a.y - from.y)) / 2;
  if (perUnit === 0) return to;
  const missing = candidate.wanted - areaBetween(stations, sums, candidate.from, candidate.to);
  const margin = Math.min(0.5, LEAST_EDGE_MM / distanceMm(a, b));
  const t = Math.max(margin, Math.min(1 - margin, to.t + missing / perUnit));
  return { edge: to.edge, t, point: { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t } };
}

/** True when the polyline between the two stations stays inside and keeps `clearance` from everything else. */
function isClear(
  corners: readonly PointMm[],
  from: Station,
  to: Station,
  line: readonly PointMm[],
  clearance: number,
): boolean {
  for (let k = 0; k + 1 < line.length; k++) {
    const a = line[k] as PointMm;
    const b = line[k + 1] as PointMm;
    if (!containsPoint([corners], { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 })) return false;
    for (let i = 0; i < corners.length; i++) {
      const p = corners[i] as PointMm;
      const q = corners[(i + 1) % corners.length] as PointMm;
      if (crosses(a, b, p, q)) return false;
      // Corners beside an end of the cut are near it by nature.
      if (distanceMm(p, from.point) < LEAST_EDGE_MM * 2 || distanceMm(p, to.point) < LEAST_EDGE_MM * 2)
        continue;
      if (distanceToSegmentMm(p, a, b) < clearance) return false;
    }
  }
  return true;
}

function crosses(a: PointMm, b: PointMm, p: PointMm, q: PointMm): boolean {
  const side = (o: PointMm, u: PointMm, v: PointMm): number =>
    (u.x - o.x) * (v.y - o.y) - (v.x - o.x) * (u.y - o.y);
  return side(a, b, p) * side(a, b, q) < 0 && side(p, q, a) * side(p, q, b) < 0;
}

function split(
  pool: VertexPool,
  ids: readonly number[],
  corners: readonly PointMm[],
  from: Station,
  to: Station,
  candidate: Candidate,
  total: number,
  fraction: number,
  random: Random,
): [number[], number[]] {
  const between = bend(corners, from, to, random).map((point) => addPoint(pool, point));
  // The end first: numbers of ring edges before it stay valid.
  const expanded = [...ids];
  const endId = placeVertex(pool, expanded, to);
  const startId = placeVertex(pool, expanded, from);
  const start = expanded.indexOf(startId);
  const end = expanded.indexOf(endId);
  const first = [...expanded.slice(start, end + 1), ...between.toReversed()];
  const second = [...expanded.slice(end), ...expanded.slice(0, start + 1), ...between];
  return candidate.wanted === fraction * total ? [first, second] : [second, first];
}

/** Inner points of the border: a light S or arc, as streets have it; straight when there is no room. */
function bend(corners: readonly PointMm[], from: Station, to: Station, random: Random): PointMm[] {
  const length = distanceMm(from.point, to.point);
  const count = length > 900_000 ? 5 : length > 350_000 ? 3 : length > 140_000 ? 2 : 1;
  const dx = (to.point.x - from.point.x) / length;
  const dy = (to.point.y - from.point.y) / length;
  let sign = random() < 0.5 ? -1 : 1;
  const points: PointMm[] = [];
  for (let k = 1; k <= count; k++) {
    const along = (length * (k + (random() - 0.5) * 0.4)) / (count + 1);
    const aside = sign * (length / (count + 1)) * (0.02 + 0.1 * random());
    sign = -sign;
    points.push({
      x: Math.round(from.point.x + dx * along - dy * aside),
      y: Math.round(from.point.y + dy * along + dx * aside),
    });
  }
  const line = [from.point, ...points, to.point];
  return isClear(corners, from, to, line, Math.min(6_000, length * 0.1)) ? points : [];
}

function addPoint(pool: VertexPool, point: PointMm): number {
  pool.points.push({ x: Math.round(point.x), y: Math.round(point.y) });
  return pool.points.length - 1;
}

/** The vertex at the station, put into the ring (and into the memory of its edge) when it is not a corner. */
export function placeVertex(pool: VertexPool, ids: number[], station: Station): number {
  const a = ids[station.edge] as number;
  if (station.t === 0) return a;
  const b = ids[(station.edge + 1) % ids.length] as number;
  const id = addPoint(pool, station.point);
  pool.splits.set(edgeKey(a, b), id);
  ids.splice(station.edge + 1, 0, id);
  return id;
}
