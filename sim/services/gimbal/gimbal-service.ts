import {
  buildMessage,
  GimbalDeviceAttitudeStatus,
  GimbalManagerInformation,
  GimbalManagerSetAttitude,
  GimbalManagerSetPitchyaw,
  GimbalManagerStatus,
  Heartbeat,
  type MavLinkData,
} from '../../../firmware-bridge/codec/messages.ts';
import type { MissionItem } from '../../../missions/mission-item.ts';
import type { VehicleFault } from '../../faults/model.ts';
import { type Command, RESULT } from '../../vehicle/command.ts';
import type { OnboardHost, OnboardService } from '../../vehicle/onboard-service.ts';
import { AUTOPILOT_COMPONENT, type Peer } from '../../vehicle/outbox.ts';
import { MessageIntervals } from '../message-intervals.ts';
import { GIMBAL_COMMAND, type Order, orderOf, orderOfItem, pitchYawOrder } from './gimbal-commands.ts';
import { configuredHolder, type Holder, isSame, NOBODY } from './gimbal-control.ts';
import { GIMBAL_LIMITS, GimbalMount } from './gimbal-mount.ts';
import { quaternionOf, wrapPi } from './rotation.ts';

/**
 * Gimbal protocol v2. The manager is the autopilot (component 1) with both.
 * ArduPilot (AP_Mount_Backend.cpp, asked, 4.7-dev with a servo gimbal): device 1, which has no component of its own;
 * the autopilot tells its attitude. Pointing needs no control. PX4 (gimbal/input_mavlink.cpp): a MAVLink gimbal with
 * component 154, which tells its attitude itself and leaves its number 0; who has no control is denied.
 */
export type GimbalStyle = 'ardupilot' | 'px4';

const GIMBAL_COMPONENT = 154;
const DEVICE_ID: Readonly<Record<GimbalStyle, number>> = { ardupilot: 1, px4: GIMBAL_COMPONENT };
/** GIMBAL_DEVICE_FLAGS. */
const FLAG = { RETRACT: 1, NEUTRAL: 2, LEVEL: 4 | 8, YAW_LOCK: 16, FROM_NOSE: 32, FROM_NORTH: 64 } as const;
/** GIMBAL_MANAGER_CAP_FLAGS: pitch and yaw, follow and lock, retract, neutral, RC, places. PX4 tells fewer. */
const CAPABILITIES: Readonly<Record<GimbalStyle, number>> = {
  ardupilot: 0x3_27e3,
  px4: 2 | 8 | 0x20 | 0x80 | 0x100 | 0x200 | 0x400 | 0x2_0000,
};
const REQUEST_MESSAGE = 512;
const SET_MESSAGE_INTERVAL = 511;
const MAV_TYPE_GIMBAL = 26;
const HEARTBEAT_S = 1;
const DEG = 180 / Math.PI;
/** Always the same one: built once for the whole fleet. */
const HEARTBEAT = buildMessage(Heartbeat, {
  type: MAV_TYPE_GIMBAL,
  autopilot: 8,
  systemStatus: 4,
  mavlinkVersion: 3,
});

/** An on-board service that the camera on it asks where it looks. */
export interface GimbalService extends OnboardService {
  /** Roll, pitch from the horizon, yaw from north; radians. */
  orientation(): { readonly roll: number; readonly pitch: number; readonly yaw: number };
}

export function gimbalService(host: OnboardHost, style: GimbalStyle): GimbalService {
  const mount = new GimbalMount();
  const intervals = new MessageIntervals();
  const isPx4 = style === 'px4';
  let holder: Holder = NOBODY;
  let nowS = 0;
  let heartbeatDueS = 0;

  /** An ArduPilot with MNT1_TYPE 0 has none; then the nose turns to a region of interest, which is the flight's matter. */
  const isThere = () => isPx4 || (host.parameter('MNT1_TYPE') ?? 1) !== 0;
  const bootMs = () => Math.round(host.truth().timeS * 1000);
  const carrier = () => {
    const { latDeg, lonDeg, altitudeAmslM } = host.truth();
    return { latDeg, lonDeg, altitudeAmslM, yawRad: host.attitudeRad().yaw };
  };

  function deviceFlags(): number {
    const { kind } = mount.target;
    const rest = kind === 'retracted' ? FLAG.RETRACT : kind === 'neutral' ? FLAG.NEUTRAL : 0;
    const frame = isPx4 && mount.isLocked ? FLAG.FROM_NORTH : FLAG.FROM_NOSE;
    return rest | FLAG.LEVEL | (mount.isLocked ? FLAG.YAW_LOCK : 0) | frame;
  }

  function information(): GimbalManagerInformation {
    return buildMessage(GimbalManagerInformation, {
      timeBootMs: bootMs(),
      capFlags: CAPABILITIES[style] as number,
      gimbalDeviceId: DEVICE_ID[style],
      rollMin: 0,
      rollMax: 0,
      pitchMin: GIMBAL_LIMITS.pitchMin,
      pitchMax: GIMBAL_LIMITS.pitchMax,
      yawMin: GIMBAL_LIMITS.yawMin,
      yawMax: GIMBAL_LIMITS.yawMax,
    });
  }

  function status(): GimbalManagerStatus {
    // ArduPilot's word about yaw lock here is its RC pilot's, who is not there.
    const flags = isPx4 ? deviceFlags() : FLAG.LEVEL;
    return buildMessage(GimbalManagerStatus, {
      timeBootMs: bootMs(),
      flags: flags as number,
      gimbalDeviceId: DEVICE_ID[style],
      primaryControlSysid: holder.systemId,
      primaryControlCompid: holder.componentId,
    });
  }

  function attitude(): GimbalDeviceAttitudeStatus {
    const flags = deviceFlags();
    const heading = host.attitudeRad().yaw;
    const yaw = (flags & FLAG.FROM_NORTH) === 0 ? mount.yaw : wrapPi(mount.yaw + heading);
    return buildMessage(GimbalDeviceAttitudeStatus, {
      timeBootMs: bootMs(),
      flags: flags as number,
      q: [...quaternionOf(0, mount.pitch, yaw)],
      angularVelocityX: Number.NaN,
      angularVelocityY: Number.NaN,
      angularVelocityZ: Number.NaN,
      deltaYaw: isPx4 ? wrapPi(heading) : Number.NaN,
      deltaYawVelocity: Number.NaN,
      // A gimbal that is a component of its own leaves its number 0.
      gimbalDeviceId: isPx4 ? 0 : DEVICE_ID[style],
    });
  }

  function obey(order: Order): number {
    if (order.kind === 'aim') mount.aim(order.target);
    else if (order.kind === 'hold') mount.hold();
    return order.kind === 'invalid' ? RESULT.FAILED : RESULT.ACCEPTED;
  }

  function configure({ params }: Command, from: Holder): number {
    const before = holder;
    const { systemId, componentId } = from;
    const configured = configuredHolder(holder, [params[0], params[1]], { systemId, componentId });
    holder = configured.holder;
    if (!isSame(before, holder)) host.broadcast(status(), AUTOPILOT_COMPONENT);
    return configured.result;
  }

  /** `deviceId` 0 means every gimbal. */
  function isOurs(deviceId: number): boolean {
    return isPx4 || deviceId === 0 || deviceId === DEVICE_ID[style];
  }

  function mayPoint(from: Holder): boolean {
    return !isPx4 || isSame(holder, from);
  }

  function deviceCommand({ command, params }: Command, from: Peer): number {
    if (params[0] !== GimbalDeviceAttitudeStatus.MSG_ID) return RESULT.UNSUPPORTED;
    if (command === REQUEST_MESSAGE) host.broadcast(attitude(), GIMBAL_COMPONENT);
    else if (command === SET_MESSAGE_INTERVAL) intervals.set(from.channelId, params[0], params[1], nowS);
    else return RESULT.UNSUPPORTED;
    return RESULT.ACCEPTED;
  }

  return {
    name: 'gimbal',
    componentIds: isPx4 ? [GIMBAL_COMPONENT] : [],
    orientation: () => ({ roll: 0, pitch: mount.pitch, yaw: wrapPi(mount.yaw + host.attitudeRad().yaw) }),
    handle(message: MavLinkData, from: Peer): boolean {
      if (message instanceof GimbalManagerSetPitchyaw && isThere()) {
        const { gimbalDeviceId, pitch, yaw, pitchRate, yawRate, flags } = message;
        const angles = {
          pitchDeg: pitch * DEG,
          yawDeg: yaw * DEG,
          pitchDps: pitchRate * DEG,
          yawDps: yawRate * DEG,
        };
        // Nothing answers a message: who is not allowed is not heard.
        if (isOurs(gimbalDeviceId) && mayPoint(from))
          obey(pitchYawOrder({ ...angles, flags: Number(flags) }));
        return true;
      }
      // Attitudes and rates in three axes are for joysticks that we have not; known, and not obeyed.
      return message instanceof GimbalManagerSetAttitude;
    },
    command(command: Command, targetComponent: number, from: Peer): number | null {
      if (targetComponent === GIMBAL_COMPONENT) return deviceCommand(command, from);
      if (targetComponent > AUTOPILOT_COMPONENT || !isThere()) return null;
      if (command.command === GIMBAL_COMMAND.CONFIGURE) {
        return isOurs(command.tail[2]) ? configure(command, from) : RESULT.FAILED;
      }
      if (command.command === GIMBAL_COMMAND.PITCHYAW) {
        if (!isOurs(command.tail[2])) return RESULT.FAILED;
        if (!mayPoint(from)) return RESULT.DENIED;
      }
      const order = orderOf(command, host.truth(), isPx4);
      return order === null ? null : obey(order);
    },
    missionItem(_seq: number, item: MissionItem): boolean {
      if (!isThere()) return false;
      const order = orderOfItem(item, host.truth(), isPx4);
      if (order !== null) obey(order);
      return order !== null;
    },
    telemetry(messageId: number): MavLinkData | null {
      if (!isThere()) return null;
      if (messageId === GimbalManagerInformation.MSG_ID) return information();
      if (messageId === GimbalManagerStatus.MSG_ID) return status();
      return messageId === GimbalDeviceAttitudeStatus.MSG_ID && !isPx4 ? attitude() : null;
    },
    step(dtS: number): void {
      nowS += dtS;
      mount.step(dtS, carrier);
      if (!isPx4) return;
      if (!intervals.isEmpty) {
        intervals.emitDue(nowS, (channelId) => host.send({ channelId }, attitude(), GIMBAL_COMPONENT));
      }
      if (nowS < heartbeatDueS) return;
      heartbeatDueS = nowS + HEARTBEAT_S;
      host.broadcast(HEARTBEAT, GIMBAL_COMPONENT);
    },
    rebooted(): void {
      // The manager forgets; a gimbal of its own power stays where it is.
      holder = NOBODY;
    },
    fault(fault: VehicleFault, isActive: boolean): boolean {
      if (fault.kind !== 'stuck-payload') return false;
      mount.setStuck(isActive);
      return true;
    },
  };
}
