import { intervalAt, leastDelays } from './deconfliction-delays.ts';
import { colourLayers } from './deconfliction-layers.ts';
import type { ConflictTable, FlightOption } from './deconfliction-table.ts';

/** What is chosen for one flight; null where nothing was found. */
export interface Choice {
  readonly option: number;
  readonly delay: number;
}

export interface Assignment {
  /** One for each flight of the group, in its order. */
  readonly choices: readonly (Choice | null)[];
  /** All placed: no assignment has less delay in all. Not all placed: no assignment places all. */
  readonly proven: boolean;
}

/** Up to so many combinations of options every one is looked at. */
const MOST_COMBINATIONS = 5_000;
/** Ends an exact search that would take minutes; each node costs microseconds. */
const MOST_EXACT_NODES = 60_000;
const MOST_NODES_AT_ONCE = 4_000;
/** Each looks at all pairs of what may be a large group. */
const MOST_POLISH_NODES = 200;
/** Rounds in which flights that found no place go first. */
const MOST_ROUNDS = 24;

/** Options and delays for a group of flights (indices of the table), least total delay, then best ranks. */
export function assign(table: ConflictTable, group: readonly number[]): Assignment {
  const combinations = group.reduce((product, i) => product * table.optionsOf(i).length, 1);
  const greedy = byInsertion(table, group);
  if (combinations > MOST_COMBINATIONS) return { choices: greedy, proven: isIdeal(table, group, greedy) };
  return exact(table, group, greedy);
}

/** Every combination of options, cut off by what its first flights alone cost; delays of each exactly. */
function exact(
  table: ConflictTable,
  group: readonly number[],
  known: readonly (Choice | null)[],
): Assignment {
  let budget = MOST_EXACT_NODES;
  let proven = true;
  let best = known.every((choice) => choice !== null) ? known : null;
  let bestCost = best === null ? NO_COST : costOf(table, group, best);
  const chosen: number[] = [];

  const place = (depth: number, ranks: number): void => {
    const flight = group[depth];
    if (flight === undefined) return;
    for (const [option, { rank }] of byRank(table.optionsOf(flight))) {
      if (budget <= 0) {
        proven = false;
        return;
      }
      if (bestCost.delay === 0 && ranks + rank >= bestCost.ranks) continue;
      chosen.push(option);
      // Equal delay is worth looking at only for better ranks, so the bound lets it through.
      const solution = leastDelays(
        {
          most: chosen.map((_, k) => table.most[group[k] as number] as number),
          forbidden: (i, j) =>
            table.forbidden(group[i] as number, chosen[i] as number, group[j] as number, chosen[j] as number),
        },
        bestCost.delay + (ranks + rank < bestCost.ranks ? 1 : 0),
        MOST_NODES_AT_ONCE,
      );
      budget -= 1 + chosen.length;
      if (!solution.proven) {
        proven = false;
        budget -= MOST_NODES_AT_ONCE;
      }
      if (solution.kind === 'solved') {
        if (depth + 1 < group.length) place(depth + 1, ranks + rank);
        else {
          best = solution.delays.map((delay, k) => ({ option: chosen[k] as number, delay }));
          bestCost = { delay: solution.total, ranks: ranks + rank };
        }
      } else if (!solution.proven && depth + 1 < group.length) place(depth + 1, ranks + rank);
      chosen.pop();
    }
  };
  place(0, 0);
  return { choices: best ?? known, proven };
}

interface Cost {
  readonly delay: number;
  readonly ranks: number;
}

const NO_COST: Cost = { delay: Number.POSITIVE_INFINITY, ranks: Number.POSITIVE_INFINITY };

function costOf(
  table: ConflictTable,
  group: readonly number[],
  choices: readonly (Choice | null)[],
): Cost & { unplaced: number } {
  let delay = 0;
  let ranks = 0;
  let unplaced = 0;
  choices.forEach((choice, k) => {
    if (choice === null) unplaced++;
    else {
      delay += choice.delay;
      ranks += table.optionsOf(group[k] as number)[choice.option]?.rank ?? 0;
    }
  });
  return { delay, ranks, unplaced };
}

function isIdeal(
  table: ConflictTable,
  group: readonly number[],
  choices: readonly (Choice | null)[],
): boolean {
  const cost = costOf(table, group, choices);
  return cost.unplaced === 0 && cost.delay === 0;
}

/**
 * One flight after the other, each where it fits with the least delay. Layers come from colouring the conflict graph;
 * the order is that of take-off, in which first-fit colours an interval graph with the fewest layers. Flights that find
 * no place, or wait longest, go first in the next round; the best round counts.
 */
function byInsertion(table: ConflictTable, group: readonly number[]): (Choice | null)[] {
  const preferred = colourLayers(table, group);
  const positions = group.map((_, k) => k);
  const starts = (k: number): number => table.flights[group[k] as number]?.startMs ?? 0;
  const held = (k: number): boolean => table.isHeld(group[k] as number);
  let order = positions.toSorted(
    (a, b) => Number(held(b)) - Number(held(a)) || starts(a) - starts(b) || a - b,
  );
  let best: (Choice | null)[] = [];
  let bestCost = { ...NO_COST, unplaced: Number.POSITIVE_INFINITY };
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const choices = improve(table, group, insertAll(table, group, order, round % 2 === 0 ? preferred : null));
    const cost = costOf(table, group, choices);
    if (isLess(cost, bestCost)) {
      best = choices;
      bestCost = cost;
    }
    if (bestCost.unplaced === 0 && bestCost.delay === 0) return best;
    // Who was not placed or waits longest asks first next time; held flights stay in front.
    const trouble = (k: number): number => {
      const choice = choices[k];
      return choice === null || choice === undefined ? Number.POSITIVE_INFINITY : choice.delay;
    };
    const worst = order
      .filter((k) => !held(k) && trouble(k) > 0)
      .sort((a, b) => compare(trouble(b), trouble(a)));
    const front = worst.slice(0, 1 + (round % 3));
    order = [...order.filter(held), ...front, ...order.filter((k) => !held(k) && !front.includes(k))];
  }
  return bestCost.unplaced > 0 ? best : polish(table, group, best, bestCost.delay);
}

/** The least delays of all for the options that were found: insertion never lets an earlier flight wait for a later one. */
function polish(
  table: ConflictTable,
  group: readonly number[],
  choices: readonly (Choice | null)[],
  total: number,
): (Choice | null)[] {
  const option = (k: number): number => choices[k]?.option ?? 0;
  const solution = leastDelays(
    {
      most: group.map((flight) => table.most[flight] as number),
      forbidden: (i, j) => table.forbidden(group[i] as number, option(i), group[j] as number, option(j)),
    },
    total,
    MOST_POLISH_NODES,
  );
  if (solution.kind === 'none') return [...choices];
  return solution.delays.map((delay, k) => ({ option: option(k), delay }));
}

function isLess(a: Cost & { unplaced: number }, b: Cost & { unplaced: number }): boolean {
  if (a.unplaced !== b.unplaced) return a.unplaced < b.unplaced;
  if (a.delay !== b.delay) return a.delay < b.delay;
  return a.ranks < b.ranks;
}

function insertAll(
  table: ConflictTable,
  group: readonly number[],
  order: readonly number[],
  preferred: readonly (number | null)[] | null,
): (Choice | null)[] {
  const choices: (Choice | null)[] = group.map(() => null);
  for (const k of order) choices[k] = bestPlace(table, group, choices, k, preferred?.[k] ?? null);
  return choices;
}

/** Takes flights out one by one and puts them back better, until a pass changes nothing. */
function improve(
  table: ConflictTable,
  group: readonly number[],
  start: readonly (Choice | null)[],
): (Choice | null)[] {
  const choices = [...start];
  for (let pass = 0; pass < 4; pass++) {
    let changed = false;
    for (let k = 0; k < choices.length; k++) {
      const now = choices[k] ?? null;
      if (now !== null && now.delay === 0) continue;
      const better = bestPlace(table, group, choices, k, null);
      if (better !== null && (now === null || better.delay < now.delay)) {
        choices[k] = better;
        changed = true;
      }
    }
    if (!changed) break;
  }
  return choices;
}

/** The option and least delay at which a flight conflicts with none that is placed; null: there is none. */
function bestPlace(
  table: ConflictTable,
  group: readonly number[],
  choices: readonly (Choice | null)[],
  k: number,
  preferred: number | null,
): Choice | null {
  const flight = group[k] as number;
  let best: Choice | null = null;
  const options = byRank(table.optionsOf(flight));
  if (preferred !== null) options.sort(([a], [b]) => Number(b === preferred) - Number(a === preferred));
  for (const [option] of options) {
    const delay = leastFree(table, group, choices, k, option, best?.delay ?? Number.POSITIVE_INFINITY);
    if (delay !== null && (best === null || delay < best.delay)) best = { option, delay };
    if (best?.delay === 0) break;
  }
  return best;
}

/** The least delay below a limit at which an option conflicts with none that is placed. */
function leastFree(
  table: ConflictTable,
  group: readonly number[],
  choices: readonly (Choice | null)[],
  k: number,
  option: number,
  below: number,
): number | null {
  const flight = group[k] as number;
  const most = table.most[flight] as number;
  let delay = 0;
  // Every conflict pushes the delay up to its end; it can only grow, so this ends.
  for (let settled = false; !settled; ) {
    settled = true;
    for (let m = 0; m < choices.length; m++) {
      const other = choices[m];
      if (m === k || other === null || other === undefined) continue;
      const forbidden = table.forbidden(flight, option, group[m] as number, other.option);
      const at = intervalAt(forbidden, delay - other.delay);
      if (at < 0) continue;
      delay = other.delay + (forbidden[at + 1] as number) + 1;
      if (delay > most || delay >= below) return null;
      settled = false;
    }
  }
  return delay;
}

function byRank(options: readonly FlightOption[]): [number, FlightOption][] {
  return options
    .map((option, index): [number, FlightOption] => [index, option])
    .sort(([, a], [, b]) => a.rank - b.rank);
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
