import type { AircraftState } from '../aircraft/aircraft-state.ts';
import type { VehicleFault } from '../faults/model.ts';
import type { StartupTimes } from './startup.ts';

/** EKF_STATUS_REPORT.flags as captured: before anything, aligned without a position, with one, coasting without GPS. */
const EKF = { STARTING: 1024, NO_POSITION: 167, POSITION: 831, COASTED_OUT: 37, GLITCH: 0x8000 } as const;
/**
 * Measured on ArduCopter 4.7-dev SITL: 7 s after the last fix the estimate has no position any more, 15 s after it
 * aiding is given up; a jump is held back for 10 s, then believed, and called a glitch for 10 s more.
 */
const COAST_S = 7;
const STOP_AIDING_S = 15;
const DISBELIEF_S = 10;
const GLITCH_TEXT_S = 1;
/** Variance 1 at this difference between GPS and estimate; 111 m showed 28.9, 11 m 2.86. */
const GATE_M = 3.85;
/** The yaw estimate goes over to what the compass says within about this time. */
const YAW_TIME_S = 8;
/** Degrees of compass error per unit of its variance; over FS_EKF_THRESH (0.8) from about 48° on. */
const COMPASS_DEG_PER_VARIANCE = 60;
/** COMPASS_MAX_XY_ANG_DIFF in AP_Compass.h: more between two compasses is "inconsistent". */
const INCONSISTENT_DEG = 60;
const UNHEALTHY_DEG = 90;

export interface GpsReading {
  /** GPS_FIX_TYPE: 0 no receiver, 1 no fix, 6 as SITL's (RTK fixed). */
  readonly fixType: number;
  readonly satellites: number;
  /** What it reports, in the frame of the start. */
  readonly eastM: number;
  readonly northM: number;
}

export interface SensorHost {
  readonly startup: StartupTimes;
  text(severity: number, text: string): void;
}

const CRITICAL = 2;
const WARNING = 4;
const INFO = 6;

/**
 * What the autopilot knows of itself, apart from what is so: GPS, compass and the estimate (EKF3) made of them. Without
 * a fault the estimate is the truth, the very same object; errors are offsets on it.
 *
 *   starting ──► aligned (no position) ──► position ◄──── GPS back ────┐
 *                                             │ no fix for 7 s         │
 *                                             └──► no position ── 15 s ► aiding stopped
 */
export class Sensors {
  readonly #host: SensorHost;
  #timeS = 0;
  #hasGps = true;
  #withoutGpsS = 0;
  #aidingStopped = false;
  /** What the receiver is off by, and how much of it the estimate believes. */
  #jump = { eastM: 0, northM: 0 };
  #believed = { eastM: 0, northM: 0 };
  #disbeliefS: number | null = null;
  #glitchS: number | null = null;
  #glitchSaid = false;
  #compassDeg = 0;
  #yawErrorRad = 0;
  #compassDropped = false;
  #compassTroubleS = 0;
  #resets = 0;

  constructor(host: SensorHost) {
    this.#host = host;
  }

  get gpsOk(): boolean {
    return this.#timeS >= this.#host.startup.gpsFixS && this.#hasGps;
  }
  get positionOk(): boolean {
    return this.#timeS >= this.#host.startup.positionS && this.#withoutGpsS < COAST_S;
  }
  /** Flying on without GPS for as long as the estimate lasts. */
  get isDeadReckoning(): boolean {
    return this.positionOk && !this.#hasGps;
  }
  get isGlitching(): boolean {
    return this.#glitchS !== null && this.#glitchSaid;
  }
  get compassHealthy(): boolean {
    return Math.abs(this.#compassDeg) < UNHEALTHY_DEG;
  }
  get compassesConsistent(): boolean {
    return Math.abs(this.#compassDeg) < INCONSISTENT_DEG;
  }
  /** Counts the jumps of the estimate: whoever holds a place in its frame moves it along (AC_PosControl does). */
  get positionResets(): number {
    return this.#resets;
  }
  get gpsDistanceM(): number {
    return Math.hypot(this.#jump.eastM - this.#believed.eastM, this.#jump.northM - this.#believed.northM);
  }
  /** Offset of the estimate from the truth. */
  get offset(): { readonly eastM: number; readonly northM: number } {
    return this.#believed;
  }

  ekf(): {
    readonly flags: number;
    readonly velocity: number;
    readonly position: number;
    readonly height: number;
    readonly compass: number;
  } {
    if (this.#timeS < this.#host.startup.positionS) {
      const flags = this.#timeS >= this.#host.startup.readyS ? EKF.NO_POSITION : EKF.STARTING;
      return { flags, velocity: 0, position: 0, height: 0, compass: 0 };
    }
    if (this.#aidingStopped)
      return { flags: EKF.NO_POSITION, velocity: 0, position: 0, height: 0, compass: 0 };
    const isHeldBack = this.#disbeliefS !== null;
    return {
      flags: this.positionOk ? EKF.POSITION | (this.isGlitching ? EKF.GLITCH : 0) : EKF.COASTED_OUT,
      velocity: 0.01 + this.#velocityTrouble(),
      position: isHeldBack ? this.gpsDistanceM / GATE_M : 0.01,
      height: 0,
      compass: this.#compassDropped ? 0.006 : 0.006 + Math.abs(this.#compassDeg) / COMPASS_DEG_PER_VARIANCE,
    };
  }

  gps(state: AircraftState): GpsReading {
    const eastM = state.eastM + this.#jump.eastM;
    const northM = state.northM + this.#jump.northM;
    if (this.#timeS < this.#host.startup.gpsFixS) return { fixType: 0, satellites: 0, eastM, northM };
    return this.#hasGps
      ? { fixType: 6, satellites: 10, eastM, northM }
      : { fixType: 1, satellites: 3, eastM, northM };
  }

  /** The aircraft as the autopilot sees it. */
  perceive(state: AircraftState): AircraftState {
    const { eastM, northM } = this.#believed;
    if (eastM === 0 && northM === 0 && this.#yawErrorRad === 0) return state;
    return {
      ...state,
      eastM: state.eastM + eastM,
      northM: state.northM + northM,
      yawRad: wrap(state.yawRad + this.#yawErrorRad),
    };
  }

  /** The other way round: where it really is when the autopilot sees it there. */
  actual(seen: AircraftState): AircraftState {
    const { eastM, northM } = this.#believed;
    if (eastM === 0 && northM === 0 && this.#yawErrorRad === 0) return seen;
    return {
      ...seen,
      eastM: seen.eastM - eastM,
      northM: seen.northM - northM,
      yawRad: wrap(seen.yawRad - this.#yawErrorRad),
    };
  }

  /** @returns true when the fault is one of a sensor. */
  fault(fault: VehicleFault, isActive: boolean): boolean {
    switch (fault.kind) {
      case 'gps-loss':
        this.#hasGps = !isActive;
        return true;
      case 'gps-jump':
        this.#jump = isActive ? { eastM: fault.eastM, northM: fault.northM } : { eastM: 0, northM: 0 };
        if (this.gpsDistanceM > GATE_M) this.#disbeliefS = 0;
        else this.#believe();
        return true;
      case 'compass':
        this.#compassDeg = isActive ? fault.errorDeg : 0;
        this.#compassDropped = false;
        return true;
      default:
        return false;
    }
  }

  step(timeS: number, dtS: number, isFlying: boolean): void {
    this.#timeS = timeS;
    this.#stepGps(dtS);
    this.#stepJump(dtS);
    this.#stepCompass(dtS, isFlying);
  }

  #stepGps(dtS: number): void {
    if (this.#timeS < this.#host.startup.positionS) return;
    if (this.#hasGps) {
      if (this.#withoutGpsS >= COAST_S) this.#host.text(INFO, 'EKF3 IMU0 is using GPS');
      this.#withoutGpsS = 0;
      this.#aidingStopped = false;
      return;
    }
    this.#withoutGpsS += dtS;
    if (this.#aidingStopped || this.#withoutGpsS < STOP_AIDING_S) return;
    this.#aidingStopped = true;
    this.#host.text(WARNING, 'EKF3 IMU0 stopped aiding');
  }

  #stepJump(dtS: number): void {
    if (this.#disbeliefS !== null) {
      this.#disbeliefS += dtS;
      this.#glitchS ??= 0;
      if (!this.#glitchSaid && this.#disbeliefS >= GLITCH_TEXT_S) {
        this.#glitchSaid = true;
        this.#host.text(CRITICAL, 'GPS Glitch or Compass error');
      }
      if (this.#disbeliefS >= DISBELIEF_S) {
        this.#disbeliefS = null;
        this.#glitchS = 0;
        this.#believe();
      }
    } else if (this.#glitchS !== null) {
      this.#glitchS += dtS;
      if (this.#glitchS < DISBELIEF_S) return;
      this.#glitchS = null;
      if (this.#glitchSaid) this.#host.text(CRITICAL, 'Glitch cleared');
      this.#glitchSaid = false;
    }
  }

  #stepCompass(dtS: number, isFlying: boolean): void {
    const wantedRad = this.#compassDropped ? 0 : (this.#compassDeg * Math.PI) / 180;
    const difference = wantedRad - this.#yawErrorRad;
    if (difference !== 0)
      this.#yawErrorRad =
        Math.abs(difference) < 1e-4
          ? wantedRad
          : this.#yawErrorRad + difference * Math.min(1, dtS / YAW_TIME_S);
    const isBad = isFlying && !this.#compassDropped && this.ekf().compass > 0.8;
    this.#compassTroubleS = isBad ? this.#compassTroubleS + dtS : 0;
    if (this.#compassTroubleS < YAW_TIME_S) return;
    // In flight the course by GPS shows that the compass is wrong, and the estimate goes on without it.
    this.#compassDropped = true;
    this.#yawErrorRad = 0;
    this.#host.text(CRITICAL, 'EKF3 IMU0 emergency yaw reset');
  }

  /** Flying by a wrong heading shows as a velocity that does not fit. */
  #velocityTrouble(): number {
    return Math.min(0.7, this.#compassTroubleS / 10);
  }

  #believe(): void {
    this.#believed = { ...this.#jump };
    this.#resets += 1;
  }
}

function wrap(angleRad: number): number {
  const full = 2 * Math.PI;
  return ((angleRad % full) + full) % full;
}
