import type { MissionItem } from '../missions/mission-item.ts';
import type { ActuatorState, CameraState, GimbalState } from './payload/state.ts';

/**
 * The types that pass through the bridge's one door. All of them are plain data (structured-clone safe), so that
 * the bridge can sit on its own thread or machine. Times called `…AtMs` are epoch milliseconds of a clock that
 * never steps back (`Clock.nowMs`).
 */

/** Stable id of an aircraft: from its hardware uid, else from link, system and component id. Never its sysid alone. */
export type VehicleId = string & { readonly __brand: 'VehicleId' };
export type LinkId = string & { readonly __brand: 'LinkId' };

/** The only source of time and timers in the bridge; tests put a hand-moved one here. */
export interface Clock {
  /** Epoch milliseconds, monotonic. */
  nowMs(): number;
  setTimer(run: () => void, afterMs: number): TimerHandle;
}
export interface TimerHandle {
  cancel(): void;
}

export interface LinkConfig {
  readonly linkId: LinkId;
  /** `udp-listen://0.0.0.0:14550`, `udp://host:port`, `tcp://host:port`, `tcp-listen://0.0.0.0:5760`,
   * `serial:///dev/ttyUSB0?baud=57600`. */
  readonly url: string;
  /** Absent: signatures are neither made nor looked at. */
  readonly signing?: LinkSigningConfig;
}

/**
 * `required`: frames without a good signature are counted and dropped (RADIO_STATUS excepted). `accepted`: unsigned
 * frames are taken, wrongly signed and replayed ones dropped. `off`: signatures are ignored and not made.
 */
export type SigningPolicy = 'required' | 'accepted' | 'off';

/** MAVLink 2 signatures on one link. Keys are named by file: 32 bytes or 64 hexadecimal digits, mode 0600. */
export interface LinkSigningConfig {
  readonly policy: SigningPolicy;
  /** 0–255, in our signatures; each link of ours has its own. */
  readonly signingLinkId: number;
  /** Key of every vehicle on this link that has none of its own. */
  readonly keyFile?: string | null;
  /** By system id. */
  readonly vehicleKeyFiles?: Readonly<Record<string, string>>;
  /** The link is trusted to carry a new key in clear (a cable on the bench, never a radio). Default false. */
  readonly allowKeySetup?: boolean;
}

/** Another ground station that is shown our traffic over UDP. */
export interface ForwardConfig {
  /** For statuses and logs; each its own. */
  readonly forwardId: string;
  /** `udp://host:port`, where the other station listens. */
  readonly url: string;
  /** `read-only`: what it sends is counted and dropped. `read-write`: it reaches the vehicles, bytes unchanged. */
  readonly mode: 'read-only' | 'read-write';
  /** Absent: every link, everything. */
  readonly links?: readonly ForwardLink[];
  /** What we send to the vehicles is shown too. Default false. */
  readonly showOwnFrames?: boolean;
}

/** One link's share in a forward. An absent list lets everything through; deny goes before allow. Both ways. */
export interface ForwardLink {
  readonly linkId: LinkId;
  readonly allowMessageIds?: readonly number[];
  readonly denyMessageIds?: readonly number[];
  readonly allowSystemIds?: readonly number[];
  readonly denySystemIds?: readonly number[];
}

export interface ForwardStatus {
  readonly forwardId: string;
  readonly url: string;
  readonly state: LinkState;
  readonly problem: LinkProblem | null;
  /** To the other station. */
  readonly framesOut: number;
  /** From it, and passed to at least one vehicle. */
  readonly framesIn: number;
  /** From it, and dropped: it is read-only, a filter says no, or the frame carries a key. */
  readonly refused: number;
  /** From it, for a system that is not heard anywhere. */
  readonly unroutable: number;
  /** To it, and lost because the socket took no more. */
  readonly overflow: number;
}

export interface BridgeConfig {
  readonly links: readonly LinkConfig[];
  /** The ground station's own system id, 1–255. 255 is everybody's; ours is another. */
  readonly systemId: number;
  readonly componentId: number;
  /** A vehicle is lost after this much silence. */
  readonly lostAfterMs: number;
  /** Position and attitude messages asked of each vehicle. */
  readonly telemetryRateHz: number;
  /** Folder for `.tlog` files, one per flight; null: nothing is recorded. */
  readonly recordingDir: string | null;
  /** Where the timestamps of our signatures are kept over restarts; absent or null: nowhere. */
  readonly signingStateFile?: string | null;
  /** Other ground stations that see what we see. */
  readonly forwards?: readonly ForwardConfig[];
  /** Folder of SRTM tiles (`N25E110.hgt`) from which vehicles that ask for terrain are answered; null: none is. */
  readonly elevationDir?: string | null;
  /** PX4's `all_events.json`, so that its events are told in words; null: by number and severity only. */
  readonly px4EventsFile?: string | null;
}

export type LinkState = 'opening' | 'open' | 'waiting' | 'closed';

export interface LinkStatus {
  readonly linkId: LinkId;
  readonly url: string;
  readonly state: LinkState;
  /** Why it is not open, in words that say what to do; null when open. */
  readonly problem: LinkProblem | null;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly framesIn: number;
  readonly framesOut: number;
  /** Bytes that belonged to no valid frame, frames with a bad checksum, frames refused for other reasons. */
  readonly garbageBytes: number;
  readonly badCrc: number;
  readonly rejected: number;
  /** Frames not delivered by the link's signing policy: without a signature, with a wrong one, seen before. */
  readonly unsigned: number;
  readonly badSignature: number;
  readonly replayed: number;
  /** UDP: the receive buffer that the system granted; null: not a UDP link, or not open. */
  readonly receiveBufferBytes: number | null;
  /** Addresses heard on this link now (UDP peers, or the one far end). */
  readonly endpoints: readonly string[];
}

/** Codes: `transport.port-busy`, `transport.device-missing`, `transport.permission-denied`, `transport.host-unknown`,
 * `transport.refused`, `transport.closed-by-peer`, `transport.open-failed`. */
export interface LinkProblem {
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, string | number>>;
}

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
  readonly cameras?: readonly CameraState[];
  readonly gimbals?: readonly GimbalState[];
  /** Relays and lights that report themselves. */
  readonly actuators?: ActuatorState;
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
  readonly failsafes?: {
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
  };
  /** The autopilot's own clock against ours (TIMESYNC); absent: it did not answer (yet). */
  readonly clock?: {
    /** Its clock minus ours. `boot`: its clock counts from power-on, so that this is minus the moment of its start. */
    readonly offsetMs: number;
    readonly base: 'boot' | 'unix';
    /** Smallest of the last exchanges. */
    readonly roundTripMs: number;
    readonly receivedAtMs: number;
  };
  readonly linkQuality: {
    /** Frames lost on the way to us over the last seconds, 0–100, from sequence gaps. */
    readonly lossPct: number;
    readonly framesPerS: number;
    readonly radioRssi: number | null;
    /** Every way on which it is heard, the one that is used for sending first. */
    readonly routes: readonly RouteStatus[];
  };
}

/** One way to a vehicle. */
export interface RouteStatus {
  readonly linkId: LinkId;
  readonly endpoint: string;
  readonly lossPct: number;
  readonly framesPerS: number;
  /** Later than the quickest way, from the same vehicle's clock; null: not known. */
  readonly extraDelayMs: number | null;
  readonly lastHeardAtMs: number;
}

export interface VehicleComponent {
  readonly componentId: number;
  readonly kind: 'autopilot' | 'gimbal' | 'camera' | 'companion' | 'other';
  /** MAV_TYPE of its heartbeat; null: it sends none. */
  readonly mavType: number | null;
  readonly lastHeardAtMs: number;
}

/** How a command ended. Only `done` is success, and it was seen in what the vehicle reports. */
export type CommandOutcome =
  | { readonly kind: 'done'; readonly confirmedBy: string }
  | { readonly kind: 'denied'; readonly result: string; readonly reasons: readonly string[] }
  | { readonly kind: 'no-answer'; readonly afterMs: number }
  | {
      readonly kind: 'not-confirmed';
      readonly expected: string;
      readonly observed: string;
      readonly afterMs: number;
    }
  | { readonly kind: 'not-connected' }
  | { readonly kind: 'identity-conflict'; readonly endpoints: readonly string[] }
  | { readonly kind: 'unsupported'; readonly what: string }
  | { readonly kind: 'busy'; readonly what: string }
  | { readonly kind: 'cancelled'; readonly by: string };

export interface MissionDifference {
  readonly index: number;
  readonly field: string;
  readonly sent: number;
  readonly held: number;
}

/** `done` only after the vehicle's own copy was read back and is equal. */
export type MissionOutcome =
  | { readonly kind: 'done'; readonly planHash: string; readonly itemCount: number }
  | {
      readonly kind: 'rejected';
      readonly result: string;
      readonly index: number | null;
      readonly reasons: readonly string[];
    }
  | { readonly kind: 'no-space'; readonly capacity: number | null; readonly itemCount: number }
  | { readonly kind: 'different'; readonly differences: readonly MissionDifference[] }
  | { readonly kind: 'no-progress'; readonly afterMs: number }
  | { readonly kind: 'not-connected' }
  | { readonly kind: 'identity-conflict'; readonly endpoints: readonly string[] }
  | { readonly kind: 'busy'; readonly what: string }
  | { readonly kind: 'cancelled'; readonly by: string };

export type MissionDownloadOutcome =
  | { readonly kind: 'done'; readonly items: readonly MissionItem[]; readonly planHash: string }
  | Exclude<MissionOutcome, { readonly kind: 'done' | 'different' }>;

export interface TransferProgress {
  readonly phase: 'upload' | 'read-back';
  readonly itemsDone: number;
  readonly itemsTotal: number;
}

export type LaunchStep = 'prepare' | 'arm' | 'take-off' | 'start-mission';

export interface LaunchProgress {
  readonly step: LaunchStep;
  readonly state: 'running' | 'done';
}

export type BridgeEvent =
  /** Newest snapshots of vehicles that changed since the last batch; at most one batch per 50 ms. */
  | { readonly kind: 'vehicles'; readonly states: readonly VehicleState[] }
  | { readonly kind: 'vehicle-found'; readonly vehicleId: VehicleId }
  /** It told who it is only now: this id is gone, `by` is the same aircraft. */
  | { readonly kind: 'vehicle-replaced'; readonly vehicleId: VehicleId; readonly by: VehicleId | null }
  | { readonly kind: 'vehicle-lost'; readonly vehicleId: VehicleId; readonly silentForMs: number }
  | { readonly kind: 'vehicle-back'; readonly vehicleId: VehicleId; readonly silentForMs: number }
  | { readonly kind: 'vehicle-rebooted'; readonly vehicleId: VehicleId }
  | { readonly kind: 'identity-conflict'; readonly systemId: number; readonly endpoints: readonly string[] }
  /** Another way to this vehicle is used for sending now. */
  | {
      readonly kind: 'vehicle-route';
      readonly vehicleId: VehicleId;
      readonly from: { readonly linkId: LinkId; readonly endpoint: string };
      readonly to: { readonly linkId: LinkId; readonly endpoint: string };
      readonly atMs: number;
    }
  | {
      readonly kind: 'status-text';
      readonly vehicleId: VehicleId;
      /** MAV_SEVERITY 0 emergency … 7 debug. */
      readonly severity: number;
      readonly text: string;
      readonly atMs: number;
    }
  | {
      readonly kind: 'item-reached';
      readonly vehicleId: VehicleId;
      readonly index: number;
      readonly atMs: number;
    }
  | { readonly kind: 'armed'; readonly vehicleId: VehicleId; readonly atMs: number }
  | { readonly kind: 'disarmed'; readonly vehicleId: VehicleId; readonly atMs: number }
  | {
      readonly kind: 'recording-started';
      readonly vehicleId: VehicleId;
      readonly recordingId: string;
      /** Absolute path of the tlog; it begins some seconds before arming (pre-roll). */
      readonly path: string;
      readonly atMs: number;
    }
  | {
      readonly kind: 'recording-closed';
      readonly vehicleId: VehicleId;
      readonly recordingId: string;
      readonly path: string;
      readonly frames: number;
      readonly bytes: number;
      readonly atMs: number;
      readonly reason: 'disarmed' | 'shutdown' | 'write-failed';
    }
  | { readonly kind: 'recording-failed'; readonly vehicleId: VehicleId; readonly message: string }
  /** A camera reports an image; texts come from it and are shown as text only. */
  | {
      readonly kind: 'image-captured';
      readonly vehicleId: VehicleId;
      readonly cameraId: string;
      /** Zero-based. */
      readonly index: number;
      readonly ok: boolean;
      /** Where the camera says it was; null: not told. */
      readonly place: {
        readonly lonDeg: number;
        readonly latDeg: number;
        readonly altitudeAmslM: number | null;
        readonly relativeAltitudeM: number | null;
      } | null;
      /** Camera's own clock, epoch milliseconds; null: it has none. */
      readonly takenAtMs: number | null;
      readonly fileUrl: string | null;
      readonly atMs: number;
    }
  /** A camera records, or does no more. `commanded`: within our own running command; else somebody or something else. */
  | {
      readonly kind: 'camera-recording-changed';
      readonly vehicleId: VehicleId;
      readonly cameraId: string;
      readonly recording: boolean;
      readonly commanded: boolean;
      readonly atMs: number;
    }
  /** What an autopilot says by number (PX4's events); `text` is for people, `name` null: its words are not known. */
  | {
      readonly kind: 'autopilot-event';
      readonly vehicleId: VehicleId;
      readonly eventId: number;
      /** MAV_SEVERITY 0 emergency … 7 debug. */
      readonly severity: number;
      readonly name: string | null;
      readonly text: string;
      readonly atMs: number;
    }
  /** How a flight to a place or round one goes on after it was accepted. `stopped`: it will not be finished. */
  | {
      readonly kind: 'guided';
      readonly vehicleId: VehicleId;
      readonly action: 'go-to' | 'orbit';
      readonly phase: 'arrived' | 'orbiting' | 'stopped';
      /** To the place (go-to), from the circle (orbit); null: no position is reported. */
      readonly distanceM: number | null;
      /** Why it was stopped. */
      readonly reason: string | null;
      readonly atMs: number;
    }
  /** There are fewer logs on board than before, and we did not remove them: on the wire anybody may erase them. */
  | {
      readonly kind: 'onboard-logs-shrunk';
      readonly vehicleId: VehicleId;
      readonly before: number;
      readonly after: number;
      readonly atMs: number;
    }
  | { readonly kind: 'link'; readonly status: LinkStatus };

/** Of the thread that talks to the aircraft, over about the last second. */
export interface BridgeHealth {
  readonly eventLoopDelayP99Ms: number;
  readonly eventLoopDelayMaxMs: number;
  /** 0–1: the part of the time in which it works. */
  readonly busyFraction: number;
}

export interface Bridge {
  links(): readonly LinkStatus[];
  forwards(): readonly ForwardStatus[];
  health(): BridgeHealth;
  vehicles(): readonly VehicleState[];
  vehicle(vehicleId: VehicleId): VehicleState | null;
  /** Returns the way to stop listening. A listener that throws is logged and does not stop the others. */
  subscribe(listener: (event: BridgeEvent) => void): () => void;
  /**
   * Full detail for these vehicles, a background rate for the rest; null: full detail for all (as at the start).
   * Vehicles that are not known yet count too.
   */
  setInterest(vehicleIds: readonly VehicleId[] | null): Promise<void>;
  /** Uploads `items`, reads them back, compares. One transfer per vehicle at a time. */
  uploadMission(
    vehicleId: VehicleId,
    items: readonly MissionItem[],
    onProgress?: (progress: TransferProgress) => void,
  ): Promise<MissionOutcome>;
  downloadMission(vehicleId: VehicleId): Promise<MissionDownloadOutcome>;
  /**
   * From disarmed on the ground to flying the mission that the vehicle holds: each step confirmed by the vehicle's
   * report before the next. A safety action (hold, return, land) ends a running launch with `cancelled`.
   */
  launchMission(
    vehicleId: VehicleId,
    options: { readonly takeoffAltitudeM: number },
    onProgress?: (progress: LaunchProgress) => void,
  ): Promise<CommandOutcome>;
  hold(vehicleId: VehicleId): Promise<CommandOutcome>;
  /** Goes on with the mission at the item where it was held. */
  resumeMission(vehicleId: VehicleId): Promise<CommandOutcome>;
  returnToLaunch(vehicleId: VehicleId): Promise<CommandOutcome>;
  land(vehicleId: VehicleId): Promise<CommandOutcome>;
  /** Idempotent. Settles waiting work with `cancelled`, flushes recordings, frees sockets and timers. */
  close(): Promise<void>;
}
