import { textOf } from '../codec/decoder.ts';
import type { StatusText } from '../codec/messages.ts';

/**
 * Joins STATUSTEXT chunks: texts longer than 50 bytes come in pieces with one id. The bytes are joined before they
 * are read as UTF-8, because a piece may end inside a character. A piece that stays out is marked, not waited for.
 */
export interface JoinedText {
  readonly severity: number;
  readonly text: string;
}

interface Pending {
  readonly severity: number;
  readonly chunks: Map<number, string>;
  lastChunk: number | null;
  readonly sinceMs: number;
}

const CHUNK_BYTES = 50;
const PATIENCE_MS = 1_000;
const MAX_PENDING = 8;
const MISSING = '…';

export class StatusTextJoiner {
  readonly #pending = new Map<number, Pending>();

  /** Texts that are complete now, oldest first. */
  push(message: StatusText, nowMs: number): readonly JoinedText[] {
    const isWhole = message.id === 0 || (message.chunkSeq === 0 && message.text.length < CHUNK_BYTES);
    if (isWhole) return [{ severity: message.severity, text: tidy(textOf(message.text)) }];
    const done: JoinedText[] = [];
    let pending = this.#pending.get(message.id);
    if (pending === undefined) {
      if (this.#pending.size >= MAX_PENDING) done.push(...this.flush(Number.POSITIVE_INFINITY));
      pending = { severity: message.severity, chunks: new Map(), lastChunk: null, sinceMs: nowMs };
      this.#pending.set(message.id, pending);
    }
    pending.chunks.set(message.chunkSeq, message.text);
    if (message.text.length < CHUNK_BYTES) pending.lastChunk = message.chunkSeq;
    if (pending.lastChunk !== null && pending.chunks.size > pending.lastChunk) {
      this.#pending.delete(message.id);
      done.push(join(pending));
    }
    return done;
  }

  /** Texts that waited a second for a piece, with a mark where it is missing. Call now and then. */
  flush(nowMs: number): readonly JoinedText[] {
    const done: JoinedText[] = [];
    for (const [id, pending] of this.#pending) {
      if (nowMs - pending.sinceMs < PATIENCE_MS) continue;
      this.#pending.delete(id);
      done.push(join(pending));
    }
    return done;
  }
}

function join(pending: Pending): JoinedText {
  const last = pending.lastChunk ?? Math.max(...pending.chunks.keys());
  let text = '';
  let run = '';
  for (let chunk = 0; chunk <= last; chunk++) {
    const piece = pending.chunks.get(chunk);
    if (piece !== undefined) run += piece;
    else {
      text += textOf(run) + MISSING;
      run = '';
    }
  }
  return { severity: pending.severity, text: tidy(text + textOf(run)) };
}

/** PX4 ends its texts with a tab. */
function tidy(text: string): string {
  return text.trim();
}
