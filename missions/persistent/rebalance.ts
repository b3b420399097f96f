import { seededRandom } from '../geo/random.ts';
import { aloneS, fitBudgets, takeOut } from './budget.ts';
import { type Crew, cellTable, crewNumbers, leastVisitS, reachTable } from './build-rotation.ts';
import { weightLevels } from './levels.ts';
import type { PatrolDrone, PersistentRequest, PersistentSchedule, UnservedCell } from './model.ts';
import { nearestCells } from './neighbours.ts';
import { patternDepths } from './patterns.ts';
import { stepsFor, unservedCells } from './plan-persistent.ts';
import { travelOf } from './request-travel.ts';
import {
  addGroup,
  type CrewNumbers,
  indexNode,
  nodeIndex,
  nodesPerGroup,
  type Rotation,
} from './rotation.ts';
import { improveRotation, placeCells } from './search.ts';
import type { Travel } from './travel.ts';

/** Steps of the search after an event: enough to settle a neighbourhood, few enough for an answer at once. */
const REPLAN_STEPS = 40_000;

export interface Rebalanced {
  readonly rotation: Rotation;
  /** Crews of the rotation, in its order; crews not named keep their rotations. */
  readonly crewIds: readonly string[];
  readonly unserved: readonly UnservedCell[];
}

/**
 * New rotations for the crews that an event touched and their neighbours, from the ones they have: slots are added or
 * given up in proportion to the drones that are there, cells without a place go where they cost least, and a short
 * search evens things out.
 */
export function rebalance(
  schedule: PersistentSchedule,
  request: PersistentRequest,
  crews: readonly Crew[],
  touchedCrewIds: ReadonlySet<string>,
  rings: number,
): Rebalanced {
  const travel = travelOf(request);
  const ownerOf = new Map<number, string>();
  for (const pattern of schedule.crews) {
    for (const i of patternDepths(pattern).keys()) ownerOf.set(i, pattern.crewId);
  }
  const ids = affectedCrews(request, crews, ownerOf, touchedCrewIds, rings);
  const team = crews.filter((crew) => ids.has(crew.crewId));
  const members: number[] = [];
  request.cells.forEach((_cell, i) => {
    const owner = ownerOf.get(i);
    if (owner === undefined || ids.has(owner) || !crews.some((crew) => crew.crewId === owner))
      members.push(i);
  });
  const speed = Math.max(...team.map((crew) => (crew.drones[0] as PatrolDrone).cruiseSpeedMps), 0.5);
  const cells = request.cells;
  const levels = weightLevels(
    members.map((i) => (cells[i] as { weight: number }).weight),
    members.map((i) => (cells[i] as { serviceM: number }).serviceM / speed + 1),
  );
  const depth = new Uint8Array(cells.length);
  members.forEach((i, k) => {
    depth[i] = levels.depth[k] as number;
  });
  const table = cellTable(cells, depth, travel, members);
  const numbers = team.map(crewNumbers);
  const canServe = reachTable(table, numbers, travel);
  const rotation: Rotation = {
    travel,
    frames: levels.frames,
    levels: Math.log2(levels.frames) + 1,
    cells: table,
    crews: numbers,
    crewOfGroup: [],
    segments: [],
    nodeOf: new Int32Array(cells.length).fill(-1),
    placeOf: new Int32Array(cells.length).fill(-1),
  };
  if (team.length > 0) {
    takeOver(rotation, schedule, team);
    resize(rotation, members, canServe);
    const homeless = members.filter((i) => (rotation.nodeOf[i] as number) < 0);
    const nearest = homeless
      .map((i) => ({ i, crews: nearestCrews(rotation, i, canServe) }))
      .filter((entry) => entry.crews.length > 0)
      .sort((a, b) => farthest(rotation, b.i) - farthest(rotation, a.i) || a.i - b.i);
    for (const entry of nearest) placeCells(rotation, [entry.i], entry.crews);
    improveRotation(rotation, {
      steps: Math.min(REPLAN_STEPS, stepsFor(request, members.length)),
      random: seededRandom(request.seed ?? 1),
      movable: members,
      crews: null,
      startTemperature: 0.02,
    });
    fitBudgets(rotation, canServe);
  }
  const served = new Set(ownerOf.keys());
  const unserved = unservedCells(request, rotation, numbers).filter((cell) => {
    const i = cells.findIndex((entry) => entry.cellId === cell.cellId);
    return members.includes(i) || !served.has(i);
  });
  return { rotation, crewIds: team.map((crew) => crew.crewId), unserved };
}

/**
 * Crews touched, and those with a cell next to one of theirs (or next to a cell that nobody has now); with more rings
 * also the neighbours of those, and so on.
 */
function affectedCrews(
  request: PersistentRequest,
  crews: readonly Crew[],
  ownerOf: ReadonlyMap<number, string>,
  touched: ReadonlySet<string>,
  rings: number,
): Set<string> {
  const alive = new Set(crews.map((crew) => crew.crewId));
  const ids = new Set([...touched].filter((id) => alive.has(id)));
  const travel = travelOf(request);
  // A crew without cells (a drone joins at a new base) has those cells as neighbours that are nearest to its base.
  const owners = new Set(ownerOf.values());
  for (const crew of crews) {
    if (!ids.has(crew.crewId) || owners.has(crew.crewId)) continue;
    const near = request.cells
      .map((_cell, i) => ({ i, d: travel.metres(crew.basePlace, 2 * i) }))
      .sort((a, b) => a.d - b.d)
      .slice(0, Math.ceil(request.cells.length / crews.length));
    for (const { i } of near) {
      const owner = ownerOf.get(i);
      if (owner !== undefined && alive.has(owner)) ids.add(owner);
    }
  }
  const done = new Set<number>();
  const most = rings > MOST_RINGS ? crews.length + 1 : rings;
  for (let ring = 0; ring < most; ring++) {
    const core = request.cells.flatMap((_cell, i) => {
      const owner = ownerOf.get(i);
      const isCore =
        owner === undefined || !alive.has(owner) || (ring === 0 ? touched.has(owner) : ids.has(owner));
      return isCore && !done.has(i) ? [i] : [];
    });
    for (const i of core) {
      done.add(i);
      for (const owner of bordering(request, travel, ownerOf, i)) if (alive.has(owner)) ids.add(owner);
    }
  }
  return ids;
}

/** Owners of the nearest few cells that have one. */
function bordering(
  request: PersistentRequest,
  travel: Travel,
  ownerOf: ReadonlyMap<number, string>,
  i: number,
): string[] {
  const near = nearestCells(request.cells, travel)[i] ?? [];
  return [...near].flatMap((j) => ownerOf.get(j) ?? []).slice(0, BORDERING);
}

/** Cells this near count as bordering on each other. */
const BORDERING = 6;

/** With more rings than these everybody takes part who is a neighbour's neighbour's … neighbour. */
export const MOST_RINGS = 2;

/** Copies the rotations of the crews that are left; a cell whose depth changed is left out. */
function takeOver(rotation: Rotation, schedule: PersistentSchedule, team: readonly Crew[]): void {
  team.forEach((crew, c) => {
    const pattern = schedule.crews.find((entry) => entry.crewId === crew.crewId);
    if (pattern === undefined) return;
    const perGroup = 2 * pattern.frames - 1;
    for (let g = 0; g < pattern.groups; g++) {
      const group = addGroup(rotation, c);
      for (let node = 0; node < perGroup; node++) {
        const depth = 31 - Math.clz32(node + 1);
        if (depth >= rotation.levels) continue;
        const residue = node + 1 - (1 << depth);
        const codes = (pattern.segments[g * perGroup + node] as readonly number[]).filter(
          (code) => rotation.cells.depth[code >> 1] === depth,
        );
        const target = nodeIndex(rotation, group, depth, residue);
        rotation.segments[target] = codes;
        indexNode(rotation, target);
      }
    }
  });
}

/** Brings the number of slots of each crew in line with what its drones can fly in the cycle that all will share. */
function resize(
  rotation: Rotation,
  members: readonly number[],
  canServe: (crew: number, cell: number) => boolean,
): void {
  const { cells, travel, crews } = rotation;
  const speed = Math.max(...crews.map((crew) => crew.speedMps));
  let air = 0;
  let transit = 0;
  let share = 0;
  for (const i of members) {
    const part = 1 / 2 ** (cells.depth[i] as number);
    const able = crews.map((_crew, c) => c).filter((c) => canServe(c, i));
    if (able.length === 0) continue;
    air += leastVisitS(cells, travel, i, speed) * 1.06 * part;
    const nearest = Math.min(...able.map((c) => travel.metres((crews[c] as CrewNumbers).basePlace, 2 * i)));
    transit += (1.5 * nearest * part) / speed;
    share += part;
  }
  const perFlight = (crew: CrewNumbers): number =>
    Math.max(crew.enduranceS * 0.1, crew.enduranceS - crew.verticalS - transit / Math.max(share, 1e-9));
  let perS = 0;
  for (const crew of crews) {
    const slotS = crew.enduranceS * (1 + crew.groundPerAir) + crew.turnaroundS;
    perS += (crew.drones * perFlight(crew)) / slotS;
  }
  const frameS = air / perS;
  crews.forEach((crew, c) => {
    const slotS = crew.enduranceS * (1 + crew.groundPerAir) + crew.turnaroundS;
    const wanted = Math.max(1, Math.ceil((frameS * crew.drones) / slotS - 0.05));
    while (crew.groups < wanted) addGroup(rotation, c);
    while (crew.groups > wanted + (crew.groups > wanted + 1 ? 0 : 1)) dropGroup(rotation, c);
  });
}

/** Gives up the group of a crew whose cells are, on average, nearest to another crew's base compared with its own. */
function dropGroup(rotation: Rotation, c: number): void {
  const { travel, crews } = rotation;
  const perGroup = nodesPerGroup(rotation);
  let worst = -1;
  let worstCost = Number.NEGATIVE_INFINITY;
  rotation.crewOfGroup.forEach((owner, group) => {
    if (owner !== c) return;
    let cost = 0;
    let count = 0;
    for (let k = 0; k < perGroup; k++) {
      for (const code of rotation.segments[group * perGroup + k] as number[]) {
        const own = travel.metres((crews[c] as CrewNumbers).basePlace, code);
        const others = crews.map((crew, o) =>
          o === c ? Number.POSITIVE_INFINITY : travel.metres(crew.basePlace, code),
        );
        cost += own - Math.min(...others);
        count++;
      }
    }
    const mean = count === 0 ? Number.POSITIVE_INFINITY : cost / count;
    if (mean > worstCost) {
      worstCost = mean;
      worst = group;
    }
  });
  if (worst < 0) return;
  for (let k = 0; k < perGroup; k++) {
    for (const code of [...(rotation.segments[worst * perGroup + k] as number[])])
      takeOut(rotation, code >> 1);
  }
  rotation.crewOfGroup.splice(worst, 1);
  rotation.segments.splice(worst * perGroup, perGroup);
  (crews[c] as CrewNumbers).groups--;
  rotation.nodeOf.fill(-1);
  for (let node = 0; node < rotation.segments.length; node++) indexNode(rotation, node);
}

function nearestCrews(
  rotation: Rotation,
  cell: number,
  canServe: (crew: number, cell: number) => boolean,
): number[] {
  return rotation.crews
    .map((crew, c) => ({ c, d: rotation.travel.metres(crew.basePlace, 2 * cell) }))
    .filter(({ c }) => canServe(c, cell))
    .sort((a, b) => a.d - b.d || a.c - b.c)
    .slice(0, 3)
    .map(({ c }) => c);
}

function farthest(rotation: Rotation, cell: number): number {
  return Math.min(...rotation.crews.map((crew) => aloneS(rotation, crew, cell)));
}
