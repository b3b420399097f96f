import type { FastifyInstance, FastifyRequest, preHandlerHookHandler } from 'fastify';
import type { AccountService, Principal } from '../accounts/service.ts';
import type { Role } from '../contract/index.ts';
import { AirgridError } from '../errors.ts';
import { isAllowedOrigin, sessionTokenOf } from './session-cookie.ts';

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal | null;
  }
  interface FastifyContextConfig {
    /** Open without a session. Every route without this needs one. */
    public?: boolean;
  }
}

/** Finds the session of every request and refuses those without one, unless the route says that it is public. */
export function guardRoutes(
  app: FastifyInstance,
  accounts: AccountService,
  origins: () => readonly string[],
): void {
  app.decorateRequest('principal', null);
  app.addHook('onRequest', async (request) => {
    request.principal = accounts.authenticate(sessionTokenOf(request.headers.cookie));
    if (request.method !== 'GET' && request.method !== 'HEAD') refuseForeignOrigin(request, origins());
    if (request.routeOptions.config.public === true || request.is404) return;
    requirePrincipal(request);
  });
}

/** @throws AirgridError `accounts.session-needed` */
export function requirePrincipal(request: FastifyRequest): Principal {
  if (request.principal !== null) return request.principal;
  throw new AirgridError('accounts.session-needed', 'Sign in first.', {
    remedy: 'Your session may have ended.',
  });
}

/** A hook that lets only these roles pass. */
export function allowRoles(...roles: readonly Role[]): preHandlerHookHandler {
  return async (request) => {
    const principal = requirePrincipal(request);
    if (principal.roles.some((role) => roles.includes(role))) return;
    throw new AirgridError('accounts.role-needed', `This needs the role ${roles.join(' or ')}.`, {
      details: { roles: roles.join(', ') },
      remedy: 'Ask an administrator for the role, or a colleague who has it.',
    });
  };
}

/** A page of another origin must not act with the operator's cookie (SameSite=Strict is the first wall, this the second). */
function refuseForeignOrigin(request: FastifyRequest, origins: readonly string[]): void {
  const { origin, host } = request.headers;
  if (origin === undefined || isAllowedOrigin(origin, host, origins)) return;
  throw new AirgridError('accounts.origin-refused', `Requests from ${origin} are not accepted.`, {
    details: { origin },
    remedy: 'Name the origin in the setting server.origins when it is yours.',
  });
}
