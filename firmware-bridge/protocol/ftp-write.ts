import { FtpNak, FtpOp, type FtpPacket, type FtpRefusal, ftpMessage, refusalOf } from './ftp-packet.ts';
import {
  BUSY_PATIENCE_MS,
  BUSY_RETRY_MS,
  FTP_PATIENCE_MS,
  type FtpAnswerInput,
  SEQ_LEAP,
} from './ftp-request.ts';
import type { CommonInput, Effect, Machine, Step, Target } from './step.ts';

/**
 * Writes one file. What is at the path before is gone from the first ACK on (CREATE truncates).
 *
 *   start ──CREATE──► opening ──ACK──► writing ──ACK──► … ──last ACK──► closing ──ACK──► written
 *                       ▲  │ NAK: busy, 3.5 s     │ silence: the same chunk again (it says where it belongs)
 *                       │  └──► refused           ├─ NAK out of space ──► no-space    ├─ other NAK ──► refused
 *                       └── OPEN for writing ◄────┘ session lost
 *   any ── 20 s without progress ──► no-progress        any ── cancel ──► terminate sent, cancelled
 *
 * `written` says only that every chunk was acknowledged; the CRC that the server computes afterwards proves it.
 */
export type FtpWriteOutcome =
  | { readonly kind: 'written' }
  | { readonly kind: 'refused'; readonly refusal: FtpRefusal }
  | { readonly kind: 'no-space'; readonly writtenBytes: number }
  | { readonly kind: 'busy'; readonly what: string }
  | { readonly kind: 'no-progress'; readonly afterMs: number }
  | { readonly kind: 'cancelled'; readonly by: string };

export interface FtpWriteProgress {
  readonly doneBytes: number;
}

export interface FtpWriteState {
  readonly phase: 'opening' | 'writing' | 'closing';
  readonly seq: number;
  readonly session: number;
  /** The file was made; from now on it is only opened again. */
  readonly created: boolean;
  readonly offset: number;
  readonly refusedSinceMs: number | null;
  readonly reopens: number;
  /** How often the present question was asked. */
  readonly asks: number;
  /** How long answers take, smoothed, of questions asked once; null: none came yet. */
  readonly answerMs: number | null;
  readonly progressAtMs: number;
}

/** Until it is known how quick the vehicle is; then four times that, within these. */
const RESEND_MS = 600;
const SHORTEST_RESEND_MS = 150;
const LONGEST_RESEND_MS = 2_000;
const MAX_FRUITLESS_REOPENS = 6;
const ENOSPC = 28;

type Result = Step<FtpWriteState, FtpWriteOutcome, FtpWriteProgress>;

export function ftpWriteMachine(
  target: Target,
  options: {
    readonly path: Uint8Array;
    readonly bytes: Uint8Array;
    readonly firstSeq: number;
    readonly session: number;
    readonly chunkBytes: number;
  },
): Machine<FtpWriteState, FtpAnswerInput, FtpWriteOutcome, FtpWriteProgress> {
  const { path, bytes, chunkBytes } = options;
  const initial: FtpWriteState = {
    phase: 'opening',
    seq: options.firstSeq & 0xffff,
    session: options.session,
    created: false,
    offset: 0,
    refusedSinceMs: null,
    reopens: 0,
    asks: 0,
    answerMs: null,
    progressAtMs: 0,
  };

  function ask(state: FtpWriteState): Result {
    return {
      state: { ...state, asks: state.asks + 1 },
      effects: [
        { kind: 'send', message: question(state) },
        { kind: 'startTimer', timer: 'resend', afterMs: resendMs(state) },
      ],
    };
  }

  function resendMs({ answerMs }: FtpWriteState): number {
    if (answerMs === null) return RESEND_MS;
    return Math.max(SHORTEST_RESEND_MS, Math.min(LONGEST_RESEND_MS, 4 * answerMs));
  }

  function question(state: FtpWriteState) {
    const { seq, session, offset } = state;
    switch (state.phase) {
      case 'opening': {
        const opcode = state.created ? FtpOp.openWrite : FtpOp.create;
        return ftpMessage(target, { seq, session, opcode, data: path });
      }
      case 'writing': {
        const data = bytes.subarray(offset, offset + chunkBytes);
        return ftpMessage(target, { seq, session, opcode: FtpOp.write, offset, data });
      }
      case 'closing':
        return ftpMessage(target, { seq, session, opcode: FtpOp.terminate });
    }
  }

  function advance(state: FtpWriteState, nowMs: number): Result {
    const phase = state.offset >= bytes.length ? 'closing' : 'writing';
    const took = nowMs - state.progressAtMs;
    const smoothed = state.answerMs === null ? took : state.answerMs + (took - state.answerMs) / 8;
    // An answer to a repeated question may be of either.
    const answerMs = state.asks === 1 ? smoothed : state.answerMs;
    const seq = (state.seq + 2) & 0xffff;
    const next = ask({ ...state, phase, seq, asks: 0, answerMs, reopens: 0, progressAtMs: nowMs });
    const effects: Effect<FtpWriteProgress>[] = [
      ...next.effects,
      { kind: 'startTimer', timer: 'no-progress', afterMs: FTP_PATIENCE_MS },
      { kind: 'progress', progress: { doneBytes: state.offset } },
    ];
    return { state: next.state, effects };
  }

  function over(state: FtpWriteState, outcome: FtpWriteOutcome): Result {
    const seq = (state.seq + SEQ_LEAP) & 0xffff;
    const message = ftpMessage(target, { seq, session: state.session, opcode: FtpOp.terminate });
    return { state, effects: [{ kind: 'send', message }], outcome };
  }

  function openRefused(state: FtpWriteState, refusal: FtpRefusal, nowMs: number): Result {
    const { code } = refusal;
    const passes = code === FtpNak.invalidSession || code === FtpNak.noSessions || code === FtpNak.fail;
    if (!passes) return { state, effects: [], outcome: { kind: 'refused', refusal } };
    const refusedSinceMs = state.refusedSinceMs ?? nowMs;
    if (nowMs - refusedSinceMs >= BUSY_PATIENCE_MS) {
      if (code === FtpNak.fail) return { state, effects: [], outcome: { kind: 'refused', refusal } };
      const what = 'the vehicle: another ground station has a file open on it';
      return { state, effects: [], outcome: { kind: 'busy', what } };
    }
    return {
      state: { ...state, refusedSinceMs, seq: (state.seq + 2) & 0xffff },
      effects: [{ kind: 'startTimer', timer: 'resend', afterMs: BUSY_RETRY_MS }],
    };
  }

  function onNak(state: FtpWriteState, refusal: FtpRefusal, nowMs: number): Result {
    if (state.phase === 'opening') return openRefused(state, refusal, nowMs);
    // The first terminate arrived, its ACK did not.
    if (state.phase === 'closing') return { state, effects: [], outcome: { kind: 'written' } };
    const { code, errno } = refusal;
    if (errno === ENOSPC) return over(state, { kind: 'no-space', writtenBytes: state.offset });
    const lost = code === FtpNak.invalidSession || code === FtpNak.fileNotFound || code === FtpNak.fail;
    if (!lost || state.reopens >= MAX_FRUITLESS_REOPENS) return over(state, { kind: 'refused', refusal });
    return ask({
      ...state,
      phase: 'opening',
      seq: (state.seq + SEQ_LEAP) & 0xffff,
      session: (state.session % 254) + 1,
      refusedSinceMs: nowMs,
      reopens: state.reopens + 1,
    });
  }

  function onAck(state: FtpWriteState, packet: FtpPacket, nowMs: number): Result {
    switch (state.phase) {
      case 'opening': {
        const { session } = packet;
        return advance({ ...state, session, created: true, refusedSinceMs: null }, nowMs);
      }
      case 'writing': {
        const sent = Math.min(chunkBytes, bytes.length - state.offset);
        // PX4 tells how much it wrote; less is a full card.
        const written = packet.size >= 4 ? Buffer.from(packet.data).readUInt32LE(0) : sent;
        if (written < sent) return over(state, { kind: 'no-space', writtenBytes: state.offset + written });
        return advance({ ...state, offset: state.offset + sent }, nowMs);
      }
      case 'closing':
        return { state, effects: [], outcome: { kind: 'written' } };
    }
  }

  function onPacket(state: FtpWriteState, packet: FtpPacket, nowMs: number): Result {
    if (packet.seq !== ((state.seq + 1) & 0xffff)) return { state, effects: [] };
    const asked = {
      opening: state.created ? FtpOp.openWrite : FtpOp.create,
      writing: FtpOp.write,
      closing: FtpOp.terminate,
    }[state.phase];
    if (packet.requestOpcode !== asked) return ask({ ...state, seq: (state.seq + SEQ_LEAP) & 0xffff });
    if (packet.opcode === FtpOp.nak) return onNak(state, refusalOf(packet), nowMs);
    return packet.opcode === FtpOp.ack ? onAck(state, packet, nowMs) : { state, effects: [] };
  }

  return {
    initial,
    step(state, input: FtpAnswerInput | CommonInput, nowMs): Result {
      switch (input.kind) {
        case 'start': {
          const asked = ask({ ...initial, progressAtMs: nowMs });
          return {
            ...asked,
            effects: [
              ...asked.effects,
              { kind: 'startTimer', timer: 'no-progress', afterMs: FTP_PATIENCE_MS },
            ],
          };
        }
        case 'packet':
          return onPacket(state, input.packet, nowMs);
        case 'cancel':
          return over(state, { kind: 'cancelled', by: input.by });
        case 'timer':
          if (input.timer === 'resend') return ask(state);
          return over(state, {
            kind: 'no-progress',
            afterMs: Math.round(nowMs - state.progressAtMs),
          });
      }
    },
  };
}
