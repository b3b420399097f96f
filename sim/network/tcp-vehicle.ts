import { createServer, type Server, type Socket } from 'node:net';
import { type EndpointOptions, StreamSession, type VehicleEndpoint } from './vehicle-endpoint.ts';

/** More than this unsent: the ground station does not read; its connection is closed, as the real one drops data. */
export const MAX_UNSENT_BYTES = 256 * 1024;

/**
 * The aircraft as a TCP server, like ArduPilot SITL on 5760: every connection is a channel of its own. During a cut
 * bytes vanish, as behind a radio with a TCP port; a loss only holds them up.
 */
export class TcpVehicle implements VehicleEndpoint {
  readonly #server: Server;
  readonly #connections = new Set<Socket>();
  #closed: Promise<void> | null = null;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @throws the system's error (EADDRINUSE, EACCES) when the port cannot be listened on. */
  static async open(
    options: EndpointOptions & { readonly host: string; readonly port: number },
  ): Promise<TcpVehicle> {
    const server = createServer();
    const endpoint = new TcpVehicle(server);
    server.on('connection', (socket) => endpoint.#accept(socket, options));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port, options.host, () => {
        server.removeListener('error', reject);
        server.on('error', options.onProblem);
        resolve();
      });
    });
    return endpoint;
  }

  tick(): void {}

  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#connections) socket.destroy();
    });
    return this.#closed;
  }

  #accept(socket: Socket, options: EndpointOptions): void {
    socket.setNoDelay(true);
    this.#connections.add(socket);
    const session = new StreamSession(options, 'tcp', (bytes) => writeOrDrop(socket, bytes));
    socket.on('data', (bytes) => session.receive(bytes));
    // 'close' follows every error; without this listener a reset connection would end the process.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#connections.delete(socket);
      session.close();
    });
  }
}

/** Writes, or ends a connection whose other side does not read. */
export function writeOrDrop(socket: Socket, bytes: Buffer): void {
  if (socket.writableLength > MAX_UNSENT_BYTES) socket.destroy();
  else if (socket.writable) socket.write(bytes);
}
