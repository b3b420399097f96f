import type { MissionItem } from '../../missions/mission-item.ts';
import type { AircraftState, Demand } from '../aircraft/aircraft-state.ts';
import { brakingSpeedMps, cornerSpeedMps, stoppingPoint } from '../aircraft/guidance.ts';
import type { AircraftLimits } from '../aircraft/limits.ts';
import { distanceM, type LocalPoint } from '../aircraft/local-frame.ts';
import { type FlightProgram, type FlightSettings, startReturn, stepProgram } from './flight-program.ts';
import { commandName, isNavigation } from './mission-items.ts';

/** MISSION_STATE (MISSION_CURRENT.mission_state). */
export const MISSION_STATE = { NO_MISSION: 1, NOT_STARTED: 2, ACTIVE: 3, PAUSED: 4, COMPLETE: 5 } as const;

/** What the runner needs of the flight controller. */
export interface MissionHost {
  /** Items as stored; index 0 is the home slot and is never flown. */
  items(): readonly MissionItem[];
  /** Where an item is; null when it has no position of its own (0, 0). */
  locate(item: MissionItem): LocalPoint | null;
  settings(): FlightSettings;
  /** Verdict of the land detector, which comes a second after the touch-down. */
  isLanded(): boolean;
  onStarted(seq: number, name: string): void;
  onReached(seq: number, isWaypoint: boolean): void;
  onPassingCommand(seq: number, item: MissionItem): void;
}

type Stage =
  | { readonly kind: 'fly'; readonly program: FlightProgram }
  | {
      readonly kind: 'leg';
      readonly from: LocalPoint;
      readonly to: LocalPoint;
      readonly exitSpeedMps: number;
    }
  | { readonly kind: 'stay'; readonly at: LocalPoint; readonly untilS: number | null };

/** WPNAV_RADIUS: a waypoint counts as reached within this distance. */
const ACCEPTANCE_RADIUS_M = 2;
/** A corner farther ahead than the braking distance at top speed does not matter yet. */
const LOOK_AHEAD_ITEMS = 12;
/** DO_JUMP and passing commands without a navigation command between them must not spin for ever. */
const MAX_PASSING_COMMANDS = 200;

/**
 * Flies the stored mission item by item, as AUTO does:
 *
 *   not-started ── start ──► active ── last item done ──► complete ── start ──► active (from the first item)
 *                              │ ▲
 *                         stop ▼ │ start
 *                             paused (goes on with the item it was at)
 */
export class MissionRunner {
  readonly #host: MissionHost;
  #status: 'not-started' | 'active' | 'paused' | 'complete' = 'not-started';
  #seq = 0;
  #stage: Stage | null = null;
  #previous: LocalPoint | null = null;
  #speedMps: number | null = null;
  #held: LocalPoint | null = null;
  readonly #jumpsDone = new Map<number, number>();

  constructor(host: MissionHost) {
    this.#host = host;
  }

  /** Sequence number of the item being flown; 0 when none is. */
  get seq(): number {
    return this.#status === 'complete' ? 0 : this.#seq;
  }

  get status(): 'not-started' | 'active' | 'paused' | 'complete' {
    return this.#status;
  }

  /** What it flies now when that is no leg: the climb of a take-off, a return, a landing. */
  get program(): FlightProgram | null {
    return this.#stage?.kind === 'fly' ? this.#stage.program : null;
  }

  /** True while DO_PAUSE_CONTINUE holds the aircraft inside AUTO. */
  get isHeld(): boolean {
    return this.#held !== null;
  }

  missionState(): number {
    if (this.#host.items().length < 2) return MISSION_STATE.NO_MISSION;
    if (this.#status === 'active') return MISSION_STATE.ACTIVE;
    if (this.#status === 'paused') return MISSION_STATE.PAUSED;
    return this.#status === 'complete' ? MISSION_STATE.COMPLETE : MISSION_STATE.NOT_STARTED;
  }

  startsWithTakeoff(): boolean {
    return this.#host.items().find((item, seq) => seq > 0 && isNavigation(item.command))?.command === 22;
  }

  /** Entering AUTO: begins at the first item, or goes on with the one that was interrupted. */
  start(state: AircraftState): void {
    this.#held = null;
    if (this.#status === 'active') return;
    const resumeAt = this.#status === 'paused' && this.#seq > 0 ? this.#seq : 1;
    this.#status = 'active';
    this.#previous = null;
    if (resumeAt === 1) {
      this.#jumpsDone.clear();
      this.#speedMps = null;
    }
    this.#advanceTo(resumeAt, state);
  }

  /** Leaving AUTO. */
  stop(): void {
    if (this.#status === 'active') this.#status = 'paused';
    this.#stage = null;
    this.#held = null;
  }

  /** Disarmed: the next start is from the first item, the status stays to be reported. */
  rewind(): void {
    this.#seq = 0;
    this.#stage = null;
    this.#previous = null;
  }

  /** The list was changed under the runner: forget progress (the aircraft then starts anew). */
  reset(): void {
    this.#status = 'not-started';
    this.#seq = 0;
    this.#stage = null;
    this.#previous = null;
  }

  /** MISSION_SET_CURRENT; false when there is no such item. Seq 0 means the first real item. */
  setCurrent(seq: number, state: AircraftState): boolean {
    if (seq < 0 || seq >= this.#host.items().length) return false;
    const target = Math.max(1, seq);
    if (this.#status === 'active') {
      this.#previous = null;
      this.#advanceTo(target, state);
    } else {
      this.#seq = target;
      this.#status = 'paused';
    }
    return true;
  }

  /** DO_PAUSE_CONTINUE 0; refused unless a waypoint is being flown to, as in ArduCopter. */
  hold(state: AircraftState): boolean {
    if (this.#status !== 'active' || this.#stage?.kind !== 'leg') return false;
    this.#held = stoppingPoint(state, this.#host.settings().limits);
    return true;
  }

  /** DO_PAUSE_CONTINUE 1. */
  continue(state: AircraftState): boolean {
    if (this.#status !== 'active') return false;
    if (this.#held !== null && this.#stage?.kind === 'leg') {
      this.#stage = { ...this.#stage, from: here(state) };
    }
    this.#held = null;
    return true;
  }

  setSpeed(speedMps: number): void {
    this.#speedMps = speedMps;
  }

  /** Demand of this step; `finished` once, in the step in which the last item was done. */
  step(state: AircraftState, dtS: number): { readonly demand: Demand; readonly finished: boolean } {
    const settings = this.#settings();
    const at = this.#held;
    if (at !== null) return { demand: { kind: 'hold', at, speedMps: 3, yawRad: null }, finished: false };
    const stage = this.#stage;
    if (stage === null) {
      return { demand: state.onGround ? { kind: 'idle' } : this.#loiter(state, settings), finished: false };
    }
    switch (stage.kind) {
      case 'fly': {
        const stepped = stepProgram(stage.program, state, settings, dtS);
        this.#stage = { kind: 'fly', program: stepped.program };
        if (stepped.done && (stepped.program.kind === 'takeoff' || this.#host.isLanded())) {
          return this.#finishItem(state, stepped.demand, false);
        }
        return { demand: stepped.demand, finished: false };
      }
      case 'leg': {
        const { from, to, exitSpeedMps } = stage;
        const demand: Demand = { kind: 'track', from, to, speedMps: settings.speedMps, exitSpeedMps };
        if (distanceM(state, to) > ACCEPTANCE_RADIUS_M) return { demand, finished: false };
        this.#previous = to;
        return this.#arrive(state, to, demand);
      }
      case 'stay': {
        const demand: Demand = { kind: 'hold', at: stage.at, speedMps: 3, yawRad: null };
        if (stage.untilS === null || state.timeS < stage.untilS) return { demand, finished: false };
        return this.#finishItem(state, demand, this.#item()?.command === 16);
      }
    }
  }

  #arrive(state: AircraftState, at: LocalPoint, demand: Demand): { demand: Demand; finished: boolean } {
    const item = this.#item();
    if (item?.command === 21) {
      this.#stage = { kind: 'fly', program: { kind: 'land', at } };
      return { demand, finished: false };
    }
    if (item?.command === 17) {
      this.#stage = { kind: 'stay', at, untilS: null };
      return { demand, finished: false };
    }
    const delayS = item?.param1 ?? 0;
    if (delayS > 0) {
      this.#stage = { kind: 'stay', at, untilS: state.timeS + delayS };
      return { demand, finished: false };
    }
    return this.#finishItem(state, demand, item?.command === 16);
  }

  #finishItem(
    state: AircraftState,
    demand: Demand,
    isWaypoint: boolean,
  ): { demand: Demand; finished: boolean } {
    this.#host.onReached(this.#seq, isWaypoint);
    this.#advanceTo(this.#seq + 1, state);
    return { demand, finished: this.#status === 'complete' };
  }

  /** Runs passing commands from `seq` on and starts the next navigation command, or ends the mission. */
  #advanceTo(seq: number, state: AircraftState): void {
    const items = this.#host.items();
    let next = seq;
    for (let passed = 0; passed < MAX_PASSING_COMMANDS; passed += 1) {
      const item = items[next];
      if (item === undefined) break;
      if (isNavigation(item.command)) {
        this.#seq = next;
        this.#stage = this.#stageFor(item, state);
        this.#host.onStarted(next, commandName(item.command));
        return;
      }
      if (item.command === 177) {
        next = this.#jump(next, item);
        continue;
      }
      if (item.command === 178 && item.param2 > 0) this.#speedMps = item.param2;
      this.#host.onPassingCommand(next, item);
      next += 1;
    }
    this.#status = 'complete';
    this.#stage = null;
  }

  #jump(seq: number, item: MissionItem): number {
    const done = this.#jumpsDone.get(seq) ?? 0;
    if (item.param2 >= 0 && done >= item.param2) return seq + 1;
    this.#jumpsDone.set(seq, done + 1);
    return Math.max(1, Math.trunc(item.param1));
  }

  #stageFor(item: MissionItem, state: AircraftState): Stage {
    const settings = this.#settings();
    const place = this.#host.locate(item);
    switch (item.command) {
      case 20:
        return { kind: 'fly', program: startReturn(state, settings) };
      case 22: {
        // ArduCopter climbs where it stands, whatever position the take-off item carries; never down.
        const upM = Math.max(this.#heightOf(item, state), state.upM);
        return { kind: 'fly', program: { kind: 'takeoff', to: { ...here(state), upM } } };
      }
      case 21: {
        const over = place ?? state;
        const to = { eastM: over.eastM, northM: over.northM, upM: state.upM };
        return { kind: 'leg', from: this.#previous ?? here(state), to, exitSpeedMps: 0 };
      }
      case 93:
        return { kind: 'stay', at: here(state), untilS: state.timeS + Math.max(0, item.param1) };
      default: {
        const to = place ?? { ...here(state), upM: this.#heightOf(item, state) };
        const from = this.#previous ?? stoppingPoint(state, settings.limits);
        return { kind: 'leg', from, to, exitSpeedMps: this.#exitSpeed(from, to, settings.limits) };
      }
    }
  }

  /** Speed at the end of the leg so that the corners that follow can be flown; looks through several short legs. */
  #exitSpeed(from: LocalPoint, to: LocalPoint, limits: AircraftLimits): number {
    const points = [from, to];
    const items = this.#host.items();
    let stopsAtEnd = this.#stopsAt(items[this.#seq]);
    for (let seq = this.#seq + 1; !stopsAtEnd && points.length < LOOK_AHEAD_ITEMS; seq += 1) {
      const item = items[seq];
      if (item === undefined || item.command === 177) break;
      if (!isNavigation(item.command)) continue;
      const place = this.#host.locate(item);
      if (place === null || item.command === 22 || item.command === 21 || item.command === 20) break;
      points.push(place);
      stopsAtEnd = this.#stopsAt(item);
    }
    let speed = 0;
    for (let index = points.length - 2; index >= 1; index -= 1) {
      const [before, corner, after] = [points[index - 1], points[index], points[index + 1]];
      if (before === undefined || corner === undefined || after === undefined) continue;
      const reachable = brakingSpeedMps(distanceM(corner, after), speed, limits);
      speed = Math.min(cornerSpeedMps(turnAngle(before, corner, after), limits), reachable);
    }
    return speed;
  }

  #stopsAt(item: MissionItem | undefined): boolean {
    return item === undefined || item.command !== 16 || item.param1 > 0;
  }

  #settings(): FlightSettings {
    const settings = this.#host.settings();
    const speedMps = Math.min(this.#speedMps ?? settings.speedMps, settings.limits.maxSpeedMps);
    return { ...settings, speedMps };
  }

  #heightOf(item: MissionItem, state: AircraftState): number {
    const { home } = this.#host.settings();
    if (item.z === 0) return state.upM;
    return item.frame === 3
      ? home.upM + item.z
      : (this.#host.locate({ ...item, x: 1, y: 1 })?.upM ?? state.upM);
  }

  #loiter(state: AircraftState, settings: FlightSettings): Demand {
    this.#stage = { kind: 'stay', at: stoppingPoint(state, settings.limits), untilS: null };
    return { kind: 'hold', at: here(state), speedMps: 3, yawRad: null };
  }

  #item(): MissionItem | undefined {
    return this.#host.items()[this.#seq];
  }
}

function here(state: AircraftState): LocalPoint {
  return { eastM: state.eastM, northM: state.northM, upM: state.upM };
}

/** Change of direction at `corner`, 0 straight on to π back; legs without length do not turn. */
function turnAngle(before: LocalPoint, corner: LocalPoint, after: LocalPoint): number {
  const inEast = corner.eastM - before.eastM;
  const inNorth = corner.northM - before.northM;
  const outEast = after.eastM - corner.eastM;
  const outNorth = after.northM - corner.northM;
  const cross = inEast * outNorth - inNorth * outEast;
  const dot = inEast * outEast + inNorth * outNorth;
  const isVertical = Math.hypot(inEast, inNorth) < 0.5 || Math.hypot(outEast, outNorth) < 0.5;
  return isVertical ? Math.PI : Math.abs(Math.atan2(cross, dot));
}
