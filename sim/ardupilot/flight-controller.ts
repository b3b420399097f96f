import type { MissionItem } from '../../missions/mission-item.ts';
import { type AircraftState, type Demand, parkedAircraft, type Wind } from '../aircraft/aircraft-state.ts';
import { batteryAt, remainingFraction, SIM_BATTERY } from '../aircraft/battery.ts';
import { stoppingPoint } from '../aircraft/guidance.ts';
import { COPTER_LIMITS } from '../aircraft/limits.ts';
import { type GeoPoint, LocalFrame, type LocalPoint } from '../aircraft/local-frame.ts';
import { stepAircraft } from '../aircraft/step-aircraft.ts';
import { type FailsafeAction, FailsafeMonitor } from './failsafe.ts';
import { type FlightProgram, type FlightSettings, startReturn, stepProgram } from './flight-program.ts';
import { batteryObjections, limitsFrom, settingsFrom } from './flight-settings.ts';
import { MissionRunner } from './mission-runner.ts';
import type { MissionStore } from './mission-store.ts';
import { armingObjection, COPTER_MODE, decideModeChange, type ModeNumber, modeName } from './modes.ts';
import type { ParameterTable } from './parameters.ts';
import { type StartupTimes, startupTexts } from './startup.ts';

/** MAV_SEVERITY. */
export const SEVERITY = { CRITICAL: 2, WARNING: 4, INFO: 6, DEBUG: 7 } as const;

/** What the flight controller tells the world; the protocol side turns it into messages. */
export interface FlightEvents {
  text(severity: number, text: string): void;
  homeSet(): void;
  itemReached(seq: number): void;
  payloadCommand(seq: number, item: MissionItem): void;
}

export interface FlightControllerOptions {
  readonly start: GeoPoint;
  readonly seed: number;
  /** Charge at power-on, 0–1. */
  readonly batteryFraction: number;
  readonly startup: StartupTimes;
  readonly wind: Wind;
  readonly parameters: ParameterTable;
  readonly missions: MissionStore;
  /** What else aboard speaks against arming, in the autopilot's words. */
  readonly armingObjections: () => readonly string[];
  readonly events: FlightEvents;
}

/** Standing still on the ground this long with motors running counts as landed. */
const LAND_DETECT_S = 1;
const PREARM_REPORT_EVERY_S = 30;

/** Modes, arming, take-off, return, landing and failsafes of one simulated Copter. Knows nothing of MAVLink frames. */
export class FlightController {
  readonly frame: LocalFrame;
  readonly mission: MissionRunner;
  readonly #options: FlightControllerOptions;
  readonly #failsafes = new FailsafeMonitor();
  readonly #texts: { readonly atS: number; readonly text: string }[];
  #state: AircraftState;
  #program: FlightProgram = { kind: 'ground' };
  #mode: ModeNumber = COPTER_MODE.STABILIZE;
  #armed = false;
  #landed = true;
  #home: LocalPoint | null = null;
  #groundForS = 0;
  #prearmReportInS = PREARM_REPORT_EVERY_S;
  #speedMps: number | null = null;
  #refusal: string | null = null;

  constructor(options: FlightControllerOptions) {
    this.#options = options;
    this.frame = new LocalFrame(options.start);
    this.#state = { ...parkedAircraft(options.seed), battery: batteryAt(options.batteryFraction) };
    this.#texts = [...startupTexts(options.startup, options.start.altitudeAmslM)];
    this.mission = new MissionRunner({
      items: () => options.missions.list(0),
      locate: (item) => this.locate(item),
      settings: () => this.settings(),
      isLanded: () => this.#landed,
      onStarted: (seq, name) => options.events.text(SEVERITY.INFO, `Mission: ${seq} ${name}`),
      onReached: (seq, isWaypoint) => {
        options.events.itemReached(seq);
        if (isWaypoint) options.events.text(SEVERITY.INFO, `Reached command #${seq}`);
      },
      onPassingCommand: (seq, item) => options.events.payloadCommand(seq, item),
    });
  }

  get state(): AircraftState {
    return this.#state;
  }
  get mode(): ModeNumber {
    return this.#mode;
  }
  get armed(): boolean {
    return this.#armed;
  }
  /** On the ground as the autopilot sees it (land detector), not as physics does. */
  get landed(): boolean {
    return this.#landed;
  }
  get home(): LocalPoint | null {
    return this.#home;
  }
  get positionOk(): boolean {
    return this.#state.timeS >= this.#options.startup.positionS;
  }
  get gpsOk(): boolean {
    return this.#state.timeS >= this.#options.startup.gpsFixS;
  }
  get ready(): boolean {
    return this.#state.timeS >= this.#options.startup.readyS;
  }
  /** SYS_STATUS pre-arm bit. Comes before the position estimate, as on the real one. */
  get prearmBit(): boolean {
    return this.#state.timeS >= this.#options.startup.prearmBitS && this.#standingObjections().length === 0;
  }
  get isTakingOff(): boolean {
    return this.#armed && this.#flownProgram?.kind === 'takeoff';
  }
  get isLanding(): boolean {
    const program = this.#flownProgram;
    return program?.kind === 'land' || (program?.kind === 'return' && program.phase === 'descend');
  }
  /** In AUTO the mission flies; what was flown before it is no longer so. Null on a leg of the mission. */
  get #flownProgram(): FlightProgram | null {
    return this.#mode === COPTER_MODE.AUTO ? this.mission.program : this.#program;
  }
  /** Height above home; 0 before home is known. */
  get heightAboveHomeM(): number {
    return this.#home === null ? 0 : this.#state.upM - this.#home.upM;
  }

  /** One step of at most 0.05 s. */
  step(dtS: number): void {
    this.#announceStartup();
    const demand = this.#demand(dtS);
    const { wind } = this.#options;
    this.#state = stepAircraft(this.#state, dtS, {
      demand,
      limits: limitsFrom(this.#options.parameters),
      wind,
    });
    this.#detectLanding(dtS);
    this.#checkFailsafes(dtS);
    this.#reportPrearm(dtS);
  }

  /** @returns false when refused; the reason has then been said as a text. */
  requestMode(requested: number): boolean {
    const decision = decideModeChange(requested, {
      armed: this.#armed,
      landed: this.#landed,
      positionOk: this.positionOk,
      missionPresent: this.#options.missions.list(0).length > 1,
      missionStartsWithTakeoff: this.mission.startsWithTakeoff(),
    });
    if (decision.kind === 'refused') {
      this.#options.events.text(SEVERITY.WARNING, decision.text);
      return false;
    }
    if (decision.mode === this.#mode) return true;
    if (this.#mode === COPTER_MODE.AUTO) this.mission.stop();
    this.#mode = decision.mode;
    this.#enterMode();
    return true;
  }

  /** @returns false when refused; every reason has then been said as "PreArm: …" or "Arm: …". */
  arm(force: boolean): boolean {
    if (this.#armed) return true;
    const { events, parameters } = this.#options;
    const reasons = force && this.#refusal === null ? [] : this.prearmObjections();
    const modeReason = armingObjection(this.#mode, parameters.number('AUTO_OPTIONS'));
    if (modeReason !== null && reasons.length === 0) reasons.push(`Arm: ${modeReason}`);
    for (const reason of reasons) events.text(SEVERITY.CRITICAL, reason);
    if (reasons.length > 0) return false;
    this.#armed = true;
    this.#groundForS = 0;
    this.#failsafes.onArmed();
    this.setHome({ eastM: this.#state.eastM, northM: this.#state.northM, upM: this.#state.upM });
    events.text(SEVERITY.INFO, 'Arming motors');
    if (this.#mode === COPTER_MODE.AUTO) this.mission.start(this.#state);
    return true;
  }

  /** Refused in the air unless forced; forced in the air the aircraft falls. */
  disarm(force: boolean): boolean {
    if (!this.#armed) return true;
    if (!this.#landed && !force) return false;
    this.#armed = false;
    this.#landed = true;
    this.#program = { kind: 'ground' };
    this.#speedMps = null;
    if (this.#mode === COPTER_MODE.AUTO) this.mission.stop();
    this.mission.rewind();
    this.#options.events.text(SEVERITY.INFO, 'Disarming motors');
    return true;
  }

  /** NAV_TAKEOFF as a command: only armed, on the ground and in GUIDED; metres above home. */
  takeoff(heightM: number): boolean {
    if (!this.#armed || !this.#landed || this.#mode !== COPTER_MODE.GUIDED || !(heightM > 0)) return false;
    const { eastM, northM } = this.#state;
    this.#program = { kind: 'takeoff', to: { eastM, northM, upM: (this.#home?.upM ?? 0) + heightM } };
    return true;
  }

  /** DO_REPOSITION in GUIDED; false on the ground or in another mode. */
  reposition(to: LocalPoint): boolean {
    if (!this.#armed || this.#landed || this.#mode !== COPTER_MODE.GUIDED) return false;
    const { eastM, northM, upM } = this.#state;
    this.#program = { kind: 'goto', from: { eastM, northM, upM }, to, speedMps: this.settings().speedMps };
    return true;
  }

  setSpeed(speedMps: number): void {
    const limited = Math.min(speedMps, COPTER_LIMITS.maxSpeedMps);
    this.#speedMps = limited;
    this.mission.setSpeed(limited);
  }

  setHome(home: LocalPoint): void {
    this.#home = home;
    const geo = this.frame.toGeo(home);
    this.#options.missions.setHome({
      frame: 0,
      command: 16,
      param1: 0,
      param2: 0,
      param3: 0,
      param4: 0,
      x: Math.round(geo.latDeg * 1e7),
      y: Math.round(geo.lonDeg * 1e7),
      z: Math.fround(Math.round(geo.altitudeAmslM * 100) * Math.fround(0.01)),
    });
    this.#options.events.homeSet();
  }

  /** Everything that speaks against arming now, as the autopilot's texts. */
  prearmObjections(): string[] {
    const reasons = this.#standingObjections();
    if (!this.positionOk) reasons.push('PreArm: Need Position Estimate');
    return reasons;
  }

  sayPrearmObjections(): void {
    for (const reason of this.prearmObjections()) this.#options.events.text(SEVERITY.CRITICAL, reason);
  }

  /** Heard from the ground station whose system id is MAV_GCS_SYSID. */
  gcsHeard(): void {
    if (this.#failsafes.gcsHeard()) this.#options.events.text(SEVERITY.WARNING, 'GCS Failsafe Cleared');
  }

  /** Fault: arming is refused with this reason until null. */
  refuseToArm(reason: string | null): void {
    this.#refusal = reason;
  }

  setBatteryFraction(fraction: number): void {
    this.#state = { ...this.#state, battery: batteryAt(fraction) };
  }

  remainingMah(): number {
    return remainingFraction(this.#state.battery) * SIM_BATTERY.capacityMah;
  }

  settings(): FlightSettings {
    return settingsFrom(this.#options.parameters, this.#speedMps, this.#home);
  }

  /** Place of a mission item; null for 0, 0, which ArduPilot reads as "where I am". */
  locate(item: Pick<MissionItem, 'frame' | 'x' | 'y' | 'z'>): LocalPoint | null {
    if (item.x === 0 && item.y === 0) return null;
    const isRelative = item.frame === 3 || item.frame === 6;
    const point = { lonDeg: item.y / 1e7, latDeg: item.x / 1e7, altitudeAmslM: item.z };
    const local = this.frame.toLocal(point);
    return isRelative ? { ...local, upM: (this.#home?.upM ?? 0) + item.z } : local;
  }

  #standingObjections(): string[] {
    const faults = this.#refusal === null ? [] : [`PreArm: ${this.#refusal}`];
    const { parameters, armingObjections } = this.#options;
    return [...faults, ...batteryObjections(parameters, this.remainingMah()), ...armingObjections()];
  }

  #enterMode(): void {
    if (this.#mode === COPTER_MODE.AUTO) {
      if (this.#armed) this.mission.start(this.#state);
      return;
    }
    if (!this.#armed || (this.#landed && this.#state.onGround)) {
      this.#program = { kind: 'ground' };
      return;
    }
    const at = stoppingPoint(this.#state, limitsFrom(this.#options.parameters));
    if (this.#mode === COPTER_MODE.RTL) this.#program = startReturn(this.#state, this.settings());
    else if (this.#mode === COPTER_MODE.LAND) this.#program = { kind: 'land', at };
    else this.#program = { kind: 'hold', at, yawRad: null };
  }

  #demand(dtS: number): Demand {
    if (!this.#armed) return { kind: 'off' };
    if (this.#mode === COPTER_MODE.AUTO) return this.mission.step(this.#state, dtS).demand;
    const stepped = stepProgram(this.#program, this.#state, this.settings(), dtS);
    this.#program = stepped.program;
    if (stepped.done && (stepped.program.kind === 'takeoff' || stepped.program.kind === 'goto')) {
      this.#program = { kind: 'hold', at: stepped.program.to, yawRad: null };
    }
    return stepped.demand;
  }

  #detectLanding(dtS: number): void {
    if (!this.#armed) return;
    if (!this.#state.onGround) {
      this.#groundForS = 0;
      this.#landed = false;
      return;
    }
    this.#groundForS += dtS;
    if (!this.#landed && this.#groundForS >= LAND_DETECT_S) this.#landed = true;
    if (!this.#landed) return;
    const endsHere =
      this.#mode === COPTER_MODE.RTL ||
      this.#mode === COPTER_MODE.LAND ||
      (this.#mode === COPTER_MODE.AUTO && this.mission.status === 'complete');
    const delayS = this.#options.parameters.number('DISARM_DELAY');
    if (endsHere || (delayS > 0 && this.#groundForS >= delayS)) this.disarm(false);
  }

  #checkFailsafes(dtS: number): void {
    const { parameters, events } = this.#options;
    const due = this.#failsafes.step(dtS, this.#armed && !this.#landed, {
      remainingMah: this.remainingMah(),
      capacityMah: SIM_BATTERY.capacityMah,
      voltageV: this.#state.battery.voltageV,
      parameter: (name) => parameters.number(name),
    });
    for (const event of due) {
      if (event.text !== null) events.text(SEVERITY.WARNING, event.text);
      this.#act(event.cause, event.action);
    }
  }

  #act(cause: string, action: FailsafeAction): void {
    if (action === 'none') return;
    const target = action === 'land' ? COPTER_MODE.LAND : COPTER_MODE.RTL;
    const isLandingAlready = this.#mode === COPTER_MODE.LAND;
    const mode = isLandingAlready ? COPTER_MODE.LAND : target;
    this.#options.events.text(SEVERITY.WARNING, `${cause} Failsafe - ${modeName(mode)}`);
    this.requestMode(mode);
  }

  #announceStartup(): void {
    const { timeS } = this.#state;
    if (this.#home === null && timeS >= this.#options.startup.homeS) {
      this.setHome({ eastM: this.#state.eastM, northM: this.#state.northM, upM: this.#state.upM });
    }
    while (this.#texts[0] !== undefined && this.#texts[0].atS <= timeS) {
      const due = this.#texts.shift();
      if (due !== undefined) this.#options.events.text(SEVERITY.INFO, due.text);
    }
  }

  #reportPrearm(dtS: number): void {
    if (this.#armed) return;
    this.#prearmReportInS -= dtS;
    if (this.#prearmReportInS > 0) return;
    this.#prearmReportInS = PREARM_REPORT_EVERY_S;
    this.sayPrearmObjections();
  }
}
