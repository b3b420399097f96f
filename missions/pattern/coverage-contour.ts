import type { PointMm, Region, RingMm } from '../geo/frame.ts';
import { distanceMm, nearestOnSegment } from '../geo/measure.ts';
import { offset, partsOf, regionOf, simplify } from '../geo/region.ts';
import { wholeMm } from './coverage-turn.ts';

/** First ring this many swaths from the border; later ones `RING_SPACING` further each. */
const FIRST_INSETS = [0.49, 0.4] as const;
/** Distance of rings in swaths: a hair of overlap, as between lanes. */
const RING_SPACING = 0.986;

/** A place on a ring where an inner ring is entered. */
interface Hook {
  /** Index of the ring's point before the place. */
  readonly after: number;
  readonly at: PointMm;
  readonly child: Loop;
  /** Index of the child's edge where it is entered. */
  readonly entry: number;
  readonly entryAt: PointMm;
}

interface Loop {
  readonly ring: RingMm;
  readonly hooks: Hook[];
}

/**
 * Drafts that follow the border inwards, ring by ring: on bends (river banks, the rim of a hole) they fit where
 * straight lanes cannot. Each is one path: an outer ring is flown until the nearest place to an inner one, which is
 * flown in between. They are only drafts: corners and middles are left to the patcher and legs to be checked.
 */
export function contourDrafts(area: Region, swathMm: number): PointMm[][] {
  return FIRST_INSETS.map((inset) => contourDraft(area, swathMm, inset)).filter((path) => path.length > 1);
}

function contourDraft(area: Region, swathMm: number, inset: number): PointMm[] {
  const loops: Loop[] = [];
  let outermost: Loop[] = [];
  for (let k = 0; k < 200; k++) {
    const rings = partsOf(
      simplify(offset(area, -(inset + k * RING_SPACING) * swathMm), 0.05 * swathMm),
    ).flatMap(regionOf);
    const layer = rings.filter((ring) => ring.length >= 3).map((ring): Loop => ({ ring, hooks: [] }));
    if (layer.length === 0) break;
    if (k === 0) outermost = layer;
    else for (const loop of layer) hang(loop, loops);
    loops.push(...layer);
  }
  // Rings of the first layer that are apart (holes, lobes) are hung on the largest one.
  const [first, ...others] = outermost;
  if (first === undefined) return [];
  const joined = [first];
  for (const loop of others) {
    hang(loop, joined);
    joined.push(loop);
  }
  const path: PointMm[] = [];
  walk(first, 0, first.ring[0] as PointMm, path);
  return path.map(wholeMm);
}

/** Hangs a loop on the nearest of those there are. */
function hang(child: Loop, known: readonly Loop[]): void {
  let best: { parent: Loop; hook: Hook; gap: number } | null = null;
  for (const parent of known) {
    for (let i = 0; i < parent.ring.length; i++) {
      const a = parent.ring[i] as PointMm;
      const b = parent.ring[(i + 1) % parent.ring.length] as PointMm;
      child.ring.forEach((p, j) => {
        const at = nearestOnSegment(p, a, b);
        const gap = distanceMm(p, at);
        if (best === null || gap < best.gap) {
          best = { parent, gap, hook: { after: i, at, child, entry: j, entryAt: p } };
        }
      });
    }
  }
  const found = best as { parent: Loop; hook: Hook } | null;
  found?.parent.hooks.push(found.hook);
}

/** Flies a loop once round from one of its corners, with the loops that hang on it. */
function walk(loop: Loop, entry: number, entryAt: PointMm, path: PointMm[]): void {
  path.push(entryAt);
  const n = loop.ring.length;
  for (let k = 0; k < n; k++) {
    const i = (entry + k) % n;
    const a = loop.ring[i] as PointMm;
    if (k > 0) path.push(a);
    const here = loop.hooks
      .filter((hook) => hook.after === i)
      .sort((p, q) => distanceMm(a, p.at) - distanceMm(a, q.at));
    for (const hook of here) {
      path.push(hook.at);
      walk(hook.child, hook.entry, hook.entryAt, path);
      path.push(hook.at);
    }
  }
  path.push(entryAt);
}
