import {
  BATTERY_OK,
  type BatteryLevel,
  type BatteryReading,
  type BatteryWatch,
  thresholdsFrom,
  watchBattery,
} from '../battery-watch.ts';
import type { EstimatorView } from '../firmware.ts';
import type { ParameterTable } from '../parameters.ts';
import {
  batteryAction,
  type FailsafeAction,
  type FailsafeCause,
  gcsAction,
  radioAction,
} from './failsafe.ts';

export interface FailsafeEvent {
  readonly cause: FailsafeCause;
  readonly action: FailsafeAction;
  /** Said before; null: the failsafe's own line is all. */
  readonly text: string | null;
}

export interface WatchInput {
  readonly battery: BatteryReading;
  readonly capacityMah: number;
  readonly armed: boolean;
  readonly estimator: EstimatorView;
  readonly positionOk: boolean;
  /** The position estimate was there once: before that nothing is lost. */
  readonly hadPosition: boolean;
}

/** A receiver that says nothing for so long is gone (RC_FS_TIMEOUT). */
const EKF_FAILS_S = 1;
const EKF_WARNING_S = 30;

/** Watches battery, ground station, transmitter and estimate of one Copter; what follows is decided elsewhere. */
export class FailsafeWatch {
  readonly #parameters: ParameterTable;
  #battery: BatteryWatch = BATTERY_OK;
  /** Null until a first heartbeat: who never heard a ground station does not lose it. */
  #gcsSilentForS: number | null = null;
  #gcsLost = false;
  #hasTransmitter: boolean;
  #radioSilentForS: number | null = null;
  #radioLost = false;
  #ekfBadForS = 0;
  #ekfFailed = false;
  #sinceEkfWarningS = Number.POSITIVE_INFINITY;

  /** A transmitter is there when the throttle failsafe is switched on at power-on. */
  constructor(parameters: ParameterTable) {
    this.#parameters = parameters;
    this.#hasTransmitter = parameters.number('FS_THR_ENABLE') !== 0;
  }

  get batteryLevel(): BatteryLevel {
    return this.#battery.level;
  }
  get gcsLost(): boolean {
    return this.#gcsLost;
  }
  get radioLost(): boolean {
    return this.#radioLost;
  }
  get ekfFailed(): boolean {
    return this.#ekfFailed;
  }
  get hasTransmitter(): boolean {
    return this.#hasTransmitter;
  }
  get any(): boolean {
    return this.#battery.level !== 'ok' || this.#gcsLost || this.#radioLost || this.#ekfFailed;
  }

  onArmed(): void {
    this.#battery = BATTERY_OK;
  }

  /** @returns whether this ended a running GCS failsafe. */
  gcsHeard(): boolean {
    const wasLost = this.#gcsLost;
    this.#gcsSilentForS = 0;
    this.#gcsLost = false;
    return wasLost;
  }

  /** The transmitter is switched off or on again. @returns whether this ended a running radio failsafe. */
  radio(isThere: boolean): boolean {
    const wasLost = this.#radioLost;
    this.#radioSilentForS = isThere ? null : 0;
    if (isThere) this.#radioLost = false;
    return isThere && wasLost;
  }

  step(dtS: number, input: WatchInput): readonly FailsafeEvent[] {
    const events: FailsafeEvent[] = [];
    if (input.armed) this.#stepBattery(dtS, input, events);
    if (this.#gcsSilentForS !== null) this.#stepGcs(dtS, this.#gcsSilentForS, events);
    if (this.#radioSilentForS !== null) this.#stepRadio(dtS, this.#radioSilentForS, events);
    return events;
  }

  /**
   * The check of ekf_check.cpp: a second without a position, or with two test ratios over FS_EKF_THRESH.
   * @returns `failed` and `cleared` once, when it changes; `warn` says whether the text is due.
   */
  stepEkf(
    dtS: number,
    input: WatchInput,
  ): { readonly kind: 'failed'; readonly warn: boolean } | { readonly kind: 'cleared' } | null {
    const threshold = this.#parameters.number('FS_EKF_THRESH');
    this.#sinceEkfWarningS += dtS;
    if (!input.hadPosition) return null;
    const isBad = threshold > 0 && (!input.positionOk || isOverThreshold(input.estimator, threshold));
    this.#ekfBadForS = Math.min(EKF_FAILS_S, Math.max(0, this.#ekfBadForS + (isBad ? dtS : -dtS)));
    if (!this.#ekfFailed && this.#ekfBadForS >= EKF_FAILS_S - 1e-6) {
      this.#ekfFailed = true;
      const warn = this.#sinceEkfWarningS > EKF_WARNING_S;
      if (warn) this.#sinceEkfWarningS = 0;
      return { kind: 'failed', warn };
    }
    if (this.#ekfFailed && this.#ekfBadForS <= 1e-6) {
      this.#ekfFailed = false;
      return { kind: 'cleared' };
    }
    return null;
  }

  #stepBattery(dtS: number, input: WatchInput, events: FailsafeEvent[]): void {
    const before = this.#battery.level;
    const parameter = (name: string) => this.#parameters.number(name);
    this.#battery = watchBattery(this.#battery, input.battery, thresholdsFrom(parameter), dtS);
    const { level } = this.#battery;
    if (level === before || level === 'ok') return;
    const { remainingMah, voltageV } = input.battery;
    const usedMah = input.capacityMah - remainingMah;
    const text = `Battery 1 is ${level} ${voltageV.toFixed(2)}V used ${usedMah.toFixed(0)} mAh`;
    const action = batteryAction(parameter(level === 'low' ? 'BATT_FS_LOW_ACT' : 'BATT_FS_CRT_ACT'));
    events.push({ cause: 'Battery', action, text });
  }

  #stepGcs(dtS: number, silentForS: number, events: FailsafeEvent[]): void {
    this.#gcsSilentForS = silentForS + dtS;
    const enabled = this.#parameters.number('FS_GCS_ENABLE');
    if (enabled <= 0 || this.#gcsLost) return;
    if (this.#gcsSilentForS < this.#parameters.number('FS_GCS_TIMEOUT')) return;
    this.#gcsLost = true;
    events.push({ cause: 'GCS', action: gcsAction(enabled), text: null });
  }

  #stepRadio(dtS: number, silentForS: number, events: FailsafeEvent[]): void {
    this.#radioSilentForS = silentForS + dtS;
    const enabled = this.#parameters.number('FS_THR_ENABLE');
    if (enabled <= 0 || this.#radioLost) return;
    if (this.#radioSilentForS < this.#parameters.number('RC_FS_TIMEOUT')) return;
    this.#radioLost = true;
    events.push({ cause: 'Radio', action: radioAction(enabled), text: null });
  }
}

/** Two of compass, velocity and position over the threshold, or the velocity twice over it. */
function isOverThreshold({ velocity, position, compass }: EstimatorView, threshold: number): boolean {
  let over = compass >= threshold ? 1 : 0;
  if (velocity >= 2 * threshold) over += 2;
  else if (velocity >= threshold) over += 1;
  return (position >= threshold && over >= 1) || over >= 2;
}
