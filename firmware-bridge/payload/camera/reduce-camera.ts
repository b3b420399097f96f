import { textOf } from '../../codec/decoder.ts';
import type {
  CameraCaptureStatus,
  CameraInformation,
  CameraSettings,
  StorageInformation,
  VideoStreamInformation,
} from '../../codec/messages.ts';
import type { CameraCapability, CameraMode, CameraState, CaptureState, VideoStream } from '../state.ts';
import { judgeStreamUri, type StreamPolicy } from '../stream-uri.ts';
import { cleanText } from '../text.ts';

/** From messages to `CameraState`; pure. Times in epoch milliseconds. */

/** CAMERA_CAP_FLAGS. The bits for tracking points, rectangles and moving targets are not read: not used here. */
const CAPABILITIES: readonly (readonly [bit: number, CameraCapability])[] = [
  [1, 'video'],
  [2, 'photo'],
  [4, 'modes'],
  [8, 'photo-in-video-mode'],
  [16, 'video-in-photo-mode'],
  [32, 'survey-mode'],
  [64, 'zoom'],
  [128, 'focus'],
  [256, 'video-stream'],
  [4096, 'thermal-range'],
];
const MODES: readonly CameraMode[] = ['photo', 'video', 'survey'];
const CAPTURES: readonly CaptureState[] = ['idle', 'in-progress', 'interval', 'interval-in-progress'];
const STORAGE = ['missing', 'unformatted', 'ready', 'not-told'] as const;
const NAME_LENGTH = 32;
/** A component that counts up its streams for ever is no camera. */
const MAX_STREAMS = 16;

export function cameraIdOf(componentId: number, deviceId: number): string {
  return deviceId === 0 ? String(componentId) : `${componentId}/${deviceId}`;
}

export function newCamera(componentId: number, deviceId: number): CameraState {
  return {
    cameraId: cameraIdOf(componentId, deviceId),
    componentId,
    deviceId,
    vendor: null,
    model: null,
    firmwareVersion: null,
    focalLengthMm: null,
    widthPx: null,
    heightPx: null,
    gimbalDeviceId: null,
    capabilities: null,
    infoReceivedAtMs: null,
    mode: null,
    zoomPct: null,
    focusPct: null,
    settingsReceivedAtMs: null,
    recording: null,
    recordingForS: null,
    capture: null,
    imageIntervalS: null,
    imageCount: null,
    statusReceivedAtMs: null,
    statusShared: false,
    lastImage: null,
    imagesUnreported: 0,
    storage: null,
    streams: [],
  };
}

export function withInformation(camera: CameraState, message: CameraInformation, atMs: number): CameraState {
  return {
    ...camera,
    vendor: cleanText(message.vendorName, NAME_LENGTH),
    model: cleanText(message.modelName, NAME_LENGTH),
    firmwareVersion: versionOf(message.firmwareVersion),
    focalLengthMm: positive(message.focalLength),
    widthPx: positive(message.resolutionH),
    heightPx: positive(message.resolutionV),
    gimbalDeviceId: positive(message.gimbalDeviceId),
    // No camera can do nothing: it tells nothing (measured on ArduPilot 4.7, servo camera).
    capabilities: Number(message.flags) === 0 ? null : capabilitiesOf(Number(message.flags)),
    infoReceivedAtMs: atMs,
  };
}

export function withSettings(camera: CameraState, message: CameraSettings, atMs: number): CameraState {
  return {
    ...camera,
    mode: MODES[message.modeId] ?? null,
    zoomPct: percent(message.zoomLevel),
    focusPct: percent(message.focusLevel),
    settingsReceivedAtMs: atMs,
  };
}

/** @param recording as this status says, or any status that may be about this camera */
export function withStatus(
  camera: CameraState,
  message: CameraCaptureStatus,
  atMs: number,
  shared: { readonly recording: boolean } | null,
): CameraState {
  const recording = shared === null ? message.videoStatus !== 0 : shared.recording;
  return {
    ...camera,
    recording,
    recordingForS: recording && shared === null ? message.recordingTimeMs / 1000 : null,
    // Whose count it is, a shared status does not tell; recording is told, because it must not be missed.
    capture: shared === null ? captureOf(message, camera.deviceId) : null,
    imageIntervalS: shared === null ? positive(message.imageInterval) : null,
    imageCount: shared === null && message.imageCount >= 0 ? message.imageCount : null,
    statusReceivedAtMs: atMs,
    statusShared: shared !== null,
    storage:
      camera.storage === null && positive(message.availableCapacity) !== null
        ? {
            status: 'not-told',
            freeMib: positive(message.availableCapacity),
            totalMib: null,
            receivedAtMs: atMs,
          }
        : camera.storage,
  };
}

export function withStorage(camera: CameraState, message: StorageInformation, atMs: number): CameraState {
  const status = STORAGE[message.status] ?? 'not-told';
  const tells = status === 'ready' || status === 'unformatted';
  return {
    ...camera,
    storage: {
      status,
      freeMib: tells ? notNegative(message.availableCapacity) : null,
      totalMib: tells ? positive(message.totalCapacity) : null,
      receivedAtMs: atMs,
    },
  };
}

/** ArduPilot answers with zeros where no stream is known (measured): stream ids begin at 1. */
export function withStream(
  camera: CameraState,
  message: VideoStreamInformation,
  atMs: number,
  policy: StreamPolicy,
): CameraState {
  if (message.streamId === 0) return camera;
  const flags = Number(message.flags);
  const stream: VideoStream = {
    streamId: message.streamId,
    name: cleanText(message.name, NAME_LENGTH),
    running: (flags & 1) !== 0,
    thermal: (flags & 2) !== 0,
    encoding: message.encoding === 1 ? 'h264' : message.encoding === 2 ? 'h265' : null,
    widthPx: positive(message.resolutionH),
    heightPx: positive(message.resolutionV),
    frameRateHz: positive(message.framerate),
    bitrateBps: positive(message.bitrate),
    horizontalFovDeg: positive(message.hfov),
    uri: judgeStreamUri(textOf(message.uri), message.type, policy),
    receivedAtMs: atMs,
  };
  const others = camera.streams.filter(({ streamId }) => streamId !== stream.streamId);
  if (others.length >= MAX_STREAMS) return camera;
  return { ...camera, streams: [...others, stream].sort((a, b) => a.streamId - b.streamId) };
}

/** ArduPilot says "idle" while it takes photos without an end; only the interval tells (measured, 4.7). */
function captureOf(message: CameraCaptureStatus, deviceId: number): CaptureState | null {
  const isSeries = deviceId > 0 && message.imageStatus === 0 && positive(message.imageInterval) !== null;
  return isSeries ? 'interval' : (CAPTURES[message.imageStatus] ?? null);
}

/** dev.patch.minor.major, one byte each; 0: not told. */
function versionOf(packed: number): string | null {
  if (packed === 0) return null;
  return `${packed & 0xff}.${(packed >>> 8) & 0xff}.${(packed >>> 16) & 0xff}`;
}

function capabilitiesOf(flags: number): readonly CameraCapability[] {
  return CAPABILITIES.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name);
}

/** NaN, infinities, 0 and what is below: not told. */
function positive(value: number): number | null {
  return Number.isFinite(value) && value > 0 ? value : null;
}

function notNegative(value: number): number | null {
  return Number.isFinite(value) && value >= 0 ? value : null;
}

function percent(value: number): number | null {
  return Number.isFinite(value) && value >= 0 && value <= 100 ? value : null;
}
