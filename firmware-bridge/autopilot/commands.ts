import { MavCmd } from '../codec/messages.ts';
import type { VehicleState } from '../model.ts';
import type { CommandSpec } from '../protocol/command.ts';

/** Commands that both autopilots understand alike. */

/** MAV_MODE_FLAG_CUSTOM_MODE_ENABLED: the mode stands in param2 (and 3 for PX4). */
const CUSTOM_MODE_ENABLED = 1;
/** HEARTBEAT comes once a second; over a lossy link some are missed. */
const HEARTBEAT_CONFIRM_MS = 4_000;

export function setMode(options: {
  readonly modeName: string;
  readonly params: readonly [mode: number, subMode: number];
  /** As HEARTBEAT will report it. */
  readonly customMode: number;
  readonly giveUpMs: number;
  readonly persistent: boolean;
}): CommandSpec {
  return {
    name: `set mode ${options.modeName}`,
    command: MavCmd.DO_SET_MODE,
    params: [CUSTOM_MODE_ENABLED, ...options.params],
    commandClass: 'idempotent',
    giveUpMs: options.giveUpMs,
    persistent: options.persistent,
    confirm: {
      expected: `mode ${options.modeName}`,
      seen: (state) => state.mode?.customMode === options.customMode,
      observed: observedMode,
      reportedAtMs: (state) => state.mode?.receivedAtMs ?? null,
      withinMs: Math.min(HEARTBEAT_CONFIRM_MS, options.giveUpMs),
    },
  };
}

export function observedMode(state: VehicleState): string {
  return state.mode === null ? 'no mode reported' : `mode ${state.mode.name}`;
}

export const ARM: CommandSpec = {
  name: 'arm',
  command: MavCmd.COMPONENT_ARM_DISARM,
  params: [1, 0],
  commandClass: 'one-shot',
  giveUpMs: 8_000,
  persistent: false,
  confirm: {
    expected: 'armed',
    seen: (state) => state.armed === true,
    observed: (state) => (state.armed === true ? 'armed' : 'disarmed'),
    reportedAtMs: (state) => state.mode?.receivedAtMs ?? null,
    withinMs: HEARTBEAT_CONFIRM_MS,
  },
};

/** Makes ArduPilot say its "PreArm: …" reasons now instead of within 30 s. */
export const RUN_PREARM_CHECKS: CommandSpec = {
  name: 'run pre-arm checks',
  command: MavCmd.RUN_PREARM_CHECKS,
  params: [],
  commandClass: 'idempotent',
  giveUpMs: 2_000,
  persistent: false,
  confirm: null,
};
