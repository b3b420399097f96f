import pino from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FullBridge } from '../api.ts';
import { BridgeError } from '../bridge-error.ts';
import type { BridgeEvent } from '../model.ts';
import { startTestBridge, type TestBridge } from '../test-support/test-bridge.ts';
import { beat, DEAD_AFTER_MS, DeadmanWatch, newPulse } from './deadman.ts';
import type { FromBridge, ToBridge } from './messages.ts';
import { RemoteCore, remoteBridge, threadGone } from './remote-bridge.ts';
import { serveBridge } from './serve-bridge.ts';
import { DeltaDecoder, DeltaEncoder } from './snapshot-delta.ts';

/** Two threads' ends in one: copies as a thread border makes them, in order. */
let t: TestBridge;
let remote: FullBridge;
let core: RemoteCore;
let crossed: FromBridge[];
let events: BridgeEvent[];

beforeEach(async () => {
  t = await startTestBridge();
  core = new RemoteCore(pino({ level: 'silent' }));
  crossed = [];
  events = [];
  let listener: (message: ToBridge) => void = () => {};
  serveBridge(
    t.bridge,
    {
      postMessage: (message) => {
        const copy = structuredClone(message);
        crossed.push(copy);
        core.receive(copy);
      },
      on: (_event, listen) => {
        listener = listen;
      },
    },
    t.clock,
  );
  core.attach((message) => listener(structuredClone(message)));
  remote = remoteBridge(core, () => t.bridge.close());
  remote.subscribe((event) => events.push(event));
});

afterEach(() => t.close());

const ITEMS = [1, 2, 3].map((n) => ({
  ...{ frame: 3, command: 16, param1: 0, param2: 0, param3: 0, param4: 0 },
  ...{ x: 252_809_000 + n * 1_000, y: 1_102_900_000, z: 30 },
}));

describe('a bridge behind a thread border', () => {
  test('shows the same vehicles as the bridge itself, with only changes copied', async () => {
    t.addPeer('a:1');
    await t.clock.advance(5_000);
    t.bridge.flush();
    expect(remote.vehicles()).toEqual(t.bridge.vehicles());
    const deltas = crossed.flatMap((message) => (message.kind === 'deltas' ? message.deltas : []));
    expect(Object.keys(deltas[0]?.change ?? {})).toContain('vehicleId');
    // A later one carries what changed: never who it is.
    expect(deltas.at(-1)?.change).not.toHaveProperty('vehicleId');
  });

  test('a result never arrives before the state that it speaks of', async () => {
    t.addPeer('a:1');
    await t.clock.advance(3_000);
    const progress: unknown[] = [];
    const upload = remote.uploadMission(t.id(), ITEMS, (step) => progress.push(step));
    const verified = upload.then(() => remote.vehicle(t.id())?.mission?.verifiedPlanHash);
    const outcome = await t.settle(upload);
    expect(outcome.kind).toBe('done');
    expect(await verified).toBe(outcome.kind === 'done' ? outcome.planHash : '');
    expect(progress.at(-1)).toMatchObject({ phase: 'read-back' });
    const hold = remote.hold(t.id()).then(() => remote.vehicle(t.id())?.mode?.name);
    expect(await t.settle(hold)).toBe('BRAKE');
  });

  test('an event never arrives before the state that it speaks of', async () => {
    const armedAtEvent: unknown[] = [];
    remote.subscribe((event) => {
      if (event.kind === 'armed') armedAtEvent.push(remote.vehicle(event.vehicleId)?.armed);
      if (event.kind === 'vehicle-found') armedAtEvent.push(remote.vehicle(event.vehicleId) !== null);
    });
    const peer = t.addPeer('a:1');
    await t.clock.advance(3_000);
    peer.armed = true;
    await t.clock.advance(1_000);
    expect(armedAtEvent).toEqual([true, true]);
  });

  test('an error crosses with its code, its details and its words', async () => {
    t.bridge.downloadMission = () =>
      Promise.reject(new BridgeError('transport.port-busy', 'Port 1 is busy.', { port: 1 }));
    await expect(remote.downloadMission('nobody' as never)).rejects.toMatchObject({
      ...{ name: 'BridgeError', code: 'transport.port-busy', message: 'Port 1 is busy.' },
      details: { port: 1 },
    });
  });

  test('services are reached by group, and nothing that is not in the list', async () => {
    t.addPeer('a:1');
    await t.clock.advance(3_000);
    const relay = remote.actuators.setRelay(t.id(), 0, true);
    expect(await t.settle(relay)).toHaveProperty('kind');
    expect(await t.settle(remote.cameras.takePhoto('nobody' as never, '100'))).toEqual({
      kind: 'not-connected',
    });
    for (const path of [
      'vehicleApi',
      'cameras.constructor',
      'cameras.tick',
      'plans.uploadMission',
      '__proto__.x',
    ]) {
      await expect(core.call(path, [t.id()])).rejects.toThrow(`the bridge has no ${path}`);
    }
  });

  test('links are told once a second and at every change', async () => {
    await t.clock.advance(1_000);
    expect(remote.links()).toEqual(t.bridge.links());
  });

  test('when the thread dies, callers are told at once and the aircraft are shown as lost', async () => {
    t.addPeer('a:1');
    await t.clock.advance(3_000);
    const hanging = remote.uploadMission(t.id(), ITEMS);
    const refused = expect(hanging).rejects.toMatchObject({ code: 'bridge.thread-gone' });
    core.detach(threadGone());
    await refused;
    await expect(remote.hold(t.id())).rejects.toMatchObject({ code: 'bridge.thread-gone' });
    expect(remote.vehicle(t.id())?.connection).toBe('lost');
    expect(events.at(-1)).toMatchObject({ kind: 'vehicles', states: [{ connection: 'lost' }] });
  });

  test('close settles what waits and is told when it is over', async () => {
    t.addPeer('a:1');
    await t.clock.advance(3_000);
    const upload = remote.uploadMission(t.id(), ITEMS);
    await remote.close();
    expect(await t.settle(upload)).toMatchObject({ kind: 'cancelled' });
  });
});

describe('the main thread’s sign of life', () => {
  test('a pulse that stops is dead after three seconds, and alive with its next beat', () => {
    let nowMs = 0;
    const pulse = newPulse();
    const watch = new DeadmanWatch(pulse, () => nowMs);
    for (; nowMs < 10_000; nowMs += 500) {
      beat(pulse);
      expect(watch.isAlive()).toBe(true);
    }
    nowMs = 9_500 + DEAD_AFTER_MS - 1;
    expect(watch.isAlive()).toBe(true);
    nowMs++;
    expect(watch.isAlive()).toBe(false);
    nowMs += 60_000;
    expect(watch.isAlive()).toBe(false);
    beat(pulse);
    expect(watch.isAlive()).toBe(true);
  });
});

test('a change of an unknown vehicle is a mistake, not a vehicle without a position', () => {
  expect(() => new DeltaDecoder().decode({ vehicleId: 'x' as never, change: { armed: true } })).toThrow();
});

test('a state that did not change is not sent', async () => {
  t.addPeer('a:1');
  await t.clock.advance(3_000);
  const encoder = new DeltaEncoder();
  expect(encoder.encode(t.only())).not.toBeNull();
  expect(encoder.encode(t.only())).toBeNull();
});
