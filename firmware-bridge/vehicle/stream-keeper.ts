import { buildMessage, CommandLong, MavCmd, type MavLinkData } from '../codec/messages.ts';
import type { AutopilotKind } from '../model.ts';
import type { Target } from '../protocol/step.ts';
import { type Detail, rateWishes } from './rate-wishes.ts';
import { RateKeeper } from './rates.ts';
import type { Source } from './source.ts';

/**
 * The rates of one vehicle on each of its ways: an autopilot keeps intervals per channel, so a second link that was
 * never asked carries heartbeats only, and a switch to it would leave a hole.
 */
export interface StreamOptions {
  readonly random: () => number;
  readonly telemetryRateHz: number;
  readonly detail: Detail;
  /** Within which the vehicle is asked first. */
  readonly spreadMs: number;
}

export class StreamKeeper {
  readonly #options: StreamOptions;
  readonly #keepers = new Map<Source, RateKeeper>();
  #detail: Detail;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#detail = options.detail;
  }

  setDetail(detail: Detail, autopilot: AutopilotKind, nowMs: number): void {
    if (detail === this.#detail) return;
    this.#detail = detail;
    const wishes = rateWishes(autopilot, detail, this.#options.telemetryRateHz);
    if (wishes === null) return;
    for (const keeper of this.#keepers.values()) keeper.setWishes(wishes, nowMs);
  }

  received(source: Source, messageId: number): void {
    this.#keepers.get(source)?.received(messageId);
  }

  forget(source: Source): void {
    this.#keepers.delete(source);
  }

  /** After a restart the vehicle sends what it likes. */
  forgetAll(): void {
    this.#keepers.clear();
  }

  /** What to send on that way now, without waiting for acknowledgements: the message that comes is the proof. */
  due(source: Source, target: Target, autopilot: AutopilotKind, nowMs: number): readonly MavLinkData[] {
    let keeper = this.#keepers.get(source);
    if (keeper === undefined) {
      const { random, spreadMs, telemetryRateHz } = this.#options;
      const wishes = rateWishes(autopilot, this.#detail, telemetryRateHz);
      if (wishes === null) return [];
      keeper = new RateKeeper(wishes, nowMs, random, spreadMs);
      this.#keepers.set(source, keeper);
    }
    return keeper.due(nowMs).map(({ messageId, intervalUs }) =>
      buildMessage(CommandLong, {
        targetSystem: target.systemId,
        targetComponent: target.componentId,
        command: MavCmd.SET_MESSAGE_INTERVAL,
        _param1: messageId,
        _param2: intervalUs,
      }),
    );
  }
}
