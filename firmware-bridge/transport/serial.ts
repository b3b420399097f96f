import { SerialPort } from 'serialport';
import type { LinkProblem } from '../model.ts';
import type { LinkAddress } from './parse-link-url.ts';
import {
  errnoOf,
  messageOf,
  SEND_QUEUE_LIMIT_BYTES,
  type Transport,
  TransportError,
  type TransportEvents,
  type TransportState,
} from './transport.ts';

/** How often an open device is asked whether it is still there. */
const LOOK_EVERY_MS = 1000;

/** A radio modem or flight controller on a serial device. */
export class SerialTransport implements Transport {
  readonly datagrams = false;
  readonly #address: Extract<LinkAddress, { kind: 'serial' }>;
  #state: TransportState = 'new';
  #port: SerialPort | null = null;
  #look: NodeJS.Timeout | null = null;

  constructor(address: Extract<LinkAddress, { kind: 'serial' }>) {
    this.#address = address;
  }

  get state(): TransportState {
    return this.#state;
  }

  async open(events: TransportEvents): Promise<void> {
    this.#state = 'opening';
    const port = new SerialPort({
      path: this.#address.path,
      baudRate: this.#address.baudRate,
      autoOpen: false,
    });
    try {
      await new Promise<void>((resolve, reject) => {
        port.open((error) => (error ? reject(error) : resolve()));
      });
    } catch (error) {
      this.#state = 'closed';
      throw new TransportError(this.#problem(error), error);
    }
    if (this.#closedWhileOpening()) {
      await closePort(port);
      return;
    }
    this.#port = port;
    this.#state = 'open';
    let cause: unknown = null;
    port.on('data', (bytes: Buffer) => events.onData(bytes, this.#address.path));
    port.on('error', (error) => {
      cause = error;
    });
    // Also comes when the cable is pulled: the driver's read fails.
    port.on('close', (error: unknown) => {
      if (this.#state !== 'open') return;
      this.#state = 'closed';
      this.#port = null;
      this.#stopLooking();
      events.onClosed(this.#unpluggedProblem(error ?? cause));
    });
    this.#lookForHangUp(port, (error) => {
      cause = error;
    });
  }

  send(bytes: Uint8Array, endpoint: string): boolean {
    const port = this.#port;
    if (port === null || this.#state !== 'open' || endpoint !== this.#address.path) return false;
    // At 57600 baud 64 KiB are eleven seconds; what waits longer than a retry is useless.
    if (port.writableLength > Math.min(SEND_QUEUE_LIMIT_BYTES, this.#address.baudRate / 10)) return false;
    port.write(Buffer.from(bytes));
    return true;
  }

  endpoints(): readonly string[] {
    return this.#state === 'open' ? [this.#address.path] : [];
  }

  async close(): Promise<void> {
    const port = this.#port;
    this.#port = null;
    this.#state = 'closed';
    this.#stopLooking();
    if (port !== null) await closePort(port);
  }

  /**
   * A read that is under way when the device goes returns 0 bytes instead of an error, and the library (bindings-cpp
   * 13.0, unix-read) then reads again without end: the port would stay open for ever, and eat a core. Asking for the
   * settings of a terminal that was hung up fails with EIO, whatever its reads do.
   */
  #lookForHangUp(port: SerialPort, tell: (error: unknown) => void): void {
    this.#look = setInterval(() => {
      port.port?.getBaudRate().catch((error: unknown) => {
        // Not every system can be asked (macOS says so); only a device that is gone says this.
        const isGone = /input\/output error|no such device/i.test(messageOf(error));
        if (!isGone || this.#port !== port || !port.isOpen) return;
        tell(error);
        port.close();
      });
    }, LOOK_EVERY_MS);
  }

  #stopLooking(): void {
    if (this.#look !== null) clearInterval(this.#look);
    this.#look = null;
  }

  #closedWhileOpening(): boolean {
    return this.#state === 'closed';
  }

  #unpluggedProblem(cause: unknown): LinkProblem {
    const { path } = this.#address;
    return {
      code: 'transport.closed-by-peer',
      message: `${path} was disconnected${cause === null || cause === undefined ? '' : ` (${messageOf(cause)})`}: plug the radio or cable in again, it is found by itself.`,
      details: { path, errno: errnoOf(cause) },
    };
  }

  /** The serialport library puts the system's error into the text of its own. */
  #problem(error: unknown): LinkProblem {
    const { path } = this.#address;
    const text = messageOf(error);
    const details = { path, baudRate: this.#address.baudRate };
    if (/no such file|cannot find|not found|File not found|ENOENT|ENXIO|ENODEV/i.test(text)) {
      return {
        code: 'transport.device-missing',
        message: `The serial device ${path} is not there: plug the radio or cable in, or correct its name.`,
        details,
      };
    }
    if (/permission denied|access denied|EACCES/i.test(text)) {
      return {
        code: 'transport.permission-denied',
        message: `This user may not open ${path}: add the user to the group that owns the device (dialout on Debian).`,
        details,
      };
    }
    if (/lock|busy|temporarily unavailable|EAGAIN/i.test(text)) {
      return {
        code: 'transport.port-busy',
        message: `${path} is used by another program (another ground station?): close that program.`,
        details,
      };
    }
    return {
      code: 'transport.open-failed',
      message: `The serial device ${path} cannot be opened: ${text}.`,
      details,
    };
  }
}

function closePort(port: SerialPort): Promise<void> {
  return new Promise((resolve) => {
    if (!port.isOpen) return resolve();
    // A device that vanished answers with an error; it is as closed as it can be.
    port.close(() => resolve());
  });
}
