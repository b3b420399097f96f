import { readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';

/**
 * Datagrams that Linux threw away because nobody had read the ones before them: last column of /proc/net/udp
 * (proc(5); net/ipv4/udp.c `udp4_format_sock`). Null elsewhere, and for a socket that is not listed.
 */
export function kernelDrops(address: string, port: number): number | null {
  try {
    const table = readFileSync(isIPv6(address) ? '/proc/net/udp6' : '/proc/net/udp', 'latin1');
    return dropsIn(table, address, port);
  } catch {
    return null;
  }
}

/** The figure for one socket in the text of /proc/net/udp or udp6. */
export function dropsIn(table: string, address: string, port: number): number | null {
  const portHex = port.toString(16).toUpperCase().padStart(4, '0');
  const wanted = isIPv6(address) ? null : `${ipv4Hex(address)}:${portHex}`;
  for (const line of table.split('\n').slice(1)) {
    const columns = line.trim().split(/\s+/);
    const local = columns[1] ?? '';
    // An IPv6 address has many spellings: two of them on one port would share a figure.
    if (wanted === null ? local.endsWith(`:${portHex}`) : local === wanted) return Number(columns.at(-1));
  }
  return null;
}

/** The kernel prints the address as one little-endian number. */
function ipv4Hex(address: string): string {
  return address
    .split('.')
    .toReversed()
    .map((byte) => Number(byte).toString(16).toUpperCase().padStart(2, '0'))
    .join('');
}
