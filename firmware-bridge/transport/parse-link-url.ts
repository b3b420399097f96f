import { BridgeError } from '../bridge-error.ts';

/** Where a link leads, read from its URL. */
export type LinkAddress =
  | { readonly kind: 'udp-listen'; readonly host: string; readonly port: number }
  | { readonly kind: 'udp'; readonly host: string; readonly port: number }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'tcp-listen'; readonly host: string; readonly port: number }
  | { readonly kind: 'serial'; readonly path: string; readonly baudRate: number };

const ALLOWED =
  'Allowed are udp-listen://0.0.0.0:14550, udp://host:port, tcp://host:port, tcp-listen://0.0.0.0:5760 and serial:///dev/ttyUSB0?baud=57600.';
const DEFAULT_BAUD_RATE = 57_600;
const MIN_BAUD_RATE = 1_200;
const MAX_BAUD_RATE = 4_000_000;

/** @throws BridgeError `config.link-url`: names what is wrong and what is allowed. */
export function parseLinkUrl(url: string): LinkAddress {
  const scheme = /^([a-z-]+):\/\//.exec(url)?.[1];
  if (scheme === 'serial') return parseSerial(url);
  switch (scheme) {
    case 'udp-listen':
    case 'udp':
    case 'tcp-listen':
    case 'tcp':
      return parseNetwork(url, scheme);
  }
  throw refuse(
    url,
    scheme === undefined ? 'it does not begin with a known scheme' : `the scheme ${scheme} is not known`,
  );
}

function parseNetwork(url: string, kind: 'udp-listen' | 'udp' | 'tcp-listen' | 'tcp'): LinkAddress {
  const rest = url.slice(kind.length + 3);
  if (/[/?#@\s]/.test(rest)) throw refuse(url, 'only host and port may follow the scheme');
  if (/^[0-9a-fA-F]*:[0-9a-fA-F:]*:/.test(rest))
    throw refuse(url, 'an IPv6 address stands in brackets: udp://[::1]:14550');
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*))(?::(.*))?$/.exec(rest);
  const host = match?.[1] ?? match?.[2] ?? '';
  const portText = match?.[3];
  if (match === null) throw refuse(url, 'host and port cannot be read');
  if (host === '') throw refuse(url, 'the host is missing');
  if (portText === undefined || portText === '') throw refuse(url, 'the port is missing');
  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : Number.NaN;
  // Port 0 lets the system choose one; tests listen so. Nothing can be sent to it.
  const lowest = kind === 'udp-listen' || kind === 'tcp-listen' ? 0 : 1;
  if (!(port >= lowest && port <= 65_535)) throw refuse(url, `the port ${portText} is not within 1–65535`);
  return { kind, host, port };
}

function parseSerial(url: string): LinkAddress {
  const [path = '', query = ''] = url.slice('serial://'.length).split(/\?(.*)/s, 2);
  if (path === '' || path === '/') {
    throw refuse(url, 'the device is missing (three slashes: serial:///dev/ttyUSB0)');
  }
  const isWindowsPort = /^\/?COM\d+$/i.test(path);
  if (!path.startsWith('/') && !isWindowsPort) {
    throw refuse(url, 'the device path must be absolute (three slashes: serial:///dev/ttyUSB0)');
  }
  const parameters = new URLSearchParams(query);
  for (const name of parameters.keys()) {
    if (name !== 'baud') throw refuse(url, `the parameter ${name} is not known, only baud is`);
  }
  const baudText = parameters.get('baud') ?? String(DEFAULT_BAUD_RATE);
  const baudRate = /^\d+$/.test(baudText) ? Number(baudText) : Number.NaN;
  if (!(baudRate >= MIN_BAUD_RATE && baudRate <= MAX_BAUD_RATE)) {
    throw refuse(url, `the baud rate ${baudText} is not within ${MIN_BAUD_RATE}–${MAX_BAUD_RATE}`);
  }
  return { kind: 'serial', path: isWindowsPort ? path.replace(/^\//, '') : decodeURI(path), baudRate };
}

function refuse(url: string, why: string): BridgeError {
  return new BridgeError('config.link-url', `The link "${url}" cannot be used: ${why}. ${ALLOWED}`, { url });
}
