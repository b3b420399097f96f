/**
 * A loudspeaker and a light. Loudspeakers speak no MAVLink: with a URL a real one over HTTP (docs/payload-http.md),
 * without it a simulated one. The light hangs on the autopilot's first relay.
 *
 *   npm run example -- loudspeaker-and-spotlight udp-listen://0.0.0.0:14550
 */
import {
  MavlinkSpotlight,
  PayloadRegistry,
  SimulatedLoudspeaker,
  systemClock,
} from '../../firmware-bridge/index.ts';
import { open } from './open.ts';

const { bridge, vehicle, now, close } = await open();
const { vehicleId } = vehicle;
const { actuators } = bridge;
const registry = new PayloadRegistry(() => systemClock.nowMs());
registry.add(new SimulatedLoudspeaker({ adapterId: 'horn', vehicleId, label: 'Horn', clock: systemClock }));
registry.add(
  new MavlinkSpotlight({
    adapterId: 'light',
    vehicleId,
    label: 'Light',
    wiring: { kind: 'relay', relay: 0 },
    actuators: {
      setRelay: (relay, on) => actuators.setRelay(vehicleId, relay, on),
      setServo: (servo, pulseUs) => actuators.setServo(vehicleId, servo, pulseUs),
      setActuator: (actuator, value) => actuators.setActuator(vehicleId, actuator, value),
      switchIlluminator: (componentId, on) => actuators.switchIlluminator(vehicleId, componentId, on),
      configureIlluminator: (componentId, brightnessPct, strobe) =>
        actuators.configureIlluminator(vehicleId, componentId, brightnessPct, strobe),
    },
    clock: systemClock,
    state: now,
  }),
);

const horn = registry.loudspeaker('horn');
const announcement = {
  text: '请有序离开，谢谢配合。',
  language: 'zh',
  voice: null,
  purpose: 'example',
  // The same key again is the same announcement, and is spoken once.
  idempotencyKey: 'example-1',
} as const;
console.log('louder:', await horn?.setVolume(80));
console.log('spoken:', await horn?.say(announcement));
console.log('status:', await horn?.status());
console.log('silent:', await horn?.stop());

const light = registry.spotlight('light');
// Which relays there are is asked once the vehicle is known.
for (let second = 0; second < 12 && (now().actuators?.relays ?? null) === null; second++) {
  await new Promise((done) => setTimeout(done, 1_000));
}
console.log('light on:', await light?.on(null));
console.log('light off:', await light?.off());
for (const { adapterId, health } of registry.list()) console.log(adapterId, health);
await registry.close();
await close();
