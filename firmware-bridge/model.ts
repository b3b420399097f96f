import type { MissionItem } from '../missions/mission-item.ts';
import type { VehicleId } from './model/base.ts';
import type { BridgeEvent } from './model/events.ts';
import type { ForwardStatus, LinkStatus } from './model/links.ts';
import type {
  CommandOutcome,
  LaunchProgress,
  MissionDownloadOutcome,
  MissionOutcome,
  TransferProgress,
} from './model/outcomes.ts';
import type { VehicleState } from './model/vehicle-state.ts';

/**
 * The types that pass through the bridge's one door. All of them are plain data (structured-clone safe), so that
 * the bridge can sit on its own thread or machine. Times called `…AtMs` are epoch milliseconds of a clock that
 * never steps back (`Clock.nowMs`).
 */

export type * from './model/base.ts';
export type * from './model/config.ts';
export type * from './model/events.ts';
export type * from './model/links.ts';
export type * from './model/outcomes.ts';
export type * from './model/vehicle-state.ts';

/** Of the thread that talks to the aircraft, over about the last second. */
export interface BridgeHealth {
  readonly eventLoopDelayP99Ms: number;
  readonly eventLoopDelayMaxMs: number;
  /** 0–1: the part of the time in which it works. */
  readonly busyFraction: number;
}

export interface Bridge {
  links(): readonly LinkStatus[];
  forwards(): readonly ForwardStatus[];
  health(): BridgeHealth;
  vehicles(): readonly VehicleState[];
  vehicle(vehicleId: VehicleId): VehicleState | null;
  /** Returns the way to stop listening. A listener that throws is logged and does not stop the others. */
  subscribe(listener: (event: BridgeEvent) => void): () => void;
  /**
   * Full detail for these vehicles, a background rate for the rest; null: full detail for all (as at the start).
   * Vehicles that are not known yet count too.
   */
  setInterest(vehicleIds: readonly VehicleId[] | null): Promise<void>;
  /** Uploads `items`, reads them back, compares. One transfer per vehicle at a time. */
  uploadMission(
    vehicleId: VehicleId,
    items: readonly MissionItem[],
    onProgress?: (progress: TransferProgress) => void,
  ): Promise<MissionOutcome>;
  downloadMission(vehicleId: VehicleId): Promise<MissionDownloadOutcome>;
  /**
   * From disarmed on the ground to flying the mission that the vehicle holds: each step confirmed by the vehicle's
   * report before the next. A safety action (hold, return, land) ends a running launch with `cancelled`.
   */
  launchMission(
    vehicleId: VehicleId,
    options: { readonly takeoffAltitudeM: number },
    onProgress?: (progress: LaunchProgress) => void,
  ): Promise<CommandOutcome>;
  hold(vehicleId: VehicleId): Promise<CommandOutcome>;
  /** Goes on with the mission at the item where it was held. */
  resumeMission(vehicleId: VehicleId): Promise<CommandOutcome>;
  returnToLaunch(vehicleId: VehicleId): Promise<CommandOutcome>;
  land(vehicleId: VehicleId): Promise<CommandOutcome>;
  /** Idempotent. Settles waiting work with `cancelled`, flushes recordings, frees sockets and timers. */
  close(): Promise<void>;
}
