import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chooseCell, parseHome, readCells } from './area-file.ts';
import { readZones } from './zones-file.ts';

const FIXTURES = new URL('../../test/fixtures/grid/', import.meta.url).pathname;
const SQUARE = {
  type: 'Polygon',
  coordinates: [
    [
      [110.29, 25.28],
      [110.294, 25.28],
      [110.294, 25.284],
      [110.29, 25.284],
      [110.29, 25.28],
    ],
  ],
};
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'airgrid-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, value: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
}

test('a bare polygon, a feature and a collection without levels are areas of their own', () => {
  const feature = { type: 'Feature', properties: null, geometry: SQUARE };
  for (const value of [SQUARE, feature, { type: 'FeatureCollection', features: [feature] }]) {
    const cells = readCells(file('area.geojson', value), undefined, () => {});
    expect(cells.map((cell) => cell.cellId)).toEqual(['area-1']);
    expect(cells[0]?.areaM2).toBeCloseTo(403 * 443, -4);
  }
});

test('a grid keeps its cells, whatever its format', () => {
  const ids = (name: string): string[] =>
    readCells(join(FIXTURES, name), undefined, () => {}).map((cell) => cell.cellId);
  expect(ids('three-levels.geojson').length).toBeGreaterThan(2);
  expect(ids('three-levels.kml').toSorted()).toEqual(ids('three-levels.geojson').toSorted());
  expect(ids('three-levels.kmz')).toEqual(ids('three-levels.kml'));
});

test('what is wrong is told with what to do', () => {
  const cells = readCells(join(FIXTURES, 'three-levels.geojson'), undefined, () => {});
  expect(() => chooseCell(cells, undefined, 'x')).toThrow('choose one with --cell');
  expect(() => chooseCell(cells, 'nowhere', 'x')).toThrow('no cell nowhere');
  expect(() => readCells(join(folder, 'missing.geojson'), undefined, () => {})).toThrow('cannot be read');
  expect(() => readCells(join(FIXTURES, 'three-levels.geojson'), 'utm', () => {})).toThrow('--crs is "utm"');
  expect(() => parseHome('25.28;110.29')).toThrow('longitude,latitude');
  const said: string[] = [];
  expect(() => readCells(file('bad.geojson', '{"type": '), undefined, (text) => said.push(text))).toThrow(
    'holds no cell',
  );
  expect(said.some((text) => text.startsWith('error:'))).toBe(true);
});

test('zones: what is left out has a default, what is wrong is named', () => {
  const zone = (properties: unknown, geometry: unknown = SQUARE) => ({
    type: 'FeatureCollection',
    features: [{ type: 'Feature', properties, geometry }],
  });
  expect(readZones(file('zones.geojson', zone({ name: 'Hospital', ceilingM: 80 })))).toEqual([
    {
      ...{ zoneId: 'zone-1', kind: 'no-fly', name: 'Hospital', geometry: SQUARE, floorM: null, ceilingM: 80 },
      ...{ datum: 'above-home', activeFromMs: null, activeToMs: null },
    },
  ]);
  expect(() => readZones(file('z.geojson', zone({ kind: 'forbidden' })))).toThrow(
    'allowed: no-fly, altitude',
  );
  expect(() => readZones(file('z.geojson', zone({ floorM: '10' })))).toThrow('a number is expected');
  expect(() => readZones(file('z.geojson', zone({}, { type: 'Point', coordinates: [0, 0] })))).toThrow(
    'Polygon',
  );
  expect(() => readZones(file('z.geojson', 'no'))).toThrow('no GeoJSON');
});
