import type { MissionItem } from '../../missions/mission-item.ts';
import { commandName, isNavigation, MISSION_COMMANDS } from './mission-commands.ts';

/** MISSION_STATE (MISSION_CURRENT.mission_state). */
export const MISSION_STATE = { NO_MISSION: 1, NOT_STARTED: 2, ACTIVE: 3, PAUSED: 4, COMPLETE: 5 } as const;

/** The vehicle that does what the items say. */
export interface SequenceHost {
  /** Items as stored; index 0 is the home slot and is never done. */
  items(): readonly MissionItem[];
  /** Begins a navigation command; false when this vehicle cannot do it: it is skipped. */
  startNavigation(seq: number, item: MissionItem): boolean;
  isNavigationDone(seq: number, item: MissionItem): boolean;
  /** Everything else; conditions make what follows wait until they are done. */
  startOther(seq: number, item: MissionItem): void;
  isOtherDone(seq: number, item: MissionItem): boolean;
  /** MISSION_ITEM_REACHED. */
  reached(seq: number): void;
  text(text: string): void;
  /** The last item was done. */
  completed(): void;
}

const DO_JUMP = 177;
const DO_JUMP_TAG = 601;
const JUMP_TAG = 600;
/** Loops of jumps end (AP_Mission::get_next_cmd, advance_current_nav_cmd). */
const MAX_JUMPS = 64;
const MAX_SKIPPED = 255;
/** Other commands done in one step; each is begun in an update of its own by the real one, many times a second. */
const MAX_AT_ONCE = 20;
/** AP_MISSION_JUMP_REPEAT_FOREVER */
const FOREVER = -1;

/**
 * Which item comes next, as AP_Mission goes through a list: one navigation command at a time, and beside it, one after
 * the other, the other commands that stand before it in the list. What of those is not done when the navigation
 * command is, is dropped.
 *
 *   stopped ── start, resume ──► running ── last item done ──► complete ── start, resume ──► running (from the first)
 *      ▲                            │
 *      └────────── stop ────────────┘ (resumes with the item it was at)
 */
export class MissionSequence {
  readonly #host: SequenceHost;
  #status: 'stopped' | 'running' | 'complete' = 'stopped';
  /** Navigation command that is flown or, stopped, was; null: none yet. */
  #seq: number | null = null;
  #isLoaded = false;
  #otherSeq: number | null = null;
  #isOtherLoaded = false;
  #areOthersDone = true;
  readonly #jumpsDone = new Map<number, number>();

  constructor(host: SequenceHost) {
    this.#host = host;
  }

  /** MISSION_CURRENT.seq. */
  get seq(): number {
    return this.#seq ?? 0;
  }
  get isRunning(): boolean {
    return this.#status === 'running';
  }
  get status(): 'stopped' | 'running' | 'complete' {
    return this.#status;
  }

  missionState(): number {
    if (this.#host.items().length < 2) return MISSION_STATE.NO_MISSION;
    if (this.#status === 'running') return MISSION_STATE.ACTIVE;
    if (this.#status === 'complete') return MISSION_STATE.COMPLETE;
    return this.#seq === null ? MISSION_STATE.NOT_STARTED : MISSION_STATE.PAUSED;
  }

  /** From the first item. */
  start(): void {
    this.reset();
    this.#status = 'running';
    if (!this.#advance(1)) this.#complete();
  }

  /** Entering AUTO: goes on with what was interrupted (MIS_RESTART 0), else from the first item. */
  resume(): void {
    const seq = this.#seq;
    if (this.#status === 'complete' || seq === null) {
      this.start();
      return;
    }
    if (this.#status === 'running') return;
    this.#status = 'running';
    const from = this.#isOtherLoaded ? (this.#otherSeq ?? seq) : seq;
    this.#isLoaded = false;
    if (!this.#advance(from)) this.#complete();
  }

  stop(): void {
    if (this.#status === 'running') this.#status = 'stopped';
  }

  /** Disarmed: the next start is from the first item. */
  reset(): void {
    this.#seq = null;
    this.#isLoaded = false;
    this.#otherSeq = null;
    this.#isOtherLoaded = false;
    this.#areOthersDone = true;
    this.#jumpsDone.clear();
  }

  /** The list is another one. */
  forget(): void {
    this.reset();
    this.#status = 'stopped';
  }

  /** False when there is no such item. Seq 0 means the first real item. */
  setCurrent(seq: number): boolean {
    const target = Math.max(1, Math.trunc(seq));
    if (!(seq >= 0) || target >= this.#host.items().length) return false;
    if (this.#status === 'running') {
      this.#isLoaded = false;
      if (!this.#advance(target)) this.#complete();
      return true;
    }
    this.#status = 'stopped';
    this.#isOtherLoaded = false;
    this.#seq = target;
    return true;
  }

  /** The item that is flown was changed: it is begun again. */
  restartCurrent(): boolean {
    const seq = this.#seq;
    return seq !== null && this.setCurrent(seq);
  }

  update(): void {
    if (this.#status !== 'running') return;
    const item = this.#seq === null ? undefined : this.#host.items()[this.#seq];
    if (!this.#isLoaded || this.#seq === null || item === undefined) {
      if (!this.#advance((this.#seq ?? 0) + 1)) this.#complete();
    } else if (this.#host.isNavigationDone(this.#seq, item)) {
      // The vehicle may have stopped everything with the last item: a landing disarms.
      if (this.#status !== 'running' || !this.#isLoaded) return;
      if (MISSION_COMMANDS.get(item.command)?.announces === true) this.#host.reached(this.#seq);
      this.#isLoaded = false;
      if (!this.#advance(this.#seq + 1)) this.#complete();
    }
    this.#updateOthers();
  }

  /** The navigation command that would follow `seq`, jumps followed without counting them; null at the end. */
  following(seq: number): MissionItem | null {
    let next = seq + 1;
    for (let passed = 0; passed < MAX_SKIPPED; passed += 1) {
      const at = this.#resolve(next, false);
      const item = at === null ? undefined : this.#host.items()[at];
      if (at === null || item === undefined) return null;
      if (isNavigation(item.command)) return item;
      next = at + 1;
    }
    return null;
  }

  /** Index of the first DO_LAND_START or DO_RETURN_PATH_START; null without. */
  landingSequence(): number | null {
    const index = this.#host.items().findIndex(({ command }) => command === 189 || command === 188);
    return index > 0 ? index : null;
  }

  startsWithTakeoff(): boolean {
    const items = this.#host.items();
    const from = this.#seq ?? 1;
    const first = items.find(({ command }, seq) => seq >= from && isNavigation(command) && command !== 93);
    return first?.command === 22 || first?.command === 84;
  }

  #advance(from: number): boolean {
    this.#otherSeq = null;
    this.#isOtherLoaded = false;
    this.#areOthersDone = false;
    let next = from;
    for (let passed = 0; passed < MAX_SKIPPED; passed += 1) {
      const at = this.#resolve(next, true);
      const item = at === null ? undefined : this.#host.items()[at];
      if (at === null || item === undefined) return false;
      if (isNavigation(item.command)) {
        this.#seq = at;
        this.#say(at, item);
        if (this.#host.startNavigation(at, item)) {
          this.#isLoaded = true;
          if (!this.#isOtherLoaded) this.#areOthersDone = true;
          return true;
        }
      } else if (!this.#isOtherLoaded) this.#startOther(at, item);
      next = at + 1;
    }
    return false;
  }

  /** Where the list goes on at `seq`: jumps are followed; null behind the end or in an endless loop of jumps. */
  #resolve(seq: number, counts: boolean): number | null {
    const items = this.#host.items();
    let next = seq;
    for (let jumps = 0; jumps < MAX_JUMPS; ) {
      const item = items[next];
      if (item === undefined) return null;
      if (item.command !== DO_JUMP && item.command !== DO_JUMP_TAG) return next;
      jumps += 1;
      const target = item.command === DO_JUMP ? item.param1 : this.#tagged(item.param1);
      if (target === null || target <= 0 || target >= items.length) return null;
      const done = this.#jumpsDone.get(next) ?? 0;
      if (item.param2 !== FOREVER && done >= item.param2) {
        if (counts) this.#jumpsDone.delete(next);
        next += 1;
        continue;
      }
      if (counts) {
        this.#jumpsDone.set(next, done + 1);
        const times = item.param2 === FOREVER ? 'unlimited' : String(item.param2);
        this.#host.text(`Mission: ${next} Jump ${done + 1}/${times}`);
      }
      next = target;
    }
    return null;
  }

  #tagged(tag: number): number | null {
    const index = this.#host.items().findIndex((item) => item.command === JUMP_TAG && item.param1 === tag);
    return index === -1 ? null : index;
  }

  #updateOthers(): void {
    for (let count = 0; count < MAX_AT_ONCE && this.#status === 'running'; count += 1) {
      if (this.#areOthersDone) return;
      if (!this.#isOtherLoaded) {
        if (!this.#nextOther()) return;
        continue;
      }
      const seq = this.#otherSeq;
      const item = seq === null ? undefined : this.#host.items()[seq];
      if (seq === null || item === undefined) {
        this.#areOthersDone = true;
        return;
      }
      if (!this.#host.isOtherDone(seq, item)) return;
      if (MISSION_COMMANDS.get(item.command)?.announces === true) this.#host.reached(seq);
      this.#isOtherLoaded = false;
    }
  }

  /** The next other command before the next navigation command. */
  #nextOther(): boolean {
    const seq = this.#resolve((this.#otherSeq ?? 0) + 1, false);
    const item = seq === null ? undefined : this.#host.items()[seq];
    if (this.#otherSeq === null || seq === null || item === undefined || isNavigation(item.command)) {
      this.#areOthersDone = true;
      return false;
    }
    this.#startOther(seq, item);
    return true;
  }

  #startOther(seq: number, item: MissionItem): void {
    this.#otherSeq = seq;
    this.#isOtherLoaded = true;
    this.#say(seq, item);
    this.#host.startOther(seq, item);
  }

  #say(seq: number, item: MissionItem): void {
    const tag = item.command === JUMP_TAG ? ` ${item.param1}` : '';
    this.#host.text(`Mission: ${seq} ${commandName(item.command)}${tag}`);
  }

  #complete(): void {
    this.#status = 'complete';
    this.#isLoaded = false;
    this.#host.completed();
  }
}
