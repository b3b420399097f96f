import type { LocalPoint } from '../aircraft/local-frame.ts';

/** Points along the curve at which its course and speed are known. */
const SAMPLES = 64;

/**
 * A curved leg: the cubic Hermite curve of ArduPilot's SplineCurve (libraries/AC_WPNav, AP_Math/SplineCurve.cpp) from
 * one point to the next, with the directions of flight at both ends. Its speed is as fast as the bends allow and as
 * acceleration and braking allow between them, worked out once when the leg begins.
 */
export class SplineCurve {
  readonly durationS: number;
  readonly #points: readonly LocalPoint[];
  readonly #timesS: readonly number[];
  readonly #speedsMps: readonly number[];

  constructor(
    from: LocalPoint,
    to: LocalPoint,
    directions: { readonly start: LocalPoint; readonly end: LocalPoint },
    limits: {
      readonly speedMps: number;
      readonly accelerationMps2: number;
      readonly cornerMps2: number;
      readonly startMps: number;
      readonly endMps: number;
    },
  ) {
    const [start, end] = shortened(from, to, directions.start, directions.end);
    this.#points = Array.from({ length: SAMPLES + 1 }, (_, i) => hermite(from, start, to, end, i / SAMPLES));
    const lengths = this.#points.map((point, i) => spaced(this.#points[i - 1] ?? point, point));
    const speeds = this.#points.map((_, i) =>
      Math.min(limits.speedMps, this.#bendSpeed(i, limits.cornerMps2)),
    );
    speeds[0] = Math.min(speeds[0] ?? 0, Math.max(MIN_SPEED_MPS, limits.startMps));
    speeds[SAMPLES] = Math.min(speeds[SAMPLES] ?? 0, Math.max(MIN_SPEED_MPS, limits.endMps));
    const reachable = (mps: number, metres: number) =>
      Math.sqrt(mps * mps + 2 * limits.accelerationMps2 * metres);
    for (let i = 1; i <= SAMPLES; i += 1)
      speeds[i] = Math.min(speeds[i] ?? 0, reachable(speeds[i - 1] ?? 0, lengths[i] ?? 0));
    for (let i = SAMPLES - 1; i >= 0; i -= 1)
      speeds[i] = Math.min(speeds[i] ?? 0, reachable(speeds[i + 1] ?? 0, lengths[i + 1] ?? 0));
    let timeS = 0;
    this.#speedsMps = speeds;
    this.#timesS = speeds.map((speed, i) => {
      if (i > 0) timeS += (2 * (lengths[i] ?? 0)) / Math.max(2 * MIN_SPEED_MPS, speed + (speeds[i - 1] ?? 0));
      return timeS;
    });
    this.durationS = timeS;
  }

  /** Fastest that it can be entered with. */
  get startMps(): number {
    return this.#speedsMps[0] ?? 0;
  }

  get endMps(): number {
    return this.#speedsMps[SAMPLES] ?? 0;
  }

  /** Place and velocity after `timeS`. */
  at(timeS: number): {
    readonly at: LocalPoint;
    readonly eastMps: number;
    readonly northMps: number;
    readonly upMps: number;
  } {
    let index = 1;
    while (index < SAMPLES && (this.#timesS[index] ?? 0) < timeS) index += 1;
    const before = this.#points[index - 1] as LocalPoint;
    const after = this.#points[index] as LocalPoint;
    const startS = this.#timesS[index - 1] ?? 0;
    const lastS = Math.max(1e-6, (this.#timesS[index] ?? 0) - startS);
    const share = Math.min(1, Math.max(0, (timeS - startS) / lastS));
    const isDone = timeS >= this.durationS;
    return {
      at: {
        eastM: before.eastM + (after.eastM - before.eastM) * share,
        northM: before.northM + (after.northM - before.northM) * share,
        upM: before.upM + (after.upM - before.upM) * share,
      },
      eastMps: isDone ? 0 : (after.eastM - before.eastM) / lastS,
      northMps: isDone ? 0 : (after.northM - before.northM) / lastS,
      upMps: isDone ? 0 : (after.upM - before.upM) / lastS,
    };
  }

  /** Speed at which the bend around sample `i` takes no more than the sideways acceleration allowed. */
  #bendSpeed(i: number, cornerMps2: number): number {
    const before = this.#points[i - 1];
    const here = this.#points[i];
    const after = this.#points[i + 1];
    if (before === undefined || here === undefined || after === undefined) return Number.POSITIVE_INFINITY;
    const inRad = Math.atan2(here.eastM - before.eastM, here.northM - before.northM);
    const outRad = Math.atan2(after.eastM - here.eastM, after.northM - here.northM);
    const turn = Math.abs(Math.atan2(Math.sin(outRad - inRad), Math.cos(outRad - inRad)));
    const length = (spaced(before, here) + spaced(here, after)) / 2;
    return turn < 1e-6 ? Number.POSITIVE_INFINITY : Math.sqrt((cornerMps2 * length) / turn);
  }
}

/** Slower than this a spline would never get anywhere. */
const MIN_SPEED_MPS = 0.5;

/** Directions longer than four times the leg together would make loops: both are cut (SplineCurve::update_solution). */
function shortened(
  from: LocalPoint,
  to: LocalPoint,
  start: LocalPoint,
  end: LocalPoint,
): [LocalPoint, LocalPoint] {
  const together = size(start) + size(end);
  const allowed = 4 * spaced(from, to);
  if (together <= allowed || together < 1e-6) return [start, end];
  const scale = allowed / together;
  return [scaled(start, scale), scaled(end, scale)];
}

function hermite(p0: LocalPoint, v0: LocalPoint, p1: LocalPoint, v1: LocalPoint, t: number): LocalPoint {
  const [t2, t3] = [t * t, t * t * t];
  const [a, b, c, d] = [2 * t3 - 3 * t2 + 1, t3 - 2 * t2 + t, -2 * t3 + 3 * t2, t3 - t2];
  const mix = (w: number, x: number, y: number, z: number) => a * w + b * x + c * y + d * z;
  return {
    eastM: mix(p0.eastM, v0.eastM, p1.eastM, v1.eastM),
    northM: mix(p0.northM, v0.northM, p1.northM, v1.northM),
    upM: mix(p0.upM, v0.upM, p1.upM, v1.upM),
  };
}

function spaced(a: LocalPoint, b: LocalPoint): number {
  return Math.hypot(a.eastM - b.eastM, a.northM - b.northM, a.upM - b.upM);
}

function size(v: LocalPoint): number {
  return Math.hypot(v.eastM, v.northM, v.upM);
}

function scaled(v: LocalPoint, by: number): LocalPoint {
  return { eastM: v.eastM * by, northM: v.northM * by, upM: v.upM * by };
}
