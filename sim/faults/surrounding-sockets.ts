import { createSocket, type Socket } from 'node:dgram';
import type { ReplayHandle, RogueHandle } from '../fleet-model.ts';
import type { Line } from '../network/line.ts';
import type { UdpAddress } from '../network/udp-vehicle.ts';
import { Replay, type ReplayOptions } from './replay.ts';
import { type RogueOptions, RogueStation } from './rogue-station.ts';

/** Something beside the fleet that the fleet's tick drives; `step` takes simulated seconds since it appeared. */
export interface RunningSurrounding<Handle> {
  readonly handle: Handle;
  step(nowS: number): void;
}

/**
 * A rogue ground station on a UDP socket of its own.
 * @param addressOf where an aircraft receives now; null while it is switched off
 */
export async function openRogue(
  options: RogueOptions,
  addressOf: (systemId: number) => UdpAddress | null,
  onProblem: (problem: Error) => void,
): Promise<RunningSurrounding<RogueHandle>> {
  const socket = await ownSocket(onProblem);
  const senders = new Map<string, number>();
  const station = new RogueStation(options, (systemId, bytes) => {
    const to = addressOf(systemId);
    if (to === null) return;
    senders.set(`${to.address}:${to.port}`, systemId);
    socket.send(bytes, to.port, to.address, reportTo(onProblem));
  });
  socket.on('message', (bytes, remote) => {
    const systemId = senders.get(`${remote.address}:${remote.port}`);
    if (systemId !== undefined) station.receive(systemId, bytes);
  });
  const close = closing(socket);
  return {
    handle: { log: station.log, close },
    step(nowS) {
      if (!close.isClosed()) station.step(nowS);
    },
  };
}

/**
 * Plays old traffic of one line from a UDP socket of its own.
 * @param target where it goes; null while nobody is there
 */
export async function openReplay(
  options: ReplayOptions,
  line: Line,
  target: () => UdpAddress | null,
  onProblem: (problem: Error) => void,
): Promise<RunningSurrounding<ReplayHandle>> {
  const socket = await ownSocket(onProblem);
  const replay = new Replay(options, (bytes) => {
    const to = target();
    if (to !== null) socket.send(bytes, to.port, to.address, reportTo(onProblem));
  });
  const untap = line.tap((bytes) => replay.hear(bytes));
  const close = closing(socket);
  let hasToldMissed = false;
  return {
    handle: {
      get sent() {
        return replay.sent;
      },
      async close() {
        untap();
        await close();
      },
    },
    step(nowS) {
      if (close.isClosed()) return;
      replay.step(nowS);
      if (replay.missed === 0 || hasToldMissed) return;
      hasToldMissed = true;
      onProblem(new Error('the recording for the replay is full; what came later is not sent again'));
    },
  };
}

function reportTo(onProblem: (problem: Error) => void): (problem: Error | null) => void {
  return (problem) => {
    if (problem !== null) onProblem(problem);
  };
}

async function ownSocket(onProblem: (problem: Error) => void): Promise<Socket> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, () => {
      socket.removeListener('error', reject);
      resolve();
    });
  });
  socket.on('error', onProblem);
  return socket;
}

function closing(socket: Socket): (() => Promise<void>) & { isClosed(): boolean } {
  let closed: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closed ??= new Promise((resolve) => socket.close(() => resolve()));
    return closed;
  };
  return Object.assign(close, { isClosed: () => closed !== null });
}
