import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MissionItem } from '../missions/mission-item.ts';
import {
  CommandLong,
  Heartbeat,
  type MavLinkData,
  MissionAck,
  MissionCurrent,
  MissionRequest,
} from './codec/messages.ts';
import type { LaunchProgress, TransferProgress } from './model.ts';
import { startTestBridge, type TestBridge } from './test-support/test-bridge.ts';

function plan(count = 5): MissionItem[] {
  const base = { frame: 6, param1: 0, param2: 0, param3: 0, param4: 0 };
  const items: MissionItem[] = [{ ...base, command: 22, x: 252_809_000, y: 1_102_900_000, z: 20 }];
  for (let i = 1; i < count - 1; i++) {
    items.push({ ...base, command: 16, x: 252_809_000 + 1000 * i, y: 1_102_900_000, z: 25 });
  }
  items.push({ ...base, frame: 2, command: 20, x: 0, y: 0, z: 0 });
  return items;
}

let t: TestBridge;
beforeEach(async () => {
  t = await startTestBridge();
});
afterEach(() => t.close());

describe('discovery', () => {
  test('an autopilot is asked who it is and becomes a vehicle with an id from its hardware', async () => {
    t.addPeer('a:1');
    await t.clock.advance(1_200);
    expect(t.only()).toMatchObject({
      vehicleId: expect.stringMatching(/^ap-[0-9a-f]{12}$/),
      systemId: 1,
      endpoint: 'a:1',
      autopilot: 'ardupilot',
      airframe: 'copter',
      hardwareUid: '010203040506070801',
      firmwareVersion: '4.7.0-dev',
      connection: 'online',
      armed: false,
    });
    expect(t.events.filter((event) => event.kind === 'vehicle-found')).toHaveLength(1);
  });

  test('one that never tells its version is published after 5 s under link and system id', async () => {
    t.addPeer('a:1', { uid: null });
    await t.clock.advance(5_600);
    expect(t.bridge.vehicles()).toHaveLength(0);
    await t.clock.advance(400);
    expect(t.only()).toMatchObject({ vehicleId: 'mem-1', hardwareUid: null });
  });

  test.each([
    ['a ground station', 6, 8, 190],
    ['a gimbal', 26, 8, 154],
    ['a camera', 30, 8, 100],
    ['an ADSB receiver', 27, 8, 156],
    ['a companion computer', 18, 8, 191],
    ['a charger that names an autopilot', 31, 3, 1],
  ])('%s is no vehicle', async (_what, type, autopilot, componentId) => {
    const { Encoder } = await import('./codec/encoder.ts');
    const { buildMessage } = await import('./codec/messages.ts');
    const encoder = new Encoder({ systemId: 9, componentId });
    t.network.addEndpoint('x:1', () => {});
    for (let i = 0; i < 70; i++) {
      t.network.emit(encoder.encode(buildMessage(Heartbeat, { type, autopilot })), 'x:1');
      await t.clock.advance(100);
    }
    expect(t.bridge.vehicles()).toHaveLength(0);
  });

  test('it is lost after 3 s of silence and back with its next frame', async () => {
    const peer = t.addPeer('a:1');
    await t.clock.advance(2_000);
    peer.behaviour.silent = true;
    await t.clock.advance(2_700);
    expect(t.only().connection).toBe('online');
    await t.clock.advance(500);
    expect(t.only().connection).toBe('lost');
    expect(await t.bridge.uploadMission(t.id(), plan())).toEqual({ kind: 'not-connected' });
    peer.behaviour.silent = false;
    await t.clock.advance(500);
    expect(t.only().connection).toBe('online');
    expect(t.events.map((event) => event.kind)).toEqual(
      expect.arrayContaining(['vehicle-lost', 'vehicle-back']),
    );
  });

  test('one that comes back from another address keeps its id', async () => {
    const first = t.addPeer('a:1', { uid: [7, 7, 7, 7, 7, 7, 7] });
    await t.clock.advance(1_000);
    const id = t.id();
    first.stop();
    t.network.removeEndpoint('a:1');
    t.addPeer('a:2', { uid: [7, 7, 7, 7, 7, 7, 7] });
    await t.clock.advance(4_000);
    expect(t.only()).toMatchObject({ vehicleId: id, endpoint: 'a:2', connection: 'online' });
    const outcome = await t.settle(t.bridge.hold(id));
    expect(outcome.kind).toBe('done');
  });

  test.each([
    ['different', [1, 1, 1, 1, 1, 1, 1]],
    ['cloned', [2, 2, 2, 2, 2, 2, 2]],
  ])('two aircraft with one system id and %s uids are kept apart and refuse commands', async (_how, uid) => {
    t.addPeer('a:1', { systemId: 2, uid: [2, 2, 2, 2, 2, 2, 2] });
    await t.clock.advance(1_000);
    const twin = t.addPeer('b:1', { systemId: 2, uid });
    await t.clock.advance(5_000);
    const states = t.bridge.vehicles();
    expect(states.map((state) => state.endpoint).sort()).toEqual(['a:1', 'b:1']);
    for (const state of states) {
      expect(state.identityConflict).toEqual(['a:1', 'b:1']);
      expect(await t.bridge.uploadMission(state.vehicleId, plan())).toEqual({
        kind: 'identity-conflict',
        endpoints: ['a:1', 'b:1'],
      });
      expect((await t.bridge.launchMission(state.vehicleId, { takeoffAltitudeM: 10 })).kind).toBe(
        'identity-conflict',
      );
    }
    expect(t.events).toContainEqual({ kind: 'identity-conflict', systemId: 2, endpoints: ['a:1', 'b:1'] });
    twin.behaviour.silent = true;
    await t.clock.advance(4_000);
    expect(t.bridge.vehicles().map((state) => state.identityConflict)).toEqual([null, null]);
  });
});

describe('telemetry', () => {
  test('snapshots come in batches, at most one per 50 ms', async () => {
    t.addPeer('a:1');
    t.addPeer('b:1', { systemId: 2 });
    await t.clock.advance(1_000);
    t.events.length = 0;
    await t.clock.advance(5_000);
    const batches = t.events.filter((event) => event.kind === 'vehicles');
    expect(batches.length).toBeGreaterThan(15);
    expect(batches.length).toBeLessThanOrEqual(100);
  });

  test('a heartbeat of ours reaches every endpoint once a second', async () => {
    const a = t.addPeer('a:1');
    const b = t.addPeer('b:1', { systemId: 2 });
    await t.clock.advance(10_000);
    for (const peer of [a, b]) {
      expect(peer.counts.get('Heartbeat')).toBe(10);
      expect(peer.received.find((message) => message instanceof Heartbeat)).toMatchObject({
        type: 6,
        autopilot: 8,
      });
    }
  });

  test('rates are asked for, and again after a restart, when the verified plan is forgotten too', async () => {
    const peer = t.addPeer('a:1');
    await t.clock.advance(3_000);
    const asked = (): number =>
      peer.received.filter((message) => message instanceof CommandLong && message.command === 511).length;
    expect(asked()).toBeGreaterThanOrEqual(10);
    await t.settle(t.bridge.uploadMission(t.id(), plan()));
    expect(t.only().mission?.verifiedPlanHash).toMatch(/^[0-9a-f]{64}$/);
    const before = asked();
    peer.reboot();
    await t.clock.advance(3_000);
    expect(t.events).toContainEqual({ kind: 'vehicle-rebooted', vehicleId: t.id() });
    expect(t.only().mission?.verifiedPlanHash).toBeNull();
    expect(asked()).toBeGreaterThanOrEqual(before + 10);
  });
});

describe('mission upload', () => {
  test('is done when the copy read back is equal, home slot and frames set aside', async () => {
    const peer = t.addPeer('a:1');
    await t.clock.advance(1_000);
    const progress: TransferProgress[] = [];
    const outcome = await t.settle(t.bridge.uploadMission(t.id(), plan(), (p) => progress.push(p)));
    expect(outcome).toEqual({
      kind: 'done',
      planHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      itemCount: 5,
    });
    expect(peer.store).toHaveLength(6);
    expect(progress[0]).toEqual({ phase: 'upload', itemsDone: 0, itemsTotal: 5 });
    expect(progress.some((p) => p.phase === 'read-back')).toBe(true);
    const read = await t.settle(t.bridge.downloadMission(t.id()));
    expect(read).toMatchObject({ kind: 'done', planHash: outcome.kind === 'done' ? outcome.planHash : '' });
    await t.clock.advance(5_000);
    expect(t.only().mission).toMatchObject({
      itemCount: 5,
      verifiedPlanHash: outcome.kind === 'done' ? outcome.planHash : '',
    });
  });

  // Each kind of packet of the transfer, lost once at its n-th occurrence.
  const toPeer: [string, number][] = [
    ['MissionCount', 1],
    ...[1, 2, 3, 4, 5, 6].map((n): [string, number] => ['MissionItemInt', n]),
    ['MissionRequestList', 1],
    ...[1, 3, 6].map((n): [string, number] => ['MissionRequestInt', n]),
    ['MissionAck', 1],
  ];
  test.each(toPeer)('survives the loss of our %s number %i', async (name, n) => {
    const { Framer } = await import('./codec/framer.ts');
    const { decodeById } = await import('./codec/decoder.ts');
    let seen = 0;
    const peer = t.addPeer(
      'a:1',
      {},
      {
        toPeer: (bytes) => {
          const [frame] = new Framer().pushDatagram(bytes);
          const message = frame ? decodeById(frame) : null;
          return message?.constructor.name === name && ++seen === n;
        },
      },
    );
    await t.clock.advance(1_000);
    const outcome = await t.settle(t.bridge.uploadMission(t.id(), plan()));
    expect(outcome.kind).toBe('done');
    expect(seen).toBeGreaterThanOrEqual(n);
    expect(peer.store).toHaveLength(6);
  });

  const toUs: [string, number][] = [
    ...[1, 2, 6].map((n): [string, number] => ['MissionRequest', n]),
    ['MissionAck', 1],
    ['MissionCount', 1],
    ...[1, 3, 6].map((n): [string, number] => ['MissionItemInt', n]),
  ];
  test.each(toUs)('survives the loss of its %s number %i', async (name, n) => {
    let seen = 0;
    t.addPeer('a:1', {}, { toUs: (message) => message.constructor.name === name && ++seen === n });
    await t.clock.advance(1_000);
    const outcome = await t.settle(t.bridge.uploadMission(t.id(), plan()));
    expect(outcome.kind).toBe('done');
    expect(seen).toBeGreaterThanOrEqual(n);
  });

  test('every final ACK lost: the read-back decides, and it is equal', async () => {
    t.addPeer('a:1', {}, { toUs: (message) => message instanceof MissionAck && message.type === 0 });
    await t.clock.advance(1_000);
    expect((await t.settle(t.bridge.uploadMission(t.id(), plan()))).kind).toBe('done');
  });

  test('a storm of ACK 13 changes nothing', async () => {
    t.addPeer('a:1', { ack13Storm: true });
    await t.clock.advance(1_000);
    expect((await t.settle(t.bridge.uploadMission(t.id(), plan(40)))).kind).toBe('done');
  });

  test.each([20, 30])('100 items at %i percent loss each way', async (lossPct) => {
    const { seededRandom } = await import('./test-support/seeded-random.ts');
    const random = seededRandom(4711 + lossPct);
    t.addPeer('a:1', {}, { toUs: () => random() * 100 < lossPct, toPeer: () => random() * 100 < lossPct });
    await t.clock.advance(8_000);
    const outcome = await t.settle(t.bridge.uploadMission(t.id(), plan(100)), 600_000);
    expect(outcome.kind).toBe('done');
  });

  test('an item altered in its store is never a success', async () => {
    t.addPeer('a:1', { alter: (seq, item) => (seq === 3 ? { ...item, z: 100 } : item) });
    await t.clock.advance(1_000);
    const outcome = await t.settle(t.bridge.uploadMission(t.id(), plan()));
    expect(outcome).toEqual({
      kind: 'different',
      differences: [{ index: 2, field: 'z', sent: 25, held: 100 }],
    });
    expect(t.only().mission?.verifiedPlanHash ?? null).toBeNull();
  });

  test('too many items: no-space with the capacity that its text names', async () => {
    t.addPeer('a:1', { capacity: 3 });
    await t.clock.advance(1_000);
    const outcome = await t.settle(t.bridge.uploadMission(t.id(), plan()));
    expect(outcome).toEqual({ kind: 'no-space', capacity: 3, itemCount: 5 });
  });

  test('silence: given up after 20 s without progress, with a cancel', async () => {
    const peer = t.addPeer('a:1', {}, { toUs: (message) => message instanceof MissionRequest });
    await t.clock.advance(1_000);
    const outcome = await t.settle(t.bridge.uploadMission(t.id(), plan()), 40_000);
    expect(outcome).toEqual({ kind: 'no-progress', afterMs: 20_000 });
    expect(peer.received.filter((m) => m instanceof MissionAck && m.type === 15)).not.toHaveLength(0);
  });

  test('an orphan request is answered by a cancel', async () => {
    const peer = t.addPeer('a:1');
    await t.clock.advance(1_000);
    const { buildMessage } = await import('./codec/messages.ts');
    peer.send(buildMessage(MissionRequest, { targetSystem: 245, targetComponent: 190, seq: 2 }));
    await t.clock.advance(10);
    expect(peer.received.at(-1)).toMatchObject({ type: 15, targetSystem: 1 });
    expect(peer.received.at(-1)).toBeInstanceOf(MissionAck);
  });

  test('only one transfer at a time, and a plan that somebody else loads is noticed', async () => {
    const peer = t.addPeer('a:1');
    await t.clock.advance(1_000);
    const first = t.bridge.uploadMission(t.id(), plan());
    // The memory link answers at once; begin the second before any timer moves.
    const second = t.bridge.uploadMission(t.id(), plan());
    expect(await second).toEqual({ kind: 'busy', what: 'mission upload' });
    expect((await t.settle(first)).kind).toBe('done');
    peer.store = peer.store.slice(0, 3);
    await t.clock.advance(3_000);
    expect(t.only().mission).toMatchObject({ itemCount: 2, verifiedPlanHash: null });
  });
});

describe('launch', () => {
  async function ready(behaviour = {}): Promise<ReturnType<TestBridge['addPeer']>> {
    const peer = t.addPeer('a:1', behaviour);
    await t.clock.advance(2_000);
    await t.settle(t.bridge.uploadMission(t.id(), plan()));
    return peer;
  }

  test('goes from the ground into the mission, each step seen in the reports', async () => {
    const peer = await ready();
    const progress: string[] = [];
    const outcome = await t.settle(
      t.bridge.launchMission(t.id(), { takeoffAltitudeM: 20 }, (p: LaunchProgress) =>
        progress.push(`${p.step} ${p.state}`),
      ),
    );
    expect(outcome).toEqual({ kind: 'done', confirmedBy: 'mode AUTO, flying an item of the plan' });
    expect(progress).toEqual([
      'prepare running',
      'prepare done',
      'arm running',
      'arm done',
      'take-off running',
      'take-off done',
      'start-mission running',
      'start-mission done',
    ]);
    expect(peer.heightM).toBeGreaterThanOrEqual(18);
    const commands = peer.received.filter((m): m is CommandLong => m instanceof CommandLong);
    expect(commands.filter((m) => m.command === 400)).toHaveLength(1);
    expect(commands.filter((m) => m.command === 22)).toHaveLength(1);
    expect(t.events.map((event) => event.kind)).toContain('armed');
    expect(t.only()).toMatchObject({
      armed: true,
      mode: { normalised: 'mission' },
      mission: { currentIndex: 0 },
    });
  });

  test('a vehicle that is not ready is refused with its own reasons', async () => {
    await ready({
      prearmOk: false,
      prearmTexts: ['Compass not calibrated', 'Battery 1 low voltage failsafe'],
    });
    const outcome = await t.settle(t.bridge.launchMission(t.id(), { takeoffAltitudeM: 20 }));
    expect(outcome).toEqual({
      kind: 'denied',
      result: 'NOT_READY_TO_ARM',
      reasons: ['Compass not calibrated', 'Battery 1 low voltage failsafe'],
    });
    expect(t.only().armed).toBe(false);
  });

  test('the pre-arm bit without a position estimate is not ready', async () => {
    await ready({ positionOk: false });
    expect(t.only().prearm).toMatchObject({ ready: false, positionEstimateOk: false });
    const outcome = await t.settle(t.bridge.launchMission(t.id(), { takeoffAltitudeM: 20 }));
    expect(outcome).toMatchObject({ kind: 'denied', reasons: ['No position estimate yet.'] });
  });

  test('a refusal to arm brings the texts that came with it', async () => {
    await ready({ refuseToArm: ['Arm: Throttle too high', 'PreArm: Fence requires position'] });
    const outcome = await t.settle(t.bridge.launchMission(t.id(), { takeoffAltitudeM: 20 }));
    expect(outcome).toEqual({
      kind: 'denied',
      result: 'FAILED',
      reasons: ['Throttle too high', 'Fence requires position'],
    });
  });

  test('lost acknowledgements neither arm nor take off twice', async () => {
    let dropped = 0;
    const peer = t.addPeer(
      'a:1',
      {},
      {
        toUs: (m: MavLinkData) =>
          m.constructor.name === 'CommandAck' &&
          'command' in m &&
          (m.command === 400 || m.command === 22) &&
          ++dropped > 0,
      },
    );
    await t.clock.advance(2_000);
    await t.settle(t.bridge.uploadMission(t.id(), plan()));
    const outcome = await t.settle(t.bridge.launchMission(t.id(), { takeoffAltitudeM: 10 }));
    expect(outcome.kind).toBe('done');
    expect(dropped).toBe(2);
    expect(peer.received.filter((m) => m instanceof CommandLong && m.command === 22)).toHaveLength(1);
    expect(peer.received.filter((m) => m instanceof CommandLong && m.command === 400)).toHaveLength(1);
  });

  test('a lost arming command is repeated when a report shows that nothing happened', async () => {
    const { Framer } = await import('./codec/framer.ts');
    const { decode } = await import('./codec/decoder.ts');
    let lost = 0;
    t.addPeer(
      'a:1',
      {},
      {
        toPeer: (bytes) => {
          const [frame] = new Framer().pushDatagram(bytes);
          return frame?.messageId === 76 && decode(frame, CommandLong).command === 400 && lost++ === 0;
        },
      },
    );
    await t.clock.advance(2_000);
    await t.settle(t.bridge.uploadMission(t.id(), plan()));
    expect((await t.settle(t.bridge.launchMission(t.id(), { takeoffAltitudeM: 10 }))).kind).toBe('done');
    expect(lost).toBe(2);
  });

  test('without a mission on board it is refused before anything moves', async () => {
    t.addPeer('a:1');
    await t.clock.advance(2_000);
    expect(await t.settle(t.bridge.launchMission(t.id(), { takeoffAltitudeM: 10 }))).toMatchObject({
      kind: 'denied',
      result: 'NO_MISSION',
    });
  });

  test('asked for at first sight, before anything was reported of its mission, it does not take off without one', async () => {
    const lateMs = t.clock.nowMs() + 3_000;
    const late = (m: MavLinkData): boolean => m instanceof MissionCurrent && t.clock.nowMs() < lateMs;
    const peer = t.addPeer('a:1', {}, { toUs: late });
    await t.clock.advance(1_500);
    expect(t.only()).toMatchObject({ prearm: { ready: true }, mission: null });
    const outcome = await t.settle(t.bridge.launchMission(t.id(), { takeoffAltitudeM: 10 }));
    expect(outcome).toMatchObject({ kind: 'denied', result: 'NO_MISSION' });
    expect(peer.received.filter((m) => m instanceof CommandLong && m.command === 400)).toHaveLength(0);
  });

  test('hold ends a running launch and is accepted at once', async () => {
    const peer = await ready({ climbMps: 0.3 });
    const launch = t.bridge.launchMission(t.id(), { takeoffAltitudeM: 20 });
    await t.clock.advance(6_000);
    expect(t.only().armed).toBe(true);
    const hold = t.bridge.hold(t.id());
    expect(await launch).toEqual({ kind: 'cancelled', by: 'hold' });
    expect(await t.settle(hold)).toEqual({ kind: 'done', confirmedBy: 'mode BRAKE' });
    await t.clock.advance(20_000);
    expect(peer.customMode).toBe(17);
  });
});

describe('safety actions', () => {
  test('hold, resume, return and land are confirmed by the mode that is reported', async () => {
    const peer = t.addPeer('a:1');
    await t.clock.advance(2_000);
    await t.settle(t.bridge.uploadMission(t.id(), plan()));
    await t.settle(t.bridge.launchMission(t.id(), { takeoffAltitudeM: 10 }));
    expect(await t.settle(t.bridge.hold(t.id()))).toEqual({ kind: 'done', confirmedBy: 'mode BRAKE' });
    expect(await t.settle(t.bridge.resumeMission(t.id()))).toEqual({
      kind: 'done',
      confirmedBy: 'mode AUTO',
    });
    expect(await t.settle(t.bridge.returnToLaunch(t.id()))).toEqual({
      kind: 'done',
      confirmedBy: 'mode RTL',
    });
    expect(await t.settle(t.bridge.land(t.id()))).toEqual({ kind: 'done', confirmedBy: 'mode LAND' });
    expect(peer.customMode).toBe(9);
  });

  test('where BRAKE is refused, LOITER holds', async () => {
    t.addPeer('a:1', { refusedModes: [17] });
    await t.clock.advance(2_000);
    expect(await t.settle(t.bridge.hold(t.id()))).toEqual({ kind: 'done', confirmedBy: 'mode LOITER' });
  });

  test('a refused return is asked for until 5 s are over, then told with the reason', async () => {
    const peer = t.addPeer('a:1', { refusedModes: [6] });
    await t.clock.advance(2_000);
    const started = t.clock.nowMs();
    const outcome = await t.settle(t.bridge.returnToLaunch(t.id()));
    expect(outcome).toEqual({
      kind: 'denied',
      result: 'FAILED',
      reasons: ['Mode change failed: requires position'],
    });
    expect(t.clock.nowMs() - started).toBeLessThanOrEqual(5_300);
    expect(peer.received.filter((m) => m instanceof CommandLong && m.command === 176).length).toBeGreaterThan(
      3,
    );
  });

  test('it is sent to a lost vehicle too, and says honestly that nothing answered', async () => {
    const peer = t.addPeer('a:1');
    await t.clock.advance(2_000);
    peer.behaviour.silent = true;
    await t.clock.advance(5_000);
    const outcome = await t.settle(t.bridge.returnToLaunch(t.id()));
    expect(outcome.kind).toBe('no-answer');
  });

  test('it stops a running transfer', async () => {
    t.addPeer('a:1', {}, { toUs: (message) => message instanceof MissionRequest });
    await t.clock.advance(2_000);
    const upload = t.bridge.uploadMission(t.id(), plan());
    await t.clock.advance(1_000);
    const land = t.bridge.land(t.id());
    expect(await upload).toEqual({ kind: 'cancelled', by: 'land' });
    expect((await t.settle(land)).kind).toBe('done');
  });
});

test('close settles waiting work with cancelled and leaves no timer behind', async () => {
  const peer = t.addPeer('a:1', {}, { toUs: (message) => message instanceof MissionRequest });
  await t.clock.advance(2_000);
  const upload = t.bridge.uploadMission(t.id(), plan());
  await t.clock.advance(500);
  peer.stop();
  await t.bridge.close();
  await t.bridge.close();
  expect(await upload).toEqual({ kind: 'cancelled', by: 'shutdown' });
  expect(t.clock.pendingTimers).toBe(0);
});
