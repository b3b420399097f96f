/** One sample of a flight, in the vehicle's own time. Metres east and north of home and above it. */
export interface TrackPoint {
  readonly bootS: number;
  readonly eastM: number;
  readonly northM: number;
  readonly heightM: number;
  readonly groundSpeedMps: number;
  /** Up is positive. */
  readonly climbMps: number;
}

/** What happened in a flight, with the vehicle's time of it. */
export interface FlightRecord {
  readonly track: readonly TrackPoint[];
  /** Item (without a home slot: 0 is the take-off) that was said to be reached, and when. */
  readonly reached: readonly { readonly item: number; readonly bootS: number }[];
  readonly armedS: number;
  /** Null when it had not disarmed when the watch ended. */
  readonly disarmedS: number | null;
  /** Landed state "on ground" after the flight; null when it was not told. */
  readonly touchedDownS: number | null;
  readonly consumedMah: number | null;
  readonly batteryStartPct: number | null;
  readonly batteryEndPct: number | null;
  readonly texts: readonly string[];
}
