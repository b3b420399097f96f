/**
 * A strict reader of DataFlash logs for tests, written from the format's description (ardupilot.org, "Log format" and
 * AP_Logger README), apart from the writer: it believes nothing but the FMT messages in the file. Any byte that does
 * not belong to a message it refuses.
 */
export interface DataflashMessage {
  readonly name: string;
  readonly fields: Readonly<Record<string, number | string>>;
}

interface Format {
  readonly name: string;
  readonly length: number;
  readonly kinds: string;
  readonly labels: readonly string[];
}

const SIZE: Readonly<Record<string, number>> = {
  b: 1,
  B: 1,
  M: 1,
  h: 2,
  H: 2,
  c: 2,
  C: 2,
  i: 4,
  I: 4,
  e: 4,
  E: 4,
  L: 4,
  f: 4,
  n: 4,
  d: 8,
  q: 8,
  Q: 8,
  N: 16,
  Z: 64,
};
/** Everything starts from knowing this one. */
const FMT: Format = {
  name: 'FMT',
  length: 89,
  kinds: 'BBnNZ',
  labels: ['Type', 'Length', 'Name', 'Format', 'Columns'],
};

/** @throws Error with the place of the first byte that is wrong */
export function readDataflash(bytes: Buffer): readonly DataflashMessage[] {
  const formats = new Map<number, Format>([[128, FMT]]);
  const messages: DataflashMessage[] = [];
  const described = new Set<number>();
  let at = 0;
  while (at < bytes.length) {
    if (bytes[at] !== 0xa3 || bytes[at + 1] !== 0x95) throw new Error(`no message at byte ${at}`);
    const type = bytes.readUInt8(at + 2);
    const format = formats.get(type);
    if (format === undefined) throw new Error(`type ${type} at byte ${at} has no format`);
    if (at + format.length > bytes.length) throw new Error(`the message at byte ${at} is cut off`);
    const fields = readFields(bytes, at + 3, format);
    if (format.name === 'FMT') {
      const read = formatOf(fields);
      formats.set(Number(fields.Type), read);
    }
    if (format.name === 'FMTU') described.add(Number(fields.FmtType));
    messages.push({ name: format.name, fields });
    at += format.length;
  }
  for (const [type, { name }] of formats) {
    if (!described.has(type)) throw new Error(`${name} has no units`);
  }
  return messages;
}

function formatOf(fields: DataflashMessage['fields']): Format {
  const kinds = String(fields.Format);
  const labels = String(fields.Columns).split(',');
  const name = String(fields.Name);
  const length = [...kinds].reduce((sum, kind) => sum + (SIZE[kind] ?? Number.NaN), 3);
  if (labels.length !== kinds.length)
    throw new Error(`${name}: ${labels.length} labels for ${kinds.length} fields`);
  if (length !== fields.Length)
    throw new Error(`${name}: ${String(fields.Length)} bytes told, ${length} in its fields`);
  return { name, length, kinds, labels };
}

function readFields(bytes: Buffer, from: number, { kinds, labels }: Format): Record<string, number | string> {
  const fields: Record<string, number | string> = {};
  let at = from;
  for (const [index, kind] of [...kinds].entries()) {
    fields[labels[index] ?? ''] = readField(bytes, at, kind);
    at += SIZE[kind] ?? Number.NaN;
  }
  return fields;
}

function readField(bytes: Buffer, at: number, kind: string): number | string {
  switch (kind) {
    case 'b':
      return bytes.readInt8(at);
    case 'B':
    case 'M':
      return bytes.readUInt8(at);
    case 'h':
      return bytes.readInt16LE(at);
    case 'H':
      return bytes.readUInt16LE(at);
    case 'c':
      return bytes.readInt16LE(at) / 100;
    case 'C':
      return bytes.readUInt16LE(at) / 100;
    case 'i':
      return bytes.readInt32LE(at);
    case 'I':
      return bytes.readUInt32LE(at);
    case 'e':
      return bytes.readInt32LE(at) / 100;
    case 'E':
      return bytes.readUInt32LE(at) / 100;
    case 'L':
      return bytes.readInt32LE(at) / 1e7;
    case 'f':
      return bytes.readFloatLE(at);
    case 'd':
      return bytes.readDoubleLE(at);
    case 'Q':
      return Number(bytes.readBigUInt64LE(at));
    case 'n':
    case 'N':
    case 'Z':
      return bytes.toString('latin1', at, at + (SIZE[kind] ?? 0)).replace(/\0+$/, '');
    default:
      throw new Error(`a field of kind ${kind}`);
  }
}
