import { expect, test } from 'vitest';
import { buildMessage, GimbalDeviceAttitudeStatus, GimbalManagerInformation } from '../../codec/messages.ts';
import { GIMBAL_FLAG, quaternionOf } from './orientation.ts';
import { gimbalFrom, withAttitude } from './reduce-gimbal.ts';

const GIMBAL = gimbalFrom(buildMessage(GimbalManagerInformation, { gimbalDeviceId: 1 }), 1, 5, null);
const { YAW_IN_EARTH_FRAME, YAW_IN_VEHICLE_FRAME, YAW_LOCK } = GIMBAL_FLAG;
const NAN = Number.NaN;
const rad = (deg: number): number => (deg * Math.PI) / 180;

test.each([
  // flags, yaw in the message, delta yaw, aircraft's heading → from the nose, heading
  [YAW_IN_VEHICLE_FRAME, 30, NAN, 90, 30, 120],
  [YAW_IN_EARTH_FRAME, 30, NAN, 90, -60, 30],
  [YAW_LOCK, 30, NAN, 90, -60, 30],
  [YAW_LOCK | YAW_IN_VEHICLE_FRAME, 30, NAN, 90, 30, 120],
  // The message tells the frame's turn itself: better than the autopilot's heading of some moment.
  [YAW_IN_VEHICLE_FRAME, 30, rad(100), 90, 30, 130],
  [YAW_IN_EARTH_FRAME, 30, rad(100), 90, -70, 30],
  // 0 where the extension is not sent.
  [YAW_IN_VEHICLE_FRAME, 30, 0, 90, 30, 120],
  [YAW_IN_VEHICLE_FRAME, 170, NAN, 200, 170, 10],
  [YAW_IN_EARTH_FRAME, -170, NAN, 100, 90, 190],
  [YAW_IN_VEHICLE_FRAME, 30, NAN, null, 30, null],
  [YAW_IN_EARTH_FRAME, 30, NAN, null, null, 30],
])(
  'flags %i, yaw %i, delta %f, nose at %s: %s from the nose, heading %s',
  (flags, yawDeg, deltaYaw, noseDeg, fromNose, heading) => {
    const message = buildMessage(GimbalDeviceAttitudeStatus, {
      q: [...quaternionOf({ rollDeg: 0, pitchDeg: -20, yawDeg })],
      flags: flags as number,
      deltaYaw,
    });
    const { attitude } = withAttitude(GIMBAL, message, 7, noseDeg);
    const rounded = (deg: number | null | undefined) => (deg == null ? null : Math.round(deg));
    expect([rounded(attitude?.yawFromNoseDeg), rounded(attitude?.headingDeg)]).toEqual([fromNose, heading]);
    expect(attitude?.receivedAtMs).toBe(7);
  },
);

test.each([
  [{ pitchMin: -Math.PI / 2, pitchMax: 0.5 }, [-90, 28.65]],
  [{ pitchMin: 0, pitchMax: 0 }, null],
  [{ pitchMin: 1, pitchMax: -1 }, null],
  [{ pitchMin: Number.NaN, pitchMax: 1 }, null],
])('limits %j read as %j', (fields, range) => {
  const message = buildMessage(GimbalManagerInformation, { gimbalDeviceId: 1, ...fields });
  expect(gimbalFrom(message, 1, 0, null).pitchRangeDeg).toEqual(range);
});

test('a gimbal that manages itself and leaves its number out is its component', () => {
  const gimbal = gimbalFrom(buildMessage(GimbalManagerInformation, { gimbalDeviceId: 0 }), 154, 0, null);
  expect(gimbal.gimbalId).toBe('154/154');
});
