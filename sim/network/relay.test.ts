import { createSocket, type Socket } from 'node:dgram';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Encoder } from '../../firmware-bridge/codec/encoder.ts';
import { buildMessage, Heartbeat } from '../../firmware-bridge/codec/messages.ts';
import { type SimFleet, startSimFleet } from '../fleet.ts';
import { UdpStation } from '../testing/udp-station.ts';
import { type Relay, type RelayOptions, startRelay } from './relay.ts';

/** Real sockets: fleet → relay → station. */
let station: UdpStation;
const open: (() => Promise<void>)[] = [];

beforeEach(async () => {
  station = await UdpStation.open();
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
  await station.close();
});

async function relayTo(options: Partial<RelayOptions> = {}): Promise<Relay> {
  const relay = await startRelay({
    listen: { host: '127.0.0.1', port: 0 },
    target: { address: '127.0.0.1', port: station.port },
    ...options,
  });
  open.push(() => relay.close());
  return relay;
}

async function fleetOn(port: number, count = 2): Promise<SimFleet> {
  const fleet = await startSimFleet({
    ...{ count, target: { host: '127.0.0.1', port }, startupS: 0.5, speed: 10 },
  });
  open.push(() => fleet.close());
  return fleet;
}

/** A vehicle that sends what it is told and keeps what it hears. */
async function plainVehicle(port: number) {
  const socket: Socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  open.push(() => new Promise((resolve) => socket.close(() => resolve())));
  const heard: Buffer[] = [];
  socket.on('message', (bytes) => heard.push(bytes));
  return { heard, send: (bytes: Buffer) => socket.send(bytes, port, '127.0.0.1') };
}

describe('the relay', () => {
  it('shows each vehicle from an address of its own, and carries answers back', async () => {
    const relay = await relayTo();
    const fleet = await fleetOn(relay.port);
    for (const systemId of [1, 2]) {
      await station.until('heartbeat', () => station.from(systemId, Heartbeat).length > 0);
      expect(await station.command(systemId, 512, 148)).toBe(0);
    }
    expect(new Set(station.heard.map(({ fromPort }) => fromPort)).size).toBe(2);
    expect(station.heard.some(({ fromPort }) => fromPort === relay.port)).toBe(false);
    expect(relay.vehicles.map(({ systemId }) => systemId).sort()).toEqual([1, 2]);
    expect(fleet.aircraft(1).commands).toHaveLength(1);
    for (const { traffic } of relay.vehicles) {
      expect(traffic.up).toMatchObject({ offered: 1, delivered: 1 });
      expect(traffic.down.delivered).toBe(traffic.down.offered);
    }
  });

  it('plays a script on the vehicle that it names, in one direction', async () => {
    const relay = await relayTo({ script: [{ atS: 0, vehicles: 2, direction: 'down', cut: true }] });
    const fleet = await fleetOn(relay.port);
    await station.until('heartbeats of 1', () => station.from(1, Heartbeat).length > 5);
    // The first datagram says who it is, so not even that passes.
    expect(station.from(2, Heartbeat)).toHaveLength(0);
    const second = relay.vehicles.find(({ systemId }) => systemId === 2);
    expect(second?.traffic.down.cut).toBeGreaterThan(3);
    expect(fleet.aircraft(2).traffic.down.cut).toBe(0);
  });

  it('loses the same datagrams for the same seed, and says how many', async () => {
    const passed = async (seed: number) => {
      const relay = await relayTo({ seed, conditions: { lossFraction: 0.4 } });
      const vehicle = await plainVehicle(relay.port);
      const encoder = new Encoder({ systemId: 9, componentId: 1 });
      const before = station.heard.length;
      for (let n = 0; n < 200; n += 1)
        vehicle.send(encoder.encode(buildMessage(Heartbeat, { customMode: n })));
      await station.until('all through', () => relay.vehicles[0]?.traffic.down.offered === 200);
      await new Promise((resolve) => setTimeout(resolve, 50));
      const [one] = relay.vehicles;
      expect(station.heard.length - before).toBe(one?.traffic.down.delivered);
      expect((one?.traffic.down.delivered ?? 0) + (one?.traffic.down.lost ?? 0)).toBe(200);
      return station.heard.slice(before).map(({ frame }) => frame.sequence);
    };
    const first = await passed(3);
    expect(first.length).toBeGreaterThan(90);
    expect(first.length).toBeLessThan(150);
    expect(await passed(3)).toEqual(first);
    expect(await passed(4)).not.toEqual(first);
  });

  it('changes the address of a vehicle while the old one is still answered for a while', async () => {
    const relay = await relayTo({ script: [{ atS: 0.3, addressChange: { oldForS: 0.4 } }] });
    const vehicle = await plainVehicle(relay.port);
    const encoder = new Encoder({ systemId: 9, componentId: 1 });
    const beat = () => vehicle.send(encoder.encode(buildMessage(Heartbeat, {})));
    beat();
    await station.until('heartbeat', () => station.heard.length === 1);
    await station.until('the change', () => relay.timeS > 0.35);
    beat();
    await station.until('second heartbeat', () => station.heard.length === 2);
    const [old = 0, fresh = 0] = station.heard.map(({ fromPort }) => fromPort);
    expect(fresh).not.toBe(old);
    station.hear(9, old);
    station.send(9, buildMessage(Heartbeat, {}));
    await station.until('through the old address', () => vehicle.heard.length === 1);
    await station.until('the end of it', () => relay.timeS > 0.8);
    station.send(9, buildMessage(Heartbeat, {}));
    station.hear(9, fresh);
    station.send(9, buildMessage(Heartbeat, {}));
    await station.until('through the new address', () => vehicle.heard.length === 2);
    expect(vehicle.heard[1]?.[4]).toBe(2);
  });

  it('carries what is no MAVLink too, and entries for all hold for it', async () => {
    const relay = await relayTo({
      script: [{ atS: 0, vehicles: 'all', conditions: { duplicateFraction: 1 } }],
    });
    const vehicle = await plainVehicle(relay.port);
    vehicle.send(Buffer.from('hello'));
    await station.until('twice', () => relay.vehicles[0]?.traffic.down.delivered === 2);
    expect(relay.vehicles[0]?.systemId).toBeNull();
  });

  it('names a port that is taken', async () => {
    const relay = await relayTo();
    await expect(relayTo({ listen: { host: '127.0.0.1', port: relay.port } })).rejects.toMatchObject({
      code: 'sim.port-busy',
      message: `UDP 127.0.0.1:${relay.port} cannot be listened on; choose another port`,
    });
  });
});
