import { buildMessage, FileTransferProtocol, type MavLinkData } from '../codec/messages.ts';
import type { FakePort } from './fake-port.ts';
import { seededRandom } from './seeded-random.ts';

/**
 * An FTP server like ArduPilot's (or PX4's), written from the two sources and the recording, not from the client
 * under test. One file open at a time; the last answer is repeated when its question is; a burst is numbered on.
 * Misbehaviour is by switches.
 */
export interface FtpPeerOptions {
  readonly style?: 'ardupilot' | 'px4';
  readonly seed?: number;
  /** Each way. */
  readonly loss?: number;
  readonly duplicates?: number;
  /** Up to this late; later ones overtake. */
  readonly jitterMs?: number;
  /** Idle sessions end after this much silence: as if another ground station came. */
  readonly sessionDiesAfterMs?: number;
  /** Packets of a burst, at most. ArduPilot: 500. */
  readonly burstPackets?: number;
  /** Instead of the true size. */
  readonly announce?: (path: string, trueSize: number) => number;
  readonly wrongCrc?: boolean;
  readonly noCrc?: boolean;
  readonly noBurst?: boolean;
  /** Another ground station has a file open for this long from the start. */
  readonly occupiedForMs?: number;
  /** A session that a dead station left open: it ends after so long without any request, refused ones included. */
  readonly abandonedUntilQuietMs?: number;
  /** Answers EINVAL when one file is read in different sizes, as ArduPilot's parameter file. */
  readonly oneReadSize?: boolean;
}

const OP = {
  term: 1,
  reset: 2,
  list: 3,
  open: 4,
  read: 5,
  create: 6,
  write: 7,
  remove: 8,
  mkdir: 9,
} as const;
const OP2 = { openWrite: 11, rename: 13, crc: 14, burst: 15, ack: 128, nak: 129 } as const;
const ERR = {
  fail: 1,
  errno: 2,
  session: 4,
  noSessions: 5,
  eof: 6,
  unknown: 7,
  exists: 8,
  notFound: 10,
} as const;
const MAX = 239;

interface Reply {
  readonly opcode: number;
  readonly data?: Uint8Array;
  readonly offset?: number;
  readonly session?: number;
}

export class FtpPeer {
  readonly files = new Map<string, Buffer>();
  readonly folders = new Set<string>(['/']);
  readonly asked: number[] = [];
  /** Called before each answer of data, to make trouble in the middle. */
  onRead: (offset: number) => void = () => {};
  readonly #port: FakePort;
  readonly #options: FtpPeerOptions;
  readonly #random: () => number;
  readonly #bornAtMs: number;
  #open: { path: string; session: number; write: boolean; readSize: number } | null = null;
  #asked = 0;
  #abandoned = true;
  #usedAtMs = 0;
  #last: { seq: number; session: number; packet: Buffer } | null = null;

  constructor(port: FakePort, options: FtpPeerOptions = {}) {
    this.#port = port;
    this.#options = options;
    this.#random = seededRandom(options.seed ?? 1);
    this.#bornAtMs = port.clock.nowMs();
  }

  /** Give it everything that the port sends. */
  receive(message: MavLinkData): void {
    if (!(message instanceof FileTransferProtocol)) return;
    const payload = Buffer.from(message.payload);
    this.#across(() => this.#handle(payload));
  }

  /** The server forgets its open file. */
  dropSession(): void {
    this.#open = null;
  }

  #across(arrive: () => void): void {
    const { loss = 0, duplicates = 0, jitterMs = 0 } = this.#options;
    const times = this.#random() < duplicates ? 2 : 1;
    for (let i = 0; i < times; i++) {
      if (this.#random() < loss) continue;
      this.#port.clock.setTimer(arrive, 5 + this.#random() * jitterMs);
    }
  }

  #handle(request: Buffer): void {
    const seq = request.readUInt16LE(0);
    const session = request[2] ?? 0;
    const opcode = request[3] ?? 0;
    this.asked.push(opcode);
    const nowMs = this.#port.clock.nowMs();
    const last = this.#last;
    if (last !== null && last.seq === ((seq + 1) & 0xffff) && (this.#isPx4 || last.session === session)) {
      this.#transmit(last.packet);
      return;
    }
    const dies = this.#options.sessionDiesAfterMs;
    if (dies !== undefined && nowMs - this.#usedAtMs > dies) this.#open = null;
    const quietMs = this.#options.abandonedUntilQuietMs;
    if (quietMs !== undefined && this.#asked > 0 && nowMs - this.#usedAtMs > quietMs) this.#abandoned = false;
    this.#asked += 1;
    this.#usedAtMs = nowMs;
    const occupied = this.#options.occupiedForMs ?? 0;
    const isAbandoned = quietMs !== undefined && this.#abandoned;
    if (
      (isAbandoned || nowMs - this.#bornAtMs < occupied) &&
      (this.#isPx4 ? ([OP.open, OP.create] as number[]) : null)?.includes(opcode) !== false
    ) {
      this.#reply(seq, session, opcode, nak(this.#isPx4 ? ERR.noSessions : ERR.session));
      return;
    }
    if (opcode === OP2.burst) this.#burst(seq, session, request);
    else this.#reply(seq, session, opcode, this.#answer(opcode, session, request));
  }

  #answer(opcode: number, session: number, request: Buffer): Reply {
    const size = request[4] ?? 0;
    const offset = request.readUInt32LE(8);
    const data = request.subarray(12, 12 + size);
    const path = data.toString('utf8');
    switch (opcode) {
      case OP.term:
      case OP.reset: {
        if (this.#isPx4 && this.#open === null && opcode === OP.term) return nak(ERR.session);
        if (this.#isPx4 || this.#open?.session === session) this.#open = null;
        return { opcode: OP2.ack };
      }
      case OP.list:
        return this.#list(path, offset);
      case OP.open:
      case OP.create:
      case OP2.openWrite:
        return this.#openFile(opcode, session, path);
      case OP.read:
        return this.#read(session, offset, size);
      case OP.write: {
        if (!this.#isOpen(session)) return nak(this.#isPx4 ? ERR.session : ERR.notFound);
        const file = this.#file();
        const whole = Buffer.alloc(Math.max(file.length, offset + size));
        file.copy(whole);
        data.copy(whole, offset);
        this.files.set(this.#open?.path ?? '', whole);
        return { opcode: OP2.ack, ...(this.#isPx4 ? { data: uint32(size) } : {}) };
      }
      case OP.remove:
        if (!this.files.delete(path)) return nak(ERR.notFound);
        return { opcode: OP2.ack };
      case OP.mkdir:
        if (this.folders.has(path)) return nak(ERR.exists);
        this.folders.add(path);
        return { opcode: OP2.ack };
      case OP2.rename: {
        const [from = '', to = ''] = path.split('\0');
        const file = this.files.get(from);
        if (file === undefined) return nak(ERR.notFound);
        this.files.delete(from);
        this.files.set(to, file);
        return { opcode: OP2.ack };
      }
      case OP2.crc: {
        if (this.#options.noCrc === true) return nak(ERR.unknown);
        const file = this.files.get(path);
        if (file === undefined) return nak(ERR.notFound);
        const crc = this.#options.wrongCrc === true ? 0x12345678 : bitwiseCrc(file);
        return { opcode: OP2.ack, data: uint32(crc) };
      }
      default:
        return nak(ERR.unknown);
    }
  }

  #openFile(opcode: number, session: number, path: string): Reply {
    if (this.#open !== null) return nak(this.#isPx4 ? ERR.noSessions : ERR.fail);
    const file = this.files.get(path);
    if (opcode === OP.open && file === undefined) return nak(ERR.notFound);
    if (opcode === OP.create) this.files.set(path, Buffer.alloc(0));
    const given = this.#isPx4 ? 0 : session;
    this.#open = { path, session: given, write: opcode !== OP.open, readSize: 0 };
    const size = file?.length ?? 0;
    const announced = this.#options.announce?.(path, size) ?? size;
    return { opcode: OP2.ack, session: given, ...(opcode === OP.open ? { data: uint32(announced) } : {}) };
  }

  #read(session: number, offset: number, size: number): Reply {
    if (!this.#isOpen(session)) return nak(this.#isPx4 ? ERR.session : ERR.notFound);
    if (!this.#takesSize(size)) return nak(ERR.errno, 22);
    this.onRead(offset);
    if (!this.#isOpen(session)) return nak(this.#isPx4 ? ERR.session : ERR.notFound);
    const data = this.#file().subarray(offset, offset + size);
    return data.length === 0 ? nak(ERR.eof) : { opcode: OP2.ack, data, offset };
  }

  #burst(seq: number, session: number, request: Buffer): void {
    if (this.#options.noBurst === true) {
      this.#reply(seq, session, OP2.burst, nak(ERR.unknown));
      return;
    }
    if (!this.#isOpen(session)) {
      this.#reply(seq, session, OP2.burst, nak(this.#isPx4 ? ERR.session : ERR.notFound));
      return;
    }
    // PX4 always sends what fits.
    const size = this.#isPx4 ? MAX : request[4] || MAX;
    if (!this.#takesSize(size)) {
      this.#reply(seq, session, OP2.burst, nak(ERR.errno, 22));
      return;
    }
    const from = request.readUInt32LE(8);
    const packets = this.#options.burstPackets ?? 500;
    let number = (seq + 1) & 0xffff;
    let offset = 0;
    for (let i = 0; i < packets; i++) {
      const at = from + i * size;
      this.onRead(at);
      // Dropped in the middle: the rest never comes.
      if (!this.#isOpen(session)) return;
      const data = this.#file().subarray(at, at + size);
      if (data.length === 0) {
        // ArduPilot: offset of the last packet unless that was short. PX4: the true end.
        const eof = { ...nak(ERR.eof), offset: this.#isPx4 ? this.#file().length : offset };
        this.#push(number, session, OP2.burst, eof, false, true);
        return;
      }
      offset = at;
      const complete = (!this.#isPx4 && data.length < size) || i === packets - 1;
      this.#push(number, session, OP2.burst, { opcode: OP2.ack, data, offset }, complete, false);
      if (data.length < size) offset += data.length;
      number = (number + 1) & 0xffff;
    }
  }

  #list(path: string, offset: number): Reply {
    const folder = path.length > 1 ? path.replace(/\/$/, '') : path;
    if (!this.folders.has(folder)) return nak(ERR.notFound);
    const inside = (full: string): string | null => {
      const prefix = folder === '/' ? '/' : `${folder}/`;
      if (!full.startsWith(prefix) || full === folder) return null;
      const name = full.slice(prefix.length);
      return name === '' || name.includes('/') ? null : name;
    };
    const entries = this.#isPx4 ? ['S', 'S'] : ['D.', 'D..'];
    for (const full of this.folders) {
      const name = inside(full);
      if (name !== null) entries.push(`D${name}`);
    }
    for (const [full, file] of this.files) {
      const name = inside(full);
      if (name !== null) entries.push(`F${name}\t${file.length}`);
    }
    let text = '';
    for (const entry of entries.slice(offset)) {
      const more = this.#isPx4 ? `${entry}\0` : `${entry}\0\0`;
      if (text.length + more.length >= MAX) break;
      text += more;
    }
    return text === '' ? nak(ERR.eof) : { opcode: OP2.ack, data: Buffer.from(text, 'utf8'), offset };
  }

  get #isPx4(): boolean {
    return this.#options.style === 'px4';
  }

  #isOpen(session: number): boolean {
    return this.#open !== null && this.#open.session === session;
  }

  #file(): Buffer {
    return this.files.get(this.#open?.path ?? '') ?? Buffer.alloc(0);
  }

  #takesSize(size: number): boolean {
    if (this.#options.oneReadSize !== true || this.#open === null) return true;
    if (this.#open.readSize === 0) this.#open.readSize = size;
    return this.#open.readSize === size;
  }

  #reply(seq: number, session: number, opcode: number, reply: Reply): void {
    this.#push((seq + 1) & 0xffff, session, opcode, reply, false, true);
  }

  #push(
    seq: number,
    session: number,
    opcode: number,
    reply: Reply,
    burstComplete: boolean,
    keep: boolean,
  ): void {
    const packet = Buffer.alloc(251);
    const data = reply.data ?? Buffer.alloc(0);
    packet.writeUInt16LE(seq, 0);
    packet[2] = reply.session ?? session;
    packet[3] = reply.opcode;
    packet[4] = data.length;
    packet[5] = opcode;
    packet[6] = burstComplete ? 1 : 0;
    packet.writeUInt32LE(reply.offset ?? 0, 8);
    packet.set(data, 12);
    // PX4 keeps small answers only.
    if (keep && (!this.#isPx4 || data.length <= 4)) this.#last = { seq, session, packet };
    this.#transmit(packet);
  }

  #transmit(packet: Buffer): void {
    this.#across(() =>
      this.#port.deliver(
        buildMessage(FileTransferProtocol, {
          targetSystem: this.#port.ourSystemId,
          targetComponent: this.#port.ourComponentId,
          payload: [...packet],
        }),
      ),
    );
  }
}

function nak(code: number, errno?: number): Reply {
  return { opcode: OP2.nak, data: Uint8Array.from(errno === undefined ? [code] : [code, errno]) };
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

/** The bitwise form, apart from the table under test. */
function bitwiseCrc(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return crc >>> 0;
}
