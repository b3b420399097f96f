import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wgs84ToGcj02 } from '../geo/gcj02.ts';
import type { GridCell, GridIssue } from '../model.ts';
import { GRID_ISSUE_CODES } from './issues.ts';
import { findJsonFault } from './json-position.ts';
import { parseGridText, readGrid } from './read-grid.ts';

type Ring = [number, number][];

/** A square of `size` degrees (about 111 m per 0.001) with its south-west corner at lon, lat; counter-clockwise. */
function square(lon: number, lat: number, size = 0.001): Ring {
  return [
    [lon, lat],
    [lon + size, lat],
    [lon + size, lat + size],
    [lon, lat + size],
    [lon, lat],
  ];
}

function feature(
  id: string,
  rings: Ring[],
  properties: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    type: 'Feature',
    properties: { id, level: 1, name: id, ...properties },
    geometry: { type: 'Polygon', coordinates: rings },
  };
}

function collection(...features: unknown[]): Record<string, unknown> {
  return { type: 'FeatureCollection', features };
}

function outerRing(cell: GridCell | undefined): Ring {
  return cell?.geometry.type === 'Polygon' ? (cell.geometry.coordinates[0] as Ring) : [];
}

/** Shoelace in square degrees: positive for counter-clockwise. */
function signedArea(ring: Ring): number {
  return (
    ring.slice(1).reduce((sum, [x, y], i) => sum + (ring[i]?.[0] ?? 0) * y - x * (ring[i]?.[1] ?? 0), 0) / 2
  );
}

const codes = (issues: readonly GridIssue[]): string[] => issues.map((i) => i.code);

describe('readGrid on sound input', () => {
  it('reads a cell with its people and keeps other properties', () => {
    const { cells, issues } = readGrid(
      collection(
        feature('A', [square(110.29, 25.28)], {
          name: '甲',
          nameEn: 'Alpha',
          responsible: [{ name: '李明', role: '网格长', phone: 19900000001 }],
          streets: 4,
        }),
      ),
    );
    expect(issues).toEqual([]);
    expect(cells).toHaveLength(1);
    expect(cells[0]).toMatchObject({
      cellId: 'A',
      level: 1,
      parentId: null,
      name: '甲',
      nameEn: 'Alpha',
      sample: false,
      responsible: [{ name: '李明', role: '网格长', phone: '19900000001' }],
      attributes: { streets: 4 },
    });
    // 0.001° at 25.28° N: 100.7 m east-west by 110.8 m north-south on WGS-84.
    expect(cells[0]?.areaM2).toBeGreaterThan(11_100);
    expect(cells[0]?.areaM2).toBeLessThan(11_200);
    expect(cells[0]?.centroid.lonDeg).toBeCloseTo(110.2905, 6);
  });

  it.each([
    [1, 1],
    ['2', 2],
    ['large', 1],
    ['Small', 2],
    ['MICRO', 3],
    ['大', 1],
    ['小网格', 2],
    ['微网格', 3],
  ])('understands level %j', (level, expected) => {
    const { cells } = readGrid(collection(feature('A', [square(110, 25)], { level, parent: null })));
    expect(cells[0]?.level).toBe(expected);
  });

  it('accepts cell_id and parent_id, and the id of the feature itself', () => {
    const { cells } = readGrid(
      collection(
        { ...feature('', [square(110, 25, 0.002)]), id: 7 },
        feature('', [square(110, 25, 0.002)], { cell_id: 'B', parent_id: 7, level: 2 }),
      ),
    );
    expect(cells.map((c) => [c.cellId, c.parentId])).toEqual([
      ['7', null],
      ['B', '7'],
    ]);
  });

  it('turns GCJ-02 back into WGS-84', () => {
    const wgs = square(110.29, 25.28);
    const gcj = wgs.map(wgs84ToGcj02) as Ring;
    const raw = readGrid(collection(feature('A', [gcj])));
    const { cells } = readGrid(collection(feature('A', [gcj])), { crs: 'gcj02' });
    const centre = raw.cells[0]?.centroid ?? { lonDeg: 0, latDeg: 0 };
    const shiftM = Math.hypot((centre.lonDeg - 110.2905) * 100_700, (centre.latDeg - 25.2805) * 110_800);
    // Near Guilin the two datums are about 558 m apart.
    expect(shiftM).toBeGreaterThan(545);
    expect(shiftM).toBeLessThan(575);
    expect(cells[0]?.centroid.lonDeg).toBeCloseTo(110.2905, 6);
    expect(cells[0]?.centroid.latDeg).toBeCloseTo(25.2805, 6);
  });

  it('keeps the coordinates of a sound polygon to the last digit', () => {
    const ring = square(110.123456789, 25.987654321);
    const { cells } = readGrid(collection(feature('A', [ring])));
    expect(cells[0]?.geometry).toEqual({ type: 'Polygon', coordinates: [ring] });
  });
});

describe('readGrid refuses', () => {
  it.each([
    ['null', null, 'grid.not-a-feature-collection'],
    ['a list', [], 'grid.not-a-feature-collection'],
    ['a single feature', feature('A', [square(110, 25)]), 'grid.not-a-feature-collection'],
    [
      'features that are no list',
      { type: 'FeatureCollection', features: {} },
      'grid.not-a-feature-collection',
    ],
    ['an empty collection', collection(), 'grid.empty-file'],
    ['a string among the features', collection('x'), 'grid.not-a-feature'],
    [
      'another coordinate system',
      { ...collection(), crs: { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::3857' } } },
      'grid.unsupported-crs',
    ],
    [
      'a point',
      collection({
        type: 'Feature',
        properties: { id: 'A', level: 1 },
        geometry: { type: 'Point', coordinates: [1, 2] },
      }),
      'grid.wrong-geometry',
    ],
    [
      'no geometry',
      collection({ type: 'Feature', properties: { id: 'A', level: 1 }, geometry: null }),
      'grid.wrong-geometry',
    ],
    ['no id', collection(feature('', [square(110, 25)])), 'grid.missing-id'],
    ['level 4', collection(feature('A', [square(110, 25)], { level: 4 })), 'grid.bad-level'],
    [
      'a level from the prototype',
      collection(feature('A', [square(110, 25)], { level: 'constructor' })),
      'grid.bad-level',
    ],
    ['no level', collection(feature('A', [square(110, 25)], { level: null })), 'grid.bad-level'],
    ['swapped coordinates', collection(feature('A', [square(25, 110)])), 'grid.coordinates-swapped'],
    ['metres', collection(feature('A', [square(12_277_000, 2_909_000, 100)])), 'grid.coordinates-projected'],
    ['a longitude of 200', collection(feature('A', [square(200, 25)])), 'grid.coordinates-out-of-range'],
    ['text as a coordinate', collection(feature('A', [[['x', 1]] as unknown as Ring])), 'grid.bad-position'],
    [
      'a ring of two points',
      collection(
        feature('A', [
          [
            [110, 25],
            [110.1, 25],
            [110, 25],
          ],
        ]),
      ),
      'grid.ring-too-short',
    ],
    [
      'a polygon that is a line',
      collection(
        feature('A', [
          [
            [110, 25],
            [110.1, 25],
            [110.2, 25],
            [110, 25],
          ],
        ]),
      ),
      'grid.empty-area',
    ],
    [
      'a polygon of a few square centimetres',
      collection(feature('A', [square(110, 25, 0.000_000_9)])),
      'grid.empty-area',
    ],
  ])('%s', (_, input, code) => {
    const { cells, issues } = readGrid(input);
    expect(cells).toEqual([]);
    expect(codes(issues)).toContain(code);
    expect(issues.some((i) => i.severity === 'error')).toBe(true);
  });

  it('the second cell with an id, and names the first', () => {
    const { cells, issues } = readGrid(
      collection(feature('A', [square(110, 25)]), feature('A', [square(111, 25)])),
    );
    expect(cells).toHaveLength(1);
    expect(issues).toMatchObject([
      { code: 'grid.duplicate-id', featureIndex: 1, details: { firstFeatureIndex: 0 } },
    ]);
  });

  it('a child of an unknown parent, and then that child’s children', () => {
    const { cells, issues } = readGrid(
      collection(
        feature('C', [square(110, 25)], { level: 3, parent: 'B' }),
        feature('B', [square(110, 25)], { level: 2, parent: 'nowhere' }),
      ),
    );
    expect(cells).toEqual([]);
    expect(codes(issues)).toEqual(['grid.unknown-parent', 'grid.unknown-parent']);
  });

  it('a parent that is not one level up', () => {
    const { cells, issues } = readGrid(
      collection(feature('A', [square(110, 25)]), feature('C', [square(110, 25)], { level: 3, parent: 'A' })),
    );
    expect(cells.map((c) => c.cellId)).toEqual(['A']);
    expect(codes(issues)).toContain('grid.bad-parent-level');
  });
});

describe('readGrid repairs', () => {
  const repaired = (...rings: Ring[]): ReturnType<typeof readGrid> =>
    readGrid(collection(feature('A', rings)));
  const closed = (...points: Ring): Ring => [...points, points[0] as [number, number]];

  it('clockwise outer rings', () => {
    const { cells, issues } = repaired(square(110, 25).reverse());
    expect(codes(issues)).toEqual(['grid.winding']);
    expect(signedArea(outerRing(cells[0]))).toBeGreaterThan(0);
    expect(cells[0]?.areaM2).toBeCloseTo(repaired(square(110, 25)).cells[0]?.areaM2 ?? 0, 6);
  });

  it('unclosed rings', () => {
    const { cells, issues } = repaired(square(110, 25).slice(0, 4));
    expect(codes(issues)).toEqual(['grid.unclosed-ring']);
    expect(outerRing(cells[0]).at(-1)).toEqual([110, 25]);
  });

  it('repeated points', () => {
    const [a, b, ...rest] = square(110, 25) as [Ring[0], Ring[0], ...Ring];
    const { issues } = repaired([a, b, b, b, ...rest]);
    expect(issues).toMatchObject([{ code: 'grid.duplicate-points', details: { ring: 0, removed: 2 } }]);
  });

  it('spikes', () => {
    const { cells, issues } = repaired(
      closed([110, 25], [110.001, 25], [110.005, 25], [110.001, 25], [110.001, 25.001], [110, 25.001]),
    );
    expect(codes(issues)).toEqual(['grid.spike']);
    expect(cells[0]?.areaM2).toBeCloseTo(repaired(square(110, 25)).cells[0]?.areaM2 ?? 0, 0);
  });

  it('a bow-tie: both wings are kept as parts', () => {
    const { cells, issues } = repaired(closed([110, 25], [110.001, 25.001], [110.001, 25], [110, 25.001]));
    expect(issues).toMatchObject([
      { code: 'grid.self-crossing', severity: 'repair', details: { crossings: 1, parts: 2 } },
    ]);
    expect(cells[0]?.geometry.type).toBe('MultiPolygon');
    expect(cells[0]?.areaM2).toBeCloseTo((repaired(square(110, 25)).cells[0]?.areaM2 ?? 0) / 2, -1);
  });

  it('a tiny loop at a corner: the scrap is dropped and said', () => {
    const { cells, issues } = repaired(
      closed(
        [110, 25],
        [110.01, 25],
        [110.01, 25.01],
        [110.0001, 25.01],
        [109.9999, 25.0099],
        [109.9999, 25.01],
        [110.0001, 25.0099],
        [110, 25.005],
      ),
    );
    expect(codes(issues)).toEqual(['grid.self-crossing']);
    expect(issues[0]?.details.parts).toBe(1);
    expect(Number(issues[0]?.details.droppedM2)).toBeGreaterThan(0);
    expect(cells[0]?.geometry.type).toBe('Polygon');
  });

  it('a hole that sticks out of its polygon', () => {
    const { cells, issues } = repaired(square(110, 25), square(110.0005, 25.0005).reverse() as Ring);
    expect(codes(issues)).toEqual(['grid.bad-hole']);
    expect(cells[0]?.areaM2).toBeCloseTo((repaired(square(110, 25)).cells[0]?.areaM2 ?? 0) * 0.75, -1);
  });

  it('overlapping parts of a multipolygon', () => {
    const { cells, issues } = readGrid(
      collection({
        type: 'Feature',
        properties: { id: 'A', level: 1, name: 'A' },
        geometry: { type: 'MultiPolygon', coordinates: [[square(110, 25)], [square(110.0005, 25)]] },
      }),
    );
    expect(codes(issues)).toEqual(['grid.overlapping-parts']);
    expect(cells[0]?.geometry.type).toBe('Polygon');
  });
});

describe('readGrid checks the tree', () => {
  const parent = feature('P', [square(110, 25, 0.01)]);
  const child = (id: string, lon: number, lat: number, size: number): Record<string, unknown> =>
    feature(id, [square(lon, lat, size)], { level: 2, parent: 'P' });

  it('says nothing about children that tile their parent', () => {
    const quarters = [0, 1, 2, 3].map((k) =>
      child(`Q${k}`, 110 + (k % 2) * 0.005, 25 + (k >> 1) * 0.005, 0.005),
    );
    expect(readGrid(collection(parent, ...quarters)).issues).toEqual([]);
  });

  it('warns of a gap with its size', () => {
    const { issues } = readGrid(collection(parent, child('Q', 110, 25, 0.005)));
    expect(issues).toMatchObject([{ code: 'grid.gap', cellId: 'P', details: { gapPct: 75, children: 1 } }]);
  });

  it('warns of overlapping siblings with the size', () => {
    const { issues } = readGrid(collection(parent, child('Q', 110, 25, 0.01), child('R', 110, 25, 0.001)));
    expect(issues).toMatchObject([
      { code: 'grid.overlap', cellId: 'R', details: { otherId: 'Q', overlapPct: 100 } },
    ]);
  });

  it('warns of a child that leaves its parent by more than 1 %', () => {
    const { issues } = readGrid(collection(parent, child('Q', 110.0002, 25, 0.01)));
    expect(codes(issues)).toEqual(['grid.outside-parent', 'grid.gap']);
    expect(issues[0]?.details).toMatchObject({ parentId: 'P', outsidePct: 2 });
  });

  it('is content with a child that leaves its parent by less than 1 %', () => {
    expect(codes(readGrid(collection(parent, child('Q', 110.00003, 25, 0.01))).issues)).toEqual([]);
  });

  it('keeps cells without a parent and remarks on it', () => {
    const { cells, issues } = readGrid(collection(feature('A', [square(110, 25)], { level: 3 })));
    expect(cells).toHaveLength(1);
    expect(codes(issues)).toEqual(['grid.no-parent']);
  });

  it('remarks on bad entries of responsible people and on a missing name', () => {
    const { cells, issues } = readGrid(
      collection(
        feature('A', [square(110, 25)], { name: null, responsible: [{ role: 'x' }, { name: '王' }] }),
      ),
    );
    expect(codes(issues)).toEqual(['grid.missing-name', 'grid.bad-responsible']);
    expect(cells[0]?.responsible).toEqual([{ name: '王', role: '', phone: null }]);
  });
});

describe('parseGridText', () => {
  it.each([
    ['', 1, 1],
    ['{', 1, 2],
    ['{"type": "FeatureCollection",\n  "features": [1, 2,]\n}', 2, 21],
    ['{"a": 1}\n\nxyz', 3, 1],
    ['{"a" 1}', 1, 6],
    ['{a: 1}', 1, 2],
    ['["\u0001"]', 1, 2],
    ['<kml/>', 1, 1],
  ])('tells where %j stops being JSON', (text, line, column) => {
    const { cells, issues } = parseGridText(text);
    expect(cells).toEqual([]);
    expect(issues).toMatchObject([{ code: 'grid.not-json', details: { line, column } }]);
  });

  it('takes a byte order mark', () => {
    expect(codes(parseGridText(`\uFEFF${JSON.stringify(collection())}`).issues)).toEqual(['grid.empty-file']);
  });

  it('finds a fault exactly where JSON.parse does not accept a text', () => {
    fc.assert(
      fc.property(
        fc.json(),
        fc.nat(),
        fc.constantFrom('', ',', '}', ']', '"', 'x', ':', '-', '\\', '0'),
        (json, at, put) => {
          const k = at % (json.length + 1);
          const text = json.slice(0, k) + put + json.slice(k + 1);
          let valid = true;
          try {
            JSON.parse(text);
          } catch {
            valid = false;
          }
          expect(findJsonFault(text) === null).toBe(valid);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('readGrid on anything', () => {
  it('never throws, and emits only listed codes with listed details', () => {
    const ring = fc.array(fc.tuple(fc.double({ min: 109, max: 111 }), fc.double({ min: 24, max: 26 })), {
      maxLength: 9,
    });
    const geometry = fc.oneof(
      fc.record({ type: fc.constant('Polygon'), coordinates: fc.array(ring, { maxLength: 3 }) }),
      fc.record({
        type: fc.constant('MultiPolygon'),
        coordinates: fc.array(fc.array(ring, { maxLength: 2 }), { maxLength: 3 }),
      }),
      fc.anything(),
    );
    const properties = fc.record({
      id: fc.constantFrom('A', 'B', 'C', 3, null),
      level: fc.constantFrom(1, 2, 3, 'large', null),
      parent: fc.constantFrom('A', 'B', null),
      name: fc.anything(),
      responsible: fc.anything(),
    });
    const features = fc.array(
      fc.oneof(fc.record({ type: fc.constant('Feature'), properties, geometry }), fc.anything()),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(features, (list) => {
        const { cells, issues } = readGrid({ type: 'FeatureCollection', features: list });
        for (const issue of issues) {
          const known = GRID_ISSUE_CODES[issue.code as keyof typeof GRID_ISSUE_CODES];
          expect(known.severity).toBe(issue.severity);
          expect([...known.details].sort()).toEqual(Object.keys(issue.details).sort());
        }
        for (const cell of cells) expect(cell.areaM2).toBeGreaterThanOrEqual(1);
      }),
      { numRuns: 400 },
    );
  });
});

describe('the fixture of broken cells', () => {
  it('gives each cell the finding that its name says', () => {
    const text = readFileSync(
      new URL('../../test/fixtures/grids/broken-cells.geojson', import.meta.url),
      'utf8',
    );
    const { issues } = parseGridText(text);
    const named = (JSON.parse(text) as { features: { properties: { name: string } }[] }).features.map(
      (f) => f.properties.name,
    );
    named.forEach((name, featureIndex) => {
      const found = issues.filter((i) => i.featureIndex === featureIndex).map((i) => i.code);
      if (name === 'sound') expect(found).toEqual([]);
      else expect(found).toContain(name);
    });
  });
});
