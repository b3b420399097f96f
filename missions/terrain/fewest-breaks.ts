/**
 * A height profile with the fewest break points inside a corridor. Some breaks are free (the path's own points, where
 * a waypoint stands anyway); the others cost a waypoint each.
 *
 * Minimum-link path in a monotone corridor, by reachable heights: for every sample and every number of paid breaks,
 * the heights are kept that a profile with no more than these can break at. The straight lines that leave a sample are
 * a convex polygon in the plane (height at the start, slope); each further sample clips it by its lowest and highest
 * height, and what remains, projected, is the reachable interval there. After Suri, "A linear time algorithm for
 * minimum link paths inside a simple polygon" (1986), with breaks at samples only.
 */
export interface CorridorSample {
  /** Metres along the path, never decreasing. */
  readonly alongM: number;
  readonly lowestM: number;
  readonly highestM: number;
  /** A break here costs nothing. The first and the last sample must be free. */
  readonly isFree: boolean;
}

export interface SlopeLimits {
  /** Rise over run, both positive: climbing and descending. */
  readonly climbGradient: number;
  readonly descentGradient: number;
}

export interface ProfileBreak {
  readonly sample: number;
  readonly heightM: number;
}

/** Metres: windows of no width must survive rounding. */
const TOLERANCE_M = 1e-9;

/** With this many paid breaks more than the least, no further height becomes reachable that is worth keeping. */
const SPARE_BREAKS = 2;

/** Heights at one sample that `cost` paid breaks (this one included) reach, and where each part of them comes from. */
interface State {
  readonly sample: number;
  readonly cost: number;
  readonly lowM: number;
  readonly highM: number;
  readonly parts: readonly Part[];
}

interface Part {
  readonly lowM: number;
  readonly highM: number;
  readonly from: State;
}

/** Corner of the polygon of lines that leave a sample: height there, slope. */
interface Line {
  readonly heightM: number;
  readonly slope: number;
}

/**
 * The breaks of such a profile, all free samples included, as low as the fewest breaks allow. `null` when there is no
 * profile within the limits at all.
 */
export function fewestBreaks(
  samples: readonly CorridorSample[],
  limits: SlopeLimits,
): readonly ProfileBreak[] | null {
  const first = samples[0];
  if (first === undefined) return [];
  let arrived: State[] = [{ sample: 0, cost: 0, lowM: first.lowestM, highM: first.highestM, parts: [] }];
  const free = samples.flatMap((sample, i) => (sample.isFree ? [i] : []));
  for (let k = 1; k < free.length; k++) {
    arrived = crossLeg(samples, arrived, free[k - 1] as number, free[k] as number, limits);
    if (arrived.length === 0) return null;
  }
  const end = arrived[0];
  return end === undefined ? null : traceBack(samples, end, limits);
}

/** From the states at one free sample to those at the next one; fewest breaks first. */
function crossLeg(
  samples: readonly CorridorSample[],
  starts: readonly State[],
  from: number,
  to: number,
  limits: SlopeLimits,
): State[] {
  const parts: Part[][][] = Array.from({ length: to - from + 1 }, () => []);
  for (let i = from; i < to; i++) {
    const states = i === from ? starts : statesOf(samples, i, parts[i - from] ?? []);
    const reached = statesOf(samples, to, parts[to - from] ?? []);
    const complete = reached.find((state) => isWholeWindow(state, samples[to]));
    for (const state of states) {
      if (complete !== undefined && state.cost >= complete.cost) continue;
      sweep(samples, state, to, limits, (t, lowM, highM) => {
        const cost = state.cost + (t === to ? 0 : 1);
        const byCost = parts[t - from] as Part[][];
        byCost[cost] = [...(byCost[cost] ?? []), { lowM, highM, from: state }];
      });
    }
  }
  return statesOf(samples, to, parts[to - from] ?? []);
}

/** Merges what reaches a sample: per number of breaks the connected intervals, without those that fewer breaks hold. */
function statesOf(
  samples: readonly CorridorSample[],
  sample: number,
  byCost: readonly (readonly Part[] | undefined)[],
): State[] {
  const out: State[] = [];
  let least = -1;
  for (const [cost, parts] of byCost.entries()) {
    if (parts === undefined || parts.length === 0) continue;
    if (least < 0) least = cost;
    if (cost > least + SPARE_BREAKS) break;
    let group: Part[] = [];
    let highM = Number.NEGATIVE_INFINITY;
    const close = (): void => {
      const lowM = group[0]?.lowM;
      if (lowM === undefined) return;
      const isHeld = out.some((s) => s.lowM <= lowM + TOLERANCE_M && s.highM >= highM - TOLERANCE_M);
      if (!isHeld) out.push({ sample, cost, lowM, highM, parts: group });
    };
    for (const part of parts.toSorted((a, b) => a.lowM - b.lowM)) {
      if (part.lowM > highM + TOLERANCE_M) {
        close();
        group = [];
        highM = Number.NEGATIVE_INFINITY;
      }
      group.push(part);
      highM = Math.max(highM, part.highM);
    }
    close();
    if (out.some((state) => isWholeWindow(state, samples[sample]))) break;
  }
  return out;
}

function isWholeWindow(state: State, sample: CorridorSample | undefined): boolean {
  return (
    sample !== undefined &&
    state.lowM <= sample.lowestM + TOLERANCE_M &&
    state.highM >= sample.highestM - TOLERANCE_M
  );
}

/** Follows the straight lines that leave a state as far as any of them stays in the corridor. */
function sweep(
  samples: readonly CorridorSample[],
  state: State,
  to: number,
  limits: SlopeLimits,
  visit: (sample: number, lowM: number, highM: number) => void,
): void {
  const startM = (samples[state.sample] as CorridorSample).alongM;
  let lines = linesFrom(state, limits);
  for (let t = state.sample + 1; t <= to; t++) {
    const sample = samples[t] as CorridorSample;
    lines = clipToWindow(lines, sample.alongM - startM, sample);
    if (lines.length === 0) return;
    let lowM = Number.POSITIVE_INFINITY;
    let highM = Number.NEGATIVE_INFINITY;
    for (const line of lines) {
      const heightM = line.heightM + line.slope * (sample.alongM - startM);
      lowM = Math.min(lowM, heightM);
      highM = Math.max(highM, heightM);
    }
    visit(t, Math.max(lowM, sample.lowestM), Math.min(highM, sample.highestM));
  }
}

function linesFrom(state: State, limits: SlopeLimits): readonly Line[] {
  const { lowM, highM } = state;
  return [
    { heightM: lowM, slope: -limits.descentGradient },
    { heightM: highM, slope: -limits.descentGradient },
    { heightM: highM, slope: limits.climbGradient },
    { heightM: lowM, slope: limits.climbGradient },
  ];
}

function clipToWindow(lines: readonly Line[], runM: number, window: CorridorSample): readonly Line[] {
  const above = clip(lines, (line) => line.heightM + line.slope * runM - window.lowestM);
  return clip(above, (line) => window.highestM - line.heightM - line.slope * runM);
}

/** Sutherland–Hodgman for one half-plane; `side` is linear and not negative inside. */
function clip(lines: readonly Line[], side: (line: Line) => number): readonly Line[] {
  const out: Line[] = [];
  for (const [i, line] of lines.entries()) {
    const next = lines[(i + 1) % lines.length] as Line;
    const here = side(line);
    const there = side(next);
    if (here >= -TOLERANCE_M) out.push(line);
    if (here >= -TOLERANCE_M === there >= -TOLERANCE_M) continue;
    const t = here / (here - there);
    out.push({
      heightM: line.heightM + t * (next.heightM - line.heightM),
      slope: line.slope + t * (next.slope - line.slope),
    });
  }
  return out;
}

function traceBack(
  samples: readonly CorridorSample[],
  end: State,
  limits: SlopeLimits,
): readonly ProfileBreak[] | null {
  const out: ProfileBreak[] = [];
  let state = end;
  let heightM = end.lowM;
  for (;;) {
    out.push({ sample: state.sample, heightM });
    if (state.parts.length === 0) return out.reverse();
    const before = stepBack(samples, state, heightM, limits);
    if (before === null) return null;
    state = before.state;
    heightM = before.heightM;
  }
}

/** A state before, and the lowest height there, from which a straight line leads to `heightM` at `state`. */
function stepBack(
  samples: readonly CorridorSample[],
  state: State,
  heightM: number,
  limits: SlopeLimits,
): { readonly state: State; readonly heightM: number } | null {
  const slack = TOLERANCE_M * 10;
  const endM = (samples[state.sample] as CorridorSample).alongM;
  for (const part of state.parts) {
    if (heightM < part.lowM - slack || heightM > part.highM + slack) continue;
    const startM = (samples[part.from.sample] as CorridorSample).alongM;
    let lines = linesFrom(part.from, limits);
    for (let t = part.from.sample + 1; t <= state.sample; t++) {
      const sample = samples[t] as CorridorSample;
      lines = clipToWindow(lines, sample.alongM - startM, sample);
    }
    const offset = (line: Line): number => line.heightM + line.slope * (endM - startM) - heightM;
    lines = clip(
      clip(lines, (line) => slack + offset(line)),
      (line) => slack - offset(line),
    );
    if (lines.length === 0) continue;
    return { state: part.from, heightM: Math.min(...lines.map((line) => line.heightM)) };
  }
  return null;
}

/**
 * The lowest heights that are nowhere below `neededM` and can be flown: climbs begin early enough, descents do not
 * begin too early. Slopes between samples stay within the limits.
 */
export function flyableHeights(
  alongM: readonly number[],
  neededM: readonly number[],
  limits: SlopeLimits,
): readonly number[] {
  const out = [...neededM];
  for (let i = out.length - 2; i >= 0; i--) {
    const runM = (alongM[i + 1] as number) - (alongM[i] as number);
    out[i] = Math.max(out[i] as number, (out[i + 1] as number) - limits.climbGradient * runM);
  }
  for (let i = 1; i < out.length; i++) {
    const runM = (alongM[i] as number) - (alongM[i - 1] as number);
    out[i] = Math.max(out[i] as number, (out[i - 1] as number) - limits.descentGradient * runM);
  }
  return out;
}
