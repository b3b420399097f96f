import type { MissionItem } from '../../missions/mission-item.ts';
import {
  buildMessage,
  MavMissionResult,
  MavMissionType,
  MissionAck,
  MissionRequestInt,
  MissionRequestList,
} from '../codec/messages.ts';
import { missionResultName, NO_PROGRESS_MS, RESEND_MS, STALL_MS } from './mission-upload.ts';
import type { CommonInput, Effect, Machine, Step, Target } from './step.ts';

/**
 * Reads the vehicle's mission. We ask, it answers; the question is repeated every 0.4 s.
 *
 *   start ──► listing ──COUNT 0──► done (empty)
 *               ▲  │ 0.4 s: REQUEST_LIST
 *               │  └──COUNT n──► fetching ──ITEM i──► … ──ITEM n-1──► ACK 0 sent, done
 *               └──0.5 s── pausing ◄──┘ ACK other than 0, COUNT changed, 10 s without progress (at most 30 times)
 *   any ── 20 s without progress ──► cancel sent, no-progress        any ── cancel ──► cancel sent, cancelled
 *
 * PX4 (`strictOrder`) ends a download with ACK 1 when it hears a request for anything but the wanted item or the one
 * before: a question of ours that the network held back is enough, and everything begins at item 0. So after an item
 * whose question was repeated, the next question waits until the repetitions are old enough to have arrived.
 * ArduPilot answers any question at any time and is asked at once.
 *
 * Reading changes nothing on board: as long as it gets anywhere, it may begin again far more often than writing.
 */
const MAX_RESTARTS = 30;
const RESTART_PAUSE_MS = 500;
/** Age of the last repetition at which the next question may follow: what a bad network holds back at most. */
const SETTLED_MS = 1_000;
/**
 * In strict order: PX4 gives up after 5 s without a question and then says nothing at all, so it is asked more often,
 * and sooner taken for gone.
 */
const STRICT_RESEND_MS = 300;
const STRICT_STALL_MS = 7_000;

export type DownloadOutcome =
  /** As on the wire, home slot included. */
  | {
      readonly kind: 'done';
      readonly items: readonly MissionItem[];
      /** PX4's checksum of what it holds, from its COUNT; absent: it gave none. */
      readonly opaqueId?: number;
    }
  | { readonly kind: 'rejected'; readonly result: string }
  | { readonly kind: 'no-progress'; readonly afterMs: number }
  | { readonly kind: 'cancelled'; readonly by: string };

export type DownloadInput =
  | { readonly kind: 'count'; readonly count: number; readonly opaqueId?: number }
  | { readonly kind: 'item'; readonly seq: number; readonly item: MissionItem }
  | { readonly kind: 'ack'; readonly result: number };

export interface DownloadProgress {
  readonly itemsDone: number;
  readonly itemsTotal: number;
}

export interface DownloadState {
  readonly phase: 'listing' | 'fetching' | 'pausing';
  readonly count: number;
  readonly opaqueId: number;
  readonly items: readonly MissionItem[];
  readonly restarts: number;
  readonly progressAtMs: number;
  readonly askedAtMs: number;
  /** How often the current question was put. */
  readonly asked: number;
}

type Result = Step<DownloadState, DownloadOutcome, DownloadProgress>;

const INITIAL: DownloadState = {
  phase: 'listing',
  count: 0,
  opaqueId: 0,
  items: [],
  restarts: 0,
  progressAtMs: 0,
  askedAtMs: 0,
  asked: 0,
};

/**
 * @param missionType MAV_MISSION_TYPE: mission, fence or rally
 * @param strictOrder the vehicle ends the download when a question comes late
 */
export function downloadMachine(
  target: Target,
  missionType: MavMissionType = MavMissionType.MISSION,
  strictOrder = false,
): Machine<DownloadState, DownloadInput, DownloadOutcome, DownloadProgress> {
  const address = { targetSystem: target.systemId, targetComponent: target.componentId };
  const resendMs = strictOrder ? STRICT_RESEND_MS : RESEND_MS;
  const stallMs = strictOrder ? STRICT_STALL_MS : STALL_MS;
  const acknowledge = (type: MavMissionResult): Effect<DownloadProgress> => ({
    kind: 'send',
    message: buildMessage(MissionAck, { ...address, type, missionType }),
  });

  function ask(before: DownloadState, nowMs: number): Result {
    const state = { ...before, askedAtMs: nowMs, asked: before.asked + 1 };
    return { state, effects: question(state) };
  }

  function question(state: DownloadState): Effect<DownloadProgress>[] {
    const message =
      state.phase === 'listing'
        ? buildMessage(MissionRequestList, { ...address, missionType })
        : buildMessage(MissionRequestInt, { ...address, seq: state.items.length, missionType });
    return [
      { kind: 'send', message },
      { kind: 'startTimer', timer: 'resend', afterMs: resendMs },
    ];
  }

  function advance(state: DownloadState, nowMs: number): Result {
    const next = { ...state, progressAtMs: nowMs };
    if (next.items.length === next.count) {
      const { items, opaqueId } = next;
      return {
        state: next,
        effects: [acknowledge(MavMissionResult.ACCEPTED)],
        outcome: { kind: 'done', items, ...(opaqueId === 0 ? {} : { opaqueId }) },
      };
    }
    const waitMs = strictOrder && state.asked > 1 ? SETTLED_MS - (nowMs - state.askedAtMs) : 0;
    const fresh = { ...next, asked: 0 };
    const asked: Result =
      waitMs <= 0
        ? ask(fresh, nowMs)
        : { state: fresh, effects: [{ kind: 'startTimer', timer: 'resend', afterMs: waitMs }] };
    return {
      state: asked.state,
      effects: [
        ...asked.effects,
        { kind: 'startTimer', timer: 'no-progress', afterMs: NO_PROGRESS_MS },
        { kind: 'startTimer', timer: 'stall', afterMs: stallMs },
        { kind: 'progress', progress: { itemsDone: next.items.length, itemsTotal: next.count } },
      ],
    };
  }

  function pause(state: DownloadState, result: number | null): Result {
    if (state.restarts >= MAX_RESTARTS) {
      if (result === null) return { state, effects: [] };
      return { state, effects: [], outcome: { kind: 'rejected', result: missionResultName(result) } };
    }
    return {
      state: { ...state, phase: 'pausing', restarts: state.restarts + 1 },
      effects: [
        { kind: 'stopTimer', timer: 'resend' },
        { kind: 'startTimer', timer: 'restart', afterMs: RESTART_PAUSE_MS },
      ],
    };
  }

  function onTimer(state: DownloadState, timer: string, nowMs: number): Result {
    switch (timer) {
      case 'resend':
        return ask(state, nowMs);
      case 'stall':
        return pause(state, null);
      case 'restart': {
        const listing: DownloadState = {
          ...state,
          phase: 'listing',
          count: 0,
          opaqueId: 0,
          items: [],
          asked: 0,
        };
        const asked = ask(listing, nowMs);
        return {
          state: asked.state,
          effects: [...asked.effects, { kind: 'startTimer', timer: 'stall', afterMs: stallMs }],
        };
      }
      default:
        return {
          state,
          effects: [acknowledge(MavMissionResult.OPERATION_CANCELLED)],
          outcome: { kind: 'no-progress', afterMs: Math.round(nowMs - state.progressAtMs) },
        };
    }
  }

  return {
    initial: INITIAL,
    step(state, input: DownloadInput | CommonInput, nowMs): Result {
      switch (input.kind) {
        case 'start': {
          const started = ask({ ...INITIAL, progressAtMs: nowMs }, nowMs);
          return {
            state: started.state,
            effects: [
              ...started.effects,
              { kind: 'startTimer', timer: 'no-progress', afterMs: NO_PROGRESS_MS },
              { kind: 'startTimer', timer: 'stall', afterMs: stallMs },
            ],
          };
        }
        case 'count':
          if (state.phase === 'listing') {
            const { count, opaqueId = 0 } = input;
            return advance({ ...state, phase: 'fetching', count, opaqueId }, nowMs);
          }
          // The same count again is the answer to a repeated question; another one is another mission.
          if (state.phase === 'fetching' && input.count !== state.count) return pause(state, null);
          return { state, effects: [] };
        case 'item':
          if (state.phase !== 'fetching' || input.seq !== state.items.length) return { state, effects: [] };
          return advance({ ...state, items: [...state.items, input.item] }, nowMs);
        case 'ack':
          // ACK 0 and 13 here are echoes of an upload that was just finished.
          if (
            state.phase === 'pausing' ||
            input.result === MavMissionResult.ACCEPTED ||
            input.result === MavMissionResult.INVALID_SEQUENCE
          ) {
            return { state, effects: [] };
          }
          return pause(state, input.result);
        case 'cancel':
          return {
            state,
            effects: [acknowledge(MavMissionResult.OPERATION_CANCELLED)],
            outcome: { kind: 'cancelled', by: input.by },
          };
        case 'timer':
          return onTimer(state, input.timer, nowMs);
      }
    },
  };
}
