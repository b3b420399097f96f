import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { FullBridge } from '../api.ts';
import { BridgeError } from '../bridge-error.ts';
import type { BridgeConfig } from '../model.ts';
import { beat, newPulse, PULSE_EVERY_MS } from './deadman.ts';
import type { FromBridge, ThreadStart, ToBridge } from './messages.ts';
import { RemoteCore, remoteBridge, threadGone } from './remote-bridge.ts';
import { errorFrom } from './serve-bridge.ts';

/**
 * Starts the bridge on its own thread and keeps it running.
 *
 *   starting ──ready──► running ──error, exit, or 15 s without a word──► restarting (1 s) ──► starting
 *      └──failed (the configuration)──► rejected
 */
const RESTART_AFTER_MS = 1_000;
/** The thread speaks at least once a second. */
const SILENT_MS = 15_000;
const CLOSE_WITHIN_MS = 10_000;

export interface ThreadOptions {
  readonly workerFile: URL;
  readonly logger: Logger;
  readonly isHealthy: () => boolean;
}

/** @throws BridgeError what `openBridge` refuses */
export async function openThread(config: BridgeConfig, options: ThreadOptions): Promise<FullBridge> {
  const supervisor = new Supervisor(config, options);
  await supervisor.start();
  return supervisor.bridge;
}

class Supervisor {
  readonly bridge: FullBridge;
  readonly #config: BridgeConfig;
  readonly #options: ThreadOptions;
  readonly #core: RemoteCore;
  readonly #pulse = newPulse();
  readonly #timers: NodeJS.Timeout[] = [];
  #worker: Worker | null = null;
  #heardAtMs = 0;
  #closing: Promise<void> | null = null;

  constructor(config: BridgeConfig, options: ThreadOptions) {
    this.#config = config;
    this.#options = options;
    this.#core = new RemoteCore(options.logger);
    this.bridge = remoteBridge(this.#core, () => {
      this.#closing ??= this.#close();
      return this.#closing;
    });
  }

  async start(): Promise<void> {
    this.#timers.push(
      setInterval(() => {
        if (this.#options.isHealthy()) beat(this.#pulse);
      }, PULSE_EVERY_MS),
      setInterval(() => this.#checkAlive(), 1_000),
    );
    try {
      await this.#spawn();
    } catch (error) {
      for (const timer of this.#timers) clearInterval(timer);
      throw error;
    }
  }

  /** Resolves when the thread is ready. */
  #spawn(): Promise<void> {
    const workerData: ThreadStart = {
      config: this.#config,
      pulse: this.#pulse,
      clockBaseMs: performance.timeOrigin + performance.now() - Number(process.hrtime.bigint()) / 1e6,
      logLevel: this.#options.logger.level,
    };
    const worker = new Worker(this.#options.workerFile, { workerData, name: 'bridge' });
    this.#worker = worker;
    this.#heardAtMs = performance.now();
    return new Promise((resolve, reject) => {
      worker.on('message', (message: FromBridge) => {
        this.#heardAtMs = performance.now();
        this.#core.receive(message);
        if (message.kind === 'failed') reject(errorFrom(message.error));
        if (message.kind !== 'ready') return;
        this.#core.attach((call: ToBridge) => worker.postMessage(call));
        resolve();
      });
      worker.on('error', (error) => {
        this.#options.logger.fatal({ err: error }, 'the thread that talks to the aircraft failed');
        reject(error);
      });
      worker.on('exit', () => {
        reject(threadGone());
        if (this.#worker === worker) this.#onExit();
      });
    });
  }

  #onExit(): void {
    this.#worker = null;
    if (this.#closing !== null) {
      this.#core.detach(new BridgeError('bridge.closed', 'The bridge was closed.'));
      return;
    }
    this.#core.detach(threadGone());
    this.#options.logger.error('the thread that talks to the aircraft ended and is started again');
    setTimeout(() => {
      if (this.#closing === null) this.#respawn();
    }, RESTART_AFTER_MS);
  }

  /** What goes wrong here is told by the thread's own error event, and ends in the next `#onExit`. */
  #respawn(): void {
    this.#spawn().catch((error: unknown) => {
      this.#options.logger.error(
        { err: error },
        'the thread that talks to the aircraft could not be started',
      );
    });
  }

  #checkAlive(): void {
    const worker = this.#worker;
    // After a stall of this thread its own queue is read first.
    if (worker === null || performance.now() - this.#heardAtMs < SILENT_MS) return;
    setImmediate(() => {
      if (this.#worker !== worker || performance.now() - this.#heardAtMs < SILENT_MS) return;
      this.#options.logger.fatal('the thread that talks to the aircraft does not answer and is ended');
      void worker.terminate();
    });
  }

  async #close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    const worker = this.#worker;
    if (worker === null) return;
    const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    const giveUp = setTimeout(() => {
      this.#options.logger.error('the thread that talks to the aircraft did not close in time and is ended');
      void worker.terminate();
    }, CLOSE_WITHIN_MS);
    const message: ToBridge = { kind: 'close' };
    worker.postMessage(message);
    await exited;
    clearTimeout(giveUp);
  }
}
