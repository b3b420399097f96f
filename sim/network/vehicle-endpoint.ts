import { decodeById } from '../../firmware-bridge/codec/decoder.ts';
import type { Frame } from '../../firmware-bridge/codec/framer.ts';
import type { Channel } from '../vehicle/channel.ts';
import type { SimulatedVehicle } from '../vehicle/simulated-vehicle.ts';

/** One way in and out of an aircraft. Opened by the fleet, which also closes it. */
export interface VehicleEndpoint {
  /** Idempotent; resolves when the socket is gone. */
  close(): Promise<void>;
  /** Housekeeping in the fleet's tick: forgets peers that fell silent. */
  tick(nowMs: number): void;
}

/** Gives every frame that the codec knows to the vehicle and sends what it answers. */
export function deliverFrames(
  vehicle: SimulatedVehicle,
  channel: Channel,
  frames: readonly Frame[],
  nowMs: number,
): void {
  for (const frame of frames) {
    const message = decodeById(frame);
    if (message !== null) vehicle.handle(message, frame.systemId, frame.componentId, channel, nowMs);
  }
  vehicle.flush();
}
