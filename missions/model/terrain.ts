/**
 * Ground heights, read from files by somebody else: planning does no I/O. Metres above mean sea level; null where
 * nothing is known. Deterministic for a position.
 */
export interface ElevationModel {
  /** Distance between neighbouring samples, metres: a planner need not look more often. */
  readonly spacingM: number;
  elevationAmslM(lonDeg: number, latDeg: number): number | null;
}
