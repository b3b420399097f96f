import type { ApiNotice, ApiPatrol } from '../api-types.ts';
import type { CollectedFlight } from '../collect-record.ts';
import type { Ground } from '../geometry.ts';
import type { StepRecord } from '../run-log.ts';
import type { Scenario } from '../schema.ts';
import type { Track } from '../track.ts';

/** All that was seen of a run, for the judges. Nothing here changes any more. */
export interface Evidence {
  readonly scenario: Scenario;
  readonly ground: Ground;
  readonly tracks: readonly Track[];
  readonly steps: readonly StepRecord[];
  /** By the names of the timeline. */
  readonly patrols: ReadonlyMap<string, ApiPatrol>;
  readonly notices: readonly ApiNotice[];
  readonly flights: readonly CollectedFlight[];
  /** Simulated seconds. */
  readonly zonesDrawnS: ReadonlyMap<string, number>;
  readonly endS: number;
  /** Updates per second of the least well served aircraft; null when the console was hardly ever open. */
  readonly consoleRateHz: number | null;
}

/** What one expectation came to. */
export interface Verdict {
  readonly ok: boolean;
  /** What was measured, with its unit; null: nothing could be. */
  readonly figure: string | null;
  /** What was allowed. */
  readonly limit: string;
  /** For whoever has to find out why. */
  readonly details: readonly string[];
}

export function verdict(
  ok: boolean,
  figure: string | null,
  limit: string,
  details: readonly string[] = [],
): Verdict {
  return { ok, figure, limit, details };
}

export function tracksOf({ tracks }: Evidence, drones: 'all' | readonly string[]): readonly Track[] {
  return drones === 'all' ? tracks : tracks.filter(({ aircraft }) => drones.includes(aircraft.name));
}

export function trackOf(evidence: Evidence, drone: string): Track | null {
  return tracksOf(evidence, [drone])[0] ?? null;
}

/** A step that was played, null when the run ended before it. */
export function stepOf({ steps }: Evidence, id: string): StepRecord | null {
  return steps.find(({ step }) => step.id === id) ?? null;
}

export const NOT_PLAYED = 'the timeline ended before this step';
