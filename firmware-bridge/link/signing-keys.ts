import { readFileSync, statSync } from 'node:fs';
import { BridgeError } from '../bridge-error.ts';
import { SigningKey } from '../codec/signing.ts';

/**
 * A signing key from a file: 32 raw bytes, or 64 hexadecimal digits. Other ground stations make a key of a pass
 * phrase by SHA-256: `printf %s 'the phrase' | sha256sum | cut -c1-64 > key; chmod 600 key`.
 *
 * A file that others than its owner may read is refused: whoever reads it commands the fleet.
 *
 * @throws BridgeError `config.signing-key`: names the file and what to do, never what is in it.
 */
export function readSigningKey(path: string): SigningKey {
  let bytes: Buffer;
  try {
    const { mode } = statSync(path);
    // Windows has no such bits; its files belong to their user's profile.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw refuse(path, `others may read it: chmod 600 ${path}`);
    }
    bytes = readFileSync(path);
  } catch (error) {
    if (error instanceof BridgeError) throw error;
    throw refuse(path, `it cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
  const key = bytes.length === 32 ? bytes : fromHex(bytes);
  if (key === null) throw refuse(path, 'it must hold 32 bytes, or 64 hexadecimal digits');
  if (key.every((byte) => byte === 0)) throw refuse(path, 'a key of nothing but zeros is none');
  return new SigningKey(key);
}

function fromHex(bytes: Buffer): Buffer | null {
  const text = bytes.toString('latin1').trim();
  return /^[0-9a-fA-F]{64}$/.test(text) ? Buffer.from(text, 'hex') : null;
}

function refuse(path: string, why: string): BridgeError {
  return new BridgeError('config.signing-key', `The signing key file ${path} cannot be used: ${why}.`, {
    path,
  });
}
