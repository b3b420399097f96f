import { buildMessage, SystemTime, TimeSync } from '../codec/messages.ts';
import { ask, NO_TIME_SYNC, onTimeSync, toNs } from '../protocol/time-sync.ts';
import type { VehiclePort, VehicleService } from './vehicle-port.ts';

/** Keeps `VehicleState.clock` fresh, and answers the autopilot's own TIMESYNC at once. */
export interface TimeSyncOptions {
  readonly everyMs?: number;
  /** For aircraft without GPS time: tells them ours (SYSTEM_TIME). A server with a wrong clock would spoil theirs. */
  readonly sendSystemTime?: boolean;
}

const EVERY_MS = 10_000;
/** Until there are enough samples to choose from. */
const FIRST_EVERY_MS = 2_000;
const ENOUGH_SAMPLES = 5;

export class TimeSyncService implements VehicleService {
  readonly #port: VehiclePort;
  readonly #everyMs: number;
  readonly #sendSystemTime: boolean;
  readonly #stopListening: () => void;
  #state = NO_TIME_SYNC;
  #nextAtMs: number;

  constructor(port: VehiclePort, options: TimeSyncOptions = {}) {
    this.#port = port;
    this.#everyMs = options.everyMs ?? EVERY_MS;
    this.#sendSystemTime = options.sendSystemTime ?? false;
    // Spread over the fleet.
    this.#nextAtMs = port.clock.nowMs() + port.random() * FIRST_EVERY_MS;
    this.#stopListening = port.on(TimeSync, (message, from) => {
      if (from.componentId === port.target.componentId) this.#onMessage(message);
    });
  }

  tick(nowMs: number): void {
    if (nowMs < this.#nextAtMs || this.#port.refusal() !== null) return;
    const few = this.#state.samples.length < ENOUGH_SAMPLES;
    this.#nextAtMs = nowMs + (few ? Math.min(FIRST_EVERY_MS, this.#everyMs) : this.#everyMs);
    const question = ask(this.#state, toNs(this.#port.clock.nowMs()));
    this.#state = question.state;
    this.#send(0n, question.ts1);
    if (!this.#sendSystemTime) return;
    this.#port.send(buildMessage(SystemTime, { timeUnixUsec: toNs(nowMs) / 1000n, timeBootMs: 0 }));
  }

  onReboot(): void {
    this.#state = NO_TIME_SYNC;
  }

  close(): void {
    this.#stopListening();
  }

  #onMessage(message: TimeSync): void {
    const nowMs = this.#port.clock.nowMs();
    const step = onTimeSync(this.#state, { tc1: BigInt(message.tc1), ts1: BigInt(message.ts1) }, toNs(nowMs));
    this.#state = step.state;
    if (step.kind === 'answer') this.#send(step.tc1, step.ts1);
    if (step.kind === 'sample') this.#port.update({ clock: { ...step.estimate, receivedAtMs: nowMs } });
  }

  #send(tc1: bigint, ts1: bigint): void {
    const { systemId, componentId } = this.#port.target;
    this.#port.send(
      buildMessage(TimeSync, { tc1, ts1, targetSystem: systemId, targetComponent: componentId }),
    );
  }
}
