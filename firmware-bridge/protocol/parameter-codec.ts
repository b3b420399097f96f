import { MavParamType } from '../codec/messages.ts';

/**
 * Parameter values on the wire: PARAM_VALUE and PARAM_SET carry one float, whatever the type.
 *
 * - `c-cast` (ArduPilot, capability bit 131072): the integer converted to a float. Beyond ±2^24 not every integer
 *   has one: such a value cannot be sent exactly, and is not sent.
 * - `bytewise` (PX4, bit 16): the integer's own bytes, sign- or zero-extended to four, put where the float is. Those
 *   of −1 … −4194304 are a quiet NaN, which keeps its bits on the way through a JavaScript number; those of
 *   −4194305 … −8388607 and of 0x7f800001 … 0x7fbfffff are a signalling one, which does not: never sent. (Reported,
 *   such a value would be read 4194304 too high. No parameter of PX4 has one.)
 */
export type ParameterEncoding = 'c-cast' | 'bytewise';

export type ParameterType = 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'float';

export interface Parameter {
  readonly name: string;
  readonly value: number;
  readonly type: ParameterType;
}

export const MAX_NAME_LENGTH = 16;

const TYPES: Readonly<Record<ParameterType, { mavType: number; min: number; max: number }>> = {
  uint8: { mavType: MavParamType.UINT8, min: 0, max: 0xff },
  int8: { mavType: MavParamType.INT8, min: -0x80, max: 0x7f },
  uint16: { mavType: MavParamType.UINT16, min: 0, max: 0xffff },
  int16: { mavType: MavParamType.INT16, min: -0x8000, max: 0x7fff },
  uint32: { mavType: MavParamType.UINT32, min: 0, max: 0xffffffff },
  int32: { mavType: MavParamType.INT32, min: -0x80000000, max: 0x7fffffff },
  float: { mavType: MavParamType.REAL32, min: -3.4028234663852886e38, max: 3.4028234663852886e38 },
};

/** Null: a type of eight bytes, which no autopilot uses here. */
export function typeOfMav(mavType: number): ParameterType | null {
  for (const [type, { mavType: number }] of Object.entries(TYPES)) {
    if (number === mavType) return type as ParameterType;
  }
  return null;
}

export function mavTypeOf(type: ParameterType): number {
  return TYPES[type].mavType;
}

const cell = new DataView(new ArrayBuffer(4));

/** What the float field has to hold. */
export function toWire(value: number, type: ParameterType, encoding: ParameterEncoding): number {
  if (type === 'float' || encoding === 'c-cast') return Math.fround(value);
  if (TYPES[type].min < 0) cell.setInt32(0, value, true);
  else cell.setUint32(0, value, true);
  return cell.getFloat32(0, true);
}

/** @param wire as decoded from the float field */
export function fromWire(wire: number, type: ParameterType, encoding: ParameterEncoding): number {
  if (type === 'float' || encoding === 'c-cast') return wire;
  cell.setFloat32(0, wire, true);
  switch (type) {
    case 'int8':
      return cell.getInt8(0);
    case 'uint8':
      return cell.getUint8(0);
    case 'int16':
      return cell.getInt16(0, true);
    case 'uint16':
      return cell.getUint16(0, true);
    case 'int32':
      return cell.getInt32(0, true);
    case 'uint32':
      return cell.getUint32(0, true);
  }
}

export type ValueProblem = 'not-finite' | 'not-an-integer' | 'out-of-range' | 'not-representable';

/** Why a value cannot be sent; null: it can. */
export function valueProblem(
  value: number,
  type: ParameterType,
  encoding: ParameterEncoding,
): ValueProblem | null {
  if (!Number.isFinite(value)) return 'not-finite';
  const { min, max } = TYPES[type];
  if (type !== 'float' && !Number.isInteger(value)) return 'not-an-integer';
  if (value < min || value > max) return 'out-of-range';
  if (type === 'float') return null;
  if (encoding === 'c-cast') return Math.fround(value) === value ? null : 'not-representable';
  return isSignallingNan(value >>> 0) ? 'not-representable' : null;
}

function isSignallingNan(bits: number): boolean {
  return (bits & 0x7fc00000) === 0x7f800000 && (bits & 0x003fffff) !== 0;
}

/** As the vehicle stores and reports it: a float has 24 bits. */
export function asStored(value: number, type: ParameterType): number {
  return type === 'float' ? Math.fround(value) : value;
}

/** Capability bits decide; without them the autopilot's habit. */
export function encodingOf(capabilities: bigint | null, autopilot: string): ParameterEncoding {
  if (capabilities !== null) {
    if ((capabilities & 16n) !== 0n) return 'bytewise';
    if ((capabilities & 131072n) !== 0n) return 'c-cast';
  }
  return autopilot === 'px4' ? 'bytewise' : 'c-cast';
}
