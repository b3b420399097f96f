import { type EventArgument, LEVEL } from './px4-events.ts';
import { ACTION, type FailsafeOutcome, Px4Failsafe } from './px4-failsafe.ts';
import { type BatteryWarning, type HealthReport, includes } from './px4-health.ts';
import { customModeOf, modeOf, NAV, type NavState } from './px4-modes.ts';

/** arm_disarm_reason_t of PX4's events, with its words. */
export const REASON = {
  command: [4, 'external command'],
  missionStart: [5, 'mission start'],
  landing: [6, 'landing'],
  preflight: [7, 'auto preflight disarming'],
  failsafe: [14, 'failsafe'],
} as const satisfies Record<string, readonly [number, string]>;
export type Reason = (typeof REASON)[keyof typeof REASON];

export interface CommanderHost {
  number(parameter: string): number;
  isLanded(): boolean;
  report(): HealthReport;
  say(severity: number, text: string, event: string, level: number, ...args: readonly EventArgument[]): void;
  event(event: string, level: number, ...args: readonly EventArgument[]): void;
  /** The mode that is flown changed, or it was armed in one. */
  enterMode(nav: NavState): void;
  armed(): void;
  disarmed(): void;
}

export interface CommanderInput {
  readonly battery: BatteryWarning;
  readonly isGcsLost: boolean;
  readonly isFenceBreached: boolean;
  readonly isOffboardLost: boolean;
  /** Take-off reached, mission over. */
  readonly isFinished: boolean;
}

const CRITICAL = 2;
const INFO = 6;
/** navigation_mode_t of PX4's events; other modes than these are not told so. */
const EVENT_MODE: Readonly<Record<number, number>> = {
  [NAV.MANUAL]: 0,
  [NAV.ALTCTL]: 1,
  [NAV.POSCTL]: 2,
  [NAV.MISSION]: 3,
  [NAV.LOITER]: 4,
  [NAV.RTL]: 5,
  [NAV.ACRO]: 6,
  [NAV.OFFBOARD]: 7,
  [NAV.STAB]: 8,
  [NAV.POSITION_SLOW]: 9,
  [NAV.TAKEOFF]: 10,
  [NAV.LAND]: 11,
  [NAV.FOLLOW_TARGET]: 12,
  [NAV.PRECLAND]: 13,
  [NAV.ORBIT]: 14,
  [NAV.VTOL_TAKEOFF]: 15,
};

/**
 * PX4's commander: who is armed, which mode is wanted and which is flown.
 *
 *   wanted (operator, take-off done → LOITER, mission over → LOITER) ──► failsafe ──► flown
 *
 * Disarmed any mode may be chosen; armed only one that can run now. After disarming the last chosen mode that one can
 * arm in comes back.
 */
export class Px4Commander {
  readonly #host: CommanderHost;
  readonly #failsafe = new Px4Failsafe();
  #intended: NavState = NAV.LOITER;
  #afterDisarm: NavState = NAV.LOITER;
  #flown: NavState = NAV.LOITER;
  #armed = false;
  #hasTakenOff = false;
  #wasLanded = true;
  #groundForS = 0;
  #modeWasChosen = false;
  #saidRejectedAtS = Number.NEGATIVE_INFINITY;
  #nowS = 0;

  constructor(host: CommanderHost) {
    this.#host = host;
  }

  /** Mode that is flown. */
  get nav(): NavState {
    return this.#flown;
  }

  /** Mode that was asked for. */
  get intended(): NavState {
    return this.#intended;
  }

  get armed(): boolean {
    return this.#armed;
  }

  get inFailsafe(): boolean {
    return this.#failsafe.isActive;
  }

  /** Can be armed in the mode that it is in; SYS_STATUS's pre-arm bit. */
  get canArm(): boolean {
    return includes(this.#host.report().canArm, this.#flown);
  }

  /** @returns false when the mode cannot run now. Landing is always allowed. */
  chooseMode(nav: NavState): boolean {
    if (this.#flown === NAV.TERMINATION) return false;
    const allowed = !this.#armed || nav === NAV.LAND || includes(this.#host.report().canRun, nav);
    if (!allowed) return false;
    this.#intended = nav;
    this.#modeWasChosen = true;
    const isTakeoff = nav === NAV.TAKEOFF || nav === NAV.VTOL_TAKEOFF;
    if (!modeOf(nav).needs.preventsArming && !isTakeoff) this.#afterDisarm = nav;
    if (!this.#armed) this.#fly(nav);
    return true;
  }

  /** "Switching to … is currently not available", at most once a second. */
  sayRejected(nav: NavState): void {
    if (this.#nowS - this.#saidRejectedAtS <= 1) return;
    this.#saidRejectedAtS = this.#nowS;
    const text = `Switching to ${modeOf(nav).spokenName} is currently not available`;
    const args: readonly EventArgument[] = [
      ['u32', customModeOf(nav)],
      ['u8', EVENT_MODE[nav] ?? 255],
    ];
    this.#host.say(CRITICAL, text, 'commander_modeswitch_not_avail', LEVEL.CRITICAL_INFO, ...args);
  }

  /** @returns false when refused; the reason has then been said. Armed already is no refusal. */
  arm(reason: Reason): boolean {
    if (this.#armed) return true;
    if (!includes(this.#host.report().canArm, this.#intended)) {
      const text = 'Arming denied: Resolve system health failures first';
      this.#host.say(CRITICAL, text, 'commander_arm_denied_resolve_failures', LEVEL.CRITICAL_INFO);
      return false;
    }
    this.#armed = true;
    this.#hasTakenOff = false;
    this.#groundForS = 0;
    this.#wasLanded = true;
    this.#host.say(INFO, `Armed by ${reason[1]}`, 'commander_armed_by', LEVEL.INFO, ['u8', reason[0]]);
    this.#host.armed();
    this.#flown = this.#intended;
    this.#host.enterMode(this.#flown);
    return true;
  }

  /** @returns false when it flies and is not forced. Disarmed already is no refusal. */
  disarm(reason: Reason, isForced: boolean): boolean {
    if (!this.#armed) return true;
    if (!isForced && !this.#host.isLanded()) {
      const event = 'commander_disarm_denied_not_landed';
      this.#host.say(CRITICAL, 'Disarming denied: not landed', event, LEVEL.CRITICAL_INFO);
      return false;
    }
    this.#armed = false;
    this.#host.say(INFO, `Disarmed by ${reason[1]}`, 'commander_disarmed_by', LEVEL.INFO, ['u8', reason[0]]);
    this.#host.disarmed();
    if (this.#flown !== NAV.TERMINATION) this.#intended = this.#afterDisarm;
    this.#flown = this.#intended;
    return true;
  }

  /** Flight termination: motors off, wherever it is. */
  terminate(): void {
    this.#intended = NAV.TERMINATION;
    this.#afterDisarm = NAV.TERMINATION;
    this.#fly(NAV.TERMINATION);
  }

  step(dtS: number, input: CommanderInput): void {
    this.#nowS += dtS;
    if (this.#armed) {
      this.#watchGround(dtS);
      this.#goOn(input);
    }
    const report = this.#host.report();
    const outcome = this.#failsafe.step(dtS, {
      isArmed: this.#armed,
      intended: this.#intended,
      modeWasChosen: this.#modeWasChosen,
      canRun: (nav) => nav === NAV.DESCEND || nav === NAV.TERMINATION || includes(report.canRun, nav),
      isGcsLost: input.isGcsLost,
      isFenceBreached: input.isFenceBreached,
      isOffboardLost: input.isOffboardLost,
      battery: input.battery,
      number: (name) => this.#host.number(name),
    });
    this.#modeWasChosen = false;
    if (!this.#armed) {
      this.#fly(this.#intended);
      return;
    }
    if (outcome.isNew) this.#tell(outcome);
    if (outcome.action === ACTION.DISARM) this.disarm(REASON.failsafe, true);
    else this.#fly(outcome.nav);
  }

  /** Take-off reached and mission over both end in AUTO.LOITER, unless something else was chosen meanwhile. */
  #goOn({ isFinished }: CommanderInput): void {
    if (!isFinished || this.#host.isLanded()) return;
    if (this.#flown === NAV.TAKEOFF && this.#intended === NAV.TAKEOFF) this.chooseMode(NAV.LOITER);
    else if (this.#flown === NAV.MISSION && this.#intended === NAV.MISSION) this.chooseMode(NAV.LOITER);
  }

  /** Take-off and landing are told; on the ground it disarms itself (COM_DISARM_LAND, COM_DISARM_PRFLT). */
  #watchGround(dtS: number): void {
    const isLanded = this.#host.isLanded();
    if (this.#wasLanded !== isLanded) {
      this.#wasLanded = isLanded;
      if (isLanded) this.#host.say(INFO, 'Landing detected', 'commander_landing_detected', LEVEL.INFO);
      else {
        this.#hasTakenOff = true;
        this.#host.say(INFO, 'Takeoff detected', 'commander_takeoff_detected', LEVEL.INFO);
      }
    }
    this.#groundForS = isLanded ? this.#groundForS + dtS : 0;
    const afterLandingS = this.#host.number('COM_DISARM_LAND');
    const beforeTakeoffS = this.#host.number('COM_DISARM_PRFLT');
    if (this.#hasTakenOff) {
      if (isLanded && afterLandingS > 0 && this.#groundForS >= afterLandingS)
        this.disarm(REASON.landing, true);
    } else if (
      beforeTakeoffS > 0 &&
      this.#groundForS >= beforeTakeoffS + this.#host.number('COM_SPOOLUP_TIME')
    ) {
      this.disarm(REASON.preflight, true);
    }
  }

  #fly(nav: NavState): void {
    if (this.#flown === nav) return;
    this.#flown = nav;
    if (this.#armed) this.#host.enterMode(nav);
  }

  /** The words of framework.cpp, notifyUser. */
  #tell({ action, cause, delayed, delayS }: FailsafeOutcome): void {
    const mode: EventArgument = ['u32', customModeOf(this.#intended)];
    if (action === ACTION.WARN) {
      const warning = WARNINGS[cause];
      if (warning !== undefined) this.#host.event(warning[0], warning[1]);
      else this.#host.event('commander_failsafe_enter_generic_warn', LEVEL.WARNING, mode);
      return;
    }
    const isGeneric = cause === 0;
    if (delayed !== ACTION.NONE) {
      const seconds = Math.round(delayS);
      const text = `Failsafe activated: entering Hold for ${seconds} seconds`;
      const event = isGeneric ? 'commander_failsafe_enter_generic_hold' : 'commander_failsafe_enter_hold';
      const args: EventArgument[] = [mode, ['u8', delayed], ['u16', seconds]];
      if (!isGeneric) args.push(['u8', cause]);
      this.#host.say(CRITICAL, text, event, LEVEL.CRITICAL_WARNING, ...args);
      return;
    }
    const event =
      action === ACTION.DESCEND
        ? 'commander_failsafe_enter_autopilot_disengaged'
        : isGeneric
          ? 'commander_failsafe_enter_generic'
          : 'commander_failsafe_enter';
    const args: EventArgument[] = [mode, ['u8', action]];
    if (!isGeneric && action !== ACTION.DESCEND) args.push(['u8', cause]);
    this.#host.say(CRITICAL, 'Failsafe activated', event, LEVEL.CRITICAL_WARNING, ...args);
  }
}

/** By cause: what is only a warning. */
const WARNINGS: Readonly<Record<number, readonly [event: string, level: number]>> = {
  3: ['commander_failsafe_enter_low_bat', LEVEL.WARNING_INFO],
  4: ['commander_failsafe_enter_crit_bat_warn', LEVEL.CRITICAL_INFO],
  5: ['commander_failsafe_enter_crit_low_bat_warn', 0x60],
};
