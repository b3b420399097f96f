import { fork } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Encoder } from '../../firmware-bridge/codec/encoder.ts';
import { Framer } from '../../firmware-bridge/codec/framer.ts';
import { buildMessage, CommandLong, MavCmd } from '../../firmware-bridge/codec/messages.ts';
import { startSimFleet } from '../fleet.ts';
import { ringOfHomes } from '../homes.ts';

/**
 * Measures one fleet in this process: `node dist/sim/testing/measure-fleet.js AIRCRAFT MESSAGES_PER_S SECONDS`
 * (default 500 10 10); prints one JSON object. A second process asks for the rates, counts what arrives and is not part
 * of the figure. Every aircraft flies: battery, guidance and wind are. With `--cpu-prof` behind `node` the second process
 * is not profiled.
 */
const [aircraft = 500, ratePerS = 10, seconds = 10] = process.argv.slice(2).map(Number);
/** Telemetry that a ground station asks for; the rate is shared out among them. */
const STREAMS = [33, 30, 24, 1, 74, 147, 42, 245, 193, 2];
/** On a busy machine some aircraft take longer until they can be armed; they are asked again until then. */
const TAKE_OFF_LIMIT_MS = 60_000;
const SETTLE_MS = 6_000;
const ASK_AGAIN_MS = 3_000;
/** Receiving is not what is measured: the kernel keeps what arrives in a burst. */
const RECEIVE_BUFFER_BYTES = 8 * 1024 * 1024;

/** HEARTBEAT.base_mode: its place in the payload, and its bit for armed. */
const BASE_MODE_AT = 6;
const ARMED = 128;

interface Count {
  readonly frames: number;
  readonly vehicles: number;
  /** Frames whose sequence number was not the next one. */
  readonly gaps: number;
}

if (process.send === undefined) await measure();
else receive();

async function measure(): Promise<void> {
  const child = fork(fileURLToPath(import.meta.url), process.argv.slice(2), { execArgv: [] });
  const next = <T>() =>
    new Promise<T>((resolve) => child.once('message', (message) => resolve(message as T)));
  const port = await next<number>();
  const homes = ringOfHomes(aircraft);
  const fleet = await startSimFleet({
    // System ids are 8 bits: a big fleet repeats them, the sockets are different.
    aircraft: homes.map((home, index) => ({ ...home, systemId: 1 + (index % 255) })),
    target: { host: '127.0.0.1', port },
    startupS: 1,
  });
  const inTheAir = () => fleet.all.filter(({ truth }) => !truth.landed).length;
  const limitMs = performance.now() + TAKE_OFF_LIMIT_MS;
  while (inTheAir() < aircraft && performance.now() < limitMs) await pause(500);
  await pause(SETTLE_MS);
  child.send('start');
  const lostBeforeS = fleet.lostS;
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  const { frames, vehicles, gaps } = await next<Count>();
  const used = process.cpuUsage(cpu);
  const wallS = (performance.now() - startMs) / 1000;
  const cpuPct = ((used.user + used.system) / 1e6 / wallS) * 100;
  const lostS = fleet.lostS - lostBeforeS;
  const flying = inTheAir();
  await fleet.close();
  child.disconnect();
  console.log(
    JSON.stringify({
      machine: { cores: cpus().length, cpu: cpus()[0]?.model ?? 'unknown', node: process.versions.node },
      aircraft,
      flying,
      vehiclesHeard: vehicles,
      messagesPerS: Math.round(frames / wallS),
      perAircraftPerS: Math.round((frames / wallS / aircraft) * 10) / 10,
      framesMissed: gaps,
      cpuPctOfOneCore: Math.round(cpuPct * 10) / 10,
      memoryMb: Math.round(process.memoryUsage().rss / 1e6),
      lostS: Math.round(lostS * 100) / 100,
      lostWhileStartingS: Math.round(lostBeforeS * 100) / 100,
    }),
  );
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The other end: arms every aircraft, lets it take off, asks for the rates, counts frames between start and end. */
function receive(): void {
  const socket = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES });
  const encoder = new Encoder({ systemId: 200, componentId: 190 });
  const framer = new Framer();
  /** Next sequence number by port and component. */
  const expected = new Map<number, number>();
  /** When it was told to take off, by port. */
  const met = new Map<number, number>();
  let [frames, gaps] = [0, 0];
  socket.on('message', (bytes, remote) => {
    const received = framer.pushDatagram(bytes);
    frames += received.length;
    for (const { sequence, componentId } of received) {
      const source = remote.port * 256 + componentId;
      const next = expected.get(source);
      if (next !== undefined) gaps += (sequence - next + 256) % 256;
      expected.set(source, (sequence + 1) % 256);
    }
    const heartbeat = received.find(({ messageId, componentId }) => messageId === 0 && componentId === 1);
    if (heartbeat === undefined) return;
    const nowMs = performance.now();
    const askedMs = met.get(remote.port);
    const isArmed = ((heartbeat.payload[BASE_MODE_AT] ?? 0) & ARMED) !== 0;
    if (askedMs !== undefined && (isArmed || nowMs - askedMs < ASK_AGAIN_MS)) return;
    met.set(remote.port, nowMs);
    const order = (command: MavCmd, p1: number, p2 = 0, p7 = 0) => {
      const to = { targetSystem: heartbeat.systemId, targetComponent: 1 };
      const message = buildMessage(CommandLong, { ...to, command, _param1: p1, _param2: p2, _param7: p7 });
      socket.send(encoder.encode(message), remote.port, remote.address);
    };
    if (askedMs === undefined) {
      // HEARTBEAT already makes one a second.
      const intervalUs = (STREAMS.length * 1e6) / (ratePerS - 1);
      for (const messageId of STREAMS) order(MavCmd.SET_MESSAGE_INTERVAL, messageId, intervalUs);
      return;
    }
    order(MavCmd.DO_SET_MODE, 1, 4);
    order(MavCmd.COMPONENT_ARM_DISARM, 1);
    order(MavCmd.NAV_TAKEOFF, 0, 0, 60);
  });
  socket.bind(0, '127.0.0.1', () => process.send?.(socket.address().port));
  process.on('message', () => {
    [frames, gaps] = [0, 0];
    setTimeout(() => process.send?.({ frames, vehicles: met.size, gaps } satisfies Count), seconds * 1000);
  });
  process.on('disconnect', () => socket.close());
}
