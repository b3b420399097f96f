import { SAMPLE_PROFILE } from '../fleet/profile.fixture.ts';
import { lonLatToMm, mmToLonLat } from '../geo/frame.ts';
import type { MissionItem } from '../mission-item.ts';
import type { AirspaceZone, ElevationModel, LonLat } from '../model.ts';
import { planCoverage } from '../pattern/coverage.ts';
import { polygonOf, SHAPE_FRAME, SYNTHETIC } from '../pattern/shapes.fixture.ts';
import type { VerifyMissionInput } from './mission-input.ts';

/** Good missions for the verifier's tests, written item by item: what each of them is damaged into must be caught. */

/** A place in metres east and north of the shapes' origin. */
export const placeAt = (eastM: number, northM: number): LonLat =>
  mmToLonLat(SHAPE_FRAME, { x: eastM * 1000, y: northM * 1000 });

export const item = (command: number, fields: Partial<MissionItem> = {}): MissionItem => ({
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

export const positioned = (
  command: number,
  place: LonLat,
  z: number,
  fields: Partial<MissionItem> = {},
): MissionItem =>
  item(command, { x: Math.round(place.latDeg * 1e7), y: Math.round(place.lonDeg * 1e7), z, ...fields });

export const waypoint = (
  eastM: number,
  northM: number,
  z: number,
  fields: Partial<MissionItem> = {},
): MissionItem => positioned(16, placeAt(eastM, northM), z, fields);

export const takeOff = (z: number, fields: Partial<MissionItem> = {}): MissionItem =>
  item(22, { z, ...fields });
export const goHome = (): MissionItem => item(20, { frame: 2 });
export const speed = (mps: number): MissionItem =>
  item(178, { frame: 2, param1: 1, param2: mps, param3: -1 });

export const fencePolygon = (
  command: number,
  corners: readonly (readonly [number, number])[],
): MissionItem[] =>
  corners.map(([e, n]) => positioned(command, placeAt(e, n), 0, { frame: 0, param1: corners.length }));

export const fenceCircle = (command: number, eastM: number, northM: number, radiusM: number): MissionItem =>
  positioned(command, placeAt(eastM, northM), 0, { frame: 0, param1: radiusM });

export const box = (west: number, south: number, width: number, height: number): [number, number][] => [
  [west, south],
  [west + width, south],
  [west + width, south + height],
  [west, south + height],
];

export const zone = (
  kind: AirspaceZone['kind'],
  outline: readonly (readonly [number, number])[],
  fields: Partial<AirspaceZone> = {},
): AirspaceZone => ({
  zoneId: kind,
  kind,
  name: `test ${kind}`,
  geometry: polygonOf(outline),
  floorM: null,
  ceilingM: null,
  datum: 'above-home',
  activeFromMs: null,
  activeToMs: null,
  ...fields,
});

const HEIGHT_M = 60;
/** What the sample camera sees from there, less 10 %. */
export const SWATH_M = 2 * HEIGHT_M * Math.tan(Math.PI / 6) * 0.9;
export const START_MS = 1_800_000_000_000;

const common = {
  autopilot: 'ardupilot',
  vehicleClass: 'copter',
  profile: SAMPLE_PROFILE,
  startMs: START_MS,
  elevation: null,
  wind: null,
  batteryFraction: 1,
  otherPlans: [],
  zones: [],
  area: null,
} as const;

/** Covers the L with fence, rally, zones of each kind beside the way, and another flight far away. */
function coverage(): VerifyMissionInput {
  const geometry = SYNTHETIC.L;
  if (geometry === undefined) throw new Error('the L is gone');
  const home = placeAt(-40, -30);
  const path = planCoverage(geometry, { swathWidthM: SWATH_M, start: home });
  const waypoints = path.points.map((p) => positioned(16, p, HEIGHT_M));
  return {
    ...common,
    home: { position: home, elevationAmslM: 150 },
    plan: {
      items: [takeOff(HEIGHT_M), speed(10), ...waypoints, goHome()],
      fence: [...fencePolygon(5001, box(-200, -200, 900, 900)), fenceCircle(5004, 420, 420, 60)],
      rally: [positioned(5100, placeAt(300, -60), 20)],
    },
    area: { geometry, ranges: null, swathWidthM: SWATH_M },
    zones: [
      zone('no-fly', box(250, 250, 80, 80)),
      zone('altitude', box(-150, -150, 800, 800), { floorM: 30, ceilingM: 90 }),
      zone('privacy', box(330, 200, 40, 40)),
    ],
  };
}

/** Round a square, twice (DO_JUMP), camera outwards. */
function perimeter(): VerifyMissionInput {
  const corners = box(20, 20, 260, 260);
  return {
    ...common,
    home: { position: placeAt(0, 0), elevationAmslM: null },
    plan: {
      items: [
        takeOff(40),
        speed(8),
        item(1000, { frame: 2, param1: -20, param2: 90, param3: Number.NaN, param4: Number.NaN }),
        ...[...corners, ...corners.slice(0, 1)].map(([e, n]) => waypoint(e, n, 40)),
        item(177, { frame: 2, param1: 5, param2: 1 }),
        goHome(),
      ],
      fence: [fenceCircle(5003, 150, 150, 260)],
      rally: [],
    },
    area: { geometry: polygonOf(box(0, 0, 300, 300)), ranges: null, swathWidthM: null },
    zones: [zone('no-fly', box(100, 100, 100, 100), { floorM: 0, ceilingM: 200 })],
  };
}

/** Along a street with dwell, turns of the nose, a spline, a place that is looked at, and a landing elsewhere. */
function corridor(): VerifyMissionInput {
  return {
    ...common,
    home: { position: placeAt(0, 0), elevationAmslM: 200 },
    wind: { fromDeg: 270, speedMps: 4 },
    plan: {
      items: [
        takeOff(50),
        speed(9),
        waypoint(100, 0, 50, { param1: 5 }),
        item(115, { frame: 2, param1: 90 }),
        positioned(19, placeAt(400, 60), 50, { param1: 20 }),
        positioned(82, placeAt(700, 0), 55),
        positioned(195, placeAt(850, 120), 0),
        waypoint(1000, 80, 250 + 10, { frame: 0 }),
        item(197, { frame: 2 }),
        positioned(18, placeAt(1100, 80), 60, { param1: 2, param3: 30 }),
        positioned(21, placeAt(1150, 0), 0),
      ],
      fence: [],
      rally: [],
    },
    zones: [
      zone('no-fly', box(500, -400, 150, 200)),
      zone('privacy', box(300, -40, 60, 100)),
      // Below the flight, and over before it begins.
      zone('no-fly', box(850, 0, 100, 100), { ceilingM: 30 }),
      zone('no-fly', box(150, -50, 100, 100), { activeToMs: START_MS - 1 }),
    ],
  };
}

/** Rolling hills of ±40 m, 600 m from crest to crest. */
export const HILLS: ElevationModel = {
  spacingM: 20,
  elevationAmslM: (lonDeg, latDeg) => {
    const east = ((lonDeg - SHAPE_FRAME.origin.lonDeg) * SHAPE_FRAME.mmPerLonDeg) / 1000;
    const north = ((latDeg - SHAPE_FRAME.origin.latDeg) * SHAPE_FRAME.mmPerLatDeg) / 1000;
    return 300 + 40 * Math.sin((2 * Math.PI * east) / 600) * Math.cos((2 * Math.PI * north) / 900);
  },
};

/** Over hills, heights above terrain. */
function terrain(): VerifyMissionInput {
  const points: readonly [number, number][] = [
    [150, 0],
    [450, 40],
    [700, 200],
    [450, 420],
    [100, 300],
  ];
  return {
    ...common,
    home: { position: placeAt(0, 0), elevationAmslM: null },
    elevation: HILLS,
    plan: {
      items: [
        takeOff(70),
        speed(10),
        ...points.map(([e, n]) => waypoint(e, n, 70, { frame: 10 })),
        waypoint(0, 0, 70, { frame: 11 }),
        goHome(),
      ],
      fence: fencePolygon(5001, box(-100, -100, 1000, 700)),
      rally: [],
    },
    zones: [
      zone('no-fly', box(250, -20, 100, 80), { datum: 'above-terrain', ceilingM: 50 }),
      zone('no-fly', box(500, 150, 80, 300), { datum: 'amsl', floorM: 450 }),
    ],
  };
}

/** PX4's forms: _INT frames, take-off with a place, NaN for yaw, its higher return. */
function px4(): VerifyMissionInput {
  const mission = coverage();
  const items = mission.plan.items.map((it) => {
    if (it.command === 22) {
      return positioned(22, mission.home.position, it.z, { frame: 6, param4: Number.NaN });
    }
    return it.command === 16 ? { ...it, frame: 6, param4: Number.NaN } : it;
  });
  const camera = [
    item(1000, { frame: 2, param1: -90 }),
    item(206, { frame: 2, param1: 20 }),
    ...items.slice(2, -1),
    item(206, { frame: 2 }),
  ];
  return {
    ...mission,
    autopilot: 'px4',
    plan: {
      ...mission.plan,
      items: [...items.slice(0, 2), ...camera, ...items.slice(-1)],
      fence: mission.plan.fence.map((it) => ({ ...it, frame: 5 })),
    },
  };
}

/** Made once: planning is slower than everything that is done to the plans. */
const once = (make: () => VerifyMissionInput): (() => VerifyMissionInput) => {
  let made: VerifyMissionInput | null = null;
  return () => {
    made ??= make();
    return made;
  };
};

export const BASE_PLANS = {
  coverage: once(coverage),
  perimeter: once(perimeter),
  corridor: once(corridor),
  terrain: once(terrain),
  px4: once(px4),
} as const;
export type BaseName = keyof typeof BASE_PLANS;
export const BASE_NAMES = Object.keys(BASE_PLANS) as readonly BaseName[];

/** Metres east and north of the shapes' origin. */
export function metresOf(it: MissionItem): readonly [number, number] {
  const p = lonLatToMm(SHAPE_FRAME, { lonDeg: it.y / 1e7, latDeg: it.x / 1e7 });
  return [p.x / 1000, p.y / 1000];
}
