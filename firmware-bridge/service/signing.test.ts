import pino from 'pino';
import { describe, expect, test } from 'vitest';
import { BridgeError } from '../bridge-error.ts';
import { Encoder } from '../codec/encoder.ts';
import { Framer } from '../codec/framer.ts';
import { buildMessage, Heartbeat, type MavLinkData, SetupSigning } from '../codec/messages.ts';
import { isSignedBy, SigningKey, signFrame } from '../codec/signing.ts';
import { OwnTimestamps } from '../link/own-timestamps.ts';
import { SigningGuard, type SigningGuardOptions } from '../link/signing-guard.ts';
import type { CommandOutcome } from '../model.ts';
import { FakePort } from '../test-support/fake-port.ts';
import { SigningService } from './signing.ts';

const OLD = new SigningKey(new Uint8Array(32).fill(1));
const NEW = new SigningKey(new Uint8Array(32).fill(2));

/** A vehicle on one link that takes keys as ArduPilot does: while disarmed, signed with its key if it has one. */
class Vehicle {
  key: SigningKey | null = null;
  readonly setups: Buffer[] = [];
  /** How many SETUP_SIGNING are lost on the way. */
  lose = 0;
  #timestamp = 0;
  readonly #encoder = new Encoder({ systemId: 1, componentId: 1 });

  receive(raw: Buffer): void {
    const [frame] = new Framer().pushDatagram(raw);
    if (frame?.messageId !== SetupSigning.MSG_ID) throw new Error('something else');
    this.setups.push(raw);
    if (this.lose-- > 0) return;
    if (this.key !== null && !isSignedBy(frame, this.key)) return;
    const key = frame.payload.subarray(10, 42);
    this.#timestamp = Math.max(this.#timestamp, Number(frame.payload.readBigUInt64LE(0)));
    this.key = key.every((byte) => byte === 0) ? null : new SigningKey(Buffer.concat([key], 32));
  }

  beat(): Buffer {
    const raw = this.#encoder.encode(buildMessage(Heartbeat, { type: 2, autopilot: 3 }));
    if (this.key === null) return raw;
    this.#timestamp++;
    return signFrame(raw, this.key, { signingLinkId: 0, timestamp: this.#timestamp });
  }
}

function setUp(
  options: Partial<SigningGuardOptions> = {},
  state: { armed: boolean | null } = { armed: false },
) {
  const port = new FakePort(state);
  const logger = pino({ level: 'silent' });
  const guard = new SigningGuard({
    policy: 'accepted',
    signingLinkId: 3,
    linkKey: null,
    vehicleKeys: new Map(),
    allowKeySetup: true,
    timestamps: new OwnTimestamps(port.clock, null, logger),
    ...options,
  });
  const vehicle = new Vehicle();
  const ours = new Encoder({ systemId: 245, componentId: 190 });
  const send = (message: MavLinkData): boolean => {
    for (const raw of guard.seal(ours.encode(message), 'a:1', 1)) vehicle.receive(raw);
    return true;
  };
  const readKey = (path: string): SigningKey => {
    if (path !== '/keys/new') throw new BridgeError('config.signing-key', `The signing key file ${path} …`);
    return NEW;
  };
  const service = new SigningService(port, () => [{ guard, send }], readKey);
  const hear = (): string => {
    const [frame] = new Framer().pushDatagram(vehicle.beat());
    return frame === undefined ? 'nothing' : guard.judge(frame, 'a:1');
  };
  /** Heartbeats at 1 Hz until the outcome is there. */
  const settle = async (promise: Promise<CommandOutcome>): Promise<CommandOutcome> => {
    let over = false;
    const watched = promise.finally(() => {
      over = true;
    });
    for (let i = 0; i < 100 && !over; i++) {
      await port.clock.advance(200);
      if (!over && i % 5 === 4) hear();
      service.tick();
    }
    return watched;
  };
  return { port, guard, vehicle, service, settle, hear };
}

const confirm = 'ap-1';
const newKey = { keyFile: '/keys/new', confirm };

describe('setting up a key', () => {
  test('is done when the vehicle answers signed, and its frames are checked with it from then on', async () => {
    const { vehicle, service, settle, guard, hear, port } = setUp();
    expect(hear()).toBe('ok');
    const outcome = await settle(service.setUpKey(newKey));
    expect(outcome).toEqual({ kind: 'done', confirmedBy: 'frames signed with the new key' });
    expect(vehicle.key?.equals(NEW)).toBe(true);
    expect(guard.keyOf(1)?.equals(NEW)).toBe(true);
    expect(hear()).toBe('ok');
    vehicle.key = OLD;
    expect(hear()).toBe('bad-signature');
    expect(port.clock.pendingTimers).toBe(0);
  });

  test('a lost message is sent again; nothing heard is not success', async () => {
    const some = setUp();
    some.vehicle.lose = 3;
    expect(await some.settle(some.service.setUpKey(newKey))).toMatchObject({ kind: 'done' });
    expect(some.vehicle.setups.length).toBeGreaterThanOrEqual(4);
    const all = setUp();
    all.vehicle.lose = 1_000;
    expect(await all.settle(all.service.setUpKey(newKey))).toMatchObject({
      kind: 'not-confirmed',
      afterMs: 8_000,
    });
    expect(all.guard.keyOf(1)).toBeNull();
    expect(all.hear()).toBe('ok');
  });

  test('a new key replaces an old one, sent signed with the old one', async () => {
    const { vehicle, service, settle, guard } = setUp({ vehicleKeys: new Map([[1, OLD]]) });
    vehicle.key = OLD;
    expect(await settle(service.setUpKey(newKey))).toMatchObject({ kind: 'done' });
    const [first] = vehicle.setups.flatMap((raw) => [...new Framer().pushDatagram(raw)]);
    expect(first !== undefined && isSignedBy(first, OLD)).toBe(true);
    expect(guard.keyOf(1)?.equals(NEW)).toBe(true);
  });

  test('a key that was taken, and seen only after we gave up, is the vehicle’s all the same', async () => {
    const { vehicle, service, port, guard, hear } = setUp();
    const promise = service.setUpKey(newKey);
    await port.clock.advance(10_000);
    expect(await promise).toMatchObject({ kind: 'not-confirmed' });
    expect(vehicle.key?.equals(NEW)).toBe(true);
    expect(hear()).toBe('ok');
    expect(guard.keyOf(1)?.equals(NEW)).toBe(true);
  });

  test('without a file it is the key of the configuration', async () => {
    const { vehicle, service, settle } = setUp({ linkKey: OLD });
    expect(await settle(service.setUpKey({ confirm }))).toMatchObject({ kind: 'done' });
    expect(vehicle.key?.equals(OLD)).toBe(true);
  });

  test.each([
    ['armed', {}, { armed: true }, newKey, 'ARMED'],
    ['not known to be disarmed', {}, { armed: null }, newKey, 'ARMED'],
    ['on a link that is not trusted', { allowKeySetup: false }, { armed: false }, newKey, 'LINK'],
    ['without its id', {}, { armed: false }, { ...newKey, confirm: 'yes' }, 'CONFIRMATION'],
    ['with no key at all', {}, { armed: false }, { confirm }, 'NO_KEY'],
    ['with a file that is none', {}, { armed: false }, { keyFile: '/etc/passwd', confirm }, 'KEY_FILE'],
  ] as const)('is refused, and nothing sent, %s', async (_name, options, state, call, result) => {
    const { vehicle, service } = setUp(options, state);
    expect(await service.setUpKey(call)).toMatchObject({ kind: 'denied', result });
    expect(vehicle.setups).toEqual([]);
  });

  test('ends when the vehicle is armed meanwhile, when closed, and runs once at a time', async () => {
    const { service, port, vehicle } = setUp();
    vehicle.lose = 1_000;
    const first = service.setUpKey(newKey);
    expect(await service.setUpKey(newKey)).toMatchObject({ kind: 'busy' });
    port.update({ armed: true });
    service.tick();
    expect(await first).toMatchObject({ kind: 'denied', result: 'ARMED' });
    port.update({ armed: false });
    const second = service.setUpKey(newKey);
    service.close('shutdown');
    expect(await second).toEqual({ kind: 'cancelled', by: 'shutdown' });
    expect(port.clock.pendingTimers).toBe(0);
    port.refuseWith = { kind: 'not-connected' };
    expect(await service.setUpKey(newKey)).toEqual({ kind: 'not-connected' });
  });
});

describe('removing a key', () => {
  test('sends zeros signed with the old key, and is done when an unsigned frame comes', async () => {
    const { vehicle, service, settle, guard } = setUp({ vehicleKeys: new Map([[1, OLD]]) });
    vehicle.key = OLD;
    expect(await settle(service.removeKey({ confirm }))).toEqual({
      kind: 'done',
      confirmedBy: 'unsigned frames',
    });
    expect(vehicle.key).toBeNull();
    expect(guard.keyOf(1)).toBeNull();
  });

  test('is refused where only signed frames are taken', async () => {
    const { service, vehicle } = setUp({ policy: 'required', linkKey: OLD });
    expect(await service.removeKey({ confirm })).toMatchObject({ kind: 'denied', result: 'POLICY' });
    expect(vehicle.setups).toEqual([]);
  });
});
