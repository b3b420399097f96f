import type { MissionItem } from '../../missions/mission-item.ts';
import type { CommandOutcome, MissionDifference, TransferProgress } from '../model.ts';
import type { FencePlan, RallyPoint } from '../protocol/mission-fence.ts';
import type { PlanKind } from '../protocol/mission-kinds.ts';

/**
 * What the vehicle holds after a transfer that did not succeed: its old plan, or nobody knows (ArduPilot overwrites a
 * mission item by item; a last acknowledgement that was lost).
 */
export type PlanOnBoard = 'unchanged' | 'unknown';

/** `done` only after the vehicle's own copy was read back and is equal. */
export type PlanOutcome =
  | { readonly kind: 'done'; readonly planHash: string; readonly itemCount: number }
  | PlanRefusal
  | ({ readonly planOnBoard: PlanOnBoard } & (
      | {
          readonly kind: 'rejected';
          readonly result: string;
          readonly index: number | null;
          readonly reasons: readonly string[];
        }
      | { readonly kind: 'no-space'; readonly capacity: number | null; readonly itemCount: number }
      | { readonly kind: 'different'; readonly differences: readonly MissionDifference[] }
      | { readonly kind: 'no-progress'; readonly afterMs: number }
      | { readonly kind: 'cancelled'; readonly by: string }
    ));

/** Nothing was begun, or another ground station was first: the plan on board is not our doing. */
export type PlanRefusal =
  | { readonly kind: 'not-connected' }
  | { readonly kind: 'identity-conflict'; readonly endpoints: readonly string[] }
  | { readonly kind: 'busy'; readonly what: string }
  | { readonly kind: 'unsupported'; readonly what: string };

export type PlanDownloadOutcome =
  | {
      readonly kind: 'done';
      readonly items: readonly MissionItem[];
      readonly planHash: string;
      /** Of a fence; null: what is on board is no fence that we understand. */
      readonly fence?: FencePlan | null;
      /** Of rally points; null as for the fence. */
      readonly rally?: readonly RallyPoint[] | null;
    }
  | PlanRefusal
  | { readonly kind: 'rejected'; readonly result: string }
  | { readonly kind: 'no-progress'; readonly afterMs: number }
  | { readonly kind: 'cancelled'; readonly by: string };

/** A list that was read back and found equal. */
export interface VerifiedPlan {
  readonly hash: string;
  readonly itemCount: number;
  readonly atMs: number;
}

export type PlanProgress = (progress: TransferProgress) => void;

/** Everything about the lists that a vehicle holds; plain data in and out. */
export interface PlanApi {
  upload(kind: PlanKind, items: readonly MissionItem[], onProgress?: PlanProgress): Promise<PlanOutcome>;
  uploadFence(fence: FencePlan, onProgress?: PlanProgress): Promise<PlanOutcome>;
  uploadRally(points: readonly RallyPoint[], onProgress?: PlanProgress): Promise<PlanOutcome>;
  download(kind: PlanKind, onProgress?: PlanProgress): Promise<PlanDownloadOutcome>;
  /** Confirmed by reading back that nothing is left; `all` empties the three lists with one message. */
  clear(kind: PlanKind | 'all'): Promise<PlanOutcome>;
  /** `index` counts the plan's own items. Confirmed by MISSION_CURRENT. */
  setCurrent(index: number): Promise<CommandOutcome>;
  /** What was last read back and found equal; null: not known what the vehicle holds. */
  verified(kind: PlanKind): VerifiedPlan | null;
  /** Ends a running transfer; the vehicle is told (MISSION_ACK 15). */
  cancel(by: string): void;
}
