/**
 * Randomness of the simulator: mulberry32, 32 bits of state, the same sequence on every machine. Kept as plain
 * numbers so that an aircraft's state can carry its own generator and stay a value.
 */

/** One draw: a number in [0, 1) and the state to draw the next one from. */
export function drawRandom(state: number): { readonly value: number; readonly state: number } {
  const next = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(next ^ (next >>> 15), next | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return { value: ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296, state: next };
}

/** A seed for a part of the simulation (FNV-1a over the label), so that adding a part does not shift the others. */
export function deriveSeed(seed: number, label: string): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let index = 0; index < label.length; index += 1) {
    hash = Math.imul(hash ^ label.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash;
}

/** A generator with state of its own, for the edges (network, uid) where a value is not needed. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    const draw = drawRandom(state);
    state = draw.state;
    return draw.value;
  };
}
