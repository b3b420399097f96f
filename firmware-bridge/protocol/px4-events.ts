import { buildMessage, type MavLinkData, RequestEvent } from '../codec/messages.ts';
import type { Effect, Target } from './step.ts';

/**
 * PX4's events in their order, each once (MAVLink events interface). Pure; it runs as long as the vehicle does.
 *
 *   unknown ──first EVENT: told; first CURRENT_EVENT_SEQUENCE: what was before is history──► in order
 *   in order ──the next one──► told            ──an old one──► dropped
 *   in order ──one further on, or CURRENT_EVENT_SEQUENCE further on──► gap: kept back, REQUEST_EVENT
 *   gap ──missing ones come──► told in order   ──RESPONSE_EVENT_ERROR, or no answer five times──► lost, counted
 *   any ──CURRENT_EVENT_SEQUENCE with the reset flag, or restart──► begins anew
 *
 * Sequence numbers are 16 bits and wrap.
 */
export interface Px4Event {
  readonly sequence: number;
  readonly id: number;
  readonly bootMs: number;
  /** High 4 bits: for logs on board; low 4 bits: for us. 0 emergency … 7 debug, 8 protocol, 9 disabled. */
  readonly logLevels: number;
  readonly arguments: readonly number[];
}

export interface Px4EventsState {
  /** Null: nothing heard yet. */
  readonly next: number | null;
  /** Came before their turn. */
  readonly kept: ReadonlyMap<number, Px4Event>;
  /** How far the vehicle has come: the number after its newest. */
  readonly end: number | null;
  readonly attempts: number;
  readonly lost: number;
}

export type Px4EventsInput =
  | { readonly kind: 'event'; readonly event: Px4Event }
  | { readonly kind: 'current'; readonly sequence: number; readonly isReset: boolean }
  | { readonly kind: 'unavailable'; readonly sequence: number; readonly oldestSequence: number }
  | { readonly kind: 'timer' }
  | { readonly kind: 'restart' };

export interface Px4EventsStep {
  readonly state: Px4EventsState;
  readonly told: readonly Px4Event[];
  readonly effects: readonly Effect<never>[];
}

export const NO_EVENTS: Px4EventsState = { next: null, kept: new Map(), end: null, attempts: 0, lost: 0 };

const ASK_AGAIN_MS = 500;
const ATTEMPTS = 5;
/** PX4 keeps some dozens; further back is gone. */
const MAX_GAP = 64;

export function px4EventsStep(target: Target, state: Px4EventsState, input: Px4EventsInput): Px4EventsStep {
  switch (input.kind) {
    case 'event':
      return onEvent(target, state, input.event);
    case 'current':
      return onCurrent(target, state, input.sequence, input.isReset);
    case 'unavailable': {
      const { next } = state;
      // Its oldest is beyond our gap: nothing of the gap is left. Within: only what lies before.
      if (next === null || input.sequence !== next) return { state, told: [], effects: [] };
      const oldest = ahead(next, input.oldestSequence);
      return flush(
        target,
        skipTo(state, oldest > 0 && oldest <= MAX_GAP ? input.oldestSequence : add(next, 1)),
      );
    }
    case 'timer':
      if (state.next === null || !hasGap(state)) return { state, told: [], effects: [] };
      if (state.attempts >= ATTEMPTS) return flush(target, skipTo(state, gapEnd(state, state.next)));
      return { state: { ...state, attempts: state.attempts + 1 }, told: [], effects: request(target, state) };
    case 'restart':
      return { state: { ...NO_EVENTS, lost: state.lost }, told: [], effects: [STOP] };
  }
}

function onEvent(target: Target, before: Px4EventsState, event: Px4Event): Px4EventsStep {
  const state = before.next === null ? { ...before, next: event.sequence, end: event.sequence } : before;
  const next = state.next ?? event.sequence;
  const distance = ahead(next, event.sequence);
  if (distance < 0 || state.kept.has(event.sequence)) return { state, told: [], effects: [] };
  const kept = new Map(state.kept).set(event.sequence, event);
  const end = furthest(state, add(event.sequence, 1));
  const grown = { ...state, kept, end };
  return flush(target, distance > MAX_GAP ? skipTo(grown, add(event.sequence, -MAX_GAP)) : grown);
}

function onCurrent(target: Target, state: Px4EventsState, sequence: number, isReset: boolean): Px4EventsStep {
  const end = add(sequence, 1);
  if (state.next === null || (isReset && ahead(state.next, end) < 0)) {
    return { state: { ...NO_EVENTS, next: end, end, lost: state.lost }, told: [], effects: [STOP] };
  }
  const distance = ahead(state.next, end);
  if (distance <= 0) return { state, told: [], effects: [] };
  const grown = { ...state, end: furthest(state, end) };
  return flush(target, distance > MAX_GAP ? skipTo(grown, add(end, -MAX_GAP)) : grown);
}

/** Tells what is in order, and asks for what is missing in front of the rest. */
function flush(target: Target, before: Px4EventsState): Px4EventsStep {
  const kept = new Map(before.kept);
  const told: Px4Event[] = [];
  let next = before.next ?? 0;
  for (let event = kept.get(next); event !== undefined; event = kept.get(next)) {
    told.push(event);
    kept.delete(next);
    next = add(next, 1);
  }
  const progressed = told.length > 0 || before.attempts === 0;
  const state = { ...before, next, kept, attempts: progressed ? 0 : before.attempts };
  if (!hasGap(state)) return { state: { ...state, attempts: 0 }, told, effects: [STOP] };
  // A request is on its way already.
  if (state.attempts > 0) return { state, told, effects: [] };
  return { state: { ...state, attempts: 1 }, told, effects: request(target, state) };
}

/** Everything before `to` is lost, also what was kept back behind a gap that is given up. */
function skipTo(state: Px4EventsState, to: number): Px4EventsState {
  const next = state.next ?? to;
  const kept = new Map([...state.kept].filter(([sequence]) => ahead(to, sequence) >= 0));
  return { ...state, next: to, kept, attempts: 0, lost: state.lost + Math.max(0, ahead(next, to)) };
}

function request(target: Target, state: Px4EventsState): readonly Effect<never>[] {
  const next = state.next ?? 0;
  const message: MavLinkData = buildMessage(RequestEvent, {
    firstSequence: next,
    lastSequence: add(gapEnd(state, next), -1),
    targetSystem: target.systemId,
    targetComponent: target.componentId,
  });
  return [
    { kind: 'send', message },
    { kind: 'startTimer', timer: 'ask', afterMs: ASK_AGAIN_MS },
  ];
}

const STOP: Effect<never> = { kind: 'stopTimer', timer: 'ask' };

function hasGap(state: Px4EventsState): boolean {
  return state.next !== null && state.end !== null && ahead(state.next, state.end) > 0;
}

/** The first number after `next` that we have, else the end. */
function gapEnd(state: Px4EventsState, next: number): number {
  let at = next;
  while (at !== state.end && !state.kept.has(at)) at = add(at, 1);
  return at;
}

function furthest(state: Px4EventsState, end: number): number {
  return state.end === null || ahead(state.end, end) > 0 ? end : state.end;
}

const add = (sequence: number, by: number): number => (sequence + by) & 0xffff;

/** −32768 … 32767. */
const ahead = (from: number, to: number): number => ((to - from) << 16) >> 16;
