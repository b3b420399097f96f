import type { PointMm, Region } from '../geo/frame.ts';

/**
 * Shortest ways by brute force, for tests: every corner of every ring is a node, every pair that can see each other an
 * edge, plain Dijkstra. It shares no code with `obstacle-ways.ts`: visibility is decided by cutting the segment at all
 * edges and looking whether the middle of a piece is deeper than `DEPTH_MM` inside an obstacle.
 */
const DEPTH_MM = 3;

export function bruteForceLength(obstacles: Region, from: PointMm, to: PointMm): number {
  const nodes = [from, to, ...obstacles.flat()];
  const done = new Set<number>();
  const best = nodes.map((_, i) => (i === 0 ? 0 : Number.POSITIVE_INFINITY));
  for (;;) {
    let at = -1;
    best.forEach((value, i) => {
      if (!done.has(i) && Number.isFinite(value) && (at < 0 || value < (best[at] as number))) at = i;
    });
    if (at < 0) return Number.POSITIVE_INFINITY;
    if (at === 1) return best[1] as number;
    done.add(at);
    const a = nodes[at] as PointMm;
    nodes.forEach((b, i) => {
      const length = (best[at] as number) + Math.sqrt((a.x - b.x) ** 2 + (a.y - b.y) ** 2);
      if (!done.has(i) && length < (best[i] as number) && sees(obstacles, a, b)) best[i] = length;
    });
  }
}

export function sees(obstacles: Region, a: PointMm, b: PointMm): boolean {
  const cuts = [0, 1];
  for (const ring of obstacles) {
    ring.forEach((p, i) => {
      const q = ring[(i + 1) % ring.length] as PointMm;
      const d = (b.x - a.x) * (q.y - p.y) - (b.y - a.y) * (q.x - p.x);
      // Corners beside the segment cut it too: within the tolerance it may run along an edge into a thicker place.
      const t0 = foot(p, a, b);
      const beside = Math.hypot(a.x + (b.x - a.x) * t0 - p.x, a.y + (b.y - a.y) * t0 - p.y);
      if (beside < 10 * DEPTH_MM) cuts.push(t0);
      if (d === 0) return;
      const t = ((p.x - a.x) * (q.y - p.y) - (p.y - a.y) * (q.x - p.x)) / d;
      const u = ((p.x - a.x) * (b.y - a.y) - (p.y - a.y) * (b.x - a.x)) / d;
      if (t > 0 && t < 1 && u >= -1e-9 && u <= 1 + 1e-9) cuts.push(t);
    });
  }
  const sorted = cuts.filter((t) => t >= 0 && t <= 1).sort((p, q) => p - q);
  return sorted.every((t, i) => {
    const next = sorted[i + 1];
    if (next === undefined || next === t) return true;
    const middle = (t + next) / 2;
    return depth(obstacles, { x: a.x + (b.x - a.x) * middle, y: a.y + (b.y - a.y) * middle }) <= DEPTH_MM;
  });
}

/** How deep a point is inside, mm; 0 outside. Winding number, as Clipper fills. */
export function depth(obstacles: Region, p: PointMm): number {
  let winding = 0;
  let nearest = Number.POSITIVE_INFINITY;
  for (const ring of obstacles) {
    ring.forEach((a, i) => {
      const b = ring[(i + 1) % ring.length] as PointMm;
      const side = (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);
      if (a.y <= p.y && b.y > p.y && side > 0) winding++;
      if (a.y > p.y && b.y <= p.y && side < 0) winding--;
      const t = Math.max(0, Math.min(1, foot(p, a, b)));
      nearest = Math.min(nearest, Math.hypot(a.x + (b.x - a.x) * t - p.x, a.y + (b.y - a.y) * t - p.y));
    });
  }
  return winding === 0 ? 0 : nearest;
}

function foot(p: PointMm, a: PointMm, b: PointMm): number {
  const length2 = (b.x - a.x) ** 2 + (b.y - a.y) ** 2;
  return length2 === 0 ? 0 : ((p.x - a.x) * (b.x - a.x) + (p.y - a.y) * (b.y - a.y)) / length2;
}

/** Shortest way over the centres of square cells (eight directions), metres as the cells' unit. */
export function gridLength(
  columns: number,
  rows: number,
  isOpen: (column: number, row: number) => boolean,
  from: readonly [number, number],
  to: readonly [number, number],
): number {
  const best = new Float64Array(columns * rows).fill(Number.POSITIVE_INFINITY);
  const open = new Uint8Array(columns * rows);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) open[r * columns + c] = isOpen(c, r) ? 1 : 0;
  // Buckets of tenths of a cell: good for a graph whose edges are 1 and √2 long.
  const buckets: number[][] = [[from[1] * columns + from[0]]];
  best[from[1] * columns + from[0]] = 0;
  for (let k = 0; k < buckets.length; k++) {
    for (const cell of buckets[k] ?? []) {
      const here = best[cell] as number;
      if (Math.floor(here * 10) !== k) continue;
      const c = cell % columns;
      const r = (cell - c) / columns;
      for (let dr = -1; dr <= 1; dr++) {
        for (let dc = -1; dc <= 1; dc++) {
          if (c + dc < 0 || c + dc >= columns || r + dr < 0 || r + dr >= rows) continue;
          const next = (r + dr) * columns + c + dc;
          const length = here + Math.hypot(dr, dc);
          if (open[next] === 0 || length >= (best[next] as number) - 1e-9) continue;
          best[next] = length;
          const bucket = Math.floor(length * 10);
          while (buckets.length <= bucket) buckets.push([]);
          buckets[bucket]?.push(next);
        }
      }
    }
  }
  return best[to[1] * columns + to[0]] as number;
}
