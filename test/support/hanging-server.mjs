// A server whose main thread stops for ten seconds when told to (IPC), with the bridge on its own thread. For
// test/e2e/deadman.test.ts; needs the build in dist/.
import { pino } from 'pino';
import { openBridge } from '../../dist/firmware-bridge/index.js';

const port = Number(process.argv[2]);
const bridge = await openBridge(
  {
    links: [{ linkId: 'l', url: `udp-listen://127.0.0.1:${port}` }],
    ...{ systemId: 245, componentId: 190, lostAfterMs: 3_000, telemetryRateHz: 4, recordingDir: null },
  },
  { logger: pino({ level: 'silent' }), ownThread: true },
);

const until = (seen) =>
  new Promise((resolve) => {
    const stop = bridge.subscribe(() => {
      const found = bridge.vehicles().find(seen);
      if (found === undefined) return;
      stop();
      resolve(found);
    });
  });
const { vehicleId } = await until((state) => state.prearm?.ready === true && state.position !== null);
const item = { frame: 3, command: 16, param1: 0, param2: 0, param3: 0, param4: 0 };
const uploaded = await bridge.uploadMission(vehicleId, [
  { ...item, x: 252_850_000, y: 1_102_900_000, z: 20 },
]);
const launched = await bridge.launchMission(vehicleId, { takeoffAltitudeM: 20 });
process.send({ uploaded: uploaded.kind, launched: launched.kind });

process.on('message', async (message) => {
  if (message === 'hang') {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10_000);
    process.send({ back: true, mode: bridge.vehicle(vehicleId)?.mode?.name });
    return;
  }
  process.send({ held: (await bridge.hold(vehicleId)).kind, mode: bridge.vehicle(vehicleId)?.mode?.name });
  await bridge.close();
  process.disconnect();
});
