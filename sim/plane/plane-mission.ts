import type { MissionItem } from '../../missions/mission-item.ts';
import type { AircraftState } from '../aircraft/aircraft-state.ts';
import type { LocalPoint } from '../aircraft/local-frame.ts';
import {
  circleAt,
  type PlaneProgram,
  type PlaneSettings,
  type PlaneStep,
  stepPlaneProgram,
} from './plane-program.ts';

/** What the runner needs of the flight controller. */
export interface PlaneMissionHost {
  /** Items as stored; index 0 is the home slot and is never flown. */
  items(): readonly MissionItem[];
  isNavigation(command: number): boolean;
  /** Where an item is; null when it has no position of its own (0, 0). */
  locate(item: MissionItem): LocalPoint | null;
  settings(): PlaneSettings;
  /** NAV_RETURN_TO_LAUNCH: what RTL flies. */
  returnProgram(state: AircraftState): PlaneProgram;
  commandName(command: number): string;
  onStarted(seq: number, name: string): void;
  onReached(seq: number, item: MissionItem, program: PlaneProgram): void;
  onPassingCommand(seq: number, item: MissionItem): void;
}

export type PlaneMissionStatus = 'not-started' | 'active' | 'paused' | 'complete';

const COMMAND = {
  WAYPOINT: 16,
  LOITER_UNLIMITED: 17,
  LOITER_TURNS: 18,
  LOITER_TIME: 19,
  RETURN: 20,
  LAND: 21,
  TAKEOFF: 22,
  LOITER_TO_ALT: 31,
  VTOL_TAKEOFF: 84,
  VTOL_LAND: 85,
  JUMP: 177,
  CHANGE_SPEED: 178,
} as const;
/** DO_JUMP without a navigation command between must not spin for ever. */
const MAX_PASSING_COMMANDS = 200;

/**
 * Flies the stored mission item by item, as ArduPlane's AUTO does:
 *
 *   not-started ── start ──► active ── last item done ──► complete (the aircraft then circles, or stands)
 *                              │ ▲
 *                         stop ▼ │ start (goes on with the item it was at)
 *                             paused
 */
export class PlaneMissionRunner {
  readonly #host: PlaneMissionHost;
  readonly #jumpsDone = new Map<number, number>();
  #status: PlaneMissionStatus = 'not-started';
  #seq = 0;
  #program: PlaneProgram | null = null;
  #previous: LocalPoint | null = null;
  #airspeedMps: number | null = null;

  constructor(host: PlaneMissionHost) {
    this.#host = host;
  }

  get seq(): number {
    return this.#status === 'complete' ? 0 : this.#seq;
  }
  get status(): PlaneMissionStatus {
    return this.#status;
  }
  get program(): PlaneProgram | null {
    return this.#program;
  }

  /** MISSION_STATE: 1 none, 2 not started, 3 active, 4 paused, 5 complete. */
  missionState(): number {
    if (this.#host.items().length < 2) return 1;
    return { 'not-started': 2, active: 3, paused: 4, complete: 5 }[this.#status];
  }

  startsWithTakeoff(): boolean {
    const first = this.#host.items().find((item, seq) => seq > 0 && this.#host.isNavigation(item.command));
    return first?.command === COMMAND.TAKEOFF || first?.command === COMMAND.VTOL_TAKEOFF;
  }

  start(state: AircraftState): void {
    if (this.#status === 'active') return;
    const resumeAt = this.#status === 'paused' && this.#seq > 0 ? this.#seq : 1;
    this.#status = 'active';
    this.#previous = null;
    if (resumeAt === 1) {
      this.#jumpsDone.clear();
      this.#airspeedMps = null;
    }
    this.#advanceTo(resumeAt, state);
  }

  stop(): void {
    if (this.#status === 'active') this.#status = 'paused';
    this.#program = null;
  }

  /** Disarmed: the next start is from the first item, the status stays to be reported. */
  rewind(): void {
    this.#seq = 0;
    this.#program = null;
    this.#previous = null;
  }

  /** The list was changed under the runner. */
  reset(): void {
    this.rewind();
    this.#status = 'not-started';
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

  setAirspeed(airspeedMps: number): void {
    this.#airspeedMps = airspeedMps;
  }

  /** One step; null when the mission has nothing to fly (the flight controller then circles). */
  step(state: AircraftState, dtS: number): PlaneStep | null {
    const program = this.#program;
    if (this.#status !== 'active' || program === null) return null;
    const stepped = stepPlaneProgram(program, state, this.#settings(), dtS);
    this.#program = stepped.program;
    if (!stepped.done) return stepped;
    const item = this.#host.items()[this.#seq];
    if (program.kind === 'line') this.#previous = program.to;
    if (item !== undefined) this.#host.onReached(this.#seq, item, program);
    this.#advanceTo(this.#seq + 1, state);
    return stepped;
  }

  #settings(): PlaneSettings {
    const settings = this.#host.settings();
    return this.#airspeedMps === null ? settings : { ...settings, airspeedMps: this.#airspeedMps };
  }

  /** Runs passing commands from `seq` on and starts the next navigation command, or ends the mission. */
  #advanceTo(seq: number, state: AircraftState): void {
    const items = this.#host.items();
    let next = seq;
    for (let passed = 0; passed < MAX_PASSING_COMMANDS; passed += 1) {
      const item = items[next];
      if (item === undefined) break;
      if (this.#host.isNavigation(item.command)) {
        this.#seq = next;
        this.#program = this.#programFor(item, state);
        this.#host.onStarted(next, this.#host.commandName(item.command));
        return;
      }
      if (item.command === COMMAND.JUMP) {
        next = this.#jump(next, item);
        continue;
      }
      if (item.command === COMMAND.CHANGE_SPEED && item.param2 > 0) this.#airspeedMps = item.param2;
      this.#host.onPassingCommand(next, item);
      next += 1;
    }
    this.#status = 'complete';
    this.#program = null;
  }

  #jump(seq: number, item: MissionItem): number {
    const done = this.#jumpsDone.get(seq) ?? 0;
    if (item.param2 >= 0 && done >= item.param2) return seq + 1;
    this.#jumpsDone.set(seq, done + 1);
    return Math.max(1, Math.trunc(item.param1));
  }

  #programFor(item: MissionItem, state: AircraftState): PlaneProgram {
    const settings = this.#settings();
    const here = { eastM: state.eastM, northM: state.northM, upM: state.upM };
    const located = this.#host.locate(item);
    const heightM = this.#host.locate({ ...item, x: 1, y: 1 })?.upM ?? state.upM;
    const place = located ?? { ...here, upM: item.z === 0 ? state.upM : heightM };
    switch (item.command) {
      case COMMAND.TAKEOFF:
        return { kind: 'takeoff', upM: heightM };
      case COMMAND.VTOL_TAKEOFF:
        // Seen on a real one: the height counts from where it is, in the air too (20 m up, item 60 m: it rose to 80).
        return { kind: 'rise', to: { ...here, upM: state.upM + item.z } };
      case COMMAND.VTOL_LAND:
        return { kind: 'vertical-land', at: { ...place, upM: Math.max(place.upM, 15) }, phase: 'fly' };
      case COMMAND.LAND:
        return { kind: 'land', from: this.#previous ?? here, to: { ...place, upM: 0 } };
      case COMMAND.RETURN:
        return this.#host.returnProgram(state);
      case COMMAND.LOITER_UNLIMITED:
        return this.#circle(place, item.param3, settings, null);
      case COMMAND.LOITER_TIME:
        return this.#circle(place, item.param3, settings, { kind: 'time', leftS: item.param1 });
      case COMMAND.LOITER_TURNS: {
        const leftRad = Math.max(0, item.param1) * 2 * Math.PI;
        return this.#circle(place, item.param3, settings, { kind: 'turns', leftRad, lastRad: null });
      }
      case COMMAND.LOITER_TO_ALT:
        return this.#circle(place, item.param2, settings, { kind: 'height' });
      default:
        return { kind: 'line', from: this.#previous ?? here, to: place };
    }
  }

  /** Radius 0: WP_LOITER_RAD; negative turns left. */
  #circle(
    centre: LocalPoint,
    radiusM: number,
    settings: PlaneSettings,
    until: Extract<PlaneProgram, { kind: 'circle' }>['until'],
  ): PlaneProgram {
    const loiterRadiusM = radiusM === 0 ? settings.loiterRadiusM : radiusM;
    const circle = circleAt(centre, { ...settings, loiterRadiusM });
    return circle.kind === 'circle' ? { ...circle, until } : circle;
  }
}
