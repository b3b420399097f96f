import { MavCmd } from '../../codec/messages.ts';
import type { VehicleState } from '../../model.ts';
import type { CommandSpec, Confirmation } from '../../protocol/command.ts';
import type { CameraMode, CameraState } from '../state.ts';

/**
 * Camera commands (camera protocol v2), each with what shows its effect. Formatting a storage is not among them:
 * pictures are evidence. Neither is CAMERA_TRACK_POINT, CAMERA_TRACK_RECTANGLE or CAMERA_START_MTI: Airgrid follows
 * no people, and a tracker does not ask what it was pointed at.
 *
 * Every command names the camera twice: by the component that it is sent to, and by the target camera id for a
 * camera that has no component of its own. ArduPilot reads the stream id of the recording commands as its camera
 * number (AP_Camera, 4.7), other cameras as stream id; so the former get their number there too.
 */
const GIVE_UP_MS = 5_000;
/** A shot is repeated only after a report shows that nothing came of it: on a bad link that takes a while. */
const ONE_SHOT_GIVE_UP_MS = 10_000;
/** An exposure, the storing, and the report over a slow link. */
const IMAGE_WITHIN_MS = 10_000;
const STATUS_WITHIN_MS = 8_000;
/** Tele lenses and large files: a report older than this says nothing about the shot. */
const REPEAT_AFTER_MS = 3_000;
/** So often the camera shall tell of itself while it records. */
const STATUS_HZ = 1;

export type Zoom =
  | { readonly kind: 'to'; readonly zoomPct: number }
  /** −1 … 1; 0 stops. Until stopped. */
  | { readonly kind: 'move'; readonly rate: number }
  | { readonly kind: 'step'; readonly direction: -1 | 1 };

export type Focus =
  | { readonly kind: 'to'; readonly focusPct: number }
  | { readonly kind: 'move'; readonly rate: number }
  | { readonly kind: 'auto' };

/** @param sequence differs for every shot, so that a camera takes a repeated command for the one shot that it is */
export function takePhoto(camera: CameraState, sequence: number): CommandSpec {
  return {
    name: 'take photo',
    command: MavCmd.IMAGE_START_CAPTURE,
    params: [camera.deviceId, 0, 1, sequence],
    componentId: camera.componentId,
    commandClass: 'one-shot',
    giveUpMs: ONE_SHOT_GIVE_UP_MS,
    repeatAfterMs: REPEAT_AFTER_MS,
    persistent: false,
    confirm: newImage(camera),
  };
}

export function startInterval(camera: CameraState, intervalS: number, count: number | null): CommandSpec {
  return {
    name: 'start interval photos',
    command: MavCmd.IMAGE_START_CAPTURE,
    params: [camera.deviceId, intervalS, count ?? 0, 0],
    componentId: camera.componentId,
    commandClass: 'one-shot',
    giveUpMs: ONE_SHOT_GIVE_UP_MS,
    repeatAfterMs: REPEAT_AFTER_MS,
    persistent: false,
    confirm: intervalRuns(camera, count),
  };
}

export function stopPhotos(camera: CameraState): CommandSpec {
  return {
    name: 'stop photos',
    command: MavCmd.IMAGE_STOP_CAPTURE,
    params: [camera.deviceId],
    componentId: camera.componentId,
    commandClass: 'idempotent',
    giveUpMs: GIVE_UP_MS,
    persistent: false,
    confirm: camera.statusShared
      ? null
      : {
          ...statusOf(camera),
          expected: 'no photos being taken',
          seen: (state) => cameraIn(state, camera.cameraId)?.capture === 'idle',
          observed: (state) => `photos: ${cameraIn(state, camera.cameraId)?.capture ?? 'not reported'}`,
        },
  };
}

export function record(camera: CameraState, on: boolean): CommandSpec {
  const streamId = camera.deviceId;
  // Another camera behind the same status may be the one that records already: then nothing can be told from it.
  const isTold = !(camera.statusShared && on && camera.recording === true);
  return {
    name: on ? 'start recording' : 'stop recording',
    command: on ? MavCmd.VIDEO_START_CAPTURE : MavCmd.VIDEO_STOP_CAPTURE,
    params: on ? [streamId, STATUS_HZ, camera.deviceId] : [streamId, camera.deviceId],
    componentId: camera.componentId,
    // Started twice it may begin a second file; stopped twice it is stopped.
    commandClass: on ? 'one-shot' : 'idempotent',
    giveUpMs: on ? ONE_SHOT_GIVE_UP_MS : GIVE_UP_MS,
    repeatAfterMs: REPEAT_AFTER_MS,
    persistent: false,
    confirm: isTold ? recording(camera, on) : null,
  };
}

function recording(camera: CameraState, on: boolean): Confirmation {
  return {
    ...statusOf(camera),
    expected: on ? 'recording' : 'not recording',
    seen: (state) => cameraIn(state, camera.cameraId)?.recording === on,
    observed: (state) => {
      const told = cameraIn(state, camera.cameraId)?.recording ?? null;
      return told === null ? 'no status reported' : told ? 'recording' : 'not recording';
    },
  };
}

const MODE_IDS: Readonly<Record<CameraMode, number>> = { photo: 0, video: 1, survey: 2 };

export function setMode(camera: CameraState, mode: CameraMode): CommandSpec {
  return {
    name: `set camera mode ${mode}`,
    command: MavCmd.SET_CAMERA_MODE,
    params: [camera.deviceId, MODE_IDS[mode]],
    componentId: camera.componentId,
    commandClass: 'idempotent',
    giveUpMs: GIVE_UP_MS,
    persistent: false,
    confirm: {
      ...settingsOf(camera),
      expected: `camera mode ${mode}`,
      seen: (state) => cameraIn(state, camera.cameraId)?.mode === mode,
      observed: (state) => `camera mode ${cameraIn(state, camera.cameraId)?.mode ?? 'not reported'}`,
    },
  };
}

const ZOOM_STEP = 0;
const ZOOM_CONTINUOUS = 1;
const ZOOM_RANGE = 2;
/** Lenses stop where their gears do. */
const ZOOM_TOLERANCE_PCT = 3;

export function setZoom(camera: CameraState, zoom: Zoom): CommandSpec {
  const [type, value] =
    zoom.kind === 'to'
      ? [ZOOM_RANGE, zoom.zoomPct]
      : zoom.kind === 'move'
        ? [ZOOM_CONTINUOUS, zoom.rate]
        : [ZOOM_STEP, zoom.direction];
  return {
    name: 'set zoom',
    command: MavCmd.SET_CAMERA_ZOOM,
    params: [type, value, camera.deviceId],
    componentId: camera.componentId,
    commandClass: zoom.kind === 'step' ? 'one-shot' : 'idempotent',
    giveUpMs: GIVE_UP_MS,
    persistent: false,
    // Cameras that do not tell their zoom (ArduPilot's answer NaN) can only acknowledge.
    confirm:
      zoom.kind === 'to' && camera.zoomPct !== null
        ? {
            ...settingsOf(camera),
            expected: `zoom ${zoom.zoomPct} %`,
            seen: (state) => {
              const zoomPct = cameraIn(state, camera.cameraId)?.zoomPct ?? null;
              return zoomPct !== null && Math.abs(zoomPct - zoom.zoomPct) <= ZOOM_TOLERANCE_PCT;
            },
            observed: (state) => `zoom ${cameraIn(state, camera.cameraId)?.zoomPct ?? 'not reported'} %`,
          }
        : null,
  };
}

const FOCUS_CONTINUOUS = 1;
const FOCUS_RANGE = 2;
const FOCUS_AUTO = 4;

/** The acknowledgement is all there is: no message tells whether a picture is sharp. */
export function setFocus(camera: CameraState, focus: Focus): CommandSpec {
  const [type, value] =
    focus.kind === 'to'
      ? [FOCUS_RANGE, focus.focusPct]
      : focus.kind === 'move'
        ? [FOCUS_CONTINUOUS, focus.rate]
        : [FOCUS_AUTO, 0];
  return {
    name: 'set focus',
    command: MavCmd.SET_CAMERA_FOCUS,
    params: [type, value, camera.deviceId],
    componentId: camera.componentId,
    commandClass: 'idempotent',
    giveUpMs: GIVE_UP_MS,
    persistent: false,
    confirm: null,
  };
}

/**
 * Without a count from before the shot no later count or report proves a new image: an image of the shot before may
 * be reported now. It is taken all the same, not repeated, and not called done.
 */
export function unconfirmable(name: string): Confirmation {
  return {
    expected: `${name}: a new image reported by the camera`,
    seen: () => false,
    observed: () => 'the camera did not tell what it had counted before',
    reportedAtMs: () => null,
    withinMs: 1_000,
  };
}

export function cameraIn(state: VehicleState, cameraId: string): CameraState | null {
  return state.cameras?.find((camera) => camera.cameraId === cameraId) ?? null;
}

/**
 * A report of a new image, or a count that grew where the report was lost. A report and the count come apart: the
 * count that catches up with an image reported before is no new image (seen on a real ArduPilot).
 */
function newImage(before: CameraState): Confirmation {
  const { cameraId } = before;
  const known = Math.max(before.imageCount ?? 0, before.lastImage === null ? 0 : before.lastImage.index + 1);
  const fresh = (state: VehicleState): CameraState['lastImage'] => {
    const image = cameraIn(state, cameraId)?.lastImage ?? null;
    // A report that is asked for again is new, its image is not.
    return image !== null && image.index >= known ? image : null;
  };
  return {
    expected: 'a new image reported by the camera',
    seen: (state) => {
      const image = fresh(state);
      if (image !== null) return image.ok;
      const count = cameraIn(state, cameraId)?.imageCount ?? null;
      return count !== null && before.imageCount !== null && count > known;
    },
    observed: (state) => {
      if (fresh(state)?.ok === false) return 'the camera reports that the image failed';
      return `${cameraIn(state, cameraId)?.imageCount ?? 'no'} images counted, none of them new`;
    },
    reportedAtMs: (state) => {
      const camera = cameraIn(state, cameraId);
      return later(camera?.statusReceivedAtMs ?? null, camera?.lastImage?.receivedAtMs ?? null);
    },
    begun: (state) => {
      const capture = cameraIn(state, cameraId)?.capture ?? null;
      return capture === 'in-progress' || capture === 'interval-in-progress';
    },
    ruledOut: (state) => fresh(state)?.ok === false,
    withinMs: IMAGE_WITHIN_MS,
  };
}

/** An image alone may be a late one of before (seen on a real ArduPilot); of a counted series it may be the only one. */
function intervalRuns(before: CameraState, count: number | null): Confirmation {
  const image = newImage(before);
  if (before.statusShared) return image;
  const capture = (state: VehicleState) => cameraIn(state, before.cameraId)?.capture ?? null;
  return {
    ...image,
    expected: 'interval photos',
    seen: (state) => {
      const now = capture(state);
      return now === 'interval' || now === 'interval-in-progress' || (count !== null && image.seen(state));
    },
    observed: (state) => `photos: ${capture(state) ?? 'not reported'}`,
    ruledOut: () => false,
  };
}

function statusOf(camera: CameraState): Pick<Confirmation, 'reportedAtMs' | 'withinMs'> {
  return {
    reportedAtMs: (state) => cameraIn(state, camera.cameraId)?.statusReceivedAtMs ?? null,
    withinMs: STATUS_WITHIN_MS,
  };
}

function settingsOf(camera: CameraState): Pick<Confirmation, 'reportedAtMs' | 'withinMs'> {
  return {
    reportedAtMs: (state) => cameraIn(state, camera.cameraId)?.settingsReceivedAtMs ?? null,
    withinMs: STATUS_WITHIN_MS,
  };
}

function later(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}
