import type { MissionItem } from '../../missions/mission-item.ts';
import { type AircraftState, parkedAircraft, type Wind } from '../aircraft/aircraft-state.ts';
import { batteryAt, remainingFraction, SIM_BATTERY } from '../aircraft/battery.ts';
import { type GeoPoint, horizontalDistanceM, LocalFrame, type LocalPoint } from '../aircraft/local-frame.ts';
import { PLANE_LIMITS } from './plane-limits.ts';
import { PlaneMissionRunner } from './plane-mission.ts';
import {
  decidePlaneMode,
  isLiftMode,
  PLANE_MODE,
  type PlaneModeNumber,
  planeArmingObjection,
} from './plane-modes.ts';
import { circleAt, type PlaneProgram, type PlaneSettings, stepPlaneProgram } from './plane-program.ts';
import { type PlaneDemand, stepPlane } from './step-plane.ts';

/** What the flight controller tells the world; the protocol side turns it into messages. */
export interface PlaneFlightEvents {
  text(severity: number, text: string): void;
  homeSet(home: LocalPoint): void;
  itemReached(seq: number): void;
  passingCommand(seq: number, item: MissionItem): void;
}

export interface PlaneFlightOptions {
  readonly start: GeoPoint;
  readonly seed: number;
  /** 0–1. */
  readonly batteryFraction: number;
  readonly wind: () => Wind;
  readonly isQuadplane: boolean;
  readonly parameter: (name: string) => number;
  readonly items: () => readonly MissionItem[];
  readonly isNavigation: (command: number) => boolean;
  readonly commandName: (command: number) => string;
  readonly events: PlaneFlightEvents;
}

const SEVERITY = { CRITICAL: 2, WARNING: 4, INFO: 6 } as const;
const DO_LAND_START = 189;

/** Modes, take-off, return and landing of one simulated ArduPlane, with or without lift motors. */
export class PlaneFlight {
  readonly frame: LocalFrame;
  readonly mission: PlaneMissionRunner;
  readonly #options: PlaneFlightOptions;
  #state: AircraftState;
  #mode: PlaneModeNumber = PLANE_MODE.MANUAL;
  #program: PlaneProgram = { kind: 'ground' };
  #armed = false;
  #hasFlown = false;
  #standingForS = 0;
  #home: LocalPoint | null = null;
  #airspeedMps: number | null = null;
  #checkedForLanding = false;

  constructor(options: PlaneFlightOptions) {
    this.#options = options;
    this.frame = new LocalFrame(options.start);
    this.#state = { ...parkedAircraft(options.seed), battery: batteryAt(options.batteryFraction) };
    this.mission = new PlaneMissionRunner({
      items: options.items,
      isNavigation: options.isNavigation,
      commandName: options.commandName,
      locate: (item) => this.locate(item),
      settings: () => this.settings(),
      returnProgram: (state) => this.#returnProgram(state),
      onStarted: (seq, name) => options.events.text(SEVERITY.INFO, `Mission: ${seq} ${name}`),
      onReached: (seq, item, program) => {
        options.events.itemReached(seq);
        for (const text of this.#reachedTexts(seq, item, program)) options.events.text(SEVERITY.INFO, text);
      },
      onPassingCommand: (seq, item) => options.events.passingCommand(seq, item),
    });
  }

  get state(): AircraftState {
    return this.#state;
  }
  get mode(): PlaneModeNumber {
    return this.#mode;
  }
  get armed(): boolean {
    return this.#armed;
  }
  get landed(): boolean {
    return !this.#armed || this.#state.onGround;
  }
  get home(): LocalPoint | null {
    return this.#home;
  }
  get heightAboveHomeM(): number {
    return this.#home === null ? 0 : this.#state.upM - this.#home.upM;
  }
  get isTakingOff(): boolean {
    const kind = this.#flown()?.kind;
    return this.#armed && (kind === 'takeoff' || kind === 'rise');
  }
  get isLanding(): boolean {
    const flown = this.#flown();
    return flown?.kind === 'land' || (flown?.kind === 'vertical-land' && flown.phase !== 'fly');
  }
  /** MAV_VTOL_STATE: 0 undefined (no lift motors), 3 carried by them, 4 by the wing. */
  get vtolState(): number {
    if (!this.#options.isQuadplane) return 0;
    return this.#isCarriedByLift() ? 3 : 4;
  }
  get remainingMah(): number {
    return remainingFraction(this.#state.battery) * SIM_BATTERY.capacityMah;
  }

  /** Where it is going; null with nowhere to go. */
  get destination(): LocalPoint | null {
    const flown = this.#flown();
    if (flown === null) return null;
    if (flown.kind === 'line' || flown.kind === 'land' || flown.kind === 'rise') return flown.to;
    if (flown.kind === 'circle') return flown.centre;
    return flown.kind === 'hover' || flown.kind === 'vertical-land' ? flown.at : null;
  }

  /** What the sensors say it is, before the next step. */
  perceive(seen: AircraftState): void {
    this.#state = seen;
  }

  settings(): PlaneSettings {
    const { parameter, isQuadplane } = this.#options;
    return {
      limits: PLANE_LIMITS,
      airspeedMps: this.#airspeedMps ?? parameter('AIRSPEED_CRUISE'),
      home: this.#home ?? { eastM: 0, northM: 0, upM: 0 },
      waypointRadiusM: parameter('WP_RADIUS'),
      loiterRadiusM: parameter('WP_LOITER_RAD'),
      returnHeightM: parameter('RTL_ALTITUDE'),
      isQuadplane,
    };
  }

  step(dtS: number): void {
    const demand = this.#demand(dtS);
    this.#state = stepPlane(this.#state, dtS, {
      demand,
      limits: PLANE_LIMITS,
      wind: this.#options.wind(),
    });
    this.#watchLanding(dtS);
  }

  /** @returns false when refused; the reason has then been said. */
  requestMode(requested: number): boolean {
    const decision = decidePlaneMode(requested, this.#options.isQuadplane);
    if (decision.kind === 'refused') {
      this.#options.events.text(SEVERITY.WARNING, decision.text);
      return false;
    }
    if (decision.mode === PLANE_MODE.AUTO && this.#options.items().length < 2 && this.#armed) {
      this.#options.events.text(SEVERITY.WARNING, "No mission. Can't set AUTO.");
      return false;
    }
    if (decision.mode === this.#mode) return true;
    if (this.#mode === PLANE_MODE.AUTO) this.mission.stop();
    this.#mode = decision.mode;
    this.#checkedForLanding = false;
    if (this.#armed) this.#enterMode();
    return true;
  }

  /** Why this mode cannot be armed in ("Arm: …"), without what sensors say; null when it can. */
  modeObjection(): string | null {
    return planeArmingObjection(this.#mode, this.#options.isQuadplane, this.mission.startsWithTakeoff());
  }

  arm(): void {
    if (this.#armed) return;
    this.#armed = true;
    this.#hasFlown = false;
    this.#standingForS = 0;
    this.setHome(this.#here());
    this.#options.events.text(SEVERITY.INFO, 'Throttle armed');
    this.#enterMode();
  }

  /** Refused in flight unless forced; forced in flight it glides down. */
  disarm(force: boolean): boolean {
    if (!this.#armed) return true;
    if (!this.#state.onGround && !force) return false;
    this.#armed = false;
    this.#program = { kind: 'ground' };
    this.#airspeedMps = null;
    if (this.#mode === PLANE_MODE.AUTO) this.mission.stop();
    this.mission.rewind();
    this.#options.events.text(SEVERITY.INFO, 'Throttle disarmed');
    return true;
  }

  /** NAV_TAKEOFF as a command: lift motors, armed, on the ground, in GUIDED (QuadPlane::do_user_takeoff). */
  takeoff(heightM: number): boolean {
    if (!this.#options.isQuadplane || !this.#armed || !this.#state.onGround) return false;
    if (this.#mode !== PLANE_MODE.GUIDED || !(heightM > 0)) return false;
    this.#program = { kind: 'rise', to: { ...this.#here(), upM: (this.#home?.upM ?? 0) + heightM } };
    return true;
  }

  /** DO_REPOSITION in GUIDED: circles round the place, `radiusM` 0 as WP_LOITER_RAD says. */
  reposition(to: LocalPoint, radiusM: number, clockwise: boolean): boolean {
    if (this.#mode !== PLANE_MODE.GUIDED) return false;
    if (!this.#armed || this.#state.onGround) return true;
    const radius = radiusM > 0 ? radiusM : Math.abs(this.settings().loiterRadiusM);
    this.#program = circleAt(to, { ...this.settings(), loiterRadiusM: clockwise ? radius : -radius });
    return true;
  }

  setAirspeed(airspeedMps: number): boolean {
    if (!(airspeedMps >= PLANE_LIMITS.airspeedMinMps && airspeedMps <= PLANE_LIMITS.airspeedMaxMps))
      return false;
    this.#airspeedMps = airspeedMps;
    this.mission.setAirspeed(airspeedMps);
    return true;
  }

  setHome(home: LocalPoint): void {
    this.#home = home;
    this.#options.events.homeSet(home);
  }

  setBatteryFraction(fraction: number): void {
    this.#state = { ...this.#state, battery: batteryAt(fraction) };
  }

  /** Place of a mission item; null for 0, 0, which ArduPilot reads as "where I am". */
  locate(item: Pick<MissionItem, 'frame' | 'x' | 'y' | 'z'>): LocalPoint | null {
    if (item.x === 0 && item.y === 0) return null;
    const point = { lonDeg: item.y / 1e7, latDeg: item.x / 1e7, altitudeAmslM: item.z };
    const local = this.frame.toLocal(point);
    const isRelative = item.frame === 3 || item.frame === 6 || item.frame === 10 || item.frame === 11;
    return isRelative ? { ...local, upM: (this.#home?.upM ?? 0) + item.z } : local;
  }

  /** As a real ArduPlane words it (4.7-dev, heard from its SITL). */
  #reachedTexts(seq: number, item: MissionItem, program: PlaneProgram): readonly string[] {
    switch (program.kind) {
      case 'takeoff':
        return [`Takeoff complete at ${this.heightAboveHomeM.toFixed(2)}m`];
      case 'circle':
        return item.command === 18 ? ['Loiter orbits complete'] : [];
      case 'line': {
        const distance = Math.round(horizontalDistanceM(this.#state, program.to));
        return item.command === 16 ? [`Reached waypoint #${seq} dist ${distance}m`] : [];
      }
      case 'land': {
        const distance = horizontalDistanceM(this.#state, program.to).toFixed(2);
        return [`Distance from LAND point=${distance}m`];
      }
      default:
        return [];
    }
  }

  #here(): LocalPoint {
    const { eastM, northM, upM } = this.#state;
    return { eastM, northM, upM };
  }

  /** What is flown now, by the mission or by the mode. */
  #flown(): PlaneProgram | null {
    return this.#mode === PLANE_MODE.AUTO ? this.mission.program : this.#program;
  }

  #isCarriedByLift(): boolean {
    const flown = this.#flown();
    if (flown === null || flown.kind === 'ground') return true;
    return (
      flown.kind === 'rise' ||
      flown.kind === 'hover' ||
      (flown.kind === 'vertical-land' && flown.phase !== 'fly')
    );
  }

  /** Home at RTL_ALTITUDE, and round it: a wing waits in circles, it does not land by RTL alone. */
  #returnProgram(state: AircraftState): PlaneProgram {
    const { home, returnHeightM } = this.settings();
    const radius = this.#options.parameter('RTL_RADIUS');
    const loiterRadiusM = radius === 0 ? this.settings().loiterRadiusM : radius;
    const upM = home.upM + returnHeightM;
    if (this.#options.isQuadplane && this.#options.parameter('Q_RTL_MODE') > 0) {
      return {
        kind: 'vertical-land',
        at: { ...home, upM: Math.max(home.upM + 15, Math.min(upM, state.upM)) },
        phase: 'fly',
      };
    }
    return circleAt({ ...home, upM }, { ...this.settings(), loiterRadiusM });
  }

  #enterMode(): void {
    const here = this.#here();
    const onGround = this.#state.onGround;
    switch (this.#mode) {
      case PLANE_MODE.AUTO:
        this.mission.start(this.#state);
        return;
      case PLANE_MODE.RTL:
        this.#program = onGround ? { kind: 'ground' } : this.#returnProgram(this.#state);
        return;
      case PLANE_MODE.TAKEOFF:
        this.#program = { kind: 'takeoff', upM: here.upM + this.#options.parameter('TKOFF_ALT') };
        return;
      case PLANE_MODE.QRTL: {
        const { home } = this.settings();
        const upM = home.upM + this.#options.parameter('Q_RTL_ALT');
        this.#program = onGround
          ? { kind: 'ground' }
          : { kind: 'vertical-land', at: { ...home, upM }, phase: 'fly' };
        return;
      }
      case PLANE_MODE.QLAND:
        this.#program = onGround ? { kind: 'ground' } : { kind: 'vertical-land', at: here, phase: 'brake' };
        return;
      default:
        if (onGround) this.#program = { kind: 'ground' };
        else if (isLiftMode(this.#mode)) this.#program = { kind: 'hover', at: here };
        else if (this.#isCircling()) this.#program = circleAt(here, this.settings());
        else this.#program = { kind: 'line', from: here, to: this.#farAhead() };
    }
  }

  /** Without sticks, FBWA and its like go straight on; the others circle where they are. */
  #isCircling(): boolean {
    return (
      this.#mode === PLANE_MODE.LOITER || this.#mode === PLANE_MODE.CIRCLE || this.#mode === PLANE_MODE.GUIDED
    );
  }

  #farAhead(): LocalPoint {
    const { eastM, northM, upM, yawRad } = this.#state;
    const farM = 100_000;
    return { eastM: eastM + farM * Math.sin(yawRad), northM: northM + farM * Math.cos(yawRad), upM };
  }

  #demand(dtS: number): PlaneDemand {
    if (!this.#armed) return { kind: 'off' };
    if (this.#mode === PLANE_MODE.AUTO) {
      const stepped = this.mission.step(this.#state, dtS);
      if (stepped !== null) return stepped.demand;
      if (this.#state.onGround) return { kind: 'idle' };
      // Mission over in the air: it goes home, as ArduPlane does (exit_mission_callback).
      this.#options.events.text(SEVERITY.INFO, 'Mission complete, changing mode to RTL');
      this.requestMode(PLANE_MODE.RTL);
    }
    const stepped = stepPlaneProgram(this.#program, this.#state, this.settings(), dtS);
    this.#program = stepped.program;
    if (stepped.done) this.#afterProgram(stepped.program);
    this.#landBySequence();
    return stepped.demand;
  }

  #afterProgram(done: PlaneProgram): void {
    if (done.kind === 'takeoff') this.#program = circleAt(this.#here(), this.settings());
    if (done.kind === 'rise') this.#program = { kind: 'hover', at: done.to };
  }

  /** RTL_AUTOLAND 1: from the circle at home, 2: at once, to the landing that begins at DO_LAND_START. */
  #landBySequence(): void {
    if (this.#mode !== PLANE_MODE.RTL || this.#checkedForLanding) return;
    const autoland = this.#options.parameter('RTL_AUTOLAND');
    const { home, returnHeightM } = this.settings();
    const isThere =
      horizontalDistanceM(this.#state, home) < Math.abs(this.settings().loiterRadiusM) * 1.2 &&
      Math.abs(this.heightAboveHomeM - returnHeightM) < 10;
    if (autoland !== 2 && !(autoland === 1 && isThere)) return;
    this.#checkedForLanding = true;
    const seq = this.#options.items().findIndex((item) => item.command === DO_LAND_START);
    if (seq < 0) return;
    this.#options.events.text(SEVERITY.INFO, 'Landing sequence start');
    this.mission.setCurrent(seq, this.#state);
    this.requestMode(PLANE_MODE.AUTO);
  }

  #watchLanding(dtS: number): void {
    if (!this.#armed) return;
    if (!this.#state.onGround) {
      this.#hasFlown = true;
      this.#standingForS = 0;
      return;
    }
    const isStanding = Math.hypot(this.#state.velEastMps, this.#state.velNorthMps) === 0;
    this.#standingForS = isStanding ? this.#standingForS + dtS : 0;
    const delayS = this.#options.parameter('LAND_DISARMDELAY');
    const isDown = this.#hasFlown && this.#standingForS > 0;
    const byLift = isDown && this.#options.isQuadplane && this.#standingForS > 1;
    if (byLift || (isDown && delayS > 0 && this.#standingForS >= delayS)) {
      if (byLift) this.#options.events.text(SEVERITY.INFO, 'Land complete');
      this.disarm(true);
      if (!byLift) this.#options.events.text(SEVERITY.INFO, 'Auto disarmed');
    }
  }
}
