/**
 * A strict reader of ULog files for tests, written from docs.px4.io ("ULog File Format"), apart from the writer:
 * definitions before data, sizes that fit, no message that the description does not know.
 */
export interface UlogFile {
  readonly startedAtUs: number;
  readonly information: ReadonlyMap<string, string | number>;
  readonly parameters: ReadonlyMap<string, number>;
  /** Rows of each topic by the names of their fields; `q[4]` is q0 … q3. */
  readonly data: ReadonlyMap<string, readonly Readonly<Record<string, number>>[]>;
  readonly texts: readonly string[];
}

interface Field {
  readonly type: string;
  readonly count: number;
  readonly isArray: boolean;
  readonly name: string;
}

const READERS: Readonly<Record<string, readonly [size: number, (bytes: Buffer, at: number) => number]>> = {
  uint64_t: [8, (bytes, at) => Number(bytes.readBigUInt64LE(at))],
  double: [8, (bytes, at) => bytes.readDoubleLE(at)],
  float: [4, (bytes, at) => bytes.readFloatLE(at)],
  int32_t: [4, (bytes, at) => bytes.readInt32LE(at)],
  uint32_t: [4, (bytes, at) => bytes.readUInt32LE(at)],
  uint16_t: [2, (bytes, at) => bytes.readUInt16LE(at)],
  uint8_t: [1, (bytes, at) => bytes.readUInt8(at)],
  bool: [1, (bytes, at) => bytes.readUInt8(at)],
};

/** @throws Error with the place of the first thing that is wrong */
export function readUlog(bytes: Buffer): UlogFile {
  if (bytes.toString('hex', 0, 7) !== '554c6f67011235') throw new Error('not a ULog file');
  const version = bytes.readUInt8(7);
  if (version > 1) throw new Error(`version ${version}`);
  const formats = new Map<string, readonly Field[]>();
  const topics = new Map<number, string>();
  const information = new Map<string, string | number>();
  const parameters = new Map<string, number>();
  const data = new Map<string, Record<string, number>[]>();
  const texts: string[] = [];
  let isDefining = true;
  let first = true;
  for (let at = 16; at < bytes.length; ) {
    if (at + 3 > bytes.length) throw new Error(`cut off at byte ${at}`);
    const size = bytes.readUInt16LE(at);
    const type = String.fromCharCode(bytes.readUInt8(at + 2));
    const body = bytes.subarray(at + 3, at + 3 + size);
    if (body.length !== size) throw new Error(`the message at byte ${at} is cut off`);
    if (type === 'B' && (!first || size !== 40 || body.subarray(8, 16).some((byte) => byte !== 0))) {
      throw new Error('flag bits: not the first message, of another size, or something that we must know');
    }
    first = false;
    if ('FIPB'.includes(type) && !isDefining) throw new Error(`definition ${type} behind data at byte ${at}`);
    if (type === 'F') {
      const [name = '', list = ''] = body.toString('utf8').split(':');
      formats.set(
        name,
        list
          .split(';')
          .filter((field) => field !== '')
          .map(fieldOf),
      );
    } else if (type === 'I' || type === 'P') {
      const [kind = '', key = ''] = body.toString('utf8', 1, 1 + body.readUInt8(0)).split(' ');
      const value = body.subarray(1 + body.readUInt8(0));
      if (type === 'P') parameters.set(key, typedValue(kind, value));
      else information.set(key, kind.startsWith('char[') ? value.toString('utf8') : typedValue(kind, value));
    } else if (type === 'A') {
      isDefining = false;
      const name = body.toString('utf8', 3);
      if (!formats.has(name)) throw new Error(`${name} is subscribed without a format`);
      topics.set(body.readUInt16LE(1), name);
      data.set(name, []);
    } else if (type === 'D') {
      isDefining = false;
      const name = topics.get(body.readUInt16LE(0));
      if (name === undefined) throw new Error(`data without a subscription at byte ${at}`);
      data.get(name)?.push(rowOf(formats.get(name) ?? [], body.subarray(2), name));
    } else if (type === 'L') {
      isDefining = false;
      texts.push(body.toString('utf8', 9));
    } else if (type !== 'B') throw new Error(`message ${type} at byte ${at}`);
    at += 3 + size;
  }
  return { startedAtUs: Number(bytes.readBigUInt64LE(8)), information, parameters, data, texts };
}

function fieldOf(text: string): Field {
  const match = /^([a-z0-9_]+)(\[(\d+)\])? ([a-z0-9_]+)$/.exec(text);
  if (match === null) throw new Error(`field "${text}"`);
  const [, type = '', , count, name = ''] = match;
  return { type, count: count === undefined ? 1 : Number(count), isArray: count !== undefined, name };
}

function typedValue(type: string, value: Buffer): number {
  const reader = READERS[type];
  if (reader === undefined || reader[0] !== value.length)
    throw new Error(`a value of ${value.length} bytes as ${type}`);
  return reader[1](value, 0);
}

function rowOf(fields: readonly Field[], bytes: Buffer, topic: string): Record<string, number> {
  const row: Record<string, number> = {};
  let at = 0;
  for (const { type, count, isArray, name } of fields) {
    const reader = READERS[type];
    if (reader === undefined) throw new Error(`${topic}.${name} is a ${type}`);
    for (let index = 0; index < count; index += 1) {
      row[isArray ? `${name}${index}` : name] = reader[1](bytes, at);
      at += reader[0];
    }
  }
  if (at !== bytes.length) throw new Error(`${topic}: ${bytes.length} bytes of data, ${at} in its format`);
  return row;
}
