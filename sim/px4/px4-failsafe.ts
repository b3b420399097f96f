import { BATTERY, type BatteryWarning } from './px4-health.ts';
import { NAV, type NavState } from './px4-modes.ts';

/** What a failsafe does, in PX4's order: the strongest one counts (failsafe/framework.h, v1.17.0). */
export const ACTION = {
  NONE: 0,
  WARN: 1,
  HOLD: 5,
  RTL: 6,
  LAND: 7,
  DESCEND: 8,
  DISARM: 9,
  TERMINATE: 10,
} as const;
export type Action = (typeof ACTION)[keyof typeof ACTION];

/** failsafe_cause_t of PX4's events. */
export const CAUSE = {
  GENERIC: 0,
  GCS_LOSS: 2,
  BATTERY_LOW: 3,
  BATTERY_CRITICAL: 4,
  BATTERY_EMERGENCY: 5,
} as const;
export type Cause = (typeof CAUSE)[keyof typeof CAUSE];

export interface FailsafeInput {
  readonly isArmed: boolean;
  /** What the operator wants. */
  readonly intended: NavState;
  /** The operator has chosen a mode since the last step. */
  readonly modeWasChosen: boolean;
  readonly canRun: (nav: NavState) => boolean;
  readonly isGcsLost: boolean;
  readonly isFenceBreached: boolean;
  readonly isOffboardLost: boolean;
  readonly battery: BatteryWarning;
  readonly number: (parameter: string) => number;
}

interface Active {
  readonly source: string;
  action: Action;
  readonly cause: Cause;
  /** Ends with the condition, or only when the operator chooses a mode (or disarms). */
  readonly clears: 'with-condition' | 'on-mode-change';
  /** False: the operator can do nothing about it. */
  readonly canTakeOver: boolean;
  /** It may wait for COM_FAIL_ACT_T in Hold, so that the operator can still choose. */
  readonly delays: boolean;
  isFailing: boolean;
}

export interface FailsafeOutcome {
  readonly action: Action;
  readonly cause: Cause;
  /** What comes after the wait; NONE when nothing waits. */
  readonly delayed: Action;
  readonly delayS: number;
  /** It got worse, or a new warning came: the operator is told. */
  readonly isNew: boolean;
  /** Mode to fly in. */
  readonly nav: NavState;
}

/** NAV_DLL_ACT: 0 nothing, 1 hold, 2 return, 3 land, 5 terminate, 6 disarm. */
const LINK_LOSS: Readonly<Record<number, Action>> = {
  1: ACTION.HOLD,
  2: ACTION.RTL,
  3: ACTION.LAND,
  5: ACTION.TERMINATE,
  6: ACTION.DISARM,
};
/** GF_ACTION: 0 nothing, 1 warning, 2 hold, 3 return, 4 terminate, 5 land. */
const FENCE: Readonly<Record<number, Action>> = {
  1: ACTION.WARN,
  2: ACTION.HOLD,
  3: ACTION.RTL,
  4: ACTION.TERMINATE,
  5: ACTION.LAND,
};
/** COM_OBL_RC_ACT: 0–2 manual modes (without a remote control: NAV_RCL_ACT), 3 return, 4 land, 5 hold, 6, 7. */
const OFFBOARD_LOSS: Readonly<Record<number, Action>> = {
  3: ACTION.RTL,
  4: ACTION.LAND,
  5: ACTION.HOLD,
  6: ACTION.TERMINATE,
  7: ACTION.DISARM,
};

/**
 * PX4's failsafe state machine (commander/failsafe), for a multicopter without remote control. Several may be active;
 * the strongest is flown:
 *
 *   condition ──► Hold for COM_FAIL_ACT_T (5 s) ──► return, land …   ── condition over ──► as intended (some causes)
 *                     │                                │
 *                     └── operator chooses a mode ─────┴──► that mode, until something new happens
 */
export class Px4Failsafe {
  #active: Active[] = [];
  #failing = new Set<string>();
  #selected: Action = ACTION.NONE;
  #waitedS = 0;
  #batteryAtArming: BatteryWarning = BATTERY.NONE;
  #wasArmed = false;
  #notify = false;

  get isActive(): boolean {
    return this.#selected > ACTION.WARN;
  }

  step(dtS: number, input: FailsafeInput): FailsafeOutcome {
    this.#onArming(input);
    if (!input.isArmed) return this.#outcome(ACTION.NONE, null, input);
    if (input.modeWasChosen) this.#takeOver();
    this.#checkAll(input);
    const strongest = this.#strongest();
    const wanted = strongest === null ? ACTION.NONE : this.#flyable(strongest.action, input);
    const totalS = input.number('COM_FAIL_ACT_T');
    const mayWait = strongest?.delays === true && wanted > ACTION.HOLD && this.#selected <= ACTION.HOLD;
    if (mayWait && this.#waitedS < totalS && input.canRun(NAV.LOITER)) {
      const outcome = this.#outcome(ACTION.HOLD, strongest, input, wanted, totalS - this.#waitedS);
      this.#waitedS += dtS;
      return outcome;
    }
    if (wanted <= ACTION.HOLD) this.#waitedS = 0;
    return this.#outcome(wanted, strongest, input);
  }

  #onArming({ isArmed, battery }: FailsafeInput): void {
    if (isArmed === this.#wasArmed) return;
    this.#wasArmed = isArmed;
    this.#active = [];
    this.#failing.clear();
    this.#waitedS = 0;
    // Armed with a low battery (COM_ARM_BAT_MIN): only what gets worse counts.
    if (isArmed) this.#batteryAtArming = battery;
  }

  /** The operator has chosen: what he can take over ends; what still fails does not begin anew. */
  #takeOver(): void {
    this.#active = this.#active.filter(
      (one) => !one.canTakeOver || (one.isFailing && one.action === ACTION.WARN),
    );
    this.#waitedS = 0;
    this.#selected = this.#strongest()?.action ?? ACTION.NONE;
  }

  #checkAll(input: FailsafeInput): void {
    const { number, battery, intended } = input;
    const linkLoss = LINK_LOSS[number('NAV_DLL_ACT')] ?? ACTION.NONE;
    const isLinkNeeded = linkLoss !== ACTION.NONE && intended !== NAV.LAND && !linkExcepted(intended, number);
    this.#check('gcs', input.isGcsLost && isLinkNeeded, linkLoss, CAUSE.GCS_LOSS, 'on-mode-change', true);
    const fence = FENCE[number('GF_ACTION')] ?? ACTION.NONE;
    this.#check(
      'fence',
      input.isFenceBreached && fence !== ACTION.NONE,
      fence,
      CAUSE.GENERIC,
      'on-mode-change',
      false,
    );
    for (const [level, cause] of BATTERY_LEVELS) {
      const isWorse = battery > this.#batteryAtArming;
      const action = isWorse ? batteryAction(number('COM_LOW_BAT_ACT'), level) : ACTION.WARN;
      // Each level stays once it was reached: a battery does not recover in flight.
      this.#check(`battery-${level}`, battery >= level, action, cause, 'with-condition', true);
    }
    this.#check('mode', !this.#modeRuns(input), fallback(input), CAUSE.GENERIC, 'with-condition', false);
  }

  #modeRuns({ intended, canRun, isOffboardLost }: FailsafeInput): boolean {
    return intended === NAV.OFFBOARD ? !isOffboardLost && canRun(intended) : canRun(intended);
  }

  #check(
    source: string,
    isFailing: boolean,
    action: Action,
    cause: Cause,
    clears: Active['clears'],
    delays: boolean,
  ): void {
    const known = this.#active.find((one) => one.source === source);
    const wasFailing = this.#failing.has(source);
    if (isFailing) {
      this.#failing.add(source);
      if (known !== undefined) {
        known.isFailing = true;
        known.action = action;
      } else if (!wasFailing || source === 'mode') {
        const canTakeOver = action < ACTION.DISARM;
        this.#active.push({ source, action, cause, clears, canTakeOver, delays, isFailing: true });
        if (action === ACTION.WARN) this.#notify = true;
      }
      return;
    }
    this.#failing.delete(source);
    if (known === undefined) return;
    known.isFailing = false;
    if (clears === 'with-condition') this.#active = this.#active.filter((one) => one !== known);
  }

  #strongest(): Active | null {
    let strongest: Active | null = null;
    // Of two alike the later one: it is the news.
    for (const one of this.#active) if (strongest === null || one.action >= strongest.action) strongest = one;
    return strongest;
  }

  /** What cannot be flown becomes the next stronger thing that can. */
  #flyable(action: Action, { canRun }: FailsafeInput): Action {
    let possible: Action = action;
    if (possible === ACTION.HOLD && !canRun(NAV.LOITER)) possible = ACTION.RTL;
    if (possible === ACTION.RTL && !canRun(NAV.RTL)) possible = ACTION.LAND;
    if (possible === ACTION.LAND && !canRun(NAV.LAND)) possible = ACTION.DESCEND;
    return possible;
  }

  #outcome(
    action: Action,
    by: Active | null,
    { intended }: FailsafeInput,
    delayed: Action = ACTION.NONE,
    delayS = 0,
  ): FailsafeOutcome {
    const isNew = action > this.#selected || (action !== ACTION.NONE && this.#notify);
    this.#notify = false;
    this.#selected = action;
    return {
      action,
      cause: by?.cause ?? CAUSE.GENERIC,
      delayed,
      delayS,
      isNew,
      nav: navOf(action, intended),
    };
  }
}

const BATTERY_LEVELS: readonly (readonly [BatteryWarning, Cause])[] = [
  [BATTERY.LOW, CAUSE.BATTERY_LOW],
  [BATTERY.CRITICAL, CAUSE.BATTERY_CRITICAL],
  [BATTERY.EMERGENCY, CAUSE.BATTERY_EMERGENCY],
];

/** COM_LOW_BAT_ACT: 0 warning, 2 land at critical, 3 return at critical and land at emergency level. */
function batteryAction(parameter: number, level: BatteryWarning): Action {
  if (level === BATTERY.LOW || (parameter !== 2 && parameter !== 3)) return ACTION.WARN;
  return parameter === 2 || level === BATTERY.EMERGENCY ? ACTION.LAND : ACTION.RTL;
}

/** COM_DLL_EXCEPT: bit 0 mission, 1 hold, 2 offboard. */
function linkExcepted(intended: NavState, number: FailsafeInput['number']): boolean {
  const bit = intended === NAV.MISSION ? 1 : intended === NAV.OFFBOARD ? 4 : 0;
  const isHold = intended === NAV.LOITER || intended === NAV.TAKEOFF;
  return (number('COM_DLL_EXCEPT') & (isHold ? 2 : bit)) !== 0;
}

/** The intended mode cannot run: OFFBOARD without setpoints has its own parameter, all others return. */
function fallback({ intended, number }: FailsafeInput): Action {
  if (intended !== NAV.OFFBOARD) return ACTION.RTL;
  return OFFBOARD_LOSS[number('COM_OBL_RC_ACT')] ?? LINK_LOSS[number('NAV_RCL_ACT')] ?? ACTION.RTL;
}

function navOf(action: Action, intended: NavState): NavState {
  switch (action) {
    case ACTION.HOLD:
      return NAV.LOITER;
    case ACTION.RTL:
      return NAV.RTL;
    case ACTION.LAND:
      return NAV.LAND;
    case ACTION.DESCEND:
      return NAV.DESCEND;
    case ACTION.TERMINATE:
      return NAV.TERMINATION;
    default:
      return intended;
  }
}
