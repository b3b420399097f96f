import { parentPort, workerData } from 'node:worker_threads';
import { pino } from 'pino';
import { openHere } from './open-here.ts';
import { DeadmanWatch } from './thread/deadman.ts';
import type { FromBridge, ThreadStart } from './thread/messages.ts';
import { plainError, serveBridge } from './thread/serve-bridge.ts';
import { threadClock } from './thread/thread-clock.ts';

/** The bridge on its own thread, so that no page request and no SQL statement makes it miss a datagram. */
if (parentPort === null) throw new Error('worker.ts runs as a thread of the server only');
const port = parentPort;
const { config, pulse, clockBaseMs, logLevel } = workerData as ThreadStart;
const post = (message: FromBridge): void => port.postMessage(message);
const clock = threadClock(clockBaseMs);
const logger = pino({ level: logLevel }, { write: (line: string) => post({ kind: 'log', line }) });
const watch = new DeadmanWatch(pulse, clock.nowMs);

try {
  const bridge = await openHere(config, {
    clock,
    logger,
    random: Math.random,
    isHealthy: () => watch.isAlive(),
  });
  serveBridge(bridge, port, clock, () => port.close());
} catch (error) {
  post({ kind: 'failed', error: plainError(error) });
  port.close();
}
