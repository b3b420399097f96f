import { MavCmd } from '../codec/messages.ts';
import type { CommandOutcome } from '../model.ts';
import type { CommandSpec } from '../protocol/command.ts';
import { type SetCurrentInput, setCurrentMachine } from '../protocol/mission-set-current.ts';
import { type RunningProtocol, runProtocol } from '../protocol/run-protocol.ts';
import { homeSlots } from '../vehicle/telemetry.ts';
import type { VehiclePort } from './vehicle-port.ts';

/**
 * The item to be flown next: by command where the autopilot has one (it tells why it refuses), by message 41 where
 * the command is not known or not answered. Confirmed by MISSION_CURRENT either way.
 */
const COMMAND_WITHIN_MS = 4_000;

export class CurrentItem {
  readonly #port: VehiclePort;
  #running: RunningProtocol<SetCurrentInput, CommandOutcome> | null = null;
  #cancelledBy: string | null = null;
  #isSetting = false;

  constructor(port: VehiclePort) {
    this.#port = port;
  }

  get what(): string | null {
    return this.#isSetting ? 'setting the current item' : null;
  }

  async set(index: number, hasCommand: boolean): Promise<CommandOutcome> {
    const { mission, autopilot } = this.#port.state();
    const itemCount = mission?.itemCount ?? null;
    if (!Number.isInteger(index) || index < 0 || (itemCount !== null && index >= itemCount)) {
      return { kind: 'denied', result: 'NO_SUCH_ITEM', reasons: [`There is no item ${index} on board.`] };
    }
    this.#isSetting = true;
    this.#cancelledBy = null;
    try {
      const seq = index + homeSlots(autopilot);
      if (hasCommand) {
        const outcome = await this.#port.run(setCurrentCommand(index, seq));
        if (outcome.kind !== 'unsupported' && outcome.kind !== 'no-answer') return outcome;
        if (this.#cancelledBy !== null) return { kind: 'cancelled', by: this.#cancelledBy };
      }
      return await this.#byMessage(seq);
    } finally {
      this.#isSetting = false;
    }
  }

  onReport(seq: number): void {
    this.#running?.input({ kind: 'current', seq });
  }

  cancel(by: string): void {
    if (this.#isSetting) this.#cancelledBy = by;
    this.#running?.cancel(by);
  }

  async #byMessage(seq: number): Promise<CommandOutcome> {
    const running = runProtocol(setCurrentMachine(this.#port.target, seq), {
      clock: this.#port.clock,
      send: (message) => {
        this.#port.send(message);
      },
    });
    this.#running = running;
    running.start();
    try {
      return await running.result;
    } finally {
      this.#running = null;
    }
  }
}

function setCurrentCommand(index: number, seq: number): CommandSpec {
  return {
    name: `go on with item ${index}`,
    command: MavCmd.DO_SET_MISSION_CURRENT,
    params: [seq, 0],
    commandClass: 'idempotent',
    giveUpMs: COMMAND_WITHIN_MS,
    persistent: false,
    confirm: {
      expected: `item ${index}`,
      seen: (state) => state.mission?.currentIndex === index,
      observed: (state) => `item ${state.mission?.currentIndex ?? 'unknown'}`,
      reportedAtMs: (state) => state.mission?.receivedAtMs ?? null,
      withinMs: COMMAND_WITHIN_MS,
    },
  };
}
