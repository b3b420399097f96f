import type { PointMm, Region } from '../geo/frame.ts';

/**
 * Boustrophedon decomposition. The region is swept upwards (lanes run along x); between two neighbouring corner
 * heights it consists of trapezoids, and trapezoids that follow each other one to one make a part.
 */
export interface SweepPart {
  readonly bottom: number;
  readonly top: number;
  /** East-west extent of the part at height `y`. */
  readonly extentAt: (y: number) => readonly [number, number] | null;
}

interface Trapezoid {
  readonly bottom: number;
  readonly top: number;
  readonly left: readonly [PointMm, PointMm];
  readonly right: readonly [PointMm, PointMm];
  readonly below: Trapezoid[];
  readonly above: Trapezoid[];
}

export interface DecomposeOptions {
  /** Branches lower than this are no reason to split a part (persistence). */
  readonly leastBranchMm: number;
  /** A sudden change of width by more than this also ends a part; infinite: never. */
  readonly stepMm: number;
}

/** The parts of a region swept along +y. Branches that were too low to split for are left out (patched later). */
export function decompose(region: Region, options: DecomposeOptions): SweepPart[] {
  const slabs = trapezoids(region);
  for (let k = 0; k + 1 < slabs.length; k++) link(slabs[k] as Trapezoid[], slabs[k + 1] as Trapezoid[]);
  const all = slabs.flat();
  const up = heights(all, (t) => t.above);
  const down = heights(all.toReversed(), (t) => t.below);
  const chosenAbove = new Map<Trapezoid, Trapezoid>();
  const chosenBelow = new Map<Trapezoid, Trapezoid>();
  for (const t of all) {
    const above = persistent(t.above, up, options.leastBranchMm);
    if (above !== null) chosenAbove.set(t, above);
    const below = persistent(t.below, down, options.leastBranchMm);
    if (below !== null) chosenBelow.set(t, below);
  }
  const continues = (lower: Trapezoid, upper: Trapezoid): boolean =>
    chosenAbove.get(lower) === upper &&
    chosenBelow.get(upper) === lower &&
    Math.abs(xAt(lower.left, lower.top) - xAt(upper.left, lower.top)) <= options.stepMm &&
    Math.abs(xAt(lower.right, lower.top) - xAt(upper.right, lower.top)) <= options.stepMm;
  const parts: SweepPart[] = [];
  const used = new Set<Trapezoid>();
  for (const start of all) {
    if (used.has(start)) continue;
    const chain: Trapezoid[] = [];
    for (let at: Trapezoid | undefined = start; at !== undefined && !used.has(at); ) {
      used.add(at);
      chain.push(at);
      const next: Trapezoid | undefined = chosenAbove.get(at);
      at = next !== undefined && continues(at, next) ? next : undefined;
    }
    parts.push(toPart(chain));
  }
  return parts;
}

function toPart(chain: readonly Trapezoid[]): SweepPart {
  const bottom = (chain[0] as Trapezoid).bottom;
  const top = (chain[chain.length - 1] as Trapezoid).top;
  return {
    bottom,
    top,
    extentAt: (y) => {
      const t = chain.find((piece) => y >= piece.bottom && y <= piece.top);
      return t === undefined ? null : [xAt(t.left, y), xAt(t.right, y)];
    },
  };
}

/** Corner heights nearer than this are one: no slabs of a millimetre. */
const SAME_HEIGHT_MM = 20;

function trapezoids(region: Region): Trapezoid[][] {
  const heightsOfCorners = region
    .flatMap((ring) => ring.map((p) => p.y))
    .sort((a, b) => a - b)
    .filter((y, i, all) => i === 0 || y - (all[i - 1] as number) > SAME_HEIGHT_MM);
  const edges: [PointMm, PointMm][] = region.flatMap((ring) =>
    ring.map((a, i): [PointMm, PointMm] => [a, ring[(i + 1) % ring.length] as PointMm]),
  );
  const slabs: Trapezoid[][] = [];
  for (let k = 0; k + 1 < heightsOfCorners.length; k++) {
    const bottom = heightsOfCorners[k] as number;
    const top = heightsOfCorners[k + 1] as number;
    const middle = (bottom + top) / 2;
    const crossing = edges
      .filter(([a, b]) => a.y > middle !== b.y > middle)
      .map((edge) => ({ edge, x: xAt(edge, middle) }))
      .sort((p, q) => p.x - q.x);
    const slab: Trapezoid[] = [];
    for (let i = 0; i + 1 < crossing.length; i += 2) {
      const left = (crossing[i] as (typeof crossing)[number]).edge;
      const right = (crossing[i + 1] as (typeof crossing)[number]).edge;
      slab.push({ bottom, top, left, right, below: [], above: [] });
    }
    slabs.push(slab);
  }
  return slabs;
}

function link(lower: readonly Trapezoid[], upper: readonly Trapezoid[]): void {
  for (const a of lower) {
    for (const b of upper) {
      const y = a.top;
      const overlap = Math.min(xAt(a.right, y), xAt(b.right, y)) - Math.max(xAt(a.left, y), xAt(b.left, y));
      if (overlap > 1) {
        a.above.push(b);
        b.below.push(a);
      }
    }
  }
}

/** Height of the tallest chain that begins at each trapezoid; `order` must list the far ends last. */
function heights(
  order: readonly Trapezoid[],
  next: (t: Trapezoid) => readonly Trapezoid[],
): Map<Trapezoid, number> {
  const out = new Map<Trapezoid, number>();
  for (const t of order.toReversed()) {
    out.set(t, t.top - t.bottom + Math.max(0, ...next(t).map((n) => out.get(n) ?? 0)));
  }
  return out;
}

/** The only neighbour worth continuing into: `null` for none, or when several are (a real split). */
function persistent(
  neighbours: readonly Trapezoid[],
  height: ReadonlyMap<Trapezoid, number>,
  least: number,
): Trapezoid | null {
  if (neighbours.length <= 1) return neighbours[0] ?? null;
  const tallest = neighbours.reduce((a, b) => ((height.get(b) ?? 0) > (height.get(a) ?? 0) ? b : a));
  const rivals = neighbours.filter((n) => n !== tallest && (height.get(n) ?? 0) >= least);
  return rivals.length === 0 ? tallest : null;
}

function xAt([a, b]: readonly [PointMm, PointMm], y: number): number {
  if (a.y === b.y) return (a.x + b.x) / 2;
  // Extrapolating a hair beyond the edge's end (merged heights) is wanted; far beyond cannot happen.
  return a.x + ((y - a.y) * (b.x - a.x)) / (b.y - a.y);
}
