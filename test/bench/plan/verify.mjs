// verify_mission_ms: one whole verification of a mission of 500 items over an area of 2.9 km² with zones, a fence,
// terrain and another active plan; the items are written here, so that nothing but the verifier is measured.
import { verifyMission } from '../../../dist/missions/index.js';
import { quantile, round } from '../report.mjs';

const HOME = { lonDeg: 110.29, latDeg: 25.28 };
const LON_M = 100_700;
const LAT_M = 110_800;
const HEIGHT_M = 60;
const SWATH_M = 60;
const WIDTH_M = 1700;
const LANES = 28;
/** Points along each lane, so that the mission has 500 items. */
const PER_LANE = 17;
const START_MS = 1_800_000_000_000;

const place = (eastM, northM) => ({
  lonDeg: HOME.lonDeg + eastM / LON_M,
  latDeg: HOME.latDeg + northM / LAT_M,
});
const item = (command, fields = {}) => ({
  frame: 3,
  command,
  param1: 0,
  param2: 0,
  param3: 0,
  param4: 0,
  x: 0,
  y: 0,
  z: 0,
  ...fields,
});
const at = (command, eastM, northM, z, fields = {}) => {
  const { lonDeg, latDeg } = place(eastM, northM);
  return item(command, { x: Math.round(latDeg * 1e7), y: Math.round(lonDeg * 1e7), z, ...fields });
};
const ring = (west, south, east, north) =>
  [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ].map(([e, n]) => {
    const { lonDeg, latDeg } = place(e, n);
    return [lonDeg, latDeg];
  });
const zone = (zoneId, kind, coordinates, fields = {}) => ({
  zoneId,
  kind,
  name: zoneId,
  geometry: { type: 'Polygon', coordinates: [coordinates] },
  floorM: null,
  ceilingM: null,
  datum: 'above-home',
  activeFromMs: null,
  activeToMs: null,
  ...fields,
});

/** Back and forth over a rectangle of WIDTH_M by LANES · SWATH_M. */
function items() {
  const lanes = Array.from({ length: LANES }, (_, lane) => {
    const north = 100 + (lane + 0.5) * SWATH_M;
    const points = Array.from({ length: PER_LANE }, (_, k) => 30 + (k * (WIDTH_M - 60)) / (PER_LANE - 1));
    return (lane % 2 === 0 ? points : points.reverse()).map((east) => at(16, 50 + east, north, HEIGHT_M));
  }).flat();
  const entry = [item(22, { z: HEIGHT_M }), item(178, { frame: 2, param1: 1, param2: 10, param3: -1 })];
  return [...entry, ...lanes, at(16, 20, 90, HEIGHT_M), item(20, { frame: 2 })];
}

/** The items, filled up to 500 with points on the way home, so that the count is what the metric says. */
function mission() {
  const list = items();
  const last = list.length - 1;
  const extra = Array.from({ length: 500 - list.length }, (_, k) => at(16, 20, 90 - k * 2, HEIGHT_M));
  return {
    items: [...list.slice(0, last), ...extra, list[last]],
    covering: { first: 2, last: LANES * PER_LANE + 1 },
  };
}

const profile = {
  cruiseSpeedMps: 10,
  climbSpeedMps: 3,
  descentSpeedMps: 2,
  batteryCapacityWh: 900,
  hoverPowerW: 300,
  cruisePowerW: 330,
  climbPowerW: 450,
  reserveFraction: 0.2,
  cameraHorizontalFovDeg: 60,
  missionCapacity: 724,
};

function input() {
  const { items: list, covering } = mission();
  const box = [
    [-300, -300],
    [2100, -300],
    [2100, 2200],
    [-300, 2200],
  ];
  const flight = {
    autopilot: 'ardupilot',
    vehicleClass: 'copter',
    profile,
    home: { position: HOME, elevationAmslM: null },
    startMs: START_MS,
  };
  return {
    ...flight,
    plan: {
      items: list,
      fence: box.map(([e, n]) => at(5001, e, n, 0, { frame: 0, param1: box.length })),
      rally: [at(5100, 900, 40, 30)],
    },
    area: {
      geometry: { type: 'Polygon', coordinates: [ring(50, 100, 50 + WIDTH_M, 100 + LANES * SWATH_M)] },
      ranges: [covering],
      swathWidthM: SWATH_M,
    },
    zones: Array.from({ length: 20 }, (_, k) =>
      zone(`z${k}`, ['no-fly', 'altitude', 'privacy'][k % 3], ring(100 * k, 1900, 100 * k + 60, 2000), {
        floorM: 20,
      }),
    ),
    elevation: {
      spacingM: 30,
      elevationAmslM: (lonDeg, latDeg) => 150 + 8 * Math.sin(lonDeg * 3000) * Math.cos(latDeg * 3000),
    },
    wind: { fromDeg: 200, speedMps: 4 },
    batteryFraction: 1,
    otherPlans: [
      // From a base of its own, 20 m higher over the same lanes.
      {
        ...flight,
        home: { position: place(-150, -50), elevationAmslM: null },
        planId: 'other',
        plan: { items: list.map((it) => ({ ...it, z: it.z + 20 })), fence: [], rally: [] },
      },
    ],
  };
}

/** @param {{ quick: boolean }} options */
export async function measure({ quick }) {
  const asked = input();
  const first = await verifyMission(asked);
  const refused = first.checks.filter((check) => !check.ok && check.severity === 'error');
  if (refused.length > 0) throw new Error(`the benchmark's mission is refused: ${JSON.stringify(refused)}`);
  const times = [];
  for (let run = 0; run < (quick ? 10 : 60); run++) {
    const started = performance.now();
    await verifyMission(asked);
    times.push(performance.now() - started);
  }
  const median = quantile(times, 0.5);
  return [
    { metric: 'verify_mission_ms', value: round(median, 1), unit: 'ms', bar: '<200', holds: median < 200 },
    { metric: 'verify_mission_p95_ms', value: round(quantile(times, 0.95), 1), unit: 'ms' },
    { metric: 'verify_mission_items', value: asked.plan.items.length, unit: 'items' },
  ];
}
