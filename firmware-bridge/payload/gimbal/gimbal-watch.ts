import {
  GimbalDeviceAttitudeStatus,
  GimbalManagerInformation,
  GimbalManagerStatus,
} from '../../codec/messages.ts';
import type { VehiclePort } from '../../service/vehicle-port.ts';
import type { MessageRequests } from '../message-requests.ts';
import type { GimbalState } from '../state.ts';
import type { GimbalRecords } from './gimbal-records.ts';

/** What gimbals are asked, and when. Streams of these messages make the asking unnecessary. */
const REQUEST_ATTEMPTS = 3;
const ASK_AGAIN_MS = 60_000;
const ATTITUDE_EVERY_MS = 5_000;
const ATTITUDE_WHILE_WAITING_MS = 400;
const ATTITUDE_WHILE_MOVING_MS = 1_000;
const MOVING_FOR_MS = 10_000;
const STATUS_EVERY_MS = 10_000;
const STATUS_WHILE_WAITING_MS = 500;
const SILENT_AFTER = 5;
const WHEN_SILENT_MS = 15_000;
const MAX_AUTOPILOT_GIMBAL = 6;

interface Asked {
  attitudeAtMs: number;
  statusAtMs: number;
  /** Attitude requests in a row without an answer. */
  unanswered: number;
}

export class GimbalWatch {
  readonly #port: VehiclePort;
  readonly #requests: MessageRequests;
  readonly #records: GimbalRecords;
  readonly #isWaiting: (gimbalId: string) => boolean;
  readonly #asked = new Map<string, Asked>();
  /** When components were last asked what they manage. */
  readonly #askedAtMs = new Map<number, number>();

  /** @param isWaiting whether a command waits for that gimbal's report */
  constructor(
    port: VehiclePort,
    requests: MessageRequests,
    records: GimbalRecords,
    isWaiting: (gimbalId: string) => boolean,
  ) {
    this.#port = port;
    this.#requests = requests;
    this.#records = records;
    this.#isWaiting = isWaiting;
  }

  tick(nowMs: number): void {
    const known = new Set(this.#records.all().map(({ managerComponentId }) => managerComponentId));
    for (const componentId of this.#candidates()) {
      const askedAtMs = this.#askedAtMs.get(componentId) ?? Number.NEGATIVE_INFINITY;
      if (known.has(componentId) || nowMs - askedAtMs < ASK_AGAIN_MS) continue;
      this.#askedAtMs.set(componentId, nowMs);
      this.#ask(componentId, GimbalManagerInformation.MSG_ID, REQUEST_ATTEMPTS);
    }
    for (const gimbal of this.#records.all()) this.#watch(gimbal, nowMs);
  }

  /** Resolves when the manager told who has control, or when one attempt at it was in vain (1 s). */
  async refreshStatus({ managerComponentId }: GimbalState): Promise<void> {
    const messageId = GimbalManagerStatus.MSG_ID;
    await this.#requests.ask({ componentId: managerComponentId, messageId, index: null, attempts: 1 }, true);
  }

  forget(componentId: number): void {
    this.#askedAtMs.delete(componentId);
  }

  #candidates(): readonly number[] {
    const ids = [this.#port.target.componentId];
    for (const { componentId, kind } of this.#port.state().components) {
      if (kind === 'gimbal' && !ids.includes(componentId)) ids.push(componentId);
    }
    return ids;
  }

  #watch(gimbal: GimbalState, nowMs: number): void {
    const asked = this.#asked.get(gimbal.gimbalId) ?? newAsked();
    this.#asked.set(gimbal.gimbalId, asked);
    const isWaiting = this.#isWaiting(gimbal.gimbalId);
    const usuallyMs = asked.unanswered >= SILENT_AFTER ? WHEN_SILENT_MS : ATTITUDE_EVERY_MS;
    const movingMs = isMoving(gimbal, nowMs) ? ATTITUDE_WHILE_MOVING_MS : usuallyMs;
    const attitudeMs = isWaiting ? ATTITUDE_WHILE_WAITING_MS : movingMs;
    if (nowMs - Math.max(gimbal.attitude?.receivedAtMs ?? 0, asked.attitudeAtMs) >= attitudeMs) {
      asked.attitudeAtMs = nowMs;
      this.#ask(this.#attitudeSource(gimbal), GimbalDeviceAttitudeStatus.MSG_ID, 1, (isAnswered) => {
        asked.unanswered = isAnswered ? 0 : asked.unanswered + 1;
      });
    }
    const statusMs = isWaiting ? STATUS_WHILE_WAITING_MS : STATUS_EVERY_MS;
    if (nowMs - Math.max(gimbal.control?.receivedAtMs ?? 0, asked.statusAtMs) >= statusMs) {
      asked.statusAtMs = nowMs;
      this.#ask(gimbal.managerComponentId, GimbalManagerStatus.MSG_ID, 1);
    }
  }

  /** A MAVLink gimbal tells its attitude itself; the autopilot tells that of the gimbals that it drives. */
  #attitudeSource(gimbal: GimbalState): number {
    const isHeard = this.#port.state().components.some(({ componentId }) => componentId === gimbal.deviceId);
    return isHeard && gimbal.deviceId > MAX_AUTOPILOT_GIMBAL ? gimbal.deviceId : gimbal.managerComponentId;
  }

  #ask(
    componentId: number,
    messageId: number,
    attempts: number,
    onEnd: (isAnswered: boolean) => void = () => {},
  ): void {
    this.#requests
      .ask({ componentId, messageId, index: null, attempts })
      .then((outcome) => onEnd(outcome === 'received'))
      .catch((error: unknown) =>
        this.#port.logger.error(
          { err: error, vehicleId: this.#port.vehicleId },
          'A gimbal could not be asked',
        ),
      );
  }
}

/** Turning, following a place while the aircraft flies, or on its way. */
function isMoving({ aim }: GimbalState, nowMs: number): boolean {
  if (aim === null) return false;
  return aim.kind === 'rate' || aim.kind === 'place' || nowMs - aim.atMs < MOVING_FOR_MS;
}

function newAsked(): Asked {
  return { attitudeAtMs: Number.NEGATIVE_INFINITY, statusAtMs: Number.NEGATIVE_INFINITY, unanswered: 0 };
}
