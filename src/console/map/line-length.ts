import type { LonLatPair } from '../../contract/index.ts';

const METRES_PER_DEGREE = 111_320;

/** Length of one leg in metres, good to a fraction of a percent over a district: it only draws progress. */
export function legM(a: LonLatPair, b: LonLatPair): number {
  const east = (b[0] - a[0]) * Math.cos((a[1] * Math.PI) / 180);
  return Math.hypot(east, b[1] - a[1]) * METRES_PER_DEGREE;
}

/** The first `share` (0–1) of a line by length, ending exactly there. */
export function firstPart(line: readonly LonLatPair[], share: number): readonly LonLatPair[] {
  const total = line.slice(1).reduce((sum, point, index) => sum + legM(line[index] ?? point, point), 0);
  let left = total * Math.max(0, Math.min(1, share));
  const part: LonLatPair[] = line.slice(0, 1);
  for (const [index, to] of line.slice(1).entries()) {
    const from = line[index] ?? to;
    const length = legM(from, to);
    if (length > left) {
      const reach = length === 0 ? 0 : left / length;
      if (reach > 0) part.push([from[0] + (to[0] - from[0]) * reach, from[1] + (to[1] - from[1]) * reach]);
      return part;
    }
    left -= length;
    part.push(to);
  }
  return part;
}

/** Width in pixels at zoom 10 of something that is `metres` wide on the ground (512-pixel tiles). */
export function pixelsAtZoom10(metres: number, latDeg: number): number {
  const metresPerPixel = (78_271.517 * Math.cos((latDeg * Math.PI) / 180)) / 2 ** 10;
  return metres / metresPerPixel;
}
