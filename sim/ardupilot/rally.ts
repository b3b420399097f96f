import { horizontalDistanceM, type LocalPoint } from '../aircraft/local-frame.ts';

/**
 * Where a return goes: the nearest rally point, unless none is within RALLY_LIMIT_KM (0: no limit) or home is nearer
 * and may be chosen (RALLY_INCL_HOME). AP_Rally::calc_best_rally_or_home_location.
 */
export function returnPlace(
  at: LocalPoint,
  home: LocalPoint,
  rally: readonly LocalPoint[],
  settings: { readonly limitKm: number; readonly includesHome: boolean },
): LocalPoint {
  let best: LocalPoint | null = null;
  let bestM = Number.POSITIVE_INFINITY;
  for (const point of rally) {
    const distance = horizontalDistanceM(at, point);
    if (distance >= bestM) continue;
    best = point;
    bestM = distance;
  }
  if (best === null || (settings.limitKm > 0 && bestM > settings.limitKm * 1000)) return home;
  return settings.includesHome && horizontalDistanceM(at, home) <= bestM ? home : best;
}
