import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MissionItem } from '../../missions/mission-item.ts';
import { MISSION_COMMANDS } from './mission-commands.ts';
import { convertItem } from './mission-items.ts';

type Row = readonly (number | null)[];
interface Captured {
  readonly sent: Row;
  readonly ack: number;
  readonly stored: Row | null;
}

const captured = JSON.parse(
  readFileSync(join(import.meta.dirname, 'fixtures/mission-items.json'), 'utf8'),
) as readonly Captured[];

function itemOf(row: Row): MissionItem {
  const [frame, command, param1, param2, param3, param4, x, y, z] = row.map((value) => value ?? Number.NaN);
  if (z === undefined) throw new Error('a row of the fixture is too short');
  return { frame, command, param1, param2, param3, param4, x, y, z } as MissionItem;
}

describe('a mission item, against what a real ArduCopter made of it', () => {
  it.each(captured.map((row) => [row.sent.join(' '), row] as const))('%s', (_, { sent, ack, stored }) => {
    const conversion = convertItem(0, itemOf(sent));
    if (stored === null) expect(conversion).toEqual({ kind: 'refused', result: ack });
    else expect(conversion).toEqual({ kind: 'stored', item: itemOf(stored) });
  });

  it('covers every command that the simulated Copter takes, but two that a copter cannot do', () => {
    const seen = new Set(captured.map(({ sent }) => sent[1]));
    expect([...MISSION_COMMANDS.keys()].filter((command) => !seen.has(command))).toEqual([
      210, 213, 214, 216, 534,
    ]);
  });
});

describe('items', () => {
  it('read back the same when they are uploaded again', () => {
    const number = fc.double({ min: -1000, max: 1000, noNaN: true });
    const item = fc.record({
      frame: fc.constantFrom(0, 3, 5, 6, 10, 11),
      command: fc.constantFrom(...MISSION_COMMANDS.keys()),
      param1: number,
      param2: number,
      param3: number,
      param4: number,
      x: fc.integer({ min: -900_000_000, max: 900_000_000 }),
      y: fc.integer({ min: -1_800_000_000, max: 1_800_000_000 }),
      z: fc.double({ min: 0, max: 500, noNaN: true }),
    });
    fc.assert(
      fc.property(item, (sent) => {
        const first = convertItem(0, sent);
        if (first.kind === 'refused') throw new Error(`refused with ${first.result}`);
        // Heights are cut to centimetres; a float just below one is cut once more, by one centimetre at most.
        const second = convertItem(0, first.item);
        if (second.kind === 'refused') throw new Error(`refused with ${second.result}`);
        expect({ ...second.item, z: 0, param1: 0 }).toEqual({ ...first.item, z: 0, param1: 0 });
        expect(Math.abs(second.item.z - first.item.z)).toBeLessThan(0.0101);
      }),
    );
  });

  it('of a plane keep the radius of a waypoint instead of a delay, and no splines', () => {
    const waypoint = {
      frame: 3,
      command: 16,
      param1: 5,
      param2: 40.7,
      param3: 300,
      param4: 0,
      x: 1,
      y: 1,
      z: 50,
    };
    expect(convertItem(0, waypoint, 'plane')).toMatchObject({ item: { param1: 0, param2: 40, param3: 255 } });
    expect(convertItem(0, { ...waypoint, command: 82 }, 'plane')).toEqual({ kind: 'refused', result: 3 });
  });
});
