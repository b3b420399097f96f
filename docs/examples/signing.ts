/**
 * MAVLink 2 signing: gives the vehicle a key over a link that is trusted for it, sees its frames signed, takes it away.
 *
 *   openssl rand -hex 32 > key && chmod 600 key
 *   arducopter …                                       (TCP 5760: its first port, the cable on the bench)
 *   npm run example -- signing tcp://127.0.0.1:5760 key
 *
 * Over a radio never set `allowKeySetup`: the key goes in clear.
 */
import { open, otherArguments } from './open.ts';

const [keyFile = 'key'] = otherArguments();
const { bridge, vehicle, close } = await open({ signingStateFile: `${keyFile}.timestamps` }, (link) => ({
  ...link,
  signing: { policy: 'accepted', signingLinkId: 1, keyFile, allowKeySetup: true },
}));
const { vehicleId } = vehicle;

function counters(): void {
  for (const { linkId, framesIn, unsigned, badSignature, replayed } of bridge.links()) {
    console.log(
      `${linkId}: ${framesIn} frames, ${unsigned} unsigned and ${badSignature} badly signed refused, ${replayed} replayed`,
    );
  }
}
counters();
// Whoever changes a key names the aircraft: here its id, as an operator would type it.
console.log('without its name:', await bridge.signing.setUpKey(vehicleId, { confirm: '' }));
console.log('key set up:', await bridge.signing.setUpKey(vehicleId, { confirm: vehicleId }));
await new Promise((done) => setTimeout(done, 3_000));
counters();
console.log('asked, signed:', (await bridge.parameters.get(vehicleId, 'SYSID_THISMAV')).kind);
console.log('key taken away:', await bridge.signing.removeKey(vehicleId, { confirm: vehicleId }));
counters();
await close();
