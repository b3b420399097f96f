import { RESULT } from '../../vehicle/command.ts';
import { type CameraBody, type CameraMode, type LensOrder, turnLens } from './camera-body.ts';

/** Camera protocol v2, from commands to the camera; pure but for the camera itself. */
export const CAMERA_COMMAND = {
  DIGICAM_CONTROL: 203,
  TRIGGER_DISTANCE: 206,
  STORAGE_FORMAT: 526,
  SET_MODE: 530,
  SET_ZOOM: 531,
  SET_FOCUS: 532,
  IMAGE_START: 2000,
  IMAGE_STOP: 2001,
  VIDEO_START: 2500,
  VIDEO_STOP: 2501,
} as const;

/** CAMERA_ZOOM_TYPE; SET_FOCUS_TYPE has the same first three. */
const LENS = {
  STEP: 0,
  CONTINUOUS: 1,
  RANGE: 2,
  LENGTH: 3,
  AUTO: 4,
  AUTO_SINGLE: 5,
  AUTO_CONTINUOUS: 6,
} as const;
/** A moving aircraft takes no two pictures of one place. */
const MIN_DISTANCE_M = 0.5;

export interface CameraOrders {
  readonly body: CameraBody;
  /** Metres between two photos; null: none. */
  setTriggerDistance(distanceM: number | null): void;
  /** Hz; 0: only when asked for. */
  setStatusRate(hz: number): void;
}

type Params = readonly [number, number, number, number];

/** MAV_RESULT; null: not for a camera. `tail`: param5 to 7. */
export function performCamera(
  command: number,
  params: Params,
  tail: readonly [number, number, number],
  { body, setTriggerDistance, setStatusRate }: CameraOrders,
): number | null {
  switch (command) {
    case CAMERA_COMMAND.IMAGE_START:
      return startImages(body, params);
    case CAMERA_COMMAND.IMAGE_STOP:
      body.stopSeries();
      return RESULT.ACCEPTED;
    case CAMERA_COMMAND.VIDEO_START:
      setStatusRate(Math.max(0, params[1]));
      return body.startRecording() ? RESULT.ACCEPTED : RESULT.FAILED;
    case CAMERA_COMMAND.VIDEO_STOP:
      body.stopRecording();
      setStatusRate(0);
      return RESULT.ACCEPTED;
    case CAMERA_COMMAND.SET_MODE:
      return setMode(body, params[1]);
    case CAMERA_COMMAND.SET_ZOOM:
      return setLens(params, (order) => turnLens(body.zoom, order));
    case CAMERA_COMMAND.SET_FOCUS:
      return setFocus(body, params);
    case CAMERA_COMMAND.STORAGE_FORMAT:
      return format(body, params);
    case CAMERA_COMMAND.DIGICAM_CONTROL:
      // param5: shoot.
      return tail[0] === 1 && !body.takePhoto(0) ? RESULT.FAILED : RESULT.ACCEPTED;
    case CAMERA_COMMAND.TRIGGER_DISTANCE: {
      const distanceM = params[0];
      setTriggerDistance(distanceM > 0 ? Math.max(MIN_DISTANCE_M, distanceM) : null);
      return RESULT.ACCEPTED;
    }
    default:
      return null;
  }
}

/** param2 interval, param3 number (0: until stopped), param4 number of a single shot. */
function startImages(body: CameraBody, [, intervalS, count, sequence]: Params): number {
  if (!(intervalS >= 0) || !(count >= 0)) return RESULT.DENIED;
  const done =
    count === 1 ? body.takePhoto(sequence) : body.startSeries(intervalS, count === 0 ? null : count);
  if (done) return RESULT.ACCEPTED;
  // Busy passes, a full card does not.
  return body.isExposing || body.intervalS !== null ? RESULT.TEMPORARILY_REJECTED : RESULT.FAILED;
}

function setMode(body: CameraBody, mode: number): number {
  if (mode !== 0 && mode !== 1 && mode !== 2) return RESULT.DENIED;
  body.setMode(mode satisfies CameraMode);
  return RESULT.ACCEPTED;
}

function setLens([type, value]: Params, turn: (order: LensOrder) => void): number {
  if (!Number.isFinite(value)) return RESULT.DENIED;
  if (type === LENS.STEP) turn({ kind: 'step', direction: value });
  else if (type === LENS.CONTINUOUS) turn({ kind: 'move', rate: value });
  else if (type === LENS.RANGE) turn({ kind: 'to', pct: value });
  else return RESULT.UNSUPPORTED;
  return RESULT.ACCEPTED;
}

/** Automatic focus finds the middle: everything worth seeing is far away. */
function setFocus(body: CameraBody, params: Params): number {
  const [type] = params;
  if (type === LENS.AUTO || type === LENS.AUTO_SINGLE || type === LENS.AUTO_CONTINUOUS) {
    turnLens(body.focus, { kind: 'to', pct: 50 });
    return RESULT.ACCEPTED;
  }
  return setLens(params, (order) => turnLens(body.focus, order));
}

/** param1 storage (0: all), param2 1: really, param3 1: the images are forgotten too. */
function format(body: CameraBody, [storage, really, forget]: Params): number {
  if (storage > 1 || really !== 1) return RESULT.DENIED;
  if (body.recordingForS !== null || body.isExposing) return RESULT.TEMPORARILY_REJECTED;
  body.format();
  if (forget === 1) body.forgetImages();
  return RESULT.ACCEPTED;
}
