import {
  buildMessage,
  type MavLinkData,
  ParamRequestList,
  ParamRequestRead,
  ParamSet,
  ParamValue,
} from '../../firmware-bridge/codec/messages.ts';
import type { Parameter, ParameterTable } from './parameters.ts';

/** A list goes out in portions, so that telemetry is not held up. */
const LIST_PORTION = 20;
/** param_index of a value that was not asked for by index. */
const NO_INDEX = 65_535;

export interface ParameterServerHost {
  send(channelId: number, message: MavLinkData): void;
  /** A ground station wrote this one. */
  written(name: string): void;
}

/** PARAM_REQUEST_READ, PARAM_REQUEST_LIST and PARAM_SET as ArduPilot answers them: C-cast floats, silence on unknown names. */
export class ParameterServer {
  readonly #table: ParameterTable;
  readonly #host: ParameterServerHost;
  #listing: { readonly channelId: number; readonly nextIndex: number } | null = null;

  constructor(table: ParameterTable, host: ParameterServerHost) {
    this.#table = table;
    this.#host = host;
  }

  handle(message: MavLinkData, channelId: number): void {
    if (message instanceof ParamRequestList) this.#listing = { channelId, nextIndex: 0 };
    else if (message instanceof ParamRequestRead) this.#read(message, channelId);
    else if (message instanceof ParamSet) {
      const set = this.#table.set(plainName(message.paramId), message.paramValue);
      if (set === null) return;
      this.#host.written(set.name);
      this.#host.send(channelId, this.#value(set, NO_INDEX));
    }
  }

  tick(): void {
    const listing = this.#listing;
    if (listing === null) return;
    const end = Math.min(this.#table.count, listing.nextIndex + LIST_PORTION);
    for (let index = listing.nextIndex; index < end; index += 1) {
      const parameter = this.#table.byIndex(index);
      if (parameter !== null) this.#host.send(listing.channelId, this.#value(parameter, index));
    }
    this.#listing = end === this.#table.count ? null : { ...listing, nextIndex: end };
  }

  #read(message: ParamRequestRead, channelId: number): void {
    const byIndex = message.paramIndex >= 0;
    const found = byIndex
      ? this.#table.byIndex(message.paramIndex)
      : this.#table.byName(plainName(message.paramId));
    if (found !== null) this.#host.send(channelId, this.#value(found, found.index));
  }

  /** A value as the autopilot announces it when it changed by itself. */
  announcement(name: string): ParamValue | null {
    const parameter = this.#table.byName(name);
    return parameter === null ? null : this.#value(parameter, NO_INDEX);
  }

  #value(parameter: Parameter, paramIndex: number): ParamValue {
    return buildMessage(ParamValue, {
      paramId: parameter.name,
      paramValue: parameter.value,
      paramType: parameter.type,
      paramCount: this.#table.count,
      paramIndex,
    });
  }
}

/** The field is 16 bytes and ends with zeros only when the name is shorter. */
function plainName(paramId: string): string {
  const end = paramId.indexOf('\0');
  return end === -1 ? paramId : paramId.slice(0, end);
}
