import type { AircraftProfile, FreeWay, LonLat } from '../model.ts';

/** What a drone does now, and what going away from it leaves behind. */
export interface CurrentDuty {
  readonly kind: 'none' | 'patrol' | 'incident' | 'returning';
  /** The name of the order or incident; null: none. */
  readonly dutyId: string | null;
  /**
   * Seconds of arrival time that staying is worth: the patrol's schedule knows how much a gap hurts. A drone that is
   * taken from a duty is ranked as if it arrived so much later. 0: nothing is lost.
   */
  readonly coverPenaltyS: number;
}

/** A drone that may be sent. */
export interface DispatchCandidate {
  readonly vehicleId: string;
  readonly profile: AircraftProfile;
  readonly position: LonLat;
  /** Above home, metres; 0 on the ground. */
  readonly heightM: number;
  /** Battery now, 0–1. */
  readonly remainingFraction: number;
  readonly isAirborne: boolean;
  /** Seconds until it can lift off (door, checks, arming); not used for one in the air. */
  readonly launchLatencyS: number;
  readonly duty: CurrentDuty;
  /** Why it cannot be sent at all, in words; null: it can. */
  readonly unavailable: string | null;
}

/** When it gets there, and what that is made of, seconds. */
export interface ArrivalTimes {
  readonly arrivalS: number;
  readonly latencyS: number;
  readonly climbS: number;
  readonly cruiseS: number;
}

export interface DispatchOption extends ArrivalTimes {
  readonly kind: 'can-go';
  readonly vehicleId: string;
  /** 1 is the best. */
  readonly rank: number;
  /** Arrival and what is lost elsewhere: what the list is sorted by. */
  readonly scoreS: number;
  readonly way: FreeWay;
  /** Longest stay that still leaves the way to a base and the reserve. */
  readonly onSceneS: number;
  /** Where it lands afterwards. */
  readonly returnBaseId: string;
  /** Battery at touch-down after the stay that was asked for, 0–1. */
  readonly remainingAfterFraction: number;
  readonly leaves: CurrentDuty;
}

export type RefusalCode = 'unavailable' | 'bad-candidate' | 'no-way' | 'no-way-home' | 'wind' | 'energy';

export interface DispatchRefusal {
  readonly kind: 'cannot-go';
  readonly vehicleId: string;
  readonly code: RefusalCode;
  readonly message: string;
  readonly details: Readonly<Record<string, string | number>>;
}

export interface DispatchRanking {
  /** In order of `scoreS`, then of the vehicle's id. */
  readonly options: readonly DispatchOption[];
  readonly refusals: readonly DispatchRefusal[];
}
