import type { MultiPolygon, Polygon, Position } from 'geojson';
import {
  frameOf,
  type LocalFrame,
  mmToLonLat,
  type PointMm,
  positionToMm,
  type Region,
  type RingMm,
} from '../geo/frame.ts';
import { centroid, containsPoint, interiorPoint } from '../geo/measure.ts';
import {
  areaM2,
  cleanRings,
  difference,
  intersect,
  partAreaM2,
  partsOf,
  regionToGeometry,
  signedAreaMm2,
  unionAll,
} from '../geo/region.ts';
import type { LonLat } from '../model.ts';
import type { IssueList, IssuePlace } from './issues.ts';
import { MOST_POINTS, THIN_FROM_POINTS, THIN_TOLERANCE_MM, thinRing } from './thin-ring.ts';

export interface RepairedGeometry {
  readonly geometry: Polygon | MultiPolygon;
  readonly areaM2: number;
  readonly centroid: LonLat;
}

/** A spike or a piece of a crossing narrower than this is drawing dirt, not land. */
const SPIKE_WIDTH_MM = 20;
/** Parts of a self-crossing polygon smaller than this share of it are dropped (and reported). */
const LEAST_PART_SHARE = 0.01;
/** A cell must have at least this area. */
const LEAST_AREA_M2 = 1;

/**
 * Puts polygons right and reports each repair: rings are closed, repeated points and spikes removed, crossings
 * resolved into parts, holes cut where they belong, outer rings turned counter-clockwise (RFC 7946 § 3.1.6).
 * Coordinates are kept as they were unless a crossing had to be resolved. Input positions must be finite.
 * `null` (with an error reported) when nothing usable is left.
 */
export function repairGeometry(
  polygons: readonly (readonly (readonly Position[])[])[],
  issues: IssueList,
  place: IssuePlace,
): RepairedGeometry | null {
  const frame = frameOf({ type: 'MultiPolygon', coordinates: polygons as Position[][][] });
  if (frame === null) {
    issues.add('grid.ring-too-short', place, 'The polygon has no positions.', { points: 0 });
    return null;
  }
  const repairer = new Repairer(frame, issues, place);
  const results = polygons.map((rings) => repairer.polygon(rings)).filter((r) => r !== null);
  if (results.length === 0) return null;
  let geometry = joinPolygons(results.map((r) => r.geometry));
  let region: Region = results.flatMap((r) => [...r.region]);
  if (results.length > 1) {
    const merged = unionAll(region);
    const overlapM2 = areaM2(region) - areaM2(merged);
    if (overlapM2 > 0.5) {
      issues.add('grid.overlapping-parts', place, 'Parts of the multipolygon overlap; they were merged.', {
        parts: results.length,
        overlapM2: round(overlapM2),
      });
      region = merged;
      geometry = regionToGeometry(frame, merged) ?? geometry;
    }
  }
  const area = areaM2(region);
  const middle = centroid(region);
  const inside = middle !== null && containsPoint(region, middle) ? middle : interiorPoint(region);
  if (area < LEAST_AREA_M2 || inside === null) {
    issues.add('grid.empty-area', place, `The polygon encloses ${round(area)} m²: nothing to patrol.`, {
      areaM2: round(area),
    });
    return null;
  }
  return { geometry, areaM2: area, centroid: mmToLonLat(frame, inside) };
}

interface OnePolygon {
  readonly geometry: Polygon | MultiPolygon;
  readonly region: Region;
}

/** A ring with both its coordinates, so that untouched ones keep their degrees to the last digit. */
interface Corner {
  readonly position: Position;
  readonly mm: PointMm;
}

class Repairer {
  private readonly frame: LocalFrame;
  private readonly issues: IssueList;
  private readonly place: IssuePlace;

  constructor(frame: LocalFrame, issues: IssueList, place: IssuePlace) {
    this.frame = frame;
    this.issues = issues;
    this.place = place;
  }

  polygon(rings: readonly (readonly Position[])[]): OnePolygon | null {
    const outer = this.ring(rings[0] ?? [], 0);
    if (outer === null || outer === 'refused') return null;
    const holes: Corner[][] = [];
    for (let i = 1; i < rings.length; i++) {
      const hole = this.ring(rings[i] ?? [], i);
      if (hole === 'refused') return null;
      if (hole !== null) holes.push(hole);
    }
    const outerMm = mmOf(outer);
    const outerCrossings = crossings(outerMm);
    if (outerCrossings === 0) {
      const region = [outerMm, ...holes.map((hole) => mmOf(hole).toReversed())];
      // Holes turned the other way round here: with them right the plain sum equals the clean area.
      const signed = [asOuter(outerMm), ...holes.map((hole) => asHole(mmOf(hole)))];
      const clean = holes.length === 0 ? signed : cleanRings(region);
      if (holes.length === 0 || Math.abs(areaM2(clean) - areaM2(signed)) < 0.5) {
        return { geometry: this.untouched(outer, holes), region: signed };
      }
      return this.withBadHoles(outerMm, holes);
    }
    return this.crossed(outerMm, holes, outerCrossings);
  }

  /** Closes, deduplicates and removes spikes; `null` when fewer than three corners are left. */
  private ring(ring: readonly Position[], index: number): Corner[] | 'refused' | null {
    const corners: Corner[] = ring.map((position) => ({
      position: position.slice(0, 2),
      mm: positionToMm(this.frame, position),
    }));
    const first = corners[0];
    const last = corners[corners.length - 1];
    if (first !== undefined && last !== undefined && corners.length > 1) {
      if (same(first.mm, last.mm)) corners.pop();
      else {
        this.issues.add('grid.unclosed-ring', this.place, `Ring ${index} was not closed; it was closed.`, {
          ring: index,
        });
      }
    }
    const distinct = corners.filter((c, i) => i === 0 || !same(c.mm, (corners[i - 1] as Corner).mm));
    while (distinct.length > 1 && same((distinct[0] as Corner).mm, (distinct.at(-1) as Corner).mm))
      distinct.pop();
    const removed = corners.length - distinct.length;
    if (removed > 0) {
      this.issues.add(
        'grid.duplicate-points',
        this.place,
        `Ring ${index} repeated ${removed} point${removed === 1 ? '' : 's'}; they were removed.`,
        { ring: index, removed },
      );
    }
    const thin = this.thinned(distinct, index);
    const blunt = withoutSpikes(thin);
    if (blunt.length > MOST_POINTS) {
      this.issues.add(
        'grid.too-many-points',
        this.place,
        `Ring ${index} has ${blunt.length} points; at most ${MOST_POINTS} are read. Simplify the border and export it again.`,
        { ring: index, points: blunt.length, limit: MOST_POINTS },
      );
      return 'refused';
    }
    if (blunt.length < 3) {
      if (index === 0) {
        if (distinct.length >= 3) {
          this.issues.add('grid.empty-area', this.place, 'The polygon is a line: it encloses no area.', {
            areaM2: 0,
          });
        } else {
          this.issues.add(
            'grid.ring-too-short',
            this.place,
            `The outer ring has ${distinct.length} different points; at least three are needed.`,
            { points: distinct.length },
          );
        }
      } else this.badHole(index);
      return null;
    }
    if (blunt.length < thin.length) {
      this.issues.add('grid.spike', this.place, `Ring ${index} had a spike without width; it was cut off.`, {
        ring: index,
        removed: thin.length - blunt.length,
      });
    }
    const counterClockwise = signedAreaMm2(mmOf(blunt)) > 0;
    if (counterClockwise === (index === 0) || crossings(mmOf(blunt)) > 0) return blunt;
    this.issues.add(
      'grid.winding',
      this.place,
      index === 0
        ? 'The outer ring ran clockwise; it was turned counter-clockwise.'
        : `Hole ${index} ran counter-clockwise; it was turned clockwise.`,
      { ring: index },
    );
    return blunt.toReversed();
  }

  /** Borders of very many points, thinned by what nobody can see on the ground. */
  private thinned(corners: readonly Corner[], index: number): readonly Corner[] {
    if (corners.length <= THIN_FROM_POINTS) return corners;
    const kept = thinRing(mmOf(corners)).map((i) => corners[i] as Corner);
    if (kept.length === corners.length) return corners;
    this.issues.add(
      'grid.thinned',
      this.place,
      `Ring ${index} had ${corners.length} points; ${kept.length} of them say the same within ${THIN_TOLERANCE_MM / 10} cm and were kept.`,
      { ring: index, points: corners.length, kept: kept.length, toleranceCm: THIN_TOLERANCE_MM / 10 },
    );
    return kept;
  }

  private untouched(outer: readonly Corner[], holes: readonly (readonly Corner[])[]): Polygon {
    return {
      type: 'Polygon',
      coordinates: [outer, ...holes].map((corners) => {
        const ring = corners.map((c) => c.position);
        return [...ring, [...(ring[0] as Position)]];
      }),
    };
  }

  private withBadHoles(outer: RingMm, holes: readonly (readonly Corner[])[]): OnePolygon | null {
    let region: Region = cleanRings([outer]);
    holes.forEach((hole, i) => {
      const holeRegion = cleanRings([mmOf(hole)]);
      const inside = areaM2(intersect(region, holeRegion));
      if (Math.abs(inside - areaM2(holeRegion)) > 0.5) this.badHole(i + 1);
      region = difference(region, holeRegion);
    });
    return this.fromRegion(region);
  }

  private crossed(outer: RingMm, holes: readonly (readonly Corner[])[], count: number): OnePolygon | null {
    const whole = cleanRings([outer, ...holes.map(mmOf)]);
    const parts = partsOf(whole);
    const total = areaM2(whole);
    const kept = parts.filter((p) => partAreaM2(p) >= Math.max(LEAST_AREA_M2, total * LEAST_PART_SHARE));
    const region: Region = kept.flatMap((p) => [p.outer, ...p.holes]);
    const keptM2 = areaM2(region);
    this.issues.add(
      'grid.self-crossing',
      this.place,
      `The border crosses itself ${count === 1 ? 'once' : `${count} times`}; it was resolved into ${kept.length} part${kept.length === 1 ? '' : 's'} of ${round(keptM2)} m²${
        total - keptM2 > 0.5 ? `, ${round(total - keptM2)} m² of scraps were dropped` : ''
      }.`,
      { crossings: count, parts: kept.length, keptM2: round(keptM2), droppedM2: round(total - keptM2) },
    );
    return this.fromRegion(region);
  }

  private fromRegion(region: Region): OnePolygon | null {
    const geometry = regionToGeometry(this.frame, region);
    if (geometry === null) {
      this.issues.add('grid.empty-area', this.place, 'Nothing of the polygon is left after repair.', {
        areaM2: 0,
      });
      return null;
    }
    return { geometry, region };
  }

  private badHole(index: number): void {
    this.issues.add(
      'grid.bad-hole',
      this.place,
      `Hole ${index} is not properly inside its polygon; only what lies inside was cut out.`,
      { ring: index },
    );
  }
}

const mmOf = (corners: readonly Corner[]): PointMm[] => corners.map((c) => c.mm);
const same = (a: PointMm, b: PointMm): boolean => a.x === b.x && a.y === b.y;
const round = (value: number): number => Math.round(value * 10) / 10;
const asOuter = (ring: RingMm): RingMm => (signedAreaMm2(ring) < 0 ? ring.toReversed() : ring);
const asHole = (ring: RingMm): RingMm => (signedAreaMm2(ring) > 0 ? ring.toReversed() : ring);

/** Removes corners where the border runs back along itself, until none is left. */
function withoutSpikes(corners: readonly Corner[]): Corner[] {
  const n = corners.length;
  // Linked both ways, because a ring of 100,000 points may be full of spikes.
  const next = Int32Array.from(corners, (_, i) => (i + 1) % n);
  const previous = Int32Array.from(corners, (_, i) => (i + n - 1) % n);
  const alive = new Uint8Array(n).fill(1);
  let left = n;
  const remove = (i: number): void => {
    const before = previous[i] as number;
    const after = next[i] as number;
    next[before] = after;
    previous[after] = before;
    alive[i] = 0;
    left--;
  };
  for (let i = 0, quiet = 0; quiet < left && left >= 3; ) {
    const before = previous[i] as number;
    const after = next[i] as number;
    const a = (corners[before] as Corner).mm;
    const c = (corners[after] as Corner).mm;
    if (isSpike(a, (corners[i] as Corner).mm, c)) {
      remove(i);
      if (same(c, a)) remove(after);
      // The corner before may have become a spike itself.
      i = before;
      quiet = 0;
    } else {
      i = after;
      quiet++;
    }
  }
  return corners.filter((_, i) => alive[i] === 1);
}

function isSpike(a: PointMm, b: PointMm, c: PointMm): boolean {
  if (same(a, c)) return true;
  if ((b.x - a.x) * (c.x - b.x) + (b.y - a.y) * (c.y - b.y) >= 0) return false;
  const cross = Math.abs((b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x));
  const there = Math.hypot(b.x - a.x, b.y - a.y);
  const back = Math.hypot(c.x - b.x, c.y - b.y);
  // Width of the spike at its open end: |cross| over the longer flank.
  return Math.min(there, back) > SPIKE_WIDTH_MM && cross / Math.max(there, back) < SPIKE_WIDTH_MM / 2;
}

/** Pairs of edges that are compared one by one; beyond it the area decides. Some 0.2 s. */
const MOST_EDGE_PAIRS = 20_000_000;

/**
 * Number of proper crossings of a ring with itself; touching at a corner does not count. For a ring of very many
 * long edges the count ends early; when it found none by then, the area after cleaning tells whether there is one.
 */
export function crossings(ring: RingMm): number {
  const n = ring.length;
  const order = ring.map((a, i) => {
    const b = ring[(i + 1) % n] as PointMm;
    return {
      a,
      b,
      min: Math.min(a.x, b.x),
      max: Math.max(a.x, b.x),
      low: Math.min(a.y, b.y),
      high: Math.max(a.y, b.y),
    };
  });
  order.sort((p, q) => p.min - q.min);
  let count = 0;
  let pairs = 0;
  for (let i = 0; i < n; i++) {
    const p = order[i] as (typeof order)[number];
    for (let j = i + 1; j < n; j++) {
      const q = order[j] as (typeof order)[number];
      if (q.min > p.max) break;
      pairs++;
      if (q.low > p.high || p.low > q.high) continue;
      if (side(p.a, p.b, q.a) * side(p.a, p.b, q.b) < 0 && side(q.a, q.b, p.a) * side(q.a, q.b, p.b) < 0)
        count++;
    }
    if (pairs > MOST_EDGE_PAIRS) {
      if (count > 0) return count;
      return Math.abs(areaM2(cleanRings([ring])) - Math.abs(signedAreaMm2(ring)) / 1e6) > 0.5 ? 1 : 0;
    }
  }
  return count;
}

const side = (o: PointMm, u: PointMm, v: PointMm): number =>
  Math.sign((u.x - o.x) * (v.y - o.y) - (v.x - o.x) * (u.y - o.y));

function joinPolygons(geometries: readonly (Polygon | MultiPolygon)[]): Polygon | MultiPolygon {
  const coordinates = geometries.flatMap((g) => (g.type === 'Polygon' ? [g.coordinates] : g.coordinates));
  const first = coordinates[0];
  return coordinates.length === 1 && first !== undefined
    ? { type: 'Polygon', coordinates: first }
    : { type: 'MultiPolygon', coordinates };
}
