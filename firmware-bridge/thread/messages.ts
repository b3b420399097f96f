import type { BridgeConfig, BridgeEvent, BridgeHealth, ForwardStatus, LinkStatus } from '../model.ts';
import type { SnapshotDelta } from './snapshot-delta.ts';

/** What goes between the main thread and the bridge's thread. Plain data, in order, never lost. */
export type ToBridge =
  | {
      readonly kind: 'call';
      readonly callId: number;
      /** `hold`, `cameras.takePhoto`. */
      readonly path: string;
      readonly args: readonly unknown[];
      /** Which arguments are functions: they stay on the caller's side and are called back. */
      readonly callbacks: readonly number[];
    }
  | { readonly kind: 'close' };

export type FromBridge =
  | { readonly kind: 'ready'; readonly links: readonly LinkStatus[] }
  | { readonly kind: 'failed'; readonly error: PlainError }
  | { readonly kind: 'deltas'; readonly deltas: readonly SnapshotDelta[] }
  | { readonly kind: 'event'; readonly event: Exclude<BridgeEvent, { kind: 'vehicles' }> }
  /** Once a second; also the sign that the thread lives. */
  | {
      readonly kind: 'links';
      readonly links: readonly LinkStatus[];
      readonly forwards: readonly ForwardStatus[];
      readonly health: BridgeHealth;
    }
  | {
      readonly kind: 'callback';
      readonly callId: number;
      readonly position: number;
      readonly args: readonly unknown[];
    }
  | { readonly kind: 'result'; readonly callId: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly callId: number; readonly error: PlainError }
  /** A line of pino's JSON. */
  | { readonly kind: 'log'; readonly line: string }
  | { readonly kind: 'closed' };

/** An error's own fields get lost in a structured clone. */
export interface PlainError {
  readonly code: string | null;
  readonly message: string;
  readonly details: Readonly<Record<string, string | number>>;
  readonly stack: string | null;
}

/** What the thread is started with. */
export interface ThreadStart {
  readonly config: BridgeConfig;
  readonly pulse: SharedArrayBuffer;
  /** Epoch milliseconds at `process.hrtime` 0: both threads tell the same time. */
  readonly clockBaseMs: number;
  readonly logLevel: string;
}
