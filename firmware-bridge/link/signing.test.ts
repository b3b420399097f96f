import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Encoder } from '../codec/encoder.ts';
import { type Frame, Framer } from '../codec/framer.ts';
import {
  Attitude,
  buildMessage,
  CommandLong,
  Heartbeat,
  type MavLinkData,
  RadioStatus,
  SetupSigning,
} from '../codec/messages.ts';
import { SigningKey, signFrame, signingTimestamp } from '../codec/signing.ts';
import type { LinkId, LinkSigningConfig } from '../model.ts';
import { FakeClock } from '../test-support/fake-clock.ts';
import { MemoryNetwork, MemoryTransport } from '../transport/memory.ts';
import { Link } from './link.ts';
import { openSigning, type Signing } from './open-signing.ts';
import { OwnTimestamps, type StoredTimestamps } from './own-timestamps.ts';
import { readSigningKey } from './signing-keys.ts';
import { FileTimestampStore } from './signing-store.ts';

const KEY = Buffer.from(`${'a3'.repeat(31)}01`, 'hex');
const OTHER_KEY = Buffer.from(`${'5c'.repeat(31)}02`, 'hex');
const HOUR_MS = 3_600_000;
const LINK = 'l' as LinkId;

/** A receiver after the specification's text, sharing no code with ours. */
class Receiver {
  accepted = 0;
  refused: string[] = [];
  readonly #key: Buffer;
  readonly #streams = new Map<string, bigint>();
  constructor(key: Buffer) {
    this.#key = key;
  }
  receive(bytes: Uint8Array): void {
    const raw = Buffer.from(bytes);
    const length = (raw[1] ?? 0) + 25;
    if (raw[0] !== 0xfd || raw[2] !== 1 || raw.length !== length) {
      this.refused.push('not signed');
      return;
    }
    const hash = createHash('sha256')
      .update(Buffer.concat([this.#key, raw.subarray(0, length - 6)]))
      .digest('hex');
    if (hash.slice(0, 12) !== raw.subarray(length - 6).toString('hex')) {
      this.refused.push('wrong signature');
      return;
    }
    const stream = `${raw[5]} ${raw[6]} ${raw[length - 13]}`;
    const stamp = Buffer.concat([raw.subarray(length - 12, length - 6), Buffer.alloc(2)]).readBigUInt64LE();
    if (stamp <= (this.#streams.get(stream) ?? -1n)) {
      this.refused.push('replay');
      return;
    }
    this.#streams.set(stream, stamp);
    this.accepted++;
  }
}

let folder: string;
let keyFile: string;
let otherKeyFile: string;
let stateFile: string;
const opened: { close(): Promise<void> }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'airgrid-signing-'));
  keyFile = join(folder, 'key');
  otherKeyFile = join(folder, 'other');
  stateFile = join(folder, 'timestamps.json');
  writeFileSync(keyFile, `${KEY.toString('hex')}\n`, { mode: 0o600 });
  writeFileSync(otherKeyFile, OTHER_KEY, { mode: 0o600 });
});
afterEach(async () => {
  for (const thing of opened.splice(0)) await thing.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Bench {
  readonly link: Link;
  readonly clock: FakeClock;
  readonly signing: Signing;
  readonly network: MemoryNetwork;
  readonly heard: Frame[];
  readonly refused: string[];
  readonly recorded: number[];
  readonly log: () => string;
}

async function start(config: Partial<LinkSigningConfig> = {}, clock = new FakeClock()): Promise<Bench> {
  const lines: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) });
  const signing = openSigning(
    {
      links: [
        {
          linkId: LINK,
          url: 'udp-listen://127.0.0.1:0',
          signing: { policy: 'required', signingLinkId: 3, keyFile, ...config },
        },
      ],
      signingStateFile: stateFile,
    },
    { clock, logger },
  );
  const network = new MemoryNetwork();
  const heard: Frame[] = [];
  const refused: string[] = [];
  const recorded: number[] = [];
  const link = new Link({
    config: { linkId: LINK, url: 'udp-listen://127.0.0.1:0' },
    systemId: 245,
    componentId: 190,
    clock,
    random: () => 0,
    logger,
    createTransport: () => new MemoryTransport(network),
    guard: signing.guardOf(LINK),
    onFrame: (_link, _endpoint, frame) => heard.push(frame),
    onRefused: (_link, _endpoint, _frame, verdict) => refused.push(verdict),
    onSent: (_link, _endpoint, _raw, messageId) => recorded.push(messageId),
    onStatus: () => {},
  });
  await link.start();
  opened.push(link, signing);
  return { link, clock, signing, network, heard, refused, recorded, log: () => lines.join('') };
}

/** A vehicle that signs. */
class Signer {
  timestamp: number;
  readonly #key: SigningKey;
  readonly #encoder: Encoder;
  readonly #signingLinkId: number;
  constructor(key: Buffer, systemId: number, timestamp: number, signingLinkId = 1) {
    this.#key = new SigningKey(key);
    this.#encoder = new Encoder({ systemId, componentId: 1 });
    this.#signingLinkId = signingLinkId;
    this.timestamp = timestamp;
  }
  next(message: MavLinkData = beat): Buffer {
    this.timestamp++;
    return signFrame(this.#encoder.encode(message), this.#key, {
      signingLinkId: this.#signingLinkId,
      timestamp: this.timestamp,
    });
  }
}

const beat = buildMessage(Heartbeat, { type: 2, autopilot: 3 });
const plain = (systemId: number, message: MavLinkData = beat): Buffer =>
  new Encoder({ systemId, componentId: 1 }).encode(message);
const arm = (systemId: number): MavLinkData =>
  buildMessage(CommandLong, { targetSystem: systemId, targetComponent: 1, command: 400, _param1: 1 });

describe('our signatures', () => {
  test('1,000 frames in one millisecond are all accepted by an independent receiver', async () => {
    const { link, network } = await start();
    const receiver = new Receiver(KEY);
    network.addEndpoint('a:1', (bytes) => receiver.receive(bytes));
    for (let i = 0; i < 1_000; i++) expect(link.send(arm(1), 'a:1')).toBe(true);
    expect(receiver.refused).toEqual([]);
    expect(receiver.accepted).toBe(1_000);
  });

  test('a clock that steps back an hour, and a restart meanwhile, repeat no timestamp', async () => {
    const receiver = new Receiver(KEY);
    const startMs = Date.UTC(2026, 0, 1);
    const first = await start({}, new FakeClock(startMs));
    first.network.addEndpoint('a:1', (bytes) => receiver.receive(bytes));
    for (let i = 0; i < 500; i++) first.link.send(beat, 'a:1');
    await first.clock.advance(90_000);
    for (let i = 0; i < 500; i++) first.link.send(beat, 'a:1');
    // No close(): the process was killed. The next one starts an hour earlier by its clock.
    const second = await start({}, new FakeClock(startMs - HOUR_MS));
    second.network.addEndpoint('a:1', (bytes) => receiver.receive(bytes));
    for (let i = 0; i < 1_000; i++) second.link.send(beat, 'a:1');
    expect(receiver.refused).toEqual([]);
    expect(receiver.accepted).toBe(2_000);
  });

  test('the reservation on the disk is ahead of every timestamp sent, at any moment', async () => {
    const clock = new FakeClock();
    const store = new FileTimestampStore(stateFile, pino({ level: 'silent' }));
    const timestamps = new OwnTimestamps(clock, store, pino({ level: 'silent' }));
    let last = 0;
    for (let i = 0; i < 300; i++) {
      await clock.advance(1_000);
      const next = timestamps.next();
      expect(next).toBeGreaterThan(last);
      last = next;
      await timestamps.close();
      expect((JSON.parse(readFileSync(stateFile, 'utf8')) as StoredTimestamps).reservedUntil).toBeGreaterThan(
        next,
      );
    }
  });

  test('a disk that fails or a damaged file stops no frame, and is told', async () => {
    const lines: string[] = [];
    const logger = pino({}, { write: (line: string) => lines.push(line) });
    const clock = new FakeClock();
    const failing = {
      load: () => null,
      saveNow: () => {
        throw new Error('ENOSPC');
      },
      save: () => Promise.reject(new Error('ENOSPC')),
    };
    const timestamps = new OwnTimestamps(clock, failing, logger);
    const first = timestamps.next();
    await timestamps.close();
    await clock.advance(120_000);
    expect(timestamps.next()).toBe(first + 120 * 100_000 - 1);
    await clock.advance(31_000);
    expect(timestamps.next()).toBe(first + 151 * 100_000 - 1);
    await timestamps.close();
    // At the start, after two silent minutes, and in the background half a minute later.
    expect(lines.filter((line) => line.includes('signing timestamps cannot be kept'))).toHaveLength(3);
    writeFileSync(stateFile, '{"reservedUntil": "soon"');
    expect(new FileTimestampStore(stateFile, logger).load()).toBeNull();
    expect(lines.join('')).toContain('signing timestamps damaged');
  });

  test('follows a vehicle whose timestamps are ahead, but not one that is a day ahead', async () => {
    const { link, network, clock } = await start();
    const sent: number[] = [];
    network.addEndpoint('a:1', (bytes) => {
      sent.push(Buffer.from(bytes).readUIntLE(bytes.length - 12, 6));
    });
    const ahead = signingTimestamp(clock.nowMs()) + 600 * 100_000;
    network.emit(new Signer(KEY, 1, ahead).next(), 'a:1');
    link.send(beat, 'a:1');
    expect(sent.at(-1)).toBeGreaterThan(ahead);
    network.emit(new Signer(KEY, 2, 2 ** 48 - 10).next(), 'a:1');
    link.send(beat, 'a:1');
    expect(sent.at(-1)).toBeLessThan(ahead + 100);
  });

  test('what is for one vehicle is signed with its key, what is for all with each key heard there', async () => {
    const { link, network, clock } = await start({ vehicleKeyFiles: { 2: otherKeyFile } });
    const one = new Receiver(KEY);
    const two = new Receiver(OTHER_KEY);
    network.addEndpoint('a:1', (bytes) => {
      one.receive(bytes);
      two.receive(bytes);
    });
    const now = signingTimestamp(clock.nowMs());
    link.send(arm(1), 'a:1');
    expect([one.accepted, two.accepted]).toEqual([1, 0]);
    link.send(arm(2), 'a:1');
    expect([one.accepted, two.accepted]).toEqual([1, 1]);
    network.emit(new Signer(KEY, 1, now).next(), 'a:1');
    network.emit(new Signer(OTHER_KEY, 2, now).next(), 'a:1');
    link.send(beat, 'a:1');
    expect([one.accepted, two.accepted]).toEqual([2, 2]);
  });

  test('without a key, and with the policy off, frames leave as they are', async () => {
    for (const config of [{ policy: 'off' }, { policy: 'accepted', keyFile: null }] as const) {
      const { link, network } = await start(config);
      const got: Uint8Array[] = [];
      network.addEndpoint('a:1', (bytes) => got.push(bytes));
      link.send(beat, 'a:1');
      expect(got[0]?.[2]).toBe(0);
    }
  });
});

describe('what comes', () => {
  test('required: unsigned, wrongly signed and replayed frames are counted and not delivered', async () => {
    const { link, network, clock, heard, refused } = await start();
    const vehicle = new Signer(KEY, 1, signingTimestamp(clock.nowMs()));
    const good = vehicle.next();
    network.emit(good, 'a:1');
    network.emit(plain(1), 'a:1');
    network.emit(new Encoder({ systemId: 1, componentId: 1, version: 1 }).encode(beat), 'a:1');
    network.emit(new Signer(OTHER_KEY, 1, vehicle.timestamp).next(), 'a:1');
    network.emit(good, 'a:1');
    network.emit(good, 'b:1');
    const late = vehicle.next(buildMessage(Attitude, { roll: 1 }));
    network.emit(vehicle.next(), 'a:1');
    network.emit(late, 'a:1');
    expect(heard.map((frame) => frame.messageId)).toEqual([0, 0]);
    expect(link.status()).toMatchObject({ unsigned: 2, badSignature: 1, replayed: 3 });
    expect(refused).toEqual(['unsigned', 'unsigned', 'bad-signature', 'replayed', 'replayed', 'replayed']);
  });

  test('RADIO_STATUS, which no modem signs, passes', async () => {
    const { network, heard } = await start();
    network.emit(plain(51, buildMessage(RadioStatus, { rssi: 200 })), 'a:1');
    expect(heard).toHaveLength(1);
  });

  test('accepted: unsigned frames pass, wrong and replayed ones do not', async () => {
    const { link, network, clock, heard } = await start({ policy: 'accepted' });
    const good = new Signer(KEY, 1, signingTimestamp(clock.nowMs())).next();
    for (const bytes of [good, plain(1), good]) network.emit(bytes, 'a:1');
    network.emit(new Signer(OTHER_KEY, 1, signingTimestamp(clock.nowMs()) + 50).next(), 'a:1');
    expect(heard.map((frame) => frame.signed)).toEqual([true, false]);
    expect(link.status()).toMatchObject({ unsigned: 0, badSignature: 1, replayed: 1 });
  });

  test('accepted, with keys for some vehicles only: what cannot be checked counts as unsigned', async () => {
    const { link, network, clock, heard } = await start({
      policy: 'accepted',
      keyFile: null,
      vehicleKeyFiles: { 2: otherKeyFile },
    });
    const now = signingTimestamp(clock.nowMs());
    network.emit(new Signer(KEY, 1, now).next(), 'a:1');
    network.emit(new Signer(KEY, 2, now).next(), 'a:1');
    expect(heard.map((frame) => frame.systemId)).toEqual([1]);
    expect(link.status().badSignature).toBe(1);
  });

  test('off: signatures are not looked at', async () => {
    const { network, heard } = await start({ policy: 'off' });
    const wrong = new Signer(OTHER_KEY, 1, 1).next();
    network.emit(wrong, 'a:1');
    network.emit(wrong, 'a:1');
    network.emit(plain(1), 'a:1');
    expect(heard).toHaveLength(3);
  });

  test('a new stream may be up to 60 s behind, also by a clock that was set back', async () => {
    const startMs = Date.UTC(2026, 0, 1);
    const first = await start({}, new FakeClock(startMs));
    const now = signingTimestamp(startMs);
    first.network.emit(new Signer(KEY, 1, now - 59 * 100_000).next(), 'a:1');
    first.network.emit(new Signer(KEY, 2, now - 61 * 100_000).next(), 'a:1');
    expect(first.heard.map((frame) => frame.systemId)).toEqual([1]);
    await first.signing.close();
    const second = await start({}, new FakeClock(startMs - HOUR_MS));
    second.network.emit(new Signer(KEY, 3, now - 1_800 * 100_000).next(), 'a:1');
    second.network.emit(new Signer(KEY, 4, now).next(), 'a:1');
    expect(second.heard.map((frame) => frame.systemId)).toEqual([4]);
    expect(second.link.status().replayed).toBe(1);
  });

  test('one sender on two of its links is two streams', async () => {
    const { network, clock, heard } = await start();
    const now = signingTimestamp(clock.nowMs());
    const fast = new Signer(KEY, 1, now + 1_000, 1);
    const slow = new Signer(KEY, 1, now, 2);
    for (const bytes of [fast.next(), slow.next(), fast.next(), slow.next()]) network.emit(bytes, 'a:1');
    expect(heard).toHaveLength(4);
  });
});

describe('keys stay secret', () => {
  test('a frame that carries a key is neither reported as sent nor delivered, and nothing of a key is logged', async () => {
    const { link, network, recorded, heard, log, clock } = await start({ policy: 'accepted' });
    const got: Frame[] = [];
    network.addEndpoint('a:1', (bytes) => got.push(...new Framer().pushDatagram(bytes)));
    const setup = buildMessage(SetupSigning, { targetSystem: 1, targetComponent: 1, secretKey: [...KEY] });
    expect(link.send(setup, 'a:1')).toBe(true);
    link.send(beat, 'a:1');
    expect(got.map((frame) => frame.messageId)).toEqual([256, 0]);
    expect(recorded).toEqual([0]);
    network.emit(plain(1, setup), 'a:1');
    network.emit(new Signer(OTHER_KEY, 1, signingTimestamp(clock.nowMs())).next(), 'a:1');
    expect(heard).toEqual([]);
    for (const form of ['hex', 'base64', 'latin1'] as const) {
      expect(log()).not.toContain(KEY.toString(form).slice(0, 10));
    }
    expect(log()).not.toContain([...KEY].slice(0, 4).join(','));
  });

  test('a key file that others may read is refused, with what to do; so is what holds no key', () => {
    chmodSync(keyFile, 0o640);
    expect(() => readSigningKey(keyFile)).toThrow(`chmod 600 ${keyFile}`);
    chmodSync(keyFile, 0o600);
    expect(readSigningKey(keyFile).equals(new SigningKey(KEY))).toBe(true);
    expect(readSigningKey(otherKeyFile).equals(new SigningKey(OTHER_KEY))).toBe(true);
    writeFileSync(keyFile, 'correct horse battery staple');
    expect(() => readSigningKey(keyFile)).toThrow('64 hexadecimal digits');
    expect(() => readSigningKey(keyFile)).not.toThrow('horse');
    writeFileSync(keyFile, Buffer.alloc(32));
    expect(() => readSigningKey(keyFile)).toThrow('zeros');
    expect(() => readSigningKey(join(folder, 'missing'))).toThrow('cannot be read');
  });

  test.each([
    [{ signingLinkId: 256 }, '0–255'],
    [{ keyFile: null }, 'no key to check them with'],
    [{ vehicleKeyFiles: { 256: '/dev/null' } }, 'system id 256'],
  ])('a configuration that cannot work is refused: %j', async (config, why) => {
    await expect(start(config)).rejects.toThrow(why);
  });
});
