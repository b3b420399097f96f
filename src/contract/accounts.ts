import { type Static, Type } from 'typebox';
import { Nullable, Strict } from './common.ts';

export const Role = Type.Union([
  Type.Literal('operator'),
  Type.Literal('supervisor'),
  Type.Literal('investigator'),
  Type.Literal('auditor'),
  Type.Literal('admin'),
]);
export type Role = Static<typeof Role>;

export const SignInBody = Strict({
  username: Type.String({ minLength: 1, maxLength: 64 }),
  password: Type.String({ minLength: 1, maxLength: 256 }),
});
export type SignInBody = Static<typeof SignInBody>;

/** Creates the first account with the one-time code that the server printed at its first start. */
export const SetupBody = Strict({
  code: Type.String({ minLength: 1, maxLength: 64 }),
  username: Type.String({ minLength: 1, maxLength: 64, pattern: '^[\\p{L}\\p{N}._-]+$' }),
  password: Type.String({ minLength: 10, maxLength: 256 }),
});
export type SetupBody = Static<typeof SetupBody>;

export const SessionView = Strict({
  username: Type.String(),
  displayName: Type.String(),
  roles: Type.Array(Role),
  /** Epoch milliseconds. */
  expiresAtMs: Type.Integer(),
});
export type SessionView = Static<typeof SessionView>;

/** What a browser may know before anybody signed in. */
export const ServerInfo = Strict({
  name: Type.Literal('Airgrid'),
  version: Type.String(),
  setupNeeded: Type.Boolean(),
  demo: Type.Boolean(),
  /** Signs that the demo prints anyway; null outside the demo. */
  demoSignIn: Nullable(Strict({ username: Type.String(), password: Type.String() })),
});
export type ServerInfo = Static<typeof ServerInfo>;
