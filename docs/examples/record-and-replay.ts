/**
 * Records a flight as a tlog (every frame, both ways), then reads it again. With a tlog as argument: reads that one.
 *
 *   npm run sim -- --count 1
 *   npm run example -- record-and-replay udp-listen://0.0.0.0:14550
 *   npm run example -- record-and-replay flight.tlog
 */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTlog } from '../../firmware-bridge/index.ts';
import { open, otherArguments } from './open.ts';

function replay(path: string): void {
  const counts = new Map<string, number>();
  let firstUs: bigint | null = null;
  let lastUs = 0n;
  for (const { atUs, frame } of readTlog(readFileSync(path))) {
    firstUs ??= atUs;
    lastUs = atUs;
    const key = `system ${frame.systemId}, message ${frame.messageId}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  console.log(`${path}: ${Number(lastUs - (firstUs ?? lastUs)) / 1e6} s`);
  for (const [key, count] of [...counts].sort(([, a], [, b]) => b - a).slice(0, 12)) {
    console.log(`  ${key}: ${count} frames`);
  }
}

const [given] = otherArguments();
if (given !== undefined) {
  replay(given);
} else {
  const recordingDir = mkdtempSync(join(tmpdir(), 'airgrid-example-'));
  const { bridge, vehicle, until, close } = await open({ recordingDir });
  const { vehicleId } = vehicle;
  const closed = new Promise<string>((done) => {
    bridge.subscribe((event) => {
      if (event.kind === 'recording-started') console.log(`** recording to ${event.path}`);
      if (event.kind === 'recording-closed') done(event.path);
    });
  });
  await until('ready to be armed', ({ prearm }) => prearm?.ready === true, 120_000);
  const takenOff = await bridge.guided.takeOff(vehicleId, { altitudeAboveHomeM: 5 });
  console.log('take-off:', takenOff);
  if (takenOff.kind === 'done') {
    console.log('land:', await bridge.land(vehicleId));
    // Closed some seconds after disarming.
    replay(await closed);
  }
  await close();
}
