/**
 * Shows what is heard: vehicles that come and go, their mode, place and battery, once a second for a minute.
 *
 *   npm run sim -- --count 3                                    (another terminal; or any SITL that sends to 14550)
 *   npm run example -- connect-and-watch udp-listen://0.0.0.0:14550
 */
import { open } from './open.ts';

const WATCH_S = 60;

const { bridge, close } = await open();
bridge.subscribe((event) => {
  switch (event.kind) {
    case 'vehicle-found':
    case 'vehicle-lost':
    case 'vehicle-back':
    case 'vehicle-rebooted':
    case 'armed':
    case 'disarmed':
      console.log(`** ${event.vehicleId}: ${event.kind}`);
      break;
    case 'status-text':
      console.log(`** ${event.vehicleId}: ${event.text}`);
      break;
  }
});
for (let second = 0; second < WATCH_S; second++) {
  for (const { vehicleId, connection, mode, armed, position, battery, linkQuality } of bridge.vehicles()) {
    const height =
      position === null ? 'no position' : `${position.relativeAltitudeM.toFixed(1)} m above home`;
    const percent = battery?.remainingPct == null ? 'battery not told' : `battery ${battery.remainingPct} %`;
    const state = armed === true ? 'armed' : 'disarmed';
    console.log(
      `${vehicleId} ${connection}, ${mode?.name ?? 'no mode'}, ${state}, ${height}, ${percent}, loss ${linkQuality.lossPct} %`,
    );
  }
  await new Promise((done) => setTimeout(done, 1_000));
}
await close();
