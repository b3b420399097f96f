import type { LinkId, VehicleId, VehicleState } from '../model.ts';

/**
 * What the reducer keeps of one vehicle: the snapshot that others see, and what is needed to read the next message
 * rightly. Immutable.
 */
export interface Telemetry {
  readonly snapshot: VehicleState;
  /** Milliseconds since the autopilot started, from its own clock; null: never told. */
  readonly bootMs: number | null;
  /** A first sign that its clock went back; a second one makes it a reboot. */
  readonly rebootSuspectMs: number | null;
  /** Reboots seen. */
  readonly reboots: number;
  /** MAV_STATE of the last heartbeat. */
  readonly systemStatus: number | null;
  /** MAV_LANDED_STATE; null: never told. */
  readonly landedState: number | null;
  readonly prearmBit: boolean | null;
  readonly batteryStatusAtMs: number | null;
  readonly preArmTextAtMs: number | null;
  /** What MISSION_CURRENT must go on saying for `verifiedPlanHash` to stay true. */
  readonly planWatch: PlanWatch | null;
}

export interface PlanWatch {
  readonly itemCount: number;
  /** PX4's id of the plan that it holds; null: not told yet, or 0. */
  readonly missionId: number | null;
  /** Reports in a row that do not fit. */
  readonly mismatches: number;
}

export function newTelemetry(identity: {
  readonly vehicleId: VehicleId;
  readonly systemId: number;
  readonly componentId: number;
  readonly linkId: LinkId;
  readonly endpoint: string;
  readonly atMs: number;
}): Telemetry {
  return {
    snapshot: {
      vehicleId: identity.vehicleId,
      systemId: identity.systemId,
      componentId: identity.componentId,
      linkId: identity.linkId,
      endpoint: identity.endpoint,
      autopilot: 'other',
      airframe: 'other',
      hardwareUid: null,
      firmwareVersion: null,
      connection: 'online',
      lastHeardAtMs: identity.atMs,
      identityConflict: null,
      armed: null,
      flightState: 'unknown',
      mode: null,
      position: null,
      velocity: null,
      airspeed: null,
      terrain: null,
      attitude: null,
      battery: null,
      gps: null,
      prearm: null,
      health: null,
      estimator: null,
      remoteControl: null,
      radio: null,
      wind: null,
      fence: null,
      remoteId: null,
      components: [],
      cameras: [],
      gimbals: [],
      actuators: null,
      failsafes: null,
      clock: null,
      mission: null,
      home: null,
      linkQuality: { lossPct: 0, framesPerS: 0, radioRssi: null, routes: [] },
    },
    bootMs: null,
    rebootSuspectMs: null,
    reboots: 0,
    systemStatus: null,
    landedState: null,
    prearmBit: null,
    batteryStatusAtMs: null,
    preArmTextAtMs: null,
    planWatch: null,
  };
}

/** After a reboot nothing that the aircraft told before is true any more, except who it is. */
export function afterReboot(telemetry: Telemetry): Telemetry {
  const { snapshot } = telemetry;
  const fresh = newTelemetry({ ...snapshot, atMs: snapshot.lastHeardAtMs });
  return {
    ...fresh,
    reboots: telemetry.reboots + 1,
    snapshot: {
      ...fresh.snapshot,
      autopilot: snapshot.autopilot,
      airframe: snapshot.airframe,
      hardwareUid: snapshot.hardwareUid,
      firmwareVersion: snapshot.firmwareVersion,
      connection: snapshot.connection,
      identityConflict: snapshot.identityConflict,
      components: snapshot.components,
      radio: snapshot.radio,
      linkQuality: snapshot.linkQuality,
    },
  };
}

export function withSnapshot(telemetry: Telemetry, change: Partial<VehicleState>): Telemetry {
  return { ...telemetry, snapshot: { ...telemetry.snapshot, ...change } };
}

/** ArduPilot keeps its home in the mission's first slot; PX4's first item is the plan's. */
export function homeSlots(autopilot: VehicleState['autopilot']): 0 | 1 {
  return autopilot === 'ardupilot' ? 1 : 0;
}
