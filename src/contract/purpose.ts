import { type Static, Type } from 'typebox';

/** Why an aircraft flies: nothing is armed or sent anywhere without one. */
export const Purpose = Type.Union([
  Type.Literal('patrol'),
  Type.Literal('public-information'),
  Type.Literal('incident-follow-up'),
  Type.Literal('evidence'),
  Type.Literal('exercise'),
]);
export type Purpose = Static<typeof Purpose>;
