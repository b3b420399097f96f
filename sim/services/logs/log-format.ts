import type { MissionItem } from '../../../missions/mission-item.ts';
import type { FlightSample } from './flight-sample.ts';

/** What a file format makes of a flight. Everything is a pure function, so that a file read twice is the same file. */

export interface LoggedParameter {
  readonly name: string;
  /** MAV_PARAM_TYPE. */
  readonly type: number;
  readonly value: number;
}

/** What is known when a log begins. */
export interface LogContext {
  readonly systemId: number;
  /** Since power-on. */
  readonly startedAtMs: number;
  /** UTC at power-on; 0 when the clock is not set. */
  readonly bootEpochMs: number;
  readonly parameters: readonly LoggedParameter[];
  readonly capacityMah: number;
  /** Where it began: the origin of local positions. */
  readonly origin: { readonly lat: number; readonly lon: number; readonly altitudeAmslM: number };
}

export type LogEvent =
  | { readonly kind: 'armed' | 'disarmed'; readonly mode: string }
  | { readonly kind: 'airborne' | 'landed' }
  | { readonly kind: 'mode'; readonly mode: string; readonly isArmed: boolean }
  | {
      readonly kind: 'mission-item';
      readonly seq: number;
      readonly total: number;
      readonly item: MissionItem;
    }
  | { readonly kind: 'fault'; readonly what: 'gps' | 'compass' | 'radio'; readonly isActive: boolean }
  | { readonly kind: 'text'; readonly severity: number; readonly text: string };

/** One sample with what the one before tells of it. */
export interface SampleInTime {
  readonly atMs: number;
  readonly sample: FlightSample;
  readonly northMps: number;
  readonly eastMps: number;
  readonly voltageV: number;
  readonly currentA: number;
  readonly usedMah: number;
}

export interface LogFormat {
  /** Every sample is written in the same number of bytes: a place in the file tells which one it is. */
  readonly sampleBytes: number;
  header(context: LogContext): Buffer;
  sample(context: LogContext, sample: SampleInTime): Buffer;
  /** Empty when the format has no word for it. */
  event(context: LogContext, event: LogEvent, atMs: number): Buffer;
}
