import { isIPv4, isIPv6 } from 'node:net';
import type { StreamUri, StreamUriProblem } from './state.ts';
import { tidyText } from './text.ts';

/**
 * VIDEO_STREAM_INFORMATION.uri is what a stranger on the radio would like us to open. Only streaming schemes, no
 * user names or passwords, no control characters, bounded; and no address by which our own machines would be
 * reached in the camera's name (this host, link-local and the cloud's metadata service, multicast and broadcast),
 * unless the installation allows it. A host name is not looked up here: whoever opens the stream has to judge the
 * address that it resolves to with `judgeAddress` again.
 */
export interface StreamPolicy {
  /** Addresses of this machine (127.0.0.0/8, ::1, localhost): a camera proxy on the same host. */
  readonly allowLoopback: boolean;
  /** 169.254.0.0/16, fe80::/10: a camera plugged in directly. The metadata addresses stay refused. */
  readonly allowLinkLocal: boolean;
  readonly allowMulticast: boolean;
}

export const STRICT_STREAM_POLICY: StreamPolicy = {
  allowLoopback: false,
  allowLinkLocal: false,
  allowMulticast: false,
};

/** VIDEO_STREAM_TYPE: what a bare port number means. */
const TYPE_SCHEMES: Readonly<Record<number, string>> = { 1: 'rtp', 3: 'udp' };
const SCHEMES = new Set(['rtsp:', 'rtsps:', 'rtp:', 'srtp:', 'udp:', 'tcp:', 'mpegts:', 'srt:']);
const LISTENING = new Set(['udp:', 'rtp:', 'srtp:', 'mpegts:']);
/** Names under which cameras take a password in the address. */
const SECRET_KEY = /^(user(name)?|usr|pass(word|wd)?|pwd|auth|token|key|secret)$/i;
/** The field holds 160 bytes. */
const MAX_LENGTH = 160;
const SHOWN_LENGTH = 80;
const METADATA = new Set(['169.254.169.254', '169.254.170.2', '100.100.100.200', 'fd00:ec2::254']);
const HOST_NAME =
  /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** @param raw as received, already Unicode; @param streamType VIDEO_STREAM_TYPE */
export function judgeStreamUri(raw: string, streamType: number, policy: StreamPolicy): StreamUri {
  const text = raw.replace(/\0.*$/s, '');
  if (text.trim() === '') return { kind: 'none' };
  const refused = (reason: StreamUriProblem): StreamUri => ({
    kind: 'refused',
    reason,
    shown: withoutCredentials(tidyText(text, SHOWN_LENGTH) ?? '…'),
  });
  if (text.length > MAX_LENGTH) return refused('too-long');
  if (/[\p{Cc}\p{Cf}\s�\\]/u.test(text)) return refused('not-text');
  // RTP and MPEG-TS over UDP: the port on which a ground station listens.
  if (/^\d{1,5}$/.test(text)) {
    const scheme = TYPE_SCHEMES[streamType];
    const port = Number(text);
    if (scheme === undefined) return refused('not-a-uri');
    if (port < 1 || port > 65_535) return refused('port');
    return { kind: 'usable', uri: `${scheme}://0.0.0.0:${port}`, credentialsRemoved: false };
  }
  const parts = /^([a-z][a-z0-9+.-]*:)\/\/([^/?#]*)([/?#].*)?$/i.exec(text);
  if (parts === null) return refused('not-a-uri');
  const scheme = (parts[1] ?? '').toLowerCase();
  if (!SCHEMES.has(scheme)) return refused('scheme');
  const authority = parts[2] ?? '';
  const at = authority.lastIndexOf('@');
  const place = splitHost(authority.slice(at + 1));
  if (place === null) return refused('host');
  const port = place.port === null ? null : Number(place.port);
  if (port !== null && (port < 1 || port > 65_535)) return refused('port');
  const host = asHost(place.host);
  if (host === null) return refused('host');
  // "Listen on this port": nothing is called.
  const isListening = host === '0.0.0.0' && LISTENING.has(scheme);
  const problem = isListening ? null : judgeAddress(host, policy);
  if (problem !== null) return refused(problem);
  const shownHost = isIPv6(host) ? `[${host}]` : host;
  const rest = withoutSecrets(parts[3] ?? '');
  const uri = `${scheme}//${shownHost}${port === null ? '' : `:${port}`}${rest.text}`;
  return { kind: 'usable', uri, credentialsRemoved: at >= 0 || rest.removed };
}

/** Null: may be connected to. Also for addresses that a name was resolved to. */
export function judgeAddress(host: string, policy: StreamPolicy): StreamUriProblem | null {
  const bare = host.toLowerCase();
  if (METADATA.has(bare) || bare === 'metadata.google.internal') return 'link-local';
  if (bare === 'localhost' || bare.endsWith('.localhost')) return policy.allowLoopback ? null : 'loopback';
  if (isIPv4(bare)) {
    const [a = 0, b = 0] = bare.split('.').map(Number);
    if (a === 127 || a === 0) return policy.allowLoopback && a === 127 ? null : 'loopback';
    if (a === 169 && b === 254) return policy.allowLinkLocal ? null : 'link-local';
    if (a >= 224) return policy.allowMulticast && a < 240 ? null : 'multicast';
    return null;
  }
  if (!isIPv6(bare)) return null;
  const words = ipv6Words(asHost(`[${bare}]`) ?? bare);
  const mapped = embeddedIpv4(words);
  if (mapped !== null) return judgeAddress(mapped, policy);
  const first = words[0] ?? 0;
  const isLow = words.slice(0, 7).every((word) => word === 0);
  if (isLow && (words[7] ?? 0) <= 1) return policy.allowLoopback && words[7] === 1 ? null : 'loopback';
  if ((first & 0xffc0) === 0xfe80) return policy.allowLinkLocal ? null : 'link-local';
  if ((first & 0xff00) === 0xff00) return policy.allowMulticast ? null : 'multicast';
  return null;
}

function splitHost(hostPort: string): { readonly host: string; readonly port: string | null } | null {
  const parts = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/i.exec(hostPort);
  return parts === null ? null : { host: parts[1] ?? '', port: parts[2] ?? null };
}

/**
 * A host as one canonical spelling, so that 2130706433, 0x7f.1 and 127.0.0.1 are one; null: none. The URL parser
 * knows all of them for special schemes only, hence the detour over http.
 */
function asHost(host: string): string | null {
  // Percent signs would be decoded by the parser, and names beyond ASCII look like other names.
  if (/[^a-z0-9.:[\]-]/i.test(host)) return null;
  let canonical: string;
  try {
    canonical = new URL(`http://${host}/`).hostname;
  } catch {
    return null;
  }
  const bare = canonical.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  return isIPv4(bare) || isIPv6(bare) || HOST_NAME.test(bare) ? bare : null;
}

function ipv6Words(address: string): readonly number[] {
  const [head = '', tail] = address.split('::');
  const words = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((word) => Number.parseInt(word, 16));
  const before = words(head);
  const after = tail === undefined ? [] : words(tail);
  const gap = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...new Array<number>(Math.max(0, gap)).fill(0), ...after];
}

/** ::ffff:a.b.c.d, ::a.b.c.d and 64:ff9b::a.b.c.d, which are IPv4 under another name. */
function embeddedIpv4(words: readonly number[]): string | null {
  const zeros = (from: number, to: number): boolean => words.slice(from, to).every((word) => word === 0);
  const isMapped = zeros(0, 5) && words[5] === 0xffff;
  const isCompatible = zeros(0, 6) && (words[6] ?? 0) !== 0;
  const isTranslated = words[0] === 0x64 && words[1] === 0xff9b && zeros(2, 6);
  if (!isMapped && !isCompatible && !isTranslated) return null;
  const [high = 0, low = 0] = words.slice(6);
  return `${high >> 8}.${high & 0xff}.${low >> 8}.${low & 0xff}`;
}

/** Path and query; `?user=…&password=…` is as much a credential as `user:password@`. A fragment says nothing here. */
function withoutSecrets(rest: string): { readonly text: string; readonly removed: boolean } {
  const [pathAndQuery = ''] = rest.split('#');
  const mark = pathAndQuery.indexOf('?');
  if (mark < 0) return { text: pathAndQuery, removed: false };
  const pairs = pathAndQuery.slice(mark + 1).split('&');
  const kept = pairs.filter((pair) => !SECRET_KEY.test(pair.split('=')[0] ?? ''));
  const query = kept.length === 0 ? '' : `?${kept.join('&')}`;
  return { text: pathAndQuery.slice(0, mark) + query, removed: kept.length < pairs.length };
}

function withoutCredentials(shown: string): string {
  return shown.replace(/\/\/[^/?#]*@/, '//').replace(/\?.*$/, '');
}
