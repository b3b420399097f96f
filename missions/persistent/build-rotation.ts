import { seededRandom } from '../geo/random.ts';
import { aloneS, fitBudgets, overBudget } from './budget.ts';
import { weightLevels } from './levels.ts';
import type { PatrolCell, PatrolDrone } from './model.ts';
import { Shortlist } from './neighbours.ts';
import { type CellTable, type CrewNumbers, copyRotation, cyclesS, type Rotation } from './rotation.ts';
import { improveRotation } from './search.ts';
import { emptySegments, seedRotation } from './seed-rotation.ts';
import { territories } from './territories.ts';
import type { Travel } from './travel.ts';

/** Drones that can take turns: the same base and the same performance. */
export interface Crew {
  readonly crewId: string;
  readonly baseId: string;
  readonly basePlace: number;
  readonly drones: readonly PatrolDrone[];
}

const NEAR = 14;

/** Cells as numbers, neighbours among `members` only; `places` of cell i in `travel` are 2i (entry) and 2i + 1 (exit). */
export function cellTable(
  cells: readonly PatrolCell[],
  depth: Uint8Array,
  travel: Travel,
  members: readonly number[] = cells.map((_cell, i) => i),
): CellTable {
  const begin = new Int32Array(cells.length * 2);
  const finish = new Int32Array(cells.length * 2);
  for (let i = 0; i < cells.length; i++) {
    begin[2 * i] = 2 * i;
    finish[2 * i] = 2 * i + 1;
    begin[2 * i + 1] = 2 * i + 1;
    finish[2 * i + 1] = 2 * i;
  }
  return {
    count: cells.length,
    begin,
    finish,
    serviceM: Float64Array.from(cells, (cell) => cell.serviceM),
    dwellS: Float64Array.from(cells, (cell) => cell.dwellS),
    depth,
    near: nearCells(cells.length, members, depth, travel),
  };
}

/** For each cell the nearest others, half of them of its own class: where it may be moved to. */
function nearCells(
  count: number,
  members: readonly number[],
  depth: Uint8Array,
  travel: Travel,
): Int32Array[] {
  const { x, y } = travel;
  const gap = (i: number, j: number): number =>
    Math.hypot(
      (x[2 * i] as number) + (x[2 * i + 1] as number) - (x[2 * j] as number) - (x[2 * j + 1] as number),
      (y[2 * i] as number) + (y[2 * i + 1] as number) - (y[2 * j] as number) - (y[2 * j + 1] as number),
    );
  const near = Array.from({ length: count }, () => new Int32Array(0));
  for (const i of members) {
    const any = new Shortlist(NEAR);
    const own = new Shortlist(NEAR / 2);
    for (const j of members) {
      if (j === i) continue;
      const d = gap(i, j);
      any.offer(j, d);
      if (depth[j] === depth[i]) own.offer(j, d);
    }
    const joined = [...new Set([...any.items, ...own.items])];
    near[i] = Int32Array.from(joined.sort((a, b) => gap(i, a) - gap(i, b) || a - b));
  }
  return near;
}

export function crewNumbers(crew: Crew): CrewNumbers {
  const drone = crew.drones[0] as PatrolDrone;
  return {
    basePlace: crew.basePlace,
    speedMps: drone.cruiseSpeedMps,
    enduranceS: drone.enduranceS,
    verticalS: drone.launchS + drone.landS,
    groundPerAir: drone.rechargeS / drone.enduranceS,
    turnaroundS: drone.turnaroundS,
    drones: crew.drones.length,
    groups: 0,
  };
}

/** Seconds in the air that a visit takes at least: service and the shortest leg to any other cell or base. */
export function leastVisitS(table: CellTable, travel: Travel, cell: number, speedMps: number): number {
  let leg = Number.POSITIVE_INFINITY;
  for (const other of table.near[cell] as Int32Array) {
    for (const from of [2 * other, 2 * other + 1]) {
      for (const to of [2 * cell, 2 * cell + 1]) {
        leg = Math.min(
          leg,
          Math.hypot(
            (travel.x[from] as number) - (travel.x[to] as number),
            (travel.y[from] as number) - (travel.y[to] as number),
          ),
        );
      }
    }
  }
  if (!Number.isFinite(leg)) leg = 0;
  return ((table.serviceM[cell] as number) + leg) / speedMps + (table.dwellS[cell] as number);
}

/** How many more or fewer slots a frame than the estimate says are tried before the search goes on with the best. */
const TRIES = [0, 0.4, -0.3, 0.8, 1.6, 3.2, 6.4];
const MOST_USEFUL = 0.8;
/** A start of whose sorties more than this share do not fit is not repaired but given up. */
const MOST_MISFITS = 0.1;
/** So many of the starts are searched further. */
const FINALISTS = 2;
const FIRST_TEMPERATURE = 0.05;
const SECOND_TEMPERATURE = 0.03;

/** Which crew can fly to a cell, serve it alone and return. */
export function reachTable(
  table: CellTable,
  crews: readonly CrewNumbers[],
  travel: Travel,
): (crew: number, cell: number) => boolean {
  const able = crews.map((crew) =>
    Uint8Array.from({ length: table.count }, (_, cell) =>
      aloneS({ travel, cells: table }, crew, cell) <= crew.enduranceS ? 1 : 0,
    ),
  );
  return (crew, cell) => able[crew]?.[cell] === 1;
}

/** One of the ways in which the search begins. */
interface Start {
  readonly crews: readonly Crew[];
  readonly numbers: readonly CrewNumbers[];
  readonly owner: Int32Array;
  readonly needs: readonly number[];
}

export interface BuiltRotation {
  readonly rotation: Rotation;
  readonly crews: readonly Crew[];
}

/**
 * The whole way from cells and crews to rotations: territories, petals, then the search with some numbers of slots
 * for each way of forming crews, and on with the best. Cells that no crew can serve stay without a node.
 */
export function buildRotation(
  cells: readonly PatrolCell[],
  teams: readonly (readonly Crew[])[],
  travel: Travel,
  steps: number,
  seed: number,
): BuiltRotation {
  const speed = Math.max(
    ...teams.flatMap((crews) => crews.map((crew) => (crew.drones[0] as PatrolDrone).cruiseSpeedMps)),
  );
  const levels = weightLevels(
    cells.map((cell) => cell.weight),
    cells.map((cell) => cell.serviceM / speed + cell.dwellS + 1),
  );
  const table = cellTable(cells, levels.depth, travel);
  const work = Float64Array.from(cells, (_cell, i) => leastVisitS(table, travel, i, speed) * 1.06);
  const each = Math.floor(steps / 12);
  const candidates: (BuiltRotation & { readonly worst: number })[] = [];
  let used = 0;
  for (const crews of teams) {
    const start = startOf(crews, table, travel, work);
    const canServe = reachTable(table, start.numbers, travel);
    const tried = new Set<string>();
    let found = false;
    for (const more of TRIES) {
      const counts = start.needs.map((need) => Math.max(1, Math.ceil(need + more)));
      if (tried.has(counts.join())) continue;
      // The last ones are there for districts whose sorties would not fit; one that fits ends the tries.
      if (found && more > MOST_USEFUL) break;
      tried.add(counts.join());
      const rotation = emptyRotation(table, start.numbers, counts, levels.frames, travel);
      seedRotation(rotation, start.owner, work);
      search(rotation, each, seed, FIRST_TEMPERATURE);
      used += each;
      const misfits = overBudget(rotation).length / (rotation.crewOfGroup.length * rotation.frames);
      if (misfits > MOST_MISFITS && more < (TRIES[TRIES.length - 1] as number)) continue;
      found = true;
      fitBudgets(rotation, canServe);
      candidates.push({ rotation, crews, worst: cyclesS(rotation).worst });
    }
  }
  const finalists = candidates.sort((a, b) => a.worst - b.worst).slice(0, FINALISTS);
  const left = Math.floor(Math.max(2 * each, steps - used) / Math.max(1, finalists.length));
  for (const { rotation, crews, worst } of [...finalists]) {
    const longer = copyRotation(rotation);
    search(longer, left, seed + 1, SECOND_TEMPERATURE);
    fitBudgets(longer, reachTable(table, longer.crews, travel));
    const after = cyclesS(longer).worst;
    if (after < worst) finalists.push({ rotation: longer, crews, worst: after });
  }
  const best = finalists.sort((a, b) => a.worst - b.worst)[0];
  if (best === undefined) throw new RangeError('a search without crews');
  return best;
}

function startOf(crews: readonly Crew[], table: CellTable, travel: Travel, work: Float64Array): Start {
  const numbers = crews.map(crewNumbers);
  const canServe = reachTable(table, numbers, travel);
  const all = Array.from({ length: table.count }, (_, i) => i);
  const owner = territories(
    travel,
    all.map((i) => ({ place: 2 * i, workS: (work[i] as number) / 2 ** (table.depth[i] as number) })),
    numbers.map((crew, c) => ({
      basePlace: crew.basePlace,
      speedMps: crew.speedMps,
      airPerS: crew.drones / (1 + crew.groundPerAir + crew.turnaroundS / crew.enduranceS),
      enduranceS: crew.enduranceS - crew.verticalS,
      canServe: (cell) => canServe(c, cell),
    })),
  );
  const needs = numbers.map((crew, c) => slotsNeeded(crew, c, owner, table, travel, work));
  return { crews, numbers, owner, needs };
}

function search(rotation: Rotation, steps: number, seed: number, startTemperature: number): void {
  improveRotation(rotation, {
    steps,
    random: seededRandom(seed),
    crews: null,
    movable: null,
    startTemperature,
  });
}

export function emptyRotation(
  table: CellTable,
  crews: readonly CrewNumbers[],
  groups: readonly number[],
  frames: number,
  travel: Travel,
): Rotation {
  const crewOfGroup = groups.flatMap((count, c) => new Array<number>(count).fill(c));
  return {
    travel,
    frames,
    levels: Math.log2(frames) + 1,
    cells: table,
    crews: crews.map((crew, c) => ({ ...crew, groups: groups[c] as number })),
    crewOfGroup,
    segments: emptySegments(crewOfGroup.length, frames),
    nodeOf: new Int32Array(table.count).fill(-1),
    placeOf: new Int32Array(table.count).fill(-1),
  };
}

/** Full flights that a crew's cells take in each frame. */
function slotsNeeded(
  crew: CrewNumbers,
  c: number,
  owner: Int32Array,
  table: CellTable,
  travel: Travel,
  work: Float64Array,
): number {
  let air = 0;
  let far = 0;
  let count = 0;
  for (let i = 0; i < table.count; i++) {
    if (owner[i] !== c) continue;
    air += (work[i] as number) / 2 ** (table.depth[i] as number);
    far += travel.metres(crew.basePlace, 2 * i);
    count++;
  }
  const transitS = (1.5 * far) / Math.max(1, count) / crew.speedMps;
  return air / Math.max(crew.enduranceS * 0.1, crew.enduranceS - crew.verticalS - transitS);
}
