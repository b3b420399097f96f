import {
  Clipper,
  ClipType,
  EndType,
  FillRule,
  JoinType,
  type Path64,
  type Paths64,
  type PolyPath64,
  PolyTree64,
} from 'clipper2-ts';
import type { MultiPolygon, Polygon, Position } from 'geojson';
import {
  type LocalFrame,
  mmToRing,
  type PointMm,
  polygonsOf,
  type Region,
  type RingMm,
  ringToMm,
} from './frame.ts';

/**
 * Polygon arithmetic in whole millimetres on clipper2-ts. A `Region` in this module is always clean: outer rings
 * counter-clockwise, holes clockwise, nothing crosses. Only `cleanPolygons` takes anything else.
 */

/** One connected part of a region. */
export interface RegionPart {
  readonly outer: RingMm;
  readonly holes: readonly RingMm[];
}

// clipper2-ts declares mutable arrays but does not write to its inputs.
const paths = (region: Region): Paths64 => region as unknown as Paths64;

/**
 * Makes a clean region of GeoJSON coordinates in whatever winding. The outer ring fills by non-zero winding, so
 * that both wings of a bow-tie and every loop of a doubly wound ring count as area; holes are then taken away.
 */
export function cleanPolygons(frame: LocalFrame, geometry: Polygon | MultiPolygon): Region {
  let region: Region = [];
  for (const rings of polygonsOf(geometry)) {
    const part = cleanRings(rings.map((ring) => ringToMm(frame, ring)));
    region = region.length === 0 ? part : union(region, part);
  }
  return region;
}

/** As `cleanPolygons` for one polygon whose rings are millimetres already; the first ring is the outer one. */
export function cleanRings(rings: readonly RingMm[]): Region {
  const outer = rings[0];
  if (outer === undefined || outer.length < 3) return [];
  const filled = Clipper.union(paths([outer]), FillRule.NonZero);
  const holes = rings.slice(1).filter((ring) => ring.length >= 3);
  if (holes.length === 0) return filled;
  const cut = Clipper.union(paths(holes), FillRule.NonZero);
  return Clipper.difference(filled, cut, FillRule.NonZero);
}

export function union(a: Region, b: Region): Region {
  return Clipper.union(paths(a), paths(b), FillRule.NonZero);
}

/** The union of many regions or rings in one pass. */
export function unionAll(rings: Region): Region {
  return Clipper.union(paths(rings), FillRule.NonZero);
}

export function intersect(a: Region, b: Region): Region {
  return Clipper.intersect(paths(a), paths(b), FillRule.NonZero);
}

export function difference(a: Region, b: Region): Region {
  return Clipper.difference(paths(a), paths(b), FillRule.NonZero);
}

/** Grows (`deltaMm` > 0) or shrinks a region with mitred corners (limit 2, beyond it squared off). */
export function offset(region: Region, deltaMm: number): Region {
  return Clipper.inflatePaths(paths(region), deltaMm, JoinType.Miter, EndType.Polygon, 2);
}

/** Grows or shrinks with round corners; arcs stay within `arcToleranceMm` of the true circle. */
export function offsetRound(region: Region, deltaMm: number, arcToleranceMm = 5): Region {
  return Clipper.inflatePaths(paths(region), deltaMm, JoinType.Round, EndType.Polygon, 2, arcToleranceMm);
}

/** Drops vertices that deviate less than `toleranceMm` (Clipper's SimplifyPath). The result is cleaned again. */
export function simplify(region: Region, toleranceMm: number): Region {
  return unionAll(Clipper.simplifyPaths(paths(region), toleranceMm, true));
}

/** Area in square metres; holes count negative. */
export function areaM2(region: Region): number {
  let sum = 0;
  for (const ring of region) sum += signedAreaMm2(ring);
  return sum / 1e6;
}

/** Signed area in mm²; counter-clockwise is positive. Computed about the first point to keep the digits. */
export function signedAreaMm2(ring: RingMm): number {
  const origin = ring[0];
  if (origin === undefined) return 0;
  let sum = 0;
  for (let i = 1; i + 1 < ring.length; i++) {
    const a = ring[i] as PointMm;
    const b = ring[i + 1] as PointMm;
    sum += (a.x - origin.x) * (b.y - origin.y) - (b.x - origin.x) * (a.y - origin.y);
  }
  return sum / 2;
}

/** The connected parts of a region, largest first. Islands inside holes are parts of their own. */
export function partsOf(region: Region): RegionPart[] {
  const tree = new PolyTree64();
  Clipper.booleanOpWithPolyTree(ClipType.Union, paths(region), null, tree, FillRule.NonZero);
  const parts: RegionPart[] = [];
  const visit = (node: PolyPath64): void => {
    for (let i = 0; i < node.count; i++) {
      const outer = node.child(i);
      const holes: Path64[] = [];
      for (let k = 0; k < outer.count; k++) {
        const hole = outer.child(k);
        if (hole.poly) holes.push(hole.poly);
        visit(hole);
      }
      if (outer.poly) parts.push({ outer: outer.poly, holes });
    }
  };
  visit(tree);
  return parts.sort((a, b) => partAreaM2(b) - partAreaM2(a));
}

export function partAreaM2(part: RegionPart): number {
  return areaM2([part.outer, ...part.holes]);
}

export function regionOf(part: RegionPart): Region {
  return [part.outer, ...part.holes];
}

/** Region to GeoJSON in WGS-84, outer rings counter-clockwise (RFC 7946). `null` for an empty region. */
export function regionToGeometry(
  frame: LocalFrame,
  region: Region,
  decimals = 9,
): Polygon | MultiPolygon | null {
  const polygons: Position[][][] = partsOf(region).map((part) =>
    [part.outer, ...part.holes].map((ring) => mmToRing(frame, ring, decimals)),
  );
  const first = polygons[0];
  if (first === undefined) return null;
  return polygons.length === 1
    ? { type: 'Polygon', coordinates: first }
    : { type: 'MultiPolygon', coordinates: polygons };
}

/** Bounding box in millimetres. An empty region gives an inverted box. */
export function boundsOf(region: Region): { minX: number; minY: number; maxX: number; maxY: number } {
  let minX = Number.POSITIVE_INFINITY;
  let minY = Number.POSITIVE_INFINITY;
  let maxX = Number.NEGATIVE_INFINITY;
  let maxY = Number.NEGATIVE_INFINITY;
  for (const ring of region) {
    for (const p of ring) {
      if (p.x < minX) minX = p.x;
      if (p.x > maxX) maxX = p.x;
      if (p.y < minY) minY = p.y;
      if (p.y > maxY) maxY = p.y;
    }
  }
  return { minX, minY, maxX, maxY };
}
