import { createSocket } from 'node:dgram';
import pino from 'pino';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../clock.ts';
import { Encoder } from '../codec/encoder.ts';
import { type Frame, Framer } from '../codec/framer.ts';
import {
  Attitude,
  buildMessage,
  CommandLong,
  Heartbeat,
  type MavLinkData,
  ParamRequestRead,
  SetMode,
  SetupSigning,
  StatusText,
} from '../codec/messages.ts';
import { SigningKey, signFrame } from '../codec/signing.ts';
import { targetSystemOf } from '../codec/target.ts';
import type { BridgeConfig, Clock, ForwardConfig, LinkId } from '../model.ts';
import { FakeClock } from '../test-support/fake-clock.ts';
import { createTransport } from '../transport/create-transport.ts';
import { MemoryNetwork, MemoryTransport } from '../transport/memory.ts';
import { parseLinkUrl } from '../transport/parse-link-url.ts';
import type { Transport } from '../transport/transport.ts';
import type { Forwarded } from './forward.ts';
import { Link } from './link.ts';
import { type Forwards, openForwards } from './open-forwards.ts';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of opened.splice(0)) await thing.close();
});

interface Bench {
  readonly clock: Clock;
  readonly forwards: Forwards;
  readonly networks: readonly MemoryNetwork[];
  readonly links: readonly Link[];
  /** Whatever reached the other station. */
  readonly shown: Buffer[];
  readonly forwarded: Forwarded[];
  readonly station: MemoryNetwork;
  /** What reached a vehicle's address. */
  at(link: number, endpoint: string): Buffer[];
}

const STATION = 'station';

/** Two links, and one other ground station on a memory transport. */
async function start(
  config: Partial<ForwardConfig> = {},
  clock: Clock = new FakeClock(),
  toStation?: (url: string) => Transport,
): Promise<Bench> {
  const logger = pino({ level: 'silent' });
  const station = new MemoryNetwork();
  const shown: Buffer[] = [];
  station.addEndpoint(STATION, (bytes) => shown.push(Buffer.from(bytes)));
  const networks = [new MemoryNetwork(), new MemoryNetwork()];
  const linkConfigs: BridgeConfig['links'] = ['a', 'b'].map((id) => ({
    linkId: id as LinkId,
    url: 'udp-listen://127.0.0.1:0',
  }));
  const forwarded: Forwarded[] = [];
  const forwards = openForwards(
    {
      systemId: 245,
      links: linkConfigs,
      forwards: [{ forwardId: 'qgc', url: 'udp://127.0.0.1:14550', mode: 'read-write', ...config }],
    },
    {
      clock,
      random: () => 0,
      logger,
      createTransport: toStation ?? (() => new MemoryTransport(station)),
      onForwarded: (one) => forwarded.push(one),
    },
  );
  await forwards.start();
  const links = linkConfigs.map(
    (link, index) =>
      new Link({
        config: link,
        systemId: 245,
        componentId: 190,
        clock,
        random: () => 0,
        logger,
        createTransport: () => new MemoryTransport(networks[index] as MemoryNetwork),
        onFrame: (from, endpoint, frame, atMs) => forwards.onFrame(from, endpoint, frame, atMs),
        onSent: (to, _endpoint, raw, messageId, target) => forwards.onSent(to, raw, messageId, target),
        onStatus: () => {},
      }),
  );
  await Promise.all(links.map((link) => link.start()));
  opened.push(forwards, ...links);
  return {
    clock,
    forwards,
    networks,
    links,
    shown,
    forwarded,
    station,
    at(link, endpoint) {
      const got: Buffer[] = [];
      networks[link]?.addEndpoint(endpoint, (bytes) => got.push(Buffer.from(bytes)));
      return got;
    },
  };
}

const beat = buildMessage(Heartbeat, { type: 2, autopilot: 3 });
const stationBeat = buildMessage(Heartbeat, { type: 6, autopilot: 8 });
const from = (systemId: number, message: MavLinkData): Buffer =>
  new Encoder({ systemId, componentId: systemId === 255 ? 190 : 1 }).encode(message);
const arm = (targetSystem: number): MavLinkData =>
  buildMessage(CommandLong, { targetSystem, targetComponent: 1, command: 400, _param1: 1 });
const setup = buildMessage(SetupSigning, { targetSystem: 1, targetComponent: 1, secretKey: [1, 2, 3] });

function unknownFrame(): Buffer {
  const raw = from(1, buildMessage(Attitude, { roll: 1 }));
  raw.writeUIntLE(60_000, 7, 3);
  return raw;
}

describe('to the other station', () => {
  test('frames of vehicles go out byte for byte: both versions, signed, unknown; never a key', async () => {
    const { networks, shown, forwards } = await start({ mode: 'read-only' });
    const signed = signFrame(from(1, beat), new SigningKey(new Uint8Array(32).fill(7)), {
      signingLinkId: 1,
      timestamp: 99,
    });
    const v1 = new Encoder({ systemId: 1, componentId: 1, version: 1 }).encode(beat);
    const frames = [from(1, beat), v1, signed, unknownFrame()];
    for (const raw of frames) networks[0]?.emit(raw, 'x:1');
    networks[0]?.emit(from(1, setup), 'x:1');
    expect(shown.map((raw) => raw.toString('hex'))).toEqual(frames.map((raw) => raw.toString('hex')));
    expect(forwards.statuses()).toMatchObject([{ forwardId: 'qgc', state: 'open', framesOut: 4 }]);
  });

  test('filters by link, message and system', async () => {
    const { networks, shown } = await start({
      links: [{ linkId: 'a' as LinkId, denyMessageIds: [30], denySystemIds: [3] }],
    });
    const attitude = buildMessage(Attitude, { roll: 1 });
    networks[0]?.emit(from(1, beat), 'x:1');
    networks[0]?.emit(from(1, attitude), 'x:1');
    networks[0]?.emit(from(3, beat), 'x:3');
    networks[1]?.emit(from(2, beat), 'y:1');
    expect(shown).toEqual([from(1, beat)]);
    const only = await start({
      links: [{ linkId: 'b' as LinkId, allowMessageIds: [30], allowSystemIds: [2] }],
    });
    for (const systemId of [1, 2]) {
      only.networks[1]?.emit(from(systemId, attitude), `y:${systemId}`);
      only.networks[1]?.emit(from(systemId, beat), `y:${systemId}`);
    }
    expect(only.shown).toEqual([from(2, attitude)]);
  });

  test('our own commands are shown when wanted, our keys and heartbeats never', async () => {
    for (const showOwnFrames of [true, false]) {
      const { networks, links, shown, at } = await start({ showOwnFrames });
      const got = at(0, 'x:1');
      networks[0]?.emit(from(1, beat), 'x:1');
      for (const message of [arm(1), stationBeat, setup]) links[0]?.send(message, 'x:1');
      expect(got).toHaveLength(3);
      expect(shown).toEqual(showOwnFrames ? [from(1, beat), got[0]] : [from(1, beat)]);
    }
  });

  test('a station that takes no more loses frames, which are counted; nothing waits', async () => {
    const { networks, station, forwards } = await start();
    const full = vi.spyOn(station, 'deliver').mockReturnValue(false);
    for (let i = 0; i < 3; i++) networks[0]?.emit(from(1, beat), 'x:1');
    full.mockRestore();
    networks[0]?.emit(from(1, beat), 'x:1');
    expect(forwards.statuses()).toMatchObject([{ overflow: 3, framesOut: 1 }]);
  });
});

describe('from the other station', () => {
  test('read-only: whatever comes is counted and dropped', async () => {
    const { networks, station, at, forwards, forwarded } = await start({ mode: 'read-only' });
    const got = at(0, 'x:1');
    networks[0]?.emit(from(1, beat), 'x:1');
    for (const message of [arm(1), stationBeat]) station.emit(from(255, message), STATION);
    expect(got).toEqual([]);
    expect(forwarded).toEqual([]);
    expect(forwards.statuses()).toMatchObject([{ framesIn: 0, refused: 2 }]);
  });

  test('read-write: a command reaches the one address where its target is heard, and the record', async () => {
    const { networks, station, at, forwards, forwarded, links } = await start();
    const one = at(0, 'x:1');
    const two = at(1, 'y:2');
    networks[0]?.emit(from(1, beat), 'x:1');
    networks[1]?.emit(from(2, beat), 'y:2');
    const raw = from(255, arm(2));
    station.emit(raw, STATION);
    expect([one, two]).toEqual([[], [raw]]);
    expect(forwarded).toMatchObject([
      {
        forwardId: 'qgc',
        linkId: 'b',
        endpoint: 'y:2',
        raw,
        messageId: 76,
        systemId: 255,
        componentId: 190,
        targetSystem: 2,
      },
    ]);
    expect(links[1]?.status().framesOut).toBe(1);
    station.emit(from(255, arm(9)), STATION);
    expect(forwards.statuses()).toMatchObject([{ framesIn: 1, unroutable: 1, refused: 0 }]);
  });

  test('what is for everybody, or has no known target, goes to every address once', async () => {
    const { networks, station, at } = await start();
    const got = [at(0, 'x:1'), at(0, 'x:2'), at(1, 'y:1')];
    networks[0]?.emit(from(1, beat), 'x:1');
    networks[0]?.emit(from(4, beat), 'x:1');
    networks[0]?.emit(from(2, beat), 'x:2');
    networks[1]?.emit(from(3, beat), 'y:1');
    const raws = [
      from(255, stationBeat),
      from(255, arm(0)),
      from(255, buildMessage(StatusText, { text: 'hi' })),
    ];
    for (const raw of raws) station.emit(raw, STATION);
    for (const address of got) expect(address).toEqual(raws);
  });

  test('a vehicle heard by two links gets a command once; an id heard at two addresses of a link gets none', async () => {
    const clock = new FakeClock();
    const { networks, station, at, forwards } = await start({}, clock);
    const a = at(0, 'x:1');
    const b = at(1, 'y:1');
    networks[0]?.emit(from(1, beat), 'x:1');
    networks[1]?.emit(from(1, beat), 'y:1');
    station.emit(from(255, arm(1)), STATION);
    expect([a.length, b.length]).toEqual([1, 0]);
    await clock.advance(2_000);
    networks[1]?.emit(from(1, beat), 'y:1');
    await clock.advance(2_000);
    station.emit(from(255, arm(1)), STATION);
    expect([a.length, b.length]).toEqual([1, 1]);
    networks[1]?.emit(from(1, beat), 'y:2');
    station.emit(from(255, arm(1)), STATION);
    expect([a.length, b.length]).toEqual([1, 1]);
    expect(forwards.statuses()).toMatchObject([{ framesIn: 2, unroutable: 1 }]);
    await clock.advance(5_000);
    station.emit(from(255, arm(1)), STATION);
    expect(forwards.statuses()).toMatchObject([{ framesIn: 2, unroutable: 2 }]);
  });

  test('keys, echoes of our vehicles and frames in our own name are refused', async () => {
    const { networks, station, at, forwards } = await start();
    const got = at(0, 'x:1');
    const vehicleFrame = from(1, beat);
    networks[0]?.emit(vehicleFrame, 'x:1');
    // A station on the vehicles' side of the network is heard too, and is no vehicle.
    networks[0]?.emit(from(255, stationBeat), 'x:1');
    for (const raw of [vehicleFrame, from(245, arm(1)), from(255, setup)]) station.emit(raw, STATION);
    expect(got).toEqual([]);
    station.emit(from(255, arm(1)), STATION);
    expect(got).toEqual([from(255, arm(1))]);
    expect(forwards.statuses()).toMatchObject([{ refused: 3, framesIn: 1 }]);
  });

  test('the filter of a link holds in this direction too', async () => {
    const { networks, station, at, forwards } = await start({
      links: [{ linkId: 'a' as LinkId, denyMessageIds: [76], denySystemIds: [2] }],
    });
    const got = [at(0, 'x:1'), at(0, 'x:2'), at(1, 'y:3')];
    networks[0]?.emit(from(1, beat), 'x:1');
    networks[0]?.emit(from(2, beat), 'x:2');
    networks[1]?.emit(from(3, beat), 'y:3');
    const read = (targetSystem: number): Buffer =>
      from(255, buildMessage(ParamRequestRead, { targetSystem }));
    for (const raw of [from(255, arm(1)), read(1), read(2), read(3)]) station.emit(raw, STATION);
    expect(got).toEqual([[read(1)], [], []]);
    expect(forwards.statuses()).toMatchObject([{ framesIn: 1, refused: 3 }]);
  });

  test('noise and damaged frames go nowhere', async () => {
    const { networks, station, at } = await start();
    const got = at(0, 'x:1');
    networks[0]?.emit(from(1, beat), 'x:1');
    const damaged = from(255, arm(1));
    damaged[20] = (damaged[20] as number) ^ 1;
    for (const bytes of [Buffer.from('noise'), damaged]) station.emit(bytes, STATION);
    expect(got).toEqual([]);
  });
});

test('over real UDP sockets, there and back', async () => {
  const station = createSocket('udp4');
  const got: [string, number][] = [];
  station.on('message', (bytes, peer) => got.push([bytes.toString('hex'), peer.port]));
  await new Promise<void>((resolve) => station.bind(0, '127.0.0.1', resolve));
  opened.push({ close: () => new Promise((resolve) => station.close(() => resolve())) });
  const { networks, at } = await start(
    { url: `udp://127.0.0.1:${station.address().port}` },
    systemClock,
    (url) => createTransport(parseLinkUrl(url), systemClock),
  );
  const vehicle = at(0, 'x:1');
  networks[0]?.emit(from(1, beat), 'x:1');
  await vi.waitFor(() => expect(got).toEqual([[from(1, beat).toString('hex'), expect.any(Number)]]));
  station.send(from(255, arm(1)), got[0]?.[1] ?? 0, '127.0.0.1');
  await vi.waitFor(() => expect(vehicle).toEqual([from(255, arm(1))]));
});

test.each([
  [{ url: 'tcp://127.0.0.1:1' }, 'udp://host:port only'],
  [{ url: 'udp://' }, 'host is missing'],
  [{ links: [{ linkId: 'c' as LinkId }] }, 'no link "c"'],
  [{ links: [{ linkId: 'a' as LinkId, denySystemIds: [0] }] }, '0 is no message id'],
])('a configuration that cannot work is refused: %j', async (config, why) => {
  await expect(start(config)).rejects.toThrow(why);
});

test.each([
  ['COMMAND_LONG', arm(7), 7],
  ['SET_MODE', buildMessage(SetMode, { targetSystem: 9 }), 9],
  ['a message for everybody, cut off by MAVLink 2', buildMessage(ParamRequestRead, { paramId: '' }), 0],
  ['a message without a target', beat, 0],
])('the target of a frame is read from its bytes: %s', (_name, message, target) => {
  const [frame] = new Framer().pushDatagram(from(1, message)) as [Frame];
  expect(targetSystemOf(frame)).toBe(target);
});
