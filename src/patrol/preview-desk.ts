import type { VehicleState } from '../../firmware-bridge/index.ts';
import type { AircraftProfile, Wind } from '../../missions/index.ts';
import type { AirspaceService } from '../airspace/service.ts';
import type { Finding, PatrolPreview, PreviewBody, SortiePreview } from '../contract/index.ts';
import { AirgridError } from '../errors.ts';
import type { FleetService } from '../fleet/service.ts';
import type { GridService } from '../grid/service.ts';
import type { Planner } from './planner.ts';
import { type KeptPreview, makePreview, type PlanningSettings } from './preview.ts';
import { type UnreadyReason, unreadyReason } from './readiness.ts';

export interface DeskCollaborators {
  readonly fleet: FleetService;
  readonly grid: GridService;
  readonly airspace: AirspaceService;
  readonly planner: Planner;
  readonly nowMs: () => number;
  /** Is the vehicle on a patrol that is not over? */
  readonly isReserved: (vehicleId: string) => boolean;
  /** Heights above home of the sorties that are not over. */
  readonly reservedAltitudesM: () => readonly number[];
}

/** Unlaunched previews kept at once; the oldest goes first. */
const KEPT_PREVIEWS = 200;

/**
 * Plans that were shown and not yet flown. Between the showing and the launch the world goes on, so a preview is held
 * against it once more before it may be taken.
 */
export class PreviewDesk {
  readonly #with: DeskCollaborators;
  readonly #profile: AircraftProfile;
  readonly #settings: PlanningSettings;
  readonly #previews = new Map<string, KeptPreview>();

  constructor(collaborators: DeskCollaborators, profile: AircraftProfile, settings: PlanningSettings) {
    this.#with = collaborators;
    this.#profile = profile;
    this.#settings = settings;
  }

  /** Plans a cell with the aircraft that are ready now. @throws AirgridError `grid.unknown-cell`, `fleet.unknown-vehicle` */
  async make(body: PreviewBody): Promise<PatrolPreview> {
    const { airspace, fleet, grid, planner, nowMs } = this.#with;
    const cell = grid.cell(body.cellId);
    const { candidates, findings } = this.#candidates(body.vehicleIds);
    const kept = await makePreview(
      {
        cell,
        body,
        candidates,
        occupiedAltitudesM: this.#occupiedAltitudes(),
        profile: this.#profile,
        settings: this.#settings,
        airspace: {
          revision: airspace.revision,
          inForce: (fromMs, untilMs) => airspace.inForce(fromMs, untilMs),
        },
        wind: this.#wind(),
        nameOf: (vehicleId) => fleet.nameOf(vehicleId),
      },
      planner,
      nowMs(),
    );
    const view = { ...kept.view, findings: [...findings, ...kept.view.findings] };
    this.#previews.set(view.previewId, { ...kept, view });
    const oldest = this.#previews.keys().next().value;
    if (this.#previews.size > KEPT_PREVIEWS && oldest !== undefined) this.#previews.delete(oldest);
    return view;
  }

  /**
   * The preview, when it may be flown now. It stays on the desk until `drop`.
   * @throws AirgridError `patrol.preview-expired`, `patrol.zones-changed`, `patrol.not-launchable`, `patrol.vehicle-…`
   */
  take(previewId: string): KeptPreview {
    const kept = this.#previews.get(previewId);
    if (kept === undefined || kept.view.validUntilMs < this.#with.nowMs()) {
      throw new AirgridError('patrol.preview-expired', 'This plan is too old to be launched.', {
        remedy: 'Plan the cell again: aircraft and batteries have changed since.',
      });
    }
    if (kept.airspaceRevision !== this.#with.airspace.revision) {
      throw new AirgridError('patrol.zones-changed', 'Zones have changed since this plan was made.', {
        details: { planned: kept.airspaceRevision, now: this.#with.airspace.revision },
        remedy: PLAN_AGAIN,
      });
    }
    if (!kept.view.launchable) {
      throw new AirgridError('patrol.not-launchable', 'This plan has errors and must not be flown.', {
        remedy: 'See the findings of the plan.',
      });
    }
    for (const sortie of kept.view.sorties) {
      this.#requireReady(sortie.vehicleId, sortie.batteryNeedPct);
      this.#requireFreeHeight(sortie);
    }
    return kept;
  }

  drop(previewId: string): void {
    this.#previews.delete(previewId);
  }

  #candidates(wanted: readonly string[] | undefined): { candidates: VehicleState[]; findings: Finding[] } {
    const { fleet } = this.#with;
    const states = wanted === undefined ? fleet.states() : wanted.map((id) => fleet.requireState(id));
    const candidates: VehicleState[] = [];
    const findings: Finding[] = [];
    const others: string[] = [];
    for (const state of states) {
      const reason = unreadyReason(state, this.#with.isReserved(state.vehicleId));
      const name = fleet.nameOf(state.vehicleId);
      if (reason === null) candidates.push(state);
      else others.push(`${name} ${reason.text}`);
      if (reason !== null && wanted !== undefined) {
        const message = `${name} ${reason.text}.`;
        findings.push({
          severity: 'warning',
          code: reason.code,
          message,
          details: unreadyDetails(name, reason),
        });
      }
    }
    if (candidates.length === 0) {
      const reasons = others.length === 0 ? 'no aircraft is connected' : others.join('; ');
      const message = `No aircraft is ready: ${reasons}.`;
      findings.push({ severity: 'error', code: 'patrol.no-drone-ready', message, details: { reasons } });
    }
    return { candidates, findings };
  }

  #requireReady(vehicleId: string, batteryNeedPct: number): void {
    const { fleet } = this.#with;
    const state = fleet.requireState(vehicleId);
    const name = fleet.nameOf(vehicleId);
    const reason = unreadyReason(state, this.#with.isReserved(vehicleId));
    const remedy = PLAN_AGAIN;
    if (reason !== null) {
      throw new AirgridError(reason.code, `${name} ${reason.text}.`, {
        details: unreadyDetails(name, reason),
        remedy,
      });
    }
    const nowPct = state.battery?.remainingPct ?? 0;
    const neededPct = batteryNeedPct + this.#profile.reserveFraction * 100;
    if (nowPct < neededPct) {
      throw new AirgridError(
        'patrol.vehicle-battery',
        `${name} has ${nowPct} %, the plan needs ${neededPct} %.`,
        {
          details: { vehicle: name, nowPct, neededPct },
          remedy,
        },
      );
    }
  }

  /** Two plans made side by side have both taken the lowest free layer; only the first of them may fly on it. */
  #requireFreeHeight(sortie: SortiePreview): void {
    const { layerSpacingM } = this.#settings;
    const wantedM = sortie.relativeAltitudeM;
    const takenM = this.#occupiedAltitudes().find((heldM) => Math.abs(heldM - wantedM) < layerSpacingM);
    if (takenM === undefined) return;
    const name = sortie.vehicleName;
    const heldM = Math.round(takenM);
    throw new AirgridError(
      'patrol.vehicle-height-taken',
      `${name} is to fly at ${wantedM} m, and another aircraft is at ${heldM} m now.`,
      { details: { vehicle: name, wantedM, heldM, spacingM: layerSpacingM }, remedy: PLAN_AGAIN },
    );
  }

  /** The strongest that an aircraft in the air reported lately; on the ground their estimates mean nothing. */
  #wind(): Wind | null {
    const nowMs = this.#with.nowMs();
    const reported = this.#with.fleet.states().flatMap(({ wind, flightState }) => {
      const isFresh = wind !== null && nowMs - wind.receivedAtMs < WIND_FRESH_MS;
      return isFresh && flightState === 'in-air' ? [wind] : [];
    });
    const [first, ...others] = reported;
    if (first === undefined) return null;
    const strongest = others.reduce((a, b) => (b.speedMps > a.speedMps ? b : a), first);
    return { fromDeg: strongest.fromDeg, speedMps: strongest.speedMps };
  }

  #occupiedAltitudes(): number[] {
    const { fleet, isReserved, reservedAltitudesM } = this.#with;
    const others = fleet
      .states()
      .filter((state) => state.armed === true && !isReserved(state.vehicleId) && state.position !== null)
      .map((state) => state.position?.relativeAltitudeM ?? 0);
    return [...reservedAltitudesM(), ...others];
  }
}

const PLAN_AGAIN = 'Plan the cell again.';
const WIND_FRESH_MS = 60_000;

const unreadyDetails = (vehicle: string, reason: UnreadyReason): Finding['details'] => ({
  vehicle,
  reason: reason.text,
  reasons: reason.reasons ?? reason.text,
});
