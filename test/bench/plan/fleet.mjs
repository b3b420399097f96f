// Fleets: areas of 2–6 km² divided between 3–6 drones of three kinds (8, 10 and 14 m/s, own batteries) from three
// bases, with and without wind; and 20 km² between 8 drones. Imbalance: latest over mean finish of the drones that fly.
// The ratio is against max{(cA − Nπw²/4)/(wΣV) + least way out and back, farthest corner and back}; a second one
// counts batteries and their changes as well.
import { planFleet } from '../../../dist/missions/index.js';
import { quantile, round } from '../report.mjs';

const ORIGIN = { lonDeg: 110.29, latDeg: 25.28 };
const LON_PER_M = 1 / 100_740;
const LAT_PER_M = 1 / 110_780;
const at = (x, y) => ({ lonDeg: ORIGIN.lonDeg + x * LON_PER_M, latDeg: ORIGIN.latDeg + y * LAT_PER_M });
const polygon = (corners) => ({
  type: 'Polygon',
  coordinates: [
    [...corners, corners[0]].map(([x, y]) => {
      const { lonDeg, latDeg } = at(x, y);
      return [lonDeg, latDeg];
    }),
  ],
});

const COMMON = {
  climbSpeedMps: 3,
  descentSpeedMps: 2.5,
  reserveFraction: 0.25,
  cameraHorizontalFovDeg: 60,
  missionCapacity: 700,
};
const KINDS = [
  {
    ...COMMON,
    cruiseSpeedMps: 10,
    batteryCapacityWh: 180,
    hoverPowerW: 300,
    cruisePowerW: 330,
    climbPowerW: 450,
  },
  {
    ...COMMON,
    cruiseSpeedMps: 14,
    batteryCapacityWh: 300,
    hoverPowerW: 380,
    cruisePowerW: 430,
    climbPowerW: 560,
  },
  {
    ...COMMON,
    cruiseSpeedMps: 8,
    batteryCapacityWh: 140,
    hoverPowerW: 240,
    cruisePowerW: 260,
    climbPowerW: 360,
  },
];

/** Outlines in the unit square, stretched to the size of the case. */
const OUTLINES = {
  rectangle: [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ],
  L: [
    [0, 0],
    [1, 0],
    [1, 0.45],
    [0.5, 0.45],
    [0.5, 1],
    [0, 1],
  ],
  wedge: [
    [0, 0.1],
    [1, 0],
    [0.8, 0.7],
    [0.35, 1],
    [0.05, 0.75],
  ],
  U: [
    [0, 0],
    [1, 0],
    [1, 1],
    [0.7, 1],
    [0.7, 0.4],
    [0.3, 0.4],
    [0.3, 1],
    [0, 1],
  ],
};

function requestOf({ outline, widthM, heightM, drones, wind, altitudeM }) {
  const sites = [
    [0.1, -0.03],
    [1.03, 0.5],
    [0.4, 1.05],
  ];
  const bases = sites.map(([x, y], i) => ({
    base: {
      baseId: `b${i}`,
      name: `b${i}`,
      position: at(x * widthM, y * heightM),
      pads: 6,
      elevationAmslM: null,
    },
    freePads: 6,
    inService: true,
  }));
  return {
    areas: [polygon(OUTLINES[outline].map(([x, y]) => [x * widthM, y * heightM]))],
    drones: Array.from({ length: drones }, (_, i) => ({
      vehicleId: `d${i}`,
      profile: KINDS[i % 3],
      position: bases[(i * 2) % 3].base.position,
      remainingFraction: 1,
      batteryHealthFraction: 1,
      turnaround: { kind: 'swap', seconds: 120 },
    })),
    bases,
    returnTo: 'nearest',
    ways: null,
    conditions: { wind, airTempC: 20 },
    mode: 'balanced',
    relativeAltitudeM: altitudeM,
    layerSpacingM: 10,
    maxRelativeAltitudeM: altitudeM + 80,
    occupiedAltitudesM: [],
    sideOverlapFraction: 0.1,
  };
}

const CASES = [
  { outline: 'rectangle', widthM: 2400, heightM: 1600, drones: 3, wind: null, altitudeM: 120 },
  {
    outline: 'L',
    widthM: 2200,
    heightM: 2000,
    drones: 4,
    wind: { fromDeg: 300, speedMps: 4 },
    altitudeM: 120,
  },
  { outline: 'wedge', widthM: 3000, heightM: 2000, drones: 5, wind: null, altitudeM: 120 },
  {
    outline: 'U',
    widthM: 2600,
    heightM: 2000,
    drones: 6,
    wind: { fromDeg: 80, speedMps: 6 },
    altitudeM: 120,
  },
  {
    outline: 'rectangle',
    widthM: 3000,
    heightM: 2000,
    drones: 6,
    wind: { fromDeg: 200, speedMps: 5 },
    altitudeM: 120,
  },
  { outline: 'L', widthM: 3000, heightM: 2400, drones: 5, wind: null, altitudeM: 120 },
  {
    outline: 'wedge',
    widthM: 2200,
    heightM: 1600,
    drones: 3,
    wind: { fromDeg: 20, speedMps: 4 },
    altitudeM: 120,
  },
];
/** 20 km², 8 drones, 3 bases; a swath of 125 m. */
const LARGE = { outline: 'rectangle', widthM: 5000, heightM: 4000, drones: 8, wind: null, altitudeM: 120 };

function run(spec) {
  const started = performance.now();
  const plan = planFleet(requestOf(spec));
  const tookMs = performance.now() - started;
  const errors = plan.issues.filter((issue) => issue.severity === 'error');
  if (errors.length > 0) throw new Error(`${spec.outline}: ${errors.map((e) => e.message).join(' ')}`);
  return { plan, tookMs };
}

/** @param {{quick: boolean}} options */
export async function measure({ quick }) {
  const plans = CASES.slice(0, quick ? 3 : CASES.length).map((spec) => run(spec).plan);
  const large = run(LARGE);
  plans.push(large.plan);
  const imbalance = quantile(
    plans.map((plan) => plan.imbalance),
    0.5,
  );
  const ratio = quantile(
    plans.map((plan) => plan.makespanS / plan.makespanBound.value),
    0.5,
  );
  const sorties = quantile(
    plans.map((plan) => plan.makespanS / plan.sortieBound.value),
    0.5,
  );
  return [
    {
      metric: 'fleet_imbalance.median',
      value: round(imbalance),
      unit: 'latest/mean finish',
      bar: '<=1.05',
      holds: imbalance <= 1.05,
    },
    {
      metric: 'fleet_imbalance.max',
      value: round(Math.max(...plans.map((plan) => plan.imbalance))),
      unit: 'latest/mean finish',
    },
    {
      metric: 'fleet_makespan_ratio.median',
      value: round(ratio),
      unit: 'finish/bound of area and farthest corner',
    },
    {
      metric: 'fleet_makespan_ratio.batteries',
      value: round(sorties),
      unit: 'finish/bound with batteries and changes',
    },
    { metric: 'fleet_plan_ms', value: round(large.tookMs, 0), unit: 'ms' },
  ];
}
