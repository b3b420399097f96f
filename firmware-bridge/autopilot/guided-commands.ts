import { MavCmd } from '../codec/messages.ts';
import type { VehicleState } from '../model.ts';
import type { CommandSpec, Confirmation } from '../protocol/command.ts';
import { observedMode } from './commands.ts';

/** Commands of guided flight that both autopilots understand alike. */
export const COMMAND_MS = 5_000;
/** HEARTBEAT once a second, some lost. */
export const MODE_WITHIN_MS = 4_000;
/** MAV_DO_REPOSITION_FLAGS_CHANGE_MODE: without it ArduPilot refuses outside GUIDED. */
export const CHANGE_MODE = 1;
/** Accepted as force by both (the magic number of the MAVLink definition). */
const FORCE = 21_196;
/** Longer than a command lives: it is not sent a second time. */
const NEVER_AGAIN_MS = 3_600_000;

export function inMode(expected: string, seen: (state: VehicleState) => boolean): Confirmation {
  return {
    expected,
    seen,
    observed: observedMode,
    reportedAtMs: (state) => state.mode?.receivedAtMs ?? null,
    withinMs: MODE_WITHIN_MS,
  };
}

/** MAV_SPEED_TYPE 0 air, 1 ground. The acknowledgement is all there is: what it aims at is not reported. */
export function changeSpeed(speedMps: number, type: 0 | 1): CommandSpec {
  return {
    name: `fly at ${speedMps} m/s`,
    command: MavCmd.DO_CHANGE_SPEED,
    params: [type, speedMps, -1, 0],
    commandClass: 'idempotent',
    giveUpMs: COMMAND_MS,
    persistent: false,
    confirm: null,
  };
}

/**
 * Stops the motors, wherever the aircraft is. Sent once and never again: a repetition could meet an aircraft that
 * was started again. ArduPilot disarms; PX4 goes into TERMINATION and stays armed.
 */
export const TERMINATE: CommandSpec = {
  name: 'terminate the flight',
  command: MavCmd.DO_FLIGHTTERMINATION,
  params: [1],
  commandClass: 'one-shot',
  giveUpMs: COMMAND_MS,
  repeatAfterMs: NEVER_AGAIN_MS,
  persistent: false,
  confirm: {
    expected: 'disarmed or in mode TERMINATION',
    seen: (state) => state.armed === false || state.mode?.name === 'TERMINATION',
    observed: (state) => `${armedWord(state)}, ${observedMode(state)}`,
    reportedAtMs: (state) => state.mode?.receivedAtMs ?? null,
    withinMs: MODE_WITHIN_MS,
  },
};

/** Without force the autopilot itself refuses in the air. */
export function disarm(force: boolean): CommandSpec {
  return {
    name: force ? 'disarm by force' : 'disarm',
    command: MavCmd.COMPONENT_ARM_DISARM,
    params: [0, force ? FORCE : 0],
    commandClass: 'one-shot',
    giveUpMs: COMMAND_MS,
    repeatAfterMs: NEVER_AGAIN_MS,
    persistent: false,
    confirm: {
      expected: 'disarmed',
      seen: (state) => state.armed === false,
      observed: armedWord,
      reportedAtMs: (state) => state.mode?.receivedAtMs ?? null,
      withinMs: MODE_WITHIN_MS,
    },
  };
}

function armedWord(state: VehicleState): string {
  return state.armed === null ? 'armed or not is not reported' : state.armed ? 'armed' : 'disarmed';
}

export const toE7 = (deg: number): number => Math.round(deg * 1e7);
