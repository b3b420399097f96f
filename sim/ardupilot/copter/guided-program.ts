import type { AircraftState, Demand } from '../../aircraft/aircraft-state.ts';
import { stoppingPoint } from '../../aircraft/guidance.ts';
import { distanceM, type LocalPoint } from '../../aircraft/local-frame.ts';
import type { Program, ProgramHost } from './program.ts';

export interface Velocity {
  readonly eastMps: number;
  readonly northMps: number;
  readonly upMps: number;
}

/**
 * What a GUIDED aircraft was told last. Velocities (alone or with a position) have to come again and again: after
 * GUID_TIMEOUT without one it stops and stays.
 */
export type GuidedTarget =
  | { readonly kind: 'place'; readonly to: LocalPoint }
  | { readonly kind: 'velocity'; readonly velocity: Velocity }
  | { readonly kind: 'moving-place'; readonly to: LocalPoint; readonly velocity: Velocity };

const ARRIVED_M = 1;

/** Flies to places and velocities that a ground station gives it (GUIDED). */
export class GuidedProgram implements Program {
  readonly kind = 'guided';
  readonly isTakingOff = false;
  readonly isLanding = false;
  readonly #host: ProgramHost;
  #target: GuidedTarget;
  #sinceS = 0;

  constructor(host: ProgramHost, seen: AircraftState) {
    this.#host = host;
    this.#target = { kind: 'place', to: stoppingPoint(seen, host.settings().limits) };
  }

  get isDone(): boolean {
    return false;
  }

  get destination(): LocalPoint | null {
    return this.#target.kind === 'velocity' ? null : this.#target.to;
  }

  set(target: GuidedTarget): void {
    this.#target = target;
    this.#sinceS = 0;
  }

  step(seen: AircraftState, dtS: number): Demand {
    const { settings, yaw } = this.#host;
    const { limits, track, guidedTimeoutS } = settings();
    this.#sinceS += dtS;
    const isStale = this.#target.kind !== 'place' && this.#sinceS > guidedTimeoutS;
    if (isStale) {
      yaw.hold();
      this.#target = { kind: 'place', to: stoppingPoint(seen, limits) };
    }
    const target = this.#target;
    if (target.kind === 'place') {
      const isThere = distanceM(seen, target.to) < ARRIVED_M;
      const courseRad = isThere
        ? null
        : Math.atan2(target.to.eastM - seen.eastM, target.to.northM - seen.northM);
      const yawRad = yaw.step(seen, courseRad, dtS);
      return { kind: 'hold', at: target.to, speedMps: track.speedMps, yawRad };
    }
    const { eastMps, northMps, upMps } = target.velocity;
    const level = Math.hypot(eastMps, northMps);
    const scale = level > track.speedMps ? track.speedMps / level : 1;
    const yawRad = yaw.step(seen, level < 0.5 ? null : Math.atan2(eastMps, northMps), dtS);
    const at = target.kind === 'velocity' ? null : this.#moved(target);
    return {
      kind: 'follow',
      at,
      eastMps: eastMps * scale,
      northMps: northMps * scale,
      upMps: Math.min(limits.climbMps, Math.max(-limits.descentMps, upMps)),
      yawRad,
    };
  }

  shift(eastM: number, northM: number): void {
    const target = this.#target;
    if (target.kind !== 'place') return;
    this.#target = {
      ...target,
      to: { ...target.to, eastM: target.to.eastM + eastM, northM: target.to.northM + northM },
    };
  }

  /** A place with a velocity moves on with it until the next one comes. */
  #moved({ to, velocity }: Extract<GuidedTarget, { kind: 'moving-place' }>): LocalPoint {
    return {
      eastM: to.eastM + velocity.eastMps * this.#sinceS,
      northM: to.northM + velocity.northMps * this.#sinceS,
      upM: to.upM + velocity.upMps * this.#sinceS,
    };
  }
}
