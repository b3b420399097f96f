import { type Static, type TSchema, Type } from 'typebox';

/** An object that refuses unknown properties, so that a typing slip is told. */
export const Strict = <T extends Record<string, TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });

export const Name = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$',
  description: 'a name of letters, digits, - and _',
});

export const DroneName = Type.String({
  pattern: '^[A-Z]{1,4}-[0-9]{2,3}$',
  description: 'a call sign such as D-01',
});

/** Metres east and north of the scenario's origin. */
export const Place = Strict({
  eastM: Type.Number({ minimum: -20_000, maximum: 20_000 }),
  northM: Type.Number({ minimum: -20_000, maximum: 20_000 }),
});
export type Place = Static<typeof Place>;

/** West, south, east, north border; metres east and north of the origin. */
export const Box = Type.Tuple([Type.Number(), Type.Number(), Type.Number(), Type.Number()], {
  description: 'four numbers: westM, southM, eastM, northM',
});
export type Box = Static<typeof Box>;

/** Simulated seconds. */
export const Seconds = Type.Number({ minimum: 0, maximum: 86_400 });

/** `all` or call signs. */
export const Drones = Type.Unsafe<'all' | readonly string[]>({
  anyOf: [{ const: 'all' }, { type: 'array', items: DroneName, minItems: 1 }],
  description: 'all, or a list of call signs',
});

export const Network = Strict({
  lossFraction: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  duplicateFraction: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  /** Wall time, one way. */
  delayMs: Type.Optional(Type.Number({ minimum: 0, maximum: 10_000 })),
  jitterMs: Type.Optional(Type.Number({ minimum: 0, maximum: 10_000 })),
});
export type Network = Static<typeof Network>;

/** Real autopilots that a scenario can fly on, by the names of `--autopilot`. */
export const REAL_AUTOPILOTS = ['copter', 'px4'] as const;
export type AutopilotName = (typeof REAL_AUTOPILOTS)[number];

const Reason = Type.String({ minLength: 10, maxLength: 200 });
/** Why one real autopilot cannot do it, whatever others can. */
export const NotOn = Strict({ copter: Type.Optional(Reason), px4: Type.Optional(Reason) });
export type NotOn = Static<typeof NotOn>;
