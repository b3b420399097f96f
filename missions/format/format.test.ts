import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildSortieItems } from '../fleet/items.ts';
import { MAV_CMD, MAV_FRAME, type MissionItem, type MissionPlan } from '../mission-item.ts';
import { sortItems } from './format-result.ts';
import { readQgcPlan, toQgcPlan, toQgcPlanText } from './qgc-plan.ts';
import { escapeXml, routeToGeoJson, routeToKml, trackToGeoJson, trackToKml } from './track.ts';
import { readWaypoints, toWaypoints } from './waypoints.ts';

const home = { lonDeg: 110.29, latDeg: 25.28, altitudeAmslM: 150 };
const points = [
  { lonDeg: 110.2901234, latDeg: 25.2801234 },
  { lonDeg: 110.2911234, latDeg: 25.2801234 },
  { lonDeg: 110.2911234, latDeg: 25.2811234 },
];
const fenceItem = (command: number, param1: number, x: number, y: number): MissionItem => ({
  frame: MAV_FRAME.GLOBAL,
  command,
  param1,
  param2: 0,
  param3: 0,
  param4: 0,
  x,
  y,
  z: 0,
});
const plan: MissionPlan = {
  items: buildSortieItems(points, 60, 10).items,
  fence: [
    fenceItem(5001, 3, 252_800_000, 1_102_900_000),
    fenceItem(5001, 3, 252_900_000, 1_102_900_000),
    fenceItem(5001, 3, 252_900_000, 1_103_000_000),
    fenceItem(5004, 80, 252_850_000, 1_102_950_000),
  ],
  rally: [{ ...fenceItem(5100, 0, 252_810_000, 1_102_910_000), frame: MAV_FRAME.GLOBAL_RELATIVE_ALT, z: 60 }],
};
const track = {
  name: 'Flight 7 <B&W> "晴岚"',
  points: [
    { lonDeg: 110.29, latDeg: 25.28, altitudeAmslM: 150, atMs: Date.UTC(2026, 10, 24, 8, 0, 0) },
    {
      lonDeg: 110.2900001,
      latDeg: 25.28,
      altitudeAmslM: 160.256,
      atMs: Date.UTC(2026, 10, 24, 8, 0, 0, 200),
    },
    { lonDeg: -0.00000004, latDeg: 0, altitudeAmslM: -3, atMs: Date.UTC(2026, 10, 24, 8, 0, 1) },
  ],
};
const route = { name: 'Route', points, relativeAltitudeM: 60 };

/** Compares with a golden file; `REGEN=1` writes it instead. */
function golden(name: string, text: string): void {
  const file = new URL(`./golden/${name}`, import.meta.url);
  if (process.env.REGEN === '1') writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
}

describe('golden files', () => {
  it.each([
    ['sortie.plan', () => toQgcPlanText(plan, { home, cruiseSpeedMps: 10 })],
    ['sortie.waypoints', () => toWaypoints(plan, { home })],
    ['track.kml', () => trackToKml(track)],
    ['route.kml', () => routeToKml(route)],
    ['track.geojson', () => `${JSON.stringify(trackToGeoJson(track), null, 2)}\n`],
    ['route.geojson', () => `${JSON.stringify(routeToGeoJson(route), null, 2)}\n`],
  ])('%s', (name, make) => golden(name, make()));
});

const number = fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => n / 64);
const item: fc.Arbitrary<MissionItem> = fc
  .record({
    frame: fc.constantFrom(0, 2, 3, 5, 6, 10),
    command: fc.integer({ min: 1, max: 6000 }),
    param1: number,
    param2: number,
    param3: number,
    param4: number,
    x: fc.integer({ min: -900_000_000, max: 900_000_000 }),
    y: fc.integer({ min: -1_800_000_000, max: 1_800_000_000 }),
    z: number,
  })
  .map((i) => i);

describe('the QGroundControl plan file', () => {
  it('comes back as it went out, for any items', () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 30 }), (items) => {
        const text = toQgcPlanText(
          { items, fence: plan.fence, rally: plan.rally },
          { home, cruiseSpeedMps: 8 },
        );
        const read = readQgcPlan(text);
        if (read.kind !== 'ok') throw new Error(read.message);
        expect(read.plan).toEqual({ items, fence: plan.fence, rally: plan.rally });
        expect(read).toMatchObject({ home, firmwareType: 3, vehicleType: 2, cruiseSpeedMps: 8 });
        // Random jumps lead nowhere; that is all there is to say.
        expect(read.issues.filter((issue) => issue.code !== 'format.unknown-jump')).toEqual([]);
      }),
    );
  });

  it('writes NaN as null and numbers its items from 1', () => {
    const first = { ...(plan.items[0] as MissionItem), param4: Number.NaN };
    const file = toQgcPlan({ ...plan, items: [first] }, { home, cruiseSpeedMps: 8, firmwareType: 12 });
    expect(file).toMatchObject({
      fileType: 'Plan',
      version: 1,
      mission: {
        version: 2,
        firmwareType: 12,
        items: [{ type: 'SimpleItem', doJumpId: 1, autoContinue: true, params: [0, 0, 0, null, 0, 0, 60] }],
      },
    });
  });

  it('reads the waypoints that a survey carries', () => {
    const simple = {
      type: 'SimpleItem',
      command: 16,
      frame: 3,
      params: [0, 0, 0, null, 25.1, 110.1, 50],
      autoContinue: true,
    };
    const file = {
      fileType: 'Plan',
      mission: {
        items: [
          {
            type: 'ComplexItem',
            complexItemType: 'survey',
            TransectStyleComplexItem: { Items: [simple, simple] },
          },
        ],
      },
    };
    expect(readQgcPlan(file)).toMatchObject({
      kind: 'ok',
      home: null,
      plan: { items: [{ x: 251_000_000 }, { y: 1_101_000_000 }] },
    });
  });

  it.each([
    ['{"fileType": "Plan"', 'format.not-json'],
    ['[]', 'format.not-a-plan'],
    ['{"fileType": "Mission", "mission": {"items": []}}', 'format.not-a-plan'],
    ['{"fileType": "Plan", "mission": {"items": [7]}}', 'format.bad-item'],
    [
      '{"fileType": "Plan", "mission": {"items": [{"command": 16, "frame": 3, "params": [1, 2]}]}}',
      'format.bad-item',
    ],
    [
      '{"fileType": "Plan", "mission": {"items": [{"command": 16, "frame": 3, "params": [0, 0, 0, 0, "a", 0, 0]}]}}',
      'format.bad-item',
    ],
    [
      '{"fileType": "Plan", "mission": {"items": [{"type": "ComplexItem", "complexItemType": "x"}]}}',
      'format.complex-item',
    ],
  ])('refuses %s', (text, code) => {
    expect(readQgcPlan(text)).toMatchObject({ kind: 'error', code });
  });
});

describe('the plain-text waypoint file', () => {
  it('comes back as it went out, for any items', () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 30 }), (items) => {
        const read = readWaypoints(toWaypoints({ items, fence: [], rally: [] }, { home }));
        expect(read).toMatchObject({ kind: 'ok', home, issues: [] });
        if (read.kind === 'ok') expect(read.plan).toEqual(sortItems(items));
      }),
    );
  });

  it('reads a file of another ground station: CRLF, spaces, a comment', () => {
    const text =
      'QGC WPL 110\r\n# by hand\r\n0 1 0 16 0 0 0 0 48.1351 11.582 120 1\r\n1  0  3 22 15 0 0 nan 0 0 30 1\r\n\r\n';
    expect(readWaypoints(text)).toMatchObject({
      kind: 'ok',
      home: { latDeg: 48.1351, lonDeg: 11.582, altitudeAmslM: 120 },
      plan: { items: [{ frame: 3, command: MAV_CMD.NAV_TAKEOFF, param1: 15, param4: 0, z: 30 }] },
    });
  });

  it.each([
    ['', 'format.not-waypoints', 1],
    ['QGC WPL 90\n', 'format.not-waypoints', 1],
    ['QGC WPL 110\n0\t1\t0\t16\n', 'format.bad-row', 2],
    ['QGC WPL 110\n\n0\t1\t0\t16\tx\t0\t0\t0\t1\t1\t1\t1\n', 'format.bad-row', 3],
  ])('refuses %j and names the line', (text, code, line) => {
    expect(readWaypoints(text)).toMatchObject({ kind: 'error', code, details: { line } });
  });
});

describe('KML and GeoJSON', () => {
  it('escape what XML reserves and leave out what it forbids', () => {
    expect(escapeXml(`a<b>&"c'\u0000\u000b\ud800é网`)).toBe('a&lt;b&gt;&amp;&quot;c&apos;é网');
  });

  it('give as many times as positions', () => {
    const kml = trackToKml(track);
    expect(kml.match(/<when>/g)).toHaveLength(3);
    expect(kml.match(/<gx:coord>/g)).toHaveLength(3);
    expect(kml).not.toMatch(/\d[eE][-+]?\d/);
  });

  it('have no line of one point', () => {
    expect(trackToGeoJson({ ...track, points: track.points.slice(0, 1) }).geometry?.type).toBe('Point');
    expect(trackToGeoJson({ ...track, points: [] }).geometry).toBeNull();
  });
});
