/**
 * Lists the logs on board and fetches the smallest, with its hash. Run it again after Ctrl-C: it goes on where it was.
 *
 *   npm run example -- onboard-logs udp-listen://0.0.0.0:14550 [FOLDER ON THIS MACHINE]
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { open, otherArguments } from './open.ts';

const { bridge, vehicle, close } = await open();
const { vehicleId } = vehicle;

const listed = await bridge.logs.list(vehicleId);
if (listed.kind !== 'done') {
  console.log('no list of logs:', listed);
} else {
  console.log(`${listed.logs.length} logs, by ${listed.via}`);
  for (const { logId, sizeBytes, timeUtcMs } of listed.logs) {
    const time = timeUtcMs === null ? 'time not told' : new Date(timeUtcMs).toISOString();
    console.log(`  ${logId}: ${sizeBytes} bytes, ${time}`);
  }
  const [smallest] = listed.logs
    .filter(({ sizeBytes }) => sizeBytes > 0)
    .sort((a, b) => a.sizeBytes - b.sizeBytes);
  if (smallest !== undefined) {
    const folder = otherArguments()[0] ?? 'artifacts';
    mkdirSync(folder, { recursive: true });
    const localPath = join(folder, smallest.name.replaceAll(/[^\w.-]/g, '_'));
    let saidPct = -1;
    const outcome = await bridge.logs.download(
      vehicleId,
      smallest.logId,
      localPath,
      ({ bytesDone, bytesTotal }) => {
        const percent = Math.floor((10 * bytesDone) / (bytesTotal ?? bytesDone)) * 10;
        if (percent !== saidPct) console.log(`${percent} %`);
        saidPct = percent;
      },
    );
    console.log(outcome);
  }
}
await close();
