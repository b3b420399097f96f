import { beforeEach, describe, expect, it } from 'vitest';
import { openAudit } from '../audit/audit.ts';
import { openDatabase } from '../store/database.ts';
import { openPasswordHasher } from './password.ts';
import { AccountService } from './service.ts';
import { openAccountStore } from './store.ts';

const MINUTE = 60_000;
let nowMs = 0;
let service: AccountService;
let db: ReturnType<typeof openDatabase>;

beforeEach(() => {
  nowMs = 1_700_000_000_000;
  db = openDatabase(':memory:');
  const clock = () => nowMs;
  const audit = openAudit(db, clock, (error) => {
    throw error;
  });
  const limits = {
    idleTimeoutMs: 60 * MINUTE,
    absoluteTimeoutMs: 600 * MINUTE,
    lockoutFailures: 3,
    lockoutMs: 15 * MINUTE,
  };
  // The cheapest scrypt: these tests are about sessions, not about the price of guessing.
  service = new AccountService(openAccountStore(db), audit, openPasswordHasher(2 ** 10), limits, clock);
});

const failure = (code: string) => expect.objectContaining({ code });

describe('first start', () => {
  it('lets the holder of the one-time code make the first account, once', async () => {
    const code = service.openSetup() ?? '';
    expect(code).toMatch(/^[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}$/);
    const session = await service.completeSetup(code.toLowerCase(), 'wang', 'a long password');
    expect(service.authenticate(session.token)?.username).toBe('wang');
    expect(service.setupNeeded).toBe(false);
    expect(service.openSetup()).toBeNull();
    await expect(service.completeSetup(code, 'li', 'a long password')).rejects.toThrow(
      failure('accounts.setup-closed'),
    );
  });

  it('refuses a wrong code and stays open', async () => {
    service.openSetup();
    await expect(service.completeSetup('AAAA-AAAA-AAAA', 'x', 'a long password')).rejects.toThrow(
      failure('accounts.setup-code-wrong'),
    );
    expect(service.setupNeeded).toBe(true);
  });

  it('is closed until the server has opened it', async () => {
    await expect(service.completeSetup('', 'x', 'a long password')).rejects.toThrow(
      failure('accounts.setup-closed'),
    );
  });
});

describe('sessions', () => {
  beforeEach(() => service.putAccount('op', 'Operator', 'right password', ['operator']));

  it('opens one for the right password and keeps only its hash', async () => {
    const { token, view } = await service.signIn('op', 'right password');
    expect(view).toMatchObject({ username: 'op', roles: ['operator'] });
    expect(service.authenticate(token)?.displayName).toBe('Operator');
    const stored = JSON.stringify(db.prepare('SELECT * FROM sessions').all());
    expect(stored).not.toContain(token);
  });

  it.each([undefined, '', 'made-up', 'made-up.made-up'])('knows no session %s', (token) => {
    expect(service.authenticate(token)).toBeNull();
  });

  it('refuses a wrong password and an unknown name with the same words', async () => {
    const wrong = await service.signIn('op', 'wrong').catch((error: Error) => error.message);
    const unknown = await service.signIn('nobody', 'wrong').catch((error: Error) => error.message);
    expect(wrong).toBe(unknown);
  });

  it('locks after the third wrong password, for the right one too, and opens again after the time', async () => {
    for (let i = 0; i < 3; i++) await service.signIn('op', 'wrong').catch(() => {});
    await expect(service.signIn('op', 'right password')).rejects.toThrow(failure('accounts.locked'));
    nowMs += 15 * MINUTE;
    await expect(service.signIn('op', 'right password')).resolves.toBeDefined();
  });

  it('counts wrong passwords that come at the same time', async () => {
    await Promise.allSettled([1, 2, 3, 4].map(() => service.signIn('op', 'wrong')));
    await expect(service.signIn('op', 'right password')).rejects.toThrow(failure('accounts.locked'));
  });

  it('ends when idle, and lasts while used', async () => {
    const { token } = await service.signIn('op', 'right password');
    for (let i = 0; i < 5; i++) {
      nowMs += 50 * MINUTE;
      expect(service.authenticate(token)).not.toBeNull();
    }
    nowMs += 60 * MINUTE;
    expect(service.authenticate(token)).toBeNull();
  });

  it('ends at the absolute limit however much it is used', async () => {
    const { token } = await service.signIn('op', 'right password');
    for (let i = 0; i < 11; i++) {
      nowMs += 54 * MINUTE;
      service.authenticate(token);
    }
    nowMs += 6 * MINUTE;
    expect(service.authenticate(token)).toBeNull();
  });

  it('ends by signing out, and tells whoever listens', async () => {
    const { token } = await service.signIn('op', 'right password');
    const principal = service.authenticate(token);
    if (principal === null) throw new Error('no session');
    const ended: string[] = [];
    service.onSessionEnd((id) => ended.push(id));
    service.signOut(principal);
    expect(ended).toEqual([principal.sessionId]);
    expect(service.isLive(principal.sessionId)).toBe(false);
    expect(service.authenticate(token)).toBeNull();
  });
});

describe('audit', () => {
  it('holds every opening and refusal, and cannot be changed', async () => {
    await service.putAccount('op', 'Operator', 'right password', ['operator']);
    await service.signIn('op', 'wrong').catch(() => {});
    await service.signIn('op', 'right password');
    const acts = (db.prepare('SELECT act FROM audit ORDER BY sequence').all() as { act: string }[]).map(
      (r) => r.act,
    );
    expect(acts).toEqual(['account.put', 'session.refused', 'session.open']);
    expect(() => db.prepare("UPDATE audit SET actor = 'x'").run()).toThrow('append-only');
    expect(() => db.prepare('DELETE FROM audit').run()).toThrow('append-only');
  });
});
