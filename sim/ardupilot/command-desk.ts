import {
  buildMessage,
  CommandAck,
  CommandInt,
  CommandLong,
  type MavLinkData,
  type SetMode,
} from '../../firmware-bridge/codec/messages.ts';
import type { Channel } from '../vehicle/channel.ts';
import { type Command, commandOfInt, commandOfLong, RESULT } from '../vehicle/command.ts';
import type { Outbox, Peer } from '../vehicle/outbox.ts';
import type { ServiceRack } from '../vehicle/service-rack.ts';
import type { ExecutedCommand } from '../vehicle/truth.ts';
import { executeCommand } from './commands.ts';
import type { CommandHost, Flight } from './firmware.ts';

export interface CommandDeskHost {
  readonly outbox: Outbox;
  readonly services: ServiceRack;
  flight(): Flight;
  /** MAV_RESULT with which a fault answers this command; null: none does. */
  refusal(command: number): number | null;
  canSend(messageId: number): boolean;
  telemetry(messageId: number): MavLinkData | null;
  availableModes(index: number): readonly MavLinkData[];
  announceMode(): void;
  reboot(): void;
}

/** Newest entries kept of what was executed; a day of operation fits many times. */
const HISTORY = 5000;
const AVAILABLE_MODES = 435;

/** Where commands arrive: who executes them, the order of answer and consequences, and the record of all. */
export class CommandDesk {
  readonly #host: CommandDeskHost;
  readonly #executed: ExecutedCommand[] = [];

  constructor(host: CommandDeskHost) {
    this.#host = host;
  }

  /** Every command that arrived, with its answer, oldest first. */
  get executed(): readonly ExecutedCommand[] {
    return this.#executed;
  }

  execute(command: Command, targetComponent: number, peer: Peer, channel: Channel): void {
    const { outbox, services } = this.#host;
    const after: MavLinkData[] = [];
    const host = this.#commandHost(channel, after);
    outbox.hold();
    const result =
      this.#host.refusal(command.command) ??
      services.command(command, targetComponent, peer) ??
      this.#host.flight().command(command, host) ??
      executeCommand(command, host);
    this.#record(command.command, [...command.params, ...command.tail], result, peer);
    this.#answer(ack(command.command, result, peer), channel);
    for (const message of after) channel.send(message);
  }

  /** For a camera, a gimbal …: a component that a service speaks for; others do not exist here. */
  handleForComponent(message: MavLinkData, component: number, peer: Peer, wallMs: number): void {
    const { outbox, services } = this.#host;
    if (!services.owns(component)) return;
    if (!(message instanceof CommandLong || message instanceof CommandInt)) {
      services.handle(message, peer, component, wallMs);
      return;
    }
    const command = message instanceof CommandLong ? commandOfLong(message) : commandOfInt(message);
    outbox.hold();
    const result = services.command(command, component, peer) ?? RESULT.UNSUPPORTED;
    this.#record(command.command, [...command.params, ...command.tail], result, peer);
    outbox.release(() => outbox.send(peer.channelId, ack(command.command, result, peer), component));
  }

  /** The old SET_MODE message; ArduPilot answers it with a COMMAND_ACK for "command" 11. */
  setMode(message: SetMode, peer: Peer, channel: Channel): void {
    const isCustom = (message.baseMode & 1) !== 0;
    this.#host.outbox.hold();
    const done = isCustom && this.#host.flight().requestMode(message.customMode);
    const result = done ? RESULT.ACCEPTED : isCustom ? RESULT.FAILED : RESULT.DENIED;
    this.#record(176, [message.baseMode, message.customMode], result, peer);
    this.#answer(ack(11, result, peer), channel);
  }

  #commandHost(channel: Channel, after: MavLinkData[]): CommandHost {
    const flight = this.#host.flight();
    return {
      flight,
      intervalUs: (messageId) => channel.rates.intervalUs(messageId),
      setInterval: (messageId, intervalUs) => channel.rates.set(messageId, intervalUs, flight.state.timeS),
      canSend: (messageId) => this.#host.canSend(messageId),
      reply: (message) => after.push(message),
      text: (severity, text) => this.#host.outbox.say(severity, text),
      sendAfterAck: (messageId, param2 = 0) => {
        const messages =
          messageId === AVAILABLE_MODES
            ? this.#host.availableModes(param2)
            : [this.#host.telemetry(messageId)].filter((message) => message !== null);
        after.push(...messages);
        return messages.length > 0;
      },
      reboot: () => this.#host.reboot(),
    };
  }

  /** As captured: first the acknowledgement, then the new mode, then what the command made the autopilot say. */
  #answer(message: CommandAck, channel: Channel): void {
    this.#host.outbox.release(() => {
      channel.send(message);
      this.#host.announceMode();
    });
  }

  #record(command: number, params: readonly number[], result: number, peer: Peer): void {
    if (this.#executed.length >= HISTORY) this.#executed.shift();
    const atS = this.#host.flight().state.timeS;
    this.#executed.push({ atS, fromSystemId: peer.systemId, command, params, result });
  }
}

function ack(command: number, result: number, peer: Peer): CommandAck {
  return buildMessage(CommandAck, {
    command,
    result,
    targetSystem: peer.systemId,
    targetComponent: peer.componentId,
  });
}
