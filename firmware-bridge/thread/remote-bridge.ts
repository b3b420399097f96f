import type { Logger } from 'pino';
import { DIRECT_CALLS, type DirectCall, type FullBridge, vehicleApi } from '../api.ts';
import { BridgeError } from '../bridge-error.ts';
import { EventHub } from '../event-hub.ts';
import type {
  Bridge,
  BridgeEvent,
  BridgeHealth,
  ForwardStatus,
  LinkStatus,
  VehicleId,
  VehicleState,
} from '../model.ts';
import type { FromBridge, ToBridge } from './messages.ts';
import { errorFrom } from './serve-bridge.ts';
import { DeltaDecoder } from './snapshot-delta.ts';

/**
 * The bridge as the main thread sees it: calls go over, snapshots and events come back. Reading (`vehicles()`) never
 * waits: it reads the newest that came over.
 */
interface Call {
  readonly settle: (value: unknown) => void;
  readonly fail: (error: Error) => void;
  readonly callbacks: ReadonlyMap<number, (...args: unknown[]) => void>;
}

export class RemoteCore {
  readonly #logger: Logger;
  readonly #hub: EventHub;
  readonly #decoder = new DeltaDecoder();
  readonly #calls = new Map<number, Call>();
  #post: ((message: ToBridge) => void) | null = null;
  #links: readonly LinkStatus[] = [];
  #forwards: readonly ForwardStatus[] = [];
  #health: BridgeHealth = { eventLoopDelayP99Ms: 0, eventLoopDelayMaxMs: 0, busyFraction: 0 };
  #nextCallId = 1;

  constructor(logger: Logger) {
    this.#logger = logger;
    this.#hub = new EventHub(logger);
  }

  /** A thread is there to talk to. */
  attach(post: (message: ToBridge) => void): void {
    this.#post = post;
  }

  /**
   * The thread is gone. What was asked of it has no known end: a caller is told so instead of waiting for ever. The
   * aircraft stay in the list as lost until the next thread hears them.
   */
  detach(why: BridgeError): void {
    this.#post = null;
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const call of calls) call.fail(why);
    const lost = [...this.#decoder.states.values()].filter(({ connection }) => connection === 'online');
    const states = lost.map(({ vehicleId }) =>
      this.#decoder.decode({ vehicleId, change: { connection: 'lost' } }),
    );
    if (states.length > 0) this.#hub.emit({ kind: 'vehicles', states });
  }

  get forwards(): readonly ForwardStatus[] {
    return this.#forwards;
  }

  get health(): BridgeHealth {
    return this.#health;
  }

  get links(): readonly LinkStatus[] {
    return this.#links;
  }

  get states(): ReadonlyMap<VehicleId, VehicleState> {
    return this.#decoder.states;
  }

  subscribe(listener: (event: BridgeEvent) => void): () => void {
    return this.#hub.subscribe(listener);
  }

  /** @throws BridgeError `bridge.thread-gone`; whatever the call itself throws */
  call(path: string, args: readonly unknown[]): Promise<unknown> {
    const post = this.#post;
    if (post === null) return Promise.reject(threadGone());
    const callbacks = new Map<number, (...values: unknown[]) => void>();
    const plain = args.map((arg, position) => {
      if (typeof arg !== 'function') return arg;
      callbacks.set(position, arg as (...values: unknown[]) => void);
      return null;
    });
    const callId = this.#nextCallId++;
    return new Promise((settle, fail) => {
      this.#calls.set(callId, { settle, fail, callbacks });
      try {
        post({ kind: 'call', callId, path, args: plain, callbacks: [...callbacks.keys()] });
      } catch (error) {
        // An argument that cannot be copied: a mistake of the caller.
        this.#calls.delete(callId);
        fail(error as Error);
      }
    });
  }

  receive(message: FromBridge): void {
    switch (message.kind) {
      case 'deltas':
        this.#hub.emit({
          kind: 'vehicles',
          states: message.deltas.map((delta) => this.#decoder.decode(delta)),
        });
        return;
      case 'event':
        if (message.event.kind === 'link') this.#noticeLink(message.event.status);
        else if (message.event.kind === 'vehicle-replaced') this.#decoder.forget(message.event.vehicleId);
        this.#hub.emit(message.event);
        return;
      case 'links':
        this.#health = message.health;
        this.#forwards = message.forwards;
        this.#links = message.links;
        return;
      case 'ready':
        this.#links = message.links;
        return;
      case 'callback':
        this.#callBack(message.callId, message.position, message.args);
        return;
      case 'result':
        this.#take(message.callId)?.settle(message.value);
        return;
      case 'error':
        this.#take(message.callId)?.fail(errorFrom(message.error));
        return;
      case 'log':
        this.#log(message.line);
        return;
      case 'failed':
      case 'closed':
        return;
    }
  }

  #take(callId: number): Call | undefined {
    const call = this.#calls.get(callId);
    this.#calls.delete(callId);
    return call;
  }

  #callBack(callId: number, position: number, args: readonly unknown[]): void {
    try {
      this.#calls.get(callId)?.callbacks.get(position)?.(...args);
    } catch (error) {
      this.#logger.error({ err: error }, 'a progress callback of the bridge failed');
    }
  }

  #noticeLink(status: LinkStatus): void {
    const known = this.#links.some(({ linkId }) => linkId === status.linkId);
    this.#links = known
      ? this.#links.map((link) => (link.linkId === status.linkId ? status : link))
      : [...this.#links, status];
  }

  #log(line: string): void {
    const {
      level,
      msg,
      time: _time,
      pid: _pid,
      hostname: _host,
      ...fields
    } = JSON.parse(line) as {
      level: number;
      msg?: string;
      [field: string]: unknown;
    };
    const name = this.#logger.levels.labels[level] ?? 'info';
    this.#logger[name as 'info'](fields, msg ?? '');
  }
}

export function threadGone(): BridgeError {
  return new BridgeError(
    'bridge.thread-gone',
    'The part that talks to the aircraft has stopped and is being started again: try again in a few seconds.',
  );
}

/** @param close ends the thread */
export function remoteBridge(core: RemoteCore, close: () => Promise<void>): FullBridge {
  const direct = Object.fromEntries(
    DIRECT_CALLS.map((name) => [name, (...args: unknown[]) => core.call(name, args)]),
  ) as unknown as Pick<Bridge, DirectCall>;
  return {
    ...direct,
    ...vehicleApi((group, method, args) => core.call(`${group}.${method}`, args)),
    links: () => core.links,
    forwards: () => core.forwards,
    health: () => core.health,
    vehicles: () => [...core.states.values()],
    vehicle: (vehicleId) => core.states.get(vehicleId) ?? null,
    subscribe: (listener) => core.subscribe(listener),
    close,
  };
}
