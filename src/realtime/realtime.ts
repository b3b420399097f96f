import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { Server, type Socket } from 'socket.io';
import type { BridgeEvent } from '../../firmware-bridge/index.ts';
import type { AccountService, Principal } from '../accounts/service.ts';
import {
  type ClientToServerEvents,
  type FlightSummary,
  MAX_WATCHED,
  type Notice,
  type PatrolView,
  type ServerToClientEvents,
  type ZoneChange,
  type ZoneConflictList,
} from '../contract/index.ts';
import { type FleetService, toLinkView } from '../fleet/service.ts';
import { isAllowedOrigin, sessionTokenOf } from '../http/session-cookie.ts';

export interface RealtimeSources {
  readonly accounts: AccountService;
  readonly fleet: FleetService;
  readonly recentPatrols: () => readonly PatrolView[];
  readonly recentNotices: () => readonly Notice[];
  readonly airspaceRevision: () => number;
  readonly zoneConflicts: () => ZoneConflictList;
  readonly logger: Logger;
  readonly allowedOrigins: () => readonly string[];
  /** What a console looks at; nothing when it is gone. */
  readonly onWatch: (consoleId: string, vehicleIds: readonly string[]) => void;
  readonly rateHz: number;
  readonly nowMs: () => number;
}

/** Packets that a console may have waiting before it is cut off; it reconnects and gets a fresh snapshot. */
const MAX_WAITING_PACKETS = 256;
/** A telemetry tick is not queued for a console that has this many packets waiting: the newest state wins. */
const SKIP_TELEMETRY_ABOVE = 8;
const CHECK_SESSIONS_EVERY_MS = 5000;
const MAX_ID_LENGTH = 100;

type ConsoleSocket = Socket<
  ClientToServerEvents,
  ServerToClientEvents,
  Record<string, never>,
  { principal: Principal }
>;

/**
 * The live feed. Load: consoles × rateHz; each tick the vehicles that changed are made into views once and encoded once
 * for all consoles. What is telemetry may be skipped for a slow console; notices and patrols never are.
 */
export class Realtime {
  readonly #io: Server<
    ClientToServerEvents,
    ServerToClientEvents,
    Record<string, never>,
    { principal: Principal }
  >;
  readonly #sources: RealtimeSources;
  readonly #changed = new Set<string>();
  readonly #timers: NodeJS.Timeout[];
  readonly #stopListening: () => void;

  constructor(http: HttpServer, sources: RealtimeSources) {
    this.#sources = sources;
    this.#io = new Server(http, {
      serveClient: false,
      maxHttpBufferSize: 16 * 1024,
      pingInterval: 5000,
      pingTimeout: 5000,
      // Compressing ten small frames a second for each console costs more than it saves on a local network.
      perMessageDeflate: false,
      allowRequest: (request, decide) => decide(null, this.#mayConnect(request)),
    });
    this.#io.use((socket, next) => {
      const principal = sources.accounts.authenticate(sessionTokenOf(socket.request.headers.cookie));
      if (principal === null) return next(new Error('accounts.session-needed'));
      socket.data.principal = principal;
      next();
    });
    this.#io.on('connection', (socket) => this.#greet(socket));
    this.#timers = [
      setInterval(() => this.#tick(), 1000 / sources.rateHz),
      setInterval(() => this.#dropDeadSessions(), CHECK_SESSIONS_EVERY_MS),
    ];
    this.#stopListening = sources.accounts.onSessionEnd((sessionId) => this.#endSession(sessionId));
  }

  handle(event: BridgeEvent): void {
    if (event.kind === 'vehicles') {
      for (const state of event.states) this.#changed.add(state.vehicleId);
    } else if (event.kind === 'link') {
      this.#io.emit('link:update', toLinkView(event.status));
    } else if (event.kind === 'vehicle-replaced') {
      // One fewer: consoles forget by a fresh snapshot only.
      this.#changed.delete(event.vehicleId);
      this.#io.emit('fleet:snapshot', this.#sources.fleet.fleetView());
    } else if (event.kind === 'vehicle-lost' || event.kind === 'vehicle-back') {
      // Do not wait for the tick: a lost link is shown at once.
      this.touch(event.vehicleId);
      this.#tick();
    }
  }

  /** Sends the vehicle with the next tick although its telemetry has not changed (its patrol has, say). */
  touch(vehicleId: string): void {
    this.#changed.add(vehicleId);
  }

  sendPatrol(patrol: PatrolView): void {
    this.#io.emit('patrol:update', patrol);
    for (const sortie of patrol.sorties) this.touch(sortie.vehicleId);
  }

  sendFlight(flight: FlightSummary): void {
    this.#io.emit('flight:update', flight);
  }

  sendNotice(notice: Notice): void {
    this.#io.emit('notice', notice);
  }

  sendGridChanged(revision: number): void {
    this.#io.emit('grid:changed', { revision });
  }

  sendZones(change: ZoneChange): void {
    this.#io.emit('airspace:changed', change);
  }

  sendZoneConflicts(list: ZoneConflictList): void {
    this.#io.emit('airspace:conflicts', list);
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#stopListening();
    await this.#io.close();
  }

  #mayConnect(request: IncomingMessage): boolean {
    const { origin, host, cookie } = request.headers;
    if (origin !== undefined && !isAllowedOrigin(origin, host, this.#sources.allowedOrigins())) return false;
    return this.#sources.accounts.authenticate(sessionTokenOf(cookie)) !== null;
  }

  #greet(socket: ConsoleSocket): void {
    socket.emit('fleet:snapshot', this.#sources.fleet.fleetView());
    socket.emit('patrol:snapshot', this.#sources.recentPatrols());
    socket.emit('notice:snapshot', this.#sources.recentNotices());
    socket.emit('airspace:changed', {
      revision: this.#sources.airspaceRevision(),
      zones: [],
      removedIds: [],
    });
    socket.emit('airspace:conflicts', this.#sources.zoneConflicts());
    socket.on('watch', (vehicleIds: unknown) => {
      if (isWatchList(vehicleIds)) this.#sources.onWatch(socket.id, vehicleIds);
      else this.#sources.logger.warn({ user: socket.data.principal.username }, 'A console watches nonsense');
    });
    socket.on('disconnect', () => this.#sources.onWatch(socket.id, []));
    this.#sources.logger.debug({ user: socket.data.principal.username }, 'A console has connected');
  }

  #tick(): void {
    this.#boundConsoles();
    if (this.#changed.size === 0) return;
    const { fleet, nowMs } = this.#sources;
    const vehicles = [...this.#changed].flatMap((vehicleId) => {
      const state = fleet.state(vehicleId);
      return state === null ? [] : [fleet.view(state)];
    });
    this.#changed.clear();
    const update = { serverTimeMs: Math.round(nowMs()), vehicles };
    const slow = [...this.#io.sockets.sockets.values()].filter(
      (socket) => waiting(socket) > SKIP_TELEMETRY_ABOVE,
    );
    this.#io.except(slow.map((socket) => socket.id)).emit('fleet:update', update);
  }

  #boundConsoles(): void {
    for (const socket of this.#io.sockets.sockets.values()) {
      if (waiting(socket) <= MAX_WAITING_PACKETS) continue;
      this.#sources.logger.warn(
        { user: socket.data.principal.username },
        'A console does not keep up: cut off',
      );
      socket.disconnect(true);
    }
  }

  #dropDeadSessions(): void {
    for (const socket of this.#io.sockets.sockets.values()) {
      if (!this.#sources.accounts.isLive(socket.data.principal.sessionId)) this.#end(socket);
    }
  }

  #endSession(sessionId: string): void {
    for (const socket of this.#io.sockets.sockets.values()) {
      if (socket.data.principal.sessionId === sessionId) this.#end(socket);
    }
  }

  #end(socket: ConsoleSocket): void {
    socket.emit('session:ended', { code: 'accounts.session-ended' });
    socket.disconnect(true);
  }
}

function isWatchList(value: unknown): value is readonly string[] {
  if (!Array.isArray(value) || value.length > MAX_WATCHED) return false;
  return value.every((id) => typeof id === 'string' && id.length > 0 && id.length <= MAX_ID_LENGTH);
}

/** Packets written by Engine.IO that the network has not taken yet. */
function waiting(socket: ConsoleSocket): number {
  const connection = socket.conn as unknown as { readonly writeBuffer?: readonly unknown[] };
  return connection.writeBuffer?.length ?? 0;
}
