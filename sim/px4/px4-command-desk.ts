import {
  buildMessage,
  CommandAck,
  type MavLinkData,
  MessageInterval,
  type SetMode,
} from '../../firmware-bridge/codec/messages.ts';
import type { Channel } from '../vehicle/channel.ts';
import { type Command, RESULT } from '../vehicle/command.ts';
import type { Outbox, Peer } from '../vehicle/outbox.ts';
import type { ServiceRack } from '../vehicle/service-rack.ts';
import type { ExecutedCommand } from '../vehicle/truth.ts';
import type { Px4Aircraft } from './px4-aircraft.ts';
import { executeCommand } from './px4-commands.ts';
import type { Px4Faults } from './px4-faults.ts';
import { receiverCommand } from './px4-receiver.ts';
import type { Say } from './px4-say.ts';

export interface CommandDeskHost {
  readonly outbox: Outbox;
  readonly services: ServiceRack;
  faults(): Px4Faults;
  aircraft(): Px4Aircraft;
  canSend(messageId: number): boolean;
  build(messageId: number): MavLinkData | null;
  availableMode(index: number): MavLinkData | null;
  readonly say: Say;
  reboot(): void;
}

/** Newest entries kept of what was executed. */
const HISTORY = 5000;
const DO_SET_MODE = 176;
/** No channel has this number: the old SET_MODE is not answered. */
const NOBODY = 0;

interface PendingCommand {
  readonly command: Command;
  readonly targetComponent: number;
  readonly peer: Peer;
}

/**
 * Where commands arrive. As in the real one a receiver answers what is its own (rates, requests) at once, and hands the
 * rest to the commander, which answers in the next step; DO_SET_MODE is answered by both.
 */
export class Px4CommandDesk {
  readonly #host: CommandDeskHost;
  readonly #executed: ExecutedCommand[] = [];
  #pending: PendingCommand[] = [];

  constructor(host: CommandDeskHost) {
    this.#host = host;
  }

  get executed(): readonly ExecutedCommand[] {
    return this.#executed;
  }

  restarted(): void {
    this.#pending = [];
  }

  /** What the receiver itself answers, at once; everything else waits for the next step. */
  receive(command: Command, targetComponent: number, peer: Peer, channel: Channel): void {
    const refusal = this.#host.faults().refusal(command.command);
    const own = refusal === null ? this.#ownOfReceiver(command, channel) : { result: refusal, messages: [] };
    if (own === null) {
      if (command.command === DO_SET_MODE) channel.send(ack(DO_SET_MODE, RESULT.ACCEPTED, peer));
      this.#pending.push({ command, targetComponent, peer });
      return;
    }
    this.#record(command, own.result, peer);
    channel.send(ack(command.command, own.result, peer));
    for (const message of own.messages) channel.send(message);
  }

  /** For a component of a service: that alone decides. */
  receiveForService(command: Command, component: number, peer: Peer): void {
    const { outbox, services } = this.#host;
    outbox.hold();
    const result =
      this.#host.faults().refusal(command.command) ??
      services.command(command, component, peer) ??
      RESULT.UNSUPPORTED;
    this.#record(command, result, peer);
    outbox.release(() => outbox.send(peer.channelId, ack(command.command, result, peer), component));
  }

  /** The old SET_MODE message carries the whole custom mode; it is not answered. */
  receiveSetMode({ baseMode, customMode }: SetMode, peer: Peer): void {
    const params = [baseMode, (customMode >>> 16) & 0xff, customMode >>> 24, 0] as const;
    const command: Command = { command: DO_SET_MODE, params, position: null, tail: [0, 0, 0] };
    this.#pending.push({ command, targetComponent: 0, peer: { ...peer, channelId: NOBODY } });
  }

  /** The commander's turn. */
  executePending(): void {
    if (this.#pending.length === 0) return;
    const due = this.#pending;
    this.#pending = [];
    const { outbox, services } = this.#host;
    for (const { command, targetComponent, peer } of due) {
      outbox.hold();
      const outcome =
        services.command(command, targetComponent, peer) ??
        executeCommand(command, {
          aircraft: this.#host.aircraft(),
          say: this.#host.say,
          reboot: () => this.#host.reboot(),
        });
      // Nobody answers: for the truth it is "unsupported".
      this.#record(command, outcome === 'silent' ? RESULT.UNSUPPORTED : outcome, peer);
      outbox.release(() => {
        if (outcome !== 'silent') outbox.send(peer.channelId, ack(command.command, outcome, peer));
      });
    }
  }

  #ownOfReceiver(command: Command, channel: Channel) {
    const nowS = this.#host.aircraft().state.timeS;
    return receiverCommand(command, {
      setInterval: (messageId, intervalUs) => channel.rates.set(messageId, intervalUs, nowS),
      intervalUs: (messageId) => channel.rates.intervalUs(messageId),
      canSend: (messageId) => this.#host.canSend(messageId),
      build: (messageId) => this.#host.build(messageId),
      availableMode: (index) => this.#host.availableMode(index),
      interval: (messageId, intervalUs) => buildMessage(MessageInterval, { messageId, intervalUs }),
    });
  }

  #record({ command, params, tail }: Command, result: number, peer: Peer): void {
    if (this.#executed.length >= HISTORY) this.#executed.shift();
    const atS = this.#host.aircraft().state.timeS;
    const fromSystemId = peer.systemId;
    this.#executed.push({ atS, fromSystemId, command, params: [...params, ...tail], result });
  }
}

function ack(command: number, result: number, peer: Peer): CommandAck {
  const { systemId: targetSystem, componentId: targetComponent } = peer;
  return buildMessage(CommandAck, { command, result, targetSystem, targetComponent });
}
