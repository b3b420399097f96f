import type { MavLinkData } from '../../firmware-bridge/codec/messages.ts';
import type { MissionItem } from '../../missions/mission-item.ts';
import type { FaultKind, VehicleFault } from '../faults/model.ts';
import type { Channel } from './channel.ts';
import type { AircraftTruth, ExecutedCommand } from './truth.ts';

/** A payload command of the mission that was executed (camera, relay, gimbal). */
export interface PayloadCommand {
  readonly atS: number;
  readonly seq: number;
  readonly item: MissionItem;
}

/**
 * One simulated aircraft behind its sockets, whatever autopilot it plays: messages in, messages out on its channels.
 * It has no timers and no clock of its own; the fleet gives it both.
 */
export interface SimulatedVehicle {
  readonly systemId: number;
  readonly truth: AircraftTruth;
  /** Every command that arrived, oldest first (the newest 5,000). */
  readonly commands: readonly ExecutedCommand[];
  readonly payloadCommands: readonly PayloadCommand[];
  /** What it really holds; MAV_MISSION_TYPE 0 mission, 1 fence, 2 rally. ArduPilot's mission has the home slot. */
  stored(type: 0 | 1 | 2): readonly MissionItem[];

  /** A new link; `transmit` gets whole frames, several at a time. */
  openChannel(transmit: (bytes: Buffer) => void): Channel;
  closeChannel(channel: Channel): void;
  /** One step of simulated time, at most 0.05 s. Telemetry that became due waits on the channels. */
  step(dtS: number): void;
  /** Timers of the protocols, in wall time: a sped-up simulation must not give up on a real client sooner. */
  tickProtocol(wallMs: number): void;
  /** Sends what waits on the channels. */
  flush(): void;
  /** A message that arrived on one channel. */
  handle(message: MavLinkData, systemId: number, componentId: number, channel: Channel, wallMs: number): void;

  /** @returns false when this aircraft has nothing that could fail so. */
  inject(fault: VehicleFault): boolean;
  /** Ends a fault that lasts; nothing happens when there is none. */
  clearFault(kind: FaultKind): void;
  /** @throws RangeError when it has no such parameter. */
  setParameter(name: string, value: number): void;
}
