import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import type { Audit } from '../audit/audit.ts';
import type { Role, SessionView } from '../contract/index.ts';
import { AirgridError } from '../errors.ts';
import type { PasswordHasher } from './password.ts';
import type { Account, AccountStore } from './store.ts';

export interface AccountLimits {
  readonly idleTimeoutMs: number;
  readonly absoluteTimeoutMs: number;
  readonly lockoutFailures: number;
  readonly lockoutMs: number;
}

/** Who asks, once the session was checked. */
export interface Principal {
  readonly username: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  /** Names the session without giving its token away. */
  readonly sessionId: string;
  readonly expiresAtMs: number;
}

export interface OpenedSession {
  /** Opaque 256-bit token for the cookie; only its hash is stored. */
  readonly token: string;
  readonly view: SessionView;
}

/**
 * The first account gets all of these. Separate accounts per role, second factor and the two-person rule come with the
 * account system (docs/decisions/0004): until then one person has to be able to do the whole first patrol.
 */
const FIRST_ACCOUNT_ROLES: readonly Role[] = ['operator', 'supervisor', 'investigator', 'admin'];

/** Letters and digits that cannot be taken for one another when read from a screen. */
const CODE_ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
/** Last use is written at most this often, so that a read does not cost a synced write. */
const TOUCH_EVERY_MS = 30_000;

const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');
const makeCode = (): string =>
  Array.from({ length: 12 }, () => CODE_ALPHABET[randomInt(CODE_ALPHABET.length)])
    .join('')
    .replace(/(.{4})(?=.)/g, '$1-');

export class AccountService {
  readonly #store: AccountStore;
  readonly #audit: Audit;
  readonly #passwords: PasswordHasher;
  readonly #limits: AccountLimits;
  readonly #nowMs: () => number;
  readonly #endListeners = new Set<(sessionId: string) => void>();
  #setupCode: string | null = null;
  #decoyHash: Promise<string> | null = null;

  constructor(
    store: AccountStore,
    audit: Audit,
    passwords: PasswordHasher,
    limits: AccountLimits,
    nowMs: () => number,
  ) {
    this.#store = store;
    this.#audit = audit;
    this.#passwords = passwords;
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  get setupNeeded(): boolean {
    return this.#store.accountCount() === 0;
  }

  /** The one-time code of a first start, to be printed on the server's console; null when accounts exist. */
  openSetup(): string | null {
    if (!this.setupNeeded) return null;
    this.#setupCode ??= makeCode();
    return this.#setupCode;
  }

  /** @throws AirgridError `accounts.setup-closed`, `accounts.setup-code-wrong` */
  async completeSetup(code: string, username: string, password: string): Promise<OpenedSession> {
    if (this.#setupCode === null || !this.setupNeeded) {
      throw new AirgridError('accounts.setup-closed', 'This server is set up already.', {
        remedy: 'Sign in.',
      });
    }
    if (!sameText(code.trim().toUpperCase(), this.#setupCode)) {
      throw new AirgridError('accounts.setup-code-wrong', 'The one-time code is wrong.', {
        remedy:
          "Read it from the server's console; it is printed at each start until the first account exists.",
      });
    }
    const passwordHash = await this.#passwords.hash(password);
    if (!this.setupNeeded) throw new AirgridError('accounts.setup-closed', 'This server is set up already.');
    this.#audit.record({ actor: username, act: 'account.create-first', target: username });
    this.#store.putAccount(
      { username, displayName: username, passwordHash, roles: FIRST_ACCOUNT_ROLES },
      this.#now(),
    );
    this.#setupCode = null;
    return this.#open(username);
  }

  /** Makes or renews an account from the command line side (the demo's operator). */
  async putAccount(
    username: string,
    displayName: string,
    password: string,
    roles: readonly Role[],
  ): Promise<void> {
    const passwordHash = await this.#passwords.hash(password);
    this.#audit.record({ actor: 'system', act: 'account.put', target: username, details: { roles } });
    this.#store.putAccount({ username, displayName, passwordHash, roles }, this.#now());
  }

  /** @throws AirgridError `accounts.sign-in-failed`, `accounts.locked` */
  async signIn(username: string, password: string): Promise<OpenedSession> {
    const account = this.#store.account(username);
    if (account !== null && account.lockedUntilMs > this.#now()) throw this.#locked(account);
    // An unknown name costs as much time as a known one, so that names cannot be found out by the clock.
    this.#decoyHash ??= this.#passwords.hash(randomBytes(16).toString('hex'));
    const right = await this.#passwords.verify(password, account?.passwordHash ?? (await this.#decoyHash));
    if (account === null || !right) {
      this.#countFailure(username);
      throw new AirgridError('accounts.sign-in-failed', 'The name or the password is wrong.');
    }
    // Whoever guessed in parallel may have locked the account while this one was being checked.
    const now = this.#store.account(username) ?? account;
    if (now.lockedUntilMs > this.#now()) throw this.#locked(now);
    this.#store.setFailures(username, 0, 0);
    return this.#open(username);
  }

  /** The principal of a session token, or null when it is unknown, idle too long, or over. */
  authenticate(token: string | undefined): Principal | null {
    if (token === undefined || token === '') return null;
    const session = this.#store.session(hashToken(token));
    if (session === null) return null;
    const now = this.#now();
    const account = this.#store.account(session.username);
    if (
      account === null ||
      session.expiresAtMs <= now ||
      session.lastUsedAtMs + this.#limits.idleTimeoutMs <= now
    ) {
      this.#end(session.tokenHash);
      return null;
    }
    if (now - session.lastUsedAtMs > TOUCH_EVERY_MS) this.#store.touchSession(session.tokenHash, now);
    return {
      username: account.username,
      displayName: account.displayName,
      roles: account.roles,
      sessionId: session.tokenHash,
      expiresAtMs: session.expiresAtMs,
    };
  }

  /** Is the session still good? Asked by open sockets, and does not count as use. */
  isLive(sessionId: string): boolean {
    const session = this.#store.session(sessionId);
    const now = this.#now();
    return (
      session !== null && session.expiresAtMs > now && session.lastUsedAtMs + this.#limits.idleTimeoutMs > now
    );
  }

  signOut(principal: Principal): void {
    this.#audit.record({ actor: principal.username, act: 'session.close', target: principal.username });
    this.#end(principal.sessionId);
  }

  /** Called with the session id whenever a session ends by sign-out or time. */
  onSessionEnd(listener: (sessionId: string) => void): () => void {
    this.#endListeners.add(listener);
    return () => this.#endListeners.delete(listener);
  }

  #now(): number {
    return Math.round(this.#nowMs());
  }

  #locked(account: Account): AirgridError {
    const minutes = Math.ceil((account.lockedUntilMs - this.#now()) / 60_000);
    return new AirgridError('accounts.locked', `Too many wrong passwords: locked for ${minutes} more min.`, {
      details: { minutes },
      remedy: 'Wait, or ask an administrator.',
    });
  }

  #countFailure(username: string): void {
    const account = this.#store.account(username);
    this.#audit.record({
      actor: username.slice(0, 64),
      act: 'session.refused',
      target: username.slice(0, 64),
    });
    // A lock that is in force stays as it is, whatever else was guessed at the same time.
    if (account === null || account.lockedUntilMs > this.#now()) return;
    const failures = account.failedSignIns + 1;
    const lock = failures >= this.#limits.lockoutFailures;
    this.#store.setFailures(username, lock ? 0 : failures, lock ? this.#now() + this.#limits.lockoutMs : 0);
  }

  #open(username: string): OpenedSession {
    const account = this.#store.account(username);
    if (account === null) throw new AirgridError('accounts.sign-in-failed', 'The account is gone.');
    const now = this.#now();
    this.#store.dropExpired(now, now - this.#limits.idleTimeoutMs);
    this.#audit.record({ actor: username, act: 'session.open', target: username });
    const token = randomBytes(32).toString('base64url');
    const expiresAtMs = now + this.#limits.absoluteTimeoutMs;
    this.#store.addSession({ tokenHash: hashToken(token), username, lastUsedAtMs: now, expiresAtMs });
    const view = { username, displayName: account.displayName, roles: [...account.roles], expiresAtMs };
    return { token, view };
  }

  #end(tokenHash: string): void {
    this.#store.dropSession(tokenHash);
    for (const listener of this.#endListeners) listener(tokenHash);
  }
}

function sameText(a: string, b: string): boolean {
  const left = createHash('sha256').update(a).digest();
  const right = createHash('sha256').update(b).digest();
  return timingSafeEqual(left, right);
}
