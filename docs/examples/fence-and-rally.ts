/**
 * Gives the vehicle a fence (a square to stay in, a circle to stay out of) and rally points, reads them back, clears.
 *
 *   npm run example -- fence-and-rally udp-listen://0.0.0.0:14550
 */
import type { FencePlan, RallyPoint } from '../../firmware-bridge/index.ts';
import { beside, open } from './open.ts';

const { bridge, vehicle, until, close } = await open();
const { vehicleId } = vehicle;
const { plans } = bridge;
const { position } = await until('a position', ({ position }) => position !== null, 120_000);
if (position === null) throw new Error('no position');

const fence: FencePlan = {
  areas: [
    {
      kind: 'polygon',
      stay: 'inside',
      corners: [
        beside(position, 300, -300),
        beside(position, 300, 300),
        beside(position, -300, 300),
        beside(position, -300, -300),
      ],
    },
    { kind: 'circle', stay: 'outside', center: beside(position, 150, 150), radiusM: 30 },
  ],
  returnPoint: null,
};
const rally: readonly RallyPoint[] = [{ ...beside(position, 40, 0), altitudeM: 25, datum: 'home' }];

console.log('fence:', await plans.uploadFence(vehicleId, fence));
console.log('rally:', await plans.uploadRally(vehicleId, rally));
const held = await plans.download(vehicleId, 'fence');
console.log('fence on board:', held.kind === 'done' ? held.fence : held);
const points = await plans.download(vehicleId, 'rally');
console.log('rally points on board:', points.kind === 'done' ? points.rally : points);
console.log('verified:', await plans.verified(vehicleId, 'fence'));
console.log('cleared:', await plans.clear(vehicleId, 'fence'), await plans.clear(vehicleId, 'rally'));
await close();
