import { type Static, type TProperties, Type } from 'typebox';
import { DroneName, Drones, Name, Place, Seconds, Strict } from './schema-parts.ts';

const expectation = <K extends string, T extends TProperties>(kind: K, properties: T) =>
  Strict({
    that: Type.Literal(kind),
    /** Why, for the report. */
    because: Type.Optional(Type.String({ maxLength: 300 })),
    ...properties,
  });

const pct = Type.Number({ minimum: 0, maximum: 100 });
const metres = Type.Number({ minimum: 0, maximum: 100_000 });
const count = Type.Integer({ minimum: 0, maximum: 10_000 });

/** Everything that a scenario can expect, by the word after `that:`. Truth is where the aircraft really were. */
export const EXPECTATIONS = {
  'patrol-ends': expectation('patrol-ends', {
    patrol: Name,
    state: Type.Unsafe<'done' | 'partly-done' | 'failed'>({
      type: 'string',
      enum: ['done', 'partly-done', 'failed'],
    }),
    /** Code of the failure of its first failed sortie. */
    failure: Type.Optional(Type.String()),
    /** In the failure's message or the aircraft's own words. */
    says: Type.Optional(Type.String()),
  }),
  /** How many drones the plan used. */
  'patrol-drones': expectation('patrol-drones', { patrol: Name, exactly: count }),
  /** Share of the cell that was seen, by the true tracks and the camera's field of view. */
  coverage: expectation('coverage', { cell: Name, atLeastPct: pct }),
  /** No aircraft was truly inside; from the drawing of the zone on when `afterDrawnS` is given. */
  'zone-not-entered': expectation('zone-not-entered', {
    zone: Name,
    /** Counted from the moment the zone was drawn; default: the whole run. */
    afterDrawnS: Type.Optional(Seconds),
  }),
  /** Any two airborne aircraft are that far apart, or that far above one another. */
  separation: expectation('separation', { horizontalAtLeastM: metres, verticalAtLeastM: metres }),
  /** Longest time that nobody patrolled the cell, between the first and the last who did. */
  'handover-gap': expectation('handover-gap', { cell: Name, atMostS: Seconds }),
  /** From the operator's order to the answer that the aircraft reports it. Wall time: the protocols run in it. */
  'answer-time': expectation('answer-time', { step: Name, atMostMs: Type.Number({ minimum: 0 }) }),
  /** From the end of one step (or the moment its `when` held) to that of another. */
  between: expectation('between', {
    from: Name,
    to: Name,
    atMostS: Type.Optional(Seconds),
    atMostWallMs: Type.Optional(Type.Number({ minimum: 0 })),
  }),
  /** The aircraft truly came that near, at the latest `withinS` after the step. */
  reached: expectation('reached', {
    drone: DroneName,
    place: Place,
    withinM: metres,
    after: Type.Optional(Name),
    withinS: Type.Optional(Seconds),
  }),
  /** On the ground, disarmed, where it had stood in the beginning. */
  'landed-at-home': expectation('landed-at-home', {
    drones: Drones,
    withinM: metres,
    after: Type.Optional(Name),
    withinS: Type.Optional(Seconds),
  }),
  /** On the ground and disarmed, wherever. */
  landed: expectation('landed', { drones: Drones }),
  /** It stayed where it was: truly moved no farther than that within `forS` after the step. */
  'stayed-put': expectation('stayed-put', {
    drone: DroneName,
    after: Name,
    forS: Seconds,
    withinM: metres,
    /** Not counted: braking, and the way back to the place for those that overshoot it. Default 6. */
    settleS: Type.Optional(Seconds),
  }),
  /** Never truly armed. */
  'never-armed': expectation('never-armed', { drones: Drones }),
  'battery-left': expectation('battery-left', { drones: Drones, atLeastPct: pct }),
  /** The event list of the console. */
  notice: expectation('notice', {
    code: Type.String(),
    drone: Type.Optional(DroneName),
    says: Type.Optional(Type.String()),
    atLeast: Type.Optional(count),
    atMost: Type.Optional(count),
  }),
  /** Each true flight has its record: closed, with its recording whole and without holes. */
  'record-complete': expectation('record-complete', {
    flights: count,
    /** Longest silence inside a recording; wall time. Default 2,000. */
    gapAtMostMs: Type.Optional(Type.Number({ minimum: 0 })),
    /** Flights that a dead server left open; default 0. */
    interrupted: Type.Optional(count),
  }),
  /** Arming, take-off and start are executed once per flight. */
  'commands-once': expectation('commands-once', {}),
  /** Every flight was ordered, with a purpose. */
  'armed-with-purpose': expectation('armed-with-purpose', {}),
  /** The console heard of every aircraft that is online at least that often; wall time, while it was connected. */
  'console-rate': expectation('console-rate', { atLeastHz: Type.Number({ minimum: 0 }) }),
} as const;

export type ExpectationKind = keyof typeof EXPECTATIONS;
export type ExpectationOf<K extends ExpectationKind> = Static<(typeof EXPECTATIONS)[K]>;
export type Expectation = { [K in ExpectationKind]: ExpectationOf<K> }[ExpectationKind];
