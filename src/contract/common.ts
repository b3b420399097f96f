import { type Static, type TSchema, Type } from 'typebox';

/** A value or null: "not reported" is null, never 0 and never absent. */
export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** An object that refuses unknown properties, so that a typing slip is told. */
export const Strict = <T extends Record<string, TSchema>>(
  properties: T,
  options: { description?: string } = {},
) => Type.Object(properties, { additionalProperties: false, ...options });

/** [longitude, latitude] in WGS-84 degrees, as in GeoJSON. */
export const LonLatPair = Type.Tuple([
  Type.Number({ minimum: -180, maximum: 180 }),
  Type.Number({ minimum: -90, maximum: 90 }),
]);
export type LonLatPair = Static<typeof LonLatPair>;

export const Details = Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]));
export type Details = Static<typeof Details>;

/** Something that went wrong or needs attention, in a form the console can translate by `code`. */
export const Finding = Strict({
  severity: Type.Union([Type.Literal('error'), Type.Literal('warning'), Type.Literal('repair')]),
  code: Type.String({ description: 'Stable code, e.g. `plan.not-enough-drones`' }),
  message: Type.String({ description: 'Plain English sentence' }),
  details: Details,
});
export type Finding = Static<typeof Finding>;

/** RFC 9457 problem+json with a stable code and a remedy. */
export const Problem = Strict({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String(),
  detail: Type.String(),
  remedy: Nullable(Type.String()),
  details: Details,
});
export type Problem = Static<typeof Problem>;
