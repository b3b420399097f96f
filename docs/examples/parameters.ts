/**
 * Lists the parameters, reads one, changes it and puts it back: done is said only when the vehicle reports the value.
 *
 *   npm run example -- parameters udp-listen://0.0.0.0:14550 [NAME]
 */
import { open, otherArguments } from './open.ts';

const { bridge, vehicle, now, close } = await open();
const { vehicleId, autopilot } = vehicle;
const { parameters } = bridge;

const fetched = await parameters.fetchAll(vehicleId);
if (fetched.kind === 'done') {
  const { snapshot } = fetched;
  console.log(`${snapshot.parameters.length} parameters by ${snapshot.source}, SHA-256 ${snapshot.hash}`);
  for (const { name, type, value } of snapshot.parameters.slice(0, 5))
    console.log(`  ${name} = ${value} (${type})`);
} else {
  console.log('no list:', fetched);
}
console.log('what it does by itself:', now().failsafes);

const name = otherArguments()[0] ?? (autopilot === 'px4' ? 'MPC_XY_CRUISE' : 'RTL_ALT');
const before = await parameters.get(vehicleId, name);
console.log(`${name}:`, before);
if (before.kind === 'done') {
  const { value } = before.parameter;
  console.log('changed:', await parameters.set(vehicleId, name, value + 1));
  console.log('put back:', await parameters.set(vehicleId, name, value));
}
console.log('one that is not there:', await parameters.get(vehicleId, 'NO_SUCH_NAME'));
await close();
