/** Battery state machine of AP_BattMonitor. */
export type BatteryLevel = 'ok' | 'low' | 'critical';

export interface BatteryReading {
  readonly remainingMah: number;
  readonly voltageV: number;
}

/** BATT_*; a threshold of 0 is switched off. */
export interface BatteryThresholds {
  readonly lowMah: number;
  readonly criticalMah: number;
  readonly lowV: number;
  readonly criticalV: number;
  /** BATT_LOW_TIMER: how long a voltage has to be low; capacity counts at once. 0: voltage never counts. */
  readonly timerS: number;
}

export interface BatteryWatch {
  readonly level: BatteryLevel;
  readonly lowForS: number;
  readonly criticalForS: number;
}

export const BATTERY_OK: BatteryWatch = { level: 'ok', lowForS: 0, criticalForS: 0 };

/**
 * Levels only get worse until the next arming. Capacity counts at once, a voltage after BATT_LOW_TIMER seconds
 * (AP_BattMonitor_Backend::update_failsafes).
 */
export function watchBattery(
  watch: BatteryWatch,
  reading: BatteryReading,
  thresholds: BatteryThresholds,
  dtS: number,
): BatteryWatch {
  const { remainingMah, voltageV } = reading;
  const { lowMah, criticalMah, lowV, criticalV, timerS } = thresholds;
  const lowForS = lowV > 0 && voltageV < lowV ? watch.lowForS + dtS : 0;
  const criticalForS = criticalV > 0 && voltageV < criticalV ? watch.criticalForS + dtS : 0;
  const lasts = (forS: number) => timerS > 0 && forS > timerS;
  const isCritical = lasts(criticalForS) || (criticalMah > 0 && remainingMah < criticalMah);
  const isLow = lasts(lowForS) || (lowMah > 0 && remainingMah < lowMah);
  const level =
    watch.level === 'critical' || isCritical ? 'critical' : watch.level === 'low' || isLow ? 'low' : 'ok';
  // Nothing new: the same object, so that a quiet flight allocates nothing.
  if (level === watch.level && lowForS === watch.lowForS && criticalForS === watch.criticalForS) return watch;
  return { level, lowForS, criticalForS };
}

export function thresholdsFrom(parameter: (name: string) => number): BatteryThresholds {
  return {
    lowMah: parameter('BATT_LOW_MAH'),
    criticalMah: parameter('BATT_CRT_MAH'),
    lowV: parameter('BATT_LOW_VOLT'),
    criticalV: parameter('BATT_CRT_VOLT'),
    timerS: parameter('BATT_LOW_TIMER'),
  };
}

/** What speaks against arming with this battery, in the words behind "PreArm: Battery 1 "; null when nothing does. */
export function batteryObjection(
  { remainingMah, voltageV }: BatteryReading,
  parameter: (name: string) => number,
): string | null {
  const under = (value: number, name: string) => parameter(name) > 0 && value < parameter(name);
  if (under(voltageV, 'BATT_ARM_VOLT')) return 'below minimum arming voltage';
  if (under(remainingMah, 'BATT_ARM_MAH')) return 'below minimum arming capacity';
  if (under(voltageV, 'BATT_LOW_VOLT')) return 'low voltage failsafe';
  if (under(remainingMah, 'BATT_LOW_MAH')) return 'low capacity failsafe';
  if (under(voltageV, 'BATT_CRT_VOLT')) return 'critical voltage failsafe';
  if (under(remainingMah, 'BATT_CRT_MAH')) return 'critical capacity failsafe';
  const inverted = (critical: string, low: string) =>
    parameter(critical) > 0 && parameter(low) > 0 && parameter(low) <= parameter(critical);
  if (inverted('BATT_CRT_MAH', 'BATT_LOW_MAH')) return 'capacity failsafe critical >= low';
  if (inverted('BATT_CRT_VOLT', 'BATT_LOW_VOLT')) return 'voltage failsafe critical >= low';
  return null;
}
