import { createHash } from 'node:crypto';
import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  AutopilotVersion,
  buildMessage,
  LogEntry,
  LogErase,
  LogRequestData,
  LogRequestEnd,
} from '../codec/messages.ts';
import type { VehicleState } from '../model.ts';
import { FakePort } from '../test-support/fake-port.ts';
import { FtpPeer } from '../test-support/ftp-peer.ts';
import { LogPeer, type LogPeerOptions, type PeerLog } from '../test-support/log-peer.ts';
import { FtpClient } from './files-client.ts';
import { LogService } from './logs.ts';

function content(size: number, seed = 7): Buffer {
  const bytes = Buffer.alloc(size);
  let state = seed;
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[i] = state >>> 16;
  }
  return bytes;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const log = (size: number, seed: number): PeerLog => ({
  bytes: content(size, seed),
  timeUtcS: 1_795_000_000 + seed,
});

/** By messages only: the vehicle says that it has no file transfer. */
function setUp(logs: readonly PeerLog[], options: LogPeerOptions = {}, state: Partial<VehicleState> = {}) {
  const port = new FakePort({ autopilot: options.style ?? 'ardupilot', armed: false, ...state });
  const service = new LogService(port, new FtpClient(port));
  const peer = new LogPeer(port, logs, options);
  port.onSend = (message) => peer.receive(message);
  port.deliver(buildMessage(AutopilotVersion, { capabilities: 0n as unknown as number }));
  return { port, service, peer };
}

async function run<T>(port: FakePort, work: Promise<T>, forMs = 600_000): Promise<T> {
  let over = false;
  const settled = work.finally(() => {
    over = true;
  });
  const endMs = port.clock.nowMs() + forMs;
  while (!over && port.clock.nowMs() < endMs) {
    // Work on real files does not move by a fake clock: while nothing else waits, it gets its turns.
    if (port.clock.pendingTimers > 0) await port.clock.advance(20);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return settled;
}

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'airgrid-logs-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('listing by messages', () => {
  test.each([
    ['ardupilot', 0, ['log:1', 'log:2', 'log:3']],
    ['px4', 0.4, ['log:0', 'log:1', 'log:2']],
    ['ardupilot', 0.5, ['log:1', 'log:2', 'log:3']],
  ] as const)('%s at loss %d', async (style, loss, ids) => {
    const { port, service } = setUp([log(10, 1), log(20, 2), log(30, 3)], { style, loss, seed: 11 });
    const outcome = await run(port, service.list());
    if (outcome.kind !== 'done') throw new Error(outcome.kind);
    expect(outcome.via).toBe('messages');
    expect(outcome.logs.map(({ logId }) => logId)).toEqual(ids);
    expect(outcome.logs[1]).toMatchObject({ sizeBytes: 20, timeUtcMs: 1_795_000_002_000, path: null });
  });

  test('no logs, armed, dead', async () => {
    const none = setUp([]);
    expect(await run(none.port, none.service.list())).toMatchObject({ kind: 'done', logs: [] });
    const armed = setUp([log(10, 1)], { armed: true }, { armed: true });
    expect(await run(armed.port, armed.service.list())).toMatchObject({ kind: 'denied', result: 'ARMED' });
    const dead = setUp([log(10, 1)], { loss: 1 });
    expect(await run(dead.port, dead.service.list())).toEqual({
      kind: 'no-progress',
      afterMs: 15_000,
      received: 0,
    });
  });
});

describe('download by messages', () => {
  test('equals the original at any loss, or is not done', async () => {
    let done = 0;
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1e9 }),
        fc.constantFrom('ardupilot' as const, 'px4' as const),
        fc.constantFrom(0, 0.1, 0.3, 0.5),
        fc.constantFrom(0, 0.2),
        fc.constantFrom(0, 20, 200),
        fc.integer({ min: 0, max: 60_000 }),
        async (seed, style, loss, duplicates, jitterMs, size) => {
          runs++;
          const logs = [log(500, 5), log(size, seed)];
          const { port, service } = setUp(logs, { seed, style, loss, duplicates, jitterMs });
          const target = join(dir, `${runs}.bin`);
          const outcome = await run(port, service.download(style === 'px4' ? 'log:1' : 'log:2', target));
          if (outcome.kind === 'done') {
            done++;
            expect(outcome).toMatchObject({
              sizeBytes: size,
              sha256: sha256(content(size, seed)),
              via: 'messages',
            });
            expect(await readFile(target)).toEqual(content(size, seed));
          } else expect(['no-progress']).toContain(outcome.kind);
          expect(service.busyWith).toBeNull();
        },
      ),
      { numRuns: 25 },
    );
    expect(done).toBeGreaterThan(20);
  }, 120_000);

  test('tells the vehicle when it is over, and asks for one part at a time', async () => {
    const { port, service } = setUp([log(200_000, 1)]);
    await run(port, service.download('log:1', join(dir, 'a.bin')));
    expect(port.sentOf(LogRequestEnd)).toHaveLength(1);
    expect(port.sentOf(LogRequestData)).toHaveLength(Math.ceil(200_000 / (512 * 90)));
  });

  test('goes on after an interruption; the file equals the original', async () => {
    const { port, service, peer } = setUp([log(150_000, 1)], { loss: 0.1, seed: 2 });
    const target = join(dir, 'a.bin');
    const first = service.download('log:1', target, ({ bytesDone }) => {
      if (bytesDone > 80_000) service.cancel('operator');
    });
    expect(await run(port, first)).toEqual({ kind: 'cancelled', by: 'operator' });
    expect((await readdir(dir)).sort()).toEqual(['a.bin.part', 'a.bin.part.json']);
    let asked = 0;
    peer.onData = () => asked++;
    const second = await run(port, service.download('log:1', target));
    expect(second).toMatchObject({ kind: 'done', sha256: sha256(content(150_000, 1)) });
    expect(second.kind === 'done' && second.resumedBytes).toBeGreaterThan(75_000);
    expect(asked * 90).toBeLessThan(120_000);
    expect(await readdir(dir)).toEqual(['a.bin']);
  });

  test('a log that is another one now is not gone on with', async () => {
    const { port, service, peer } = setUp([log(150_000, 1)]);
    const target = join(dir, 'a.bin');
    const first = service.download('log:1', target, ({ bytesDone }) => {
      if (bytesDone > 80_000) service.cancel('operator');
    });
    await run(port, first);
    // Of the very same size: only its bytes differ.
    peer.logs = [log(150_000, 2)];
    expect(await run(port, service.download('log:1', target))).toMatchObject({ kind: 'changed' });
    expect(await readdir(dir)).toEqual([]);
    const third = await run(port, service.download('log:1', target));
    expect(third).toMatchObject({ kind: 'done', sha256: sha256(content(150_000, 2)), resumedBytes: 0 });
  });

  test('logs that are numbered anew in the middle are noticed', async () => {
    const { port, service, peer } = setUp([log(90_000, 1), log(95_000, 2)]);
    let swapped = false;
    peer.onData = (offset) => {
      if (offset > 50_000 && !swapped) {
        swapped = true;
        peer.logs = [log(95_000, 2), log(95_000, 3)];
      }
    };
    expect(await run(port, service.download('log:1', join(dir, 'a.bin')))).toMatchObject({ kind: 'changed' });
    expect(await readdir(dir)).toEqual([]);
  });

  test('a log that grows is fetched as it was at the beginning, and says so', async () => {
    const growing = log(50_000, 1);
    const { port, service, peer } = setUp([growing]);
    peer.onData = () => {
      growing.bytes = content(60_000, 1);
      growing.timeUtcS++;
    };
    const outcome = await run(port, service.download('log:1', join(dir, 'a.bin')));
    expect(outcome).toMatchObject({
      kind: 'done',
      crc: 'still-written',
      sizeBytes: 50_000,
      sha256: sha256(content(50_000, 1)),
    });
  });

  test('a log that ends before its told size is no success', async () => {
    const { port, service } = setUp([{ ...log(40_000, 1), toldSize: 50_000 }]);
    expect(await run(port, service.download('log:1', join(dir, 'a.bin')))).toMatchObject({ kind: 'changed' });
  });

  test('refused while armed, unknown, already there, one at a time', async () => {
    const armed = setUp([log(10, 1)], {}, { armed: true });
    expect(await armed.service.download('log:1', join(dir, 'a.bin'))).toMatchObject({ kind: 'denied' });
    expect(armed.port.sent).toEqual([]);
    const { port, service } = setUp([log(1_000, 1)], { style: 'px4' });
    expect(await run(port, service.download('log:7', join(dir, 'a.bin')))).toMatchObject({ kind: 'refused' });
    expect(await service.download('log:0', dir)).toEqual({ kind: 'local-exists', localPath: dir });
    const first = service.list();
    expect(await service.list()).toEqual({ kind: 'busy', what: 'listing of logs' });
    await run(port, first);
    expect(await run(port, service.download('log:0', join(dir, 'no', 'a')))).toMatchObject({
      kind: 'write-failed',
    });
  });

  test('ends when the vehicle is armed', async () => {
    const { port, service } = setUp([log(150_000, 1)]);
    const downloading = service.download('log:1', join(dir, 'a.bin'), () => {
      port.update({ armed: true });
      service.tick();
    });
    expect(await run(port, downloading)).toEqual({ kind: 'cancelled', by: 'vehicle armed' });
  });

  test('leaves no timer behind', async () => {
    const { port, service } = setUp([log(1_000, 1)]);
    await run(port, service.download('log:1', join(dir, 'a.bin')));
    await port.clock.advance(2_000);
    expect(port.clock.pendingTimers).toBe(0);
  });
});

describe('by files', () => {
  function withFiles(style: 'ardupilot' | 'px4', files: Readonly<Record<string, Buffer>>) {
    const port = new FakePort({ autopilot: style, armed: false });
    const service = new LogService(port, new FtpClient(port));
    const ftp = new FtpPeer(port, { style, loss: 0.1, seed: 3 });
    const messages = new LogPeer(port, [log(10, 1)], { style });
    port.onSend = (message) => {
      ftp.receive(message);
      messages.receive(message);
    };
    for (const [path, bytes] of Object.entries(files)) {
      ftp.files.set(path, bytes);
      for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
        ftp.folders.add(path.slice(0, at));
      }
    }
    return { port, service, ftp };
  }

  test('ArduPilot: numbered logs of its folder, proven by the checksum', async () => {
    const { port, service } = withFiles('ardupilot', {
      '/APM/LOGS/00000001.BIN': content(5_000, 1),
      '/APM/LOGS/00000002.BIN': content(70_000, 2),
      '/APM/LOGS/LASTLOG.TXT': Buffer.from('2'),
    });
    const listed = await run(port, service.list());
    if (listed.kind !== 'done') throw new Error(listed.kind);
    expect(listed.via).toBe('files');
    expect(listed.logs.map(({ logId, sizeBytes }) => [logId, sizeBytes])).toEqual([
      ['/APM/LOGS/00000001.BIN', 5_000],
      ['/APM/LOGS/00000002.BIN', 70_000],
    ]);
    const outcome = await run(port, service.download('/APM/LOGS/00000002.BIN', join(dir, 'a.bin')));
    expect(outcome).toMatchObject({
      kind: 'done',
      crc: 'verified',
      via: 'files',
      sha256: sha256(content(70_000, 2)),
    });
    const missing = await run(port, service.download('/APM/LOGS/00000009.BIN', join(dir, 'b.bin')));
    expect(missing).toMatchObject({ kind: 'refused' });
  });

  test('PX4: by day, with the time of its name', async () => {
    const { port, service } = withFiles('px4', {
      '/fs/microsd/log/2026-07-13/14_05_59.ulg': content(900, 1),
      '/fs/microsd/log/sess001/log001.ulg': content(800, 2),
    });
    const listed = await run(port, service.list());
    if (listed.kind !== 'done') throw new Error(listed.kind);
    expect(listed.logs.map(({ path, timeUtcMs }) => [path, timeUtcMs])).toEqual([
      ['/fs/microsd/log/2026-07-13/14_05_59.ulg', Date.UTC(2026, 6, 13, 14, 5, 59)],
      ['/fs/microsd/log/sess001/log001.ulg', null],
    ]);
    const outcome = await run(
      port,
      service.download('/fs/microsd/log/sess001/log001.ulg', join(dir, 'a.ulg')),
    );
    expect(outcome).toMatchObject({ kind: 'done', crc: 'verified' });
  });

  test('without a folder of logs: by messages', async () => {
    const { port, service } = withFiles('ardupilot', {});
    expect(await run(port, service.list())).toMatchObject({
      kind: 'done',
      via: 'messages',
      logs: [{ logId: 'log:1' }],
    });
  });

  test('a log that is still written is fetched as it was at the beginning, and says so', async () => {
    const path = '/APM/LOGS/00000001.BIN';
    const { port, service, ftp } = withFiles('ardupilot', { [path]: content(50_000, 1) });
    ftp.onRead = () => ftp.files.set(path, content(80_000, 1));
    const outcome = await run(port, service.download(path, join(dir, 'a.bin')));
    expect(outcome).toMatchObject({
      kind: 'done',
      crc: 'still-written',
      sizeBytes: 50_000,
      sha256: sha256(content(50_000, 1)),
    });
  });
});

describe('what is on board', () => {
  test('fewer logs than before raise an alarm, once, whoever asked', async () => {
    const { port, service, peer } = setUp([log(10, 1), log(20, 2), log(30, 3)]);
    await run(port, service.list());
    expect(port.events).toEqual([]);
    peer.logs = peer.logs.slice(2);
    await run(port, service.list());
    const shrunk = { kind: 'onboard-logs-shrunk', vehicleId: port.vehicleId };
    expect(port.events).toMatchObject([{ ...shrunk, before: 3, after: 1 }]);
    port.deliver(buildMessage(LogEntry, { id: 0, numLogs: 0, lastLogNum: 0, size: 0, timeUtc: 0 }));
    expect(port.events).toMatchObject([{ after: 1 }, { ...shrunk, before: 1, after: 0 }]);
  });

  test('is erased only on purpose, disarmed, and when it is seen to be gone', async () => {
    const { port, service, peer } = setUp([log(10, 1), log(20, 2)]);
    expect(await service.erase({ confirm: 'yes' })).toMatchObject({ kind: 'not-allowed' });
    port.update({ armed: null });
    expect(await service.erase({ confirm: service.eraseConfirmation })).toMatchObject({
      kind: 'not-allowed',
    });
    port.update({ armed: false });
    expect(port.sentOf(LogErase)).toEqual([]);
    const outcome = await run(port, service.erase({ confirm: 'erase the logs of ap-1' }));
    expect(outcome).toEqual({ kind: 'done', before: 2, after: 0 });
    expect(peer.logs).toEqual([]);
    // Our own doing is no alarm.
    expect(port.events).toEqual([]);
  });

  test('what stays is told', async () => {
    const { port, service } = setUp([log(10, 1), log(20, 2)], { keepsOnErase: 2 });
    const outcome = await run(port, service.erase({ confirm: service.eraseConfirmation }));
    expect(outcome).toMatchObject({ kind: 'not-confirmed', observed: '2 of 2 are there' });
  });
});

test('a sidecar that is damaged is not believed', async () => {
  const { port, service } = setUp([log(100_000, 1)]);
  const target = join(dir, 'a.bin');
  const first = service.download('log:1', target, ({ bytesDone }) => {
    if (bytesDone > 50_000) service.cancel('operator');
  });
  await run(port, first);
  const handle = await open(`${target}.part.json`, 'w');
  await handle.write('{"version":1,"have":[[5,3]],');
  await handle.close();
  const second = await run(port, service.download('log:1', target));
  expect(second).toMatchObject({ kind: 'done', resumedBytes: 0, sha256: sha256(content(100_000, 1)) });
});
