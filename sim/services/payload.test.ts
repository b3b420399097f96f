import { afterEach, describe, expect, test } from 'vitest';
import {
  buildMessage,
  CameraCaptureStatus,
  CameraImageCaptured,
  CommandInt,
  GimbalDeviceAttitudeStatus,
  GimbalManagerSetPitchyaw,
  GimbalManagerStatus,
  Heartbeat,
  RelayStatus,
  ServoOutputRaw,
  VideoStreamInformation,
} from '../../firmware-bridge/codec/messages.ts';
import { PayloadServices } from '../../firmware-bridge/payload/payload-services.ts';
import { LivePort } from '../../firmware-bridge/payload/testing/live-port.ts';
import { ardupilotEquipment, px4Equipment } from './onboard-equipment.ts';
import { Aboard, item } from './testing/aboard.ts';

/** The bridge's payload services as the client of what is aboard. */
let open: PayloadServices[] = [];
afterEach(() => {
  for (const payload of open) payload.close('end of test');
  open = [];
});

const NOSE_DEG = 90;

async function withBridge(style: 'ardupilot' | 'px4') {
  const aboard = new Aboard(style === 'px4' ? px4Equipment() : ardupilotEquipment());
  aboard.put({ altitudeAmslM: 210, relativeAltitudeM: 60, headingDeg: NOSE_DEG });
  const port = new LivePort({
    autopilot: style,
    attitude: { rollDeg: 0, pitchDeg: 0, yawDeg: NOSE_DEG, receivedAtMs: 0 },
  });
  const payload = new PayloadServices(port);
  open.push(payload);
  const startMs = port.clock.nowMs() - aboard.wallMs;
  for (const componentId of [1, 100, 154]) {
    port.join({ componentId, receive: (message) => aboard.send(message) });
  }
  aboard.onMessage = (message, componentId) => {
    const known = port.state().components.some((component) => component.componentId === componentId);
    if (message instanceof Heartbeat && !known) {
      const kind = componentId === 100 ? 'camera' : 'gimbal';
      const component = {
        componentId,
        kind,
        mavType: message.type,
        lastHeardAtMs: port.clock.nowMs(),
      } as const;
      port.update({ components: [...port.state().components, component] });
    }
    port.deliver(message, componentId);
  };
  const turn = (): void => {
    aboard.runUntil(port.clock.nowMs() - startMs);
    port.clock.setTimer(turn, 20);
  };
  turn();
  port.drive((nowMs) => payload.tick(nowMs));
  await port.clock.advance(15_000);
  return { aboard, port, payload, gimbalId: style === 'px4' ? '1/154' : '1/1' };
}

describe.each(['ardupilot', 'px4'] as const)('the bridge and the payload of a %s', (style) => {
  test('knows the camera: what it is and can, its card, its stream', async () => {
    const { port } = await withBridge(style);
    expect(port.state().cameras).toMatchObject([
      {
        cameraId: '100',
        vendor: 'Airgrid',
        model: 'Simulated camera',
        gimbalDeviceId: style === 'px4' ? 154 : 1,
        capabilities: expect.arrayContaining(['photo', 'video', 'zoom', 'focus', 'video-stream']),
        recording: false,
        imageCount: 0,
        storage: { status: 'ready', totalMib: 64_000 },
        streams: [{ streamId: 1 }],
      },
    ]);
  });

  test('photo, series, recording, mode, zoom and focus are done, seen in its reports', async () => {
    const { port, payload, aboard } = await withBridge(style);
    const { cameras } = payload;
    const done = expect.objectContaining({ kind: 'done' });
    expect(await port.settled(cameras.takePhoto('100'))).toEqual(done);
    expect(await port.settled(cameras.startInterval('100', 1, null))).toEqual(done);
    await port.clock.advance(5_000);
    expect(await port.settled(cameras.stopPhotos('100'))).toEqual(done);
    expect(aboard.all(CameraImageCaptured).length).toBeGreaterThan(4);
    expect(await port.settled(cameras.startRecording('100'))).toEqual(done);
    await port.clock.advance(4_000);
    expect(port.state().cameras?.[0]).toMatchObject({ recording: true });
    expect(await port.settled(cameras.stopRecording('100'))).toEqual(done);
    expect(await port.settled(cameras.setMode('100', 'video'))).toEqual(done);
    expect(await port.settled(cameras.zoom('100', { kind: 'to', zoomPct: 60 }))).toEqual(done);
    expect(await port.settled(cameras.focus('100', { kind: 'auto' }))).toEqual(done);
  });

  test('points the gimbal from the nose, from north and at a place; the images tell where it looked', async () => {
    const { port, payload, aboard, gimbalId } = await withBridge(style);
    const { gimbals, cameras } = payload;
    const seen = () => port.state().gimbals?.[0];
    expect(seen()).toMatchObject({ gimbalId, pitchRangeDeg: [-90, 25], yawRangeDeg: [-170, 170] });
    const to = { pitchDeg: -40, yawDeg: 30 };
    expect(await port.settled(gimbals.point(gimbalId, { ...to, frame: 'follow' }))).toMatchObject({
      kind: 'done',
    });
    expect(seen()?.attitude).toMatchObject({
      pitchDeg: expect.closeTo(-40, 3),
      yawFromNoseDeg: expect.closeTo(30, 3),
      headingDeg: expect.closeTo(120, 3),
      hold: 'follow',
    });
    expect(await port.settled(gimbals.point(gimbalId, { ...to, frame: 'lock' }))).toMatchObject({
      kind: 'done',
    });
    expect(seen()?.attitude).toMatchObject({ headingDeg: expect.closeTo(30, 3), hold: 'lock' });
    // 60 m below and 60 m to the north.
    const place = { latDeg: 25.2809 + 60 / 111_319.49, lonDeg: 110.29, altitudeAmslM: 150 };
    expect(await port.settled(gimbals.pointAtPlace(gimbalId, place))).toMatchObject({ kind: 'done' });
    await port.clock.advance(10_000);
    expect(seen()?.attitude).toMatchObject({
      pitchDeg: expect.closeTo(-45, 0),
      headingDeg: expect.closeTo(0, 0),
    });
    expect(await port.settled(cameras.takePhoto('100'))).toMatchObject({ kind: 'done' });
    const image = aboard.last(CameraImageCaptured);
    expect(image).toMatchObject({ lat: 252_809_000, lon: 1_102_900_000, alt: 210_000, relativeAlt: 60_000 });
    // Pitch −45°, yaw 0°: w = cos(−22.5°), y = sin(−22.5°).
    expect(image.q.map((part) => Math.round(part * 1000))).toEqual([924, 0, -383, 0]);
    expect(await port.settled(gimbals.neutral(gimbalId))).toMatchObject({ kind: 'done' });
  });

  test('a gimbal that another station has is not taken silently', async () => {
    const { port, payload, aboard, gimbalId } = await withBridge(style);
    aboard.commandFrom({ systemId: 7, componentId: 1 }, 1, 1001, 7, 1, -1, -1, 0, 0, 0);
    await port.clock.advance(1_000);
    const angle = { pitchDeg: -10, yawDeg: 0, frame: 'follow' } as const;
    expect(await port.settled(payload.gimbals.point(gimbalId, angle))).toMatchObject({
      kind: 'denied',
      result: 'NOT_IN_CONTROL',
    });
    expect(await port.settled(payload.gimbals.point(gimbalId, angle, { takeOver: true }))).toMatchObject({
      kind: 'done',
    });
  });

  test('a stuck gimbal answers and does not move: never called done', async () => {
    const { port, payload, aboard, gimbalId } = await withBridge(style);
    expect(aboard.fault({ kind: 'stuck-payload', durationS: null })).toBe(true);
    const angle = { pitchDeg: -60, yawDeg: 0, frame: 'follow' } as const;
    expect(await port.settled(payload.gimbals.point(gimbalId, angle))).toMatchObject({
      kind: 'not-confirmed',
    });
    aboard.fault({ kind: 'stuck-payload', durationS: null }, false);
    await port.clock.advance(3_000);
    expect(port.state().gimbals?.[0]?.attitude?.pitchDeg).toBeCloseTo(-60, 0);
  });
});

describe('relays and servos', () => {
  test('the bridge switches a relay and sees it; one that is not there, and a stuck one, it does not call done', async () => {
    const { port, payload, aboard } = await withBridge('ardupilot');
    expect(await port.settled(payload.actuators.setRelay(1, true))).toMatchObject({ kind: 'done' });
    expect(port.state().actuators?.relays).toMatchObject({ present: [0, 1], on: [1] });
    expect(await port.settled(payload.actuators.setRelay(5, true))).toMatchObject({ kind: 'denied' });
    aboard.fault({ kind: 'stuck-payload', durationS: null });
    expect(await port.settled(payload.actuators.setRelay(0, true))).toMatchObject({ kind: 'not-confirmed' });
  });

  test('servos: the motors and the gimbal are not to be had (4), a free one holds its pulse', () => {
    const aboard = new Aboard(ardupilotEquipment());
    expect([1, 9, 40, 12].map((servo) => aboard.command(1, 183, servo, 1700))).toEqual([4, 4, 4, 0]);
    aboard.command(1, 512, 36);
    expect(aboard.last(ServoOutputRaw)).toMatchObject({ servo1Raw: 1000, servo9Raw: 1500, servo12Raw: 1700 });
    aboard.reboot().command(1, 512, 36);
    expect(aboard.last(ServoOutputRaw)).toMatchObject({ servo12Raw: 0 });
  });

  test('a relay whose pin has no such function is not there', () => {
    const aboard = new Aboard(ardupilotEquipment(), { parameters: { RELAY1_FUNCTION: 0 } });
    expect(aboard.command(1, 181, 0, 1)).toBe(4);
    aboard.command(1, 512, 376);
    expect(aboard.last(RelayStatus)).toMatchObject({ present: 2, on: 0 });
  });

  test("PX4: relays and servos are no commands of its own; an actuator's NaN leaves it", () => {
    const aboard = new Aboard(px4Equipment());
    expect([181, 183].map((command) => aboard.command(1, command, 0, 1))).toEqual([3, 3]);
    expect(aboard.command(1, 187, Number.NaN, 0.5, Number.NaN, Number.NaN, Number.NaN, Number.NaN, 0)).toBe(
      0,
    );
    expect(aboard.command(1, 187, 0, 0, 0, 0, 0, 0, 3)).toBe(3);
  });
});

describe('gimbal manager, as asked of ArduCopter 4.7-dev', () => {
  test('what it answered', () => {
    const aboard = new Aboard(ardupilotEquipment()).run(1);
    const nan = Number.NaN;
    expect(aboard.command(1, 1000, -30, 20, nan, nan, 12, 0, 5), 'no such gimbal').toBe(4);
    expect(aboard.command(1, 1000, nan, nan, nan, nan, 12, 0, 1), 'nothing meant').toBe(0);
    expect(aboard.command(1, 1001, 245, 190, -1, -1, 0, 0, 1)).toBe(0);
    expect(aboard.last(GimbalManagerStatus)).toMatchObject({
      primaryControlSysid: 245,
      primaryControlCompid: 190,
    });
    expect(aboard.command(1, 1001, 7, 1, -1, -1, 0, 0, 1), 'given away').toBe(0);
    const told = aboard.all(GimbalManagerStatus).length;
    expect(aboard.command(1, 1001, -3, -3, -1, -1, 0, 0, 1), 'not ours to release').toBe(0);
    expect(aboard.all(GimbalManagerStatus).length, 'no change, no word').toBe(told);
    expect(aboard.last(GimbalManagerStatus)).toMatchObject({
      primaryControlSysid: 7,
      primaryControlCompid: 1,
    });
    expect(aboard.command(1, 1000, -10, 5, nan, nan, 12, 0, 1), 'pointing needs no control').toBe(0);
    expect(aboard.command(1, 1001, 300, 1, -1, -1, 0, 0, 1), 'no such station').toBe(4);
  });

  test('MNT1_TYPE 0: there is no gimbal to point or to ask', () => {
    const aboard = new Aboard(ardupilotEquipment(), { parameters: { MNT1_TYPE: 0 } });
    expect([280, 281, 285].map((messageId) => aboard.command(1, 512, messageId))).toEqual([4, 4, 4]);
    expect(aboard.command(1, 1000, -30, 0, Number.NaN, Number.NaN, 12, 0, 1)).toBe(3);
    expect(aboard.missionItem(item(195, { x: 252_809_000, y: 1_102_900_000 }))).toBe(false);
  });

  test.each([
    ['follow', 12, 44],
    ['lock', 28, 60],
    ['neutral', 2, 46],
    ['retracted', 1, 45],
  ])('%s: flags of the attitude', (_, asked, told) => {
    const aboard = new Aboard(ardupilotEquipment()).run(1);
    aboard.command(1, 1000, -45, 90, Number.NaN, Number.NaN, asked, 0, 1);
    aboard.run(3).command(1, 512, 285);
    expect(aboard.last(GimbalDeviceAttitudeStatus)).toMatchObject({ flags: told, gimbalDeviceId: 1 });
  });

  test('turns at 60 degrees a second and stops at its limits', () => {
    const aboard = new Aboard(ardupilotEquipment());
    const pitchDeg = (): number => {
      aboard.command(1, 512, 285);
      const [w = 0, , y = 0] = aboard.last(GimbalDeviceAttitudeStatus).q;
      return (2 * Math.atan2(y, w) * 180) / Math.PI;
    };
    aboard.command(1, 1000, -95, 0, Number.NaN, Number.NaN, 12, 0, 1);
    expect(aboard.run(1) && pitchDeg()).toBeCloseTo(-60, 0);
    expect(aboard.run(2) && pitchDeg()).toBeCloseTo(-90, 3);
    aboard.command(1, 1000, Number.NaN, Number.NaN, 10, 0, 12, 0, 1);
    expect(aboard.run(4) && pitchDeg()).toBeCloseTo(-50, 1);
  });

  test("heights of a region of interest: a COMMAND_INT's by its frame, a COMMAND_LONG's above home", () => {
    const aboard = new Aboard(ardupilotEquipment()).put({
      altitudeAmslM: 210,
      relativeAltitudeM: 60,
      headingDeg: 0,
    });
    const pitchDeg = (): number => {
      aboard.run(4).command(1, 512, 285);
      const [w = 0, , y = 0] = aboard.last(GimbalDeviceAttitudeStatus).q;
      return Math.round((2 * Math.atan2(y, w) * 180) / Math.PI);
    };
    const latDeg = 25.2809 + 60 / 111_319.49;
    aboard.command(1, 195, 0, 0, 0, 0, latDeg, 110.29, 0);
    expect(pitchDeg(), 'ground at home').toBe(-45);
    const place = { targetSystem: 1, targetComponent: 1, command: 195 };
    const at = { _param5: Math.round(latDeg * 1e7), _param6: 1_102_900_000, _param7: 210 };
    aboard.send(buildMessage(CommandInt, { ...place, ...at, frame: 0 }));
    expect(pitchDeg(), 'as high as the aircraft').toBe(0);
    aboard.send(buildMessage(CommandInt, { ...place, ...at, _param7: 0, frame: 6 }));
    expect(pitchDeg()).toBe(-45);
    expect(aboard.command(1, 197)).toBe(0);
  });

  test('by message, too; PX4 does not hear who has no control', () => {
    const points = (aboard: Aboard): boolean => {
      const pitchyaw = { targetSystem: 1, targetComponent: 1, gimbalDeviceId: 0, flags: 12 as number };
      const rates = { pitchRate: Number.NaN, yawRate: Number.NaN };
      aboard.send(buildMessage(GimbalManagerSetPitchyaw, { ...pitchyaw, ...rates, pitch: -0.5, yaw: 0 }));
      aboard.run(2).command(aboard.capabilities === 32n ? 154 : 1, 512, 285);
      return (aboard.last(GimbalDeviceAttitudeStatus).q[2] ?? 0) < -0.2;
    };
    expect(points(new Aboard(ardupilotEquipment()))).toBe(true);
    const px4 = new Aboard(px4Equipment());
    expect(points(px4)).toBe(false);
    expect(px4.command(1, 1000, -30, 0, Number.NaN, Number.NaN, 12, 0, 154)).toBe(2);
    expect(px4.command(1, 1001, -2, -2, -1, -1, 0, 0, 154)).toBe(0);
    expect(points(px4)).toBe(true);
  });
});

describe('camera', () => {
  const at100 = (aboard: Aboard, command: number, ...params: readonly number[]) =>
    aboard.command(100, command, ...params);

  test('answers in its own name, acknowledgement first', () => {
    const aboard = new Aboard(ardupilotEquipment());
    expect(at100(aboard, 512, 259)).toBe(0);
    expect(
      aboard.heard.slice(-2).map(({ message, componentId }) => [message.constructor.name, componentId]),
    ).toEqual([
      ['CommandAck', 100],
      ['CameraInformation', 100],
    ]);
    expect(at100(aboard, 512, 30), 'a message of the autopilot').toBe(2);
    expect(at100(aboard, 512, 269, 2), 'no second stream').toBe(2);
    expect(at100(aboard, 512, 269, 1)).toBe(0);
    expect(aboard.last(VideoStreamInformation)).toMatchObject({
      count: 1,
      uri: 'rtsp://127.0.0.1:8554/sim/1',
    });
  });

  test('one photo for one number; busy while exposing; nothing without room on the card', () => {
    const aboard = new Aboard(ardupilotEquipment());
    expect(at100(aboard, 2000, 0, 0, 1, 41)).toBe(0);
    expect(at100(aboard, 2000, 0, 0, 1, 41), 'the same again').toBe(0);
    expect(at100(aboard, 2000, 0, 0, 1, 42), 'busy').toBe(1);
    aboard.run(1);
    expect(aboard.all(CameraImageCaptured).map(({ imageIndex }) => imageIndex)).toEqual([0]);
    expect(at100(aboard, 512, 263, 0), 'asked for again').toBe(0);
    expect(at100(aboard, 512, 263, 1), 'not taken yet').toBe(2);
    expect(at100(aboard, 2500, 0, 0)).toBe(0);
    aboard.run(2).command(100, 512, 262);
    expect(aboard.last(CameraCaptureStatus).availableCapacity).toBeCloseTo(64_000 - 8 - 2, 0);
    expect(at100(aboard, 526, 1, 1), 'not while recording').toBe(1);
    expect(at100(aboard, 2501)).toBe(0);
    expect(at100(aboard, 526, 1, 1, 1)).toBe(0);
    aboard.command(100, 512, 262);
    expect(aboard.last(CameraCaptureStatus)).toMatchObject({ availableCapacity: 64_000, imageCount: 0 });
  });

  test('the camera items of a mission do the same, and a distance triggers', () => {
    const aboard = new Aboard(ardupilotEquipment());
    expect(aboard.missionItem(item(2000, { param3: 1, param4: 1 }))).toBe(true);
    aboard.run(1).missionItem(item(2000, { param3: 1, param4: 1 }));
    aboard.run(1);
    expect(aboard.all(CameraImageCaptured), 'two items, two images').toHaveLength(2);
    aboard.missionItem(item(206, { param1: 20 }));
    for (let metres = 0; metres <= 100; metres += 2) {
      aboard.put({ latDeg: 25.2809 + (metres * 1.001) / 111_319.49 }).run(0.4);
    }
    aboard.run(1);
    expect(aboard.all(CameraImageCaptured), 'at 0, 20, 40 … 100 m').toHaveLength(2 + 6);
    aboard.missionItem(item(206, { param1: 0 }));
    expect(aboard.missionItem(item(16)), 'no item of a payload').toBe(false);
    expect(aboard.missionItem(item(181, { param1: 0, param2: 1 }))).toBe(true);
    aboard.command(1, 512, 376);
    expect(aboard.last(RelayStatus).on).toBe(1);
  });
});
