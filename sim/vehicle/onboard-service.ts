import type { MavLinkData } from '../../firmware-bridge/codec/messages.ts';
import type { MissionItem } from '../../missions/mission-item.ts';
import type { VehicleFault } from '../faults/model.ts';
import type { Command } from './command.ts';
import type { Peer } from './outbox.ts';
import type { AircraftTruth } from './truth.ts';

/** What an on-board service may do with the aircraft it is aboard of. */
export interface OnboardHost {
  readonly systemId: number;
  /** Seed of this aircraft; derive your own from it (prng.ts). */
  readonly seed: number;
  /** UTC in milliseconds at power-on. */
  readonly bootEpochMs: () => number;
  readonly truth: () => AircraftTruth;
  /** Roll, pitch, yaw of the airframe, radians. */
  readonly attitudeRad: () => { readonly roll: number; readonly pitch: number; readonly yaw: number };
  /** Value of a parameter, null when the aircraft does not have it. */
  readonly parameter: (name: string) => number | null;
  /** Names, values and MAV_PARAM_TYPE of all parameters. */
  readonly parameters: () => readonly {
    readonly name: string;
    readonly type: number;
    readonly value: number;
  }[];
  readonly stored: (type: 0 | 1 | 2) => readonly MissionItem[];
  /** To one peer, in the name of a component of the aircraft (1 autopilot, 100 camera, 154 gimbal …). */
  send(to: Pick<Peer, 'channelId'>, message: MavLinkData, componentId: number): void;
  /** To everybody. */
  broadcast(message: MavLinkData, componentId: number): void;
  /** STATUSTEXT of the autopilot. */
  text(severity: number, text: string): void;
}

/**
 * Something aboard besides flying: files, logs, terrain, camera, gimbal, Remote ID. Every method is optional but
 * `name`; the vehicle asks its services in order, and the first that takes a message or command ends the round.
 */
export interface OnboardService {
  readonly name: string;
  /** Component ids besides 1 in whose name it speaks; commands to them come here only. */
  readonly componentIds?: readonly number[];
  /** AUTOPILOT_VERSION capability bits that it adds (32 FTP, 512 terrain …). */
  readonly capabilities?: bigint;
  /** @returns true when the message was for it. `targetComponent` 0 means everybody. */
  handle?(message: MavLinkData, from: Peer, targetComponent: number, wallMs: number): boolean;
  /** @returns MAV_RESULT, or null when the command is not for it. */
  command?(command: Command, targetComponent: number, from: Peer): number | null;
  /** A mission item passed in flight; true when it does something with it. */
  missionItem?(seq: number, item: MissionItem): boolean;
  /** A message that it can send on request or at an interval (512, 511); null when it is not its own. */
  telemetry?(messageId: number): MavLinkData | null;
  /** What speaks against arming, in the autopilot's words ("PreArm: …"). */
  armingObjections?(): readonly string[];
  armed?(isArmed: boolean): void;
  /** Ground above sea level at a place, in metres; null where it is not known (yet). */
  terrainHeightM?(lonDeg: number, latDeg: number): number | null;
  /** Simulated time. */
  step?(dtS: number): void;
  /** Wall time, for protocol timers. */
  tick?(wallMs: number): void;
  rebooted?(): void;
  /** @returns true when this fault is one of its own. */
  fault?(fault: VehicleFault, isActive: boolean): boolean;
}

export type OnboardServiceFactory = (host: OnboardHost) => OnboardService;
