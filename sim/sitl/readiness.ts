import { textOf } from '../../firmware-bridge/codec/decoder.ts';
import {
  EkfStatusFlags,
  EkfStatusReport,
  GpsFixType,
  GpsRawInt,
  Heartbeat,
  HomePosition,
  MavAutopilot,
  type MavLinkData,
  MavState,
  MavSysStatusSensor,
  StatusText,
  SysStatus,
} from '../../firmware-bridge/codec/messages.ts';

/**
 * How far an autopilot has come, by what it says itself (pure; one per vehicle):
 *
 *   silent ─HEARTBEAT─► booting ─STANDBY─► gps ─3D fix─► estimate ─position, home─► prearm ─bit set─► ready
 *
 * ArduPilot's pre-arm bit may be set before there is a position (arming then answers "Need Position Estimate"), so both
 * are asked of it. PX4 has no EKF_STATUS_REPORT: its pre-arm bit stands for all of its checks, and nothing that it
 * watches may be unhealthy.
 */
export const READY_STAGES = ['silent', 'booting', 'gps', 'estimate', 'prearm', 'ready'] as const;
export type ReadyStage = (typeof READY_STAGES)[number];

export interface Readiness {
  readonly autopilot: 'ardupilot' | 'px4' | 'other' | null;
  readonly booted: boolean;
  readonly hasFix: boolean;
  readonly hasHome: boolean;
  /** ArduPilot's filter has an absolute horizontal position. */
  readonly hasPosition: boolean;
  readonly prearmHealthy: boolean;
  /** What is watched and unhealthy, in the words of SYS_STATUS. */
  readonly failing: readonly string[];
  /** The newest reason that it gave for not being ready; null when it gave none. */
  readonly said: string | null;
}

export const NOTHING_HEARD: Readiness = {
  autopilot: null,
  booted: false,
  hasFix: false,
  hasHome: false,
  hasPosition: false,
  prearmHealthy: false,
  failing: [],
  said: null,
};

/** A vehicle's component 1 only: its cameras and gimbals say HEARTBEAT too. */
export function reduceReadiness(before: Readiness, message: MavLinkData): Readiness {
  if (message instanceof Heartbeat) {
    const booted = message.systemStatus >= MavState.STANDBY && message.systemStatus <= MavState.ACTIVE;
    return { ...before, autopilot: autopilotOf(message.autopilot), booted };
  }
  if (message instanceof GpsRawInt)
    return { ...before, hasFix: message.fixType >= GpsFixType.GPS_FIX_TYPE_3D_FIX };
  if (message instanceof HomePosition) return { ...before, hasHome: true };
  if (message instanceof EkfStatusReport) {
    const absolute = (message.flags & EkfStatusFlags.POS_HORIZ_ABS) !== 0;
    return { ...before, hasPosition: absolute && (message.flags & EkfStatusFlags.CONST_POS_MODE) === 0 };
  }
  if (message instanceof SysStatus) return { ...before, ...healthOf(message) };
  if (message instanceof StatusText) {
    const text = textOf(message.text).replaceAll('\0', '');
    return /^(PreArm|Arm|Preflight Fail)\b/i.test(text) ? { ...before, said: text } : before;
  }
  return before;
}

export function readyStage(state: Readiness): ReadyStage {
  if (state.autopilot === null) return 'silent';
  if (!state.booted) return 'booting';
  if (!state.hasFix) return 'gps';
  if (!state.hasHome) return 'estimate';
  if (state.autopilot === 'ardupilot' && !state.hasPosition) return 'estimate';
  if (!state.prearmHealthy) return 'prearm';
  return state.autopilot === 'px4' && state.failing.length > 0 ? 'prearm' : 'ready';
}

/** A line for people: what it is waiting for. */
export function describeStage(state: Readiness): string {
  switch (readyStage(state)) {
    case 'silent':
      return 'starting, no heartbeat yet';
    case 'booting':
      return 'booting';
    case 'gps':
      return 'waiting for a GPS fix';
    case 'estimate':
      return 'GPS fix; waiting for its position estimate';
    case 'prearm': {
      const reasons = [...state.failing, ...(state.said === null ? [] : [`"${state.said}"`])];
      return `position estimate; waiting for its pre-arm checks${reasons.length === 0 ? '' : ` (${reasons.join(', ')})`}`;
    }
    case 'ready':
      return 'ready';
  }
}

function autopilotOf(autopilot: number): Readiness['autopilot'] {
  if (autopilot === MavAutopilot.ARDUPILOTMEGA) return 'ardupilot';
  return autopilot === MavAutopilot.PX4 ? 'px4' : 'other';
}

const PREARM = MavSysStatusSensor.PREARM_CHECK;
/** The pre-arm bit itself, and the sign that a second word of bits follows. */
const NOT_SENSORS = PREARM | 0x8000_0000;

function healthOf(status: SysStatus): Pick<Readiness, 'prearmHealthy' | 'failing'> {
  const watched = status.onboardControlSensorsPresent & status.onboardControlSensorsEnabled;
  const unhealthy = watched & ~status.onboardControlSensorsHealth & ~NOT_SENSORS;
  const names = Array.from({ length: 31 }, (_, bit) => 1 << bit)
    .filter((bit) => (unhealthy & bit) !== 0)
    .map((bit) => (MavSysStatusSensor[bit] ?? `sensor ${bit}`).replace(/^SENSOR_/, '').toLowerCase());
  return { prearmHealthy: (status.onboardControlSensorsHealth & PREARM) !== 0, failing: names };
}
