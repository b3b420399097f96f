import { describe, expect, it } from 'vitest';
import {
  buildMessage,
  MissionAck,
  MissionClearAll,
  MissionCount,
  MissionCurrent,
  MissionItemInt,
  MissionRequest,
  MissionRequestInt,
  MissionRequestList,
  MissionSetCurrent,
} from '../../firmware-bridge/codec/messages.ts';
import { capturedMission, item, Tower, type TowerOptions } from '../testing/tower.ts';

const TO = { targetSystem: 1, targetComponent: 1 };

function readyTower(options: TowerOptions = {}): Tower {
  const tower = new Tower(options);
  return tower.runUntil('position estimate', 60, () => tower.autopilot.flight.positionOk);
}

/** What the aircraft holds, read over the wire. */
function download(tower: Tower, missionType = 0): readonly MissionItemInt[] {
  tower.received.length = 0;
  tower.send(buildMessage(MissionRequestList, { ...TO, missionType }));
  const [count] = tower.all(MissionCount);
  for (let seq = 0; seq < (count?.count ?? 0); seq += 1) {
    tower.send(buildMessage(MissionRequestInt, { ...TO, seq, missionType }));
  }
  return tower.all(MissionItemInt);
}

describe('the exchange of the captured ArduCopter', () => {
  it('asks with MISSION_REQUEST in order, acknowledges, then says so', () => {
    const tower = readyTower();
    tower.received.length = 0;
    expect(tower.upload(capturedMission())).toBe(0);
    expect(
      tower
        .all(MissionRequest)
        .map(({ seq, targetSystem, targetComponent }) => [seq, targetSystem, targetComponent]),
    ).toEqual([0, 1, 2, 3, 4, 5, 6].map((seq) => [seq, 200, 190]));
    expect(tower.texts()).toContain('Flight plan received');
  });

  it('reads back home for item 0, frame 3 for 6, frame 0 for the return', () => {
    const tower = readyTower();
    tower.upload(capturedMission());
    const held = download(tower).map(({ seq, frame, command, x, y, z }) => ({
      seq,
      frame,
      command,
      x,
      y,
      z,
    }));
    // Golden: the lines of ardupilot-copter-flight.tlog at 40.37–40.41 s, home being where this aircraft stands.
    expect(held).toEqual([
      { seq: 0, frame: 0, command: 16, x: 252_809_000, y: 1_102_900_000, z: 150 },
      { seq: 1, frame: 3, command: 22, x: 252_809_000, y: 1_102_900_000, z: 20 },
      { seq: 2, frame: 3, command: 16, x: 252_814_390, y: 1_102_900_000, z: 25 },
      { seq: 3, frame: 3, command: 16, x: 252_814_390, y: 1_102_905_961, z: 25 },
      { seq: 4, frame: 3, command: 16, x: 252_809_000, y: 1_102_905_961, z: 25 },
      { seq: 5, frame: 3, command: 16, x: 252_809_898, y: 1_102_900_993, z: 20 },
      { seq: 6, frame: 0, command: 20, x: 0, y: 0, z: 0 },
    ]);
  });

  it('keeps fence and rally apart from the mission and reads them back as captured', () => {
    const tower = readyTower();
    tower.upload(capturedMission());
    const vertex = (x: number, y: number) => item(5001, { frame: 0, param1: 4, x, y });
    const fence = [
      vertex(252_822_475, 1_102_885_098),
      vertex(252_822_475, 1_102_914_902),
      vertex(252_795_525, 1_102_914_902),
      vertex(252_795_525, 1_102_885_098),
      item(5004, { frame: 0, param1: 15, x: 252_816_187, y: 1_102_892_052 }),
      item(5000, { frame: 0, x: 252_809_000, y: 1_102_900_000 }),
    ];
    expect(tower.upload(fence, 1)).toBe(0);
    expect(tower.upload([item(5100, { frame: 3, x: 252_812_593, y: 1_102_903_974, z: 30 })], 2)).toBe(0);
    expect(tower.texts()).toContain('Fence Indexed OK');
    expect(
      download(tower, 1).map(({ command, frame, param1, x, autocontinue }) => [
        command,
        frame,
        param1,
        x,
        autocontinue,
      ]),
    ).toEqual(fence.map((sent) => [sent.command, 0, sent.param1, sent.x, 0]));
    expect(download(tower, 2)[0]).toMatchObject({ command: 5100, frame: 3, z: 30, autocontinue: 0 });
    expect(download(tower, 0)).toHaveLength(7);
  });
});

describe('what the real one keeps of an item', () => {
  it('rounds heights to centimetres and drops what it has no room for', () => {
    const tower = readyTower();
    const odd = item(16, { param1: 2.7, param2: 5, param4: Number.NaN, x: 1, y: 2, z: 33.337 });
    tower.upload([item(16), odd, item(178, { frame: 2, param1: 1, param2: 12.3 })]);
    const [, waypoint, speed] = download(tower);
    expect(waypoint).toMatchObject({ param1: 2, param2: 0, param4: 0, frame: 3 });
    expect(waypoint?.z).toBeCloseTo(33.33, 5);
    expect(speed).toMatchObject({ frame: 0, param1: 1, param2: Math.fround(12.3) });
  });

  it('is not atomic: a broken upload leaves the old items behind the new ones', () => {
    const tower = readyTower();
    tower.upload(capturedMission());
    tower.send(buildMessage(MissionCount, { ...TO, count: 5 }));
    tower.sendItem(capturedMission(), 0);
    tower.sendItem([item(16), item(22, { z: 77 })], 1);
    const held = tower.autopilot.missions.list(0);
    expect(held).toHaveLength(5);
    expect(held.map(({ z }) => z)).toEqual([150, 77, 25, 25, 25]);
  });
});

describe('the rest of the protocol', () => {
  it('has no space in the first moments and for more than it can hold', () => {
    expect(new Tower().upload(capturedMission())).toBe(4);
    expect(readyTower({ missionCapacity: 6 }).upload(capturedMission())).toBe(4);
  });

  it('resends its request and gives up in wall time', () => {
    const tower = readyTower();
    tower.received.length = 0;
    tower.send(buildMessage(MissionCount, { ...TO, count: 3 }));
    tower.run(8.2);
    expect(tower.all(MissionRequest)).toHaveLength(8);
    expect(tower.all(MissionAck).map(({ type }) => type)).toEqual([15]);
  });

  it('clears one type or all, but not the mission that is being flown', () => {
    const tower = readyTower();
    tower.upload(capturedMission());
    tower.upload([item(5100, { x: 1, y: 1, z: 30 })], 2);
    tower.send(buildMessage(MissionClearAll, { ...TO, missionType: 2 }));
    expect(tower.autopilot.missions.list(2)).toHaveLength(0);
    expect(tower.autopilot.missions.list(0)).toHaveLength(7);
    tower.command(176, 1, 4);
    tower.command(400, 1);
    tower.command(300);
    tower.received.length = 0;
    tower.send(buildMessage(MissionClearAll, { ...TO, missionType: 255 }));
    expect(tower.all(MissionAck).map(({ type }) => type)).toEqual([1]);
    expect(tower.autopilot.missions.list(0)).toHaveLength(7);
  });

  it('answers a request for an item that is not there with an error', () => {
    const tower = readyTower();
    tower.received.length = 0;
    tower.send(buildMessage(MissionRequestInt, { ...TO, seq: 9 }));
    expect(tower.all(MissionAck).map(({ type }) => type)).toEqual([1]);
  });

  it('sets the current item by message and shows it', () => {
    const tower = readyTower();
    tower.upload(capturedMission());
    tower.received.length = 0;
    tower.send(buildMessage(MissionSetCurrent, { ...TO, seq: 3 }));
    expect(tower.all(MissionCurrent).map(({ seq }) => seq)).toEqual([3]);
    tower.send(buildMessage(MissionSetCurrent, { ...TO, seq: 30 }));
    expect(tower.all(MissionCurrent)).toHaveLength(1);
  });

  it('denies reading and refuses clearing while it receives', () => {
    const tower = readyTower();
    tower.upload(capturedMission());
    tower.send(buildMessage(MissionCount, { ...TO, count: 3 }));
    tower.received.length = 0;
    tower.send(buildMessage(MissionRequestList, TO));
    tower.send(buildMessage(MissionRequestInt, { ...TO, seq: 0 }));
    tower.send(buildMessage(MissionClearAll, TO));
    expect(tower.all(MissionAck).map(({ type }) => type)).toEqual([14, 14, 1]);
  });

  it('ignores what is addressed to another system', () => {
    const tower = readyTower();
    tower.received.length = 0;
    tower.send(buildMessage(MissionRequestList, { targetSystem: 2, targetComponent: 1 }));
    expect(tower.all(MissionCount)).toHaveLength(0);
  });

  it('stores a wrong item when that fault is on, and acknowledges all the same', () => {
    const tower = readyTower();
    tower.autopilot.missionServer.storeWrongItem(true);
    expect(tower.upload(capturedMission())).toBe(0);
    expect(tower.autopilot.missions.list(0)[2]?.z).toBe(125);
  });
});
