import type { Spot } from './flight-track.ts';
import type { Motion } from './fly-times.ts';

/** A flight in a common plane; times and heights are its own and are brought together here. */
export interface TimedFlight {
  readonly motions: readonly Motion[];
  /** Seconds to add to its times: when it arms. */
  readonly shiftS: number;
  /** Metres to add to its heights: how high its home lies. */
  readonly upM: number;
}

export interface Approach {
  /** Least distance in plan while the two are nearer than the vertical limit to each other, metres. */
  readonly horizontalM: number;
  readonly verticalM: number;
  /** Seconds on the first flight's clock. */
  readonly atS: number;
  readonly edge: number;
  readonly place: Spot;
}

/** On the ground nobody is in the way of anybody: both lower than this above their own homes. */
const GROUND_M = 2;

/**
 * The closest approach of two flights, exactly: both move evenly between their times, so within one pair of motions
 * the difference of places is a straight line in time. Wanted is its least distance in plan over the times at which
 * the difference in height is below `verticalM`; that set is an interval, and on it the square of the distance is a
 * parabola. `null`: they are never that near in height at the same time.
 */
export function closestApproach(a: TimedFlight, b: TimedFlight, verticalM: number): Approach | null {
  let best: Approach | null = null;
  let j = 0;
  for (const mine of a.motions) {
    const m0 = mine.t0S + a.shiftS;
    const m1 = mine.t1S + a.shiftS;
    while (j < b.motions.length && (b.motions[j] as Motion).t1S + b.shiftS < m0) j++;
    for (let k = j; k < b.motions.length; k++) {
      const theirs = b.motions[k] as Motion;
      const from = Math.max(m0, theirs.t0S + b.shiftS);
      const to = Math.min(m1, theirs.t1S + b.shiftS);
      if (theirs.t0S + b.shiftS > m1) break;
      if (from > to) continue;
      const near = nearestWithin(mine, a, theirs, b, from, to, verticalM);
      if (near === null || (best !== null && near.horizontalM >= best.horizontalM)) continue;
      best = near;
    }
  }
  return best;
}

function nearestWithin(
  mine: Motion,
  a: TimedFlight,
  theirs: Motion,
  b: TimedFlight,
  from: number,
  to: number,
  verticalM: number,
): Approach | null {
  const p0 = spotAt(mine, a, from);
  const p1 = spotAt(mine, a, to);
  const q0 = spotAt(theirs, b, from);
  const q1 = spotAt(theirs, b, to);
  const d0 = minus(q0, p0);
  const d1 = minus(q1, p1);
  const window = withinBand(d0.upM, d1.upM, verticalM);
  if (window === null) return null;
  // Where both are on the ground does not count: the times between their crossings of that height, one by one.
  const heights = (s: number): readonly [number, number] => [
    p0.upM + (p1.upM - p0.upM) * s - a.upM,
    q0.upM + (q1.upM - q0.upM) * s - b.upM,
  ];
  const cuts = [
    window[0],
    window[1],
    (GROUND_M + a.upM - p0.upM) / (p1.upM - p0.upM),
    (GROUND_M + b.upM - q0.upM) / (q1.upM - q0.upM),
  ]
    .filter((s) => s >= window[0] && s <= window[1])
    .sort((x, y) => x - y);
  // Share of the common time at which the distance in plan would be least.
  const vx = d1.eastM - d0.eastM;
  const vy = d1.northM - d0.northM;
  const v2 = vx * vx + vy * vy;
  const vertex = v2 === 0 ? window[0] : -(d0.eastM * vx + d0.northM * vy) / v2;
  let best: Approach | null = null;
  for (let i = 1; i < cuts.length; i++) {
    const low = cuts[i - 1] as number;
    const high = cuts[i] as number;
    const [mineM, theirsM] = heights((low + high) / 2);
    if (mineM < GROUND_M && theirsM < GROUND_M) continue;
    const s = Math.max(low, Math.min(high, vertex));
    const horizontalM = Math.hypot(d0.eastM + vx * s, d0.northM + vy * s);
    if (best !== null && horizontalM >= best.horizontalM) continue;
    best = {
      horizontalM,
      verticalM: Math.abs(d0.upM + (d1.upM - d0.upM) * s),
      atS: from + (to - from) * s - a.shiftS,
      edge: mine.edge,
      place: mix(p0, p1, s),
    };
  }
  return best;
}

/** The shares of a straight change from `u0` to `u1` at which it is nearer to zero than `bandM`; null when none. */
function withinBand(u0: number, u1: number, bandM: number): readonly [number, number] | null {
  const slope = u1 - u0;
  if (slope === 0) return Math.abs(u0) < bandM ? [0, 1] : null;
  const enter = (-bandM - u0) / slope;
  const leave = (bandM - u0) / slope;
  const from = Math.max(0, Math.min(enter, leave));
  const to = Math.min(1, Math.max(enter, leave));
  return from <= to ? [from, to] : null;
}

function spotAt(motion: Motion, flight: TimedFlight, timeS: number): Spot {
  const length = motion.t1S - motion.t0S;
  const t = length <= 0 ? 1 : Math.max(0, Math.min(1, (timeS - flight.shiftS - motion.t0S) / length));
  const { from, to } = motion;
  return {
    eastM: from.eastM + (to.eastM - from.eastM) * t,
    northM: from.northM + (to.northM - from.northM) * t,
    upM: flight.upM + from.upM + (to.upM - from.upM) * t,
  };
}

const minus = (a: Spot, b: Spot): Spot => ({
  eastM: a.eastM - b.eastM,
  northM: a.northM - b.northM,
  upM: a.upM - b.upM,
});

const mix = (a: Spot, b: Spot, s: number): Spot => ({
  eastM: a.eastM + (b.eastM - a.eastM) * s,
  northM: a.northM + (b.northM - a.northM) * s,
  upM: a.upM + (b.upM - a.upM) * s,
});
