import type { LinkSet } from '../link/link-set.ts';
import type { RouteStatus } from '../model.ts';
import type { Source } from './source.ts';

/** The ways to a vehicle as others see them, the best first. `before` is given back when nothing changed. */
export function routeStatuses(
  links: LinkSet<Source>,
  nowMs: number,
  before: readonly RouteStatus[],
): readonly RouteStatus[] {
  const routes = [links.best, ...[...links.routes].filter((route) => route !== links.best)];
  const offsets = routes.map((route) => route.bootOffsetMs).filter((offset) => offset !== null);
  const soonestMs = Math.min(...offsets);
  const after = routes.map((route): RouteStatus => {
    const { lossPct, framesPerS } = route.loss.quality(nowMs);
    return {
      linkId: route.link.linkId,
      endpoint: route.endpoint,
      lossPct,
      framesPerS,
      extraDelayMs: route.bootOffsetMs === null ? null : Math.round(route.bootOffsetMs - soonestMs),
      lastHeardAtMs: route.lastHeardAtMs,
    };
  });
  // A fleet of parked aircraft shall not make a batch every second for a time that the snapshot has anyway.
  const same =
    after.length === before.length &&
    after.length < 2 &&
    after.every(
      (route, i) => route.lossPct === before[i]?.lossPct && route.framesPerS === before[i]?.framesPerS,
    );
  return same ? before : after;
}
