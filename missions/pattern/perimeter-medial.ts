import { triangulate } from 'clipper2-ts';
import type { PointMm, Region } from '../geo/frame.ts';
import { FreeSpace } from '../geo/free-space.ts';
import { distanceMm, distanceToSegmentMm } from '../geo/measure.ts';

/**
 * The middle line of a narrow shape, as a closed walk along every branch there and back (a mere ring: once round): what is flown where a shape
 * has no room for a ring.
 *
 * The border is cut into short steps and triangulated (Delaunay); the middles of the inner triangle sides, joined
 * through their triangles, follow the medial axis (T. H. Kim et al.; the chordal axis of L. Prasad, 1997). Each such
 * joint lies inside one triangle, so the line is inside the shape. Branches shorter than `leastBranchMm` are the
 * spurs that every corner sends out, and are left away; where nothing else is left, the longest line stays.
 */
export function medialWalk(part: Region, leastBranchMm: number, stepMm: number): PointMm[] | null {
  const graph = chordalGraph(part, stepMm);
  if (graph === null) return null;
  const line = longestLine(graph);
  if (line.length < 2) return null;
  const pruned = copyOf(graph);
  prune(pruned, new Set(), leastBranchMm);
  // A shape that is all corners is left with nothing: its longest line stays.
  const isEmpty = pruned.neighbours.every((around) => around.size === 0);
  if (isEmpty) prune(graph, new Set(line), leastBranchMm);
  const kept = isEmpty ? graph : pruned;
  const walk = walkAll(kept, longestLine(kept)[0] ?? (line[0] as number));
  const space = new FreeSpace(part);
  return simplifyWalk(
    walk.map((i) => kept.points[i] as PointMm),
    space,
    Math.max(500, stepMm / 2),
  );
}

interface Graph {
  readonly points: PointMm[];
  readonly neighbours: Map<number, number>[];
}

function chordalGraph(part: Region, stepMm: number): Graph | null {
  const rings = part.map((ring) => densified(ring, stepMm));
  const { result, solution } = triangulate(
    rings.map((ring) => ring.map(({ x, y }) => ({ x, y }))),
    true,
  );
  if (result !== 0) return null;
  const key = (p: PointMm): string => `${p.x},${p.y}`;
  // Sides of the border, so that the inner ones are known; clipper may have merged corners of it.
  const uses = new Map<string, number>();
  const sideKey = (a: PointMm, b: PointMm): string => [key(a), key(b)].sort().join(' ');
  const triangles = solution.filter((t) => t.length === 3);
  for (const t of triangles) {
    for (let k = 0; k < 3; k++) {
      const side = sideKey(t[k] as PointMm, t[(k + 1) % 3] as PointMm);
      uses.set(side, (uses.get(side) ?? 0) + 1);
    }
  }
  const graph: Graph = { points: [], neighbours: [] };
  const nodeOf = new Map<string, number>();
  const addNode = (p: PointMm): number => {
    graph.neighbours.push(new Map());
    return graph.points.push({ x: Math.round(p.x) + 0, y: Math.round(p.y) + 0 }) - 1;
  };
  const join = (a: number, b: number): void => {
    const d = distanceMm(graph.points[a] as PointMm, graph.points[b] as PointMm);
    graph.neighbours[a]?.set(b, d);
    graph.neighbours[b]?.set(a, d);
  };
  for (const t of triangles) {
    const inner: number[] = [];
    for (let k = 0; k < 3; k++) {
      const a = t[k] as PointMm;
      const b = t[(k + 1) % 3] as PointMm;
      const side = sideKey(a, b);
      if (uses.get(side) !== 2) continue;
      const known = nodeOf.get(side) ?? addNode({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
      nodeOf.set(side, known);
      inner.push(known);
    }
    if (inner.length === 2) join(inner[0] as number, inner[1] as number);
    if (inner.length === 3) {
      const [a, b, c] = t as unknown as [PointMm, PointMm, PointMm];
      const middle = addNode({ x: (a.x + b.x + c.x) / 3, y: (a.y + b.y + c.y) / 3 });
      for (const node of inner) join(middle, node);
    }
  }
  return graph.points.length < 2 ? null : graph;
}

/**
 * Points every `stepMm` along a ring. Clipper merges corners of one line, so every second one is moved by some
 * millimetres to the inside (left of the ring), and every other one by less.
 */
function densified(ring: readonly PointMm[], stepMm: number): PointMm[] {
  const out: PointMm[] = [];
  ring.forEach((a, i) => {
    const b = ring[(i + 1) % ring.length] as PointMm;
    const length = distanceMm(a, b);
    const count = Math.max(1, Math.ceil(length / stepMm));
    out.push(a);
    for (let k = 1; k < count; k++) {
      const inwards = (k % 2 === 0 ? 4 : 8) / length;
      out.push({
        x: Math.round(a.x + ((b.x - a.x) * k) / count - (b.y - a.y) * inwards),
        y: Math.round(a.y + ((b.y - a.y) * k) / count + (b.x - a.x) * inwards),
      });
    }
  });
  return out;
}

/** The longest of the shortest lines: exact on a tree, good enough round holes. Within the largest component. */
function longestLine(graph: Graph): number[] {
  let best: number[] = [];
  let bestLength = -1;
  const seen = new Uint8Array(graph.points.length);
  for (let i = 0; i < graph.points.length; i++) {
    if (seen[i] === 1) continue;
    const first = spread(graph, i);
    const reached = [...first.distance.keys()];
    for (const node of reached) seen[node] = 1;
    const from = farthest(first.distance);
    const second = spread(graph, from);
    const to = farthest(second.distance);
    const length = second.distance.get(to) ?? 0;
    if (length <= bestLength) continue;
    bestLength = length;
    best = [];
    for (let at: number | undefined = to; at !== undefined; at = second.previous.get(at)) best.push(at);
  }
  return best;
}

function farthest(distance: ReadonlyMap<number, number>): number {
  let best = -1;
  let most = -1;
  for (const [node, d] of distance) {
    if (d > most) {
      most = d;
      best = node;
    }
  }
  return best;
}

/** Dijkstra with a plain list: graphs here have some hundred nodes of degree 2 and 3. */
function spread(
  graph: Graph,
  from: number,
): { readonly distance: Map<number, number>; readonly previous: Map<number, number> } {
  const distance = new Map([[from, 0]]);
  const previous = new Map<number, number>();
  const open = new Set([from]);
  while (open.size > 0) {
    let at = -1;
    for (const node of open) {
      if (at < 0 || (distance.get(node) ?? 0) < (distance.get(at) ?? 0)) at = node;
    }
    open.delete(at);
    for (const [next, d] of graph.neighbours[at] ?? []) {
      const sum = (distance.get(at) ?? 0) + d;
      if (sum >= (distance.get(next) ?? Number.POSITIVE_INFINITY)) continue;
      distance.set(next, sum);
      previous.set(next, at);
      open.add(next);
    }
  }
  return { distance, previous };
}

/** Takes away dead ends that are shorter than `leastMm`, except those of the spine; shortest first. */
function prune(graph: Graph, spine: ReadonlySet<number>, leastMm: number): void {
  for (;;) {
    let shortest: number[] | null = null;
    let least = leastMm;
    for (let leaf = 0; leaf < graph.points.length; leaf++) {
      if (graph.neighbours[leaf]?.size !== 1 || spine.has(leaf)) continue;
      const branch = [leaf];
      let length = 0;
      let at = leaf;
      for (;;) {
        const next: [number, number] | undefined = [...(graph.neighbours[at] ?? [])].find(
          ([node]) => !branch.includes(node),
        );
        if (next === undefined) break;
        length += next[1];
        at = next[0];
        if (spine.has(at) || (graph.neighbours[at]?.size ?? 0) !== 2) break;
        branch.push(at);
      }
      if (length < least) {
        least = length;
        shortest = branch;
      }
    }
    if (shortest === null) return;
    for (const node of shortest) {
      for (const other of graph.neighbours[node]?.keys() ?? []) graph.neighbours[other]?.delete(node);
      graph.neighbours[node]?.clear();
    }
  }
}

function copyOf(graph: Graph): Graph {
  return { points: graph.points, neighbours: graph.neighbours.map((around) => new Map(around)) };
}

/**
 * Every side of the graph once in each direction, from and to `root` (depth first). A mere ring is gone round once.
 */
function walkAll(graph: Graph, root: number): number[] {
  if (graph.neighbours.every((around) => around.size === 0 || around.size === 2)) {
    const ring = [root];
    for (let at: number | undefined = root; at !== undefined; ) {
      const next: number | undefined = [...(graph.neighbours[at]?.keys() ?? [])].find(
        (node) => !ring.includes(node),
      );
      if (next !== undefined) ring.push(next);
      at = next;
    }
    return [...ring, root];
  }
  const walk = [root];
  const used = new Set<string>();
  const stack = [root];
  while (stack.length > 0) {
    const at = stack[stack.length - 1] as number;
    const next = [...(graph.neighbours[at]?.keys() ?? [])].find(
      (node) => !used.has(`${Math.min(at, node)}-${Math.max(at, node)}`),
    );
    if (next === undefined) {
      stack.pop();
      const back = stack[stack.length - 1];
      if (back !== undefined) walk.push(back);
      continue;
    }
    used.add(`${Math.min(at, next)}-${Math.max(at, next)}`);
    stack.push(next);
    walk.push(next);
  }
  return walk;
}

/** Fewer points: a run becomes one leg where that stays in the shape and within `toleranceMm` of the run. */
function simplifyWalk(walk: readonly PointMm[], space: FreeSpace, toleranceMm: number): PointMm[] {
  const out: PointMm[] = [];
  let from = 0;
  while (from < walk.length) {
    const a = walk[from] as PointMm;
    out.push(a);
    let to = from + 1;
    for (let tryTo = from + 2; tryTo < walk.length; tryTo++) {
      const b = walk[tryTo] as PointMm;
      const near = walk.slice(from + 1, tryTo).every((p) => distanceToSegmentMm(p, a, b) <= toleranceMm);
      if (!near) break;
      if (space.isVisible(a, b)) to = tryTo;
    }
    from = to;
  }
  return out;
}

/** Least extent of a shape over 36 directions: what a pilot would call its width. */
export function narrowestMm(shape: Region): number {
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k < 36; k++) {
    const angle = (k * Math.PI) / 36;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const ring of shape) {
      for (const p of ring) {
        const across = p.y * Math.cos(angle) - p.x * Math.sin(angle);
        low = Math.min(low, across);
        high = Math.max(high, across);
      }
    }
    least = Math.min(least, high - low);
  }
  return least;
}
