/**
 * One vehicle over two links at once (radio and cellular): shows each way's loss, and which one is used for sending.
 *
 *   arducopter … --serial0 udpclient:127.0.0.1:14550 --serial1 udpclient:127.0.0.1:14551
 *   npm run example -- two-links udp-listen://0.0.0.0:14550 udp-listen://0.0.0.0:14551
 *
 * A PX4 SITL brings two links by itself: udp-listen://0.0.0.0:14550 udp-listen://0.0.0.0:14540
 */
import { open } from './open.ts';

const WATCH_S = 30;

const { bridge, now, close } = await open();
bridge.subscribe((event) => {
  if (event.kind !== 'vehicle-route') return;
  console.log(`** sent to over ${event.to.linkId} now, no more over ${event.from.linkId}`);
});
for (let second = 0; second < WATCH_S; second++) {
  const { linkQuality, linkId } = now();
  const routes = linkQuality.routes.map(
    ({ linkId, endpoint, lossPct, framesPerS }) =>
      `${linkId} (${endpoint}): ${framesPerS.toFixed(0)} frames/s, loss ${lossPct} %`,
  );
  console.log(`best: ${linkId}; ${routes.join('; ')}`);
  await new Promise((done) => setTimeout(done, 1_000));
}
await close();
