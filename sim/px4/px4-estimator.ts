import type { AircraftState, Demand } from '../aircraft/aircraft-state.ts';
import type { LocalPoint } from '../aircraft/local-frame.ts';

interface Offset {
  readonly eastM: number;
  readonly northM: number;
}

const NO_OFFSET: Offset = { eastM: 0, northM: 0 };
/** The receiver has a fix at this share of the start. */
const FIX_SHARE = 0.5;
/** Without aiding the position counts this long (EKF2_NOAID_TOUT is 5 s). */
const DEAD_RECKONING_S = 5;
/** Until a receiver that is back is used again. */
const REGAIN_S = 1;
/** A jump farther than this is not believed for so long; then the filter sets itself on what the receiver says. */
const INNOVATION_GATE_M = 8;
const RESET_S = 7;
/** A heading that is off by more is a fault of the compass. */
const COMPASS_LIMIT_DEG = 30;

/**
 * What the position filter makes of the receiver, by rules instead of a filter: without a receiver the position is good
 * for 5 s; a receiver that jumps is doubted for 7 s and then believed. The aircraft steers by what is believed.
 */
export class Px4Estimator {
  readonly #startupS: number;
  #timeS = 0;
  #hasReceiver = true;
  #withoutS = 0;
  #backS = 0;
  #isFusing = false;
  #jump: Offset = NO_OFFSET;
  #believed: Offset = NO_OFFSET;
  #doubtedS = 0;
  #headingErrorDeg = 0;
  #cached: { readonly of: AircraftState; readonly seen: AircraftState } | null = null;

  constructor(startupS: number) {
    this.#startupS = startupS;
  }

  /** The receiver has a fix. */
  get gpsOk(): boolean {
    return this.#hasReceiver && this.#timeS >= this.#startupS * FIX_SHARE;
  }

  get positionOk(): boolean {
    return this.#timeS >= this.#startupS && this.#withoutS < DEAD_RECKONING_S;
  }

  get isCompassOk(): boolean {
    return Math.abs(this.#headingErrorDeg) <= COMPASS_LIMIT_DEG;
  }

  get headingErrorRad(): number {
    return (this.#headingErrorDeg * Math.PI) / 180;
  }

  /** What the receiver reports, off the truth by this. */
  get receiverOffset(): Offset {
    return this.#jump;
  }

  setReceiver(isThere: boolean): void {
    this.#hasReceiver = isThere;
  }

  /** Null: no error any more. */
  setJump(jump: Offset | null): void {
    this.#jump = jump ?? NO_OFFSET;
    this.#doubtedS = 0;
  }

  setHeadingError(errorDeg: number): void {
    this.#headingErrorDeg = errorDeg;
  }

  /** @returns what the operator is told of. */
  step(dtS: number, timeS: number): 'gnss-stopped' | 'gnss-started' | null {
    this.#timeS = timeS;
    if (timeS < this.#startupS) return null;
    this.#follow(dtS);
    if (this.#hasReceiver) {
      this.#backS += dtS;
      if (this.#backS >= REGAIN_S || this.#isFusing) this.#withoutS = 0;
    } else {
      this.#backS = 0;
      this.#withoutS += dtS;
    }
    const fuses = this.#hasReceiver && this.#withoutS === 0;
    if (fuses === this.#isFusing) return null;
    const isFirst = fuses && this.#withoutS === 0 && timeS < this.#startupS + REGAIN_S + 1;
    this.#isFusing = fuses;
    return isFirst ? null : fuses ? 'gnss-started' : 'gnss-stopped';
  }

  seen(state: AircraftState): AircraftState {
    const { eastM, northM } = this.#believed;
    if (eastM === 0 && northM === 0) return state;
    if (this.#cached?.of !== state) {
      const seen = { ...state, eastM: state.eastM + eastM, northM: state.northM + northM };
      this.#cached = { of: state, seen };
    }
    return this.#cached.seen;
  }

  /** A demand in the believed frame as one in the real frame. */
  real(demand: Demand): Demand {
    const { eastM, northM } = this.#believed;
    if (eastM === 0 && northM === 0) return demand;
    const back = <P extends LocalPoint>(point: P): P => ({
      ...point,
      eastM: point.eastM - eastM,
      northM: point.northM - northM,
    });
    switch (demand.kind) {
      case 'climb':
        return { ...demand, to: back(demand.to) };
      case 'hold':
      case 'descend':
        return { ...demand, at: back(demand.at) };
      case 'track':
        return { ...demand, from: back(demand.from), to: back(demand.to) };
      case 'follow':
        return demand.at === null ? demand : { ...demand, at: back(demand.at) };
      default:
        return demand;
    }
  }

  #follow(dtS: number): void {
    const off = Math.hypot(
      this.#jump.eastM - this.#believed.eastM,
      this.#jump.northM - this.#believed.northM,
    );
    if (off === 0) return;
    this.#doubtedS += dtS;
    if (off > INNOVATION_GATE_M && this.#doubtedS < RESET_S) return;
    this.#believed = this.#jump;
    this.#doubtedS = 0;
    this.#cached = null;
  }
}
