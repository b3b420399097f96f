import { describe, expect, it } from 'vitest';
import {
  buildMessage,
  type MavLinkData,
  MissionAck,
  MissionClearAll,
  MissionCount,
  MissionItemInt,
  MissionRequestInt,
  MissionRequestList,
  StatusText,
} from '../../firmware-bridge/codec/messages.ts';
import { Px4MissionServer } from './px4-mission-server.ts';
import { item } from './testing/px4-tower.ts';

const US = { systemId: 200, componentId: 190 };
const OTHER = { systemId: 255, componentId: 190 };
const TO = { targetSystem: 1, targetComponent: 1 };
const ITEMS = [item(22, { z: 10 }), item(16, { x: 252_809_000, z: 20 }), item(20, { frame: 2 })];

class Scene {
  readonly said: MavLinkData[] = [];
  nowMs = 0;
  readonly server = new Px4MissionServer({
    send: (message) => this.said.push(message),
    text: (severity, text) => this.said.push(buildMessage(StatusText, { severity, text })),
  });

  hear(message: MavLinkData, from = US): readonly MavLinkData[] {
    const before = this.said.length;
    this.server.handle(message, from, this.nowMs);
    return this.said.slice(before);
  }

  wait(ms: number): readonly MavLinkData[] {
    const before = this.said.length;
    for (let passed = 0; passed < ms; passed += 50) {
      this.nowMs += 50;
      this.server.tick(this.nowMs);
    }
    return this.said.slice(before);
  }

  count(count: number, from = US): readonly MavLinkData[] {
    return this.hear(buildMessage(MissionCount, { ...TO, count }), from);
  }

  item(seq: number): readonly MavLinkData[] {
    const sent = ITEMS[seq];
    if (sent === undefined) throw new RangeError(`no item ${seq}`);
    return this.hear(buildMessage(MissionItemInt, { ...TO, ...sent, seq, autocontinue: 1 }));
  }

  upload(): readonly MavLinkData[] {
    this.count(3);
    this.item(0);
    this.item(1);
    return this.item(2);
  }

  request(seq: number): readonly MavLinkData[] {
    return this.hear(buildMessage(MissionRequestInt, { ...TO, seq }));
  }
}

const acks = (said: readonly MavLinkData[]): readonly number[] =>
  said.filter((message) => message instanceof MissionAck).map((ack) => (ack as MissionAck).type);
const asked = (said: readonly MavLinkData[]): readonly number[] =>
  said
    .filter((message) => message instanceof MissionRequestInt)
    .map((request) => (request as MissionRequestInt).seq);

describe('an upload as PX4 takes it', () => {
  it('keeps the old mission until the new one is complete', () => {
    const scene = new Scene();
    scene.upload();
    expect(asked(scene.count(2))).toEqual([0]);
    scene.item(1);
    expect(scene.server.list(0)).toHaveLength(3);
    scene.hear(buildMessage(MissionAck, { ...TO, type: 15 }));
    expect(scene.server.isReceiving).toBe(false);
    expect(scene.server.list(0)).toHaveLength(3);
  });

  it('asks again after 250 ms, gives up after 5 s, says nothing to an item out of order', () => {
    const scene = new Scene();
    scene.count(3);
    expect(asked(scene.wait(600))).toEqual([0, 0]);
    expect(scene.item(2)).toEqual([]);
    scene.wait(5_100);
    expect(scene.server.isReceiving).toBe(false);
    expect(scene.said.at(-1)).toMatchObject({ text: 'Operation timeout' });
  });

  it('is busy for others, and for a COUNT that comes twice when something has arrived', () => {
    const scene = new Scene();
    scene.count(3);
    expect(asked(scene.count(3))).toEqual([0]);
    expect(acks(scene.count(1, OTHER))).toEqual([1]);
    scene.item(0);
    expect(acks(scene.count(3))).toEqual([1]);
    expect(scene.server.isReceiving).toBe(true);
  });

  it('accepts the last item that it took again, even of a transfer that broke off', () => {
    const scene = new Scene();
    expect(acks(scene.upload())).toEqual([0]);
    expect(acks(scene.item(2))).toEqual([0]);
    scene.count(3);
    scene.item(0);
    scene.wait(5_100);
    expect(acks(scene.item(0))).toEqual([0]);
    expect(scene.server.list(0)).toHaveLength(3);
  });

  it('tells the same checksum in the ACK, in COUNT and in MISSION_CURRENT', () => {
    const scene = new Scene();
    const ack = scene.upload().find((message) => message instanceof MissionAck) as MissionAck;
    expect(ack.opaqueId).not.toBe(0);
    const [count] = scene.hear(buildMessage(MissionRequestList, TO));
    expect(count).toMatchObject({ count: 3, opaqueId: ack.opaqueId });
    expect(scene.server.missionCurrent()).toMatchObject({ total: 3, missionId: ack.opaqueId });
  });
});

describe('a download as PX4 gives it', () => {
  it('gives the wanted item and the one before, ends with ACK 1 at any other, then is silent', () => {
    const scene = new Scene();
    scene.upload();
    scene.hear(buildMessage(MissionRequestList, TO));
    for (const seq of [0, 0, 1, 2, 1 + 1]) expect(scene.request(seq)).toHaveLength(1);
    expect(acks(scene.request(0))).toEqual([1]);
    expect(scene.request(0)).toEqual([]);
  });

  it('reads back integer frames', () => {
    const scene = new Scene();
    scene.upload();
    scene.hear(buildMessage(MissionRequestList, TO));
    scene.request(0);
    expect(scene.request(1)[0]).toMatchObject({ frame: 6, x: 252_809_000, z: 20 });
  });

  it('clears all lists, but not in the middle of a transfer', () => {
    const scene = new Scene();
    scene.upload();
    const clear = buildMessage(MissionClearAll, { ...TO, missionType: 255 });
    scene.count(1);
    expect(acks(scene.hear(clear))).toEqual([]);
    scene.hear(buildMessage(MissionAck, { ...TO, type: 15 }));
    expect(acks(scene.hear(clear))).toEqual([0]);
    expect(scene.server.list(0)).toEqual([]);
    expect(scene.server.missionCurrent().total).toBe(65_535);
  });
});
