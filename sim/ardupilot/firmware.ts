import type { MavLinkData } from '../../firmware-bridge/codec/messages.ts';
import type { MissionItem } from '../../missions/mission-item.ts';
import type { AircraftState, Wind } from '../aircraft/aircraft-state.ts';
import type { GeoPoint, LocalFrame, LocalPoint } from '../aircraft/local-frame.ts';
import type { VehicleFault } from '../faults/model.ts';
import type { Command } from '../vehicle/command.ts';
import type { MissionDialect } from './mission-items.ts';
import type { MissionStore } from './mission-store.ts';
import type { ParameterDefault, ParameterTable } from './parameters.ts';
import type { GpsReading } from './sensors.ts';
import type { StartupTimes } from './startup.ts';

/** MAV_SEVERITY. */
export const SEVERITY = {
  EMERGENCY: 0,
  CRITICAL: 2,
  ERROR: 3,
  WARNING: 4,
  NOTICE: 5,
  INFO: 6,
  DEBUG: 7,
} as const;

/** What makes an ArduPilot a Copter or a Plane; `Autopilot` is given one. */
export interface Firmware<F extends Flight = Flight> {
  /** HEARTBEAT.type: 2 quadrotor, 1 fixed wing, 22 VTOL … */
  readonly mavType: number;
  readonly parameters: readonly ParameterDefault[];
  readonly dialect: MissionDialect;
  /** In the order of AVAILABLE_MODES. */
  readonly modes: readonly FlightMode[];
  createFlight(options: FlightOptions): F;
}

export interface FlightMode {
  readonly number: number;
  readonly name: string;
  /** MAV_STANDARD_MODE, 0 when it is none of them. */
  readonly standardMode: number;
  /** MAV_MODE_PROPERTY: 1 advanced, 2 not user selectable, 4 auto mode. */
  readonly properties: number;
}

/** What a flight tells the world; the protocol side turns it into messages. */
export interface FlightEvents {
  text(severity: number, text: string): void;
  homeSet(): void;
  itemReached(seq: number): void;
  /** Camera, gimbal, servo, relay: from a mission. */
  payloadCommand(seq: number, item: MissionItem): void;
  /** Sends a message now, to everybody. */
  announce(messageId: number): void;
}

export interface FlightOptions {
  readonly start: GeoPoint;
  readonly seed: number;
  /** Charge at power-on, 0–1. */
  readonly batteryFraction: number;
  readonly startup: StartupTimes;
  /** Wind of the moment. */
  readonly wind: () => Wind;
  readonly parameters: ParameterTable;
  readonly missions: MissionStore;
  /** What else aboard speaks against arming, in the autopilot's words. */
  readonly armingObjections: () => readonly string[];
  /** Ground above sea at a place, null where it is not known; no terrain aboard: flat ground at the start's height. */
  readonly terrain: ((lonDeg: number, latDeg: number) => number | null) | null;
  readonly events: FlightEvents;
}

/** The mission as the protocol sees it. */
export interface MissionView {
  readonly seq: number;
  /** AUTO is flying it: it cannot be cleared now. */
  readonly isRunning: boolean;
  /** MISSION_STATE: 1 none, 2 not started, 3 active, 4 paused, 5 complete. */
  missionState(): number;
  setCurrent(seq: number): boolean;
  /** The stored list was changed. */
  listChanged(): void;
}

/** EKF_STATUS_REPORT: flags and test ratios. */
export interface EstimatorView {
  readonly flags: number;
  readonly velocity: number;
  readonly position: number;
  readonly height: number;
  readonly compass: number;
}

/** NAV_CONTROLLER_OUTPUT. */
export interface NavigationView {
  readonly bearingDeg: number;
  readonly targetBearingDeg: number;
  readonly distanceM: number;
  readonly heightErrorM: number;
  readonly crossTrackM: number;
}

export interface FenceView {
  readonly enabled: boolean;
  readonly breaches: number;
  readonly breachCount: number;
  readonly breachType: number;
  readonly breachAtMs: number;
}

/** SYS_STATUS: what is there, on and well, beyond what every simulated ArduPilot has. */
export interface HealthView {
  readonly compass: boolean;
  readonly battery: boolean;
  readonly fence: boolean;
  readonly ahrs: boolean;
  /** Position and height controllers at work. */
  readonly horizontalControl: boolean;
  readonly verticalControl: boolean;
  /** Null: no transmitter was ever seen. */
  readonly receiver: boolean | null;
}

/** One flying vehicle between power-on and reboot: what the autopilot around it (protocols, telemetry) needs to know. */
export interface Flight {
  readonly frame: LocalFrame;
  /** The physical truth. */
  readonly state: AircraftState;
  /** What it believes; the same object when nothing is wrong. */
  readonly seen: AircraftState;
  readonly home: LocalPoint | null;
  /** Of what it believes, above home; 0 before home is known. */
  readonly heightAboveHomeM: number;
  readonly mode: number;
  readonly modeName: string;
  readonly armed: boolean;
  /** On the ground as the autopilot sees it (land detector), not as physics does. */
  readonly landed: boolean;
  readonly isTakingOff: boolean;
  readonly isLanding: boolean;
  /** MAV_VTOL_STATE. */
  readonly vtolState: number;
  /** HEARTBEAT.base_mode. */
  readonly baseMode: number;
  /** After "ArduPilot Ready". */
  readonly ready: boolean;
  readonly gpsOk: boolean;
  readonly positionOk: boolean;
  /** SYS_STATUS pre-arm bit. Comes before the position estimate, as on the real one. */
  readonly prearmBit: boolean;
  /** HEARTBEAT says CRITICAL. */
  readonly isInFailsafe: boolean;
  readonly mission: MissionView;
  readonly fence: FenceView;
  readonly health: HealthView;
  /** Volts per cell that one of them sags; BATTERY_STATUS shows cells with a smart BATT_MONITOR. */
  readonly cellSag: { readonly cell: number; readonly sagV: number } | null;
  gps(): GpsReading;
  estimator(): EstimatorView;
  navigation(): NavigationView;

  /** One step of at most 0.05 s. */
  step(dtS: number): void;
  /** @returns false when refused; the reason has then been said as a text. */
  requestMode(mode: number): boolean;
  /** @returns false when refused; every reason has then been said as "PreArm: …" or "Arm: …". */
  arm(force: boolean): boolean;
  disarm(force: boolean): boolean;
  /** Everything that speaks against arming now, as the autopilot's texts. */
  prearmObjections(): readonly string[];
  sayPrearmObjections(): void;
  setHome(home: LocalPoint): void;
  /** Place of a mission item or command; null for 0, 0, which ArduPilot reads as "where I am". */
  locate(item: Pick<MissionItem, 'frame' | 'x' | 'y' | 'z'>): LocalPoint | null;
  /** Heard from the ground station whose system id is MAV_GCS_SYSID. */
  gcsHeard(): void;
  /** A command of its own (take-off, speed, heading …); null when it is none. */
  command(command: Command, host: CommandHost): number | null;
  /** A message of its own (guided targets); false when it is none. */
  handle(message: MavLinkData): boolean;
  parameterWritten(name: string): void;
  setBatteryFraction(fraction: number): void;
  refuseToArm(reason: string | null): void;
  /** @returns true when it is a fault of the flying vehicle. */
  fault(fault: VehicleFault, isActive: boolean): boolean;
}

/** What a command may do besides flying. */
export interface CommandHost {
  readonly flight: Flight;
  setInterval(messageId: number, intervalUs: number): void;
  /** −1 when it is not sent. */
  intervalUs(messageId: number): number;
  /** Whether this aircraft has such a message at all. */
  canSend(messageId: number): boolean;
  /** Sends one message after the acknowledgement; false when there is nothing to send. */
  sendAfterAck(messageId: number, param2?: number): boolean;
  /** Sends this one after the acknowledgement. */
  reply(message: MavLinkData): void;
  text(severity: number, text: string): void;
  reboot(): void;
}
