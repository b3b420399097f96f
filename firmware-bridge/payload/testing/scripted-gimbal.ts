import {
  buildMessage,
  CommandAck,
  CommandInt,
  CommandLong,
  GimbalDeviceAttitudeStatus,
  GimbalManagerInformation,
  GimbalManagerStatus,
  MavCmd,
  type MavLinkData,
} from '../../codec/messages.ts';
import { quaternionOf } from '../gimbal/orientation.ts';
import type { LivePort, Peer } from './live-port.ts';

/** A gimbal manager with one device, after the gimbal protocol's text; misbehaviour by switches. */
export interface GimbalBehaviour {
  /** 1–6: the autopilot's own. */
  deviceId: number;
  capFlags: number;
  /** Degrees. */
  pitch: readonly [number, number];
  yaw: readonly [number, number];
  /** Sends no attitude. */
  blind: boolean;
  /** Gives control to nobody but its holder. */
  stubborn: boolean;
  /** Refuses to be pointed by who has no control, as PX4 does. */
  strict: boolean;
  /** Takes commands and does not move. */
  stuck: boolean;
  failureFlags: number;
  degPerS: number;
  /** Which frame its attitude is told in. */
  frame: 'vehicle' | 'north';
}

const OURS = { systemId: 245, componentId: 190 };
/** Nose to the east. */
export const NOSE_DEG = 90;

export class ScriptedGimbal implements Peer {
  readonly componentId: number;
  readonly behaviour: GimbalBehaviour;
  readonly received: (CommandLong | CommandInt)[] = [];
  holder = { systemId: 0, componentId: 0 };
  pitchDeg = 0;
  /** From the nose. */
  yawDeg = 0;
  flags = 12;
  roi: { readonly x: number; readonly y: number; readonly z: number; readonly frame: number } | null = null;
  #target = { pitchDeg: 0, yawDeg: 0 };
  readonly #port: LivePort;

  constructor(port: LivePort, componentId: number, behaviour: Partial<GimbalBehaviour> = {}) {
    this.#port = port;
    this.componentId = componentId;
    this.behaviour = {
      deviceId: componentId,
      capFlags: 1 | 2 | 4 | 32 | 64 | 128 | 256 | 512 | 1024 | 131_072,
      pitch: [-90, 20],
      yaw: [-170, 170],
      blind: false,
      stubborn: false,
      strict: false,
      stuck: false,
      failureFlags: 0,
      degPerS: 60,
      frame: 'vehicle',
      ...behaviour,
    };
    const kind = componentId === 1 ? 'autopilot' : 'gimbal';
    port.join(this, {
      componentId,
      kind,
      mavType: componentId === 1 ? 2 : 26,
      lastHeardAtMs: port.clock.nowMs(),
    });
    this.#move();
  }

  receive(message: MavLinkData): void {
    if (message instanceof CommandInt) {
      this.received.push(message);
      this.roi = { x: message._param5, y: message._param6, z: message._param7, frame: message.frame };
      this.#ack(message.command, 0);
      return;
    }
    if (!(message instanceof CommandLong)) return;
    this.received.push(message);
    switch (message.command) {
      case MavCmd.REQUEST_MESSAGE:
        this.#ack(message.command, this.#tell(message._param1) ? 0 : 4);
        return;
      case MavCmd.DO_GIMBAL_MANAGER_CONFIGURE:
        this.#ack(message.command, 0);
        this.#configure(message._param1, message._param2);
        return;
      case MavCmd.DO_GIMBAL_MANAGER_PITCHYAW:
        if (this.behaviour.strict && this.holder.systemId !== OURS.systemId) this.#ack(message.command, 2);
        else {
          this.#ack(message.command, 0);
          this.#point(message);
        }
        return;
      case MavCmd.DO_SET_ROI_NONE:
        this.roi = null;
        this.#ack(message.command, 0);
        return;
      default:
        this.#ack(message.command, 3);
    }
  }

  #configure(systemId: number, componentId: number): void {
    if (systemId === -3) {
      if (this.holder.systemId === OURS.systemId) this.holder = { systemId: 0, componentId: 0 };
    } else if (systemId >= 0 && !(this.behaviour.stubborn && this.holder.systemId !== 0)) {
      this.holder = { systemId, componentId };
    }
    this.#tell(GimbalManagerStatus.MSG_ID);
  }

  #point(message: CommandLong): void {
    const flags = message._param5;
    this.flags = flags | (this.behaviour.frame === 'vehicle' ? 32 : 64);
    if ((flags & 3) !== 0) this.#target = { pitchDeg: (flags & 1) !== 0 ? -90 : 0, yawDeg: 0 };
    else if (!Number.isNaN(message._param1)) {
      const [min, max] = this.behaviour.pitch;
      const yawDeg = (flags & 16) !== 0 ? message._param2 - NOSE_DEG : message._param2;
      this.#target = { pitchDeg: Math.max(min, Math.min(max, message._param1)), yawDeg };
    }
  }

  #move(): void {
    const step = this.behaviour.stuck ? 0 : this.behaviour.degPerS / 10;
    const toward = (from: number, to: number): number =>
      Math.abs(to - from) <= step ? to : from + Math.sign(to - from) * step;
    this.pitchDeg = toward(this.pitchDeg, this.#target.pitchDeg);
    this.yawDeg = toward(this.yawDeg, this.#target.yawDeg);
    this.#port.clock.setTimer(() => this.#move(), 100);
  }

  #tell(messageId: number): boolean {
    const { deviceId, capFlags, pitch, yaw } = this.behaviour;
    const rad = (deg: number): number => (deg * Math.PI) / 180;
    if (messageId === GimbalManagerInformation.MSG_ID) {
      this.#send(
        buildMessage(GimbalManagerInformation, {
          capFlags: capFlags as number,
          gimbalDeviceId: deviceId,
          rollMin: rad(-30),
          rollMax: rad(30),
          pitchMin: rad(pitch[0]),
          pitchMax: rad(pitch[1]),
          yawMin: rad(yaw[0]),
          yawMax: rad(yaw[1]),
        }),
      );
      return true;
    }
    if (messageId === GimbalManagerStatus.MSG_ID) {
      this.#send(
        buildMessage(GimbalManagerStatus, {
          flags: this.flags as number,
          gimbalDeviceId: deviceId,
          primaryControlSysid: this.holder.systemId,
          primaryControlCompid: this.holder.componentId,
        }),
      );
      return true;
    }
    if (messageId !== GimbalDeviceAttitudeStatus.MSG_ID || this.behaviour.blind) return false;
    const yawDeg = this.behaviour.frame === 'north' ? this.yawDeg + NOSE_DEG : this.yawDeg;
    this.#send(
      buildMessage(GimbalDeviceAttitudeStatus, {
        flags: (this.flags | (this.behaviour.frame === 'north' ? 64 : 32)) as number,
        q: [...quaternionOf({ rollDeg: 0, pitchDeg: this.pitchDeg, yawDeg })],
        failureFlags: this.behaviour.failureFlags as number,
        deltaYaw: Number.NaN,
        // A MAVLink gimbal leaves its own number 0.
        gimbalDeviceId: deviceId > 6 ? 0 : deviceId,
      }),
    );
    return true;
  }

  #ack(command: number, result: number): void {
    this.#send(buildMessage(CommandAck, { command, result, targetSystem: 245, targetComponent: 190 }));
  }

  #send(message: MavLinkData): void {
    this.#port.hear(message, this.componentId);
  }
}
