import type { MultiPolygon, Polygon } from 'geojson';
import { type Airspace, createAirspace } from '../airspace/airspace.ts';
import { allowedRegion } from '../airspace/allowed-region.ts';
import { SAMPLE_PROFILE } from '../fleet/profile.fixture.ts';
import { frameOf, lonLatToMm } from '../geo/frame.ts';
import { containsPoint, distanceMm, nearestOnBorder } from '../geo/measure.ts';
import { type Random, seededRandom } from '../geo/random.ts';
import { cleanPolygons, partsOf, regionOf } from '../geo/region.ts';
import { toMissionItems } from '../items/to-mission-items.ts';
import type { AirspaceZone, LonLat, PathPoint, PlanIssue } from '../model.ts';
import { planCoverage } from '../pattern/coverage.ts';
import { randomRectilinear, randomStar } from '../pattern/shapes.fixture.ts';
import { box, fencePolygon, placeAt, START_MS, zone } from './base-plans.fixture.ts';
import type { VerifyMissionInput } from './mission-input.ts';

/** What the planner makes of a random area with random zones: a mission, or its reasons for none. */
export type RandomPlan =
  | { readonly kind: 'planned'; readonly input: VerifyMissionInput }
  | { readonly kind: 'refused'; readonly issues: readonly PlanIssue[] };

/** Zones of every kind on and round the area; a third of them end below or begin above the flight. */
function randomZones(random: Random, heightM: number): AirspaceZone[] {
  return Array.from({ length: Math.floor(random() * 5) }, (_, i) => {
    const size = (): number => 20 + random() * 180;
    const outline = box(random() * 700 - 350, random() * 700 - 350, size(), size());
    const kind = random() < 0.7 ? 'no-fly' : 'privacy';
    const where = random();
    const band =
      where < 0.15 ? { floorM: heightM + 5 } : where < 0.3 ? { floorM: 0, ceilingM: heightM - 5 } : {};
    const time =
      random() < 0.2 ? { activeFromMs: START_MS - 7_200_000, activeToMs: START_MS - 3_600_000 } : {};
    return zone(kind, outline, { zoneId: `z${i}`, name: `z${i}`, ...band, ...time });
  });
}

/**
 * Plans a random area as the product does: the area less its zones, coverage of what is left, ways round the zones
 * between its parts and from and to home, items of either autopilot.
 */
export function randomPlan(seed: number): RandomPlan {
  const random = seededRandom(seed);
  const shape =
    random() < 0.6
      ? randomStar(seed, 4 + Math.floor(random() * 9), Math.floor(random() * 3))
      : randomRectilinear(seed);
  // Mostly wide swaths: planning takes most of the time of a long run.
  const fine = random();
  const heightM = Math.round(
    fine < 0.05 ? 45 + random() * 40 : fine < 0.2 ? 85 + random() * 33 : 150 + random() * 200,
  );
  const swathWidthM = 2 * heightM * Math.tan(Math.PI / 6) * (0.8 + 0.19 * random());
  const zones = randomZones(random, heightM);
  const home = placeAt(random() * 1000 - 500, random() * 1000 - 500);
  const wind = random() < 0.5 ? null : { fromDeg: random() * 360, speedMps: random() * 8 };
  const made = createAirspace({
    zones,
    boundary: null,
    marginM: random() < 0.5 ? 0.1 : 5,
    fromMs: START_MS,
    untilMs: START_MS + 3_600_000,
    // Take-off and landing pass every height below.
    heightM: { lowM: 0, highM: heightM },
    datum: 'above-home',
    homeElevationAmslM: null,
    elevation: null,
    origin: home,
  });
  if (made.kind === 'refused') return { kind: 'refused', issues: made.issues };
  const { airspace } = made;
  const allowed = allowedRegion(shape, airspace, { from: home, cameraReachM: 0 });
  if (allowed.geometry === null) return { kind: 'refused', issues: allowed.issues };
  const path = planCoverage(allowed.geometry, { swathWidthM, start: home });
  const errors = path.warnings.filter((issue) => issue.severity === 'error');
  if (errors.length > 0) return { kind: 'refused', issues: errors };
  const route = routeRound(airspace, path.points, allowed.geometry);
  const first = path.points[0];
  const last = path.points.at(-1);
  if (first === undefined || last === undefined || route === null) return why(airspace, path.points);
  const out = airspace.way(home, first);
  const back = airspace.way(last, home);
  if (out === null || back === null) return why(airspace, [home, first, last, home]);
  const autopilot = random() < 0.5 ? 'ardupilot' : 'px4';
  const profile = { ...SAMPLE_PROFILE, batteryCapacityWh: 2000 };
  const items = toMissionItems(
    {
      points: route.points.map((p): PathPoint => ({ ...p, heightM: null, actions: [] })),
      heightM,
      datum: 'above-home',
      lengthM: path.lengthM,
      warnings: [],
    },
    {
      autopilot,
      cruiseSpeedMps: profile.cruiseSpeedMps,
      capacity: profile.missionCapacity,
      entry: { heightAboveHomeM: heightM, way: out.points.slice(1, -1) },
      exit: { kind: 'return', heightAboveHomeM: heightM, way: back.points.slice(1) },
    },
  );
  if (items.kind === 'refused') return { kind: 'refused', issues: items.issues };
  const at = (point: number): number => items.pointItems[point] as number;
  return {
    kind: 'planned',
    input: {
      plan: { ...items.plan, fence: fencePolygon(5001, box(-2000, -2000, 4000, 4000)) },
      autopilot,
      vehicleClass: 'copter',
      home: { position: home, elevationAmslM: null },
      profile,
      startMs: START_MS,
      returnHeightM: Math.min(heightM, 60),
      area: {
        geometry: allowed.geometry,
        swathWidthM,
        ranges: route.runs.map(([from, to]) => ({ first: at(from), last: at(to) })),
      },
      zones,
      elevation: null,
      wind,
      batteryFraction: 1,
      otherPlans: [],
      limits: { maxAboveHomeM: 400 },
    },
  };
}

/** The reason of the first pair of places between which there is no way. */
function why(airspace: Airspace, places: readonly (LonLat | undefined)[]): RandomPlan {
  for (let i = 1; i < places.length; i++) {
    const [from, to] = [places[i - 1], places[i]];
    const reason = from === undefined || to === undefined ? null : airspace.whyNone(from, to);
    if (reason !== null) return { kind: 'refused', issues: [reason.issue] };
  }
  return { kind: 'refused', issues: [] };
}

/** Parts of the area are joined by ways round the zones; `runs` are the stretches within one part. */
function routeRound(
  airspace: Airspace,
  points: readonly LonLat[],
  area: Polygon | MultiPolygon,
): { points: LonLat[]; runs: [number, number][] } | null {
  const frame = frameOf(area);
  if (frame === null) return null;
  const parts = partsOf(cleanPolygons(frame, area)).map(regionOf);
  const partOf = (place: LonLat): number => {
    const p = lonLatToMm(frame, place);
    const away = parts.map((part) =>
      containsPoint(part, p) ? 0 : distanceMm(p, nearestOnBorder(part, p) ?? { x: Number.MAX_VALUE, y: 0 }),
    );
    return away.indexOf(Math.min(...away));
  };
  const out: LonLat[] = [];
  const runs: [number, number][] = [];
  let begin = 0;
  for (const [i, place] of points.entries()) {
    const before = points[i - 1];
    if (before !== undefined && partOf(before) !== partOf(place)) {
      const way = airspace.way(before, place);
      if (way === null) return null;
      runs.push([begin, out.length - 1]);
      out.push(...way.points.slice(1, -1));
      begin = out.length;
    }
    out.push(place);
  }
  runs.push([begin, out.length - 1]);
  return { points: out, runs };
}
