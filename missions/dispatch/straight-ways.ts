import { createFrame, lonLatToMm } from '../geo/frame.ts';
import { distanceMm } from '../geo/measure.ts';
import type { WayFinder } from '../model.ts';

/** Where no zones are known: straight from one place to the other. */
export const straightWays: WayFinder = {
  way(from, to) {
    const frame = createFrame({ lonDeg: from.lonDeg, latDeg: (from.latDeg + to.latDeg) / 2 });
    return {
      points: [from, to],
      lengthM: distanceMm(lonLatToMm(frame, from), lonLatToMm(frame, to)) / 1000,
    };
  },
};
