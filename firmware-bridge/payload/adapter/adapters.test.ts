import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import { expect, test } from 'vitest';
import { systemClock } from '../../clock.ts';
import type { CommandOutcome, VehicleId, VehicleState } from '../../model.ts';
import { FakeClock } from '../../test-support/fake-clock.ts';
import { FakePort } from '../../test-support/fake-port.ts';
import type { IlluminatorState } from '../state.ts';
import { HttpSpotlight } from './http-spotlight.ts';
import { MavlinkSpotlight, type SpotlightWiring } from './mavlink-spotlight.ts';
import { PayloadRegistry } from './registry.ts';
import { SimulatedLoudspeaker, SimulatedSpotlight } from './simulated.ts';

const VEHICLE = 'ap-1' as VehicleId;
const about = (adapterId: string, clock: FakeClock) => ({
  adapterId,
  vehicleId: VEHICLE,
  label: adapterId,
  clock,
});
const said = (text: string, idempotencyKey: string) =>
  ({ text, language: 'zh', voice: null, purpose: 'order 17', idempotencyKey }) as const;

/** The clock moves until it settles. */
async function settled<T>(clock: FakeClock, promise: Promise<T>): Promise<T> {
  let result: { readonly value: T } | null = null;
  void promise.then((value) => {
    result = { value };
  });
  for (let i = 0; i < 200 && result === null; i++) await clock.advance(50);
  if (result === null) throw new Error('nothing came');
  return (result as { readonly value: T }).value;
}

test('the simulated loudspeaker speaks for as long as the text takes, once per key, and stops', async () => {
  const clock = new FakeClock();
  const speaker = new SimulatedLoudspeaker(about('ls', clock));
  const text = '请尽快离开这座桥，谢谢配合'; // 13 characters: 3.65 s
  expect(await settled(clock, speaker.say(said(text, 'key-00000001')))).toMatchObject({ kind: 'done' });
  const playing = await settled(clock, speaker.status());
  expect(playing).toMatchObject({ status: { state: 'playing', lastKey: 'key-00000001' } });
  const remainingS = playing.kind === 'done' ? playing.status.remainingS : null;
  expect(remainingS).toBeGreaterThan(3);
  expect(remainingS).toBeLessThan(3.65);
  expect(await settled(clock, speaker.say(said('再来', 'key-00000002')))).toMatchObject({ kind: 'busy' });
  expect(await settled(clock, speaker.say(said(text, 'key-00000001')))).toMatchObject({ kind: 'done' });
  expect(speaker.heard).toEqual([text]);
  await clock.advance(4_000);
  expect(await settled(clock, speaker.status())).toMatchObject({ status: { state: 'idle', remainingS: 0 } });
  await settled(
    clock,
    speaker.play({ clipId: 'disperse-zh', purpose: 'order 17', idempotencyKey: 'key-00000003' }),
  );
  expect(await settled(clock, speaker.stop())).toMatchObject({ kind: 'done' });
  expect(await settled(clock, speaker.status())).toMatchObject({ status: { state: 'idle' } });
});

test('its faults: silent, defect, accepting and mute', async () => {
  const clock = new FakeClock();
  const speaker = new SimulatedLoudspeaker(about('ls', clock));
  expect(speaker.health()).toEqual({ state: 'unknown', problem: null, heardAtMs: null });
  speaker.injectFault('silent');
  expect(await settled(clock, speaker.say(said('喂', 'key-00000001')))).toMatchObject({ kind: 'no-answer' });
  expect(speaker.health()).toMatchObject({ state: 'unreachable' });
  speaker.injectFault('mute');
  expect(await settled(clock, speaker.say(said('喂', 'key-00000001')))).toMatchObject({
    kind: 'not-confirmed',
  });
  speaker.injectFault('defect');
  expect(await settled(clock, speaker.say(said('喂', 'key-00000001')))).toMatchObject({
    kind: 'denied',
    result: 'FAULT',
  });
  expect(await settled(clock, speaker.status())).toMatchObject({ status: { state: 'fault' } });
  speaker.injectFault(null);
  expect(await settled(clock, speaker.setVolume(101))).toMatchObject({
    reasons: ['volume 101 % is outside 0–100 %'],
  });
  expect(await settled(clock, speaker.setVolume(30))).toMatchObject({ kind: 'done' });
  const waiting = speaker.status();
  await speaker.close();
  expect(await waiting).toEqual({ kind: 'cancelled', by: 'closed' });
  expect(speaker.heard).toEqual([]);
});

test('the simulated spotlight: steady until told otherwise, strobing within limits, dark by off', async () => {
  const clock = new FakeClock();
  const light = new SimulatedSpotlight(about('sl', clock));
  await settled(clock, light.on(40));
  expect(await settled(clock, light.status())).toMatchObject({
    status: { state: 'on', brightnessPct: 40, strobing: false },
  });
  expect(await light.setStrobe({ periodS: 0.1, dutyPct: 50 })).toMatchObject({
    reasons: ['strobe period 0.1 s is outside 0.4–10 s'],
  });
  await settled(clock, light.setStrobe({ periodS: 1, dutyPct: 50 }));
  expect(await settled(clock, light.status())).toMatchObject({ status: { strobing: true } });
  await settled(clock, light.off());
  await settled(clock, light.on(null));
  expect(await settled(clock, light.status())).toMatchObject({ status: { state: 'on', strobing: false } });
});

class Wires {
  readonly calls: string[] = [];
  outcome: CommandOutcome = { kind: 'done', confirmedBy: 'seen' };
  configureOutcome: CommandOutcome | null = null;
  wait: Promise<void> = Promise.resolve();

  async #call(what: string): Promise<CommandOutcome> {
    this.calls.push(what);
    await this.wait;
    return this.outcome;
  }
  setRelay = (relay: number, on: boolean) => this.#call(`relay ${relay} ${on}`);
  setServo = (servo: number, pulseUs: number) => this.#call(`servo ${servo} ${pulseUs}`);
  setActuator = (actuator: number, value: number) => this.#call(`actuator ${actuator} ${value}`);
  switchIlluminator = (id: number, on: boolean) => this.#call(`light ${id} ${on}`);
  configureIlluminator = async (id: number, pct: number, strobe: unknown) => {
    const outcome = await this.#call(`configure ${id} ${pct} ${strobe === null ? 'steady' : 'strobe'}`);
    return this.configureOutcome ?? outcome;
  };
}

function wired(wiring: SpotlightWiring, state: Partial<VehicleState> = {}) {
  const wires = new Wires();
  const port = new FakePort(state);
  const light = new MavlinkSpotlight({
    adapterId: 'sl',
    vehicleId: VEHICLE,
    label: 'light',
    wiring,
    actuators: wires,
    clock: port.clock,
    state: () => port.state(),
  });
  return { light, wires, port };
}

test.each([
  [{ kind: 'relay', relay: 2 }, null, ['relay 2 true', 'relay 2 false']],
  [{ kind: 'servo', servo: 13, offUs: 1000, fullUs: 2000 }, 25, ['servo 13 1250', 'servo 13 1000']],
  [{ kind: 'actuator', actuator: 1 }, 75, ['actuator 1 0.5', 'actuator 1 -1']],
  // Dimmed and steady before it shines.
  [
    { kind: 'illuminator', componentId: 243 },
    30,
    ['configure 243 30 steady', 'light 243 true', 'light 243 false'],
  ],
] as const)('on and off by %j', async (wiring, brightnessPct, calls) => {
  const { light, wires } = wired(wiring);
  expect(await light.on(brightnessPct)).toMatchObject({ kind: 'done' });
  expect(await light.off()).toMatchObject({ kind: 'done' });
  expect(wires.calls).toEqual(calls);
});

test('a relay has no brightness and no strobe; a wire that reports nothing tells what was acknowledged', async () => {
  const relay = wired({ kind: 'relay', relay: 0 });
  expect(await relay.light.on(50)).toEqual({ kind: 'unsupported', what: 'brightness' });
  expect(await relay.light.setStrobe({ periodS: 1, dutyPct: 50 })).toEqual({
    kind: 'unsupported',
    what: 'strobe',
  });
  expect(await relay.light.status()).toEqual({ kind: 'no-answer', afterMs: 0 });
  relay.port.update({ actuators: { relays: { present: [0], on: [0], receivedAtMs: 5 }, illuminators: [] } });
  expect(await relay.light.status()).toMatchObject({ status: { state: 'on', brightnessPct: null }, atMs: 5 });
  const servo = wired({ kind: 'servo', servo: 13, offUs: 1000, fullUs: 2000 });
  expect(servo.light.health().state).toBe('unknown');
  await servo.light.on(60);
  expect(await servo.light.status()).toMatchObject({ status: { state: 'on', brightnessPct: 60 } });
  servo.wires.outcome = { kind: 'no-answer', afterMs: 4_000 };
  await servo.light.off();
  expect(servo.light.health()).toMatchObject({ state: 'unreachable' });
  expect(await servo.light.status()).toMatchObject({ status: { state: 'on' } });
});

test("a light's own status: throttled it shines, over temperature it is broken", async () => {
  const { light, port } = wired({ kind: 'illuminator', componentId: 243 });
  const told: IlluminatorState = {
    componentId: 243,
    on: true,
    brightnessPct: 80,
    strobePeriodS: 0,
    temperatureC: 70,
    faults: ['thermal-throttling'],
    receivedAtMs: 7,
  };
  port.update({ actuators: { relays: null, illuminators: [told] } });
  expect(await light.status()).toMatchObject({
    status: { state: 'on', brightnessPct: 80, fault: 'thermal-throttling' },
  });
  port.update({ actuators: { relays: null, illuminators: [{ ...told, faults: ['over-temperature'] }] } });
  expect(await light.status()).toMatchObject({ status: { state: 'fault' } });
  expect(light.health()).toMatchObject({ state: 'fault', problem: 'over-temperature', heardAtMs: 7 });
});

test('a light that cannot be set is switched on as it is, unless a brightness was asked for', async () => {
  const { light, wires } = wired({ kind: 'illuminator', componentId: 243 });
  wires.configureOutcome = { kind: 'unsupported', what: 'configure' };
  expect(await light.on(null)).toMatchObject({ kind: 'done' });
  expect(await light.on(20)).toMatchObject({ kind: 'unsupported' });
});

test('off voids an "on" that waits before it', async () => {
  const { light, wires, port } = wired({ kind: 'relay', relay: 0 });
  let go: () => void = () => {};
  wires.wait = new Promise((resolve) => {
    go = resolve;
  });
  const first = light.on(null);
  await port.clock.advance(0);
  const second = light.on(null);
  const off = light.off();
  go();
  expect(await Promise.all([first, second, off])).toMatchObject([
    { kind: 'done' },
    { kind: 'cancelled', by: 'off' },
    { kind: 'done' },
  ]);
  expect(wires.calls).toEqual(['relay 0 true', 'relay 0 false']);
  await light.close();
  expect(await light.on(null)).toEqual({ kind: 'cancelled', by: 'closed' });
});

test('the registry: one id each, by vehicle, with the age of the last word', async () => {
  const clock = new FakeClock();
  const registry = new PayloadRegistry(() => clock.nowMs());
  const speaker = new SimulatedLoudspeaker(about('ls', clock));
  expect(registry.add(speaker)).toBe(true);
  expect(registry.add(new SimulatedSpotlight(about('ls', clock)))).toBe(false);
  expect(
    registry.add(new SimulatedSpotlight({ ...about('sl', clock), vehicleId: 'ap-2' as VehicleId })),
  ).toBe(true);
  await settled(clock, speaker.status());
  await clock.advance(5_000);
  expect(registry.list(VEHICLE)).toMatchObject([
    { adapterId: 'ls', kind: 'loudspeaker', health: { state: 'ok' } },
  ]);
  expect(registry.list(VEHICLE)[0]?.heardAgeMs).toBeGreaterThanOrEqual(5_000);
  expect(registry.list()).toHaveLength(2);
  expect(registry.loudspeaker('sl')).toBeNull();
  expect(registry.spotlight('sl')).not.toBeNull();
  expect(await registry.remove('ls')).toBe(true);
  expect(await registry.remove('ls')).toBe(false);
  expect(await speaker.status()).toMatchObject({ kind: 'cancelled' });
  await registry.close();
  expect(registry.list()).toEqual([]);
});

test('the HTTP spotlight: seen in the status; one that accepts and stays dark is not confirmed; off passes', async () => {
  const state = { state: 'off', brightnessPct: 0, strobing: false, fault: null as string | null };
  const asked: string[] = [];
  let dead = false;
  let hang = false;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push(`${request.method} ${request.url}`);
      if (hang) {
        hang = false;
        return;
      }
      const body = JSON.parse(Buffer.concat(chunks).toString() || '{}') as {
        brightnessPct?: number;
        strobe?: unknown;
      };
      if (!dead && request.url === '/on')
        Object.assign(state, { state: 'on', brightnessPct: body.brightnessPct ?? 100 });
      if (request.url === '/off') Object.assign(state, { state: 'off', strobing: false });
      if (request.url === '/strobe') state.strobing = body.strobe !== null;
      response.end(JSON.stringify(state));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const light = new HttpSpotlight({
    adapterId: 'sl',
    vehicleId: VEHICLE,
    label: 'light',
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tokenFile: null,
    timeoutMs: 10_000,
    clock: systemClock,
    logger: pino({ level: 'silent' }),
    fetch,
    capabilities: { hasBrightness: true, canStrobe: true },
  });
  try {
    expect(await light.on(60)).toEqual({ kind: 'done', confirmedBy: 'device status on' });
    expect(await light.setStrobe({ periodS: 1, dutyPct: 50 })).toEqual({
      kind: 'done',
      confirmedBy: 'device status strobing',
    });
    expect(await light.setStrobe(null)).toEqual({ kind: 'done', confirmedBy: 'device status steady' });
    expect(await light.off()).toEqual({ kind: 'done', confirmedBy: 'device status off' });
    dead = true;
    expect(await light.on(60)).toMatchObject({ kind: 'not-confirmed', observed: 'off, 60 %' });
    Object.assign(state, { state: 'fault', fault: '过热' });
    expect(await light.on(60)).toEqual({ kind: 'denied', result: 'FAULT', reasons: ['过热'] });
    Object.assign(state, { state: 'off', fault: null });
    hang = true;
    const stuck = light.on(60);
    while (hang) await new Promise((resolve) => setImmediate(resolve));
    expect(await light.off()).toMatchObject({ kind: 'done' });
    expect(await stuck).toEqual({ kind: 'cancelled', by: 'stop' });
    expect(asked.slice(-2)).toEqual(['PUT /on', 'PUT /off']);
  } finally {
    await light.close();
    server.closeAllConnections();
    server.close();
  }
});
