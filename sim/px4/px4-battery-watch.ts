import { type BatteryState, remainingFraction } from '../aircraft/battery.ts';
import { BATTERY, type BatteryWarning } from './px4-health.ts';

/** Level of the battery by BAT_LOW_THR, BAT_CRIT_THR, BAT_EMERGEN_THR; armed it only gets worse. */
export class Px4BatteryWatch {
  #warning: BatteryWarning = BATTERY.NONE;

  get warning(): BatteryWarning {
    return this.#warning;
  }

  step(battery: BatteryState, isArmed: boolean, number: (parameter: string) => number): void {
    const fraction = remainingFraction(battery);
    const now =
      fraction < number('BAT_EMERGEN_THR')
        ? BATTERY.EMERGENCY
        : fraction < number('BAT_CRIT_THR')
          ? BATTERY.CRITICAL
          : fraction < number('BAT_LOW_THR')
            ? BATTERY.LOW
            : BATTERY.NONE;
    if (!isArmed || now > this.#warning) this.#warning = now;
  }
}
