import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeById } from '../../../firmware-bridge/codec/decoder.ts';
import { Encoder } from '../../../firmware-bridge/codec/encoder.ts';
import { Framer } from '../../../firmware-bridge/codec/framer.ts';
import { buildMessage, MissionItemInt } from '../../../firmware-bridge/codec/messages.ts';
import { readParameterPack } from '../../../firmware-bridge/protocol/parameter-pack.ts';
import { item } from '../testing/aboard.ts';
import { isErrno } from './file-tree.ts';
import { missionFile } from './mission-file.ts';
import { packParameters, parameterPackFile } from './parameter-pack.ts';

/** First bytes of `@PARAM/param.pck` of a real ArduCopter 4.7-dev, with 1,354 parameters of which these are the first. */
test("the packed parameters begin as the real one's do", () => {
  const head = packParameters(
    [
      { name: 'FORMAT_VERSION', type: 4, value: 120, defaultValue: null },
      { name: 'PILOT_THR_FILT', type: 9, value: 0, defaultValue: null },
      { name: 'PILOT_TKOFF_ALT', type: 9, value: 0, defaultValue: null },
    ],
    60,
  );
  const real =
    '1b67 4a05 4a05 02d0 464f524d41545f56455253494f4e 7800 04d0 50494c4f545f5448525f46494c54 00000000 0477';
  const expected = Buffer.from(real.replaceAll(' ', ''), 'hex');
  // All but the two counts.
  expect(head.subarray(6, expected.length).toString('hex')).toBe(expected.subarray(6).toString('hex'));
  expect(head.toString('latin1', expected.length, expected.length + 8)).toBe('KOFF_ALT');
});

const parameter = fc
  .tuple(
    fc.stringMatching(/^[A-Z][A-Z0-9_]{0,15}$/),
    fc.constantFrom(2, 4, 6, 9),
    fc.integer({ min: -128, max: 127 }),
  )
  .map(([name, type, value]) => ({ name, type, value, defaultValue: null }));

test('whatever the parameters and the size of the reads, the bridge reads the same, and no value lies across two reads', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(parameter, { selector: ({ name }) => name, maxLength: 60 }),
      fc.constantFrom(60, 80, 110, 239),
      (parameters, readBytes) => {
        const sorted = parameters.toSorted((a, b) => (a.name < b.name ? -1 : 1));
        const bytes = packParameters(sorted, readBytes);
        const read = readParameterPack(bytes);
        if (read.kind !== 'ok') throw new Error(read.why);
        expect(read.parameters.map(({ name, value }) => [name, value])).toEqual(
          sorted.map(({ name, value }) => [name, value]),
        );
      },
    ),
  );
});

test('a read of another size is refused (EINVAL), and the announced size is fiction', () => {
  const file = parameterPackFile([{ name: 'ARMING_CHECK', type: 6, value: 1, defaultValue: null }]);
  expect(file.announcedBytes).toBe(12);
  expect(isErrno(file.read(0, 239))).toBe(false);
  expect(file.read(0, 110)).toEqual({ errno: 22 });
});

test("the mission's file: a header, then each item as it lies in a MISSION_ITEM_INT", () => {
  const items = [
    item(16, { frame: 0, x: 252_809_000, y: 1_102_900_000, z: 150 }),
    item(22, { frame: 3, param1: 1.5, param4: -2, x: 252_809_001, y: 1_102_900_002, z: 20 }),
  ];
  const read = missionFile(0, items, { systemId: 1 }).read(0, 1_000);
  if (isErrno(read)) throw new Error('cannot be read');
  const bytes = Buffer.from(read);
  expect(bytes.toString('hex', 0, 10)).toBe('3d760000000000000200');
  expect(bytes).toHaveLength(10 + 2 * 38);
  for (const [seq, expected] of items.entries()) {
    const fields = { ...expected, seq, targetSystem: 1, targetComponent: 1, autocontinue: 1 };
    const frame = new Encoder({ systemId: 1, componentId: 1 }).encode(buildMessage(MissionItemInt, fields));
    // MAVLink 2 leaves zero bytes at the end out.
    const payload = Buffer.alloc(38);
    frame.copy(payload, 0, 10, frame.length - 2);
    expect(bytes.subarray(10 + 38 * seq, 48 + 38 * seq).toString('hex')).toBe(payload.toString('hex'));
    const [seen] = new Framer().pushDatagram(frame);
    expect(seen === undefined ? null : decodeById(seen)).toMatchObject({ seq });
  }
  const fence = missionFile(1, [], { systemId: 1 }).read(0, 1_000);
  expect(isErrno(fence) ? '' : Buffer.from(fence).toString('hex')).toBe('3d760100000000000000');
});
