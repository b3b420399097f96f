import type { Travel } from './travel.ts';

export interface TerritoryCell {
  /** Place of the cell in `travel`. */
  readonly place: number;
  /** Seconds in the air that the cell costs in each frame, on average, without the way out and back. */
  readonly workS: number;
}

export interface TerritoryCrew {
  readonly basePlace: number;
  readonly speedMps: number;
  /** Air time that the crew can give in each second, all drones together, charging counted. */
  readonly airPerS: number;
  readonly enduranceS: number;
  canServe(cell: number): boolean;
}

const ROUNDS = 220;

/**
 * Which crew serves which cell at first. Crews of one base see every cell at the same distance, so they are taken as
 * one and share its cells out by the angle at which they are seen from the base. -1: no crew can reach the cell.
 */
export function territories(
  travel: Travel,
  cells: readonly TerritoryCell[],
  crews: readonly TerritoryCrew[],
): Int32Array {
  const places = [...new Set(crews.map((crew) => crew.basePlace))];
  const teams = places.map((place) =>
    crews.map((_crew, c) => c).filter((c) => crews[c]?.basePlace === place),
  );
  const joined = teams.map((team): TerritoryCrew => {
    const members = team.map((c) => crews[c] as TerritoryCrew);
    return {
      ...(members[0] as TerritoryCrew),
      airPerS: members.reduce((sum, crew) => sum + crew.airPerS, 0),
      enduranceS: Math.min(...members.map((crew) => crew.enduranceS)),
      canServe: (cell) => members.some((crew) => crew.canServe(cell)),
    };
  });
  const owner = priced(travel, cells, joined);
  teams.forEach((team, t) => {
    const place = places[t] as number;
    const angle = (i: number): number => {
      const at = (cells[i] as TerritoryCell).place;
      return Math.atan2(
        (travel.y[at] as number) - (travel.y[place] as number),
        (travel.x[at] as number) - (travel.x[place] as number),
      );
    };
    const mine = [...owner.keys()].filter((i) => owner[i] === t).sort((a, b) => angle(a) - angle(b) || a - b);
    const total = mine.reduce((sum, i) => sum + (cells[i] as TerritoryCell).workS, 0);
    const ability = (joined[t] as TerritoryCrew).airPerS;
    let k = 0;
    let share = (crews[team[0] as number] as TerritoryCrew).airPerS / ability;
    let sum = 0;
    for (const i of mine) {
      while (k + 1 < team.length && sum > share * total) {
        k++;
        share += (crews[team[k] as number] as TerritoryCrew).airPerS / ability;
      }
      sum += (cells[i] as TerritoryCell).workS;
      const able = team.filter((c) => crews[c]?.canServe(i));
      const wanted = team[k] as number;
      owner[i] = -2 - (able.includes(wanted) ? wanted : (able[0] ?? wanted));
    }
  });
  return owner.map((value) => (value <= -2 ? -2 - value : -1));
}

/**
 * Which base's crews serve which cell at first: each cell goes where (way to the base) + (price of the crew) is least, and
 * prices move until every crew needs the same cycle (an additively weighted Voronoi partition). Deterministic: ties
 * go to the one named first.
 */
function priced(
  travel: Travel,
  cells: readonly TerritoryCell[],
  crews: readonly TerritoryCrew[],
): Int32Array {
  const owner = new Int32Array(cells.length).fill(-1);
  const best = new Int32Array(cells.length).fill(-1);
  const ways = crews.map((crew) =>
    cells.map((cell, i) =>
      crew.canServe(i) ? travel.metres(crew.basePlace, cell.place) : Number.POSITIVE_INFINITY,
    ),
  );
  const price = new Float64Array(crews.length);
  const spread = averageWay(ways);
  let bestWorst = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const load = new Float64Array(crews.length);
    for (let i = 0; i < cells.length; i++) {
      let least = Number.POSITIVE_INFINITY;
      owner[i] = -1;
      for (let c = 0; c < crews.length; c++) {
        const cost = (ways[c]?.[i] as number) + (price[c] as number);
        if (cost < least) {
          least = cost;
          owner[i] = c;
        }
      }
      const c = owner[i] as number;
      if (c < 0) continue;
      const crew = crews[c] as TerritoryCrew;
      const cell = cells[i] as TerritoryCell;
      // The way out and back is shared by the cells of a flight in the measure in which they fill it.
      const transitS = (2 * (ways[c]?.[i] as number)) / crew.speedMps;
      const net = Math.max(crew.enduranceS * 0.2, crew.enduranceS - transitS);
      load[c] = (load[c] as number) + cell.workS * (crew.enduranceS / net);
    }
    const cycle = crews.map((crew, c) => (load[c] as number) / crew.airPerS);
    const worst = Math.max(...cycle);
    if (worst < bestWorst) {
      bestWorst = worst;
      best.set(owner);
    }
    const mean = cycle.reduce((a, b) => a + b, 0) / crews.length;
    if (mean === 0) break;
    const step = spread * 0.6 * (1 - round / ROUNDS);
    for (let c = 0; c < crews.length; c++) {
      price[c] = (price[c] as number) + step * Math.max(-1, Math.min(1, (cycle[c] as number) / mean - 1));
    }
  }
  return best;
}

function averageWay(ways: readonly (readonly number[])[]): number {
  let sum = 0;
  let count = 0;
  for (const row of ways) {
    for (const metres of row) {
      if (!Number.isFinite(metres)) continue;
      sum += metres;
      count++;
    }
  }
  return count === 0 ? 1 : Math.max(1, sum / count);
}
