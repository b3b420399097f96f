import type { Random } from '../geo/random.ts';
import {
  type CrewNumbers,
  indexNode,
  nodeIndex,
  nodeParts,
  nodesPerGroup,
  type Rotation,
  slotS,
  sortieAirS,
} from './rotation.ts';

export interface SearchOptions {
  readonly steps: number;
  readonly random: Random;
  /** Cells whose place may change; null: all. */
  readonly movable: readonly number[] | null;
  /** Crews that may take part; null: all. */
  readonly crews: ReadonlySet<number> | null;
  /** Temperature at the start, in units of one average sortie's share of the objective. */
  readonly startTemperature: number;
}

/** Exponent at the start and at the end: first everything becomes shorter, then the longest sorties do. */
const FIRST_POWER = 5;
const LAST_POWER = 24;
const LAST_TEMPERATURE = 0.0004;
/** A sortie that its battery does not allow counts as if it were so many times longer. */
const OVER_BUDGET = 4;

/**
 * Simulated annealing over rotations: Σ over all sorties of (implied cycle / reference)^p is made small, so the
 * longest implied cycle, which is the worst weighted idleness, comes down while slack elsewhere is used. Moves: up to
 * three neighbouring cells go beside a near cell; two cells change places; a stretch is turned round (2-opt); two
 * sorties of one class swap their tails. Steps are counted, never timed: the result is the same on every machine.
 */
export function improveRotation(rotation: Rotation, options: SearchOptions): void {
  const { steps, random, movable, crews } = options;
  const pool = movable ?? Array.from({ length: rotation.cells.count }, (_, i) => i);
  const placed = pool.filter((cell) => (rotation.nodeOf[cell] as number) >= 0);
  if (placed.length === 0 || steps <= 0) return;
  const search = new Search(rotation, crews);
  search.setPower(FIRST_POWER);
  const cooling = (LAST_TEMPERATURE / options.startTemperature) ** (1 / steps);
  let temperature = options.startTemperature;
  const stage = Math.max(1, Math.floor(steps / 40));
  for (let step = 0; step < steps; step++) {
    if (step % stage === 0) search.setPower(FIRST_POWER + (LAST_POWER - FIRST_POWER) * (step / steps));
    temperature *= cooling;
    const cell = placed[Math.floor(random() * placed.length)] as number;
    const near = rotation.cells.near[cell] as Int32Array;
    // Nearer neighbours are drawn more often.
    const r = random();
    const other = near[Math.floor(r * r * near.length)];
    if (other === undefined || (rotation.nodeOf[other] as number) < 0) continue;
    search.tryMove(cell, other, random, temperature);
  }
}

/**
 * Puts cells that have no place where they cost the objective least: any node of the crews given, at the cheapest
 * point of its sortie. A node is nameless to `near`, so this is also how an empty sortie is begun.
 */
export function placeCells(rotation: Rotation, pool: readonly number[], crews: readonly number[]): void {
  const search = new Search(rotation, null);
  search.setPower(FIRST_POWER);
  for (const cell of pool) search.place(cell, crews, false);
}

/** The same for one cell, but only where no sortie outgrows its battery; false when there is no such place. */
export function placeWithinBudget(rotation: Rotation, cell: number, crews: readonly number[]): boolean {
  const search = new Search(rotation, null);
  search.setPower(FIRST_POWER);
  return search.place(cell, crews, true);
}

class Search {
  readonly #rotation: Rotation;
  readonly #crews: ReadonlySet<number> | null;
  /** Seconds of each slot, group · frames + frame; longer than it is when its battery does not allow it. */
  readonly #slot: Float64Array;
  /** For drones alone: smooth maximum of a group's slots over the frames, and their sum for each crew. */
  readonly #longest: Float64Array;
  readonly #sum: Float64Array;
  readonly #slots = new Int32Array(64);
  readonly #oldSlot = new Float64Array(64);
  readonly #groups = new Int32Array(2);
  readonly #oldLongest = new Float64Array(2);
  readonly #oldSum = new Float64Array(2);
  #journalSlots = 0;
  #journalGroups = 0;
  #power = FIRST_POWER;
  #reference = 1;

  constructor(rotation: Rotation, crews: ReadonlySet<number> | null) {
    this.#rotation = rotation;
    this.#crews = crews;
    const groups = rotation.crewOfGroup.length;
    this.#slot = new Float64Array(groups * rotation.frames);
    this.#longest = new Float64Array(groups);
    this.#sum = new Float64Array(rotation.crews.length);
    for (let group = 0; group < groups; group++) {
      for (let frame = 0; frame < rotation.frames; frame++) {
        this.#slot[group * rotation.frames + frame] = this.#measure(group, frame);
      }
      this.#longest[group] = this.#smoothMax(group);
      const c = rotation.crewOfGroup[group] as number;
      this.#sum[c] = (this.#sum[c] as number) + (this.#longest[group] as number);
    }
  }

  setPower(power: number): void {
    this.#power = power;
    const { crewOfGroup, crews, frames } = this.#rotation;
    let sum = 0;
    let flown = 0;
    for (let slot = 0; slot < this.#slot.length; slot++) {
      const value = this.#slot[slot] as number;
      if (value === 0) continue;
      const c = crewOfGroup[Math.floor(slot / frames)] as number;
      const crew = crews[c] as CrewNumbers;
      sum += crew.drones === 1 ? (this.#sum[c] as number) : (value * crew.groups) / crew.drones;
      flown++;
    }
    this.#reference = sum / Math.max(1, flown) || 1;
  }

  #measure(group: number, frame: number): number {
    const rotation = this.#rotation;
    const crew = rotation.crews[rotation.crewOfGroup[group] as number] as CrewNumbers;
    const airS = sortieAirS(rotation, group, frame);
    const seconds = slotS(crew, airS);
    return airS <= crew.enduranceS ? seconds : seconds * (1.2 + OVER_BUDGET * (airS / crew.enduranceS - 1));
  }

  #smoothMax(group: number): number {
    const { frames } = this.#rotation;
    if (frames === 1) return this.#slot[group] as number;
    let most = 0;
    for (let frame = 0; frame < frames; frame++)
      most = Math.max(most, this.#slot[group * frames + frame] as number);
    if (most === 0) return 0;
    let sum = 0;
    for (let frame = 0; frame < frames; frame++) {
      const share = (this.#slot[group * frames + frame] as number) / most;
      const squared = share * share;
      sum += squared * squared * squared;
    }
    return most * (sum / frames) ** (1 / 6);
  }

  /** Objective's share of one slot that several drones share. */
  #slotEnergy(group: number, value: number): number {
    const crew = this.#rotation.crews[this.#rotation.crewOfGroup[group] as number] as CrewNumbers;
    return ((value * crew.groups) / crew.drones / this.#reference) ** this.#power;
  }

  /** Objective's share of a drone alone: as many times as it has slots, so that it counts like the others. */
  #crewEnergy(c: number, sum: number): number {
    const crew = this.#rotation.crews[c] as CrewNumbers;
    return crew.groups * this.#rotation.frames * (sum / this.#reference) ** this.#power;
  }

  /**
   * Measures the sorties below one or two nodes anew and gives the change of the objective; `#undo` takes the measures
   * back. Runs once for each step of the search, so it makes no garbage: what it changed is written down in the `#old…` arrays.
   */
  #remeasure(a: number, b: number): number {
    this.#journalSlots = 0;
    this.#journalGroups = 0;
    let change = this.#measureBelow(a);
    if (b !== a) change += this.#measureBelow(b);
    for (let k = 0; k < this.#journalGroups; k++) {
      const group = this.#groups[k] as number;
      const c = this.#rotation.crewOfGroup[group] as number;
      if ((this.#rotation.crews[c] as CrewNumbers).drones > 1) continue;
      const before = this.#sum[c] as number;
      const next = this.#smoothMax(group);
      this.#sum[c] = before + next - (this.#longest[group] as number);
      this.#longest[group] = next;
      change += this.#crewEnergy(c, this.#sum[c] as number) - this.#crewEnergy(c, before);
    }
    return change;
  }

  #measureBelow(node: number): number {
    const rotation = this.#rotation;
    const { frames, crewOfGroup, crews } = rotation;
    const perGroup = nodesPerGroup(rotation);
    const group = Math.floor(node / perGroup);
    const inGroup = node - group * perGroup + 1;
    const step = 1 << (31 - Math.clz32(inGroup));
    const c = crewOfGroup[group] as number;
    const isShared = (crews[c] as CrewNumbers).drones > 1;
    if (this.#journalGroups === 0 || this.#groups[0] !== group) {
      this.#groups[this.#journalGroups] = group;
      this.#oldLongest[this.#journalGroups] = this.#longest[group] as number;
      this.#oldSum[this.#journalGroups] = this.#sum[c] as number;
      this.#journalGroups++;
    }
    let change = 0;
    for (let frame = inGroup - step; frame < frames; frame += step) {
      const slot = group * frames + frame;
      const before = this.#slot[slot] as number;
      const value = this.#measure(group, frame);
      this.#slots[this.#journalSlots] = slot;
      this.#oldSlot[this.#journalSlots] = before;
      this.#journalSlots++;
      this.#slot[slot] = value;
      // A sortie below both nodes is met twice; the second time nothing changes any more.
      if (isShared && value !== before)
        change += this.#slotEnergy(group, value) - this.#slotEnergy(group, before);
    }
    return change;
  }

  #undo(): void {
    for (let k = this.#journalSlots - 1; k >= 0; k--)
      this.#slot[this.#slots[k] as number] = this.#oldSlot[k] as number;
    // Sums were read before anything changed, so their order does not matter.
    for (let k = 0; k < this.#journalGroups; k++) {
      const group = this.#groups[k] as number;
      this.#longest[group] = this.#oldLongest[k] as number;
      this.#sum[this.#rotation.crewOfGroup[group] as number] = this.#oldSum[k] as number;
    }
  }

  tryMove(cell: number, other: number, random: Random, temperature: number): void {
    const { nodeOf, placeOf, segments, cells } = this.#rotation;
    const a = nodeOf[cell] as number;
    const target = nodeOf[other] as number;
    if (this.#crews !== null && !this.#crews.has(this.#crewOf(target))) return;
    const sameDepth = cells.depth[cell] === cells.depth[other];
    const kind = random();
    if (kind > 0.97) {
      this.#begin(cell, target, random, temperature);
      return;
    }
    if (sameDepth && a === target && kind < 0.35) {
      const i = Math.min(placeOf[cell] as number, placeOf[other] as number);
      const j = Math.max(placeOf[cell] as number, placeOf[other] as number);
      // Turning the stretch after the first makes the two neighbours; at the ends either way is tried.
      const segment = segments[a] as number[];
      const from = random() < 0.5 ? i + 1 : i;
      const to = from === i ? j - 1 : j;
      if (to < from) return;
      const turned = segment.slice(from, to + 1).reverse();
      const next = [...segment.slice(0, from), ...turned.map((code) => code ^ 1), ...segment.slice(to + 1)];
      this.#consider(a, next, a, next, temperature, random);
      return;
    }
    if (sameDepth && a !== target && kind < 0.3) {
      this.#tails(a, placeOf[cell] as number, target, placeOf[other] as number, random, temperature);
      return;
    }
    if (sameDepth && kind < 0.55) {
      this.#swapBeside(cell, other, random, temperature);
      return;
    }
    this.#relocate(cell, other, random, temperature);
  }

  #crewOf(node: number): number {
    return this.#rotation.crewOfGroup[Math.floor(node / nodesPerGroup(this.#rotation))] as number;
  }

  /** … cell | rest a, … | other rest b becomes … cell other rest b, … rest a. */
  #tails(a: number, i: number, b: number, j: number, random: Random, temperature: number): void {
    const first = this.#rotation.segments[a] as number[];
    const second = this.#rotation.segments[b] as number[];
    const nextA = [...first.slice(0, i + 1), ...second.slice(j)];
    const nextB = [...second.slice(0, j), ...first.slice(i + 1)];
    this.#consider(a, nextA, b, nextB, temperature, random);
  }

  /** `cell` changes places with the neighbour of `other` in its sortie. */
  #swapBeside(cell: number, other: number, random: Random, temperature: number): void {
    const { nodeOf, placeOf, segments } = this.#rotation;
    const a = nodeOf[cell] as number;
    const b = nodeOf[other] as number;
    const i = placeOf[cell] as number;
    const j = (placeOf[other] as number) + (random() < 0.5 ? 1 : -1);
    const second = segments[b] as number[];
    const theirs = second[j];
    if (theirs === undefined || theirs >> 1 === cell) return;
    if (a === b) {
      const next = [...second];
      next[j] = second[i] as number;
      next[i] = theirs;
      this.#consider(a, next, a, next, temperature, random);
      return;
    }
    const nextA = [...(segments[a] as number[])];
    const nextB = [...second];
    nextB[j] = nextA[i] as number;
    nextA[i] = theirs;
    this.#consider(a, nextA, b, nextB, temperature, random);
  }

  #relocate(cell: number, other: number, random: Random, temperature: number): void {
    const rotation = this.#rotation;
    const { nodeOf, placeOf, segments, cells } = rotation;
    const a = nodeOf[cell] as number;
    const depth = cells.depth[cell] as number;
    const target = nodeParts(rotation, nodeOf[other] as number);
    const residue =
      depth <= target.depth
        ? target.residue & ((1 << depth) - 1)
        : target.residue + (Math.floor(random() * (1 << (depth - target.depth))) << target.depth);
    const b = nodeIndex(rotation, target.group, depth, residue);
    const first = segments[a] as number[];
    const i = placeOf[cell] as number;
    const size = Math.min(1 + Math.floor(random() * 3), first.length - i);
    const chain = first.slice(i, i + size);
    if (random() < 0.5) {
      chain.reverse();
      for (let k = 0; k < chain.length; k++) chain[k] = (chain[k] as number) ^ 1;
    }
    const rest = [...first.slice(0, i), ...first.slice(i + size)];
    const into = a === b ? rest : (segments[b] as number[]);
    let at: number;
    if (depth === target.depth) {
      const j = into.findIndex((code) => code >> 1 === other);
      if (j < 0) return;
      at = j + (random() < 0.5 ? 1 : 0);
    } else {
      at = this.#cheapestPlace(into, chain, nodeParts(rotation, b).group);
    }
    const next = [...into.slice(0, at), ...chain, ...into.slice(at)];
    this.#consider(a, a === b ? next : rest, b, next, temperature, random);
  }

  /** `cell` goes to any sortie of the group of `target`, or of another group of that crew: so empty ones are begun. */
  #begin(cell: number, target: number, random: Random, temperature: number): void {
    const rotation = this.#rotation;
    const depth = rotation.cells.depth[cell] as number;
    const crew = this.#crewOf(target);
    const start = Math.floor(random() * rotation.crewOfGroup.length);
    let group = nodeParts(rotation, target).group;
    for (let k = 0; k < rotation.crewOfGroup.length && random() < 0.9; k++) {
      const candidate = (start + k) % rotation.crewOfGroup.length;
      if (rotation.crewOfGroup[candidate] !== crew) continue;
      group = candidate;
      break;
    }
    const b = nodeIndex(rotation, group, depth, Math.floor(random() * (1 << depth)));
    const a = rotation.nodeOf[cell] as number;
    if (a === b) return;
    const rest = (rotation.segments[a] as number[]).filter((code) => code >> 1 !== cell);
    const into = rotation.segments[b] as number[];
    const at = this.#cheapestPlace(into, [2 * cell], group);
    this.#consider(a, rest, b, [...into.slice(0, at), 2 * cell, ...into.slice(at)], temperature, random);
  }

  /** Best node and place for a cell without one, by what it adds to the objective. */
  place(cell: number, crews: readonly number[], withinBudget: boolean): boolean {
    const rotation = this.#rotation;
    const { segments, frames } = rotation;
    const depth = rotation.cells.depth[cell] as number;
    let best: { node: number; next: number[] } | null = null;
    let bestCost = Number.POSITIVE_INFINITY;
    for (let group = 0; group < rotation.crewOfGroup.length; group++) {
      if (!crews.includes(rotation.crewOfGroup[group] as number)) continue;
      for (let residue = 0; residue < 1 << depth; residue++) {
        const node = nodeIndex(rotation, group, depth, residue);
        const old = segments[node] as number[];
        const at = this.#cheapestPlace(old, [2 * cell], group);
        const next = [...old.slice(0, at), 2 * cell, ...old.slice(at)];
        segments[node] = next;
        let cost = this.#remeasure(node, node);
        this.#undo();
        for (let frame = residue; withinBudget && frame < frames; frame += 1 << depth) {
          if (!this.#fits(group, frame)) cost = Number.POSITIVE_INFINITY;
        }
        segments[node] = old;
        if (cost < bestCost) {
          bestCost = cost;
          best = { node, next };
        }
      }
    }
    if (best === null) return false;
    segments[best.node] = best.next;
    indexNode(rotation, best.node);
    this.#remeasure(best.node, best.node);
    return true;
  }

  #fits(group: number, frame: number): boolean {
    const rotation = this.#rotation;
    const crew = rotation.crews[rotation.crewOfGroup[group] as number] as CrewNumbers;
    return sortieAirS(rotation, group, frame) <= crew.enduranceS;
  }

  /** Where a chain lengthens a segment least; before the first cell the base is taken as the place before. */
  #cheapestPlace(into: readonly number[], chain: readonly number[], group: number): number {
    const { travel, cells, crews, crewOfGroup } = this.#rotation;
    const base = (crews[crewOfGroup[group] as number] as CrewNumbers).basePlace;
    const begin = cells.begin[chain[0] as number] as number;
    const end = cells.finish[chain[chain.length - 1] as number] as number;
    let best = 0;
    let bestCost = Number.POSITIVE_INFINITY;
    for (let at = 0; at <= into.length; at++) {
      const before = at === 0 ? base : (cells.finish[into[at - 1] as number] as number);
      const after = at === into.length ? base : (cells.begin[into[at] as number] as number);
      const cost = travel.metres(before, begin) + travel.metres(end, after) - travel.metres(before, after);
      if (cost < bestCost) {
        bestCost = cost;
        best = at;
      }
    }
    return best;
  }

  /** Puts the two segments in place, measures the sorties they are part of, and keeps them or takes them back. */
  #consider(
    a: number,
    nextA: number[],
    b: number,
    nextB: number[],
    temperature: number,
    random: Random,
  ): void {
    const rotation = this.#rotation;
    const { segments } = rotation;
    const oldA = segments[a] as number[];
    const oldB = segments[b] as number[];
    segments[a] = nextA;
    segments[b] = nextB;
    const change = this.#remeasure(a, b);
    if (change <= 0 || random() < Math.exp(-change / temperature)) {
      indexNode(rotation, a);
      if (a !== b) indexNode(rotation, b);
      return;
    }
    this.#undo();
    segments[a] = oldA;
    segments[b] = oldB;
  }
}
