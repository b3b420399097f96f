import {
  FtpNak,
  FtpOp,
  type FtpPacket,
  type FtpRefusal,
  type FtpRequest,
  ftpMessage,
  refusalOf,
} from './ftp-packet.ts';
import { addRange, coveredBytes, highestEnd, missingRanges, type Ranges, wholeUntil } from './ftp-ranges.ts';
import type {
  FtpReadOptions,
  FtpReadOutcome,
  FtpReadProgress,
  FtpReadState,
  OpenRead,
  Question,
} from './ftp-read-model.ts';
import {
  BUSY_PATIENCE_MS,
  BUSY_RETRY_MS,
  FTP_PATIENCE_MS,
  type FtpAnswerInput,
  SEQ_LEAP,
} from './ftp-request.ts';
import type { CommonInput, Effect, Machine, Step, Target } from './step.ts';

const RESEND_MS = 600;
const SILENCE_MS = 1_500;
const CLOSE_TRIES = 3;
/** Session after session that gives no byte: something else is wrong. */
const MAX_FRUITLESS_REOPENS = 6;
/** ArduPilot queues 5 requests of everybody. */
const READS_AT_ONCE = 4;
/** Answers come in the order of the questions; one that was overtaken this often is lost. */
const LOST_AFTER = 2;
/** More than this part missing: another burst is cheaper than single reads. */
const BURST_AGAIN_FRACTION = 0.5;

type Result = Step<FtpReadState, FtpReadOutcome, FtpReadProgress>;
type Effects = readonly Effect<FtpReadProgress>[];

/**
 * Reads one file: bursts forward, single reads for the gaps, and a last single read that must say "end of file".
 *
 *   start ──► opening ──ACK──► decide ──nothing missing, end not known──► bursting ──complete, end, 1.5 s silent──┐
 *              ▲ │ NAK: busy?   ▲  │                                                                             │
 *              │ │ again, 1 s   │  ├──gaps (or the end to confirm)──► filling ──all answered──┐                  │
 *              │ └──► refused   └──┴──────────────────────────────────────────────────────────┴──────────────────┘
 *              │                   └──whole, end confirmed──► closing ──ACK, NAK or 3 tries──► read
 *              └── session lost (idle servers drop it): opened again, goes on where it was
 *   any ── 20 s without a new byte ──► no-progress        any ── cancel ──► terminate sent, cancelled
 *
 * Why so careful about the end: ArduPilot's announced size of virtual files is fiction, and the offset in its
 * end-of-file NAK is that of the last packet when that was a full one, which may have been lost.
 * Every read asks for the same chunk size: ArduPilot's parameter file answers EINVAL to another one.
 */
export function ftpReadMachine(
  target: Target,
  options: FtpReadOptions,
): Machine<FtpReadState, FtpAnswerInput, FtpReadOutcome, FtpReadProgress> {
  const { chunkBytes, limitBytes } = options;
  const initial: FtpReadState = {
    phase: 'opening',
    seq: options.firstSeq & 0xffff,
    session: options.session,
    announcedBytes: null,
    have: options.have,
    candidateEnd: null,
    burst: null,
    burstOffered: true,
    reads: [],
    refusedSinceMs: null,
    reopens: 0,
    closeTries: 0,
    progressAtMs: 0,
  };
  const send = (request: FtpRequest): Effect<FtpReadProgress> => ({
    kind: 'send',
    message: ftpMessage(target, request),
  });

  function open(state: FtpReadState): Result {
    return {
      state,
      effects: [
        send({ seq: state.seq, opcode: FtpOp.openRead, session: state.session, data: options.path }),
        { kind: 'startTimer', timer: 'resend', afterMs: RESEND_MS },
      ],
    };
  }

  function decide(state: FtpReadState): Result {
    const { have } = state;
    if (limitBytes !== null && wholeUntil(have) >= limitBytes) return close(state);
    const horizon = Math.min(
      Math.max(highestEnd(have), state.candidateEnd ?? 0),
      limitBytes ?? Number.MAX_SAFE_INTEGER,
    );
    const gaps = missingRanges(have, horizon);
    const first = gaps[0];
    if (first !== undefined && state.burstOffered) {
      const span = horizon - first[0];
      const missing = coveredBytes(gaps);
      if (missing > BURST_AGAIN_FRACTION * span && span > 2 * READS_AT_ONCE * chunkBytes) {
        return burstFrom(state, first[0]);
      }
    }
    if (first !== undefined) return readAt(state, chunksOf(gaps));
    if (state.candidateEnd !== null) return readAt(state, [horizon]);
    if (state.burstOffered) return burstFrom(state, horizon);
    return readAt(
      state,
      Array.from({ length: READS_AT_ONCE }, (_, i) => horizon + i * chunkBytes),
    );
  }

  /** Offsets to ask for: the first few of what is missing. */
  function chunksOf(gaps: Ranges): number[] {
    const offsets: number[] = [];
    for (const [start, end] of gaps) {
      for (let at = start; at < end && offsets.length < READS_AT_ONCE; at += chunkBytes) offsets.push(at);
    }
    return offsets;
  }

  function burstFrom(state: FtpReadState, offset: number): Result {
    const seq = (state.seq + SEQ_LEAP) & 0xffff;
    return {
      state: { ...state, phase: 'bursting', seq, burst: { seq, offset }, reads: [] },
      effects: [
        send({ seq, opcode: FtpOp.burstRead, session: state.session, size: chunkBytes, offset }),
        { kind: 'stopTimer', timer: 'resend' },
        { kind: 'startTimer', timer: 'silence', afterMs: SILENCE_MS },
      ],
    };
  }

  function readAt(state: FtpReadState, offsets: readonly number[]): Result {
    // Coming from a burst: leap over the numbers of its packets, which may still be on their way.
    let seq = state.phase === 'bursting' ? (state.seq + SEQ_LEAP) & 0xffff : state.seq;
    const asked = new Set(state.reads.map(({ offset }) => offset));
    const reads = [...state.reads];
    const effects: Effect<FtpReadProgress>[] = [{ kind: 'stopTimer', timer: 'silence' }];
    for (const offset of offsets) {
      if (asked.has(offset) || reads.length >= READS_AT_ONCE) continue;
      seq = (seq + 2) & 0xffff;
      reads.push({ seq, offset, overtaken: 0 });
      effects.push(readRequest(state, { seq, offset }));
    }
    effects.push({ kind: 'startTimer', timer: 'resend', afterMs: RESEND_MS });
    return { state: { ...state, phase: 'filling', seq, reads, burst: null }, effects };
  }

  function readRequest(state: FtpReadState, { seq, offset }: Question): Effect<FtpReadProgress> {
    return send({ seq, opcode: FtpOp.read, session: state.session, size: chunkBytes, offset });
  }

  function close(state: FtpReadState): Result {
    const seq = (state.seq + SEQ_LEAP) & 0xffff;
    return {
      state: { ...state, phase: 'closing', seq, burst: null, reads: [], closeTries: 1 },
      effects: [
        send({ seq, opcode: FtpOp.terminate, session: state.session }),
        { kind: 'stopTimer', timer: 'silence' },
        { kind: 'stopTimer', timer: 'no-progress' },
        { kind: 'startTimer', timer: 'resend', afterMs: RESEND_MS },
      ],
    };
  }

  /** The file is whole; whether the server heard that we are done does not change it. */
  function finished(state: FtpReadState): Result {
    const whole = wholeUntil(state.have);
    const sizeBytes = limitBytes === null ? whole : Math.min(whole, limitBytes);
    return {
      state,
      effects: [],
      outcome: { kind: 'read', sizeBytes, announcedBytes: state.announcedBytes },
    };
  }

  function give(state: FtpReadState, outcome: FtpReadOutcome): Result {
    const seq = (state.seq + SEQ_LEAP) & 0xffff;
    return {
      state: { ...state, seq },
      effects: [send({ seq, opcode: FtpOp.terminate, session: state.session })],
      outcome,
    };
  }

  function take(
    state: FtpReadState,
    packet: FtpPacket,
    nowMs: number,
  ): { state: FtpReadState; effects: Effects } {
    const have = addRange(state.have, packet.offset, packet.offset + packet.size);
    if (have === state.have) return { state, effects: [] };
    return {
      state: { ...state, have, progressAtMs: nowMs, reopens: 0 },
      effects: [
        {
          kind: 'progress',
          progress: {
            kind: 'chunk',
            offset: packet.offset,
            bytes: packet.data,
            doneBytes: coveredBytes(have),
            have,
          },
        },
        { kind: 'startTimer', timer: 'no-progress', afterMs: FTP_PATIENCE_MS },
      ],
    };
  }

  function onBurst(state: FtpReadState, packet: FtpPacket, nowMs: number): Result {
    const { burst } = state;
    // Its packets are numbered on from the question; smaller numbers are leftovers of an earlier file.
    if (burst === null || packet.session !== state.session) return { state, effects: [] };
    if (((packet.seq - burst.seq - 1) & 0xffff) >= 0x8000) return { state, effects: [] };
    const ahead = ((packet.seq - state.seq) & 0xffff) < 0x8000;
    const heard = ahead ? { ...state, seq: packet.seq } : state;
    if (packet.opcode === FtpOp.nak) {
      const { code } = refusalOf(packet);
      if (code === FtpNak.endOfFile) {
        return decide({ ...heard, candidateEnd: Math.max(packet.offset, highestEnd(heard.have)) });
      }
      if (code === FtpNak.unknownCommand) return decide({ ...heard, burstOffered: false, phase: 'filling' });
      return sessionLost(heard, packet, nowMs);
    }
    const taken = take(heard, packet, nowMs);
    if (packet.burstComplete) {
      // A short last packet is the end of the file, most likely; a single read will tell.
      const candidateEnd = packet.size < chunkBytes ? packet.offset + packet.size : taken.state.candidateEnd;
      const next = decide({ ...taken.state, candidateEnd });
      return { ...next, effects: [...taken.effects, ...next.effects] };
    }
    return {
      state: taken.state,
      effects: [...taken.effects, { kind: 'startTimer', timer: 'silence', afterMs: SILENCE_MS }],
    };
  }

  /** Without that question, and with what it overtook too often asked again, under its own number. */
  function withAnswer(state: FtpReadState, question: OpenRead): readonly [FtpReadState, Effects] {
    const at = state.reads.indexOf(question);
    const waiting: OpenRead[] = [];
    const lost: OpenRead[] = [];
    state.reads.forEach((read, place) => {
      if (place === at) return;
      const overtaken = place < at ? read.overtaken + 1 : read.overtaken;
      if (overtaken >= LOST_AFTER) lost.push({ ...read, overtaken: 0 });
      else waiting.push({ ...read, overtaken });
    });
    const effects = lost.map((read) => readRequest(state, read));
    return [{ ...state, reads: [...waiting, ...lost] }, effects];
  }

  function onRead(state: FtpReadState, packet: FtpPacket, nowMs: number): Result {
    const question = state.reads.find(({ seq }) => ((seq + 1) & 0xffff) === packet.seq);
    if (question === undefined || packet.session !== state.session) return { state, effects: [] };
    const [answered, again] = withAnswer(state, question);
    const isEnd = packet.opcode === FtpOp.ack && packet.size === 0;
    if (isEnd || (packet.opcode === FtpOp.nak && refusalOf(packet).code === FtpNak.endOfFile)) {
      return endAt(answered, question.offset);
    }
    if (packet.opcode === FtpOp.nak) return sessionLost(answered, packet, nowMs);
    if (packet.offset !== question.offset) return { state, effects: [] };
    // Data where the end was believed to be: it is further on.
    const beyond = answered.candidateEnd !== null && packet.offset >= answered.candidateEnd;
    const taken = take(beyond ? { ...answered, candidateEnd: null } : answered, packet, nowMs);
    const short = packet.size < chunkBytes && packet.offset + packet.size >= highestEnd(taken.state.have);
    const next = decide(short ? { ...taken.state, candidateEnd: packet.offset + packet.size } : taken.state);
    // Not while bursting again: then nothing of the single reads counts any more.
    const stillOut = next.state.phase === 'filling' ? again : [];
    return { ...next, effects: [...taken.effects, ...stillOut, ...next.effects] };
  }

  function endAt(state: FtpReadState, offset: number): Result {
    if (offset < highestEnd(state.have)) return give(state, { kind: 'changed', sizeBytes: offset });
    if (wholeUntil(state.have) === offset) return close(state);
    // Asked for beyond the end, in a row without bursts: the end is before.
    return decide({ ...state, candidateEnd: Math.max(highestEnd(state.have), ...below(state, offset)) });
  }

  /** Offsets still asked for that lie before `offset`. */
  function below(state: FtpReadState, offset: number): number[] {
    return state.reads.map((read) => read.offset).filter((other) => other < offset);
  }

  function sessionLost(state: FtpReadState, packet: FtpPacket, nowMs: number): Result {
    if (state.reopens >= MAX_FRUITLESS_REOPENS) {
      return give(state, { kind: 'refused', refusal: refusalOf(packet) });
    }
    return {
      state: {
        ...state,
        phase: 'opening',
        seq: (state.seq + SEQ_LEAP) & 0xffff,
        session: (state.session % 254) + 1,
        burst: null,
        reads: [],
        refusedSinceMs: nowMs,
        reopens: state.reopens + 1,
      },
      effects: [
        { kind: 'stopTimer', timer: 'silence' },
        { kind: 'startTimer', timer: 'resend', afterMs: state.reopens === 0 ? 0 : BUSY_RETRY_MS },
      ],
    };
  }

  function onOpen(state: FtpReadState, packet: FtpPacket, nowMs: number): Result {
    if (packet.seq !== ((state.seq + 1) & 0xffff)) return { state, effects: [] };
    if (packet.requestOpcode !== FtpOp.openRead)
      return open({ ...state, seq: (state.seq + SEQ_LEAP) & 0xffff });
    if (packet.opcode === FtpOp.nak) return openRefused(state, refusalOf(packet), nowMs);
    if (packet.opcode !== FtpOp.ack) return { state, effects: [] };
    const announcedBytes = packet.size >= 4 ? Buffer.from(packet.data).readUInt32LE(0) : state.announcedBytes;
    if (state.announcedBytes !== null && (announcedBytes ?? 0) < state.announcedBytes) {
      return give({ ...state, session: packet.session }, { kind: 'changed', sizeBytes: announcedBytes ?? 0 });
    }
    const opened = { ...state, session: packet.session, announcedBytes, refusedSinceMs: null };
    const next = decide(opened);
    return {
      ...next,
      effects: [{ kind: 'progress', progress: { kind: 'opened', announcedBytes } }, ...next.effects],
    };
  }

  function openRefused(state: FtpReadState, refusal: FtpRefusal, nowMs: number): Result {
    const { code } = refusal;
    // "Fail" is ArduPilot's word for "a file is open already": ours, when its ACK was lost, or another's.
    const passes = code === FtpNak.invalidSession || code === FtpNak.noSessions || code === FtpNak.fail;
    if (!passes) return { state, effects: [], outcome: { kind: 'refused', refusal } };
    const refusedSinceMs = state.refusedSinceMs ?? nowMs;
    if (nowMs - refusedSinceMs >= BUSY_PATIENCE_MS) {
      if (code === FtpNak.fail) return { state, effects: [], outcome: { kind: 'refused', refusal } };
      const what = 'the vehicle: another ground station has a file open on it';
      return { state, effects: [], outcome: { kind: 'busy', what } };
    }
    return {
      // A fresh number: under the old one the server would only repeat its refusal.
      state: { ...state, refusedSinceMs, seq: (state.seq + 2) & 0xffff },
      effects: [{ kind: 'startTimer', timer: 'resend', afterMs: BUSY_RETRY_MS }],
    };
  }

  function onPacket(state: FtpReadState, packet: FtpPacket, nowMs: number): Result {
    switch (state.phase) {
      case 'opening':
        return onOpen(state, packet, nowMs);
      case 'bursting':
        return packet.requestOpcode === FtpOp.burstRead
          ? onBurst(state, packet, nowMs)
          : { state, effects: [] };
      case 'filling':
        return packet.requestOpcode === FtpOp.read ? onRead(state, packet, nowMs) : { state, effects: [] };
      case 'closing':
        return packet.seq === ((state.seq + 1) & 0xffff) && packet.requestOpcode === FtpOp.terminate
          ? finished(state)
          : { state, effects: [] };
    }
  }

  function resend(state: FtpReadState): Result {
    if (state.phase === 'opening') return open(state);
    if (state.phase === 'closing') {
      if (state.closeTries >= CLOSE_TRIES) return finished(state);
      return {
        state: { ...state, closeTries: state.closeTries + 1 },
        effects: [
          send({ seq: state.seq, opcode: FtpOp.terminate, session: state.session }),
          { kind: 'startTimer', timer: 'resend', afterMs: RESEND_MS },
        ],
      };
    }
    return {
      state,
      effects: [
        ...state.reads.map((question) => readRequest(state, question)),
        { kind: 'startTimer', timer: 'resend', afterMs: RESEND_MS },
      ],
    };
  }

  return {
    initial,
    step(state, input: FtpAnswerInput | CommonInput, nowMs): Result {
      switch (input.kind) {
        case 'start': {
          const opened = open({ ...initial, progressAtMs: nowMs });
          return {
            ...opened,
            effects: [
              ...opened.effects,
              { kind: 'startTimer', timer: 'no-progress', afterMs: FTP_PATIENCE_MS },
            ],
          };
        }
        case 'packet':
          return onPacket(state, input.packet, nowMs);
        case 'cancel':
          return give(state, { kind: 'cancelled', by: input.by });
        case 'timer':
          if (input.timer === 'resend') return resend(state);
          if (input.timer === 'silence') return decide(state);
          return give(state, {
            kind: 'no-progress',
            afterMs: Math.round(nowMs - state.progressAtMs),
          });
      }
    },
  };
}
