import type { Logger } from 'pino';
import type { MavLinkData, MavLinkDataConstructor } from '../codec/messages.ts';
import type { BridgeEvent, Clock, CommandOutcome, VehicleId, VehicleState } from '../model.ts';
import type { CommandProgress, CommandSpec } from '../protocol/command.ts';
import type { Target } from '../protocol/step.ts';

/**
 * What a service (parameters, files, logs, payload …) sees of its vehicle. A service owns the protocols that it runs
 * and nothing else: it neither knows links nor other services.
 */
export interface VehiclePort {
  readonly vehicleId: VehicleId;
  readonly clock: Clock;
  /** 0 ≤ value < 1. */
  readonly random: () => number;
  readonly logger: Logger;
  readonly ourSystemId: number;
  readonly ourComponentId: number;
  /** The autopilot. */
  readonly target: Target;
  state(): VehicleState;
  /** Changes groups of the snapshot that the service is the source of; the snapshot stays immutable. */
  update(change: Partial<VehicleState>): void;
  /** What the vehicle was seen to hold after a read-back that was equal; null: not known (any more). */
  onVerifiedPlan(plan: { readonly hash: string; readonly itemCount: number } | null): void;
  /** Over the best link; false: there is no endpoint to send to. */
  send(message: MavLinkData): boolean;
  /** One outstanding per component and command; a second one is told `busy`. */
  run(spec: CommandSpec, onProgress?: (progress: CommandProgress) => void): Promise<CommandOutcome>;
  /** Ends a command that `run` has not answered yet (`cancelled`), so that its number is free at once. */
  cancelCommand(spec: CommandSpec, by: string): void;
  /** Why nothing can be asked of this vehicle now; null: it can. */
  refusal(): Refusal | null;
  /**
   * Messages of that class from any component of this vehicle that are meant for us or for everybody, each once,
   * however many links carry it. Returns the way to stop listening. Frames of classes that nobody listens to are
   * not decoded. `foreign`: only those that are meant for another ground station.
   */
  on<T extends MavLinkData>(
    messageClass: MavLinkDataConstructor<T>,
    handler: MessageHandler<T>,
    whose?: 'foreign',
  ): () => void;
  emit(event: BridgeEvent): void;
}

export type MessageHandler<T> = (
  message: T,
  from: { readonly componentId: number; readonly atMs: number },
) => void;

/** Refusals that every service gives before it begins. */
export type Refusal = Extract<
  CommandOutcome,
  { kind: 'not-connected' | 'identity-conflict' | 'busy' | 'cancelled' }
>;

/** What the vehicle tells each of its services. */
export interface VehicleService {
  /** Several times a second. */
  tick?(nowMs: number): void;
  /** The autopilot restarted: nothing that it told before is true any more. */
  onReboot?(): void;
  onLost?(): void;
  /** Settles waiting work with `cancelled`. */
  close(by: string): void;
}

/**
 * A service as others see it, across threads: every method takes the vehicle first. Arguments and results are plain
 * data; a function argument is a progress callback.
 */
export type PerVehicle<S> = {
  readonly [K in keyof S]: S[K] extends (...args: infer A) => infer R
    ? (vehicleId: VehicleId, ...args: A) => R
    : never;
};
