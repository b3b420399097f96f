import type { ParameterService } from './parameters.ts';
import type { VehiclePort, VehicleService } from './vehicle-port.ts';

/**
 * Has the whole parameter list of an aircraft at hand before it flies, so that its flight record can hold it: fetched
 * once while it stands disarmed, long after it was met (a fleet is met at once), tried again when the link was bad.
 */
const FIRST_AFTER_MS = 15_000;
const SPREAD_MS = 45_000;
const AGAIN_AFTER_MS = 300_000;
/** A link this bad has other things to carry. */
const MAX_LOSS_PCT = 20;

export class ParameterKeeper implements VehicleService {
  readonly #port: VehiclePort;
  readonly #parameters: Pick<ParameterService, 'snapshot' | 'fetchAll'>;
  readonly #isBusy: () => boolean;
  #nextAtMs: number;
  #fetching = false;

  /** @param isBusy a transfer runs that should have the link for itself */
  constructor(
    port: VehiclePort,
    parameters: Pick<ParameterService, 'snapshot' | 'fetchAll'>,
    isBusy: () => boolean,
  ) {
    this.#port = port;
    this.#parameters = parameters;
    this.#isBusy = isBusy;
    this.#nextAtMs = this.#firstAtMs();
  }

  tick(nowMs: number): void {
    if (this.#fetching || nowMs < this.#nextAtMs || this.#parameters.snapshot() !== null) return;
    const { armed, autopilot, linkQuality } = this.#port.state();
    if (armed !== false || autopilot === 'other' || linkQuality.lossPct > MAX_LOSS_PCT) return;
    if (this.#isBusy() || this.#port.refusal() !== null) return;
    this.#fetching = true;
    this.#nextAtMs = nowMs + AGAIN_AFTER_MS;
    this.#parameters
      .fetchAll()
      .then(({ kind }) => this.#port.logger.debug({ outcome: kind }, 'parameter list for the flight record'))
      .catch((error: unknown) => this.#port.logger.error({ err: error }, 'the parameter list broke'))
      .finally(() => {
        this.#fetching = false;
      });
  }

  onReboot(): void {
    this.#nextAtMs = this.#firstAtMs();
  }

  close(): void {}

  #firstAtMs(): number {
    return this.#port.clock.nowMs() + FIRST_AFTER_MS + SPREAD_MS * this.#port.random();
  }
}
