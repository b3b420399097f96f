import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AutopilotVersion, buildMessage } from '../codec/messages.ts';
import { FakePort } from '../test-support/fake-port.ts';
import { FtpPeer, type FtpPeerOptions } from '../test-support/ftp-peer.ts';
import { FileService } from './files.ts';
import { FtpClient } from './files-client.ts';

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

function setUp(options: FtpPeerOptions = {}) {
  const port = new FakePort({ autopilot: options.style ?? 'ardupilot' });
  const ftp = new FtpClient(port);
  const files = new FileService(port, ftp);
  const peer = new FtpPeer(port, options);
  port.onSend = (message) => peer.receive(message);
  peer.folders.add('/logs');
  return { port, ftp, files, peer };
}

/** Lets time pass until it is settled; real file work gets its turns. */
async function run<T>(port: FakePort, work: Promise<T>, forMs = 600_000): Promise<T> {
  let over = false;
  const settled = work.finally(() => {
    over = true;
  });
  const endMs = port.clock.nowMs() + forMs;
  while (!over && port.clock.nowMs() < endMs) {
    // Work on real files does not move by a fake clock: while nothing else waits, it gets its turns.
    if (port.clock.pendingTimers > 0) await port.clock.advance(50);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return settled;
}

describe('reading', () => {
  test.each(['ardupilot', 'px4'] as const)(
    'gets the very bytes of a %s server, by its checksum',
    async (style) => {
      const { port, files, peer } = setUp({ style });
      const bytes = content(150_000);
      peer.files.set('/logs/a', bytes);
      const outcome = await run(port, files.read('/logs/a'));
      expect(outcome).toMatchObject({ kind: 'done', crc: 'verified', sha256: sha256(bytes) });
    },
  );

  test.each([0, 1, 238, 239, 240, 478, 717])('finds the end of a file of %i bytes', async (size) => {
    for (const style of ['ardupilot', 'px4'] as const) {
      const { port, files, peer } = setUp({ style, announce: () => 1_000_000 });
      peer.files.set('/f', content(size));
      const outcome = await run(port, files.read('/f'));
      expect(outcome).toMatchObject({ kind: 'done', sha256: sha256(content(size)) });
    }
  });

  test('whatever is lost, doubled, late or forgotten, it is equal or not done', async () => {
    let done = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          style: fc.constantFrom('ardupilot' as const, 'px4' as const),
          seed: fc.integer({ min: 1, max: 1e9 }),
          loss: fc.constantFrom(0, 0.1, 0.3, 0.5),
          duplicates: fc.constantFrom(0, 0.2),
          jitterMs: fc.constantFrom(0, 30, 400),
          burstPackets: fc.constantFrom(7, 60, 500),
          noBurst: fc.boolean(),
          noCrc: fc.boolean(),
          oneReadSize: fc.boolean(),
          wrong: fc.constantFrom(0, 0.5, 3),
        }),
        fc.integer({ min: 0, max: 40_000 }),
        fc.constantFrom(0, 1, 2),
        async ({ wrong, ...options }, size, drops) => {
          const { port, files, peer } = setUp({
            ...options,
            announce: (_path, true_) => Math.round(true_ * wrong),
          });
          const bytes = content(size, options.seed);
          peer.files.set('/f', bytes);
          let left = drops;
          peer.onRead = (offset) => {
            if (left > 0 && offset > size / 2) {
              left--;
              peer.dropSession();
            }
          };
          const outcome = await run(port, files.read('/f'));
          if (outcome.kind === 'done') {
            done++;
            expect(sha256(outcome.bytes)).toBe(sha256(bytes));
          } else expect(['no-progress', 'busy', 'refused']).toContain(outcome.kind);
          expect(files.busyWith).toBeNull();
        },
      ),
      { numRuns: 60 },
    );
    // Giving up is lawful, but must stay rare even at half the packets lost.
    expect(done).toBeGreaterThan(50);
  }, 120_000);

  test('goes on where it was when the server drops the idle session', async () => {
    const { port, files, peer } = setUp({ burstPackets: 20 });
    peer.files.set('/f', content(50_000));
    let dropped = false;
    peer.onRead = (offset) => {
      if (offset > 20_000 && !dropped) {
        dropped = true;
        peer.dropSession();
      }
    };
    const outcome = await run(port, files.read('/f'));
    expect(outcome).toMatchObject({ kind: 'done', sha256: sha256(content(50_000)) });
    expect(peer.asked.filter((opcode) => opcode === 4).length).toBe(2);
  });

  test('reads in one size only, as the parameter file of ArduPilot demands', async () => {
    const { port, files, peer } = setUp({ oneReadSize: true, loss: 0.3, seed: 3 });
    peer.files.set('@PARAM/param.pck', content(15_000));
    const outcome = await run(port, files.read('@PARAM/param.pck'));
    expect(outcome).toMatchObject({ kind: 'done', crc: 'not-offered', sha256: sha256(content(15_000)) });
  });

  test('asks for 110 bytes at a time over a telemetry modem', async () => {
    const { port, files, peer } = setUp();
    const radio = { rssi: 1, remoteRssi: 1, noise: 1, remoteNoise: 1, txBufferFreePct: 90, receiveErrors: 0 };
    port.update({ radio: { ...radio, receivedAtMs: 0 } });
    peer.files.set('/f', content(1_000));
    const sizes = new Set<number>();
    peer.onRead = () => {};
    const outcome = await run(port, files.read('/f'));
    for (const message of port.sent) {
      const payload = (message as unknown as { payload: number[] }).payload;
      if (payload[3] === 5 || payload[3] === 15) sizes.add(payload[4] ?? 0);
    }
    expect(outcome).toMatchObject({ kind: 'done', sha256: sha256(content(1_000)) });
    expect([...sizes]).toEqual([110]);
  });

  test('a wrong checksum is no success', async () => {
    const { port, files, peer } = setUp({ wrongCrc: true });
    peer.files.set('/f', content(1_000));
    const outcome = await run(port, files.read('/f'));
    expect(outcome).toMatchObject({ kind: 'corrupt', expectedCrc32: 0x12345678 });
  });

  test('tells a server without checksums', async () => {
    const { port, files, peer } = setUp({ noCrc: true });
    peer.files.set('/f', content(1_000));
    expect(await run(port, files.read('/f'))).toMatchObject({ kind: 'done', crc: 'not-offered' });
  });

  test('tells a missing file, in words', async () => {
    const { port, files } = setUp();
    expect(await run(port, files.read('/nothing'))).toEqual({
      kind: 'refused',
      code: 10,
      reason: 'there is no such file',
    });
  });

  test('tells a dead link after 20 s', async () => {
    const { port, files, peer } = setUp({ loss: 1 });
    peer.files.set('/f', content(10));
    expect(await run(port, files.read('/f'))).toEqual({ kind: 'no-progress', afterMs: 20_000 });
  });

  test.each(['ardupilot', 'px4'] as const)(
    'waits for another ground station on %s, and says so',
    async (style) => {
      const short = setUp({ style, occupiedForMs: 4_000 });
      short.peer.files.set('/f', content(500));
      expect(await run(short.port, short.files.read('/f'))).toMatchObject({ kind: 'done' });
      const long = setUp({ style, occupiedForMs: 60_000 });
      long.peer.files.set('/f', content(500));
      expect(await run(long.port, long.files.read('/f'))).toMatchObject({ kind: 'busy' });
    },
  );

  test('takes over what a dead station left open, whose idle time every refusal starts anew (ArduPilot, 3 s)', async () => {
    const { port, files, peer } = setUp({ style: 'ardupilot', abandonedUntilQuietMs: 3_000 });
    peer.files.set('/f', content(500));
    expect(await run(port, files.read('/f'))).toMatchObject({ kind: 'done' });
  });

  test('one at a time: the second is told what runs', async () => {
    const { port, files, peer } = setUp();
    peer.files.set('/f', content(50_000));
    const first = files.read('/f');
    expect(await files.list('/')).toEqual({ kind: 'busy', what: 'reading of /f' });
    expect(await run(port, first)).toMatchObject({ kind: 'done' });
  });

  test('a cancelled reading says who, and frees the vehicle', async () => {
    const { port, files, peer } = setUp({ jitterMs: 300 });
    peer.files.set('/f', content(500_000));
    const reading = files.read('/f');
    await port.clock.advance(1_000);
    files.cancel('operator');
    expect(await run(port, reading)).toEqual({ kind: 'cancelled', by: 'operator' });
    // The server was told: its session is free.
    expect(await run(port, files.read('/f'))).toMatchObject({ kind: 'done' });
  });

  test('a vehicle that says it has no file transfer is not asked', async () => {
    const { port, files } = setUp();
    port.deliver(buildMessage(AutopilotVersion, { capabilities: 0n as unknown as number }));
    expect(await files.list('/')).toMatchObject({ kind: 'unsupported' });
    expect(port.sent).toEqual([]);
  });

  test('a restart ends it', async () => {
    const { port, files, peer } = setUp({ jitterMs: 300 });
    peer.files.set('/f', content(500_000));
    const reading = files.read('/f');
    await port.clock.advance(1_000);
    files.onReboot();
    expect(await run(port, reading)).toEqual({ kind: 'cancelled', by: 'vehicle restarted' });
  });

  test('leaves no timer behind', async () => {
    const { port, files, peer } = setUp();
    peer.files.set('/f', content(5_000));
    await run(port, files.read('/f'));
    await port.clock.advance(5_000);
    expect(port.clock.pendingTimers).toBe(0);
  });
});

describe('listing', () => {
  test('gathers all pages, each name once', async () => {
    for (const style of ['ardupilot', 'px4'] as const) {
      const { port, files, peer } = setUp({ style, loss: 0.2, duplicates: 0.2, jitterMs: 50 });
      peer.folders.add('/logs/inner');
      for (let i = 0; i < 120; i++) peer.files.set(`/logs/${String(i).padStart(8, '0')}.BIN`, content(i));
      const outcome = await run(port, files.list('/logs/'));
      if (outcome.kind !== 'done') throw new Error(outcome.kind);
      expect(outcome.entries.filter(({ kind }) => kind === 'file')).toHaveLength(120);
      expect(outcome.entries).toContainEqual({ name: '00000042.BIN', kind: 'file', sizeBytes: 42 });
      expect(outcome.entries).toContainEqual({ name: 'inner', kind: 'directory', sizeBytes: null });
    }
  });
});

describe('writing', () => {
  test('is proven by the checksum, whatever is lost or forgotten', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('ardupilot' as const, 'px4' as const),
        fc.integer({ min: 1, max: 1e9 }),
        fc.constantFrom(0, 0.2, 0.4),
        fc.integer({ min: 0, max: 4_000 }),
        async (style, seed, loss, size) => {
          const { port, files, peer } = setUp({ style, seed, loss, duplicates: 0.1, jitterMs: 20 });
          const bytes = content(size, seed);
          const outcome = await run(port, files.write('/new', bytes));
          if (outcome.kind === 'done')
            expect(sha256(peer.files.get('/new') ?? Buffer.alloc(0))).toBe(sha256(bytes));
          else expect(['no-progress', 'refused', 'busy', 'exists']).toContain(outcome.kind);
        },
      ),
      { numRuns: 30 },
    );
  }, 60_000);

  test('goes on when the session dies in the middle', async () => {
    const { port, files, peer } = setUp();
    const writing = files.write('/new', content(3_000));
    await port.clock.advance(100);
    peer.dropSession();
    expect(await run(port, writing)).toEqual({ kind: 'done', sizeBytes: 3_000, crc: 'verified' });
    expect(peer.files.get('/new')).toEqual(content(3_000));
  });

  test('does not replace a file unless told to', async () => {
    const { port, files, peer } = setUp();
    peer.files.set('/old', content(10));
    expect(await run(port, files.write('/old', content(20)))).toEqual({ kind: 'exists', path: '/old' });
    expect(await run(port, files.write('/old', content(20), { replace: true }))).toMatchObject({
      kind: 'done',
    });
    expect(peer.files.get('/old')).toEqual(content(20));
  });

  test('a wrong checksum is no success', async () => {
    const { port, files } = setUp({ wrongCrc: true });
    const outcome = await run(port, files.write('/new', content(20)));
    expect(outcome).toMatchObject({ kind: 'corrupt', foundCrc32: 0x12345678 });
  });
});

describe('removing', () => {
  test('needs the path as confirmation, and a folder of logs', async () => {
    const { port, files, peer } = setUp();
    peer.files.set('/logs/1.BIN', content(5));
    peer.files.set('/scripts/a.lua', content(5));
    peer.folders.add('/scripts');
    const no = { kind: 'not-allowed' };
    expect(await files.remove('/logs/1.BIN', { confirm: 'yes' })).toMatchObject(no);
    expect(await files.remove('/scripts/a.lua', { confirm: '/scripts/a.lua' })).toMatchObject(no);
    const outside = '/logs/../scripts/a.lua';
    expect(await files.remove(outside, { confirm: outside, forced: true })).toMatchObject(no);
    expect(await run(port, files.remove('/logs', { confirm: '/logs', forced: true }))).toMatchObject(no);
    expect(port.sent.every((message) => (message as unknown as { payload: number[] }).payload[3] !== 8)).toBe(
      true,
    );
    const gone = await run(port, files.remove('/logs/1.BIN', { confirm: '/logs/1.BIN' }));
    expect(gone).toEqual({ kind: 'done', confirmedBy: 'not listed any more' });
    expect(peer.files.has('/logs/1.BIN')).toBe(false);
  });

  test('is done once, also when its answer is lost', async () => {
    for (let seed = 1; seed < 15; seed++) {
      const { port, files, peer } = setUp({ loss: 0.4, seed });
      peer.files.set('/logs/1.BIN', content(5));
      const outcome = await run(port, files.remove('/logs/1.BIN', { confirm: '/logs/1.BIN' }));
      if (outcome.kind === 'done') expect(peer.files.has('/logs/1.BIN')).toBe(false);
      else expect(outcome.kind).toBe('no-progress');
    }
  });

  test('folders are made and files renamed', async () => {
    const { port, files, peer } = setUp();
    expect(await run(port, files.makeDirectory('/new'))).toMatchObject({ kind: 'done' });
    expect(await run(port, files.makeDirectory('/new'))).toMatchObject({ kind: 'refused', code: 8 });
    peer.files.set('/a', content(3));
    expect(await run(port, files.rename('/a', '/b'))).toMatchObject({ kind: 'done' });
    expect([...peer.files.keys()]).toEqual(['/b']);
  });
});

describe('reading to disk', () => {
  let dir = '';
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'airgrid-files-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  test('goes on after an interruption, and the file equals the original', async () => {
    const { port, files, peer } = setUp({ loss: 0.1, burstPackets: 50 });
    const bytes = content(120_000);
    peer.files.set('/logs/1.BIN', bytes);
    const target = join(dir, 'log.bin');
    const first = files.readTo('/logs/1.BIN', target, ({ bytesDone }) => {
      if (bytesDone > 60_000) files.cancel('operator');
    });
    expect(await run(port, first)).toEqual({ kind: 'cancelled', by: 'operator' });
    expect((await readdir(dir)).sort()).toEqual(['log.bin.part', 'log.bin.part.json']);
    const second = await run(port, files.readTo('/logs/1.BIN', target));
    expect(second).toMatchObject({
      kind: 'done',
      sha256: sha256(bytes),
      crc: 'verified',
      sizeBytes: 120_000,
    });
    expect(second.kind === 'done' && second.resumedBytes).toBeGreaterThan(50_000);
    expect(await readFile(target)).toEqual(bytes);
    expect(await readdir(dir)).toEqual(['log.bin']);
  });

  test('begins anew when the file on board is another one', async () => {
    const { port, files, peer } = setUp({ burstPackets: 50 });
    peer.files.set('/logs/1.BIN', content(120_000));
    const target = join(dir, 'log.bin');
    const first = files.readTo('/logs/1.BIN', target, ({ bytesDone }) => {
      if (bytesDone > 60_000) files.cancel('operator');
    });
    await run(port, first);
    const other = content(110_000, 99);
    peer.files.set('/logs/1.BIN', other);
    const second = await run(port, files.readTo('/logs/1.BIN', target));
    expect(second).toMatchObject({ kind: 'done', sha256: sha256(other), resumedBytes: 0 });
  });

  test('a part that was damaged on our disk is noticed and fetched again', async () => {
    const { port, files, peer } = setUp({ burstPackets: 50 });
    const bytes = content(120_000);
    peer.files.set('/logs/1.BIN', bytes);
    const target = join(dir, 'log.bin');
    const first = files.readTo('/logs/1.BIN', target, ({ bytesDone }) => {
      if (bytesDone > 60_000) files.cancel('operator');
    });
    await run(port, first);
    const { open } = await import('node:fs/promises');
    const handle = await open(`${target}.part`, 'r+');
    await handle.write(Buffer.from('damaged'), 0, 7, 100);
    await handle.close();
    const second = await run(port, files.readTo('/logs/1.BIN', target));
    expect(second).toMatchObject({ kind: 'done', sha256: sha256(bytes), resumedBytes: 0 });
  });

  test('never overwrites, and leaves nothing of what is wrong', async () => {
    const { port, files, peer } = setUp({ wrongCrc: true });
    peer.files.set('/logs/1.BIN', content(1_000));
    const target = join(dir, 'log.bin');
    expect(await run(port, files.readTo('/logs/1.BIN', target))).toMatchObject({ kind: 'corrupt' });
    expect(await readdir(dir)).toEqual([]);
    expect(await files.readTo('/logs/1.BIN', dir)).toEqual({ kind: 'local-exists', localPath: dir });
  });

  test('a folder that is missing is told', async () => {
    const { port, files, peer } = setUp();
    peer.files.set('/logs/1.BIN', content(1_000));
    const outcome = await run(port, files.readTo('/logs/1.BIN', join(dir, 'no', 'log.bin')));
    expect(outcome).toMatchObject({ kind: 'write-failed' });
    expect(await stat(dir)).toBeDefined();
  });
});
