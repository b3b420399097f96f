import type { PointMm } from '../geo/frame.ts';
import { UNREACHABLE_MM } from '../geo/free-space.ts';
import { distanceMm } from '../geo/measure.ts';
import type { Unserved } from './corridor-streets.ts';
import type { PatternRoom } from './pattern-space.ts';
import type { StreetEdge } from './street-graph.ts';

/** Chosen stretches that one tour can reach, their places and the ways between those. */
export interface Served {
  readonly places: readonly PointMm[];
  readonly distances: Float64Array;
  readonly edges: readonly { readonly edge: StreetEdge; readonly from: number; readonly to: number }[];
}

/** What one tour can serve; the rest is added to `unserved`. */
export function reachable(
  chosen: readonly StreetEdge[],
  nodes: readonly PointMm[],
  room: PatternRoom,
  start: PointMm | null,
  unserved: Unserved[],
): Served {
  const used = [...new Set(chosen.flatMap(({ from, to }) => [from, to]))];
  const places = used.map((node) => nodes[node] as PointMm);
  const placeOf = new Map(used.map((node, i) => [node, i]));
  const distances = room.distanceMatrix(places);
  const n = places.length;
  const edges = chosen.map((edge) => ({
    edge,
    from: placeOf.get(edge.from) ?? 0,
    to: placeOf.get(edge.to) ?? 0,
  }));
  // Places fall into groups; inside one there is a way from each to each.
  const group = new Int32Array(n).fill(-1);
  const lengths: number[] = [];
  const heads: number[] = [];
  for (let i = 0; i < n; i++) {
    if (group[i] !== -1) continue;
    // Where inside ways end, the way finder of the caller may know one outside.
    const known = heads.findIndex((head) => room.way(places[head] as PointMm, places[i] as PointMm) !== null);
    const number = known >= 0 ? known : heads.push(i) - 1;
    lengths[number] ??= 0;
    for (let j = i; j < n; j++) {
      if (group[j] === -1 && (j === i || isReached(distances, n, i, j, room, places))) group[j] = number;
    }
  }
  for (const { edge, from } of edges) {
    const at = group[from] as number;
    lengths[at] = (lengths[at] ?? 0) + edge.lengthMm;
  }
  const mainGroup = chooseGroup(places, group, lengths, room, start);
  const kept = edges.filter(({ from }) => group[from] === mainGroup);
  for (const { edge, from } of edges) {
    if (group[from] === mainGroup) continue;
    unserved.push({
      streetId: edge.streetIds.join(', '),
      lengthMm: edge.lengthMm,
      reason: 'no allowed way leads there',
    });
  }
  // Ways that only the way finder knows are costed straight: their true length is asked when they are flown.
  for (let i = 0; i < n * n; i++) {
    if ((distances[i] as number) < UNREACHABLE_MM) continue;
    distances[i] = Math.round(distanceMm(places[Math.floor(i / n)] as PointMm, places[i % n] as PointMm));
  }
  return { places, distances, edges: kept };
}

function isReached(
  distances: Float64Array,
  n: number,
  i: number,
  j: number,
  room: PatternRoom,
  places: readonly PointMm[],
): boolean {
  if ((distances[i * n + j] as number) >= UNREACHABLE_MM) return false;
  return room.region !== null || room.way(places[i] as PointMm, places[j] as PointMm) !== null;
}

/** The group that the start reaches; without one, the group with most street. */
function chooseGroup(
  places: readonly PointMm[],
  group: Int32Array,
  lengths: readonly number[],
  room: PatternRoom,
  start: PointMm | null,
): number {
  let best = 0;
  let most = -1;
  lengths.forEach((length, number) => {
    const head = places[group.indexOf(number)];
    const fromStart = start !== null && head !== undefined && room.way(start, head) !== null;
    // What the start reaches counts before all else.
    const weight = length + (fromStart ? 1e15 : 0);
    if (weight > most) {
      most = weight;
      best = number;
    }
  });
  return best;
}
