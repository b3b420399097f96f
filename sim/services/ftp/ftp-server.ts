import type { Peer } from '../../vehicle/outbox.ts';
import { type FileContent, type FileTree, isErrno } from './file-tree.ts';
import { type Answer, ack, type FtpStyle, nak, nakOf, readAnswer } from './ftp-answers.ts';
import { type BurstHabits, FtpBurst } from './ftp-burst.ts';
import { fileCommand, protection, withPath } from './ftp-file-commands.ts';
import {
  ERRNO,
  FTP_DATA_BYTES,
  type FtpReply,
  type FtpRequest,
  NAK,
  OPCODE,
  uint32Bytes,
} from './ftp-wire.ts';

/**
 * The file server of one aircraft, in wall time: a client's patience is not sped up with the simulation.
 *
 *   idle ──open, create──► file open ──terminate, reset──► idle
 *                            │ burst read ──► bursting ──packets at the link's pace; end of file, or so many──┐
 *                            └◄───────────────────────────────────────────────────────────────────────────────┘
 *
 * One file is open at a time. ArduPilot (asked, 4.7-dev): the client names the session; another session is refused
 * with "invalid session" until the server answered nobody for 3 s (each refusal counts: who asks every second is
 * refused for ever), and the first is closed; questions wait while a burst runs, five of them, the rest is lost. PX4 (mavlink_ftp.cpp): session 0, a second open is refused with "no
 * sessions", an idle one ends after 10 s, a burst does not keep others waiting.
 * The last answer is kept and repeated when its question is.
 */
export interface FtpServerHost {
  readonly tree: FileTree;
  readonly style: FtpStyle;
  send(to: Peer, reply: FtpReply): void;
  /** A file was opened that makes the autopilot talk (ArduPilot's banner). */
  onOpened?(path: string): void;
}

interface Habits {
  readonly burst: BurstHabits;
  readonly idleMs: number;
  readonly unknownCommand: number;
}

const HABITS: Readonly<Record<FtpStyle, Habits>> = {
  // 500 packets in 2.63 s on loopback, whatever their size (measured).
  ardupilot: { burst: { packetMs: 5.26, packets: 500 }, idleMs: 3_000, unknownCommand: NAK.FAIL },
  // "35K chunks"; its pace is what the link has left, here about 100 kB/s.
  px4: { burst: { packetMs: 2.4, packets: 147 }, idleMs: 10_000, unknownCommand: NAK.UNKNOWN_COMMAND },
};

const QUEUE = 5;
/** Even after a stall of the process. */
const PACKETS_PER_TICK = 40;
const NO_SESSION = -1;

type OpenFile =
  | { readonly mode: 'read'; readonly content: FileContent }
  | { readonly mode: 'write'; readonly path: string };

export class FtpServer {
  readonly #host: FtpServerHost;
  readonly #habits: Habits;
  #file: OpenFile | null = null;
  #session = NO_SESSION;
  #usedAtMs = Number.NEGATIVE_INFINITY;
  #burst: FtpBurst | null = null;
  #waiting: { readonly request: FtpRequest; readonly peer: Peer }[] = [];
  #last: { readonly peer: Peer; readonly reply: FtpReply } | null = null;

  constructor(host: FtpServerHost) {
    this.#host = host;
    this.#habits = HABITS[host.style];
  }

  /** The autopilot started anew. */
  reset(): void {
    this.#close();
    this.#burst = null;
    this.#waiting = [];
    this.#last = null;
  }

  handle(request: FtpRequest, peer: Peer, wallMs: number): void {
    if (this.#burst !== null && !this.#isPx4) {
      if (this.#waiting.length < QUEUE) this.#waiting.push({ request, peer });
      return;
    }
    this.#serve(request, peer, wallMs);
  }

  tick(wallMs: number): void {
    if (this.#isPx4 && this.#file !== null && wallMs - this.#usedAtMs > this.#habits.idleMs) {
      this.#close();
      this.#burst = null;
    }
    this.#continueBurst(wallMs);
    while (this.#burst === null || this.#isPx4) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#serve(next.request, next.peer, wallMs);
    }
  }

  get #isPx4(): boolean {
    return this.#host.style === 'px4';
  }

  #serve(request: FtpRequest, peer: Peer, wallMs: number): void {
    if (this.#isRepeated(request, peer)) return;
    if (request.opcode === OPCODE.ACK || request.opcode === OPCODE.NAK) return;
    if (request.size > FTP_DATA_BYTES) {
      this.#reply(request, peer, nak(NAK.DATA_SIZE), wallMs);
      return;
    }
    const refusal = this.#isPx4 ? null : this.#otherSession(request, wallMs);
    if (refusal !== null) {
      this.#reply(request, peer, refusal, wallMs);
      return;
    }
    if (request.opcode === OPCODE.BURST_READ) this.#startBurst(request, peer, wallMs);
    else this.#reply(request, peer, this.#answer(request, wallMs), wallMs);
  }

  #isRepeated({ seq, session }: FtpRequest, peer: Peer): boolean {
    const last = this.#last;
    if (last === null || last.reply.seq !== ((seq + 1) & 0xffff)) return false;
    if (last.peer.systemId !== peer.systemId || last.peer.componentId !== peer.componentId) return false;
    if (!this.#isPx4 && last.reply.session !== session) return false;
    this.#host.send(peer, last.reply);
    return true;
  }

  /** Ending somebody else's session is acknowledged and does nothing; all else is refused while it is fresh. */
  #otherSession({ opcode, session }: FtpRequest, wallMs: number): Answer | null {
    if (session === this.#session) return null;
    if (opcode === OPCODE.TERMINATE || opcode === OPCODE.RESET) return ack();
    if (this.#file === null) return null;
    if (wallMs - this.#usedAtMs < this.#habits.idleMs) return nak(NAK.SESSION);
    this.#close();
    return null;
  }

  #answer(request: FtpRequest, wallMs: number): Answer {
    const { tree, style } = this.#host;
    switch (request.opcode) {
      case OPCODE.NONE:
        return ack();
      case OPCODE.TERMINATE:
        return this.#terminate(request);
      case OPCODE.RESET:
        this.#close();
        this.#burst = null;
        return ack();
      case OPCODE.OPEN_READ:
        return withPath(request, style, (path) => this.#openRead(request, path, wallMs));
      case OPCODE.CREATE:
      case OPCODE.OPEN_WRITE:
        return withPath(request, style, (path) => this.#openWrite(request, path));
      case OPCODE.READ: {
        const file = this.#readable(request.session);
        return 'opcode' in file ? file : readAnswer(file, request.offset, request.size, style);
      }
      case OPCODE.WRITE:
        return this.#write(request);
      default:
        return fileCommand(tree, request, style) ?? nak(this.#habits.unknownCommand);
    }
  }

  #terminate({ session }: FtpRequest): Answer {
    if (this.#isPx4 && (this.#file === null || session !== 0)) return nak(NAK.SESSION);
    this.#close();
    this.#burst = null;
    return ack();
  }

  #openRead(request: FtpRequest, path: string, wallMs: number): Answer {
    // Its own client lost the answer to "open" and asks anew.
    if (!this.#isPx4 && this.#file !== null && wallMs - this.#usedAtMs > this.#habits.idleMs) this.#close();
    if (this.#file !== null) return nak(this.#isPx4 ? NAK.NO_SESSIONS : NAK.FAIL);
    const content = this.#host.tree.open(path);
    if (isErrno(content)) return nakOf(content, this.#host.style);
    this.#file = { mode: 'read', content };
    this.#session = this.#isPx4 ? 0 : request.session;
    this.#host.onOpened?.(path);
    return ack(uint32Bytes(content.announcedBytes));
  }

  #openWrite(request: FtpRequest, path: string): Answer {
    if (this.#file !== null) return nak(this.#isPx4 ? NAK.NO_SESSIONS : NAK.FAIL);
    const empty = request.opcode === OPCODE.CREATE;
    const problem = protection(path, this.#host.style) ?? this.#host.tree.openForWriting(path, { empty });
    if (problem !== null) return nakOf(problem, this.#host.style);
    this.#file = { mode: 'write', path };
    this.#session = this.#isPx4 ? 0 : request.session;
    return ack(this.#isPx4 ? uint32Bytes(0) : undefined);
  }

  /** The opened file, or why it cannot be read. */
  #readable(session: number): FileContent | Answer {
    if (this.#file === null || (this.#isPx4 && session !== 0)) {
      return nak(this.#isPx4 ? NAK.SESSION : NAK.FILE_NOT_FOUND);
    }
    if (this.#file.mode === 'read') return this.#file.content;
    return this.#isPx4 ? nakOf({ errno: ERRNO.BAD_DESCRIPTOR }, 'px4') : nak(NAK.FAIL);
  }

  #write({ session, offset, size, data }: FtpRequest): Answer {
    const { style, tree } = this.#host;
    if (this.#file === null || (this.#isPx4 && session !== 0)) {
      return nak(this.#isPx4 ? NAK.SESSION : NAK.FILE_NOT_FOUND);
    }
    if (this.#file.mode !== 'write')
      return this.#isPx4 ? nakOf({ errno: ERRNO.BAD_DESCRIPTOR }, style) : nak(NAK.FAIL);
    const problem = tree.write(this.#file.path, offset, data.subarray(0, size));
    if (problem !== null) return nakOf(problem, style);
    return this.#isPx4 ? ack(uint32Bytes(size), offset) : ack(undefined, offset);
  }

  #startBurst(request: FtpRequest, peer: Peer, wallMs: number): void {
    const file = this.#readable(request.session);
    if ('opcode' in file) {
      this.#reply(request, peer, file, wallMs);
      return;
    }
    this.#burst = new FtpBurst(request, peer, this.#host.style, this.#habits.burst, wallMs);
    this.#continueBurst(wallMs);
  }

  #continueBurst(wallMs: number): void {
    for (let sent = 0; sent < PACKETS_PER_TICK; sent += 1) {
      const burst = this.#burst;
      if (burst === null || !burst.isDue(wallMs)) return;
      const { reply, isOver } = burst.next(this.#readable(burst.session));
      this.#usedAtMs = wallMs;
      this.#host.send(burst.peer, reply);
      if (reply.opcode === OPCODE.NAK) this.#last = { peer: burst.peer, reply };
      if (isOver) this.#burst = null;
    }
    this.#burst?.forgetBacklog(wallMs);
  }

  #reply({ seq, session, opcode }: FtpRequest, peer: Peer, answer: Answer, wallMs: number): void {
    const reply: FtpReply = {
      ...answer,
      seq: (seq + 1) & 0xffff,
      session: this.#isPx4 ? 0 : session,
      requestOpcode: opcode,
      burstComplete: false,
    };
    this.#usedAtMs = wallMs;
    // PX4 keeps small answers only.
    if (!this.#isPx4 || answer.data.length <= 4) this.#last = { peer, reply };
    this.#host.send(peer, reply);
  }

  #close(): void {
    this.#file = null;
    this.#session = NO_SESSION;
  }
}
