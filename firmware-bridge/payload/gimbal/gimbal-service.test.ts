import { afterEach, expect, test } from 'vitest';
import {
  buildMessage,
  CommandInt,
  CommandLong,
  GimbalDeviceAttitudeStatus,
  GimbalManagerInformation,
  GimbalManagerStatus,
  MavCmd,
} from '../../codec/messages.ts';
import { PayloadServices } from '../payload-services.ts';
import type { GimbalState } from '../state.ts';
import { LivePort, type Network } from '../testing/live-port.ts';
import { type GimbalBehaviour, NOSE_DEG, ScriptedGimbal } from '../testing/scripted-gimbal.ts';

let services: PayloadServices[] = [];
afterEach(() => {
  for (const service of services) service.close('end of test');
  services = [];
});

async function withGimbal(
  options: {
    componentId?: number;
    behaviour?: Partial<GimbalBehaviour>;
    network?: Partial<Network>;
    seed?: number;
  } = {},
) {
  const port = new LivePort(
    { attitude: { rollDeg: 0, pitchDeg: 0, yawDeg: NOSE_DEG, receivedAtMs: 0 } },
    options.network,
    options.seed,
  );
  const payload = new PayloadServices(port);
  services.push(payload);
  const componentId = options.componentId ?? 1;
  const gimbal = new ScriptedGimbal(port, componentId, {
    deviceId: componentId === 1 ? 1 : componentId,
    ...options.behaviour,
  });
  port.drive((nowMs) => payload.tick(nowMs));
  await port.clock.advance(25_000);
  const gimbalId = `${componentId}/${gimbal.behaviour.deviceId}`;
  return { port, payload, gimbal, gimbalId };
}

function seen(port: LivePort, gimbalId: string): GimbalState {
  const gimbal = port.state().gimbals?.find((other) => other.gimbalId === gimbalId);
  if (gimbal === undefined) throw new Error(`no gimbal ${gimbalId} in the snapshot`);
  return gimbal;
}

const commandsOf = (gimbal: ScriptedGimbal, command: number): readonly CommandLong[] =>
  gimbal.received.filter(
    (message): message is CommandLong => message instanceof CommandLong && message.command === command,
  );

test.each([1, 154, 171])(
  'component %i: limits, abilities, holder and attitude are known',
  async (componentId) => {
    const { port, gimbalId } = await withGimbal({ componentId });
    expect(seen(port, gimbalId)).toMatchObject({
      managerComponentId: componentId,
      pitchRangeDeg: [-90, 20],
      yawRangeDeg: [-170, 170],
      capabilities: [
        'retract',
        'neutral',
        'roll',
        'pitch',
        'pitch-lock',
        'yaw',
        'yaw-follow',
        'yaw-lock',
        'point-at-place',
      ],
      control: { holder: null, isOurs: false },
      attitude: { yawFromNoseDeg: 0, headingDeg: NOSE_DEG, hold: 'follow', faults: [] },
      aim: null,
    });
  },
);

test('pointing takes control once, is seen in the attitude, and is released', async () => {
  const { port, payload, gimbal, gimbalId } = await withGimbal();
  const outcome = await port.settled(
    payload.gimbals.point(gimbalId, { pitchDeg: -45, yawDeg: 30, frame: 'follow' }),
  );
  expect(outcome).toEqual({ kind: 'done', confirmedBy: 'gimbal at pitch -45°, yaw 30°' });
  expect(seen(port, gimbalId)).toMatchObject({
    control: { isOurs: true, holder: { systemId: 245, componentId: 190 } },
    aim: { kind: 'angle', pitchDeg: -45, yawDeg: 30, frame: 'follow' },
  });
  expect(Math.abs((seen(port, gimbalId).attitude?.pitchDeg ?? 0) + 45)).toBeLessThanOrEqual(3);
  await port.settled(payload.gimbals.point(gimbalId, { pitchDeg: -10, yawDeg: 0, frame: 'follow' }));
  const configured = commandsOf(gimbal, MavCmd.DO_GIMBAL_MANAGER_CONFIGURE);
  expect(
    configured.map(({ _param1, _param2, _param3, _param4, _param7 }) => [
      _param1,
      _param2,
      _param3,
      _param4,
      _param7,
    ]),
  ).toEqual([[245, 190, -1, -1, 1]]);
  expect(await port.settled(payload.gimbals.release(gimbalId))).toMatchObject({ kind: 'done' });
  expect(commandsOf(gimbal, MavCmd.DO_GIMBAL_MANAGER_CONFIGURE)[1]).toMatchObject({
    _param1: -3,
    _param2: -3,
    _param3: -1,
    _param4: -1,
  });
  expect(seen(port, gimbalId)).toMatchObject({ control: { holder: null }, aim: null });
});

test('lock holds a heading: yaw from north, whichever frame the gimbal reports in', async () => {
  for (const frame of ['vehicle', 'north'] as const) {
    const { port, payload, gimbal, gimbalId } = await withGimbal({ behaviour: { frame } });
    const outcome = await port.settled(
      payload.gimbals.point(gimbalId, { pitchDeg: -20, yawDeg: 120, frame: 'lock' }),
    );
    expect({ frame, kind: outcome.kind }).toEqual({ frame, kind: 'done' });
    expect(gimbal.yawDeg).toBe(30);
    expect(seen(port, gimbalId).attitude).toMatchObject({ hold: 'lock' });
    expect(seen(port, gimbalId).attitude?.headingDeg).toBeCloseTo(120, 0);
    expect(commandsOf(gimbal, MavCmd.DO_GIMBAL_MANAGER_PITCHYAW)[0]?._param5).toBe(4 | 8 | 16);
  }
});

test.each([
  [{ pitchDeg: -95, yawDeg: 0, frame: 'follow' }, 'pitch -95° is outside -90…20°'],
  [{ pitchDeg: 21, yawDeg: 0, frame: 'follow' }, 'pitch 21° is outside -90…20°'],
  [{ pitchDeg: 0, yawDeg: 175, frame: 'follow' }, 'yaw 175° from the nose is outside -170…170°'],
  // Nose at 90°: a heading of 265° is 175° from it.
  [{ pitchDeg: 0, yawDeg: 265, frame: 'lock' }, 'yaw 175° from the nose is outside -170…170°'],
  [{ pitchDeg: Number.NaN, yawDeg: 0, frame: 'follow' }, 'an angle is not a number'],
] as const)('out of range is refused with the range: %j', async (angle, reason) => {
  const { port, payload, gimbal, gimbalId } = await withGimbal();
  expect(await port.settled(payload.gimbals.point(gimbalId, angle))).toEqual({
    kind: 'denied',
    result: 'OUT_OF_RANGE',
    reasons: [reason],
  });
  expect(commandsOf(gimbal, MavCmd.DO_GIMBAL_MANAGER_PITCHYAW)).toEqual([]);
});

test('a gimbal that turns for ever has no yaw limit', async () => {
  const { port, payload, gimbalId } = await withGimbal({
    behaviour: { capFlags: 32 | 256 | 512 | 1024 | 2048 },
  });
  expect(
    await port.settled(payload.gimbals.point(gimbalId, { pitchDeg: 0, yawDeg: 175, frame: 'follow' })),
  ).toMatchObject({ kind: 'done' });
});

test('held by another station: denied, naming it; taken over only when asked', async () => {
  const { port, payload, gimbal, gimbalId } = await withGimbal();
  gimbal.holder = { systemId: 255, componentId: 190 };
  await port.clock.advance(6_000);
  const angle = { pitchDeg: -30, yawDeg: 0, frame: 'follow' } as const;
  expect(await port.settled(payload.gimbals.point(gimbalId, angle))).toEqual({
    kind: 'denied',
    result: 'NOT_IN_CONTROL',
    reasons: ['gimbal control is with system 255, component 190'],
  });
  expect(commandsOf(gimbal, MavCmd.DO_GIMBAL_MANAGER_CONFIGURE)).toEqual([]);
  expect(await port.settled(payload.gimbals.point(gimbalId, angle, { takeOver: true }))).toMatchObject({
    kind: 'done',
  });
});

test('control that was lost a moment ago is not believed to be ours', async () => {
  const { port, payload, gimbal, gimbalId } = await withGimbal();
  await port.settled(payload.gimbals.neutral(gimbalId));
  gimbal.holder = { systemId: 77, componentId: 190 };
  expect(await port.settled(payload.gimbals.retract(gimbalId))).toMatchObject({
    kind: 'denied',
    result: 'NOT_IN_CONTROL',
    reasons: ['gimbal control is with system 77, component 190'],
  });
});

test('a manager that says yes and gives control to nobody else: denied, naming the holder', async () => {
  const { port, payload, gimbal, gimbalId } = await withGimbal({
    behaviour: { stubborn: true, strict: true },
  });
  gimbal.holder = { systemId: 9, componentId: 1 };
  await port.clock.advance(6_000);
  const angle = { pitchDeg: -30, yawDeg: 0, frame: 'follow' } as const;
  expect(await port.settled(payload.gimbals.point(gimbalId, angle, { takeOver: true }))).toEqual({
    kind: 'denied',
    result: 'NOT_IN_CONTROL',
    reasons: ['gimbal control is with system 9, component 1'],
  });
  expect(commandsOf(gimbal, MavCmd.DO_GIMBAL_MANAGER_PITCHYAW)).toEqual([]);
});

test('a stuck gimbal is not confirmed, and its fault is told', async () => {
  const { port, payload, gimbalId } = await withGimbal({ behaviour: { stuck: true, failureFlags: 32 } });
  expect(
    await port.settled(payload.gimbals.point(gimbalId, { pitchDeg: -45, yawDeg: 0, frame: 'follow' })),
  ).toMatchObject({
    kind: 'not-confirmed',
    observed: 'gimbal follow, pitch 0°, yaw 0° from the nose, motor',
  });
});

test('without an attitude the acknowledgement is all there is, and is called so', async () => {
  const { port, payload, gimbalId } = await withGimbal({ behaviour: { blind: true } });
  expect(seen(port, gimbalId).attitude).toBeNull();
  expect(
    await port.settled(payload.gimbals.point(gimbalId, { pitchDeg: -45, yawDeg: 0, frame: 'follow' })),
  ).toEqual({
    kind: 'done',
    confirmedBy: 'acknowledgement',
  });
});

test('a place goes as COMMAND_INT with its height above sea level, and is left again', async () => {
  const { port, payload, gimbal, gimbalId } = await withGimbal();
  const place = { latDeg: 25.2819, lonDeg: 110.29, altitudeAmslM: 150 };
  expect(await port.settled(payload.gimbals.pointAtPlace(gimbalId, place))).toEqual({
    kind: 'done',
    confirmedBy: 'acknowledgement',
  });
  expect(gimbal.roi).toEqual({ x: 252_819_000, y: 1_102_900_000, z: 150, frame: 0 });
  expect(gimbal.received.find((message) => message instanceof CommandInt)).toMatchObject({
    _param1: 1,
    command: 195,
  });
  expect(seen(port, gimbalId).aim).toMatchObject({ kind: 'place', ...place });
  expect(await port.settled(payload.gimbals.leavePlace(gimbalId))).toMatchObject({ kind: 'done' });
  expect([gimbal.roi, seen(port, gimbalId).aim]).toEqual([null, null]);
  expect(
    await port.settled(payload.gimbals.pointAtPlace(gimbalId, { latDeg: 0, lonDeg: 0, altitudeAmslM: 0 })),
  ).toMatchObject({
    kind: 'denied',
    reasons: ['the place is 0° N 0° E'],
  });
});

test('neutral, retract and a rate', async () => {
  const { port, payload, gimbal, gimbalId } = await withGimbal();
  expect(await port.settled(payload.gimbals.retract(gimbalId))).toEqual({
    kind: 'done',
    confirmedBy: 'gimbal retracted',
  });
  expect(await port.settled(payload.gimbals.neutral(gimbalId))).toEqual({
    kind: 'done',
    confirmedBy: 'gimbal neutral',
  });
  expect(await port.settled(payload.gimbals.turn(gimbalId, -5, 0))).toEqual({
    kind: 'done',
    confirmedBy: 'acknowledgement',
  });
  const sent = commandsOf(gimbal, MavCmd.DO_GIMBAL_MANAGER_PITCHYAW).at(-1);
  expect(sent).toMatchObject({ _param1: Number.NaN, _param2: Number.NaN, _param3: -5, _param4: 0 });
  expect(await port.settled(payload.gimbals.turn(gimbalId, 500, 0))).toMatchObject({ kind: 'denied' });
});

test('one aim at a time', async () => {
  const { port, payload, gimbalId } = await withGimbal();
  const first = payload.gimbals.point(gimbalId, { pitchDeg: -45, yawDeg: 0, frame: 'follow' });
  expect(await payload.gimbals.neutral(gimbalId)).toEqual({ kind: 'busy', what: `gimbal ${gimbalId}` });
  expect(await port.settled(first)).toMatchObject({ kind: 'done' });
  expect(await payload.gimbals.neutral('1/9')).toMatchObject({ kind: 'unsupported' });
});

test('over a link that loses 30 % each way and repeats 30 %: pointed, or honestly not', async () => {
  let done = 0;
  for (let seed = 1; seed <= 15; seed++) {
    const { port, payload, gimbal, gimbalId } = await withGimbal({
      network: { loss: 0.3, duplicates: 0.3 },
      seed,
    });
    await port.clock.advance(70_000);
    const outcome = await port.settled(
      payload.gimbals.point(gimbalId, { pitchDeg: -45, yawDeg: 30, frame: 'follow' }),
    );
    if (outcome.kind !== 'done') continue;
    done++;
    expect(Math.abs(gimbal.pitchDeg + 45)).toBeLessThanOrEqual(3.5);
  }
  expect(done).toBeGreaterThanOrEqual(13);
});

test("another component's reports are not taken for the gimbal's", async () => {
  const { port, gimbalId } = await withGimbal({ componentId: 154 });
  const before = seen(port, gimbalId);
  port.deliver(
    buildMessage(GimbalDeviceAttitudeStatus, {
      q: [0.7, 0, 0, 0.7],
      flags: 12 as number,
      gimbalDeviceId: 154,
    }),
    171,
  );
  port.deliver(
    buildMessage(GimbalDeviceAttitudeStatus, { q: [0.7, 0, 0, 0.7], flags: 12 as number, gimbalDeviceId: 0 }),
    171,
  );
  port.deliver(
    buildMessage(GimbalManagerStatus, {
      primaryControlSysid: 245,
      primaryControlCompid: 190,
      gimbalDeviceId: 154,
    }),
    171,
  );
  expect(seen(port, gimbalId)).toMatchObject({ attitude: before.attitude, control: { isOurs: false } });
});

test('two gimbals of one autopilot are two', async () => {
  const { port, payload, gimbal } = await withGimbal();
  port.deliver(
    buildMessage(GimbalManagerInformation, {
      capFlags: 32 as number,
      gimbalDeviceId: 2,
      pitchMin: -1,
      pitchMax: 0,
    }),
    1,
  );
  expect(port.state().gimbals?.map(({ gimbalId, yawRangeDeg }) => [gimbalId, yawRangeDeg])).toEqual([
    ['1/1', [-170, 170]],
    ['1/2', null],
  ]);
  await port.settled(payload.gimbals.point('1/1', { pitchDeg: -30, yawDeg: 0, frame: 'follow' }));
  expect(seen(port, '1/2')).toMatchObject({ aim: null, attitude: null });
  expect(commandsOf(gimbal, MavCmd.DO_GIMBAL_MANAGER_PITCHYAW)[0]?._param7).toBe(1);
});

test('garbage attitudes change nothing', async () => {
  const { port, gimbalId } = await withGimbal();
  const before = seen(port, gimbalId).attitude;
  port.deliver(buildMessage(GimbalDeviceAttitudeStatus, { q: [Number.NaN, 0, 0, 0], gimbalDeviceId: 1 }));
  port.deliver(buildMessage(GimbalDeviceAttitudeStatus, { q: [0, 0, 0, 0], gimbalDeviceId: 1 }));
  expect(seen(port, gimbalId).attitude).toBe(before);
});

test('on closing, control that is ours is given back', async () => {
  const { port, payload, gimbal, gimbalId } = await withGimbal();
  await port.settled(payload.gimbals.neutral(gimbalId));
  expect(gimbal.holder.systemId).toBe(245);
  payload.close('shutdown');
  await port.clock.advance(100);
  expect(gimbal.holder.systemId).toBe(0);
  expect(port.clock.pendingTimers).toBeLessThanOrEqual(2);
});
