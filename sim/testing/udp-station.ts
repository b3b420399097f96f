import { createSocket, type Socket } from 'node:dgram';
import { decodeById } from '../../firmware-bridge/codec/decoder.ts';
import { Encoder } from '../../firmware-bridge/codec/encoder.ts';
import { type Frame, Framer } from '../../firmware-bridge/codec/framer.ts';
import {
  buildMessage,
  CommandAck,
  CommandLong,
  type MavLinkData,
  type MavLinkDataConstructor,
} from '../../firmware-bridge/codec/messages.ts';

interface Heard {
  readonly frame: Frame;
  readonly message: MavLinkData;
  readonly fromPort: number;
}

/** A ground station on a real UDP socket, for tests of the fleet. Answers each aircraft where it was heard. */
export class UdpStation {
  readonly heard: Heard[] = [];
  readonly #socket: Socket;
  readonly #encoder = new Encoder({ systemId: 200, componentId: 190 });
  readonly #ports = new Map<number, number>();
  readonly #framers = new Map<number, Framer>();

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (bytes, remote) => {
      const framer = this.#framers.get(remote.port) ?? new Framer();
      this.#framers.set(remote.port, framer);
      for (const frame of framer.pushDatagram(bytes)) {
        this.#ports.set(frame.systemId, remote.port);
        const message = decodeById(frame);
        if (message !== null) this.heard.push({ frame, message, fromPort: remote.port });
      }
    });
  }

  static async open(): Promise<UdpStation> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    return new UdpStation(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  from<T extends MavLinkData>(systemId: number, messageClass: MavLinkDataConstructor<T>): readonly T[] {
    return this.heard.flatMap(({ frame, message }) =>
      frame.systemId === systemId && message instanceof messageClass ? [message] : [],
    );
  }

  /** Knows where a system is without having heard it. */
  hear(systemId: number, port: number): void {
    this.#ports.set(systemId, port);
  }

  send(systemId: number, message: MavLinkData): void {
    const port = this.#ports.get(systemId);
    if (port === undefined) throw new Error(`system ${systemId} was not heard yet`);
    this.#socket.send(this.#encoder.encode(message), port, '127.0.0.1');
  }

  /** Sends a COMMAND_LONG and waits for its answer. */
  async command(systemId: number, command: number, ...params: readonly number[]): Promise<number> {
    const before = this.from(systemId, CommandAck).length;
    const [p1 = 0, p2 = 0, p3 = 0, p4 = 0, p5 = 0, p6 = 0, p7 = 0] = params;
    const fields = { targetSystem: systemId, targetComponent: 1, command };
    const values = {
      _param1: p1,
      _param2: p2,
      _param3: p3,
      _param4: p4,
      _param5: p5,
      _param6: p6,
      _param7: p7,
    };
    this.send(systemId, buildMessage(CommandLong, { ...fields, ...values }));
    await this.until(`answer to ${command}`, () => this.from(systemId, CommandAck).length > before);
    return this.from(systemId, CommandAck).at(-1)?.result ?? -1;
  }

  /** Polls real sockets, so it waits on the wall clock. @throws Error after `limitMs`. */
  async until(what: string, condition: () => boolean, limitMs = 10_000): Promise<void> {
    const endMs = performance.now() + limitMs;
    while (!condition()) {
      if (performance.now() > endMs) throw new Error(`${what}: not within ${limitMs} ms`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  }
}
