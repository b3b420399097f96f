import { io, type Socket } from 'socket.io-client';
import type { ApiNotice, ApiPatrol, ApiProblem, ApiVehicle } from './api-types.ts';

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

export const OPERATOR = { username: 'operator', password: 'a scenario password' } as const;

/**
 * An operator at a console, without the browser: signs in, calls the public HTTP API, follows the live feed. Knows
 * what it was sent and nothing else; a closed console goes on knowing what it knew last, as a frozen screen does.
 */
export class Operator {
  readonly #url: string;
  readonly vehicles = new Map<string, ApiVehicle>();
  readonly patrols = new Map<string, ApiPatrol>();
  readonly notices: ApiNotice[] = [];
  /** Wall milliseconds of each update by vehicle, and when the feed was open: for the rate that the console sees. */
  readonly updates = new Map<string, number>();
  #openedAtMs: number | null = null;
  #openMs = 0;
  #cookie = '';
  #socket: Socket | null = null;
  readonly #seenNotices = new Set<string>();
  /** Ids that it ever saw: an order can be given while a new picture is still being painted. */
  readonly #ids = new Map<string, string>();
  readonly #listeners = new Set<(event: FeedEvent) => void>();

  constructor(url: string) {
    this.#url = url;
  }

  onEvent(listener: (event: FeedEvent) => void): void {
    this.#listeners.add(listener);
  }

  /** The first account, with the one-time code that the server printed. */
  async setUp(code: string): Promise<void> {
    const answer = await this.call<ApiProblem>('POST', '/api/v1/setup', { code, ...OPERATOR });
    if (answer.status !== 200) throw new Error(`setup: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  async signIn(): Promise<void> {
    const answer = await this.call<ApiProblem>('POST', '/api/v1/session', OPERATOR);
    if (answer.status !== 200) throw new Error(`sign-in: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  /** A body that is a text is sent as a grid file. */
  async call<T>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    const type = typeof body === 'string' ? 'application/geo+json' : 'application/json';
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': type }),
        ...(this.#cookie === '' ? {} : { cookie: this.#cookie }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const cookie = response.headers.get('set-cookie')?.split(';')[0];
    if (cookie !== undefined) this.#cookie = cookie;
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, body: (isJson ? JSON.parse(text) : text) as T };
  }

  async bytes(path: string): Promise<Buffer> {
    const response = await fetch(`${this.#url}${path}`, { headers: { cookie: this.#cookie } });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  }

  /** Opens the live feed; it connects again by itself when the server comes back. Resolves with the first picture. */
  async openConsole(withinMs = 10_000): Promise<void> {
    if (this.#socket !== null) return;
    const socket: Socket = io(this.#url, {
      transports: ['websocket'],
      extraHeaders: { cookie: this.#cookie },
      forceNew: true,
      reconnectionDelay: 100,
      reconnectionDelayMax: 500,
    });
    this.#socket = socket;
    this.#follow(socket);
    await new Promise<void>((resolve, reject) => {
      const late = () => reject(new Error(`the console was not connected within ${withinMs} ms`));
      const timer = setTimeout(late, withinMs);
      socket.once('fleet:snapshot', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  closeConsole(): void {
    this.#socket?.close();
    this.#socket = null;
    this.#countOpen();
  }

  /** Wall seconds for which the feed was connected. */
  get openS(): number {
    return (this.#openMs + (this.#openedAtMs === null ? 0 : performance.now() - this.#openedAtMs)) / 1000;
  }

  /** Does the feed work now? What is shown while it does not is old. */
  get isConnected(): boolean {
    return this.#openedAtMs !== null;
  }

  /** The server's id of a drone; null when it was never seen. */
  idOf(name: string): string | null {
    return this.#ids.get(name) ?? null;
  }

  byName(name: string): ApiVehicle | null {
    return [...this.vehicles.values()].find((vehicle) => vehicle.name === name) ?? null;
  }

  #follow(socket: Socket): void {
    socket.on('connect', () => {
      this.#openedAtMs = performance.now();
      this.#tell({ kind: 'console', isOpen: true });
    });
    socket.on('disconnect', () => {
      this.#countOpen();
      this.#tell({ kind: 'console', isOpen: false });
    });
    socket.on('fleet:snapshot', ({ vehicles }: { readonly vehicles: readonly ApiVehicle[] }) => {
      // A server that was started again knows only whom it has heard since.
      this.vehicles.clear();
      this.#take(vehicles);
    });
    socket.on('fleet:update', ({ vehicles }: { readonly vehicles: readonly ApiVehicle[] }) => {
      for (const { vehicleId } of vehicles)
        this.updates.set(vehicleId, (this.updates.get(vehicleId) ?? 0) + 1);
      this.#take(vehicles);
    });
    socket.on('patrol:snapshot', (patrols: readonly ApiPatrol[]) => {
      for (const patrol of patrols) this.takePatrol(patrol);
    });
    socket.on('patrol:update', (patrol: ApiPatrol) => this.takePatrol(patrol));
    socket.on('notice:snapshot', (notices: readonly ApiNotice[]) => {
      for (const notice of notices) this.#notice(notice);
    });
    socket.on('notice', (notice: ApiNotice) => this.#notice(notice));
  }

  takePatrol(patrol: ApiPatrol): void {
    const before = this.patrols.get(patrol.patrolId) ?? null;
    this.patrols.set(patrol.patrolId, patrol);
    this.#tell({ kind: 'patrol', patrol, before });
  }

  #take(vehicles: readonly ApiVehicle[]): void {
    for (const vehicle of vehicles) {
      const before = this.vehicles.get(vehicle.vehicleId) ?? null;
      this.vehicles.set(vehicle.vehicleId, vehicle);
      this.#tell({ kind: 'vehicle', vehicle, before });
    }
    for (const { name, vehicleId } of vehicles) {
      const known = this.#ids.get(name);
      // Of twins the first; but an aircraft whose hardware id came late has another id from then on.
      if (known === undefined || !this.vehicles.has(known)) this.#ids.set(name, vehicleId);
    }
  }

  /** Sent again with every reconnection; a restarted server counts from one again, so the time is part of it. */
  #notice(notice: ApiNotice): void {
    const key = `${notice.noticeId} ${notice.atMs}`;
    if (this.#seenNotices.has(key)) return;
    this.#seenNotices.add(key);
    this.notices.push(notice);
    this.#tell({ kind: 'notice', notice });
  }

  #countOpen(): void {
    if (this.#openedAtMs === null) return;
    this.#openMs += performance.now() - this.#openedAtMs;
    this.#openedAtMs = null;
  }

  #tell(event: FeedEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

export type FeedEvent =
  | { readonly kind: 'console'; readonly isOpen: boolean }
  | { readonly kind: 'vehicle'; readonly vehicle: ApiVehicle; readonly before: ApiVehicle | null }
  | { readonly kind: 'patrol'; readonly patrol: ApiPatrol; readonly before: ApiPatrol | null }
  | { readonly kind: 'notice'; readonly notice: ApiNotice };
