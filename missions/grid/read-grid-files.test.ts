import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { wgs84ToBd09, wgs84ToGcj02 } from '../geo/gcj02.ts';
import type { GridCell } from '../model.ts';
import { GRID_ISSUE_CODES, GRID_NOTE_CODES } from './issues.ts';
import { type GridFilesResult, type ReadGridFilesOptions, readGridFiles } from './read-grid-files.ts';
import { ascii, type FieldToWrite, writeDbf, writeShp } from './shapefile-writer.fixture.ts';
import type { InputFile } from './source/archive.ts';

const fixture = (name: string): InputFile => ({
  name,
  bytes: new Uint8Array(readFileSync(new URL(`../../test/fixtures/grid/${name}`, import.meta.url))),
});
const text = (name: string, content: string): InputFile => ({ name, bytes: strToU8(content) });
const codes = (result: GridFilesResult): string[] => result.issues.map((issue) => issue.code);
const noteCodes = (result: GridFilesResult): string[] => result.notes.map((note) => note.code);

type Ring = [number, number][];
const square = (lon: number, lat: number, size = 0.002): Ring => [
  [lon, lat],
  [lon + size, lat],
  [lon + size, lat + size],
  [lon, lat + size],
  [lon, lat],
];
const feature = (
  id: string,
  ring: Ring,
  properties: Record<string, unknown> = {},
): Record<string, unknown> => ({
  type: 'Feature',
  properties: { id, level: 1, name: id, ...properties },
  geometry: { type: 'Polygon', coordinates: [ring] },
});
const geojson = (name: string, features: unknown[], more: Record<string, unknown> = {}): InputFile =>
  text(name, JSON.stringify({ type: 'FeatureCollection', features, ...more }));
const placemark = (name: string, ring: Ring, inner = ''): string =>
  `<Placemark><name>${name}</name>${inner}<Polygon><outerBoundaryIs><LinearRing><coordinates>${ring
    .map((p) => p.join(','))
    .join(' ')}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>`;
const kml = (content: string, name = 'a.kml'): InputFile =>
  text(
    name,
    `<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>${content}</Document></kml>`,
  );

/** What must be the same in every format, positions to a centimetre. */
function essence(cells: readonly GridCell[]): unknown[] {
  return [...cells]
    .sort((a, b) => a.cellId.localeCompare(b.cellId))
    .map(({ cellId, level, parentId, name, geometry, areaM2, responsible }) => ({
      cellId,
      level,
      parentId,
      name,
      areaM2: Math.round(areaM2),
      corners: (geometry.coordinates[0] as number[][]).map((p) => p.map((v) => v.toFixed(7))).sort(),
      roles: responsible.map((person) => [
        person.role,
        (person.phone ?? '').slice(0, 9),
        person.name.slice(0, 2),
      ]),
    }));
}

describe('one grid in every format', () => {
  const expected = essence(readGridFiles([fixture('three-levels.geojson')]).cells);

  it('has two large, four small and eight micro cells', () => {
    expect(expected).toHaveLength(14);
  });

  it.each([
    ['three-levels.kml', []],
    ['three-levels.kmz', ['grid.files-ignored']],
    ['levels-gbk-gauss-kruger.zip', Array(3).fill(['grid.cgcs2000-as-wgs84', 'grid.level-by-name']).flat()],
    ['one-file-utf8.zip', ['grid.encoding-guessed', 'grid.cgcs2000-as-wgs84']],
  ])('%s gives the same cells without an issue', (name, notes) => {
    const result = readGridFiles([fixture(name)]);
    expect(result.issues).toEqual([]);
    expect(noteCodes(result)).toEqual(notes);
    expect(essence(result.cells)).toEqual(expected);
  });

  it('keeps free attributes: numbers as numbers from a Shapefile, text from KML, and no styles', () => {
    const byName = (name: string): unknown =>
      readGridFiles([fixture(name)]).cells.find((cell) => cell.cellId === 'G1-1-2')?.attributes;
    expect(byName('levels-gbk-gauss-kruger.zip')).toEqual({ 户数: 101 });
    expect(byName('three-levels.geojson')).toEqual({ 户数: 107 });
    expect(byName('three-levels.kml')).toEqual({ 户数: '107' });
  });

  it('takes the files of a Shapefile side by side, and one GeoJSON per level', () => {
    const files = readGridFiles([fixture('three-levels.geojson')]).cells;
    const perLevel = ([1, 2, 3] as const).map((level) =>
      geojson(
        `${['', '大', '小', '微'][level]}网格.geojson`,
        files
          .filter((cell) => cell.level === level)
          .map((cell) => ({
            type: 'Feature',
            properties: {
              id: cell.cellId,
              parent: cell.parentId,
              name: cell.name,
              网格员: '王某',
              电话: '199-0000-0000',
            },
            geometry: cell.geometry,
          })),
      ),
    );
    const result = readGridFiles(perLevel);
    expect(result.issues).toEqual([]);
    expect(essence(result.cells)).toEqual(expected);
    expect(result.sources.map((source) => source.features)).toEqual([2, 4, 8]);
  });

  it('reads levels by option where nothing else says them', () => {
    const file = geojson('x.geojson', [feature('A', square(110, 25), { level: null })]);
    expect(codes(readGridFiles([file]))).toEqual(['grid.bad-level']);
    expect(readGridFiles([file], { levels: { 'x.geojson': 1 } }).cells[0]?.level).toBe(1);
    expect(readGridFiles([file], { levels: { x: 1 } }).cells[0]?.level).toBe(1);
  });
});

describe('what files leave unsaid', () => {
  const large = [feature('L1', square(110, 25, 0.004)), feature('L2', square(110.004, 25, 0.004))];

  it('finds parents by place, and reports how many', () => {
    const small = [0, 1].map((k) => feature(`S${k}`, square(110 + k * 0.004, 25, 0.004), { level: 2 }));
    const result = readGridFiles([geojson('a.geojson', [...large, ...small])]);
    expect(result.cells.map((cell) => cell.parentId)).toEqual([null, null, 'L1', 'L2']);
    expect(result.issues).toMatchObject([
      { code: 'grid.parents-by-place', severity: 'repair', details: { level: 2, cells: 2 } },
    ]);
  });

  it('finds parents by name, and by the folder they stand in', () => {
    const result = readGridFiles([
      kml(
        `<Folder><name>大网格</name>${placemark('东片', square(110, 25, 0.004))}${placemark('西片', square(110.004, 25, 0.004))}</Folder>
         <Folder><name>小网格</name><Folder><name>东片</name>${placemark('甲', square(110, 25, 0.004))}</Folder>
         <Folder><name>西片</name>${placemark('乙', square(110.004, 25, 0.004))}</Folder></Folder>`,
      ),
    ]);
    expect(result.cells.map((cell) => [cell.cellId, cell.level, cell.parentId])).toEqual([
      ['东片', 1, null],
      ['西片', 1, null],
      ['甲', 2, '东片'],
      ['乙', 2, '西片'],
    ]);
    expect(codes(result)).toEqual(['grid.ids-from-names', 'grid.parents-by-name']);
  });

  it('takes nested folders as levels when no name says any', () => {
    const result = readGridFiles([
      kml(
        `<Folder><name>东片</name>${placemark('东片', square(110, 25, 0.004))}<Folder><name>里</name>${placemark('甲', square(110, 25, 0.004))}</Folder></Folder>`,
      ),
    ]);
    expect(result.cells.map((cell) => [cell.cellId, cell.level, cell.parentId])).toEqual([
      ['东片', 1, null],
      ['甲', 2, '东片'],
    ]);
  });

  it('does not guess over a stated parent that does not exist', () => {
    const small = feature('S', square(110, 25), { level: 2, parent: 'nowhere' });
    expect(codes(readGridFiles([geojson('a.geojson', [...large, small])]))).toContain('grid.unknown-parent');
  });

  it('notes levels without anybody responsible', () => {
    const result = readGridFiles([
      geojson('a.geojson', [large[0], feature('L2', square(110.004, 25, 0.004), { 民警: '王某' })]),
    ]);
    expect(result.issues).toEqual([]);
    expect(result.notes).toContainEqual(
      expect.objectContaining({ code: 'grid.no-responsible', details: { level: 1, cells: 1, of: 2 } }),
    );
  });

  it('gives each finding its file and its place in that file', () => {
    const result = readGridFiles([
      geojson('大网格.geojson', large),
      geojson('b.geojson', [
        feature('L3', square(110.02, 25).reverse() as Ring),
        feature('L1', square(110.03, 25)),
      ]),
    ]);
    expect(result.issues).toMatchObject([
      { code: 'grid.winding', file: 'b.geojson', featureIndex: 0 },
      { code: 'grid.duplicate-id', file: 'b.geojson', featureIndex: 1, details: { firstFeatureIndex: 0 } },
    ]);
    expect(result.issues[1]?.message).toContain('feature 0 of 大网格.geojson');
  });
});

describe('coordinate systems', () => {
  const ring = square(110.29, 25.28);
  const centreOffM = (result: GridFilesResult): number => {
    const centre = result.cells[0]?.centroid ?? { lonDeg: 0, latDeg: 0 };
    return Math.hypot((centre.lonDeg - 110.291) * 100_700, (centre.latDeg - 25.281) * 110_776);
  };

  it.each<[string, Ring, Record<string, unknown>, ReadGridFilesOptions]>([
    ['the option', ring.map(wgs84ToGcj02) as Ring, {}, { crs: 'gcj02' }],
    ['the option, spelled as people do', ring.map(wgs84ToGcj02) as Ring, {}, { crs: 'GCJ-02' }],
    [
      'a crs member',
      ring.map(wgs84ToGcj02) as Ring,
      { crs: { type: 'name', properties: { name: 'GCJ02' } } },
      {},
    ],
    ['a property of the collection', ring.map(wgs84ToBd09) as Ring, { properties: { crs: 'BD-09' } }, {}],
    [
      'an option over the member that GIS programs always write',
      ring.map(wgs84ToGcj02) as Ring,
      { crs: { type: 'name', properties: { name: 'urn:ogc:def:crs:OGC:1.3:CRS84' } } },
      { crs: 'gcj02' },
    ],
    ['an EPSG number', ring.map(([x, y]) => [x, y]) as Ring, {}, { crs: 'EPSG:4490' }],
  ])('converts by %s', (_, coordinates, more, options) => {
    expect(
      centreOffM(readGridFiles([geojson('a.geojson', [feature('A', coordinates)], more)], options)),
    ).toBeLessThan(0.01);
  });

  it('converts by a column 坐标系', () => {
    const gcj = ring.map(wgs84ToGcj02) as Ring;
    expect(
      centreOffM(readGridFiles([geojson('a.geojson', [feature('A', gcj, { 坐标系: 'GCJ-02' })])])),
    ).toBeLessThan(0.01);
  });

  it.each([
    [{ crs: { type: 'name', properties: { name: 'EPSG:4610' } } }, {}],
    [{ crs: 'my own' }, {}],
    [{ crs: { type: 'link', properties: {} } }, {}],
    [{}, { crs: 'EPSG:9999' }],
  ])('refuses an unknown one and says what to do: %j %j', (more, options) => {
    const result = readGridFiles([geojson('a.geojson', [feature('A', ring)], more)], options);
    expect(result.cells).toEqual([]);
    expect(codes(result)).toEqual(['grid.unsupported-crs']);
    expect(result.issues[0]?.message).toContain('export it in WGS-84');
  });

  it('refuses Xian 80 by its .prj, metres without a system, and a northing in front', () => {
    expect(codes(readGridFiles([fixture('xian-80.zip')]))).toEqual(['grid.unsupported-crs']);
    const metres = (x: number, y: number): InputFile =>
      geojson('a.geojson', [feature('A', square(x, y, 100))]);
    expect(codes(readGridFiles([metres(430_000, 2_796_000)]))).toEqual(['grid.coordinates-projected']);
    expect(codes(readGridFiles([metres(430_000, 2_796_000)], { crs: 'EPSG:4546' }))).toEqual([]);
    expect(codes(readGridFiles([metres(2_796_000, 430_000)], { crs: 'EPSG:4546' }))).toEqual([
      'grid.coordinates-off-zone',
    ]);
  });
});

describe('a reference that is known to be right', () => {
  const outline = (move: (p: number[]) => number[]): Ring =>
    [
      [110.25, 25.25],
      [110.33, 25.24],
      [110.34, 25.31],
      [110.27, 25.32],
      [110.25, 25.25],
    ].map(move) as Ring;
  const reference = {
    outlines: [{ type: 'Polygon' as const, coordinates: [outline((p) => p)] }],
  };
  const read = (move: (p: number[]) => number[], options: ReadGridFilesOptions = {}): GridFilesResult =>
    readGridFiles([geojson('a.geojson', [feature('A', outline(move))])], { reference, ...options });

  it.each<[string, (p: number[]) => number[], ReadGridFilesOptions, string, string]>([
    ['GCJ-02 that is read as WGS-84', wgs84ToGcj02, {}, 'WGS-84', 'GCJ-02'],
    ['WGS-84 that is read as GCJ-02', (p) => p, { crs: 'gcj02' }, 'GCJ-02', 'WGS-84'],
    ['GCJ-02 that is read as CGCS2000', wgs84ToGcj02, { crs: 'cgcs2000' }, 'WGS-84', 'GCJ-02'],
    ['BD-09 that is read as WGS-84', wgs84ToBd09, {}, 'WGS-84', 'BD-09'],
    ['BD-09 that is read as GCJ-02', wgs84ToBd09, { crs: 'gcj02' }, 'GCJ-02', 'BD-09'],
  ])('warns of %s', (_, move, options, stated, looksLike) => {
    const result = read(move, options);
    expect(result.issues).toMatchObject([
      {
        code: 'grid.looks-shifted',
        severity: 'warning',
        file: 'a.geojson',
        details: { stated, looksLike },
      },
    ]);
    // BD-09 bends long edges by some metres.
    expect(Number(result.issues[0]?.details.matchM)).toBeLessThan(5);
    expect(result.cells).toHaveLength(1);
  });

  it('is content with the right datum, also when borders were redrawn by 40 m', () => {
    expect(read((p) => p).issues).toEqual([]);
    expect(read(wgs84ToGcj02, { crs: 'gcj02' }).issues).toEqual([]);
    expect(read(([x = 0, y = 0]) => [x + 0.0003, y + 0.0002]).issues).toEqual([]);
  });

  it('says nothing of a file that covers only a part inside', () => {
    const part = geojson('a.geojson', [feature('A', square(110.29, 25.28))]);
    expect(readGridFiles([part], { reference }).issues).toEqual([]);
  });

  it('knows places too: bases that lie in the cells only after the shift', () => {
    const places = outline((p) => p)
      .slice(0, 4)
      .map(([lonDeg, latDeg]) => ({
        lonDeg: lonDeg + (110.295 - lonDeg) * 0.02,
        latDeg: latDeg + (25.28 - latDeg) * 0.02,
      }));
    const shifted = geojson('a.geojson', [feature('A', outline(wgs84ToGcj02))]);
    expect(codes(readGridFiles([shifted], { reference: { places } }))).toEqual(['grid.looks-shifted']);
    const right = geojson('a.geojson', [
      feature(
        'A',
        outline((p) => p),
      ),
    ]);
    expect(codes(readGridFiles([right], { reference: { places } }))).toEqual([]);
  });

  it('warns of another city, and of latitude first where both are possible', () => {
    const far = geojson('a.geojson', [feature('A', square(113.2, 23.1))]);
    expect(codes(readGridFiles([far], { reference }))).toEqual(['grid.far-from-reference']);
    // Ürümqi, 87.6 E 43.8 N: exchanged it is still a position on the Earth.
    const swapped = geojson('a.geojson', [feature('A', square(43.8, 87.6))]);
    expect(codes(readGridFiles([swapped]))).toEqual(['grid.looks-swapped']);
    expect(codes(readGridFiles([geojson('a.geojson', [feature('A', square(87.6, 43.8))])]))).toEqual([]);
    expect(codes(readGridFiles([geojson('a.geojson', [feature('A', square(25.28, 110.29))])]))).toEqual([
      'grid.coordinates-swapped',
    ]);
  });
});

describe('KML', () => {
  it('reads attributes as text, so that telephone numbers keep their zeros and "false" stays false', () => {
    const { cells } = readGridFiles([
      kml(
        `<Schema id="s"><SimpleField type="int" name="tel0"/><SimpleField type="bool" name="open_day"/></Schema>${placemark(
          '甲',
          square(110, 25),
          '<styleUrl>#x</styleUrl><Style><LineStyle><color>ff0000ff</color></LineStyle></Style><ExtendedData><SchemaData><SimpleData name="tel0">0773</SimpleData><SimpleData name="open_day">false</SimpleData></SchemaData><Data name="级别"><value>大网格</value></Data><Data name="责任人员"><value>[{"name":"王","role":"民警","phone":"0773"}]</value></Data></ExtendedData>',
        )}`,
      ),
    ]);
    expect(cells[0]).toMatchObject({
      cellId: '甲',
      level: 1,
      responsible: [{ name: '王', role: '民警', phone: '0773' }],
    });
    expect(cells[0]?.attributes).toEqual({ tel0: '0773', open_day: 'false' });
  });

  it('reads holes that stand before the outer ring, and MultiGeometry', () => {
    const ringText = (ring: Ring): string =>
      `<LinearRing><coordinates>${ring.map((p) => `${p.join(',')},12`).join('\n')}</coordinates></LinearRing>`;
    const holed = `<Polygon><innerBoundaryIs>${ringText(square(110.001, 25.001).reverse() as Ring)}</innerBoundaryIs><outerBoundaryIs>${ringText(square(110, 25, 0.004))}</outerBoundaryIs></Polygon>`;
    const other = `<Polygon><outerBoundaryIs>${ringText(square(110.01, 25))}</outerBoundaryIs></Polygon>`;
    const result = readGridFiles([
      kml(
        `<Placemark><name>甲</name><MultiGeometry>${holed}${other}</MultiGeometry></Placemark>`,
        '大网格.kml',
      ),
    ]);
    expect(codes(result)).toEqual(['grid.ids-from-names']);
    expect(result.cells[0]?.geometry.coordinates.map((rings) => rings.length)).toEqual([2, 1]);
  });

  it.each([
    ['a tuple that is none', '110,25 110.1,25 x,25.1 110,25'],
    ['blanks within a tuple', '110, 25 110.1, 25 110.1 25.1 110, 25'],
    ['two points', '110,25 110.1,25 110,25'],
    ['nothing', ''],
  ])('tells of %s, which togeojson would leave out', (_, coordinates) => {
    const result = readGridFiles([
      kml(
        `<Placemark><name>a</name><Polygon><outerBoundaryIs><LinearRing><coordinates>${coordinates}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>${placemark('b', square(110, 25))}`,
        '大网格.kml',
      ),
    ]);
    expect(result.cells.map((cell) => cell.cellId)).toEqual(['b']);
    expect(result.issues.filter((issue) => issue.severity === 'error')).toMatchObject([
      { code: 'grid.bad-position', featureIndex: 0 },
    ]);
  });

  it('refuses points and lines, and remarks on network links', () => {
    const result = readGridFiles([
      kml(
        '<NetworkLink><Link><href>http://x</href></Link></NetworkLink><Placemark><name>p</name><Point><coordinates>110,25</coordinates></Point></Placemark>',
        '大网格.kml',
      ),
    ]);
    expect(codes(result)).toContain('grid.wrong-geometry');
    expect(noteCodes(result)).toContain('grid.network-links-ignored');
  });

  it.each([
    ['a document type', '<!DOCTYPE kml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><kml>&b;</kml>'],
    ['tags that do not close', '<kml><Document><Placemark></Document></kml>'],
    ['an end in the middle', '<kml><Document><Placemark><name>a'],
    ['a web page', '<html><body>404</body></html>'],
    ['prefixed elements', `<k:kml xmlns:k="http://www.opengis.net/kml/2.2"><k:Placemark/></k:kml>`],
  ])('refuses %s', (_, content) => {
    expect(codes(readGridFiles([text('a.kml', content)]))).toEqual(['grid.bad-kml']);
  });

  it('reads GBK and UTF-16', () => {
    // "甲" is BC D7 in GBK (GB 2312 row 28, cell 55).
    const content = kml(placemark('#', square(110, 25)), '大网格.kml').bytes;
    const at = content.indexOf('#'.charCodeAt(0));
    const gbk = new Uint8Array([...content.subarray(0, at), 0xbc, 0xd7, ...content.subarray(at + 1)]);
    expect(readGridFiles([{ name: '大网格.kml', bytes: gbk }]).cells[0]?.name).toBe('甲');
    const wide = new Uint8Array([
      0xff,
      0xfe,
      ...[...gbk].flatMap((byte, i) => (i === at ? [0x32, 0x75] : i === at + 1 ? [] : [byte, 0])),
    ]);
    expect(readGridFiles([{ name: '大网格.kml', bytes: wide }]).cells[0]?.name).toBe('甲');
  });
});

describe('Shapefile', () => {
  const clockwise = (ring: Ring): Ring => [...ring].reverse();
  const fields: FieldToWrite[] = [
    { name: ascii('id'), type: 'C', length: 8 },
    { name: ascii('level'), type: 'N', length: 2 },
    { name: ascii('name'), type: 'C', length: 10 },
  ];
  const row = (id: string, name: Uint8Array = ascii(id)): Uint8Array[] => [ascii(id), ascii('1'), name];
  const shapefile = (
    shp: Uint8Array,
    dbf: Uint8Array | null,
    more: Record<string, string> = {},
  ): InputFile[] => [
    { name: 'g.shp', bytes: shp },
    ...(dbf === null ? [] : [{ name: 'G.DBF', bytes: dbf }]),
    ...Object.entries(more).map(([extension, content]) => text(`g.${extension}`, content)),
  ];
  const one = writeShp([{ rings: [clockwise(square(110, 25))] }]);

  it('reads rings of the format’s own winding without a remark, and reports the others', () => {
    const hole = square(110.0005, 25.0005, 0.001);
    const sound = writeShp([{ rings: [clockwise(square(110, 25)), hole] }]);
    const result = readGridFiles(shapefile(sound, writeDbf(fields, [row('A')])));
    expect(result.issues).toEqual([]);
    expect(result.cells[0]?.geometry.coordinates).toHaveLength(2);
    const wrong = writeShp([{ rings: [square(110, 25)] }]);
    expect(codes(readGridFiles(shapefile(wrong, writeDbf(fields, [row('A')]))))).toEqual(['grid.winding']);
  });

  it('reads an island in a hole, and PolygonZ and PolygonM', () => {
    const rings = [
      clockwise(square(110, 25, 0.009)),
      square(110.001, 25.001, 0.007),
      clockwise(square(110.002, 25.002, 0.005)),
    ];
    for (const type of [5, 15, 25]) {
      const result = readGridFiles(shapefile(writeShp([{ rings }], type), writeDbf(fields, [row('A')])));
      expect(result.issues).toEqual([]);
      expect(result.cells[0]?.geometry.coordinates).toHaveLength(2);
    }
  });

  // 甲网格 in GBK and in UTF-8.
  const gbk = new Uint8Array([0xbc, 0xd7, 0xcd, 0xf8, 0xb8, 0xf1]);
  const utf8 = ascii('甲网格');
  it.each<[string, Uint8Array, Record<string, string>, string[], string[]]>([
    ['GBK by .cpg', gbk, { cpg: 'GBK' }, [], []],
    ['GBK by a code page number', gbk, { cpg: 'ANSI 936' }, [], []],
    ['UTF-8 by .cpg', utf8, { cpg: 'UTF-8\n' }, [], []],
    ['GBK without a .cpg', gbk, {}, [], ['grid.encoding-guessed']],
    ['UTF-8 without a .cpg', utf8, {}, [], ['grid.encoding-guessed']],
    ['GBK that is stated to be UTF-8', gbk, { cpg: 'UTF-8' }, ['grid.wrong-encoding'], []],
    ['an unknown .cpg', gbk, { cpg: 'KLINGON' }, [], ['grid.encoding-guessed']],
  ])('reads text in %s', (_, name, more, issues, notes) => {
    const result = readGridFiles(shapefile(one, writeDbf(fields, [row('A', name)]), { ...more, prj: '' }));
    expect(result.cells[0]?.name).toBe('甲网格');
    expect(codes(result)).toEqual(issues);
    expect(noteCodes(result).filter((code) => code.includes('encoding'))).toEqual(notes);
  });

  it('reads UTF-8 that is stated to be GBK, the language driver, and an encoding by option', () => {
    const shapes = writeShp([0, 1, 2].map((k) => ({ rings: [clockwise(square(110 + k * 0.002, 25))] })));
    const rows = ['A', 'B', 'C'].map((id) => row(id, utf8));
    const contradicted = readGridFiles(shapefile(shapes, writeDbf(fields, rows), { cpg: 'GBK' }));
    expect(contradicted.cells.map((cell) => cell.name)).toEqual(['甲网格', '甲网格', '甲网格']);
    expect(codes(contradicted)).toEqual(['grid.wrong-encoding']);
    const driver = readGridFiles(shapefile(one, writeDbf(fields, [row('A', gbk)], { driver: 77 })));
    expect([driver.cells[0]?.name, codes(driver)]).toEqual(['甲网格', []]);
    const byOption = readGridFiles(shapefile(one, writeDbf(fields, [row('A', gbk)])), { encoding: 'GB2312' });
    expect(byOption.cells[0]?.name).toBe('甲网格');
  });

  it('drops the rest of a character that the field’s width cut through', () => {
    const cut = ascii('甲网格乙').subarray(0, 10);
    expect(readGridFiles(shapefile(one, writeDbf(fields, [row('A', cut)]))).cells[0]?.name).toBe('甲网格');
  });

  it('keeps long numbers digit by digit, dates as text and blanks as null', () => {
    const more: FieldToWrite[] = [
      ...fields,
      { name: ascii('card'), type: 'N', length: 18 },
      { name: ascii('count'), type: 'N', length: 5 },
      { name: ascii('empty'), type: 'N', length: 5 },
      { name: ascii('since'), type: 'D', length: 8 },
      { name: ascii('flag'), type: 'L', length: 1 },
    ];
    const values = [
      ...row('A'),
      ascii('450302199001011234'),
      ascii('  -12'),
      ascii('*****'),
      ascii('20260131'),
      ascii('T'),
    ];
    expect(readGridFiles(shapefile(one, writeDbf(more, [values]))).cells[0]?.attributes).toEqual({
      card: '450302199001011234',
      count: -12,
      empty: null,
      since: '2026-01-31',
      flag: true,
    });
  });

  it.each<[string, () => InputFile[], string]>([
    ['points', () => [fixture('points.zip')], 'grid.wrong-shape-type'],
    ['a MultiPatch', () => [fixture('multipatch.zip')], 'grid.wrong-shape-type'],
    ['a .dbf of 0 bytes', () => shapefile(one, new Uint8Array()), 'grid.bad-shapefile'],
    [
      'a .dbf that is cut off',
      () => shapefile(one, writeDbf(fields, [row('A')]).subarray(0, -6)),
      'grid.bad-shapefile',
    ],
    [
      'a .dbf cut in its header',
      () => shapefile(one, writeDbf(fields, [row('A')]).subarray(0, 60)),
      'grid.bad-shapefile',
    ],
    ['no .dbf', () => shapefile(one, null), 'grid.missing-part'],
    ['only a .dbf', () => [{ name: 'g.dbf', bytes: writeDbf(fields, [row('A')]) }], 'grid.missing-part'],
    [
      'a .shp that is cut off',
      () => shapefile(one.subarray(0, -8), writeDbf(fields, [row('A')])),
      'grid.bad-shapefile',
    ],
    [
      'a .shp of 0 bytes',
      () => shapefile(new Uint8Array(), writeDbf(fields, [row('A')])),
      'grid.bad-shapefile',
    ],
    [
      'records that do not match',
      () => shapefile(one, writeDbf(fields, [row('A'), row('B')])),
      'grid.record-count',
    ],
    [
      'a hole that lies nowhere',
      () =>
        shapefile(
          writeShp([{ rings: [clockwise(square(110, 25)), square(111, 25), square(112, 25)] }]),
          writeDbf(fields, [row('A')]),
        ),
      'grid.bad-shapefile',
    ],
    [
      'a null shape',
      () => shapefile(writeShp([{ rings: null }]), writeDbf(fields, [row('A')])),
      'grid.wrong-geometry',
    ],
  ])('refuses %s', (_, files, code) => {
    const result = readGridFiles(files());
    expect(result.cells).toEqual([]);
    expect(codes(result)).toEqual([code]);
  });

  it('leaves out deleted records and says so', () => {
    const two = writeShp([0, 1].map((k) => ({ rings: [clockwise(square(110 + k * 0.002, 25))] })));
    const result = readGridFiles(shapefile(two, writeDbf(fields, [row('A'), row('B')], { deleted: [0] })));
    expect(result.cells.map((cell) => cell.cellId)).toEqual(['B']);
    expect(noteCodes(result)).toContain('grid.deleted-records');
  });
});

describe('archives', () => {
  const zip = (entries: Record<string, Uint8Array>): Uint8Array => zipSync(entries);
  const inner = geojson('x', [feature('A', square(110, 25))]).bytes;

  it('reads GeoJSON in a zip, and a zip in a zip', () => {
    expect(readGridFiles([{ name: 'a.zip', bytes: zip({ 'grid.geojson': inner }) }]).cells).toHaveLength(1);
    const nested = zip({ 'b.zip': zip({ 'grid.geojson': inner }) });
    expect(readGridFiles([{ name: 'a.zip', bytes: nested }]).cells).toHaveLength(1);
    expect(codes(readGridFiles([{ name: 'a.zip', bytes: zip({ 'c.zip': nested }) }]))).toEqual([
      'grid.unknown-format',
    ]);
  });

  it.each([0.3, 0.6, 0.95])('refuses a zip that is cut off at %f', (share) => {
    const whole = fixture('levels-gbk-gauss-kruger.zip').bytes;
    const result = readGridFiles([
      { name: 'a.zip', bytes: whole.subarray(0, Math.floor(whole.length * share)) },
    ]);
    expect(result.cells).toEqual([]);
    expect(codes(result)).toEqual(['grid.bad-archive']);
  });

  it('refuses a bomb before it unpacks, also spread over nested archives', () => {
    const bomb = zip({ 'doc.kml': new Uint8Array(30_000_000) });
    expect(bomb.byteLength).toBeLessThan(100_000);
    const options = { maxUnpackedBytes: 20_000_000 };
    expect(codes(readGridFiles([{ name: 'a.kmz', bytes: bomb }], options))).toEqual([
      'grid.archive-too-large',
    ]);
    const half = zip({ 'doc.kml': new Uint8Array(12_000_000).fill(32) });
    const result = readGridFiles([{ name: 'a.zip', bytes: zip({ '1.kmz': half, '2.kmz': half }) }], options);
    expect(codes(result)).toContain('grid.archive-too-large');
  });

  it('is not filled by an archive that lies about its sizes', () => {
    const bytes = zip({ 'doc.kml': new Uint8Array(5_000_000).fill(32) });
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // The uncompressed size in the central directory (APPNOTE 4.3.12: offset 24 of the entry "PK\1\2").
    for (let at = 0; at + 4 < bytes.length; at++) {
      if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 100, true);
    }
    const result = readGridFiles([{ name: 'a.kmz', bytes }]);
    expect(result.cells).toEqual([]);
    expect(result.issues.some((issue) => issue.severity === 'error')).toBe(true);
  });

  it('reads names in GBK, which Windows writes without a flag', () => {
    // 大网格.geojson with the name's bytes in GBK; fflate writes one byte per character here.
    const name = `${String.fromCharCode(0xb4, 0xf3, 0xcd, 0xf8, 0xb8, 0xf1)}.geojson`;
    const bytes = zip({
      'xxxxxx.geojson': geojson('x', [feature('A', square(110, 25), { level: null })]).bytes,
    });
    const patched = Uint8Array.from(bytes);
    const needle = strToU8('xxxxxx');
    for (let at = 0; at + 6 < patched.length; at++) {
      if (needle.every((byte, i) => patched[at + i] === byte))
        patched.set(
          Uint8Array.from(name.slice(0, 6), (c) => c.charCodeAt(0)),
          at,
        );
    }
    expect(readGridFiles([{ name: 'a.zip', bytes: patched }]).cells[0]?.level).toBe(1);
  });
});

describe('bad input', () => {
  it.each<[string, InputFile[], string]>([
    ['no file', [], 'grid.no-files'],
    ['an empty file', [{ name: 'a.geojson', bytes: new Uint8Array() }], 'grid.not-json'],
    ['an empty file of no kind', [{ name: 'a', bytes: new Uint8Array() }], 'grid.unknown-format'],
    [
      'a picture',
      [{ name: 'a.png', bytes: new Uint8Array([0x89, 0x50, 0x4e, 0x47]) }],
      'grid.unknown-format',
    ],
    [
      'JSON that ends early',
      [text('a.geojson', '{"type":"FeatureCollection","features":[')],
      'grid.not-json',
    ],
    [
      'a single feature',
      [text('a.geojson', JSON.stringify(feature('A', square(110, 25))))],
      'grid.not-a-feature-collection',
    ],
    ['no features', [geojson('a.geojson', [])], 'grid.empty-file'],
    [
      'an archive without a grid',
      [{ name: 'a.zip', bytes: zipSync({ 'a.png': new Uint8Array([1, 2, 3]) }) }],
      'grid.unknown-format',
    ],
    ['a lone .prj', [text('a.prj', 'GEOGCS["x"]')], 'grid.unknown-format'],
  ])('%s', (_, files, code) => {
    const result = readGridFiles(files);
    expect(result.cells).toEqual([]);
    expect(codes(result)).toEqual([code]);
  });

  it('reports cells with the same border, not as an overlap', () => {
    const result = readGridFiles([
      geojson('a.geojson', [feature('A', square(110, 25)), feature('B', square(110, 25))]),
    ]);
    expect(result.issues).toMatchObject([
      { code: 'grid.same-geometry', cellId: 'B', details: { otherId: 'A' } },
    ]);
  });

  it('tells where a gap is', () => {
    const result = readGridFiles([
      geojson('a.geojson', [
        feature('P', square(110, 25, 0.004)),
        feature('S', square(110, 25, 0.002), { level: 2, parent: 'P' }),
      ]),
    ]);
    const { gaps, lonDeg, latDeg } = result.issues[0]?.details ?? {};
    expect([codes(result), gaps]).toEqual([['grid.gap'], 1]);
    expect(Number(lonDeg) > 110.002 || Number(latDeg) > 25.002).toBe(true);
  });

  it('ends in bounded time when 300 cells lie on each other, and says what was not compared', () => {
    const many = Array.from({ length: 300 }, (_, k) => feature(`C${k}`, square(110 + k * 1e-6, 25)));
    const result = readGridFiles([geojson('a.geojson', many)]);
    expect(codes(result).at(-1)).toBe('grid.overlaps-not-checked');
    expect(result.cells).toHaveLength(300);
  });

  const zigzag =
    (turns: number) =>
    (k: number): number[] => {
      const radius = 1 + 0.5 * Math.cos(k * turns);
      return [Math.cos(k) * radius, Math.sin(k) * radius];
    };
  const steps = (k: number): number => Math.floor(k * 8000) / 8000;
  it.each<[string, number, (k: number) => number[], string[], number]>([
    ['a circle', 100_000, (k) => [Math.cos(k), Math.sin(k)], ['grid.thinned'], 1],
    [
      'doubled points',
      100_000,
      (k) => [Math.cos(steps(k)), Math.sin(steps(k))],
      ['grid.duplicate-points', 'grid.thinned'],
      1,
    ],
    ['long edges that nothing can thin', 100_000, zigzag(25_000), ['grid.too-many-points'], 0],
    ['long edges, as many as are read', 9_000, zigzag(2_250), [], 1],
  ])('reads or refuses a border of very many points in seconds: %s', (_, n, at, expected, cells) => {
    const ring = Array.from({ length: n }, (_, k) => {
      const [x = 0, y = 0] = at((2 * Math.PI * k) / n);
      return [110 + 0.05 * x, 25 + 0.05 * y] as [number, number];
    });
    const result = readGridFiles([
      geojson('a.geojson', [feature('A', [...ring, ring[0] as [number, number]])]),
    ]);
    expect(codes(result)).toEqual(expected);
    expect(result.cells).toHaveLength(cells);
    // A circle of 5.6 by 5.1 km keeps its area to a thousandth of a per cent.
    if (expected.includes('grid.thinned'))
      expect(result.cells[0]?.areaM2).toBeCloseTo(Math.PI * 0.05 ** 2 * 100_950 * 110_772, -4);
  });

  it('resolves self-crossings and holes in holes the same from any format', () => {
    const bowTie: Ring = [
      [110, 25],
      [110.002, 25.002],
      [110.002, 25],
      [110, 25.002],
      [110, 25],
    ];
    expect(codes(readGridFiles([kml(placemark('a', bowTie), '大网格.kml')]))).toContain('grid.self-crossing');
    const nested = {
      ...feature('A', square(110, 25)),
      geometry: {
        type: 'Polygon',
        coordinates: [
          square(110, 25, 0.009),
          square(110.001, 25.001, 0.006).reverse(),
          square(110.002, 25.002, 0.002).reverse(),
        ],
      },
    };
    const result = readGridFiles([geojson('a.geojson', [nested])]);
    expect(codes(result)).toEqual(['grid.bad-hole']);
    const expected = (0.009 ** 2 - 0.006 ** 2) * 111_195 ** 2 * Math.cos((25 * Math.PI) / 180);
    expect(Math.abs((result.cells[0]?.areaM2 ?? 0) / expected - 1)).toBeLessThan(0.01);
  });

  it('never throws whatever the bytes are, and gives only listed codes with listed details', () => {
    const names = fc.constantFrom(
      'a.geojson',
      'a.kml',
      'a.kmz',
      'a.zip',
      'a.shp',
      'a.dbf',
      'a.prj',
      'a.cpg',
      'a',
    );
    const samples = ['three-levels.geojson', 'three-levels.kml', 'three-levels.kmz', 'one-file-utf8.zip'].map(
      fixture,
    );
    const damaged = fc
      .tuple(
        fc.constantFrom(...samples),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 12 }),
        fc.nat(),
      )
      .map(([{ name, bytes }, changes, end]): InputFile => {
        const copy = Uint8Array.from(bytes);
        for (const [at, value] of changes) copy[at % copy.length] = value;
        return { name, bytes: end % 3 === 0 ? copy.subarray(0, end % copy.length) : copy };
      });
    const noise = fc.record({ name: names, bytes: fc.uint8Array({ maxLength: 300 }) });
    fc.assert(
      fc.property(fc.array(fc.oneof(damaged, noise), { maxLength: 3 }), (files) => {
        const result = readGridFiles(files);
        for (const issue of result.issues) {
          const known = GRID_ISSUE_CODES[issue.code as keyof typeof GRID_ISSUE_CODES];
          expect(known.severity).toBe(issue.severity);
          expect(Object.keys(issue.details).sort()).toEqual([...known.details].sort());
        }
        for (const note of result.notes) {
          expect(Object.keys(note.details).sort()).toEqual([...GRID_NOTE_CODES[note.code]].sort());
        }
        if (result.cells.length === 0) expect(result.issues.length).toBeGreaterThan(0);
      }),
      { numRuns: Number(process.env.FUZZ ?? 120) },
    );
  });
});

describe('texts of the console', () => {
  it.each(['en', 'zh-CN'])('%s has one for every code', (language) => {
    const source = readFileSync(
      new URL(`../../src/console/i18n/${language}/codes.ts`, import.meta.url),
      'utf8',
    );
    const all = [...Object.keys(GRID_ISSUE_CODES), ...Object.keys(GRID_NOTE_CODES)];
    expect(all.filter((code) => !source.includes(`'errors.${code}'`))).toEqual([]);
  });
});
