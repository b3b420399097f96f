/** What a leg between two points may be flown with, along its direction. Metres, seconds. */
export interface CurveLimits {
  readonly speedMps: number;
  readonly accelerationMps2: number;
  readonly jerkMps3: number;
  readonly snapMps4: number;
}

/** One change of speed: its acceleration grows for `rampS`, holds for `holdS` and goes back within `rampS`. */
interface SpeedChange {
  readonly fromMps: number;
  readonly toMps: number;
  readonly peakMps2: number;
  readonly rampS: number;
  readonly holdS: number;
}

/**
 * Speed along a straight leg, after ArduPilot's S-curves (libraries/AP_Math/SCurve.cpp, described in
 * docs/SCurve): jerk-limited acceleration, cruise, jerk-limited braking. With the default jerk of 1 m/s³ it takes
 * 2.5 s until the full 2.5 m/s² are there, which is what makes short legs slow.
 *
 * The ramps of the real curve are raised cosines with a time tj for the change of jerk; here they are straight and of
 * the same length and area, so speeds, distances and times are the same and only the shape within a ramp differs.
 */
export class LegCurve {
  readonly lengthM: number;
  readonly durationS: number;
  /** When it has stopped getting faster, and when it begins to brake. */
  readonly accelerationEndS: number;
  readonly brakingStartS: number;
  readonly #rise: SpeedChange;
  readonly #fall: SpeedChange;
  readonly #riseM: number;
  readonly #cruiseS: number;

  /** `startMps` and `endMps` are what the leg begins and ends with. */
  constructor(lengthM: number, limits: CurveLimits, startMps = 0, endMps = 0) {
    this.lengthM = lengthM;
    const cruiseMps = cruiseSpeed(lengthM, limits, startMps, endMps);
    this.#rise = speedChange(startMps, cruiseMps, limits);
    const braking = speedChange(cruiseMps, endMps, limits);
    this.#riseM = Math.min(lengthM, distanceOf(this.#rise));
    // A leg that begins too fast for its length brakes harder than allowed rather than not at all.
    this.#fall = fitted(braking, lengthM - this.#riseM);
    const fallM = Math.min(lengthM - this.#riseM, distanceOf(this.#fall));
    const cruiseM = Math.max(0, lengthM - this.#riseM - fallM);
    this.#cruiseS = cruiseMps > 1e-6 ? cruiseM / cruiseMps : 0;
    this.accelerationEndS = durationOf(this.#rise);
    this.brakingStartS = this.accelerationEndS + this.#cruiseS;
    this.durationS = this.brakingStartS + durationOf(this.#fall);
  }

  /** Distance, speed and acceleration along the leg. */
  at(timeS: number, out: MutableMotion): void {
    if (timeS <= 0) set(out, 0, this.#rise.fromMps, 0);
    else if (timeS < this.accelerationEndS) during(this.#rise, timeS, 0, out);
    else if (timeS < this.brakingStartS) {
      const { toMps } = this.#rise;
      set(out, this.#riseM + toMps * (timeS - this.accelerationEndS), toMps, 0);
    } else if (timeS < this.durationS) {
      const startM = this.#riseM + this.#rise.toMps * this.#cruiseS;
      during(this.#fall, timeS - this.brakingStartS, startM, out);
    } else set(out, this.lengthM, this.#fall.toMps, 0);
  }

  get cruiseMps(): number {
    return this.#rise.toMps;
  }
}

export interface MutableMotion {
  distanceM: number;
  speedMps: number;
  accelerationMps2: number;
}

/** Time that jerk takes to its full value and back (tj of SCurve::calculate_path). */
function jerkTimeS(limits: CurveLimits): number {
  return (limits.jerkMps3 * Math.PI) / (2 * limits.snapMps4);
}

/** Time from no acceleration to `peakMps2`. */
function rampTimeS(peakMps2: number, limits: CurveLimits): number {
  const jerkS = jerkTimeS(limits);
  if (peakMps2 >= limits.jerkMps3 * jerkS) return peakMps2 / limits.jerkMps3 + jerkS;
  return 2 * Math.sqrt((peakMps2 * Math.PI) / (2 * limits.snapMps4));
}

function speedChange(fromMps: number, toMps: number, limits: CurveLimits): SpeedChange {
  const change = Math.abs(toMps - fromMps);
  const fullRampS = rampTimeS(limits.accelerationMps2, limits);
  const sign = toMps >= fromMps ? 1 : -1;
  if (change >= limits.accelerationMps2 * fullRampS) {
    const holdS = change / limits.accelerationMps2 - fullRampS;
    return { fromMps, toMps, peakMps2: sign * limits.accelerationMps2, rampS: fullRampS, holdS };
  }
  const peak = bisect(0, limits.accelerationMps2, (mps2) => mps2 * rampTimeS(mps2, limits) <= change);
  return { fromMps, toMps, peakMps2: sign * peak, rampS: rampTimeS(peak, limits), holdS: 0 };
}

function durationOf({ rampS, holdS }: SpeedChange): number {
  return 2 * rampS + holdS;
}

/** The acceleration is the same forwards and backwards in time, so the mean speed is the mean of both ends. */
function distanceOf(change: SpeedChange): number {
  return ((change.fromMps + change.toMps) / 2) * durationOf(change);
}

function fitted(braking: SpeedChange, lengthM: number): SpeedChange {
  const needM = distanceOf(braking);
  if (needM <= lengthM + 1e-6 || needM < 1e-6) return braking;
  const faster = Math.max(1e-3, lengthM / needM);
  const { rampS, holdS, peakMps2 } = braking;
  return { ...braking, rampS: rampS * faster, holdS: holdS * faster, peakMps2: peakMps2 / faster };
}

/** Highest speed between both ends for which the leg is long enough. */
function cruiseSpeed(lengthM: number, limits: CurveLimits, startMps: number, endMps: number): number {
  const fits = (mps: number) =>
    distanceOf(speedChange(startMps, mps, limits)) + distanceOf(speedChange(mps, endMps, limits)) <= lengthM;
  if (fits(limits.speedMps)) return limits.speedMps;
  const lowest = Math.min(limits.speedMps, Math.max(startMps, endMps));
  return bisect(lowest, limits.speedMps, fits);
}

function during(change: SpeedChange, t: number, startM: number, out: MutableMotion): void {
  const { fromMps, peakMps2: a, rampS, holdS } = change;
  if (t <= rampS) {
    const now = rampS > 0 ? (a * t) / rampS : 0;
    set(out, startM + fromMps * t + (now * t * t) / 6, fromMps + (now * t) / 2, now);
    return;
  }
  const rampedM = fromMps * rampS + (a * rampS * rampS) / 6;
  const rampedMps = fromMps + (a * rampS) / 2;
  if (t <= rampS + holdS) {
    const u = t - rampS;
    set(out, startM + rampedM + rampedMps * u + (a * u * u) / 2, rampedMps + a * u, a);
    return;
  }
  // The last ramp is the first one seen from the end.
  const left = Math.max(0, durationOf(change) - t);
  const last = rampS > 0 ? (a * left) / rampS : 0;
  const endM = startM + distanceOf(change);
  set(out, endM - change.toMps * left + (last * left * left) / 6, change.toMps - (last * left) / 2, last);
}

function set(out: MutableMotion, distanceM: number, speedMps: number, accelerationMps2: number): void {
  out.distanceM = distanceM;
  out.speedMps = speedMps;
  out.accelerationMps2 = accelerationMps2;
}

function bisect(low: number, high: number, holds: (value: number) => boolean): number {
  let [good, bad] = [low, high];
  for (let round = 0; round < 30; round += 1) {
    const middle = (good + bad) / 2;
    if (holds(middle)) good = middle;
    else bad = middle;
  }
  return good;
}
