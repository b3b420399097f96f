import { wrapPi } from './rotation.ts';

/**
 * The mechanics of a stabilised gimbal: where it looks and where it shall look. Pitch is from the horizon, yaw from
 * the aircraft's nose; it turns at a limited rate and stops at its limits. Radians.
 */
export const GIMBAL_LIMITS = {
  pitchMin: (-90 * Math.PI) / 180,
  pitchMax: (25 * Math.PI) / 180,
  yawMin: (-170 * Math.PI) / 180,
  yawMax: (170 * Math.PI) / 180,
  ratePerS: (60 * Math.PI) / 180,
} as const;

export type GimbalTarget =
  /** `isLocked`: yaw from north, kept while the aircraft turns; otherwise from the nose. */
  | { readonly kind: 'angle'; readonly pitch: number; readonly yaw: number; readonly isLocked: boolean }
  | {
      readonly kind: 'rate';
      readonly pitchPerS: number;
      readonly yawPerS: number;
      readonly isLocked: boolean;
    }
  | {
      readonly kind: 'place';
      readonly latDeg: number;
      readonly lonDeg: number;
      readonly altitudeAmslM: number;
    }
  | { readonly kind: 'neutral' | 'retracted' };

/** Where the aircraft is and points. */
export interface Carrier {
  readonly latDeg: number;
  readonly lonDeg: number;
  readonly altitudeAmslM: number;
  readonly yawRad: number;
}

const M_PER_DEG = 111_319.49;
const DEG = Math.PI / 180;

export class GimbalMount {
  #target: GimbalTarget = { kind: 'neutral' };
  #pitch = 0;
  #yaw = 0;
  #isStuck = false;
  /** It stands where it shall, with the nose: nothing to do until somebody orders. */
  #isAtRest = true;

  get target(): GimbalTarget {
    return this.#target;
  }

  get pitch(): number {
    return this.#pitch;
  }

  /** From the nose. */
  get yaw(): number {
    return this.#yaw;
  }

  /** Yaw is held against north, not against the nose. */
  get isLocked(): boolean {
    const target = this.#target;
    if (target.kind === 'place') return true;
    return (target.kind === 'angle' || target.kind === 'rate') && target.isLocked;
  }

  /** It takes every order and does not move. */
  setStuck(isStuck: boolean): void {
    this.#isStuck = isStuck;
    this.#isAtRest = false;
  }

  aim(target: GimbalTarget): void {
    this.#target = target;
    this.#isAtRest = false;
  }

  /** Stays as it is, with the nose. */
  hold(): void {
    this.#target = { kind: 'angle', pitch: this.#pitch, yaw: this.#yaw, isLocked: false };
  }

  /** `carrier` is called only where the aircraft matters. Load: aircraft × 25 steps a second, nearly all at rest. */
  step(dtS: number, carrier: () => Carrier): void {
    if (this.#isAtRest || this.#isStuck) return;
    const wanted = this.#wanted(dtS, carrier);
    const [pitch, yaw] = [this.#pitch, this.#yaw];
    const most = GIMBAL_LIMITS.ratePerS * dtS;
    this.#pitch = toward(
      this.#pitch,
      within(wanted.pitch, GIMBAL_LIMITS.pitchMin, GIMBAL_LIMITS.pitchMax),
      most,
    );
    this.#yaw = toward(this.#yaw, within(wanted.yaw, GIMBAL_LIMITS.yawMin, GIMBAL_LIMITS.yawMax), most);
    const isStanding = pitch === this.#pitch && yaw === this.#yaw;
    this.#isAtRest = isStanding && !this.isLocked && this.#target.kind !== 'rate';
  }

  #wanted(dtS: number, carrier: () => Carrier): { readonly pitch: number; readonly yaw: number } {
    const target = this.#target;
    switch (target.kind) {
      // ArduPilot's defaults have both the same (MNT1_RETRACT_…, MNT1_NEUTRAL_…: 0).
      case 'neutral':
      case 'retracted':
        return { pitch: 0, yaw: 0 };
      case 'angle': {
        const yaw = target.isLocked ? wrapPi(target.yaw - carrier().yawRad) : target.yaw;
        return { pitch: target.pitch, yaw };
      }
      case 'rate':
        return { pitch: this.#pitch + target.pitchPerS * dtS, yaw: this.#yaw + target.yawPerS * dtS };
      case 'place': {
        const from = carrier();
        const northM = (target.latDeg - from.latDeg) * M_PER_DEG;
        const eastM = (target.lonDeg - from.lonDeg) * M_PER_DEG * Math.cos(from.latDeg * DEG);
        const upM = target.altitudeAmslM - from.altitudeAmslM;
        return {
          pitch: Math.atan2(upM, Math.hypot(northM, eastM)),
          yaw: wrapPi(Math.atan2(eastM, northM) - from.yawRad),
        };
      }
    }
  }
}

function toward(from: number, to: number, most: number): number {
  return Math.abs(to - from) <= most ? to : from + Math.sign(to - from) * most;
}

function within(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
