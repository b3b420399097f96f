import type { Polygon, Position } from 'geojson';
import { frameOf, type LocalFrame, mmToLonLat, type PointMm, ringToMm } from '../geo/frame.ts';
import { distanceMm } from '../geo/measure.ts';
import { type Random, seededRandom } from '../geo/random.ts';
import { areaM2, cleanRings, signedAreaMm2 } from '../geo/region.ts';
import type { GridLevel } from '../model.ts';
import { cutBalanced } from './balanced-cut.ts';
import { cutRing, expandRing, type VertexPool } from './cut.ts';

export interface SubdivideOptions {
  /** Cells wanted on level 1, 2, 3; each at least as many as the one before. Fewer levels may be given. */
  readonly counts: readonly number[];
  /** Same boundary, counts and seed give the same cells on every machine. Only `natural` cells depend on it. */
  readonly seed: number;
  /**
   * `balanced` (default): equal areas, straight short borders. `natural`: uneven areas and bent, street-like
   * borders, as districts that grew have them; for made-up sample data.
   */
  readonly style?: 'balanced' | 'natural';
}

/** A cell of a subdivision. `index` counts within its level; `parentIndex` points into the level above. */
export interface SubdividedCell {
  readonly level: GridLevel;
  readonly index: number;
  readonly parentIndex: number | null;
  readonly polygon: Polygon;
  readonly areaM2: number;
}

/** Refusals of `subdivide`; `code` is stable. */
export class SubdivideError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'SubdivideError';
    this.code = code;
  }
}

interface Node {
  readonly ring: readonly number[];
  readonly area: number;
  readonly parent: number | null;
}

/** How good the cells of one level are. */
export interface LevelQuality {
  readonly level: GridLevel;
  readonly count: number;
  readonly meanAreaM2: number;
  /** Largest and smallest area over the mean; 1 is perfect balance. */
  readonly maxOverMean: number;
  readonly minOverMean: number;
  /** Isoperimetric quotient 4πA/P² (Polsby–Popper): 1 for a disk, 0.785 for a square, below 0.2 for a sliver. */
  readonly meanQuotient: number;
  readonly minQuotient: number;
}

/**
 * Divides a boundary into nested cells: `counts[0]` cells, each of them into its share of `counts[1]`, and so on.
 * Recursive cuts, each the shortest that halves the piece without leaving a sliver; all cells share one pool of
 * vertices, so children tile their parent exactly and neighbours have equal borders. Positions are rounded to
 * 7 decimals (about 1 cm). Areas are equal as far as nesting allows: where a level's count is no multiple of the one
 * above, the difference (a parent of 11 children beside one of 12) is shared between the two levels. With seven
 * children or more to a parent the largest cell is at most 1.14 of the mean on every level; with five or six it can
 * be 1.18 where the counts divide badly (8, 55, 329), with fewer more: choose multiples.
 *
 * Throws `SubdivideError`: `subdivide.bad-boundary`, `subdivide.bad-counts`, `subdivide.no-cut`.
 */
export function subdivide(boundary: Polygon, options: SubdivideOptions): SubdividedCell[] {
  const { counts, seed } = options;
  checkCounts(counts);
  const frame = frameOf(boundary);
  const outer = boundary.coordinates[0];
  if (frame === null || outer === undefined) {
    throw new SubdivideError('subdivide.bad-boundary', 'The boundary has no usable positions.');
  }
  if (boundary.coordinates.length > 1) {
    throw new SubdivideError('subdivide.bad-boundary', 'A boundary with holes cannot be subdivided.');
  }
  let ring = ringToMm(frame, outer);
  if (ring.length < 3) {
    throw new SubdivideError('subdivide.bad-boundary', 'The boundary needs at least three corners.');
  }
  const clean = cleanRings([ring]);
  if (clean.length !== 1 || Math.abs(areaM2(clean) - Math.abs(signedAreaMm2(ring)) / 1e6) > 1) {
    throw new SubdivideError('subdivide.bad-boundary', 'The boundary crosses itself.');
  }
  if (signedAreaMm2(ring) < 0) ring = ring.toReversed();
  const pool: VertexPool = { points: ring, splits: new Map() };
  const root: Node = { ring: ring.map((_, i) => i), area: signedAreaMm2(ring), parent: null };
  const levels =
    options.style === 'natural'
      ? naturalLevels(pool, root, counts, seededRandom(seed))
      : balancedLevels(pool, root, counts);
  // Only now do all rings know all vertices that their neighbours put on them.
  return levels.flatMap((cells, depth) =>
    cells.map((cell, index) => toCell(pool, frame, cell, (depth + 1) as GridLevel, index)),
  );
}

/** Equal areas, exact cuts; nothing random. */
function balancedLevels(pool: VertexPool, root: Node, counts: readonly number[]): Node[][] {
  const plans = planChildren(counts);
  let parents: Node[] = [root];
  const levels: Node[][] = [];
  plans.forEach((weights, depth) => {
    const cells: Node[] = [];
    parents.forEach((parent, index) => {
      for (const piece of divideByWeight(pool, parent.ring, weights[index] ?? [])) {
        cells.push({ ring: piece, area: ringArea(pool, piece), parent: depth === 0 ? null : index });
      }
    });
    levels.push(cells);
    parents = cells;
  });
  return levels;
}

/**
 * For each level and each parent the weights of its children. Children are shared out as evenly as whole numbers
 * allow; a parent weighs the square root of what its children would need for equal areas, so that the unevenness
 * falls half on its own level and half on theirs.
 */
function planChildren(counts: readonly number[]): number[][][] {
  const shares = counts.map((count, depth) => {
    const parents = depth === 0 ? 1 : (counts[depth - 1] as number);
    // Spread, not bunched: parents 0, 1, 2 … get 11, 11, 12, 11, 11, 12.
    return Array.from(
      { length: parents },
      (_, i) => Math.floor(((i + 1) * count) / parents) - Math.floor((i * count) / parents),
    );
  });
  let weights: number[] = Array.from({ length: counts.at(-1) ?? 0 }, () => 1);
  const plans: number[][][] = [];
  for (let depth = counts.length - 1; depth >= 0; depth--) {
    let next = 0;
    const groups = (shares[depth] as number[]).map((share) => {
      next += share;
      return weights.slice(next - share, next);
    });
    plans.unshift(groups);
    weights = groups.map((group) => Math.sqrt(group.reduce((a, b) => a + b, 0)));
  }
  return plans;
}

function divideByWeight(pool: VertexPool, ring: readonly number[], weights: readonly number[]): number[][] {
  if (weights.length <= 1) return [[...ring]];
  const half = Math.floor(weights.length / 2);
  const sum = (part: readonly number[]): number => part.reduce((a, b) => a + b, 0);
  const first = weights.slice(0, half);
  const cut = cutBalanced(pool, ring, sum(first) / sum(weights));
  if (cut === null) throw noCut(weights.length);
  return [...divideByWeight(pool, cut[0], first), ...divideByWeight(pool, cut[1], weights.slice(half))];
}

/** Uneven areas and bent borders, from the seed. */
function naturalLevels(pool: VertexPool, root: Node, counts: readonly number[], random: Random): Node[][] {
  let parents: Node[] = [root];
  const levels: Node[][] = [];
  for (const count of counts) {
    const shares = allocate(
      parents.map((p) => p.area),
      count,
    );
    const cells: Node[] = [];
    parents.forEach((parent, index) => {
      for (const piece of divide(pool, parent.ring, shares[index] as number, random)) {
        cells.push({
          ring: piece,
          area: ringArea(pool, piece),
          parent: levels.length === 0 ? null : index,
        });
      }
    });
    levels.push(cells);
    parents = cells;
  }
  return levels;
}

/** Balance and compactness of a subdivision, by level. */
export function subdivisionQuality(cells: readonly SubdividedCell[]): LevelQuality[] {
  return ([1, 2, 3] as const).flatMap((level): LevelQuality[] => {
    const own = cells.filter((cell) => cell.level === level);
    if (own.length === 0) return [];
    const areas = own.map((cell) => cell.areaM2);
    const quotients = own.map((cell) => {
      const frame = frameOf(cell.polygon);
      const ring = frame === null ? [] : ringToMm(frame, cell.polygon.coordinates[0] ?? []);
      const perimeterM = ring.reduce(
        (sum, p, i) => sum + distanceMm(p, ring[(i + 1) % ring.length] as PointMm) / 1000,
        0,
      );
      return (4 * Math.PI * cell.areaM2) / perimeterM ** 2;
    });
    const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b));
    const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b));
    const meanAreaM2 = mean(areas);
    return [
      {
        level,
        count: own.length,
        meanAreaM2,
        maxOverMean: most(areas) / meanAreaM2,
        minOverMean: least(areas) / meanAreaM2,
        meanQuotient: mean(quotients),
        minQuotient: least(quotients),
      },
    ];
  });
}

function checkCounts(counts: readonly number[]): void {
  if (counts.length < 1 || counts.length > 3) {
    throw new SubdivideError('subdivide.bad-counts', 'One to three counts are needed, one for each level.');
  }
  let last = 1;
  for (const count of counts) {
    if (!Number.isInteger(count) || count < last) {
      throw new SubdivideError(
        'subdivide.bad-counts',
        `Counts must be whole numbers that do not fall from level to level; got ${counts.join(', ')}.`,
      );
    }
    last = count;
  }
}

/** Shares of `count` in proportion to the areas (largest remainder), at least one each. */
function allocate(areas: readonly number[], count: number): number[] {
  const total = areas.reduce((a, b) => a + b, 0);
  const exact = areas.map((area) => (area / total) * count);
  const shares = exact.map((e) => Math.max(1, Math.floor(e)));
  const order = areas.map((_, i) => i);
  let rest = count - shares.reduce((a, b) => a + b, 0);
  // What is farthest below its due gets the next one; what is farthest above gives one back.
  const due = (i: number): number => (exact[i] as number) - (shares[i] as number);
  while (rest > 0) {
    const best = order.reduce((a, b) => (due(b) > due(a) ? b : a));
    shares[best] = (shares[best] as number) + 1;
    rest--;
  }
  while (rest < 0) {
    const worst = order.filter((i) => (shares[i] as number) > 1).reduce((a, b) => (due(b) < due(a) ? b : a));
    shares[worst] = (shares[worst] as number) - 1;
    rest++;
  }
  return shares;
}

function divide(pool: VertexPool, ring: readonly number[], count: number, random: Random): number[][] {
  if (count === 1) return [[...ring]];
  const firstCount = Math.floor(count / 2);
  // Real cells differ in size: a little unevenness where only single cells are at stake.
  const unevenness = count <= 3 ? 1 + 0.14 * (random() - 0.5) : 1;
  const cut = cutRing(pool, ring, (firstCount / count) * unevenness, streetAngle(pool, ring), random);
  if (cut === null) {
    throw noCut(count);
  }
  return [...divide(pool, cut[0], firstCount, random), ...divide(pool, cut[1], count - firstCount, random)];
}

function noCut(count: number): SubdivideError {
  return new SubdivideError('subdivide.no-cut', `No cut was found that divides a piece into ${count} cells.`);
}

/** Streets turn slowly across a city: a smooth field of directions, the same for neighbouring pieces. */
function streetAngle(pool: VertexPool, ring: readonly number[]): number {
  const p = pool.points[ring[0] as number] as PointMm;
  return 0.18 + 0.22 * Math.sin(p.x / 2_100_000) + 0.2 * Math.cos(p.y / 2_700_000);
}

function ringArea(pool: VertexPool, ring: readonly number[]): number {
  return signedAreaMm2(expandRing(pool, ring).map((id) => pool.points[id] as PointMm));
}

function toCell(
  pool: VertexPool,
  frame: LocalFrame,
  node: Node,
  level: GridLevel,
  index: number,
): SubdividedCell {
  const points = expandRing(pool, node.ring).map((id) => pool.points[id] as PointMm);
  const ring: Position[] = points.map((p) => {
    const { lonDeg, latDeg } = mmToLonLat(frame, p);
    return [Math.round(lonDeg * 1e7) / 1e7, Math.round(latDeg * 1e7) / 1e7];
  });
  ring.push([...(ring[0] as Position)]);
  return {
    level,
    index,
    parentIndex: node.parent,
    polygon: { type: 'Polygon', coordinates: [ring] },
    areaM2: signedAreaMm2(points) / 1e6,
  };
}
