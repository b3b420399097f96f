import { decodeById } from '../../firmware-bridge/codec/decoder.ts';
import type { Frame } from '../../firmware-bridge/codec/framer.ts';
import type { Autopilot } from '../autopilot/autopilot.ts';
import type { Channel } from '../autopilot/channel.ts';

/** One way in and out of an aircraft. Opened by the fleet, which also closes it. */
export interface VehicleEndpoint {
  /** Idempotent; resolves when the socket is gone. */
  close(): Promise<void>;
  /** Housekeeping in the fleet's tick: forgets peers that fell silent. */
  tick(nowMs: number): void;
}

/** Gives every frame that the codec knows to the autopilot and sends what it answers. */
export function deliverFrames(
  autopilot: Autopilot,
  channel: Channel,
  frames: readonly Frame[],
  nowMs: number,
): void {
  for (const frame of frames) {
    const message = decodeById(frame);
    if (message !== null) autopilot.handle(message, frame.systemId, frame.componentId, channel, nowMs);
  }
  autopilot.flush();
}
