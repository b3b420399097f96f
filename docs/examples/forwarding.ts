/**
 * Shows the traffic to another ground station (QGroundControl, Mission Planner) over UDP, bytes unchanged. Read-only:
 * what it sends is counted and dropped. A second forward carries positions only.
 *
 *   npm run example -- forwarding udp-listen://0.0.0.0:14550 udp://127.0.0.1:14650
 *   (QGroundControl: Comm Links → UDP, port 14650)
 */
import type { LinkId } from '../../firmware-bridge/index.ts';
import { open } from './open.ts';

const HEARTBEAT = 0;
const GLOBAL_POSITION_INT = 33;
const WATCH_S = 20;

const to = process.argv.slice(2).find((argument) => argument.startsWith('udp://')) ?? 'udp://127.0.0.1:14650';
process.argv = process.argv.filter((argument) => argument !== to);
const { bridge, close } = await open({
  forwards: [
    { forwardId: 'everything', url: to, mode: 'read-only', showOwnFrames: true },
    {
      forwardId: 'positions',
      url: 'udp://127.0.0.1:14651',
      mode: 'read-only',
      links: [{ linkId: 'link-1' as LinkId, allowMessageIds: [HEARTBEAT, GLOBAL_POSITION_INT] }],
    },
  ],
});
for (let second = 0; second < WATCH_S; second++) {
  for (const { forwardId, url, state, framesOut, refused } of bridge.forwards()) {
    console.log(`${forwardId} to ${url}: ${state}, ${framesOut} frames shown, ${refused} of theirs dropped`);
  }
  await new Promise((done) => setTimeout(done, 1_000));
}
await close();
