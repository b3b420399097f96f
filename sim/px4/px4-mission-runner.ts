import type { MissionItem } from '../../missions/mission-item.ts';
import type { AircraftState, Demand } from '../aircraft/aircraft-state.ts';
import { brakingSpeedMps, cornerSpeedMps, stoppingPoint } from '../aircraft/guidance.ts';
import { distanceM, type LocalPoint } from '../aircraft/local-frame.ts';
import { type EventArgument, LEVEL } from './px4-events.ts';
import type { Px4FlightSettings } from './px4-flight-settings.ts';
import { CMD, hasPosition, isNavigation, isRelative } from './px4-mission-items.ts';
import { begun, demandOf, here, hold, isDone, pause, type Stage } from './px4-stages.ts';

/** What the runner needs of the aircraft. */
export interface Px4MissionHost {
  items(): readonly MissionItem[];
  placeOf(item: MissionItem): LocalPoint | null;
  /** Home's height in the local frame; 0 before home is known. */
  homeUpM(): number;
  settings(): Px4FlightSettings;
  isLanded(): boolean;
  say(severity: number, text: string, event: string, level: number, ...args: readonly EventArgument[]): void;
  /** An item that is done in passing (camera, gimbal, speed). */
  passing(seq: number, item: MissionItem): void;
  /** The return item: the mode changes, the mission is over. */
  returnToLaunch(): void;
}

const INFO = 6;
/** DO_JUMP and passing commands without a navigation command between them must not spin for ever. */
const MAX_PASSING_COMMANDS = 200;
/** Off the height of the item by more than this at the start: climb first, then fly there. */
const CLIMB_FIRST_M = 0.8;

/**
 * PX4's AUTO.MISSION. Item 0 is the first real one. The current item survives mode changes, and disarming:
 *
 *   inactive ── activate ──► (climb first) ──► item ──► next item … ──► finished: "Mission finished, …", holds
 *      ▲                        │                                          │
 *      └────── deactivate ──────┘◄─────────────────────────────────────────┘
 *
 * It begins anew only when it stood at its last item and the aircraft was disarmed while another mode was on; armed
 * again in AUTO.MISSION it "is finished" and does nothing.
 */
export class Px4MissionRunner {
  readonly #host: Px4MissionHost;
  readonly #jumpsDone = new Map<number, number>();
  #seq = 0;
  #reached = -1;
  #finished = false;
  #isActive = false;
  /** Stages of the current item, the first is being flown. */
  #stages: readonly Stage[] = [];
  #previous: LocalPoint | null = null;
  #speedMps: number | null = null;
  #wasActivated = false;
  #wasDisarmedInactive = false;

  constructor(host: Px4MissionHost) {
    this.#host = host;
  }

  /** Item being flown, or that will be flown next. */
  get seq(): number {
    return this.#seq;
  }

  /** Last item done; −1 none since the mode was entered. */
  get reached(): number {
    return this.#reached;
  }

  get finished(): boolean {
    return this.#finished;
  }

  /** The stage being flown; null when nothing is. */
  get stage(): Stage | null {
    return this.#stages[0] ?? null;
  }

  activate(state: AircraftState): void {
    const count = this.#host.items().length;
    if (this.#wasDisarmedInactive && this.#wasActivated && count > 0 && this.#seq + 1 === count)
      this.#rewind();
    this.#isActive = true;
    this.#wasActivated = true;
    this.#wasDisarmedInactive = false;
    this.#finished = false;
    this.#reached = -1;
    this.#previous = null;
    this.#host.say(INFO, 'Executing Mission', 'mission_execute', LEVEL.INFO);
    this.#begin(this.#seq, state, true);
  }

  deactivate(): void {
    this.#isActive = false;
    this.#stages = [];
    this.#previous = null;
  }

  /** A take-off by command has ended: PX4 keeps that in the mission's result (mission_result.finished). */
  otherFinished(): void {
    this.#finished = true;
  }

  /** A take-off by command begins. */
  otherStarted(): void {
    this.#finished = false;
  }

  disarmed(): void {
    if (!this.#isActive) this.#wasDisarmedInactive = true;
  }

  /** A new list is stored; `currentSeq` is the item that was marked as current, null when none was. */
  listChanged(currentSeq: number | null, state: AircraftState): void {
    const count = this.#host.items().length;
    this.#seq = currentSeq ?? Math.max(0, Math.min(this.#seq, count - 1));
    this.#jumpsDone.clear();
    this.#finished = false;
    this.#reached = -1;
    this.#speedMps = null;
    if (this.#isActive) this.#begin(this.#seq, state, false);
    else this.#wasActivated = false;
  }

  /** MISSION_SET_CURRENT; the caller has checked that there is such an item. */
  setCurrent(seq: number, state: AircraftState): void {
    this.#seq = seq;
    this.#finished = false;
    this.#previous = null;
    if (this.#isActive) this.#begin(seq, state, false);
  }

  step(state: AircraftState): Demand {
    const [stage, ...later] = this.#stages;
    if (stage === undefined) return state.onGround ? { kind: 'idle' } : this.#wait(state);
    const demand = demandOf(stage, state);
    if (!isDone(stage, state, this.#host.isLanded(), this.#host.settings())) return demand;
    if (stage.kind === 'leg') this.#previous = stage.to;
    const [next, ...rest] = later;
    if (next !== undefined) {
      this.#stages = [begun(next, state.timeS), ...rest];
      return demand;
    }
    this.#reached = this.#seq;
    this.#advance(state);
    return demand;
  }

  #rewind(): void {
    this.#seq = 0;
    this.#jumpsDone.clear();
    this.#speedMps = null;
  }

  /** Loads item `seq`, after everything that is done in passing. */
  #begin(seq: number, state: AircraftState, isActivation: boolean): void {
    const items = this.#host.items();
    let next = seq;
    for (let passed = 0; passed < MAX_PASSING_COMMANDS; passed += 1) {
      const item = items[next];
      if (item === undefined) break;
      this.#seq = next;
      if (isNavigation(item.command) && item.command !== CMD.RTL) {
        const [first, ...rest] = [
          ...this.#climbFirst(item, state, isActivation),
          ...this.#stagesOf(item, state),
        ];
        this.#stages = first === undefined ? [] : [begun(first, state.timeS), ...rest];
        return;
      }
      this.#reached = next;
      if (item.command === CMD.RTL) {
        this.#finish(items.length);
        this.#host.returnToLaunch();
        return;
      }
      next = this.#pass(next, item);
    }
    this.#finish(items.length);
  }

  #advance(state: AircraftState): void {
    const items = this.#host.items();
    if (this.#seq + 1 >= items.length) this.#finish(items.length);
    else this.#begin(this.#seq + 1, state, false);
  }

  #finish(count: number): void {
    this.#stages = [];
    this.#finished = true;
    if (count === 0) return;
    if (this.#host.isLanded()) {
      this.#host.say(INFO, 'Mission finished, landed', 'mission_finished', LEVEL.INFO);
    } else {
      this.#host.say(INFO, 'Mission finished, loitering', 'mission_finished_loiter', LEVEL.INFO);
    }
  }

  /** @returns the item after it. */
  #pass(seq: number, item: MissionItem): number {
    if (item.command === CMD.JUMP) {
      const done = this.#jumpsDone.get(seq) ?? 0;
      const target = Math.trunc(item.param1);
      if (target < 0 || target >= this.#host.items().length || done >= item.param2) return seq + 1;
      this.#jumpsDone.set(seq, done + 1);
      return target;
    }
    if (item.command === CMD.CHANGE_SPEED) this.#speedMps = item.param2 > 0 ? item.param2 : null;
    this.#host.passing(seq, item);
    return seq + 1;
  }

  /** Entering the mode below the height of the item, the aircraft climbs where it is before it flies anywhere. */
  #climbFirst(item: MissionItem, state: AircraftState, isActivation: boolean): readonly Stage[] {
    const isLanded = this.#host.isLanded();
    if (item.command === CMD.LAND || item.command === CMD.DELAY || !hasPosition(item)) return [];
    if (!isActivation) return [];
    const { takeoffHeightM, takeoffMps, limits } = this.#host.settings();
    const homeUpM = this.#host.homeUpM();
    const wantedUpM = this.#heightOf(item, state);
    const upM = isLanded ? Math.max(wantedUpM, homeUpM + takeoffHeightM) : wantedUpM;
    if (upM - state.upM < CLIMB_FIRST_M) return [];
    const heightM = upM - homeUpM;
    const text = `Climb to ${heightM.toFixed(1)} meters above home`;
    this.#host.say(INFO, text, 'mission_climb_before_start', LEVEL.INFO, ['f32', heightM]);
    const climbMps = isLanded ? takeoffMps : limits.climbMps;
    return [{ kind: 'climb', to: { ...here(state), upM }, climbMps }];
  }

  #stagesOf(item: MissionItem, state: AircraftState): readonly Stage[] {
    const { limits } = this.#host.settings();
    const place = this.#host.placeOf(item) ?? { ...here(state), upM: this.#heightOf(item, state) };
    switch (item.command) {
      case CMD.TAKEOFF:
      case CMD.VTOL_TAKEOFF: {
        // By height alone, wherever the item is; never down.
        const to = { ...here(state), upM: Math.max(place.upM, state.upM) };
        return [{ kind: 'climb', to, climbMps: limits.climbMps }];
      }
      case CMD.LAND:
      case CMD.VTOL_LAND: {
        const over = { eastM: place.eastM, northM: place.northM, upM: state.upM };
        return [this.#leg(over, item, state, 0), { kind: 'land', at: place }];
      }
      case CMD.LOITER_UNLIM:
        return [this.#leg(place, item, state, 0), hold(place)];
      case CMD.LOITER_TIME:
        return [this.#leg(place, item, state, 0), pause(place, item.param1)];
      case CMD.DELAY:
        return [pause(stoppingPoint(state, limits), item.param1)];
      default: {
        const delayS = item.command === CMD.WAYPOINT ? item.param1 : 0;
        const exitMps = delayS > 0 ? 0 : this.#exitSpeed(place, state);
        const leg = this.#leg(place, item, state, exitMps);
        return delayS > 0 ? [leg, pause(place, delayS)] : [leg];
      }
    }
  }

  #leg(to: LocalPoint, item: MissionItem, state: AircraftState, exitSpeedMps: number): Stage {
    const { cruiseMps, acceptanceM, limits } = this.#host.settings();
    const own = item.command === CMD.WAYPOINT && item.param2 > 0 ? item.param2 : acceptanceM;
    return {
      kind: 'leg',
      from: this.#previous ?? here(state),
      to,
      speedMps: Math.min(this.#speedMps ?? cruiseMps, limits.maxSpeedMps),
      exitSpeedMps,
      acceptanceM: own,
    };
  }

  /** How fast the corner at the end of this leg can be passed, with room to stop at the point after it. */
  #exitSpeed(to: LocalPoint, state: AircraftState): number {
    const items = this.#host.items();
    const { limits } = this.#host.settings();
    const from = this.#previous ?? here(state);
    for (let seq = this.#seq + 1; seq < items.length; seq += 1) {
      const item = items[seq];
      if (item === undefined || item.command === CMD.JUMP) return 0;
      if (!isNavigation(item.command)) continue;
      const after = item.command === CMD.WAYPOINT ? this.#host.placeOf(item) : null;
      if (after === null) return 0;
      const corner = cornerSpeedMps(turnRad(from, to, after), limits);
      return Math.min(corner, brakingSpeedMps(distanceM(to, after), 0, limits));
    }
    return 0;
  }

  #heightOf(item: MissionItem, state: AircraftState): number {
    const place = this.#host.placeOf(item);
    if (place !== null) return place.upM;
    return hasPosition(item) && isRelative(item) ? this.#host.homeUpM() + item.z : state.upM;
  }

  #wait(state: AircraftState): Demand {
    this.#stages = [hold(stoppingPoint(state, this.#host.settings().limits))];
    return { kind: 'hold', at: here(state), speedMps: 3, yawRad: null };
  }
}

/** Change of direction at `corner`, 0 straight on to π back; a leg without length is a stop. */
function turnRad(before: LocalPoint, corner: LocalPoint, after: LocalPoint): number {
  const inEast = corner.eastM - before.eastM;
  const inNorth = corner.northM - before.northM;
  const outEast = after.eastM - corner.eastM;
  const outNorth = after.northM - corner.northM;
  if (Math.hypot(inEast, inNorth) < 0.5 || Math.hypot(outEast, outNorth) < 0.5) return Math.PI;
  const cross = inEast * outNorth - inNorth * outEast;
  return Math.abs(Math.atan2(cross, inEast * outEast + inNorth * outNorth));
}
