import { deriveSeed } from '../prng.ts';
import { type Directions, GOOD_NETWORK, type NetworkConditions } from './conditions.ts';
import { Line, type LineCounters } from './line.ts';

/** A NAT that gives the aircraft another address in mid-flight. */
export interface AddressChange {
  /** What still arrives at the old address reaches the aircraft for that long; 0: the old one is dead at once. */
  readonly oldForS: number;
}

/** Both directions between one aircraft and the world, whatever endpoints it has: one radio carries them all. */
export class VehicleNetwork {
  readonly up: Line;
  readonly down: Line;

  constructor(seed: number, conditions: Partial<NetworkConditions> = {}) {
    const initial = { ...GOOD_NETWORK, ...conditions };
    this.up = new Line(deriveSeed(seed, 'up'), initial);
    this.down = new Line(deriveSeed(seed, 'down'), initial);
  }

  get counters(): { readonly up: LineCounters; readonly down: LineCounters } {
    return { up: this.up.counters, down: this.down.counters };
  }

  set(changes: Partial<NetworkConditions>, directions: Directions = 'both'): void {
    for (const line of this.#lines(directions)) line.setConditions(changes);
  }

  cutUntil(untilMs: number, directions: Directions = 'both'): void {
    for (const line of this.#lines(directions)) line.cutUntil(untilMs);
  }

  tick(nowMs: number): void {
    this.down.tick(nowMs);
    this.up.tick(nowMs);
  }

  #lines(directions: Directions): readonly Line[] {
    if (directions === 'both') return [this.up, this.down];
    return [directions === 'up' ? this.up : this.down];
  }
}
