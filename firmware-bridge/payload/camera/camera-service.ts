import {
  CameraCaptureStatus,
  CameraFeedback,
  CameraImageCaptured,
  CameraInformation,
  CameraSettings,
  StorageInformation,
  VideoStreamInformation,
} from '../../codec/messages.ts';
import type { CommandOutcome } from '../../model.ts';
import type { CommandSpec } from '../../protocol/command.ts';
import type { VehiclePort, VehicleService } from '../../service/vehicle-port.ts';
import type { MessageRequests } from '../message-requests.ts';
import type { CameraCapability, CameraMode, CameraState } from '../state.ts';
import type { StreamPolicy } from '../stream-uri.ts';
import {
  cameraIn,
  type Focus,
  record,
  setFocus,
  setMode,
  setZoom,
  startInterval,
  stopPhotos,
  takePhoto,
  unconfirmable,
  type Zoom,
} from './camera-commands.ts';
import { CameraRecords } from './camera-records.ts';
import { CameraWatch, type Shows } from './camera-watch.ts';
import { feedbackNews, imageNews } from './image-news.ts';
import { withInformation, withSettings, withStatus, withStorage, withStream } from './reduce-camera.ts';

/**
 * The cameras of one vehicle: found, asked what they are, watched for whether they record, and commanded.
 *
 *   heard (heartbeat, or any camera message) ──► CAMERA_INFORMATION asked ──► settings, storage, streams asked
 *   known ──► CAMERA_CAPTURE_STATUS every 2 s (each second while a command waits), unless it comes by itself
 *   silent: asked less and less often, never dropped; its last state keeps its age
 *
 * The autopilot is asked too: ArduPilot answers for cameras that it triggers itself, with its own component id.
 */
export interface CameraOptions {
  readonly streamPolicy: StreamPolicy;
}

const MIN_INTERVAL_S = 0.5;
const MAX_INTERVAL_S = 3_600;
const MAX_SEQUENCE = 1_000_000;

export class CameraService implements VehicleService {
  readonly #port: VehiclePort;
  readonly #policy: StreamPolicy;
  readonly #requests: MessageRequests;
  readonly #records: CameraRecords;
  readonly #watch: CameraWatch;
  readonly #stops: (() => void)[] = [];
  /** Cameras that a command of ours is at work on; what changes then was our doing. */
  readonly #commanding = new Map<string, Shows>();
  #sequence = 0;
  #closed = false;

  /** @param requests shared by all that ask this vehicle for messages */
  constructor(port: VehiclePort, requests: MessageRequests, options: CameraOptions) {
    this.#port = port;
    this.#policy = options.streamPolicy;
    this.#requests = requests;
    this.#records = new CameraRecords(port, (cameraId) => this.#commanding.get(cameraId) === 'recording');
    this.#watch = new CameraWatch(
      port,
      requests,
      this.#records,
      (cameraId) => this.#commanding.get(cameraId) ?? null,
    );
    this.#listen();
  }

  tick(nowMs: number): void {
    if (!this.#closed && this.#port.refusal() === null) this.#watch.tick(nowMs);
  }

  onReboot(): void {
    // The autopilot's own cameras began anew with it; a camera with a component of its own did not.
    this.#watch.forget(this.#port.target.componentId);
    this.#records.forget(this.#port.target.componentId);
  }

  close(): void {
    this.#closed = true;
    for (const stop of this.#stops) stop();
  }

  // What operators ask.

  /** `done` when the camera reports a new image, or counts one more. */
  takePhoto(cameraId: string): Promise<CommandOutcome> {
    this.#sequence = (this.#sequence % MAX_SEQUENCE) + 1;
    return this.#command(cameraId, 'photo', (camera) => takePhoto(camera, this.#sequence));
  }

  /** @param intervalS 0.5–3600; @param count null: until `stopPhotos` */
  startInterval(cameraId: string, intervalS: number, count: number | null): Promise<CommandOutcome> {
    if (!(intervalS >= MIN_INTERVAL_S && intervalS <= MAX_INTERVAL_S)) {
      return refuse(`interval ${intervalS} s is outside ${MIN_INTERVAL_S}–${MAX_INTERVAL_S} s`);
    }
    if (count !== null && !(Number.isInteger(count) && count > 0))
      return refuse(`${count} is no number of images`);
    return this.#command(cameraId, 'photo', (camera) => startInterval(camera, intervalS, count));
  }

  stopPhotos(cameraId: string): Promise<CommandOutcome> {
    return this.#command(cameraId, null, stopPhotos);
  }

  startRecording(cameraId: string): Promise<CommandOutcome> {
    return this.#record(cameraId, true);
  }

  stopRecording(cameraId: string): Promise<CommandOutcome> {
    return this.#record(cameraId, false);
  }

  setMode(cameraId: string, mode: CameraMode): Promise<CommandOutcome> {
    return this.#command(
      cameraId,
      mode === 'survey' ? 'survey-mode' : 'modes',
      (camera) => setMode(camera, mode),
      'settings',
    );
  }

  zoom(cameraId: string, zoom: Zoom): Promise<CommandOutcome> {
    if (zoom.kind === 'to' && !within(zoom.zoomPct, 0, 100))
      return refuse(`zoom ${zoom.zoomPct} % is outside 0–100 %`);
    if (zoom.kind === 'move' && !within(zoom.rate, -1, 1))
      return refuse(`zoom rate ${zoom.rate} is outside −1…1`);
    return this.#command(cameraId, 'zoom', (camera) => setZoom(camera, zoom), 'settings');
  }

  focus(cameraId: string, focus: Focus): Promise<CommandOutcome> {
    if (focus.kind === 'to' && !within(focus.focusPct, 0, 100))
      return refuse(`focus ${focus.focusPct} % is outside 0–100 %`);
    if (focus.kind === 'move' && !within(focus.rate, -1, 1))
      return refuse(`focus rate ${focus.rate} is outside −1…1`);
    return this.#command(cameraId, 'focus', (camera) => setFocus(camera, focus));
  }

  async #record(cameraId: string, on: boolean): Promise<CommandOutcome> {
    return this.#command(cameraId, 'video', (camera) => record(camera, on), 'recording');
  }

  async #command(
    cameraId: string,
    needs: CameraCapability | null,
    specOf: (camera: CameraState) => CommandSpec,
    shows: Shows = 'status',
  ): Promise<CommandOutcome> {
    const refusal = this.#port.refusal();
    if (refusal !== null) return refusal;
    const camera = cameraIn(this.#port.state(), cameraId);
    if (camera === null) return { kind: 'unsupported', what: `camera ${cameraId}: there is none` };
    if (needs !== null && camera.capabilities !== null && !camera.capabilities.includes(needs)) {
      return { kind: 'unsupported', what: `${needs}: camera ${cameraId} does not offer it` };
    }
    if (this.#commanding.has(cameraId)) return { kind: 'busy', what: `camera ${cameraId}` };
    this.#commanding.set(cameraId, shows);
    try {
      const isFresh = !needsCount(camera, needs) || (await this.#watch.refreshStatus(camera.componentId));
      if (!needsCount(camera, needs)) {
        this.#watch.ask(camera.componentId, CameraCaptureStatus.MSG_ID, { urgent: true });
      }
      const spec = specOf(cameraIn(this.#port.state(), cameraId) ?? camera);
      return await this.#port.run(isFresh ? spec : { ...spec, confirm: unconfirmable(spec.name) });
    } finally {
      this.#commanding.delete(cameraId);
      if (!this.#closed) this.#watch.ask(camera.componentId, CameraSettings.MSG_ID, {});
    }
  }

  // What the cameras say.

  #listen(): void {
    const { MSG_ID: INFORMATION } = CameraInformation;
    this.#stops.push(
      this.#port.on(CameraInformation, (message, { componentId, atMs }) => {
        const known = this.#records.identified(componentId, message);
        if (known === null) return;
        this.#requests.received(componentId, INFORMATION);
        const isFirst = known.state.infoReceivedAtMs === null;
        this.#records.change(known, withInformation(known.state, message, atMs));
        if (isFirst) this.#watch.learn(known.state, atMs);
      }),
      this.#port.on(CameraSettings, (message, { componentId, atMs }) => {
        this.#requests.received(componentId, CameraSettings.MSG_ID);
        for (const known of this.#records.meant(componentId, message.cameraDeviceId)) {
          this.#records.change(known, withSettings(known.state, message, atMs));
        }
      }),
      this.#port.on(CameraCaptureStatus, (message, { componentId, atMs }) => {
        this.#requests.received(componentId, CameraCaptureStatus.MSG_ID);
        this.#onStatus(message, componentId, atMs);
      }),
      this.#port.on(StorageInformation, (message, { componentId, atMs }) => {
        this.#requests.received(componentId, StorageInformation.MSG_ID);
        for (const known of this.#records.meant(componentId, 0)) {
          this.#records.change(known, withStorage(known.state, message, atMs));
        }
      }),
      this.#port.on(VideoStreamInformation, (message, { componentId, atMs }) => {
        this.#requests.received(componentId, VideoStreamInformation.MSG_ID, message.streamId);
        for (const known of this.#records.meant(componentId, message.cameraDeviceId)) {
          this.#records.change(known, withStream(known.state, message, atMs, this.#policy));
          known.streamCount = Math.max(known.streamCount, message.streamId === 0 ? 0 : message.count);
        }
      }),
      this.#port.on(CameraImageCaptured, (message, { componentId, atMs }) => {
        this.#requests.received(componentId, CameraImageCaptured.MSG_ID, message.imageIndex);
        const [known] = this.#records.meant(componentId, message.cameraId);
        if (known !== undefined) this.#records.image(known, imageNews(message), atMs);
      }),
      // ArduPilot's own report; it sends no CAMERA_IMAGE_CAPTURED (measured, 4.7).
      this.#port.on(CameraFeedback, (message, { componentId, atMs }) => {
        const [known] = this.#records.meant(componentId, message.camIdx + 1);
        if (known !== undefined) this.#records.image(known, feedbackNews(message), atMs);
      }),
    );
  }

  #onStatus(message: CameraCaptureStatus, componentId: number, atMs: number): void {
    const meant = this.#records.meant(componentId, message.cameraDeviceId);
    const isShared = meant.length > 1;
    if (isShared && message.videoStatus !== 0) this.#records.sharedRecording(componentId, atMs);
    for (const known of meant) {
      const shared = isShared ? { recording: this.#records.mayRecord(componentId, atMs) } : null;
      if (!isShared) this.#records.counted(known, message);
      this.#records.change(known, withStatus(known.state, message, atMs, shared));
    }
  }
}

/** Images are told apart by their number only: what was counted before the shot has to be known. */
function needsCount(camera: CameraState, needs: CameraCapability | null): boolean {
  return needs === 'photo' && camera.statusReceivedAtMs !== null && !camera.statusShared;
}

function within(value: number, min: number, max: number): boolean {
  return value >= min && value <= max;
}

function refuse(reason: string): Promise<CommandOutcome> {
  return Promise.resolve({ kind: 'denied', result: 'OUT_OF_RANGE', reasons: [reason] });
}
