import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { messageClassOf } from './checksum.ts';
import { decode, decodeById, textOf } from './decoder.ts';
import { Encoder } from './encoder.ts';
import { Framer } from './framer.ts';
import * as messages from './messages.ts';
import { buildMessage } from './messages.ts';
import { readTlog } from './tlog-reader.ts';

const { Heartbeat, MissionCount, StatusText } = messages;

const fixtures = join(import.meta.dirname, 'fixtures');
const IN_A_FLIGHT = ['HEARTBEAT', 'GLOBAL_POSITION_INT', 'STATUSTEXT'];
const captures = join(import.meta.dirname, '../../../shared/captures');

function replay(path: string) {
  const seen = new Set<string>();
  const framer = new Framer();
  const encoders = new Map<string, string[]>();
  let records = 0;
  for (const { frame } of readTlog(readFileSync(path))) {
    records++;
    framer.push(frame.raw);
    const message = decodeById(frame);
    const name = messageClassOf(frame.messageId)?.MSG_NAME ?? `#${frame.messageId}`;
    seen.add(name);
    if (message === null) continue;
    for (const value of Object.values(message)) expect(value).not.toBeUndefined();
    // What another implementation wrote, we read and write back to the very bytes.
    const again = reencode(message, frame.sequence, frame.systemId, frame.componentId);
    if (!again.equals(frame.raw)) encoders.set(name, [again.toString('hex'), frame.raw.toString('hex')]);
  }
  return { records, seen, counters: framer.counters, unequal: encoders };
}

function reencode(
  message: messages.MavLinkData,
  sequence: number,
  systemId: number,
  componentId: number,
): Buffer {
  const encoder = new Encoder({ systemId, componentId });
  for (let i = 0; i < sequence; i++) encoder.encode(buildMessage(Heartbeat, {}));
  return encoder.encode(message);
}

describe('codec', () => {
  test('one copy of mavlink-mappings, in the pinned version, is what node-mavlink uses too', () => {
    const require = createRequire(import.meta.url);
    const ours = require.resolve('mavlink-mappings');
    const theirs = createRequire(require.resolve('node-mavlink')).resolve('mavlink-mappings');
    expect(theirs).toBe(ours);
    expect(require('mavlink-mappings/package.json').version).toBe('1.0.21-20250824-1');
    const found = execFileSync('find', [
      join(ours.slice(0, ours.lastIndexOf('node_modules')), 'node_modules'),
      '-type',
      'd',
      '-name',
      'mavlink-mappings',
    ]);
    expect(found.toString().trim().split('\n')).toHaveLength(1);
  });

  test('each encoder counts its own sequence and wraps at 256', () => {
    const a = new Encoder({ systemId: 1, componentId: 1 });
    const b = new Encoder({ systemId: 1, componentId: 1 });
    b.encode(buildMessage(Heartbeat, {}));
    const sequences = Array.from({ length: 258 }, () => a.encode(buildMessage(Heartbeat, {}))[4]);
    expect(sequences.slice(0, 2)).toEqual([0, 1]);
    expect(sequences.slice(255)).toEqual([255, 0, 1]);
  });

  test('a MAVLink 1 frame carries no extension field and no id above 255', () => {
    const encoder = new Encoder({ systemId: 1, componentId: 1, version: 1 });
    const frame = encoder.encode(buildMessage(MissionCount, { count: 5, missionType: 1, opaqueId: 77 }));
    expect(frame.length).toBe(8 + 4);
    const [read] = new Framer().pushDatagram(frame);
    expect(read && decode(read, MissionCount)).toMatchObject({ count: 5, missionType: 0, opaqueId: 0 });
    const wide = buildMessage(StatusText, { text: 'x' });
    expect(encoder.encode(wide).length).toBe(8 + 51);
  });

  test('text travels as UTF-8, is cut at a character, and damaged text never throws', () => {
    const encoder = new Encoder({ systemId: 1, componentId: 1 });
    const roundTrip = (text: string): string => {
      const [frame] = new Framer().pushDatagram(
        encoder.encode(buildMessage(StatusText, { severity: 4, text })),
      );
      if (frame === undefined) throw new Error('no frame');
      return textOf(decode(frame, StatusText).text);
    };
    expect(roundTrip('电池电量低')).toBe('电池电量低');
    expect(roundTrip('航'.repeat(30))).toBe('航'.repeat(16));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
        expect(typeof textOf(Buffer.from(bytes).toString('latin1'))).toBe('string');
      }),
    );
  });

  test('every message class can be written from its defaults and read back', () => {
    const encoder = new Encoder({ systemId: 1, componentId: 1 });
    for (let id = 0; id < 65536; id++) {
      const messageClass = messageClassOf(id);
      if (messageClass === null) continue;
      const [frame] = new Framer().pushDatagram(encoder.encode(buildMessage(messageClass, {})));
      expect(frame?.messageId, messageClass.MSG_NAME).toBe(id);
    }
  });

  describe.each(readdirSync(fixtures).filter((name) => name.endsWith('.tlog')))('recording %s', (name) => {
    test('has no damaged frame, decodes, and is written back byte for byte', () => {
      const { records, counters, seen, unequal } = replay(join(fixtures, name));
      expect(records).toBeGreaterThan(0);
      expect(counters).toMatchObject({ frames: records, badCrc: 0, garbageBytes: 0, rejected: 0 });
      // Others are slices of what the replay tests of their services read.
      if (/flight|twin/.test(name)) expect([...seen]).toEqual(expect.arrayContaining(IN_A_FLIGHT));
      expect(Object.fromEntries(unequal)).toEqual({});
    });
  });

  describe.skipIf(!existsSync(captures))(
    'captured exchanges in ../shared/captures (skipped when absent)',
    () => {
      test.each(existsSync(captures) ? readdirSync(captures).filter((name) => name.endsWith('.tlog')) : [])(
        '%s has no damaged frame',
        (name) => {
          let records = 0;
          const framer = new Framer();
          for (const { frame } of readTlog(readFileSync(join(captures, name)))) {
            records++;
            framer.push(frame.raw);
            decodeById(frame);
          }
          expect(framer.counters).toMatchObject({ frames: records, badCrc: 0, garbageBytes: 0, rejected: 0 });
        },
      );
    },
  );
});
