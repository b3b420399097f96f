/**
 * Flight to places chosen one by one: up, to a place, round a place, back and down. Simulated aircraft only, please.
 *
 *   npm run sim -- --count 1 --speed 2
 *   npm run example -- guided udp-listen://0.0.0.0:14550
 */
import { beside, open } from './open.ts';

const HEIGHT_M = 15;
const ORBIT_S = 15;

const { bridge, vehicle, until, close } = await open();
const { vehicleId } = vehicle;
const { guided } = bridge;
let arrived = false;
bridge.subscribe((event) => {
  if (event.kind !== 'guided') return;
  const { action, phase, distanceM, reason } = event;
  console.log(`** ${action}: ${phase}, ${distanceM?.toFixed(1) ?? '?'} m`, reason ?? '');
  if (phase === 'arrived') arrived = true;
});
const ready = await until(
  'ready to be armed',
  ({ prearm, home }) => prearm?.ready === true && home !== null,
  120_000,
);
const { home } = ready;
if (home === null) throw new Error('no home');

const altitude = { datum: 'above-home', m: HEIGHT_M } as const;
const takenOff = await guided.takeOff(vehicleId, { altitudeAboveHomeM: HEIGHT_M });
console.log('take-off:', takenOff);
if (takenOff.kind === 'done') {
  console.log('go to:', await guided.goTo(vehicleId, { ...beside(home, 40, 0), altitude }));
  await until('arrived', () => arrived, 60_000);
  console.log('hold:', await bridge.hold(vehicleId));
  const orbit = { center: beside(home, 40, 0), radiusM: 15, altitude, direction: 'clockwise' } as const;
  console.log('orbit:', await guided.orbit(vehicleId, orbit));
  await new Promise((done) => setTimeout(done, ORBIT_S * 1_000));
  console.log('return:', await bridge.returnToLaunch(vehicleId));
  await until('landed and disarmed', ({ armed }) => armed === false, 180_000);
  console.log('landed');
}
await close();
