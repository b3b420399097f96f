import { describe, expect, it } from 'vitest';
import { createFrame } from '../geo/frame.ts';
import { seededRandom } from '../geo/random.ts';
import { gridElevation, highestGround, joinElevation } from './elevation-grid.ts';
import { srtmTile } from './srtm.ts';
import { randomGround } from './terrain.fixture.ts';

/** A 3″ tile: a plane that rises 1 m a column to the east and 2 m a row to the south, with one void. */
function plane(edge = 1201): Uint8Array {
  const bytes = new Uint8Array(edge * edge * 2);
  const view = new DataView(bytes.buffer);
  for (let row = 0; row < edge; row++) {
    for (let column = 0; column < edge; column++) {
      view.setInt16((row * edge + column) * 2, column + 2 * row - 500, false);
    }
  }
  view.setInt16((600 * edge + 600) * 2, -32_768, false);
  return bytes;
}

describe('an SRTM tile', () => {
  const read = srtmTile('/maps/N25E110.hgt', plane());
  if (read.kind !== 'ok') throw new Error(read.issue.message);
  const { tile } = read;

  it('lies where its name says', () => {
    expect(tile).toMatchObject({ westDeg: 110, eastDeg: 111, southDeg: 25, northDeg: 26 });
    expect(tile.spacingM).toBeGreaterThan(83);
    expect(tile.spacingM).toBeLessThan(93);
  });

  it.each([
    ['the north-west corner is the first number', 110, 26, -500],
    ['the south-west corner is 1,200 rows further', 110, 25, 1900],
    ['the south-east corner is the last number', 111, 25, 3100],
    ['between nodes it is bilinear', 110 + 10.25 / 1200, 26 - 20.5 / 1200, -500 + 10.25 + 41],
    ['a node itself is exact', 110 + 7 / 1200, 26 - 3 / 1200, -487],
  ])('%s', (_, lonDeg, latDeg, heightM) => {
    expect(tile.elevationAmslM(lonDeg, latDeg)).toBeCloseTo(heightM, 6);
  });

  it('knows nothing beyond its edge and in a void', () => {
    expect(tile.elevationAmslM(109.999, 25.5)).toBeNull();
    expect(tile.elevationAmslM(110.5, 26.001)).toBeNull();
    expect(tile.elevationAmslM(110.5, 25.5)).toBeNull();
    expect(tile.elevationAmslM(110 + 600.4 / 1200, 26 - 599.6 / 1200)).toBeNull();
    expect(tile.elevationAmslM(110 + 601.2 / 1200, 26 - 601.2 / 1200)).not.toBeNull();
  });

  it('says null for the highest ground of a disc over a void or over the edge', () => {
    expect(tile.highestAmslM(110.5, 25.5, 200)).toBeNull();
    expect(tile.highestAmslM(110.0005, 25.2, 200)).toBeNull();
    expect(tile.highestAmslM(110.2, 25.2, 200)).not.toBeNull();
  });

  it.each([
    ['n25e110.hgt', plane(), 'ok'],
    ['S04W071.hgt', new Uint8Array(3601 * 3601 * 2), 'ok'],
    ['tile.hgt', plane(), 'error'],
    ['N25E110.hgt', new Uint8Array(1000), 'error'],
    ['N95E110.hgt', plane(), 'error'],
  ])('%s is %s', (name, bytes, kind) => {
    const result = srtmTile(name, bytes);
    expect(result.kind).toBe(kind);
    if (result.kind === 'error') expect(result.issue.code).toBe('terrain.bad-tile');
    else if (name.startsWith('S'))
      expect(result.tile).toMatchObject({ southDeg: -4, westDeg: -71, northDeg: -3 });
  });
});

describe('tiles joined', () => {
  const make = (westDeg: number, heightM: number | null) =>
    gridElevation({
      westDeg,
      northDeg: 26,
      stepLonDeg: 0.01,
      stepLatDeg: 0.01,
      columns: 101,
      rows: 101,
      heightAt: () => heightM,
    });

  it('answer on both sides of the seam and for a disc across it', () => {
    const joined = joinElevation([make(110, 100), make(111, 200)]);
    expect(joined.elevationAmslM(110.999, 25.5)).toBe(100);
    expect(joined.elevationAmslM(111.001, 25.5)).toBe(200);
    expect(joined.highestAmslM?.(110.9999, 25.5, 50)).toBe(200);
    expect(joined.highestAmslM?.(110.5, 25.5, 50)).toBe(100);
    expect(joined.highestAmslM?.(110.00001, 25.5, 50)).toBeNull();
  });

  it('fill the voids of one tile from the next', () => {
    const joined = joinElevation([make(110, null), make(110, 70)]);
    expect(joined.elevationAmslM(110.5, 25.5)).toBe(70);
    expect(joined.highestAmslM?.(110.5, 25.5, 500)).toBe(70);
  });

  it('know nothing without tiles', () => {
    expect(joinElevation([]).elevationAmslM(110, 25)).toBeNull();
    expect(joinElevation([]).highestAmslM?.(110, 25, 10)).toBeNull();
  });
});

describe('the highest ground of a disc', () => {
  it('is never below any place in it', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const ground = randomGround(seed, { cliffs: seed % 2 === 0 });
      const random = seededRandom(seed);
      const centre = {
        lonDeg: ground.westDeg + (0.1 + random() * 0.8) * (ground.eastDeg - ground.westDeg),
        latDeg: ground.southDeg + (0.1 + random() * 0.8) * (ground.northDeg - ground.southDeg),
      };
      const radiusM = random() * 150;
      const highest = highestGround(ground, centre, radiusM);
      const frame = createFrame(centre);
      for (let k = 0; k < 300; k++) {
        const angle = random() * 2 * Math.PI;
        const r = Math.sqrt(random()) * radiusM * 1000;
        const groundM = ground.elevationAmslM(
          centre.lonDeg + (Math.sin(angle) * r) / frame.mmPerLonDeg,
          centre.latDeg + (Math.cos(angle) * r) / frame.mmPerLatDeg,
        );
        expect(groundM, `seed ${seed}`).not.toBeNull();
        expect(highest ?? -9999, `seed ${seed}`).toBeGreaterThanOrEqual((groundM ?? 0) - 1e-9);
      }
    }
  });
});
