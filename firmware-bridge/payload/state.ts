/**
 * What is told of cameras, gimbals, relays and lights in a vehicle's snapshot. Plain data; times are epoch
 * milliseconds of `Clock.nowMs`; null: not reported. Texts come from outside: cleaned, and never more than text.
 */

/** CAMERA_CAP_FLAGS in words. What can follow people on a picture is left out: see docs/payload.md. */
export type CameraCapability =
  | 'video'
  | 'photo'
  | 'modes'
  | 'photo-in-video-mode'
  | 'video-in-photo-mode'
  | 'survey-mode'
  | 'zoom'
  | 'focus'
  | 'video-stream'
  | 'thermal-range';

export type CameraMode = 'photo' | 'video' | 'survey';

/** `interval`: between two shots of a series. */
export type CaptureState = 'idle' | 'in-progress' | 'interval' | 'interval-in-progress';

export interface CameraState {
  /** `100` for a camera of its own, `1/2` for the second camera that component 1 serves. Unique in its vehicle. */
  readonly cameraId: string;
  readonly componentId: number;
  /** 0: the component is the camera; 1–6: one of the autopilot's own. */
  readonly deviceId: number;
  readonly vendor: string | null;
  readonly model: string | null;
  readonly firmwareVersion: string | null;
  readonly focalLengthMm: number | null;
  readonly widthPx: number | null;
  readonly heightPx: number | null;
  /** MAVLink's number of the gimbal that carries it; null: none, or not told. */
  readonly gimbalDeviceId: number | null;
  /** Null: it does not say what it can (ArduPilot's servo and relay cameras); then everything may be tried. */
  readonly capabilities: readonly CameraCapability[] | null;
  readonly infoReceivedAtMs: number | null;
  readonly mode: CameraMode | null;
  readonly zoomPct: number | null;
  readonly focusPct: number | null;
  readonly settingsReceivedAtMs: number | null;
  /** People have a right to know: null only while the camera has never said. Look at `statusReceivedAtMs` too. */
  readonly recording: boolean | null;
  readonly recordingForS: number | null;
  readonly capture: CaptureState | null;
  readonly imageIntervalS: number | null;
  /** Since the camera began to count. */
  readonly imageCount: number | null;
  readonly statusReceivedAtMs: number | null;
  /**
   * Several cameras share one status that names none of them (ArduPilot's). `recording` is then true on each of
   * them while any may be: never less than what is true.
   */
  readonly statusShared: boolean;
  readonly lastImage: {
    /** Zero-based. */
    readonly index: number;
    readonly ok: boolean;
    readonly receivedAtMs: number;
  } | null;
  /** Images that were taken and whose report never came, though asked for again. */
  readonly imagesUnreported: number;
  readonly storage: {
    readonly status: 'missing' | 'unformatted' | 'ready' | 'not-told';
    readonly freeMib: number | null;
    readonly totalMib: number | null;
    readonly receivedAtMs: number;
  } | null;
  readonly streams: readonly VideoStream[];
}

export interface VideoStream {
  readonly streamId: number;
  readonly name: string | null;
  readonly running: boolean;
  readonly thermal: boolean;
  readonly encoding: 'h264' | 'h265' | null;
  readonly widthPx: number | null;
  readonly heightPx: number | null;
  readonly frameRateHz: number | null;
  readonly bitrateBps: number | null;
  readonly horizontalFovDeg: number | null;
  readonly uri: StreamUri;
  readonly receivedAtMs: number;
}

/** Where a camera says that its pictures are. Untrusted: only `usable` may be opened by anything. */
export type StreamUri =
  | { readonly kind: 'usable'; readonly uri: string; readonly credentialsRemoved: boolean }
  | { readonly kind: 'refused'; readonly reason: StreamUriProblem; readonly shown: string }
  | { readonly kind: 'none' };

export type StreamUriProblem =
  | 'too-long'
  | 'not-text'
  | 'not-a-uri'
  | 'scheme'
  | 'host'
  | 'loopback'
  | 'link-local'
  | 'multicast'
  | 'port';

export interface GimbalState {
  /** `1/1`: manager component and device number. Unique in its vehicle. */
  readonly gimbalId: string;
  readonly managerComponentId: number;
  /** 1–6: the autopilot's own; else the component id of a MAVLink gimbal. */
  readonly deviceId: number;
  readonly capabilities: readonly GimbalCapability[];
  /** Null where it says none that makes sense. Yaw relative to the nose. */
  readonly pitchRangeDeg: readonly [min: number, max: number] | null;
  readonly yawRangeDeg: readonly [min: number, max: number] | null;
  readonly infoReceivedAtMs: number;
  readonly control: {
    /** Null: nobody has it. */
    readonly holder: { readonly systemId: number; readonly componentId: number } | null;
    readonly isOurs: boolean;
    readonly receivedAtMs: number;
  } | null;
  readonly attitude: GimbalAttitude | null;
  /** What we last asked for and have not taken back. */
  readonly aim: GimbalAim | null;
}

export interface GimbalAttitude {
  readonly rollDeg: number;
  /** Above the horizon is positive. */
  readonly pitchDeg: number;
  /** Right of the nose is positive; null: only the heading is known. */
  readonly yawFromNoseDeg: number | null;
  /** 0–360 from true north; null: only the yaw from the nose is known. */
  readonly headingDeg: number | null;
  readonly hold: 'retracted' | 'neutral' | 'lock' | 'follow';
  /** GIMBAL_DEVICE_ERROR_FLAGS in words; `at-…-limit` is where it stops, not a defect. */
  readonly faults: readonly string[];
  readonly receivedAtMs: number;
}

/** A place, or a direction that an operator chose. Never a person. */
export type GimbalAim =
  | {
      readonly kind: 'angle';
      readonly pitchDeg: number;
      readonly yawDeg: number;
      readonly frame: 'follow' | 'lock';
      readonly atMs: number;
    }
  | { readonly kind: 'rate'; readonly pitchDps: number; readonly yawDps: number; readonly atMs: number }
  | {
      readonly kind: 'place';
      readonly latDeg: number;
      readonly lonDeg: number;
      readonly altitudeAmslM: number;
      readonly atMs: number;
    }
  | { readonly kind: 'neutral' | 'retracted'; readonly atMs: number };

export type GimbalCapability =
  | 'retract'
  | 'neutral'
  | 'roll'
  | 'pitch'
  | 'yaw'
  | 'pitch-lock'
  | 'yaw-follow'
  | 'yaw-lock'
  | 'infinite-yaw'
  | 'point-at-place';

/** Switched outputs. */
export interface ActuatorState {
  /** ArduPilot's; numbers as in the command, from 0. */
  readonly relays: {
    readonly present: readonly number[];
    readonly on: readonly number[];
    readonly receivedAtMs: number;
  } | null;
  readonly illuminators: readonly IlluminatorState[];
}

export interface IlluminatorState {
  readonly componentId: number;
  readonly on: boolean;
  readonly brightnessPct: number | null;
  /** 0: steady. */
  readonly strobePeriodS: number | null;
  readonly temperatureC: number | null;
  readonly faults: readonly string[];
  readonly receivedAtMs: number;
}
