/** Bytes to text in the encodings that grid files come in. TextDecoder is part of the language environment, not of Node. */

/** Names as .cpg files and XML declarations write them, to labels of the Encoding Standard. GB18030 holds GBK and GB2312. */
const LABELS: readonly (readonly [RegExp, string])[] = [
  [/^(utf-?8|65001|unicode)$/i, 'utf-8'],
  [
    /^((cp|ansi|ms|oem|windows-?)?\s*936|gbk|gb-?2312|gb-?18030|euc-?cn|54936|simplified ?chinese)$/i,
    'gb18030',
  ],
  [/^((cp|ansi|ms|oem|windows-?)?\s*950|big-?5)$/i, 'big5'],
  [/^((cp|ansi|windows-?)?\s*1252|iso-?8859-?1|8859-?1|88591|latin-?1)$/i, 'windows-1252'],
  [/^utf-?16(le)?$/i, 'utf-16le'],
  [/^utf-?16be$/i, 'utf-16be'],
];

/** The decoder's label for a name from a file; `null` for one that is not known. */
export function encodingLabel(name: string): string | null {
  const trimmed = name
    .replace(/^\uFEFF/, '')
    .replaceAll('\0', '')
    .trim();
  return LABELS.find(([pattern]) => pattern.test(trimmed))?.[1] ?? null;
}

/** True when the bytes are UTF-8, allowing that the last character was cut by a field's width. */
export function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    // The decoder's only way to say no.
    return false;
  }
}

/** True when every byte is ASCII: then every encoding here reads the same. */
export function isAscii(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte > 0x7f) return false;
  return true;
}

export interface DecodedText {
  readonly text: string;
  readonly encoding: string;
}

/**
 * The text of a whole file: byte order mark first, then the encoding of an XML declaration, then UTF-8 when it is
 * valid, then GB18030 (what Chinese Windows programs write without saying so).
 */
export function decodeText(bytes: Uint8Array): DecodedText {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return decodeAs(bytes.subarray(3), 'utf-8');
  if (a === 0xff && b === 0xfe) return decodeAs(bytes.subarray(2), 'utf-16le');
  if (a === 0xfe && b === 0xff) return decodeAs(bytes.subarray(2), 'utf-16be');
  if (isUtf8(bytes)) return decodeAs(bytes, 'utf-8');
  const head = new TextDecoder('windows-1252').decode(bytes.subarray(0, 200));
  const declared = /^\s*<\?xml[^>]*encoding\s*=\s*["']([^"']+)["']/.exec(head)?.[1];
  const label = declared === undefined ? null : encodingLabel(declared);
  // A declared UTF-8 that is none was saved by a Chinese editor.
  return decodeAs(bytes, label === null || label === 'utf-8' ? 'gb18030' : label);
}

function decodeAs(bytes: Uint8Array, encoding: string): DecodedText {
  return { text: new TextDecoder(encoding).decode(bytes), encoding };
}

/** A name inside a zip without the UTF-8 flag comes as one character per byte; Chinese Windows wrote GBK there. */
export function decodeZipName(name: string): string {
  const codes = Array.from(name, (character) => character.codePointAt(0) ?? 0);
  if (codes.every((code) => code < 0x80) || codes.some((code) => code > 0xff)) return name;
  const bytes = Uint8Array.from(codes);
  return new TextDecoder(isUtf8(bytes) ? 'utf-8' : 'gb18030').decode(bytes);
}
