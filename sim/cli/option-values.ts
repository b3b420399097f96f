import { InvalidArgumentError } from 'commander';
import { FLAVOURS, type Flavour } from '../vehicle/create-vehicle.ts';

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** A number option that says what is allowed when it is wrong. */
export function within(min: number, max: number, whole = false): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= min && value <= max && (!whole || Number.isInteger(value)))
      return value;
    throw new InvalidArgumentError(
      `Allowed is ${whole ? 'a whole number' : 'a number'} from ${min} to ${max}.`,
    );
  };
}

export const anySeed = within(0, 2 ** 32 - 1, true);

/** `udp://HOST:PORT`. */
export function parseTarget(text: string): HostAndPort {
  const parsed = parseHostAndPort(/^udp:\/\/([^:/\s]+):(\d+)$/.exec(text), 1);
  if (parsed !== null) return parsed;
  throw new InvalidArgumentError('Allowed is udp://HOST:PORT with a port from 1 to 65535.');
}

/** As `parseTarget`, or `none` (a word, not null: commander makes an empty text of null). */
export function parseOptionalTarget(text: string): HostAndPort | 'none' {
  return text === 'none' ? text : parseTarget(text);
}

/** `HOST:PORT`, or `tcp://HOST:PORT`. */
export function parseTcp(text: string): HostAndPort {
  const parsed = parseHostAndPort(/^(?:tcp:\/\/)?([^:/\s]+):(\d+)$/.exec(text), 1);
  if (parsed !== null) return parsed;
  throw new InvalidArgumentError('Allowed is HOST:PORT with a port from 1 to 65535.');
}

/** `PORT` on 127.0.0.1, or `HOST:PORT`; port 0 is a free one. */
export function parseListen(text: string): HostAndPort {
  const parsed = parseHostAndPort(/^(?:([^:/\s]+):)?(\d+)$/.exec(text), 0);
  if (parsed !== null) return parsed;
  throw new InvalidArgumentError('Allowed is PORT or HOST:PORT with a port from 0 to 65535.');
}

function parseHostAndPort(match: RegExpExecArray | null, least: number): HostAndPort | null {
  if (match === null) return null;
  const [, host = '127.0.0.1', port = ''] = match;
  return Number(port) >= least && Number(port) <= 65_535 ? { host, port: Number(port) } : null;
}

/**
 * Flavours of the aircraft in their order: `copter`, a list `copter,px4,copter`, or with numbers `copter:4,px4:2`.
 * One alone without a number is for all of them.
 */
export function parseFlavours(text: string): readonly Flavour[] {
  const parts = text.split(',').map((part) => {
    const match = /^([a-z0-9]+)(?::([1-9]\d{0,2}))?$/.exec(part.trim());
    const flavour = FLAVOURS.find((known) => known === match?.[1]);
    if (flavour === undefined) {
      throw new InvalidArgumentError(
        `Allowed are ${FLAVOURS.join(', ')}, each with a number if you like: ${FLAVOURS[0]}:4.`,
      );
    }
    return new Array<Flavour>(Number(match?.[2] ?? 1)).fill(flavour);
  });
  return parts.flat();
}
