import type { PatrolCell } from './model.ts';
import type { Travel } from './travel.ts';

/** Neighbours kept for each cell. */
export const NEIGHBOURS = 24;

const known = new WeakMap<readonly PatrolCell[], readonly Int32Array[]>();

/**
 * The nearest other cells of each cell by the straight way between their middles, nearest first. Made once for each
 * list of cells: after an event, when an answer is waited for, it is there.
 */
export function nearestCells(cells: readonly PatrolCell[], travel: Travel): readonly Int32Array[] {
  const found = known.get(cells);
  if (found !== undefined) return found;
  const count = cells.length;
  const x = Float64Array.from(
    cells,
    (_cell, i) => (travel.x[2 * i] as number) + (travel.x[2 * i + 1] as number),
  );
  const y = Float64Array.from(
    cells,
    (_cell, i) => (travel.y[2 * i] as number) + (travel.y[2 * i + 1] as number),
  );
  const lists = Array.from({ length: count }, (_, i) => {
    const shortlist = new Shortlist(NEIGHBOURS);
    const xi = x[i] as number;
    const yi = y[i] as number;
    for (let j = 0; j < count; j++) {
      if (j === i) continue;
      const dx = (x[j] as number) - xi;
      const dy = (y[j] as number) - yi;
      shortlist.offer(j, dx * dx + dy * dy);
    }
    return Int32Array.from(shortlist.items);
  });
  known.set(cells, lists);
  return lists;
}

/** The nearest few, kept sorted; of equally near ones those offered first. */
export class Shortlist {
  readonly items: number[] = [];
  readonly #distances: number[] = [];
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  offer(item: number, distance: number): void {
    const last = this.#distances[this.#distances.length - 1];
    if (this.items.length >= this.#size && last !== undefined && distance >= last) return;
    let at = this.items.length;
    while (at > 0 && (this.#distances[at - 1] as number) > distance) at--;
    this.items.splice(at, 0, item);
    this.#distances.splice(at, 0, distance);
    if (this.items.length > this.#size) {
      this.items.pop();
      this.#distances.pop();
    }
  }
}
