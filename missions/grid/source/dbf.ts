import { encodingLabel, isAscii, isUtf8 } from './text-bytes.ts';

/**
 * dBASE tables as Shapefiles have them. Our own reader, because what matters here is where others are lax: GBK by
 * .cpg or by trial, characters cut by the field's width, long numbers kept digit by digit, truncation told.
 */
export type DbfReading =
  | {
      readonly kind: 'table';
      readonly rows: readonly Readonly<Record<string, unknown>>[];
      /** Index of rows that are marked as deleted. */
      readonly deleted: ReadonlySet<number>;
      readonly encoding: string;
      /** How the encoding was found; `contradicted`: the text is none in the stated one. */
      readonly encodingBy: 'stated' | 'guessed' | 'ascii' | 'contradicted';
      readonly unreadableValues: number;
    }
  | { readonly kind: 'bad'; readonly reason: string };

interface Field {
  readonly nameBytes: Uint8Array;
  readonly type: string;
  readonly offset: number;
  readonly length: number;
}

const HEADER_BYTES = 32;
/** dBASE language drivers (byte 29) that say something about Chinese text: 936 and 950 of DOS and Windows. */
const DRIVERS: Readonly<Record<number, string>> = { 77: 'gb18030', 122: 'gb18030', 120: 'big5', 79: 'big5' };

/** Reads a table. `statedEncoding` is the text of the .cpg or what the user says; `null` when nobody says anything. */
export function readDbf(bytes: Uint8Array, statedEncoding: string | null): DbfReading {
  if (bytes.byteLength === 0) return { kind: 'bad', reason: 'The file is empty (0 bytes).' };
  if (bytes.byteLength < HEADER_BYTES + 1) return { kind: 'bad', reason: 'The file ends inside its header.' };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records = view.getUint32(4, true);
  const headerLength = view.getUint16(8, true);
  const recordLength = view.getUint16(10, true);
  const fields = readFields(bytes, headerLength);
  const width = fields.reduce((sum, field) => sum + field.length, 1);
  if (fields.length === 0 || recordLength < width || headerLength > bytes.byteLength) {
    return { kind: 'bad', reason: 'The header is damaged: its fields do not fit its records.' };
  }
  const needed = headerLength + records * recordLength;
  if (needed > bytes.byteLength) {
    const whole = Math.floor((bytes.byteLength - headerLength) / recordLength);
    return {
      kind: 'bad',
      reason: `The file is cut off: ${records} records are announced, ${whole} are there.`,
    };
  }
  const texts = [
    ...fields.map((field) => field.nameBytes),
    ...rawTexts(bytes, fields, records, headerLength, recordLength),
  ];
  const { encoding, by } = chooseEncoding(texts, statedEncoding, DRIVERS[view.getUint8(29)] ?? null);
  const decoder = new TextDecoder(encoding);
  let unreadableValues = 0;
  const decode = (raw: Uint8Array): string => {
    // What is left of a character that the width cut through is no character.
    const value = decoder.decode(raw).replace(/\uFFFD{1,3}$/, '');
    if (value.includes('\uFFFD')) unreadableValues++;
    return value;
  };
  const names = uniqueNames(fields.map((field) => decode(field.nameBytes)));
  const deleted = new Set<number>();
  const rows: Record<string, unknown>[] = [];
  for (let i = 0; i < records; i++) {
    const start = headerLength + i * recordLength;
    if (bytes[start] === 0x2a) deleted.add(i);
    const row: Record<string, unknown> = {};
    fields.forEach((field, k) => {
      const raw = trimmed(bytes.subarray(start + field.offset, start + field.offset + field.length));
      const value = readValue(field.type, raw, decode);
      // A heading such as "__proto__" must stay data.
      Object.defineProperty(row, names[k] ?? '', {
        value,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    });
    rows.push(row);
  }
  return { kind: 'table', rows, deleted, encoding, encodingBy: by, unreadableValues };
}

function readFields(bytes: Uint8Array, headerLength: number): Field[] {
  const fields: Field[] = [];
  let offset = 1;
  for (
    let at = HEADER_BYTES;
    at + 32 <= Math.min(headerLength, bytes.byteLength) && bytes[at] !== 0x0d;
    at += 32
  ) {
    const name = bytes.subarray(at, at + 11);
    const end = name.indexOf(0);
    const type = String.fromCharCode(bytes[at + 11] ?? 0);
    // Visual FoxPro and Clipper put the high byte of a wide character field where the decimals are.
    const length = (bytes[at + 16] ?? 0) + (type === 'C' ? (bytes[at + 17] ?? 0) * 256 : 0);
    fields.push({ nameBytes: end < 0 ? name : name.subarray(0, end), type, offset, length });
    offset += length;
  }
  return fields;
}

function* rawTexts(
  bytes: Uint8Array,
  fields: readonly Field[],
  records: number,
  headerLength: number,
  recordLength: number,
): Generator<Uint8Array> {
  for (let i = 0; i < records; i++) {
    const start = headerLength + i * recordLength;
    for (const field of fields) {
      if (field.type !== 'C') continue;
      yield trimmed(bytes.subarray(start + field.offset, start + field.offset + field.length));
    }
  }
}

function chooseEncoding(
  texts: readonly Uint8Array[],
  stated: string | null,
  driver: string | null,
): { encoding: string; by: 'stated' | 'guessed' | 'ascii' | 'contradicted' } {
  const telling = texts.filter((text) => !isAscii(text));
  const label = (stated === null ? null : encodingLabel(stated)) ?? driver;
  if (telling.length === 0) return { encoding: label ?? 'utf-8', by: 'ascii' };
  const utf8 = telling.every(isUtf8);
  if (label === null) return { encoding: utf8 ? 'utf-8' : 'gb18030', by: 'guessed' };
  if (label === 'utf-8' && !utf8) return { encoding: 'gb18030', by: 'contradicted' };
  // Chinese text in GBK is hardly ever valid UTF-8 by chance, and not over several values.
  if (label !== 'utf-8' && utf8 && telling.length >= 3) return { encoding: 'utf-8', by: 'contradicted' };
  return { encoding: label, by: 'stated' };
}

function readValue(type: string, raw: Uint8Array, decode: (raw: Uint8Array) => string): unknown {
  const text = decode(raw);
  if (text === '') return null;
  switch (type) {
    case 'N':
    case 'F': {
      if (/^\*+$/.test(text)) return null;
      const number = Number(text);
      // Identity and telephone numbers with more digits than a double holds stay text.
      return Number.isFinite(number) && text.replace(/\D/g, '').length <= 15 ? number : text;
    }
    case 'L':
      return /^[YyTt]$/.test(text) ? true : /^[NnFf]$/.test(text) ? false : null;
    case 'D':
      return /^\d{8}$/.test(text) ? `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}` : text;
    default:
      return text;
  }
}

/** Without blanks and NULs at either end. */
function trimmed(raw: Uint8Array): Uint8Array {
  let from = 0;
  let to = raw.length;
  while (from < to && (raw[from] === 0x20 || raw[from] === 0)) from++;
  while (to > from && (raw[to - 1] === 0x20 || raw[to - 1] === 0)) to--;
  return raw.subarray(from, to);
}

/** Headings cut to ten bytes may collide: the second 网格员 becomes 网格员_1, as GIS programs do. */
function uniqueNames(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return count === 0 ? name : `${name}_${count}`;
  });
}
