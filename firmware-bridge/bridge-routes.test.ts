import pino from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LiveBridge } from './bridge.ts';
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
import type { BridgeEvent, LinkId, VehicleState } from './model.ts';
import { FakeClock } from './test-support/fake-clock.ts';
import { ScriptedPeer } from './test-support/scripted-peer.ts';
import { MemoryNetwork, MemoryTransport } from './transport/memory.ts';

/** One aircraft on a radio and on a cellular link at once, and what else speaks with its system id. */
const RADIO = 'udp-listen://127.0.0.1:1';
const CELLULAR = 'udp-listen://127.0.0.1:2';

let clock: FakeClock;
let networks: Record<string, MemoryNetwork>;
let bridge: LiveBridge;
let events: BridgeEvent[];
let peer: ScriptedPeer;
/** Frames in the air, by link; a delay in milliseconds. */
let delay: Record<string, number>;
let up: Record<string, boolean>;

beforeEach(async () => {
  clock = new FakeClock();
  networks = { [RADIO]: new MemoryNetwork(), [CELLULAR]: new MemoryNetwork() };
  delay = { [RADIO]: 0, [CELLULAR]: 0 };
  up = { [RADIO]: true, [CELLULAR]: true };
  events = [];
  bridge = new LiveBridge(
    {
      links: [
        { linkId: 'radio' as LinkId, url: RADIO },
        { linkId: 'cellular' as LinkId, url: CELLULAR },
      ],
      systemId: 245,
      componentId: 190,
      lostAfterMs: 3_000,
      telemetryRateHz: 4,
      recordingDir: null,
    },
    {
      clock,
      random: () => 0.5,
      logger: pino({ level: 'silent' }),
      isHealthy: () => true,
      createTransport: (url) => new MemoryTransport(networks[url] as MemoryNetwork),
    },
  );
  bridge.subscribe((event) => events.push(event));
  await bridge.start();
});

afterEach(async () => {
  peer?.stop();
  await bridge.close();
});

function emit(url: string, bytes: Uint8Array, endpoint: string): void {
  if (up[url] !== true) return;
  const copy = Buffer.from(bytes);
  clock.setTimer(() => networks[url]?.emit(copy, endpoint), delay[url] ?? 0);
}

/** An autopilot numbers each of its channels for itself: same contents, other sequence, other bytes. */
function addPeerOnBoth(): ScriptedPeer {
  const cellularEncoder = new Encoder({ systemId: 1, componentId: 1 });
  const made = new ScriptedPeer(clock, (bytes, message) => {
    emit(RADIO, bytes, 'r:1');
    emit(CELLULAR, cellularEncoder.encode(message), 'c:1');
  });
  for (const [url, endpoint] of [
    [RADIO, 'r:1'],
    [CELLULAR, 'c:1'],
  ] as const) {
    networks[url]?.addEndpoint(endpoint, (bytes) => {
      if (up[url] !== true) return;
      const copy = Buffer.from(bytes);
      clock.setTimer(() => made.receive(copy), delay[url] ?? 0);
    });
  }
  made.start();
  return made;
}

function only(): VehicleState {
  const [state, ...others] = bridge.vehicles();
  if (state === undefined || others.length > 0) throw new Error(`${bridge.vehicles().length} vehicles`);
  return state;
}

const texts = (): string[] => events.flatMap((event) => (event.kind === 'status-text' ? [event.text] : []));

async function settle<T>(promise: Promise<T>): Promise<T> {
  let settled = false;
  const watched = promise.finally(() => {
    settled = true;
  });
  for (let i = 0; !settled && i < 2_000; i++) await clock.advance(100);
  return watched;
}

describe('one aircraft on two links', () => {
  beforeEach(async () => {
    peer = addPeerOnBoth();
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
    up[RADIO] = false;
    peer.text('only by cellular');
    await clock.advance(100);
    up[RADIO] = true;
    up[CELLULAR] = false;
    peer.text('only by radio');
    await clock.advance(100);
    expect(texts()).toEqual(['only by cellular', 'only by radio']);
  });

  test('late telemetry of the slower way never overwrites newer telemetry', async () => {
    delay[CELLULAR] = 700;
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
    const [dead, alive] = before === 'radio' ? [RADIO, 'cellular'] : [CELLULAR, 'radio'];
    up[dead as string] = false;
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
    delay[CELLULAR] = 2_000;
    await clock.advance(5_000);
    const modes: (number | undefined)[] = [];
    bridge.subscribe((event) => {
      if (event.kind === 'vehicles') modes.push(...event.states.map(({ mode }) => mode?.customMode));
    });
    peer.armed = true;
    peer.customMode = 4;
    await clock.advance(1_000);
    // The quick way dies while heartbeats of before the arming are still under way on the slow one.
    up[RADIO] = false;
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
    delay[RADIO] = 60;
    delay[CELLULAR] = 60;
    const upload = bridge.uploadMission(only().vehicleId, items);
    await clock.advance(2_000);
    up[only().linkId === 'radio' ? RADIO : CELLULAR] = false;
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
    delay[RADIO] = 300;
    delay[CELLULAR] = 2_000;
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
    networks[RADIO]?.emit(bytes, 'a:1');
    networks[RADIO]?.emit(second.encode(message), 'b:1');
  });
  for (const endpoint of ['a:1', 'b:1']) {
    networks[RADIO]?.addEndpoint(endpoint, (bytes) => peer.receive(Buffer.from(bytes)));
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

describe('components', () => {
  function component(componentId: number, message: MavLinkData, endpoint = 'r:1', systemId = 1): void {
    networks[RADIO]?.emit(new Encoder({ systemId, componentId }).encode(message), endpoint);
  }
  const heartbeat = (type: number): Heartbeat => buildMessage(Heartbeat, { type, autopilot: 8 });

  beforeEach(async () => {
    peer = addPeerOnBoth();
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
    expect(await settle(hold)).toMatchObject({ kind: 'no-answer' });
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
