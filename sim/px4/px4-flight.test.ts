import { describe, expect, it } from 'vitest';
import { MissionItemReached } from '../../firmware-bridge/codec/messages.ts';
import { at, item, Px4Tower } from './testing/px4-tower.ts';

const square = () => [
  item(22, { ...at(0, 0), z: 10 }),
  item(16, { ...at(50, 0), z: 15 }),
  item(16, { ...at(50, 40), z: 15 }),
  item(20, { frame: 2 }),
];

describe('a mission', () => {
  it('MISSION_START arms by itself; climbs, flies, returns, lands, disarms', () => {
    const tower = new Px4Tower().ready();
    expect(tower.upload(square())).toBe(0);
    expect(tower.command(300, 0, 0)).toBe(0);
    expect(tower.vehicle.truth.armed).toBe(true);
    tower.runUntil('landed', 240, () => !tower.vehicle.truth.armed);
    console.log(
      tower.texts(),
      tower.vehicle.truth,
      tower.all(MissionItemReached).map((m) => m.seq),
    );
  });
});
