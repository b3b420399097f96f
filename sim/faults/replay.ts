import type { Direction } from '../network/conditions.ts';

export interface ReplayOptions {
  /** What is sent again: `down` the aircraft's telemetry to the ground, `up` the ground's commands to the aircraft. */
  readonly direction: Direction;
  /** Listens for this many simulated seconds first … */
  readonly recordS: number;
  /** … waits so long … */
  readonly waitS: number;
  /** … and sends everything again at its own pace, that many times (default 1). */
  readonly times?: number;
}

/** More than this is not kept: 20 minutes of a talkative aircraft. */
const MAX_BYTES = 16 * 1024 * 1024;

interface Kept {
  readonly atS: number;
  readonly bytes: Buffer;
}

/**
 * Somebody who recorded a link and plays it back later: whole, intact frames whose time has passed. Without signing
 * nothing in a frame tells it from a new one but its sequence number and the time in it.
 */
export class Replay {
  readonly #options: ReplayOptions;
  readonly #send: (bytes: Buffer) => void;
  readonly #kept: Kept[] = [];
  #bytes = 0;
  #nowS = 0;
  #round = 0;
  #next = 0;
  #sent = 0;
  #missed = 0;

  constructor(options: ReplayOptions, send: (bytes: Buffer) => void) {
    this.#options = options;
    this.#send = send;
  }

  /** Datagrams sent again so far. */
  get sent(): number {
    return this.#sent;
  }

  /** Datagrams that did not fit into the recording. */
  get missed(): number {
    return this.#missed;
  }

  get isDone(): boolean {
    return this.#round >= (this.#options.times ?? 1);
  }

  /** A datagram that passed on the watched line. */
  hear(bytes: Buffer): void {
    if (this.#nowS >= this.#options.recordS) return;
    if (this.#bytes + bytes.length > MAX_BYTES) {
      this.#missed += 1;
      return;
    }
    this.#kept.push({ atS: this.#nowS, bytes });
    this.#bytes += bytes.length;
  }

  /** Simulated seconds since it began to listen. */
  step(nowS: number): void {
    this.#nowS = nowS;
    const { recordS, waitS } = this.#options;
    while (!this.isDone) {
      const startS = recordS + waitS + this.#round * recordS;
      if (nowS < startS) return;
      const kept = this.#kept[this.#next];
      if (kept === undefined) {
        // The round lasts as long as the recording, also where it was quiet at the end.
        if (nowS < startS + recordS) return;
        this.#round += 1;
        this.#next = 0;
        continue;
      }
      if (startS + kept.atS > nowS) return;
      this.#next += 1;
      this.#sent += 1;
      this.#send(kept.bytes);
    }
  }
}
