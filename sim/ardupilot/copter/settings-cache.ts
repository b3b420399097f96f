import type { ParameterTable } from '../parameters.ts';
import { type CopterSettings, copterSettings, NO_WISHES, type SpeedWishes } from './copter-settings.ts';

/** What is worked out of the parameters, kept until one of them or a wished speed changes: asked in every step. */
export class SettingsCache {
  readonly #parameters: ParameterTable;
  #wishes: SpeedWishes = NO_WISHES;
  #settings: CopterSettings | null = null;
  #version = -1;

  constructor(parameters: ParameterTable) {
    this.#parameters = parameters;
  }

  get(): CopterSettings {
    if (this.#settings === null || this.#version !== this.#parameters.version) {
      this.#version = this.#parameters.version;
      this.#settings = copterSettings(this.#parameters, this.#wishes);
    }
    return this.#settings;
  }

  /** Speed types: 0 and 1 over the ground, 2 climb, 3 descent. */
  wish(type: number, speedMps: number): void {
    const key = type === 2 ? 'climbMps' : type === 3 ? 'descentMps' : 'levelMps';
    this.#wishes = { ...this.#wishes, [key]: speedMps };
    this.#settings = null;
  }

  /** Speeds are wished for one mode; the next begins with the parameters. */
  forgetWishes(): void {
    this.#wishes = NO_WISHES;
    this.#settings = null;
  }
}
