import { every } from '../clock.ts';
import { buildMessage, Heartbeat, MavAutopilot, MavState, MavType } from '../codec/messages.ts';
import type { Clock, TimerHandle } from '../model.ts';
import type { Link } from './link.ts';

/**
 * Our heartbeat, 1 Hz on every endpoint that we hear. Aircraft take its absence for a lost ground station, so it is
 * tied to the health of the control loop: a server that hangs must fall silent, or their failsafe never acts.
 */
export const HEARTBEAT_PERIOD_MS = 1_000;

const MAVLINK_VERSION = 3;

export function startHeartbeat(options: {
  readonly clock: Clock;
  readonly links: readonly Link[];
  readonly isHealthy: () => boolean;
  readonly onSilence: (silent: boolean) => void;
}): TimerHandle {
  const message = buildMessage(Heartbeat, {
    type: MavType.GCS,
    autopilot: MavAutopilot.INVALID,
    systemStatus: MavState.ACTIVE,
    mavlinkVersion: MAVLINK_VERSION,
  });
  let silent = false;
  return every(options.clock, HEARTBEAT_PERIOD_MS, () => {
    const healthy = options.isHealthy();
    if (healthy === silent) {
      silent = !healthy;
      options.onSilence(silent);
    }
    if (!healthy) return;
    for (const link of options.links) {
      for (const endpoint of link.endpoints()) link.send(message, endpoint);
    }
  });
}
