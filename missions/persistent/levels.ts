/** Most frames in a cycle: weights may differ by a factor of 16; what counts less is visited more often than it asks. */
export const MOST_FRAMES = 16;

export interface WeightLevels {
  /** Frames of a cycle, a power of two. */
  readonly frames: number;
  /** A cell of depth h is visited every 2^h frames. */
  readonly depth: Uint8Array;
  /** Worst weighted idleness = `worstFactor` · length of a frame. */
  readonly worstFactor: number;
}

/**
 * Weights in powers of two. The factor in front is chosen so that rounding costs least: with `top` in
 * [max φ, 2·max φ), a cell gets the largest depth h with φ·2^h ≤ top, and the work that a frame must do, times the
 * worst weighted interval that comes of it, is made smallest over all `top` at which some cell is rounded exactly.
 * Weights 1, 2, 4 are kept as they are.
 */
export function weightLevels(weights: readonly number[], workS: readonly number[]): WeightLevels {
  const most = weights.reduce((a, b) => Math.max(a, b), 0);
  if (weights.length === 0 || most <= 0)
    return { frames: 1, depth: new Uint8Array(weights.length), worstFactor: 1 };
  const tops = new Set<number>();
  for (const weight of new Set(weights)) {
    tops.add(weight * 2 ** Math.ceil(Math.log2(most / weight) - 1e-9));
  }
  let best: WeightLevels | null = null;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const top of [...tops].sort((a, b) => a - b)) {
    const depth = new Uint8Array(weights.length);
    let cost = 0;
    let worstFactor = 0;
    let deepest = 0;
    weights.forEach((weight, i) => {
      const h = Math.max(0, Math.min(Math.log2(MOST_FRAMES), Math.floor(Math.log2(top / weight) + 1e-9)));
      depth[i] = h;
      deepest = Math.max(deepest, h);
      cost += (workS[i] as number) / 2 ** h;
      worstFactor = Math.max(worstFactor, weight * 2 ** h);
    });
    cost *= worstFactor;
    if (cost < bestCost * (1 - 1e-9)) {
      bestCost = cost;
      best = { frames: 2 ** deepest, depth, worstFactor };
    }
  }
  return best ?? { frames: 1, depth: new Uint8Array(weights.length), worstFactor: most };
}
