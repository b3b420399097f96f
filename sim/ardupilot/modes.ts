import type { FlightMode } from './firmware.ts';

/** Flight modes of ArduCopter that the simulated aircraft flies, with the autopilot's own numbers (custom_mode). */
export const COPTER_MODE = {
  STABILIZE: 0,
  ALT_HOLD: 2,
  AUTO: 3,
  GUIDED: 4,
  LOITER: 5,
  RTL: 6,
  CIRCLE: 7,
  LAND: 9,
  POSHOLD: 16,
  BRAKE: 17,
  SMART_RTL: 21,
  /** AUTO on its way to the landing sequence (DO_LAND_START). */
  AUTO_RTL: 27,
} as const;

export type ModeName = keyof typeof COPTER_MODE;
export type ModeNumber = (typeof COPTER_MODE)[ModeName];

interface ModeTraits {
  readonly name: ModeName;
  /** What the autopilot's texts call it. */
  readonly spoken: string;
  /** Flies by position: refused while armed without a position estimate. */
  readonly needsPosition: boolean;
  /** May be armed in (AUTO only with AUTO_OPTIONS bit 0). */
  readonly allowsArming: boolean;
  /** The pilot's stick is the throttle. */
  readonly manualThrottle: boolean;
}

function traits(name: ModeName, flags: string, spoken: string = name): ModeTraits {
  const has = (flag: string) => flags.includes(flag);
  return { name, spoken, needsPosition: has('p'), allowsArming: has('a'), manualThrottle: has('m') };
}

/** mode.h: requires_GPS, allows_arming, has_manual_throttle. */
const TRAITS: ReadonlyMap<number, ModeTraits> = new Map<ModeNumber, ModeTraits>([
  [COPTER_MODE.AUTO_RTL, traits('AUTO_RTL', 'p', 'AUTO RTL')],
  [COPTER_MODE.AUTO, traits('AUTO', 'p')],
  [COPTER_MODE.STABILIZE, traits('STABILIZE', 'am')],
  [COPTER_MODE.ALT_HOLD, traits('ALT_HOLD', 'a')],
  [COPTER_MODE.CIRCLE, traits('CIRCLE', 'p')],
  [COPTER_MODE.LOITER, traits('LOITER', 'pa')],
  [COPTER_MODE.GUIDED, traits('GUIDED', 'pa')],
  [COPTER_MODE.LAND, traits('LAND', '')],
  [COPTER_MODE.RTL, traits('RTL', 'p')],
  [COPTER_MODE.POSHOLD, traits('POSHOLD', 'pa')],
  [COPTER_MODE.BRAKE, traits('BRAKE', 'p')],
  [COPTER_MODE.SMART_RTL, traits('SMART_RTL', 'p', 'SMARTRTL')],
]);

/** AVAILABLE_MODES, in the order of the real one (send_available_mode), of those that fly here. */
export const COPTER_MODES: readonly FlightMode[] = [...TRAITS].map(([number, { spoken }]) => ({
  number,
  name: spoken,
  standardMode: 0,
  properties: 0,
}));

export function isModeNumber(value: number): value is ModeNumber {
  return TRAITS.has(value);
}

export function modeName(mode: ModeNumber): ModeName {
  return traitsOf(mode).name;
}

export function spokenName(mode: ModeNumber): string {
  return traitsOf(mode).spoken;
}

export function needsPosition(mode: ModeNumber): boolean {
  return traitsOf(mode).needsPosition;
}

export function hasManualThrottle(mode: ModeNumber): boolean {
  return traitsOf(mode).manualThrottle;
}

function traitsOf(mode: ModeNumber): ModeTraits {
  const found = TRAITS.get(mode);
  if (found === undefined) throw new RangeError(`mode ${mode} is not a mode of this aircraft`);
  return found;
}

/** What a change of mode depends on. */
export interface ModeContext {
  readonly armed: boolean;
  readonly landed: boolean;
  readonly positionOk: boolean;
  readonly missionPresent: boolean;
  readonly missionStartsWithTakeoff: boolean;
  /** A way home was recorded (SMART_RTL). */
  readonly hasPathHome: boolean;
  /** The mission has a DO_LAND_START or DO_RETURN_PATH_START (AUTO_RTL). */
  readonly hasLandingSequence: boolean;
  readonly homeKnown: boolean;
}

export type ModeDecision =
  | { readonly kind: 'enter'; readonly mode: ModeNumber }
  | { readonly kind: 'refused'; readonly text: string };

/**
 * ArduCopter's rules (Copter::set_mode): disarmed, every known mode may be chosen; armed, a mode that flies by position
 * needs one, AUTO needs a mission, on the ground one that begins with a take-off. The text is what the autopilot says.
 */
export function decideModeChange(requested: number, context: ModeContext): ModeDecision {
  const found = TRAITS.get(requested);
  if (found === undefined) return { kind: 'refused', text: `No such mode ${requested}` };
  const mode = requested as ModeNumber;
  const refused = (why: string): ModeDecision => ({
    kind: 'refused',
    text: `Mode change to ${found.spoken} failed: ${why}`,
  });
  if (mode === COPTER_MODE.AUTO_RTL && !context.hasLandingSequence)
    return refused('No return path or landing sequence found');
  if (!context.armed) return { kind: 'enter', mode };
  if (found.needsPosition && !context.positionOk) return refused('requires position');
  if (mode === COPTER_MODE.AUTO) {
    if (!context.missionPresent) return refused('init failed');
    if (context.landed && !context.missionStartsWithTakeoff) {
      return { kind: 'refused', text: 'Auto: Missing Takeoff Cmd' };
    }
  }
  if (mode === COPTER_MODE.SMART_RTL && !context.hasPathHome) return refused('init failed');
  if (mode === COPTER_MODE.RTL && !context.homeKnown) return refused('init failed');
  return { kind: 'enter', mode };
}

/** Why this mode cannot be armed in, or null. */
export function armingObjection(mode: ModeNumber, autoOptions: number): string | null {
  if (traitsOf(mode).allowsArming) return null;
  if (mode === COPTER_MODE.AUTO && (autoOptions & 1) !== 0) return null;
  return `${spokenName(mode)} mode not armable`;
}

const FLAG_CUSTOM_MODE = 1;
const FLAG_GUIDED = 8;
const FLAG_STABILIZE = 16;
const FLAG_MANUAL = 64;
const FLAG_ARMED = 128;

/**
 * HEARTBEAT base_mode as the real one sends it: 81 in STABILIZE, 89 in GUIDED, 217 armed in GUIDED or AUTO, and 81
 * again in AUTO when the aircraft has disarmed after its mission. Without a position nothing flies by one: 209.
 */
export function baseMode(mode: ModeNumber, armed: boolean, positionOk = true): number {
  const controlled =
    mode === COPTER_MODE.GUIDED || (armed && (needsPosition(mode) || mode === COPTER_MODE.LAND));
  const guided = controlled && (positionOk || !armed);
  return (
    FLAG_MANUAL | FLAG_STABILIZE | FLAG_CUSTOM_MODE | (guided ? FLAG_GUIDED : 0) | (armed ? FLAG_ARMED : 0)
  );
}
