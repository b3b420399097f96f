import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Encoder } from './encoder.ts';
import { Framer } from './framer.ts';
import { Attitude, buildMessage, CommandLong, Heartbeat, type MavLinkData, StatusText } from './messages.ts';

function encodeAll(messages: readonly MavLinkData[], version: 1 | 2 = 2): Buffer[] {
  const encoder = new Encoder({ systemId: 7, componentId: 1, version });
  return messages.map((message) => encoder.encode(message));
}

const heartbeat = buildMessage(Heartbeat, { type: 2, autopilot: 3, systemStatus: 4, mavlinkVersion: 3 });
const attitude = buildMessage(Attitude, { timeBootMs: 4711, roll: 0.1, pitch: -0.2, yaw: 3.1 });
const command = buildMessage(CommandLong, { command: 400, targetSystem: 1, targetComponent: 1, _param1: 1 });

const anyMessage = fc.oneof(
  fc.constantFrom<MavLinkData>(heartbeat, attitude, command),
  fc
    .tuple(fc.integer({ min: 0, max: 7 }), fc.string({ unit: 'binary', maxLength: 60 }))
    .map(([severity, text]) => buildMessage(StatusText, { severity, text })),
);

/** Noise with many false start markers. */
const noise = fc
  .array(fc.oneof(fc.constantFrom(0xfd, 0xfe, 0, 1, 30), fc.integer({ min: 0, max: 255 })), {
    maxLength: 400,
  })
  .map((bytes) => Buffer.from(bytes));

function split(stream: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [0, ...cuts.map((cut) => cut % (stream.length + 1)).sort((a, b) => a - b), stream.length];
  return at.slice(1).map((end, i) => stream.subarray(at[i], end));
}

/** Ends every false start that is still waiting for bytes. */
const flush = Buffer.alloc(600);

/** A frame as it stands on the wire, of every kind that a link carries. */
const anyFrame = fc
  .tuple(
    anyMessage,
    fc.constantFrom('v1', 'v2', 'signed', 'unknown'),
    fc.uint8Array({ minLength: 13, maxLength: 13 }),
  )
  .map(([message, kind, tail]): { kind: string; raw: Buffer } => {
    const [raw] = encodeAll([message], kind === 'v1' ? 1 : 2) as [Buffer];
    if (kind === 'signed') return { kind, raw: asSigned(raw, message, tail) };
    // 60000 is nobody's id; its checksum can be anything.
    if (kind === 'unknown') raw.writeUIntLE(60_000, 7, 3);
    return { kind, raw };
  });

function asSigned(plain: Buffer, message: MavLinkData, signature: Uint8Array): Buffer {
  const raw = Buffer.concat([plain, signature]);
  raw[2] = 0x01;
  const end = plain.length - 2;
  const { MAGIC_NUMBER } = message.constructor as typeof MavLinkData;
  raw.writeUInt16LE(x25([...raw.subarray(1, end), MAGIC_NUMBER]), end);
  return raw;
}

const hexOf = (frame: { readonly raw: Buffer }): string => frame.raw.toString('hex');

/** Every one of `wanted` is in `got`, in its order; noise may by chance hold one more valid frame. */
function expectInOrder(got: readonly string[], wanted: readonly string[]): void {
  let from = 0;
  for (const frame of wanted) {
    const at = got.indexOf(frame, from);
    expect(at).toBeGreaterThanOrEqual(0);
    from = at + 1;
  }
}

describe('Framer', () => {
  test('delivers every intact frame after noise, however the stream is split', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(noise, anyMessage, fc.constantFrom<1 | 2>(1, 2)), { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat(5000), { maxLength: 30 }),
        (parts, cuts) => {
          const sent: string[] = [];
          const bytes: Buffer[] = [];
          for (const [garbage, message, version] of parts) {
            const [frame] = encodeAll([message], version) as [Buffer];
            bytes.push(garbage, frame);
            sent.push(frame.toString('hex'));
          }
          const stream = Buffer.concat([...bytes, flush]);
          const framer = new Framer();
          const got: string[] = [];
          for (const chunk of split(stream, cuts)) {
            for (const frame of framer.push(chunk)) if (frame.known) got.push(frame.raw.toString('hex'));
            expect(framer.carriedBytes).toBeLessThanOrEqual(560);
          }
          expectInOrder(got, sent);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('never throws, and accounts for every byte, whatever arrives', () => {
    fc.assert(
      fc.property(
        fc.array(anyMessage, { maxLength: 8 }),
        fc.array(fc.tuple(fc.nat(2000), fc.integer({ min: 1, max: 255 })), { maxLength: 20 }),
        fc.array(fc.nat(2000), { maxLength: 10 }),
        (messages, corruptions, cuts) => {
          const stream = Buffer.concat(encodeAll(messages));
          for (const [at, mask] of corruptions) {
            if (stream.length > 0) stream[at % stream.length] = (stream[at % stream.length] as number) ^ mask;
          }
          const framer = new Framer();
          let delivered = 0;
          for (const chunk of split(stream, cuts)) {
            for (const frame of framer.push(chunk)) delivered += frame.raw.length;
          }
          expect(delivered + framer.counters.garbageBytes + framer.carriedBytes).toBe(stream.length);
          expect(() => framer.pushDatagram(stream)).not.toThrow();
        },
      ),
      { numRuns: 300 },
    );
  });

  test('frames of both versions, signed and unknown ones, pass back to back byte for byte, in both modes', () => {
    const [last] = encodeAll([heartbeat]) as [Buffer];
    fc.assert(
      fc.property(
        fc.array(anyFrame, { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat(5000), { maxLength: 30 }),
        (frames, cuts) => {
          // An unknown one waits until the next begins and no marker inside it can begin a frame.
          const raws = [...frames.map(({ raw }) => raw), last];
          const stream = Buffer.concat([...raws, flush]);
          const asStream = new Framer();
          const got = split(stream, cuts).flatMap((chunk) => [...asStream.push(chunk)]);
          expect(got.map(hexOf)).toEqual(raws.map((raw) => raw.toString('hex')));
          expect(got.map((frame) => (frame.known ? frame.signed : 'unknown'))).toEqual([
            ...frames.map(({ kind }) => (kind === 'unknown' ? kind : kind === 'signed')),
            false,
          ]);
          expect(asStream.counters).toMatchObject({ frames: raws.length, garbageBytes: flush.length });
          expect(asStream.carriedBytes).toBe(0);
          const asDatagram = new Framer().pushDatagram(Buffer.concat(raws));
          expect(asDatagram.map(hexOf)).toEqual(got.map(hexOf));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('damage to one frame costs no other frame, in both modes', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(anyFrame, noise, fc.array(fc.tuple(fc.nat(300), fc.integer({ min: 1, max: 255 })))),
          { minLength: 1, maxLength: 12 },
        ),
        fc.array(fc.nat(5000), { maxLength: 30 }),
        (parts, cuts) => {
          const intact: string[] = [];
          const bytes: Buffer[] = [];
          for (const [{ kind, raw }, garbage, damage] of parts) {
            // Checked before: an unknown frame is only taken where no noise is beside it.
            if (damage.length === 0 && kind !== 'unknown') intact.push(raw.toString('hex'));
            const sent = Buffer.from(raw);
            for (const [at, mask] of damage)
              sent[at % sent.length] = (sent[at % sent.length] as number) ^ mask;
            bytes.push(garbage, sent);
          }
          const stream = Buffer.concat([...bytes, flush]);
          const framer = new Framer();
          const got: string[] = [];
          let delivered = 0;
          for (const chunk of split(stream, cuts)) {
            for (const frame of framer.push(chunk)) {
              delivered += frame.raw.length;
              got.push(hexOf(frame));
            }
            expect(framer.carriedBytes).toBeLessThanOrEqual(560);
          }
          expectInOrder(got, intact);
          expect(delivered + framer.counters.garbageBytes + framer.carriedBytes).toBe(stream.length);
          const datagrams = new Framer();
          expectInOrder(datagrams.pushDatagram(Buffer.concat(bytes)).map(hexOf), intact);
          expect(datagrams.carriedBytes).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('holds at most 560 bytes of any stream', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 10 }), (chunks) => {
        const framer = new Framer();
        for (const chunk of chunks) {
          framer.push(chunk);
          expect(framer.carriedBytes).toBeLessThanOrEqual(560);
        }
      }),
    );
  });

  test.each([
    ['MAVLink 2 markers', [0xfd]],
    ['MAVLink 1 markers', [0xfe]],
    ['headers of the longest signed frame', [0xfd, 0xff, 0x01, 0, 0, 1, 1, 0, 0, 0]],
    ['headers of the longest frame of an unknown id', [0xfd, 0xff, 0, 0, 0, 1, 1, 0x60, 0xea, 0]],
    ['cut frames', [0xfe, 9, 0, 7, 1, 0, 0, 0]],
  ])('a storm of %s: flat memory, and the next frame is delivered', (_name, pattern) => {
    const [frame] = encodeAll([attitude]) as [Buffer];
    const storm = Buffer.alloc(300_000, Buffer.from(pattern));
    const framer = new Framer();
    for (let at = 0; at < storm.length; at += 1_000) {
      framer.push(storm.subarray(at, at + 1_000));
      expect(framer.carriedBytes).toBeLessThanOrEqual(560);
    }
    const got = [...framer.push(frame), ...framer.push(flush)].filter(({ known }) => known);
    expect(got.map(hexOf)).toContain(frame.toString('hex'));
    const datagram = Buffer.concat([storm.subarray(0, 1_000), frame]);
    expect(new Framer().pushDatagram(datagram).map(hexOf)).toContain(frame.toString('hex'));
  });

  test('a false start marker whose announced length covers real frames swallows none of them', () => {
    const frames = encodeAll([heartbeat, attitude, command, heartbeat]);
    // Marker, length 200, no flags, a known id (0): looks like a long heartbeat.
    const falseStart = Buffer.from([0xfd, 200, 0, 0, 1, 1, 1, 0, 0, 0]);
    const framer = new Framer();
    const got = framer.push(Buffer.concat([falseStart, ...frames, flush]));
    expect(got.map((frame) => frame.messageId)).toEqual([0, 30, 76, 0]);
    expect(framer.counters.badCrc).toBe(1);
    expect(framer.counters.garbageBytes).toBe(falseStart.length + flush.length);
  });

  test('a false start marker with an unknown id swallows no real frame either', () => {
    const [frame] = encodeAll([heartbeat]) as [Buffer];
    const falseStart = Buffer.from([0xfd, frame.length, 0, 0, 1, 1, 1, 0xff, 0xff, 0x01]);
    const got = new Framer().push(Buffer.concat([falseStart, frame, Buffer.from([0, 0]), frame, flush]));
    expect(got.map((f) => [f.messageId, f.known])).toEqual([
      [0, true],
      [0, true],
    ]);
  });

  test('a frame cut off at the end of a datagram does not delay the next datagram', () => {
    const [first, second] = encodeAll([attitude, heartbeat]) as [Buffer, Buffer];
    const framer = new Framer();
    expect(framer.pushDatagram(first.subarray(0, 20))).toHaveLength(0);
    expect(framer.pushDatagram(second)).toHaveLength(1);
    expect(framer.counters.garbageBytes).toBe(20);
  });

  test('counts one damaged frame once, though markers stand inside it', () => {
    const text = buildMessage(StatusText, { severity: 4, text: 'þýþýþýþýþýþýþýþý' });
    const [frame] = encodeAll([text]) as [Buffer];
    frame[12] = (frame[12] as number) ^ 0x55;
    const framer = new Framer();
    expect(framer.pushDatagram(frame)).toHaveLength(0);
    expect(framer.counters).toEqual({ frames: 0, badCrc: 1, garbageBytes: frame.length, rejected: 0 });
  });

  test('refuses incompatibility flags that it does not know, and system id 0', () => {
    const [flagged] = encodeAll([heartbeat]) as [Buffer];
    flagged[2] = 0x02;
    const framer = new Framer();
    expect(framer.pushDatagram(flagged)).toHaveLength(0);
    const fromNobody = new Encoder({ systemId: 0, componentId: 1 }).encode(heartbeat);
    expect(framer.pushDatagram(fromNobody)).toHaveLength(0);
    expect(framer.counters.rejected).toBe(2);
  });

  test('takes a signed frame with its 13 bytes of signature', () => {
    const [plain] = encodeAll([heartbeat]) as [Buffer];
    const signed = asSigned(plain, heartbeat, Buffer.alloc(13, 0xfd));
    const got = new Framer().push(Buffer.concat([signed, plain]));
    expect(got.map((frame) => [frame.signed, frame.raw.length])).toEqual([
      [true, signed.length],
      [false, plain.length],
    ]);
  });

  test('keeps an unknown message raw when frames stand on both sides, and drops it inside noise', () => {
    const [frame] = encodeAll([heartbeat]) as [Buffer];
    const unknown = Buffer.from([0xfd, 3, 0, 0, 9, 7, 1, 0x39, 0x30, 0x00, 1, 2, 3, 0xaa, 0xbb]);
    const got = new Framer().push(Buffer.concat([frame, unknown, frame]));
    expect(got.map((f) => [f.messageId, f.known])).toEqual([
      [0, true],
      [0x3039, false],
      [0, true],
    ]);
    expect(new Framer().pushDatagram(unknown)).toHaveLength(1);
    expect(
      new Framer().push(Buffer.concat([Buffer.from([1, 2]), unknown, frame])).map((f) => f.known),
    ).toEqual([true]);
  });
});

/** The specification's bitwise form, written apart from the table under test. */
function x25(bytes: readonly number[]): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    let tmp = byte ^ (crc & 0xff);
    tmp = (tmp ^ (tmp << 4)) & 0xff;
    crc = ((crc >> 8) ^ (tmp << 8) ^ (tmp << 3) ^ (tmp >> 4)) & 0xffff;
  }
  return crc;
}
