import {
  buildMessage,
  CommandLong,
  IlluminatorStatus,
  MavCmd,
  MavType,
  RelayStatus,
} from '../../codec/messages.ts';
import { floatOrNull } from '../../codec/unavailable.ts';
import type { CommandOutcome } from '../../model.ts';
import type { CommandSpec } from '../../protocol/command.ts';
import type { VehiclePort, VehicleService } from '../../service/vehicle-port.ts';
import type { MessageRequests } from '../message-requests.ts';
import type { ActuatorState, IlluminatorState } from '../state.ts';
import {
  configureIlluminator,
  illuminatorIn,
  type Strobe,
  setActuator,
  setRelay,
  setServo,
  switchIlluminator,
} from './actuator-commands.ts';

/**
 * Relays, servos and lights of one vehicle. What a relay drives is the installation's matter; that it switched is
 * seen in RELAY_STATUS (ArduPilot), that a light shines in ILLUMINATOR_STATUS.
 *
 *   pulse:  on (one-shot: repeated only when the status shows it off) ──done──► wait ──► off, until seen off
 *                └── anything else ──► off all the same, then what "on" ended with
 */
const FIRST_ASK_ATTEMPTS = 3;
const STATUS_WHILE_WAITING_MS = 400;
const STATUS_EVERY_MS = 10_000;
const ASK_AGAIN_MS = 60_000;
const RELAYS = 16;
const MAX_ILLUMINATORS = 8;
const PULSE_RANGE_MS = [50, 60_000] as const;
const SERVO_RANGE_US = [800, 2_200] as const;
/** Faster strobing can set off a seizure (photosensitive epilepsy begins at about 3 Hz). */
export const STROBE_PERIOD_RANGE_S = [0.4, 10] as const;
const FAULTS = ['thermal-throttling', 'over-temperature', 'thermistor'] as const;
const NOTHING: ActuatorState = { relays: null, illuminators: [] };

export class ActuatorService implements VehicleService {
  readonly #port: VehiclePort;
  readonly #requests: MessageRequests;
  readonly #stops: (() => void)[] = [];
  readonly #lights = new Map<number, IlluminatorState>();
  readonly #askedAtMs = new Map<number, number>();
  readonly #pulses = new Map<number, (by: string) => void>();
  #relays: ActuatorState['relays'] = null;
  #relaysAskedAtMs = Number.NEGATIVE_INFINITY;
  /** Commands of ours that wait for a status. */
  #waiting = 0;
  #closed = false;

  /** @param requests shared by all that ask this vehicle for messages */
  constructor(port: VehiclePort, requests: MessageRequests) {
    this.#port = port;
    this.#requests = requests;
    this.#stops.push(
      port.on(RelayStatus, (message, { componentId, atMs }) => {
        if (componentId !== port.target.componentId) return;
        requests.received(componentId, RelayStatus.MSG_ID);
        this.#relays = { present: bits(message.present), on: bits(message.on), receivedAtMs: atMs };
        this.#publish();
      }),
      port.on(IlluminatorStatus, (message, { componentId, atMs }) => {
        requests.received(componentId, IlluminatorStatus.MSG_ID);
        if (!this.#lights.has(componentId) && this.#lights.size >= MAX_ILLUMINATORS) return;
        this.#lights.set(componentId, illuminatorFrom(message, componentId, atMs));
        this.#publish();
      }),
    );
  }

  tick(nowMs: number): void {
    if (this.#closed || this.#port.refusal() !== null) return;
    const everyMs = this.#waiting > 0 ? STATUS_WHILE_WAITING_MS : STATUS_EVERY_MS;
    this.#watchRelays(nowMs, everyMs);
    for (const componentId of this.#lightComponents()) {
      const known = this.#lights.get(componentId);
      const dueMs = known === undefined ? ASK_AGAIN_MS : everyMs;
      const lastMs = Math.max(known?.receivedAtMs ?? 0, this.#askedAtMs.get(componentId) ?? 0);
      if (nowMs - lastMs < dueMs) continue;
      this.#askedAtMs.set(componentId, nowMs);
      this.#ask(componentId, IlluminatorStatus.MSG_ID, known === undefined ? FIRST_ASK_ATTEMPTS : 1);
    }
  }

  onReboot(): void {
    this.#relays = null;
    this.#relaysAskedAtMs = Number.NEGATIVE_INFINITY;
    this.#publish();
  }

  close(by: string): void {
    this.#closed = true;
    for (const stop of this.#stops) stop();
    // A relay must not stay on because we leave: off once more, without waiting for an answer.
    for (const [relay, cut] of this.#pulses) {
      cut(by);
      this.#port.send(
        buildMessage(CommandLong, {
          targetSystem: this.#port.target.systemId,
          targetComponent: this.#port.target.componentId,
          command: MavCmd.DO_SET_RELAY,
          _param1: relay,
          _param2: 0,
        }),
      );
    }
  }

  /** @param relay 0–15 */
  async setRelay(relay: number, on: boolean): Promise<CommandOutcome> {
    if (!isRelay(relay)) return outOfRange(`relay ${relay} is outside 0–${RELAYS - 1}`);
    if (this.#pulses.has(relay)) {
      if (on) return { kind: 'busy', what: `relay ${relay}: a pulse` };
      // Off ends a pulse at once.
      this.#pulses.get(relay)?.('relay off');
    }
    return this.#run(setRelay(this.#port.state().autopilot, relay, on), 'relays');
  }

  /** On for `forMs` (50–60000), then off. `done` when it was seen on and then off. */
  async pulseRelay(relay: number, forMs: number): Promise<CommandOutcome> {
    if (!isRelay(relay)) return outOfRange(`relay ${relay} is outside 0–${RELAYS - 1}`);
    const [shortestMs, longestMs] = PULSE_RANGE_MS;
    if (!(forMs >= shortestMs && forMs <= longestMs)) {
      return outOfRange(`pulse of ${forMs} ms is outside ${shortestMs}–${longestMs} ms`);
    }
    if (this.#pulses.has(relay)) return { kind: 'busy', what: `relay ${relay}: a pulse` };
    const refusal = this.#port.refusal();
    if (refusal !== null) return refusal;
    const { autopilot } = this.#port.state();
    const off = setRelay(autopilot, relay, false);
    if (off === null) return { kind: 'unsupported', what: 'relays' };
    if (this.#relays?.on.includes(relay) === true) {
      return { kind: 'denied', result: 'ALREADY_ON', reasons: [`relay ${relay} is on`] };
    }
    let cutBy: string | null = null;
    this.#pulses.set(relay, (by) => {
      cutBy = by;
    });
    try {
      const began = await this.#run(setRelay(autopilot, relay, true, 'one-shot'), 'relays');
      if (began.kind === 'done' && cutBy === null) cutBy = await this.#wait(relay, forMs);
      // Whatever happened to "on": it may have arrived.
      const ended = await this.#run(off, 'relays');
      if (began.kind !== 'done') return began;
      if (cutBy !== null) return { kind: 'cancelled', by: cutBy };
      if (ended.kind !== 'done') return ended;
      return { kind: 'done', confirmedBy: `relay ${relay} reported on, then off` };
    } finally {
      this.#pulses.delete(relay);
    }
  }

  /** @param servo 1–32; @param pulseUs 800–2200. ArduPilot refuses outputs that have a function. */
  async setServo(servo: number, pulseUs: number): Promise<CommandOutcome> {
    const [shortest, longest] = SERVO_RANGE_US;
    if (!(Number.isInteger(servo) && servo >= 1 && servo <= 32))
      return outOfRange(`servo ${servo} is outside 1–32`);
    if (!(pulseUs >= shortest && pulseUs <= longest)) {
      return outOfRange(`pulse of ${pulseUs} µs is outside ${shortest}–${longest} µs`);
    }
    return this.#run(setServo(this.#port.state().autopilot, servo, pulseUs), 'servo outputs by number');
  }

  /** @param actuator 1–12; @param value −1…1 */
  async setActuator(actuator: number, value: number): Promise<CommandOutcome> {
    if (!(Number.isInteger(actuator) && actuator >= 1 && actuator <= 12)) {
      return outOfRange(`actuator ${actuator} is outside 1–12`);
    }
    if (!(value >= -1 && value <= 1)) return outOfRange(`value ${value} is outside −1…1`);
    return this.#run(setActuator(this.#port.state().autopilot, actuator, value), 'actuator sets');
  }

  async switchIlluminator(componentId: number, on: boolean): Promise<CommandOutcome> {
    const light = illuminatorIn(this.#port.state(), componentId);
    return this.#run(
      light === null ? null : switchIlluminator(light, on),
      `a light with component ${componentId}`,
    );
  }

  /** @param brightnessPct 0–100; @param strobe null: steady; its period 0.4–10 s */
  async configureIlluminator(
    componentId: number,
    brightnessPct: number,
    strobe: Strobe | null,
  ): Promise<CommandOutcome> {
    if (!(brightnessPct >= 0 && brightnessPct <= 100))
      return outOfRange(`brightness ${brightnessPct} % is outside 0–100 %`);
    const problem = strobe === null ? null : strobeProblem(strobe);
    if (problem !== null) return outOfRange(problem);
    const light = illuminatorIn(this.#port.state(), componentId);
    return this.#run(
      light === null ? null : configureIlluminator(light, brightnessPct, strobe),
      `a light with component ${componentId}`,
    );
  }

  async #run(spec: CommandSpec | null, what: string): Promise<CommandOutcome> {
    const refusal = this.#port.refusal();
    if (refusal !== null) return refusal;
    if (spec === null) return { kind: 'unsupported', what };
    this.#waiting++;
    try {
      return await this.#port.run(spec);
    } finally {
      this.#waiting--;
    }
  }

  /** Who cut it short; null: nobody. */
  #wait(relay: number, forMs: number): Promise<string | null> {
    return new Promise((resolve) => {
      const timer = this.#port.clock.setTimer(() => resolve(null), forMs);
      this.#pulses.set(relay, (by) => {
        timer.cancel();
        resolve(by);
      });
    });
  }

  #watchRelays(nowMs: number, everyMs: number): void {
    if (this.#port.state().autopilot !== 'ardupilot') return;
    // Boards without relays refuse; asked again now and then, since they may be set up.
    const dueMs = this.#relays === null && this.#waiting === 0 ? ASK_AGAIN_MS : everyMs;
    if (nowMs - Math.max(this.#relays?.receivedAtMs ?? 0, this.#relaysAskedAtMs) < dueMs) return;
    this.#relaysAskedAtMs = nowMs;
    this.#ask(
      this.#port.target.componentId,
      RelayStatus.MSG_ID,
      this.#relays === null ? FIRST_ASK_ATTEMPTS : 1,
    );
  }

  #lightComponents(): readonly number[] {
    const ids = new Set(this.#lights.keys());
    for (const { componentId, mavType } of this.#port.state().components) {
      if (mavType === MavType.ILLUMINATOR) ids.add(componentId);
    }
    return [...ids];
  }

  #publish(): void {
    const illuminators = [...this.#lights.values()].sort((a, b) => a.componentId - b.componentId);
    const actuators = { ...NOTHING, relays: this.#relays, illuminators };
    this.#port.update({ actuators });
  }

  #ask(componentId: number, messageId: number, attempts: number): void {
    this.#requests
      .ask({ componentId, messageId, index: null, attempts }, this.#waiting > 0)
      .catch((error: unknown) => this.#port.logger.error({ err: error }, 'A status could not be asked for'));
  }
}

/** Null: fit to be used. */
export function strobeProblem({ periodS, dutyPct }: Strobe): string | null {
  const [shortestS, longestS] = STROBE_PERIOD_RANGE_S;
  if (!(periodS >= shortestS && periodS <= longestS)) {
    return `strobe period ${periodS} s is outside ${shortestS}–${longestS} s`;
  }
  return dutyPct > 0 && dutyPct < 100 ? null : `strobe duty ${dutyPct} % is not between 0 and 100 %`;
}

function illuminatorFrom(message: IlluminatorStatus, componentId: number, atMs: number): IlluminatorState {
  return {
    componentId,
    on: message.enable === 1,
    brightnessPct: floatOrNull(message.brightness),
    strobePeriodS: floatOrNull(message.strobePeriod),
    temperatureC: floatOrNull(message.tempC),
    faults: FAULTS.filter((_, bit) => (Number(message.errorStatus) & (1 << bit)) !== 0),
    receivedAtMs: atMs,
  };
}

function bits(mask: number): readonly number[] {
  return Array.from({ length: RELAYS }, (_, bit) => bit).filter((bit) => (mask & (1 << bit)) !== 0);
}

function isRelay(relay: number): boolean {
  return Number.isInteger(relay) && relay >= 0 && relay < RELAYS;
}

function outOfRange(reason: string): CommandOutcome {
  return { kind: 'denied', result: 'OUT_OF_RANGE', reasons: [reason] };
}
