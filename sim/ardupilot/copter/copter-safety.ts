import type { LocalPoint } from '../../aircraft/local-frame.ts';
import type { BatteryReading } from '../battery-watch.ts';
import { FENCE, type Fence, fenceNames } from '../fence.ts';
import { type EstimatorView, SEVERITY } from '../firmware.ts';
import { COPTER_MODE, type ModeNumber, needsPosition, spokenName } from '../modes.ts';
import type { ParameterTable } from '../parameters.ts';
import { attemptsFor, decideFailsafe, type FailsafeAction, fenceAction } from './failsafe.ts';
import { type FailsafeEvent, FailsafeWatch } from './failsafe-watch.ts';

/** What safety looks at and may do. */
export interface SafetyHost {
  readonly parameters: ParameterTable;
  readonly fence: Fence;
  readonly capacityMah: number;
  battery(): BatteryReading;
  estimator(): EstimatorView;
  positionOk(): boolean;
  /** Where it believes to be; null without a position. */
  at(): LocalPoint | null;
  home(): LocalPoint | null;
  heightAboveHomeM(): number;
  timeS(): number;
  mode(): ModeNumber;
  isArmed(): boolean;
  isLanded(): boolean;
  isTakingOff(): boolean;
  isLanding(): boolean;
  text(severity: number, text: string): void;
  /** Sends a message now, to everybody. */
  announce(messageId: number): void;
  requestMode(mode: ModeNumber): boolean;
  /** Into LAND, which waits so long before it goes down. */
  land(pauseS: number): void;
  disarm(): void;
}

/** In the first seconds after arming a failsafe disarms (ARMING_DELAY_SEC). */
const ARMING_DELAY_S = 2;
/** The fence is checked so often; the real one does it 25 times a second. */
const FENCE_EVERY_S = 0.2;
/** LAND_WITH_DELAY_MS: a landing by failsafe waits before it goes down. */
const LAND_PAUSE_S = 4;
/** AC_FENCE_GIVE_UP_DISTANCE: farther outside it lands where it is. */
const FENCE_GIVE_UP_M = 100;
const FENCE_STATUS = 162;

/** Fence and failsafes of one Copter: watches, and does what the parameters say when something is wrong. */
export class CopterSafety {
  readonly watch: FailsafeWatch;
  readonly #host: SafetyHost;
  #hadPosition = false;
  #fenceInS = 0;
  #armedForS = 0;
  #terrainFailed = false;
  #estimateFailedArmed = false;

  constructor(host: SafetyHost) {
    this.#host = host;
    this.watch = new FailsafeWatch(host.parameters);
  }

  /** HEARTBEAT says CRITICAL. */
  get isInFailsafe(): boolean {
    return this.watch.any || this.#terrainFailed;
  }

  /** Highest that a return may fly, above home; null without a fence for it. */
  get ceilingM(): number | null {
    if ((this.#host.fence.active & FENCE.ALT_MAX) === 0) return null;
    return this.#host.parameters.number('FENCE_ALT_MAX') - this.#host.parameters.number('FENCE_MARGIN');
  }

  onArmed(): void {
    this.#armedForS = 0;
    this.watch.onArmed();
  }

  onDisarmed(): void {
    this.#terrainFailed = false;
    this.#host.fence.onDisarmed();
  }

  gcsHeard(): void {
    if (this.watch.gcsHeard()) this.#host.text(SEVERITY.WARNING, 'GCS Failsafe Cleared');
  }

  /** @returns false when nobody has a transmitter that could fail. */
  transmitter(isThere: boolean): boolean {
    if (!this.watch.hasTransmitter) return false;
    if (this.watch.radio(isThere)) this.#host.text(SEVERITY.WARNING, 'Radio Failsafe Cleared');
    return true;
  }

  /** Another mode was chosen while outside the fence. */
  modeChanged(): void {
    const { fence, parameters } = this.#host;
    if (fence.breaches !== 0 && parameters.number('FENCE_ACTION') !== 0)
      this.#host.text(SEVERITY.INFO, 'Manual recovery started');
  }

  step(dtS: number): void {
    if (this.#host.isArmed()) this.#armedForS += dtS;
    this.#checkFence(dtS);
    this.#checkFailsafes(dtS);
  }

  /** A leg above terrain cannot be flown: the height of the ground is not known. */
  terrainMissing(): void {
    if (this.#terrainFailed) return;
    this.#terrainFailed = true;
    this.#host.text(SEVERITY.CRITICAL, 'Failsafe: Terrain data missing');
    if (this.#host.isLanded()) this.#host.disarm();
    else this.#act('return', LAND_PAUSE_S);
  }

  #checkFence(dtS: number): void {
    this.#fenceInS -= dtS;
    if (this.#fenceInS > 0) return;
    this.#fenceInS = FENCE_EVERY_S;
    const { fence } = this.#host;
    const before = fence.breaches;
    const fresh = fence.check({
      at: this.#host.at(),
      home: this.#host.home(),
      heightM: this.#host.heightAboveHomeM(),
      timeS: this.#host.timeS(),
      isLanding: !this.#host.isArmed() || this.#host.isLanded() || this.#host.isLanding(),
    });
    if (before !== 0 && fence.breaches === 0 && !this.#host.isLanded())
      this.#host.text(SEVERITY.NOTICE, 'Fence breach cleared');
    if (fresh !== 0) this.#breached(fresh);
  }

  #breached(fresh: number): void {
    this.#host.announce(FENCE_STATUS);
    if (!this.#host.isArmed()) return;
    const isLanded = this.#host.isLanded();
    if (!isLanded) this.#host.text(SEVERITY.NOTICE, `${fenceNames(fresh)} breached`);
    const action = fenceAction(this.#host.parameters.number('FENCE_ACTION'));
    if (action === 'none') return;
    if (isLanded) this.#host.disarm();
    else this.#act(this.#host.fence.outsideM > FENCE_GIVE_UP_M ? 'land' : action, 0);
  }

  #checkFailsafes(dtS: number): void {
    const positionOk = this.#host.positionOk();
    if (positionOk) this.#hadPosition = true;
    const input = {
      battery: this.#host.battery(),
      capacityMah: this.#host.capacityMah,
      armed: this.#host.isArmed(),
      estimator: this.#host.estimator(),
      positionOk,
      hadPosition: this.#hadPosition,
    };
    for (const event of this.watch.step(dtS, input)) this.#failsafe(event);
    const estimate = this.watch.stepEkf(dtS, input);
    if (estimate?.kind === 'failed') this.#estimateFailed(estimate.warn);
    else if (estimate?.kind === 'cleared' && this.#estimateFailedArmed) {
      this.#estimateFailedArmed = false;
      this.#host.text(SEVERITY.CRITICAL, 'EKF Failsafe Cleared');
    }
  }

  #failsafe({ cause, action, text }: FailsafeEvent): void {
    if (text !== null) this.#host.text(SEVERITY.WARNING, text);
    const isStanding = this.#host.isLanded() && !this.#host.isTakingOff();
    const decision = decideFailsafe(cause, action, {
      armed: this.#host.isArmed(),
      mode: this.#host.mode(),
      disarms: this.#armedForS < ARMING_DELAY_S || isStanding,
      isLanding: this.#host.isLanding(),
      batteryLands: this.watch.batteryLevel === 'critical',
      options: this.#host.parameters.number('FS_OPTIONS'),
    });
    this.#host.text(SEVERITY.WARNING, decision.text);
    if (decision.action === 'disarm') this.#host.disarm();
    else this.#act(decision.action, LAND_PAUSE_S);
  }

  /** Copter::failsafe_ekf_event: only modes that fly by position are left, unless FS_EKF_ACTION says so. */
  #estimateFailed(warn: boolean): void {
    if (warn) this.#host.text(SEVERITY.CRITICAL, 'EKF variance');
    if (!this.#host.isArmed()) return;
    this.#estimateFailedArmed = true;
    const action = this.#host.parameters.number('FS_EKF_ACTION');
    const mode = this.#host.mode();
    const concerns = needsPosition(mode) || action === EKF_ACTION.LAND_ALWAYS;
    if (action === EKF_ACTION.REPORT || mode === COPTER_MODE.LAND || !concerns) {
      this.#host.text(SEVERITY.CRITICAL, 'EKF Failsafe');
      return;
    }
    const holds = action === EKF_ACTION.ALT_HOLD && !this.watch.radioLost;
    if (!(holds && this.#host.requestMode(COPTER_MODE.ALT_HOLD))) this.#act('land', LAND_PAUSE_S);
    this.#host.text(SEVERITY.CRITICAL, `EKF Failsafe: changed to ${spokenName(this.#host.mode())} Mode`);
  }

  #act(action: FailsafeAction, landPauseS: number): void {
    if (action === 'terminate') this.#host.disarm();
    for (const { mode, elseText } of attemptsFor(action)) {
      if (mode === COPTER_MODE.LAND) {
        this.#host.land(landPauseS);
        return;
      }
      if (this.#host.requestMode(mode)) return;
      if (elseText !== null) this.#host.text(SEVERITY.WARNING, elseText);
    }
  }
}

/** FS_EKF_ACTION */
const EKF_ACTION = { REPORT: 0, LAND: 1, ALT_HOLD: 2, LAND_ALWAYS: 3 } as const;
