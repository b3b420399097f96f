import { MavCmd } from '../codec/messages.ts';
import type { CommandSpec } from '../protocol/command.ts';

/** An aircraft counts as up when this part of the height is reached (it slows down at the end). */
const REACHED = 0.9;
const SLOWEST_CLIMB_MPS = 0.5;
/** Motors turn for two seconds before anything moves; armed on the ground it disarms itself after ten. */
const SPOOL_UP_MS = 3_000;
/** Beyond what a barometer drifts on the ground. */
const LIFTED_OFF_M = 0.7;
/** Spool-up and the first metre. */
const LIFT_OFF_MS = 15_000;

/**
 * @param aboveHomeM what is waited for
 * @param param7 the same height as the autopilot wants it: above home (ArduPilot), above sea level (PX4)
 * @param elsewhere yaw, latitude and longitude: 0 is not read by ArduPilot; NaN is "as it stands" to PX4
 */
export function takeOffTo(aboveHomeM: number, param7: number, elsewhere = 0): CommandSpec {
  return {
    name: 'take off',
    command: MavCmd.NAV_TAKEOFF,
    params: [0, 0, 0, elsewhere, elsewhere, elsewhere, param7],
    commandClass: 'one-shot',
    giveUpMs: 12_000,
    repeatAfterMs: SPOOL_UP_MS,
    persistent: false,
    confirm: {
      expected: `height ${aboveHomeM} m above home`,
      seen: (state) => (state.position?.relativeAltitudeM ?? 0) >= REACHED * aboveHomeM,
      observed: (state) =>
        `${state.armed === false ? 'disarmed, ' : ''}height ${(state.position?.relativeAltitudeM ?? 0).toFixed(1)} m`,
      reportedAtMs: (state) => state.position?.receivedAtMs ?? null,
      begun: (state) =>
        (state.position?.relativeAltitudeM ?? 0) > LIFTED_OFF_M || state.flightState === 'taking-off',
      // It disarms by itself after 10 s on the ground.
      ruledOut: (state) => state.armed === false,
      withinMs: LIFT_OFF_MS + (aboveHomeM / SLOWEST_CLIMB_MPS) * 1000,
    },
  };
}
