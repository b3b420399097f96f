import type { MavLinkData } from '../../../firmware-bridge/codec/messages.ts';
import type { MissionItem } from '../../../missions/mission-item.ts';
import { type AircraftState, type Demand, parkedAircraft } from '../../aircraft/aircraft-state.ts';
import { batteryAt, remainingFraction, SIM_BATTERY } from '../../aircraft/battery.ts';
import { LocalFrame, type LocalPoint } from '../../aircraft/local-frame.ts';
import { stepAircraft } from '../../aircraft/step-aircraft.ts';
import type { VehicleFault } from '../../faults/model.ts';
import type { Command } from '../../vehicle/command.ts';
import type { BatteryReading } from '../battery-watch.ts';
import { Fence } from '../fence.ts';
import { type CommandHost, type Flight, type FlightOptions, SEVERITY } from '../firmware.ts';
import {
  armingObjection,
  baseMode,
  COPTER_MODE,
  decideModeChange,
  isModeNumber,
  type ModeNumber,
  modeName,
  needsPosition,
} from '../modes.ts';
import { Sensors } from '../sensors.ts';
import { startupTexts } from '../startup.ts';
import { prearmObjections } from './arming.ts';
import { AutoYaw } from './auto-yaw.ts';
import { executeCopterCommand } from './copter-commands.ts';
import type { CopterControls } from './copter-controls.ts';
import { healthOf } from './copter-health.ts';
import { CopterMission } from './copter-mission.ts';
import { CopterSafety } from './copter-safety.ts';
import type { CopterSettings } from './copter-settings.ts';
import { handleGuidedTarget } from './guided-messages.ts';
import { GuidedProgram } from './guided-program.ts';
import { LandingDetector } from './landing-detector.ts';
import { programOf } from './mode-program.ts';
import { navigationOf } from './navigation.ts';
import { CopterPlaces } from './places.ts';
import { PrearmReporter } from './prearm-reporter.ts';
import { GROUND, holdProgram, type Program, type ProgramHost, takeoffProgram } from './program.ts';
import { SettingsCache } from './settings-cache.ts';
import { Trail } from './trail.ts';

/** Modes, arming and take-off of one simulated Copter; what it flies is in its programs and its mission. */
export class CopterFlight implements Flight, CopterControls {
  readonly frame: LocalFrame;
  readonly mission: CopterMission;
  readonly fenceMonitor: Fence;
  readonly yaw = new AutoYaw();
  readonly vtolState = 0;
  readonly #options: FlightOptions;
  readonly #sensors: Sensors;
  readonly #places: CopterPlaces;
  readonly #safety: CopterSafety;
  readonly #reporter: PrearmReporter;
  readonly #trail: Trail;
  readonly #landing = new LandingDetector();
  readonly #settings: SettingsCache;
  readonly #host: ProgramHost;
  #state: AircraftState;
  #seen: AircraftState;
  #program: Program = GROUND;
  #mode: ModeNumber = COPTER_MODE.STABILIZE;
  /** AUTO is on its way to the landing sequence and shows as AUTO_RTL. */
  #autoReturns = false;
  #armed = false;
  #resets = 0;
  #refusal: string | null = null;
  #cellSag: { readonly cell: number; readonly sagV: number } | null = null;

  constructor(options: FlightOptions) {
    this.#options = options;
    const { parameters, missions, events, startup } = options;
    const text = (severity: number, line: string) => events.text(severity, line);
    this.frame = new LocalFrame(options.start);
    this.#state = { ...parkedAircraft(options.seed), battery: batteryAt(options.batteryFraction) };
    this.#seen = this.#state;
    this.#sensors = new Sensors({ startup, text });
    this.#trail = new Trail(parameters, text);
    this.#settings = new SettingsCache(parameters);
    this.#reporter = new PrearmReporter(startupTexts(startup, options.start.altitudeAmslM), {
      objections: () => this.prearmObjections(),
      text,
    });
    this.#places = new CopterPlaces({
      frame: this.frame,
      missions,
      parameters,
      terrain: options.terrain,
      homeSet: () => events.homeSet(),
    });
    this.fenceMonitor = new Fence({
      items: () => missions.list(1),
      locate: (item) => this.#places.locate(item) ?? this.#places.homeOrStart,
      parameter: (name) => parameters.number(name),
      text,
    });
    this.#host = {
      settings: () => this.settings(),
      yaw: this.yaw,
      home: () => this.#places.homeOrStart,
      positionOk: () => this.positionOk,
      isLanded: () => this.#landing.isSettled,
    };
    this.#safety = this.#makeSafety();
    this.mission = this.#makeMission();
  }

  get state(): AircraftState {
    return this.#state;
  }
  get seen(): AircraftState {
    return this.#seen;
  }
  get mode(): ModeNumber {
    return this.#isAuto && this.#autoReturns ? COPTER_MODE.AUTO_RTL : this.#mode;
  }
  get modeName(): string {
    return modeName(this.mode);
  }
  get baseMode(): number {
    return baseMode(this.#mode, this.#armed, this.positionOk);
  }
  get armed(): boolean {
    return this.#armed;
  }
  get landed(): boolean {
    return this.#landing.landed;
  }
  get home(): LocalPoint | null {
    return this.#places.home;
  }
  get heightAboveHomeM(): number {
    const { home } = this;
    return home === null ? 0 : this.#seen.upM - home.upM;
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
    return this.#state.timeS >= this.#options.startup.prearmBitS && this.#reporter.passed;
  }
  get isInFailsafe(): boolean {
    return this.#safety.isInFailsafe;
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
    return this.fenceMonitor;
  }
  get health() {
    return healthOf({
      mode: this.#mode,
      isFlown: this.#armed || this.#mode !== COPTER_MODE.STABILIZE,
      positionOk: this.positionOk,
      hasHome: this.home !== null,
      sensors: this.#sensors,
      fence: this.fenceMonitor,
      watch: this.#safety.watch,
    });
  }
  get #isAuto(): boolean {
    return this.#mode === COPTER_MODE.AUTO;
  }
  /** In AUTO the mission flies; what was flown before it is no longer so. Null on a leg of the mission. */
  get #flown(): Program | null {
    return this.#isAuto ? this.mission.flight.program : this.#program;
  }

  gps() {
    return this.#sensors.gps(this.#state);
  }

  estimator() {
    return this.#sensors.ekf();
  }

  navigation() {
    const { flight } = this.mission;
    const to = this.#isAuto ? flight.destination : this.#program.destination;
    return navigationOf(this.#seen, this.#isAuto ? flight.origin : null, to);
  }

  settings(): CopterSettings {
    return this.#settings.get();
  }

  step(dtS: number): void {
    const { timeS } = this.#state;
    if (this.home === null && timeS >= this.#options.startup.homeS) this.#places.putHome(this.#seen);
    this.#reporter.step(timeS, dtS, this.#armed);
    this.#sensors.step(timeS, dtS, this.#armed && !this.landed);
    this.#followResets();
    this.#seen = this.#sensors.perceive(this.#state);
    const demand = this.#demand(dtS);
    const { limits } = this.settings();
    this.#seen = stepAircraft(this.#seen, dtS, { demand, limits, wind: this.#options.wind() });
    this.#state = this.#sensors.actual(this.#seen);
    if (this.#armed) {
      this.#landing.step(dtS, this.#state.onGround);
      if (this.landed && this.#isToBeDisarmed()) this.disarm(false);
    }
    this.#safety.step(dtS);
    if (this.#armed && this.#mode !== COPTER_MODE.SMART_RTL)
      this.#trail.step(dtS, this.positionOk ? this.#seen : null);
  }

  requestMode(requested: number): boolean {
    if (isModeNumber(requested) && requested === this.mode) return true;
    const decision = decideModeChange(requested, {
      armed: this.#armed,
      landed: this.landed,
      positionOk: this.positionOk,
      missionPresent: this.#options.missions.list(0).length > 1,
      missionStartsWithTakeoff: this.mission.startsWithTakeoff,
      hasPathHome: this.#trail.crumbs.hasPath,
      hasLandingSequence: this.mission.sequence.landingSequence() !== null,
      homeKnown: this.home !== null,
    });
    if (decision.kind === 'refused') {
      this.#options.events.text(SEVERITY.WARNING, decision.text);
      return false;
    }
    this.#enter(decision.mode, 0);
    return true;
  }

  arm(force: boolean): boolean {
    if (this.#armed) return true;
    const { parameters, events } = this.#options;
    const reasons = force ? this.#mandatoryObjections() : this.prearmObjections();
    const modeReason = armingObjection(this.#mode, parameters.number('AUTO_OPTIONS'));
    if (modeReason !== null && reasons.length === 0) reasons.push(`Arm: ${modeReason}`);
    // While it arms, the same reasons are called "Arm: …".
    for (const reason of reasons) events.text(SEVERITY.CRITICAL, reason.replace(/^PreArm:/, 'Arm:'));
    if (reasons.length > 0) return false;
    this.#armed = true;
    this.#landing.onArmed();
    this.#safety.onArmed();
    this.yaw.onArmed(this.#seen.yawRad);
    if (this.positionOk) {
      if (!this.#places.isHomeLocked) this.#places.putHome(this.#seen);
      this.#trail.crumbs.start(this.#seen);
    }
    events.text(SEVERITY.INFO, 'Arming motors');
    if (!this.#isAuto) this.#program = GROUND;
    return true;
  }

  /** Refused in the air unless forced; forced in the air the aircraft falls. */
  disarm(force: boolean): boolean {
    if (!this.#armed) return true;
    if (!this.landed && !force) return false;
    this.#armed = false;
    this.#landing.onDisarmed();
    this.#program = GROUND;
    this.#settings.forgetWishes();
    this.#trail.crumbs.discard();
    this.#safety.onDisarmed();
    this.mission.onDisarmed();
    this.#options.events.text(SEVERITY.INFO, 'Disarming motors');
    return true;
  }

  takeoff(heightM: number): boolean {
    const canTakeOff =
      this.#mode === COPTER_MODE.GUIDED ||
      this.#mode === COPTER_MODE.LOITER ||
      this.#mode === COPTER_MODE.POSHOLD;
    const upM = this.#places.homeOrStart.upM + heightM;
    if (!this.#armed || !this.landed || !canTakeOff || !(upM > this.#seen.upM)) return false;
    this.yaw.hold();
    this.#program = takeoffProgram(this.#host, this.#seen, upM);
    return true;
  }

  /** On the ground it is made, but flies nowhere. */
  guided(): GuidedProgram | null {
    if (this.#mode !== COPTER_MODE.GUIDED) return null;
    if (this.#program instanceof GuidedProgram) return this.#program;
    const guided = new GuidedProgram(this.#host, this.#seen);
    if (this.#armed && !this.landed) this.#program = guided;
    return guided;
  }

  changeSpeed(type: number, speedMps: number): void {
    this.#settings.wish(type, speedMps);
    this.mission.flight.speedChanged();
    this.#program.speedChanged?.();
  }

  setHome(home: LocalPoint): void {
    this.#places.lockHome(home);
  }

  prearmObjections(): string[] {
    const { parameters, armingObjections } = this.#options;
    const { watch } = this.#safety;
    return prearmObjections({
      parameters,
      sensors: this.#sensors,
      fence: this.fenceMonitor,
      mode: this.#mode,
      battery: this.#battery(),
      at: this.positionOk ? this.#seen : null,
      home: this.home,
      ready: this.ready,
      gcsLost: watch.gcsLost,
      hasTransmitter: watch.hasTransmitter,
      radioLost: watch.radioLost,
      refusal: this.#refusal,
      others: armingObjections(),
    });
  }

  sayPrearmObjections(): void {
    this.#reporter.sayObjections();
  }

  gcsHeard(): void {
    this.#safety.gcsHeard();
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
    this.#reporter.recheck();
  }

  setBatteryFraction(fraction: number): void {
    this.#state = { ...this.#state, battery: batteryAt(fraction) };
    this.#seen = this.#sensors.perceive(this.#state);
  }

  fault(fault: VehicleFault, isActive: boolean): boolean {
    this.#reporter.recheck();
    if (fault.kind === 'rc-loss') return this.#safety.transmitter(!isActive);
    if (fault.kind !== 'low-cell') return this.#sensors.fault(fault, isActive);
    this.#cellSag = isActive ? { cell: fault.cell, sagV: fault.sagV } : null;
    return true;
  }

  locate(item: Pick<MissionItem, 'frame' | 'x' | 'y' | 'z'>): LocalPoint | null {
    return this.#places.locate(item);
  }

  #makeSafety(): CopterSafety {
    const { parameters, events } = this.#options;
    return new CopterSafety({
      parameters,
      fence: this.fenceMonitor,
      capacityMah: SIM_BATTERY.capacityMah,
      battery: () => this.#battery(),
      estimator: () => this.#sensors.ekf(),
      positionOk: () => this.positionOk,
      at: () => (this.positionOk ? this.#seen : null),
      home: () => this.home,
      heightAboveHomeM: () => this.heightAboveHomeM,
      timeS: () => this.#state.timeS,
      mode: () => this.#mode,
      isArmed: () => this.#armed,
      isLanded: () => this.landed,
      isTakingOff: () => this.isTakingOff,
      isLanding: () => this.isLanding,
      text: (severity, text) => events.text(severity, text),
      announce: (messageId) => events.announce(messageId),
      requestMode: (mode) => this.requestMode(mode),
      land: (pauseS) => this.#enter(COPTER_MODE.LAND, pauseS),
      disarm: () => this.disarm(true),
    });
  }

  #makeMission(): CopterMission {
    const { parameters, missions, events } = this.#options;
    return new CopterMission({
      ...this.#host,
      items: () => missions.list(0),
      seen: () => this.#seen,
      placeOf: (item, fallback) => this.#places.placeOf(item, fallback),
      groundUpM: (at) => this.#places.groundUpM(at),
      returnTarget: () => this.#returnTarget(),
      terrainMissing: () => this.#safety.terrainMissing(),
      text: (severity, text) => events.text(severity, text),
      isArmed: () => this.#armed,
      reached: (seq) => events.itemReached(seq),
      payload: (seq, item) => events.payloadCommand(seq, item),
      setHome: (at) => this.#places.putHome(at ?? this.#seen),
      setSpeed: (type, speedMps) => this.changeSpeed(type, speedMps),
      switchFence: (value) => this.fenceMonitor.command(value),
      restartsAlways: () => parameters.number('MIS_RESTART') === 1,
      disarm: () => this.disarm(true),
    });
  }

  #returnTarget() {
    return { at: this.#places.returnPlace(this.#seen), ceilingM: this.#safety.ceilingM };
  }

  #battery(): BatteryReading {
    const { battery } = this.#state;
    return {
      remainingMah: remainingFraction(battery) * SIM_BATTERY.capacityMah,
      voltageV: battery.voltageV - (this.#cellSag?.sagV ?? 0),
    };
  }

  /** What even a forced arming does not override (AP_Arming_Copter::mandatory_checks). */
  #mandatoryObjections(): string[] {
    if (this.#refusal !== null) return [`PreArm: ${this.#refusal}`];
    return needsPosition(this.#mode) && !this.positionOk ? ['PreArm: Need Position Estimate'] : [];
  }

  #enter(mode: ModeNumber, landPauseS: number): void {
    if (mode === COPTER_MODE.AUTO_RTL) {
      const landing = this.mission.sequence.landingSequence();
      if (landing !== null) this.mission.setCurrent(landing);
      this.#enter(COPTER_MODE.AUTO, 0);
      this.#autoReturns = true;
      return;
    }
    this.#autoReturns = false;
    if (mode === this.#mode) return;
    if (this.#isAuto) this.mission.leave();
    this.#mode = mode;
    this.#settings.forgetWishes();
    this.#reporter.recheck();
    this.#safety.modeChanged();
    if (mode === COPTER_MODE.AUTO) {
      if (this.yaw.kind === 'roi') this.yaw.hold();
      if (this.home !== null) this.mission.enter();
      return;
    }
    const stands = !this.#armed || (this.landed && this.#state.onGround);
    this.#program = stands
      ? GROUND
      : programOf(mode, {
          host: this.#host,
          seen: this.#seen,
          crumbs: this.#trail.crumbs,
          landPauseS,
          returnTarget: () => this.#returnTarget(),
        });
  }

  #demand(dtS: number): Demand {
    if (!this.#armed) {
      if (this.#isAuto) this.mission.rest();
      return { kind: 'off' };
    }
    if (this.#isAuto) {
      const demand = this.mission.step(this.#seen, dtS);
      // Its last item may have switched the motors off.
      return this.#armed ? demand : { kind: 'off' };
    }
    const program = this.#program;
    const demand = program.step(this.#seen, dtS);
    if (program.kind === 'takeoff' && program.isDone) this.#program = this.#after(program.destination);
    return demand;
  }

  /** Above the place of the take-off it stays. */
  #after(takenOffTo: LocalPoint | null): Program {
    const at = takenOffTo ?? this.#seen;
    if (this.#mode !== COPTER_MODE.GUIDED) return holdProgram(at);
    const guided = new GuidedProgram(this.#host, this.#seen);
    guided.set({ kind: 'place', to: at });
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

  /** After a landing, and after DISARM_DELAY on the ground without a take-off (auto_disarm_check). */
  #isToBeDisarmed(): boolean {
    const isForgotten = this.#landing.isForgotten(this.#options.parameters.number('DISARM_DELAY'));
    if (this.#isAuto) return isForgotten && !this.mission.isRunning;
    const landsHere = this.#mode === COPTER_MODE.RTL || this.#mode === COPTER_MODE.LAND;
    if (landsHere || this.#program.isLanding) return this.#landing.isSettled;
    return isForgotten && !this.isTakingOff;
  }
}
