import type { FileContent } from './file-tree.ts';
import { ERRNO } from './ftp-wire.ts';

/**
 * ArduPilot's packed parameter file, `@PARAM/param.pck` (AP_Filesystem_Param.cpp): header magic 0x671b, number in the
 * file, total number, each uint16 little-endian; then for each parameter type (1 int8, 2 int16, 3 int32, 4 float;
 * 0x10 added when a default value follows), lengths (low 4 bits: characters shared with the name before, high 4 bits:
 * own characters minus one), own characters, value, default value.
 *
 * A value never lies across the border between two reads: zero bytes are put before such an entry. So the file
 * depends on the size of the reads, and a read of another size is refused (EINVAL). The size that it announces is
 * fiction: 12 bytes a parameter (measured: 16,248 for 1,354 parameters and 14,977 bytes).
 */
export interface PackedParameter {
  readonly name: string;
  /** MAV_PARAM_TYPE: 2 int8, 4 int16, 6 int32, 9 real32. */
  readonly type: number;
  readonly value: number;
  /** Null: the file is asked without default values. */
  readonly defaultValue: number | null;
}

const MAGIC = 0x671b;
const MAGIC_WITH_DEFAULTS = 0x671c;
const HEADER_BYTES = 6;
const ANNOUNCED_BYTES_EACH = 12;
const MAX_SHARED = 15;

/** MAV_PARAM_TYPE → type of the file and bytes of a value. */
const TYPES: ReadonlyMap<number, readonly [kind: number, bytes: number]> = new Map([
  [2, [1, 1]],
  [4, [2, 2]],
  [6, [3, 4]],
  [9, [4, 4]],
]);

export function parameterPackFile(parameters: readonly PackedParameter[]): FileContent {
  let made: { readonly readBytes: number; readonly bytes: Buffer } | null = null;
  return {
    announcedBytes: parameters.length * ANNOUNCED_BYTES_EACH,
    read(offset, length) {
      if (length === 0) return new Uint8Array();
      made ??= { readBytes: length, bytes: packParameters(parameters, length) };
      if (made.readBytes !== length) return { errno: ERRNO.INVALID };
      return made.bytes.subarray(offset, offset + length);
    },
  };
}

/** @param readBytes size of the reads */
export function packParameters(parameters: readonly PackedParameter[], readBytes: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  const hasDefaults = parameters.some(({ defaultValue }) => defaultValue !== null);
  header.writeUInt16LE(hasDefaults ? MAGIC_WITH_DEFAULTS : MAGIC, 0);
  header.writeUInt16LE(parameters.length, 2);
  header.writeUInt16LE(parameters.length, 4);
  const parts: Buffer[] = [header];
  let length = HEADER_BYTES;
  let before = '';
  for (const parameter of parameters) {
    const entry = entryOf(parameter, before);
    const end = length + entry.bytes.length;
    const beyond = end % readBytes;
    const padding = beyond > 0 && beyond < entry.valueBytes ? entry.valueBytes - beyond : 0;
    parts.push(Buffer.alloc(padding), entry.bytes);
    length = end + padding;
    before = parameter.name;
  }
  return Buffer.concat(parts, length);
}

function entryOf(
  { name, type, value, defaultValue }: PackedParameter,
  before: string,
): { readonly bytes: Buffer; readonly valueBytes: number } {
  const format = TYPES.get(type);
  if (format === undefined)
    throw new RangeError(`parameter ${name} has type ${type}, which ArduPilot has not`);
  const [kind, valueBytes] = format;
  const shared = sharedLength(name, before);
  const own = Buffer.from(name.slice(shared), 'latin1');
  const hasDefault = defaultValue !== null && defaultValue !== value;
  const head = Buffer.from([kind | (hasDefault ? 0x10 : 0), shared | ((own.length - 1) << 4)]);
  const values = [packedValue(kind, value), ...(hasDefault ? [packedValue(kind, defaultValue)] : [])];
  return { bytes: Buffer.concat([head, own, ...values]), valueBytes };
}

/** At least one character is left as its own. */
function sharedLength(name: string, before: string): number {
  let shared = 0;
  const most = Math.min(MAX_SHARED, name.length - 1, before.length);
  while (shared < most && name[shared] === before[shared]) shared += 1;
  return shared;
}

function packedValue(kind: number, value: number): Buffer {
  const bytes = Buffer.alloc(kind === 1 ? 1 : kind === 2 ? 2 : 4);
  if (kind === 1) bytes.writeInt8(value);
  else if (kind === 2) bytes.writeInt16LE(value);
  else if (kind === 3) bytes.writeInt32LE(value);
  else bytes.writeFloatLE(value);
  return bytes;
}
