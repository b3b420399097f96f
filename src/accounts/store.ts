import type { Role } from '../contract/index.ts';
import type { Db } from '../store/database.ts';

export interface Account {
  readonly username: string;
  readonly displayName: string;
  readonly passwordHash: string;
  readonly roles: readonly Role[];
  readonly failedSignIns: number;
  readonly lockedUntilMs: number;
}

export interface SessionRow {
  readonly tokenHash: string;
  readonly username: string;
  readonly lastUsedAtMs: number;
  readonly expiresAtMs: number;
}

interface AccountRow {
  username: string;
  display_name: string;
  password_hash: string;
  roles: string;
  failed_sign_ins: number;
  locked_until_ms: number;
}

export type AccountStore = ReturnType<typeof openAccountStore>;

/** The SQL of accounts and sessions. Only hashes of session tokens are kept. */
export function openAccountStore(db: Db) {
  const toAccount = (row: AccountRow): Account => ({
    username: row.username,
    displayName: row.display_name,
    passwordHash: row.password_hash,
    roles: JSON.parse(row.roles) as Role[],
    failedSignIns: row.failed_sign_ins,
    lockedUntilMs: row.locked_until_ms,
  });
  const byName = db.prepare('SELECT * FROM accounts WHERE username = ?');
  const count = db.prepare('SELECT count(*) AS n FROM accounts');
  const upsert = db.prepare(
    `INSERT INTO accounts (username, display_name, password_hash, roles, created_at_ms) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (username) DO UPDATE SET display_name = excluded.display_name, password_hash = excluded.password_hash,
       roles = excluded.roles, failed_sign_ins = 0, locked_until_ms = 0`,
  );
  const setFailures = db.prepare(
    'UPDATE accounts SET failed_sign_ins = ?, locked_until_ms = ? WHERE username = ?',
  );
  const insertSession = db.prepare(
    'INSERT INTO sessions (token_hash, username, created_at_ms, last_used_at_ms, expires_at_ms) VALUES (?, ?, ?, ?, ?)',
  );
  const sessionByHash = db.prepare(
    `SELECT token_hash AS tokenHash, username, last_used_at_ms AS lastUsedAtMs, expires_at_ms AS expiresAtMs
     FROM sessions WHERE token_hash = ?`,
  );
  const touchSession = db.prepare('UPDATE sessions SET last_used_at_ms = ? WHERE token_hash = ?');
  const dropSession = db.prepare('DELETE FROM sessions WHERE token_hash = ?');
  const dropExpired = db.prepare('DELETE FROM sessions WHERE expires_at_ms <= ? OR last_used_at_ms <= ?');

  return {
    account: (username: string): Account | null => {
      const row = byName.get(username) as AccountRow | undefined;
      return row === undefined ? null : toAccount(row);
    },
    accountCount: (): number => (count.get() as { n: number }).n,
    putAccount: (
      account: Pick<Account, 'username' | 'displayName' | 'passwordHash' | 'roles'>,
      nowMs: number,
    ): void => {
      upsert.run(
        account.username,
        account.displayName,
        account.passwordHash,
        JSON.stringify(account.roles),
        nowMs,
      );
    },
    setFailures: (username: string, failures: number, lockedUntilMs: number): void => {
      setFailures.run(failures, lockedUntilMs, username);
    },
    addSession: (session: SessionRow): void => {
      insertSession.run(
        session.tokenHash,
        session.username,
        session.lastUsedAtMs,
        session.lastUsedAtMs,
        session.expiresAtMs,
      );
    },
    session: (tokenHash: string): SessionRow | null =>
      (sessionByHash.get(tokenHash) as SessionRow | undefined) ?? null,
    touchSession: (tokenHash: string, nowMs: number): void => {
      touchSession.run(nowMs, tokenHash);
    },
    dropSession: (tokenHash: string): void => {
      dropSession.run(tokenHash);
    },
    dropExpired: (nowMs: number, idleSinceMs: number): void => {
      dropExpired.run(nowMs, idleSinceMs);
    },
  };
}
