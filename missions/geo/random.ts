/** A repeatable stream of numbers in [0, 1). Planning has no randomness of its own: callers bring the seed. */
export type Random = () => number;

/** Mulberry32: 32 bits of state, good enough for shapes and names, the same on every machine. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
