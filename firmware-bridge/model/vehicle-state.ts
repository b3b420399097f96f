import type { ActuatorState, CameraState, GimbalState } from '../payload/state.ts';
import type { LinkId, VehicleId } from './base.ts';
import type { RouteStatus } from './links.ts';

export type AutopilotKind = 'ardupilot' | 'px4' | 'other';
export type AirframeKind = 'copter' | 'plane' | 'vtol' | 'rover' | 'other';

/** What a mode means, whatever the autopilot calls it. */
export type NormalisedMode =
  | 'manual'
  | 'hold'
  | 'guided'
  | 'mission'
  | 'return'
  | 'land'
  | 'takeoff'
  | 'other';

export type FlightState = 'on-ground' | 'taking-off' | 'in-air' | 'landing' | 'unknown';

/** What an autopilot does by itself when something fails, whatever it calls it. */
export type FailsafeAction =
  | 'none'
  | 'warn'
  | 'hold'
  | 'return'
  /** Back along the way it came, else return. */
  | 'smart-return'
  | 'land'
  | 'mission'
  | 'glide'
  | 'parachute'
  | 'disarm'
  | 'terminate'
  | 'other';

/** Immutable picture of one vehicle. A group that was never reported is null; each group says when it was received. */
export interface VehicleState {
  readonly vehicleId: VehicleId;
  readonly systemId: number;
  readonly componentId: number;
  readonly linkId: LinkId;
  readonly endpoint: string;
  readonly autopilot: AutopilotKind;
  readonly airframe: AirframeKind;
  readonly hardwareUid: string | null;
  readonly firmwareVersion: string | null;
  readonly connection: 'online' | 'lost';
  readonly lastHeardAtMs: number;
  /** Another aircraft with the same system id is heard at these addresses; commands are refused until resolved. */
  readonly identityConflict: readonly string[] | null;
  readonly armed: boolean | null;
  readonly flightState: FlightState;
  readonly mode: {
    readonly name: string;
    readonly normalised: NormalisedMode;
    readonly customMode: number;
    readonly receivedAtMs: number;
  } | null;
  readonly position: {
    readonly lonDeg: number;
    readonly latDeg: number;
    readonly altitudeAmslM: number;
    readonly relativeAltitudeM: number;
    readonly headingDeg: number | null;
    readonly receivedAtMs: number;
  } | null;
  readonly velocity: {
    readonly groundSpeedMps: number;
    /** Up is positive. */
    readonly climbMps: number;
    /** Null where only VFR_HUD comes. */
    readonly northMps: number | null;
    readonly eastMps: number | null;
    readonly receivedAtMs: number;
  } | null;
  /** Of the air, where it is measured or estimated; throttle 0–100. */
  readonly airspeed: {
    readonly airSpeedMps: number;
    readonly throttlePct: number;
    readonly receivedAtMs: number;
  } | null;
  /** The ground below, as the autopilot knows it (TERRAIN_REPORT, or a rangefinder in ALTITUDE). */
  readonly terrain: {
    readonly altitudeAboveTerrainM: number;
    readonly terrainAmslM: number | null;
    readonly receivedAtMs: number;
  } | null;
  readonly attitude: {
    readonly rollDeg: number;
    readonly pitchDeg: number;
    readonly yawDeg: number;
    readonly receivedAtMs: number;
  } | null;
  readonly battery: {
    readonly remainingPct: number | null;
    readonly voltageV: number | null;
    readonly currentA: number | null;
    readonly consumedMah: number | null;
    /** Each cell; null: only the sum is told. */
    readonly cellsV: readonly number[] | null;
    readonly temperatureC: number | null;
    readonly timeRemainingS: number | null;
    readonly receivedAtMs: number;
  } | null;
  readonly gps: {
    /** GPS_FIX_TYPE: 0 none … 3 3D, 4 DGPS, 5 RTK float, 6 RTK fixed. */
    readonly fixType: number;
    readonly satellites: number | null;
    readonly hdop: number | null;
    readonly receivedAtMs: number;
  } | null;
  readonly prearm: {
    /** Autopilot's own verdict (SYS_STATUS pre-arm bit) and a usable position estimate. */
    readonly ready: boolean | null;
    readonly positionEstimateOk: boolean | null;
    /** Newest "PreArm: …" texts, without the prefix. */
    readonly reasons: readonly string[];
    readonly receivedAtMs: number;
  } | null;
  /** Parts that are fitted and switched on and yet not healthy, by their MAV_SYS_STATUS_SENSOR names (`GPS`). */
  readonly health: {
    readonly unhealthy: readonly string[];
    /** Of the autopilot's processor, 0–100. */
    readonly loadPct: number | null;
    readonly receivedAtMs: number;
  } | null;
  /** How well the estimator's guesses fit its sensors: 0 perfect, above 1 rejected. */
  readonly estimator: {
    readonly velocityRatio: number | null;
    readonly horizontalPositionRatio: number | null;
    readonly verticalPositionRatio: number | null;
    readonly compassRatio: number | null;
    readonly receivedAtMs: number;
  } | null;
  /** The remote control of a pilot on the ground. */
  readonly remoteControl: {
    /** False: none, or it is not heard any more. Null: the autopilot does not say. */
    readonly present: boolean | null;
    readonly rssiPct: number | null;
    readonly receivedAtMs: number;
  } | null;
  /** A telemetry modem's own report (RADIO_STATUS); signal and noise in the device's units, about 1.9 per dB. */
  readonly radio: {
    readonly rssi: number | null;
    readonly remoteRssi: number | null;
    readonly noise: number | null;
    readonly remoteNoise: number | null;
    readonly txBufferFreePct: number;
    readonly receiveErrors: number;
    readonly receivedAtMs: number;
  } | null;
  readonly wind: {
    /** Where it comes from. */
    readonly fromDeg: number;
    readonly speedMps: number;
    readonly receivedAtMs: number;
  } | null;
  readonly fence: {
    readonly enabled: boolean | null;
    readonly breached: boolean | null;
    readonly breachCount: number | null;
    /** FENCE_BREACH: 1 minimum height, 2 maximum height, 3 boundary. */
    readonly breachType: number | null;
    readonly receivedAtMs: number;
  } | null;
  /** OPEN_DRONE_ID_ARM_STATUS: whether the aircraft's own identification allows arming. */
  readonly remoteId: {
    readonly goodToArm: boolean;
    readonly error: string | null;
    readonly receivedAtMs: number;
  } | null;
  /** Cameras on board, each with whether it records; absent: none was found (yet). */
  readonly cameras: readonly CameraState[];
  readonly gimbals: readonly GimbalState[];
  /** Relays and lights that report themselves. */
  readonly actuators: ActuatorState | null;
  /** What speaks with this aircraft's system id. */
  readonly components: readonly VehicleComponent[];
  readonly mission: {
    /** Index into the plan as sent (autopilot's home slot taken off); -1 while at the home slot. */
    readonly currentIndex: number;
    readonly reachedIndex: number | null;
    readonly itemCount: number | null;
    /** Hash of the plan that was read back and found equal; null: unknown what the vehicle holds. */
    readonly verifiedPlanHash: string | null;
    readonly receivedAtMs: number;
  } | null;
  readonly home: {
    readonly lonDeg: number;
    readonly latDeg: number;
    readonly altitudeAmslM: number;
    readonly receivedAtMs: number;
  } | null;
  /** What it will do by itself, from its parameters as found; a value that was not told (yet) is null. */
  readonly failsafes: {
    /** When our heartbeats stop; `none`: it flies on. */
    readonly gcsLossAction: FailsafeAction | null;
    readonly gcsLossTimeoutS: number | null;
    /** True: a mission in progress is flown to its end all the same. */
    readonly gcsLossContinuesMission: boolean | null;
    /** `none` also where no threshold is set that could ever trigger it. */
    readonly batteryLowAction: FailsafeAction | null;
    readonly fenceEnabled: boolean | null;
    readonly fenceAction: FailsafeAction | null;
    /** Above home, on its way back; null also where the aircraft has none (rover). */
    readonly rtlAltitudeM: number | null;
    /** ArduPilot counts only heartbeats of this system id for its failsafe (MAV_GCS_SYSID, SYSID_MYGCS). */
    readonly gcsSystemId: number | null;
    readonly acceptsOurSystemId: boolean | null;
    /** Newest of the values. */
    readonly receivedAtMs: number;
  } | null;
  /** The autopilot's own clock against ours (TIMESYNC); absent: it did not answer (yet). */
  readonly clock: {
    /** Its clock minus ours. `boot`: its clock counts from power-on, so that this is minus the moment of its start. */
    readonly offsetMs: number;
    readonly base: 'boot' | 'unix';
    /** Smallest of the last exchanges. */
    readonly roundTripMs: number;
    readonly receivedAtMs: number;
  } | null;
  readonly linkQuality: {
    /** Frames lost on the way to us over the last seconds, 0–100, from sequence gaps. */
    readonly lossPct: number;
    readonly framesPerS: number;
    readonly radioRssi: number | null;
    /** Every way on which it is heard, the one that is used for sending first. */
    readonly routes: readonly RouteStatus[];
  };
}

export interface VehicleComponent {
  readonly componentId: number;
  readonly kind: 'autopilot' | 'gimbal' | 'camera' | 'companion' | 'other';
  /** MAV_TYPE of its heartbeat; null: it sends none. */
  readonly mavType: number | null;
  readonly lastHeardAtMs: number;
}
