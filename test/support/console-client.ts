import { io, type Socket } from 'socket.io-client';
import type {
  ClientToServerEvents,
  Notice,
  PatrolView,
  ServerToClientEvents,
  VehicleView,
} from '../../src/contract/index.ts';

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
  readonly headers: Headers;
}

/** What a console does, without a browser: signs in, calls the API, listens to the feed. */
export class ConsoleClient {
  readonly url: string;
  cookie = '';

  constructor(url: string) {
    this.url = url;
  }

  async call<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const isRaw = typeof body === 'string' || body instanceof Uint8Array;
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(body === undefined || isRaw ? {} : { 'content-type': 'application/json' }),
        ...(this.cookie === '' ? {} : { cookie: this.cookie }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: isRaw ? (body as string | Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
    });
    const cookie = response.headers.get('set-cookie')?.split(';')[0];
    if (cookie !== undefined) this.cookie = cookie;
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return {
      status: response.status,
      body: (isJson ? JSON.parse(text) : text) as T,
      headers: response.headers,
    };
  }

  async bytes(path: string): Promise<Buffer> {
    const response = await fetch(`${this.url}${path}`, { headers: { cookie: this.cookie } });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  }

  async signIn(username: string, password: string): Promise<void> {
    const { status, body } = await this.call('POST', '/api/v1/session', { username, password });
    if (status !== 200) throw new Error(`sign-in: ${status} ${JSON.stringify(body)}`);
  }

  async importGrid(text: string, query = ''): Promise<Answer<unknown>> {
    return this.call('POST', `/api/v1/grid/import${query}`, text, { 'content-type': 'application/geo+json' });
  }

  /** The live feed with what it has said so far. */
  listen(headers: Record<string, string> = {}): ConsoleFeed {
    return new ConsoleFeed(
      io(this.url, {
        transports: ['websocket'],
        extraHeaders: { cookie: this.cookie, ...headers },
        forceNew: true,
      }),
    );
  }
}

export class ConsoleFeed {
  readonly socket: Socket<ServerToClientEvents, ClientToServerEvents>;
  readonly vehicles = new Map<string, VehicleView>();
  readonly patrols = new Map<string, PatrolView>();
  readonly notices: Notice[] = [];
  /** Arrival of each telemetry update that had the vehicle in it, by vehicle, ms of performance.now. */
  readonly arrivals = new Map<string, number[]>();
  readonly #waiters = new Set<() => void>();

  constructor(socket: Socket<ServerToClientEvents, ClientToServerEvents>) {
    this.socket = socket;
    socket.on('fleet:snapshot', (view) => {
      for (const vehicle of view.vehicles) this.vehicles.set(vehicle.vehicleId, vehicle);
      this.#wake();
    });
    socket.on('fleet:update', (update) => {
      for (const vehicle of update.vehicles) {
        const list = this.arrivals.get(vehicle.vehicleId) ?? [];
        if (this.vehicles.get(vehicle.vehicleId)?.position?.lonDeg !== vehicle.position?.lonDeg)
          list.push(performance.now());
        this.arrivals.set(vehicle.vehicleId, list);
        this.vehicles.set(vehicle.vehicleId, vehicle);
      }
      this.#wake();
    });
    socket.on('patrol:snapshot', (patrols) => {
      for (const patrol of patrols) this.patrols.set(patrol.patrolId, patrol);
      this.#wake();
    });
    socket.on('patrol:update', (patrol) => {
      this.patrols.set(patrol.patrolId, patrol);
      this.#wake();
    });
    socket.on('notice:snapshot', (notices) => {
      this.notices.push(...notices);
      this.#wake();
    });
    socket.on('notice', (notice) => {
      this.notices.push(notice);
      this.#wake();
    });
    for (const event of ['connect', 'disconnect', 'connect_error', 'session:ended'] as const) {
      (socket as Socket).on(event, () => this.#wake());
    }
  }

  /** Resolves when `holds` is true, looked at after each message; rejects after `withinMs` with what was waited for. */
  until(what: string, holds: () => boolean, withinMs = 20_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = () => {
        this.#waiters.delete(look);
        clearTimeout(timer);
      };
      const look = () => {
        if (!holds()) return;
        done();
        resolve();
      };
      const timer = setTimeout(() => {
        done();
        const states = [...this.patrols.values()].flatMap((p) =>
          p.sorties.map((s) => `${s.sortieId} ${s.state} ${s.progressPct}%`),
        );
        reject(new Error(`waited ${withinMs} ms for: ${what}. Sorties: ${states.join(', ') || 'none'}`));
      }, withinMs);
      this.#waiters.add(look);
      look();
    });
  }

  close(): void {
    this.socket.close();
  }

  #wake(): void {
    for (const look of [...this.#waiters]) look();
  }
}
