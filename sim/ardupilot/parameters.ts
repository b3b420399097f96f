import { SIM_BATTERY } from '../aircraft/battery.ts';

/** MAV_PARAM_TYPE as ArduPilot uses them; values travel as C-cast floats whatever the type. */
const INT8 = 2;
const INT16 = 4;
const INT32 = 6;
const REAL32 = 9;

/**
 * Names and types of ArduCopter 4.7; values are its defaults where the simulator has no reason for another. Only
 * parameters that the simulated aircraft obeys, or that a ground station looks at before it flies, are here.
 */
const TABLE: readonly (readonly [name: string, type: number, value: number])[] = [
  ['ARMING_CHECK', INT32, 1],
  ['AUTO_OPTIONS', INT32, 0],
  ['BATT_CAPACITY', INT32, SIM_BATTERY.capacityMah],
  // The real default is no action; a police aircraft is delivered with these set.
  ['BATT_CRT_MAH', REAL32, Math.round(SIM_BATTERY.capacityMah * 0.08)],
  ['BATT_FS_CRT_ACT', INT8, 1],
  ['BATT_FS_LOW_ACT', INT8, 2],
  ['BATT_LOW_MAH', REAL32, Math.round(SIM_BATTERY.capacityMah * 0.15)],
  ['BATT_LOW_TIMER', INT8, 10],
  ['BATT_MONITOR', INT8, 4],
  ['DISARM_DELAY', INT8, 10],
  ['FENCE_ENABLE', INT8, 0],
  ['FENCE_TOTAL', INT8, 0],
  ['FRAME_CLASS', INT8, 1],
  ['FRAME_TYPE', INT8, 0],
  ['FS_GCS_ENABLE', INT8, 0],
  ['FS_GCS_TIMEOUT', REAL32, 5],
  ['LAND_ALT_LOW', INT16, 400],
  ['LAND_SPEED', INT16, 80],
  ['MAV_GCS_SYSID', INT16, 255],
  ['MAV_SYSID', INT16, 1],
  ['MIS_RESTART', INT8, 0],
  ['MIS_TOTAL', INT16, 0],
  ['RALLY_TOTAL', INT8, 0],
  ['RTL_ALT', INT32, 1500],
  ['RTL_LOIT_TIME', INT32, 2000],
  ['SIM_SPEEDUP', REAL32, 1],
  ['STAT_BOOTCNT', INT16, 1],
  ['WPNAV_ACCEL', REAL32, 250],
  ['WPNAV_RADIUS', REAL32, 200],
  ['WPNAV_SPEED', REAL32, 1000],
  ['WPNAV_SPEED_DN', REAL32, 200],
  ['WPNAV_SPEED_UP', REAL32, 250],
];

const READ_ONLY: ReadonlySet<string> = new Set(['MIS_TOTAL', 'FENCE_TOTAL', 'RALLY_TOTAL', 'STAT_BOOTCNT']);

export interface Parameter {
  readonly name: string;
  readonly type: number;
  readonly value: number;
  readonly index: number;
}

/** The parameter table of one aircraft. */
export class ParameterTable {
  readonly #values: Map<string, Parameter>;
  readonly #names: readonly string[];

  /** `overrides` sets start values; an unknown name is a programming error and is thrown. */
  constructor(overrides: Readonly<Record<string, number>> = {}) {
    this.#names = TABLE.map(([name]) => name);
    this.#values = new Map(
      TABLE.map(([name, type, value], index) => [name, { name, type, value: round(type, value), index }]),
    );
    for (const [name, value] of Object.entries(overrides)) {
      if (this.put(name, value) === null)
        throw new RangeError(`no parameter ${name} in the simulated aircraft`);
    }
  }

  get count(): number {
    return this.#names.length;
  }

  all(): readonly Parameter[] {
    return this.#names.map((name) => this.#require(name));
  }

  byName(name: string): Parameter | null {
    return this.#values.get(name) ?? null;
  }

  byIndex(index: number): Parameter | null {
    const name = this.#names[index];
    return name === undefined ? null : this.#require(name);
  }

  number(name: string): number {
    return this.#require(name).value;
  }

  /** From the ground station: null when the name is unknown; a read-only one keeps its value and is answered. */
  set(name: string, value: number): Parameter | null {
    const known = this.#values.get(name);
    if (known === undefined) return null;
    return READ_ONLY.has(name) || !Number.isFinite(value) ? known : this.put(name, value);
  }

  /** From the autopilot itself. */
  put(name: string, value: number): Parameter | null {
    const known = this.#values.get(name);
    if (known === undefined) return null;
    const changed = { ...known, value: round(known.type, value) };
    this.#values.set(name, changed);
    return changed;
  }

  #require(name: string): Parameter {
    const known = this.#values.get(name);
    if (known === undefined) throw new RangeError(`no parameter ${name} in the simulated aircraft`);
    return known;
  }
}

function round(type: number, value: number): number {
  return type === REAL32 ? Math.fround(value) : Math.trunc(value);
}
