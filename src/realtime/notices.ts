import type { BridgeEvent } from '../../firmware-bridge/index.ts';
import type { Details, Notice, PatrolView } from '../contract/index.ts';

/** How many notices a console gets when it connects. */
const KEPT = 200;
/** MAV_SEVERITY: 0–2 emergency, alert, critical; 3–4 error, warning; above that is information. */
const severityOf = (mav: number): Notice['severity'] => (mav <= 2 ? 'alarm' : mav <= 4 ? 'warning' : 'info');

/** The operator's event list: what happened to the fleet, newest last, bounded. */
export class NoticeBoard {
  readonly #nameOf: (vehicleId: string) => string;
  readonly #nowMs: () => number;
  readonly #listeners = new Set<(notice: Notice) => void>();
  readonly #kept: Notice[] = [];
  readonly #failedSorties = new Set<string>();
  #count = 0;

  constructor(nameOf: (vehicleId: string) => string, nowMs: () => number) {
    this.#nameOf = nameOf;
    this.#nowMs = nowMs;
  }

  recent(): readonly Notice[] {
    return this.#kept;
  }

  onNotice(listener: (notice: Notice) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  handle(event: BridgeEvent): void {
    const draft = draftOf(event);
    if (draft !== null) this.post(draft);
  }

  handlePatrol(patrol: PatrolView): void {
    for (const sortie of patrol.sorties) {
      if (sortie.state !== 'failed' || sortie.failure === null || this.#failedSorties.has(sortie.sortieId))
        continue;
      this.#failedSorties.add(sortie.sortieId);
      const reasons = sortie.failure.reasons.join('; ');
      this.post({
        severity: 'alarm',
        code: 'sortie.failed',
        vehicleId: sortie.vehicleId,
        message: sortie.failure.message,
        details: {
          cell: patrol.cellName,
          cellEn: patrol.cellNameEn ?? patrol.cellName,
          patrolId: patrol.patrolId,
          failure: sortie.failure.code,
          reason: reasons === '' ? sortie.failure.message : `${sortie.failure.message} ${reasons}`,
        },
      });
    }
    if (patrol.state !== 'running') for (const s of patrol.sorties) this.#failedSorties.delete(s.sortieId);
  }

  /** Also for other rooms, about their own affairs. */
  post(draft: NoticeDraft): void {
    this.#count += 1;
    const { vehicleId } = draft;
    const notice: Notice = {
      ...draft,
      noticeId: `N-${this.#count}`,
      vehicleName: vehicleId === null ? null : this.#nameOf(vehicleId),
      atMs: Math.round(this.#nowMs()),
    };
    this.#kept.push(notice);
    if (this.#kept.length > KEPT) this.#kept.shift();
    for (const listener of this.#listeners) listener(notice);
  }
}

export type NoticeDraft = Omit<Notice, 'noticeId' | 'vehicleName' | 'atMs'>;

/** What a bridge event says to an operator; null when it is not for the event list. */
function draftOf(event: BridgeEvent): NoticeDraft | null {
  const draft = (
    severity: Notice['severity'],
    code: string,
    vehicleId: string | null,
    message: string,
    details: Details = {},
  ): NoticeDraft => ({ severity, code, vehicleId, message, details });
  const seconds = (ms: number) => Math.round(ms / 100) / 10;

  switch (event.kind) {
    case 'vehicle-found':
      return draft('info', 'vehicle.found', event.vehicleId, 'found');
    case 'vehicle-lost':
      return draft(
        'alarm',
        'vehicle.lost',
        event.vehicleId,
        'link lost; the aircraft follows its own failsafe',
        {
          silentForS: seconds(event.silentForMs),
        },
      );
    case 'vehicle-back':
      return draft('info', 'vehicle.back', event.vehicleId, 'link back', {
        silentForS: seconds(event.silentForMs),
      });
    case 'vehicle-rebooted':
      return draft('warning', 'vehicle.rebooted', event.vehicleId, 'the autopilot has restarted');
    case 'armed':
      return draft('info', 'vehicle.armed', event.vehicleId, 'armed');
    case 'disarmed':
      return draft('info', 'vehicle.disarmed', event.vehicleId, 'disarmed');
    case 'status-text':
      return draft(severityOf(event.severity), 'vehicle.status-text', event.vehicleId, event.text, {
        text: event.text,
      });
    case 'vehicle-route':
      return draft(
        'info',
        'vehicle.route',
        event.vehicleId,
        `spoken to over ${event.to.linkId} (${event.to.endpoint}) now`,
        { linkId: event.to.linkId, endpoint: event.to.endpoint },
      );
    case 'camera-recording-changed':
      // Nobody is recorded unseen: what we did not ask for is told louder.
      return draft(
        event.commanded ? 'info' : 'warning',
        event.recording ? 'vehicle.camera-records' : 'vehicle.camera-stopped',
        event.vehicleId,
        event.recording ? 'a camera records' : 'a camera records no more',
        { camera: event.cameraId },
      );
    case 'onboard-logs-shrunk':
      return draft(
        'alarm',
        'vehicle.logs-shrunk',
        event.vehicleId,
        `there are ${event.after} logs on board instead of ${event.before}, and Airgrid erased none`,
        { before: event.before, after: event.after },
      );
    case 'recording-failed':
      return draft(
        'alarm',
        'vehicle.recording-failed',
        event.vehicleId,
        `recording failed: ${event.message}`,
        {
          reason: event.message,
        },
      );
    case 'identity-conflict':
      return draft(
        'alarm',
        'vehicle.identity-conflict',
        null,
        `Two aircraft use system id ${event.systemId}`,
        {
          systemId: event.systemId,
          endpoints: event.endpoints.join(', '),
        },
      );
    case 'link': {
      const { problem, linkId } = event.status;
      if (problem === null) return null;
      return draft('warning', problem.code, null, problem.message, { ...problem.details, link: linkId });
    }
    // PX4 says what matters by a text beside each event: both would be everything twice.
    default:
      return null;
  }
}
