/**
 * Electrical load and battery of the simulated quadcopter. The constants are exported so that an aircraft profile
 * of the planner can say the same numbers; `sim/README.md` lists them.
 */
export const SIM_POWER = {
  capacityWh: 230,
  /** Hovering in still air. */
  hoverW: 420,
  /** Level flight at `cruiseSpeedMps`: less than hovering, because of translational lift. */
  cruiseW: 380,
  /** Climbing straight up at `climbSpeedMps`. */
  climbW: 550,
  /** Descending straight down at `descentSpeedMps`. */
  descentW: 370,
  /** Armed on the ground, propellers turning at idle. */
  idleW: 45,
  /** Disarmed: autopilot, radio and camera. */
  standbyW: 8,
  cruiseSpeedMps: 10,
  climbSpeedMps: 2.5,
  descentSpeedMps: 2,
} as const;

/** Six lithium-polymer cells: 25.2 V full, 21.0 V empty, 0.018 Ω for the pack and its leads. */
export const SIM_BATTERY = {
  capacityMah: 10_360,
  cells: 6,
  cellFullV: 4.2,
  cellNominalV: 3.75,
  cellEmptyV: 3.5,
  resistanceOhm: 0.018,
} as const;

export interface BatteryState {
  readonly usedWh: number;
  readonly voltageV: number;
  readonly currentA: number;
}

export type PowerPhase = 'disarmed' | 'idle' | 'flying';

/**
 * Electrical power in watts. `airspeedMps` is horizontal and against the air, so that head wind costs.
 * Above cruise speed drag grows with the square: 15 m/s takes about 465 W.
 */
export function powerW(phase: PowerPhase, airspeedMps: number, climbMps: number): number {
  if (phase === 'disarmed') return SIM_POWER.standbyW;
  if (phase === 'idle') return SIM_POWER.idleW;
  const share = Math.min(1, airspeedMps / SIM_POWER.cruiseSpeedMps);
  const level = SIM_POWER.hoverW + (SIM_POWER.cruiseW - SIM_POWER.hoverW) * share;
  const drag = 3.4 * Math.max(0, airspeedMps - SIM_POWER.cruiseSpeedMps) ** 2;
  const vertical =
    climbMps >= 0
      ? ((SIM_POWER.climbW - SIM_POWER.hoverW) * climbMps) / SIM_POWER.climbSpeedMps
      : ((SIM_POWER.hoverW - SIM_POWER.descentW) * Math.max(climbMps, -SIM_POWER.descentSpeedMps)) /
        SIM_POWER.descentSpeedMps;
  return level + drag + vertical;
}

/** Share of the capacity that is left, 0–1. */
export function remainingFraction(battery: BatteryState): number {
  return Math.max(0, 1 - battery.usedWh / SIM_POWER.capacityWh);
}

/** A battery at rest with `fraction` (0–1) left. */
export function batteryAt(fraction: number): BatteryState {
  const usedWh = SIM_POWER.capacityWh * (1 - Math.min(1, Math.max(0, fraction)));
  return drainBattery({ usedWh, voltageV: SIM_BATTERY.cells * SIM_BATTERY.cellFullV, currentA: 0 }, 0, 0);
}

/** Takes `watts` for `dtS` seconds; the voltage falls with charge and sags with the current. */
export function drainBattery(battery: BatteryState, watts: number, dtS: number): BatteryState {
  const usedWh = Math.min(SIM_POWER.capacityWh, battery.usedWh + (watts * dtS) / 3600);
  const openCircuitV = openCircuitVoltage(1 - usedWh / SIM_POWER.capacityWh);
  const currentA = watts / battery.voltageV;
  return { usedWh, currentA, voltageV: openCircuitV - currentA * SIM_BATTERY.resistanceOhm };
}

/** Steep at both ends and flat between, as a lithium-polymer cell is; pack voltage for a charge of 0–1. */
function openCircuitVoltage(fraction: number): number {
  const { cells, cellFullV, cellNominalV, cellEmptyV } = SIM_BATTERY;
  const cellV =
    fraction > 0.2
      ? cellNominalV + (cellFullV - cellNominalV) * ((fraction - 0.2) / 0.8)
      : cellEmptyV + (cellNominalV - cellEmptyV) * (fraction / 0.2);
  return cells * cellV;
}
