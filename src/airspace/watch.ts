import type { Notice, ZoneChange, ZoneConflict, ZoneConflictList } from '../contract/index.ts';
import { type Conflict, type FlightNow, findConflicts } from './conflicts.ts';
import type { AirspaceService } from './service.ts';

/** What of a conflict is told to the operators and written into the record of the flight. */
export type ConflictNews = Pick<Notice, 'severity' | 'code' | 'message' | 'details'> & {
  readonly vehicleId: string;
};

export interface WatchCollaborators {
  readonly airspace: AirspaceService;
  readonly flights: () => readonly FlightNow[];
  readonly tell: (news: ConflictNews) => void;
  readonly nowMs: () => number;
}

interface Open {
  conflict: Conflict;
  readonly sinceMs: number;
  lastSeenAtMs: number;
  /** Nothing yet for one that is told only when a zone changes. */
  told: Conflict['kind'] | null;
}

/** At the edge of a zone one that is gone for a moment is not over. */
const OVER_AFTER_MS = 3000;
const RANK: Readonly<Record<Conflict['kind'], number>> = { 'on-return': 1, 'on-route': 2, inside: 3 };
const CODES = {
  inside: 'airspace.inside-zone',
  'on-route': 'airspace.zone-on-route',
  'on-return': 'airspace.zone-on-return',
} as const;

/**
 * Holds the zones against the aircraft in the air: at once when a zone changes, and each time it is asked (once a
 * second). It only tells; who acts on it is the operator. A patrol planned round a zone has that zone on its straight
 * way home most of the time, so that is an alarm only when a zone was just changed; listed it is always.
 */
export class ConflictWatch {
  readonly #with: WatchCollaborators;
  readonly #open = new Map<string, Open>();
  readonly #listeners = new Set<(list: ZoneConflictList) => void>();
  #checkedAtMs: number;
  #shown = '';

  constructor(collaborators: WatchCollaborators) {
    this.#with = collaborators;
    this.#checkedAtMs = collaborators.nowMs();
  }

  onChange(listener: (list: ZoneConflictList) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  list(): ZoneConflictList {
    return {
      revision: this.#with.airspace.revision,
      checkedAtMs: Math.round(this.#checkedAtMs),
      conflicts: [...this.#open.values()].map((open) => this.#view(open)),
    };
  }

  /** To be called with every change of zones. */
  zonesChanged(change: ZoneChange): void {
    for (const open of this.#open.values()) {
      // Gone with its zone: that needs no waiting. Changed: told anew.
      if (change.removedIds.includes(open.conflict.zone.zoneId)) open.lastSeenAtMs = Number.NEGATIVE_INFINITY;
      if (change.zones.some((zone) => zone.zoneId === open.conflict.zone.zoneId)) open.told = null;
    }
    this.check(new Set(change.zones.map((zone) => zone.zoneId)));
  }

  /** @param changedIds zones that have just changed */
  check(changedIds: ReadonlySet<string> = new Set()): void {
    const nowMs = this.#with.nowMs();
    this.#checkedAtMs = nowMs;
    const found = findConflicts(this.#with.airspace.scan, this.#with.flights(), nowMs);
    for (const conflict of found) this.#take(conflict, changedIds, nowMs);
    for (const [key, open] of this.#open) {
      if (nowMs - open.lastSeenAtMs < OVER_AFTER_MS) continue;
      this.#open.delete(key);
      if (open.told !== null) this.#tellOver(open.conflict);
    }
    this.#push();
  }

  #take(conflict: Conflict, changedIds: ReadonlySet<string>, nowMs: number): void {
    const key = `${conflict.flight.vehicleId} ${conflict.zone.zoneId}`;
    const open: Open = this.#open.get(key) ?? { conflict, sinceMs: nowMs, lastSeenAtMs: nowMs, told: null };
    this.#open.set(key, open);
    open.conflict = conflict;
    open.lastSeenAtMs = nowMs;
    const isNew = open.told === null || RANK[conflict.kind] > RANK[open.told];
    const isLatent = conflict.kind === 'on-return' && !changedIds.has(conflict.zone.zoneId);
    if (!isNew || isLatent) return;
    open.told = conflict.kind;
    this.#with.tell(alarmOf(conflict));
  }

  #tellOver({ flight, zone }: Conflict): void {
    this.#with.tell({
      vehicleId: flight.vehicleId,
      severity: 'info',
      code: 'airspace.conflict-over',
      message: `no longer in, or on a way into, ${zone.name}`,
      details: { zone: zone.name, zoneId: zone.zoneId },
    });
  }

  #push(): void {
    const list = this.list();
    const shown = JSON.stringify(list.conflicts);
    if (shown === this.#shown) return;
    this.#shown = shown;
    for (const listener of this.#listeners) listener(list);
  }

  #view({ conflict, sinceMs }: Open): ZoneConflict {
    const { flight, zone, kind, entryAt } = conflict;
    return {
      vehicleId: flight.vehicleId,
      vehicleName: flight.vehicleName,
      patrolId: flight.patrolId,
      zoneId: zone.zoneId,
      zoneName: zone.name,
      zoneNameEn: this.#with.airspace.zone(zone.zoneId)?.nameEn ?? null,
      kind,
      code: CODES[kind],
      secondsToEntry: Math.round(conflict.secondsToEntry),
      distanceM: Math.round(conflict.distanceM),
      entryAt: [entryAt.lonDeg, entryAt.latDeg],
      sinceMs: Math.round(sinceMs),
    };
  }
}

function alarmOf({ flight, zone, kind, secondsToEntry, distanceM }: Conflict): ConflictNews {
  const seconds = Math.round(secondsToEntry);
  const metres = Math.round(distanceM);
  const details = { zone: zone.name, zoneId: zone.zoneId, kind: zone.kind, seconds, distanceM: metres };
  const { vehicleId } = flight;
  const message = {
    inside: `is in ${zone.name}, which is closed at its height now`,
    'on-route': `comes into ${zone.name} in ${seconds} s (${metres} m)`,
    'on-return': `has ${zone.name} on its straight way home, ${metres} m from here`,
  }[kind];
  return { vehicleId, severity: 'alarm', code: CODES[kind], message, details };
}
