import { PX4_PARAMETER_DATA } from './px4-parameter-data.ts';

/** MAV_PARAM_TYPE of PX4's parameters; it knows no others. */
export const INT32 = 6;
export const REAL32 = 9;

export interface Px4Parameter {
  readonly name: string;
  readonly type: typeof INT32 | typeof REAL32;
  readonly value: number;
  readonly index: number;
  /** Learned by the vehicle itself; not part of the checksum. */
  readonly isVolatile: boolean;
}

/**
 * Different from the real default (0, a warning only): a police aircraft is delivered so that it returns on a critical
 * battery and lands on an empty one, as the simulated ArduCopter does.
 */
const DELIVERED: Readonly<Record<string, number>> = { COM_LOW_BAT_ACT: 3 };

/** Parsed once: a fleet of hundreds shares the names. */
const DEFAULTS: readonly Px4Parameter[] = PX4_PARAMETER_DATA.trim()
  .split(/\s+/)
  .map((entry, index) => {
    const colon = entry.indexOf(':');
    const label = entry.slice(0, colon);
    const isVolatile = label.endsWith('!');
    const name = isVolatile ? label.slice(0, -1) : label;
    const text = entry.slice(colon + 1);
    const type = /[.e]/.test(text) ? REAL32 : INT32;
    return { name, type, value: rounded(type, DELIVERED[name] ?? Number(text)), index, isVolatile };
  });
const INDEX_OF: ReadonlyMap<string, number> = new Map(DEFAULTS.map(({ name, index }) => [name, index]));

/** The parameters of one simulated PX4: its own values over the common defaults. */
export class Px4Parameters {
  readonly #changed = new Map<number, Px4Parameter>();
  #version = 0;

  /** @throws RangeError for an override that PX4 has no parameter for. */
  constructor(overrides: Readonly<Record<string, number>> = {}) {
    for (const [name, value] of Object.entries(overrides)) this.put(name, value);
  }

  get count(): number {
    return DEFAULTS.length;
  }

  /** Grows with every change. */
  get version(): number {
    return this.#version;
  }

  all(): readonly Px4Parameter[] {
    return DEFAULTS.map((parameter) => this.#changed.get(parameter.index) ?? parameter);
  }

  byIndex(index: number): Px4Parameter | null {
    return this.#changed.get(index) ?? DEFAULTS[index] ?? null;
  }

  byName(name: string): Px4Parameter | null {
    const index = INDEX_OF.get(name);
    return index === undefined ? null : this.byIndex(index);
  }

  /** @throws RangeError when there is no such parameter. */
  number(name: string): number {
    return this.#require(name).value;
  }

  /** @throws RangeError when there is no such parameter. */
  put(name: string, value: number): Px4Parameter {
    const known = this.#require(name);
    const changed = { ...known, value: rounded(known.type, value) };
    this.#changed.set(known.index, changed);
    this.#version += 1;
    return changed;
  }

  #require(name: string): Px4Parameter {
    const known = this.byName(name);
    if (known === null) throw new RangeError(`no parameter ${name} in the simulated PX4`);
    return known;
  }
}

function rounded(type: number, value: number): number {
  return type === REAL32 ? Math.fround(value) : Math.trunc(value);
}
