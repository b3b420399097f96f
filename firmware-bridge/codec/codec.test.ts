import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crcExtraOf, messageClassOf } from './checksum.ts';
import { decode, decodeById, textOf } from './decoder.ts';
import { Encoder } from './encoder.ts';
import { Framer } from './framer.ts';
import * as messages from './messages.ts';
import { buildMessage } from './messages.ts';
import { readTlog } from './tlog-reader.ts';

const {
  CommandInt,
  CommandLong,
  Heartbeat,
  MissionAck,
  MissionClearAll,
  MissionCount,
  MissionItemInt,
  MissionRequestInt,
  MissionRequestList,
  MissionSetCurrent,
  StatusText,
} = messages;

/** CRC_EXTRA as the public XML gives them (pymavlink's generated tables), typed in by hand. */
const XML_CRC_EXTRA: Readonly<Record<string, readonly [id: number, crcExtra: number]>> = {
  HEARTBEAT: [0, 50],
  SYS_STATUS: [1, 124],
  SYSTEM_TIME: [2, 137],
  PING: [4, 237],
  PARAM_REQUEST_READ: [20, 214],
  PARAM_VALUE: [22, 220],
  PARAM_SET: [23, 168],
  GPS_RAW_INT: [24, 24],
  ATTITUDE: [30, 39],
  GLOBAL_POSITION_INT: [33, 104],
  MISSION_REQUEST: [40, 230],
  MISSION_SET_CURRENT: [41, 28],
  MISSION_CURRENT: [42, 28],
  MISSION_REQUEST_LIST: [43, 132],
  MISSION_COUNT: [44, 221],
  MISSION_CLEAR_ALL: [45, 232],
  MISSION_ITEM_REACHED: [46, 11],
  MISSION_ACK: [47, 153],
  MISSION_REQUEST_INT: [51, 196],
  MISSION_ITEM_INT: [73, 38],
  VFR_HUD: [74, 20],
  COMMAND_INT: [75, 158],
  COMMAND_LONG: [76, 152],
  COMMAND_ACK: [77, 143],
  RADIO_STATUS: [109, 185],
  BATTERY_STATUS: [147, 154],
  AUTOPILOT_VERSION: [148, 178],
  EKF_STATUS_REPORT: [193, 71],
  ESTIMATOR_STATUS: [230, 163],
  HOME_POSITION: [242, 104],
  EXTENDED_SYS_STATE: [245, 130],
  STATUSTEXT: [253, 83],
};

/** Bytes packed by hand from the XML's field order (independent of the library), from system 245, component 190. */
const GOLDEN: readonly (readonly [name: string, message: messages.MavLinkData, hex: string])[] = [
  [
    'HEARTBEAT',
    buildMessage(Heartbeat, { type: 6, autopilot: 8, systemStatus: 4, mavlinkVersion: 3 }),
    'fd09000000f5be0000000000000006080004031b89',
  ],
  [
    'COMMAND_LONG',
    buildMessage(CommandLong, {
      targetSystem: 1,
      targetComponent: 1,
      command: 400,
      confirmation: 2,
      _param1: 1,
      _param7: 10.5,
    }),
    'fd21000000f5be4c00000000803f000000000000000000000000000000000000000000002841900101010280ff',
  ],
  [
    'COMMAND_INT',
    buildMessage(CommandInt, {
      targetSystem: 1,
      targetComponent: 1,
      frame: 6,
      command: 192,
      _param1: 1,
      _param2: 2,
      _param3: 3,
      _param4: 4,
      _param5: 252809000,
      _param6: 1102900000,
      _param7: 50.5,
    }),
    'fd21000000f5be4b00000000803f000000400000404000008040288f110f20ebbc4100004a42c0000101065045',
  ],
  [
    'MISSION_COUNT',
    buildMessage(MissionCount, { targetSystem: 1, targetComponent: 1, count: 7 }),
    'fd04000000f5be2c0000070001017050',
  ],
  [
    'MISSION_ITEM_INT',
    buildMessage(MissionItemInt, {
      targetSystem: 1,
      targetComponent: 1,
      seq: 3,
      frame: 6,
      command: 16,
      autocontinue: 1,
      param1: 5,
      x: 252814390,
      y: 1102905961,
      z: 25,
    }),
    'fd25000000f5be4900000000a04000000000000000000000000036a4110f6902bd410000c84103001000010106000120db',
  ],
  [
    'MISSION_REQUEST_LIST',
    buildMessage(MissionRequestList, { targetSystem: 1, targetComponent: 1 }),
    'fd02000000f5be2b000001017bb6',
  ],
  [
    'MISSION_REQUEST_INT',
    buildMessage(MissionRequestInt, { targetSystem: 1, targetComponent: 1, seq: 6 }),
    'fd04000000f5be33000006000101be3c',
  ],
  [
    'MISSION_ACK',
    buildMessage(MissionAck, { targetSystem: 1, targetComponent: 1, type: 15 }),
    'fd03000000f5be2f000001010f15c6',
  ],
  [
    'MISSION_SET_CURRENT',
    buildMessage(MissionSetCurrent, { targetSystem: 8, targetComponent: 1, seq: 3 }),
    'fd04000000f5be290000030008019aa1',
  ],
  [
    'MISSION_CLEAR_ALL',
    buildMessage(MissionClearAll, { targetSystem: 1, targetComponent: 1, missionType: 1 }),
    'fd03000000f5be2d0000010101b009',
  ],
  ['a message of nothing but zeros', buildMessage(Heartbeat, {}), 'fd01000000f5be00000000092b'],
];

const fixtures = join(import.meta.dirname, 'fixtures');
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

  test.each(Object.entries(XML_CRC_EXTRA))(
    'CRC_EXTRA of %s is the value of the public XML',
    (name, [id, extra]) => {
      expect(crcExtraOf(id)).toBe(extra);
      expect(messageClassOf(id)?.MSG_NAME).toBe(name);
      expect(messageClassOf(id)?.MAGIC_NUMBER).toBe(extra);
    },
  );

  test.each(GOLDEN)('%s leaves as the bytes of the definition', (_name, message, hex) => {
    expect(new Encoder({ systemId: 245, componentId: 190 }).encode(message).toString('hex')).toBe(hex);
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
      expect(records).toBeGreaterThan(500);
      expect(counters).toMatchObject({ frames: records, badCrc: 0, garbageBytes: 0, rejected: 0 });
      expect([...seen]).toEqual(expect.arrayContaining(['HEARTBEAT', 'GLOBAL_POSITION_INT', 'STATUSTEXT']));
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
