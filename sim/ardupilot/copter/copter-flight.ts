import type { MavLinkData } from '../../../firmware-bridge/codec/messages.ts';
import type { MissionItem } from '../../../missions/mission-item.ts';
import { type AircraftState, type Demand, parkedAircraft } from '../../aircraft/aircraft-state.ts';
import { batteryAt, remainingFraction, SIM_BATTERY } from '../../aircraft/battery.ts';
import { LocalFrame, type LocalPoint } from '../../aircraft/local-frame.ts';
import { stepAircraft } from '../../aircraft/step-aircraft.ts';
import type { VehicleFault } from '../../faults/model.ts';
import type { Command } from '../../vehicle/command.ts';
import type { BatteryReading } from '../battery-watch.ts';
import { FENCE, Fence, fenceNames } from '../fence.ts';
import {
  type CommandHost,
  type EstimatorView,
  type Flight,
  type FlightOptions,
  type HealthView,
  type NavigationView,
  SEVERITY,
} from '../firmware.ts';
import {
  armingObjection,
  baseMode,
  COPTER_MODE,
  decideModeChange,
  hasManualThrottle,
  isModeNumber,
  type ModeNumber,
  modeName,
  needsPosition,
  spokenName,
} from '../modes.ts';
import { returnPlace } from '../rally.ts';
import { type GpsReading, Sensors } from '../sensors.ts';
import { startupTexts } from '../startup.ts';
import { prearmObjections } from './arming.ts';
import { AutoYaw } from './auto-yaw.ts';
import { circleProgram } from './circle-program.ts';
import { executeCopterCommand } from './copter-commands.ts';
import type { CopterControls } from './copter-controls.ts';
import { CopterMission } from './copter-mission.ts';
import { type CopterSettings, copterSettings, NO_WISHES, type SpeedWishes } from './copter-settings.ts';
import { attemptsFor, decideFailsafe, type FailsafeAction, fenceAction } from './failsafe.ts';
import { type FailsafeEvent, FailsafeWatch, type WatchInput } from './failsafe-watch.ts';
import { handleGuidedTarget } from './guided-messages.ts';
import { GuidedProgram } from './guided-program.ts';
import { navigationOf } from './navigation.ts';
import {
  driftProgram,
  GROUND,
  holdHere,
  holdProgram,
  landProgram,
  type Program,
  type ProgramHost,
  takeoffProgram,
} from './program.ts';
import { type ReturnTarget, returnProgram } from './return-program.ts';
import { Breadcrumbs, smartReturnProgram } from './smart-return.ts';

/** Standing still on the ground this long with motors running counts as landed. */
const LAND_DETECT_S = 1;
/** From the touch-down to motors off (SITL: 2.0–2.2 s). */
const DISARM_AFTER_S = 2;
const PREARM_REPORT_EVERY_S = 30;
/** In the first seconds after arming a failsafe disarms (ARMING_DELAY_SEC). */
const ARMING_DELAY_S = 2;
/** The fence is checked so often; the real one does it 25 times a second. */
const FENCE_EVERY_S = 0.2;
const CRUMB_EVERY_S = 0.4;
const PREARM_BIT_EVERY_S = 1;
/** LAND_WITH_DELAY_MS: a landing by failsafe waits before it goes down. */
const LAND_PAUSE_S = 4;
/** AC_FENCE_GIVE_UP_DISTANCE: farther outside it lands where it is. */
const FENCE_GIVE_UP_M = 100;

/** Modes, arming, fence and failsafes of one simulated Copter; what it flies is in its programs. */
export class CopterFlight implements Flight, CopterControls {
  readonly frame: LocalFrame;
  readonly mission: CopterMission;
  readonly fenceMonitor: Fence;
  readonly yaw = new AutoYaw();
  readonly vtolState = 0;
  readonly #options: FlightOptions;
  readonly #sensors: Sensors;
  readonly #watch: FailsafeWatch;
  readonly #crumbs = new Breadcrumbs();
  readonly #texts: { readonly atS: number; readonly text: string }[];
  readonly #host: ProgramHost;
  #state: AircraftState;
  #seen: AircraftState;
  #program: Program = GROUND;
  #mode: ModeNumber = COPTER_MODE.STABILIZE;
  #autoReturns = false;
  #armed = false;
  #landed = true;
  #home: LocalPoint | null = null;
  #homeLocked = false;
  #hadPosition = false;
  #groundForS = 0;
  #armedForS = 0;
  #prearmReportInS = PREARM_REPORT_EVERY_S;
  #prearmBitInS = 0;
  #prearmPassed = false;
  #fenceInS = 0;
  #crumbInS = 0;
  #resets = 0;
  #wishes: SpeedWishes = NO_WISHES;
  #settings: CopterSettings | null = null;
  #settingsVersion = -1;
  #refusal: string | null = null;
  #cellSag: { readonly cell: number; readonly sagV: number } | null = null;
  #terrainFailed = false;

  constructor(options: FlightOptions) {
    this.#options = options;
    const { parameters, missions, events } = options;
    this.frame = new LocalFrame(options.start);
    this.#state = { ...parkedAircraft(options.seed), battery: batteryAt(options.batteryFraction) };
    this.#seen = this.#state;
    this.#texts = [...startupTexts(options.startup, options.start.altitudeAmslM)];
    this.#sensors = new Sensors({
      startup: options.startup,
      text: (severity, text) => events.text(severity, text),
    });
    this.#watch = new FailsafeWatch(parameters);
    this.fenceMonitor = new Fence({
      items: () => missions.list(1),
      locate: (item) => this.frame.toLocal({ lonDeg: item.y / 1e7, latDeg: item.x / 1e7, altitudeAmslM: 0 }),
      parameter: (name) => parameters.number(name),
      text: (severity, text) => events.text(severity, text),
    });
    this.#host = {
      settings: () => this.settings(),
      yaw: this.yaw,
      home: () => this.#homeOrStart(),
      positionOk: () => this.positionOk,
      isLanded: () => this.#landed && this.#groundForS >= DISARM_AFTER_S,
    };
    this.mission = new CopterMission({
      ...this.#host,
      items: () => missions.list(0),
      seen: () => this.#seen,
      following: () => null,
      placeOf: (item, fallback) => this.#placeOf(item, fallback),
      groundUpM: (at) => this.#groundUpM(at),
      returnTarget: () => this.#returnTarget(),
      terrainMissing: () => this.#terrainMissing(),
      text: (severity, text) => events.text(severity, text),
      isArmed: () => this.#armed,
      reached: (seq) => events.itemReached(seq),
      payload: (seq, item) => events.payloadCommand(seq, item),
      setHome: (at) => this.#putHome(at ?? this.#seen),
      setSpeed: (type, speedMps) => this.changeSpeed(type, speedMps),
      switchFence: (value) => this.fenceMonitor.command(value),
      restartsAlways: () => parameters.number('MIS_RESTART') === 1,
      disarm: () => this.disarm(true),
    });
  }

  get state(): AircraftState {
    return this.#state;
  }
  get seen(): AircraftState {
    return this.#seen;
  }
  get mode(): number {
    return this.#isAuto && this.#autoReturns ? COPTER_MODE.AUTO_RTL : this.#mode;
  }
  get modeName(): string {
    return modeName(this.#isAuto && this.#autoReturns ? COPTER_MODE.AUTO_RTL : this.#mode);
  }
  get baseMode(): number {
    return baseMode(this.#mode, this.#armed, this.positionOk);
  }
  get armed(): boolean {
    return this.#armed;
  }
  get landed(): boolean {
    return this.#landed;
  }
  get home(): LocalPoint | null {
    return this.#home;
  }
  get heightAboveHomeM(): number {
    return this.#home === null ? 0 : this.#seen.upM - this.#home.upM;
  }
  get positionOk(): boolean {
    return this.#sensors.positionOk;
  }
  get gpsOk(): boolean {
    return this.#sensors.gpsOk;
  }
  get ready(): boolean {
    return this.#state.timeS >= this.#options.startup.readyS;
  }
  get prearmBit(): boolean {
    return this.#state.timeS >= this.#options.startup.prearmBitS && this.#prearmPassed;
  }
  get isInFailsafe(): boolean {
    return this.#watch.any || this.#terrainFailed;
  }
  get isTakingOff(): boolean {
    return this.#armed && this.#flown?.isTakingOff === true;
  }
  get isLanding(): boolean {
    return this.#armed && this.#flown?.isLanding === true;
  }
  get cellSag(): { readonly cell: number; readonly sagV: number } | null {
    return this.#cellSag;
  }
  get fence() {
    const { enabled, breaches, breachCount, breachType, breachAtMs } = this.fenceMonitor;
    return { enabled, breaches, breachCount, breachType, breachAtMs };
  }
  get health(): HealthView {
    const flies = this.#armed || this.#mode !== COPTER_MODE.STABILIZE;
    return {
      compass: this.#sensors.compassHealthy,
      battery: this.#watch.batteryLevel === 'ok',
      fence: this.fenceMonitor.breaches === 0,
      ahrs: this.#home !== null,
      horizontalControl: flies && needsPosition(this.#mode) && this.positionOk,
      verticalControl: flies && !hasManualThrottle(this.#mode),
      receiver: this.#watch.hasTransmitter ? !this.#watch.radioLost : null,
    };
  }
  /** In AUTO the mission flies; what was flown before it is no longer so. Null on a leg of the mission. */
  get #flown(): Program | null {
    return this.#isAuto ? this.mission.flight.program : this.#program;
  }
  get #isAuto(): boolean {
    return this.#mode === COPTER_MODE.AUTO;
  }

  gps(): GpsReading {
    return this.#sensors.gps(this.#state);
  }

  estimator(): EstimatorView {
    return this.#sensors.ekf();
  }

  navigation(): NavigationView {
    const { flight } = this.mission;
    const to = this.#isAuto ? flight.destination : this.#program.destination;
    return navigationOf(this.#seen, this.#isAuto ? flight.origin : null, to);
  }

  settings(): CopterSettings {
    const { parameters } = this.#options;
    if (this.#settings === null || this.#settingsVersion !== parameters.version) {
      this.#settingsVersion = parameters.version;
      this.#settings = copterSettings(parameters, this.#wishes);
    }
    return this.#settings;
  }

  step(dtS: number): void {
    this.#announceStartup();
    this.#sensors.step(this.#state.timeS, dtS, this.#armed && !this.#landed);
    this.#followResets();
    this.#seen = this.#sensors.perceive(this.#state);
    const demand = this.#demand(dtS);
    this.#seen = stepAircraft(this.#seen, dtS, {
      demand,
      limits: this.settings().limits,
      wind: this.#options.wind(),
    });
    this.#state = this.#sensors.actual(this.#seen);
    if (this.#armed) this.#armedForS += dtS;
    this.#detectLanding(dtS);
    this.#checkFence(dtS);
    this.#checkFailsafes(dtS);
    this.#dropCrumb(dtS);
    this.#reportPrearm(dtS);
  }

  requestMode(requested: number): boolean {
    if (isModeNumber(requested) && requested === this.mode) return true;
    const decision = decideModeChange(requested, {
      armed: this.#armed,
      landed: this.#landed,
      positionOk: this.positionOk,
      missionPresent: this.#options.missions.list(0).length > 1,
      missionStartsWithTakeoff: this.mission.startsWithTakeoff,
      hasPathHome: this.#crumbs.hasPath,
      hasLandingSequence: this.mission.sequence.landingSequence() !== null,
      homeKnown: this.#home !== null,
    });
    if (decision.kind === 'refused') {
      this.#say(SEVERITY.WARNING, decision.text);
      return false;
    }
    this.#enter(decision.mode);
    return true;
  }

  arm(force: boolean): boolean {
    if (this.#armed) return true;
    const { parameters } = this.#options;
    const reasons = force ? this.#mandatoryObjections() : this.prearmObjections();
    const modeReason = armingObjection(this.#mode, parameters.number('AUTO_OPTIONS'));
    if (modeReason !== null && reasons.length === 0) reasons.push(`Arm: ${modeReason}`);
    for (const reason of reasons) this.#say(SEVERITY.CRITICAL, reason);
    if (reasons.length > 0) return false;
    this.#armed = true;
    this.#armedForS = 0;
    this.#groundForS = 0;
    this.#watch.onArmed();
    this.yaw.onArmed(this.#seen.yawRad);
    if (!this.#homeLocked && this.positionOk) this.#putHome(this.#seen);
    if (this.positionOk) this.#crumbs.start(this.#seen);
    this.#say(SEVERITY.INFO, 'Arming motors');
    if (!this.#isAuto) this.#program = GROUND;
    return true;
  }

  /** Refused in the air unless forced; forced in the air the aircraft falls. */
  disarm(force: boolean): boolean {
    if (!this.#armed) return true;
    if (!this.#landed && !force) return false;
    this.#armed = false;
    this.#landed = true;
    this.#program = GROUND;
    this.#setWishes(NO_WISHES);
    this.#crumbs.discard();
    this.fenceMonitor.onDisarmed();
    this.mission.onDisarmed();
    this.#terrainFailed = false;
    this.#say(SEVERITY.INFO, 'Disarming motors');
    return true;
  }

  /** NAV_TAKEOFF as a command; metres above home. */
  takeoff(heightM: number): boolean {
    const canTakeOff =
      this.#mode === COPTER_MODE.GUIDED ||
      this.#mode === COPTER_MODE.LOITER ||
      this.#mode === COPTER_MODE.POSHOLD;
    const upM = this.#homeOrStart().upM + heightM;
    if (!this.#armed || !this.#landed || !canTakeOff || !(upM > this.#seen.upM)) return false;
    this.yaw.hold();
    this.#program = takeoffProgram(this.#host, this.#seen, upM);
    return true;
  }

  /** The program that takes guided targets; null in other modes. On the ground it is made, but flies nowhere. */
  guided(): GuidedProgram | null {
    if (this.#mode !== COPTER_MODE.GUIDED) return null;
    if (this.#program instanceof GuidedProgram) return this.#program;
    const guided = new GuidedProgram(this.#host, this.#seen);
    if (this.#armed && !this.#landed) this.#program = guided;
    return guided;
  }

  /** Speed types: 0 and 1 over the ground, 2 climb, 3 descent. */
  changeSpeed(type: number, speedMps: number): void {
    if (type === 2) this.#setWishes({ ...this.#wishes, climbMps: speedMps });
    else if (type === 3) this.#setWishes({ ...this.#wishes, descentMps: speedMps });
    else this.#setWishes({ ...this.#wishes, levelMps: speedMps });
    this.mission.flight.speedChanged();
    this.#program.speedChanged?.();
  }

  setHome(home: LocalPoint): void {
    this.#homeLocked = true;
    this.#putHome(home);
  }

  prearmObjections(): string[] {
    const { parameters, armingObjections } = this.#options;
    return prearmObjections({
      parameters,
      sensors: this.#sensors,
      fence: this.fenceMonitor,
      mode: this.#mode,
      battery: this.#battery(),
      at: this.positionOk ? this.#seen : null,
      home: this.#home,
      ready: this.ready,
      gcsLost: this.#watch.gcsLost,
      hasTransmitter: this.#watch.hasTransmitter,
      radioLost: this.#watch.radioLost,
      batteryFailed: this.#watch.batteryLevel !== 'ok',
      refusal: this.#refusal,
      others: armingObjections(),
    });
  }

  sayPrearmObjections(): void {
    for (const reason of this.prearmObjections()) this.#say(SEVERITY.CRITICAL, reason);
  }

  gcsHeard(): void {
    if (this.#watch.gcsHeard()) this.#say(SEVERITY.WARNING, 'GCS Failsafe Cleared');
  }

  command(command: Command, host: CommandHost): number | null {
    return executeCopterCommand(command, this, host);
  }

  handle(message: MavLinkData): boolean {
    return handleGuidedTarget(message, this);
  }

  parameterWritten(name: string): void {
    this.fenceMonitor.parameterWritten(name);
  }

  refuseToArm(reason: string | null): void {
    this.#refusal = reason;
    this.#prearmBitInS = 0;
  }

  setBatteryFraction(fraction: number): void {
    this.#state = { ...this.#state, battery: batteryAt(fraction) };
    this.#seen = this.#sensors.perceive(this.#state);
  }

  fault(fault: VehicleFault, isActive: boolean): boolean {
    if (fault.kind === 'low-cell') {
      this.#cellSag = isActive ? { cell: fault.cell, sagV: fault.sagV } : null;
      return true;
    }
    if (fault.kind === 'rc-loss') {
      if (!this.#watch.hasTransmitter) return false;
      if (this.#watch.radio(!isActive)) this.#say(SEVERITY.WARNING, 'Radio Failsafe Cleared');
      return true;
    }
    return this.#sensors.fault(fault, isActive);
  }

  locate(item: Pick<MissionItem, 'frame' | 'x' | 'y' | 'z'>): LocalPoint | null {
    if (item.x === 0 && item.y === 0) return null;
    const local = this.frame.toLocal({ lonDeg: item.y / 1e7, latDeg: item.x / 1e7, altitudeAmslM: item.z });
    if (item.frame === 3 || item.frame === 6) return { ...local, upM: this.#homeOrStart().upM + item.z };
    if (item.frame !== 10 && item.frame !== 11) return local;
    const groundM = this.#groundUpM(local);
    return groundM === null ? null : { ...local, upM: groundM + item.z };
  }

  #placeOf(item: MissionItem, fallback: LocalPoint): LocalPoint | null {
    const { eastM, northM } = fallback;
    const hasPlace = item.x !== 0 || item.y !== 0;
    const at = hasPlace
      ? this.frame.toLocal({ lonDeg: item.y / 1e7, latDeg: item.x / 1e7, altitudeAmslM: item.z })
      : { eastM, northM, upM: item.z - this.frame.origin.altitudeAmslM };
    if (item.z === 0) return { ...at, upM: fallback.upM };
    if (item.frame === 3) return { ...at, upM: this.#homeOrStart().upM + item.z };
    if (item.frame !== 10) return at;
    const groundM = this.#groundUpM(at);
    return groundM === null ? null : { ...at, upM: groundM + item.z };
  }

  #groundUpM(at: LocalPoint): number | null {
    const { terrain } = this.#options;
    if (terrain === null) return 0;
    const { lonDeg, latDeg } = this.frame.toGeo(at);
    const amslM = terrain(lonDeg, latDeg);
    return amslM === null ? null : amslM - this.frame.origin.altitudeAmslM;
  }

  #homeOrStart(): LocalPoint {
    return this.#home ?? { eastM: 0, northM: 0, upM: 0 };
  }

  #putHome({ eastM, northM, upM }: LocalPoint): void {
    this.#home = { eastM, northM, upM };
    const geo = this.frame.toGeo(this.#home);
    const z = Math.fround(Math.round(geo.altitudeAmslM * 100) * Math.fround(0.01));
    const x = Math.round(geo.latDeg * 1e7);
    const y = Math.round(geo.lonDeg * 1e7);
    this.#options.missions.setHome({
      frame: 0,
      command: 16,
      param1: 0,
      param2: 0,
      param3: 0,
      param4: 0,
      x,
      y,
      z,
    });
    this.#options.events.homeSet();
  }

  #returnTarget(): ReturnTarget {
    const { parameters, missions } = this.#options;
    const rally = missions.list(2).flatMap((item) => this.locate(item) ?? []);
    const home = this.#homeOrStart();
    const at = returnPlace(this.#seen, home, rally, {
      limitKm: parameters.number('RALLY_LIMIT_KM'),
      includesHome: parameters.number('RALLY_INCL_HOME') !== 0,
    });
    const isCapped = (this.fenceMonitor.active & FENCE.ALT_MAX) !== 0;
    const ceilingM = isCapped ? parameters.number('FENCE_ALT_MAX') - parameters.number('FENCE_MARGIN') : null;
    return { at, ceilingM };
  }

  #battery(): BatteryReading {
    const { battery } = this.#state;
    return {
      remainingMah: remainingFraction(battery) * SIM_BATTERY.capacityMah,
      voltageV: battery.voltageV - (this.#cellSag?.sagV ?? 0),
    };
  }

  #setWishes(wishes: SpeedWishes): void {
    this.#wishes = wishes;
    this.#settings = null;
  }

  #mandatoryObjections(): string[] {
    if (this.#refusal !== null) return [`PreArm: ${this.#refusal}`];
    return needsPosition(this.#mode) && !this.positionOk ? ['PreArm: Need Position Estimate'] : [];
  }

  #enter(mode: ModeNumber): void {
    if (mode === COPTER_MODE.AUTO_RTL) {
      const landing = this.mission.sequence.landingSequence();
      if (landing !== null) this.mission.setCurrent(landing);
      if (!this.#isAuto) this.#enter(COPTER_MODE.AUTO);
      this.#autoReturns = true;
      return;
    }
    this.#autoReturns = false;
    if (mode === this.#mode) return;
    if (this.#isAuto) this.mission.leave();
    this.#mode = mode;
    this.#setWishes(NO_WISHES);
    if (this.fenceMonitor.breaches !== 0 && this.#options.parameters.number('FENCE_ACTION') !== 0)
      this.#say(SEVERITY.INFO, 'Manual recovery started');
    if (mode === COPTER_MODE.AUTO) {
      if (this.yaw.kind === 'roi') this.yaw.hold();
      if (this.#home !== null) this.mission.enter();
      return;
    }
    this.#program =
      this.#armed && !(this.#landed && this.#state.onGround) ? this.#programOf(mode, 0) : GROUND;
  }

  #programOf(mode: ModeNumber, landPauseS: number): Program {
    switch (mode) {
      case COPTER_MODE.RTL:
        return returnProgram(this.#host, this.#seen, this.#returnTarget());
      case COPTER_MODE.SMART_RTL:
        return smartReturnProgram(this.#host, this.#seen, this.#crumbs);
      case COPTER_MODE.LAND:
        this.yaw.hold();
        return landProgram(this.#host, this.#seen, {
          at: null,
          groundUpM: this.#homeOrStart().upM,
          pauseS: landPauseS,
        });
      case COPTER_MODE.CIRCLE:
        return circleProgram(this.#host, this.#seen);
      case COPTER_MODE.GUIDED:
        this.yaw.hold();
        return new GuidedProgram(this.#host, this.#seen);
      case COPTER_MODE.STABILIZE:
      case COPTER_MODE.ALT_HOLD:
        return driftProgram();
      default:
        this.yaw.hold();
        return holdHere(this.#host, this.#seen);
    }
  }

  #demand(dtS: number): Demand {
    if (!this.#armed) {
      if (this.#isAuto) this.mission.rest();
      return { kind: 'off' };
    }
    if (this.#isAuto) {
      const demand = this.mission.step(this.#seen, dtS);
      return this.#armed ? demand : { kind: 'off' };
    }
    const demand = this.#program.step(this.#seen, dtS);
    if (this.#program.kind === 'takeoff' && this.#program.isDone)
      this.#program =
        this.#mode === COPTER_MODE.GUIDED
          ? this.#guidedAt(this.#program.destination)
          : holdProgram(this.#program.destination ?? this.#seen);
    return demand;
  }

  #guidedAt(to: LocalPoint | null): GuidedProgram {
    const guided = new GuidedProgram(this.#host, this.#seen);
    if (to !== null) guided.set({ kind: 'place', to });
    return guided;
  }

  /** The estimate jumped to where GPS says: what was held stays held, legs to real places are flown anew. */
  #followResets(): void {
    if (this.#sensors.positionResets === this.#resets) return;
    this.#resets = this.#sensors.positionResets;
    const before = this.#seen;
    const now = this.#sensors.perceive(this.#state);
    const [eastM, northM] = [now.eastM - before.eastM, now.northM - before.northM];
    if (this.#isAuto) this.mission.flight.shift(eastM, northM);
    else this.#program.shift?.(eastM, northM);
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
    const endsHere = !this.#isAuto && this.#program.isLanding && this.#program.isDone;
    const delayS = this.#options.parameters.number('DISARM_DELAY');
    // AUTO waits with turning motors for its take-off (auto_disarm_check).
    const isIdle = delayS > 0 && this.#groundForS >= delayS && !this.#isAuto && !this.isTakingOff;
    const isForgotten = this.#isAuto && delayS > 0 && this.#groundForS >= delayS && !this.mission.isRunning;
    const standsInReturn =
      (this.#mode === COPTER_MODE.RTL || this.#mode === COPTER_MODE.LAND) &&
      this.#groundForS >= DISARM_AFTER_S;
    if (endsHere || isIdle || isForgotten || standsInReturn) this.disarm(false);
  }

  #checkFence(dtS: number): void {
    this.#fenceInS -= dtS;
    if (this.#fenceInS > 0) return;
    this.#fenceInS = FENCE_EVERY_S;
    const before = this.fenceMonitor.breaches;
    const isLanding = !this.#armed || this.#landed || this.isLanding;
    const fresh = this.fenceMonitor.check({
      at: this.positionOk ? this.#seen : null,
      home: this.#home,
      heightM: this.heightAboveHomeM,
      timeS: this.#state.timeS,
      isLanding,
    });
    if (before !== 0 && this.fenceMonitor.breaches === 0 && !this.#landed)
      this.#say(SEVERITY.NOTICE, 'Fence breach cleared');
    if (fresh === 0) return;
    this.#options.events.announce(162);
    if (!this.#armed) return;
    if (!this.#landed) this.#say(SEVERITY.NOTICE, `${fenceNames(fresh)} breached`);
    const action = fenceAction(this.#options.parameters.number('FENCE_ACTION'));
    if (action === 'none') return;
    if (this.#landed) this.disarm(true);
    else this.#act(this.fenceMonitor.outsideM > FENCE_GIVE_UP_M ? 'land' : action, 0);
  }

  #checkFailsafes(dtS: number): void {
    if (this.positionOk) this.#hadPosition = true;
    const input: WatchInput = {
      battery: this.#battery(),
      capacityMah: SIM_BATTERY.capacityMah,
      armed: this.#armed,
      estimator: this.estimator(),
      positionOk: this.positionOk,
      hadPosition: this.#hadPosition,
    };
    for (const event of this.#watch.step(dtS, input)) this.#failsafe(event);
    const estimate = this.#watch.stepEkf(dtS, input);
    if (estimate?.kind === 'cleared' && this.#armed) this.#say(SEVERITY.CRITICAL, 'EKF Failsafe Cleared');
    if (estimate?.kind === 'failed') this.#estimateFailed(estimate.warn);
  }

  #failsafe({ cause, action, text }: FailsafeEvent): void {
    if (text !== null) this.#say(SEVERITY.WARNING, text);
    const decision = decideFailsafe(cause, action, {
      armed: this.#armed,
      mode: this.#mode,
      disarms: this.#armedForS < ARMING_DELAY_S || (this.#landed && !this.isTakingOff),
      isLanding: this.isLanding,
      batteryLands: this.#watch.batteryLevel === 'critical',
      options: this.#options.parameters.number('FS_OPTIONS'),
    });
    this.#say(SEVERITY.WARNING, decision.text);
    if (decision.action === 'disarm') this.disarm(true);
    else this.#act(decision.action, LAND_PAUSE_S);
  }

  #estimateFailed(warn: boolean): void {
    if (warn) this.#say(SEVERITY.CRITICAL, 'EKF variance');
    if (!this.#armed) return;
    const action = this.#options.parameters.number('FS_EKF_ACTION');
    const flownByPosition = needsPosition(this.#mode) || action === 3;
    const isLandingByPosition = this.#mode === COPTER_MODE.LAND;
    if (action === 0 || isLandingByPosition || !flownByPosition) {
      this.#say(SEVERITY.CRITICAL, 'EKF Failsafe');
      return;
    }
    if (action === 2 && !this.#watch.radioLost) this.#enter(COPTER_MODE.ALT_HOLD);
    else this.#act('land', LAND_PAUSE_S);
    this.#say(SEVERITY.CRITICAL, `EKF Failsafe: changed to ${spokenName(this.#mode)} Mode`);
  }

  #terrainMissing(): void {
    if (this.#terrainFailed) return;
    this.#terrainFailed = true;
    this.#say(SEVERITY.CRITICAL, 'Failsafe: Terrain data missing');
    if (this.#landed) this.disarm(true);
    else this.#act('return', LAND_PAUSE_S);
  }

  #act(action: FailsafeAction, landPauseS: number): void {
    if (action === 'terminate') this.disarm(true);
    for (const { mode, elseText } of attemptsFor(action)) {
      const wasLanding = this.#mode === COPTER_MODE.LAND;
      if (this.requestMode(mode)) {
        if (mode === COPTER_MODE.LAND && !wasLanding) this.#program = this.#programOf(mode, landPauseS);
        return;
      }
      if (elseText !== null) this.#say(SEVERITY.WARNING, elseText);
    }
  }

  #dropCrumb(dtS: number): void {
    if (!this.#armed || this.#mode === COPTER_MODE.SMART_RTL || !this.#crumbs.hasPath) return;
    this.#crumbInS -= dtS;
    if (this.#crumbInS > 0) return;
    this.#crumbInS = CRUMB_EVERY_S;
    const { parameters } = this.#options;
    if (!this.positionOk) {
      this.#crumbs.discard();
      this.#say(SEVERITY.WARNING, 'SmartRTL deactivated: bad position');
      return;
    }
    if (
      this.#crumbs.record(
        this.#seen,
        parameters.number('SRTL_ACCURACY'),
        parameters.number('SRTL_POINTS'),
      ) === 'full'
    ) {
      this.#crumbs.discard();
      this.#say(SEVERITY.WARNING, 'SmartRTL deactivated: buffer full');
    }
  }

  #announceStartup(): void {
    const { timeS } = this.#state;
    if (this.#home === null && timeS >= this.#options.startup.homeS) this.#putHome(this.#seen);
    while (this.#texts[0] !== undefined && this.#texts[0].atS <= timeS) {
      const due = this.#texts.shift();
      if (due !== undefined) this.#say(SEVERITY.INFO, due.text);
    }
  }

  #reportPrearm(dtS: number): void {
    if (this.#armed) return;
    this.#prearmReportInS -= dtS;
    this.#prearmBitInS -= dtS;
    if (this.#prearmBitInS <= 0) {
      this.#prearmBitInS = PREARM_BIT_EVERY_S;
      this.#prearmPassed = this.prearmObjections().length === 0;
    }
    if (this.#prearmReportInS > 0) return;
    this.#prearmReportInS = PREARM_REPORT_EVERY_S;
    this.sayPrearmObjections();
  }

  #say(severity: number, text: string): void {
    this.#options.events.text(severity, text);
  }
}
