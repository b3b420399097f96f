import { readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { gpx, kml as kmlToGeoJson } from '@tmcw/togeojson';
import { DOMParser } from '@xmldom/xmldom';
import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { buildSortieItems } from '../fleet/items.ts';
import type { MissionItem } from '../mission-item.ts';
import { type MissionFile, type MissionFileResult, missionFile } from './format-result.ts';
import { FORMAT_ISSUE_CODES } from './issues.ts';
import { readMissionFile, type WritableFormat, writeMissionFile } from './mission-file.ts';

const RUNS = Number(process.env.FORMAT_RUNS ?? 60);
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (text: string): MissionFileResult => readMissionFile('file', bytesOf(text));
const FORMATS: readonly WritableFormat[] = [
  'qgc-plan',
  'waypoints',
  'waypoints-fence',
  'waypoints-rally',
  'kml',
  'gpx',
  'geojson',
];

const home = { lonDeg: 110.29, latDeg: 25.28, altitudeAmslM: 150 };
const item = (command: number, values: Partial<MissionItem> = {}): MissionItem => ({
  frame: 0,
  command,
  param1: 0,
  param2: 0,
  param3: 0,
  param4: 0,
  x: 252_800_000,
  y: 1_102_900_000,
  z: 0,
  ...values,
});
const sample: MissionFile = missionFile({
  name: 'Patrol <7> 晴岚',
  home,
  firmwareType: 12,
  vehicleType: 2,
  cruiseSpeedMps: 12,
  hoverSpeedMps: 9.5,
  plan: {
    items: [
      ...buildSortieItems(
        [
          { lonDeg: 110.2901234, latDeg: 25.2801234 },
          { lonDeg: 110.2911234, latDeg: 25.2801234 },
        ],
        60,
        10,
      ).items,
    ],
    fence: [
      item(5001, { param1: 3 }),
      item(5001, { param1: 3, x: 252_900_000 }),
      item(5001, { param1: 3, y: 1_103_000_000 }),
      item(5004, { param1: 80.5 }),
      item(5000, { frame: 3, z: 40 }),
    ],
    rally: [item(5100, { frame: 3, z: 60 })],
  },
  areas: [
    {
      name: 'Old town',
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [110.29, 25.28],
            [110.3, 25.28],
            [110.3, 25.29],
            [110.29, 25.28],
          ],
        ],
      },
    },
  ],
});
const textOf = (format: WritableFormat, file: MissionFile): string => {
  const written = writeMissionFile(format, file);
  if (written.kind !== 'ok') throw new Error(written.message);
  return written.text;
};
const lossesOf = (format: WritableFormat, file: MissionFile): string[] => {
  const written = writeMissionFile(format, file);
  if (written.kind !== 'ok') throw new Error(written.message);
  return written.issues.map((issue) => `${issue.details.what} ${issue.details.count}`);
};

function golden(name: string, text: string): void {
  const file = new URL(`./golden/${name}`, import.meta.url);
  if (process.env.REGEN === '1') writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
}

describe('one mission in every format', () => {
  it.each([
    ['mission.plan', 'qgc-plan'],
    ['mission.waypoints', 'waypoints'],
    ['fence.waypoints', 'waypoints-fence'],
    ['rally.waypoints', 'waypoints-rally'],
    ['mission.kml', 'kml'],
    ['mission.gpx', 'gpx'],
    ['mission.geojson', 'geojson'],
  ] as const)('%s', (name, format) => golden(name, textOf(format, sample)));

  it.each<[WritableFormat, string[]]>([
    ['geojson', []],
    ['kml', []],
    ['qgc-plan', ['name 1', 'areas 1']],
    ['waypoints', ['name 1', 'areas 1', 'vehicle 1', 'speeds 1', 'fence 5', 'rally 1']],
    ['waypoints-fence', ['name 1', 'areas 1', 'vehicle 1', 'speeds 1', 'items 5', 'rally 1']],
    ['waypoints-rally', ['name 1', 'areas 1', 'vehicle 1', 'speeds 1', 'items 5', 'fence 5']],
    ['gpx', ['commands 3', 'height-datum 3', 'fence 5', 'areas 1', 'vehicle 1', 'speeds 1']],
  ])('%s tells what it has no room for', (format, losses) => {
    expect(lossesOf(format, sample)).toEqual(losses);
  });

  it('says which format it was', () => {
    for (const format of FORMATS) {
      expect(read(textOf(format, sample)), format).toMatchObject({ kind: 'ok', format, issues: [] });
    }
  });

  it('tells that a plan file puts polygons before circles', () => {
    const fence = [...sample.plan.fence.slice(3, 4), ...sample.plan.fence.slice(0, 3)];
    const file = missionFile({ plan: { items: [], fence, rally: [] } });
    expect(lossesOf('qgc-plan', file)).toEqual(['fence-order 1']);
    expect(lossesOf('geojson', file)).toEqual([]);
  });

  it('is refused when a number is none', () => {
    const broken = missionFile({ plan: { items: [item(16, { z: Number.NaN })], fence: [], rally: [] } });
    for (const format of FORMATS) {
      expect(writeMissionFile(format, broken)).toMatchObject({
        code: 'format.bad-item',
        details: { item: 0, field: 'z' },
      });
    }
  });
});

const real = fc.oneof(
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => n / 64),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }).map((n) => Math.fround(n) + 0),
);
const anyItem = (commands: fc.Arbitrary<number>): fc.Arbitrary<MissionItem> =>
  fc.record({
    frame: fc.constantFrom(0, 2, 3, 5, 6, 10),
    command: commands,
    param1: real,
    param2: real,
    param3: real,
    param4: real,
    x: fc.integer({ min: -900_000_000, max: 900_000_000 }),
    y: fc.integer({ min: -1_800_000_000, max: 1_800_000_000 }),
    z: real,
  });
/** No jumps: their targets are numbers of items, which have a test of their own. */
const missionCommands = fc.oneof(
  fc.constant(16),
  fc.integer({ min: 1, max: 4900 }).filter((command) => command !== 177),
);
const name = fc.oneof(fc.constant(null), fc.string(), fc.string({ unit: 'binary' }));
/** A tenth of a millimetre: closer than that KML, which knows no exponents, would round. */
const degrees = (limit: number) => fc.integer({ min: -limit * 1e9, max: limit * 1e9 }).map((n) => n / 1e9);
const ring = fc
  .array(fc.tuple(degrees(180), degrees(90)), { minLength: 3, maxLength: 6 })
  .map((points) => [...points, points[0] ?? [0, 0]].map(([lon, lat]) => [lon, lat]));
const anyFile: fc.Arbitrary<MissionFile> = fc.record({
  plan: fc.record({
    items: fc.array(anyItem(missionCommands), { maxLength: 12 }),
    fence: fc.array(anyItem(fc.integer({ min: 5000, max: 5004 })), { maxLength: 8 }),
    rally: fc.array(anyItem(fc.constant(5100)), { maxLength: 3 }),
  }),
  home: fc.option(
    fc.record({
      lonDeg: fc.double({ noNaN: true, min: -180, max: 180 }).map((n) => n + 0),
      latDeg: fc.double({ noNaN: true, min: -90, max: 90 }).map((n) => n + 0),
      altitudeAmslM: real,
    }),
    { nil: null },
  ),
  name,
  firmwareType: fc.constantFrom(null, 3, 12, 0),
  vehicleType: fc.option(fc.nat(40), { nil: null }),
  cruiseSpeedMps: fc.option(real, { nil: null }),
  hoverSpeedMps: fc.option(real, { nil: null }),
  areas: fc.array(
    fc.record({
      name,
      geometry: fc.record({
        type: fc.constant('Polygon' as const),
        coordinates: fc.array(ring, { minLength: 1, maxLength: 2 }),
      }),
    }),
    { maxLength: 2 },
  ),
});

/** What must come back of a file in a format: all of it, less what was told to be lost. */
function expected(
  format: WritableFormat,
  file: MissionFile,
  lost: ReadonlySet<string>,
): Partial<MissionFile> {
  const has = <T>(what: string, value: T): T | undefined => (lost.has(what) ? undefined : value);
  const { items, fence, rally } = file.plan;
  const speeds = has('speeds', { cruiseSpeedMps: file.cruiseSpeedMps, hoverSpeedMps: file.hoverSpeedMps });
  const vehicle = has('vehicle', { firmwareType: file.firmwareType, vehicleType: file.vehicleType });
  const keepsFence = !['fence', 'fence-broken', 'fence-return', 'fence-parameters', 'fence-order'].some((w) =>
    lost.has(w),
  );
  const keepsRally = !['rally', 'rally-parameters'].some((w) => lost.has(w));
  const isGpx = format === 'gpx';
  return {
    ...(isGpx || lost.has('characters') || lost.has('name') ? {} : { name: file.name }),
    ...(lost.has('areas') || lost.has('characters') ? {} : { areas: file.areas }),
    // A plan file must state these; where they are not known it has QGroundControl's own.
    ...(format === 'qgc-plan' ? {} : { ...speeds, ...vehicle }),
    home: file.home,
    plan: {
      items: isGpx || lost.has('items') ? [] : items,
      fence: keepsFence && !isGpx ? fence : [],
      rally: keepsRally && !isGpx ? rally : [],
    },
  };
}

describe('any mission', () => {
  it.each(FORMATS)('comes back from %s, less what was told', (format) => {
    fc.assert(
      fc.property(anyFile, (generated) => {
        // fast-check makes some objects without a prototype, which nothing read from a file has.
        const file = JSON.parse(JSON.stringify(generated)) as MissionFile;
        const written = writeMissionFile(format, file);
        if (written.kind !== 'ok') throw new Error(written.message);
        const lost = new Set(written.issues.map((issue) => String(issue.details.what)));
        const back = read(written.text);
        if (back.kind !== 'ok') {
          // A GPX file without a single place says that it is empty.
          if (format === 'gpx' && back.code === 'format.empty') return;
          throw new Error(`${back.message}\n${written.text}`);
        }
        const want = expected(format, file, lost);
        const got = Object.fromEntries(Object.keys(want).map((key) => [key, back[key as keyof MissionFile]]));
        if (format === 'gpx') {
          checkGpx(file, back, lost);
          return;
        }
        if (want.plan?.fence.length === 0 && file.plan.fence.length > 0)
          got.plan = { ...back.plan, fence: [] };
        if (want.plan?.rally.length === 0 && file.plan.rally.length > 0) {
          got.plan = { ...(got.plan as MissionFile['plan']), rally: [] };
        }
        // As text: printing the difference of every smaller case would take minutes.
        if (isDeepStrictEqual(got, want)) return;
        throw new Error(`${JSON.stringify(want)}\n came back as\n${JSON.stringify(got)}`);
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
  });

  /** Of GPX: the places, and heights where they were above sea level. */
  function checkGpx(file: MissionFile, back: MissionFile, lost: ReadonlySet<string>): void {
    const places = file.plan.items.filter(
      (i) => i.command === 16 && i.frame !== 2 && (i.x !== 0 || i.y !== 0),
    );
    const xy = (items: readonly MissionItem[]) => items.map((i) => `${i.x} ${i.y}`).join();
    if (xy(places) !== xy(back.plan.items))
      throw new Error(`${xy(places)} came back as ${xy(back.plan.items)}`);
    if (xy(file.plan.rally) !== xy(back.plan.rally)) throw new Error('rally points differ');
    if (JSON.stringify(file.home) !== JSON.stringify(back.home)) throw new Error('home differs');
    if (lost.has('heights') || lost.has('height-datum')) return;
    const heights = (items: readonly MissionItem[]) => items.map((i) => i.z).join();
    if (heights(places) !== heights(back.plan.items)) throw new Error('heights differ');
  }
});

describe('any bytes', () => {
  const seeds = FORMATS.map((format) => bytesOf(textOf(format, sample)));
  const check = (bytes: Uint8Array): void => {
    const result = readMissionFile('x', bytes);
    const codes = result.kind === 'ok' ? result.issues.map((issue) => issue.code) : [result.code];
    for (const code of codes) if (!(code in FORMAT_ISSUE_CODES)) throw new Error(code);
    if (result.kind !== 'ok') return;
    const { items, fence, rally } = result.plan;
    for (const i of [...items, ...fence, ...rally]) {
      if (!Object.values(i).every(Number.isFinite)) throw new Error(JSON.stringify(i));
    }
  };

  it('never throw and never give a number that is none', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), check), { numRuns: RUNS * 5 });
  });

  it('nor does a real file with a few of its bytes changed, cut out or doubled', () => {
    const change = fc.record({
      at: fc.nat(),
      kind: fc.constantFrom('set', 'cut', 'double'),
      value: fc.oneof(fc.constantFrom(...bytesOf('{}[]<>/",:-.0e\n\t ')), fc.nat(255)),
      length: fc.nat(40),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...seeds),
        fc.array(change, { minLength: 1, maxLength: 6 }),
        (seed, changes) => {
          let bytes = seed;
          for (const { at, kind, value, length } of changes) {
            const i = at % bytes.length;
            const part = bytes.slice(i, i + length);
            const middle = kind === 'set' ? [value] : kind === 'cut' ? [] : [...part, ...part];
            const skip = kind === 'set' ? 1 : part.length;
            bytes = Uint8Array.from([...bytes.slice(0, i), ...middle, ...bytes.slice(i + skip)]);
            if (bytes.length === 0) break;
          }
          check(bytes);
        },
      ),
      { numRuns: RUNS * 5 },
    );
  });

  it('nor does an object that cannot be turned into text', () => {
    // Found by the property below: JSON may name any key, also `toString`.
    const odd = { toString: 0 };
    check(
      bytesOf(
        JSON.stringify({
          fileType: 'Plan',
          mission: { items: [{ type: 'ComplexItem', complexItemType: odd }] },
        }),
      ),
    );
    check(bytesOf(JSON.stringify({ type: 'FeatureCollection', features: [[odd]] })));
  });

  it('nor does any JSON in the places of a plan', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue(), fc.jsonValue(), (a, b, c) => {
        check(
          bytesOf(
            JSON.stringify({
              fileType: 'Plan',
              mission: { items: [a], plannedHomePosition: b },
              geoFence: c,
            }),
          ),
        );
        check(
          bytesOf(
            JSON.stringify({
              fileType: 'Plan',
              mission: a,
              geoFence: { polygons: [b], circles: c, breachReturn: a },
            }),
          ),
        );
        check(
          bytesOf(
            JSON.stringify({
              type: 'FeatureCollection',
              features: [a, { type: 'Feature', geometry: b, properties: c }],
            }),
          ),
        );
        check(
          bytesOf(
            JSON.stringify({
              type: 'Feature',
              geometry: { type: 'Polygon', coordinates: a },
              properties: { airgrid: 'items', frame: b },
            }),
          ),
        );
      }),
      { numRuns: RUNS * 2 },
    );
  });
});

describe('other programs', () => {
  const positions = (features: readonly { geometry: unknown }[]): unknown[] =>
    features.flatMap(({ geometry }) => {
      const { type, coordinates } = (geometry ?? {}) as { type?: string; coordinates?: unknown };
      return type === 'LineString' ? [coordinates] : [];
    });

  it('see the way of a mission in KML and GPX where it is', () => {
    const parse = (format: WritableFormat) =>
      new DOMParser().parseFromString(textOf(format, sample), 'text/xml');
    expect(positions(kmlToGeoJson(parse('kml')).features)).toEqual([
      [
        [110.2901234, 25.2801234, 60],
        [110.2911234, 25.2801234, 60],
      ],
    ]);
    expect(positions(gpx(parse('gpx')).features)).toEqual([
      [
        [110.2901234, 25.2801234, 210],
        [110.2911234, 25.2801234, 210],
      ],
    ]);
  });

  it('may move a point on their map: it is read where it is drawn, and told', () => {
    const moved = JSON.parse(textOf('geojson', sample)) as {
      features: { properties: { command?: number }; geometry: { coordinates: number[] } }[];
    };
    const waypoint = moved.features.find((f) => f.properties.command === 16);
    if (waypoint === undefined) throw new Error('no waypoint');
    waypoint.geometry.coordinates = [110.5, 25.5];
    const result = read(JSON.stringify(moved));
    expect(result).toMatchObject({ kind: 'ok', issues: [{ code: 'format.moved-point' }] });
    if (result.kind === 'ok')
      expect(result.plan.items[2]).toMatchObject({ x: 255_000_000, y: 1_105_000_000, z: 60 });
  });
});

describe('files of other programs', () => {
  const problems = (text: string): unknown[] => {
    const result = read(text);
    return result.kind === 'ok' ? result.issues.map((issue) => issue.code) : [result.code, result.details];
  };

  it('Mission Planner: CRLF, decimals, a fence in the same format', () => {
    const text = [
      'QGC WPL 110',
      '0\t1\t0\t16\t0\t0\t0\t0\t-35.3632620\t149.1652370\t584.090000\t1',
      '1\t0\t3\t5001\t4.00000000\t0.00000000\t0.00000000\t0.00000000\t-35.36130000\t149.16150000\t100.000000\t1',
      '2\t0\t3\t5100\t0.00000000\t0.00000000\t0.00000000\t0.00000000\t-35.36130000\t149.16150000\t100.000000\t1',
      '',
    ].join('\r\n');
    expect(read(text)).toMatchObject({
      kind: 'ok',
      home: { altitudeAmslM: 584.09 },
      plan: { items: [], fence: [{ x: -353_613_000, param1: 4 }], rally: [{ z: 100 }] },
      issues: [],
    });
  });

  it('Mission Planner without a home, MAVProxy that begins with 1, commas, no autocontinue field', () => {
    expect(
      read('QGC WPL 110\n0\t1\t0\t0\t0\t0\t0\t0\t0\t0\t0\t1\n1\t0\t3\t22\t0\t0\t0\t0\t0\t0\t30\t1\n'),
    ).toMatchObject({
      home: null,
      plan: { items: [{ command: 22 }] },
      issues: [],
    });
    expect(read('QGC WPL 110\n1,0,3,16,0,0,0,0,25.1,110.1,30\n')).toMatchObject({
      home: null,
      plan: { items: [{ command: 16, z: 30 }] },
      issues: [],
    });
  });

  it('a waypoint file that begins with the take-off keeps it', () => {
    expect(
      read('QGC WPL 110\n0\t1\t3\t22\t0\t0\t0\t0\t25\t110\t30\t1\n1\t0\t3\t16\t0\t0\t0\t0\t25\t110\t30\t1\n'),
    ).toMatchObject({
      home: null,
      plan: { items: [{ command: 22 }, { command: 16 }] },
    });
  });

  it.each<[string, string, unknown]>([
    [
      'a field that is no number',
      'QGC WPL 110\n0 1 0 16 0 0 0 0 1 1 1 1\n1 0 3 16 0 x 0 0 1 1 1 1',
      { line: 3, field: 'param2' },
    ],
    ['a row that is too short', 'QGC WPL 110\n1 0 3 16 0 0 0 0 1 1', { line: 2, field: 'altitude' }],
    ['a latitude beyond the pole', 'QGC WPL 110\n1 0 3 16 0 0 0 0 91 1 1 1', { line: 2, field: 'latitude' }],
    ['a frame that is no frame', 'QGC WPL 110\n1 0 3.5 16 0 0 0 0 9 1 1 1', { line: 2, field: 'frame' }],
  ])('%s is named', (_, text, details) => {
    expect(read(text)).toMatchObject({ kind: 'error', code: 'format.bad-row', details });
  });

  it('tell what a row says that is not done', () => {
    expect(problems('QGC WPL 110\n1 0 3 16 0 0 0 0 1 1 1 0\n5 0 3 16 0 0 0 0 1 1 1 1')).toEqual([
      'format.no-auto-continue',
      'format.row-order',
    ]);
  });

  it('ArduPilot’s fence and rally lists', () => {
    const fence =
      '#saved by APM\n-35.36\t149.16\n-35.35 149.15\n-35.35 149.17\n-35.37 149.17\n-35.35 149.15\n';
    expect(read(fence)).toMatchObject({
      kind: 'ok',
      format: 'fence-points',
      plan: {
        fence: [
          { command: 5000 },
          { command: 5001, param1: 3 },
          { command: 5001 },
          { command: 5001, x: -353_700_000 },
        ],
      },
    });
    const rally =
      'RALLY 40.071553\t-105.229401\t0.000000\t40.000000\t0.000000\t0\nRALLY 40.07 -105.2 30 0 0 0\n';
    expect(read(rally)).toMatchObject({
      format: 'rally-points',
      plan: {
        rally: [
          { command: 5100, frame: 3, z: 0 },
          { x: 400_700_000, z: 30 },
        ],
      },
      issues: [{ code: 'format.left-out' }],
    });
    expect(problems('RALLY 95 10 3 0 0 0')).toEqual(['format.bad-row', { line: 1, field: 'latitude' }]);
  });

  const plan = (mission: Record<string, unknown>, rest: Record<string, unknown> = {}): string =>
    JSON.stringify({ fileType: 'Plan', version: 1, mission: { items: [], ...mission }, ...rest });
  const simple = (command: number, values: Record<string, unknown> = {}) => ({
    type: 'SimpleItem',
    command,
    frame: 3,
    autoContinue: true,
    params: [0, 0, 0, null, 25.1, 110.1, 50],
    ...values,
  });

  it('QGroundControl: survey, corridor and structure by the items that they carry', () => {
    const complex = ['survey', 'CorridorScan', 'StructureScan'].map((complexItemType) => ({
      type: 'ComplexItem',
      complexItemType,
      TransectStyleComplexItem: {
        Items: [simple(16), simple(206, { frame: 2, params: [25, 0, 1, 0, 0, 0, 0] })],
      },
    }));
    const result = read(plan({ items: [simple(22), ...complex] }));
    expect(result).toMatchObject({ kind: 'ok', plan: { items: { length: 7 } } });
    expect(problems(plan({ items: complex }))).toEqual(complex.map(() => 'format.survey-flattened'));
    const bare = { type: 'ComplexItem', complexItemType: 'StructureScan', Layers: 2 };
    expect(problems(plan({ items: [simple(22), bare] }))).toEqual([
      'format.complex-item',
      { item: 1, complexItemType: 'StructureScan' },
    ]);
  });

  it('QGroundControl: jumps follow their target when a survey before it grows', () => {
    const survey = {
      type: 'ComplexItem',
      complexItemType: 'survey',
      TransectStyleComplexItem: { Items: [simple(16, { doJumpId: 2 }), simple(16, { doJumpId: 3 })] },
    };
    const items = [
      simple(22, { doJumpId: 1 }),
      survey,
      simple(16, { doJumpId: 7 }),
      simple(177, { doJumpId: 8, frame: 2, params: [7, 2, 0, 0, 0, 0, 0] }),
      simple(177, { doJumpId: 9, frame: 2, params: [99, 2, 0, 0, 0, 0, 0] }),
    ];
    const result = read(plan({ items }));
    if (result.kind !== 'ok') throw new Error(result.message);
    expect(result.plan.items.slice(-2).map((i) => i.param1)).toEqual([4, 99]);
    expect(result.issues.map((issue) => issue.code)).toEqual([
      'format.survey-flattened',
      'format.unknown-jump',
    ]);
  });

  it('QGroundControl: to PX4 null is a free heading and 0 is north', () => {
    const items = [
      simple(16),
      simple(16, { params: [0, 0, 0, 0, 25, 110, 50] }),
      simple(16, { params: [0, 0, 0, 90, 25, 110, 50] }),
    ];
    const yaws = (firmwareType: number) => {
      const result = read(plan({ items, firmwareType }));
      return result.kind === 'ok' ? result.plan.items.map((i) => i.param4) : [];
    };
    expect(yaws(12)).toEqual([0, 360, 90]);
    expect(yaws(3)).toEqual([0, 0, 90]);
    const written = textOf(
      'qgc-plan',
      missionFile({ firmwareType: 12, plan: { items: [item(16)], fence: [], rally: [] } }),
    );
    expect(JSON.parse(written)).toMatchObject({
      mission: { items: [{ params: [0, 0, 0, null, 25.28, 110.29, 0] }] },
    });
  });

  it('QGroundControl: an old fence with its breach return, and what is broken in a fence', () => {
    const ring = [
      [25, 110],
      [25, 111],
      [26, 111],
    ];
    expect(
      read(plan({}, { geoFence: { version: 1, polygon: ring, breachReturn: [25.5, 110.5] } })),
    ).toMatchObject({
      plan: {
        fence: [{ command: 5001 }, { command: 5001 }, { command: 5001 }, { command: 5000, frame: 3, z: 0 }],
      },
      issues: [],
    });
    const geoFence = {
      polygons: [
        { polygon: ring, inclusion: false },
        { polygon: [[1, 2]] },
        {
          polygon: [
            [1, 2],
            [3, 'x'],
            [4, 5],
          ],
        },
      ],
      circles: [{ circle: { center: [1, 2] } }, 7],
      breachReturn: 'here',
    };
    const result = read(
      plan({ plannedHomePosition: [95, 0, 0] }, { geoFence, rallyPoints: { points: [[1, 2, 3], [1]] } }),
    );
    if (result.kind !== 'ok') throw new Error(result.message);
    expect(result.plan).toMatchObject({ fence: { length: 3 }, rally: { length: 1 } });
    expect(result.issues.map((issue) => issue.details.place ?? issue.details.field)).toEqual([
      'polygons[1]',
      'polygons[2]',
      'circles[0]',
      'circles[1]',
      'breachReturn',
      'rallyPoints.points[1]',
      'plannedHomePosition',
    ]);
  });

  it('QGroundControl’s older mission files', () => {
    const v1 = {
      MAV_AUTOPILOT: 3,
      complexItems: [],
      groundStation: 'QGroundControl',
      items: [
        {
          autoContinue: true,
          command: 22,
          coordinate: [47.1, 8.1, 15],
          frame: 3,
          id: 1,
          param1: 15,
          param2: 0,
          param3: 0,
          param4: 0,
          type: 'missionItem',
        },
      ],
      plannedHomePosition: { coordinate: [47, 8, 400], command: 16 },
      version: '1.0',
    };
    expect(read(JSON.stringify(v1))).toMatchObject({
      kind: 'ok',
      firmwareType: 3,
      home: { latDeg: 47, altitudeAmslM: 400 },
      plan: { items: [{ command: 22, param1: 15, x: 471_000_000, z: 15 }] },
    });
    const v2 = {
      fileType: 'Mission',
      items: [{ type: 'SimpleItem', command: 16, frame: 0, coordinate: [47, 8, 500], params: [3, 0, 0, 0] }],
    };
    expect(read(JSON.stringify(v2))).toMatchObject({ kind: 'ok', plan: { items: [{ param1: 3, z: 500 }] } });
  });

  const kml = (inner: string): string =>
    `<?xml version="1.0"?><!-- <gpx> --><k:kml xmlns:k="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><k:Document>${inner.replace(/<(\/?)(?=[A-Z])/g, '<$1k:').replace(/<(\/?)(?=(name|coordinates|altitudeMode|outer|inner|coord>))/g, '<$1k:')}</k:Document></k:kml>`;

  it('KML: a line by its altitude mode, points without a line, areas, what is broken', () => {
    const line = (mode: string) =>
      kml(
        `<Placemark><name>Way</name><LineString><altitudeMode>${mode}</altitudeMode><coordinates>110.1,25.1,40 110.2,25.1,50</coordinates></LineString></Placemark>`,
      );
    expect(read(line('absolute'))).toMatchObject({
      name: 'Way',
      plan: { items: [{ frame: 0, z: 40 }, { z: 50 }] },
      issues: [],
    });
    expect(read(line('relativeToGround'))).toMatchObject({ plan: { items: [{ frame: 10, z: 40 }, {}] } });
    expect(read(line('clampToGround'))).toMatchObject({
      plan: { items: [{ frame: 3, z: 0 }, {}] },
      issues: [{ code: 'format.no-heights', details: { points: 2 } }],
    });
    const points = kml(
      '<Placemark><Point><coordinates>110.1,25.1</coordinates></Point></Placemark><Placemark><Point><coordinates>110.2,bad</coordinates></Point></Placemark>',
    );
    expect(read(points)).toMatchObject({ plan: { items: [{ x: 251_000_000 }] } });
    expect(problems(points)).toEqual(['format.bad-position', 'format.bad-position', 'format.no-heights']);
    const area = kml(
      '<Placemark><name>Z</name><Polygon><outerBoundaryIs><LinearRing><coordinates>1,1 2,1 2,2</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>',
    );
    expect(read(area)).toMatchObject({
      plan: { items: [] },
      areas: [{ name: 'Z', geometry: { coordinates: [{ length: 4 }] } }],
    });
  });

  it('KMZ: the KML in it', () => {
    const bytes = zipSync({ 'files/a.png': new Uint8Array(3), 'doc.kml': strToU8(textOf('kml', sample)) });
    expect(readMissionFile('p.kmz', bytes)).toMatchObject({ kind: 'ok', plan: sample.plan });
    expect(readMissionFile('p.kmz', zipSync({ 'a.txt': strToU8('x') }))).toMatchObject({
      code: 'format.bad-archive',
    });
  });

  it('GPX: route before track before waypoints, heights, what is left out', () => {
    const p = (tag: string, lat: string, ele = '') => `<${tag} lat="${lat}" lon="110">${ele}</${tag}>`;
    const rte = `<rte><name>R</name>${p('rtept', '25', '<ele>200</ele>')}${p('rtept', '26')}</rte>`;
    const trk = `<trk><trkseg>${p('trkpt', '27')}</trkseg><trkseg>${p('trkpt', '28')}</trkseg></trk>`;
    const file = (inner: string) => `<gpx version="1.0" creator="x">${inner}</gpx>`;
    expect(read(file(trk + rte + p('wpt', '29')))).toMatchObject({
      name: 'R',
      plan: {
        items: [
          { frame: 0, z: 200 },
          { frame: 3, z: 0 },
        ],
      },
      issues: [
        { code: 'format.left-out', details: { what: 'tracks-beside-routes' } },
        { code: 'format.left-out', details: { what: 'points-beside-the-line' } },
        { code: 'format.no-heights', details: { points: 1 } },
      ],
    });
    expect(read(file(trk))).toMatchObject({ plan: { items: { length: 2 } } });
    expect(read(file(p('wpt', '29') + p('wpt', 'x')))).toMatchObject({ plan: { items: { length: 1 } } });
    expect(problems(file(p('wpt', '99')))).toEqual(['format.empty', { format: 'gpx' }]);
  });

  it('GeoJSON: any geometry, heights said to be assumed, swapped or missing numbers named', () => {
    const geo = (geometry: unknown, properties: unknown = {}) =>
      JSON.stringify({ type: 'Feature', geometry, properties });
    const coordinates = [
      [110, 25, 90],
      [111, 25, 91],
    ];
    expect(read(geo({ type: 'LineString', coordinates }))).toMatchObject({
      plan: { items: [{ frame: 0, z: 90 }, { z: 91 }] },
      issues: [{ code: 'format.height-assumed', details: { datum: 'amsl', points: 2 } }],
    });
    expect(read(readFileSync(new URL('./golden/route.geojson', import.meta.url), 'utf8'))).toMatchObject({
      name: 'Route',
      plan: { items: [{ frame: 3, z: 60 }, {}, {}] },
      issues: [],
    });
    expect(
      problems(
        geo({
          type: 'LineString',
          coordinates: [
            [25, 110],
            [25, 'x'],
          ],
        }),
      ),
    ).toEqual(['format.empty', { format: 'geojson' }]);
    expect(
      read(JSON.stringify({ type: 'GeometryCollection', geometries: [{ type: 'MultiPoint', coordinates }] })),
    ).toMatchObject({
      plan: { items: { length: 2 } },
    });
  });

  it.each<[string, string | Uint8Array, string]>([
    ['nothing', '', 'format.unknown'],
    ['prose', 'Dear colleague,\nplease fly', 'format.unknown'],
    ['another XML', '<svg xmlns="x"/>', 'format.unknown'],
    ['XML with a document type', '<!DOCTYPE gpx [<!ENTITY a "b">]><gpx/>', 'format.bad-xml'],
    ['XML that is not closed', '<kml><Document>', 'format.bad-xml'],
    ['JSON of another kind', '{"a": 1}', 'format.not-a-plan'],
    ['JSON that ends too early', '{"fileType": "Plan",\n "mission": ', 'format.not-json'],
    ['an archive that is none', Uint8Array.from([0x50, 0x4b, 3, 4, 9, 9]), 'format.bad-archive'],
    ['a table of numbers', '0.0 0.2\n0.1 0.2\n0.2 0.2\n0.3 0.2\n0.4 0.2\n', 'format.unknown'],
  ])('%s is refused', (_, content, code) => {
    const bytes = typeof content === 'string' ? bytesOf(content) : content;
    expect(readMissionFile('x', bytes)).toMatchObject({ kind: 'error', code });
  });
});
