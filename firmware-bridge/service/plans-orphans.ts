import { buildMessage, MavMissionResult, MissionAck } from '../codec/messages.ts';
import { MISSION_TYPE_OF, type PlanKind } from '../protocol/mission-kinds.ts';
import type { VehiclePort } from './vehicle-port.ts';

/**
 * A vehicle that asks for an item of an upload that we do not run (any more: we restarted, or gave up) is let go with
 * MISSION_ACK 15. Otherwise it waits, refuses others, and on PX4 every further upload. Per list at most once a second:
 * PX4 asks four times a second.
 */
const ANSWER_EVERY_MS = 1_000;
/** Right after an upload its late requests are no orphans: the answer would end the read-back (PX4). */
const STALE_REQUESTS_MS = 3_000;

export class OrphanAnswers {
  readonly #port: VehiclePort;
  readonly #answeredAtMs = new Map<PlanKind, number>();

  constructor(port: VehiclePort) {
    this.#port = port;
  }

  /** @param readingSinceMs since when that list is being read; null: it is not */
  answer(kind: PlanKind, atMs: number, readingSinceMs: number | null): void {
    if (readingSinceMs !== null && atMs - readingSinceMs < STALE_REQUESTS_MS) return;
    const answeredAtMs = this.#answeredAtMs.get(kind);
    if (answeredAtMs !== undefined && atMs - answeredAtMs < ANSWER_EVERY_MS) return;
    this.#answeredAtMs.set(kind, atMs);
    this.#port.send(
      buildMessage(MissionAck, {
        targetSystem: this.#port.target.systemId,
        targetComponent: this.#port.target.componentId,
        type: MavMissionResult.OPERATION_CANCELLED,
        missionType: MISSION_TYPE_OF[kind],
      }),
    );
  }
}
