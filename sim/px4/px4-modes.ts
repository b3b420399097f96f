/**
 * PX4's modes ("navigation states" inside it, `custom_mode` outside: main << 16 | sub << 24) and what each needs.
 * Numbers: msg/versioned/VehicleStatus.msg and px4_custom_mode.h of v1.17.0; needs: mode_requirements.cpp; base modes,
 * standard modes and the list of AVAILABLE_MODES as captured from a SIH quadrotor.
 */
export const NAV = {
  MANUAL: 0,
  ALTCTL: 1,
  POSCTL: 2,
  MISSION: 3,
  LOITER: 4,
  RTL: 5,
  POSITION_SLOW: 6,
  ALTITUDE_CRUISE: 8,
  ACRO: 10,
  DESCEND: 12,
  TERMINATION: 13,
  OFFBOARD: 14,
  STAB: 15,
  TAKEOFF: 17,
  LAND: 18,
  FOLLOW_TARGET: 19,
  PRECLAND: 20,
  ORBIT: 21,
  VTOL_TAKEOFF: 22,
} as const;
export type NavState = (typeof NAV)[keyof typeof NAV];

/** What must be there for a mode to run; `preventsArming`: it runs, and nobody arms in it. */
export interface ModeNeeds {
  readonly manualControl: boolean;
  readonly localPosition: boolean;
  readonly globalPosition: boolean;
  readonly mission: boolean;
  readonly home: boolean;
  readonly offboard: boolean;
  readonly preventsArming: boolean;
}

export interface Px4Mode {
  readonly nav: NavState;
  /** As ground stations write it: AUTO.MISSION. */
  readonly name: string;
  /** In the autopilot's own texts. */
  readonly spokenName: string;
  readonly main: number;
  readonly sub: number;
  /** HEARTBEAT.base_mode while disarmed. */
  readonly baseMode: number;
  /** MAV_STANDARD_MODE; 0 none. */
  readonly standardMode: number;
  readonly needs: ModeNeeds;
}

const AUTO_BASE = 0x1d;
const MANUAL_BASE = 0x51;

/** Letters: m manual control, l local position, g global position, M mission, h home, o offboard setpoints, ! no arming. */
function mode(
  nav: NavState,
  name: string,
  spokenName: string,
  [main, sub]: readonly [number, number],
  baseMode: number,
  standardMode: number,
  needs: string,
): Px4Mode {
  const has = (letter: string): boolean => needs.includes(letter);
  return {
    nav,
    name,
    spokenName,
    main,
    sub,
    baseMode,
    standardMode,
    needs: {
      manualControl: has('m'),
      localPosition: has('l'),
      globalPosition: has('g'),
      mission: has('M'),
      home: has('h'),
      offboard: has('o'),
      preventsArming: has('!'),
    },
  };
}

/** In the order of AVAILABLE_MODES. */
export const PX4_MODES: readonly Px4Mode[] = [
  mode(NAV.MANUAL, 'MANUAL', 'Manual', [1, 0], MANUAL_BASE, 0, 'm'),
  mode(NAV.ALTCTL, 'ALTCTL', 'Altitude', [2, 0], MANUAL_BASE, 4, 'm'),
  mode(NAV.POSCTL, 'POSCTL', 'Position', [3, 0], MANUAL_BASE, 1, 'ml'),
  mode(NAV.MISSION, 'AUTO.MISSION', 'Mission', [4, 4], AUTO_BASE, 6, 'lgM'),
  mode(NAV.LOITER, 'AUTO.LOITER', 'Hold', [4, 3], AUTO_BASE, 0, 'lg'),
  mode(NAV.RTL, 'AUTO.RTL', 'RTL', [4, 5], AUTO_BASE, 5, 'lgh!'),
  mode(NAV.POSITION_SLOW, 'POSITION_SLOW', 'Position Slow', [3, 2], MANUAL_BASE, 0, 'ml'),
  mode(NAV.ALTITUDE_CRUISE, 'ALTITUDE_CRUISE', 'Altitude Cruise', [11, 0], MANUAL_BASE, 0, 'm'),
  mode(NAV.ACRO, 'ACRO', 'Acro', [5, 0], 0x41, 0, 'm'),
  mode(NAV.TERMINATION, 'TERMINATION', 'Termination', [10, 0], 0x01, 0, '!'),
  mode(NAV.OFFBOARD, 'OFFBOARD', 'Offboard', [6, 0], 0x01, 0, 'o'),
  mode(NAV.STAB, 'STABILIZED', 'Stabilized', [7, 0], MANUAL_BASE, 0, 'm'),
  mode(NAV.TAKEOFF, 'AUTO.TAKEOFF', 'Takeoff', [4, 2], AUTO_BASE, 8, 'l'),
  mode(NAV.LAND, 'AUTO.LAND', 'Land', [4, 6], AUTO_BASE, 7, 'l!'),
  mode(NAV.FOLLOW_TARGET, 'AUTO.FOLLOW_TARGET', 'Follow Target', [4, 8], AUTO_BASE, 0, 'l!'),
  mode(NAV.PRECLAND, 'AUTO.PRECLAND', 'Precision Landing', [4, 9], AUTO_BASE, 0, 'l!'),
  mode(NAV.ORBIT, 'ORBIT', 'Orbit', [3, 1], 0x11, 2, 'l!'),
  mode(NAV.VTOL_TAKEOFF, 'AUTO.VTOL_TAKEOFF', 'VTOL Takeoff', [4, 10], AUTO_BASE, 0, 'l'),
];

/** What the failsafe falls into without a position; nobody selects it, and it shows as AUTO.LAND. */
const DESCEND = mode(NAV.DESCEND, 'DESCEND', 'Descend', [4, 6], AUTO_BASE, 0, '!');

const BY_NAV: ReadonlyMap<number, Px4Mode> = new Map([...PX4_MODES, DESCEND].map((m) => [m.nav, m]));

/** @throws RangeError for a number that is none of `NAV`. */
export function modeOf(nav: NavState): Px4Mode {
  const found = BY_NAV.get(nav);
  if (found === undefined) throw new RangeError(`PX4 has no navigation state ${nav}`);
  return found;
}

export function customModeOf(nav: NavState): number {
  const { main, sub } = modeOf(nav);
  return ((main << 16) | (sub << 24)) >>> 0;
}

export type ModeRequest =
  | { readonly kind: 'mode'; readonly nav: NavState }
  /** A main mode that PX4 does not know: accepted, and nothing happens. */
  | { readonly kind: 'ignored' }
  | { readonly kind: 'unsupported-auto-mode' };

/** DO_SET_MODE param2, param3 (Commander.cpp). AUTO without a sub mode is AUTO.MISSION. */
export function requestedMode(main: number, sub: number): ModeRequest {
  if (main === 4) {
    const wanted = sub === 0 ? 4 : sub;
    const found = PX4_MODES.find((m) => m.main === 4 && m.sub === wanted && m.nav !== NAV.VTOL_TAKEOFF);
    return found === undefined ? { kind: 'unsupported-auto-mode' } : { kind: 'mode', nav: found.nav };
  }
  if (main === 3) return { kind: 'mode', nav: sub === 2 ? NAV.POSITION_SLOW : NAV.POSCTL };
  // Termination is no mode that can be asked for so.
  const found = PX4_MODES.find((m) => m.main === main && m.main !== 10);
  return found === undefined ? { kind: 'ignored' } : { kind: 'mode', nav: found.nav };
}

/** DO_SET_MODE without the custom-mode bit: by MAV_MODE_FLAG auto, guided, stabilize, manual. */
export function requestedBaseMode(baseMode: number): ModeRequest {
  if ((baseMode & 0x04) !== 0) return { kind: 'mode', nav: NAV.MISSION };
  if ((baseMode & 0x40) === 0) return { kind: 'ignored' };
  if ((baseMode & 0x08) !== 0) return { kind: 'mode', nav: NAV.POSCTL };
  return { kind: 'mode', nav: (baseMode & 0x10) !== 0 ? NAV.STAB : NAV.MANUAL };
}

/** Set of modes as PX4's events carry it: bit n is navigation state n. */
export function navBits(matches: (mode: Px4Mode) => boolean): number {
  let bits = 0;
  for (const m of BY_NAV.values()) if (matches(m)) bits |= 1 << m.nav;
  return bits >>> 0;
}
