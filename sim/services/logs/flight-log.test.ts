import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Aboard, item } from '../testing/aboard.ts';
import { dataflashFormat } from './dataflash-format.ts';
import { readDataflash } from './dataflash-reader.fixture.ts';
import { FlightLog } from './flight-log.ts';
import { FlightRecorder } from './flight-recorder.ts';
import type { FlightSample } from './flight-sample.ts';
import type { LogContext, LogEvent } from './log-format.ts';
import { LogStore } from './log-store.ts';
import { copterModeNumber } from './mode-numbers.ts';
import { ULOG_FORMAT } from './ulog-format.ts';
import { readUlog } from './ulog-reader.fixture.ts';

const DATAFLASH = dataflashFormat('ArduCopter V4.7.0-dev (simulated)', copterModeNumber);
const CONTEXT: LogContext = {
  systemId: 1,
  startedAtMs: 60_000,
  bootEpochMs: 1_795_000_000_000,
  parameters: [{ name: 'ARMING_CHECK', type: 6, value: 1 }],
  capacityMah: 10_360,
  origin: { lat: 252_809_000, lon: 1_102_900_000, altitudeAmslM: 150 },
};

const sample: fc.Arbitrary<FlightSample> = fc.record({
  lat: fc.integer({ min: -900_000_000, max: 900_000_000 }),
  lon: fc.integer({ min: -1_800_000_000, max: 1_800_000_000 }),
  altitudeAmslM: fc.double({ min: -400, max: 9_000, noNaN: true }),
  relativeAltitudeM: fc.double({ min: -100, max: 1_000, noNaN: true }),
  groundSpeedMps: fc.double({ min: 0, max: 100, noNaN: true }),
  climbMps: fc.double({ min: -40, max: 40, noNaN: true }),
  rollRad: fc.double({ min: -3.2, max: 3.2, noNaN: true }),
  pitchRad: fc.double({ min: -1.6, max: 1.6, noNaN: true }),
  yawRad: fc.double({ min: -4, max: 10, noNaN: true }),
  batteryPct: fc.double({ min: 0, max: 100, noNaN: true }),
  missionSeq: fc.nat(700),
  gpsOk: fc.boolean(),
});
const event: fc.Arbitrary<LogEvent> = fc.oneof(
  fc.constantFrom<LogEvent>(
    { kind: 'armed', mode: 'GUIDED' },
    { kind: 'disarmed', mode: 'LAND' },
    { kind: 'airborne' },
    { kind: 'landed' },
    { kind: 'mode', mode: 'RTL', isArmed: true },
    { kind: 'fault', what: 'gps', isActive: true },
    { kind: 'mission-item', seq: 3, total: 7, item: item(16, { x: 1, y: 2, z: 30 }) },
  ),
  fc.string({ maxLength: 90 }).map((text): LogEvent => ({ kind: 'text', severity: 6, text })),
);
const flight = fc.array(fc.oneof(sample, event), { maxLength: 60 });

describe.each([
  ['DataFlash', DATAFLASH, readDataflash],
  ['ULog', ULOG_FORMAT, readUlog],
] as const)('%s', (_, format, read) => {
  test('whatever was flown, a strict reader takes it', () => {
    fc.assert(
      fc.property(flight, (parts) => {
        const log = new FlightLog(1, CONTEXT, format);
        for (const part of parts) {
          if ('kind' in part) log.addEvent(part, 61_000);
          else log.addSample(part);
        }
        const bytes = log.read(0, 1e9);
        expect(bytes.length).toBe(log.sizeBytes);
        read(bytes);
      }),
      { numRuns: 60 },
    );
  });

  test('read in pieces, while it grows, it is the same file', () => {
    fc.assert(
      fc.property(flight, fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }), (parts, sizes) => {
        const log = new FlightLog(1, CONTEXT, format);
        const pieces: Buffer[] = [];
        let at = 0;
        for (const [index, part] of parts.entries()) {
          if ('kind' in part) log.addEvent(part, 61_000);
          else log.addSample(part);
          const piece = log.read(at, sizes[index % sizes.length] ?? 1);
          pieces.push(piece);
          at += piece.length;
        }
        for (let size = 0; at < log.sizeBytes; size += 1) {
          const piece = log.read(at, sizes[size % sizes.length] ?? 1);
          pieces.push(piece);
          at += piece.length;
        }
        expect(Buffer.concat(pieces).equals(log.read(0, 1e9))).toBe(true);
        expect(log.read(log.sizeBytes, 90)).toHaveLength(0);
      }),
      { numRuns: 40 },
    );
  });
});

/** An aircraft that was armed, and hours of standing so, half a second a step. */
function recorded(hours: number) {
  const store = new LogStore(DATAFLASH);
  const recorders: FlightRecorder[] = [];
  const aboard = new Aboard([
    (host) => {
      const own = new FlightRecorder(host, store);
      recorders.push(own);
      return {
        name: 'recorder',
        armed: (isArmed) => own.armed(isArmed),
        step: (dtS) => own.step(dtS),
        rebooted: () => own.rebooted(),
        fault: (fault, isActive) => {
          own.fault(fault, isActive);
          return false;
        },
      };
    },
  ]);
  aboard.arm();
  for (let halfS = 0; halfS < hours * 7_200; halfS += 1) {
    aboard.put({ timeS: aboard.truth.timeS + 0.5 });
    for (const recorder of recorders) recorder.step(0.5);
  }
  return { store, aboard };
}

test('an hour and a half in one flight: several files, bounded memory, nothing missing between them', () => {
  const { store } = recorded(1.6);
  const bytes = store.logs.reduce((sum, log) => sum + log.memoryBytes, 0);
  expect(bytes).toBeLessThan(400_000);
  expect(store.logs.length).toBeGreaterThan(1);
  const [first] = store.logs;
  expect(first?.number).toBeGreaterThan(1);
  const times = store.logs.flatMap((log) =>
    readDataflash(log.read(0, 1e9))
      .filter(({ name }) => name === 'ATT')
      .map(({ fields }) => Number(fields.TimeUS) / 1e6),
  );
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  expect(Math.max(...gaps)).toBeLessThan(0.6);
  expect(Math.min(...gaps)).toBeGreaterThan(0.4);
});

test('mission items and faults stand in the log; no log while disarmed', () => {
  const { store, aboard } = recorded(0);
  aboard.mission = [item(16), item(22, { z: 20 }), item(16, { x: 5, y: 6, z: 30 })];
  aboard.run(1).put({ missionSeq: 1 }).run(1);
  aboard.fault({ kind: 'gps-loss', durationS: null });
  aboard.run(1).put({ missionSeq: 2 }).run(1);
  aboard.fault({ kind: 'gps-loss', durationS: null }, false);
  aboard.reboot().run(5);
  const told = readDataflash(store.logs[0]?.read(0, 1e9) ?? Buffer.alloc(0));
  const of = (name: string) => told.filter((message) => message.name === name).map(({ fields }) => fields);
  expect(of('CMD').map(({ CNum, CId, CTot }) => [CNum, CId, CTot])).toEqual([
    [1, 22, 3],
    [2, 16, 3],
  ]);
  expect(of('ERR').map(({ Subsys, ECode }) => [Subsys, ECode])).toEqual([
    [11, 2],
    [11, 0],
  ]);
  expect(new Set(of('GPS').map(({ Status }) => Status))).toEqual(new Set([6, 1]));
  expect(store.logs).toHaveLength(1);
  expect(store.current).toBeNull();
});
