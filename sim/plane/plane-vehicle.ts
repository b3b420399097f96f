import type { MissionItem } from '../../missions/mission-item.ts';
import type { AircraftState } from '../aircraft/aircraft-state.ts';
import { remainingFraction, SIM_BATTERY } from '../aircraft/battery.ts';
import { horizontalDistanceM, type LocalPoint } from '../aircraft/local-frame.ts';
import {
  BATTERY_OK,
  type BatteryReading,
  type BatteryWatch,
  batteryObjection,
  thresholdsFrom,
  watchBattery,
} from '../ardupilot/battery-watch.ts';
import { Fence, fenceNames } from '../ardupilot/fence.ts';
import {
  type EstimatorView,
  type FenceView,
  type Flight,
  type FlightOptions,
  type HealthView,
  type MissionView,
  type NavigationView,
  SEVERITY,
} from '../ardupilot/firmware.ts';
import { commandName, isNavigation } from '../ardupilot/mission-commands.ts';
import { type GpsReading, Sensors } from '../ardupilot/sensors.ts';
import { startupTexts } from '../ardupilot/startup.ts';
import type { VehicleFault } from '../faults/model.ts';
import type { Command } from '../vehicle/command.ts';
import { executePlaneCommand } from './plane-commands.ts';
import { PlaneFlight } from './plane-flight.ts';
import { PLANE_MODE, planeBaseMode, planeModeName } from './plane-modes.ts';

const PREARM_REPORT_EVERY_S = 30;
const FENCE_EVERY_S = 0.2;
const DO_LAND_START = 189;
const NAVIGATES_BY_GPS: ReadonlySet<number> = new Set([
  PLANE_MODE.AUTO,
  PLANE_MODE.RTL,
  PLANE_MODE.LOITER,
  PLANE_MODE.GUIDED,
  PLANE_MODE.QLOITER,
  PLANE_MODE.QRTL,
]);

/** One simulated ArduPlane between power-on and reboot: its flight, and around it sensors, fence and failsafes. */
export class PlaneVehicle implements Flight {
  readonly #options: FlightOptions;
  readonly #core: PlaneFlight;
  readonly #sensors: Sensors;
  readonly #fence: Fence;
  readonly #texts: { readonly atS: number; readonly text: string }[];
  readonly mission: MissionView;
  #state: AircraftState;
  #battery: BatteryWatch = BATTERY_OK;
  #gcsSilentS: number | null = null;
  #gcsLost = false;
  #prearmReportInS = PREARM_REPORT_EVERY_S;
  #fenceInS = 0;
  #refusal: string | null = null;
  #cellSag: { readonly cell: number; readonly sagV: number } | null = null;

  constructor(options: FlightOptions, isQuadplane: boolean) {
    this.#options = options;
    const { parameters, missions, events } = options;
    const parameter = (name: string) => parameters.byName(name)?.value ?? 0;
    this.#core = new PlaneFlight({
      start: options.start,
      seed: options.seed,
      batteryFraction: options.batteryFraction,
      wind: options.wind,
      isQuadplane,
      parameter,
      items: () => missions.list(0),
      isNavigation,
      commandName,
      events: {
        text: (severity, text) => events.text(severity, text),
        homeSet: (home) => this.#keepHome(home),
        itemReached: (seq) => events.itemReached(seq),
        passingCommand: (seq, item) => events.payloadCommand(seq, item),
      },
    });
    this.#state = this.#core.state;
    this.#texts = [...startupTexts(options.startup, options.start.altitudeAmslM)];
    this.#sensors = new Sensors({
      startup: options.startup,
      text: (severity, text) => events.text(severity, text),
    });
    this.#fence = new Fence({
      items: () => missions.list(1),
      locate: (item) => this.frame.toLocal({ lonDeg: item.y / 1e7, latDeg: item.x / 1e7, altitudeAmslM: 0 }),
      parameter,
      text: (severity, text) => events.text(severity, text),
    });
    const runner = this.#core.mission;
    this.mission = {
      get seq() {
        return runner.seq;
      },
      get isRunning() {
        return runner.status === 'active';
      },
      missionState: () => runner.missionState(),
      setCurrent: (seq) => runner.setCurrent(seq, this.#core.state),
      listChanged: () => {
        if (runner.status !== 'active') runner.reset();
      },
    };
  }

  get frame() {
    return this.#core.frame;
  }
  get state(): AircraftState {
    return this.#state;
  }
  get seen(): AircraftState {
    return this.#core.state;
  }
  get home(): LocalPoint | null {
    return this.#core.home;
  }
  get heightAboveHomeM(): number {
    return this.#core.heightAboveHomeM;
  }
  get mode(): number {
    return this.#core.mode;
  }
  get modeName(): string {
    return planeModeName(this.#core.mode);
  }
  get baseMode(): number {
    return planeBaseMode(this.#core.mode, this.#core.armed);
  }
  get armed(): boolean {
    return this.#core.armed;
  }
  get landed(): boolean {
    return this.#core.landed;
  }
  get isTakingOff(): boolean {
    return this.#core.isTakingOff;
  }
  get isLanding(): boolean {
    return this.#core.isLanding;
  }
  get vtolState(): number {
    return this.#core.vtolState;
  }
  get ready(): boolean {
    return this.#state.timeS >= this.#options.startup.readyS;
  }
  get gpsOk(): boolean {
    return this.#sensors.gpsOk;
  }
  get positionOk(): boolean {
    return this.#sensors.positionOk;
  }
  get prearmBit(): boolean {
    return this.#state.timeS >= this.#options.startup.prearmBitS && this.#standingObjections().length === 0;
  }
  get isInFailsafe(): boolean {
    return this.#gcsLost || this.#battery.level !== 'ok';
  }
  get cellSag() {
    return this.#cellSag;
  }
  get fence(): FenceView {
    const { enabled, breaches, breachCount, breachType, breachAtMs } = this.#fence;
    return { enabled, breaches, breachCount, breachType, breachAtMs };
  }
  get health(): HealthView {
    return {
      compass: this.#sensors.compassHealthy,
      battery: this.#battery.level === 'ok',
      fence: this.#fence.breaches === 0,
      ahrs: this.home !== null,
      horizontalControl: NAVIGATES_BY_GPS.has(this.mode) && this.positionOk,
      verticalControl: this.mode !== PLANE_MODE.MANUAL && this.mode !== PLANE_MODE.STABILIZE,
      receiver: null,
    };
  }

  gps(): GpsReading {
    return this.#sensors.gps(this.#state);
  }

  estimator(): EstimatorView {
    return this.#sensors.ekf();
  }

  navigation(): NavigationView {
    const { seen } = this;
    const to = this.#core.destination;
    const courseDeg = ((seen.yawRad * 180) / Math.PI + 360) % 360;
    if (to === null) {
      return {
        bearingDeg: courseDeg,
        targetBearingDeg: courseDeg,
        distanceM: 0,
        heightErrorM: 0,
        crossTrackM: 0,
      };
    }
    const bearing = (Math.atan2(to.eastM - seen.eastM, to.northM - seen.northM) * 180) / Math.PI;
    return {
      bearingDeg: courseDeg,
      targetBearingDeg: (bearing + 360) % 360,
      distanceM: horizontalDistanceM(seen, to),
      heightErrorM: to.upM - seen.upM,
      crossTrackM: 0,
    };
  }

  step(dtS: number): void {
    this.#announceStartup();
    this.#sensors.step(this.#state.timeS, dtS, this.armed && !this.landed);
    this.#core.perceive(this.#sensors.perceive(this.#state));
    this.#core.step(dtS);
    this.#state = this.#sensors.actual(this.#core.state);
    this.#checkBattery(dtS);
    this.#checkGroundStation(dtS);
    this.#checkFence(dtS);
    this.#reportPrearm(dtS);
  }

  requestMode(requested: number): boolean {
    return this.#core.requestMode(requested);
  }

  arm(force: boolean): boolean {
    if (this.armed) return true;
    const reasons = force && this.#refusal === null ? [] : this.prearmObjections();
    const modeReason = this.#core.modeObjection();
    if (modeReason !== null && reasons.length === 0) reasons.push(`Arm: ${modeReason}`);
    for (const reason of reasons) this.#options.events.text(SEVERITY.CRITICAL, reason);
    if (reasons.length > 0) return false;
    this.#battery = BATTERY_OK;
    this.#core.arm();
    return true;
  }

  disarm(force: boolean): boolean {
    return this.#core.disarm(force);
  }

  prearmObjections(): string[] {
    const reasons = this.#standingObjections();
    if (!this.positionOk) reasons.push('PreArm: Need Position Estimate');
    return reasons;
  }

  sayPrearmObjections(): void {
    for (const reason of this.prearmObjections()) this.#options.events.text(SEVERITY.CRITICAL, reason);
  }

  setHome(home: LocalPoint): void {
    this.#core.setHome(home);
  }

  locate(item: Pick<MissionItem, 'frame' | 'x' | 'y' | 'z'>): LocalPoint | null {
    return this.#core.locate(item);
  }

  gcsHeard(): void {
    this.#gcsSilentS = 0;
    this.#gcsLost = false;
  }

  command(command: Command): number | null {
    return executePlaneCommand(command, {
      core: this.#core,
      positionOk: this.positionOk,
      requestMode: (mode) => this.requestMode(mode),
      locate: (item) => this.locate(item),
      landingSequence: () => this.#landingSequence(),
      text: (severity, text) => this.#options.events.text(severity, text),
    });
  }

  /** ArduPlane takes no SET_POSITION_TARGET with velocities from a ground station. */
  handle(): boolean {
    return false;
  }

  parameterWritten(name: string): void {
    this.#fence.parameterWritten(name);
  }

  setBatteryFraction(fraction: number): void {
    this.#core.setBatteryFraction(fraction);
    this.#state = { ...this.#state, battery: this.#core.state.battery };
  }

  refuseToArm(reason: string | null): void {
    this.#refusal = reason;
  }

  fault(fault: VehicleFault, isActive: boolean): boolean {
    if (fault.kind === 'low-cell') {
      this.#cellSag = isActive ? { cell: fault.cell, sagV: fault.sagV } : null;
      return true;
    }
    return this.#sensors.fault(fault, isActive);
  }

  #landingSequence(): number | null {
    const seq = this.#options.missions.list(0).findIndex((item) => item.command === DO_LAND_START);
    return seq < 0 ? null : seq;
  }

  #reading(): BatteryReading {
    const { battery } = this.#state;
    return {
      remainingMah: remainingFraction(battery) * SIM_BATTERY.capacityMah,
      voltageV: battery.voltageV - (this.#cellSag?.sagV ?? 0),
    };
  }

  #standingObjections(): string[] {
    const { parameters, armingObjections } = this.#options;
    const reasons = this.#refusal === null ? [] : [`PreArm: ${this.#refusal}`];
    if (parameters.number('ARMING_CHECK') !== 0) {
      if (!this.#sensors.compassHealthy) reasons.push('PreArm: Compass not healthy');
      if (this.positionOk && !this.gpsOk) reasons.push('PreArm: GPS 1: Bad fix');
      const battery = batteryObjection(this.#reading(), (name) => parameters.number(name));
      if (battery !== null) reasons.push(`PreArm: Battery 1 ${battery}`);
      const fence = this.#fence.armingObjection({ at: this.positionOk ? this.seen : null, home: this.home });
      if (fence !== null) reasons.push(`PreArm: ${fence}`);
    }
    return [...reasons, ...armingObjections()];
  }

  #keepHome(home: LocalPoint): void {
    const geo = this.frame.toGeo(home);
    const z = Math.fround(Math.round(geo.altitudeAmslM * 100) * Math.fround(0.01));
    const [x, y] = [Math.round(geo.latDeg * 1e7), Math.round(geo.lonDeg * 1e7)];
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

  #announceStartup(): void {
    const { timeS } = this.#state;
    if (this.home === null && timeS >= this.#options.startup.homeS) {
      const { eastM, northM, upM } = this.#state;
      this.#core.setHome({ eastM, northM, upM });
    }
    while (this.#texts[0] !== undefined && this.#texts[0].atS <= timeS) {
      const due = this.#texts.shift();
      if (due !== undefined) this.#options.events.text(SEVERITY.INFO, due.text);
    }
  }

  #checkBattery(dtS: number): void {
    if (!this.armed || this.landed) return;
    const before = this.#battery.level;
    const reading = this.#reading();
    const parameter = (name: string) => this.#options.parameters.number(name);
    this.#battery = watchBattery(this.#battery, reading, thresholdsFrom(parameter), dtS);
    const { level } = this.#battery;
    if (level === before || level === 'ok') return;
    const usedMah = SIM_BATTERY.capacityMah - reading.remainingMah;
    this.#options.events.text(
      SEVERITY.WARNING,
      `Battery 1 is ${level} ${reading.voltageV.toFixed(2)}V used ${usedMah.toFixed(0)} mAh`,
    );
    this.#actOnBattery(parameter(level === 'low' ? 'BATT_FS_LOW_ACT' : 'BATT_FS_CRT_ACT'));
  }

  /** Plane::handle_battery_failsafe: 0 nothing, 1 RTL, 2 land by the sequence (RTL when there is none), 4 QLAND. */
  #actOnBattery(action: number): void {
    if (action <= 0 || this.isLanding) return;
    if (action === 4 && this.requestMode(PLANE_MODE.QLAND)) return;
    const sequence = action === 2 ? this.#landingSequence() : null;
    if (sequence !== null) {
      this.#core.mission.setCurrent(sequence, this.#core.state);
      this.requestMode(PLANE_MODE.AUTO);
    } else this.requestMode(PLANE_MODE.RTL);
  }

  /** FS_GCS_ENABL (the name is one letter short on a Plane) and FS_LONG_ACTN: 1 RTL, 2 glide. */
  #checkGroundStation(dtS: number): void {
    if (this.#gcsSilentS === null) return;
    this.#gcsSilentS += dtS;
    const { parameters, events } = this.#options;
    if (this.#gcsLost || parameters.number('FS_GCS_ENABL') === 0 || !this.armed || this.landed) return;
    if (this.#gcsSilentS < parameters.number('FS_LONG_TIMEOUT')) return;
    this.#gcsLost = true;
    events.text(SEVERITY.WARNING, 'GCS Failsafe On: Long');
    const action = parameters.number('FS_LONG_ACTN');
    if (this.isLanding) return;
    if (action === 1) this.requestMode(PLANE_MODE.RTL);
    else if (action === 2) this.requestMode(PLANE_MODE.FBWA);
  }

  #checkFence(dtS: number): void {
    this.#fenceInS -= dtS;
    if (this.#fenceInS > 0) return;
    this.#fenceInS = FENCE_EVERY_S;
    const fresh = this.#fence.check({
      at: this.positionOk ? this.seen : null,
      home: this.home,
      heightM: this.heightAboveHomeM,
      timeS: this.#state.timeS,
      isLanding: !this.armed || this.landed || this.isLanding,
    });
    if (fresh === 0) return;
    this.#options.events.announce(162);
    if (!this.armed || this.landed) return;
    this.#options.events.text(SEVERITY.NOTICE, `${fenceNames(fresh)} breached`);
    if (this.#options.parameters.number('FENCE_ACTION') !== 0) this.requestMode(PLANE_MODE.RTL);
  }

  #reportPrearm(dtS: number): void {
    if (this.armed) return;
    this.#prearmReportInS -= dtS;
    if (this.#prearmReportInS > 0) return;
    this.#prearmReportInS = PREARM_REPORT_EVERY_S;
    this.sayPrearmObjections();
  }
}
