import type { Clock, CommandOutcome, VehicleId, VehicleState } from '../../model.ts';
import { illuminatorIn } from '../actuator/actuator-commands.ts';
import type { ActuatorService } from '../actuator/actuator-service.ts';
import type {
  DeviceHealth,
  Spotlight,
  SpotlightCapabilities,
  SpotlightStatus,
  StatusOutcome,
  Strobe,
} from './adapter.ts';
import { checkBrightness, checkStrobe } from './check-requests.ts';

/**
 * A light on the autopilot's wires, or one that speaks MAVLink. Only a light of its own tells its brightness; a
 * relay tells on and off; a servo or actuator output tells nothing, so there the acknowledgement is all there is,
 * and the status is what we last had acknowledged.
 */
export type SpotlightWiring =
  | { readonly kind: 'illuminator'; readonly componentId: number }
  | { readonly kind: 'relay'; readonly relay: number }
  | {
      readonly kind: 'servo';
      readonly servo: number;
      readonly offUs: number;
      readonly fullUs: number;
    }
  /** −1 is dark, 1 is full. */
  | { readonly kind: 'actuator'; readonly actuator: number };

type Actuators = Pick<
  ActuatorService,
  'setRelay' | 'setServo' | 'setActuator' | 'switchIlluminator' | 'configureIlluminator'
>;

export class MavlinkSpotlight implements Spotlight {
  readonly kind = 'spotlight';
  readonly adapterId: string;
  readonly vehicleId: VehicleId;
  readonly label: string;
  readonly capabilities: SpotlightCapabilities;
  readonly #wiring: SpotlightWiring;
  readonly #actuators: Actuators;
  readonly #clock: Clock;
  readonly #state: () => VehicleState;
  /** Outputs that report nothing: what was last acknowledged. */
  #acknowledgedPct: number | null = null;
  #acknowledgedAtMs: number | null = null;
  #fullPct = 100;
  #unreachable = false;
  #closed = false;
  /** A newer `off` makes an older `on` void. */
  #turn = 0;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: {
    readonly adapterId: string;
    readonly vehicleId: VehicleId;
    readonly label: string;
    readonly wiring: SpotlightWiring;
    readonly actuators: Actuators;
    readonly clock: Clock;
    readonly state: () => VehicleState;
  }) {
    this.adapterId = options.adapterId;
    this.vehicleId = options.vehicleId;
    this.label = options.label;
    this.#wiring = options.wiring;
    this.#actuators = options.actuators;
    this.#clock = options.clock;
    this.#state = options.state;
    this.capabilities = {
      hasBrightness: options.wiring.kind !== 'relay',
      canStrobe: options.wiring.kind === 'illuminator',
    };
  }

  async on(brightnessPct: number | null): Promise<CommandOutcome> {
    const refusal = checkBrightness(brightnessPct, this.capabilities);
    if (refusal !== null) return refusal;
    return this.#inTurn(async () => {
      const pct = brightnessPct ?? this.#fullPct;
      const outcome = await this.#light(pct, brightnessPct !== null);
      if (outcome.kind === 'done') this.#fullPct = pct;
      return outcome;
    });
  }

  /** Waits for the command that runs now (each ends within seconds), and for nothing else. */
  async off(): Promise<CommandOutcome> {
    this.#turn++;
    return this.#inTurn(() => this.#light(0, false));
  }

  async setStrobe(strobe: Strobe | null): Promise<CommandOutcome> {
    const refusal = checkStrobe(strobe, this.capabilities);
    if (refusal !== null) return refusal;
    const wiring = this.#wiring;
    if (wiring.kind !== 'illuminator') return { kind: 'done', confirmedBy: 'it cannot strobe' };
    return this.#inTurn(() =>
      this.#actuators.configureIlluminator(wiring.componentId, this.#fullPct, strobe),
    );
  }

  async status(): Promise<StatusOutcome<SpotlightStatus>> {
    if (this.#closed) return { kind: 'cancelled', by: 'closed' };
    const seen = this.#seen();
    if (seen === null) return { kind: 'no-answer', afterMs: 0 };
    return { kind: 'done', ...seen };
  }

  health(): DeviceHealth {
    const seen = this.#seen();
    if (this.#unreachable)
      return { state: 'unreachable', problem: 'no answer', heardAtMs: seen?.atMs ?? null };
    if (seen === null) return { state: 'unknown', problem: null, heardAtMs: null };
    const { fault } = seen.status;
    return { state: fault === null ? 'ok' : 'fault', problem: fault, heardAtMs: seen.atMs };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#turn++;
  }

  async #inTurn(work: () => Promise<CommandOutcome>): Promise<CommandOutcome> {
    const turn = this.#turn;
    const result = this.#queue.then(async (): Promise<CommandOutcome> => {
      if (this.#closed) return { kind: 'cancelled', by: 'closed' };
      if (turn !== this.#turn) return { kind: 'cancelled', by: 'off' };
      const outcome = await work();
      this.#unreachable = outcome.kind === 'no-answer' || outcome.kind === 'not-connected';
      return outcome;
    });
    this.#queue = result.catch(() => {});
    return result;
  }

  async #light(pct: number, dimmed: boolean): Promise<CommandOutcome> {
    const wiring = this.#wiring;
    switch (wiring.kind) {
      case 'illuminator': {
        const { componentId } = wiring;
        if (pct === 0) return this.#actuators.switchIlluminator(componentId, false);
        // Brightness first, and steady: switched on, a light shall neither dazzle before it is dimmed, nor strobe
        // because it did so yesterday. One that cannot be set is as it is.
        const configured = await this.#actuators.configureIlluminator(componentId, pct, null);
        const mayGoOn = configured.kind === 'done' || (configured.kind === 'unsupported' && !dimmed);
        if (!mayGoOn) return configured;
        return this.#actuators.switchIlluminator(componentId, true);
      }
      case 'relay':
        return this.#actuators.setRelay(wiring.relay, pct > 0);
      case 'servo': {
        const pulseUs = Math.round(wiring.offUs + ((wiring.fullUs - wiring.offUs) * pct) / 100);
        return this.#noted(pct, await this.#actuators.setServo(wiring.servo, pulseUs));
      }
      case 'actuator':
        return this.#noted(pct, await this.#actuators.setActuator(wiring.actuator, pct / 50 - 1));
    }
  }

  #noted(pct: number, outcome: CommandOutcome): CommandOutcome {
    if (outcome.kind !== 'done') return outcome;
    this.#acknowledgedPct = pct;
    this.#acknowledgedAtMs = this.#clock.nowMs();
    return outcome;
  }

  #seen(): { readonly status: SpotlightStatus; readonly atMs: number } | null {
    const wiring = this.#wiring;
    const state = this.#state();
    if (wiring.kind === 'illuminator') {
      const light = illuminatorIn(state, wiring.componentId);
      if (light === null) return null;
      const fault = light.faults.length === 0 ? null : light.faults.join(', ');
      const strobing = light.on && (light.strobePeriodS ?? 0) > 0;
      // Throttled by heat it still shines; dark by heat it does not.
      const isBroken = light.faults.includes('over-temperature');
      return {
        status: {
          state: isBroken ? 'fault' : light.on ? 'on' : 'off',
          brightnessPct: light.brightnessPct,
          strobing,
          fault,
        },
        atMs: light.receivedAtMs,
      };
    }
    if (wiring.kind === 'relay') {
      const relays = state.actuators?.relays ?? null;
      if (relays?.present.includes(wiring.relay) !== true) return null;
      const isOn = relays.on.includes(wiring.relay);
      return {
        status: { state: isOn ? 'on' : 'off', brightnessPct: null, strobing: false, fault: null },
        atMs: relays.receivedAtMs,
      };
    }
    if (this.#acknowledgedPct === null || this.#acknowledgedAtMs === null) return null;
    return {
      status: {
        state: this.#acknowledgedPct > 0 ? 'on' : 'off',
        brightnessPct: this.#acknowledgedPct,
        strobing: false,
        fault: null,
      },
      atMs: this.#acknowledgedAtMs,
    };
  }
}
