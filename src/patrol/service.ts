import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import {
  type Bridge,
  BridgeError,
  type BridgeEvent,
  type CommandOutcome,
  type VehicleId,
} from '../../firmware-bridge/index.ts';
import { type AircraftProfile, coveringItemRange } from '../../missions/index.ts';
import type { AirspaceService } from '../airspace/service.ts';
import type { Audit } from '../audit/audit.ts';
import type {
  ActionResult,
  Diversion,
  LaunchBody,
  PatrolPreview,
  PatrolView,
  PreviewBody,
} from '../contract/index.ts';
import { AirgridError } from '../errors.ts';
import { describeCommandOutcome, describeMissionFailure, type Failure } from '../fleet/outcome.ts';
import type { FleetService } from '../fleet/service.ts';
import type { GridService } from '../grid/service.ts';
import { isSortieOver, type Patrol, type PatrolOrder, type Sortie, toPatrolView } from './model.ts';
import type { Planner } from './planner.ts';
import type { KeptPreview, PlanningSettings } from './preview.ts';
import { PreviewDesk } from './preview-desk.ts';
import { rejoinItem, wayToItemClosed } from './rejoin.ts';
import { advanceSortie, initialSteps, type SortieInput } from './sortie-progress.ts';
import type { PatrolStore } from './store.ts';

/** Which item of its mission a vehicle flies to next. */
export interface MissionPointer {
  readonly plans: {
    setCurrent(vehicleId: VehicleId, index: number): Promise<CommandOutcome>;
  };
}

export interface PatrolCollaborators {
  readonly bridge: Bridge & MissionPointer;
  readonly fleet: FleetService;
  readonly grid: GridService;
  readonly airspace: AirspaceService;
  readonly planner: Planner;
  readonly store: PatrolStore;
  readonly audit: Audit;
  readonly logger: Logger;
  readonly nowMs: () => number;
  /** The flight a vehicle is on now, from the evidence room. */
  readonly currentFlight: (vehicleId: string) => string | null;
}

/** Patrols that a console gets when it connects. */
const SNAPSHOT_PATROLS = 30;
/** A change of progress alone is stored at most this often; a change of state at once. */
const STORE_PROGRESS_EVERY_MS = 2000;

/**
 * From a cell to aircraft that fly it: preview, launch, watch. A launch is ordered by a person with a purpose, is in
 * the audit before anything is sent, and each step counts only when the aircraft reported it.
 */
export class PatrolService {
  readonly #with: PatrolCollaborators;
  readonly #desk: PreviewDesk;
  readonly #running = new Map<string, Patrol>();
  readonly #byVehicle = new Map<string, { patrolId: string; sortieId: string }>();
  readonly #storedAtMs = new Map<string, number>();
  readonly #listeners = new Set<(patrol: PatrolView) => void>();
  readonly #launches = new Set<Promise<void>>();

  constructor(collaborators: PatrolCollaborators, profile: AircraftProfile, settings: PlanningSettings) {
    this.#with = collaborators;
    const { airspace, fleet, grid, planner, nowMs } = collaborators;
    this.#desk = new PreviewDesk(
      {
        fleet,
        grid,
        airspace,
        planner,
        nowMs,
        isReserved: (vehicleId) => this.#byVehicle.has(vehicleId),
        reservedAltitudesM: () => this.#reservedAltitudes(),
      },
      profile,
      settings,
    );
    this.#takeUpRunning();
  }

  onChange(listener: (patrol: PatrolView) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What a vehicle is on now. */
  assignment(vehicleId: string): { readonly patrolId: string; readonly sortieId: string } | null {
    return this.#byVehicle.get(vehicleId) ?? null;
  }

  /** The sortie that a vehicle is on now. */
  sortieOf(vehicleId: string): Sortie | null {
    const at = this.#byVehicle.get(vehicleId);
    const patrol = at && this.#running.get(at.patrolId);
    return patrol?.sorties.find((sortie) => sortie.sortieId === at?.sortieId) ?? null;
  }

  /** The vehicle was sent elsewhere: its patrol waits, and remembers where it was left. */
  divert(vehicleId: string, diversion: Diversion): void {
    this.#advance(vehicleId, { kind: 'diverted', diversion });
  }

  /**
   * Before a patrol that was left is resumed: autopilots fly straight to the next waypoint, so what lay between the
   * place where it was left and that one would never be seen. The leg is begun anew instead.
   * @returns the aircraft's answer when it does not take it; null: resume
   * @throws AirgridError `patrol.rejoin-closed`
   */
  async rejoin(vehicleId: string): Promise<ActionResult | null> {
    const sortie = this.sortieOf(vehicleId);
    const index = sortie === null ? null : rejoinItem(sortie);
    const item = index === null ? undefined : sortie?.items[index];
    const state = this.#with.fleet.state(vehicleId);
    if (index === null || item === undefined || state === null) return null;
    const closed = state.position === null ? null : wayToItemClosed(this.#with, state, item);
    if (closed !== null) {
      const name = this.#with.fleet.nameOf(vehicleId);
      throw new AirgridError('patrol.rejoin-closed', `${closed} lies between ${name} and its patrol.`, {
        details: { vehicle: name, zone: closed },
        remedy: 'Send it to a place from which the way back is free, or let it return.',
      });
    }
    const outcome = await this.#with.bridge.plans.setCurrent(state.vehicleId, index);
    return outcome.kind === 'done' ? null : describeCommandOutcome(outcome);
  }

  recent(): PatrolView[] {
    return this.#with.store
      .newest(SNAPSHOT_PATROLS)
      .map((stored) => toPatrolView(this.#running.get(stored.order.patrolId) ?? stored));
  }

  order(patrolId: string): PatrolOrder | null {
    return (this.#running.get(patrolId) ?? this.#with.store.patrol(patrolId))?.order ?? null;
  }

  /** @throws AirgridError `patrol.unknown` */
  patrol(patrolId: string): PatrolView {
    const patrol = this.#running.get(patrolId) ?? this.#with.store.patrol(patrolId);
    if (patrol !== null && patrol !== undefined) return toPatrolView(patrol);
    throw new AirgridError('patrol.unknown', `There is no patrol ${patrolId}.`, { details: { patrolId } });
  }

  /** As `PreviewDesk.make`. */
  preview(body: PreviewBody): Promise<PatrolPreview> {
    return this.#desk.make(body);
  }

  /**
   * Launches a previewed plan. Returns when the order is on record; what follows comes as patrol updates.
   * @throws AirgridError `patrol.preview-expired`, `patrol.zones-changed`, `patrol.not-launchable`, `patrol.vehicle-…`
   */
  launch(body: LaunchBody, actor: string): PatrolView {
    const kept = this.#desk.take(body.previewId);
    const { audit, store } = this.#with;
    const patrol = this.#makePatrol(kept, body, actor);
    audit.record({
      actor,
      act: 'patrol.launch',
      target: patrol.order.patrolId,
      details: {
        cellId: patrol.order.cellId,
        purpose: body.purpose,
        note: body.note ?? null,
        orderNumber: body.orderNumber ?? null,
        vehicles: patrol.sorties.map((sortie) => sortie.vehicleId),
      },
    });
    store.add(patrol);
    this.#desk.drop(body.previewId);
    this.#adopt(patrol);
    for (const sortie of patrol.sorties) this.#supervise(patrol.order.patrolId, sortie);
    this.#tell(patrol);
    return toPatrolView(patrol);
  }

  handle(event: BridgeEvent): void {
    switch (event.kind) {
      case 'vehicles':
        for (const state of event.states) this.#advance(state.vehicleId, { kind: 'vehicle', state });
        return;
      case 'item-reached':
        this.#advance(event.vehicleId, { kind: 'item-reached', index: event.index });
        return;
      case 'guided':
        if (event.action === 'go-to' && event.phase === 'arrived') {
          this.#advance(event.vehicleId, { kind: 'diversion-arrived' });
        }
        return;
      case 'armed':
        this.#linkFlight(event.vehicleId);
        return;
      case 'disarmed':
        this.#advance(event.vehicleId, { kind: 'disarmed' });
        return;
      default:
    }
  }

  /** Waits for launches in progress to settle (the bridge has been closed, so they are cancelled). */
  async close(): Promise<void> {
    await Promise.allSettled(this.#launches);
  }

  #reservedAltitudes(): number[] {
    return [...this.#running.values()].flatMap((patrol) =>
      patrol.sorties.filter((sortie) => !isSortieOver(sortie)).map((sortie) => sortie.relativeAltitudeM),
    );
  }

  #makePatrol(kept: KeptPreview, body: LaunchBody, actor: string): Patrol {
    const cell = this.#with.grid.cell(kept.view.cellId);
    const patrolId = `P-${randomBytes(6).toString('hex')}`;
    const order: PatrolOrder = {
      patrolId,
      cellId: cell.cellId,
      cellName: cell.name,
      cellNameEn: cell.nameEn,
      purpose: body.purpose,
      note: body.note ?? null,
      orderNumber: body.orderNumber ?? null,
      createdBy: actor,
      createdAtMs: Math.round(this.#with.nowMs()),
    };
    const sorties = kept.sorties.map((planned, index): Sortie => {
      const preview = kept.view.sorties[index];
      if (preview === undefined) throw new Error('a preview has a view for each of its sorties');
      const { batteryNowPct: _now, distanceToCellM: _distance, itemCount: _count, ...shown } = preview;
      const range = coverRangeOf(planned);
      return {
        ...shown,
        sortieId: `${patrolId}-${index + 1}`,
        patrolId,
        state: 'preparing',
        steps: initialSteps(),
        progressPct: 0,
        flightId: null,
        failure: null,
        items: planned.plan.items,
        coverFirstIndex: range.first,
        coverLastIndex: range.last,
      };
    });
    return { order, endedAtMs: null, state: 'running', sorties };
  }

  /** One sortie from upload to mission mode; what follows is watched by `handle`. */
  async #fly(patrolId: string, sortie: Sortie): Promise<void> {
    const { bridge, logger } = this.#with;
    const vehicleId = sortie.vehicleId as VehicleId;
    const advance = (input: SortieInput) => this.#advance(vehicleId, input, sortie.sortieId);
    const uploaded = await bridge.uploadMission(vehicleId, sortie.items, (progress) =>
      advance({ kind: 'transfer', progress }),
    );
    const uploadFailure = describeMissionFailure(uploaded);
    if (uploadFailure !== null) return advance({ kind: 'failed', failure: uploadFailure });
    advance({ kind: 'uploaded' });
    const options = { takeoffAltitudeM: sortie.relativeAltitudeM };
    const launched = await bridge.launchMission(vehicleId, options, (progress) =>
      advance({ kind: 'launch', progress }),
    );
    if (launched.kind !== 'done') return advance({ kind: 'failed', failure: toFailure(launched) });
    logger.info(
      { vehicleId, patrolId, sortieId: sortie.sortieId },
      'The aircraft reports that it flies the mission',
    );
    advance({ kind: 'launched' });
    const state = bridge.vehicle(vehicleId);
    if (state !== null) advance({ kind: 'vehicle', state });
  }

  #supervise(patrolId: string, sortie: Sortie): void {
    const watched: Promise<void> = this.#fly(patrolId, sortie)
      .catch((error: unknown) => {
        this.#with.logger.error({ err: error, patrolId }, 'A launch ended by an error of ours');
        // Whatever the aircraft was told before is not known: the sortie must not look as if it went on.
        const code = error instanceof BridgeError ? error.code : 'sortie.server-error';
        const message = error instanceof BridgeError ? error.message : 'The server failed during the launch.';
        const failure = { code, message, details: {}, reasons: [] };
        this.#advance(sortie.vehicleId, { kind: 'failed', failure }, sortie.sortieId);
      })
      .finally(() => this.#launches.delete(watched));
    this.#launches.add(watched);
  }

  #advance(vehicleId: string, input: SortieInput, onlySortieId?: string): void {
    const at = this.#byVehicle.get(vehicleId);
    if (at === undefined || (onlySortieId !== undefined && at.sortieId !== onlySortieId)) return;
    const patrol = this.#running.get(at.patrolId);
    const before = patrol?.sorties.find((sortie) => sortie.sortieId === at.sortieId);
    if (patrol === undefined || before === undefined) return;
    const nowMs = this.#with.nowMs();
    const after = advanceSortie(before, input, nowMs);
    if (after !== before) this.#put(patrol, before, after, nowMs);
  }

  #put(patrol: Patrol, before: Sortie, after: Sortie, nowMs: number): void {
    const sorties = patrol.sorties.map((sortie) => (sortie.sortieId === after.sortieId ? after : sortie));
    const state = patrolState(sorties);
    const endedAtMs = state === 'running' ? null : Math.round(nowMs);
    const next: Patrol = { ...patrol, sorties, state, endedAtMs };
    this.#running.set(patrol.order.patrolId, next);
    if (isSortieOver(after)) this.#release(after);
    const moved =
      before.state !== after.state ||
      state !== 'running' ||
      before.flightId !== after.flightId ||
      before.diversion !== after.diversion;
    const storedAtMs = this.#storedAtMs.get(after.sortieId) ?? 0;
    if (moved || nowMs - storedAtMs > STORE_PROGRESS_EVERY_MS) this.#save(next, after, nowMs);
    this.#tell(next);
    if (state !== 'running') this.#running.delete(patrol.order.patrolId);
  }

  /** A full disk must not stop the watching: the state lives on in memory and the log says what was not stored. */
  #save(patrol: Patrol, sortie: Sortie, nowMs: number): void {
    try {
      this.#with.store.update(patrol, sortie);
      this.#storedAtMs.set(sortie.sortieId, nowMs);
    } catch (error) {
      this.#with.logger.error(
        { err: error, sortieId: sortie.sortieId },
        'The state of a sortie could not be stored',
      );
    }
  }

  #release(sortie: Sortie): void {
    this.#byVehicle.delete(sortie.vehicleId);
    this.#storedAtMs.delete(sortie.sortieId);
    const { logger } = this.#with;
    const keys = { vehicleId: sortie.vehicleId, sortieId: sortie.sortieId, patrolId: sortie.patrolId };
    if (sortie.failure === null) logger.info({ ...keys, state: sortie.state }, 'A sortie has ended');
    else logger.warn({ ...keys, failure: sortie.failure }, 'A sortie has failed');
  }

  #linkFlight(vehicleId: string): void {
    const at = this.#byVehicle.get(vehicleId);
    const patrol = at && this.#running.get(at.patrolId);
    const sortie = patrol?.sorties.find((candidate) => candidate.sortieId === at?.sortieId);
    const flightId = this.#with.currentFlight(vehicleId);
    if (patrol === undefined || sortie === undefined || flightId === null) return;
    this.#put(patrol, sortie, { ...sortie, flightId }, this.#with.nowMs());
  }

  #adopt(patrol: Patrol): void {
    this.#running.set(patrol.order.patrolId, patrol);
    for (const sortie of patrol.sorties) {
      if (isSortieOver(sortie)) continue;
      this.#byVehicle.set(sortie.vehicleId, { patrolId: patrol.order.patrolId, sortieId: sortie.sortieId });
    }
  }

  /**
   * After a restart: sorties in the air are watched on from what the aircraft reports; those that were still being
   * launched have failed, because nobody can tell how far the launch had come.
   */
  #takeUpRunning(): void {
    for (const patrol of this.#with.store.running()) {
      this.#adopt(patrol);
      for (const sortie of patrol.sorties) {
        if (sortie.state === 'preparing' || sortie.state === 'launching') {
          const failure: Failure = {
            code: 'sortie.server-restarted',
            message: 'The server restarted during the launch. Look at the aircraft before you launch again.',
            details: {},
            reasons: [],
          };
          this.#advance(sortie.vehicleId, { kind: 'failed', failure }, sortie.sortieId);
        }
      }
    }
  }

  #tell(patrol: Patrol): void {
    const view = toPatrolView(patrol);
    for (const listener of this.#listeners) listener(view);
  }
}

/** From its first covering item to its last; what lies between two stretches of it belongs to it. */
function coverRangeOf(planned: KeptPreview['sorties'][number]): {
  readonly first: number;
  readonly last: number;
} {
  const first = planned.coverRanges?.[0]?.first;
  const last = planned.coverRanges?.at(-1)?.last;
  const range = first === undefined || last === undefined ? coveringItemRange(planned.plan) : { first, last };
  if (range === null) throw new Error('a sortie that was verified has waypoints');
  return range;
}

function patrolState(sorties: readonly Sortie[]): Patrol['state'] {
  if (!sorties.every(isSortieOver)) return 'running';
  if (sorties.every((sortie) => sortie.state === 'done')) return 'done';
  return sorties.every((sortie) => sortie.state === 'failed') ? 'failed' : 'partly-done';
}

function toFailure(outcome: Parameters<typeof describeCommandOutcome>[0]): Failure {
  const { code, message, details, reasons } = describeCommandOutcome(outcome);
  return { code, message, details, reasons };
}
