import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** Turns passwords into what is stored, and checks them, on the thread pool and not on the event loop. */
export interface PasswordHasher {
  /** `scrypt$<N>$<salt>$<key>`, base64url. */
  hash(password: string): Promise<string>;
  verify(password: string, stored: string): Promise<boolean>;
}

/** OWASP Password Storage Cheat Sheet: scrypt N=2^17, r=8, p=1 (128 MiB, some 400 ms on a server core). */
const DEFAULT_COST = 2 ** 17;
const KEY_BYTES = 32;
/** At most two at a time: each takes 128 MiB and a thread of the pool that files and DNS need too. */
const AT_ONCE = 2;

/** @param cost scrypt's N, a power of two. Passwords stored with another cost are still checked with theirs. */
export function openPasswordHasher(cost = DEFAULT_COST): PasswordHasher {
  let running = 0;
  const waiting: (() => void)[] = [];

  const derive = async (password: string, salt: Buffer, n: number): Promise<Buffer> => {
    if (running >= AT_ONCE) await new Promise<void>((resume) => waiting.push(resume));
    running += 1;
    try {
      return await new Promise((resolve, reject) => {
        const options = { N: n, r: 8, p: 1, maxmem: 256 * n * 8 };
        // NFKC: the same password typed on another keyboard or system is the same password.
        scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) =>
          error === null ? resolve(key) : reject(error),
        );
      });
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };

  return {
    hash: async (password) => {
      const salt = randomBytes(16);
      const key = await derive(password, salt, cost);
      return `scrypt$${cost}$${salt.toString('base64url')}$${key.toString('base64url')}`;
    },
    verify: async (password, stored) => {
      const [scheme, n, salt, key] = stored.split('$');
      if (scheme !== 'scrypt' || n === undefined || salt === undefined || key === undefined) return false;
      const expected = Buffer.from(key, 'base64url');
      const actual = await derive(password, Buffer.from(salt, 'base64url'), Number(n));
      return expected.length === actual.length && timingSafeEqual(expected, actual);
    },
  };
}
