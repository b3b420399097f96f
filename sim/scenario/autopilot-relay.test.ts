import { createSocket, type Socket } from 'node:dgram';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Encoder } from '../../firmware-bridge/codec/encoder.ts';
import {
  buildMessage,
  GlobalPositionInt,
  Heartbeat,
  type MavLinkData,
} from '../../firmware-bridge/codec/messages.ts';
import { AutopilotRelay, stationFrames } from './autopilot-relay.ts';
import { Ground } from './geometry.ts';
import { truthOf } from './heard-truth.ts';

interface Peer {
  readonly socket: Socket;
  readonly heard: { readonly bytes: Buffer; readonly fromPort: number }[];
}

const peers: Peer[] = [];
async function peer(): Promise<Peer> {
  const socket = createSocket('udp4');
  const heard: Peer['heard'] = [];
  socket.on('message', (bytes, { port: fromPort }) => heard.push({ bytes, fromPort }));
  await new Promise<void>((bound) => socket.bind(0, '127.0.0.1', () => bound()));
  peers.push({ socket, heard });
  return { socket, heard };
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (const endMs = performance.now() + 5000; !holds(); ) {
    if (performance.now() > endMs) throw new Error(`waited for: ${what}`);
    await new Promise((again) => setTimeout(again, 5));
  }
}

let relay: AutopilotRelay;
let server: Peer;
beforeEach(async () => {
  server = await peer();
  const target = { host: '127.0.0.1', port: server.socket.address().port };
  relay = await AutopilotRelay.open({ ground: new Ground({}), target, seed: 1, network: {} });
});
afterEach(async () => {
  await relay.close();
  for (const { socket } of peers.splice(0)) await new Promise<void>((gone) => socket.close(() => gone()));
});

async function drone(systemId: number) {
  const { socket, heard } = await peer();
  const encoder = new Encoder({ systemId, componentId: 1 });
  return {
    heard,
    send: (message: MavLinkData) => socket.send(encoder.encode(message), relay.port, '127.0.0.1'),
  };
}

const HEARTBEAT = buildMessage(Heartbeat, { autopilot: 3, customMode: 3, baseMode: 128 });

describe('the relay between real autopilots and the server', () => {
  it('shows each from an address of its own and brings back to it what is sent there', async () => {
    const [one, two] = [await drone(1), await drone(2)];
    one.send(HEARTBEAT);
    two.send(HEARTBEAT);
    await until('both at the server', () => server.heard.length === 2);
    expect(new Set(server.heard.map(({ fromPort }) => fromPort)).size).toBe(2);
    for (const { fromPort, bytes } of server.heard) server.socket.send(bytes, fromPort, '127.0.0.1');
    await until('both answered', () => one.heard.length === 1 && two.heard.length === 1);
    // What came from system 1 goes back to system 1.
    expect([one.heard[0]?.bytes[5], two.heard[0]?.bytes[5]]).toEqual([1, 2]);
  });

  it('hears what the autopilot says of itself, cut or not', async () => {
    const one = await drone(1);
    one.send(HEARTBEAT);
    await until('heard', () => relay.network(1) !== null && relay.heard(1).armed !== null);
    expect(truthOf(relay.heard(1))).toBeNull();
    await until('the heartbeat at the server', () => server.heard.length === 1);
    relay.network(1)?.cutUntil(Number.POSITIVE_INFINITY);
    const before = server.heard.length;
    const place = { lon: 1_102_900_000, lat: 252_800_000, relativeAlt: 30_000, timeBootMs: 5000 };
    one.send(buildMessage(GlobalPositionInt, place));
    await until('position', () => truthOf(relay.heard(1)) !== null);
    expect(truthOf(relay.heard(1))).toMatchObject({ heightM: 30, armed: true, landed: false, mode: 'AUTO' });
    expect(truthOf(relay.heard(1))?.eastM).toBeCloseTo(0, 1);
    expect(server.heard.length).toBe(before);
  });

  it('gives an autopilot another address, and the old one is dead', async () => {
    const one = await drone(1);
    one.send(HEARTBEAT);
    await until('first', () => server.heard.length === 1);
    await relay.changeAddress(1);
    one.send(HEARTBEAT);
    await until('second', () => server.heard.length === 2);
    const [old, fresh] = server.heard;
    expect(fresh?.fromPort).not.toBe(old?.fromPort);
    for (const port of [old?.fromPort ?? 0, fresh?.fromPort ?? 0]) server.socket.send('x', port, '127.0.0.1');
    await until('the new one', () => one.heard.length >= 1);
    await new Promise((later) => setTimeout(later, 50));
    expect(one.heard.length).toBe(1);
  });

  it('speaks to one autopilot as another station', async () => {
    const one = await drone(1);
    one.send(HEARTBEAT);
    await until('heard', () => relay.network(1) !== null);
    relay.inject(1, (send) => stationFrames(1, { kind: 'return' }, send));
    // A heartbeat, then the order; both as system 255.
    await until('order', () => one.heard.length === 2);
    expect(one.heard.map(({ bytes }) => [bytes[5], bytes[7]])).toEqual([
      [255, 0],
      [255, 76],
    ]);
  });
});
