import type { PointMm, Region } from '../geo/frame.ts';
import { containsPoint, distanceMm } from '../geo/measure.ts';
import { areaM2, boundsOf, intersect, offset, partAreaM2, partsOf, regionOf, union } from '../geo/region.ts';

/**
 * Divides a region into connected sectors of wanted sizes, one per site, compact and near their sites: a power diagram
 * (each place belongs to the site with the least d² − weight) whose weights are moved until the sizes are as wanted
 * (F. Aurenhammer, F. Hoffmann, B. Aronov, "Minkowski-type theorems and least-squares clustering", Algorithmica 20,
 * 1998) and whose sites move to the middle of their sectors (Lloyd).
 */

/** Points on which weights are found; the sectors themselves are cut exactly. */
const SAMPLES = 3000;
const LLOYD_ROUNDS = 12;
const WEIGHT_ROUNDS = 60;
/** Sizes are met within this share of the mean sector. */
const SIZE_TOLERANCE = 0.01;

export interface SectorWish {
  /** Where the drone comes from. */
  readonly start: PointMm;
  /** Share of the region, 0–1; all together 1. */
  readonly share: number;
}

/** One region per wish, in the same order; possibly empty for a share of nearly nothing. */
export function sectorsOf(region: Region, wishes: readonly SectorWish[]): Region[] {
  if (wishes.length <= 1) return wishes.map(() => region);
  const samples = sampleRegion(region);
  const sites = placeSites(samples, wishes);
  let weights = new Float64Array(wishes.length);
  for (let round = 0; round < LLOYD_ROUNDS; round++) {
    weights = fitWeights(samples, sites, weights, wishes);
    if (round + 1 < LLOYD_ROUNDS) moveSites(samples, sites, weights);
  }
  const cells = sites.map((_, i) => intersect(region, [powerCell(sites, weights, i, region)]));
  return connect(region, cells);
}

/** Middles of a square raster over the region; a region too thin for it gives its corners. */
function sampleRegion(region: Region): PointMm[] {
  const { minX, minY, maxX, maxY } = boundsOf(region);
  const step = Math.sqrt((areaM2(region) * 1e6) / SAMPLES);
  const out: PointMm[] = [];
  for (let y = minY + step / 2; y < maxY; y += step) {
    for (let x = minX + step / 2; x < maxX; x += step) {
      if (containsPoint(region, { x, y })) out.push({ x, y });
    }
  }
  return out.length >= 50 ? out : region.flat();
}

/**
 * First sites: drone after drone takes, of the samples not yet taken, the ones nearest to its start, farthest starts
 * first; its site is their middle. Drones of one base so get places beside each other.
 */
function placeSites(samples: readonly PointMm[], wishes: readonly SectorWish[]): PointMm[] {
  const sites = new Array<PointMm>(wishes.length);
  const nearest = wishes.map((w) => Math.min(...samples.map((p) => distanceMm(p, w.start))));
  const order = wishes
    .map((_, i) => i)
    .sort((a, b) => (nearest[b] as number) - (nearest[a] as number) || a - b);
  let free = [...samples];
  order.forEach((i, k) => {
    const wish = wishes[i] as SectorWish;
    const last = k === order.length - 1;
    const take = last
      ? free.length
      : Math.max(1, Math.min(free.length, Math.round(wish.share * samples.length)));
    free.sort((a, b) => distanceMm(a, wish.start) - distanceMm(b, wish.start));
    const taken = free.slice(0, take);
    sites[i] = middleOf(taken) ?? wish.start;
    free = free.slice(take);
  });
  return sites;
}

function middleOf(points: readonly PointMm[]): PointMm | null {
  if (points.length === 0) return null;
  let [x, y] = [0, 0];
  for (const p of points) {
    x += p.x;
    y += p.y;
  }
  return { x: Math.round(x / points.length), y: Math.round(y / points.length) };
}

/** The site that a place belongs to. */
function ownerOf(p: PointMm, sites: readonly PointMm[], weights: Float64Array): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < sites.length; i++) {
    const site = sites[i] as PointMm;
    const power = (p.x - site.x) ** 2 + (p.y - site.y) ** 2 - (weights[i] as number);
    if (power < least) {
      least = power;
      best = i;
    }
  }
  return best;
}

/** Moves weights uphill: a sector that is too small gets more, with smaller and smaller steps. */
function fitWeights(
  samples: readonly PointMm[],
  sites: readonly PointMm[],
  first: Float64Array,
  wishes: readonly SectorWish[],
): Float64Array<ArrayBuffer> {
  const n = sites.length;
  const weights = Float64Array.from(first);
  const spread = Math.max(...sites.map((a) => Math.max(...sites.map((b) => distanceMm(a, b)))), 1);
  let step = (spread * spread) / 2;
  let before = Number.POSITIVE_INFINITY;
  for (let round = 0; round < WEIGHT_ROUNDS; round++) {
    const counts = new Float64Array(n);
    for (const p of samples) {
      const i = ownerOf(p, sites, weights);
      counts[i] = (counts[i] as number) + 1;
    }
    const off = wishes.map((w, i) => w.share - (counts[i] as number) / samples.length);
    const worst = Math.max(...off.map(Math.abs));
    if (worst < SIZE_TOLERANCE / n) break;
    if (worst > before * 0.9) step *= 0.8;
    before = worst;
    off.forEach((miss, i) => {
      weights[i] = (weights[i] as number) + miss * step;
    });
  }
  return weights;
}

function moveSites(samples: readonly PointMm[], sites: PointMm[], weights: Float64Array): void {
  const groups: PointMm[][] = sites.map(() => []);
  for (const p of samples) groups[ownerOf(p, sites, weights)]?.push(p);
  groups.forEach((group, i) => {
    sites[i] = middleOf(group) ?? (sites[i] as PointMm);
  });
}

/** The convex power cell of a site, cut out of a box round the region. */
function powerCell(sites: readonly PointMm[], weights: Float64Array, i: number, region: Region): PointMm[] {
  const { minX, minY, maxX, maxY } = boundsOf(region);
  let ring: PointMm[] = [
    { x: minX - 1000, y: minY - 1000 },
    { x: maxX + 1000, y: minY - 1000 },
    { x: maxX + 1000, y: maxY + 1000 },
    { x: minX - 1000, y: maxY + 1000 },
  ];
  const a = sites[i] as PointMm;
  sites.forEach((b, k) => {
    if (k === i || (a.x === b.x && a.y === b.y)) return;
    // |p−a|² − wa ≤ |p−b|² − wb  ⇔  2 p·(b−a) ≤ |b|² − |a|² + wa − wb
    const nx = 2 * (b.x - a.x);
    const ny = 2 * (b.y - a.y);
    const limit = b.x ** 2 + b.y ** 2 - a.x ** 2 - a.y ** 2 + (weights[i] as number) - (weights[k] as number);
    ring = clipHalfPlane(ring, nx, ny, limit);
  });
  return ring.map((p) => ({ x: Math.round(p.x), y: Math.round(p.y) }));
}

/** What of a convex ring has nx·x + ny·y ≤ limit (Sutherland–Hodgman). */
function clipHalfPlane(ring: readonly PointMm[], nx: number, ny: number, limit: number): PointMm[] {
  const out: PointMm[] = [];
  const side = (p: PointMm): number => nx * p.x + ny * p.y - limit;
  ring.forEach((p, i) => {
    const q = ring[(i + 1) % ring.length] as PointMm;
    const [sp, sq] = [side(p), side(q)];
    if (sp <= 0) out.push(p);
    if ((sp < 0 && sq > 0) || (sp > 0 && sq < 0)) {
      const t = sp / (sp - sq);
      out.push({ x: p.x + t * (q.x - p.x), y: p.y + t * (q.y - p.y) });
    }
  });
  return out;
}

/** Neighbours are told by growing a piece this much, mm. */
const TOUCH_MM = 3;

/**
 * A convex cell cut with a concave region may come in pieces. Each sector keeps its largest one; the others go to the
 * smallest sector that they touch (or stay, when they touch none: the region itself is in parts).
 */
function connect(region: Region, cells: readonly Region[]): Region[] {
  const parts = cells.map((cell) => partsOf(cell));
  const sectors: Region[] = parts.map((list) => (list[0] === undefined ? [] : regionOf(list[0])));
  const loose = parts
    .flatMap((list, i) => list.slice(1).map((part) => ({ owner: i, part })))
    .sort((a, b) => partAreaM2(b.part) - partAreaM2(a.part));
  for (const { owner, part } of loose) {
    const piece = regionOf(part);
    const grown = offset(piece, TOUCH_MM);
    const touching = sectors
      .map((sector, i) => ({ i, sector, size: areaM2(sector) }))
      .filter(({ sector, i }) => (i === owner ? false : areaM2(intersect(grown, sector)) > 0))
      .sort((a, b) => a.size - b.size)[0];
    const to = touching?.i ?? owner;
    const joined = union(sectors[to] ?? [], touching === undefined ? piece : grown);
    sectors[to] = intersect(joined, region);
  }
  return sectors;
}
