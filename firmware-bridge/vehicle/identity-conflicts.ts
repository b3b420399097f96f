import type { Logger } from 'pino';
import type { BridgeEvent } from '../model.ts';
import type { Source } from './source.ts';
import type { Vehicle } from './vehicle.ts';

/**
 * Different aircraft, alive, with one system id on one link: neither can be commanded safely, and both are told so
 * until one of them is silent. On different links they are no conflict: each is spoken to on its own.
 */
export interface KnownSource extends Source {
  readonly vehicle: Vehicle | null;
}

export interface ConflictOptions {
  readonly logger: Logger;
  readonly lostAfterMs: number;
  readonly onEvent: (event: BridgeEvent) => void;
}

/** A conflict that begins is seen at once, when its second aircraft is met; this is for its end. */
const CHECK_EVERY_MS = 500;

export class IdentityConflicts {
  readonly #options: ConflictOptions;
  /** What was told, by link and system id. */
  readonly #told = new Map<string, string>();
  #nextAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: ConflictOptions) {
    this.#options = options;
  }

  /** Several times a second. */
  tick(
    groups: ReadonlyMap<string, ReadonlySet<KnownSource>>,
    vehicles: Iterable<Vehicle>,
    nowMs: number,
  ): void {
    if (nowMs >= this.#nextAtMs) this.check(groups, vehicles, nowMs);
  }

  /** @param groups senders with the same system id on the same link */
  check(
    groups: ReadonlyMap<string, ReadonlySet<KnownSource>>,
    vehicles: Iterable<Vehicle>,
    nowMs: number,
  ): void {
    this.#nextAtMs = nowMs + CHECK_EVERY_MS;
    const inConflict = new Map<Vehicle, readonly string[]>();
    for (const [key, sources] of groups) {
      // Nearly every system id has one address: a fleet of 500 costs 500 looks, twice a second.
      if (sources.size < 2 && !this.#told.has(key)) continue;
      const alive = [...sources].filter(
        (source) => source.vehicle !== null && nowMs - source.lastHeardAtMs < this.#options.lostAfterMs,
      );
      const isConflict = new Set(alive.map((source) => source.vehicle)).size > 1;
      const endpoints = isConflict ? alive.map((source) => source.endpoint).sort() : [];
      for (const { vehicle } of isConflict ? alive : []) {
        if (vehicle !== null) inConflict.set(vehicle, endpoints);
      }
      this.#tell(key, alive[0]?.systemId ?? 0, endpoints);
    }
    for (const vehicle of vehicles) vehicle.setIdentityConflict(inConflict.get(vehicle) ?? null);
  }

  #tell(key: string, systemId: number, endpoints: readonly string[]): void {
    const text = endpoints.join(' ');
    if ((this.#told.get(key) ?? '') === text) return;
    if (endpoints.length === 0) {
      this.#told.delete(key);
      return;
    }
    this.#told.set(key, text);
    this.#options.logger.error(
      { systemId, endpoints },
      `two aircraft use system id ${systemId}: commands to both are refused until one gets another id`,
    );
    this.#options.onEvent({ kind: 'identity-conflict', systemId, endpoints });
  }
}
