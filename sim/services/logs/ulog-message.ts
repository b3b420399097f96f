/** Messages of a ULog file: size of the body (uint16, little-endian), type (one letter), body (docs.px4.io, ULog). */

export function ulogMessage(type: string, body: Uint8Array): Buffer {
  const bytes = Buffer.alloc(3 + body.length);
  bytes.writeUInt16LE(body.length, 0);
  bytes.writeUInt8(type.charCodeAt(0), 2);
  bytes.set(body, 3);
  return bytes;
}

/** The first 16 bytes: "ULog", 0x01 0x12 0x35, version, start in microseconds. */
export function ulogFileHeader(startedAtUs: bigint): Buffer {
  const bytes = Buffer.from([0x55, 0x4c, 0x6f, 0x67, 0x01, 0x12, 0x35, 0x01, 0, 0, 0, 0, 0, 0, 0, 0]);
  bytes.writeBigUInt64LE(startedAtUs, 8);
  return bytes;
}

/** `I` or `P`: length of the key, key ("float MPC_XY_VEL_MAX"), value. */
export function ulogKeyValue(type: 'I' | 'P', key: string, value: Uint8Array): Buffer {
  const name = Buffer.from(key, 'utf8');
  return ulogMessage(type, Buffer.concat([Buffer.from([name.length]), name, value]));
}

export function ulogText(text: string): Buffer {
  return Buffer.from(text, 'utf8');
}

export type UlogType =
  | 'uint64_t'
  | 'double'
  | 'float'
  | 'int32_t'
  | 'uint32_t'
  | 'uint16_t'
  | 'uint8_t'
  | 'bool';

const SIZES: Readonly<Record<UlogType, number>> = {
  uint64_t: 8,
  double: 8,
  float: 4,
  int32_t: 4,
  uint32_t: 4,
  uint16_t: 2,
  uint8_t: 1,
  bool: 1,
};

/** A topic: its id in this file, its fields from large to small so that nothing needs padding in between. */
export interface UlogTopic {
  readonly id: number;
  readonly name: string;
  readonly fields: readonly (readonly [type: UlogType, name: string, count?: number])[];
}

/** `vehicle_status:uint64_t timestamp;uint8_t nav_state;` */
export function topicFormat({ name, fields }: UlogTopic): string {
  const list = fields.map(([type, field, count]) =>
    count === undefined ? `${type} ${field};` : `${type}[${count}] ${field};`,
  );
  return `${name}:${list.join('')}`;
}

/** Of the whole data message. */
export function topicBytes({ fields }: UlogTopic): number {
  return fields.reduce((sum, [type, , count]) => sum + SIZES[type] * (count ?? 1), 3 + 2);
}

/** A `D` message; one value for each field, arrays flattened. */
export function topicMessage(topic: UlogTopic, values: readonly (number | bigint)[]): Buffer {
  const bytes = Buffer.alloc(topicBytes(topic));
  bytes.writeUInt16LE(bytes.length - 3, 0);
  bytes.writeUInt8('D'.charCodeAt(0), 2);
  bytes.writeUInt16LE(topic.id, 3);
  let at = 5;
  let nth = 0;
  for (const [type, , count] of topic.fields) {
    for (let index = 0; index < (count ?? 1); index += 1) {
      const value = values[nth];
      if (value === undefined) throw new RangeError(`${topic.name} needs more than ${values.length} values`);
      writeValue(bytes, at, type, value);
      at += SIZES[type];
      nth += 1;
    }
  }
  return bytes;
}

function writeValue(bytes: Buffer, at: number, type: UlogType, value: number | bigint): void {
  switch (type) {
    case 'uint64_t':
      bytes.writeBigUInt64LE(BigInt(value), at);
      return;
    case 'double':
      bytes.writeDoubleLE(Number(value), at);
      return;
    case 'float':
      bytes.writeFloatLE(Number(value), at);
      return;
    case 'int32_t':
      bytes.writeInt32LE(Number(value), at);
      return;
    case 'uint32_t':
      bytes.writeUInt32LE(Number(value), at);
      return;
    case 'uint16_t':
      bytes.writeUInt16LE(Number(value), at);
      return;
    case 'uint8_t':
    case 'bool':
      bytes.writeUInt8(Number(value), at);
      return;
  }
}
