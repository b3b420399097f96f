import type { AircraftState } from '../../aircraft/aircraft-state.ts';
import type { LocalPoint } from '../../aircraft/local-frame.ts';

/** WP_YAW_BEHAVIOR: 0 never, 1 next point, 2 next point but not when returning (the default), 3 along the course. */
export type YawBehaviour = 0 | 1 | 2 | 3;

type YawMode =
  | { readonly kind: 'hold' }
  /** Along the leg that is flown. */
  | { readonly kind: 'next-point' }
  /** Along the velocity over the ground. */
  | { readonly kind: 'ahead' }
  | { readonly kind: 'roi'; readonly at: LocalPoint }
  /** As it was when armed. */
  | { readonly kind: 'armed' }
  | { readonly kind: 'rate'; readonly rateRadps: number }
  /** To an angle, `leftRad` of the way still to go. */
  | { readonly kind: 'fixed'; readonly rateRadps: number };

/** YAW_LOOK_AHEAD_MIN_SPEED: slower than this the course means nothing. */
const COURSE_MIN_MPS = 1;
const REACHED_RAD = (2 * Math.PI) / 180;

/** Where the nose points, as Mode::AutoYaw decides it (ArduCopter/autoyaw.cpp). */
export class AutoYaw {
  #mode: YawMode = { kind: 'hold' };
  #angleRad = 0;
  #leftRad = 0;
  #armedRad = 0;

  get kind(): YawMode['kind'] {
    return this.#mode.kind;
  }

  /** CONDITION_YAW that has turned as far as it was told. */
  isThere(seen: AircraftState): boolean {
    if (this.#mode.kind !== 'fixed') return true;
    return this.#leftRad === 0 && Math.abs(turn(seen.yawRad, this.#angleRad)) <= REACHED_RAD;
  }

  onArmed(yawRad: number): void {
    this.#armedRad = yawRad;
    this.#angleRad = yawRad;
  }

  hold(): void {
    this.#mode = { kind: 'hold' };
  }

  toArmed(): void {
    this.#mode = { kind: 'armed' };
  }

  get armedRad(): number {
    return this.#armedRad;
  }

  toDefault(behaviour: number, isReturn: boolean): void {
    if (behaviour === 0 || (behaviour === 2 && isReturn)) this.hold();
    else this.#mode = behaviour === 3 ? { kind: 'ahead' } : { kind: 'next-point' };
  }

  /** A leg begins: a ROI stays, and a fixed heading where the nose never follows. */
  onLeg(behaviour: number): void {
    if (this.#mode.kind === 'roi' || (this.#mode.kind === 'fixed' && behaviour === 0)) return;
    this.toDefault(behaviour, false);
  }

  lookAt(at: LocalPoint): void {
    this.#mode = { kind: 'roi', at };
  }

  turnAt(rateRadps: number): void {
    this.#mode = { kind: 'rate', rateRadps };
  }

  /** At once; the airframe turns as fast as it can. */
  setAngle(yawRad: number): void {
    this.#angleRad = wrap(yawRad);
    this.#leftRad = 0;
    this.#mode = { kind: 'fixed', rateRadps: 0 };
  }

  /**
   * CONDITION_YAW. `direction` −1 counter-clockwise, 1 clockwise, 0 the shorter way; `rateRadps` 0: as fast as allowed.
   */
  fix(
    command: {
      readonly angleRad: number;
      readonly rateRadps: number;
      readonly direction: number;
      readonly isRelative: boolean;
    },
    seen: AircraftState,
    fastestRadps: number,
  ): void {
    if (this.#mode.kind !== 'fixed') this.#angleRad = seen.yawRad;
    const { angleRad, rateRadps, direction, isRelative } = command;
    let leftRad = isRelative ? angleRad * (direction >= 0 ? 1 : -1) : turn(this.#angleRad, angleRad);
    if (!isRelative && direction < 0 && leftRad > 0) leftRad -= 2 * Math.PI;
    if (!isRelative && direction > 0 && leftRad < 0) leftRad += 2 * Math.PI;
    this.#leftRad = leftRad;
    const rate = rateRadps > 0 ? Math.min(rateRadps, fastestRadps) : fastestRadps;
    this.#mode = { kind: 'fixed', rateRadps: rate };
  }

  /** The nose of this step; null: as it is. `courseRad` is the direction of the leg, null while it stands. */
  step(seen: AircraftState, courseRad: number | null, dtS: number): number | null {
    const mode = this.#mode;
    switch (mode.kind) {
      case 'hold':
        return null;
      case 'next-point':
        return courseRad;
      case 'ahead':
        return Math.hypot(seen.velEastMps, seen.velNorthMps) < COURSE_MIN_MPS
          ? null
          : Math.atan2(seen.velEastMps, seen.velNorthMps);
      case 'roi':
        return Math.atan2(mode.at.eastM - seen.eastM, mode.at.northM - seen.northM);
      case 'armed':
        return this.#armedRad;
      case 'rate':
        return wrap(seen.yawRad + mode.rateRadps * 0.5);
      case 'fixed': {
        const stepRad = Math.min(Math.abs(this.#leftRad), mode.rateRadps * dtS) * Math.sign(this.#leftRad);
        this.#leftRad -= stepRad;
        this.#angleRad = wrap(this.#angleRad + stepRad);
        return this.#angleRad;
      }
    }
  }
}

/** −π to π. */
export function turn(fromRad: number, toRad: number): number {
  return wrap(toRad - fromRad + Math.PI) - Math.PI;
}

function wrap(angleRad: number): number {
  const full = 2 * Math.PI;
  return ((angleRad % full) + full) % full;
}
