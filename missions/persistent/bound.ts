import type { IdlenessBounds, PatrolCell, PatrolDrone, PersistentRequest } from './model.ts';
import { basePlaces, travelOf } from './request-travel.ts';
import type { Travel } from './travel.ts';

/**
 * Lower bounds of the worst weighted idleness W of any schedule whatsoever. In a long time T a cell of weight φ is
 * visited at least φT/W times; k drones are in the air for at most k·η·T, η = air/(air + charging). So if every
 * flight's time is at least Σ λ over its visits, W ≥ Σ φ·λ / (k·η). Three λ:
 *
 * - density (PLANNING.md): λ = s + d/v, d the way from the nearest other cell or base: every visit is arrived at.
 * - two neighbours: λ = s + (d₁ + d₂)/2v: every visit is arrived at and left, by two different places (a flight to one
 *   cell alone uses its base twice, so the base's way counts for both when it is the nearest).
 * - radial: λ = s·B/(B − 2τ), τ the way to the nearest base in use, B the battery's air time. A flight whose farthest
 *   cell is at R takes at least Σ s + 2R, and Σ s ≤ B − 2R, hence Σ s·2τ/(B − 2τ) ≤ 2R. (The argument of Haimovich
 *   and Rinnooy Kan for capacitated routing, Math. Oper. Res. 10 (1985).)
 *
 * With mixed fleets the fastest drone's speed and the longest air time are used for all. Cells out of reach are left out.
 */
export function idlenessBounds(request: PersistentRequest): IdlenessBounds {
  const { cells, drones } = request;
  const none = { densityS: 0, twoNeighbourS: 0, radialS: 0, bestS: 0 };
  if (cells.length === 0 || drones.length === 0) return none;
  const travel = travelOf(request);
  const places = basePlaces(request);
  const bases = [...new Set(drones.map((drone) => drone.baseId))].map((id) => places.get(id) ?? -1);
  const speed = drones.reduce((most, drone) => Math.max(most, drone.cruiseSpeedMps), 0);
  const endurance = drones.reduce((most, drone) => Math.max(most, airForCells(drone)), 0);
  const airborne = drones.reduce((sum, drone) => sum + airShare(drone), 0);
  const nearest = legsOf(travel, cells, bases);
  let density = 0;
  let two = 0;
  let radial = 0;
  cells.forEach((cell, i) => {
    const serviceS = cell.serviceM / speed + cell.dwellS;
    const legs = nearest[i] as Legs;
    density += (cell.weight * (serviceS + legs.first / speed)) / airborne;
    two += (cell.weight * (serviceS + legs.mean / speed)) / airborne;
    const net = endurance - (2 * nearestBase(travel, i, bases)) / speed;
    radial += (cell.weight * (net > serviceS ? (serviceS * endurance) / net : serviceS)) / airborne;
  });
  return { densityS: density, twoNeighbourS: two, radialS: radial, bestS: Math.max(density, two, radial) };
}

/** Share of its time that a drone can be in the air. */
export function airShare(drone: PatrolDrone): number {
  return drone.enduranceS / (drone.enduranceS + drone.rechargeS + drone.turnaroundS);
}

function airForCells(drone: PatrolDrone): number {
  return drone.enduranceS - drone.launchS - drone.landS;
}

function nearestBase(travel: Travel, cell: number, bases: readonly number[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (const base of bases) {
    least = Math.min(least, straight(travel, 2 * cell, base), straight(travel, 2 * cell + 1, base));
  }
  return Number.isFinite(least) ? least : 0;
}

interface Legs {
  /** The nearest, and the mean of the two nearest, metres. */
  readonly first: number;
  readonly mean: number;
}

const known = new WeakMap<readonly PatrolCell[], Map<string, readonly Legs[]>>();

/** Legs of all cells; remembered, because after most events neither cells nor bases are others. */
function legsOf(travel: Travel, cells: readonly PatrolCell[], bases: readonly number[]): readonly Legs[] {
  const ofCells = known.get(cells) ?? new Map<string, readonly Legs[]>();
  known.set(cells, ofCells);
  const key = [...bases].sort((a, b) => a - b).join();
  const found = ofCells.get(key) ?? cells.map((_cell, i) => twoNearest(travel, cells, i, bases));
  ofCells.set(key, found);
  return found;
}

function twoNearest(travel: Travel, cells: readonly PatrolCell[], i: number, bases: readonly number[]): Legs {
  let first = Number.POSITIVE_INFINITY;
  let second = Number.POSITIVE_INFINITY;
  const offer = (metres: number): void => {
    if (metres < first) {
      second = first;
      first = metres;
    } else if (metres < second) second = metres;
  };
  for (let j = 0; j < cells.length; j++) {
    if (j === i) continue;
    let least = Number.POSITIVE_INFINITY;
    for (const from of [2 * j, 2 * j + 1])
      for (const to of [2 * i, 2 * i + 1]) least = Math.min(least, straight(travel, from, to));
    offer(least);
  }
  for (const base of bases) {
    const least = Math.min(straight(travel, base, 2 * i), straight(travel, base, 2 * i + 1));
    offer(least);
    offer(least);
  }
  return {
    first: Number.isFinite(first) ? first : 0,
    mean: Number.isFinite(second) ? (first + second) / 2 : 0,
  };
}

/** Straight ways: never longer than a way round zones, so the bound stays one. */
function straight(travel: Travel, a: number, b: number): number {
  return Math.hypot(
    (travel.x[a] as number) - (travel.x[b] as number),
    (travel.y[a] as number) - (travel.y[b] as number),
  );
}
