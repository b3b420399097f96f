import { afterEach, expect, test } from 'vitest';
import {
  buildMessage,
  CameraCaptureStatus,
  CameraFeedback,
  CameraImageCaptured,
  CameraInformation,
  CommandAck,
  CommandLong,
  MavCmd,
  type MavLinkData,
} from '../../codec/messages.ts';
import type { BridgeEvent } from '../../model.ts';
import { PayloadServices } from '../payload-services.ts';
import type { CameraState } from '../state.ts';
import { LivePort, type Network } from '../testing/live-port.ts';
import { bytes32, type CameraBehaviour, ScriptedCamera } from '../testing/scripted-camera.ts';

let services: PayloadServices[] = [];
afterEach(() => {
  for (const service of services) service.close('end of test');
  services = [];
});

function setUp(network: Partial<Network> = {}, seed = 7): { port: LivePort; payload: PayloadServices } {
  const port = new LivePort({}, network, seed);
  const payload = new PayloadServices(port);
  services.push(payload);
  return { port, payload };
}

async function withCamera(
  behaviour: Partial<CameraBehaviour> = {},
  network: Partial<Network> = {},
  seed = 7,
) {
  const { port, payload } = setUp(network, seed);
  const camera = new ScriptedCamera(port, 100, behaviour);
  port.drive((nowMs) => payload.tick(nowMs));
  await port.clock.advance(20_000);
  return { port, payload, camera };
}

function seen(port: LivePort, cameraId = '100'): CameraState {
  const camera = port.state().cameras?.find((other) => other.cameraId === cameraId);
  if (camera === undefined) throw new Error(`no camera ${cameraId} in the snapshot`);
  return camera;
}

function events<K extends BridgeEvent['kind']>(
  port: LivePort,
  kind: K,
): readonly Extract<BridgeEvent, { readonly kind: K }>[] {
  return port.events.filter(
    (event): event is Extract<BridgeEvent, { readonly kind: K }> => event.kind === kind,
  );
}

const commandsOf = (camera: ScriptedCamera, command: number): readonly CommandLong[] =>
  camera.received.filter((message) => message.command === command);

test('a camera that is heard is described: names, abilities, storage, streams, not recording', async () => {
  const { port } = await withCamera();
  expect(seen(port)).toMatchObject({
    cameraId: '100',
    deviceId: 0,
    vendor: 'Acme',
    model: 'Eye 2',
    firmwareVersion: '1.2.3',
    focalLengthMm: 24,
    widthPx: 4000,
    capabilities: ['video', 'photo', 'modes', 'zoom', 'focus', 'video-stream'],
    mode: 'photo',
    zoomPct: 10,
    focusPct: null,
    recording: false,
    capture: 'idle',
    imageCount: 0,
    statusShared: false,
    storage: { status: 'ready', freeMib: 12_000, totalMib: 64_000 },
    streams: [
      {
        streamId: 1,
        name: 'main',
        running: true,
        encoding: 'h264',
        uri: { kind: 'usable', uri: 'rtsp://192.168.1.20:8554/main', credentialsRemoved: false },
      },
    ],
  });
});

test('Chinese names are read, bytes that are no text become nothing', async () => {
  const { port } = await withCamera({
    vendor: bytes32('大疆创新'),
    model: bytes32([0xff, 0xfe, 0x1b, 0x5b, 0x33, 0x31, 0x6d, 0x07]),
  });
  expect(seen(port).vendor).toBe('大疆创新');
  expect(seen(port).model).toBe('� [31m');
});

test('all of it arrives over a link that loses 40 % each way and repeats 30 %', async () => {
  for (let seed = 1; seed <= 12; seed++) {
    const { port } = await withCamera({}, { loss: 0.4, duplicates: 0.3 }, seed);
    await port.clock.advance(180_000);
    const camera = seen(port);
    expect({ seed, vendor: camera.vendor, recording: camera.recording }).toEqual({
      seed,
      vendor: 'Acme',
      recording: false,
    });
  }
});

test('a silent component is asked four times, then seldom', async () => {
  const { port } = await withCamera({ silent: true });
  await port.clock.advance(30_000);
  const asked = port
    .sentOf(CommandLong)
    .filter(
      ({ targetComponent, _param1 }) => targetComponent === 100 && _param1 === CameraInformation.MSG_ID,
    );
  expect(asked).toHaveLength(4);
  expect(port.state().cameras ?? []).toEqual([]);
});

test('a photo is done when the camera reports it, and the event carries place, time and address', async () => {
  const { port, payload } = await withCamera();
  const outcome = await port.settled(payload.cameras.takePhoto('100'));
  expect(outcome).toEqual({ kind: 'done', confirmedBy: 'a new image reported by the camera' });
  expect(events(port, 'image-captured')).toMatchObject([
    {
      cameraId: '100',
      index: 0,
      ok: true,
      place: { lonDeg: 110.29, latDeg: 25.2809, altitudeAmslM: 210.5, relativeAltitudeM: 60.5 },
      fileUrl: 'http://192.168.1.20/IMG_0.jpg',
    },
  ]);
  expect(seen(port).lastImage).toMatchObject({ index: 0, ok: true });
});

test('an acknowledged photo that never appears is not confirmed', async () => {
  const { port, payload } = await withCamera({ lazy: true });
  const outcome = await port.settled(payload.cameras.takePhoto('100'));
  expect(outcome).toMatchObject({ kind: 'not-confirmed', observed: '0 images counted, none of them new' });
});

test('a photo that the camera reports as failed is told so at once', async () => {
  const { port, payload } = await withCamera({ captureFails: true });
  const before = port.clock.nowMs();
  const outcome = await port.settled(payload.cameras.takePhoto('100'));
  expect(outcome).toMatchObject({
    kind: 'not-confirmed',
    observed: 'the camera reports that the image failed',
  });
  expect(port.clock.nowMs() - before).toBeLessThan(2_000);
  expect(events(port, 'image-captured')).toMatchObject([{ ok: false }]);
});

test('a lost image report is asked for by its number; the count confirms meanwhile', async () => {
  const { port, payload, camera } = await withCamera({ loseImages: [0, 1] });
  expect((await port.settled(payload.cameras.takePhoto('100'))).kind).toBe('done');
  camera.capture();
  camera.capture();
  await port.clock.advance(10_000);
  const indices = events(port, 'image-captured').map(({ index }) => index);
  expect([...indices].sort()).toEqual([0, 1, 2]);
  const asked = commandsOf(camera, MavCmd.REQUEST_MESSAGE)
    .filter(({ _param1 }) => _param1 === CameraImageCaptured.MSG_ID)
    .map(({ _param2 }) => _param2);
  expect(asked).toEqual([0, 1]);
  expect(seen(port).imagesUnreported).toBe(0);
});

test('one photo each, one event each, whatever the link repeats or loses', async () => {
  for (let seed = 1; seed <= 15; seed++) {
    const { port, payload, camera } = await withCamera({}, { loss: 0.3, duplicates: 0.5 }, seed);
    await port.clock.advance(60_000);
    const outcome = await port.settled(payload.cameras.takePhoto('100'));
    await port.clock.advance(30_000);
    expect({ seed, taken: camera.images.length }).toEqual({
      seed,
      taken: outcome.kind === 'no-answer' ? camera.images.length : 1,
    });
    expect(camera.images.length).toBeLessThanOrEqual(1);
    const indices = events(port, 'image-captured').map(({ index }) => index);
    expect(indices).toEqual([...new Set(indices)]);
    if (outcome.kind === 'done') expect(indices).toEqual([0]);
  }
});

test('over a bad link no photo and no recording is called done that was not; none is taken twice', async () => {
  const tally = { done: 0, other: 0 };
  for (let seed = 1; seed <= 25; seed++) {
    const { port, payload, camera } = await withCamera(
      { forgetsSequence: true, exposureMs: 900, loseImages: [0, 2] },
      { loss: 0.35, duplicates: 0, delayMs: 150 },
      seed,
    );
    await port.clock.advance(60_000);
    for (let shot = 0; shot < 4; shot++) {
      camera.behaviour.lazy = shot === 2;
      const before = camera.images.length;
      const outcome = await port.settled(payload.cameras.takePhoto('100'));
      if (outcome.kind === 'done')
        expect({ seed, shot, taken: camera.images.length - before }).toEqual({ seed, shot, taken: 1 });
      else expect(camera.images.length - before).toBeLessThanOrEqual(1);
      tally[outcome.kind === 'done' ? 'done' : 'other']++;
      // A shot that comes after all belongs to nobody's next command.
      await port.clock.advance(shot === 1 ? 0 : 1_500);
    }
    for (const on of [true, false]) {
      camera.behaviour.lazy = seed % 5 === 0;
      const outcome = await port.settled(
        on ? payload.cameras.startRecording('100') : payload.cameras.stopRecording('100'),
      );
      if (outcome.kind === 'done') expect(camera.recording).toBe(on);
    }
  }
  expect(tally.done).toBeGreaterThan(45);
  expect(tally.other).toBeGreaterThanOrEqual(25);
});

test('recording is confirmed by the status; starting twice sends once', async () => {
  const { port, payload, camera } = await withCamera();
  expect(await port.settled(payload.cameras.startRecording('100'))).toEqual({
    kind: 'done',
    confirmedBy: 'recording',
  });
  expect(camera.recording).toBe(true);
  expect(commandsOf(camera, MavCmd.VIDEO_START_CAPTURE)).toHaveLength(1);
  expect(events(port, 'camera-recording-changed')).toMatchObject([{ recording: true, commanded: true }]);
  expect(await port.settled(payload.cameras.stopRecording('100'))).toEqual({
    kind: 'done',
    confirmedBy: 'not recording',
  });
  expect(events(port, 'camera-recording-changed')).toMatchObject([
    { recording: true, commanded: true },
    { recording: false, commanded: true },
  ]);
});

test('a camera that accepts and does not record is no success', async () => {
  const { port, payload } = await withCamera({ lazy: true });
  expect(await port.settled(payload.cameras.startRecording('100'))).toMatchObject({
    kind: 'not-confirmed',
    expected: 'recording',
    observed: 'not recording',
  });
});

test('recording that we did not command is told: at the first sight and at every change', async () => {
  const { port, payload } = setUp();
  const camera = new ScriptedCamera(port, 100);
  camera.recording = true;
  port.drive((nowMs) => payload.tick(nowMs));
  await port.clock.advance(10_000);
  expect(seen(port).recording).toBe(true);
  camera.setRecording(false);
  await port.clock.advance(5_000);
  camera.recording = true;
  await port.clock.advance(5_000);
  expect(events(port, 'camera-recording-changed')).toMatchObject([
    { recording: true, commanded: false },
    { recording: false, commanded: false },
    { recording: true, commanded: false },
  ]);
});

test('a refusal is told with its result', async () => {
  const { port, payload } = await withCamera({ refuseWith: 2 });
  expect(await port.settled(payload.cameras.startRecording('100'))).toMatchObject({
    kind: 'denied',
    result: 'DENIED',
  });
});

test('what a camera says it cannot do is not asked of it', async () => {
  const { port, payload, camera } = await withCamera({ flags: 2 });
  expect(await port.settled(payload.cameras.startRecording('100'))).toEqual({
    kind: 'unsupported',
    what: 'video: camera 100 does not offer it',
  });
  expect(await port.settled(payload.cameras.zoom('100', { kind: 'to', zoomPct: 50 }))).toMatchObject({
    kind: 'unsupported',
  });
  expect(commandsOf(camera, MavCmd.VIDEO_START_CAPTURE)).toHaveLength(0);
});

test('mode and zoom are confirmed by the settings; values out of range are refused with the range', async () => {
  const { port, payload } = await withCamera();
  expect(await port.settled(payload.cameras.setMode('100', 'video'))).toMatchObject({ kind: 'done' });
  expect(seen(port).mode).toBe('video');
  expect(await port.settled(payload.cameras.zoom('100', { kind: 'to', zoomPct: 50 }))).toMatchObject({
    kind: 'done',
    confirmedBy: 'zoom 50 %',
  });
  expect(await port.settled(payload.cameras.focus('100', { kind: 'auto' }))).toEqual({
    kind: 'done',
    confirmedBy: 'acknowledgement',
  });
  expect(await port.settled(payload.cameras.zoom('100', { kind: 'to', zoomPct: 101 }))).toEqual({
    kind: 'denied',
    result: 'OUT_OF_RANGE',
    reasons: ['zoom 101 % is outside 0–100 %'],
  });
});

test('interval photos run until they are stopped', async () => {
  const { port, payload, camera } = await withCamera();
  expect(await port.settled(payload.cameras.startInterval('100', 2, null))).toMatchObject({ kind: 'done' });
  expect(camera.intervalS).toBe(2);
  await port.clock.advance(3_000);
  expect(seen(port)).toMatchObject({ capture: 'interval', imageIntervalS: 2 });
  expect(await port.settled(payload.cameras.stopPhotos('100'))).toMatchObject({ kind: 'done' });
  expect(await port.settled(payload.cameras.startInterval('100', 0, null))).toMatchObject({
    kind: 'denied',
    reasons: ['interval 0 s is outside 0.5–3600 s'],
  });
});

test('two cameras are two: commands, statuses and images do not mix', async () => {
  const { port, payload } = setUp();
  const left = new ScriptedCamera(port, 100, { vendor: bytes32('Left') });
  const right = new ScriptedCamera(port, 101, { vendor: bytes32('Right') });
  port.drive((nowMs) => payload.tick(nowMs));
  await port.clock.advance(20_000);
  const [first, second] = await Promise.all([
    port.settled(payload.cameras.startRecording('101')),
    port.settled(payload.cameras.takePhoto('100')),
  ]);
  expect([first.kind, second.kind]).toEqual(['done', 'done']);
  expect(seen(port, '100')).toMatchObject({ vendor: 'Left', recording: false });
  expect(seen(port, '101')).toMatchObject({ vendor: 'Right', recording: true, lastImage: null });
  expect(left.images).toHaveLength(1);
  expect(right.images).toHaveLength(0);
});

test("another component's status is not taken for the camera's", async () => {
  const { port, payload } = await withCamera();
  const waiting = payload.cameras.startRecording('100');
  await port.clock.advance(100);
  port.deliver(buildMessage(CameraCaptureStatus, { videoStatus: 1 }), 1);
  port.deliver(buildMessage(CommandAck, { command: MavCmd.VIDEO_START_CAPTURE, result: 2 }), 1);
  expect(await port.settled(waiting)).toMatchObject({ kind: 'done' });
});

test('while a command runs, a second one on that camera is told so; without a vehicle nothing is asked', async () => {
  const { port, payload } = await withCamera();
  const first = payload.cameras.takePhoto('100');
  expect(await payload.cameras.startRecording('100')).toEqual({ kind: 'busy', what: 'camera 100' });
  await port.settled(first);
  port.refuseWith = { kind: 'not-connected' };
  expect(await payload.cameras.takePhoto('100')).toEqual({ kind: 'not-connected' });
  expect(await setUp().payload.cameras.takePhoto('9')).toMatchObject({ kind: 'unsupported' });
});

test("a camera's restart begins its count anew: image 0 is news again", async () => {
  const { port, camera } = await withCamera();
  camera.capture();
  await port.clock.advance(3_000);
  camera.images.length = 0;
  camera.bootMs = 100;
  await port.clock.advance(3_000);
  camera.capture();
  await port.clock.advance(3_000);
  expect(events(port, 'image-captured').map(({ index }) => index)).toEqual([0, 0]);
});

test('more streams than arrived at once are asked for one by one; hostile addresses stay text', async () => {
  const { port } = await withCamera(
    {
      streams: [
        { name: '主画面', uri: 'rtsp://admin:secret@10.0.0.5/live?password=secret&channel=1' },
        { name: 'x', uri: 'http://169.254.169.254/latest/meta-data' },
        { name: 'y', uri: '5600', type: 1 },
      ],
    },
    { loss: 0.25 },
    3,
  );
  await port.clock.advance(60_000);
  expect(seen(port).streams.map(({ name, uri }) => [name, uri])).toEqual([
    ['主画面', { kind: 'usable', uri: 'rtsp://10.0.0.5/live?channel=1', credentialsRemoved: true }],
    ['x', { kind: 'refused', reason: 'scheme', shown: 'http://169.254.169.254/latest/meta-data' }],
    ['y', { kind: 'usable', uri: 'rtp://0.0.0.0:5600', credentialsRemoved: false }],
  ]);
  expect(JSON.stringify(port.state().cameras)).not.toContain('secret');
});

/** As recorded from ArduCopter 4.7-dev SITL with CAM1_TYPE=1: flags 0, no names, CAMERA_FEEDBACK instead of 263. */
class ArdupilotCameras {
  readonly componentId = 1;
  readonly count: number;
  readonly recording: boolean[];
  images = 0;
  intervalS = 0;
  lazy = false;
  readonly received: CommandLong[] = [];
  readonly #port: LivePort;

  constructor(port: LivePort, count: number) {
    this.#port = port;
    this.count = count;
    this.recording = new Array<boolean>(count).fill(false);
    port.join(this);
  }

  receive(message: MavLinkData): void {
    if (!(message instanceof CommandLong)) return;
    this.received.push(message);
    const say = (reply: MavLinkData): void => this.#port.hear(reply, 1);
    const ack = (result: number): void =>
      say(buildMessage(CommandAck, { command: message.command, result, targetSystem: 245 }));
    switch (message.command) {
      case MavCmd.REQUEST_MESSAGE:
        if (message._param1 === CameraInformation.MSG_ID) {
          ack(0);
          for (let lensId = 0; lensId < this.count; lensId++) {
            say(
              buildMessage(CameraInformation, {
                vendorName: bytes32(''),
                modelName: bytes32(''),
                lensId,
                flags: 0 as number,
                gimbalDeviceId: 1,
              }),
            );
          }
        } else if (message._param1 === CameraCaptureStatus.MSG_ID) {
          ack(0);
          for (const recording of this.recording) {
            say(
              buildMessage(CameraCaptureStatus, {
                videoStatus: recording ? 1 : 0,
                imageCount: this.images,
                imageInterval: this.intervalS,
                availableCapacity: Number.NaN,
              }),
            );
          }
        } else ack(4);
        return;
      case MavCmd.IMAGE_STOP_CAPTURE:
        if (!this.lazy) this.intervalS = 0;
        ack(0);
        return;
      case MavCmd.IMAGE_START_CAPTURE:
        if (this.lazy) {
          ack(0);
          return;
        }
        this.images++;
        if (message._param3 !== 1) this.intervalS = message._param2;
        ack(0);
        say(
          buildMessage(CameraFeedback, {
            camIdx: message._param1 - 1,
            imgIdx: this.images,
            lat: 252_808_999,
            lng: 1_102_899_999,
            altMsl: 150.09,
            timeUsec: 1_795_522_121_934_045n,
          }),
        );
        return;
      case MavCmd.VIDEO_START_CAPTURE:
      case MavCmd.VIDEO_STOP_CAPTURE:
        this.recording[message._param1 - 1] = message.command === MavCmd.VIDEO_START_CAPTURE;
        ack(0);
        return;
      default:
        ack(3);
    }
  }
}

test('the count that catches up with an image reported before is no new image', async () => {
  // As seen live: photo 1 is reported at once, the status with its count comes while photo 2 waits.
  const { port, payload } = setUp();
  const cameras = new ArdupilotCameras(port, 1);
  port.drive((nowMs) => payload.tick(nowMs));
  await port.clock.advance(20_000);
  expect(await port.settled(payload.cameras.takePhoto('1/1'))).toMatchObject({ kind: 'done' });
  expect(seen(port, '1/1')).toMatchObject({ imageCount: 0, lastImage: { index: 0 } });
  cameras.lazy = true;
  expect(await port.settled(payload.cameras.takePhoto('1/1'))).toMatchObject({ kind: 'not-confirmed' });
});

test("of two cameras behind one status, the other one's doings confirm nothing", async () => {
  const { port, payload } = setUp();
  const cameras = new ArdupilotCameras(port, 2);
  port.drive((nowMs) => payload.tick(nowMs));
  await port.clock.advance(20_000);
  cameras.recording[0] = true;
  await port.clock.advance(5_000);
  expect(await port.settled(payload.cameras.startRecording('1/2'))).toEqual({
    kind: 'done',
    confirmedBy: 'acknowledgement',
  });
  cameras.lazy = true;
  const photo = payload.cameras.takePhoto('1/2');
  await port.clock.advance(500);
  cameras.images += 3;
  expect(await port.settled(photo)).toMatchObject({ kind: 'not-confirmed' });
  expect(await port.settled(payload.cameras.stopRecording('1/2'))).toMatchObject({
    kind: 'not-confirmed',
    observed: 'recording',
  });
});

test("ArduPilot's own camera: known by lens number, tried though it names no abilities, photo seen in CAMERA_FEEDBACK", async () => {
  const { port, payload } = setUp();
  const cameras = new ArdupilotCameras(port, 1);
  port.drive((nowMs) => payload.tick(nowMs));
  await port.clock.advance(20_000);
  expect(seen(port, '1/1')).toMatchObject({
    deviceId: 1,
    vendor: null,
    capabilities: null,
    gimbalDeviceId: 1,
    recording: false,
  });
  expect(await port.settled(payload.cameras.takePhoto('1/1'))).toMatchObject({ kind: 'done' });
  expect(events(port, 'image-captured')).toMatchObject([
    {
      cameraId: '1/1',
      index: 0,
      place: { altitudeAmslM: expect.closeTo(150.09, 2) },
      takenAtMs: 1_795_522_121_934,
      fileUrl: null,
    },
  ]);
  expect(cameras.images).toBe(1);
});

test('ArduPilot calls itself idle while it takes photos without an end: the interval tells, and stop is seen by it', async () => {
  const { port, payload } = setUp();
  const cameras = new ArdupilotCameras(port, 1);
  port.drive((nowMs) => payload.tick(nowMs));
  await port.clock.advance(20_000);
  expect(await port.settled(payload.cameras.startInterval('1/1', 2, null))).toMatchObject({ kind: 'done' });
  await port.clock.advance(4_000);
  expect(seen(port, '1/1').capture).toBe('interval');
  cameras.lazy = true;
  expect(await port.settled(payload.cameras.stopPhotos('1/1'))).toMatchObject({ kind: 'not-confirmed' });
  cameras.lazy = false;
  expect(await port.settled(payload.cameras.stopPhotos('1/1'))).toMatchObject({ kind: 'done' });
});

test('ArduPilot refuses to repeat image reports: given up after two, counted as unreported', async () => {
  const { port, payload } = setUp();
  const cameras = new ArdupilotCameras(port, 1);
  port.drive((nowMs) => payload.tick(nowMs));
  await port.clock.advance(20_000);
  cameras.images = 5;
  await port.clock.advance(60_000);
  const asked = cameras.received.filter(({ _param1 }) => _param1 === CameraImageCaptured.MSG_ID);
  expect(asked.length).toBeLessThanOrEqual(15);
  expect(seen(port, '1/1').imagesUnreported).toBe(5);
  const before = asked.length;
  cameras.images = 9;
  await port.clock.advance(60_000);
  expect(cameras.received.filter(({ _param1 }) => _param1 === CameraImageCaptured.MSG_ID)).toHaveLength(
    before,
  );
});

test('two cameras behind one nameless status: each is shown as recording while either may be', async () => {
  const { port, payload } = setUp();
  const cameras = new ArdupilotCameras(port, 2);
  port.drive((nowMs) => payload.tick(nowMs));
  await port.clock.advance(20_000);
  expect(await port.settled(payload.cameras.startRecording('1/2'))).toMatchObject({ kind: 'done' });
  expect(cameras.recording).toEqual([false, true]);
  for (let i = 0; i < 20; i++) {
    await port.clock.advance(500);
    expect([seen(port, '1/1').recording, seen(port, '1/2').recording]).toEqual([true, true]);
  }
  expect(seen(port, '1/1').statusShared).toBe(true);
  cameras.recording.fill(false);
  await port.clock.advance(15_000);
  expect([seen(port, '1/1').recording, seen(port, '1/2').recording]).toEqual([false, false]);
});

test('a flood of made-up cameras stays bounded', async () => {
  const { port, payload } = setUp();
  port.drive((nowMs) => payload.tick(nowMs));
  for (let componentId = 2; componentId < 250; componentId++) {
    port.deliver(
      buildMessage(CameraInformation, {
        vendorName: bytes32('x'),
        modelName: bytes32('y'),
        flags: 3 as number,
      }),
      componentId,
    );
  }
  expect(port.state().cameras).toHaveLength(12);
  payload.close('test');
  await port.clock.advance(1_000);
});
