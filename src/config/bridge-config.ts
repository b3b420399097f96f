import { join } from 'node:path';
import {
  type BridgeConfig,
  type ForwardConfig,
  type LinkConfig,
  type LinkId,
  type LinkSigningConfig,
  parseLinkUrl,
  type SigningPolicy,
} from '../../firmware-bridge/index.ts';
import { AirgridError } from '../errors.ts';
import type { Settings } from './settings.ts';

/**
 * The settings as the bridge wants them.
 *
 * @param recordingDir where flights are recorded
 * @throws AirgridError `config.signing`, `config.forward`; BridgeError `config.link-url`
 */
export function bridgeConfig(settings: Settings, dataDir: string, recordingDir: string): BridgeConfig {
  const { mavlink } = settings;
  const signing = signingByLink(settings);
  const links = settings.links.map((url, index): LinkConfig => {
    parseLinkUrl(url);
    const linkId = linkIdAt(index);
    const signed = signing.get(linkId);
    return { linkId, url, ...(signed === undefined ? {} : { signing: signed }) };
  });
  return {
    links,
    systemId: mavlink.systemId,
    componentId: mavlink.componentId,
    lostAfterMs: mavlink.lostAfterMs,
    telemetryRateHz: mavlink.telemetryRateHz,
    recordingDir,
    signingStateFile: join(dataDir, 'signing-time.json'),
    forwards: mavlink.forwards.map(forwardOf),
    elevationDir: mavlink.elevationDir === '' ? null : mavlink.elevationDir,
    px4EventsFile: mavlink.px4EventsFile === '' ? null : mavlink.px4EventsFile,
  };
}

const linkIdAt = (index: number): LinkId => `link-${index + 1}` as LinkId;

const SIGNING_EXAMPLE = 'link-1=required:/etc/airgrid/link-1.key';

function signingByLink(settings: Settings): ReadonlyMap<LinkId, LinkSigningConfig> {
  const { signing, vehicleKeys } = settings.mavlink;
  const known = new Set(settings.links.map((_url, index) => linkIdAt(index)));
  const byLink = new Map<LinkId, LinkSigningConfig>();
  for (const entry of signing) {
    const match = /^(link-\d+)=(required|accepted):(.+?)(:setup)?$/.exec(entry);
    const linkId = match?.[1] as LinkId | undefined;
    const keyFile = match?.[3];
    if (linkId === undefined || keyFile === undefined) throw badSigning(entry, SIGNING_EXAMPLE);
    if (!known.has(linkId) || byLink.has(linkId)) throw unknownLink(entry, [...known]);
    byLink.set(linkId, {
      policy: match?.[2] as SigningPolicy,
      signingLinkId: Number(linkId.slice('link-'.length)) % 256,
      keyFile,
      vehicleKeyFiles: {},
      allowKeySetup: match?.[4] !== undefined,
    });
  }
  for (const entry of vehicleKeys) {
    const match = /^(link-\d+)\/(\d{1,3})=(.+)$/.exec(entry);
    const linkId = match?.[1] as LinkId | undefined;
    const signed = linkId === undefined ? undefined : byLink.get(linkId);
    if (match === null) throw badSigning(entry, 'link-1/7=/etc/airgrid/drone-7.key');
    if (linkId === undefined || signed === undefined) throw unknownLink(entry, [...byLink.keys()]);
    const vehicleKeyFiles = { ...signed.vehicleKeyFiles, [match[2] as string]: match[3] as string };
    byLink.set(linkId, { ...signed, vehicleKeyFiles });
  }
  return byLink;
}

function forwardOf(entry: string, index: number): ForwardConfig {
  const match = /^(udp:\/\/[^?]+)(\?write)?$/.exec(entry);
  if (match?.[1] === undefined) {
    throw new AirgridError(
      'config.forward',
      `The forward "${entry}" cannot be read: it looks like udp://192.168.1.20:14550 or udp://192.168.1.20:14550?write.`,
      { details: { forward: entry } },
    );
  }
  return {
    forwardId: `forward-${index + 1}`,
    url: match[1],
    mode: match[2] === undefined ? 'read-only' : 'read-write',
    showOwnFrames: true,
  };
}

function badSigning(entry: string, example: string): AirgridError {
  return new AirgridError('config.signing', `"${entry}" cannot be read: it looks like ${example}.`, {
    details: { entry },
  });
}

function unknownLink(entry: string, known: readonly string[]): AirgridError {
  const names = known.length === 0 ? 'there is none' : known.join(', ');
  return new AirgridError(
    'config.signing',
    `"${entry}" names no link that can be meant, each once: ${names}.`,
    {
      details: { entry },
    },
  );
}
