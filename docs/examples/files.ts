/**
 * Files on board by MAVLink FTP: lists a folder, writes a small file, reads it back with the vehicle's own checksum.
 *
 *   npm run example -- files udp-listen://0.0.0.0:14550 [FOLDER]
 */
import { open, otherArguments } from './open.ts';

const { bridge, vehicle, close } = await open();
const { vehicleId, autopilot } = vehicle;
const { files } = bridge;

const folder = otherArguments()[0] ?? '/';
const listed = await files.list(vehicleId, folder);
if (listed.kind === 'done') {
  for (const { name, kind, sizeBytes } of listed.entries) console.log(`${kind} ${name} ${sizeBytes ?? ''}`);
} else {
  console.log(`${folder}:`, listed);
}

const path = autopilot === 'px4' ? '/airgrid-example.txt' : 'airgrid-example.txt';
const bytes = new TextEncoder().encode('写在飞机上 written on board\n'.repeat(40));
console.log('written:', await files.write(vehicleId, path, bytes, { replace: true }));
const read = await files.read(vehicleId, path, ({ bytesDone, bytesTotal }) =>
  console.log(`${bytesDone} of ${bytesTotal ?? '?'} bytes`),
);
if (read.kind === 'done') {
  console.log(`read: ${read.bytes.length} bytes, checksum ${read.crc}, SHA-256 ${read.sha256}`);
  console.log(`equal: ${Buffer.from(read.bytes).equals(bytes)}`);
} else {
  console.log('read:', read);
}
// Outside the folders of logs nothing is removed unless it is forced, and never without its name.
console.log('removed:', await files.remove(vehicleId, path, { confirm: path }));
console.log('removed:', await files.remove(vehicleId, path, { confirm: path, forced: true }));
await close();
