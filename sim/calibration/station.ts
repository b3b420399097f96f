import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { decodeById, textOf } from '../../firmware-bridge/codec/decoder.ts';
import { Encoder } from '../../firmware-bridge/codec/encoder.ts';
import { Framer } from '../../firmware-bridge/codec/framer.ts';
import {
  buildMessage,
  CommandAck,
  CommandLong,
  Heartbeat,
  MavAutopilot,
  MavCmd,
  type MavLinkData,
  type MavLinkDataConstructor,
  MavState,
  MavType,
  StatusText,
} from '../../firmware-bridge/codec/messages.ts';

export interface Heard {
  /** `performance.now()` when it arrived. */
  readonly atMs: number;
  readonly messageId: number;
  readonly message: MavLinkData;
}

export interface CommandAnswer {
  /** MAV_RESULT; null when nothing came. */
  readonly result: number | null;
  readonly latencyMs: number;
  /** What it said in words with it. */
  readonly texts: readonly string[];
}

/** Not the number that other programs of ours use; ArduPilot's GCS failsafe is off in a calibration. */
export const STATION_SYSTEM_ID = 250;
const COMPONENT_ID = 190;
const HEARTBEAT_EVERY_MS = 1000;
const ANSWER_WITHIN_MS = 3000;
/** Words that belong to a command come in the same moments as its answer. */
const TEXTS_AFTER_MS = 150;

/**
 * A ground station for one vehicle, with nothing between the wire and the clock: what is measured is the vehicle. It
 * answers at the address where the vehicle was heard.
 */
export class Station {
  readonly log: Heard[] = [];
  readonly #socket: Socket;
  readonly #framer = new Framer();
  readonly #encoders = new Map<number, Encoder>();
  readonly #listeners = new Set<(heard: Heard) => void>();
  readonly #heartbeat: NodeJS.Timeout;
  #remote: RemoteInfo | null = null;
  #systemId: number | null = null;
  #speaks = true;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (bytes, remote) => this.#take(bytes, remote));
    // The vehicle may have ended; what was waited for then fails by its own time limit.
    socket.on('error', () => {});
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_EVERY_MS);
  }

  static async open(port = 0): Promise<Station> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(port, '127.0.0.1', () => {
        socket.removeListener('error', reject);
        resolve();
      });
    });
    return new Station(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** @throws Error before the vehicle was heard */
  get systemId(): number {
    if (this.#systemId === null) throw new Error('no vehicle was heard yet');
    return this.#systemId;
  }

  /** Whether it sends its heartbeat. */
  set speaks(speaks: boolean) {
    this.#speaks = speaks;
  }

  /** @param as another ground station's system id */
  send(message: MavLinkData, as = STATION_SYSTEM_ID): void {
    if (this.#remote === null) throw new Error('no vehicle was heard yet');
    let encoder = this.#encoders.get(as);
    if (encoder === undefined) {
      encoder = new Encoder({ systemId: as, componentId: COMPONENT_ID });
      this.#encoders.set(as, encoder);
    }
    this.#socket.send(encoder.encode(message), this.#remote.port, this.#remote.address);
  }

  /** Calls for each message until the returned function is called. */
  listen(listener: (heard: Heard) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The next message of the class that fits; null when none came in time. */
  next<T extends MavLinkData>(
    messageClass: MavLinkDataConstructor<T>,
    withinMs: number,
    fits: (message: T) => boolean = () => true,
  ): Promise<{ readonly atMs: number; readonly message: T } | null> {
    return new Promise((resolve) => {
      const stop = this.listen(({ atMs, message }) => {
        if (!(message instanceof messageClass) || !fits(message)) return;
        end({ atMs, message });
      });
      const timer = setTimeout(() => end(null), withinMs);
      const end = (found: { readonly atMs: number; readonly message: T } | null): void => {
        stop();
        clearTimeout(timer);
        resolve(found);
      };
    });
  }

  /** As `next`, but it has to come. @throws Error naming what was waited for and what was said last */
  async expect<T extends MavLinkData>(
    what: string,
    messageClass: MavLinkDataConstructor<T>,
    withinMs: number,
    fits: (message: T) => boolean = () => true,
  ): Promise<{ readonly atMs: number; readonly message: T }> {
    const found = await this.next(messageClass, withinMs, fits);
    if (found !== null) return found;
    throw new Error(`${what}: not within ${withinMs} ms; it said: ${this.texts(0).slice(-6).join(' | ')}`);
  }

  /** COMMAND_LONG and its final answer; IN_PROGRESS (5) is waited through. */
  async command(command: number, ...params: readonly number[]): Promise<CommandAnswer> {
    const [p1 = 0, p2 = 0, p3 = 0, p4 = 0, p5 = 0, p6 = 0, p7 = 0] = params;
    const sentMs = performance.now();
    const answer = this.next(
      CommandAck,
      ANSWER_WITHIN_MS,
      (ack) => ack.command === command && ack.result !== 5,
    );
    this.send(
      buildMessage(CommandLong, {
        targetSystem: this.systemId,
        targetComponent: 1,
        command,
        ...{ _param1: p1, _param2: p2, _param3: p3, _param4: p4, _param5: p5, _param6: p6, _param7: p7 },
      }),
    );
    const ack = await answer;
    const latencyMs = (ack?.atMs ?? performance.now()) - sentMs;
    await pause(TEXTS_AFTER_MS);
    return { result: ack === null ? null : ack.message.result, latencyMs, texts: this.texts(sentMs) };
  }

  setInterval(messageId: number, rateHz: number): Promise<CommandAnswer> {
    return this.command(MavCmd.SET_MESSAGE_INTERVAL, messageId, rateHz === 0 ? -1 : 1_000_000 / rateHz);
  }

  /** What it said since then; a text that came in several pieces (STATUSTEXT id, chunk_seq) is one. */
  texts(sinceMs: number): readonly string[] {
    const texts: { readonly id: number; text: string }[] = [];
    for (const { atMs, message } of this.log) {
      if (atMs < sinceMs || !(message instanceof StatusText)) continue;
      const text = textOf(message.text).replaceAll('\0', '');
      const open = texts.at(-1);
      if (message.chunkSeq > 0 && open?.id === message.id) open.text += text;
      else texts.push({ id: message.id, text });
    }
    // PX4 ends the texts of its events with a tab: "said by an event too".
    return texts.map(({ text }) => text.trim());
  }

  last<T extends MavLinkData>(messageClass: MavLinkDataConstructor<T>): T | null {
    for (let index = this.log.length - 1; index >= 0; index -= 1) {
      const message = this.log[index]?.message;
      if (message instanceof messageClass) return message;
    }
    return null;
  }

  close(): Promise<void> {
    clearInterval(this.#heartbeat);
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  }

  #take(bytes: Buffer, remote: RemoteInfo): void {
    const atMs = performance.now();
    for (const frame of this.#framer.pushDatagram(bytes)) {
      if (frame.componentId !== 1) continue;
      this.#systemId ??= frame.systemId;
      if (frame.systemId !== this.#systemId) continue;
      this.#remote = remote;
      const message = decodeById(frame);
      if (message === null) continue;
      const heard = { atMs, messageId: frame.messageId, message };
      this.log.push(heard);
      for (const listener of [...this.#listeners]) listener(heard);
    }
  }

  #beat(): void {
    if (this.#remote === null || !this.#speaks) return;
    this.send(
      buildMessage(Heartbeat, {
        type: MavType.GCS,
        autopilot: MavAutopilot.INVALID,
        systemStatus: MavState.ACTIVE,
      }),
    );
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
