import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createFrame, lonLatToMm, polygonsOf, ringToMm } from '../../missions/geo/frame.ts';
import { containsPoint } from '../../missions/geo/measure.ts';
import { parseGridText } from '../../missions/grid/read-grid.ts';
import { DISTRICT_CENTRE } from './boundary.ts';
import {
  generateSampleDistrict,
  SAMPLE_BASES_FILE,
  SAMPLE_COUNTS,
  SAMPLE_DISTRICT_FILE,
  type SampleBase,
  writeSampleDistrict,
} from './generate.ts';

if (process.env.REGEN === '1') writeSampleDistrict();

const text = readFileSync(SAMPLE_DISTRICT_FILE, 'utf8');
const { cells, issues } = parseGridText(text);

describe('the sample district', () => {
  it('is byte for byte what the generator makes', () => {
    const made = generateSampleDistrict();
    expect(made.geojson === text).toBe(true);
    expect(made.bases).toBe(readFileSync(SAMPLE_BASES_FILE, 'utf8'));
  });

  it('is accepted by the reader without a single remark', () => {
    expect(issues).toEqual([]);
  });

  it('has 30, 180 and 2,000 cells, all marked as sample data', () => {
    expect([1, 2, 3].map((level) => cells.filter((c) => c.level === level).length)).toEqual([
      ...SAMPLE_COUNTS,
    ]);
    expect(cells.every((c) => c.sample)).toBe(true);
  });

  it('covers about 50 km² on every level', () => {
    for (const level of [1, 2, 3]) {
      const sum = cells.filter((c) => c.level === level).reduce((total, c) => total + c.areaM2, 0);
      expect(sum).toBeGreaterThan(48e6);
      expect(sum).toBeLessThan(52e6);
    }
    const micro = cells.filter((c) => c.level === 3).map((c) => c.areaM2);
    expect(micro.reduce((a, b) => a + b, 0) / micro.length).toBeCloseTo(25_000, -3);
    expect(Math.min(...micro)).toBeGreaterThan(15_000);
  });

  it('gives every cell its own id, name, English name and one to three people', () => {
    for (const key of ['cellId', 'name', 'nameEn'] as const) {
      expect(new Set(cells.map((c) => c[key])).size).toBe(cells.length);
    }
    for (const cell of cells) {
      expect(cell.responsible.length).toBeGreaterThanOrEqual(1);
      expect(cell.responsible.length).toBeLessThanOrEqual(3);
      for (const person of cell.responsible) {
        expect(person.phone).toMatch(/^199-0000-\d{4}$/);
        expect(person.name).toMatch(/^\p{Script=Han}{2,3}$/u);
      }
    }
  });

  it('shares borders exactly: every inner edge of a level occurs once in each direction', () => {
    for (const level of [1, 2, 3]) {
      const edges = new Map<string, number>();
      for (const cell of cells.filter((c) => c.level === level)) {
        const ring = polygonsOf(cell.geometry)[0]?.[0] ?? [];
        for (let i = 0; i + 1 < ring.length; i++) {
          const key = `${ring[i]}>${ring[i + 1]}`;
          edges.set(key, (edges.get(key) ?? 0) + 1);
        }
      }
      let outer = 0;
      for (const [key, count] of edges) {
        expect(count).toBe(1);
        const [a, b] = key.split('>');
        if (!edges.has(`${b}>${a}`)) outer++;
      }
      // What has no twin is the outline of the district and nothing else.
      expect(outer).toBeLessThan(600);
    }
  });

  it('has 2 stations and 27 rooms, each inside the district and in a large cell of its own', () => {
    const bases = JSON.parse(readFileSync(SAMPLE_BASES_FILE, 'utf8')) as SampleBase[];
    expect(bases.filter((b) => b.kind === 'station')).toHaveLength(2);
    expect(bases.filter((b) => b.kind === 'room')).toHaveLength(27);
    expect(new Set(bases.map((b) => b.baseId)).size).toBe(29);
    const frame = createFrame(DISTRICT_CENTRE);
    const homes = bases.map((base) =>
      cells
        .filter((c) => c.level === 1)
        .filter((c) =>
          containsPoint(
            polygonsOf(c.geometry).flatMap((rings) => rings.map((r) => ringToMm(frame, r))),
            lonLatToMm(frame, base),
          ),
        )
        .map((c) => c.cellId)
        .join(),
    );
    expect(new Set(homes).size).toBe(29);
    expect(homes).not.toContain('');
  });
});
