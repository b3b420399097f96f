/**
 * A short name for a sequence of numbers: equal sequences have equal names, different ones practically never. FNV-1a
 * (Fowler, Noll, Vo; draft-eastlake-fnv) over 32-bit words in two lanes; not cryptographic. Planning has no crypto of
 * its own, and what is named here is only compared within one server.
 */
export class VersionHash {
  private a = 0x811c9dc5;
  private b = 0x9747b28c;

  /** Adds a number; whole millimetres of any district fit, fractions are kept to a millionth. */
  add(value: number): this {
    const low = Math.trunc(value);
    this.mix(low | 0);
    this.mix(Math.trunc(low / 0x1_0000_0000) | 0);
    const fraction = Math.round((value - low) * 1e6);
    if (fraction !== 0) this.mix(fraction);
    return this;
  }

  addText(text: string): this {
    for (let i = 0; i < text.length; i++) this.mix(text.charCodeAt(i));
    this.mix(-1);
    return this;
  }

  /** Sixteen hexadecimal digits. */
  digest(): string {
    return hex(this.a) + hex(this.b);
  }

  private mix(word: number): void {
    this.a = Math.imul(this.a ^ word, 0x01000193);
    this.a ^= this.a >>> 15;
    this.b = Math.imul(this.b ^ word, 0x85ebca6b);
    this.b ^= this.b >>> 13;
  }
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
