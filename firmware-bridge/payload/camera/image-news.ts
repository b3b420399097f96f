import { textOf } from '../../codec/decoder.ts';
import type { CameraFeedback, CameraImageCaptured } from '../../codec/messages.ts';
import { int32OrNull } from '../../codec/unavailable.ts';
import type { BridgeEvent } from '../../model.ts';
import { tidyText } from '../text.ts';

/** What a camera, or ArduPilot in its place, says about one image. */
export type ImageReport = Omit<
  Extract<BridgeEvent, { readonly kind: 'image-captured' }>,
  'kind' | 'vehicleId' | 'cameraId' | 'atMs'
>;

const URL_LENGTH = 205;

export function imageNews(message: CameraImageCaptured): ImageReport {
  const { lat, lon } = message;
  // Zeros are what a camera without a position sends; no patrol flies at 0° N 0° E.
  const isTold = int32OrNull(lat) !== null && int32OrNull(lon) !== null && (lat !== 0 || lon !== 0);
  return {
    index: message.imageIndex,
    ok: message.captureResult === 1,
    place: isTold
      ? {
          lonDeg: lon / 1e7,
          latDeg: lat / 1e7,
          altitudeAmslM: metres(message.alt),
          relativeAltitudeM: metres(message.relativeAlt),
        }
      : null,
    takenAtMs: message.timeUtc === 0n ? null : Number(message.timeUtc / 1000n),
    fileUrl: tidyText(textOf(message.fileUrl), URL_LENGTH),
  };
}

/** CAMERA_FEEDBACK counts from 1; it means that the shutter was released. */
export function feedbackNews(message: CameraFeedback): ImageReport {
  return {
    index: message.imgIdx - 1,
    ok: true,
    place:
      message.lat === 0 && message.lng === 0
        ? null
        : {
            lonDeg: message.lng / 1e7,
            latDeg: message.lat / 1e7,
            altitudeAmslM: message.altMsl,
            relativeAltitudeM: message.altRel,
          },
    takenAtMs: message.timeUsec === 0n ? null : Number(message.timeUsec / 1000n),
    fileUrl: null,
  };
}

function metres(millimetres: number): number | null {
  return int32OrNull(millimetres) === null ? null : millimetres / 1000;
}
