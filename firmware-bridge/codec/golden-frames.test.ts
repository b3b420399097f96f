import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checksum, crcExtraOf, messageClassOf } from './checksum.ts';
import { decodeById, textOf } from './decoder.ts';
import { Encoder } from './encoder.ts';
import { Framer } from './framer.ts';
import { buildMessage, type MavLinkData, type MavLinkDataConstructor } from './messages.ts';

/**
 * Our bytes against bytes that another implementation (pymavlink, from the public XML) made of the same values, and
 * CRC_EXTRA of every public message. fixtures/README.md tells how both files are made.
 */
interface GoldenFrame {
  readonly name: string;
  readonly version: 1 | 2;
  /** By the XML's field names. 64-bit numbers, NaN and infinities as text; what is absent is zero. */
  readonly fields: Readonly<Record<string, number | string | readonly number[]>>;
  readonly hex: string;
}

const fixtures = join(import.meta.dirname, 'fixtures');
const golden = readJson('golden-frames.json') as readonly GoldenFrame[];
const xmlCrcExtra = readJson('crc-extra.json') as Readonly<Record<string, readonly [string, number]>>;

/** Drafts of the development dialect that changed since the library was made; nobody sends them yet. */
const CHANGED_DRAFTS: readonly number[] = [
  296, // GLOBAL_POSITION, now GLOBAL_POSITION_SENSOR
  369, // BATTERY_STATUS_V2
  512, // CONTROL_STATUS
];

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(join(fixtures, name), 'utf8'));
}

const classes = new Map<string, MavLinkDataConstructor<MavLinkData>>();
for (let id = 0; id < 65536; id++) {
  const messageClass = messageClassOf(id);
  if (messageClass !== null) classes.set(messageClass.MSG_NAME, messageClass);
}

function classNamed(name: string): MavLinkDataConstructor<MavLinkData> {
  const messageClass = classes.get(name);
  if (messageClass === undefined) throw new Error(`no class for ${name}`);
  return messageClass;
}

/** The fixture's values as our side names and types them. */
function valuesOf({ name, fields }: GoldenFrame): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  const unused = new Set(Object.keys(fields));
  for (const field of classNamed(name).FIELDS) {
    const value = fields[field.source];
    unused.delete(field.source);
    if (value === undefined) continue;
    values[field.name] =
      typeof value !== 'string' || field.type === 'char[]'
        ? value
        : field.type.endsWith('64_t')
          ? BigInt(value)
          : Number(value);
  }
  expect([...unused], 'fields that our class does not have').toEqual([]);
  return values;
}

describe('golden frames', () => {
  test.each(golden.map((frame, index) => [index, `${frame.name} v${frame.version}`, frame] as const))(
    '%i %s leaves as the very bytes of the definition',
    (_index, _name, frame) => {
      const message = buildMessage(classNamed(frame.name), valuesOf(frame));
      const encoder = new Encoder({ systemId: 245, componentId: 190, version: frame.version });
      expect(encoder.encode(message).toString('hex')).toBe(frame.hex);
    },
  );

  test.each(golden.filter(({ version }) => version === 2).map((frame, i) => [i, frame.name, frame] as const))(
    '%i %s is read back to the same values',
    (_index, name, frame) => {
      const [read] = new Framer().pushDatagram(Buffer.from(frame.hex, 'hex'));
      const message = read === undefined ? null : decodeById(read);
      expect(message).toBeInstanceOf(classNamed(name));
      const seen = message as unknown as Record<string, unknown>;
      for (const [field, value] of Object.entries(valuesOf(frame))) {
        const type = classNamed(name).FIELDS.find((other) => other.name === field)?.type ?? '';
        if (typeof value === 'string') expect(textOf(seen[field] as string)).toBe(value);
        else if (type === 'float') expect(seen[field]).toBe(Math.fround(value as number));
        else if (type === 'float[]') expect(seen[field]).toEqual((value as number[]).map(Math.fround));
        else expect(seen[field]).toEqual(value);
      }
    },
  );

  test('cover every message that the bridge builds', () => {
    const built = new Set<string>();
    const root = join(import.meta.dirname, '..');
    for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts') || file.endsWith('.test.ts') || file.startsWith('test-support')) continue;
      for (const [, name] of readFileSync(join(root, file), 'utf8').matchAll(
        /buildMessage\(\s*([A-Z]\w+)/g,
      )) {
        if (name !== undefined) built.add(name);
      }
    }
    const covered = new Set(golden.map(({ name }) => classNamed(name).name));
    expect(built.size).toBeGreaterThan(5);
    expect([...built].filter((name) => !covered.has(name)).sort()).toEqual([]);
  });
});

describe('checksums', () => {
  test('CRC_EXTRA of every public message is the value of the XML', () => {
    const different = Object.entries(xmlCrcExtra)
      .filter(([id, [name, crcExtra]]) => {
        const ours = messageClassOf(Number(id))?.MSG_NAME ?? name;
        return crcExtraOf(Number(id)) !== crcExtra || ours !== name;
      })
      .map(([id]) => Number(id));
    expect(different).toEqual(CHANGED_DRAFTS);
  });

  test('the table form equals the bitwise form of the specification, at any place and length', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.nat(300),
        fc.integer({ min: 0, max: 255 }),
        (bytes, start, crcExtra) => {
          const from = Math.min(start, bytes.length);
          expect(checksum(bytes, from, bytes.length, crcExtra)).toBe(x25([...bytes.slice(from), crcExtra]));
        },
      ),
    );
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
