import type { Parameter } from '../protocol/parameter-codec.ts';
import { readByName } from '../protocol/parameters-read.ts';
import { failsafeNames, failsafesFrom } from './failsafe-parameters-meaning.ts';
import type { VehiclePort } from './vehicle-port.ts';

/**
 * Finds out what an aircraft will do by itself, without anybody asking: one question at a time, few a second, so
 * that it stays unnoticed beside the telemetry. Whatever is heard of these parameters counts, also an answer to
 * somebody else. A name that is not answered gives way to its other name; what three rounds do not bring stays
 * unknown, and all is asked again ten minutes later (or after a restart).
 *
 *   unknown ──online, kind known──► asking ──all answered, or the third round──► resting ──10 min──► asking (all)
 *                                    ▲ └──each 10 times, some unanswered──► pausing ──┐
 *                                    └───────────── 20 s: those again ────────────────┘
 */
const ASK_EVERY_MS = 1_000;
const FIRST_AFTER_MS = 8_000;
/** For each name: at 40 % loss each way one answer in three comes. */
const ATTEMPTS = 10;
const ROUNDS = 3;
const PAUSE_MS = 20_000;
const REST_MS = 10 * 60_000;

interface Question {
  /** Names of the same thing, present first. */
  readonly names: readonly string[];
  attempts: number;
  answered: boolean;
}

export class FailsafeParameters {
  readonly #port: VehiclePort;
  #questions: Question[] = [];
  #kind = '';
  #values = new Map<string, number>();
  #nextAtMs: number;
  #turn = 0;
  #round = 1;

  constructor(port: VehiclePort) {
    this.#port = port;
    // First come the telemetry and the operator; a whole fleet may be met at once.
    this.#nextAtMs = port.clock.nowMs() + FIRST_AFTER_MS * port.random();
  }

  tick(nowMs: number): void {
    const { autopilot, airframe, connection } = this.#port.state();
    if (connection !== 'online' || nowMs < this.#nextAtMs) return;
    const kind = `${autopilot} ${airframe}`;
    if (kind !== this.#kind) {
      this.#kind = kind;
      this.#begin();
    }
    const open = this.#questions.filter(
      ({ answered, attempts, names }) => !answered && attempts < ATTEMPTS * names.length,
    );
    const question = open[this.#turn % Math.max(1, open.length)];
    if (question === undefined) {
      this.#rest(nowMs);
      return;
    }
    this.#turn++;
    this.#nextAtMs = nowMs + ASK_EVERY_MS * (0.75 + 0.5 * this.#port.random());
    const name = question.names[question.attempts % question.names.length];
    question.attempts++;
    if (name !== undefined) this.#port.send(readByName(this.#port.target, name));
  }

  onParameter(parameter: Parameter, atMs: number): void {
    const question = this.#questions.find(({ names }) => names.includes(parameter.name));
    if (question === undefined) return;
    question.answered = true;
    const known = this.#values.get(parameter.name);
    this.#values.set(parameter.name, parameter.value);
    // A whole list of somebody else brings each of them: nothing new, nothing told.
    const { failsafes } = this.#port.state();
    const isNew = known !== parameter.value || failsafes === null;
    if (!isNew && atMs - failsafes.receivedAtMs < ASK_EVERY_MS) return;
    this.#tell(atMs);
  }

  /** A whole list at once. */
  onParameters(parameters: readonly Parameter[], atMs: number): void {
    let any = false;
    for (const parameter of parameters) {
      const question = this.#questions.find(({ names }) => names.includes(parameter.name));
      if (question === undefined) continue;
      question.answered = true;
      this.#values.set(parameter.name, parameter.value);
      any = true;
    }
    if (any) this.#tell(atMs);
  }

  onReboot(): void {
    this.#values = new Map();
    this.#kind = '';
    this.#nextAtMs = 0;
    if (this.#port.state().failsafes !== null) this.#tell(this.#port.clock.nowMs());
  }

  #rest(nowMs: number): void {
    const missing = this.#questions.filter(({ answered }) => !answered);
    const isOver = missing.length === 0 || this.#round >= ROUNDS;
    this.#nextAtMs = nowMs + (isOver ? REST_MS : PAUSE_MS) * (0.9 + 0.2 * this.#port.random());
    if (isOver) {
      this.#begin();
      return;
    }
    this.#round++;
    for (const question of missing) question.attempts = 0;
  }

  #begin(): void {
    this.#round = 1;
    const { autopilot, airframe } = this.#port.state();
    this.#questions = failsafeNames(autopilot, airframe).map((names) => ({
      names,
      attempts: 0,
      answered: false,
    }));
    this.#turn = 0;
  }

  #tell(atMs: number): void {
    const { autopilot, airframe } = this.#port.state();
    const { ourSystemId } = this.#port;
    this.#port.update({
      failsafes: failsafesFrom(this.#values, { autopilot, airframe, ourSystemId }, atMs),
    });
  }
}
