// Dispatch: 500 drones ranked for one place round 30 no-fly zones; reach of 29 bases over 2,000 cells; the best sites
// for 6 bases among 150. Seeded, so every run asks the same.
import { createAirspace } from '../../../dist/missions/airspace/airspace.js';
import { rankDispatch } from '../../../dist/missions/dispatch/rank.js';
import { reachArea, reachTable } from '../../../dist/missions/dispatch/reach.js';
import { siteBases } from '../../../dist/missions/dispatch/siting.js';
import { seededRandom } from '../../../dist/missions/geo/random.js';
import { quantile, round } from '../report.mjs';

const HERE = { lonDeg: 110.29, latDeg: 25.28 };
const HALF_SIDE_M = 5_500;
const profile = {
  ...{ cruiseSpeedMps: 12, climbSpeedMps: 4, descentSpeedMps: 2, batteryCapacityWh: 260 },
  ...{ hoverPowerW: 320, cruisePowerW: 360, climbPowerW: 480, reserveFraction: 0.2 },
  ...{ cameraHorizontalFovDeg: 60, missionCapacity: 700 },
};

const at = (eastM, northM) => ({
  lonDeg: HERE.lonDeg + eastM / (111_320 * Math.cos((HERE.latDeg * Math.PI) / 180)),
  latDeg: HERE.latDeg + northM / 110_780,
});

export async function measure({ quick }) {
  const random = seededRandom(8);
  const anywhere = () => at((2 * random() - 1) * HALF_SIDE_M, (2 * random() - 1) * HALF_SIDE_M);
  const ways = airspace(random);
  const freely = () => {
    for (;;) {
      const place = anywhere();
      if (ways.isFree(place)) return place;
    }
  };
  const bases = Array.from({ length: 29 }, (_, i) => {
    const position = freely();
    return { baseId: `base-${i}`, name: `base ${i}`, position, pads: 4, elevationAmslM: null };
  });
  const candidates = Array.from({ length: 500 }, (_, i) => ({
    ...{ vehicleId: `v${i}`, profile, heightM: i % 3 === 0 ? 0 : 60, isAirborne: i % 3 !== 0 },
    ...{ position: i % 3 === 0 ? bases[i % 29].position : freely(), remainingFraction: 0.4 + 0.6 * random() },
    ...{ launchLatencyS: 25, unavailable: i % 17 === 0 ? 'It is charging.' : null },
    duty: { kind: 'none', dutyId: null, coverPenaltyS: 0 },
  }));
  const wind = { fromDeg: 300, speedMps: 4 };
  const shared = { heightM: 60, onSceneS: 600, candidates, bases, ways, wind };
  const tookMs = [];
  let canGo = 0;
  for (let n = 0; n < (quick ? 15 : 60); n++) {
    const target = freely();
    const startedMs = performance.now();
    const { options } = rankDispatch({ ...shared, target });
    // The first ones also warm the machine and the airspace up.
    if (n >= 5) tookMs.push(performance.now() - startedMs);
    canGo += options.length;
  }
  const p95Ms = quantile(tookMs, 0.95);
  const sources = bases.map(({ baseId, position }) => ({
    ...{ sourceId: baseId, position, profile, launchLatencyS: 25, climbM: 60 },
  }));
  const places = Array.from({ length: 2_000 }, (_, i) => ({
    ...{ placeId: `cell-${i}`, position: freely(), weight: 0.5 + random() },
  }));
  let startedMs = performance.now();
  const table = reachTable(sources, places, { ways, wind });
  const tableMs = performance.now() - startedMs;
  startedMs = performance.now();
  reachArea(sources[0], 180, { ways, wind });
  const areaMs = performance.now() - startedMs;
  const sites = Array.from({ length: 150 }, (_, i) => ({
    ...{ sourceId: `site-${i}`, position: freely(), profile, launchLatencyS: 25, climbM: 60, isFixed: i < 2 },
  }));
  startedMs = performance.now();
  const sited = await siteBases({ sites, places, withinS: 180, count: 6, ways: null, wind });
  const sitingS = (performance.now() - startedMs) / 1000;
  return [
    {
      ...{ metric: 'dispatch_rank_500_ms', value: round(p95Ms, 2), unit: 'ms (p95)' },
      ...{ bar: '<20', holds: p95Ms < 20 },
    },
    { metric: 'dispatch_rank_500_ms.p50', value: round(quantile(tookMs, 0.5), 2), unit: 'ms' },
    { metric: 'dispatch_can_go.mean', value: round(canGo / (quick ? 15 : 60), 0), unit: 'of 500' },
    { metric: 'reach_table_2000_ms', value: round(tableMs, 0), unit: 'ms' },
    { metric: 'reach_within_3min_share', value: round(table.withinShares[1]), unit: '0–1' },
    { metric: 'reach_area_ms', value: round(areaMs, 0), unit: 'ms' },
    {
      ...{ metric: 'siting_2000x150_s', value: round(sitingS, 2), unit: 's' },
      ...{ bar: '<=2, proven', holds: sitingS <= 2 && sited.kind === 'optimal' },
    },
  ];
}

/** 30 octagons of 100–400 m, as hospitals, a prison and a railway station have round them. */
function airspace(random) {
  const zones = Array.from({ length: 30 }, (_, i) => {
    const [east, north] = [(2 * random() - 1) * HALF_SIDE_M, (2 * random() - 1) * HALF_SIDE_M];
    const radiusM = 100 + 300 * random();
    const ring = Array.from({ length: 9 }, (_, k) => {
      const angle = ((k % 8) * Math.PI) / 4;
      const corner = at(east + radiusM * Math.cos(angle), north + radiusM * Math.sin(angle));
      return [corner.lonDeg, corner.latDeg];
    });
    return {
      ...{ zoneId: `z${i}`, kind: 'no-fly', name: `zone ${i}`, floorM: null, ceilingM: null },
      ...{ datum: 'above-home', activeFromMs: null, activeToMs: null },
      geometry: { type: 'Polygon', coordinates: [ring] },
    };
  });
  const made = createAirspace({
    ...{ zones, marginM: 20, fromMs: null, untilMs: null, heightM: 60, datum: 'above-home' },
    ...{ homeElevationAmslM: null, elevation: null, origin: HERE },
  });
  if (made.kind !== 'ready') throw new Error(JSON.stringify(made.issues));
  return made.airspace;
}
