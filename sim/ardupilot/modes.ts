/** Flight modes of ArduCopter that the simulated aircraft flies, with the autopilot's own numbers (custom_mode). */
export const COPTER_MODE = {
  STABILIZE: 0,
  ALT_HOLD: 2,
  AUTO: 3,
  GUIDED: 4,
  LOITER: 5,
  RTL: 6,
  LAND: 9,
  POSHOLD: 16,
  BRAKE: 17,
} as const;

export type ModeName = keyof typeof COPTER_MODE;
export type ModeNumber = (typeof COPTER_MODE)[ModeName];

interface ModeTraits {
  readonly name: ModeName;
  /** Flies by position: refused while armed without a position estimate. */
  readonly needsPosition: boolean;
  /** May be armed in (AUTO only with AUTO_OPTIONS bit 0). */
  readonly allowsArming: boolean;
}

const TRAITS: ReadonlyMap<number, ModeTraits> = new Map<ModeNumber, ModeTraits>([
  [COPTER_MODE.STABILIZE, { name: 'STABILIZE', needsPosition: false, allowsArming: true }],
  [COPTER_MODE.ALT_HOLD, { name: 'ALT_HOLD', needsPosition: false, allowsArming: true }],
  [COPTER_MODE.AUTO, { name: 'AUTO', needsPosition: true, allowsArming: false }],
  [COPTER_MODE.GUIDED, { name: 'GUIDED', needsPosition: true, allowsArming: true }],
  [COPTER_MODE.LOITER, { name: 'LOITER', needsPosition: true, allowsArming: true }],
  [COPTER_MODE.RTL, { name: 'RTL', needsPosition: true, allowsArming: false }],
  [COPTER_MODE.LAND, { name: 'LAND', needsPosition: false, allowsArming: false }],
  [COPTER_MODE.POSHOLD, { name: 'POSHOLD', needsPosition: true, allowsArming: true }],
  [COPTER_MODE.BRAKE, { name: 'BRAKE', needsPosition: true, allowsArming: false }],
]);

export function isModeNumber(value: number): value is ModeNumber {
  return TRAITS.has(value);
}

export function modeName(mode: ModeNumber): ModeName {
  const traits = TRAITS.get(mode);
  if (traits === undefined) throw new RangeError(`mode ${mode} is not a mode of this aircraft`);
  return traits.name;
}

/** What a change of mode depends on. */
export interface ModeContext {
  readonly armed: boolean;
  readonly landed: boolean;
  readonly positionOk: boolean;
  readonly missionPresent: boolean;
  readonly missionStartsWithTakeoff: boolean;
}

export type ModeDecision =
  | { readonly kind: 'enter'; readonly mode: ModeNumber }
  | { readonly kind: 'refused'; readonly text: string };

/**
 * ArduCopter's rules: disarmed, every known mode may be chosen; armed, a mode that flies by position needs one, and
 * AUTO needs a mission, on the ground one that begins with a take-off. The text is what the autopilot says.
 */
export function decideModeChange(requested: number, context: ModeContext): ModeDecision {
  const traits = TRAITS.get(requested);
  if (traits === undefined) return { kind: 'refused', text: `No such mode ${requested}` };
  const mode = requested as ModeNumber;
  if (!context.armed) return { kind: 'enter', mode };
  if (traits.needsPosition && !context.positionOk) {
    return { kind: 'refused', text: `Mode change to ${traits.name} failed: requires position` };
  }
  if (mode === COPTER_MODE.AUTO) {
    if (!context.missionPresent) return { kind: 'refused', text: 'Mode change to AUTO failed: init failed' };
    if (context.landed && !context.missionStartsWithTakeoff) {
      return { kind: 'refused', text: 'Auto: Missing Takeoff Cmd' };
    }
  }
  return { kind: 'enter', mode };
}

/** Why this mode cannot be armed in, or null. */
export function armingObjection(mode: ModeNumber, autoOptions: number): string | null {
  const traits = TRAITS.get(mode);
  if (traits?.allowsArming === true) return null;
  if (mode === COPTER_MODE.AUTO && (autoOptions & 1) !== 0) return null;
  return `${modeName(mode)} mode not armable`;
}

const FLAG_CUSTOM_MODE = 1;
const FLAG_GUIDED = 8;
const FLAG_STABILIZE = 16;
const FLAG_MANUAL = 64;
const FLAG_ARMED = 128;

/**
 * HEARTBEAT base_mode as the real one sends it: 81 in STABILIZE, 89 in GUIDED, 217 armed in GUIDED or AUTO, and 81
 * again in AUTO when the aircraft has disarmed after its mission.
 */
export function baseMode(mode: ModeNumber, armed: boolean): number {
  const guided =
    mode === COPTER_MODE.GUIDED || (armed && mode !== COPTER_MODE.STABILIZE && mode !== COPTER_MODE.ALT_HOLD);
  return (
    FLAG_MANUAL | FLAG_STABILIZE | FLAG_CUSTOM_MODE | (guided ? FLAG_GUIDED : 0) | (armed ? FLAG_ARMED : 0)
  );
}
