import type { MavLinkData } from '../../firmware-bridge/codec/messages.ts';
import { Channel } from './channel.ts';
import { statusTexts } from './status-text.ts';

/** Who sent a message, and on which channel the answer goes. */
export interface Peer {
  readonly systemId: number;
  readonly componentId: number;
  readonly channelId: number;
}

/** The component that an autopilot is (MAV_COMP_ID_AUTOPILOT1). */
export const AUTOPILOT_COMPONENT = 1;

/** Everything that leaves one aircraft: its channels, texts, and the order "answer first, consequences after". */
export class Outbox {
  readonly #systemId: number;
  readonly #heartbeatPhaseS: number;
  readonly #channels = new Map<number, Channel>();
  #nextChannelId = 1;
  #nextTextId = 1;
  /** Not null while a command is executed: what it makes the vehicle say goes out behind the answer. */
  #deferred: { readonly message: MavLinkData; readonly componentId: number }[] | null = null;

  constructor(systemId: number, heartbeatPhaseS: number) {
    this.#systemId = systemId;
    this.#heartbeatPhaseS = heartbeatPhaseS;
  }

  get channels(): Iterable<Channel> {
    return this.#channels.values();
  }

  openChannel(transmit: (bytes: Buffer) => void): Channel {
    const channel = new Channel(this.#nextChannelId, this.#systemId, this.#heartbeatPhaseS, transmit);
    this.#nextChannelId += 1;
    this.#channels.set(channel.id, channel);
    return channel;
  }

  closeChannel(channel: Channel): void {
    this.#channels.delete(channel.id);
  }

  send(channelId: number, message: MavLinkData, componentId: number = AUTOPILOT_COMPONENT): void {
    this.#channels.get(channelId)?.send(message, componentId);
  }

  broadcast(message: MavLinkData, componentId: number = AUTOPILOT_COMPONENT): void {
    if (this.#deferred !== null) {
      this.#deferred.push({ message, componentId });
      return;
    }
    for (const channel of this.#channels.values()) channel.send(message, componentId);
  }

  /** STATUSTEXT to everybody, in chunks when it is long. */
  say(severity: number, text: string): void {
    const id = this.#nextTextId;
    this.#nextTextId = id === 65_535 ? 1 : id + 1;
    for (const message of statusTexts(severity, text, id)) this.broadcast(message);
  }

  /** From here until `release`, what is broadcast waits. */
  hold(): void {
    this.#deferred ??= [];
  }

  /** What was told to wait leaves, behind what `first` sends now (the answer, the new mode). */
  release(first: () => void): void {
    const waiting = this.#deferred ?? [];
    this.#deferred = null;
    first();
    for (const { message, componentId } of waiting) this.broadcast(message, componentId);
  }

  flush(): void {
    for (const channel of this.#channels.values()) channel.flush();
  }
}
