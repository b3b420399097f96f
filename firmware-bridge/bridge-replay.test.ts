import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readTlog } from './codec/tlog-reader.ts';
import type { BridgeEvent, VehicleState } from './model.ts';
import { startTestBridge } from './test-support/test-bridge.ts';

/** Real recordings through the whole bridge: link, directory, reducer, events. */
interface Replayed {
  readonly events: readonly BridgeEvent[];
  readonly snapshots: readonly VehicleState[];
  readonly last: VehicleState;
  readonly durationS: number;
}

async function replay(path: string): Promise<Replayed> {
  const t = await startTestBridge();
  const snapshots: VehicleState[] = [];
  t.bridge.subscribe((event) => {
    if (event.kind === 'vehicles') snapshots.push(...event.states);
  });
  t.network.addEndpoint('tcp', () => {});
  let firstUs: bigint | null = null;
  let lastUs = 0n;
  const startMs = t.clock.nowMs();
  for (const { atUs, frame } of readTlog(readFileSync(path))) {
    firstUs ??= atUs;
    lastUs = atUs;
    if (frame.systemId === 255) continue;
    const dueMs = startMs + Number(atUs - firstUs) / 1000;
    if (dueMs > t.clock.nowMs()) await t.clock.advance(dueMs - t.clock.nowMs());
    t.network.emit(frame.raw, 'tcp');
  }
  await t.clock.advance(100);
  const last = t.only();
  await t.bridge.close();
  return { events: t.events, snapshots, last, durationS: Number(lastUs - (firstUs ?? 0n)) / 1e6 };
}

const fixtures = join(import.meta.dirname, 'codec/fixtures');
const captures = join(import.meta.dirname, '../../shared/captures');

function recordings(slim: string, whole: string): [string, string][] {
  const list: [string, string][] = [['fixture', join(fixtures, slim)]];
  if (existsSync(join(captures, whole))) list.push(['whole capture', join(captures, whole)]);
  return list;
}

function kinds(events: readonly BridgeEvent[], kind: BridgeEvent['kind']): number {
  return events.filter((event) => event.kind === kind).length;
}

function reached(events: readonly BridgeEvent[]): number[] {
  return events.flatMap((event) => (event.kind === 'item-reached' ? [event.index] : []));
}

function modes(snapshots: readonly VehicleState[]): string[] {
  const names = snapshots.flatMap((state) => (state.mode === null ? [] : [state.mode.name]));
  return names.filter((name, i) => name !== names[i - 1]);
}

describe('ArduCopter flight', () => {
  test.each(recordings('ardupilot-copter-flight-slim.tlog', 'ardupilot-copter-flight.tlog'))(
    'in the %s: six items, 25.0 m, armed once, disarmed by itself',
    async (_what, path) => {
      const { events, snapshots, last } = await replay(path);
      expect(last).toMatchObject({ autopilot: 'ardupilot', airframe: 'copter', systemId: 1, armed: false });
      // Six items of the plan: the vehicle counts 1–6, its home is slot 0.
      expect(reached(events)).toEqual([0, 1, 2, 3, 4, 5]);
      expect(last.mission).toMatchObject({ itemCount: 6, reachedIndex: 5 });
      expect([kinds(events, 'armed'), kinds(events, 'disarmed')]).toEqual([1, 1]);
      const highestM = Math.max(...snapshots.map((state) => state.position?.relativeAltitudeM ?? 0));
      expect(highestM).toBeGreaterThan(24.9);
      expect(highestM).toBeLessThan(25.1);
      // Before there is a fix, GLOBAL_POSITION_INT says 0,0: never shown.
      for (const { position } of snapshots) {
        if (position !== null) expect(Math.abs(position.latDeg - 25.281)).toBeLessThan(0.01);
      }
      expect(last.home).toMatchObject({ latDeg: 25.2809, lonDeg: 110.29 });
      expect(modes(snapshots)).toEqual(['STABILIZE', 'GUIDED', 'AUTO']);
      // The pre-arm bit is set at 24 s, the position estimate comes at 40 s: ready only then.
      const readyFrom = snapshots.find((state) => state.prearm?.ready === true);
      expect(readyFrom?.prearm).toMatchObject({ positionEstimateOk: true });
      expect(snapshots.some((state) => state.prearm?.ready === false)).toBe(true);
      expect(kinds(events, 'vehicle-rebooted')).toBe(0);
      expect(kinds(events, 'vehicle-lost')).toBe(0);
    },
  );
});

describe('PX4 flight', () => {
  test.each(recordings('px4-quad-flight-slim.tlog', 'px4-quad-flight.tlog'))(
    'in the %s: MISSION → RTL → LOITER, armed once, seq 3 reached',
    async (_what, path) => {
      const { events, snapshots, last } = await replay(path);
      expect(last).toMatchObject({
        autopilot: 'px4',
        airframe: 'copter',
        systemId: 8,
        armed: false,
        firmwareVersion: expect.stringMatching(/^1\.17\.0/),
      });
      expect(reached(events)).toEqual([0, 1, 3]);
      expect([kinds(events, 'armed'), kinds(events, 'disarmed')]).toEqual([1, 1]);
      expect(modes(snapshots)).toEqual(['AUTO.LOITER', 'AUTO.MISSION', 'AUTO.RTL', 'AUTO.LOITER']);
      expect(last.home?.latDeg).toBeCloseTo(47.39774, 4);
      expect(last.home?.lonDeg).toBeCloseTo(8.54559, 4);
      expect(last.mission).toMatchObject({ itemCount: 4 });
      expect(last.battery).toMatchObject({ voltageV: expect.any(Number), remainingPct: expect.any(Number) });
      const flightStates = new Set(snapshots.map((state) => state.flightState));
      expect([...flightStates]).toEqual(
        expect.arrayContaining(['on-ground', 'taking-off', 'in-air', 'landing']),
      );
      const texts = events.flatMap((event) => (event.kind === 'status-text' ? [event.text] : []));
      // Two chunks of one text, the tab at its end taken off.
      expect(texts).toContain('RTL: start return at 518 m (30 m above destination)');
      expect(kinds(events, 'vehicle-rebooted')).toBe(0);
    },
  );
});

test('four aircraft on one port, the twins of sysid 2 told apart by endpoint', async () => {
  const t = await startTestBridge();
  // A tlog names no endpoints; the twins' positions are 300 m apart, and their boot times 10 ms.
  const uidOf = new Map<number, string>();
  let sent = 0;
  for (const { frame } of readTlog(readFileSync(join(fixtures, 'ardupilot-4-with-twin.tlog')))) {
    if (frame.systemId === 255) continue;
    if (frame.messageId === 0) {
      for (const twin of frame.systemId === 2 ? ['a', 'b'] : ['a']) {
        const endpoint = `${frame.systemId}${twin}:1`;
        t.network.addEndpoint(endpoint, () => {});
        t.network.emit(frame.raw, endpoint);
      }
    }
    if (frame.messageId === 148) {
      const n = uidOf.get(frame.systemId) === undefined ? 'a' : 'b';
      uidOf.set(frame.systemId, n);
      t.network.emit(frame.raw, `${frame.systemId}${n}:1`);
    }
    if (++sent % 20 === 0) await t.clock.advance(250);
  }
  const states = t.bridge.vehicles();
  expect(states.map((state) => state.systemId).sort()).toEqual([1, 2, 2, 3]);
  expect(new Set(states.map((state) => state.hardwareUid)).size).toBe(4);
  for (const state of states) {
    expect(state.identityConflict).toEqual(state.systemId === 2 ? ['2a:1', '2b:1'] : null);
  }
  await t.bridge.close();
});
