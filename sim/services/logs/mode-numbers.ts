/** Numbers that ArduPilot's MODE message carries, by the names that the truth uses (mode.h of each vehicle). */
const COPTER: Readonly<Record<string, number>> = {
  ...{ STABILIZE: 0, ACRO: 1, ALT_HOLD: 2, AUTO: 3, GUIDED: 4, LOITER: 5, RTL: 6, CIRCLE: 7, LAND: 9 },
  ...{ POSHOLD: 16, BRAKE: 17, SMART_RTL: 21, AUTO_RTL: 27 },
};
const PLANE: Readonly<Record<string, number>> = {
  ...{ MANUAL: 0, CIRCLE: 1, STABILIZE: 2, ACRO: 4, FBWA: 5, FBWB: 6, CRUISE: 7, AUTO: 10, RTL: 11 },
  ...{ LOITER: 12, TAKEOFF: 13, GUIDED: 15, QSTABILIZE: 17, QHOVER: 18, QLOITER: 19, QLAND: 20, QRTL: 21 },
};

/** 0 for a mode that it does not have. */
export function copterModeNumber(mode: string): number {
  return COPTER[mode] ?? 0;
}

/** As `copterModeNumber`. */
export function planeModeNumber(mode: string): number {
  return PLANE[mode] ?? 0;
}
