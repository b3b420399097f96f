import type { MissionItem } from '../missions/mission-item.ts';
import { remainingFraction } from './aircraft/battery.ts';
import type { GeoPoint } from './aircraft/local-frame.ts';
import type { Autopilot, ExecutedCommand } from './autopilot/autopilot.ts';
import { type ModeName, modeName } from './autopilot/modes.ts';
import type { Impairment, NetworkConditions } from './network/impairment.ts';

/** Where an aircraft really is and what it really holds, whatever the link delivers. */
export interface AircraftTruth extends GeoPoint {
  readonly relativeAltitudeM: number;
  readonly groundSpeedMps: number;
  readonly climbMps: number;
  readonly headingDeg: number;
  readonly armed: boolean;
  readonly landed: boolean;
  readonly mode: ModeName;
  readonly batteryPct: number;
  /** Simulated seconds since power-on. */
  readonly timeS: number;
  /** Item being flown, 0 for none. */
  readonly missionSeq: number;
  /** Able to arm: position estimate there and no objection. */
  readonly readyToArm: boolean;
}

/** One simulated aircraft as a test sees it: truth to read, faults to switch. */
export class SimAircraft {
  readonly systemId: number;
  readonly name: string;
  readonly #autopilot: Autopilot;
  readonly #impairment: Impairment;
  readonly #nowMs: () => number;

  constructor(name: string, autopilot: Autopilot, impairment: Impairment, nowMs: () => number) {
    this.systemId = autopilot.systemId;
    this.name = name;
    this.#autopilot = autopilot;
    this.#impairment = impairment;
    this.#nowMs = nowMs;
  }

  get truth(): AircraftTruth {
    const { flight } = this.#autopilot;
    const { state } = flight;
    return {
      ...flight.frame.toGeo(state),
      relativeAltitudeM: flight.heightAboveHomeM,
      groundSpeedMps: Math.hypot(state.velEastMps, state.velNorthMps),
      climbMps: state.velUpMps,
      headingDeg: (state.yawRad * 180) / Math.PI,
      armed: flight.armed,
      landed: flight.landed,
      mode: modeName(flight.mode),
      batteryPct: remainingFraction(state.battery) * 100,
      timeS: state.timeS,
      missionSeq: flight.mission.seq,
      readyToArm: flight.prearmObjections().length === 0,
    };
  }

  /** What is stored now, home slot of the mission included. */
  get missions(): {
    readonly mission: readonly MissionItem[];
    readonly fence: readonly MissionItem[];
    readonly rally: readonly MissionItem[];
  } {
    const { missions } = this.#autopilot;
    return { mission: missions.list(0), fence: missions.list(1), rally: missions.list(2) };
  }

  /** Every command that arrived, with its answer, oldest first (the newest 5,000). */
  get commands(): readonly ExecutedCommand[] {
    return this.#autopilot.commands;
  }

  get payloadCommands(): readonly {
    readonly atS: number;
    readonly seq: number;
    readonly item: MissionItem;
  }[] {
    return this.#autopilot.payloadCommands;
  }

  /** Arming is refused with "PreArm: reason" until null. */
  refuseToArm(reason: string | null): void {
    this.#autopilot.flight.refuseToArm(reason);
  }

  /** Cuts the link both ways: for that many milliseconds of wall time, or until `false`. */
  cutLink(cut: number | boolean): void {
    if (cut === true) this.#impairment.cutUntil(Number.POSITIVE_INFINITY);
    else if (cut === false) this.#impairment.cutUntil(0);
    else this.#impairment.cutUntil(this.#nowMs() + cut);
  }

  /** While on, an uploaded mission is acknowledged but its waypoints are stored 100 m higher than they were sent. */
  storeWrongItem(on = true): void {
    this.#autopilot.missionServer.storeWrongItem(on);
  }

  /** 0–100. */
  setBattery(pct: number): void {
    this.#autopilot.flight.setBatteryFraction(pct / 100);
  }

  setNetwork(conditions: Partial<NetworkConditions>): void {
    this.#impairment.setConditions(conditions);
  }

  setParameter(name: string, value: number): void {
    if (this.#autopilot.parameters.put(name, value) === null) {
      throw new RangeError(`no parameter ${name} in the simulated aircraft`);
    }
  }
}
