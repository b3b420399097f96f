import { type EventArgument, type EventLog, LEVEL } from './px4-events.ts';
import { modeOf, type NavState, navBits } from './px4-modes.ts';

/** battery_status.warning of PX4. */
export const BATTERY = { NONE: 0, LOW: 1, CRITICAL: 2, EMERGENCY: 3 } as const;
export type BatteryWarning = (typeof BATTERY)[keyof typeof BATTERY];

export interface HealthInput {
  /** The mode it is in: some prevent arming. */
  readonly nav: NavState;
  readonly localPositionOk: boolean;
  readonly globalPositionOk: boolean;
  readonly homeOk: boolean;
  /** A mission is stored and can be flown. */
  readonly missionOk: boolean;
  readonly offboardOk: boolean;
  readonly isGcsHeard: boolean;
  /** NAV_DLL_ACT is not 0: without a ground station there is no arming. */
  readonly isGcsNeeded: boolean;
  readonly battery: BatteryWarning;
  readonly isCompassOk: boolean;
  /** Other objections, in the autopilot's words; services and faults. */
  readonly refusals: readonly string[];
}

export interface Check {
  readonly event: string;
  readonly level: number;
  /** Bits of modes that it concerns; all ones: arming in any. */
  readonly modes: number;
  /** health_component_t of libevents. */
  readonly component: number;
  readonly severity: 'error' | 'warning' | 'info';
  /** For ground stations without events, and its MAV_SEVERITY; null where PX4 has none. */
  readonly text: { readonly severity: number; readonly text: string } | null;
  readonly extra?: readonly EventArgument[];
}

export interface HealthReport {
  /** Bits of modes in which it can be armed, and that can run. */
  readonly canArm: number;
  readonly canRun: number;
  readonly errors: number;
  readonly warnings: number;
  readonly checks: readonly Check[];
}

const CRITICAL = 2;
const WARNING = 4;
const ALL = 0xffff_ffff;
const COMPONENT = {
  MANUAL: 7,
  BATTERY: 11,
  LINKS: 12,
  MAG: 27,
  LOCAL_POSITION: 17,
  SYSTEM: 20,
  GLOBAL: 24,
} as const;
/** Which components a SIH quadrotor has, as captured; the link's bit only while a ground station is heard. */
const PRESENT = 0x3802_080a;
const PRESENT_LINKS = 0x1000;
const PRESENT_GPS = 0x8;
/** Bit 31 and others that no mode has are set in the real one's "can arm" too. */
const RUNNABLE = 0x807f_3ab0;

const NEEDS_MANUAL = navBits((m) => m.needs.manualControl);
const NEEDS_LOCAL = navBits((m) => m.needs.localPosition);
const NEEDS_GLOBAL = navBits((m) => m.needs.globalPosition);
const NEEDS_MISSION = navBits((m) => m.needs.mission);
const NEEDS_HOME = navBits((m) => m.needs.home);
const NEEDS_OFFBOARD = navBits((m) => m.needs.offboard);
const PREVENTS_ARMING = navBits((m) => m.needs.preventsArming);

/** All that PX4's health and arming checks say of this state. Without a remote control no manual mode can run. */
export function checkHealth(input: HealthInput): HealthReport {
  const checks: Check[] = [];
  let canArm = RUNNABLE | NEEDS_MISSION | NEEDS_OFFBOARD;
  let canRun = canArm;
  const add = (check: Check, blocksRun: boolean): void => {
    checks.push(check);
    // A low battery counts as a failure, and does not keep from arming.
    if (check.event !== 'check_battery_low') canArm &= ~check.modes;
    if (blocksRun) canRun &= ~check.modes;
  };
  const preflight = (
    event: string,
    component: number,
    severity: number,
    words: string,
    extra: EventArgument[] = [],
  ) => {
    const text = { severity, text: `Preflight Fail: ${words}` };
    add({ event, level: LEVEL.ERROR, modes: ALL, component, severity: 'error', text, extra }, false);
  };

  if (!input.localPositionOk)
    add(modeCheck('check_modes_local_pos', NEEDS_LOCAL, COMPONENT.LOCAL_POSITION), true);
  if (!input.globalPositionOk) add(modeCheck('check_modes_global_pos', NEEDS_GLOBAL, COMPONENT.GLOBAL), true);
  if (modeOf(input.nav).needs.preventsArming) {
    const check = modeCheck('check_modes_cannot_takeoff', PREVENTS_ARMING, COMPONENT.SYSTEM);
    add({ ...check, level: LEVEL.INFO, severity: 'info' }, false);
  }
  if (!input.missionOk) {
    const check = modeCheck('check_modes_mission', NEEDS_MISSION, COMPONENT.SYSTEM);
    add({ ...check, level: LEVEL.INFO, severity: 'info' }, true);
  }
  if (!input.offboardOk)
    add(modeCheck('check_modes_offboard_signal', NEEDS_OFFBOARD, COMPONENT.SYSTEM), true);
  if (!input.homeOk) add(modeCheck('check_modes_home_position', NEEDS_HOME, COMPONENT.SYSTEM), true);
  // A warning to all, and only the manual modes are without arming.
  const manual = modeCheck('check_modes_manual_control', ALL, COMPONENT.MANUAL);
  checks.push({ ...manual, level: LEVEL.WARNING, severity: 'warning' });
  canArm &= ~NEEDS_MANUAL;
  canRun &= ~NEEDS_MANUAL;
  if (!input.isGcsHeard && input.isGcsNeeded) {
    preflight('check_rc_dl_no_dllink', COMPONENT.LINKS, WARNING, 'No connection to the GCS');
  }
  if (!input.isCompassOk)
    preflight('check_mag_fault', COMPONENT.MAG, CRITICAL, 'Compass 0 fault', [['u8', 0]]);
  if (input.battery !== BATTERY.NONE) add(batteryCheck(input.battery), false);
  for (const refusal of input.refusals) {
    preflight('check_armable_configuration', COMPONENT.SYSTEM, CRITICAL, refusal);
  }
  return {
    canArm: canArm >>> 0,
    canRun: canRun >>> 0,
    errors: bitsOf(checks, 'error'),
    warnings: bitsOf(checks, 'warning'),
    checks,
  };
}

/** Whether a mode is among the bits. */
export function includes(bits: number, nav: NavState): boolean {
  return (bits & (1 << nav)) !== 0;
}

/** The report as PX4 sends it: a summary, every check, the summary of health. */
export function tellHealth(report: HealthReport, isGcsHeard: boolean, events: EventLog): void {
  const summary: readonly EventArgument[] = [
    ['u8', 0],
    ['u32', report.errors],
    ['u32', report.warnings],
    ['u32', report.canArm],
    ['u32', report.canRun],
  ];
  events.say('commander_arming_check_summary', LEVEL.PROTOCOL, ...summary);
  for (const { event, level, modes, component, extra } of report.checks) {
    events.say(event, level, ['u32', modes], ['u8', component], ...(extra ?? []));
  }
  const present = (PRESENT | (isGcsHeard ? PRESENT_LINKS : 0)) >>> 0;
  events.say('commander_health_summary', LEVEL.PROTOCOL, ['u8', 0], ['u32', present], ['u32', 0], ['u32', 0]);
}

/** The first words after a start: no receiver and no ground station yet. */
export function tellFirstHealth(events: EventLog): void {
  const present = PRESENT & ~PRESENT_GPS;
  events.say('commander_health_summary', LEVEL.PROTOCOL, ['u8', 0], ['u32', present], ['u32', 0], ['u32', 0]);
}

function modeCheck(event: string, modes: number, component: number): Check {
  return { event, level: LEVEL.ERROR, modes, component, severity: 'error', text: null };
}

/** A low battery is said and does not keep from arming, a critical one does. */
function batteryCheck(warning: BatteryWarning): Check {
  const base = { modes: ALL, component: COMPONENT.BATTERY };
  if (warning === BATTERY.LOW) {
    const text = { severity: CRITICAL, text: 'Low battery' };
    return { ...base, event: 'check_battery_low', level: LEVEL.CRITICAL, severity: 'error', text };
  }
  if (warning === BATTERY.CRITICAL) {
    return { ...base, event: 'check_battery_critical', level: LEVEL.CRITICAL, severity: 'error', text: null };
  }
  const text = { severity: 0, text: 'Emergency battery level' };
  return { ...base, event: 'check_battery_emergency', level: LEVEL.EMERGENCY, severity: 'error', text };
}

function bitsOf(checks: readonly Check[], severity: Check['severity']): number {
  let bits = 0;
  for (const check of checks) if (check.severity === severity) bits |= 1 << check.component;
  return bits >>> 0;
}
