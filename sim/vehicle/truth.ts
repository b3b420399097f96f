import type { GeoPoint } from '../aircraft/local-frame.ts';

/** Where an aircraft really is and what it really holds, whatever its sensors say and the link delivers. */
export interface AircraftTruth extends GeoPoint {
  readonly relativeAltitudeM: number;
  readonly groundSpeedMps: number;
  readonly climbMps: number;
  readonly headingDeg: number;
  readonly armed: boolean;
  readonly landed: boolean;
  /** The autopilot's own name: AUTO, RTL (ArduPilot), AUTO.MISSION (PX4). */
  readonly mode: string;
  readonly batteryPct: number;
  /** Simulated seconds since power-on. */
  readonly timeS: number;
  /** Item being flown as MISSION_CURRENT reports it. */
  readonly missionSeq: number;
  /** Able to arm: position estimate there and no objection. */
  readonly readyToArm: boolean;
}

/** One command that reached the aircraft and what it answered. */
export interface ExecutedCommand {
  readonly atS: number;
  readonly fromSystemId: number;
  /** MAV_CMD; SET_MODE messages are recorded as 176. */
  readonly command: number;
  readonly params: readonly number[];
  /** MAV_RESULT. */
  readonly result: number;
}
