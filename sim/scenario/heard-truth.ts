import {
  BatteryStatus,
  ExtendedSysState,
  GlobalPositionInt,
  Heartbeat,
  type MavLinkData,
  MavModeFlag,
  SysStatus,
} from '../../firmware-bridge/codec/messages.ts';
import type { Ground } from './geometry.ts';
import type { Truth } from './test-fleet.ts';

/** What a real autopilot told of itself so far; the truth of its own simulation, seen through its sensors. */
export interface Heard {
  readonly position: Pick<Truth, 'eastM' | 'northM' | 'heightM'> | null;
  /** Its own clock, milliseconds since power-on. */
  readonly bootMs: number | null;
  readonly armed: boolean | null;
  /** Null: it does not send EXTENDED_SYS_STATE. */
  readonly onGround: boolean | null;
  readonly mode: string;
  readonly batteryPct: number | null;
}

export const NOTHING_HEARD: Heard = {
  ...{ position: null, bootMs: null, armed: null, onGround: null, mode: 'unknown', batteryPct: null },
};

/** ArduCopter/mode.h; a PX4 mode is told by its main and sub number. */
const COPTER_MODES: Readonly<Record<number, string>> = {
  ...{ 0: 'STABILIZE', 3: 'AUTO', 4: 'GUIDED', 5: 'LOITER', 6: 'RTL', 9: 'LAND', 17: 'BRAKE' },
};
const PX4_AUTOPILOT = 12;
/** MAV_LANDED_STATE_ON_GROUND. */
const ON_GROUND = 1;

export function hear(heard: Heard, message: MavLinkData, ground: Ground): Heard {
  if (message instanceof GlobalPositionInt) {
    const place = ground.toPlace({ lonDeg: message.lon / 1e7, latDeg: message.lat / 1e7 });
    const position = { ...place, heightM: message.relativeAlt / 1000 };
    return { ...heard, position, bootMs: message.timeBootMs };
  }
  if (message instanceof Heartbeat) {
    const armed = (message.baseMode & MavModeFlag.SAFETY_ARMED) !== 0;
    return { ...heard, armed, mode: modeOf(message) };
  }
  if (message instanceof ExtendedSysState) return { ...heard, onGround: message.landedState === ON_GROUND };
  if (message instanceof SysStatus || message instanceof BatteryStatus) {
    return message.batteryRemaining < 0 ? heard : { ...heard, batteryPct: message.batteryRemaining };
  }
  return heard;
}

function modeOf({ autopilot, customMode }: Heartbeat): string {
  if (autopilot === PX4_AUTOPILOT) return `PX4 ${(customMode >> 16) & 0xff}.${(customMode >> 24) & 0xff}`;
  return COPTER_MODES[customMode] ?? `mode ${customMode}`;
}

/** Null until position and arming are known. A disarmed multicopter is on the ground. */
export function truthOf({ position, armed, onGround, mode, batteryPct }: Heard): Truth | null {
  if (position === null || armed === null) return null;
  return { ...position, armed, landed: onGround ?? !armed, mode, batteryPct: batteryPct ?? 100 };
}
