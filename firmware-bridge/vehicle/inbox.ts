import type { MavLinkData, MavLinkDataConstructor } from '../codec/messages.ts';
import type { MessageHandler } from '../service/vehicle-port.ts';

/** Who wants which messages of a vehicle. What nobody wants is not even decoded. */
export class Inbox {
  readonly #ourSystemId: number;
  readonly #ours = new Map<number, Set<MessageHandler<MavLinkData>>>();
  readonly #foreign = new Map<number, Set<MessageHandler<MavLinkData>>>();

  constructor(ourSystemId: number) {
    this.#ourSystemId = ourSystemId;
  }

  on<T extends MavLinkData>(
    messageClass: MavLinkDataConstructor<T>,
    handler: MessageHandler<T>,
    whose?: 'foreign',
  ): () => void {
    const table = whose === 'foreign' ? this.#foreign : this.#ours;
    const handlers = table.get(messageClass.MSG_ID) ?? new Set();
    table.set(messageClass.MSG_ID, handlers);
    // A wrapper, so that one function registered twice is two registrations.
    const entry: MessageHandler<MavLinkData> = (message, from) => handler(message as T, from);
    handlers.add(entry);
    return () => {
      handlers.delete(entry);
      if (handlers.size === 0) table.delete(messageClass.MSG_ID);
    };
  }

  wants(messageId: number): boolean {
    return this.#ours.has(messageId) || this.#foreign.has(messageId);
  }

  deliver(message: MavLinkData, from: { readonly componentId: number; readonly atMs: number }): void {
    const messageId = (message.constructor as MavLinkDataConstructor<MavLinkData>).MSG_ID;
    const handlers = (this.#isForUs(message) ? this.#ours : this.#foreign).get(messageId);
    if (handlers === undefined) return;
    // A copy: a handler may take itself off.
    for (const handler of [...handlers]) handler(message, from);
  }

  /** A target of 0, or none at all, is everybody; older autopilots leave extension targets 0. */
  #isForUs(message: MavLinkData): boolean {
    const target = (message as { targetSystem?: unknown }).targetSystem;
    return typeof target !== 'number' || target === 0 || target === this.#ourSystemId;
  }
}
