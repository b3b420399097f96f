import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { ServerInfo, SessionView, SetupBody, SignInBody } from '../contract/index.ts';
import { requirePrincipal } from '../http/access.ts';
import { sessionCookieName } from '../http/session-cookie.ts';
import type { AccountService, OpenedSession } from './service.ts';

export interface AccountRouteOptions {
  readonly accounts: AccountService;
  readonly version: string;
  /** Served over TLS: the cookie is Secure and has the `__Host-` name. */
  readonly secure: boolean;
  readonly demoSignIn: { readonly username: string; readonly password: string } | null;
}

export const accountRoutes: FastifyPluginAsyncTypebox<AccountRouteOptions> = async (app, options) => {
  const { accounts, secure } = options;
  const cookieName = sessionCookieName(secure);
  const cookieOptions = { path: '/', httpOnly: true, sameSite: 'strict', secure } as const;
  const answer = (reply: Parameters<typeof setCookie>[0], session: OpenedSession): SessionView => {
    setCookie(reply, session);
    return session.view;
  };
  const setCookie = (
    reply: { setCookie(name: string, value: string, options: object): unknown },
    session: OpenedSession,
  ) => {
    reply.setCookie(cookieName, session.token, {
      ...cookieOptions,
      expires: new Date(session.view.expiresAtMs),
    });
  };
  /** Guessing costs time: per address, on top of the lock of the account. */
  const guessLimit = { rateLimit: { max: 20, timeWindow: '1 minute' } };

  app.get(
    '/server-info',
    { config: { public: true }, schema: { tags: ['session'], response: { 200: ServerInfo } } },
    async () => ({
      name: 'Airgrid' as const,
      version: options.version,
      setupNeeded: accounts.setupNeeded,
      demo: options.demoSignIn !== null,
      demoSignIn: options.demoSignIn === null ? null : { ...options.demoSignIn },
    }),
  );

  app.post(
    '/setup',
    {
      config: { public: true, ...guessLimit },
      schema: {
        tags: ['session'],
        summary: 'Make the first account, with the one-time code',
        body: SetupBody,
        response: { 200: SessionView },
      },
    },
    async (request, reply) => {
      const { code, username, password } = request.body;
      return answer(reply, await accounts.completeSetup(code, username, password));
    },
  );

  app.post(
    '/session',
    {
      config: { public: true, ...guessLimit },
      schema: { tags: ['session'], summary: 'Sign in', body: SignInBody, response: { 200: SessionView } },
    },
    async (request, reply) =>
      answer(reply, await accounts.signIn(request.body.username, request.body.password)),
  );

  app.get(
    '/session',
    { schema: { tags: ['session'], summary: 'Who am I', response: { 200: SessionView } } },
    async (request) => {
      const { username, displayName, roles, expiresAtMs } = requirePrincipal(request);
      return { username, displayName, roles: [...roles], expiresAtMs };
    },
  );

  app.delete(
    '/session',
    { schema: { tags: ['session'], summary: 'Sign out', response: { 204: Type.Null() } } },
    async (request, reply) => {
      accounts.signOut(requirePrincipal(request));
      reply.clearCookie(cookieName, cookieOptions);
      return reply.code(204).send(null);
    },
  );
};
