import type { Logger } from 'pino';
import { BridgeError } from '../bridge-error.ts';
import type { SigningKey } from '../codec/signing.ts';
import type { BridgeConfig, Clock, LinkConfig, LinkId } from '../model.ts';
import { OwnTimestamps } from './own-timestamps.ts';
import { SigningGuard } from './signing-guard.ts';
import { readSigningKey } from './signing-keys.ts';
import { FileTimestampStore } from './signing-store.ts';

/** Signing of a whole bridge: one guard for each link that has it in its configuration, one sequence of timestamps. */
export interface Signing {
  /** Null: the link has no signing in its configuration; everything is taken and sent as it is. */
  guardOf(linkId: LinkId): SigningGuard | null;
  /** Resolves when nothing is being written any more. */
  close(): Promise<void>;
}

/**
 * Reads every key and reserves timestamps.
 *
 * @throws BridgeError `config.signing-key`, `config.signing`
 */
export function openSigning(
  config: Pick<BridgeConfig, 'links' | 'signingStateFile'>,
  parts: { readonly clock: Clock; readonly logger: Logger },
): Signing {
  const signed = config.links.filter((link) => link.signing !== undefined);
  if (signed.length === 0) return { guardOf: () => null, close: () => Promise.resolve() };
  for (const link of signed) check(link);
  const { clock, logger } = parts;
  const path = config.signingStateFile ?? null;
  const store = path === null ? null : new FileTimestampStore(path, logger);
  const timestamps = new OwnTimestamps(clock, store, logger);
  const guards = new Map(signed.map((link) => [link.linkId, guardFor(link, timestamps)] as const));
  return { guardOf: (linkId) => guards.get(linkId) ?? null, close: () => timestamps.close() };
}

function guardFor({ signing }: LinkConfig, timestamps: OwnTimestamps): SigningGuard | null {
  if (signing === undefined) return null;
  const { policy, signingLinkId, keyFile = null, vehicleKeyFiles = {}, allowKeySetup = false } = signing;
  const vehicleKeys = new Map<number, SigningKey>();
  for (const [systemId, file] of Object.entries(vehicleKeyFiles)) {
    vehicleKeys.set(Number(systemId), readSigningKey(file));
  }
  return new SigningGuard({
    policy,
    signingLinkId,
    linkKey: keyFile === null ? null : readSigningKey(keyFile),
    vehicleKeys,
    allowKeySetup,
    timestamps,
  });
}

function check({ linkId, signing }: LinkConfig): void {
  if (signing === undefined) return;
  const { signingLinkId, policy, keyFile = null, vehicleKeyFiles = {} } = signing;
  if (!(Number.isInteger(signingLinkId) && signingLinkId >= 0 && signingLinkId <= 255)) {
    throw refuse(linkId, `its link id ${signingLinkId} is not within 0–255`);
  }
  for (const systemId of Object.keys(vehicleKeyFiles)) {
    if (!/^([1-9]\d?|1\d\d|2[0-4]\d|25[0-5])$/.test(systemId)) {
      throw refuse(linkId, `the system id ${systemId} of a vehicle key is not within 1–255`);
    }
  }
  if (policy === 'off' && signing.allowKeySetup === true) {
    throw refuse(linkId, 'a key can only be set up where it is seen to work: set its policy to accepted');
  }
  if (policy === 'required' && keyFile === null && Object.keys(vehicleKeyFiles).length === 0) {
    throw refuse(linkId, 'signatures are required, and there is no key to check them with');
  }
}

function refuse(linkId: LinkId, why: string): BridgeError {
  return new BridgeError('config.signing', `Signing on link "${linkId}" cannot be used: ${why}.`, { linkId });
}
