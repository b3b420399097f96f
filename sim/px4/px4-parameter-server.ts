import {
  buildMessage,
  type MavLinkData,
  ParamRequestList,
  ParamRequestRead,
  ParamSet,
  ParamValue,
} from '../../firmware-bridge/codec/messages.ts';
import { bitsOfFloat, floatOfBits } from './float-bits.ts';
import { INT32, type Px4Parameter, type Px4Parameters } from './px4-parameters.ts';

/** Values that go out in one tick: the whole list within a second, telemetry in between. */
const LIST_PORTION = 25;
/** param_index of a value that was not asked for by its index. */
const NO_INDEX = 65_535;
/** MAV_PARAM_TYPE of the checksum over all parameters. */
const UINT32 = 5;
const HASH_CHECK = '_HASH_CHECK';
const CRC_TABLE: readonly number[] = Array.from({ length: 256 }, (_unused, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

/**
 * The parameter protocol with PX4's habits (mavlink_parameters.cpp): values are bit patterns, integers too; a list
 * begins with `_HASH_CHECK`; of an unknown name it says nothing; a value of the wrong type is not set, and the old
 * value is not told either; setting `_HASH_CHECK` stops a list that is under way ("I have all of it").
 */
export class Px4ParameterServer {
  readonly #parameters: Px4Parameters;
  readonly #send: (channelId: number, message: MavLinkData) => void;
  #listing: { readonly channelId: number; readonly nextIndex: number } | null = null;

  constructor(parameters: Px4Parameters, send: (channelId: number, message: MavLinkData) => void) {
    this.#parameters = parameters;
    this.#send = send;
  }

  /** @returns whether the message belonged to the parameter protocol. */
  handle(message: MavLinkData, channelId: number): boolean {
    if (message instanceof ParamRequestList) this.#startList(channelId);
    else if (message instanceof ParamRequestRead) this.#read(message, channelId);
    else if (message instanceof ParamSet) this.#set(message, channelId);
    else return false;
    return true;
  }

  tick(): void {
    const listing = this.#listing;
    if (listing === null) return;
    const end = Math.min(this.#parameters.count, listing.nextIndex + LIST_PORTION);
    for (let index = listing.nextIndex; index < end; index += 1) {
      const parameter = this.#parameters.byIndex(index);
      if (parameter !== null) this.#send(listing.channelId, this.#value(parameter));
    }
    this.#listing = end === this.#parameters.count ? null : { ...listing, nextIndex: end };
  }

  #startList(channelId: number): void {
    this.#listing = { channelId, nextIndex: 0 };
    this.#sendHash(channelId);
  }

  #read(message: ParamRequestRead, channelId: number): void {
    const name = plainName(message.paramId);
    if (message.paramIndex < 0 && name === HASH_CHECK) {
      this.#sendHash(channelId);
      return;
    }
    const found =
      message.paramIndex < 0 ? this.#parameters.byName(name) : this.#parameters.byIndex(message.paramIndex);
    if (found !== null) this.#send(channelId, this.#value(found));
  }

  #set(message: ParamSet, channelId: number): void {
    const name = plainName(message.paramId);
    if (name === HASH_CHECK) {
      this.#listing = null;
      return;
    }
    const known = this.#parameters.byName(name);
    if (known === null || message.paramType !== known.type) return;
    const value = known.type === INT32 ? bitsOfFloat(message.paramValue) : message.paramValue;
    this.#send(channelId, this.#value(this.#parameters.put(name, value)));
  }

  #sendHash(channelId: number): void {
    const paramValue = floatOfBits(this.hash() | 0);
    this.#send(
      channelId,
      buildMessage(ParamValue, {
        paramId: HASH_CHECK,
        paramValue,
        paramType: UINT32,
        paramCount: this.#parameters.count,
        paramIndex: NO_INDEX,
      }),
    );
  }

  /** CRC-32 over name and 4 bytes of value of each parameter that is not volatile, in their order. */
  hash(): number {
    let crc = 0;
    const value = Buffer.alloc(4);
    for (const parameter of this.#parameters.all()) {
      if (parameter.isVolatile) continue;
      for (let index = 0; index < parameter.name.length; index += 1) {
        crc = crcStep(crc, parameter.name.charCodeAt(index));
      }
      if (parameter.type === INT32) value.writeInt32LE(parameter.value);
      else value.writeFloatLE(parameter.value);
      for (const byte of value) crc = crcStep(crc, byte);
    }
    return crc >>> 0;
  }

  #value({ name, type, value, index }: Px4Parameter): ParamValue {
    return buildMessage(ParamValue, {
      paramId: name,
      paramValue: type === INT32 ? floatOfBits(value) : value,
      paramType: type,
      paramCount: this.#parameters.count,
      paramIndex: index,
    });
  }
}

function crcStep(crc: number, byte: number): number {
  return (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
}

/** The field is 16 bytes and ends with zeros only when the name is shorter. */
function plainName(paramId: string): string {
  const end = paramId.indexOf('\0');
  return end === -1 ? paramId : paramId.slice(0, end);
}
