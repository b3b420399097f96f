/** Battery state machine of AP_BattMonitor: a level counts when it was undershot for BATT_LOW_TIMER seconds. */
export type BatteryLevel = 'ok' | 'low' | 'critical';

export interface BatteryWatch {
  readonly level: BatteryLevel;
  readonly lowForS: number;
  readonly criticalForS: number;
}

export const BATTERY_OK: BatteryWatch = { level: 'ok', lowForS: 0, criticalForS: 0 };

export interface BatteryThresholds {
  readonly lowMah: number;
  readonly criticalMah: number;
  readonly timerS: number;
}

/** Levels only get worse in flight, as on the real one. A threshold of 0 is switched off. */
export function watchBattery(
  watch: BatteryWatch,
  remainingMah: number,
  thresholds: BatteryThresholds,
  dtS: number,
): BatteryWatch {
  const under = (limitMah: number) => limitMah > 0 && remainingMah < limitMah;
  const lowForS = under(thresholds.lowMah) ? watch.lowForS + dtS : 0;
  const criticalForS = under(thresholds.criticalMah) ? watch.criticalForS + dtS : 0;
  if (watch.level === 'critical' || (criticalForS > 0 && criticalForS >= thresholds.timerS)) {
    return { level: 'critical', lowForS, criticalForS };
  }
  if (watch.level === 'low' || (lowForS > 0 && lowForS >= thresholds.timerS)) {
    return { level: 'low', lowForS, criticalForS };
  }
  return { level: 'ok', lowForS, criticalForS };
}

export type FailsafeAction = 'none' | 'land' | 'return';

/** BATT_FS_LOW_ACT and BATT_FS_CRT_ACT: 0 nothing, 1 land, 2 and above return (SmartRTL falls back to RTL). */
export function batteryAction(value: number): FailsafeAction {
  if (value <= 0) return 'none';
  return value === 1 ? 'land' : 'return';
}

/** FS_GCS_ENABLE: 0 goes on, 5 land, everything else returns. */
export function gcsAction(value: number): FailsafeAction {
  if (value <= 0) return 'none';
  return value === 5 ? 'land' : 'return';
}

export interface FailsafeInput {
  readonly remainingMah: number;
  readonly capacityMah: number;
  readonly voltageV: number;
  /** Value of a parameter. */
  readonly parameter: (name: string) => number;
}

export interface FailsafeEvent {
  readonly cause: 'Battery' | 'GCS';
  readonly action: FailsafeAction;
  /** Said before the action; null for the GCS failsafe, which is named by its action only. */
  readonly text: string | null;
}

/** Watches battery and ground station of one aircraft in flight. */
export class FailsafeMonitor {
  #battery = BATTERY_OK;
  /** Null until a first heartbeat: who never heard a ground station does not lose it. */
  #gcsSilentForS: number | null = null;
  #gcsLost = false;

  /** @returns whether this ended a running GCS failsafe. */
  gcsHeard(): boolean {
    const wasLost = this.#gcsLost;
    this.#gcsSilentForS = 0;
    this.#gcsLost = false;
    return wasLost;
  }

  onArmed(): void {
    this.#battery = BATTERY_OK;
  }

  step(dtS: number, isFlying: boolean, input: FailsafeInput): readonly FailsafeEvent[] {
    if (this.#gcsSilentForS !== null) this.#gcsSilentForS += dtS;
    if (!isFlying) return [];
    return [...this.#stepBattery(dtS, input), ...this.#stepGcs(input)];
  }

  #stepBattery(dtS: number, input: FailsafeInput): readonly FailsafeEvent[] {
    const before = this.#battery.level;
    const thresholds = {
      lowMah: input.parameter('BATT_LOW_MAH'),
      criticalMah: input.parameter('BATT_CRT_MAH'),
      timerS: input.parameter('BATT_LOW_TIMER'),
    };
    this.#battery = watchBattery(this.#battery, input.remainingMah, thresholds, dtS);
    const { level } = this.#battery;
    if (level === before || level === 'ok') return [];
    const usedMah = input.capacityMah - input.remainingMah;
    const text = `Battery 1 is ${level} ${input.voltageV.toFixed(2)}V used ${usedMah.toFixed(0)} mAh`;
    const action = batteryAction(input.parameter(level === 'low' ? 'BATT_FS_LOW_ACT' : 'BATT_FS_CRT_ACT'));
    return [{ cause: 'Battery', action, text }];
  }

  #stepGcs(input: FailsafeInput): readonly FailsafeEvent[] {
    const enabled = input.parameter('FS_GCS_ENABLE');
    if (enabled <= 0 || this.#gcsLost || this.#gcsSilentForS === null) return [];
    if (this.#gcsSilentForS < input.parameter('FS_GCS_TIMEOUT')) return [];
    this.#gcsLost = true;
    return [{ cause: 'GCS', action: gcsAction(enabled), text: null }];
  }
}
