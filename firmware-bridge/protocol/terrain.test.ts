import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { Encoder } from '../codec/encoder.ts';
import { buildMessage, TerrainData, TerrainRequest } from '../codec/messages.ts';
import { TerrainService } from '../service/terrain.ts';
import { HgtElevation, tileName } from '../service/terrain-elevation.ts';
import { FakePort } from '../test-support/fake-port.ts';
import { blockMessage, blockPoints, EMPTY_QUEUE, takeBlock, withRequest } from './terrain.ts';

const GRID = { lat: 252_800_000, lon: 1_102_900_000, gridSpacing: 100, mask: (1n << 56n) - 1n };
const directory = await mkdtemp(path.join(os.tmpdir(), 'terrain-'));
afterAll(() => rm(directory, { recursive: true }));

/** 3 arc-seconds; the height tells row and column apart. */
async function writeTile(name: string, height: (row: number, column: number) => number): Promise<void> {
  const bytes = Buffer.alloc(1201 * 1201 * 2);
  for (let row = 0; row < 1201; row++) {
    for (let column = 0; column < 1201; column++) {
      bytes.writeInt16BE(height(row, column), 2 * (row * 1201 + column));
    }
  }
  await writeFile(path.join(directory, `${name}.hgt`), bytes);
}

describe('the terrain that is asked for', () => {
  it('numbers blocks from the south-west, eight to the east, then north', () => {
    const at = (bit: number) => blockPoints(GRID, bit)[0];
    const mPerDeg = 111_318.845;
    const northM = (bit: number) => ((at(bit)?.latDeg ?? 0) - 25.28) * mPerDeg;
    const eastM = (bit: number) =>
      ((at(bit)?.lonDeg ?? 0) - 110.29) * mPerDeg * Math.cos((25.28 * Math.PI) / 180);
    expect([northM(0), eastM(0)]).toEqual([expect.closeTo(0, 1), expect.closeTo(0, 1)]);
    expect([northM(1), eastM(1)]).toEqual([expect.closeTo(0, 1), expect.closeTo(400, 0)]);
    expect([northM(8), eastM(8)]).toEqual([expect.closeTo(400, 0), expect.closeTo(0, 1)]);
    expect(northM(55)).toBeCloseTo(2_400, 0);
    expect(Math.abs(eastM(55) - 2_800)).toBeLessThan(1);
  });

  it('puts points row by row from the south-west, and repeats corner and spacing: these bytes', () => {
    let n = 0;
    const message = blockMessage(GRID, 9, () => 100 + n++);
    if (message === null) throw new Error('no block');
    const frame = new Encoder({ systemId: 245, componentId: 190 }).encode(message);
    const heights = Array.from({ length: 16 }, (_, i) => Buffer.from([100 + i, 0]).toString('hex')).join('');
    expect(frame.subarray(10, -2).toString('hex')).toBe(`006c110f20ebbc416400${heights}09`);
  });

  it('asks for every block of the mask once, whatever the mask', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, (1n << 56n) - 1n), (mask) => {
        let queue = withRequest(EMPTY_QUEUE, { ...GRID, mask });
        let seen = 0n;
        for (;;) {
          const taken = takeBlock(queue);
          queue = taken.queue;
          if (taken.block === null) break;
          expect((seen >> BigInt(taken.block.bit)) & 1n).toBe(0n);
          seen |= 1n << BigInt(taken.block.bit);
        }
        expect(seen).toBe(mask);
      }),
    );
  });

  it('reads tiles: corners, between points, south and west, nothing where nothing is', async () => {
    await writeTile('N25E110', (row, column) =>
      row === 600 && column === 600 ? -32_768 : column + (1200 - row),
    );
    const warnings: string[] = [];
    const source = new HgtElevation(directory, { warn: (text) => warnings.push(text) });
    expect(source.heightAmslM(110.5, 25.25)).toBeNull();
    await source.prepare([
      { lonDeg: 110.5, latDeg: 25.25 },
      { lonDeg: 111.5, latDeg: 25.25 },
    ]);
    expect(source.heightAmslM(110, 25)).toBe(0);
    expect(source.heightAmslM(110.25, 25.25)).toBeCloseTo(600, 6);
    expect(source.heightAmslM(110 + 300.5 / 1200, 25 + 10.25 / 1200)).toBeCloseTo(310.75, 6);
    expect(source.heightAmslM(110.5, 25.5)).toBeNull();
    expect(source.heightAmslM(110.5 + 0.5 / 1200, 25.5)).toBeNull();
    expect(source.heightAmslM(111.5, 25.25)).toBeNull();
    expect(warnings).toEqual([expect.stringContaining('N25E111')]);
    expect(tileName(-70.5, -33.2)).toBe('S34W071');
  });

  it('answers at a bounded rate, and not at all where a height is not known', async () => {
    const port = new FakePort();
    const known = {
      prepare: () => Promise.resolve(),
      heightAmslM: (lon: number) => (lon < 110.295 ? 151.6 : null),
    };
    const service = new TerrainService(port, known, { perSecond: 10 });
    const { lat, lon, gridSpacing } = GRID;
    port.deliver(buildMessage(TerrainRequest, { lat, lon, gridSpacing, mask: GRID.mask }));
    await port.clock.advance(450);
    expect(port.sentOf(TerrainData)).toHaveLength(5);
    await port.clock.advance(10_000);
    const sent = port.sentOf(TerrainData);
    // East of 110.295° (503 m) nothing is known: only the first column of blocks (0–300 m) is answered.
    expect(sent.map((one) => one.gridbit)).toEqual([0, 8, 16, 24, 32, 40, 48]);
    expect(sent[0]).toMatchObject({ lat, lon, gridSpacing });
    expect(sent[0]?.data).toEqual(new Array(16).fill(152));
    expect(service.counts()).toEqual({ requests: 1, blocksSent: 7, blocksUnknown: 49 });
    expect(port.clock.pendingTimers).toBe(0);
  });
});
