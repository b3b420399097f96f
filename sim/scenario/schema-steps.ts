import { type Static, type TProperties, Type } from 'typebox';
import type { FaultKind, VehicleFault } from '../faults/model.ts';
import { FAULT_KINDS } from '../faults/vehicle-fault-schema.ts';
import { DroneName, Drones, Name, Network, NotOn, Place, Seconds, Strict } from './schema-parts.ts';

/** What another ground station may do in a scenario. */
export const STATION_ACTS = [
  'loiter',
  'return',
  'land',
  'disarm',
  'clear-mission',
  'upload-mission',
] as const;
export type StationAct = (typeof STATION_ACTS)[number];

/** What every step may have besides what it does. */
const common = {
  /** Names the step for expectations (`between`, `answer-time`). */
  id: Type.Optional(Name),
  /** Not before this second of simulated time, counted from "the fleet is ready". */
  at: Type.Optional(Seconds),
  /** Not before this holds; the words are in condition.ts. */
  when: Type.Optional(Type.String({ minLength: 3, maxLength: 200 })),
  /** Simulated seconds that `when` may take; default 300. */
  within: Type.Optional(Seconds),
  /** Left out on these real autopilots, because their simulation cannot do it; nothing may be expected of it there. */
  notOn: Type.Optional(NotOn),
};
const step = <K extends string, T extends TProperties>(kind: K, properties: T) =>
  Strict({ do: Type.Literal(kind), ...common, ...properties });

/** The answer that the operator must get; anything else fails the step. */
const outcome = Type.Optional(
  Type.Unsafe<'done' | 'failed' | 'unknown'>({ type: 'string', enum: ['done', 'failed', 'unknown'] }),
);
/** The server must refuse with this code. */
const refused = Type.Optional(Type.String({ minLength: 3, maxLength: 60 }));

const purpose = Type.Unsafe<string>({
  type: 'string',
  enum: ['patrol', 'public-information', 'incident-follow-up', 'evidence', 'exercise'],
});

/** Plans a cell and launches the plan: what an operator does in the console. */
const Patrol = step('patrol', {
  as: Name,
  cell: Name,
  /** Which drones may be chosen; default: all that are ready. */
  drones: Type.Optional(Type.Array(DroneName, { minItems: 1 })),
  heightM: Type.Optional(Type.Number({ minimum: 20, maximum: 120 })),
  purpose: Type.Optional(purpose),
  note: Type.Optional(Type.String({ maxLength: 500 })),
  refused,
});

const act = <K extends 'hold' | 'resume' | 'return' | 'land'>(kind: K) =>
  step(kind, { drones: Drones, outcome });

/** Everything that a timeline can do, by the word after `do:`. */
export const STEPS = {
  patrol: Patrol,
  hold: act('hold'),
  resume: act('resume'),
  return: act('return'),
  land: act('land'),
  goto: step('goto', {
    drone: DroneName,
    to: Place,
    heightM: Type.Number({ minimum: 5, maximum: 120 }),
    purpose: Type.Optional(purpose),
    note: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
    outcome,
  }),
  /** Only `at` and `when`. */
  wait: step('wait', { forS: Type.Optional(Seconds) }),
  /** Tells the server of a no-fly zone that the scenario's `zones` define. */
  'draw-zone': step('draw-zone', { zone: Name, refused }),
  /** Any other call of the public API. Paths may hold {D-01} (vehicle id) and {p1} (patrol id). */
  call: step('call', {
    method: Type.Unsafe<string>({ type: 'string', enum: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] }),
    path: Type.String({ pattern: '^/api/' }),
    body: Type.Optional(Type.Unknown()),
    status: Type.Optional(Type.Integer({ minimum: 100, maximum: 599 })),
    refused,
  }),
  /** SIGKILL: no goodbye, no flushing. */
  'kill-server': step('kill-server', {}),
  /** SIGTERM: the orderly stop. */
  'stop-server': step('stop-server', {}),
  /** Again on the same data and ports. */
  'start-server': step('start-server', {}),
  /** The operator's browser loses its connection, and comes back. */
  'close-console': step('close-console', {}),
  'open-console': step('open-console', {}),
  network: step('network', {
    drones: Drones,
    set: Type.Optional(Network),
    /** Nothing passes: true, false again, or for that many seconds of wall time. */
    cut: Type.Optional(
      Type.Unsafe<boolean | number>({ anyOf: [{ type: 'boolean' }, { type: 'number', minimum: 0 }] }),
    ),
    /** Which way; default both. */
    direction: Type.Optional(
      Type.Unsafe<'up' | 'down' | 'both'>({ type: 'string', enum: ['up', 'down', 'both'] }),
    ),
  }),
  /** A NAT gives the aircraft another address. */
  'change-address': step('change-address', { drones: Drones }),
  /** One of faults/model.ts; checked by faults/vehicle-fault-schema.ts. */
  fault: step('fault', { drones: Drones, fault: Type.Unsafe<VehicleFault>({ type: 'object' }) }),
  'clear-fault': step('clear-fault', {
    drones: Drones,
    kind: Type.Unsafe<FaultKind>({ type: 'string', enum: [...FAULT_KINDS] }),
  }),
  'power-off': step('power-off', { drones: Drones }),
  'power-on': step('power-on', { drones: Drones }),
  parameter: step('parameter', { drones: Drones, name: Type.String(), value: Type.Number() }),
  /** Another ground station, of which the server knows nothing, orders something. */
  'other-station': step('other-station', {
    drone: DroneName,
    does: Type.Unsafe<StationAct>({ type: 'string', enum: [...STATION_ACTS] }),
  }),
} as const;

export type StepKind = keyof typeof STEPS;
export type StepOf<K extends StepKind> = Static<(typeof STEPS)[K]>;
/** One line of the timeline, with its place in the file. */
export type Step = { [K in StepKind]: StepOf<K> }[StepKind];
