import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GOOD_NETWORK, type NetworkConditions } from './conditions.ts';
import { Line, type Medium } from './line.ts';

const lineWith = (conditions: Partial<NetworkConditions>, seed = 5) =>
  new Line(seed, { ...GOOD_NETWORK, ...conditions });

/** A datagram whose bytes say which one it is. */
function numbered(n: number, length = 4): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.writeUInt32LE(n);
  return bytes;
}

/** Carries `n` numbered datagrams one per millisecond and says which arrived, in order. */
function carry(line: Line, n: number, medium: Medium = 'datagram'): readonly number[] {
  const arrived: number[] = [];
  for (let ms = 0; ms < n; ms += 1) {
    line.carry(ms, numbered(ms), (bytes) => arrived.push(bytes.readUInt32LE()), medium);
    line.tick(ms);
  }
  line.tick(n + 1e9);
  return arrived;
}

const inOrder = (values: readonly number[]) => [...values].sort((a, b) => a - b);

describe('a bad line', () => {
  it('carries everything at once when it is good', () => {
    expect(carry(lineWith({}), 50)).toEqual(Array.from({ length: 50 }, (_, ms) => ms));
  });

  it('loses its share, the same datagrams for the same seed', () => {
    const first = carry(lineWith({ lossFraction: 0.3 }), 5000);
    expect(first.length).toBeGreaterThan(3350);
    expect(first.length).toBeLessThan(3650);
    expect(carry(lineWith({ lossFraction: 0.3 }), 5000)).toEqual(first);
    expect(carry(lineWith({ lossFraction: 0.3 }, 6), 5000)).not.toEqual(first);
  });

  it('loses the same datagrams whether or not they are delayed, doubled or damaged as well', () => {
    const lossy = carry(lineWith({ lossFraction: 0.3 }), 2000);
    const worse = { duplicateFraction: 0.5, jitterMs: 80, reorderFraction: 0.2 };
    const all = carry(lineWith({ lossFraction: 0.3, ...worse }), 2000);
    expect(inOrder([...new Set(all)])).toEqual(lossy);
  });

  it('loses in bursts of the length and with the share of the chain (Gilbert–Elliott)', () => {
    // Bad with 0.01 / (0.01 + 0.1) = 9.1 % of the time, 10 datagrams at a time.
    const line = lineWith({ burst: { enterFraction: 0.01, leaveFraction: 0.1, lossFraction: 1 } });
    const n = 50_000;
    const arrived = new Set(carry(line, n));
    let bursts = 0;
    for (let ms = 1; ms < n; ms += 1) if (!arrived.has(ms) && arrived.has(ms - 1)) bursts += 1;
    const lost = n - arrived.size;
    expect(lost / n).toBeGreaterThan(0.078);
    expect(lost / n).toBeLessThan(0.104);
    expect(lost / bursts).toBeGreaterThan(8.5);
    expect(lost / bursts).toBeLessThan(11.5);
  });

  it('duplicates its share', () => {
    const arrived = carry(lineWith({ duplicateFraction: 0.2 }), 1000);
    expect(new Set(arrived).size).toBe(1000);
    expect(arrived.length).toBeGreaterThan(1150);
    expect(arrived.length).toBeLessThan(1250);
  });

  it('delays, and reorders datagrams with jitter or on purpose, a stream never', () => {
    const line = lineWith({ delayMs: 100 });
    const arrived: number[] = [];
    line.carry(0, numbered(1), (bytes) => arrived.push(bytes.readUInt32LE()));
    line.tick(99);
    expect(arrived).toEqual([]);
    line.tick(100);
    expect(arrived).toEqual([1]);
    for (const conditions of [{ jitterMs: 50 }, { delayMs: 10, reorderFraction: 0.1, reorderMs: 20 }]) {
      const mixed = carry(lineWith(conditions), 200);
      expect(mixed).not.toEqual(inOrder(mixed));
      expect(mixed).toHaveLength(200);
      for (const medium of ['tcp', 'serial'] as const) {
        const stream = carry(lineWith(conditions), 200, medium);
        expect(stream).toEqual(Array.from({ length: 200 }, (_, ms) => ms));
      }
    }
  });

  it('holds TCP up where a datagram would be lost, with everything behind it', () => {
    const line = lineWith({ lossFraction: 1 });
    const arrived: number[] = [];
    const deliver = (bytes: Buffer) => arrived.push(bytes.readUInt32LE());
    line.carry(0, numbered(1), deliver, 'tcp');
    line.setConditions({ lossFraction: 0 });
    line.carry(1, numbered(2), deliver, 'tcp');
    line.tick(199);
    expect(arrived).toEqual([]);
    line.tick(200);
    expect(arrived).toEqual([1, 2]);
    expect(line.counters.lost).toBe(0);
  });

  it('passes nothing during a cut and loses what is on its way', () => {
    const line = lineWith({ delayMs: 100 });
    let arrived = 0;
    const deliver = () => {
      arrived += 1;
    };
    line.carry(0, numbered(0), deliver);
    line.cutUntil(500);
    line.carry(400, numbered(1), deliver);
    line.tick(450);
    expect(arrived).toBe(0);
    line.carry(500, numbered(2), deliver);
    line.tick(600);
    expect(arrived).toBe(1);
    expect(line.counters.cut).toBe(2);
  });

  it('carries no more bytes than its bandwidth, and drops what the queue does not hold', () => {
    const line = lineWith({ bandwidthBytesPerS: 1000, queueBytes: 500 });
    const times: number[] = [];
    let nowMs = 0;
    // 100 bytes every 50 ms are twice what it carries.
    for (; nowMs < 10_000; nowMs += 10) {
      if (nowMs % 50 === 0) line.carry(nowMs, numbered(nowMs, 100), () => times.push(nowMs));
      line.tick(nowMs);
    }
    const { delivered, deliveredBytes, overflow, offered } = line.counters;
    expect(deliveredBytes).toBeLessThanOrEqual(10_000);
    expect(deliveredBytes).toBeGreaterThan(9700);
    expect(offered).toBe(delivered + overflow + line.waiting);
    expect(overflow).toBeGreaterThan(90);
    // Alone in the queue it takes its own length: 100 bytes, 100 ms.
    expect(times[0]).toBe(100);
    // Never more than the queue behind: 500 bytes are 500 ms.
    expect(line.waiting).toBeLessThanOrEqual(5);
  });

  it('flips one to three bits of a copy', () => {
    const line = lineWith({ corruptFraction: 1 });
    const original = Buffer.alloc(40, 0x55);
    for (let n = 0; n < 500; n += 1) {
      line.carry(0, original, (arrived) => {
        let bits = 0;
        for (const [at, byte] of arrived.entries()) {
          for (let diff = byte ^ (original[at] ?? 0); diff !== 0; diff &= diff - 1) bits += 1;
        }
        expect(bits).toBeGreaterThanOrEqual(1);
        expect(bits).toBeLessThanOrEqual(3);
      });
    }
    expect(original.every((byte) => byte === 0x55)).toBe(true);
    expect(line.counters).toMatchObject({ delivered: 500, corrupted: 500 });
  });

  it('loses and inserts bytes in streams only, and counts them', () => {
    const slipping = { byteLossFraction: 0.05, byteInsertFraction: 0.02 };
    for (const medium of ['serial', 'datagram'] as const) {
      const line = lineWith(slipping);
      let bytes = 0;
      for (let n = 0; n < 200; n += 1)
        line.carry(0, Buffer.alloc(50), (arrived) => (bytes += arrived.length), medium);
      const { bytesLost, bytesInserted } = line.counters;
      expect(bytes).toBe(10_000 - bytesLost + bytesInserted);
      expect(bytesLost > 400 && bytesLost < 600).toBe(medium === 'serial');
      expect(bytesInserted > 140 && bytesInserted < 270).toBe(medium === 'serial');
    }
  });

  it('lays a script over what was set and takes it away again', () => {
    const line = lineWith({ lossFraction: 0.1 });
    line.setOverlay({ lossFraction: 0.9, delayMs: 30 }, false);
    line.setConditions({ lossFraction: 0.2 });
    expect(line.conditions).toMatchObject({ lossFraction: 0.9, delayMs: 30 });
    line.setOverlay({}, false);
    expect(line.conditions).toEqual({ ...GOOD_NETWORK, lossFraction: 0.2 });
  });

  const fraction = fc.double({ min: 0, max: 1, noNaN: true });
  const conditions = fc.record({
    lossFraction: fraction,
    burst: fc.option(fc.record({ enterFraction: fraction, leaveFraction: fraction, lossFraction: fraction })),
    duplicateFraction: fraction,
    delayMs: fc.nat(500),
    jitterMs: fc.nat(500),
    reorderFraction: fraction,
    reorderMs: fc.nat(200),
    bandwidthBytesPerS: fc.option(fc.integer({ min: 100, max: 100_000 })),
    queueBytes: fc.integer({ min: 1, max: 10_000 }),
    corruptFraction: fraction,
    byteLossFraction: fraction,
    byteInsertFraction: fraction,
  });
  const medium = fc.constantFrom<Medium>('datagram', 'tcp', 'serial');

  it('counts every piece once, whatever happens to it, and repeats itself for the same seed', () => {
    const run = (seed: number, bad: NetworkConditions, how: Medium, cutAtMs: number) => {
      const line = new Line(seed, bad);
      const arrived: string[] = [];
      for (let ms = 0; ms < 400; ms += 4) {
        if (ms === cutAtMs) line.cutUntil(ms + 40);
        line.carry(ms, numbered(ms, 20), (bytes) => arrived.push(`${ms} ${bytes.toString('hex')}`), how);
        line.tick(ms);
        const c = line.counters;
        expect(c.offered + c.duplicated).toBe(c.delivered + c.lost + c.cut + c.overflow + line.waiting);
      }
      line.tick(1e9);
      expect(line.waiting).toBe(0);
      return arrived;
    };
    fc.assert(
      fc.property(fc.nat(), conditions, medium, fc.nat(99), (seed, bad, how, cut) => {
        expect(run(seed, bad, how, cut * 4)).toEqual(run(seed, bad, how, cut * 4));
      }),
      { numRuns: 100 },
    );
  });

  it('keeps the order of a stream in any conditions', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        conditions,
        fc.array(conditions, { maxLength: 4 }),
        fc.constantFrom<Medium>('tcp', 'serial'),
        (seed, first, changes, how) => {
          const line = new Line(seed, first);
          const arrived: number[] = [];
          for (let ms = 0; ms < 300; ms += 3) {
            const change = ms % 60 === 0 ? changes[ms / 60] : undefined;
            if (change !== undefined) line.setConditions(change);
            line.carry(ms, numbered(ms), () => arrived.push(ms), how);
            if (ms % 9 === 0) line.tick(ms);
          }
          line.tick(1e9);
          expect(arrived).toEqual(inOrder(arrived));
        },
      ),
      { numRuns: 100 },
    );
  });
});
