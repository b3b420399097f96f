import type { MultiPolygon, Polygon, Position } from 'geojson';
import { MAV_CMD } from '../mission-item.ts';
import type { PatrolPlan, PlanIssue, PlanVerdict, SortiePlan } from '../model.ts';
import { planIssue } from '../plan-issue.ts';
import { checkItems, checkLayers } from './check-items.ts';
import { type FlatPath, VerifierEngine } from './engine.ts';

export interface VerifyOptions {
  /** Lowest and highest height above home that a mission may have; default 1 and 120 m (the usual legal ceiling). */
  readonly minRelativeAltitudeM?: number;
  readonly maxRelativeAltitudeM?: number;
  /** Least distance in height between sorties; default 5 m. */
  readonly layerSpacingM?: number;
}

/** Below this covered share a plan is refused, below the second one it is remarked on. */
const LEAST_COVERAGE = 0.99;
const TARGET_COVERAGE = 0.995;

/** Findings after which distances mean nothing. */
const NONSENSE: ReadonlySet<string> = new Set(['verify.bad-item', 'verify.null-island']);

/**
 * Checks a patrol plan as it would be uploaded: from the integer items, with its own projection and another
 * geometry engine; nothing of the planner's code is used. `area` is what was to be covered.
 *
 * Covered is what lies within half of `plan.swathWidthM` of a leg between two waypoints; the ways out and home do
 * not count. Outside is measured on the same legs, except those between separate parts of the area.
 */
export async function verifyPatrol(
  area: Polygon | MultiPolygon,
  plan: PatrolPlan,
  options: VerifyOptions = {},
): Promise<PlanVerdict> {
  const limits = {
    minRelativeAltitudeM: options.minRelativeAltitudeM ?? 1,
    maxRelativeAltitudeM: options.maxRelativeAltitudeM ?? 120,
    layerSpacingM: options.layerSpacingM ?? 5,
  };
  const issues: PlanIssue[] = plan.sorties.flatMap((sortie, i) => checkItems(sortie, i, limits));
  issues.push(...checkLayers(plan.sorties, limits.layerSpacingM));
  if (plan.sorties.length === 0) issues.push(planIssue('verify.no-sorties', 'The plan has no sorties.'));
  const projection = Projection.over(area);
  if (projection === null) {
    issues.push(
      planIssue('verify.unreadable-area', 'The area has no usable positions.', { reason: 'no positions' }),
    );
    return verdict(0, 0, issues);
  }
  // Geometry of broken numbers would only produce further nonsense.
  if (issues.some((issue) => NONSENSE.has(issue.code))) return verdict(0, 0, issues);
  const engine = await VerifierEngine.open();
  try {
    return checkGeometry(engine, projection, area, plan, issues);
  } finally {
    engine.close();
  }
}

function checkGeometry(
  engine: VerifierEngine,
  projection: Projection,
  area: Polygon | MultiPolygon,
  plan: PatrolPlan,
  issues: PlanIssue[],
): PlanVerdict {
  const polygons = area.type === 'Polygon' ? [area.coordinates] : area.coordinates;
  let region = engine.paths([]);
  for (const [outer, ...holes] of polygons) {
    if (outer === undefined) continue;
    region = engine.union(
      region,
      engine.polygon(
        projection.ring(outer),
        holes.map((hole) => projection.ring(hole)),
      ),
    );
  }
  const wholeM2 = engine.areaM2(region);
  if (!(wholeM2 > 0)) {
    issues.push(planIssue('verify.unreadable-area', 'The area encloses nothing.', { reason: 'empty' }));
    return verdict(0, 0, issues);
  }
  const legs = plan.sorties.flatMap((sortie) => coveringLegs(sortie, projection));
  const seen = engine.buffer(legs, (plan.swathWidthM * 1000) / 2);
  const coverage = legs.length === 0 ? 0 : engine.areaM2(engine.intersection(seen, region)) / wholeM2;
  const coveragePct = Math.floor(coverage * 100_000) / 1000;
  if (!(coverage >= LEAST_COVERAGE)) {
    issues.push(
      planIssue('verify.coverage-low', `Only ${coveragePct} % of the area is covered.`, { coveragePct }),
    );
  } else if (coverage < TARGET_COVERAGE) {
    issues.push(
      planIssue(
        'verify.coverage-below-target',
        `${coveragePct} % of the area is covered; 99.5 % is the target.`,
        {
          coveragePct,
        },
      ),
    );
  }
  const rings = engine.flatten(region);
  const maxOutsideM = farthestOutside(engine, legsToJudge(legs, rings), region, rings);
  const toleranceM = outsideTolerance(plan.swathWidthM);
  if (maxOutsideM > toleranceM) {
    const outsideM = Math.round(maxOutsideM * 10) / 10;
    issues.push(
      planIssue('verify.outside', `The path leaves the area by ${outsideM} m.`, { outsideM, toleranceM }),
    );
  }
  return verdict(coverage, maxOutsideM, issues);
}

/** How far a leg may stray outside, metres: 2 % of a swath, but at least half a metre and at most two. */
export function outsideTolerance(swathWidthM: number): number {
  return Math.min(2, Math.max(0.5, 0.02 * swathWidthM));
}

function verdict(coverageFraction: number, maxOutsideM: number, issues: readonly PlanIssue[]): PlanVerdict {
  return { ok: issues.every((issue) => issue.severity !== 'error'), coverageFraction, maxOutsideM, issues };
}

/** Legs between successive waypoints; a single waypoint is a leg without length. */
function coveringLegs(sortie: SortiePlan, projection: Projection): FlatPath[] {
  const stops = sortie.plan.items
    .filter((item) => item.command === MAV_CMD.NAV_WAYPOINT)
    .map((item) => projection.point(item.y / 1e7, item.x / 1e7));
  const only = stops[0];
  if (stops.length === 1 && only !== undefined) return [[...only, ...only]];
  return stops.slice(1).map((stop, i) => [...(stops[i] as readonly [number, number]), ...stop]);
}

/** Leaves out legs whose ends are in different parts of the area: there is no way inside between those. */
function legsToJudge(legs: readonly FlatPath[], rings: readonly FlatPath[]): FlatPath[] {
  const outer = rings.filter((ring) => signedArea(ring) > 0);
  if (outer.length <= 1) return legs.filter((l) => l[0] !== l[2] || l[1] !== l[3]);
  const partOf = (x: number, y: number): number => {
    // The nearest outer ring: waypoints may lie a rounding error outside their own.
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    outer.forEach((ring, i) => {
      const d = isInside([ring], x, y) ? 0 : distanceToRings([ring], x, y);
      if (d < least) {
        least = d;
        best = i;
      }
    });
    return best;
  };
  return legs.filter(([x1 = 0, y1 = 0, x2 = 0, y2 = 0]) => partOf(x1, y1) === partOf(x2, y2));
}

/** Sampling step on pieces of legs that lie outside, and the most samples on one (it may lead round the world). */
const SAMPLE_MM = 250;
const MOST_SAMPLES = 4000;

function farthestOutside(
  engine: VerifierEngine,
  legs: readonly FlatPath[],
  region: Parameters<VerifierEngine['linesOutside']>[1],
  rings: readonly FlatPath[],
): number {
  if (legs.length === 0) return 0;
  let farthest = 0;
  // 20 mm: positions are rounded to 11 mm on the wire.
  for (const piece of engine.linesOutside(legs, region, 20)) {
    for (let i = 0; i + 3 < piece.length; i += 2) {
      const [x1, y1, x2, y2] = piece.slice(i, i + 4) as [number, number, number, number];
      const steps = Math.max(1, Math.min(MOST_SAMPLES, Math.ceil(Math.hypot(x2 - x1, y2 - y1) / SAMPLE_MM)));
      for (let k = 0; k <= steps; k++) {
        const x = x1 + ((x2 - x1) * k) / steps;
        const y = y1 + ((y2 - y1) * k) / steps;
        if (!isInside(rings, x, y)) farthest = Math.max(farthest, distanceToRings(rings, x, y));
      }
    }
  }
  return farthest / 1000;
}

function signedArea(ring: FlatPath): number {
  let sum = 0;
  for (let i = 0; i < ring.length; i += 2) {
    const k = (i + 2) % ring.length;
    sum += (ring[i] as number) * (ring[k + 1] as number) - (ring[k] as number) * (ring[i + 1] as number);
  }
  return sum / 2;
}

function isInside(rings: readonly FlatPath[], x: number, y: number): boolean {
  let winding = 0;
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      const k = (i + 2) % ring.length;
      const [ax, ay, bx, by] = [ring[i], ring[i + 1], ring[k], ring[k + 1]] as [
        number,
        number,
        number,
        number,
      ];
      const side = (bx - ax) * (y - ay) - (x - ax) * (by - ay);
      if (ay <= y && by > y && side > 0) winding++;
      else if (ay > y && by <= y && side < 0) winding--;
    }
  }
  return winding !== 0;
}

function distanceToRings(rings: readonly FlatPath[], x: number, y: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      const k = (i + 2) % ring.length;
      const [ax, ay, bx, by] = [ring[i], ring[i + 1], ring[k], ring[k + 1]] as [
        number,
        number,
        number,
        number,
      ];
      const len2 = (bx - ax) ** 2 + (by - ay) ** 2;
      const t =
        len2 === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / len2));
      least = Math.min(least, Math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay)));
    }
  }
  return least;
}

/**
 * Degrees to millimetres about the middle of the area, by the series for the length of a degree on WGS-84
 * (NIMA TR8350.2 style cosine series), not by the radii that the planner uses.
 */
class Projection {
  private readonly lon0: number;
  private readonly lat0: number;
  private readonly mmPerLon: number;
  private readonly mmPerLat: number;

  private constructor(lon0: number, lat0: number) {
    this.lon0 = lon0;
    this.lat0 = lat0;
    const phi = (lat0 * Math.PI) / 180;
    this.mmPerLat =
      1000 *
      (111_132.954 - 559.822 * Math.cos(2 * phi) + 1.175 * Math.cos(4 * phi) - 0.0023 * Math.cos(6 * phi));
    this.mmPerLon =
      1000 * (111_412.84 * Math.cos(phi) - 93.5 * Math.cos(3 * phi) + 0.118 * Math.cos(5 * phi));
  }

  static over(area: Polygon | MultiPolygon): Projection | null {
    const positions = (area.type === 'Polygon' ? [area.coordinates] : area.coordinates).flat(2);
    const lons = positions.map((p) => p[0] ?? Number.NaN).filter(Number.isFinite);
    const lats = positions.map((p) => p[1] ?? Number.NaN).filter(Number.isFinite);
    if (lons.length < 3 || lats.length < 3) return null;
    const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    return new Projection(mean(lons), mean(lats));
  }

  point(lonDeg: number, latDeg: number): readonly [number, number] {
    return [
      Math.round((lonDeg - this.lon0) * this.mmPerLon),
      Math.round((latDeg - this.lat0) * this.mmPerLat),
    ];
  }

  ring(ring: readonly Position[]): FlatPath {
    return ring.flatMap((p) => [...this.point(p[0] ?? 0, p[1] ?? 0)]);
  }
}
