import { createServer, type Server, type Socket } from 'node:net';
import { Framer } from '../../firmware-bridge/codec/framer.ts';
import type { SimulatedVehicle } from '../vehicle/simulated-vehicle.ts';
import type { Impairment } from './impairment.ts';
import { deliverFrames, type VehicleEndpoint } from './vehicle-endpoint.ts';

export interface TcpVehicleOptions {
  readonly vehicle: SimulatedVehicle;
  readonly host: string;
  readonly port: number;
  readonly impairment: Impairment;
  readonly nowMs: () => number;
}

/** More than this unsent: the ground station does not read; its connection is closed, as the real one drops data. */
const MAX_UNSENT_BYTES = 256 * 1024;

/**
 * The aircraft as a TCP server, like ArduPilot SITL on 5760: every connection is a channel of its own. Only an outage
 * applies here (bytes vanish while it lasts); a TCP stream has neither loss nor duplicates of its own.
 */
export class TcpVehicle implements VehicleEndpoint {
  readonly #server: Server;
  readonly #connections = new Set<Socket>();
  #closed: Promise<void> | null = null;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @throws the system's error (EADDRINUSE, EACCES) when the port cannot be listened on. */
  static async open(options: TcpVehicleOptions): Promise<TcpVehicle> {
    const server = createServer();
    const endpoint = new TcpVehicle(server);
    server.on('connection', (socket) => endpoint.#accept(socket, options));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port, options.host, () => {
        server.removeListener('error', reject);
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

  #accept(socket: Socket, { vehicle, impairment, nowMs }: TcpVehicleOptions): void {
    socket.setNoDelay(true);
    this.#connections.add(socket);
    const framer = new Framer();
    const channel = vehicle.openChannel((bytes) => {
      if (impairment.isCut(nowMs())) return;
      if (socket.writableLength > MAX_UNSENT_BYTES) socket.destroy();
      else if (socket.writable) socket.write(bytes);
    });
    socket.on('data', (bytes) => {
      if (impairment.isCut(nowMs())) return;
      deliverFrames(vehicle, channel, framer.push(bytes), nowMs());
    });
    const leave = () => {
      this.#connections.delete(socket);
      vehicle.closeChannel(channel);
    };
    // 'close' follows every error; without this listener a reset connection would end the process.
    socket.on('error', () => socket.destroy());
    socket.on('close', leave);
  }
}
