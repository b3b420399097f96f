import { distance } from '@turf/turf';
import type { LaunchProgress, TransferProgress, VehicleState } from '../../firmware-bridge/index.ts';
import type { Diversion, SortieState, SortieStep, StepName } from '../contract/index.ts';
import type { Failure } from '../fleet/outcome.ts';
import { isSortieOver, type Sortie } from './model.ts';

/**
 * How a sortie moves on, as a pure function of what the vehicle reports.
 *
 *   preparing ──upload, read-back──► launching ──arm, take-off, start──► on-patrol ◄──► held
 *       │                                │                                  │  │
 *       └──────────────► failed ◄────────┘                 returning ◄──────┘  └────► landing
 *                                                               └──► landing ──► done | partly-done
 *
 * `done`: every covering waypoint was reached and the aircraft is disarmed. Disarmed earlier: `partly-done`.
 */
export type SortieInput =
  | { readonly kind: 'transfer'; readonly progress: TransferProgress }
  | { readonly kind: 'launch'; readonly progress: LaunchProgress }
  | { readonly kind: 'uploaded' }
  | { readonly kind: 'launched' }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'vehicle'; readonly state: VehicleState }
  /** Sent elsewhere: the patrol waits. */
  | { readonly kind: 'diverted'; readonly diversion: Diversion }
  | { readonly kind: 'diversion-arrived' }
  | { readonly kind: 'item-reached'; readonly index: number }
  | { readonly kind: 'disarmed' };

const ORDER: readonly StepName[] = [
  'upload',
  'read-back',
  'prepare',
  'arm',
  'take-off',
  'start-mission',
  'cover',
  'return',
  'land',
];

export const initialSteps = (): SortieStep[] => ORDER.map((step) => ({ step, state: 'waiting', atMs: null }));

/** The next state of the sortie; the same object when nothing changed. `atMs` is epoch ms. */
export function advanceSortie(sortie: Sortie, input: SortieInput, atMs: number): Sortie {
  if (isSortieOver(sortie)) return sortie;
  switch (input.kind) {
    case 'transfer': {
      const step = input.progress.phase === 'upload' ? 'upload' : 'read-back';
      const { itemsDone, itemsTotal } = input.progress;
      return withStep(sortie, step, 'running', atMs, { itemsDone, itemsTotal });
    }
    case 'uploaded':
      return { ...withFullCounts(withStep(sortie, 'read-back', 'done', atMs)), state: 'launching' };
    case 'launch':
      return withStep(sortie, input.progress.step, input.progress.state, atMs);
    case 'launched':
      return {
        ...withStep(withStep(sortie, 'start-mission', 'done', atMs), 'cover', 'running', atMs),
        state: 'on-patrol',
      };
    case 'failed':
      return { ...failRunning(sortie, atMs), state: 'failed', failure: input.failure };
    case 'item-reached':
      return cover(sortie, input.index, 0, atMs);
    case 'vehicle':
      return follow(sortie, input.state, atMs);
    case 'diverted':
      return divert(sortie, input.diversion, atMs);
    case 'diversion-arrived':
      return sortie.diversion == null
        ? sortie
        : { ...sortie, diversion: { ...sortie.diversion, arrived: true } };
    case 'disarmed':
      return finish(sortie, atMs);
  }
}

/** A second order while it is away changes where to, not where the patrol was left. */
function divert(sortie: Sortie, diversion: Diversion, atMs: number): Sortie {
  if (sortie.state === 'preparing' || sortie.state === 'launching') return sortie;
  const { leftAt, leftItem } = sortie.diversion ?? diversion;
  const waiting =
    sortie.state === 'held' || sortie.state === 'on-patrol' ? sortie : backToCover(sortie, atMs);
  return { ...waiting, state: 'held', diversion: { ...diversion, leftAt, leftItem } };
}

/** Flying: what the reported mode and the current item say about where in the sortie the aircraft is. */
function follow(sortie: Sortie, state: VehicleState, atMs: number): Sortie {
  if (sortie.state === 'preparing' || sortie.state === 'launching' || state.connection === 'lost')
    return sortie;
  // Landed while nobody watched (a restart of the server, a lost link): no `disarmed` event comes for it.
  if (state.armed === false) return finish(sortie, atMs);
  const mode = state.mode?.normalised;
  if (sortie.diversion != null && (mode === 'mission' || mode === 'return' || mode === 'land')) {
    return follow({ ...sortie, diversion: null }, state, atMs);
  }
  if (mode === 'land' || (state.flightState === 'landing' && mode !== 'mission')) {
    return enter(sortie, 'landing', 'land', atMs);
  }
  if (mode === 'return') {
    // PX4 lands within its return, and stands there in that mode until it disarms: that is no second return.
    const isDown = sortie.state === 'landing' && state.flightState !== 'in-air';
    return isDown ? sortie : enter(sortie, 'returning', 'return', atMs);
  }
  if (mode === 'mission') return followMission(sortie, state, atMs);
  // Any other mode: the aircraft is not flying the plan now (hold, guided, or a pilot took over).
  return sortie.state === 'on-patrol' || sortie.state === 'held' ? setState(sortie, 'held') : sortie;
}

function followMission(sortie: Sortie, state: VehicleState, atMs: number): Sortie {
  const current = state.mission?.currentIndex ?? null;
  if (current === null) return sortie;
  if (current > sortie.coverLastIndex) {
    const covered = cover(sortie, sortie.coverLastIndex, 0, atMs);
    // The item after the last lane is the return, seen or not: reports may have been lost in between. On the ground
    // an autopilot still says "mission" until it disarms; that is no second return.
    const returning = covered.state === 'landing' ? covered : enter(covered, 'returning', 'return', atMs);
    return state.flightState === 'landing' ? enter(returning, 'landing', 'land', atMs) : returning;
  }
  // Autopilots go back to item 0 when a mission is over: that is no second round over the cell.
  if (sortie.progressPct >= 100) return sortie;
  const flying = sortie.state === 'on-patrol' ? sortie : backToCover(sortie, atMs);
  return cover(flying, current - 1, legFraction(sortie, current, state), atMs);
}

/** How far along the leg to item `current` the aircraft is, 0–1. */
function legFraction(sortie: Sortie, current: number, state: VehicleState): number {
  const to = sortie.coverage[current - sortie.coverFirstIndex];
  const from = sortie.coverage[current - sortie.coverFirstIndex - 1];
  if (to === undefined || from === undefined || state.position === null) return 0;
  const legM = distance(from, to, { units: 'meters' });
  const leftM = distance([state.position.lonDeg, state.position.latDeg], to, { units: 'meters' });
  return legM === 0 ? 0 : Math.min(1, Math.max(0, 1 - leftM / legM));
}

/** Progress never goes back: a waypoint that was reached stays reached. */
function cover(sortie: Sortie, reachedIndex: number, fractionOfNextLeg: number, atMs: number): Sortie {
  const legs = sortie.coverLastIndex - sortie.coverFirstIndex;
  const flown = Math.min(legs, reachedIndex - sortie.coverFirstIndex) + fractionOfNextLeg;
  const pct =
    legs === 0
      ? reachedIndex >= sortie.coverLastIndex
        ? 100
        : 0
      : Math.round((Math.max(0, flown) / legs) * 1000) / 10;
  const progressPct = Math.max(sortie.progressPct, Math.min(100, pct));
  if (progressPct === sortie.progressPct) return sortie;
  const moved = { ...sortie, progressPct };
  return progressPct === 100 ? withStep(moved, 'cover', 'done', atMs) : moved;
}

function enter(sortie: Sortie, state: SortieState, step: StepName, atMs: number): Sortie {
  if (sortie.state === state) return sortie;
  return { ...withStep(sortie, step, 'running', atMs), state };
}

function finish(sortie: Sortie, atMs: number): Sortie {
  if (sortie.state === 'preparing' || sortie.state === 'launching') return sortie;
  const complete = sortie.progressPct >= 100;
  const landed = withStep(sortie, 'land', 'done', atMs);
  const ended = { ...landed, state: complete ? 'done' : 'partly-done' } as const;
  return ended.diversion == null ? ended : { ...ended, diversion: null };
}

/** Resumed after a hold or a return that was taken back: the covering part runs again. */
function backToCover(sortie: Sortie, atMs: number): Sortie {
  const steps = sortie.steps.map((step): SortieStep => {
    if (step.step === 'cover' && step.state !== 'done')
      return { ...step, state: 'running', atMs: Math.round(atMs) };
    return step.step === 'return' || step.step === 'land' ? { ...step, state: 'waiting', atMs: null } : step;
  });
  return { ...sortie, steps, state: 'on-patrol' };
}

function setState(sortie: Sortie, state: SortieState): Sortie {
  return sortie.state === state ? sortie : { ...sortie, state };
}

/** Sets one step; the steps before it that were running or waiting are done with (skipped when they never ran). */
function withStep(
  sortie: Sortie,
  name: StepName,
  state: SortieStep['state'],
  atMs: number,
  counts: Pick<SortieStep, 'itemsDone' | 'itemsTotal'> = {},
): Sortie {
  const at = ORDER.indexOf(name);
  const steps = sortie.steps.map((step, index): SortieStep => {
    if (index === at) {
      const kept = step.state === state ? step.atMs : Math.round(atMs);
      return { ...step, ...counts, state, atMs: kept };
    }
    if (index > at || step.state === 'done' || step.state === 'skipped') return step;
    if (step.step === 'cover' && sortie.progressPct < 100)
      return { ...step, state: 'skipped', atMs: Math.round(atMs) };
    return { ...step, state: step.state === 'running' ? 'done' : 'skipped', atMs: Math.round(atMs) };
  });
  return { ...sortie, steps };
}

/** The last progress report comes before the last item: what was compared whole was transferred whole. */
function withFullCounts(sortie: Sortie): Sortie {
  const steps = sortie.steps.map(
    (step): SortieStep => (step.itemsTotal === undefined ? step : { ...step, itemsDone: step.itemsTotal }),
  );
  return { ...sortie, steps };
}

function failRunning(sortie: Sortie, atMs: number): Sortie {
  const running = sortie.steps.findIndex((step) => step.state === 'running' || step.state === 'waiting');
  const steps = sortie.steps.map((step, index): SortieStep => {
    if (index === running) return { ...step, state: 'failed', atMs: Math.round(atMs) };
    return index > running && step.state !== 'done' ? { ...step, state: 'skipped' } : step;
  });
  return { ...sortie, steps };
}
