import { useSyncExternalStore } from 'react';

/** One clock for all ages on the page: ticks twice a second, so that "lost 12 s" never stands still. */
const TICK_MS = 500;

let nowMs = performance.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    nowMs = performance.now();
    for (const notify of listeners) notify();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** Monotonic now (performance.now()), refreshed twice a second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => nowMs);
}

/** How old a value is now: its age when it was sent plus the time since it arrived. Never negative. */
export function ageNow(ageMs: number, receivedAtMs: number, now: number): number {
  return ageMs + Math.max(0, now - receivedAtMs);
}
