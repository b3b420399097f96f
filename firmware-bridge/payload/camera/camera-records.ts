import type { CameraCaptureStatus, CameraInformation } from '../../codec/messages.ts';
import type { VehiclePort } from '../../service/vehicle-port.ts';
import type { CameraState } from '../state.ts';
import { givenUp, type ImageLog, imageReported, imagesCounted, NEW_IMAGE_LOG } from './image-log.ts';
import type { ImageReport } from './image-news.ts';
import { cameraIdOf, newCamera } from './reduce-camera.ts';

/** What is known of each camera of a vehicle; keeps the snapshot's `cameras` and tells events. */
export interface Known {
  state: CameraState;
  images: ImageLog;
  /** Images that are being asked for again. */
  readonly imagesAsked: Set<number>;
  refusedImages: number;
  hasReported: boolean;
  readonly streamsAsked: Set<number>;
  streamCount: number;
  statusAskedAtMs: number;
  storageAskedAtMs: number;
  /** Status requests in a row without an answer. */
  unanswered: number;
  bootMs: number;
}

/** A vehicle with more is a flood of made-up ones. */
const MAX_CAMERAS = 12;
/** A camera's clock that goes back by more than this began anew. */
const RESTART_MS = 5_000;
/** Statuses of several cameras arrive one after the other, every three seconds; one may be lost. */
const SHARED_MEMORY_MS = 8_000;
/** MAVLink's numbers for cameras without a component of their own. */
const MAX_DEVICE_ID = 6;

export class CameraRecords {
  readonly #port: VehiclePort;
  readonly #isCommanded: (cameraId: string) => boolean;
  readonly #known = new Map<string, Known>();
  readonly #sharedRecordingAtMs = new Map<number, number>();

  constructor(port: VehiclePort, isCommanded: (cameraId: string) => boolean) {
    this.#port = port;
    this.#isCommanded = isCommanded;
  }

  all(): readonly Known[] {
    return [...this.#known.values()];
  }

  of(componentId: number): readonly Known[] {
    return this.all().filter(({ state }) => state.componentId === componentId);
  }

  /** Whose description that is; null: it cannot be a camera, or there are too many already. */
  identified(componentId: number, message: CameraInformation): Known | null {
    const isAutopilot = componentId === this.#port.target.componentId;
    // ArduPilot leaves camera_device_id 0 and tells its cameras apart by lens_id, from 0 (AP_Camera, 4.7).
    const deviceId =
      message.cameraDeviceId !== 0 || !isAutopilot ? message.cameraDeviceId : message.lensId + 1;
    return deviceId > MAX_DEVICE_ID ? null : this.#get(componentId, deviceId);
  }

  /**
   * Which cameras a message is about: the one that it names; without a number the only one of that component, or
   * each of them. A component that we do not know as a camera is taken for one when it names no device.
   */
  meant(componentId: number, deviceId: number): readonly Known[] {
    const here = this.of(componentId);
    const named = here.filter(({ state }) => state.deviceId === deviceId);
    if (named.length > 0) return named;
    if (deviceId === 0 && here.length > 0) return here;
    if (componentId === this.#port.target.componentId) return here.length === 1 && deviceId === 0 ? here : [];
    const known = deviceId > MAX_DEVICE_ID ? null : this.#get(componentId, deviceId);
    return known === null ? [] : [known];
  }

  change(known: Known, state: CameraState): void {
    const before = known.state;
    known.state = state;
    if (!this.#isListed(known)) return;
    this.#publish();
    if (state.recording === null || state.recording === before.recording) return;
    // "Not recording" as the first word is no change.
    if (before.recording === null && !state.recording) return;
    this.#port.emit({
      kind: 'camera-recording-changed',
      vehicleId: this.#port.vehicleId,
      cameraId: state.cameraId,
      recording: state.recording,
      commanded: this.#isCommanded(state.cameraId),
      atMs: this.#port.clock.nowMs(),
    });
  }

  image(known: Known, report: ImageReport, atMs: number): void {
    if (report.index < 0) return;
    known.hasReported = true;
    const { log, isNew } = imageReported(known.images, report.index);
    known.images = log;
    if (!isNew) return;
    const newest = known.state.lastImage;
    // One that was asked for again is news, but not the newest.
    const isNewest = newest === null || log.next === report.index + 1;
    if (isNewest) {
      this.change(known, {
        ...known.state,
        lastImage: { index: report.index, ok: report.ok, receivedAtMs: atMs },
      });
    }
    this.#port.emit({
      kind: 'image-captured',
      vehicleId: this.#port.vehicleId,
      cameraId: known.state.cameraId,
      ...report,
      atMs,
    });
  }

  counted(known: Known, message: CameraCaptureStatus): void {
    const before = known.images.next ?? 0;
    if (message.timeBootMs < known.bootMs - RESTART_MS) known.images = NEW_IMAGE_LOG;
    known.bootMs = message.timeBootMs;
    if (message.imageCount >= 0) known.images = imagesCounted(known.images, message.imageCount);
    // It counts anew: the newest image of before is no measure for the next.
    if ((known.images.next ?? 0) < before) known.state = { ...known.state, lastImage: null };
  }

  unreported(known: Known, index: number): void {
    known.images = givenUp(known.images, index);
    this.change(known, { ...known.state, imagesUnreported: known.state.imagesUnreported + 1 });
  }

  sharedRecording(componentId: number, atMs: number): void {
    this.#sharedRecordingAtMs.set(componentId, atMs);
  }

  mayRecord(componentId: number, nowMs: number): boolean {
    return (
      nowMs - (this.#sharedRecordingAtMs.get(componentId) ?? Number.NEGATIVE_INFINITY) <= SHARED_MEMORY_MS
    );
  }

  forget(componentId: number): void {
    for (const [cameraId, { state }] of this.#known) {
      if (state.componentId === componentId) this.#known.delete(cameraId);
    }
    this.#publish();
  }

  #get(componentId: number, deviceId: number): Known | null {
    const cameraId = cameraIdOf(componentId, deviceId);
    const before = this.#known.get(cameraId);
    if (before !== undefined) return before;
    if (this.#known.size >= MAX_CAMERAS) return null;
    const known: Known = {
      state: newCamera(componentId, deviceId),
      images: NEW_IMAGE_LOG,
      imagesAsked: new Set(),
      refusedImages: 0,
      hasReported: false,
      streamsAsked: new Set(),
      streamCount: 0,
      statusAskedAtMs: Number.NEGATIVE_INFINITY,
      storageAskedAtMs: Number.NEGATIVE_INFINITY,
      unanswered: 0,
      bootMs: 0,
    };
    this.#known.set(cameraId, known);
    return known;
  }

  #isListed(known: Known): boolean {
    return this.#known.get(known.state.cameraId) === known;
  }

  #publish(): void {
    const cameras = this.all()
      .map(({ state }) => state)
      .sort((a, b) => a.componentId - b.componentId || a.deviceId - b.deviceId);
    this.#port.update({ cameras });
  }
}
