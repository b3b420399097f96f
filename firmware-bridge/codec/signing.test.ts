import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Encoder } from './encoder.ts';
import { type Frame, Framer } from './framer.ts';
import { Attitude, buildMessage, Heartbeat, SetupSigning, StatusText } from './messages.ts';
import { isSecret, isSignedBy, SigningKey, signFrame, signingTimestamp, stampOf } from './signing.ts';

const KEY_BYTES = Uint8Array.from({ length: 32 }, (_, i) => i + 1);
const key = new SigningKey(KEY_BYTES);
const heartbeat = buildMessage(Heartbeat, { type: 6, autopilot: 8, systemStatus: 4, mavlinkVersion: 3 });

function plain(message = heartbeat as Parameters<Encoder['encode']>[0]): Buffer {
  return new Encoder({ systemId: 245, componentId: 190 }).encode(message);
}

function framed(raw: Uint8Array): Frame {
  const [frame, ...others] = new Framer().pushDatagram(raw);
  if (frame === undefined || others.length > 0) throw new Error('not one frame');
  return frame;
}

const anyStamp = fc.record({
  signingLinkId: fc.integer({ min: 0, max: 255 }),
  timestamp: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
});
const anyKey = fc.uint8Array({ minLength: 32, maxLength: 32 }).filter((bytes) => bytes.some((b) => b !== 0));

describe('signatures', () => {
  test('a signed frame has the very bytes that pymavlink and a hand calculation give', () => {
    // Python: hashlib.sha256(key + header + payload + crc + link id + timestamp)[:6], CRC with flag 1; the same from
    // pymavlink with secret_key = bytes(range(1, 33)), link_id = 7, timestamp = 0x0123456789ab.
    const signed = signFrame(plain(), key, { signingLinkId: 7, timestamp: 0x0123456789ab });
    expect(signed.toString('hex')).toBe(
      'fd09010000f5be000000000000000608000403fc7107ab896745230118626550706a',
    );
    expect(stampOf(framed(signed))).toEqual({ signingLinkId: 7, timestamp: 0x0123456789ab });
    expect(isSignedBy(framed(signed), key)).toBe(true);
  });

  test('timestamps count 10 µs since 2015, in 48 bits', () => {
    expect(signingTimestamp(Date.UTC(2015, 0, 1))).toBe(0);
    expect(signingTimestamp(Date.UTC(2015, 0, 1) + 1.5)).toBe(150);
    expect(signingTimestamp(Date.UTC(1999, 0, 1))).toBe(0);
    expect(signingTimestamp(Date.UTC(2026, 10, 24))).toBe(
      (Date.UTC(2026, 10, 24) / 1000 - 1_420_070_400) * 1e5,
    );
    expect(signingTimestamp(Number.MAX_SAFE_INTEGER)).toBe(2 ** 48 - 1);
  });

  test('only its own key verifies a frame, and no changed bit passes', () => {
    fc.assert(
      fc.property(
        anyKey,
        anyKey,
        anyStamp,
        fc.record({ roll: fc.float(), timeBootMs: fc.nat() }),
        fc.nat(),
        (bytes, otherBytes, stamp, fields, bit) => {
          const own = new SigningKey(bytes);
          const signed = signFrame(plain(buildMessage(Attitude, fields)), own, stamp);
          expect(isSignedBy(framed(signed), own)).toBe(true);
          expect(stampOf(framed(signed))).toEqual(stamp);
          const other = new SigningKey(otherBytes);
          expect(isSignedBy(framed(signed), other)).toBe(other.equals(own));
          const at = bit % (signed.length * 8);
          signed[at >> 3] = (signed[at >> 3] as number) ^ (1 << (at & 7));
          // Either the framer takes it for damaged, or the signature is wrong.
          for (const frame of new Framer().pushDatagram(signed)) expect(isSignedBy(frame, own)).toBe(false);
        },
      ),
    );
  });

  test('a wrong checksum rejects a frame whose signature is right', () => {
    const signed = signFrame(plain(), key, { signingLinkId: 0, timestamp: 1 });
    const crcAt = signed.length - 15;
    signed[crcAt] = (signed[crcAt] as number) ^ 0xff;
    const hashAt = signed.length - 6;
    createHash('sha256')
      .update(KEY_BYTES)
      .update(signed.subarray(0, hashAt))
      .digest()
      .copy(signed, hashAt, 0, 6);
    const framer = new Framer();
    expect(framer.pushDatagram(signed)).toHaveLength(0);
    expect(framer.counters.badCrc).toBe(1);
  });

  test('refuses what cannot be signed', () => {
    const stamp = { signingLinkId: 0, timestamp: 1 };
    const v1 = new Encoder({ systemId: 1, componentId: 1, version: 1 }).encode(heartbeat);
    expect(() => signFrame(v1, key, stamp)).toThrow('unsigned MAVLink 2');
    expect(() => signFrame(signFrame(plain(), key, stamp), key, stamp)).toThrow('unsigned MAVLink 2');
    expect(() => signFrame(plain(), key, { ...stamp, signingLinkId: 256 })).toThrow('0–255');
    expect(() => signFrame(plain(), key, { ...stamp, timestamp: 2 ** 48 })).toThrow('48 bits');
    expect(isSignedBy(framed(plain()), key)).toBe(false);
    expect(stampOf(framed(plain()))).toBeNull();
    expect(() => new SigningKey(new Uint8Array(31))).toThrow('32 bytes');
    expect(() => new SigningKey(new Uint8Array(32))).toThrow('zeros');
  });

  test('a key does not show itself', () => {
    const shown = `${inspect(key, { depth: 9, showHidden: true })} ${JSON.stringify({ key })} ${String(key)}`;
    expect(shown).not.toMatch(/1, ?2, ?3|0102|AQID|\\u0001/);
    expect(() => structuredClone({ key }).key.reveal()).toThrow();
  });

  test('only the message that carries a key is secret', () => {
    expect(isSecret(SetupSigning.MSG_ID)).toBe(true);
    expect(isSecret(Heartbeat.MSG_ID)).toBe(false);
    expect(isSecret(StatusText.MSG_ID)).toBe(false);
  });
});
