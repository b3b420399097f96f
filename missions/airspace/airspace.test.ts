import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lonLatToMm } from '../geo/frame.ts';
import { containsPoint, distanceMm, nearestOnBorder } from '../geo/measure.ts';
import { areaM2, cleanPolygons } from '../geo/region.ts';
import type { AirspaceZone, ElevationModel, PlanIssue } from '../model.ts';
import { planCoverage } from '../pattern/coverage.ts';
import { polygonOf, SHAPE_FRAME } from '../pattern/shapes.fixture.ts';
import { PLAN_ISSUE_CODES } from '../plan-issue.ts';
import { createAirspace } from './airspace.ts';
import { allowedHeights } from './allowed-heights.ts';
import { allowedRegion } from './allowed-region.ts';
import { type BaseProcedure, evenLanes, lanesAt, sortieGates } from './base-lanes.ts';
import { checkZones } from './check-zones.ts';
import { lookAwayLegs } from './privacy.ts';
import { effectOf } from './zone-heights.ts';
import { airspaceOf, at, box, REQUEST, randomZones, zoneOf } from './zones.fixture.ts';

const told: PlanIssue[] = [];
const codes = (issues: readonly PlanIssue[]): string[] => {
  told.push(...issues);
  return issues.map((issue) => issue.code);
};

const SQUARE = polygonOf(box(0, 0, 100, 100));
/** Ground that rises by 1 m for every 10 m east, from 100 m at the origin. */
const SLOPE: ElevationModel = {
  spacingM: 10,
  elevationAmslM: (lonDeg) => 100 + ((lonDeg - SHAPE_FRAME.origin.lonDeg) * SHAPE_FRAME.mmPerLonDeg) / 10_000,
};

describe('checking zones', () => {
  it('names the field and what is wrong with it', () => {
    const bad: [Partial<AirspaceZone> | Record<string, unknown>, string][] = [
      [{ zoneId: '' }, 'zoneId'],
      [{ kind: 'danger' }, 'kind'],
      [{ datum: 'qnh' }, 'datum'],
      [{ floorM: Number.NaN }, 'floorM'],
      [{ ceilingM: 120_000 }, 'ceilingM'],
      [{ floorM: 100, ceilingM: 100 }, 'ceilingM'],
      [{ activeFromMs: 10, activeToMs: 5 }, 'activeToMs'],
      [{ activeFromMs: Number.NaN }, 'activeFromMs'],
      [{ geometry: { type: 'Point', coordinates: [0, 0] } }, 'geometry'],
      [{ geometry: { type: 'Polygon', coordinates: [] } }, 'geometry'],
      [
        {
          geometry: {
            type: 'Polygon',
            coordinates: [
              [
                [0, 0],
                [1, 'x'],
                [0, 1],
                [0, 0],
              ],
            ],
          },
        },
        'geometry',
      ],
      [
        {
          geometry: polygonOf([
            [0, 0],
            [100, 0],
            [50, 0],
          ]),
        },
        'geometry',
      ],
      [
        {
          geometry: {
            type: 'Polygon',
            coordinates: [
              [
                [0, 0],
                [200, 0],
                [0, 1],
                [0, 0],
              ],
            ],
          },
        },
        'geometry',
      ],
    ];
    for (const [change, field] of bad) {
      const issues = checkZones([{ ...zoneOf('a', SQUARE), ...change } as AirspaceZone]);
      expect(codes(issues), field).toContain('airspace.bad-zone');
      expect(issues.map((issue) => issue.details.field)).toContain(field);
      const result = createAirspace({
        ...REQUEST,
        zones: [{ ...zoneOf('a', SQUARE), ...change } as AirspaceZone],
      });
      expect(result.kind).toBe('refused');
    }
    expect(checkZones([zoneOf('a', SQUARE), zoneOf('b', SQUARE, { floorM: 10, ceilingM: 90 })])).toEqual([]);
  });

  it('never throws, whatever a zone’s fields hold', () => {
    const position = fc.array(fc.oneof(fc.double({ min: -200, max: 200 }), fc.anything()), { maxLength: 3 });
    const geometry = fc.oneof(
      fc.anything(),
      fc.record({ type: fc.constantFrom('Polygon', 'MultiPolygon', 'Point'), coordinates: fc.anything() }),
      fc.record({ type: fc.constant('Polygon'), coordinates: fc.array(fc.array(position)) }),
      fc.record({ type: fc.constant('MultiPolygon'), coordinates: fc.array(fc.array(fc.array(position))) }),
    );
    const field = fc.oneof(fc.constant(null), fc.double(), fc.anything());
    const zone = fc.record({
      zoneId: fc.anything(),
      kind: fc.constantFrom('no-fly', 'altitude', 'privacy', 'else', null),
      name: fc.anything(),
      geometry,
      floorM: field,
      ceilingM: field,
      datum: fc.constantFrom('amsl', 'above-home', 'above-terrain', 3),
      activeFromMs: field,
      activeToMs: field,
    });
    fc.assert(
      fc.property(fc.array(zone, { maxLength: 3 }), (zones) => {
        const result = createAirspace({ ...REQUEST, zones: zones as unknown as AirspaceZone[] });
        if (result.kind === 'ready') result.airspace.way(at(0, 0), at(100, 100));
        else expect(result.issues.some((issue) => issue.severity === 'error')).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it.each(['zoneId', 'kind', 'name', 'floorM', 'ceilingM', 'datum', 'activeFromMs', 'activeToMs'])(
    'refuses an object that cannot be made text where %s belongs',
    (field) => {
      const zone = { ...zoneOf('a', SQUARE), [field]: { toString: false } } as unknown as AirspaceZone;
      const issues = checkZones([zone, zone]);
      expect(issues.length).toBeGreaterThan(0);
    },
  );

  it('refuses a multipolygon of which one part is a line: left out, it would be flown through', () => {
    const geometry = {
      type: 'MultiPolygon' as const,
      coordinates: [
        SQUARE.coordinates,
        polygonOf([
          [200, 0],
          [300, 0],
          [250, 0],
        ]).coordinates,
      ],
    };
    expect(codes(checkZones([zoneOf('a', geometry)]))).toEqual(['airspace.bad-zone']);
  });

  it('tells duplicates and zones that do nothing', () => {
    expect(codes(checkZones([zoneOf('a', SQUARE), zoneOf('a', SQUARE)]))).toEqual([
      'airspace.duplicate-zone',
    ]);
    expect(codes(checkZones([zoneOf('a', SQUARE, { kind: 'altitude' })]))).toEqual([
      'airspace.zone-without-effect',
    ]);
  });

  it('refuses requests that make no sense, by field', () => {
    const bad: [Partial<typeof REQUEST>, string][] = [
      [{ marginM: -1 }, 'marginM'],
      [{ marginM: Number.NaN }, 'marginM'],
      [{ marginsM: { privacy: -5 } }, 'marginsM.privacy'],
      [{ verticalMarginM: Number.POSITIVE_INFINITY }, 'verticalMarginM'],
      [{ heightM: { lowM: 60, highM: 50 } }, 'heightM'],
      [{ fromMs: 10, untilMs: 5 }, 'untilMs'],
    ];
    for (const [change, field] of bad) {
      const result = createAirspace({ ...REQUEST, ...change });
      if (result.kind !== 'refused') throw new Error(`${field} was accepted`);
      expect(codes(result.issues)).toEqual(['airspace.bad-request']);
      expect(result.issues[0]?.details.field).toBe(field);
    }
    const line = polygonOf([
      [0, 0],
      [100, 0],
      [50, 0],
    ]);
    for (const [change, code] of [
      [{ boundary: line }, 'airspace.bad-boundary'],
      [{ boundary: SQUARE, marginM: 60 }, 'airspace.no-room'],
    ] as const) {
      const result = createAirspace({ ...REQUEST, ...change });
      expect(result.kind === 'refused' && codes(result.issues)).toEqual([code]);
    }
  });
});

describe('what is in force', () => {
  const passes = (zone: Partial<AirspaceZone>, request: Partial<typeof REQUEST> = {}): boolean =>
    airspaceOf([zoneOf('a', SQUARE, zone)], request).isFree(at(50, 50));

  it('looks at times, both ends included', () => {
    const zone = { activeFromMs: 1000, activeToMs: 2000 };
    const table: [number | null, number | null, boolean][] = [
      [0, 999, true],
      [0, 1000, false],
      [1500, 1600, false],
      [2000, 3000, false],
      [2001, 3000, true],
      [null, null, false],
      [null, 999, true],
      [2001, null, true],
    ];
    for (const [fromMs, untilMs, free] of table) expect(passes(zone, { fromMs, untilMs })).toBe(free);
  });

  it('looks at heights of one datum', () => {
    const table: [Partial<AirspaceZone>, number, boolean][] = [
      [{ floorM: 70 }, 60, true],
      [{ floorM: 60 }, 60, false],
      [{ ceilingM: 50 }, 60, true],
      [{ ceilingM: 60 }, 60, false],
      [{ floorM: 40, ceilingM: 80 }, 60, false],
      [{ kind: 'altitude', ceilingM: 60 }, 60, true],
      [{ kind: 'altitude', ceilingM: 59 }, 60, false],
      [{ kind: 'altitude', floorM: 61 }, 60, false],
      [{ kind: 'privacy' }, 60, true],
    ];
    for (const [zone, heightM, free] of table)
      expect(passes(zone, { heightM }), JSON.stringify(zone)).toBe(free);
    expect(passes({ floorM: 64 }, { verticalMarginM: 5 })).toBe(false);
    expect(passes({ kind: 'altitude', ceilingM: 64 }, { verticalMarginM: 5 })).toBe(false);
    expect(passes({ floorM: 70 }, { heightM: { lowM: 20, highM: 75 } })).toBe(false);
  });

  it('turns datums into each other', () => {
    const table: [AirspaceZone['datum'], number, typeof REQUEST.datum, number, boolean][] = [
      // Zone from the floor up, flight height; home at 130 m; ground under the zone 100–110 m.
      ['amsl', 191, 'above-home', 60, true],
      ['amsl', 190, 'above-home', 60, false],
      ['above-home', 60, 'amsl', 191, false],
      ['above-home', 62, 'amsl', 191, true],
      ['above-terrain', 91, 'above-home', 60, true],
      ['above-terrain', 89, 'above-home', 60, false],
      ['above-terrain', 89, 'above-home', 50, true],
      ['amsl', 165, 'above-terrain', 60, false],
      ['amsl', 171, 'above-terrain', 60, true],
    ];
    for (const [datum, floorM, flightDatum, heightM, free] of table) {
      const request = { homeElevationAmslM: 130, elevation: SLOPE, datum: flightDatum, heightM };
      const effect = effectOf(
        zoneOf('a', SQUARE, { datum, floorM }),
        { lowM: heightM, highM: heightM },
        flightDatum,
        0,
        request,
      );
      expect(effect.kind, `${datum} ${floorM} ${flightDatum} ${heightM}`).toBe(free ? 'clear' : 'blocked');
    }
  });

  it('takes the worse end of uneven ground for altitude bands too', () => {
    // Floor 50 m above ground of 100–110 m is 150–160 m; the ceiling of 100 m is 200–210 m. Home at 130 m.
    const band = zoneOf('a', SQUARE, { kind: 'altitude', datum: 'above-terrain', floorM: 50, ceilingM: 100 });
    const over = { homeElevationAmslM: 130, elevation: SLOPE };
    for (const [heightM, kind] of [
      [25, 'blocked'],
      [29, 'blocked'],
      [31, 'clear'],
      [69, 'clear'],
      [71, 'blocked'],
      [75, 'blocked'],
    ] as const) {
      const effect = effectOf(band, { lowM: heightM, highM: heightM }, 'above-home', 0, over);
      expect(effect.kind, String(heightM)).toBe(kind);
    }
  });

  it('blocks, and says so, where heights cannot be compared', () => {
    const high = { datum: 'amsl' as const, floorM: 5000 };
    const airspace = airspaceOf([zoneOf('a', SQUARE, high)]);
    expect(airspace.isFree(at(50, 50))).toBe(false);
    expect(codes(airspace.issues)).toEqual(['airspace.datum-undecided']);
    expect(passes(high, { homeElevationAmslM: 100 })).toBe(true);
    // A hole in the ground's data under the zone is not knowing either.
    const patchy: ElevationModel = {
      spacingM: 10,
      elevationAmslM: (lon, lat) => (lat > at(0, 90).latDeg ? null : SLOPE.elevationAmslM(lon, lat)),
    };
    const terrain = { datum: 'above-terrain' as const, floorM: 5000 };
    expect(passes(terrain, { homeElevationAmslM: 100, elevation: SLOPE })).toBe(true);
    expect(passes(terrain, { homeElevationAmslM: 100, elevation: patchy })).toBe(false);
    // Without heights there is nothing to compare.
    expect(airspaceOf([zoneOf('a', SQUARE, { datum: 'amsl' })]).issues).toEqual([]);
  });

  it('keeps each kind’s margin', () => {
    const zones = [
      zoneOf('n', SQUARE),
      zoneOf('h', polygonOf(box(500, 0, 100, 100)), { kind: 'altitude', ceilingM: 30 }),
    ];
    const airspace = airspaceOf(zones, { marginM: 20, marginsM: { altitude: 5 } });
    for (const [x, free] of [
      [-19.9, false],
      [-20.1, true],
      [495.1, false],
      [494.9, true],
    ] as const) {
      expect(airspace.isFree(at(x, 50)), String(x)).toBe(free);
    }
    for (const zone of airspace.blocking) {
      const inner = cleanPolygons(airspace.frame, zone.zone.geometry);
      for (const p of zone.region.flat()) {
        const margin = zone.zone.kind === 'altitude' ? 5000 : 20_000;
        expect(distanceMm(p, nearestOnBorder(inner, p) ?? p)).toBeGreaterThanOrEqual(margin);
      }
    }
  });

  it('names equal airspace equally and different airspace differently', () => {
    const zones = randomZones(3, 5, 300);
    const version = airspaceOf(zones).version;
    expect(version).toMatch(/^[0-9a-f]{16}$/);
    expect(airspaceOf(zones).version).toBe(version);
    expect(airspaceOf(zones, { heightM: 61 }).version).toBe(version);
    const others = [
      airspaceOf(zones.slice(1)),
      airspaceOf(zones, { marginM: 1 }),
      airspaceOf(zones, { boundary: polygonOf(box(-100, -100, 900, 900)) }),
      airspaceOf([...zones, zoneOf('p', SQUARE, { kind: 'privacy' })]),
    ].map((airspace) => airspace.version);
    expect(new Set([version, ...others]).size).toBe(5);
  });
});

describe('why there is no way', () => {
  it('names the zone that an end lies in and the nearest way out', () => {
    const airspace = airspaceOf([zoneOf('a', SQUARE, { name: 'Prison' })], { marginM: 10 });
    expect(airspace.whyNone(at(-50, 0), at(200, 0))).toBeNull();
    const why = airspace.whyNone(at(95, 50), at(200, 50));
    if (why?.kind !== 'in-zone') throw new Error(`${why?.kind}`);
    codes([why.issue]);
    expect(why).toMatchObject({ end: 'from', zoneIds: ['a'], distanceM: 15 });
    expect(why.issue.message).toContain('Prison');
    const out = why.nearest;
    if (out === null) throw new Error('no way out');
    expect(airspace.isFree(out)).toBe(true);
    expect(airspace.way(out, at(200, 50))).not.toBeNull();
    expect(airspace.whyNone(at(200, 50), at(50, 50))).toMatchObject({ kind: 'in-zone', end: 'to' });
  });

  it('names an end that is no position', () => {
    for (const bad of [
      { lonDeg: Number.NaN, latDeg: 25 },
      { lonDeg: 110, latDeg: 91 },
      { lonDeg: 181, latDeg: 0 },
    ]) {
      for (const airspace of [airspaceOf([]), airspaceOf([zoneOf('a', SQUARE)])]) {
        expect(airspace.way(at(0, 0), bad)).toBeNull();
        expect(airspace.isFree(bad)).toBe(false);
        const why = airspace.whyNone(at(-10, 0), bad);
        expect(why).toMatchObject({ kind: 'bad-position', end: 'to' });
        if (why !== null) codes([why.issue]);
      }
    }
  });

  it('names the walls of a pocket, and the boundary', () => {
    const ring = zoneOf('ring', polygonOf(box(0, 0, 100, 100), box(20, 20, 60, 60)));
    const other = zoneOf('far', polygonOf(box(500, 500, 50, 50)));
    const why = airspaceOf([ring, other]).whyNone(at(200, 50), at(50, 50));
    expect(why).toMatchObject({ kind: 'walled-in', end: 'to', zoneIds: ['ring'] });
    const bar = zoneOf('bar', polygonOf(box(-10, 40, 220, 20)));
    const halves = airspaceOf([bar], { boundary: polygonOf(box(0, 0, 200, 130)) });
    const cut = halves.whyNone(at(100, 20), at(100, 100));
    expect(cut).toMatchObject({ kind: 'walled-in', end: 'from', zoneIds: ['bar'] });
    if (cut === null || why === null) throw new Error('there is a way');
    codes([why.issue, cut.issue]);
    expect(cut.issue.message).toContain('the boundary');
    const outside = halves.whyNone(at(300, 20), at(100, 20));
    expect(outside).toMatchObject({ kind: 'outside-boundary', end: 'from', distanceM: 100 });
    if (outside !== null) codes([outside.issue]);
  });
});

describe('the allowed part of an area', () => {
  const AREA = polygonOf(box(0, 0, 400, 300));

  it('is the area less zones, margins and what may not be looked at', () => {
    const zones = [
      zoneOf('n', polygonOf(box(100, 100, 100, 100))),
      zoneOf('p', polygonOf(box(300, 100, 50, 50)), { kind: 'privacy' }),
      zoneOf('far', polygonOf(box(3000, 0, 50, 50))),
    ];
    const airspace = airspaceOf(zones, { marginM: 10 });
    const plain = allowedRegion(AREA, airspace);
    expect(plain.areaM2).toBeCloseTo(120_000 - 120 * 120 - 70 * 70, -2);
    expect(plain.removed.map((piece) => piece.zoneId)).toEqual(['n', 'p']);
    expect(plain.removed[0]?.areaM2).toBeCloseTo(14_400, -2);
    expect(codes(plain.issues)).toEqual(['airspace.area-reduced']);
    const wide = allowedRegion(AREA, airspace, { cameraReachM: 20 });
    expect(wide.areaM2).toBeCloseTo(120_000 - 120 * 120 - 110 * 110, -2);
    expect(allowedRegion(AREA, airspaceOf([])).issues).toEqual([]);
  });

  it('gives coverage paths that keep out of every zone', () => {
    for (const shape of [box(100, 100, 100, 100), box(-10, 120, 200, 30), box(250, 200, 60, 200)]) {
      const zones = [zoneOf('n', polygonOf(shape)), zoneOf('m', polygonOf(box(300, 50, 40, 40)))];
      const airspace = airspaceOf(zones, { marginM: 8 });
      const { geometry } = allowedRegion(AREA, airspace);
      if (geometry === null) throw new Error('nothing left');
      const { points } = planCoverage(geometry, { swathWidthM: 60 });
      expect(points.length).toBeGreaterThan(5);
      points.forEach((a, i) => {
        const b = points[i + 1];
        expect(airspace.isFree(a), `point ${i}`).toBe(true);
        if (b !== undefined) expect(airspace.way(a, b), `leg ${i}`).not.toBeNull();
      });
    }
  });

  it('reports what no way leads to, seen from the base', () => {
    const wall = zoneOf('wall', polygonOf(box(300, -50, 20, 400)));
    const fence = polygonOf(box(-20, -20, 440, 340));
    const airspace = airspaceOf([wall], { boundary: fence });
    const fromWest = allowedRegion(AREA, airspace, { from: at(10, 10) });
    expect(fromWest.areaM2).toBeCloseTo(300 * 300, -2);
    expect(fromWest.unreachable.map((part) => Math.round(part.areaM2 / 1000))).toEqual([24]);
    expect(codes(fromWest.issues)).toEqual(['airspace.area-reduced', 'airspace.part-unreachable']);
    const fromEast = allowedRegion(AREA, airspace, { from: at(390, 10) });
    expect(fromEast.areaM2).toBeCloseTo(80 * 300, -2);
    // Without a boundary one flies round the wall, and all of it is reached.
    expect(allowedRegion(AREA, airspaceOf([wall])).unreachable).toEqual([]);
  });

  it('says when nothing is left, and when the area cannot be read', () => {
    const all = allowedRegion(SQUARE, airspaceOf([zoneOf('n', AREA)]));
    expect(all).toMatchObject({ geometry: null, areaM2: 0 });
    expect(codes(all.issues)).toEqual(['airspace.area-blocked']);
    expect(all.issues[0]?.severity).toBe('error');
    const bad = allowedRegion({ type: 'Polygon', coordinates: [] }, airspaceOf([]));
    expect(codes(bad.issues)).toEqual(['plan.bad-area']);
  });

  it('adds up: what is left and what each zone took', () => {
    for (let seed = 20; seed < 30; seed++) {
      const airspace = airspaceOf(randomZones(seed, 1, 300), { marginM: 5 });
      const region = allowedRegion(AREA, airspace);
      const whole = areaM2(cleanPolygons(airspace.frame, AREA));
      const parts = [...region.removed, ...region.unreachable].reduce((sum, piece) => sum + piece.areaM2, 0);
      expect(region.areaM2 + parts).toBeCloseTo(whole, 0);
    }
  });
});

describe('where the camera must look elsewhere', () => {
  it('gives the stretch over a privacy zone, widened by what the camera sees', () => {
    const airspace = airspaceOf([zoneOf('p', SQUARE, { kind: 'privacy' })]);
    const way = [at(-200, 50), at(300, 50), at(300, 500)];
    const [stretch, ...more] = lookAwayLegs(way, airspace, 25);
    expect(more).toEqual([]);
    expect(stretch).toMatchObject({ leg: 0, zoneIds: ['p'] });
    expect(stretch?.fromM).toBeCloseTo(175, 1);
    expect(stretch?.toM).toBeCloseTo(325, 1);
    expect(lookAwayLegs(way, airspaceOf([zoneOf('n', SQUARE)]), 25)).toEqual([]);
    expect(lookAwayLegs([at(50, 50)], airspace, 0)).toEqual([]);
  });

  it('leaves out a zone that is only private lower down', () => {
    const low = zoneOf('p', SQUARE, { kind: 'privacy', ceilingM: 40 });
    const way = [at(-200, 50), at(300, 50)];
    expect(lookAwayLegs(way, airspaceOf([low], { heightM: 60 }), 0)).toEqual([]);
    expect(lookAwayLegs(way, airspaceOf([low], { heightM: 30 }), 0)).toHaveLength(1);
  });

  it('agrees with looking at many places', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const zones = randomZones(seed, 6, 300).map((zone) => ({ ...zone, kind: 'privacy' as const }));
      const airspace = airspaceOf(zones);
      const from = at(-20, 10 * seed);
      const to = at(420, 300 - 10 * seed);
      const stretches = lookAwayLegs([from, to], airspace, 0);
      const a = lonLatToMm(airspace.frame, from);
      const b = lonLatToMm(airspace.frame, to);
      const length = distanceMm(a, b) / 1000;
      for (let m = 0.5; m < length; m += 1.37) {
        const p = { x: a.x + ((b.x - a.x) * m) / length, y: a.y + ((b.y - a.y) * m) / length };
        const inside = airspace.privacy
          .filter(({ region }) => containsPoint(region, p))
          .map(({ zone }) => zone.zoneId);
        const at = stretches.find((s) => s.fromM < m && m < s.toM);
        const nearEnd = stretches.some((s) => Math.abs(s.fromM - m) < 0.01 || Math.abs(s.toM - m) < 0.01);
        if (!nearEnd) expect(at?.zoneIds ?? [], `seed ${seed} at ${m}`).toEqual(inside);
      }
    }
  });
});

describe('heights allowed over an area', () => {
  const request = { ...REQUEST, heightM: { lowM: 30, highM: 120 } };

  it('are what altitude bands leave and no-fly zones do not take', () => {
    const zones = [
      zoneOf('band', polygonOf(box(-50, -50, 80, 80)), { kind: 'altitude', floorM: 40, ceilingM: 110 }),
      zoneOf('middle', SQUARE, { floorM: 70, ceilingM: 80 }),
      zoneOf('far', polygonOf(box(900, 0, 10, 10))),
      zoneOf('private', SQUARE, { kind: 'privacy' }),
    ];
    const result = allowedHeights(SQUARE, { ...request, zones });
    expect(result.bands).toEqual([
      { lowM: 40, highM: 69.9 },
      { lowM: 80.1, highM: 110 },
    ]);
    expect(result.limits).toEqual([
      { zoneId: 'band', effect: 'keeps-between' },
      { zoneId: 'middle', effect: 'keeps-out' },
    ]);
    for (const { lowM, highM } of result.bands) {
      for (const heightM of [lowM, highM]) {
        expect(airspaceOf(zones, { heightM }).isFree(at(10, 10)), String(heightM)).toBe(true);
      }
    }
    const margin = allowedHeights(SQUARE, { ...request, zones, verticalMarginM: 5 });
    expect(margin.bands).toEqual([
      { lowM: 45, highM: 64.9 },
      { lowM: 85.1, highM: 105 },
    ]);
  });

  it('are none where a zone takes all, or cannot be compared', () => {
    const all = allowedHeights(SQUARE, { ...request, zones: [zoneOf('n', SQUARE)] });
    expect(all.bands).toEqual([]);
    expect(codes(all.issues)).toEqual(['airspace.no-height']);
    const unknown = allowedHeights(SQUARE, {
      ...request,
      zones: [zoneOf('n', SQUARE, { datum: 'amsl', floorM: 9000 })],
    });
    expect(unknown.limits).toEqual([{ zoneId: 'n', effect: 'undecided' }]);
    expect(codes(unknown.issues)).toEqual(['airspace.datum-undecided', 'airspace.no-height']);
  });
});

describe('lanes of a base', () => {
  const procedure: BaseProcedure = {
    base: { baseId: 'b1', name: 'Station', position: at(0, 0), pads: 4, elevationAmslM: 150 },
    columnRadiusM: 40,
    hopHeightM: 15,
    halfWidthM: 10,
    lanes: evenLanes(4, 0, 200),
  };
  const quiet = {
    zones: [],
    marginM: 0,
    fromMs: null,
    untilMs: null,
    homeElevationAmslM: 150,
    elevation: null,
  };

  it('go from the pad over their own column to their gate, and back', () => {
    const { open, issues } = lanesAt(procedure, quiet, 60);
    expect(issues).toEqual([]);
    expect(open.map((entry) => entry.lane.laneId)).toEqual([
      'departure-1',
      'arrival-1',
      'departure-2',
      'arrival-2',
    ]);
    const [out, back] = open;
    expect(out?.points.map((p) => p.heightM)).toEqual([0, 15, 15, 60, 60]);
    expect(back?.points.map((p) => p.heightM)).toEqual([60, 60, 15, 15, 0]);
    const gate = lonLatToMm(SHAPE_FRAME, out?.gate ?? at(0, 0));
    expect(gate.x).toBeCloseTo(0, -1);
    expect(gate.y).toBeCloseTo(200_000, -1);
    // North out, east in: columns are 40·√2 m apart, more than 30 m of separation.
    const column = (entry: typeof out) => lonLatToMm(SHAPE_FRAME, entry?.points[2] ?? at(0, 0));
    expect(distanceMm(column(out), column(back)) / 1000).toBeCloseTo(40 * Math.SQRT2, 1);
  });

  it('are closed by zones where and when the drone would be in them', () => {
    const north = zoneOf('school', polygonOf(box(-20, 120, 40, 40)), {
      name: 'School',
      activeFromMs: 1000,
      activeToMs: 2000,
    });
    const closedAt = (zones: AirspaceZone[], heightM = 60, change: Partial<typeof quiet> = {}): string[] => {
      const { issues } = lanesAt(procedure, { ...quiet, ...change, zones }, heightM);
      codes(issues);
      return issues.map((issue) => String(issue.details.laneId));
    };
    expect(closedAt([north])).toEqual(['departure-1']);
    expect(
      lanesAt(procedure, { ...quiet, zones: [north], fromMs: 3000, untilMs: 4000 } as never, 60).issues,
    ).toEqual([]);
    expect(closedAt([{ ...north, floorM: 80 }])).toEqual([]);
    // Over the column every height from the hop up counts, over the pad all lanes are closed.
    const column = polygonOf(box(-5, 38, 10, 10));
    expect(closedAt([zoneOf('mast', column, { floorM: 20, ceilingM: 40 })])).toEqual(['departure-1']);
    expect(closedAt([zoneOf('mast', column, { floorM: 20, ceilingM: 40 })], 18)).toEqual([]);
    expect(closedAt([zoneOf('pad', polygonOf(box(-5, -5, 10, 10)), { ceilingM: 10 })])).toHaveLength(4);
    // Taking off below an altitude zone's floor is how one gets above it; flying the lane below it is not.
    const band = zoneOf('band', polygonOf(box(-500, -500, 1000, 1000)), {
      kind: 'altitude',
      floorM: 50,
      ceilingM: 100,
    });
    expect(closedAt([band])).toEqual([]);
    expect(closedAt([band], 40)).toHaveLength(4);
    expect(closedAt([band], 110)).toHaveLength(4);
  });

  it('are chosen for the shortest way, and a missing one is told', () => {
    const sortie = { heightM: 60, firstPoint: at(0, -900), lastPoint: at(-900, 0), ways: null };
    const gates = sortieGates(procedure, quiet, sortie);
    expect(gates.departure?.lane.laneId).toBe('departure-2');
    expect(gates.arrival?.lane.laneId).toBe('arrival-2');
    const south = zoneOf('s', polygonOf(box(-20, -160, 40, 40)));
    const other = sortieGates(procedure, { ...quiet, zones: [south] }, sortie);
    expect(other.departure?.lane.laneId).toBe('departure-1');
    expect(codes(other.issues)).toEqual(['airspace.lane-blocked']);
    const levelled = {
      ...procedure,
      lanes: procedure.lanes.map((lane) => ({ ...lane, levelsM: lane.use === 'arrival' ? [48] : [60] })),
    };
    const without = sortieGates(levelled, quiet, sortie);
    expect(without.arrival).toBeNull();
    expect(codes(without.issues)).toEqual(['airspace.lane-level', 'airspace.lane-level', 'airspace.no-lane']);
    // A zone right behind the southern gate: the detour makes another lane shorter.
    const wall = zoneOf('w', polygonOf(box(-2000, -260, 4000, 40)));
    const ways = airspaceOf([wall]);
    const round = sortieGates(procedure, quiet, { ...sortie, firstPoint: at(2200, -240), ways });
    expect(round.departure).not.toBeNull();
  });

  it('are refused with numbers that make no sense', () => {
    for (const [change, field] of [
      [{ hopHeightM: 70 }, 'hopHeightM'],
      [{ columnRadiusM: Number.NaN }, 'columnRadiusM'],
      [{ lanes: [{ ...procedure.lanes[0], bearingDeg: 400 }] }, 'bearingDeg'],
      [{ lanes: [{ ...procedure.lanes[0], lengthM: 20 }] }, 'lengthM'],
    ] as const) {
      const { open, issues } = lanesAt({ ...procedure, ...change } as BaseProcedure, quiet, 60);
      expect(open).toEqual([]);
      expect(codes(issues)).toContain('airspace.bad-lane');
      expect(issues.map((issue) => issue.details.field)).toContain(field);
    }
  });
});

it('gives codes and details of the list', () => {
  expect(new Set(told.map((issue) => issue.code)).size).toBeGreaterThan(16);
  for (const issue of told) {
    const known = PLAN_ISSUE_CODES[issue.code as keyof typeof PLAN_ISSUE_CODES];
    expect(known.severity).toBe(issue.severity);
    expect(Object.keys(issue.details).sort(), issue.code).toEqual([...known.details].sort());
  }
});
