const scratch = Buffer.alloc(4);

/** The float whose bits are this integer. Bits of a NaN survive: they are never computed with. */
export function floatOfBits(integer: number): number {
  scratch.writeInt32LE(integer);
  return scratch.readFloatLE();
}

/** The integer that has the bits of this float. */
export function bitsOfFloat(float: number): number {
  scratch.writeFloatLE(float);
  return scratch.readInt32LE();
}
