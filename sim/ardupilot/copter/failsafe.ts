import { COPTER_MODE, type ModeNumber } from '../modes.ts';

/** What a failsafe wants (Copter::FailsafeAction); BATT_FS_LOW_ACT and BATT_FS_CRT_ACT are these numbers. */
export type FailsafeAction =
  | 'none'
  | 'land'
  | 'return'
  | 'smart-return'
  | 'smart-return-or-land'
  | 'terminate'
  | 'land-start'
  | 'brake';

const BATTERY_ACTIONS: readonly FailsafeAction[] = [
  'none',
  'land',
  'return',
  'smart-return',
  'smart-return-or-land',
  'terminate',
  'land-start',
  'brake',
];

export function batteryAction(value: number): FailsafeAction {
  return BATTERY_ACTIONS[value] ?? 'none';
}

/** FS_GCS_ENABLE; what is no value of it returns. */
export function gcsAction(value: number): FailsafeAction {
  const actions: readonly FailsafeAction[] = [
    'none',
    'return',
    'return',
    'smart-return',
    'smart-return-or-land',
    'land',
    'land-start',
    'brake',
  ];
  return actions[value] ?? 'return';
}

/** FS_THR_ENABLE; what is no value of it lands. */
export function radioAction(value: number): FailsafeAction {
  const actions: readonly FailsafeAction[] = [
    'none',
    'return',
    'return',
    'land',
    'smart-return',
    'smart-return-or-land',
    'land-start',
    'brake',
  ];
  return actions[value] ?? 'land';
}

/** FENCE_ACTION. */
export function fenceAction(value: number): FailsafeAction {
  const actions: readonly FailsafeAction[] = [
    'none',
    'return',
    'land',
    'smart-return',
    'brake',
    'smart-return-or-land',
  ];
  return actions[value] ?? 'return';
}

/** FS_OPTIONS bits. */
const OPTION = {
  RC_AUTO: 1,
  GCS_AUTO: 2,
  RC_GUIDED: 4,
  LANDING: 8,
  GCS_PILOT: 16,
} as const;

export type FailsafeCause = 'Radio' | 'Battery' | 'GCS';

export interface FailsafeContext {
  readonly armed: boolean;
  readonly mode: ModeNumber;
  /** On the ground, or armed so short that it has not left it: there a failsafe disarms. */
  readonly disarms: boolean;
  readonly isLanding: boolean;
  /** A battery failsafe is on that lands. */
  readonly batteryLands: boolean;
  readonly options: number;
}

export interface FailsafeDecision {
  /** "GCS Failsafe", "GCS Failsafe - Continuing Auto Mode" … */
  readonly text: string;
  readonly action: FailsafeAction | 'disarm';
}

/** What becomes of an action where the aircraft is (failsafe_radio_on_event and its sisters in events.cpp). */
export function decideFailsafe(
  cause: FailsafeCause,
  wanted: FailsafeAction,
  context: FailsafeContext,
): FailsafeDecision {
  const { mode, options } = context;
  const says = (action: FailsafeAction | 'disarm', undertaken?: string, by: string = cause) => ({
    text: undertaken === undefined ? `${by} Failsafe` : `${by} Failsafe - ${undertaken}`,
    action,
  });
  if (!context.armed) return says('none');
  if (context.disarms) return says('disarm', 'Disarming');
  const isOn = (bit: number) => (options & bit) !== 0;
  if (cause !== 'Battery' && context.isLanding && context.batteryLands)
    return says('land', 'Continuing Landing', `${cause} + Battery`);
  if (context.isLanding && isOn(OPTION.LANDING) && wanted !== 'none')
    return says('land', 'Continuing Landing');
  if (cause === 'Radio' && mode === COPTER_MODE.AUTO && isOn(OPTION.RC_AUTO))
    return says('none', 'Continuing Auto');
  if (cause === 'Radio' && mode === COPTER_MODE.GUIDED && isOn(OPTION.RC_GUIDED))
    return says('none', 'Continuing Guided Mode');
  if (cause === 'GCS' && mode === COPTER_MODE.AUTO && isOn(OPTION.GCS_AUTO))
    return says('none', 'Continuing Auto Mode');
  if (cause === 'GCS' && isOn(OPTION.GCS_PILOT) && !isAutopilotMode(mode))
    return says('none', 'Continuing Pilot Control');
  return says(wanted);
}

/** Modes that fly by themselves (Mode::is_autopilot). */
function isAutopilotMode(mode: ModeNumber): boolean {
  return (
    mode === COPTER_MODE.AUTO ||
    mode === COPTER_MODE.AUTO_RTL ||
    mode === COPTER_MODE.GUIDED ||
    mode === COPTER_MODE.RTL ||
    mode === COPTER_MODE.SMART_RTL ||
    mode === COPTER_MODE.LAND ||
    mode === COPTER_MODE.CIRCLE
  );
}

export interface ModeAttempt {
  readonly mode: ModeNumber;
  /** Said when this one was refused and the next is tried. */
  readonly elseText: string | null;
}

/** Modes to be tried for an action, the first that is not refused counts; `terminate` has none: motors off. */
export function attemptsFor(action: FailsafeAction): readonly ModeAttempt[] {
  const land: ModeAttempt = { mode: COPTER_MODE.LAND, elseText: null };
  const home: ModeAttempt = { mode: COPTER_MODE.RTL, elseText: null };
  const smart = (elseText: string): ModeAttempt => ({ mode: COPTER_MODE.SMART_RTL, elseText });
  switch (action) {
    case 'none':
    case 'terminate':
      return [];
    case 'land':
      return [land];
    case 'return':
      return [home, land];
    case 'smart-return':
      return [smart('SmartRTL Unavailable, Trying RTL Mode'), home, land];
    case 'smart-return-or-land':
      return [smart('SmartRTL Unavailable, Using Land Mode'), land];
    case 'land-start':
      return [{ mode: COPTER_MODE.AUTO_RTL, elseText: 'Trying RTL Mode' }, home, land];
    case 'brake':
      return [{ mode: COPTER_MODE.BRAKE, elseText: 'Trying Land Mode' }, land];
  }
}
