import type { LinkProblem } from '../model.ts';
import { type Transport, TransportError, type TransportEvents, type TransportState } from './transport.ts';

/** A transport whose far ends are code: for tests, and for a bridge and a simulated aircraft in one process. */
export class MemoryTransport implements Transport {
  readonly datagrams = true;
  readonly #network: MemoryNetwork;
  #state: TransportState = 'new';
  #events: TransportEvents | null = null;

  constructor(network: MemoryNetwork) {
    this.#network = network;
  }

  get state(): TransportState {
    return this.#state;
  }

  open(events: TransportEvents): Promise<void> {
    const problem = this.#network.refuse;
    if (problem !== null) {
      this.#state = 'closed';
      return Promise.reject(new TransportError(problem));
    }
    this.#events = events;
    this.#state = 'open';
    this.#network.attach(this);
    return Promise.resolve();
  }

  receive(bytes: Uint8Array, endpoint: string): void {
    if (this.#state === 'open') this.#events?.onData(bytes, endpoint);
  }

  break(problem: LinkProblem): void {
    this.#state = 'closed';
    this.#events?.onClosed(problem);
  }

  send(bytes: Uint8Array, endpoint: string): boolean {
    return this.#state === 'open' && this.#network.deliver(bytes, endpoint);
  }

  endpoints(): readonly string[] {
    return this.#state === 'open' ? this.#network.endpoints() : [];
  }

  close(): Promise<void> {
    this.#state = 'closed';
    return Promise.resolve();
  }
}

/** The far side of memory transports: endpoints by name, each a function that takes the bytes sent to it. */
export class MemoryNetwork {
  /** When set, opening fails with it. */
  refuse: LinkProblem | null = null;
  readonly #endpoints = new Map<string, (bytes: Uint8Array) => void>();
  #transport: MemoryTransport | null = null;

  attach(transport: MemoryTransport): void {
    this.#transport = transport;
  }

  addEndpoint(endpoint: string, onBytes: (bytes: Uint8Array) => void): void {
    this.#endpoints.set(endpoint, onBytes);
  }

  removeEndpoint(endpoint: string): void {
    this.#endpoints.delete(endpoint);
  }

  /** From the far side to the bridge. */
  emit(bytes: Uint8Array, endpoint: string): void {
    this.#transport?.receive(bytes, endpoint);
  }

  /** The cable is pulled. */
  break(problem: LinkProblem): void {
    this.#transport?.break(problem);
  }

  deliver(bytes: Uint8Array, endpoint: string): boolean {
    const onBytes = this.#endpoints.get(endpoint);
    if (onBytes === undefined) return false;
    onBytes(bytes);
    return true;
  }

  endpoints(): readonly string[] {
    return [...this.#endpoints.keys()];
  }
}
