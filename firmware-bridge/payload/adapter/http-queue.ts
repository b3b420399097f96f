import type { Clock } from '../../model.ts';

/**
 * One at a time. An urgent job (stop, off) ends what runs, voids what waits, and comes next: an announcement that
 * was asked for before "stop" must not be heard after it.
 */
export interface Job {
  /** Who ended it; null: it may go on. */
  readonly endedBy: string | null;
  /** Calls back when it is ended from outside; returns the way to unhook. */
  onEnd(run: () => void): () => void;
  /** Returns early when ended. */
  pause(clock: Clock, forMs: number): Promise<void>;
}

const MAX_WAITING = 8;

class Work implements Job {
  readonly isUrgent: boolean;
  endedBy: string | null = null;
  readonly #hooks = new Set<() => void>();

  constructor(isUrgent: boolean) {
    this.isUrgent = isUrgent;
  }

  end(by: string): void {
    this.endedBy ??= by;
    for (const hook of [...this.#hooks]) hook();
  }

  onEnd(run: () => void): () => void {
    this.#hooks.add(run);
    return () => {
      this.#hooks.delete(run);
    };
  }

  pause(clock: Clock, forMs: number): Promise<void> {
    if (this.endedBy !== null) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = clock.setTimer(() => settle(), forMs);
      const unhook = this.onEnd(() => settle());
      const settle = (): void => {
        timer.cancel();
        unhook();
        resolve();
      };
    });
  }
}

interface Waiting<Result> {
  readonly work: Work;
  readonly run: (job: Job) => Promise<Result>;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

export class HttpQueue<Result> {
  readonly #cancelled: (by: string) => Result;
  #waiting: Waiting<Result>[] = [];
  #running: Work | null = null;
  readonly #pauses = new Set<Work>();
  #idle: Promise<void> = Promise.resolve();
  #closedBy: string | null = null;

  constructor(cancelled: (by: string) => Result) {
    this.#cancelled = cancelled;
  }

  add(isUrgent: boolean, whenFull: Result, run: (job: Job) => Promise<Result>): Promise<Result> {
    if (this.#closedBy !== null) return Promise.resolve(this.#cancelled(this.#closedBy));
    if (isUrgent) this.#clearWay();
    else if (this.#waiting.length >= MAX_WAITING) return Promise.resolve(whenFull);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ work: new Work(isUrgent), run, resolve, reject });
      if (this.#running === null) this.#idle = this.#drain();
    });
  }

  /** False: closed meanwhile. An urgent job ends it as well. */
  async pause(clock: Clock, forMs: number): Promise<boolean> {
    if (this.#closedBy !== null) return false;
    const work = new Work(false);
    this.#pauses.add(work);
    await work.pause(clock, forMs);
    this.#pauses.delete(work);
    return work.endedBy === null;
  }

  async close(by: string): Promise<void> {
    this.#closedBy ??= by;
    for (const waiting of this.#waiting.splice(0)) waiting.resolve(this.#cancelled(by));
    for (const pause of this.#pauses) pause.end(by);
    this.#running?.end(by);
    await this.#idle;
  }

  /** Other urgent ones stay: "stop" and "stop" are no contradiction. */
  #clearWay(): void {
    const voided = this.#waiting.filter(({ work }) => !work.isUrgent);
    this.#waiting = this.#waiting.filter(({ work }) => work.isUrgent);
    for (const { resolve } of voided) resolve(this.#cancelled('stop'));
    for (const pause of this.#pauses) pause.end('stop');
    if (this.#running?.isUrgent === false) this.#running.end('stop');
  }

  async #drain(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      this.#running = next.work;
      try {
        next.resolve(await next.run(next.work));
      } catch (error) {
        next.reject(error);
      }
    }
    this.#running = null;
  }
}
