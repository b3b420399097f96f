import { parentPort, workerData } from 'node:worker_threads';
import { threadClock } from '../thread/thread-clock.ts';
import { serveUdp } from './serve-udp.ts';
import type { UdpThreadStart } from './udp-messages.ts';

/** The thread that owns the bridge's UDP sockets. */
if (parentPort === null) throw new Error('udp-worker.ts runs as a thread of the bridge only');
const { backlog, clockBaseMs } = workerData as UdpThreadStart;
serveUdp(parentPort, backlog, threadClock(clockBaseMs));
