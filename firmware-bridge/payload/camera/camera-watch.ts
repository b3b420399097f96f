import {
  CameraCaptureStatus,
  CameraImageCaptured,
  CameraInformation,
  CameraSettings,
  MavType,
  StorageInformation,
  VideoStreamInformation,
} from '../../codec/messages.ts';
import type { VehiclePort } from '../../service/vehicle-port.ts';
import type { MessageRequests } from '../message-requests.ts';
import type { CameraState } from '../state.ts';
import type { CameraRecords, Known } from './camera-records.ts';

/** What cameras are asked, and when. The answers arrive at the service; one that stays out is shown by its age. */

/** Which report shows the effect of a command. */
export type Shows = 'status' | 'recording' | 'settings';

/** Of the autopilot as often as of a camera, and then seldom: most have none. */
const REQUEST_ATTEMPTS = 4;
const ASK_AGAIN_MS = 60_000;
/** A link of hundreds of aircraft carries each of these; a stream of the message makes them unnecessary. */
const STATUS_EVERY_MS = 3_000;
const WHILE_WAITING_MS = 1_000;
const STATUS_WHEN_SILENT_MS = 15_000;
const STORAGE_EVERY_MS = 30_000;
/** Every image is worth it: 30 % loss each way leaves 1 in 200 unreported. */
const IMAGE_ATTEMPTS = 8;
/** A camera that refuses so often, and never reported an image, has no such reports (ArduPilot). */
const IMAGE_REFUSALS = 2;
const MAX_STREAM_ID = 16;
/** 1 s + 1.5 s + 2.25 s: somebody waits for the photo. */
const REFRESH_ATTEMPTS = 3;

export class CameraWatch {
  readonly #port: VehiclePort;
  readonly #requests: MessageRequests;
  readonly #records: CameraRecords;
  readonly #showing: (cameraId: string) => Shows | null;
  /** When components were last asked who they are. */
  readonly #askedAtMs = new Map<number, number>();

  /** @param showing what a running command waits for; null: none runs */
  constructor(
    port: VehiclePort,
    requests: MessageRequests,
    records: CameraRecords,
    showing: (cameraId: string) => Shows | null,
  ) {
    this.#port = port;
    this.#requests = requests;
    this.#records = records;
    this.#showing = showing;
  }

  tick(nowMs: number): void {
    for (const componentId of this.#candidates()) {
      const askedAtMs = this.#askedAtMs.get(componentId) ?? Number.NEGATIVE_INFINITY;
      const isKnown = this.#records.of(componentId).some(({ state }) => state.infoReceivedAtMs !== null);
      if (isKnown || nowMs - askedAtMs < ASK_AGAIN_MS) continue;
      this.#askedAtMs.set(componentId, nowMs);
      this.ask(componentId, CameraInformation.MSG_ID, { attempts: REQUEST_ATTEMPTS });
    }
    for (const known of this.#records.all()) this.#watch(known, nowMs);
  }

  /** It said what it is: the rest once. */
  learn(camera: CameraState, nowMs: number): void {
    const attempts = REQUEST_ATTEMPTS;
    const streams = camera.capabilities?.includes('video-stream') ?? true;
    this.ask(camera.componentId, CameraCaptureStatus.MSG_ID, { attempts });
    this.ask(camera.componentId, CameraSettings.MSG_ID, { attempts });
    this.ask(camera.componentId, StorageInformation.MSG_ID, { attempts });
    if (streams) this.ask(camera.componentId, VideoStreamInformation.MSG_ID, { attempts });
    for (const known of this.#records.of(camera.componentId)) {
      known.statusAskedAtMs = nowMs;
      known.storageAskedAtMs = nowMs;
    }
  }

  forget(componentId: number): void {
    this.#askedAtMs.delete(componentId);
  }

  /** True: a new status came; false: none within some seconds. */
  async refreshStatus(componentId: number): Promise<boolean> {
    const messageId = CameraCaptureStatus.MSG_ID;
    const request = { componentId, messageId, index: null, attempts: REFRESH_ATTEMPTS };
    return (await this.#requests.ask(request, true)) === 'received';
  }

  ask(
    componentId: number,
    messageId: number,
    options: {
      readonly index?: number;
      readonly attempts?: number;
      readonly urgent?: boolean;
      readonly onEnd?: (outcome: 'received' | 'refused' | 'no-answer' | 'cancelled') => void;
    },
  ): void {
    const { index = null, attempts = 1, urgent = false } = options;
    this.#requests
      .ask({ componentId, messageId, index, attempts }, urgent)
      .then((outcome) => options.onEnd?.(outcome))
      .catch((error: unknown) =>
        this.#port.logger.error(
          { err: error, vehicleId: this.#port.vehicleId },
          'A camera could not be asked',
        ),
      );
  }

  #candidates(): readonly number[] {
    const ids = new Set<number>([this.#port.target.componentId]);
    for (const component of this.#port.state().components) {
      if (component.kind === 'camera' || component.mavType === MavType.CAMERA) ids.add(component.componentId);
    }
    for (const { state } of this.#records.all()) ids.add(state.componentId);
    return [...ids];
  }

  #watch(known: Known, nowMs: number): void {
    const { state } = known;
    const showing = this.#showing(state.cameraId);
    const isSilent = known.unanswered >= REQUEST_ATTEMPTS;
    const everyMs = showing !== null ? WHILE_WAITING_MS : isSilent ? STATUS_WHEN_SILENT_MS : STATUS_EVERY_MS;
    if (nowMs - Math.max(state.statusReceivedAtMs ?? 0, known.statusAskedAtMs) >= everyMs) {
      known.statusAskedAtMs = nowMs;
      this.ask(state.componentId, CameraCaptureStatus.MSG_ID, {
        urgent: true,
        onEnd: (outcome) => {
          known.unanswered = outcome === 'received' ? 0 : known.unanswered + 1;
        },
      });
    }
    if (showing === 'settings' && nowMs - (state.settingsReceivedAtMs ?? 0) >= WHILE_WAITING_MS) {
      this.ask(state.componentId, CameraSettings.MSG_ID, { urgent: true });
    }
    if (state.storage !== null && nowMs - known.storageAskedAtMs >= STORAGE_EVERY_MS) {
      known.storageAskedAtMs = nowMs;
      this.ask(state.componentId, StorageInformation.MSG_ID, {});
    }
    this.#fetchStreams(known);
    this.#fetchImages(known);
  }

  /** The first answer tells how many there are. */
  #fetchStreams({ state, streamCount, streamsAsked }: Known): void {
    for (let streamId = 1; streamId <= Math.min(streamCount, MAX_STREAM_ID); streamId++) {
      const isKnown = state.streams.some((stream) => stream.streamId === streamId);
      if (isKnown || streamsAsked.has(streamId)) continue;
      streamsAsked.add(streamId);
      this.ask(state.componentId, VideoStreamInformation.MSG_ID, {
        index: streamId,
        attempts: REQUEST_ATTEMPTS,
      });
    }
  }

  #fetchImages(known: Known): void {
    for (const index of known.images.missing) {
      if (known.imagesAsked.has(index)) continue;
      if (known.refusedImages >= IMAGE_REFUSALS && !known.hasReported) {
        this.#records.unreported(known, index);
        continue;
      }
      known.imagesAsked.add(index);
      this.ask(known.state.componentId, CameraImageCaptured.MSG_ID, {
        index,
        attempts: IMAGE_ATTEMPTS,
        onEnd: (outcome) => {
          known.imagesAsked.delete(index);
          if (outcome === 'refused') known.refusedImages++;
          if (outcome === 'refused' || outcome === 'no-answer') this.#records.unreported(known, index);
        },
      });
    }
  }
}
