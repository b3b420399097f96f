import {
  buildMessage,
  CameraCaptureStatus,
  CameraImageCaptured,
  CameraInformation,
  CameraSettings,
  CommandAck,
  CommandLong,
  MavCmd,
  type MavLinkData,
  StorageInformation,
  VideoStreamInformation,
} from '../../codec/messages.ts';
import type { LivePort, Peer } from './live-port.ts';

/** A camera component after the camera protocol's text; each misbehaviour is a switch. Not written from the client. */
export interface CameraBehaviour {
  vendor: readonly number[];
  model: readonly number[];
  flags: number;
  streams: readonly { readonly name: string; readonly uri: string; readonly type?: number }[];
  freeMib: number;
  /** CAMERA_IMAGE_CAPTURED of these images gets lost on its first way. */
  loseImages: readonly number[];
  /** Takes commands and does nothing. */
  lazy: boolean;
  /** Answers nothing. */
  silent: boolean;
  /** Refuses commands with this result. */
  refuseWith: number | null;
  captureFails: boolean;
  /** Forgets that it has seen a sequence number. */
  forgetsSequence: boolean;
  exposureMs: number;
}

export const bytes32 = (text: string | readonly number[]): number[] => {
  const bytes = typeof text === 'string' ? [...Buffer.from(text, 'utf8')] : [...text];
  return [...bytes, ...new Array<number>(32).fill(0)].slice(0, 32);
};

export class ScriptedCamera implements Peer {
  readonly componentId: number;
  readonly behaviour: CameraBehaviour;
  readonly received: CommandLong[] = [];
  readonly #port: LivePort;
  recording = false;
  mode = 0;
  zoomPct = 10;
  intervalS = 0;
  bootMs = 10_000;
  readonly images: CameraImageCaptured[] = [];
  readonly #sequences = new Set<number>();

  constructor(port: LivePort, componentId: number, behaviour: Partial<CameraBehaviour> = {}) {
    this.#port = port;
    this.componentId = componentId;
    this.behaviour = {
      vendor: bytes32('Acme'),
      model: bytes32('Eye 2'),
      flags: 1 | 2 | 4 | 64 | 128 | 256,
      streams: [{ name: 'main', uri: 'rtsp://192.168.1.20:8554/main' }],
      freeMib: 12_000,
      loseImages: [],
      lazy: false,
      silent: false,
      refuseWith: null,
      captureFails: false,
      forgetsSequence: false,
      exposureMs: 300,
      ...behaviour,
    };
    port.join(this, { componentId, kind: 'camera', mavType: 30, lastHeardAtMs: port.clock.nowMs() });
  }

  receive(message: MavLinkData): void {
    if (!(message instanceof CommandLong) || this.behaviour.silent) return;
    this.received.push(message);
    if (message.command === MavCmd.REQUEST_MESSAGE) {
      const known = this.#tell(message._param1, message._param2);
      this.#ack(message.command, known ? 0 : 3);
      return;
    }
    if (this.behaviour.refuseWith !== null) {
      this.#ack(message.command, this.behaviour.refuseWith);
      return;
    }
    this.#ack(message.command, 0);
    if (!this.behaviour.lazy) this.#obey(message);
  }

  /** Somebody presses the button on the camera, or another station commands it. */
  setRecording(on: boolean): void {
    this.recording = on;
    this.status();
  }

  status(): void {
    this.#send(
      buildMessage(CameraCaptureStatus, {
        timeBootMs: this.#bootMs(),
        imageStatus: this.intervalS > 0 ? 2 : 0,
        videoStatus: this.recording ? 1 : 0,
        imageInterval: this.intervalS,
        recordingTimeMs: this.recording ? 5_000 : 0,
        availableCapacity: this.behaviour.freeMib,
        imageCount: this.images.length,
      }),
    );
  }

  capture(): void {
    const index = this.images.length;
    const image = buildMessage(CameraImageCaptured, {
      timeBootMs: this.#bootMs(),
      timeUtc: BigInt(this.#port.clock.nowMs()) * 1000n,
      lat: 252_809_000,
      lon: 1_102_900_000,
      alt: 210_500,
      relativeAlt: 60_500,
      q: [1, 0, 0, 0],
      imageIndex: index,
      captureResult: this.behaviour.captureFails ? 0 : 1,
      fileUrl: `http://192.168.1.20/IMG_${index}.jpg`,
    });
    this.images.push(image);
    if (!this.behaviour.loseImages.includes(index)) this.#send(image);
  }

  #obey(message: CommandLong): void {
    switch (message.command) {
      case MavCmd.IMAGE_START_CAPTURE: {
        const sequence = message._param4;
        if (message._param3 === 1 && sequence > 0) {
          if (this.#sequences.has(sequence) && !this.behaviour.forgetsSequence) return;
          this.#sequences.add(sequence);
        }
        if (message._param3 !== 1) this.intervalS = message._param2;
        this.#port.clock.setTimer(() => this.capture(), this.behaviour.exposureMs);
        return;
      }
      case MavCmd.IMAGE_STOP_CAPTURE:
        this.intervalS = 0;
        return;
      case MavCmd.VIDEO_START_CAPTURE:
        this.recording = true;
        return;
      case MavCmd.VIDEO_STOP_CAPTURE:
        this.recording = false;
        return;
      case MavCmd.SET_CAMERA_MODE:
        this.mode = message._param2;
        return;
      case MavCmd.SET_CAMERA_ZOOM:
        if (message._param1 === 2) this.zoomPct = message._param2;
        this.#tell(CameraSettings.MSG_ID, 0);
        return;
      default:
    }
  }

  #tell(messageId: number, index: number): boolean {
    switch (messageId) {
      case CameraInformation.MSG_ID:
        this.#send(
          buildMessage(CameraInformation, {
            timeBootMs: this.#bootMs(),
            vendorName: [...this.behaviour.vendor],
            modelName: [...this.behaviour.model],
            firmwareVersion: 0x00030201,
            focalLength: 24,
            resolutionH: 4000,
            resolutionV: 3000,
            flags: this.behaviour.flags as number,
          }),
        );
        return true;
      case CameraSettings.MSG_ID:
        this.#send(
          buildMessage(CameraSettings, {
            timeBootMs: this.#bootMs(),
            modeId: this.mode as number,
            zoomLevel: this.zoomPct,
            focusLevel: Number.NaN,
          }),
        );
        return true;
      case StorageInformation.MSG_ID:
        this.#send(
          buildMessage(StorageInformation, {
            storageId: 1,
            storageCount: 1,
            status: 2 as number,
            totalCapacity: 64_000,
            availableCapacity: this.behaviour.freeMib,
          }),
        );
        return true;
      case CameraCaptureStatus.MSG_ID:
        this.status();
        return true;
      case CameraImageCaptured.MSG_ID: {
        const image = this.images[index];
        if (image !== undefined) this.#send(image);
        return image !== undefined;
      }
      case VideoStreamInformation.MSG_ID:
        this.behaviour.streams.forEach(({ name, uri, type = 0 }, at) => {
          if (index !== 0 && index !== at + 1) return;
          this.#send(
            buildMessage(VideoStreamInformation, {
              streamId: at + 1,
              count: this.behaviour.streams.length,
              type: type as number,
              flags: 1 as number,
              framerate: 25,
              resolutionH: 1920,
              resolutionV: 1080,
              bitrate: 4_000_000,
              name,
              uri,
              encoding: 1 as number,
            }),
          );
        });
        return this.behaviour.streams.length > 0;
      default:
        return false;
    }
  }

  #bootMs(): number {
    this.bootMs += 10;
    return this.bootMs;
  }

  #ack(command: number, result: number): void {
    this.#send(buildMessage(CommandAck, { command, result, targetSystem: 245, targetComponent: 190 }));
  }

  #send(message: MavLinkData): void {
    if (!this.behaviour.silent) this.#port.hear(message, this.componentId);
  }
}
