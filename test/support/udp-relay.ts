import { createSocket, type Socket } from 'node:dgram';

/**
 * Stands between vehicles and us, as a radio does, and can be cut. Each vehicle is shown to us from an address of its
 * own, so that it stays a peer of its own.
 */
export interface UdpRelay {
  /** Where the vehicles send to. */
  readonly port: number;
  /** Datagrams that passed, to us and to the vehicles. */
  readonly passed: { toUs: number; toVehicles: number };
  /** Nothing passes either way, or everything again. */
  cut(isCut: boolean): void;
  close(): Promise<void>;
}

/** @param onToVehicle sees what passes to the vehicles */
export async function startUdpRelay(options: {
  readonly listenPort: number;
  readonly toPort: number;
  readonly onToVehicle?: (datagram: Buffer) => void;
}): Promise<UdpRelay> {
  const front = createSocket('udp4');
  const backs = new Map<string, Socket>();
  const passed = { toUs: 0, toVehicles: 0 };
  let isCut = false;
  await bound(front, options.listenPort);
  front.on('message', (datagram, vehicle) => {
    const key = `${vehicle.address}:${vehicle.port}`;
    let back = backs.get(key);
    if (back === undefined) {
      back = createSocket('udp4');
      backs.set(key, back);
      back.on('error', () => {});
      back.on('message', (reply) => {
        if (isCut) return;
        passed.toVehicles++;
        options.onToVehicle?.(reply);
        front.send(reply, vehicle.port, vehicle.address);
      });
    }
    if (isCut) return;
    passed.toUs++;
    back.send(datagram, options.toPort, '127.0.0.1');
  });
  return {
    port: front.address().port,
    passed,
    cut(cutNow) {
      isCut = cutNow;
    },
    async close() {
      for (const socket of [front, ...backs.values()]) {
        await new Promise<void>((done) => socket.close(() => done()));
      }
    },
  };
}

function bound(socket: Socket, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, '127.0.0.1', () => {
      socket.off('error', reject);
      // A vehicle that is gone is no failure of the relay.
      socket.on('error', () => {});
      resolve();
    });
  });
}
