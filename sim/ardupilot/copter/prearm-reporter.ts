import type { StartupText } from '../startup.ts';

export interface PrearmHost {
  objections(): readonly string[];
  text(severity: number, text: string): void;
}

const CRITICAL = 2;
const INFO = 6;
/** PREARM_DISPLAY_PERIOD */
const REPORT_EVERY_S = 30;
/** The checks run once a second; in between the bit of SYS_STATUS stays. */
const CHECK_EVERY_S = 1;

/** What a disarmed aircraft says of itself: the lines of its start, and what speaks against arming, every 30 s. */
export class PrearmReporter {
  readonly #host: PrearmHost;
  readonly #startup: StartupText[];
  #reportInS = REPORT_EVERY_S;
  #checkInS = 0;
  #passed = false;

  constructor(startup: readonly StartupText[], host: PrearmHost) {
    this.#startup = [...startup];
    this.#host = host;
  }

  /** Of the last check. */
  get passed(): boolean {
    return this.#passed;
  }

  /** Something changed that must not wait for the next check. */
  recheck(): void {
    this.#checkInS = 0;
  }

  sayObjections(): void {
    for (const reason of this.#host.objections()) this.#host.text(CRITICAL, reason);
  }

  step(timeS: number, dtS: number, isArmed: boolean): void {
    while (this.#startup[0] !== undefined && this.#startup[0].atS <= timeS) {
      const due = this.#startup.shift();
      if (due !== undefined) this.#host.text(INFO, due.text);
    }
    if (isArmed) return;
    this.#checkInS -= dtS;
    if (this.#checkInS <= 0) {
      this.#checkInS = CHECK_EVERY_S;
      this.#passed = this.#host.objections().length === 0;
    }
    this.#reportInS -= dtS;
    if (this.#reportInS > 0) return;
    this.#reportInS = REPORT_EVERY_S;
    this.sayObjections();
  }
}
