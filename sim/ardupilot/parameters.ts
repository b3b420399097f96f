/** MAV_PARAM_TYPE as ArduPilot uses them; values travel as C-cast floats whatever the type. */
export const INT8 = 2;
export const INT16 = 4;
export const INT32 = 6;
export const REAL32 = 9;

export type ParameterDefault = readonly [name: string, type: number, value: number];

/** Counted or measured by the autopilot itself. */
const READ_ONLY: ReadonlySet<string> = new Set([
  'MIS_TOTAL',
  'FENCE_TOTAL',
  'RALLY_TOTAL',
  'STAT_BOOTCNT',
  'STAT_FLTTIME',
  'STAT_RUNTIME',
]);

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
  #version = 0;

  /** `overrides` sets start values; an unknown name is a programming error and is thrown. */
  constructor(defaults: readonly ParameterDefault[], overrides: Readonly<Record<string, number>> = {}) {
    this.#names = defaults.map(([name]) => name);
    this.#values = new Map(
      defaults.map(([name, type, value], index) => [name, { name, type, value: round(type, value), index }]),
    );
    for (const [name, value] of Object.entries(overrides)) {
      if (this.put(name, value) === null)
        throw new RangeError(`no parameter ${name} in the simulated aircraft`);
    }
  }

  get count(): number {
    return this.#names.length;
  }

  /** Grows with every change: what was worked out from parameters is kept until then. */
  get version(): number {
    return this.#version;
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
    this.#version += 1;
    return changed;
  }

  #require(name: string): Parameter {
    const known = this.#values.get(name);
    if (known === undefined) throw new RangeError(`no parameter ${name} in the simulated aircraft`);
    return known;
  }
}

/** Integers are cut after a hundredth is added, and held within their bits (AP_Param::set_float). */
function round(type: number, value: number): number {
  const whole = Math.trunc(value + (value < 0 ? -0.01 : 0.01));
  switch (type) {
    case REAL32:
      return Math.fround(value);
    case INT8:
      return Math.min(127, Math.max(-128, whole));
    case INT16:
      return Math.min(32_767, Math.max(-32_768, whole));
    default:
      return Math.min(2_147_483_647, Math.max(-2_147_483_648, whole));
  }
}
