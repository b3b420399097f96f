import {
  buildMessage,
  CameraCaptureStatus,
  type CameraImageCaptured,
  CameraInformation,
  CameraSettings,
  type MavLinkData,
  StorageInformation,
  VideoStreamInformation,
} from '../../../firmware-bridge/codec/messages.ts';
import { CARD_MIB, type CameraBody } from './camera-body.ts';

/** What the simulated camera says of itself. */
export interface CameraIdentity {
  readonly vendor: string;
  readonly model: string;
  /** Number of the gimbal that it is on; 0: none. */
  readonly gimbalDeviceId: number;
  readonly streams: readonly { readonly name: string; readonly uri: string }[];
}

/** CAMERA_CAP_FLAGS: video, image, modes, both at once, zoom, focus, stream. */
const CAPABILITIES = 1 | 2 | 4 | 8 | 16 | 64 | 128 | 256;
const MIB_PER_S = 60;

/** @param index of an image or a stream (0: all). Empty: it has no such message, or not that one. */
export function cameraMessages(
  messageId: number,
  index: number,
  camera: {
    readonly identity: CameraIdentity;
    readonly body: CameraBody;
    readonly bootMs: number;
    image(index: number): CameraImageCaptured | null;
  },
): readonly MavLinkData[] {
  const { identity, body, bootMs: timeBootMs } = camera;
  switch (messageId) {
    case CameraInformation.MSG_ID:
      return [information(identity, timeBootMs)];
    case CameraSettings.MSG_ID:
      return [
        buildMessage(CameraSettings, {
          timeBootMs,
          modeId: body.mode as number,
          zoomLevel: body.zoom.pct,
          focusLevel: body.focus.pct,
        }),
      ];
    case StorageInformation.MSG_ID:
      return [storage(body, timeBootMs)];
    case CameraCaptureStatus.MSG_ID:
      return [captureStatus(body, timeBootMs)];
    case VideoStreamInformation.MSG_ID:
      return streams(identity).filter(({ streamId }) => index === 0 || streamId === index);
    default: {
      const image = messageId === 263 ? camera.image(index) : null;
      return image === null ? [] : [image];
    }
  }
}

function information(identity: CameraIdentity, timeBootMs: number): CameraInformation {
  return buildMessage(CameraInformation, {
    timeBootMs,
    vendorName: bytes32(identity.vendor),
    modelName: bytes32(identity.model),
    firmwareVersion: 0x0001_0001,
    focalLength: 24,
    sensorSizeH: 6.4,
    sensorSizeV: 4.8,
    resolutionH: 4000,
    resolutionV: 3000,
    flags: CAPABILITIES as number,
    gimbalDeviceId: identity.gimbalDeviceId,
  });
}

function storage(body: CameraBody, timeBootMs: number): StorageInformation {
  return buildMessage(StorageInformation, {
    timeBootMs,
    storageId: 1,
    storageCount: 1,
    // STORAGE_STATUS_READY, STORAGE_TYPE_MICROSD.
    status: 2 as number,
    type: 3 as number,
    totalCapacity: CARD_MIB,
    usedCapacity: CARD_MIB - body.freeMib,
    availableCapacity: body.freeMib,
    readSpeed: MIB_PER_S,
    writeSpeed: MIB_PER_S,
    name: 'card',
  });
}

/** image_status: bit 0 a shot is being taken, bit 1 a series is set. */
export function captureStatus(body: CameraBody, timeBootMs: number): CameraCaptureStatus {
  return buildMessage(CameraCaptureStatus, {
    timeBootMs,
    imageStatus: (body.isExposing ? 1 : 0) | (body.intervalS === null ? 0 : 2),
    videoStatus: body.recordingForS === null ? 0 : 1,
    imageInterval: body.intervalS ?? 0,
    recordingTimeMs: Math.round((body.recordingForS ?? 0) * 1000),
    availableCapacity: body.freeMib,
    imageCount: body.imageCount,
  });
}

function streams(identity: CameraIdentity): readonly VideoStreamInformation[] {
  return identity.streams.map(({ name, uri }, place) =>
    buildMessage(VideoStreamInformation, {
      streamId: place + 1,
      count: identity.streams.length,
      // RTSP, running, H.264.
      type: 0 as number,
      flags: 1 as number,
      encoding: 1 as number,
      framerate: 25,
      resolutionH: 1920,
      resolutionV: 1080,
      bitrate: 4_000_000,
      hfov: 65,
      name,
      uri,
    }),
  );
}

function bytes32(text: string): number[] {
  const bytes = [...Buffer.from(text, 'utf8')].slice(0, 32);
  return [...bytes, ...new Array<number>(32 - bytes.length).fill(0)];
}
