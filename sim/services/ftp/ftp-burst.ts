import type { Peer } from '../../vehicle/outbox.ts';
import { type FileContent, isErrno } from './file-tree.ts';
import { type Answer, ack, type FtpStyle, nak, nakOf } from './ftp-answers.ts';
import { FTP_DATA_BYTES, type FtpReply, type FtpRequest, NAK, OPCODE } from './ftp-wire.ts';

export interface BurstHabits {
  /** Between two packets. */
  readonly packetMs: number;
  /** Then the client has to ask for more. */
  readonly packets: number;
}

/** One burst: the packets of a file from an offset on, numbered on from the question, at the link's pace. */
export class FtpBurst {
  readonly peer: Peer;
  readonly session: number;
  readonly #style: FtpStyle;
  readonly #habits: BurstHabits;
  readonly #chunkBytes: number;
  #seq: number;
  #offset: number;
  #packets = 0;
  /** Of the packet before; null at the beginning. */
  #lastBytes: number | null = null;
  #nextAtMs: number;

  constructor(request: FtpRequest, peer: Peer, style: FtpStyle, habits: BurstHabits, wallMs: number) {
    const isPx4 = style === 'px4';
    this.peer = peer;
    this.session = isPx4 ? 0 : request.session;
    this.#style = style;
    this.#habits = habits;
    this.#chunkBytes = isPx4 || request.size === 0 ? FTP_DATA_BYTES : request.size;
    this.#seq = (request.seq + 1) & 0xffff;
    this.#offset = request.offset;
    this.#nextAtMs = wallMs;
  }

  isDue(wallMs: number): boolean {
    return this.#nextAtMs <= wallMs;
  }

  /** What was missed in a stall of the process is not poured out. */
  forgetBacklog(wallMs: number): void {
    this.#nextAtMs = Math.max(this.#nextAtMs, wallMs);
  }

  /**
   * The next packet. ArduPilot marks a short packet as the last and sends "end of file" behind it all the same, with
   * the offset of the end; behind a full packet that NAK carries the offset of the packet, and 0 when nothing went
   * before (all measured). PX4's carries the true end.
   * @param file or why it cannot be read any more
   */
  next(file: FileContent | Answer): { readonly reply: FtpReply; readonly isOver: boolean } {
    this.#nextAtMs += this.#habits.packetMs;
    if ('opcode' in file) return { reply: this.#reply(file, false), isOver: true };
    const bytes = file.read(this.#offset, this.#chunkBytes);
    if (isErrno(bytes)) return { reply: this.#reply(nakOf(bytes, this.#style), false), isOver: true };
    if (bytes.length === 0) return { reply: this.#endOfFile(), isOver: true };
    this.#packets += 1;
    const isLast = this.#packets >= this.#habits.packets;
    const isShort = this.#style === 'ardupilot' && bytes.length < this.#chunkBytes;
    const reply = this.#reply(ack(bytes, this.#offset), isLast || isShort);
    this.#offset += bytes.length;
    this.#lastBytes = bytes.length;
    this.#seq = (this.#seq + 1) & 0xffff;
    return { reply, isOver: isLast };
  }

  #endOfFile(): FtpReply {
    if (this.#style === 'px4') return this.#reply(nak(NAK.END_OF_FILE, this.#offset), false);
    if (this.#lastBytes === null) return this.#reply(nak(NAK.END_OF_FILE, 0), false);
    const isBehindFull = this.#lastBytes === this.#chunkBytes;
    const offset = isBehindFull ? this.#offset - this.#chunkBytes : this.#offset;
    return this.#reply(nak(NAK.END_OF_FILE, offset), !isBehindFull);
  }

  #reply(answer: Answer, burstComplete: boolean): FtpReply {
    const { session } = this;
    return { ...answer, seq: this.#seq, session, requestOpcode: OPCODE.BURST_READ, burstComplete };
  }
}
