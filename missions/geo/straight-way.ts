import type { FreeWay, LonLat, WayFinder } from '../model.ts';
import { createFrame, lonLatToMm } from './frame.ts';
import { lengthMm } from './measure.ts';

/** Straight from one place to the other, measured in a plane between them. */
export function straightWay(from: LonLat, to: LonLat): FreeWay {
  const frame = createFrame({ lonDeg: from.lonDeg, latDeg: (from.latDeg + to.latDeg) / 2 });
  return { points: [from, to], lengthM: lengthMm([lonLatToMm(frame, from), lonLatToMm(frame, to)]) / 1000 };
}

/** Ways where no zones are known. */
export const straightWays: WayFinder = { way: straightWay };
