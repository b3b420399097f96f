import { MavCmd, MavFrame } from '../../codec/messages.ts';
import type { VehicleState } from '../../model.ts';
import type { CommandSpec, Confirmation } from '../../protocol/command.ts';
import type { GimbalState } from '../state.ts';
import { GIMBAL_FLAG, turnBetween, wrap180 } from './orientation.ts';

/** Gimbal commands (gimbal protocol v2), sent to the gimbal manager. */
const GIVE_UP_MS = 4_000;
const CONTROL_WITHIN_MS = 3_000;
/** Half a turn at 30°/s and a report. */
const POINTED_WITHIN_MS = 9_000;
/** Stabilised gimbals wander while the aircraft moves. */
const TOLERANCE_DEG = 3;
/** Looking straight down, which way is "yaw" hardly matters. */
const NEAR_VERTICAL_DEG = 80;
/** DO_GIMBAL_MANAGER_CONFIGURE. */
const LEAVE_UNCHANGED = -1;
const REMOVE_OURS = -3;

export interface Angle {
  /** From the horizon; up is positive. */
  readonly pitchDeg: number;
  /** `follow`: from the aircraft's nose; `lock`: from true north. Right is positive. */
  readonly yawDeg: number;
  readonly frame: 'follow' | 'lock';
}

export interface Place {
  readonly latDeg: number;
  readonly lonDeg: number;
  readonly altitudeAmslM: number;
}

export function takeControl(
  gimbal: GimbalState,
  us: { readonly systemId: number; readonly componentId: number },
): CommandSpec {
  return {
    ...toManager(gimbal, 'take gimbal control'),
    command: MavCmd.DO_GIMBAL_MANAGER_CONFIGURE,
    params: [us.systemId, us.componentId, LEAVE_UNCHANGED, LEAVE_UNCHANGED, 0, 0, gimbal.deviceId],
    confirm: {
      ...control(gimbal),
      expected: 'gimbal control',
      seen: (state) => gimbalIn(state, gimbal.gimbalId)?.control?.isOurs === true,
    },
  };
}

export function releaseControl(gimbal: GimbalState): CommandSpec {
  return {
    ...toManager(gimbal, 'release gimbal control'),
    command: MavCmd.DO_GIMBAL_MANAGER_CONFIGURE,
    params: [REMOVE_OURS, REMOVE_OURS, LEAVE_UNCHANGED, LEAVE_UNCHANGED, 0, 0, gimbal.deviceId],
    confirm: {
      ...control(gimbal),
      expected: 'gimbal control released',
      seen: (state) => gimbalIn(state, gimbal.gimbalId)?.control?.isOurs === false,
    },
  };
}

export function point(gimbal: GimbalState, angle: Angle): CommandSpec {
  const flags = HORIZON | (angle.frame === 'lock' ? GIMBAL_FLAG.YAW_LOCK : 0);
  return {
    ...toManager(gimbal, 'point gimbal'),
    command: MavCmd.DO_GIMBAL_MANAGER_PITCHYAW,
    params: [angle.pitchDeg, wrap180(angle.yawDeg), Number.NaN, Number.NaN, flags, 0, gimbal.deviceId],
    confirm: attitude(gimbal, {
      expected: `gimbal at pitch ${angle.pitchDeg}°, yaw ${angle.yawDeg}°`,
      seen: (state) => isAt(gimbalIn(state, gimbal.gimbalId), angle, gimbal),
    }),
  };
}

/** Turns until told otherwise; nothing reports a rate. */
export function turn(gimbal: GimbalState, pitchDps: number, yawDps: number): CommandSpec {
  return {
    ...toManager(gimbal, 'turn gimbal'),
    command: MavCmd.DO_GIMBAL_MANAGER_PITCHYAW,
    params: [Number.NaN, Number.NaN, pitchDps, yawDps, HORIZON, 0, gimbal.deviceId],
    confirm: null,
  };
}

export function rest(gimbal: GimbalState, where: 'neutral' | 'retracted'): CommandSpec {
  const flags = where === 'neutral' ? GIMBAL_FLAG.NEUTRAL : GIMBAL_FLAG.RETRACT;
  return {
    ...toManager(gimbal, `gimbal ${where}`),
    command: MavCmd.DO_GIMBAL_MANAGER_PITCHYAW,
    params: [Number.NaN, Number.NaN, Number.NaN, Number.NaN, flags, 0, gimbal.deviceId],
    confirm: attitude(gimbal, {
      expected: `gimbal ${where}`,
      seen: (state) => gimbalIn(state, gimbal.gimbalId)?.attitude?.hold === where,
    }),
  };
}

/**
 * A place on the map, height above mean sea level: PX4 ignores the frame and reads z so in any case. What the gimbal
 * then looks at is the place's matter; no message says "there".
 */
export function pointAtPlace(gimbal: GimbalState, place: Place): CommandSpec {
  return {
    ...toManager(gimbal, 'point gimbal at place'),
    command: MavCmd.DO_SET_ROI_LOCATION,
    params: [gimbal.deviceId, 0, 0, 0],
    place: {
      frame: MavFrame.GLOBAL,
      x: Math.round(place.latDeg * 1e7),
      y: Math.round(place.lonDeg * 1e7),
      z: place.altitudeAmslM,
    },
    confirm: null,
  };
}

export function leavePlace(gimbal: GimbalState): CommandSpec {
  return {
    ...toManager(gimbal, 'release gimbal from place'),
    command: MavCmd.DO_SET_ROI_NONE,
    params: [gimbal.deviceId],
    confirm: null,
  };
}

export function gimbalIn(state: VehicleState, gimbalId: string): GimbalState | null {
  return state.gimbals?.find((gimbal) => gimbal.gimbalId === gimbalId) ?? null;
}

export function holderInWords(gimbal: GimbalState | null): string {
  const control = gimbal?.control ?? null;
  if (control === null) return 'no gimbal manager status reported';
  if (control.holder === null) return 'nobody has gimbal control';
  const { systemId, componentId } = control.holder;
  return `gimbal control is with system ${systemId}, component ${componentId}`;
}

const HORIZON = GIMBAL_FLAG.ROLL_LOCK | GIMBAL_FLAG.PITCH_LOCK;

function toManager(
  gimbal: GimbalState,
  name: string,
): Pick<CommandSpec, 'name' | 'componentId' | 'commandClass' | 'giveUpMs' | 'persistent'> {
  return {
    name,
    componentId: gimbal.managerComponentId,
    // Pointing to an angle twice is pointing to it once; and so are a place, a rate and a holder.
    commandClass: 'idempotent',
    giveUpMs: GIVE_UP_MS,
    persistent: false,
  };
}

function control(gimbal: GimbalState): Omit<Confirmation, 'expected' | 'seen'> {
  return {
    observed: (state) => holderInWords(gimbalIn(state, gimbal.gimbalId)),
    reportedAtMs: (state) => gimbalIn(state, gimbal.gimbalId)?.control?.receivedAtMs ?? null,
    withinMs: CONTROL_WITHIN_MS,
  };
}

/** Null where the gimbal does not report how it stands: then the acknowledgement is all there is. */
function attitude(gimbal: GimbalState, what: Pick<Confirmation, 'expected' | 'seen'>): Confirmation | null {
  if (gimbal.attitude === null) return null;
  return {
    ...what,
    observed: (state) => {
      const seen = gimbalIn(state, gimbal.gimbalId)?.attitude ?? null;
      if (seen === null) return 'no gimbal attitude reported';
      const yaw =
        seen.yawFromNoseDeg === null ? 'unknown' : `${seen.yawFromNoseDeg.toFixed(0)}° from the nose`;
      const faults = seen.faults.length === 0 ? '' : `, ${seen.faults.join(', ')}`;
      return `gimbal ${seen.hold}, pitch ${seen.pitchDeg.toFixed(0)}°, yaw ${yaw}${faults}`;
    },
    reportedAtMs: (state) => gimbalIn(state, gimbal.gimbalId)?.attitude?.receivedAtMs ?? null,
    withinMs: POINTED_WITHIN_MS,
  };
}

function isAt(now: GimbalState | null, angle: Angle, gimbal: GimbalState): boolean {
  const seen = now?.attitude ?? null;
  if (seen === null || seen.hold === 'retracted' || seen.hold === 'neutral') return false;
  if (Math.abs(seen.pitchDeg - angle.pitchDeg) > TOLERANCE_DEG) return false;
  // A gimbal without a yaw axis looks where the nose points.
  if (!gimbal.capabilities.includes('yaw') || Math.abs(angle.pitchDeg) >= NEAR_VERTICAL_DEG) return true;
  const yawDeg = angle.frame === 'lock' ? seen.headingDeg : seen.yawFromNoseDeg;
  return yawDeg === null || turnBetween(yawDeg, angle.yawDeg) <= TOLERANCE_DEG;
}
