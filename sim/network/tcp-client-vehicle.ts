import { connect, type Socket } from 'node:net';
import { writeOrDrop } from './tcp-vehicle.ts';
import {
  type EndpointOptions,
  ProblemsOnce,
  StreamSession,
  type VehicleEndpoint,
} from './vehicle-endpoint.ts';

/** Between two attempts to connect; a companion computer's router waits about as long. */
const RETRY_MS = 1000;

/**
 * The aircraft calls the ground station (`tcp-listen://` there), and calls again whenever the connection ends or is
 * refused: the ground station may start after the aircraft.
 */
export class TcpClientVehicle implements VehicleEndpoint {
  readonly #options: EndpointOptions & { readonly host: string; readonly port: number };
  readonly #problems: ProblemsOnce;
  #socket: Socket | null = null;
  #retryAtMs = 0;
  #isClosed = false;

  constructor(options: EndpointOptions & { readonly host: string; readonly port: number }) {
    this.#options = options;
    this.#problems = new ProblemsOnce(options.onProblem);
    this.#connect();
  }

  tick(nowMs: number): void {
    if (this.#socket === null && !this.#isClosed && nowMs >= this.#retryAtMs) this.#connect();
  }

  close(): Promise<void> {
    this.#isClosed = true;
    const socket = this.#socket;
    if (socket === null) return Promise.resolve();
    return new Promise((resolve) => {
      socket.once('close', () => resolve());
      socket.destroy();
    });
  }

  #connect(): void {
    const { host, port, nowMs } = this.#options;
    const socket = connect({ host, port, noDelay: true });
    this.#socket = socket;
    let session: StreamSession | null = null;
    socket.once('connect', () => {
      session = new StreamSession(this.#options, 'tcp', (bytes) => writeOrDrop(socket, bytes));
    });
    socket.on('data', (bytes) => session?.receive(bytes));
    socket.on('error', (problem) => this.#problems.report(problem));
    socket.once('close', () => {
      session?.close();
      this.#socket = null;
      this.#retryAtMs = nowMs() + RETRY_MS;
    });
  }
}
