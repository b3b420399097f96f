import type { MissionItem } from '../../missions/mission-item.ts';
import type { AirframeKind, AutopilotKind, CommandOutcome, LaunchStep, VehicleState } from '../model.ts';
import type { CommandSpec } from '../protocol/command.ts';
import type { GuidedFlight } from './guided-flight.ts';

/**
 * What an autopilot does differently, in one place: intents in, messages out. Nothing outside this folder asks
 * which autopilot it talks to.
 */
export type ModeIntent = 'hold' | 'return' | 'land' | 'mission' | 'guided';

/** What a launch needs of its vehicle. */
export interface LaunchHost {
  state(): VehicleState;
  run(spec: CommandSpec): Promise<CommandOutcome>;
  /** `timeout` after `withinMs`; `cancelled` when the launch was ended from outside. */
  waitUntil(
    seen: (state: VehicleState) => boolean,
    withinMs: number,
  ): Promise<'seen' | 'timeout' | 'cancelled'>;
  /** The mission starts at its first item, wherever an earlier flight left it. */
  rewindMission(): Promise<CommandOutcome>;
  progress(step: LaunchStep, state: 'running' | 'done'): void;
  /** Who ended the launch; null while it may go on. */
  cancelledBy(): string | null;
}

export interface LaunchOptions {
  readonly takeoffAltitudeM: number;
}

export interface Autopilot {
  readonly kind: AutopilotKind;
  readonly guided: GuidedFlight;
  /** Commands that bring it into a mode of that meaning, best first; empty: this airframe has none. */
  modeCommands(
    intent: ModeIntent,
    airframe: AirframeKind,
    options: { readonly giveUpMs: number; readonly persistent: boolean },
  ): readonly CommandSpec[];
  /** Items as they go over the wire. */
  toWire(items: readonly MissionItem[], state: VehicleState): readonly MissionItem[];
  /** The plan in what came over the wire. */
  fromWire(items: readonly MissionItem[]): readonly MissionItem[];
  /** From disarmed on the ground to flying the mission; each step seen in the vehicle's report before the next. */
  launch(host: LaunchHost, options: LaunchOptions): Promise<CommandOutcome>;
}
