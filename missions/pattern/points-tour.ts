import { seededRandom } from '../geo/random.ts';

/**
 * The order in which places are visited, for least flight: an open or closed tour over all of `n` places.
 * Distances are whole numbers, so that local search cannot go round on rounding noise.
 */
export interface TourProblem {
  readonly n: number;
  /** Row-major n × n, symmetric. */
  readonly distances: Float64Array;
  /** Way from the start to each place and from each place to the end; zeros where the tour may begin and end anywhere. */
  readonly fromStart: Float64Array;
  readonly toEnd: Float64Array;
}

/** Up to this many places the best order is found for sure (M. Held, R. M. Karp, 1962: n²·2ⁿ steps). */
export const EXACT_PLACES = 9;

/** Perturbations of the local search per place, and at most. */
const KICKS_PER_PLACE = 80;
const MOST_KICKS = 20_000;

/** Nearest others that a place is joined with by way of trial. */
const NEIGHBOURS = 8;

export function orderPlaces(problem: TourProblem): number[] {
  return problem.n <= EXACT_PLACES ? exactOrder(problem) : new Ring(problem).solve();
}

export function orderCost(problem: TourProblem, order: readonly number[]): number {
  let total = 0;
  for (let i = 0; i <= order.length; i++) total += step(problem, order[i - 1], order[i]);
  return total;
}

/** Cost of one step; undefined is the start before the first place, and the end after the last. */
function step(problem: TourProblem, from: number | undefined, to: number | undefined): number {
  if (from === undefined) return to === undefined ? 0 : (problem.fromStart[to] as number);
  if (to === undefined) return problem.toEnd[from] as number;
  return problem.distances[from * problem.n + to] as number;
}

function exactOrder(problem: TourProblem): number[] {
  const { n } = problem;
  if (n === 0) return [];
  const full = 1 << n;
  const cost = new Float64Array(full * n).fill(Number.POSITIVE_INFINITY);
  const came = new Int8Array(full * n).fill(-1);
  for (let i = 0; i < n; i++) cost[(1 << i) * n + i] = problem.fromStart[i] as number;
  for (let set = 1; set < full; set++) {
    for (let last = 0; last < n; last++) {
      const here = cost[set * n + last] as number;
      if (here === Number.POSITIVE_INFINITY) continue;
      for (let next = 0; next < n; next++) {
        if ((set & (1 << next)) !== 0) continue;
        const at = (set | (1 << next)) * n + next;
        const sum = here + step(problem, last, next);
        if (sum >= (cost[at] as number)) continue;
        cost[at] = sum;
        came[at] = last;
      }
    }
  }
  let last = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < n; i++) {
    const sum = (cost[(full - 1) * n + i] as number) + step(problem, i, undefined);
    if (sum < least) {
      least = sum;
      last = i;
    }
  }
  const order: number[] = [];
  for (let set = full - 1, at = last; at >= 0; ) {
    order.push(at);
    const before = came[set * n + at] as number;
    set &= ~(1 << at);
    at = before;
  }
  return order.reverse();
}

/**
 * Iterated local search on a closed ring: 2-opt and Or-opt over the nearest neighbours, double bridges within a short
 * window as perturbation (O. Martin, S. Otto, E. Felten, 1991), undone when the ring came out longer. Start and end
 * are two more places of the ring that a link of immense gain keeps together. The random numbers are seeded by the
 * number of places: the same places give the same order.
 */
class Ring {
  private readonly size: number;
  private readonly places: number;
  private readonly cost: Float64Array;
  private readonly near: Int32Array[];
  private readonly order: Int32Array;
  private readonly at: Int32Array;
  /** The ring without a stretch that is being moved. */
  private readonly rest: Int32Array;
  private readonly awake: number[] = [];
  private readonly isAwake: Uint8Array;

  constructor(problem: TourProblem) {
    const { n } = problem;
    const size = n + 2;
    this.places = n;
    this.size = size;
    this.cost = new Float64Array(size * size);
    let sum = 1;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) this.cost[i * size + j] = problem.distances[i * n + j] as number;
      for (const [end, way] of [
        [n, problem.fromStart[i] as number],
        [n + 1, problem.toEnd[i] as number],
      ] as const) {
        this.cost[i * size + end] = way;
        this.cost[end * size + i] = way;
      }
      sum += (problem.fromStart[i] as number) + (problem.toEnd[i] as number);
    }
    for (const d of problem.distances) sum += d;
    this.cost[n * size + n + 1] = -sum;
    this.cost[(n + 1) * size + n] = -sum;
    this.near = Array.from({ length: size }, (_, i) =>
      Int32Array.from(
        Array.from({ length: size }, (_unused, j) => j)
          .filter((j) => j !== i)
          .sort((a, b) => this.d(i, a) - this.d(i, b) || a - b)
          .slice(0, NEIGHBOURS),
      ),
    );
    this.order = new Int32Array(size);
    this.at = new Int32Array(size);
    this.rest = new Int32Array(size);
    this.isAwake = new Uint8Array(size);
  }

  solve(): number[] {
    this.startNearest();
    for (let i = 0; i < this.size; i++) this.wake(i);
    this.settle();
    const random = seededRandom(this.places);
    const kicks = Math.min(MOST_KICKS, KICKS_PER_PLACE * this.places);
    const kept = Int32Array.from(this.order);
    let keptCost = this.total();
    for (let kick = 0; kick < kicks; kick++) {
      this.kick(random);
      this.settle();
      const cost = this.total();
      if (cost <= keptCost) {
        kept.set(this.order);
        keptCost = cost;
      } else this.restore(kept);
    }
    return this.open();
  }

  private d(a: number, b: number): number {
    return this.cost[a * this.size + b] as number;
  }

  private next(a: number): number {
    const i = (this.at[a] as number) + 1;
    return this.order[i === this.size ? 0 : i] as number;
  }

  private before(a: number): number {
    const i = this.at[a] as number;
    return this.order[i === 0 ? this.size - 1 : i - 1] as number;
  }

  private total(): number {
    let sum = 0;
    for (let i = 0; i < this.size; i++) {
      sum += this.d(this.order[i] as number, this.order[i + 1 === this.size ? 0 : i + 1] as number);
    }
    return sum;
  }

  private restore(order: Int32Array): void {
    this.order.set(order);
    for (let i = 0; i < this.size; i++) this.at[this.order[i] as number] = i;
  }

  /** From the start to the nearest place not yet visited, and so on; the end last. */
  private startNearest(): void {
    const used = new Uint8Array(this.size);
    const order = [this.places];
    used[this.places + 1] = 1;
    while (order.length <= this.places) {
      const from = order[order.length - 1] as number;
      used[from] = 1;
      let best = -1;
      for (let i = 0; i < this.places; i++) {
        if (used[i] === 0 && (best < 0 || this.d(from, i) < this.d(from, best))) best = i;
      }
      order.push(best);
    }
    this.restore(Int32Array.from([...order, this.places + 1]));
  }

  private wake(a: number): void {
    if (this.isAwake[a] === 1) return;
    this.isAwake[a] = 1;
    this.awake.push(a);
  }

  /** Moves of all places that are awake until none helps. Each move shortens the ring by a whole number, so it ends. */
  private settle(): void {
    for (let a = this.awake.pop(); a !== undefined; a = this.awake.pop()) {
      this.isAwake[a] = 0;
      while (this.turn(a) || this.carry(a)) {
        // As long as this place finds something.
      }
    }
  }

  /** 2-opt: joins `a` with a near place and turns what is between. */
  private turn(a: number): boolean {
    for (const forward of [true, false]) {
      const b = forward ? this.next(a) : this.before(a);
      for (const c of this.near[a] as Int32Array) {
        const saved = this.d(a, b) - this.d(a, c);
        if (saved <= 0) break;
        const e = forward ? this.next(c) : this.before(c);
        if (c === b || e === a) continue;
        if (saved + this.d(c, e) - this.d(b, e) <= 0) continue;
        if (forward) this.reverse(b, c);
        else this.reverse(a, e);
        for (const woken of [a, b, c, e]) this.wake(woken);
        return true;
      }
    }
    return false;
  }

  /** Or-opt: one to three places beginning at `a` are put beside a near place, whichever way round. */
  private carry(a: number): boolean {
    for (const forward of [true, false]) {
      const stretch: number[] = [];
      let end = a;
      for (let count = 1; count <= 3; count++) {
        if (count > 1) end = forward ? this.next(end) : this.before(end);
        stretch.push(end);
        const p = forward ? this.before(a) : this.next(a);
        const q = forward ? this.next(end) : this.before(end);
        if (p === q || stretch.includes(p) || stretch.includes(q)) break;
        const saved = this.d(p, a) + this.d(end, q) - this.d(p, q);
        if (saved <= 0) continue;
        for (const c of this.near[a] as Int32Array) {
          if (this.d(a, c) >= saved) break;
          if (stretch.includes(c)) continue;
          for (const after of [true, false]) {
            // The other side of the new place must not be the stretch itself.
            let s = after ? this.next(c) : this.before(c);
            if (stretch.includes(s)) s = c === p ? q : p;
            if (saved + this.d(c, s) - this.d(a, c) - this.d(end, s) <= 0) continue;
            // Between p and q: turning the stretch where it is was left to 2-opt.
            if ((c === p && s === q) || (c === q && s === p)) continue;
            this.move(stretch, c, s);
            for (const woken of [p, q, a, end, c, s]) this.wake(woken);
            return true;
          }
        }
      }
    }
    return false;
  }

  /** Puts a stretch between the neighbours `c` and `s`, its first place beside `c`. */
  private move(stretch: readonly number[], c: number, s: number): void {
    const { rest } = this;
    let count = 0;
    let at = 0;
    for (const place of this.order) {
      if (stretch.includes(place)) continue;
      rest[count++] = place;
      if (place === c) at = count - 1;
    }
    const sIsNext = rest[(at + 1) % count] === s;
    // Between c and s, or between s and c: `at` becomes the place of the first of the stretch.
    if (sIsNext) at++;
    this.order.set(rest.subarray(0, at));
    for (let k = 0; k < stretch.length; k++) {
      this.order[at + k] = stretch[sIsNext ? k : stretch.length - 1 - k] as number;
    }
    this.order.set(rest.subarray(at, count), at + stretch.length);
    for (let i = 0; i < this.size; i++) this.at[this.order[i] as number] = i;
  }

  /** Turns the stretch from `a` forwards to `b`. */
  private reverse(a: number, b: number): void {
    const { size } = this;
    let i = this.at[a] as number;
    let j = this.at[b] as number;
    let length = ((j - i + size) % size) + 1;
    if (length * 2 > size) {
      // Turning the rest instead gives the same ring.
      [i, j] = [(j + 1) % size, (i + size - 1) % size];
      length = size - length;
    }
    for (let swaps = length >> 1; swaps > 0; swaps--) {
      const x = this.order[i] as number;
      const y = this.order[j] as number;
      this.order[i] = y;
      this.at[y] = i;
      this.order[j] = x;
      this.at[x] = j;
      i = i + 1 === size ? 0 : i + 1;
      j = j === 0 ? size - 1 : j - 1;
    }
  }

  /** Exchanges two neighbouring stretches of up to 25 places somewhere. */
  private kick(random: () => number): void {
    const most = Math.min(25, Math.floor((this.size - 2) / 2));
    const first = 1 + Math.floor(random() * most);
    const second = 1 + Math.floor(random() * most);
    const from = Math.floor(random() * (this.size - first - second));
    const a = this.order.slice(from, from + first);
    const b = this.order.slice(from + first, from + first + second);
    this.order.set(b, from);
    this.order.set(a, from + second);
    for (let i = from; i < from + first + second; i++) this.at[this.order[i] as number] = i;
    for (const i of [from, from + second, from + first + second]) {
      this.wake(this.order[i % this.size] as number);
      this.wake(this.order[(i + this.size - 1) % this.size] as number);
    }
  }

  /** The ring cut between end and start. */
  private open(): number[] {
    const out: number[] = [];
    const forward = this.before(this.places) === this.places + 1;
    let place = forward ? this.next(this.places) : this.before(this.places);
    while (out.length < this.places) {
      out.push(place);
      place = forward ? this.next(place) : this.before(place);
    }
    return out;
  }
}
