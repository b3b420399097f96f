/**
 * The autopilot's clock against ours (TIMESYNC). Pure.
 *
 *   ours:   tc1 = 0, ts1 = our clock ──► answer: tc1 = its clock, ts1 = ours, mirrored ──► one sample
 *   theirs: tc1 = 0, ts1 = its clock ──► we answer at once: tc1 = our clock, ts1 mirrored
 *
 * Its clock was read somewhere between our sending and receiving; taken as the middle it is wrong by at most half the
 * round trip. So only samples of nearly the shortest round trip count, and of those the median.
 * Clocks in ns (int64). ArduPilot's counts from power-on, PX4's too; `base` tells from the size of the number.
 */
export interface TimeSyncState {
  /** Our ts1 of questions that were not answered yet, oldest first. */
  readonly asked: readonly bigint[];
  readonly samples: readonly TimeSample[];
}

export interface TimeSample {
  /** Its clock minus ours. */
  readonly offsetMs: number;
  readonly roundTripMs: number;
  readonly base: 'boot' | 'unix';
}

export const NO_TIME_SYNC: TimeSyncState = { asked: [], samples: [] };

const MAX_ASKED = 4;
const WINDOW = 10;
const RTT_FACTOR = 1.5;
const RTT_MARGIN_MS = 1;
/** An answer later than this says nothing about now. */
const MAX_ROUND_TRIP_MS = 5_000;
/** Since 1990 in the one case, and not 20 years without a restart in the other. */
const UNIX_FROM_NS = 631_152_000n * 1_000_000_000n;
const NS_PER_MS = 1e6;

export type TimeSyncStep =
  | { readonly kind: 'answer'; readonly state: TimeSyncState; readonly tc1: bigint; readonly ts1: bigint }
  | { readonly kind: 'sample'; readonly state: TimeSyncState; readonly estimate: TimeSample }
  | { readonly kind: 'nothing'; readonly state: TimeSyncState };

/** Fractions of a millisecond survive. */
export function toNs(ms: number): bigint {
  const whole = Math.floor(ms);
  return BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * NS_PER_MS));
}

export function ask(
  state: TimeSyncState,
  nowNs: bigint,
): { readonly state: TimeSyncState; readonly ts1: bigint } {
  return { state: { ...state, asked: [...state.asked, nowNs].slice(-MAX_ASKED) }, ts1: nowNs };
}

export function onTimeSync(
  state: TimeSyncState,
  message: { readonly tc1: bigint; readonly ts1: bigint },
  nowNs: bigint,
): TimeSyncStep {
  if (message.tc1 === 0n) return { kind: 'answer', state, tc1: nowNs, ts1: message.ts1 };
  // Answers to others' questions, doubled ones and ones to questions long past.
  if (!state.asked.includes(message.ts1)) return { kind: 'nothing', state };
  const asked = state.asked.filter((ts1) => ts1 !== message.ts1);
  const roundTripMs = Number(nowNs - message.ts1) / NS_PER_MS;
  if (roundTripMs < 0 || roundTripMs > MAX_ROUND_TRIP_MS)
    return { kind: 'nothing', state: { ...state, asked } };
  const middleNs = message.ts1 + (nowNs - message.ts1) / 2n;
  const sample: TimeSample = {
    offsetMs: Number(message.tc1 - middleNs) / NS_PER_MS,
    roundTripMs,
    base: message.tc1 >= UNIX_FROM_NS ? 'unix' : 'boot',
  };
  // A clock that was set begins anew.
  const same = state.samples.filter((other) => other.base === sample.base);
  const samples = [...same, sample].slice(-WINDOW);
  return { kind: 'sample', state: { asked, samples }, estimate: estimate(samples, sample) };
}

function estimate(samples: readonly TimeSample[], newest: TimeSample): TimeSample {
  const shortestMs = Math.min(...samples.map((sample) => sample.roundTripMs));
  const good = samples
    .filter((sample) => sample.roundTripMs <= shortestMs * RTT_FACTOR + RTT_MARGIN_MS)
    .map((sample) => sample.offsetMs)
    .sort((a, b) => a - b);
  const low = good[Math.floor((good.length - 1) / 2)] ?? newest.offsetMs;
  const high = good[Math.ceil((good.length - 1) / 2)] ?? newest.offsetMs;
  return { offsetMs: (low + high) / 2, roundTripMs: shortestMs, base: newest.base };
}
