import { type Static, Type } from 'typebox';
import { Details, Nullable, Strict } from './common.ts';

export const FlightSummary = Strict({
  flightId: Type.String(),
  vehicleId: Type.String(),
  vehicleName: Type.String(),
  patrolId: Nullable(Type.String()),
  cellId: Nullable(Type.String()),
  cellName: Nullable(Type.String()),
  cellNameEn: Nullable(Type.String()),
  /** Null: it was armed from outside Airgrid. */
  purpose: Nullable(Type.String()),
  operator: Nullable(Type.String()),
  startedAtMs: Type.Integer(),
  /** Null while it flies. */
  endedAtMs: Nullable(Type.Integer()),
  /** `open` flying; `closed` disarmed; `interrupted` the server stopped before the aircraft disarmed. */
  state: Type.Union([Type.Literal('open'), Type.Literal('closed'), Type.Literal('interrupted')]),
  durationS: Nullable(Type.Number()),
  distanceM: Type.Number(),
  maxRelativeAltitudeM: Nullable(Type.Number()),
  batteryUsedPct: Nullable(Type.Number()),
  trackPoints: Type.Integer(),
  tlog: Nullable(Strict({ frames: Type.Integer(), bytes: Type.Integer() })),
});
export type FlightSummary = Static<typeof FlightSummary>;

export const FlightEvent = Strict({
  atMs: Type.Integer(),
  kind: Type.String({
    description: 'armed, disarmed, mode, status-text, item-reached, command, link-lost, link-back …',
  }),
  text: Type.String(),
  details: Details,
});
export type FlightEvent = Static<typeof FlightEvent>;

export const FlightDetail = Type.Object({
  flight: FlightSummary,
  events: Type.Array(FlightEvent),
});
export type FlightDetail = Static<typeof FlightDetail>;

export const FlightList = Strict({
  flights: Type.Array(FlightSummary),
  /** Give as `before` to read on; null at the end. */
  nextCursor: Nullable(Type.String()),
});
export type FlightList = Static<typeof FlightList>;
