import type { EventLog } from './px4-events.ts';
import {
  checkHealth,
  type HealthInput,
  type HealthReport,
  tellFirstHealth,
  tellHealth,
} from './px4-health.ts';
import { modeOf } from './px4-modes.ts';

/** What the checks look at, as it is now; objections are asked for apart. */
export interface HealthFacts extends Omit<HealthInput, 'refusals'> {
  readonly isArmed: boolean;
}

export interface HealthHost {
  readonly events: EventLog;
  facts(): HealthFacts;
  /** What else aboard speaks against arming. */
  objections(): readonly string[];
  text(severity: number, text: string): void;
}

/** Objections of others are asked for once a second. */
const OBJECTIONS_EVERY_S = 1;

/** The health and arming checks over time: made anew when something changed, told when they are news. */
export class Px4HealthWatch {
  readonly #host: HealthHost;
  #report: HealthReport | null = null;
  #key = -1;
  #objections: readonly string[] = [];
  #objectionsInS = 0;
  #refusal: string | null = null;
  #saidTexts: readonly string[] = [];

  constructor(host: HealthHost) {
    this.#host = host;
  }

  /** All checks as they are now; told as events and texts when they changed. */
  report(isAsked = false): HealthReport {
    const facts = this.#host.facts();
    const key = keyOf(facts);
    if (this.#report !== null && key === this.#key) return this.#report;
    const refusals = this.#refusal === null ? this.#objections : [this.#refusal, ...this.#objections];
    const report = checkHealth({ ...facts, refusals });
    this.#report = report;
    this.#key = key;
    // While it starts everything is missing: that is told only when somebody asks.
    if (isAsked || facts.localPositionOk || facts.isArmed) {
      tellHealth(report, facts.isGcsHeard, this.#host.events);
    }
    this.#sayTexts(report, this.#saidTexts, facts.isArmed);
    return report;
  }

  /** RUN_PREARM_CHECKS: everything once more. */
  tellAll(): void {
    this.#objections = this.#host.objections();
    this.#key = -1;
    this.#saidTexts = [];
    this.report(true);
  }

  /** The texts of what fails, once more: somebody wants to arm. */
  sayAll(): void {
    this.#sayTexts(this.report(), [], this.#host.facts().isArmed);
  }

  /** The first words after a start. */
  sayHello(): void {
    tellFirstHealth(this.#host.events);
  }

  /** Fault: arming is refused with this reason until null. */
  refuse(reason: string | null): void {
    this.#refusal = reason;
    this.#key = -1;
  }

  step(dtS: number): void {
    this.#objectionsInS -= dtS;
    if (this.#objectionsInS <= 0) {
      this.#objectionsInS = OBJECTIONS_EVERY_S;
      const now = this.#host.objections();
      if (now.join('\n') !== this.#objections.join('\n')) {
        this.#objections = now;
        this.#key = -1;
      }
    }
    this.report();
  }

  /** A text is said when its check begins to fail, not again while it goes on. */
  #sayTexts(report: HealthReport, said: readonly string[], isArmed: boolean): void {
    const now: string[] = [];
    for (const { text } of report.checks) {
      // Preflight is over once it is armed.
      if (text === null || (isArmed && text.text.startsWith('Preflight'))) continue;
      now.push(text.text);
      if (!said.includes(text.text)) this.#host.text(text.severity, `${text.text}\t`);
    }
    this.#saidTexts = now;
  }
}

/** All that the report depends on besides the objections, in bits. */
function keyOf(facts: HealthFacts): number {
  return (
    (facts.localPositionOk ? 1 : 0) |
    (facts.globalPositionOk ? 2 : 0) |
    (facts.isCompassOk ? 4 : 0) |
    (facts.homeOk ? 8 : 0) |
    (facts.missionOk ? 16 : 0) |
    (facts.offboardOk ? 32 : 0) |
    (facts.isGcsHeard ? 64 : 0) |
    (facts.isGcsNeeded ? 128 : 0) |
    (facts.battery << 8) |
    (modeOf(facts.nav).needs.preventsArming ? 1024 : 0)
  );
}
