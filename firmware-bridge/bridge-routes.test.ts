import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LiveBridge } from './bridge.ts';
import { Encoder } from './codec/encoder.ts';
import {
  buildMessage,
  CommandAck,
  GlobalPositionInt,
  Heartbeat,
  type MavLinkData,
  MavType,
  StatusText,
} from './codec/messages.ts';
import type { BridgeEvent, VehicleState } from './model.ts';
import type { FakeClock } from './test-support/fake-clock.ts';
import { LinkRig, type RigLink } from './test-support/link-rig.ts';
import { ScriptedPeer } from './test-support/scripted-peer.ts';

/** One aircraft on a radio and on a cellular link at once, and what else speaks with its system id. */
let rig: LinkRig;
let radio: RigLink;
let cellular: RigLink;
let clock: FakeClock;
let bridge: LiveBridge;
let events: BridgeEvent[];
let peer: ScriptedPeer;

beforeEach(async () => {
  rig = new LinkRig(['radio', 'cellular']);
  ({ clock, bridge, events } = rig);
  radio = rig.link('radio');
  cellular = rig.link('cellular');
  await bridge.start();
});

afterEach(() => rig.close());

const only = (): VehicleState => rig.only();
const texts = (): readonly string[] => rig.texts();
const settle = <T>(promise: Promise<T>): Promise<T> => rig.settle(promise);
const used = (): RigLink => rig.link(only().linkId);

describe('one aircraft on two links', () => {
  beforeEach(async () => {
    peer = rig.addPeer(['radio', 'cellular'], 'a:1');
    await clock.advance(6_000);
  });

  test('is one vehicle with two ways, and no identity conflict', () => {
    expect(only().identityConflict).toBeNull();
    expect(
      only()
        .linkQuality.routes.map(({ linkId }) => linkId)
        .sort(),
    ).toEqual(['cellular', 'radio']);
  });

  test('a text that comes by both is told once; the same text half a minute later is told again', async () => {
    peer.text('EKF variance');
    await clock.advance(500);
    expect(texts()).toEqual(['EKF variance']);
    await clock.advance(30_000);
    peer.text('EKF variance');
    await clock.advance(500);
    expect(texts()).toEqual(['EKF variance', 'EKF variance']);
  });

  test('what one way loses the other brings', async () => {
    radio.conditions.up = false;
    peer.text('only by cellular');
    await clock.advance(100);
    radio.conditions.up = true;
    cellular.conditions.up = false;
    peer.text('only by radio');
    await clock.advance(100);
    expect(texts()).toEqual(['only by cellular', 'only by radio']);
  });

  test('late telemetry of the slower way never overwrites newer telemetry', async () => {
    cellular.conditions.delayMs = () => 700;
    await clock.advance(5_000);
    const heights: number[] = [];
    bridge.subscribe((event) => {
      if (event.kind !== 'vehicles') return;
      for (const { position } of event.states) if (position) heights.push(position.relativeAltitudeM);
    });
    await settle(bridge.launchMission(only().vehicleId, { takeoffAltitudeM: 10 }));
    peer.customMode = 4;
    await clock.advance(3_000);
    expect(heights.every((height, i) => i === 0 || height >= (heights[i - 1] as number))).toBe(true);
  });

  test('the way in use dies: the vehicle stays online, commands go on by the other, and it is told', async () => {
    const before = only().linkId;
    const alive = before === 'radio' ? 'cellular' : 'radio';
    used().conditions.up = false;
    const hold = bridge.hold(only().vehicleId);
    expect(await settle(hold)).toMatchObject({ kind: 'done' });
    await clock.advance(2_000);
    expect(only()).toMatchObject({ linkId: alive, connection: 'online' });
    expect(events.filter(({ kind }) => kind === 'vehicle-lost')).toEqual([]);
    expect(events.find((event) => event.kind === 'vehicle-route')).toMatchObject({
      from: { linkId: before },
      to: { linkId: alive },
    });
  });

  test('an old heartbeat of the slow way neither disarms nor changes the mode of a flying aircraft', async () => {
    cellular.conditions.delayMs = () => 2_000;
    await clock.advance(5_000);
    const modes: (number | undefined)[] = [];
    bridge.subscribe((event) => {
      if (event.kind === 'vehicles') modes.push(...event.states.map(({ mode }) => mode?.customMode));
    });
    peer.armed = true;
    peer.customMode = 4;
    await clock.advance(1_000);
    // The quick way dies while heartbeats of before the arming are still under way on the slow one.
    radio.conditions.up = false;
    await clock.advance(8_000);
    expect(events.map(({ kind }) => kind).filter((kind) => kind === 'armed' || kind === 'disarmed')).toEqual([
      'armed',
    ]);
    expect(only()).toMatchObject({ linkId: 'cellular', armed: true });
    expect(modes.lastIndexOf(0)).toBeLessThan(modes.indexOf(4));
  });

  test('a mission upload survives the death of its way, with every item equal', async () => {
    const items = Array.from({ length: 60 }, (_, i) => ({
      ...{ frame: 3, command: 16, param1: 0, param2: 0, param3: 0, param4: 0 },
      ...{ x: 252_809_000 + i * 100, y: 1_102_900_000, z: 30 },
    }));
    radio.conditions.delayMs = () => 60;
    cellular.conditions.delayMs = () => 60;
    const upload = bridge.uploadMission(only().vehicleId, items);
    await clock.advance(2_000);
    used().conditions.up = false;
    expect(await settle(upload)).toMatchObject({ kind: 'done', itemCount: 60 });
    expect(peer.store).toHaveLength(61);
  });

  test('the rates are asked for on both ways: a switch finds telemetry, not heartbeats only', () => {
    const asked = peer.received.filter(
      (message) =>
        (message as { command?: number }).command === 511 && (message as { _param1?: number })._param1 === 33,
    );
    expect(asked.length).toBeGreaterThanOrEqual(2);
  });

  test('take-off over two links with delay is flown once', async () => {
    radio.conditions.delayMs = () => 300;
    cellular.conditions.delayMs = () => 2_000;
    await clock.advance(4_000);
    const { vehicleId } = only();
    const items = [
      {
        frame: 3,
        command: 16,
        param1: 0,
        param2: 0,
        param3: 0,
        param4: 0,
        x: 252_809_500,
        y: 1_102_900_000,
        z: 30,
      },
    ];
    expect(await settle(bridge.uploadMission(vehicleId, items))).toMatchObject({ kind: 'done' });
    expect(await settle(bridge.launchMission(vehicleId, { takeoffAltitudeM: 10 }))).toMatchObject({
      kind: 'done',
    });
    const count = (command: number): number =>
      peer.received.filter((message) => (message as { command?: number }).command === command).length;
    expect(count(400)).toBe(1);
    expect(count(22)).toBe(1);
  });
});

test('two modems of one aircraft on one port are one vehicle, not twins', async () => {
  const second = new Encoder({ systemId: 1, componentId: 1 });
  peer = new ScriptedPeer(clock, (bytes, message) => {
    radio.network.emit(bytes, 'a:1');
    radio.network.emit(second.encode(message), 'b:1');
  });
  for (const endpoint of ['a:1', 'b:1']) {
    radio.network.addEndpoint(endpoint, (bytes) => peer.receive(Buffer.from(bytes)));
  }
  peer.start();
  await clock.advance(10_000);
  expect(only().identityConflict).toBeNull();
  expect(
    only()
      .linkQuality.routes.map(({ endpoint }) => endpoint)
      .sort(),
  ).toEqual(['a:1', 'b:1']);
});

describe('an aircraft that could not tell who it is at first', () => {
  beforeEach(async () => {
    peer = rig.addPeer(['radio', 'cellular'], 'a:1', { uid: null });
    await clock.advance(7_000);
  });

  test('gets its lasting id when it tells, once for both ways, and the old one is gone', async () => {
    const before = bridge.vehicles().map(({ vehicleId }) => vehicleId);
    expect(before).toEqual(['radio-1', 'cellular-1']);
    peer.behaviour.uid = [5, 5, 5, 5, 5, 5, 5];
    await clock.advance(11_000);
    expect(only().vehicleId).toMatch(/^ap-/);
    expect(only().linkQuality.routes).toHaveLength(2);
    const replaced = events.filter((event) => event.kind === 'vehicle-replaced');
    expect(replaced).toEqual(
      before.map((vehicleId) => ({ kind: 'vehicle-replaced', vehicleId, by: only().vehicleId })),
    );
    // No batch brings the old ones back.
    const later = events.slice(events.indexOf(replaced.at(-1) as BridgeEvent));
    for (const event of later) if (event.kind === 'vehicles') expect(event.states).toHaveLength(1);
  });

  test('keeps its name while it flies', async () => {
    peer.armed = true;
    await clock.advance(2_000);
    peer.behaviour.uid = [5, 5, 5, 5, 5, 5, 5];
    await clock.advance(20_000);
    expect(bridge.vehicles().map(({ vehicleId }) => vehicleId)).toEqual(['radio-1', 'cellular-1']);
    peer.armed = false;
    await clock.advance(11_000);
    expect(only().vehicleId).toMatch(/^ap-/);
  });
});

describe('components', () => {
  function component(componentId: number, message: MavLinkData, endpoint = 'a:1', systemId = 1): void {
    radio.network.emit(new Encoder({ systemId, componentId }).encode(message), endpoint);
  }
  const heartbeat = (type: number): Heartbeat => buildMessage(Heartbeat, { type, autopilot: 8 });

  beforeEach(async () => {
    peer = rig.addPeer(['radio', 'cellular'], 'a:1');
    await clock.advance(2_000);
  });

  test('are told apart by what they say they are, else by their id', async () => {
    component(100, heartbeat(MavType.CAMERA));
    component(154, heartbeat(MavType.GIMBAL));
    component(191, heartbeat(MavType.ONBOARD_CONTROLLER));
    component(172, buildMessage(StatusText, { severity: 6, text: 'gimbal 3 ready' }));
    await clock.advance(200);
    expect(only().components.map(({ componentId, kind }) => [componentId, kind])).toEqual([
      [100, 'camera'],
      [154, 'gimbal'],
      [172, 'gimbal'],
      [191, 'companion'],
    ]);
  });

  test('neither a ground station with the same system id nor its traffic becomes a part or a vehicle', async () => {
    component(190, heartbeat(MavType.GCS));
    component(190, heartbeat(MavType.GCS), 'x:9', 255);
    component(1, buildMessage(Heartbeat, { type: MavType.GCS, autopilot: 8 }), 'x:9', 254);
    component(156, heartbeat(MavType.ADSB), 'x:9', 1);
    await clock.advance(6_000);
    expect(bridge.vehicles()).toHaveLength(1);
    expect(only().components).toEqual([]);
  });

  test("a camera's acknowledgement is not taken for the autopilot's", async () => {
    const hold = bridge.hold(only().vehicleId);
    peer.behaviour.silent = true;
    component(100, buildMessage(CommandAck, { command: 176, result: 4, targetSystem: 245 }));
    const outcome = await settle(hold);
    expect(outcome).toMatchObject({ kind: 'no-answer' });
    // The whole of what was waited, not what the last of several attempts had left.
    expect(outcome.kind === 'no-answer' && outcome.afterMs).toBeGreaterThan(4_500);
  });

  test('a component keeps no silent autopilot online', async () => {
    peer.behaviour.silent = true;
    for (let i = 0; i < 5; i++) {
      component(100, heartbeat(MavType.CAMERA));
      await clock.advance(1_000);
    }
    expect(only().connection).toBe('lost');
  });

  test("a position with a component's id does not move the aircraft", async () => {
    const before = only().position;
    component(100, buildMessage(GlobalPositionInt, { lat: 1, lon: 1, alt: 1 }));
    await clock.advance(10);
    expect(only().position?.latDeg).toBe(before?.latDeg);
  });
});
