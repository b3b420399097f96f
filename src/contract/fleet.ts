import { type Static, Type } from 'typebox';
import { Details, Nullable, Strict } from './common.ts';
import { Purpose } from './purpose.ts';

/** Milliseconds since the vehicle reported the group, measured on the server when the view was made. */
const AgeMs = Type.Integer({ minimum: 0 });

export const NormalisedMode = Type.Union([
  Type.Literal('manual'),
  Type.Literal('hold'),
  Type.Literal('guided'),
  Type.Literal('mission'),
  Type.Literal('return'),
  Type.Literal('land'),
  Type.Literal('takeoff'),
  Type.Literal('other'),
]);
export type NormalisedMode = Static<typeof NormalisedMode>;

/** What an operator sees of one aircraft. Groups that were never reported are null. */
export const VehicleView = Strict({
  vehicleId: Type.String(),
  name: Type.String({ description: 'Call sign for people, e.g. "D-03"' }),
  systemId: Type.Integer(),
  linkId: Type.String(),
  endpoint: Type.String(),
  autopilot: Type.String(),
  airframe: Type.String(),
  firmwareVersion: Nullable(Type.String()),
  connection: Type.Union([Type.Literal('online'), Type.Literal('lost')]),
  lastHeardAgeMs: AgeMs,
  identityConflict: Nullable(Type.Array(Type.String())),
  armed: Nullable(Type.Boolean()),
  flightState: Type.Union([
    Type.Literal('on-ground'),
    Type.Literal('taking-off'),
    Type.Literal('in-air'),
    Type.Literal('landing'),
    Type.Literal('unknown'),
  ]),
  mode: Nullable(Strict({ name: Type.String(), normalised: NormalisedMode, ageMs: AgeMs })),
  position: Nullable(
    Strict({
      lonDeg: Type.Number(),
      latDeg: Type.Number(),
      altitudeAmslM: Type.Number(),
      relativeAltitudeM: Type.Number(),
      headingDeg: Nullable(Type.Number()),
      ageMs: AgeMs,
    }),
  ),
  velocity: Nullable(Strict({ groundSpeedMps: Type.Number(), climbMps: Type.Number(), ageMs: AgeMs })),
  battery: Nullable(
    Strict({
      remainingPct: Nullable(Type.Number()),
      voltageV: Nullable(Type.Number()),
      currentA: Nullable(Type.Number()),
      ageMs: AgeMs,
    }),
  ),
  gps: Nullable(
    Strict({
      fixType: Type.Integer(),
      satellites: Nullable(Type.Integer()),
      hdop: Nullable(Type.Number()),
      ageMs: AgeMs,
    }),
  ),
  prearm: Nullable(
    Strict({ ready: Nullable(Type.Boolean()), reasons: Type.Array(Type.String()), ageMs: AgeMs }),
  ),
  home: Nullable(Strict({ lonDeg: Type.Number(), latDeg: Type.Number() })),
  linkQuality: Strict({ lossPct: Type.Number(), framesPerS: Type.Number() }),
  /** The patrol that this aircraft flies now. */
  patrolId: Nullable(Type.String()),
  sortieId: Nullable(Type.String()),
  flightId: Nullable(Type.String()),
});
export type VehicleView = Static<typeof VehicleView>;

export const LinkView = Strict({
  linkId: Type.String(),
  url: Type.String(),
  state: Type.Union([
    Type.Literal('opening'),
    Type.Literal('open'),
    Type.Literal('waiting'),
    Type.Literal('closed'),
  ]),
  problem: Nullable(Strict({ code: Type.String(), message: Type.String(), details: Details })),
  bytesIn: Type.Integer(),
  bytesOut: Type.Integer(),
  framesIn: Type.Integer(),
  framesOut: Type.Integer(),
  badCrc: Type.Integer(),
  endpoints: Type.Array(Type.String()),
});
export type LinkView = Static<typeof LinkView>;

export const FleetView = Strict({
  serverTimeMs: Type.Integer(),
  vehicles: Type.Array(VehicleView),
  links: Type.Array(LinkView),
});
export type FleetView = Static<typeof FleetView>;

/** POST /api/v1/vehicles/:vehicleId/:action */
export const SafetyAction = Type.Union([
  Type.Literal('hold'),
  Type.Literal('resume'),
  Type.Literal('return'),
  Type.Literal('land'),
]);
export type SafetyAction = Static<typeof SafetyAction>;

/** POST /api/v1/vehicles/:vehicleId/goto: fly straight to a place and hold there. */
export const GotoBody = Strict({
  lonDeg: Type.Number({ minimum: -180, maximum: 180 }),
  latDeg: Type.Number({ minimum: -90, maximum: 90 }),
  /** Above home, like the heights of a patrol. */
  relativeAltitudeM: Type.Number({ minimum: 5, maximum: 120 }),
  purpose: Purpose,
  /** Why, in the operator's words; kept with the flight. */
  note: Type.String({ minLength: 1, maxLength: 500 }),
  orderNumber: Type.Optional(Type.String({ maxLength: 64 })),
});
export type GotoBody = Static<typeof GotoBody>;

/** `done`: the vehicle reports it. `failed`: it refused or cannot. `unknown`: nobody can tell yet; look at the aircraft. */
export const ActionResult = Strict({
  outcome: Type.Union([Type.Literal('done'), Type.Literal('failed'), Type.Literal('unknown')]),
  code: Type.String({ description: 'e.g. `command.done`, `command.denied`, `command.no-answer`' }),
  message: Type.String(),
  details: Details,
  /** The vehicle's own words (STATUSTEXT) that came with the answer. */
  reasons: Type.Array(Type.String()),
});
export type ActionResult = Static<typeof ActionResult>;
