import { fastifyCookie } from '@fastify/cookie';

const PLAIN_NAME = 'airgrid-session';
/** The `__Host-` prefix makes browsers insist on Secure, Path=/ and no Domain (RFC 6265bis, 4.1.3.2). */
const SECURE_NAME = '__Host-airgrid-session';

export const sessionCookieName = (secure: boolean): string => (secure ? SECURE_NAME : PLAIN_NAME);

/** The session token in a Cookie header, whichever of the two names it came by. */
export function sessionTokenOf(cookieHeader: string | undefined): string | undefined {
  if (cookieHeader === undefined) return undefined;
  const cookies = fastifyCookie.parse(cookieHeader);
  return cookies[SECURE_NAME] ?? cookies[PLAIN_NAME];
}

/** A browser's Origin is ours when it is the host it talks to, or one that the configuration names. */
export function isAllowedOrigin(
  origin: string,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (allowed.includes(origin)) return true;
  return URL.canParse(origin) && host !== undefined && new URL(origin).host === host;
}
