import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { MissionItem } from '../../missions/mission-item.ts';
import { MissionServer } from '../../sim/ardupilot/mission-server.ts';
import { MissionStore } from '../../sim/ardupilot/mission-store.ts';
import { Px4MissionServer } from '../../sim/px4/px4-mission-server.ts';
import { decodeById } from '../codec/decoder.ts';
import {
  AutopilotVersion,
  buildMessage,
  type MavLinkData,
  type MavMissionType,
  type MavProtocolCapability,
  MissionAck,
  MissionClearAll,
  MissionCount,
  MissionCurrent,
  MissionItemInt,
  MissionRequest,
  MissionRequestInt,
  MissionRequestList,
  MissionSetCurrent,
} from '../codec/messages.ts';
import { readTlog } from '../codec/tlog-reader.ts';
import type { FencePlan } from '../protocol/mission-fence.ts';
import { FakePort } from '../test-support/fake-port.ts';
import { seededRandom } from '../test-support/seeded-random.ts';
import { PlanService } from './plans.ts';

/** The service against the simulator's mission servers, on a line that loses, doubles and holds back. */
interface Line {
  readonly loss?: number;
  readonly duplicates?: number;
  readonly delayMs?: number;
  readonly jitterMs?: number;
  readonly seed?: number;
  /** To the vehicle and to us; true: that one is lost. */
  readonly drop?: (message: MavLinkData) => boolean;
}

interface Scene {
  readonly port: FakePort;
  readonly plans: PlanService;
  /** Without home. */
  held(type: 0 | 1 | 2): readonly MissionItem[];
  /** Straight to the vehicle, from another ground station. */
  fromOther(message: MavLinkData): void;
  readonly toOther: MavLinkData[];
  px4?: Px4MissionServer;
}

const US = 245;
const OTHER = { systemId: 255, componentId: 190, channelId: 2 };
const ADDRESS = { targetSystem: 1, targetComponent: 1 };
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

function scene(autopilot: 'ardupilot' | 'px4', line: Line = {}): Scene {
  const port = new FakePort({ autopilot });
  const random = seededRandom(line.seed ?? 1);
  const toOther: MavLinkData[] = [];
  const carry = (message: MavLinkData, deliver: () => void): void => {
    const { loss = 0, duplicates = 0, delayMs = 20, jitterMs = 0, drop } = line;
    if (drop?.(message) === true || random() < loss) return;
    for (let copy = random() < duplicates ? 2 : 1; copy > 0; copy--) {
      port.clock.setTimer(deliver, delayMs + random() * jitterMs);
    }
  };
  const send = (message: MavLinkData): void => {
    const target = (message as { targetSystem?: number }).targetSystem ?? 0;
    if (target === OTHER.systemId) toOther.push(message);
    if (target === OTHER.systemId) port.deliver(message);
    else carry(message, () => port.deliver(message));
  };
  const text = (_severity: number, words: string): void => plans.onText(words);
  const store = new MissionStore(200);
  store.setHome(waypoint(0, { frame: 0 }));
  const ap = new MissionServer({
    store,
    dialect: 'copter',
    isReady: () => true,
    isRunning: () => false,
    currentSeq: () => 0,
    send: (_to, message) => send(message),
    text,
    onChanged: () => {},
    setCurrent: () => true,
    broadcast: () => {},
  });
  const px4 = new Px4MissionServer({ send, text });
  const server = autopilot === 'px4' ? px4 : ap;
  const us = { systemId: US, componentId: 190, channelId: 1 };
  const plans = new PlanService(port);
  port.onSend = (message) => carry(message, () => server.handle(message, us, port.clock.nowMs()));
  let timer = port.clock.setTimer(tick, 50);
  function tick(): void {
    timer = port.clock.setTimer(tick, 50);
    server.tick(port.clock.nowMs());
  }
  stops.push(() => timer.cancel());
  return {
    port,
    plans,
    held: (type) =>
      autopilot === 'px4' ? px4.list(type) : type === 0 ? store.list(0).slice(1) : store.list(type),
    fromOther: (message) => server.handle(message, OTHER, port.clock.nowMs()),
    toOther,
    ...(autopilot === 'px4' ? { px4 } : {}),
  };
}

async function settle<T>(port: FakePort, promise: Promise<T>, limitMs = 900_000): Promise<T> {
  let settled = false;
  const watched = promise.finally(() => {
    settled = true;
  });
  for (let passedMs = 0; !settled; passedMs += 500) {
    if (passedMs > limitMs) throw new Error(`not settled within ${limitMs} ms`);
    await port.clock.advance(500);
  }
  return watched;
}

function waypoint(index: number, fields: Partial<MissionItem> = {}): MissionItem {
  const place = { x: 252_809_000 + 100 * index, y: 1_102_900_000 - 70 * index, z: 20 + index };
  return { frame: 6, command: 16, param1: 0, param2: 0, param3: 0, param4: 0, ...place, ...fields };
}
const mission = (count: number): readonly MissionItem[] =>
  Array.from({ length: count }, (_unused, index) => waypoint(index));

const FENCE: FencePlan = {
  areas: [
    {
      kind: 'polygon',
      stay: 'inside',
      corners: [
        { latDeg: 25.2822475, lonDeg: 110.2885098 },
        { latDeg: 25.2822475, lonDeg: 110.2914902 },
        { latDeg: 25.2795525, lonDeg: 110.2914902 },
        { latDeg: 25.2795525, lonDeg: 110.2885098 },
      ],
    },
    { kind: 'circle', stay: 'outside', center: { latDeg: 25.2816187, lonDeg: 110.2892052 }, radiusM: 15 },
  ],
  returnPoint: { latDeg: 25.2809, lonDeg: 110.29 },
};
const RALLY = [
  { latDeg: 25.2812593, lonDeg: 110.2903974, altitudeM: 30, datum: 'home' },
  { latDeg: 25.2805407, lonDeg: 110.2903974, altitudeM: 30, datum: 'home' },
] as const;

describe.each(['ardupilot', 'px4'] as const)('%s on a good line', (autopilot) => {
  test('mission, fence and rally points: uploaded, read back, downloaded, cleared', async () => {
    const { port, plans, held } = scene(autopilot);
    const steps: string[] = [];
    const uploaded = await settle(
      port,
      plans.upload('mission', mission(5), ({ phase }) => steps.push(phase)),
    );
    expect(uploaded).toMatchObject({ kind: 'done', itemCount: 5 });
    expect(new Set(steps)).toEqual(new Set(['upload', 'read-back']));
    expect(await settle(port, plans.uploadFence(FENCE))).toMatchObject({ kind: 'done', itemCount: 6 });
    expect(await settle(port, plans.uploadRally(RALLY))).toMatchObject({ kind: 'done', itemCount: 2 });
    expect([held(0).length, held(1).length, held(2).length]).toEqual([5, 6, 2]);
    expect(await settle(port, plans.download('fence'))).toMatchObject({
      kind: 'done',
      // PX4 may give the last unit of a position back one lower: the same plan, by its hash.
      fence: autopilot === 'ardupilot' ? FENCE : { returnPoint: FENCE.returnPoint },
      planHash: plans.verified('fence')?.hash,
    });
    expect(await settle(port, plans.download('rally'))).toMatchObject({
      kind: 'done',
      planHash: plans.verified('rally')?.hash,
    });
    expect(port.verifiedPlan).toMatchObject({ itemCount: 5, hash: plans.verified('mission')?.hash });

    expect(await settle(port, plans.clear('fence'))).toMatchObject({ kind: 'done', itemCount: 0 });
    expect([held(0).length, held(1).length]).toEqual([5, 0]);
    expect(await settle(port, plans.clear('all'))).toMatchObject({ kind: 'done', itemCount: 0 });
    expect([held(0).length, held(2).length]).toEqual([0, 0]);
    expect(port.sentOf(MissionClearAll).map(({ missionType }) => missionType)).toEqual([1, 255]);
  });

  test('too many items: no space, and the old plan is still the verified one', async () => {
    const { port, plans, held } = scene(autopilot);
    await settle(port, plans.upload('mission', mission(3)));
    const hash = plans.verified('mission')?.hash;
    expect(await settle(port, plans.upload('mission', mission(600)))).toEqual({
      kind: 'no-space',
      // ArduPilot tells, less its home slot.
      capacity: autopilot === 'px4' ? null : 199,
      itemCount: 600,
      planOnBoard: 'unchanged',
    });
    expect(held(0)).toHaveLength(3);
    expect(plans.verified('mission')?.hash).toBe(hash);
    expect(port.verifiedPlan?.hash).toBe(hash);
  });

  test('a cancelled upload: the vehicle is told, and whether the old plan is still there', async () => {
    const { port, plans, held } = scene(autopilot);
    await settle(port, plans.upload('mission', mission(8)));
    const upload = plans.upload('mission', mission(50));
    await port.clock.advance(300);
    plans.cancel('return');
    const planOnBoard = autopilot === 'px4' ? 'unchanged' : 'unknown';
    expect(await settle(port, upload)).toEqual({ kind: 'cancelled', by: 'return', planOnBoard });
    expect(port.sentOf(MissionAck).at(-1)?.type).toBe(15);
    expect(plans.verified('mission') === null).toBe(autopilot === 'ardupilot');
    if (autopilot === 'px4') expect(held(0)).toHaveLength(8);
  });

  test('one transfer at a time', async () => {
    const { port, plans } = scene(autopilot);
    const first = plans.upload('mission', mission(5));
    expect(await plans.download('fence')).toEqual({ kind: 'busy', what: 'mission upload' });
    expect(await plans.setCurrent(1)).toEqual({ kind: 'busy', what: 'mission upload' });
    expect(await settle(port, first)).toMatchObject({ kind: 'done' });
  });

  test('another ground station is first: told as busy, its transfer is not disturbed', async () => {
    const { port, plans, fromOther, held } = scene(autopilot);
    fromOther(buildMessage(MissionCount, { ...ADDRESS, count: 2 }));
    const items = [waypoint(0), waypoint(7)];
    const keepAlive = (): void => {
      fromOther(buildMessage(MissionItemInt, { ...ADDRESS, ...waypoint(9), seq: 9 }));
      if (autopilot === 'ardupilot') fromOther(buildMessage(MissionCount, { ...ADDRESS, count: 2 }));
      const timer = port.clock.setTimer(keepAlive, 2_000);
      stops.push(() => timer.cancel());
    };
    keepAlive();
    expect(await settle(port, plans.upload('mission', mission(5)))).toEqual({
      kind: 'busy',
      what: 'transfer of another ground station',
    });
    items.forEach((item, seq) => {
      fromOther(buildMessage(MissionItemInt, { ...ADDRESS, ...item, seq }));
    });
    expect(held(0).map(({ z }) => z)).toContain(27);
  });

  test('what another ground station uploads is not the verified plan any more', async () => {
    const { port, plans, fromOther, toOther } = scene(autopilot);
    await settle(port, plans.upload('mission', mission(2)));
    await settle(port, plans.uploadRally(RALLY));
    fromOther(buildMessage(MissionCount, { ...ADDRESS, count: 1, missionType: 2 as MavMissionType }));
    expect(toOther).toHaveLength(1);
    expect(plans.verified('rally')).toBeNull();
    expect(plans.verified('mission')).not.toBeNull();
  });
});

describe('on a bad line', () => {
  test.each(
    (['ardupilot', 'px4'] as const).flatMap((autopilot) =>
      (
        [
          ['30 % lost', { loss: 0.3 }],
          ['50 % lost', { loss: 0.5 }],
          ['every third doubled, up to a second late', { duplicates: 0.33, jitterMs: 1_000 }],
          ['two seconds of delay', { delayMs: 1_000 }],
          ['lost, doubled and late', { loss: 0.2, duplicates: 0.2, jitterMs: 600 }],
        ] as const
      ).map(([name, line]) => [autopilot, name, line] as const),
    ),
  )('%s, %s: done, and it is on board', async (autopilot, _name, line) => {
    for (const seed of [1, 2, 3]) {
      const { port, plans, held } = scene(autopilot, { ...line, seed });
      const items = mission(12);
      expect(await settle(port, plans.upload('mission', items)), `seed ${seed}`).toMatchObject({
        kind: 'done',
      });
      expect(held(0).map(({ z }) => z)).toEqual(items.map(({ z }) => z));
    }
  });

  test('whatever the line does, done means that it is on board', async () => {
    const anyLine = fc.record({
      loss: fc.double({ min: 0, max: 0.6, noNaN: true }),
      duplicates: fc.double({ min: 0, max: 0.5, noNaN: true }),
      delayMs: fc.integer({ min: 1, max: 1_000 }),
      jitterMs: fc.integer({ min: 0, max: 1_500 }),
      seed: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('ardupilot', 'px4'), anyLine, async (autopilot, line) => {
        const { port, plans, held } = scene(autopilot as 'ardupilot' | 'px4', line);
        await settle(port, plans.upload('mission', mission(3)));
        const items = mission(6).map((item) => ({ ...item, z: item.z + 50 }));
        const outcome = await settle(port, plans.upload('mission', items));
        if (outcome.kind === 'done') expect(held(0).map(({ z }) => z)).toEqual(items.map(({ z }) => z));
        else expect(plans.verified('mission')?.hash).not.toBe('');
      }),
      { numRuns: 25 },
    );
  });

  test('the final acknowledgement is lost: read back and done', async () => {
    for (const autopilot of ['ardupilot', 'px4'] as const) {
      const drop = (message: MavLinkData): boolean => message instanceof MissionAck;
      const { port, plans } = scene(autopilot, { drop });
      expect(await settle(port, plans.upload('mission', mission(4)))).toMatchObject({ kind: 'done' });
    }
  });

  test('a storm of ACK 13 is passed over', async () => {
    const { port, plans } = scene('ardupilot');
    const storm = (): void => {
      for (let i = 0; i < 5; i++)
        port.deliver(buildMessage(MissionAck, { targetSystem: US, targetComponent: 190, type: 13 }));
      const timer = port.clock.setTimer(storm, 30);
      stops.push(() => timer.cancel());
    };
    storm();
    expect(await settle(port, plans.upload('mission', mission(20)))).toMatchObject({ kind: 'done' });
  });

  test('an acceptance of an incomplete upload is found out by the read-back', async () => {
    const { port, plans, px4 } = scene('px4');
    if (px4 !== undefined) px4.acceptIncomplete = true;
    expect(await settle(port, plans.upload('mission', mission(4)))).toMatchObject({ kind: 'different' });
    expect(plans.verified('mission')).toBeNull();
  });

  test('a list with the same items but another checksum than the acknowledged one does not count', async () => {
    const port = new FakePort({ autopilot: 'px4' });
    const plans = new PlanService(port);
    const items = mission(1);
    const to = { targetSystem: US, targetComponent: 190 };
    port.onSend = (message) => {
      if (message instanceof MissionCount) port.deliver(buildMessage(MissionRequestInt, { ...to, seq: 0 }));
      else if (message instanceof MissionItemInt)
        port.deliver(buildMessage(MissionAck, { ...to, type: 0, opaqueId: 1234 }));
      else if (message instanceof MissionRequestList)
        port.deliver(buildMessage(MissionCount, { ...to, count: 1, opaqueId: 99 }));
      else if (message instanceof MissionRequestInt)
        port.deliver(buildMessage(MissionItemInt, { ...to, ...(items[0] as MissionItem), seq: 0 }));
    };
    expect(await settle(port, plans.upload('mission', items))).toMatchObject({ kind: 'different' });
  });
});

describe('what the vehicle tells by itself', () => {
  test('orphan requests are answered with ACK 15, per list, at most once a second', async () => {
    const port = new FakePort();
    new PlanService(port);
    const ask = (missionType: number): void =>
      port.deliver(
        buildMessage(MissionRequest, {
          targetSystem: US,
          targetComponent: 190,
          seq: 3,
          missionType: missionType as MavMissionType,
        }),
      );
    for (const missionType of [0, 1, 1, 0, 2]) ask(missionType);
    const answers = (): readonly number[][] =>
      port.sentOf(MissionAck).map(({ type, missionType }) => [type, missionType]);
    expect(answers()).toEqual([
      [15, 0],
      [15, 1],
      [15, 2],
    ]);
    await port.clock.advance(1_000);
    ask(1);
    expect(answers()).toHaveLength(4);
  });

  test('an autopilot without fences is not asked for one', async () => {
    const { port, plans } = scene('px4');
    const eight = new Array<number>(8).fill(0);
    port.deliver(
      buildMessage(AutopilotVersion, {
        capabilities: BigInt(4 | 32768) as unknown as MavProtocolCapability,
        uid2: new Array<number>(18).fill(0),
        flightCustomVersion: eight,
        middlewareCustomVersion: eight,
        osCustomVersion: eight,
      }),
    );
    expect(await plans.uploadFence(FENCE)).toEqual({ kind: 'unsupported', what: 'fence upload' });
    expect(await settle(port, plans.uploadRally(RALLY))).toMatchObject({ kind: 'done' });
  });

  test('a polygon of two corners is refused before anything is sent', async () => {
    const { port, plans } = scene('ardupilot');
    const corners = [
      { lonDeg: 1, latDeg: 2 },
      { lonDeg: 1, latDeg: 3 },
    ];
    const fence: FencePlan = { areas: [{ kind: 'polygon', stay: 'outside', corners }], returnPoint: null };
    expect(await plans.uploadFence(fence)).toMatchObject({ kind: 'rejected', planOnBoard: 'unchanged' });
    expect(port.sent).toEqual([]);
  });

  test("PX4's checksum of the fence changes: it is not the verified one any more", async () => {
    const { port, plans, px4 } = scene('px4');
    await settle(port, plans.uploadFence(FENCE));
    const report = px4?.missionCurrent();
    if (report !== undefined) for (let i = 0; i < 3; i++) port.deliver(report);
    expect(plans.verified('fence')).not.toBeNull();
    for (let i = 0; i < 2; i++) port.deliver(buildMessage(MissionCurrent, { fenceId: 7 }));
    expect(plans.verified('fence')).toBeNull();
  });

  test('a restart: nothing is known any more', async () => {
    const { port, plans } = scene('ardupilot');
    await settle(port, plans.upload('mission', mission(2)));
    plans.onReboot();
    expect(plans.verified('mission')).toBeNull();
    expect(port.verifiedPlan).toBeNull();
  });
});

describe('the current item', () => {
  const count = {
    currentIndex: 0,
    reachedIndex: null,
    itemCount: 5,
    verifiedPlanHash: null,
    receivedAtMs: 0,
  };

  test('ArduPilot: by command, counted with the home slot', async () => {
    const { port, plans } = scene('ardupilot');
    port.update({ mission: count });
    expect(await plans.setCurrent(2)).toMatchObject({ kind: 'done' });
    expect(port.commands[0]).toMatchObject({ command: 224, params: [3, 0] });
    expect(await plans.setCurrent(5)).toMatchObject({ kind: 'denied', result: 'NO_SUCH_ITEM' });
  });

  test('ArduPilot that does not know the command: message 41, until the vehicle reports it', async () => {
    const { port, plans } = scene('ardupilot');
    port.commandOutcome = () => ({ kind: 'unsupported', what: 'x' });
    port.update({ mission: count });
    const outcome = plans.setCurrent(2);
    await port.clock.advance(700);
    port.deliver(buildMessage(MissionCurrent, { seq: 1 }));
    port.deliver(buildMessage(MissionCurrent, { seq: 3 }));
    expect(await settle(port, outcome)).toEqual({ kind: 'done', confirmedBy: 'MISSION_CURRENT 3' });
    expect(port.sentOf(MissionSetCurrent).map(({ seq }) => seq)).toEqual([3, 3]);
  });

  test('PX4: message 41 alone; not confirmed when it stays where it is', async () => {
    const { port, plans } = scene('px4');
    await settle(port, plans.upload('mission', mission(4)));
    expect(await settle(port, plans.setCurrent(2))).toMatchObject({ kind: 'done' });
    expect(port.commands).toEqual([]);
    const refused = plans.setCurrent(9);
    await port.clock.advance(1_000);
    port.deliver(buildMessage(MissionCurrent, { seq: 2 }));
    expect(await settle(port, refused)).toMatchObject({ kind: 'not-confirmed', observed: 'item 2' });
  });
});

test("a real ArduCopter's fence and rally points: uploaded, read and cleared by our machines as they were then", async () => {
  const file = readFileSync(new URL('../codec/fixtures/ardupilot-copter-plans.tlog', import.meta.url));
  const said = [...readTlog(file)]
    .filter(({ frame }) => frame.systemId === 1)
    .map(({ frame }) => decodeById(frame) as MavLinkData);
  const port = new FakePort();
  const plans = new PlanService(port);
  // What it said then, to our questions now: the answer of that class, list and number.
  const answer = (matches: (message: MavLinkData) => boolean): void => {
    const found = said.find(matches);
    if (found !== undefined) port.deliver(Object.assign(found, { targetSystem: US, targetComponent: 190 }));
  };
  let cleared = false;
  port.onSend = (message) => {
    if (message instanceof MissionClearAll) cleared = true;
    if (
      message instanceof MissionClearAll ||
      message instanceof MissionItemInt ||
      message instanceof MissionCount
    ) {
      const { missionType } = message;
      const next = message instanceof MissionItemInt ? message.seq + 1 : 0;
      const asks = (one: MavLinkData): boolean =>
        one instanceof MissionRequest && one.missionType === missionType && one.seq === next;
      if (!cleared && said.some(asks)) answer(asks);
      else answer((one) => one instanceof MissionAck && one.missionType === missionType);
    } else if (message instanceof MissionRequestList) {
      if (cleared)
        port.deliver(
          buildMessage(MissionCount, { targetSystem: US, count: 0, missionType: message.missionType }),
        );
      else answer((one) => one instanceof MissionCount && one.missionType === message.missionType);
    } else if (message instanceof MissionRequestInt) {
      const { seq, missionType } = message;
      answer((one) => one instanceof MissionItemInt && one.missionType === missionType && one.seq === seq);
    }
  };
  expect(await settle(port, plans.uploadFence(FENCE))).toMatchObject({ kind: 'done', itemCount: 6 });
  const fence = await settle(port, plans.download('fence'));
  expect(fence).toMatchObject({ kind: 'done', fence: FENCE });
  if (fence.kind === 'done')
    expect(fence.items.map(({ command }) => command)).toEqual([5001, 5001, 5001, 5001, 5004, 5000]);
  expect(await settle(port, plans.uploadRally(RALLY))).toMatchObject({ kind: 'done', itemCount: 2 });
  expect(await settle(port, plans.download('rally'))).toMatchObject({ kind: 'done', rally: RALLY });
  expect(await settle(port, plans.clear('fence'))).toMatchObject({ kind: 'done', itemCount: 0 });
});
