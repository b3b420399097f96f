import { afterEach, expect, test } from 'vitest';
import {
  buildMessage,
  CommandAck,
  CommandLong,
  IlluminatorStatus,
  MavCmd,
  type MavLinkData,
  RelayStatus,
} from '../../codec/messages.ts';
import type { AutopilotKind } from '../../model.ts';
import { PayloadServices } from '../payload-services.ts';
import { LivePort, type Network, type Peer } from '../testing/live-port.ts';

let services: PayloadServices[] = [];
afterEach(() => {
  for (const service of services) service.close('end of test');
  services = [];
});

/** Relays as ArduCopter 4.7-dev SITL has them: present bits, FAILED for one that is not there. */
class Relays implements Peer {
  readonly componentId = 1;
  on = 0;
  present = 3;
  /** Acknowledges and does nothing. */
  lazy = false;
  /** Obeys, and is not heard. */
  mute = false;
  readonly received: CommandLong[] = [];
  readonly switched: boolean[] = [];
  readonly #port: LivePort;

  constructor(port: LivePort) {
    this.#port = port;
    port.join(this);
  }

  receive(message: MavLinkData): void {
    if (!(message instanceof CommandLong)) return;
    this.received.push(message);
    if (this.mute) {
      if (message.command === MavCmd.DO_SET_RELAY) this.switched.push(message._param2 === 1);
      return;
    }
    const ack = (result: number): void =>
      this.#port.hear(buildMessage(CommandAck, { command: message.command, result, targetSystem: 245 }), 1);
    if (message.command === MavCmd.REQUEST_MESSAGE && message._param1 === RelayStatus.MSG_ID) {
      ack(0);
      this.#port.hear(buildMessage(RelayStatus, { on: this.on, present: this.present }), 1);
    } else if (message.command === MavCmd.DO_SET_RELAY) {
      const bit = 1 << message._param1;
      if ((this.present & bit) === 0) {
        ack(4);
        return;
      }
      ack(0);
      if (this.lazy) return;
      this.on = message._param2 === 1 ? this.on | bit : this.on & ~bit;
      this.switched.push(message._param2 === 1);
    } else if (message.command === MavCmd.DO_SET_SERVO) {
      ack(message._param1 === 9 ? 4 : 0);
    } else if (message.command === MavCmd.DO_SET_ACTUATOR) ack(0);
    else ack(3);
  }
}

class Light implements Peer {
  readonly componentId = 243;
  on = false;
  brightness = 100;
  strobe = 0;
  hot = false;
  readonly #port: LivePort;

  constructor(port: LivePort) {
    this.#port = port;
    port.join(this, { componentId: 243, kind: 'other', mavType: 44, lastHeardAtMs: 0 });
  }

  receive(message: MavLinkData): void {
    if (!(message instanceof CommandLong)) return;
    if (message.command === MavCmd.ILLUMINATOR_ON_OFF) this.on = message._param1 === 1 && !this.hot;
    else if (message.command === MavCmd.DO_ILLUMINATOR_CONFIGURE) {
      this.brightness = message._param2;
      this.strobe = message._param3;
    } else {
      this.#port.hear(
        buildMessage(IlluminatorStatus, {
          enable: this.on ? 1 : 0,
          brightness: this.brightness,
          strobePeriod: this.strobe,
          tempC: 41,
          errorStatus: (this.hot ? 2 : 0) as number,
        }),
        243,
      );
    }
    this.#port.hear(
      buildMessage(CommandAck, { command: message.command, result: 0, targetSystem: 245 }),
      243,
    );
  }
}

async function setUp(autopilot: AutopilotKind = 'ardupilot', network: Partial<Network> = {}, seed = 7) {
  const port = new LivePort({ autopilot }, network, seed);
  const payload = new PayloadServices(port);
  services.push(payload);
  const relays = new Relays(port);
  const light = new Light(port);
  port.drive((nowMs) => payload.tick(nowMs));
  await port.clock.advance(30_000);
  return { port, actuators: payload.actuators, payload, relays, light };
}

test('a relay is done when its status says so', async () => {
  const { port, actuators, relays } = await setUp();
  expect(port.state().actuators?.relays).toMatchObject({ present: [0, 1], on: [] });
  expect(await port.settled(actuators.setRelay(1, true))).toEqual({
    kind: 'done',
    confirmedBy: 'relay 1 reported on',
  });
  expect(relays.on).toBe(2);
  expect(await port.settled(actuators.setRelay(1, false))).toEqual({
    kind: 'done',
    confirmedBy: 'relay 1 reported off',
  });
});

test('a relay that acknowledges and stays is not confirmed; one that is not there is denied', async () => {
  const { port, actuators, relays } = await setUp();
  relays.lazy = true;
  expect(await port.settled(actuators.setRelay(0, true))).toMatchObject({
    kind: 'not-confirmed',
    observed: 'relay 0 off',
  });
  expect(await port.settled(actuators.setRelay(5, true))).toMatchObject({ kind: 'denied', result: 'FAILED' });
  expect(await actuators.setRelay(16, true)).toMatchObject({
    kind: 'denied',
    reasons: ['relay 16 is outside 0–15'],
  });
});

test('a pulse is on, then off, once, for its time', async () => {
  const { port, actuators, relays } = await setUp();
  const pulse = actuators.pulseRelay(0, 2_000);
  await port.clock.advance(1_500);
  expect(relays.on).toBe(1);
  expect(await actuators.pulseRelay(0, 2_000)).toEqual({ kind: 'busy', what: 'relay 0: a pulse' });
  expect(await port.settled(pulse)).toEqual({ kind: 'done', confirmedBy: 'relay 0 reported on, then off' });
  expect(relays.switched).toEqual([true, false]);
});

test('whatever the link loses or repeats, a pulse never leaves the relay on and never switches twice', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { port, actuators, relays } = await setUp('ardupilot', { loss: 0.3, duplicates: 0.3 }, seed);
    relays.switched.length = 0;
    const outcome = await port.settled(actuators.pulseRelay(0, 1_000), 120_000);
    await port.clock.advance(5_000);
    const rises = relays.switched.filter((on, at) => on && relays.switched[at - 1] !== true).length;
    if (outcome.kind === 'done') expect({ seed, on: relays.on, rises }).toEqual({ seed, on: 0, rises: 1 });
    expect(rises).toBeLessThanOrEqual(1);
  }
});

test('a pulse whose answer stays out is sent once, however long; its "off" is repeated', async () => {
  const { port, actuators, relays } = await setUp();
  relays.mute = true;
  expect(await port.settled(actuators.pulseRelay(0, 1_000))).toMatchObject({ kind: 'no-answer' });
  expect(relays.switched.filter((on) => on)).toHaveLength(1);
  expect(relays.switched.filter((on) => !on).length).toBeGreaterThan(2);
});

test('off ends a pulse; a relay that is on is not pulsed; leaving switches it off', async () => {
  const { port, actuators, payload, relays } = await setUp();
  const pulse = actuators.pulseRelay(0, 30_000);
  await port.clock.advance(2_000);
  expect(await port.settled(actuators.setRelay(0, false))).toMatchObject({ kind: 'done' });
  expect(await port.settled(pulse)).toEqual({ kind: 'cancelled', by: 'relay off' });
  expect(relays.on).toBe(0);
  await port.settled(actuators.setRelay(1, true));
  expect(await port.settled(actuators.pulseRelay(1, 500))).toMatchObject({
    kind: 'denied',
    result: 'ALREADY_ON',
  });
  const last = actuators.pulseRelay(0, 30_000);
  await port.clock.advance(2_000);
  payload.close('shutdown');
  await port.settled(last);
  expect(relays.on).toBe(2);
});

test.each([
  ['px4', 'relay'],
  ['px4', 'servo'],
  ['ardupilot', 'actuator'],
  ['other', 'relay'],
  ['other', 'actuator'],
] as const)('%s has no %s: unsupported, nothing sent', async (autopilot, what) => {
  const { port, actuators } = await setUp(autopilot);
  const before = port.sent.length;
  const outcome =
    what === 'relay'
      ? actuators.setRelay(0, true)
      : what === 'servo'
        ? actuators.setServo(9, 1_500)
        : actuators.setActuator(1, 0.5);
  expect(await outcome).toMatchObject({ kind: 'unsupported' });
  expect(port.sent.length).toBe(before);
});

test('servo and actuator are acknowledged; outputs that are not meant stay NaN', async () => {
  const ap = await setUp('ardupilot');
  expect(await ap.port.settled(ap.actuators.setServo(13, 1_500))).toEqual({
    kind: 'done',
    confirmedBy: 'acknowledgement',
  });
  expect(await ap.port.settled(ap.actuators.setServo(9, 1_500))).toMatchObject({
    kind: 'denied',
    result: 'FAILED',
  });
  expect(await ap.actuators.setServo(13, 3_000)).toMatchObject({
    reasons: ['pulse of 3000 µs is outside 800–2200 µs'],
  });
  const px4 = await setUp('px4');
  expect(await px4.port.settled(px4.actuators.setActuator(8, -0.5))).toMatchObject({ kind: 'done' });
  const sent = px4.relays.received.find(({ command }) => command === MavCmd.DO_SET_ACTUATOR);
  const { _param1, _param2, _param3, _param7 } = sent ?? {};
  expect([_param1, _param2, _param3, _param7]).toEqual([Number.NaN, -0.5, Number.NaN, 1]);
});

test('a light of its own is switched and dimmed, seen in its status; strobing has limits', async () => {
  const { port, actuators, light } = await setUp('px4');
  expect(port.state().actuators?.illuminators).toMatchObject([
    { componentId: 243, on: false, temperatureC: 41 },
  ]);
  expect(await port.settled(actuators.switchIlluminator(243, true))).toMatchObject({ kind: 'done' });
  expect(await port.settled(actuators.configureIlluminator(243, 40, null))).toEqual({
    kind: 'done',
    confirmedBy: 'light at 40 %, steady',
  });
  expect(
    await port.settled(actuators.configureIlluminator(243, 40, { periodS: 1, dutyPct: 50 })),
  ).toMatchObject({ kind: 'done' });
  expect(light.strobe).toBe(1);
  expect(await actuators.configureIlluminator(243, 40, { periodS: 0.1, dutyPct: 50 })).toMatchObject({
    reasons: ['strobe period 0.1 s is outside 0.4–10 s'],
  });
  await port.settled(actuators.switchIlluminator(243, false));
  light.hot = true;
  expect(await port.settled(actuators.switchIlluminator(243, true))).toMatchObject({
    kind: 'not-confirmed',
    observed: 'light off, 40 %, strobing, over-temperature',
  });
  expect(await actuators.switchIlluminator(9, true)).toMatchObject({ kind: 'unsupported' });
});
