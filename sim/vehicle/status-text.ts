import { buildMessage, StatusText } from '../../firmware-bridge/codec/messages.ts';

const CHUNK_BYTES = 50;

/**
 * STATUSTEXT messages of one text. What fits into 50 bytes goes with id 0; longer texts are cut into chunks with a
 * common id, and the last chunk ends with a zero byte (an empty one follows when the text fills the last exactly).
 */
export function statusTexts(severity: number, text: string, id: number): readonly StatusText[] {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= CHUNK_BYTES) return [chunk(severity, text, 0, 0)];
  const chunks: StatusText[] = [];
  let start = 0;
  while (start < bytes.length) {
    let end = Math.min(bytes.length, start + CHUNK_BYTES);
    // Never inside a character: each chunk is text of its own for a receiver that does not join them.
    while (end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
    chunks.push(chunk(severity, bytes.subarray(start, end).toString('utf8'), id, chunks.length));
    if (end === bytes.length && end - start === CHUNK_BYTES)
      chunks.push(chunk(severity, '', id, chunks.length));
    start = end;
  }
  return chunks;
}

function chunk(severity: number, text: string, id: number, chunkSeq: number): StatusText {
  return buildMessage(StatusText, { severity, text, id, chunkSeq });
}
