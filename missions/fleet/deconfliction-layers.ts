import { intervalAt } from './deconfliction-delays.ts';
import type { ConflictTable } from './deconfliction-table.ts';

/**
 * A first layer for each flight: colours of the conflict graph. Two flights are joined when, without delay and on the
 * same layer, they would conflict. DSATUR (Brélaz, 1979): the flight with the most different layers around it is next,
 * and it takes the layer that costs fewest conflicts, the lowest of those. On the interval graphs that flights in time
 * make this is close to the fewest layers; what stays in conflict is left to lanes and delays.
 *
 * @returns for each flight of the group the option preferred (on its first route)
 */
export function colourLayers(table: ConflictTable, group: readonly number[]): (number | null)[] {
  const chosen: (number | null)[] = group.map(() => null);
  const options = group.map((flight) =>
    table
      .optionsOf(flight)
      .map((option, index) => ({ ...option, index }))
      .filter((option) => option.routeIndex === 0),
  );
  const conflicts = (k: number, option: number, m: number, other: number): boolean =>
    intervalAt(table.forbidden(group[k] as number, option, group[m] as number, other), 0) >= 0;
  // Joined: in conflict on the lowest layer that both can have.
  const joined = group.map((_, k) => group.map((_, m) => k !== m && meetOnOneLayer(k, m)));

  function meetOnOneLayer(k: number, m: number): boolean {
    for (const a of options[k] ?? []) {
      const b = options[m]?.find((other) => other.layerM === a.layerM);
      if (b !== undefined) return conflicts(k, a.index, m, b.index);
    }
    return false;
  }

  for (let placed = 0; placed < group.length; placed++) {
    let next = -1;
    let most = [-1, -1];
    for (let k = 0; k < group.length; k++) {
      if (chosen[k] !== null) continue;
      const around = group.map((_, m) => m).filter((m) => joined[k]?.[m] === true);
      const colours = new Set(around.map((m) => chosen[m]).filter((option) => option !== null));
      const key = [colours.size, around.length];
      if (next < 0 || isGreater(key, most)) {
        next = k;
        most = key;
      }
    }
    let best: number | null = null;
    let least = Number.POSITIVE_INFINITY;
    for (const { index } of options[next] ?? []) {
      let count = 0;
      for (let m = 0; m < group.length; m++) {
        const other = chosen[m];
        if (m !== next && other !== null && other !== undefined && conflicts(next, index, m, other)) count++;
      }
      if (count < least) {
        least = count;
        best = index;
      }
    }
    chosen[next] = best ?? 0;
  }
  return chosen;
}

function isGreater(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return (a[i] as number) > (b[i] as number);
  }
  return false;
}
