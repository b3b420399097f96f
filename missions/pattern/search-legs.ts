/**
 * Search patterns of the IAMSAR Manual (vol. II ch. 5, vol. III sec. 3) as pure figures: legs by course and length,
 * before drift, clipping or places on Earth come in.
 */
export interface SearchLeg {
  /** Course over the ground, or over the water when the datum drifts, clockwise from north, 0–360. */
  readonly courseDeg: number;
  readonly lengthM: number;
}

export type TurnSide = 'starboard' | 'port';

/**
 * Expanding square (SS): begins at the datum; the first two legs are one track spacing, every next pair is one more:
 * S, S, 2S, 2S, 3S, 3S …, each turn 90°. A second search of the same area is turned by 45°.
 */
export function expandingSquareLegs(
  spacingM: number,
  legs: number,
  firstCourseDeg: number,
  side: TurnSide,
): SearchLeg[] {
  const turn = side === 'starboard' ? 90 : -90;
  return Array.from({ length: legs }, (_, k) => ({
    courseDeg: compass(firstCourseDeg + turn * k),
    lengthM: Math.ceil((k + 1) / 2) * spacingM,
  }));
}

/**
 * Farthest from the track that a place within the searched radius may be, in spacings: 2 − √2 = 0.586. All but the
 * outsides of corners is within half a spacing; there, a corner and the next round's corner leave a small curved
 * triangle between them, whose middle is that far from both.
 */
export const SEARCHED_REACH = 2 - Math.SQRT2;

/**
 * Radius about the datum within which nothing is farther than `SEARCHED_REACH` spacings from the track.
 *
 * Leg k runs ⌊(k+2)/4⌋·S from the datum, so after n legs the innermost of the last four sides is at ⌊(n−1)/4⌋·S and
 * sees half a spacing more. Only in the first round the gap between that side's beginning and the new leg
 * outside of it comes nearer than that: at the corner (d + r, d′ + r), d′ the distance of the side before, r = √2 − 1.
 */
export function expandingSquareRadius(spacingM: number, legs: number): number {
  if (legs < 1) return 0;
  if (legs < 5) return spacingM / 2;
  const side = (k: number): number => Math.floor((k + 2) / 4);
  const inner = side(legs - 3);
  const rest = 1 - SEARCHED_REACH;
  return spacingM * Math.min(inner + 0.5, Math.hypot(inner + rest, side(legs - 4) + rest));
}

/** Fewest legs after which the covered radius is at least this. */
export function expandingSquareLegsFor(spacingM: number, radiusM: number): number {
  let legs = 1;
  while (expandingSquareRadius(spacingM, legs) < radiusM - 1e-9) legs++;
  return legs;
}

/**
 * Sector search (VS) of three sectors: begins at the datum and crosses it three times; nine legs of one radius in
 * three equilateral triangles, every turn 120° (sides of a sector meet at 60°). A second search falls half-way
 * between the legs of the first: turned by 30°.
 */
export function sectorLegs(
  radiusM: number,
  firstCourseDeg: number,
  side: TurnSide,
  searches: number,
): SearchLeg[] {
  const turn = side === 'starboard' ? 1 : -1;
  const out: SearchLeg[] = [];
  for (let search = 0; search < searches; search++) {
    const first = firstCourseDeg + turn * 30 * search;
    // Out, across, in; straight on through the datum is out again, so only two of three legs turn there.
    for (let sector = 0; sector < 3; sector++) {
      for (let k = 0; k < 3; k++) {
        out.push({ courseDeg: compass(first + turn * (240 * sector + 120 * k)), lengthM: radiusM });
      }
    }
  }
  return out;
}

function compass(deg: number): number {
  return ((deg % 360) + 360) % 360;
}
