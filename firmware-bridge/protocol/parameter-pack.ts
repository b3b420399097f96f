import { MAX_NAME_LENGTH, type Parameter, type ParameterType } from './parameter-codec.ts';

/**
 * ArduPilot's packed parameter file, `@PARAM/param.pck` (AP_Filesystem_Param):
 * header: magic 0x671b (0x671c with default values), number in this file, total number, each uint16 little-endian.
 * per parameter: type (low 4 bits: 1 int8, 2 int16, 3 int32, 4 float) and flags (high 4 bits: 1 a default value
 * follows), number of leading characters shared with the name before (low 4 bits) and of own characters minus one
 * (high 4 bits), own characters, value, default value. Zero bytes before an entry are padding.
 */
const MAGIC = 0x671b;
const MAGIC_WITH_DEFAULTS = 0x671c;
const HEADER_BYTES = 6;

export type PackResult =
  | { readonly kind: 'ok'; readonly parameters: readonly Parameter[] }
  /** Cut short, or shifted: nothing of it is to be trusted. */
  | { readonly kind: 'damaged'; readonly why: string };

const TYPES: Readonly<Record<number, { type: ParameterType; bytes: number }>> = {
  1: { type: 'int8', bytes: 1 },
  2: { type: 'int16', bytes: 2 },
  3: { type: 'int32', bytes: 4 },
  4: { type: 'float', bytes: 4 },
};

export function readParameterPack(file: Uint8Array): PackResult {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (bytes.length < HEADER_BYTES) return { kind: 'damaged', why: 'shorter than its header' };
  const magic = bytes.readUInt16LE(0);
  if (magic !== MAGIC && magic !== MAGIC_WITH_DEFAULTS) {
    return { kind: 'damaged', why: `begins with 0x${magic.toString(16)}` };
  }
  const count = bytes.readUInt16LE(2);
  const total = bytes.readUInt16LE(4);
  const parameters = new Map<string, Parameter>();
  let name = '';
  let at = HEADER_BYTES;
  while (at < bytes.length) {
    if (bytes[at] === 0) {
      at++;
      continue;
    }
    const [kind = 0, lengths = 0] = [bytes[at], bytes[at + 1]];
    const format = TYPES[kind & 0x0f];
    if (format === undefined) return { kind: 'damaged', why: `type ${kind & 0x0f} at byte ${at}` };
    const shared = lengths & 0x0f;
    const own = (lengths >> 4) + 1;
    const valueAt = at + 2 + own;
    const end = valueAt + format.bytes * ((kind & 0x10) === 0 ? 1 : 2);
    if (end > bytes.length) return { kind: 'damaged', why: `ends inside the entry at byte ${at}` };
    if (shared > name.length) return { kind: 'damaged', why: `name at byte ${at} shares more than there is` };
    name = name.slice(0, shared) + bytes.toString('latin1', at + 2, valueAt);
    if (!/^[A-Za-z0-9_]+$/.test(name) || name.length > MAX_NAME_LENGTH) {
      return { kind: 'damaged', why: `name at byte ${at}` };
    }
    if (parameters.has(name)) return { kind: 'damaged', why: `${name} comes twice` };
    parameters.set(name, { name, type: format.type, value: readValue(bytes, valueAt, format.type) });
    at = end;
  }
  if (parameters.size !== count) {
    return { kind: 'damaged', why: `${parameters.size} parameters instead of the ${count} that it tells` };
  }
  if (count !== total) return { kind: 'damaged', why: `${count} of ${total} parameters` };
  return { kind: 'ok', parameters: [...parameters.values()] };
}

function readValue(bytes: Buffer, at: number, type: ParameterType): number {
  switch (type) {
    case 'int8':
      return bytes.readInt8(at);
    case 'int16':
      return bytes.readInt16LE(at);
    case 'int32':
      return bytes.readInt32LE(at);
    default:
      return bytes.readFloatLE(at);
  }
}
