import type { MissionItem } from '../../missions/mission-item.ts';
import type { AircraftState, Demand } from '../aircraft/aircraft-state.ts';
import { stoppingPoint } from '../aircraft/guidance.ts';
import type { LocalPoint } from '../aircraft/local-frame.ts';
import { type EventArgument, LEVEL } from './px4-events.ts';
import type { Px4FlightSettings } from './px4-flight-settings.ts';
import { Px4MissionRunner } from './px4-mission-runner.ts';
import { NAV, type NavState } from './px4-modes.ts';
import type { Px4Parameters } from './px4-parameters.ts';
import { planReturn } from './px4-rtl.ts';
import { begun, demandOf, here, hold, isDone, type Stage } from './px4-stages.ts';

export interface NavigatorHost {
  readonly parameters: Px4Parameters;
  settings(): Px4FlightSettings;
  mission(): readonly MissionItem[];
  rally(): readonly MissionItem[];
  placeOf(item: MissionItem): LocalPoint | null;
  home(): LocalPoint | null;
  /** Height above mean sea level of the local frame's origin. */
  readonly originAmslM: number;
  isLanded(): boolean;
  isAllowed(point: LocalPoint): boolean;
  say(severity: number, text: string, event: string, level: number, ...args: readonly EventArgument[]): void;
  passing(seq: number, item: MissionItem): void;
  returnToLaunch(): void;
}

/** A place to hold at, as DO_REPOSITION names it: null is "as it is". */
export interface Reposition {
  readonly place: { readonly eastM: number; readonly northM: number } | null;
  readonly upM: number | null;
  readonly speedMps: number | null;
  readonly yawRad: number | null;
}

export interface OrbitWish {
  readonly center: { readonly eastM: number; readonly northM: number } | null;
  readonly upM: number | null;
  /** Negative: counter-clockwise. NaN: default. */
  readonly radiusM: number;
  readonly speedMps: number;
  readonly isNoseInward: boolean;
}

/** What an OFFBOARD setpoint asks for; null parts are not controlled. */
export interface OffboardSetpoint {
  readonly place: LocalPoint | null;
  readonly velocity: { readonly eastMps: number; readonly northMps: number; readonly upMps: number } | null;
  readonly yawRad: number | null;
}

const CRITICAL = 2;
const INFO = 6;
const ORBIT_MIN_RADIUS_M = 1;
const ORBIT_RADIUS_M = 12;
const ORBIT_SPEED_MPS = 2;
/** A wanted velocity is flown towards a point that far ahead in time. */
const VELOCITY_AHEAD_S = 4;

/** PX4's navigator: what the aircraft does in each mode. Knows nothing of messages, arming and failsafes. */
export class Px4Navigator {
  readonly mission: Px4MissionRunner;
  readonly #host: NavigatorHost;
  #nav: NavState = NAV.LOITER;
  #stages: readonly Stage[] = [];
  #takeoffUpM: number | null = null;
  #orbit: Extract<Stage, { kind: 'orbit' }> | null = null;
  #offboard: OffboardSetpoint | null = null;

  constructor(host: NavigatorHost) {
    this.#host = host;
    this.mission = new Px4MissionRunner({
      items: () => host.mission(),
      placeOf: (item) => host.placeOf(item),
      homeUpM: () => host.home()?.upM ?? 0,
      settings: () => host.settings(),
      isLanded: () => host.isLanded(),
      say: (...words) => host.say(...words),
      passing: (seq, item) => host.passing(seq, item),
      returnToLaunch: () => host.returnToLaunch(),
    });
  }

  /** The stage being flown; null when nothing is. */
  get stage(): Stage | null {
    return this.#nav === NAV.MISSION ? this.mission.stage : (this.#stages[0] ?? null);
  }

  get orbit(): Extract<Stage, { kind: 'orbit' }> | null {
    return this.#nav === NAV.ORBIT ? this.#orbit : null;
  }

  /** The take-off is done, the mission is over: the commander goes to AUTO.LOITER. */
  get finished(): boolean {
    return this.mission.finished;
  }

  /** Armed and in a mode, or in another one than before. */
  enter(nav: NavState, state: AircraftState): void {
    if (this.#nav === NAV.MISSION && nav !== NAV.MISSION) this.mission.deactivate();
    this.#nav = nav;
    this.#stages = [];
    if (nav === NAV.MISSION) {
      this.mission.activate(state);
      return;
    }
    if (nav === NAV.TAKEOFF) this.mission.otherStarted();
    this.#set(this.#stagesFor(nav, state), state);
  }

  /** Disarmed: nothing is flown. */
  leave(): void {
    this.mission.deactivate();
    this.#stages = [];
    this.#takeoffUpM = null;
    this.#orbit = null;
  }

  /** Height of the next take-off, metres in the local frame; null: MIS_TAKEOFF_ALT above where it stands. */
  setTakeoff(upM: number | null): void {
    this.#takeoffUpM = upM;
  }

  /** DO_REPOSITION and DO_CHANGE_ALTITUDE in AUTO.LOITER. */
  reposition(wish: Reposition, state: AircraftState): void {
    const settings = this.#host.settings();
    const now = this.#holdPoint(state);
    const isPause = wish.place === null && wish.upM === null && wish.yawRad === null;
    const base = isPause ? stoppingPoint(state, settings.limits) : now;
    const to: LocalPoint = {
      eastM: wish.place?.eastM ?? base.eastM,
      northM: wish.place?.northM ?? base.northM,
      upM: wish.upM ?? (wish.place !== null ? state.upM : base.upM),
    };
    if (!this.#host.isAllowed(to)) {
      const event = 'navigator_reposition_outside_geofence';
      this.#host.say(CRITICAL, 'Reposition is outside geofence', event, LEVEL.ERROR_INFO);
      return;
    }
    const stages: Stage[] = [];
    if (wish.place !== null) {
      const speedMps = Math.min(wish.speedMps ?? settings.cruiseMps, settings.limits.maxSpeedMps);
      const { acceptanceM } = settings;
      stages.push({ kind: 'leg', from: here(state), to, speedMps, exitSpeedMps: 0, acceptanceM });
    }
    stages.push(hold(to, null, wish.yawRad));
    this.#set(stages, state);
  }

  /** DO_ORBIT; false when the radius is beyond MC_ORBIT_RAD_MAX. */
  setOrbit(wish: OrbitWish, state: AircraftState): boolean {
    const { limits } = this.#host.settings();
    const radius = Number.isFinite(wish.radiusM) ? wish.radiusM : ORBIT_RADIUS_M;
    const speed = Number.isFinite(wish.speedMps) ? Math.abs(wish.speedMps) : ORBIT_SPEED_MPS;
    const radiusM = Math.abs(radius);
    if (radiusM < ORBIT_MIN_RADIUS_M || radiusM > this.#host.parameters.number('MC_ORBIT_RAD_MAX')) {
      this.#host.say(CRITICAL, 'Orbit radius limit exceeded', 'orbit_radius_exceeded', 0x11);
      return false;
    }
    // Not faster than the sideways acceleration allows on that circle.
    const fastest = Math.min(limits.maxSpeedMps, Math.sqrt(0.8 * limits.accelerationMps2 * radiusM));
    this.#orbit = {
      kind: 'orbit',
      center: {
        eastM: wish.center?.eastM ?? state.eastM,
        northM: wish.center?.northM ?? state.northM,
        upM: wish.upM ?? state.upM,
      },
      radiusM,
      speedMps: Math.min(speed, fastest),
      isClockwise: radius > 0,
      isNoseInward: wish.isNoseInward,
    };
    if (this.#nav === NAV.ORBIT) this.#stages = [this.#orbit];
    return true;
  }

  setOffboard(setpoint: OffboardSetpoint): void {
    this.#offboard = setpoint;
  }

  step(state: AircraftState): Demand {
    if (this.#nav === NAV.MISSION) return this.mission.step(state);
    if (this.#nav === NAV.OFFBOARD) return this.#offboardDemand(state);
    const [stage, ...later] = this.#stages;
    if (stage === undefined) return this.#nothing(state);
    const demand = demandOf(stage, state);
    if (!isDone(stage, state, this.#host.isLanded(), this.#host.settings())) return demand;
    if (later.length > 0) {
      this.#set(later, state);
      this.#announceLanding();
    } else {
      this.#stages = stage.kind === 'land' ? [{ kind: 'idle' }] : [hold(endOf(stage, state))];
      if (this.#nav === NAV.TAKEOFF) this.mission.otherFinished();
    }
    return demand;
  }

  #stagesFor(nav: NavState, state: AircraftState): readonly Stage[] {
    const settings = this.#host.settings();
    const isParked = this.#host.isLanded() && state.onGround;
    switch (nav) {
      case NAV.TAKEOFF:
        return [this.#takeoff(state)];
      case NAV.RTL:
        return this.#return(state, isParked);
      case NAV.LAND:
      case NAV.PRECLAND:
      case NAV.DESCEND:
        return isParked ? [{ kind: 'idle' }] : [{ kind: 'land', at: stoppingPoint(state, settings.limits) }];
      case NAV.ORBIT:
        return isParked || this.#orbit === null ? this.#hold(state, isParked) : [this.#orbit];
      default:
        return this.#hold(state, isParked);
    }
  }

  #hold(state: AircraftState, isParked: boolean): readonly Stage[] {
    return isParked ? [{ kind: 'idle' }] : [hold(stoppingPoint(state, this.#host.settings().limits))];
  }

  #takeoff(state: AircraftState): Stage {
    const { takeoffHeightM, takeoffMps, limits } = this.#host.settings();
    let upM = this.#takeoffUpM;
    if (upM === null) {
      upM = state.upM + takeoffHeightM;
      const text = `Using default takeoff altitude: ${takeoffHeightM.toFixed(1)} m`;
      const args: readonly EventArgument[] = [['f32', takeoffHeightM]];
      this.#host.say(INFO, text, 'navigator_takeoff_default_alt', LEVEL.INFO, ...args);
    }
    if (upM < state.upM) {
      upM = state.upM;
      const event = 'navigator_takeoff_already_higher';
      this.#host.say(CRITICAL, 'Already higher than takeoff altitude', event, LEVEL.ERROR_INFO);
    }
    this.#takeoffUpM = null;
    const climbMps = this.#host.isLanded() ? takeoffMps : limits.climbMps;
    return { kind: 'climb', to: { ...here(state), upM }, climbMps };
  }

  #return(state: AircraftState, isParked: boolean): readonly Stage[] {
    const home = this.#host.home();
    if (home === null) return this.#hold(state, isParked);
    const plan = planReturn({
      at: here(state),
      home,
      mission: this.#host.mission(),
      missionSeq: this.mission.seq,
      rally: this.#host.rally(),
      placeOf: (item) => this.#host.placeOf(item),
      parameters: this.#host.parameters,
      settings: this.#host.settings(),
    });
    const amslM = Math.ceil(this.#host.originAmslM + plan.returnUpM);
    const aboveM = Math.ceil(plan.returnUpM - plan.destination.upM);
    const text = `RTL: start return at ${amslM} m (${aboveM} m above destination)`;
    const args: readonly EventArgument[] = [
      ['u32', Math.max(0, amslM)],
      ['u32', Math.max(0, aboveM)],
    ];
    this.#host.say(INFO, text, 'vrtl_return_at', LEVEL.INFO, ...args);
    return isParked ? [{ kind: 'idle' }] : plan.stages;
  }

  #announceLanding(): void {
    if (this.#nav !== NAV.RTL) return;
    const stage = this.#stages[0];
    if (stage?.kind === 'land') {
      this.#host.say(INFO, 'RTL: land at destination', 'rtl_land_at_destination', LEVEL.INFO);
    } else if (stage?.kind === 'hold' && stage.untilS === null) {
      this.#host.say(INFO, 'RTL: completed, loitering', 'rtl_completed_loiter', LEVEL.INFO);
    }
  }

  #offboardDemand(state: AircraftState): Demand {
    const setpoint = this.#offboard;
    if (setpoint === null) return this.#nothing(state);
    const { velocity, yawRad } = setpoint;
    const { limits } = this.#host.settings();
    if (velocity !== null) {
      const at = {
        eastM: state.eastM + velocity.eastMps * VELOCITY_AHEAD_S,
        northM: state.northM + velocity.northMps * VELOCITY_AHEAD_S,
        upM: state.upM + velocity.upMps * VELOCITY_AHEAD_S,
      };
      return { kind: 'hold', at, speedMps: Math.hypot(velocity.eastMps, velocity.northMps), yawRad };
    }
    const at = setpoint.place ?? here(state);
    return { kind: 'hold', at, speedMps: limits.maxSpeedMps, yawRad };
  }

  #nothing(state: AircraftState): Demand {
    if (state.onGround) return { kind: 'idle' };
    this.#stages = [hold(stoppingPoint(state, this.#host.settings().limits))];
    return { kind: 'hold', at: here(state), speedMps: 3, yawRad: null };
  }

  /** Where it holds or is on its way to, so that "same place, other height" does not drift. */
  #holdPoint(state: AircraftState): LocalPoint {
    const stage = this.#stages.at(-1);
    return stage?.kind === 'hold' ? stage.at : here(state);
  }

  #set(stages: readonly Stage[], state: AircraftState): void {
    const [first, ...rest] = stages;
    this.#stages = first === undefined ? [] : [begun(first, state.timeS), ...rest];
  }
}

function endOf(stage: Stage, state: AircraftState): LocalPoint {
  if (stage.kind === 'climb' || stage.kind === 'leg') return stage.to;
  return stage.kind === 'hold' ? stage.at : here(state);
}
