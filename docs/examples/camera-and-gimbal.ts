/**
 * Finds cameras and gimbals, points at a place, takes a photo, records for some seconds. Nothing here follows anybody.
 *
 *   npm run example -- camera-and-gimbal udp-listen://0.0.0.0:14550
 *
 * ArduCopter SITL has both with these parameters, set on board before a restart: CAM1_TYPE 1, MNT1_TYPE 1,
 * SERVO9_FUNCTION 7, SERVO10_FUNCTION 6. Its servo camera takes photos and refuses to record.
 */
import { beside, open } from './open.ts';

const { bridge, vehicle, now, close } = await open();
const { vehicleId } = vehicle;
bridge.subscribe((event) => {
  if (event.kind === 'image-captured') console.log(`** image ${event.index}, ${event.ok ? 'ok' : 'failed'}`);
  if (event.kind === 'camera-recording-changed') console.log(`** recording: ${event.recording}`);
});
// They are asked for once the vehicle is known, one question at a time.
await new Promise((done) => setTimeout(done, 12_000));
const { cameras = [], gimbals = [], position } = now();
console.log(`${cameras.length} cameras, ${gimbals.length} gimbals`);

for (const { gimbalId, pitchRangeDeg, control } of gimbals) {
  console.log(
    `gimbal ${gimbalId}: pitch ${pitchRangeDeg?.join('…') ?? 'not told'}, held by`,
    control?.holder,
  );
  const down = { pitchDeg: -45, yawDeg: 0, frame: 'follow' } as const;
  console.log('45° down:', await bridge.gimbals.point(vehicleId, gimbalId, down));
  if (position !== null) {
    const place = { ...beside(position, 50, 0), altitudeAmslM: position.altitudeAmslM };
    console.log('at a place:', await bridge.gimbals.pointAtPlace(vehicleId, gimbalId, place));
  }
  console.log('neutral:', await bridge.gimbals.neutral(vehicleId, gimbalId));
  console.log('given back:', await bridge.gimbals.release(vehicleId, gimbalId));
}
for (const { cameraId, vendor, model, capabilities } of cameras) {
  console.log(`camera ${cameraId}: ${vendor ?? '?'} ${model ?? '?'}, can`, capabilities ?? 'not told');
  console.log('photo:', await bridge.cameras.takePhoto(vehicleId, cameraId));
  console.log('recording:', await bridge.cameras.startRecording(vehicleId, cameraId));
  await new Promise((done) => setTimeout(done, 3_000));
  console.log('stopped:', await bridge.cameras.stopRecording(vehicleId, cameraId));
}
await close();
