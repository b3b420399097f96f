import type { Frame } from '../codec/framer.ts';
import { Heartbeat, MavType } from '../codec/messages.ts';
import type { Link } from './link.ts';

/** Where each system id was heard lately, for frames that somebody else wants to reach it. */
export interface HeardRoute {
  readonly link: Pick<Link, 'linkId' | 'relay'>;
  readonly endpoint: string;
}

interface Route extends HeardRoute {
  heardAtMs: number;
}

const ALIVE_MS = 3_000;
const MAX_ROUTES = 16;
/** After the four bytes of custom_mode. */
const HEARTBEAT_TYPE_AT = 4;

export class HeardSystems {
  readonly #routes = new Map<number, Route[]>();
  /** Systems with a heartbeat that is no ground station's. */
  readonly #vehicles = new Set<number>();

  note(link: HeardRoute['link'], endpoint: string, frame: Frame, atMs: number): void {
    const { systemId } = frame;
    if (frame.messageId === Heartbeat.MSG_ID && !this.#vehicles.has(systemId)) {
      if ((frame.payload[HEARTBEAT_TYPE_AT] ?? 0) !== MavType.GCS) this.#vehicles.add(systemId);
    }
    let routes = this.#routes.get(systemId);
    if (routes === undefined) {
      routes = [];
      this.#routes.set(systemId, routes);
    }
    for (const route of routes) {
      if (route.link !== link || route.endpoint !== endpoint) continue;
      route.heardAtMs = atMs;
      return;
    }
    if (routes.length >= MAX_ROUTES) {
      const alive = routes.filter((route) => atMs - route.heardAtMs < ALIVE_MS);
      routes.splice(0, routes.length, ...alive.slice(-MAX_ROUTES + 1));
    }
    routes.push({ link, endpoint, heardAtMs: atMs });
  }

  /** Ground stations are heard too, where vehicles pass their frames on. */
  isVehicle(systemId: number, nowMs: number): boolean {
    return this.#vehicles.has(systemId) && this.alive(systemId, nowMs).length > 0;
  }

  /**
   * The one way to a system: the first heard of those that are alive, so that a command which comes by two links is
   * not obeyed twice. Null: not heard, or at two addresses of one link, which may be two aircraft with one id.
   */
  routeTo(systemId: number, nowMs: number): HeardRoute | null {
    const alive = this.alive(systemId, nowMs);
    const links = new Set(alive.map((route) => route.link));
    return links.size === alive.length ? (alive[0] ?? null) : null;
  }

  /** Every address where anybody is heard, each once. */
  everywhere(nowMs: number): readonly HeardRoute[] {
    const found = new Map<string, HeardRoute>();
    for (const systemId of this.#routes.keys()) {
      for (const route of this.alive(systemId, nowMs)) {
        found.set(`${route.link.linkId} ${route.endpoint}`, route);
      }
    }
    return [...found.values()];
  }

  alive(systemId: number, nowMs: number): readonly HeardRoute[] {
    return (this.#routes.get(systemId) ?? []).filter((route) => nowMs - route.heardAtMs < ALIVE_MS);
  }
}
