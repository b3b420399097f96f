import type { AutopilotKind } from '../model.ts';
import type { RateWish } from './rates.ts';

/**
 * What a vehicle shall send how often. `full`: somebody watches it, or it is being launched. `background`: it is
 * one of many that nobody looks at; its place on the map and its alarms are still current to a second or two.
 * HEARTBEAT (mode, armed) comes once a second in any case.
 */
export type Detail = 'full' | 'background';

interface Rates {
  readonly messageId: number;
  /** `telemetry`: the configured rate. */
  readonly fullHz: number | 'telemetry';
  readonly backgroundHz: number;
}

const BOTH: readonly Rates[] = [
  { messageId: 33, fullHz: 'telemetry', backgroundHz: 1 }, // GLOBAL_POSITION_INT
  { messageId: 30, fullHz: 'telemetry', backgroundHz: 0.2 }, // ATTITUDE
  { messageId: 1, fullHz: 1, backgroundHz: 0.5 }, // SYS_STATUS
  { messageId: 42, fullHz: 2, backgroundHz: 1 }, // MISSION_CURRENT
  { messageId: 245, fullHz: 2, backgroundHz: 1 }, // EXTENDED_SYS_STATE
  { messageId: 24, fullHz: 1, backgroundHz: 0.2 }, // GPS_RAW_INT
  { messageId: 147, fullHz: 1, backgroundHz: 0.2 }, // BATTERY_STATUS
  { messageId: 2, fullHz: 1, backgroundHz: 0.2 }, // SYSTEM_TIME
  { messageId: 74, fullHz: 1, backgroundHz: 0.1 }, // VFR_HUD
  { messageId: 65, fullHz: 0.5, backgroundHz: 0.1 }, // RC_CHANNELS
  { messageId: 242, fullHz: 0.2, backgroundHz: 0.1 }, // HOME_POSITION
];

const ARDUPILOT: readonly Rates[] = [
  ...BOTH,
  { messageId: 193, fullHz: 1, backgroundHz: 0.5 }, // EKF_STATUS_REPORT
  { messageId: 162, fullHz: 1, backgroundHz: 0.5 }, // FENCE_STATUS
  { messageId: 136, fullHz: 1, backgroundHz: 0.1 }, // TERRAIN_REPORT
  { messageId: 133, fullHz: 2, backgroundHz: 0.5 }, // TERRAIN_REQUEST: sent where it lacks terrain, and only if asked
  { messageId: 168, fullHz: 0.5, backgroundHz: 0.1 }, // WIND
];

const PX4: readonly Rates[] = [
  ...BOTH,
  { messageId: 230, fullHz: 1, backgroundHz: 0.5 }, // ESTIMATOR_STATUS
  { messageId: 141, fullHz: 1, backgroundHz: 0.1 }, // ALTITUDE
  { messageId: 231, fullHz: 0.5, backgroundHz: 0.1 }, // WIND_COV
  // By default about 370 messages/s, most of them these, which nobody here reads.
  { messageId: 31, fullHz: 0, backgroundHz: 0 }, // ATTITUDE_QUATERNION
  { messageId: 32, fullHz: 0, backgroundHz: 0 }, // LOCAL_POSITION_NED
  { messageId: 36, fullHz: 0, backgroundHz: 0 }, // SERVO_OUTPUT_RAW
  { messageId: 83, fullHz: 0, backgroundHz: 0 }, // ATTITUDE_TARGET
  { messageId: 85, fullHz: 0, backgroundHz: 0 }, // POSITION_TARGET_LOCAL_NED
];

/** Null: an autopilot that nobody knows how to ask. */
export function rateWishes(
  autopilot: AutopilotKind,
  detail: Detail,
  telemetryRateHz: number,
): readonly RateWish[] | null {
  if (autopilot === 'other') return null;
  return (autopilot === 'px4' ? PX4 : ARDUPILOT).map(({ messageId, fullHz, backgroundHz }) => ({
    messageId,
    rateHz: detail === 'background' ? backgroundHz : fullHz === 'telemetry' ? telemetryRateHz : fullHz,
  }));
}
