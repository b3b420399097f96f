import type { CommandInt, CommandLong } from '../../firmware-bridge/codec/messages.ts';

/** MAV_RESULT. */
export const RESULT = {
  ACCEPTED: 0,
  TEMPORARILY_REJECTED: 1,
  DENIED: 2,
  UNSUPPORTED: 3,
  FAILED: 4,
  IN_PROGRESS: 5,
  CANCELLED: 6,
  COMMAND_LONG_ONLY: 7,
  COMMAND_INT_ONLY: 8,
  UNSUPPORTED_FRAME: 9,
} as const;

/** A command whichever message carried it. */
export interface Command {
  readonly command: number;
  readonly params: readonly [number, number, number, number];
  /** COMMAND_INT: degrees × 1e7 and frame; null in a COMMAND_LONG, whose param5..7 are in `tail`. */
  readonly position: {
    readonly frame: number;
    readonly x: number;
    readonly y: number;
    readonly z: number;
  } | null;
  /** param5..7 as plain numbers. */
  readonly tail: readonly [number, number, number];
}

export function commandOfLong(message: CommandLong): Command {
  return {
    command: message.command,
    params: [message._param1, message._param2, message._param3, message._param4],
    position: null,
    tail: [message._param5, message._param6, message._param7],
  };
}

export function commandOfInt(message: CommandInt): Command {
  const { frame, _param5: x, _param6: y, _param7: z } = message;
  return {
    command: message.command,
    params: [message._param1, message._param2, message._param3, message._param4],
    position: { frame, x, y, z },
    tail: [x, y, z],
  };
}
