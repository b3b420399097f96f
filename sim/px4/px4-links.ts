import { LEVEL } from './px4-events.ts';
import type { Px4Parameters } from './px4-parameters.ts';
import type { Say } from './px4-say.ts';

const INFO = 6;

/** Who still talks to the aircraft: ground station (COM_DL_LOSS_T) and the sender of OFFBOARD setpoints (COM_OF_LOSS_T). */
export class Px4Links {
  readonly #parameters: Px4Parameters;
  readonly #say: Say;
  #gcsSilentForS = 0;
  #isGcsLost = true;
  /** Before its first words a ground station was not lost, it was never there. */
  #wasLost = false;
  #offboardSilentForS = Number.POSITIVE_INFINITY;

  constructor(parameters: Px4Parameters, say: Say) {
    this.#parameters = parameters;
    this.#say = say;
  }

  /** Also before the first heartbeat of one. */
  get isGcsLost(): boolean {
    return this.#isGcsLost;
  }

  get isOffboardLost(): boolean {
    return this.#offboardSilentForS > this.#parameters.number('COM_OF_LOSS_T');
  }

  gcsHeard(): void {
    this.#gcsSilentForS = 0;
    if (!this.#isGcsLost) return;
    this.#isGcsLost = false;
    if (this.#wasLost) this.#say(INFO, 'GCS connection regained', 'commander_dl_regained', LEVEL.INFO);
  }

  offboardHeard(): void {
    this.#offboardSilentForS = 0;
  }

  step(dtS: number): void {
    this.#offboardSilentForS += dtS;
    if (this.#isGcsLost) return;
    this.#gcsSilentForS += dtS;
    if (this.#gcsSilentForS <= this.#parameters.number('COM_DL_LOSS_T')) return;
    this.#isGcsLost = true;
    this.#wasLost = true;
    this.#say(INFO, 'Connection to ground station lost', 'commander_gcs_lost', LEVEL.WARNING_INFO);
  }
}
