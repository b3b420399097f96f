import pino from 'pino';
import { decodeById } from '../codec/decoder.ts';
import { Encoder } from '../codec/encoder.ts';
import { Framer } from '../codec/framer.ts';
import type { MavLinkData, MavLinkDataConstructor } from '../codec/messages.ts';
import type { BridgeEvent, CommandOutcome, LinkId, VehicleId, VehicleState } from '../model.ts';
import type { CommandSpec } from '../protocol/command.ts';
import type { MessageHandler, Refusal, VehiclePort } from '../service/vehicle-port.ts';
import { Inbox } from '../vehicle/inbox.ts';
import { newTelemetry } from '../vehicle/telemetry.ts';
import { FakeClock } from './fake-clock.ts';
import { seededRandom } from './seeded-random.ts';

/**
 * A vehicle's port without a vehicle: what a service sends is kept (and handed to `onSend`, where a scripted peer
 * sits), what it shall hear is given by `deliver`. Messages pass through real bytes both ways, so that a field that
 * does not fit shows.
 */
export class FakePort implements VehiclePort {
  readonly vehicleId = 'ap-1' as VehicleId;
  readonly clock = new FakeClock();
  readonly random = seededRandom(1);
  readonly logger = pino({ level: 'silent' });
  readonly ourSystemId = 245;
  readonly ourComponentId = 190;
  readonly target = { systemId: 1, componentId: 1 };
  readonly sent: MavLinkData[] = [];
  readonly events: BridgeEvent[] = [];
  readonly commands: CommandSpec[] = [];
  readonly cancelled: string[] = [];
  /** What a run command ends with. */
  commandOutcome: (spec: CommandSpec) => CommandOutcome = () => ({
    kind: 'done',
    confirmedBy: 'acknowledgement',
  });
  onSend: (message: MavLinkData) => void = () => {};
  verifiedPlan: { readonly hash: string; readonly itemCount: number } | null = null;
  refuseWith: Refusal | null = null;
  #state: VehicleState;
  readonly #inbox = new Inbox(this.ourSystemId);
  readonly #encoder = new Encoder({ systemId: 245, componentId: 190 });

  constructor(state: Partial<VehicleState> = {}) {
    const fresh = newTelemetry({
      vehicleId: this.vehicleId,
      systemId: 1,
      componentId: 1,
      linkId: 'l' as LinkId,
      endpoint: 'a:1',
      atMs: this.clock.nowMs(),
    }).snapshot;
    this.#state = { ...fresh, autopilot: 'ardupilot', airframe: 'copter', ...state };
  }

  state(): VehicleState {
    return this.#state;
  }

  update(change: Partial<VehicleState>): void {
    this.#state = { ...this.#state, ...change };
  }

  onVerifiedPlan(plan: { readonly hash: string; readonly itemCount: number } | null): void {
    this.verifiedPlan = plan;
  }

  send(message: MavLinkData): boolean {
    const seen = throughBytes(message, this.#encoder);
    this.sent.push(seen);
    this.onSend(seen);
    return true;
  }

  run(spec: CommandSpec): Promise<CommandOutcome> {
    this.commands.push(spec);
    return Promise.resolve(this.commandOutcome(spec));
  }

  cancelCommand(spec: CommandSpec, by: string): void {
    this.cancelled.push(`${spec.name} by ${by}`);
  }

  refusal(): Refusal | null {
    return this.refuseWith;
  }

  on<T extends MavLinkData>(
    messageClass: MavLinkDataConstructor<T>,
    handler: MessageHandler<T>,
    whose?: 'foreign',
  ): () => void {
    return this.#inbox.on(messageClass, handler, whose);
  }

  /** From a component of the vehicle to us. */
  deliver(message: MavLinkData, componentId = 1): void {
    const seen = throughBytes(message, new Encoder({ systemId: 1, componentId }));
    this.#inbox.deliver(seen, { componentId, atMs: this.clock.nowMs() });
  }

  emit(event: BridgeEvent): void {
    this.events.push(event);
  }

  /** Everything of one class that was sent. */
  sentOf<T extends MavLinkData>(messageClass: MavLinkDataConstructor<T>): readonly T[] {
    return this.sent.filter((message): message is T => message instanceof messageClass);
  }
}

function throughBytes(message: MavLinkData, encoder: Encoder): MavLinkData {
  const [frame] = new Framer().pushDatagram(encoder.encode(message));
  const seen = frame === undefined ? null : decodeById(frame);
  if (seen === null) throw new Error(`a frame that nobody can read: ${message.constructor.name}`);
  return seen;
}
