import type { AircraftState, Demand } from '../aircraft/aircraft-state.ts';
import { stoppingPoint } from '../aircraft/guidance.ts';
import type { AircraftLimits } from '../aircraft/limits.ts';
import { distanceM, type LocalPoint } from '../aircraft/local-frame.ts';
import { type CurveLimits, LegCurve, type MutableMotion } from './leg-curve.ts';
import { SplineCurve } from './spline-curve.ts';

/** WPNAV_* and what the airframe may do. */
export interface TrackSettings {
  readonly limits: AircraftLimits;
  readonly speedMps: number;
  readonly radiusM: number;
  readonly accelerationMps2: number;
  readonly verticalMps2: number;
  /** WPNAV_ACCEL_C; the default 0 means twice the acceleration. */
  readonly cornerMps2: number;
  readonly jerkMps3: number;
}

/** What comes behind the destination, so that it need not be stopped at. */
export type Onward =
  | { readonly kind: 'stop' }
  | { readonly kind: 'straight'; readonly to: LocalPoint }
  | { readonly kind: 'spline'; readonly to: LocalPoint };

interface Straight {
  readonly kind: 'straight';
  readonly from: LocalPoint;
  readonly to: LocalPoint;
  readonly unit: LocalPoint;
  readonly curve: LegCurve;
  elapsedS: number;
}

interface Curved {
  readonly kind: 'spline';
  readonly to: LocalPoint;
  readonly curve: SplineCurve;
  elapsedS: number;
}

/** Half of what the attitude controller could do with ATC_INPUT_TC 0.15 s (AC_WPNav::calc_scurve_jerk_and_snap). */
const SNAP_PER_JERK = (Math.PI / (2 * 0.15)) * 0.5;

/**
 * The target that AC_WPNav moves along the legs and that the aircraft follows. Where it need not stop, the next leg
 * begins while this one still brakes: the two movements add up to a round corner (SCurve::advance_target_along_track).
 * Load: one per aircraft in flight, advanced in every step.
 */
export class WaypointTrack {
  #origin: LocalPoint;
  #destination: LocalPoint;
  #previous: Straight | null = null;
  #leg: Straight | Curved | null = null;
  #next: Straight | null = null;
  #isFast = false;
  #reached = true;
  /** How fast the clock of the legs runs: below 1 while pausing or slowed. */
  #pace = 1;
  #paused = false;
  readonly #target = { eastM: 0, northM: 0, upM: 0, eastMps: 0, northMps: 0, upMps: 0 };
  readonly #motion: MutableMotion = { distanceM: 0, speedMps: 0, accelerationMps2: 0 };

  constructor(state: AircraftState, settings: TrackSettings) {
    this.#origin = stoppingPoint(state, settings.limits);
    this.#destination = this.#origin;
    this.#place(this.#origin);
  }

  get reached(): boolean {
    return this.#reached;
  }
  get destination(): LocalPoint {
    return this.#destination;
  }
  get origin(): LocalPoint {
    return this.#origin;
  }
  set paused(paused: boolean) {
    this.#paused = paused;
  }
  get paused(): boolean {
    return this.#paused;
  }

  /** A straight leg to `to`; begun already when it was announced as what comes next. */
  setStraight(to: LocalPoint, onward: Onward, state: AircraftState, settings: TrackSettings): void {
    const begun = this.#begin(state, settings);
    const [previous] = begun;
    const isAnnounced = this.#next !== null && distanceM(this.#next.to, to) < 0.01;
    const startMps = previous?.kind === 'spline' ? previous.curve.endMps : 0;
    const entryMps = onward.kind === 'spline' ? entrySpeed(this.#origin, to, onward.to, settings) : 0;
    const announced = isAnnounced && onward.kind !== 'spline' ? this.#next : null;
    this.#leg = announced ?? straight(this.#origin, to, settings, startMps, entryMps);
    this.#previous = announced !== null && previous?.kind === 'straight' ? previous : null;
    this.#destination = to;
    this.#announce(to, onward, settings);
  }

  /** A curved leg; `onward` gives the direction at its end. */
  setSpline(to: LocalPoint, onward: Onward, state: AircraftState, settings: TrackSettings): void {
    const [previous, wasAt] = this.#begin(state, settings);
    const start = startDirection(previous, wasAt);
    const end = endDirection(this.#origin, to, onward);
    const startMps = Math.hypot(this.#target.eastMps, this.#target.northMps, this.#target.upMps);
    const { speedMps, accelerationMps2, cornerMps2 } = settings;
    const curve = new SplineCurve(
      this.#origin,
      to,
      { start, end },
      { speedMps, accelerationMps2, cornerMps2, startMps, endMps: onward.kind === 'stop' ? 0 : speedMps },
    );
    this.#previous = null;
    this.#leg = { kind: 'spline', to, curve, elapsedS: 0 };
    this.#destination = to;
    this.#announce(to, onward, settings);
  }

  /** The speed wanted changed: what is left of a straight leg is planned anew from the speed that it has. */
  changeSpeed(settings: TrackSettings): void {
    const leg = this.#leg;
    if (leg?.kind !== 'straight' || this.#reached || leg.elapsedS >= leg.curve.brakingStartS) return;
    const { eastM, northM, upM } = this.#target;
    const from = { eastM, northM, upM };
    leg.curve.at(leg.elapsedS, this.#motion);
    this.#leg = straight(from, leg.to, settings, this.#motion.speedMps, 0);
    this.#previous = null;
    if (this.#next !== null && this.#next.elapsedS === 0)
      this.#next = straight(this.#next.from, this.#next.to, settings, 0, 0);
  }

  /** Moves the target on. */
  advance(dtS: number, state: AircraftState, settings: TrackSettings): void {
    const paceStep = (settings.accelerationMps2 / Math.max(1, settings.speedMps)) * dtS;
    this.#pace = this.#paused ? Math.max(0, this.#pace - paceStep) : Math.min(1, this.#pace + paceStep);
    // An aircraft that cannot keep up (wind, a stop before) makes the target wait.
    const behindM = this.#behind(state);
    const stepS = dtS * this.#pace * Math.min(1, Math.max(0, 1.2 - behindM / 5));
    const leg = this.#leg;
    if (leg === null) return;
    leg.elapsedS += stepS;
    const isFinished =
      leg.kind === 'spline' ? this.#alongSpline(leg) : this.#alongStraight(leg, stepS, settings);
    this.#target.eastMps *= this.#pace;
    this.#target.northMps *= this.#pace;
    this.#target.upMps *= this.#pace;
    if (this.#reached || !isFinished) return;
    this.#reached = this.#isFast || distanceM(state, this.#destination) <= settings.radiusM;
  }

  demand(yawRad: number | null): Demand {
    const { eastM, northM, upM, eastMps, northMps, upMps } = this.#target;
    return { kind: 'follow', at: { eastM, northM, upM }, eastMps, northMps, upMps, yawRad };
  }

  /** Direction that the target moves in; null while it stands. */
  courseRad(): number | null {
    const { eastMps, northMps } = this.#target;
    return Math.hypot(eastMps, northMps) < 0.5 ? null : Math.atan2(eastMps, northMps);
  }

  #begin(state: AircraftState, settings: TrackSettings): [Straight | Curved | null, LocalPoint] {
    const previous = this.#reached ? this.#leg : null;
    const wasAt = this.#origin;
    if (this.#reached && this.#leg !== null) this.#origin = this.#destination;
    else if (!this.#reached) {
      this.#origin = stoppingPoint(state, settings.limits);
      this.#next = null;
    }
    this.#reached = false;
    return [previous, wasAt];
  }

  #announce(to: LocalPoint, onward: Onward, settings: TrackSettings): void {
    this.#isFast = onward.kind !== 'stop';
    this.#next = onward.kind === 'straight' ? straight(to, onward.to, settings, 0, 0) : null;
  }

  #alongSpline(leg: Curved): boolean {
    const { at, eastMps, northMps, upMps } = leg.curve.at(leg.elapsedS);
    this.#place(at);
    this.#target.eastMps = eastMps;
    this.#target.northMps = northMps;
    this.#target.upMps = upMps;
    return leg.elapsedS >= leg.curve.durationS;
  }

  #alongStraight(leg: Straight, stepS: number, settings: TrackSettings): boolean {
    this.#place(leg.from);
    if (this.#previous !== null) {
      this.#previous.elapsedS += stepS;
      // What the leg before still has to brake: it counts from its end backwards.
      this.#add(this.#previous, -this.#previous.curve.lengthM);
      if (this.#previous.elapsedS >= this.#previous.curve.durationS) this.#previous = null;
    }
    this.#add(leg, 0);
    const leftS = leg.curve.durationS - leg.elapsedS;
    const next = this.#next;
    if (next === null) return leftS <= 0;
    if (next.elapsedS === 0) {
      if (leg.elapsedS < leg.curve.brakingStartS || leftS > next.curve.accelerationEndS) return leftS <= 0;
      if (!canTurn(leg, next, leftS, settings)) return leftS <= 0;
    }
    next.elapsedS += stepS;
    this.#add(next, 0);
    return leftS <= 0 || next.elapsedS >= leftS;
  }

  #add(leg: Straight, offsetM: number): void {
    leg.curve.at(leg.elapsedS, this.#motion);
    const alongM = this.#motion.distanceM + offsetM;
    const { speedMps } = this.#motion;
    this.#target.eastM += leg.unit.eastM * alongM;
    this.#target.northM += leg.unit.northM * alongM;
    this.#target.upM += leg.unit.upM * alongM;
    this.#target.eastMps += leg.unit.eastM * speedMps;
    this.#target.northMps += leg.unit.northM * speedMps;
    this.#target.upMps += leg.unit.upM * speedMps;
  }

  #place(at: LocalPoint): void {
    this.#target.eastM = at.eastM;
    this.#target.northM = at.northM;
    this.#target.upM = at.upM;
    this.#target.eastMps = 0;
    this.#target.northMps = 0;
    this.#target.upMps = 0;
  }

  #behind(state: AircraftState): number {
    const { eastM, northM, upM } = this.#target;
    return Math.hypot(eastM - state.eastM, northM - state.northM, upM - state.upM);
  }
}

function straight(
  from: LocalPoint,
  to: LocalPoint,
  settings: TrackSettings,
  startMps: number,
  endMps: number,
): Straight {
  const lengthM = distanceM(from, to);
  const unit =
    lengthM < 1e-6
      ? { eastM: 0, northM: 0, upM: 0 }
      : {
          eastM: (to.eastM - from.eastM) / lengthM,
          northM: (to.northM - from.northM) / lengthM,
          upM: (to.upM - from.upM) / lengthM,
        };
  const curve = new LegCurve(lengthM, alongDirection(unit, settings), startMps, endMps);
  return { kind: 'straight', from, to, unit, curve, elapsedS: 0 };
}

/** The limits along a direction: what the horizontal and the vertical share allow (kinematic_limit). */
function alongDirection(unit: LocalPoint, settings: TrackSettings): CurveLimits {
  const level = Math.hypot(unit.eastM, unit.northM);
  const steep = Math.abs(unit.upM);
  const share = (horizontal: number, vertical: number) =>
    Math.min(level > 1e-6 ? horizontal / level : Infinity, steep > 1e-6 ? vertical / steep : Infinity);
  const { limits, speedMps, accelerationMps2, verticalMps2, jerkMps3 } = settings;
  const verticalMps = unit.upM >= 0 ? limits.climbMps : limits.descentMps;
  const bounded = (value: number) => (Number.isFinite(value) ? value : 1);
  return {
    speedMps: bounded(share(speedMps, verticalMps)),
    accelerationMps2: bounded(share(accelerationMps2, verticalMps2)),
    jerkMps3,
    snapMps4: jerkMps3 * SNAP_PER_JERK,
  };
}

/** Whether the next leg may begin now: the middle of the turn is near, slow and gentle enough. */
function canTurn(leg: Straight, next: Straight, leftS: number, settings: TrackSettings): boolean {
  const now: MutableMotion = { distanceM: 0, speedMps: 0, accelerationMps2: 0 };
  const then: MutableMotion = { distanceM: 0, speedMps: 0, accelerationMps2: 0 };
  leg.curve.at(leg.elapsedS + leftS / 2, now);
  next.curve.at(leftS / 2, then);
  const missM = now.distanceM - leg.curve.lengthM;
  const sum = (from: number, to: number) => ({
    eastM: leg.unit.eastM * from + next.unit.eastM * to,
    northM: leg.unit.northM * from + next.unit.northM * to,
    upM: leg.unit.upM * from + next.unit.upM * to,
  });
  const miss = sum(missM, then.distanceM);
  const speed = sum(now.speedMps, then.speedMps);
  const bend = sum(now.accelerationMps2, then.accelerationMps2);
  const slowest = Math.min(leg.curve.cruiseMps, next.curve.cruiseMps);
  return (
    Math.hypot(miss.eastM, miss.northM, miss.upM) < settings.radiusM &&
    Math.hypot(speed.eastM, speed.northM, speed.upM) < slowest &&
    Math.hypot(bend.eastM, bend.northM) < settings.cornerMps2 &&
    Math.abs(bend.upM) < settings.verticalMps2
  );
}

/** What the spline from `to` to `onwards` can be entered with, coming straight from `from`. */
function entrySpeed(from: LocalPoint, to: LocalPoint, onwards: LocalPoint, settings: TrackSettings): number {
  const { speedMps, accelerationMps2, cornerMps2 } = settings;
  const limits = { speedMps, accelerationMps2, cornerMps2, startMps: speedMps, endMps: speedMps };
  const directions = { start: difference(to, from), end: difference(onwards, to) };
  return new SplineCurve(to, onwards, directions, limits).startMps;
}

/** Direction of the leg before; a spline from standing begins towards its own end. */
function startDirection(previous: Straight | Curved | null, wasAt: LocalPoint): LocalPoint {
  if (previous === null) return { eastM: 0, northM: 0, upM: 0 };
  return difference(previous.to, wasAt);
}

function endDirection(from: LocalPoint, to: LocalPoint, onward: Onward): LocalPoint {
  if (onward.kind === 'stop') return { eastM: 0, northM: 0, upM: 0 };
  // Into another spline: along the line from the point before to the point after (AC_WPNav's spline rules).
  return onward.kind === 'spline' ? difference(onward.to, from) : difference(onward.to, to);
}

function difference(a: LocalPoint, b: LocalPoint): LocalPoint {
  return { eastM: a.eastM - b.eastM, northM: a.northM - b.northM, upM: a.upM - b.upM };
}
