import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { decode } from '../codec/decoder.ts';
import { Encoder } from '../codec/encoder.ts';
import { Attitude, buildMessage } from '../codec/messages.ts';
import { readTlog } from '../codec/tlog-reader.ts';
import type { BridgeEvent, VehicleId } from '../model.ts';
import { FakeClock } from '../test-support/fake-clock.ts';
import { TlogRecorder } from './tlog-recorder.ts';
import type { createFile } from './tlog-writer.ts';

const ID = 'ap-0123' as VehicleId;
let folder: string;
let clock: FakeClock;
let events: BridgeEvent[];
const encoder = new Encoder({ systemId: 1, componentId: 1 });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'airgrid-rec-'));
  clock = new FakeClock();
  events = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function start(createFileInstead?: typeof createFile): TlogRecorder {
  // This test's own list: a disk that hangs may answer into the next one.
  const sink = events;
  return new TlogRecorder({
    recordingDir: join(folder, 'flights'),
    clock,
    logger: pino({ level: 'silent' }),
    onEvent: (event) => sink.push(event),
    ...(createFileInstead === undefined ? {} : { createFile: createFileInstead }),
  });
}

function frame(recorder: TlogRecorder, timeBootMs: number, messageId = 30): void {
  recorder.frame(ID, clock.nowMs(), encoder.encode(buildMessage(Attitude, { timeBootMs })), messageId);
}

async function closedEvent(n = 1): Promise<Extract<BridgeEvent, { kind: 'recording-closed' }>> {
  await vi.waitFor(() => expect(events.filter((event) => event.kind === 'recording-closed')).toHaveLength(n));
  const event = events.findLast((candidate) => candidate.kind === 'recording-closed');
  if (event?.kind !== 'recording-closed') throw new Error('unreachable');
  return event;
}

test('a flight is one file: ten seconds before arming, everything, two seconds after disarming', async () => {
  const recorder = start();
  for (let second = 0; second < 30; second++) {
    frame(recorder, second);
    await clock.advance(1_000);
  }
  const armedAtMs = clock.nowMs();
  recorder.armed(ID, armedAtMs);
  for (let second = 30; second < 35; second++) {
    frame(recorder, second);
    await clock.advance(1_000);
  }
  recorder.disarmed(ID);
  frame(recorder, 35);
  await clock.advance(1_500);
  frame(recorder, 36);
  await clock.advance(600);
  frame(recorder, 99);
  const closed = await closedEvent();
  expect(closed).toMatchObject({
    reason: 'disarmed',
    path: join(folder, 'flights', '20260101T000030Z-ap-0123.tlog'),
  });
  const bytes = readFileSync(closed.path);
  expect(bytes.length).toBe(closed.bytes);
  const records = [...readTlog(bytes)];
  expect(records).toHaveLength(closed.frames);
  const times = records.map(({ frame: read }) => decode(read, Attitude).timeBootMs);
  // The last frame before arming is 1 s old: 20 … 29 lie within ten seconds of it.
  expect(times).toEqual([19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36]);
  expect(records[0]?.atUs).toBe(BigInt(Date.UTC(2026, 0, 1, 0, 0, 19)) * 1000n);
  await recorder.close();
  expect(clock.pendingTimers).toBe(0);
});

test('armed again at once is another flight in another file, never over the old one', async () => {
  const recorder = start();
  recorder.armed(ID, clock.nowMs());
  frame(recorder, 1);
  recorder.disarmed(ID);
  recorder.armed(ID, clock.nowMs());
  frame(recorder, 2);
  await recorder.close();
  const closed = events.filter((event) => event.kind === 'recording-closed');
  // Two files are closed at once: the disk decides which one is ready first.
  const reasons = new Map(closed.map(({ recordingId, reason }) => [recordingId, reason]));
  expect(closed).toHaveLength(2);
  expect(reasons.get('20260101T000000Z-ap-0123')).toBe('disarmed');
  expect(reasons.get('20260101T000000Z-ap-0123-2')).toBe('shutdown');
  expect(readdirSync(join(folder, 'flights')).sort()).toEqual([
    '20260101T000000Z-ap-0123-2.tlog',
    '20260101T000000Z-ap-0123.tlog',
  ]);
});

test('the ring before arming is bounded in bytes too', async () => {
  const recorder = start();
  const raw = Buffer.alloc(280, 1);
  for (let i = 0; i < 10_000; i++) recorder.frame(ID, clock.nowMs(), raw, 30);
  recorder.armed(ID, clock.nowMs());
  await recorder.close();
  const closed = await closedEvent();
  expect(closed.bytes).toBeLessThanOrEqual((512 * 1024 * 288) / 280);
  expect(closed.frames).toBeGreaterThan(1_500);
});

test('a key for signing is never written', async () => {
  const recorder = start();
  recorder.armed(ID, clock.nowMs());
  frame(recorder, 1, 256);
  await recorder.close();
  expect((await closedEvent()).frames).toBe(0);
});

test('a disk that fails ends the recording with an event, and the next flight is tried again', async () => {
  let failing = true;
  const written: number[] = [];
  const recorder = start(() =>
    Promise.resolve({
      write: (bytes: Uint8Array) =>
        failing
          ? Promise.reject(new Error('ENOSPC: no space left on device'))
          : Promise.resolve(written.push(bytes.length)),
      close: () => Promise.resolve(),
    }),
  );
  recorder.armed(ID, clock.nowMs());
  frame(recorder, 1);
  await clock.advance(1_000);
  const closed = await closedEvent();
  expect(closed.reason).toBe('write-failed');
  expect(events).toContainEqual({
    kind: 'recording-failed',
    vehicleId: ID,
    message: 'The flight cannot be recorded: ENOSPC: no space left on device.',
  });
  frame(recorder, 2);
  failing = false;
  recorder.armed(ID, clock.nowMs());
  frame(recorder, 3);
  await recorder.close();
  expect(written.length).toBeGreaterThan(0);
});

test('a disk that hangs holds at most 8 MiB and then gives up', async () => {
  const recorder = start(() =>
    Promise.resolve({ write: () => new Promise(() => {}), close: () => Promise.resolve() }),
  );
  recorder.armed(ID, clock.nowMs());
  const raw = Buffer.alloc(280, 1);
  frame(recorder, 1);
  await clock.advance(1_000);
  for (let i = 0; i < 40_000; i++) recorder.frame(ID, clock.nowMs(), raw, 30);
  await clock.advance(10);
  expect(events.map((event) => event.kind)).toEqual(['recording-started', 'recording-failed']);
  // Stopping the server does not wait for it.
  const closing = recorder.close();
  await clock.advance(2_000);
  await closing;
});

test('a folder that cannot be made is told, nothing is thrown', async () => {
  const blocked = join(folder, 'a-file');
  writeFileSync(blocked, '');
  const recorder = new TlogRecorder({
    recordingDir: join(blocked, 'flights'),
    clock,
    logger: pino({ level: 'silent' }),
    onEvent: (event) => events.push(event),
  });
  recorder.armed(ID, clock.nowMs());
  frame(recorder, 1);
  await recorder.close();
  expect((await closedEvent()).reason).toBe('write-failed');
});
