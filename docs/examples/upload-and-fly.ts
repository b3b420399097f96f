/**
 * Uploads a small square, reads it back, takes off, flies it, returns and lands. Simulated aircraft only, please.
 *
 *   npm run sim -- --count 1 --speed 4
 *   npm run example -- upload-and-fly udp-listen://0.0.0.0:14550
 */
import { beside, type MissionItem, open } from './open.ts';

const NAV_WAYPOINT = 16;
const NAV_RETURN_TO_LAUNCH = 20;
const NAV_TAKEOFF = 22;
/** MAV_FRAME: heights above home; no place at all. */
const ABOVE_HOME = 3;
const NO_PLACE = 2;
const HEIGHT_M = 20;

const { bridge, vehicle, until, close } = await open();
const { vehicleId } = vehicle;
const { home } = await until(
  'ready to be armed',
  ({ prearm, home }) => prearm?.ready === true && home !== null,
  120_000,
);
if (home === null) throw new Error('no home');

const item = (command: number, rest: Partial<MissionItem>): MissionItem => ({
  ...{ frame: ABOVE_HOME, command, param1: 0, param2: 0, param3: 0, param4: 0, x: 0, y: 0, z: 0 },
  ...rest,
});
const at = (northM: number, eastM: number): Partial<MissionItem> => {
  const { latDeg, lonDeg } = beside(home, northM, eastM);
  return { x: Math.round(latDeg * 1e7), y: Math.round(lonDeg * 1e7), z: HEIGHT_M };
};
const items = [
  item(NAV_TAKEOFF, at(0, 0)),
  ...[at(30, 0), at(30, 30), at(0, 30)].map((place) => item(NAV_WAYPOINT, place)),
  item(NAV_RETURN_TO_LAUNCH, { frame: NO_PLACE }),
];
const uploaded = await bridge.uploadMission(vehicleId, items, ({ phase, itemsDone, itemsTotal }) =>
  console.log(`${phase}: ${itemsDone} of ${itemsTotal}`),
);
console.log('uploaded:', uploaded);
if (uploaded.kind === 'done') {
  const launched = await bridge.launchMission(vehicleId, { takeoffAltitudeM: HEIGHT_M }, ({ step, state }) =>
    console.log(`${step} ${state}`),
  );
  console.log('launched:', launched);
  if (launched.kind === 'done') {
    await until('the last corner', ({ mission }) => (mission?.reachedIndex ?? -1) >= 3, 180_000);
    console.log('all corners reached, on its way home');
    await until('landed and disarmed', ({ armed }) => armed === false, 180_000);
    console.log('landed');
  }
}
await close();
