import type { Step } from './schema-steps.ts';

/** What became of one step of the timeline. */
export interface StepRecord {
  readonly line: number;
  readonly step: Step;
  /** Begun when its `at` had come and its `when` held. Simulated seconds since the fleet was ready. */
  readonly startedS: number;
  readonly endedS: number;
  /** Monotonic wall clock. */
  readonly startedWallMs: number;
  readonly endedWallMs: number;
  readonly answers: readonly ActionAnswer[];
  /** Null: it went as the file wants it. */
  readonly failure: string | null;
}

/** What the server answered to an order for one aircraft. */
export interface ActionAnswer {
  readonly drone: string;
  readonly outcome: string;
  readonly code: string;
  readonly message: string;
  /** Wall time from the request to the answer. */
  readonly tookMs: number;
}

/** One line per event: simulated seconds, wall seconds, what happened. */
export class Progress {
  readonly #write: (line: string) => void;
  readonly #startedMs = performance.now();
  readonly #label: string;
  /** Set when the fleet is ready; before that there is no simulated time. */
  clock: () => number = () => 0;

  constructor(label: string, write: (line: string) => void) {
    this.#label = label;
    this.#write = write;
  }

  get wallS(): number {
    return (performance.now() - this.#startedMs) / 1000;
  }

  say(text: string): void {
    const simulated = this.clock().toFixed(1).padStart(7);
    const wall = this.wallS.toFixed(1).padStart(6);
    this.#write(`${this.#label}  ${simulated} s sim ${wall} s  ${text}`);
  }
}
