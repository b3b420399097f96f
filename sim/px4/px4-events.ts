import {
  buildMessage,
  CurrentEventSequence,
  Event,
  type MavLinkData,
  type RequestEvent,
  ResponseEventError,
} from '../../firmware-bridge/codec/messages.ts';

/** Log levels of an event, as on the wire: high 4 bits for logs on board, low 4 bits for us; 0 emergency … 6 info. */
export const LEVEL = {
  EMERGENCY: 0x00,
  CRITICAL: 0x22,
  CRITICAL_INFO: 0x62,
  CRITICAL_WARNING: 0x42,
  ERROR: 0x33,
  ERROR_INFO: 0x63,
  ERROR_WARNING: 0x43,
  WARNING: 0x44,
  WARNING_INFO: 0x64,
  INFO: 0x66,
  PROTOCOL: 0x88,
} as const;

export type EventArgument = readonly [type: 'u8' | 'u16' | 'u32' | 'f32' | 'i16', value: number];

/** Autopilot (component 1 of the events interface) in the high byte. */
const COMPONENT = 1 << 24;
/** As PX4 does: the first numbers come right before the wrap, so that every receiver meets it. */
const FIRST_SEQUENCE = 65_526;
/** Events that can still be asked for. */
const KEPT = 20;
const ARGUMENT_BYTES = 40;

/**
 * Number of an event: FNV-1a of its name, 24 bits (libevents, events/common.h). Names are those of PX4's sources, so
 * the metadata file of a real build gives their words.
 */
export function eventId(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193) >>> 0;
  }
  return COMPONENT | (hash & 0xffffff);
}

export interface EventLogHost {
  /** Milliseconds since boot. */
  bootMs(): number;
  broadcast(message: MavLinkData): void;
}

/** What PX4 says beside its texts: numbered events, of which the newest 20 can be asked for again. */
export class EventLog {
  readonly #host: EventLogHost;
  readonly #kept: Event[] = [];
  #next = FIRST_SEQUENCE;

  constructor(host: EventLogHost) {
    this.#host = host;
  }

  say(name: string, logLevels: number, ...args: readonly EventArgument[]): void {
    const event = buildMessage(Event, {
      id: eventId(name),
      eventTimeBootMs: this.#host.bootMs(),
      sequence: this.#next,
      logLevels,
      arguments: packed(args),
    });
    this.#next = (this.#next + 1) & 0xffff;
    if (this.#kept.length >= KEPT) this.#kept.shift();
    this.#kept.push(event);
    this.#host.broadcast(event);
  }

  /** Null before the first event. */
  current(): CurrentEventSequence | null {
    const newest = this.#kept.at(-1);
    return newest === undefined ? null : buildMessage(CurrentEventSequence, { sequence: newest.sequence });
  }

  /** Events that are still there, a RESPONSE_EVENT_ERROR for each that is not. */
  answer(
    request: RequestEvent,
    peer: { readonly systemId: number; readonly componentId: number },
  ): MavLinkData[] {
    const answers: MavLinkData[] = [];
    const count = ((request.lastSequence - request.firstSequence) & 0xffff) + 1;
    // A nonsense range would make thousands of errors: the real one sends at most what a request can be about.
    for (let offset = 0; offset < Math.min(count, 64); offset += 1) {
      const sequence = (request.firstSequence + offset) & 0xffff;
      const kept = this.#kept.find((event) => event.sequence === sequence);
      answers.push(
        kept ??
          buildMessage(ResponseEventError, {
            sequence,
            sequenceOldestAvailable: this.#kept[0]?.sequence ?? 0,
            targetSystem: peer.systemId,
            targetComponent: peer.componentId,
          }),
      );
    }
    return answers;
  }
}

function packed(args: readonly EventArgument[]): number[] {
  const bytes = Buffer.alloc(ARGUMENT_BYTES);
  let at = 0;
  for (const [type, value] of args) {
    switch (type) {
      case 'u8':
        at = bytes.writeUInt8(value, at);
        break;
      case 'u16':
        at = bytes.writeUInt16LE(value, at);
        break;
      case 'i16':
        at = bytes.writeInt16LE(value, at);
        break;
      case 'u32':
        at = bytes.writeUInt32LE(value, at);
        break;
      case 'f32':
        at = bytes.writeFloatLE(value, at);
        break;
    }
  }
  return [...bytes];
}
