import { textOf } from '../codec/decoder.ts';

/**
 * Names and notes from devices, fit to be shown: UTF-8 (GB names included where a vendor sends UTF-8), without
 * control characters and without the marks that turn or hide what follows them (bidirectional overrides, zero-width
 * characters), cut to a length. A page still has to escape it.
 */
const REPLACEMENT = /�+/g;

/** @param bytes a `uint8_t[]` field, or a `char[]` field as the library reads it. Ends at the first zero. */
export function cleanText(bytes: readonly number[] | string, maxLength: number): string | null {
  const latin1 = typeof bytes === 'string' ? bytes : String.fromCharCode(...bytes.map((byte) => byte & 0xff));
  const end = latin1.indexOf('\0');
  return tidyText(textOf(end < 0 ? latin1 : latin1.slice(0, end)), maxLength);
}

/** Of text that is Unicode already. Null: nothing readable in it. */
export function tidyText(text: string, maxLength: number): string | null {
  const tidy = text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(/[\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu, '')
    .replace(REPLACEMENT, '�')
    .replace(/\s+/gu, ' ')
    .trim();
  if (tidy.replace(REPLACEMENT, '').trim() === '') return null;
  const points = [...tidy];
  return points.length <= maxLength ? tidy : `${points.slice(0, maxLength - 1).join('')}…`;
}
