import { fieldBytes, type MessageDefinition } from './dataflash-definitions.ts';

const HEAD = [0xa3, 0x95] as const;

export type FieldValue = number | bigint | string;

/**
 * One message as it lies in the file: 0xa3 0x95, type, fields in order, little-endian, without padding. Fields in
 * hundredths and degE7 are given as they are stored. Text is cut to its field.
 */
export function dataflashMessage(definition: MessageDefinition, values: readonly FieldValue[]): Buffer {
  const bytes = Buffer.alloc(definition.bytes);
  bytes.set([...HEAD, definition.type]);
  let at = 3;
  for (const [index, character] of [...definition.format].entries()) {
    const value = values[index];
    if (value === undefined)
      throw new RangeError(`${definition.name} needs ${definition.format.length} values`);
    writeField(bytes, at, character, value);
    at += fieldBytes(character);
  }
  return bytes;
}

function writeField(bytes: Buffer, at: number, character: string, value: FieldValue): void {
  if (typeof value === 'string') {
    bytes.write(value, at, fieldBytes(character), 'utf8');
    return;
  }
  const number = Number(value);
  switch (character) {
    case 'b':
      bytes.writeInt8(number, at);
      return;
    case 'B':
    case 'M':
      bytes.writeUInt8(number, at);
      return;
    case 'h':
    case 'c':
      bytes.writeInt16LE(Math.round(number), at);
      return;
    case 'H':
    case 'C':
      bytes.writeUInt16LE(Math.round(number), at);
      return;
    case 'i':
    case 'e':
    case 'L':
      bytes.writeInt32LE(Math.round(number), at);
      return;
    case 'I':
    case 'E':
      bytes.writeUInt32LE(Math.round(number), at);
      return;
    case 'f':
      bytes.writeFloatLE(number, at);
      return;
    case 'd':
      bytes.writeDoubleLE(number, at);
      return;
    case 'Q':
      bytes.writeBigUInt64LE(BigInt(value), at);
      return;
    default:
      throw new RangeError(`a number does not fit into a field of kind "${character}"`);
  }
}
