/**
 * Ground heights, read from files by somebody else: planning does no I/O. Metres above mean sea level; null where
 * nothing is known. Deterministic for a position.
 */
export interface ElevationModel {
  /** Distance between neighbouring samples, metres: a planner need not look more often. */
  readonly spacingM: number;
  elevationAmslM(lonDeg: number, latDeg: number): number | null;
  /**
   * Highest ground within a distance of a position, never less than `elevationAmslM` says anywhere in that disc; null
   * when part of it is not known. A model that knows its own grid answers exactly; without it a planner samples.
   */
  highestAmslM?(lonDeg: number, latDeg: number, radiusM: number): number | null;
}
