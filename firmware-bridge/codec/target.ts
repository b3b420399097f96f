import { messageClassOf } from './checksum.ts';
import type { Frame } from './framer.ts';

/**
 * Whom a frame is for, read from its bytes without decoding it. 0: everybody, also when the message has no such
 * field, when its id is unknown, or when MAVLink 2 cut the field off because it is zero.
 */
export function targetSystemOf(frame: Frame): number {
  const offset = offsetOf(frame.messageId);
  return offset < 0 ? 0 : (frame.payload[offset] ?? 0);
}

const offsets = new Map<number, number>();

function offsetOf(messageId: number): number {
  const known = offsets.get(messageId);
  if (known !== undefined) return known;
  // MANUAL_CONTROL calls it `target`; in other messages that word means something else.
  const field = messageClassOf(messageId)?.FIELDS.find(
    ({ source, type }) =>
      source === 'target_system' || (messageId === 69 && source === 'target' && type === 'uint8_t'),
  );
  const offset = field?.offset ?? -1;
  // Ids come from the network: only those with a class are kept.
  if (messageClassOf(messageId) !== null) offsets.set(messageId, offset);
  return offset;
}
