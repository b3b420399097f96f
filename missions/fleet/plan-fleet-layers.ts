import type { PointMm } from '../geo/frame.ts';
import { distanceToSegmentMm } from '../geo/measure.ts';

/**
 * Height layers for drones whose flights come near each other in plan: a conflict graph, coloured by saturation
 * (D. Brélaz, "New methods to color the vertices of a graph", CACM 22, 1979). Times are not looked at: a drone that
 * is late still meets nobody. Gives the number of the layer for each drone; neighbours never share one.
 */
export function assignLayers(routes: readonly (readonly PointMm[])[], minHorizontalM: number): number[] {
  const near = routes.map(() => new Set<number>());
  routes.forEach((a, i) => {
    for (let k = i + 1; k < routes.length; k++) {
      if (!comesNear(a, routes[k] as readonly PointMm[], minHorizontalM * 1000)) continue;
      near[i]?.add(k);
      near[k]?.add(i);
    }
  });
  const layers = routes.map(() => -1);
  const taken = (i: number): Set<number> =>
    new Set([...(near[i] ?? [])].map((k) => layers[k] as number).filter((layer) => layer >= 0));
  for (let done = 0; done < routes.length; done++) {
    const open = routes.map((_, i) => i).filter((i) => layers[i] === -1);
    const next = open.reduce((a, b) => {
      const more = taken(b).size - taken(a).size || (near[b]?.size ?? 0) - (near[a]?.size ?? 0);
      return more > 0 ? b : a;
    });
    const used = taken(next);
    let layer = 0;
    while (used.has(layer)) layer++;
    layers[next] = layer;
  }
  return layers;
}

/** Two polylines come nearer than a distance somewhere. */
function comesNear(a: readonly PointMm[], b: readonly PointMm[], mm: number): boolean {
  for (let i = 1; i < a.length; i++) {
    const p = a[i - 1] as PointMm;
    const q = a[i] as PointMm;
    const [minX, maxX] = [Math.min(p.x, q.x) - mm, Math.max(p.x, q.x) + mm];
    const [minY, maxY] = [Math.min(p.y, q.y) - mm, Math.max(p.y, q.y) + mm];
    for (let k = 1; k < b.length; k++) {
      const r = b[k - 1] as PointMm;
      const s = b[k] as PointMm;
      if ((r.x < minX && s.x < minX) || (r.x > maxX && s.x > maxX)) continue;
      if ((r.y < minY && s.y < minY) || (r.y > maxY && s.y > maxY)) continue;
      if (segmentDistanceMm(p, q, r, s) < mm) return true;
    }
  }
  return false;
}

function segmentDistanceMm(p: PointMm, q: PointMm, r: PointMm, s: PointMm): number {
  const side = (o: PointMm, u: PointMm, v: PointMm): number =>
    (u.x - o.x) * (v.y - o.y) - (v.x - o.x) * (u.y - o.y);
  if (side(p, q, r) * side(p, q, s) < 0 && side(r, s, p) * side(r, s, q) < 0) return 0;
  return Math.min(
    distanceToSegmentMm(p, r, s),
    distanceToSegmentMm(q, r, s),
    distanceToSegmentMm(r, p, q),
    distanceToSegmentMm(s, p, q),
  );
}
