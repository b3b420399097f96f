import type { MissionItem } from '../../missions/mission-item.ts';

/** How a command ended. Only `done` is success, and it was seen in what the vehicle reports. */
export type CommandOutcome =
  | { readonly kind: 'done'; readonly confirmedBy: string }
  | { readonly kind: 'denied'; readonly result: string; readonly reasons: readonly string[] }
  | { readonly kind: 'no-answer'; readonly afterMs: number }
  | {
      readonly kind: 'not-confirmed';
      readonly expected: string;
      readonly observed: string;
      readonly afterMs: number;
    }
  | { readonly kind: 'not-connected' }
  | { readonly kind: 'identity-conflict'; readonly endpoints: readonly string[] }
  | { readonly kind: 'unsupported'; readonly what: string }
  | { readonly kind: 'busy'; readonly what: string }
  | { readonly kind: 'cancelled'; readonly by: string };

export interface MissionDifference {
  readonly index: number;
  readonly field: string;
  readonly sent: number;
  readonly held: number;
}

/** `done` only after the vehicle's own copy was read back and is equal. */
export type MissionOutcome =
  | { readonly kind: 'done'; readonly planHash: string; readonly itemCount: number }
  | {
      readonly kind: 'rejected';
      readonly result: string;
      readonly index: number | null;
      readonly reasons: readonly string[];
    }
  | { readonly kind: 'no-space'; readonly capacity: number | null; readonly itemCount: number }
  | { readonly kind: 'different'; readonly differences: readonly MissionDifference[] }
  | { readonly kind: 'no-progress'; readonly afterMs: number }
  | { readonly kind: 'not-connected' }
  | { readonly kind: 'identity-conflict'; readonly endpoints: readonly string[] }
  | { readonly kind: 'busy'; readonly what: string }
  | { readonly kind: 'cancelled'; readonly by: string };

export type MissionDownloadOutcome =
  | { readonly kind: 'done'; readonly items: readonly MissionItem[]; readonly planHash: string }
  | Exclude<MissionOutcome, { readonly kind: 'done' | 'different' }>;

export interface TransferProgress {
  readonly phase: 'upload' | 'read-back';
  readonly itemsDone: number;
  readonly itemsTotal: number;
}

export type LaunchStep = 'prepare' | 'arm' | 'take-off' | 'start-mission';

export interface LaunchProgress {
  readonly step: LaunchStep;
  readonly state: 'running' | 'done';
}
