import { CommandAck, CommandInt, CommandLong, type MavLinkData } from '../../codec/messages.ts';
import type { CommandOutcome, VehicleState } from '../../model.ts';
import type { CommandProgress, CommandSpec } from '../../protocol/command.ts';
import { FakePort } from '../../test-support/fake-port.ts';
import { seededRandom } from '../../test-support/seeded-random.ts';
import { VehicleOperations } from '../../vehicle/operations.ts';

/** Something on board that is spoken to by its component id. */
export interface Peer {
  readonly componentId: number;
  receive(message: MavLinkData): void;
}

export interface Network {
  /** 0–1, each way. */
  loss: number;
  duplicates: number;
  delayMs: number;
}

/**
 * A port whose commands are really run (the vehicle's own command machine), against peers behind a network that
 * loses, repeats and delays. Time moves by the fake clock only.
 */
export class LivePort extends FakePort {
  readonly network: Network;
  readonly #operations: VehicleOperations;
  readonly #peers: Peer[] = [];
  readonly #chance: () => number;

  constructor(state: Partial<VehicleState> = {}, network: Partial<Network> = {}, seed = 7) {
    super(state);
    this.network = { loss: 0, duplicates: 0, delayMs: 20, ...network };
    this.#chance = seededRandom(seed);
    this.#operations = new VehicleOperations({
      clock: this.clock,
      target: this.target,
      state: () => this.state(),
      plans: {
        busyWith: null,
        setCurrent: () => Promise.resolve({ kind: 'unsupported', what: 'missions' }),
      },
      send: (message) => this.send(message),
      endGuidedFlight: () => {},
      onSafetyAction: () => {},
    });
    this.onSend = (message) => this.#carry(() => this.#toPeers(message));
  }

  join(peer: Peer, component?: VehicleState['components'][number]): void {
    this.#peers.push(peer);
    if (component !== undefined) this.update({ components: [...this.state().components, component] });
  }

  override run(spec: CommandSpec, onProgress?: (progress: CommandProgress) => void): Promise<CommandOutcome> {
    this.commands.push(spec);
    return this.#operations.run(spec, onProgress);
  }

  override update(change: Partial<VehicleState>): void {
    super.update(change);
    this.#operations.onReport(this.state());
  }

  override deliver(message: MavLinkData, componentId = 1): void {
    super.deliver(message, componentId);
    if (message instanceof CommandAck) {
      this.#operations.onAck(componentId, message.command, message.result, message.progress);
    }
  }

  /** From a peer, through the network. */
  hear(message: MavLinkData, componentId: number): void {
    this.#carry(() => this.deliver(message, componentId));
  }

  /** Calls `tick` each 200 ms of the fake clock. */
  drive(tick: (nowMs: number) => void): void {
    const next = (): void => {
      tick(this.clock.nowMs());
      this.clock.setTimer(next, 200);
    };
    next();
  }

  /** Moves on until it settles. */
  async settled<T>(promise: Promise<T>, withinMs = 60_000): Promise<T> {
    let result: { readonly value: T } | null = null;
    let failure: unknown = null;
    promise.then(
      (value) => {
        result = { value };
      },
      (error: unknown) => {
        failure = error;
      },
    );
    for (let waitedMs = 0; waitedMs <= withinMs && result === null && failure === null; waitedMs += 50) {
      await this.clock.advance(50);
    }
    if (failure !== null) throw failure;
    if (result === null) throw new Error(`nothing after ${withinMs} ms`);
    return (result as { readonly value: T }).value;
  }

  #toPeers(message: MavLinkData): void {
    const isCommand = message instanceof CommandLong || message instanceof CommandInt;
    if (!isCommand) return;
    for (const peer of this.#peers) {
      if (message.targetComponent === peer.componentId) peer.receive(message);
    }
  }

  #carry(deliver: () => void): void {
    if (this.#chance() < this.network.loss) return;
    this.clock.setTimer(deliver, this.network.delayMs);
    if (this.#chance() < this.network.duplicates) this.clock.setTimer(deliver, this.network.delayMs * 3);
  }
}
