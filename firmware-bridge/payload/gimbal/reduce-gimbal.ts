import type {
  GimbalDeviceAttitudeStatus,
  GimbalManagerInformation,
  GimbalManagerStatus,
} from '../../codec/messages.ts';
import { floatOrNull } from '../../codec/unavailable.ts';
import type { GimbalAttitude, GimbalCapability, GimbalState } from '../state.ts';
import { eulerOf, GIMBAL_FLAG, wrap180, wrap360, yawFrameOf } from './orientation.ts';

/** From messages to `GimbalState`; pure. Times in epoch milliseconds. */

/** GIMBAL_MANAGER_CAP_FLAGS. */
const CAPABILITIES: readonly (readonly [bit: number, GimbalCapability])[] = [
  [1, 'retract'],
  [2, 'neutral'],
  [4, 'roll'],
  [32, 'pitch'],
  [128, 'pitch-lock'],
  [256, 'yaw'],
  [512, 'yaw-follow'],
  [1024, 'yaw-lock'],
  [2048, 'infinite-yaw'],
  [131_072, 'point-at-place'],
];

/** GIMBAL_DEVICE_ERROR_FLAGS, by bit. */
const FAULTS = [
  'at-roll-limit',
  'at-pitch-limit',
  'at-yaw-limit',
  'encoder',
  'power',
  'motor',
  'software',
  'communication',
  'calibrating',
  'no-manager',
] as const;

export function gimbalIdOf(managerComponentId: number, deviceId: number): string {
  return `${managerComponentId}/${deviceId}`;
}

/** Keeps control, attitude and aim of what was known before. */
export function gimbalFrom(
  message: GimbalManagerInformation,
  managerComponentId: number,
  atMs: number,
  before: GimbalState | null,
): GimbalState {
  // A gimbal that manages itself may leave its own number out.
  const deviceId = message.gimbalDeviceId === 0 ? managerComponentId : message.gimbalDeviceId;
  const flags = Number(message.capFlags);
  return {
    gimbalId: gimbalIdOf(managerComponentId, deviceId),
    managerComponentId,
    deviceId,
    capabilities: CAPABILITIES.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name),
    pitchRangeDeg: rangeOf(message.pitchMin, message.pitchMax),
    yawRangeDeg: rangeOf(message.yawMin, message.yawMax),
    infoReceivedAtMs: atMs,
    control: before?.control ?? null,
    attitude: before?.attitude ?? null,
    aim: before?.aim ?? null,
  };
}

export function withManagerStatus(
  gimbal: GimbalState,
  message: GimbalManagerStatus,
  atMs: number,
  us: { readonly systemId: number; readonly componentId: number },
): GimbalState {
  const { primaryControlSysid: systemId, primaryControlCompid: componentId } = message;
  const isOurs = systemId === us.systemId && componentId === us.componentId;
  return {
    ...gimbal,
    control: { holder: systemId === 0 ? null : { systemId, componentId }, isOurs, receivedAtMs: atMs },
  };
}

/**
 * @param vehicleHeadingDeg where the aircraft's nose points, for the frame that the message does not tell; null: not known
 */
export function withAttitude(
  gimbal: GimbalState,
  message: GimbalDeviceAttitudeStatus,
  atMs: number,
  vehicleHeadingDeg: number | null,
): GimbalState {
  const euler = eulerOf(message.q);
  if (euler === null) return gimbal;
  const flags = Number(message.flags);
  // delta_yaw: from the vehicle's frame to north (extension; 0 where it is not sent).
  const told = floatOrNull(message.deltaYaw);
  const noseDeg = told !== null && told !== 0 ? (told * 180) / Math.PI : vehicleHeadingDeg;
  const isFromNorth = yawFrameOf(flags) === 'north';
  const yawFromNoseDeg = isFromNorth ? (noseDeg === null ? null : euler.yawDeg - noseDeg) : euler.yawDeg;
  const headingDeg = isFromNorth ? euler.yawDeg : noseDeg === null ? null : euler.yawDeg + noseDeg;
  const attitude: GimbalAttitude = {
    rollDeg: euler.rollDeg,
    pitchDeg: euler.pitchDeg,
    yawFromNoseDeg: yawFromNoseDeg === null ? null : wrap180(yawFromNoseDeg),
    headingDeg: headingDeg === null ? null : wrap360(headingDeg),
    hold: holdOf(flags),
    faults: FAULTS.filter((_, bit) => (Number(message.failureFlags) & (1 << bit)) !== 0),
    receivedAtMs: atMs,
  };
  return { ...gimbal, attitude };
}

function holdOf(flags: number): GimbalAttitude['hold'] {
  if ((flags & GIMBAL_FLAG.RETRACT) !== 0) return 'retracted';
  if ((flags & GIMBAL_FLAG.NEUTRAL) !== 0) return 'neutral';
  return (flags & GIMBAL_FLAG.YAW_LOCK) !== 0 ? 'lock' : 'follow';
}

/** Radians in; NaN, zeros and a range the wrong way round are none. */
function rangeOf(min: number, max: number): readonly [number, number] | null {
  if (!Number.isFinite(min) || !Number.isFinite(max) || min >= max) return null;
  return [round((min * 180) / Math.PI), round((max * 180) / Math.PI)];
}

/** Floats of radians: −89.9999…° is meant as −90°. */
function round(deg: number): number {
  return Math.round(deg * 100) / 100;
}
