import { MavLinkProtocolV2 } from 'node-mavlink';
import { messageClassOf } from './checksum.ts';
import type { Frame } from './framer.ts';
import type { MavLinkData, MavLinkDataConstructor } from './messages.ts';

/**
 * Frames to messages, only when somebody asks: most frames of a busy link are read by nobody.
 *
 * MAVLink 2 cuts trailing zeros off a payload, and an older sender knows fewer extension fields; both are read as
 * zeros. The padded copy sits in one scratch buffer: the library copies every value out of it at once.
 */
const protocol = new MavLinkProtocolV2();
const scratch = Buffer.alloc(255);

/** Never throws for a frame that a framer delivered: any payload is a value of any message. */
export function decode<T extends MavLinkData>(frame: Frame, messageClass: MavLinkDataConstructor<T>): T {
  const payload = frame.payload;
  payload.copy(scratch);
  scratch.fill(0, payload.length);
  return protocol.data(scratch, messageClass);
}

/** The message of a frame by its id; null when the id is unknown. `instanceof` tells the class. */
export function decodeById(frame: Frame): MavLinkData | null {
  const messageClass = messageClassOf(frame.messageId);
  return messageClass === null ? null : decode(frame, messageClass);
}

const utf8 = new TextDecoder('utf-8');

/**
 * Text of a char[] field. The library reads each byte as one Latin-1 character; vehicles send UTF-8 (PX4 and
 * companions send Chinese). Bytes that are no UTF-8 become U+FFFD; it never throws.
 */
export function textOf(latin1: string): string {
  return utf8.decode(Buffer.from(latin1, 'latin1'));
}
