import { parentPort, Worker, workerData } from 'node:worker_threads';
import { pino } from 'pino';
import { openHere } from './open-here.ts';
import { DeadmanWatch } from './thread/deadman.ts';
import type { FromBridge, ThreadStart } from './thread/messages.ts';
import { plainError, serveBridge } from './thread/serve-bridge.ts';
import { threadClock } from './thread/thread-clock.ts';
import { newBacklog, type UdpThreadStart } from './transport/udp-messages.ts';
import { UdpThread } from './transport/udp-thread.ts';

/** The bridge on its own thread, so that no page request and no SQL statement makes it miss a datagram. */
if (parentPort === null) throw new Error('worker.ts runs as a thread of the server only');
const port = parentPort;
const { config, pulse, clockBaseMs, logLevel } = workerData as ThreadStart;
const post = (message: FromBridge): void => port.postMessage(message);
const clock = threadClock(clockBaseMs);
const logger = pino({ level: logLevel }, { write: (line: string) => post({ kind: 'log', line }) });
const watch = new DeadmanWatch(pulse, clock.nowMs);
/** Sockets are read on one more thread: what the bridge is busy with never makes the system drop a datagram. */
const udpThread = new UdpThread(
  (backlog) => {
    const workerData: UdpThreadStart = { backlog, clockBaseMs };
    const worker = new Worker(new URL('./transport/udp-worker.js', import.meta.url), {
      workerData,
      name: 'udp',
    });
    worker.on('error', (error) =>
      logger.error({ err: error }, 'the thread that owns the UDP sockets failed'),
    );
    return worker;
  },
  newBacklog,
  clock.nowMs,
);

try {
  const bridge = await openHere(
    config,
    {
      clock,
      logger,
      random: Math.random,
      isHealthy: () => watch.isAlive(),
    },
    (address) => udpThread.port(address),
  );
  serveBridge(bridge, port, clock, () => void udpThread.close().finally(() => port.close()));
} catch (error) {
  post({ kind: 'failed', error: plainError(error) });
  port.close();
}
