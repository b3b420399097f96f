/** What became of some bytes. */
export interface Damage {
  readonly bytes: Buffer;
  readonly bitsFlipped: number;
  readonly bytesLost: number;
  readonly bytesInserted: number;
}

const MOST_BITS = 3;

/** A copy of `bytes` with one to three bits flipped; a checksum notices every such change (CRC-16, three bits). */
export function flipBits(bytes: Buffer, random: () => number): Damage {
  if (bytes.length === 0) return { bytes, bitsFlipped: 0, bytesLost: 0, bytesInserted: 0 };
  const damaged = Buffer.from(bytes);
  const places = new Set<number>();
  const wanted = Math.min(1 + Math.floor(random() * MOST_BITS), bytes.length * 8);
  // Distinct places: the same bit twice would leave the bytes as they were.
  while (places.size < wanted) places.add(Math.floor(random() * bytes.length * 8));
  for (const place of places) {
    const at = place >> 3;
    damaged[at] = (damaged[at] ?? 0) ^ (1 << (place & 7));
  }
  return { bytes: damaged, bitsFlipped: places.size, bytesLost: 0, bytesInserted: 0 };
}

/** As a UART that misses a start bit, or sees one in noise: single bytes vanish, random ones appear. */
export function slipBytes(
  bytes: Buffer,
  lossFraction: number,
  insertFraction: number,
  random: () => number,
): Damage {
  const out: number[] = [];
  let bytesLost = 0;
  let bytesInserted = 0;
  for (const byte of bytes) {
    if (insertFraction > 0 && random() < insertFraction) {
      out.push(Math.floor(random() * 256));
      bytesInserted += 1;
    }
    if (lossFraction > 0 && random() < lossFraction) bytesLost += 1;
    else out.push(byte);
  }
  return { bytes: Buffer.from(out), bitsFlipped: 0, bytesLost, bytesInserted };
}
