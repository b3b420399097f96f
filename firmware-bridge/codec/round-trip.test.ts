import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { messageClassOf } from './checksum.ts';
import { decodeById, textOf } from './decoder.ts';
import { Encoder } from './encoder.ts';
import { Framer } from './framer.ts';
import {
  buildMessage,
  type MavLinkData,
  type MavLinkDataConstructor,
  type MavLinkPacketField,
} from './messages.ts';

/** Every message class with arbitrary values in every field: encode, frame, decode, and the values are the same. */
const BITS: Readonly<Record<string, number>> = { int8_t: 8, int16_t: 16, int32_t: 32 };
const UNSIGNED_BITS: Readonly<Record<string, number>> = {
  uint8_t: 8,
  uint8_t_mavlink_version: 8,
  uint16_t: 16,
  uint32_t: 32,
};

function anyNumber(type: string): fc.Arbitrary<number | bigint> {
  switch (type) {
    case 'float':
      return fc.float();
    case 'double':
      return fc.double();
    case 'int64_t':
      return fc.oneof(
        fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, -1n),
        fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
      );
    case 'uint64_t':
      return fc.oneof(fc.constantFrom(2n ** 64n - 1n, 2n ** 53n + 1n, 0n), fc.bigInt(0n, 2n ** 64n - 1n));
  }
  const unsigned = UNSIGNED_BITS[type];
  if (unsigned !== undefined) return fc.integer({ min: 0, max: 2 ** unsigned - 1 });
  const bits = BITS[type];
  if (bits === undefined) throw new Error(`a field type that this test does not know: ${type}`);
  return fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
}

/** Whole characters that fit the field; a NUL ends a text on the wire. */
function anyText(bytes: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...'aZ 9~é航电😀'), maxLength: bytes }).map((text) => {
    let fitting = '';
    for (const character of text) {
      if (Buffer.byteLength(fitting + character) > bytes) break;
      fitting += character;
    }
    return fitting;
  });
}

function anyValue(field: MavLinkPacketField): fc.Arbitrary<unknown> {
  if (field.type === 'char[]') return anyText(field.length);
  if (field.type === 'char') return fc.constantFrom('A', 'z', '0');
  if (!field.type.endsWith('[]')) return anyNumber(field.type);
  return fc.array(anyNumber(field.type.slice(0, -2)), { minLength: field.length, maxLength: field.length });
}

const classes: MavLinkDataConstructor<MavLinkData>[] = [];
for (let id = 0; id < 65536; id++) {
  const messageClass = messageClassOf(id);
  if (messageClass !== null) classes.push(messageClass);
}

function roundTrip(
  messageClass: MavLinkDataConstructor<MavLinkData>,
  values: Readonly<Record<string, unknown>>,
  version: 1 | 2,
): Readonly<Record<string, unknown>> {
  const encoder = new Encoder({ systemId: 9, componentId: 8, version });
  const raw = encoder.encode(buildMessage(messageClass, values));
  const frames = new Framer().push(raw);
  expect(frames).toHaveLength(1);
  const [frame] = frames;
  if (frame === undefined) throw new Error('no frame');
  expect(frame).toMatchObject({ version, systemId: 9, componentId: 8, known: true, signed: false });
  expect(frame.payload.length).toBeGreaterThan(0);
  return decodeById(frame) as unknown as Readonly<Record<string, unknown>>;
}

describe('any values of any message', () => {
  test.each(classes.map((messageClass) => [messageClass.MSG_NAME, messageClass] as const))(
    '%s',
    (_name, messageClass) => {
      const fields = Object.fromEntries(
        messageClass.FIELDS.map((field) => [field.name, anyValue(field)] as const),
      );
      fc.assert(
        fc.property(fc.record(fields), (values) => {
          for (const version of [1, 2] as const) {
            if (version === 1 && messageClass.MSG_ID > 255) continue;
            const seen = roundTrip(messageClass, values, version);
            for (const field of messageClass.FIELDS) {
              const got = seen[field.name];
              if (version === 1 && field.extension) continue;
              const shown = field.type === 'char[]' ? textOf(got as string) : got;
              expect(shown, field.name).toEqual(values[field.name]);
            }
          }
        }),
        { numRuns: 15 },
      );
    },
  );
});
