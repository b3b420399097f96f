/** Flight modes of ArduPlane that the simulated aircraft flies (ArduPlane/mode.h). */
export const PLANE_MODE = {
  MANUAL: 0,
  CIRCLE: 1,
  STABILIZE: 2,
  FBWA: 5,
  FBWB: 6,
  CRUISE: 7,
  AUTO: 10,
  RTL: 11,
  LOITER: 12,
  TAKEOFF: 13,
  GUIDED: 15,
  QSTABILIZE: 17,
  QHOVER: 18,
  QLOITER: 19,
  QLAND: 20,
  QRTL: 21,
} as const;

export type PlaneModeName = keyof typeof PLANE_MODE;
export type PlaneModeNumber = (typeof PLANE_MODE)[PlaneModeName];

const NAMES: ReadonlyMap<number, PlaneModeName> = new Map(
  Object.entries(PLANE_MODE).map(([name, number]) => [number, name as PlaneModeName]),
);
/** "mode not armable" of ArduPlane (`_pre_arm_checks` of the mode classes). */
const NOT_ARMABLE: ReadonlySet<number> = new Set([PLANE_MODE.RTL, PLANE_MODE.QLAND, PLANE_MODE.QRTL]);
/** Modes in which it finds its way itself, by HEARTBEAT's guided flag (GCS_MAVLINK_Plane::base_mode). */
const GUIDED_FLAG: ReadonlySet<number> = new Set([
  PLANE_MODE.AUTO,
  PLANE_MODE.RTL,
  PLANE_MODE.LOITER,
  PLANE_MODE.GUIDED,
  PLANE_MODE.CIRCLE,
  PLANE_MODE.TAKEOFF,
  PLANE_MODE.QRTL,
]);

export function planeModeName(mode: number): PlaneModeName {
  const name = NAMES.get(mode);
  if (name === undefined) throw new RangeError(`mode ${mode} is not a mode of this aircraft`);
  return name;
}

export function isPlaneMode(mode: number): mode is PlaneModeNumber {
  return NAMES.has(mode);
}

export function isLiftMode(mode: PlaneModeNumber): boolean {
  return mode >= PLANE_MODE.QSTABILIZE && mode <= PLANE_MODE.QRTL;
}

export type PlaneModeDecision =
  | { readonly kind: 'enter'; readonly mode: PlaneModeNumber }
  | { readonly kind: 'refused'; readonly text: string };

/** ArduPlane refuses what it does not know, and what needs lift motors when it has none (Plane::set_mode). */
export function decidePlaneMode(requested: number, isQuadplane: boolean): PlaneModeDecision {
  if (!isPlaneMode(requested)) return { kind: 'refused', text: `No such mode ${requested}` };
  if (isLiftMode(requested) && !isQuadplane) {
    return { kind: 'refused', text: 'Q_ENABLE 0' };
  }
  return { kind: 'enter', mode: requested };
}

/** Why this mode cannot be armed in, or null. A quadplane's AUTO must begin with a take-off (ModeAuto). */
export function planeArmingObjection(
  mode: PlaneModeNumber,
  isQuadplane: boolean,
  startsWithTakeoff: boolean,
): string | null {
  if (NOT_ARMABLE.has(mode)) return `${planeModeName(mode)} mode not armable`;
  if (mode === PLANE_MODE.AUTO && isQuadplane && !startsWithTakeoff) return 'AUTO missing takeoff waypoint';
  return null;
}

/** HEARTBEAT base_mode: sticks are always mixed in (STICK_MIXING 1), all but MANUAL are stabilised. */
export function planeBaseMode(mode: PlaneModeNumber, armed: boolean): number {
  const stabilised = mode === PLANE_MODE.MANUAL ? 0 : 16;
  return 1 | 64 | stabilised | (GUIDED_FLAG.has(mode) ? 8 : 0) | (armed ? 128 : 0);
}
