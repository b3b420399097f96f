import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTlog } from '../../firmware-bridge/codec/tlog-reader.ts';
import { parseFaultScript } from '../faults/fault-script.ts';
import { ringOfHomes } from '../homes.ts';
import { parseNetworkScript } from '../network/network-script.ts';
import { FLAVOURS } from '../vehicle/create-vehicle.ts';
import { type HeadlessRun, runHeadless } from './run-headless.ts';
import { parseStationScript } from './station-script.ts';

const BAD_NETWORK = parseNetworkScript(
  [
    { atS: 0, conditions: { lossFraction: 0.1, delayMs: 20, jitterMs: 80, duplicateFraction: 0.05 } },
    { atS: 5, forS: 30, vehicles: 1, conditions: { corruptFraction: 0.2, reorderFraction: 0.1 } },
    {
      ...{ atS: 8, vehicles: 2, direction: 'down' },
      conditions: {
        burst: { enterFraction: 0.05, leaveFraction: 0.2, lossFraction: 0.9 },
        bandwidthBytesPerS: 400,
      },
    },
    { atS: 12, forS: 3, vehicles: 1, direction: 'up', cut: true },
    { atS: 15, addressChange: { oldForS: 1 } },
  ],
  'network',
);
const FAULTS = parseFaultScript(
  [
    { atS: 6, vehicles: 1, fault: { kind: 'refuse-arming', reason: 'Compass not healthy', durationS: 4 } },
    { atS: 9, vehicles: 2, rogue: { steps: [{ atS: 1, everyS: 3, action: { kind: 'return' } }] } },
    { atS: 10, vehicles: 1, twin: { sameUid: true } },
    { atS: 10, vehicles: 2, replay: { direction: 'down', recordS: 4, waitS: 2 } },
    { atS: 18, vehicles: 2, fault: { kind: 'battery', remainingPct: 12 } },
    { atS: 20, vehicles: 1, power: 'off' },
    { atS: 22, vehicles: 1, power: 'on' },
  ],
  'faults',
);

const run = (options: Partial<HeadlessRun> = {}) =>
  runHeadless({ count: 2, forS: 30, seed: 7, startupS: 2, ...options });
const everything = { networkScript: BAD_NETWORK, faultScript: FAULTS };

describe('a fleet in virtual time', () => {
  it.each(['copter', 'px4'] as const)(
    'flies a mission from arming to landing, every order answered: %s',
    (flavour) => {
      const aircraft = ringOfHomes(2).map((home, index) => ({ ...home, systemId: index + 1, flavour }));
      const { outcomes, end, frames } = run({ forS: 240, aircraft });
      expect(outcomes.filter(({ outcome }) => outcome.kind !== 'done')).toEqual([]);
      expect(outcomes.filter(({ what }) => what.startsWith('upload'))).toHaveLength(2);
      expect(end.map(({ armed }) => armed)).toEqual([false, false]);
      // 18.5 messages a second each are asked for.
      expect(frames).toBeGreaterThan(2 * 240 * 15);
    },
  );

  it('completes the orders over a link that loses, delays, doubles and reorders', () => {
    const { outcomes } = run({
      forS: 60,
      faults: { all: { lossFraction: 0.2, jitterMs: 100, duplicateFraction: 0.1 } },
    });
    expect(outcomes.filter(({ outcome }) => outcome.kind !== 'done')).toEqual([]);
    expect(outcomes.some(({ what }) => what === 'upload of 7 items')).toBe(true);
  });

  it('gives the same log for the same seed, with every fault and impairment on, and another for another', () => {
    const first = run(everything);
    expect(run(everything)).toEqual(first);
    expect(run({ ...everything, seed: 8 }).sha256).not.toBe(first.sha256);
    expect(run({ ...everything, networkScript: [] }).sha256).not.toBe(first.sha256);
    expect(run({ ...everything, faultScript: [] }).sha256).not.toBe(first.sha256);
    // The twin is there.
    expect(first.end.map(({ systemId }) => systemId)).toEqual([1, 2, 1]);
  });

  it('does so with different autopilots side by side', () => {
    const aircraft = ringOfHomes(FLAVOURS.length).map((home, index) => ({
      ...{ ...home, systemId: index + 1, flavour: FLAVOURS[index] ?? 'copter' },
    }));
    expect(aircraft.map(({ flavour }) => flavour)).toEqual([...FLAVOURS]);
    expect(run({ ...everything, aircraft })).toEqual(run({ ...everything, aircraft }));
  });

  it('is deterministic for any seed and any loss', () => {
    const share = fc.double({ min: 0, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 1), share, fc.nat(300), (seed, lossFraction, jitterMs) => {
        const options = {
          ...{ seed, forS: 12, count: 1, faultScript: FAULTS },
          faults: { all: { lossFraction, jitterMs } },
        };
        expect(run(options)).toEqual(run(options));
      }),
      { numRuns: 8 },
    );
  });

  it('writes a log that readers of tlogs understand, with the hash that it says', () => {
    const folder = mkdtempSync(join(tmpdir(), 'airgrid-headless-'));
    try {
      const tlogPath = join(folder, 'out.tlog');
      const result = run({ ...everything, tlogPath });
      const bytes = readFileSync(tlogPath);
      expect(bytes.length).toBe(result.bytes);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(result.sha256);
      const records = [...readTlog(bytes)];
      expect(records).toHaveLength(result.frames);
      expect([...new Set(records.map(({ frame }) => frame.systemId))].sort((a, b) => a - b)).toEqual([
        1, 2, 255,
      ]);
      const times = records.map(({ atUs }) => Number(atUs));
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(28e6);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('tells what the script cannot do', () => {
    const problems: string[] = [];
    run({
      forS: 2,
      faultScript: parseFaultScript([{ atS: 1, vehicles: 9, power: 'off' }], 'f'),
      onProblem: (systemId, problem) => problems.push(`${systemId}: ${problem.message}`),
    });
    expect(problems).toEqual(['9: the fault script names system 9, which is not here']);
  });

  it.each([
    [
      'no order',
      [{ atS: 1 }],
      's, entry 1 must have exactly one of rates, launch, upload, start, return, land',
    ],
    ['no height', [{ atS: 1, launch: {} }], 's, entry 1: launch lacks "heightM"'],
    [
      'a message that is no number',
      [{ atS: 1, rates: { POSITION: 5 } }],
      's, entry 1: rates has the unknown property "POSITION"; allowed are names like ^[0-9]+$',
    ],
  ])('refuses a script with %s', (_, content, message) => {
    expect(() => parseStationScript(content, 's')).toThrow(message);
  });
});
