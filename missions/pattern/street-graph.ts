import Flatbush from 'flatbush';
import type { PointMm } from '../geo/frame.ts';
import { distanceMm, distanceToSegmentMm, lengthMm, nearestOnSegment } from '../geo/measure.ts';
import { UnionFind } from '../geo/union-find.ts';

/** A street as a line in millimetres. */
export interface StreetLine {
  readonly streetId: string;
  readonly points: readonly PointMm[];
  /** False: known, but not asked for. */
  readonly isChosen: boolean;
}

/** A stretch of street between two nodes, without a crossing inside. */
export interface StreetEdge {
  readonly from: number;
  readonly to: number;
  /** First and last point are the two nodes. */
  readonly points: readonly PointMm[];
  readonly lengthMm: number;
  readonly streetIds: readonly string[];
  readonly isChosen: boolean;
}

export interface StreetGraph {
  readonly nodes: readonly PointMm[];
  readonly edges: readonly StreetEdge[];
  /** Stretches seen from a parallel one and therefore not flown themselves. */
  readonly merged: readonly StreetEdge[];
}

export interface StreetGraphOptions {
  /** Ends nearer than this to another street meet it, millimetres, at least 1. */
  readonly snapMm: number;
  /** Carriageways side by side up to this far apart count as one; null: each is flown. */
  readonly mergeParallelMm: number | null;
}

interface Segment {
  readonly line: number;
  readonly index: number;
  readonly a: PointMm;
  readonly b: PointMm;
}

/**
 * Street lines as drawn (ends that almost meet, crossings without a node, the same street twice) to a planar graph:
 * lines are cut where they cross, touch or pass a corner of another one, cut places and ends within the tolerance
 * become one node, stretches drawn twice become one.
 */
export function buildStreetGraph(lines: readonly StreetLine[], options: StreetGraphOptions): StreetGraph {
  const segments = segmentsOf(lines);
  if (segments.length === 0) return { nodes: [], edges: [], merged: [] };
  const cuts = cutsOf(segments, options.snapMm);
  const stretches = lines.flatMap((line, i) => cutLine(line, i, cuts, options.snapMm));
  const { nodes, nodeOf } = clusterEnds(stretches, options.snapMm);
  const edges = removeDoubles(toEdges(stretches, nodes, nodeOf, options.snapMm), options.snapMm);
  return options.mergeParallelMm === null
    ? { nodes, edges, merged: [] }
    : { nodes, ...mergeParallel(edges, options.mergeParallelMm) };
}

function segmentsOf(lines: readonly StreetLine[]): Segment[] {
  return lines.flatMap(({ points }, line) =>
    points.slice(1).map((b, index) => ({ line, index, a: points[index] as PointMm, b })),
  );
}

function indexOf(segments: readonly Segment[], marginMm: number): Flatbush {
  const index = new Flatbush(segments.length);
  for (const { a, b } of segments) {
    index.add(
      Math.min(a.x, b.x) - marginMm,
      Math.min(a.y, b.y) - marginMm,
      Math.max(a.x, b.x) + marginMm,
      Math.max(a.y, b.y) + marginMm,
    );
  }
  index.finish();
  return index;
}

/** Where to cut each segment: key `line:index`, value the places on it. */
type Cuts = Map<string, PointMm[]>;

function cutsOf(segments: readonly Segment[], snapMm: number): Cuts {
  const index = indexOf(segments, snapMm);
  const cuts: Cuts = new Map();
  const cut = (segment: Segment, p: PointMm): void => {
    const key = `${segment.line}:${segment.index}`;
    const known = cuts.get(key);
    if (known === undefined) cuts.set(key, [p]);
    else known.push(p);
  };
  segments.forEach((s, i) => {
    const near = index.search(
      Math.min(s.a.x, s.b.x),
      Math.min(s.a.y, s.b.y),
      Math.max(s.a.x, s.b.x),
      Math.max(s.a.y, s.b.y),
    );
    for (const j of near) {
      const t = segments[j] as Segment;
      const isNeighbour = s.line === t.line && Math.abs(s.index - t.index) <= 1;
      if (j === i || isNeighbour) continue;
      const crossing = j > i ? crossingOf(s, t) : null;
      if (crossing !== null) {
        cut(s, crossing);
        cut(t, crossing);
      }
      // Corners of `t` that `s` passes: ends that almost meet, and streets drawn over one another.
      for (const corner of [t.a, t.b]) {
        if (distanceToSegmentMm(corner, s.a, s.b) > snapMm) continue;
        cut(s, nearestOnSegment(corner, s.a, s.b));
        cut(t, corner);
      }
    }
  });
  return cuts;
}

/** Where two segments properly cross; null when they do not, or run along each other. */
function crossingOf(s: Segment, t: Segment): PointMm | null {
  const dx = s.b.x - s.a.x;
  const dy = s.b.y - s.a.y;
  const ex = t.b.x - t.a.x;
  const ey = t.b.y - t.a.y;
  const cross = dx * ey - dy * ex;
  if (cross === 0) return null;
  const wx = t.a.x - s.a.x;
  const wy = t.a.y - s.a.y;
  const along = (wx * ey - wy * ex) / cross;
  const other = (wx * dy - wy * dx) / cross;
  if (along < 0 || along > 1 || other < 0 || other > 1) return null;
  return { x: s.a.x + dx * along, y: s.a.y + dy * along };
}

interface Stretch {
  readonly line: StreetLine;
  readonly points: readonly PointMm[];
}

/** One street cut into stretches; cuts nearer together than half the tolerance are one. */
function cutLine(line: StreetLine, lineIndex: number, cuts: Cuts, snapMm: number): Stretch[] {
  const out: Stretch[] = [];
  let open: PointMm[] = [line.points[0] as PointMm];
  for (let i = 1; i < line.points.length; i++) {
    const a = line.points[i - 1] as PointMm;
    const b = line.points[i] as PointMm;
    const onIt = (cuts.get(`${lineIndex}:${i - 1}`) ?? [])
      .map((p) => ({ p: { x: Math.round(p.x) + 0, y: Math.round(p.y) + 0 }, at: distanceMm(a, p) }))
      .sort((p, q) => p.at - q.at);
    for (const { p } of onIt) {
      const last = open[open.length - 1] as PointMm;
      if (open.length === 1 && distanceMm(last, p) <= snapMm / 2) continue;
      if (last.x !== p.x || last.y !== p.y) open.push(p);
      out.push({ line, points: open });
      open = [p];
    }
    const last = open[open.length - 1] as PointMm;
    if (last.x !== b.x || last.y !== b.y) open.push(b);
  }
  if (open.length > 1) out.push({ line, points: open });
  return out;
}

/** Ends of stretches within the tolerance become one node, in the middle of them. */
function clusterEnds(
  stretches: readonly Stretch[],
  snapMm: number,
): { readonly nodes: PointMm[]; readonly nodeOf: (p: PointMm) => number } {
  const key = (p: PointMm): string => `${p.x},${p.y}`;
  const ends = new Map<string, PointMm>();
  for (const { points } of stretches) {
    for (const p of [points[0] as PointMm, points[points.length - 1] as PointMm]) ends.set(key(p), p);
  }
  const places = [...ends.values()];
  const clusters = new UnionFind(places.length);
  const index = new Flatbush(places.length);
  for (const p of places) index.add(p.x, p.y, p.x, p.y);
  index.finish();
  // A place and its foot on another street may each have been rounded by a millimetre.
  const reach = snapMm + 2;
  places.forEach((p, i) => {
    for (const j of index.search(p.x - reach, p.y - reach, p.x + reach, p.y + reach)) {
      if (j > i && distanceMm(p, places[j] as PointMm) <= reach) clusters.join(j, i);
    }
  });
  const members = new Map<number, PointMm[]>();
  places.forEach((p, i) => {
    const group = members.get(clusters.root(i));
    if (group === undefined) members.set(clusters.root(i), [p]);
    else group.push(p);
  });
  const nodes: PointMm[] = [];
  const nodeByPlace = new Map<string, number>();
  for (const group of members.values()) {
    const node = nodes.length;
    nodes.push({
      x: Math.round(group.reduce((sum, p) => sum + p.x, 0) / group.length) + 0,
      y: Math.round(group.reduce((sum, p) => sum + p.y, 0) / group.length) + 0,
    });
    for (const p of group) nodeByPlace.set(key(p), node);
  }
  return { nodes, nodeOf: (p) => nodeByPlace.get(key(p)) ?? 0 };
}

/**
 * Stretches with their ends at their nodes. Stubs that lie within the tolerance of their node are seen from the streets
 * that meet there; where none does, the stub is flown there and back.
 */
function toEdges(
  stretches: readonly Stretch[],
  nodes: readonly PointMm[],
  nodeOf: (p: PointMm) => number,
  snapMm: number,
): StreetEdge[] {
  const met = new Set<number>();
  const stubs: Stretch[] = [];
  const edges: StreetEdge[] = [];
  for (const stretch of stretches) {
    const { points } = stretch;
    const from = nodeOf(points[0] as PointMm);
    const to = nodeOf(points[points.length - 1] as PointMm);
    const node = nodes[from] as PointMm;
    if (from === to && points.every((p) => distanceMm(p, node) <= 2 * snapMm)) {
      stubs.push(stretch);
      continue;
    }
    met.add(from).add(to);
    edges.push(edgeOf(stretch.line, from, to, [node, ...points.slice(1, -1), nodes[to] as PointMm]));
  }
  for (const { line, points } of stubs) {
    const node = nodeOf(points[0] as PointMm);
    if (met.has(node)) continue;
    const at = nodes[node] as PointMm;
    edges.push(edgeOf(line, node, node, [at, ...points, at]));
  }
  return edges;
}

function edgeOf(line: StreetLine, from: number, to: number, points: readonly PointMm[]): StreetEdge {
  return {
    from,
    to,
    points,
    lengthMm: lengthMm(points),
    streetIds: [line.streetId],
    isChosen: line.isChosen,
  };
}

/** Stretches between the same nodes that nowhere leave one another by more than the tolerance are one. */
function removeDoubles(edges: readonly StreetEdge[], snapMm: number): StreetEdge[] {
  const kept = new Map<string, StreetEdge[]>();
  for (const edge of edges) {
    const key = `${Math.min(edge.from, edge.to)}-${Math.max(edge.from, edge.to)}`;
    const same = kept.get(key) ?? [];
    kept.set(key, same);
    const twin = same.findIndex((other) => runsAlong(edge, other, snapMm) && runsAlong(other, edge, snapMm));
    const known = same[twin];
    if (known === undefined) same.push(edge);
    else {
      same[twin] = {
        ...known,
        streetIds: [...new Set([...known.streetIds, ...edge.streetIds])],
        isChosen: known.isChosen || edge.isChosen,
      };
    }
  }
  return [...kept.values()].flat();
}

function runsAlong(edge: StreetEdge, other: StreetEdge, mm: number): boolean {
  return edge.points.every((p) =>
    other.points.slice(1).some((b, i) => distanceToSegmentMm(p, other.points[i] as PointMm, b) <= mm),
  );
}

/** Directions that differ by more than this are not side by side. */
const PARALLEL_DEG = 20;

/**
 * Chosen stretches that are seen whole from longer ones beside them are left out: every half distance along them
 * there is a stretch that stays, near enough and in about the same direction.
 */
function mergeParallel(
  edges: readonly StreetEdge[],
  mm: number,
): { readonly edges: StreetEdge[]; readonly merged: StreetEdge[] } {
  // Whole streets one after the other, the shortest first, so that one carriageway goes and the other stays.
  const streetMm = new Map<string, number>();
  const nameOf = (edge: StreetEdge): string => edge.streetIds[0] ?? '';
  for (const edge of edges) streetMm.set(nameOf(edge), (streetMm.get(nameOf(edge)) ?? 0) + edge.lengthMm);
  const order = edges
    .map((edge, i) => ({ edge, i, name: nameOf(edge), streetMm: streetMm.get(nameOf(edge)) ?? 0 }))
    .sort((p, q) => p.streetMm - q.streetMm || (p.name < q.name ? -1 : p.name > q.name ? 1 : p.i - q.i));
  const segments: Segment[] = [];
  edges.forEach((edge, i) => {
    if (!edge.isChosen) return;
    edge.points.slice(1).forEach((b, index) => {
      segments.push({ line: i, index, a: edge.points[index] as PointMm, b });
    });
  });
  if (segments.length === 0) return { edges: [...edges], merged: [] };
  const index = indexOf(segments, mm);
  const gone = new Set<number>();
  // What another stretch is seen from stays, or that one would be seen from nowhere.
  const needed = new Set<number>();
  for (const { edge, i } of order) {
    // What is shorter than twice the distance is a link between carriageways, not one of them.
    if (!edge.isChosen || needed.has(i) || edge.lengthMm < 2 * mm) continue;
    const seenFrom = samples(edge.points, mm / 2).map(({ p, heading }) => {
      const others = index.search(p.x, p.y, p.x, p.y).flatMap((j) => {
        const other = segments[j] as Segment;
        if (other.line === i || gone.has(other.line)) return [];
        const turned = Math.atan2(other.b.y - other.a.y, other.b.x - other.a.x) - heading;
        const isParallel = Math.abs(Math.sin(turned)) <= Math.sin((PARALLEL_DEG * Math.PI) / 180);
        return isParallel && distanceToSegmentMm(p, other.a, other.b) <= mm ? [other.line] : [];
      });
      // One that stays anyway; else one beside it rather than its own continuation.
      return (
        others.find((line) => needed.has(line)) ??
        others.find((line) => !shareNode(edge, edges[line] as StreetEdge)) ??
        others[0] ??
        null
      );
    });
    if (seenFrom.includes(null)) continue;
    gone.add(i);
    for (const other of seenFrom) if (other !== null) needed.add(other);
  }
  return { edges: edges.filter((_, i) => !gone.has(i)), merged: edges.filter((_, i) => gone.has(i)) };
}

function shareNode(a: StreetEdge, b: StreetEdge): boolean {
  return a.from === b.from || a.from === b.to || a.to === b.from || a.to === b.to;
}

function samples(
  points: readonly PointMm[],
  stepMm: number,
): { readonly p: PointMm; readonly heading: number }[] {
  return points.slice(1).flatMap((b, i) => {
    const a = points[i] as PointMm;
    const count = Math.max(1, Math.ceil(distanceMm(a, b) / stepMm));
    const heading = Math.atan2(b.y - a.y, b.x - a.x);
    return Array.from({ length: count + 1 }, (_, k) => ({
      p: { x: a.x + ((b.x - a.x) * k) / count, y: a.y + ((b.y - a.y) * k) / count },
      heading,
    }));
  });
}
