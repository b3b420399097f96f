/**
 * Perfect matching of least cost: who is joined with whom so that the joints are shortest in sum. Needed twice for a
 * postman's tour: the joints themselves, and the lower bound that the tour is measured against.
 *
 * Exact by Edmonds' blossom algorithm with dual variables, O(n³) (J. Edmonds, 1965; Z. Galil, "Efficient algorithms
 * for finding maximum matching in graphs", ACM Computing Surveys 18, 1986). Costs are whole numbers, so all duals
 * are whole or half numbers and comparisons with zero are exact.
 */
export interface Matching {
  /** Partner of each. */
  readonly partner: Int32Array;
  readonly cost: number;
  /** False above `MOST_EXACT`: then a local optimum, and `cost` is no lower bound. */
  readonly isExact: boolean;
}

/** Above this the cubic algorithm takes seconds. */
export const MOST_EXACT = 500;

/** `costs`: row-major n × n, symmetric, whole numbers; n even. */
export function leastMatching(n: number, costs: Float64Array): Matching {
  if (n === 0) return { partner: new Int32Array(0), cost: 0, isExact: true };
  const isExact = n <= MOST_EXACT;
  const partner = isExact ? new Blossoms(n, costs).solve() : improvedMatching(n, costs);
  let cost = 0;
  for (let i = 0; i < n; i++) cost += costs[i * n + (partner[i] as number)] as number;
  return { partner, cost: cost / 2, isExact };
}

/** Nearest pairs first, then pairs exchanged while that helps. */
function improvedMatching(n: number, costs: Float64Array): Int32Array {
  const pairs: [cost: number, i: number, j: number][] = [];
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) pairs.push([costs[i * n + j] as number, i, j]);
  }
  pairs.sort((p, q) => p[0] - q[0]);
  const partner = new Int32Array(n).fill(-1);
  for (const [, i, j] of pairs) {
    if (partner[i] !== -1 || partner[j] !== -1) continue;
    partner[i] = j;
    partner[j] = i;
  }
  const c = (i: number, j: number): number => costs[i * n + j] as number;
  for (let pass = 0; pass < 50; pass++) {
    let improved = false;
    for (let a = 0; a < n; a++) {
      for (let b = 0; b < n; b++) {
        const pa = partner[a] as number;
        const pb = partner[b] as number;
        if (b === a || b === pa) continue;
        if (c(a, b) + c(pa, pb) >= c(a, pa) + c(b, pb)) continue;
        partner[a] = b;
        partner[b] = a;
        partner[pa] = pb;
        partner[pb] = pa;
        improved = true;
      }
    }
    if (!improved) break;
  }
  return partner;
}

/** Label of a vertex in the search: not reached, even distance from a root (outer), odd (inner). */
const FREE = -1;
const OUTER = 0;
const INNER = 1;

/**
 * Vertices are 1 … n, blossoms n + 1 … 2n; 0 is nobody. The heaviest matching of weights (greatest cost + 1 − cost)
 * is perfect and cheapest. For each pair of top vertices the tightest edge between them is kept (`endU`, `endV`).
 */
class Blossoms {
  private readonly n: number;
  private top: number;
  private readonly size: number;
  private readonly endU: Int32Array;
  private readonly endV: Int32Array;
  private readonly weight: Float64Array;
  private readonly dual: Float64Array;
  private readonly match: Int32Array;
  private readonly slack: Int32Array;
  /** The outermost blossom that a vertex is in (itself when none); 0: not in use. */
  private readonly outermost: Int32Array;
  private readonly parent: Int32Array;
  private readonly label: Int8Array;
  private readonly seen: Int32Array;
  private round = 0;
  private readonly members: number[][];
  /** Which member of blossom b holds vertex v: row-major. */
  private readonly memberOf: Int32Array;
  private queue: number[] = [];

  constructor(n: number, costs: Float64Array) {
    this.n = n;
    this.top = n;
    const size = 2 * n + 2;
    this.size = size;
    this.endU = new Int32Array(size * size);
    this.endV = new Int32Array(size * size);
    this.weight = new Float64Array(size * size);
    this.dual = new Float64Array(size);
    this.match = new Int32Array(size);
    this.slack = new Int32Array(size);
    this.outermost = new Int32Array(size);
    this.parent = new Int32Array(size);
    this.label = new Int8Array(size);
    this.seen = new Int32Array(size);
    this.members = Array.from({ length: size }, () => []);
    this.memberOf = new Int32Array(size * size);
    let most = 0;
    for (const cost of costs) most = Math.max(most, cost);
    for (let u = 1; u < size; u++) {
      for (let v = 1; v < size; v++) {
        this.endU[u * size + v] = u;
        this.endV[u * size + v] = v;
      }
    }
    let heaviest = 0;
    for (let u = 1; u <= n; u++) {
      this.outermost[u] = u;
      this.memberOf[u * size + u] = u;
      for (let v = 1; v <= n; v++) {
        if (u === v) continue;
        const w = most + 1 - (costs[(u - 1) * n + v - 1] as number);
        this.weight[u * size + v] = w;
        heaviest = Math.max(heaviest, w);
      }
    }
    for (let u = 1; u <= n; u++) this.dual[u] = heaviest;
  }

  solve(): Int32Array {
    while (this.augmentOnce()) {
      // Each round adds one pair.
    }
    return Int32Array.from({ length: this.n }, (_, i) => (this.match[i + 1] as number) - 1);
  }

  private reduced(u: number, v: number): number {
    const at = u * this.size + v;
    const a = this.endU[at] as number;
    const b = this.endV[at] as number;
    return (
      (this.dual[a] as number) + (this.dual[b] as number) - 2 * (this.weight[a * this.size + b] as number)
    );
  }

  private at(array: Int32Array | Int8Array, i: number): number {
    return array[i] as number;
  }

  private updateSlack(u: number, x: number): void {
    const known = this.at(this.slack, x);
    if (known === 0 || this.reduced(u, x) < this.reduced(known, x)) this.slack[x] = u;
  }

  private setSlack(x: number): void {
    this.slack[x] = 0;
    for (let u = 1; u <= this.n; u++) {
      const top = this.at(this.outermost, u);
      if ((this.weight[u * this.size + x] as number) > 0 && top !== x && this.label[top] === OUTER) {
        this.updateSlack(u, x);
      }
    }
  }

  private push(x: number): void {
    if (x <= this.n) this.queue.push(x);
    else for (const member of this.members[x] as number[]) this.push(member);
  }

  private setOutermost(x: number, b: number): void {
    this.outermost[x] = b;
    if (x > this.n) for (const member of this.members[x] as number[]) this.setOutermost(member, b);
  }

  /** Place of a member counted along the even side of its blossom; turns the blossom round where needed. */
  private evenPlace(b: number, member: number): number {
    const members = this.members[b] as number[];
    const place = members.indexOf(member);
    if (place % 2 === 0) return place;
    this.members[b] = [members[0] as number, ...members.slice(1).reverse()];
    return members.length - place;
  }

  private setMatch(u: number, v: number): void {
    const at = u * this.size + v;
    this.match[u] = this.endV[at] as number;
    if (u <= this.n) return;
    const inner = this.at(this.memberOf, u * this.size + (this.endU[at] as number));
    const place = this.evenPlace(u, inner);
    const members = this.members[u] as number[];
    for (let i = 0; i < place; i++) this.setMatch(members[i] as number, members[i ^ 1] as number);
    this.setMatch(inner, v);
    this.members[u] = [...members.slice(place), ...members.slice(0, place)];
  }

  private augment(from: number, to: number): void {
    let u = from;
    let v = to;
    for (;;) {
      const next = this.at(this.outermost, this.at(this.match, u));
      this.setMatch(u, v);
      if (next === 0) return;
      const up = this.at(this.outermost, this.at(this.parent, next));
      this.setMatch(next, up);
      u = up;
      v = next;
    }
  }

  private commonAncestor(from: number, to: number): number {
    this.round++;
    let u = from;
    let v = to;
    while (u !== 0 || v !== 0) {
      if (u !== 0) {
        if (this.seen[u] === this.round) return u;
        this.seen[u] = this.round;
        u = this.at(this.outermost, this.at(this.match, u));
        if (u !== 0) u = this.at(this.outermost, this.at(this.parent, u));
      }
      [u, v] = [v, u];
    }
    return 0;
  }

  private addBlossom(u: number, ancestor: number, v: number): void {
    let b = this.n + 1;
    while (b <= this.top && this.outermost[b] !== 0) b++;
    if (b > this.top) this.top++;
    this.dual[b] = 0;
    this.label[b] = OUTER;
    this.match[b] = this.at(this.match, ancestor);
    const climb = (from: number): number[] => {
      const side: number[] = [];
      for (let x = from; x !== ancestor; ) {
        const mate = this.at(this.outermost, this.at(this.match, x));
        side.push(x, mate);
        this.push(mate);
        x = this.at(this.outermost, this.at(this.parent, mate));
      }
      return side;
    };
    this.members[b] = [ancestor, ...climb(u).reverse(), ...climb(v)];
    this.setOutermost(b, b);
    const { size } = this;
    for (let x = 1; x <= this.top; x++) {
      this.weight[b * size + x] = 0;
      this.weight[x * size + b] = 0;
    }
    for (let x = 1; x <= this.n; x++) this.memberOf[b * size + x] = 0;
    for (const member of this.members[b] as number[]) {
      for (let x = 1; x <= this.top; x++) {
        if (this.weight[b * size + x] === 0 || this.reduced(member, x) < this.reduced(b, x)) {
          this.copyEdge(member, x, b, x);
          this.copyEdge(x, member, x, b);
        }
      }
      for (let x = 1; x <= this.n; x++) {
        if (this.memberOf[member * size + x] !== 0) this.memberOf[b * size + x] = member;
      }
    }
    this.setSlack(b);
  }

  private copyEdge(u: number, v: number, toU: number, toV: number): void {
    const from = u * this.size + v;
    const to = toU * this.size + toV;
    this.endU[to] = this.endU[from] as number;
    this.endV[to] = this.endV[from] as number;
    this.weight[to] = this.weight[from] as number;
  }

  private expandBlossom(b: number): void {
    for (const member of this.members[b] as number[]) this.setOutermost(member, member);
    const entry = this.at(
      this.memberOf,
      b * this.size + (this.endU[b * this.size + this.at(this.parent, b)] as number),
    );
    const place = this.evenPlace(b, entry);
    const members = this.members[b] as number[];
    for (let i = 0; i < place; i += 2) {
      const inner = members[i] as number;
      const outer = members[i + 1] as number;
      this.parent[inner] = this.endU[outer * this.size + inner] as number;
      this.label[inner] = INNER;
      this.label[outer] = OUTER;
      this.slack[inner] = 0;
      this.setSlack(outer);
      this.push(outer);
    }
    this.label[entry] = INNER;
    this.parent[entry] = this.at(this.parent, b);
    for (let i = place + 1; i < members.length; i++) {
      const member = members[i] as number;
      this.label[member] = FREE;
      this.setSlack(member);
    }
    this.outermost[b] = 0;
  }

  /** A tight edge: grows the tree, makes a blossom, or ends the round (true). */
  private takeEdge(from: number, to: number): boolean {
    const at = from * this.size + to;
    const eu = this.endU[at] as number;
    const u = this.at(this.outermost, eu);
    const v = this.at(this.outermost, this.endV[at] as number);
    if (this.label[v] === FREE) {
      this.parent[v] = eu;
      this.label[v] = INNER;
      const mate = this.at(this.outermost, this.at(this.match, v));
      this.slack[v] = 0;
      this.slack[mate] = 0;
      this.label[mate] = OUTER;
      this.push(mate);
    } else if (this.label[v] === OUTER) {
      const ancestor = this.commonAncestor(u, v);
      if (ancestor === 0) {
        this.augment(u, v);
        this.augment(v, u);
        return true;
      }
      this.addBlossom(u, ancestor, v);
    }
    return false;
  }

  private augmentOnce(): boolean {
    this.label.fill(FREE, 0, this.top + 1);
    this.slack.fill(0, 0, this.top + 1);
    this.queue = [];
    for (let x = 1; x <= this.top; x++) {
      if (this.outermost[x] !== x || this.match[x] !== 0) continue;
      this.parent[x] = 0;
      this.label[x] = OUTER;
      this.push(x);
    }
    if (this.queue.length === 0) return false;
    for (;;) {
      for (let head = 0; head < this.queue.length; head++) {
        const u = this.queue[head] as number;
        if (this.label[this.at(this.outermost, u)] === INNER) continue;
        for (let v = 1; v <= this.n; v++) {
          if ((this.weight[u * this.size + v] as number) <= 0) continue;
          if (this.outermost[u] === this.outermost[v]) continue;
          if (this.reduced(u, v) === 0) {
            if (this.takeEdge(u, v)) return true;
          } else this.updateSlack(u, this.at(this.outermost, v));
        }
      }
      if (!this.moveDuals()) return false;
      this.queue = [];
      for (let x = 1; x <= this.top; x++) {
        const from = this.at(this.slack, x);
        if (this.outermost[x] !== x || from === 0 || this.outermost[from] === x) continue;
        if (this.reduced(from, x) === 0 && this.takeEdge(from, x)) return true;
      }
      for (let b = this.n + 1; b <= this.top; b++) {
        if (this.outermost[b] === b && this.label[b] === INNER && this.dual[b] === 0) this.expandBlossom(b);
      }
    }
  }

  /** The greatest step that keeps all edges feasible; false when the duals say that no pair can be added. */
  private moveDuals(): boolean {
    let step = Number.POSITIVE_INFINITY;
    for (let b = this.n + 1; b <= this.top; b++) {
      if (this.outermost[b] === b && this.label[b] === INNER)
        step = Math.min(step, (this.dual[b] as number) / 2);
    }
    for (let x = 1; x <= this.top; x++) {
      const from = this.at(this.slack, x);
      if (this.outermost[x] !== x || from === 0) continue;
      if (this.label[x] === FREE) step = Math.min(step, this.reduced(from, x));
      else if (this.label[x] === OUTER) step = Math.min(step, this.reduced(from, x) / 2);
    }
    for (let u = 1; u <= this.n; u++) {
      const label = this.label[this.at(this.outermost, u)];
      if (label === OUTER) {
        if ((this.dual[u] as number) <= step) return false;
        this.dual[u] = (this.dual[u] as number) - step;
      } else if (label === INNER) this.dual[u] = (this.dual[u] as number) + step;
    }
    for (let b = this.n + 1; b <= this.top; b++) {
      if (this.outermost[b] !== b) continue;
      if (this.label[b] === OUTER) this.dual[b] = (this.dual[b] as number) + 2 * step;
      else if (this.label[b] === INNER) this.dual[b] = (this.dual[b] as number) - 2 * step;
    }
    return true;
  }
}
