import { connect, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Encoder } from '../firmware-bridge/codec/encoder.ts';
import { Framer } from '../firmware-bridge/codec/framer.ts';
import {
  AutopilotVersion,
  buildMessage,
  GlobalPositionInt,
  Heartbeat,
  MissionAck,
  MissionCount,
  MissionItemInt,
  MissionItemReached,
  MissionRequest,
  MissionRequestList,
  StatusText,
} from '../firmware-bridge/codec/messages.ts';
import type { MissionItem } from '../missions/mission-item.ts';
import { type SimFleet, type SimFleetOptions, startSimFleet } from './fleet.ts';
import { capturedMission, TEST_HOME } from './testing/tower.ts';
import { UdpStation } from './testing/udp-station.ts';

let station: UdpStation;
let fleet: SimFleet | null = null;

beforeEach(async () => {
  station = await UdpStation.open();
});
afterEach(async () => {
  await fleet?.close();
  fleet = null;
  await station.close();
});

async function start(options: Partial<SimFleetOptions> = {}): Promise<SimFleet> {
  fleet = await startSimFleet({
    count: 1,
    target: { host: 'localhost', port: station.port },
    seed: 7,
    startupS: 0.5,
    speed: 4,
    ...options,
  });
  return fleet;
}

/** As a client does it: items when asked for. The MAV_MISSION_RESULT. */
async function upload(systemId: number, items: readonly MissionItem[]): Promise<number> {
  let served = station.from(systemId, MissionRequest).length;
  const acks = station.from(systemId, MissionAck).length;
  const to = { targetSystem: systemId, targetComponent: 1 };
  station.send(systemId, buildMessage(MissionCount, { ...to, count: items.length }));
  await station.until('mission acknowledged', () => {
    for (const request of station.from(systemId, MissionRequest).slice(served)) {
      served += 1;
      const item = items[request.seq];
      if (item !== undefined)
        station.send(systemId, buildMessage(MissionItemInt, { ...to, seq: request.seq, ...item }));
    }
    return station.from(systemId, MissionAck).length > acks;
  });
  return station.from(systemId, MissionAck).at(-1)?.type ?? -1;
}

describe('a fleet on real UDP', () => {
  it('gives every aircraft its own socket, hardware id and place', async () => {
    await start({ count: 6 });
    for (const systemId of [1, 2, 3, 4, 5, 6]) {
      await station.until(`heartbeat of ${systemId}`, () => station.from(systemId, Heartbeat).length > 0);
      expect(await station.command(systemId, 512, 148)).toBe(0);
      await station.until('version', () => station.from(systemId, AutopilotVersion).length > 0);
    }
    expect(new Set(station.heard.map(({ fromPort }) => fromPort)).size).toBe(6);
    const ids = [1, 2, 3, 4, 5, 6].map((systemId) =>
      station.from(systemId, AutopilotVersion)[0]?.uid2.join(),
    );
    expect(new Set(ids).size).toBe(6);
  });

  it('flies an uploaded mission at 40 times the speed and ends disarmed', async () => {
    const sim = await start({ aircraft: [{ ...TEST_HOME, systemId: 9 }], speed: 40 });
    await station.until('heartbeat', () => station.from(9, Heartbeat).length > 0);
    await station.until('ready', () => sim.aircraft(9).truth.readyToArm);
    expect(await upload(9, capturedMission())).toBe(0);
    expect(sim.aircraft(9).missions.mission).toHaveLength(7);
    expect(await station.command(9, 511, 33, 200_000)).toBe(0);
    expect(await station.command(9, 176, 1, 4)).toBe(0);
    expect(await station.command(9, 400, 1)).toBe(0);
    expect(await station.command(9, 22, 0, 0, 0, 0, 0, 0, 10)).toBe(0);
    await station.until('height', () => sim.aircraft(9).truth.relativeAltitudeM > 9);
    expect(await station.command(9, 300)).toBe(0);
    await station.until('disarmed', () => !sim.aircraft(9).truth.armed);
    await station.until('last item', () => station.from(9, MissionItemReached).length === 6);
    expect(station.from(9, MissionItemReached).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(station.from(9, GlobalPositionInt).length).toBeGreaterThan(200);
    expect(sim.aircraft(9).commands.map(({ command, result }) => [command, result])).toEqual([
      [511, 0],
      [176, 0],
      [400, 0],
      [22, 0],
      [300, 0],
    ]);
  });

  it('has no gaps in its sequence numbers', async () => {
    await start({ speed: 20 });
    await station.until('200 frames', () => station.heard.length > 20);
    await station.command(1, 511, 33, 50_000);
    await station.until('200 frames', () => station.heard.length > 200);
    // Each component counts its own frames; the camera's are another's.
    const sequence = station.heard
      .filter(({ frame }) => frame.componentId === 1)
      .map(({ frame }) => frame.sequence);
    expect(
      sequence.every((value, index) => index === 0 || value === ((sequence[index - 1] ?? 0) + 1) % 256),
    ).toBe(true);
  });

  it('answers a second ground station without taking anything from the first', async () => {
    await start();
    const second = await UdpStation.open();
    try {
      await station.until('heartbeat', () => station.heard.length > 0);
      const port = station.heard[0]?.fromPort ?? 0;
      second.hear(1, port);
      expect(await second.command(1, 512, 148)).toBe(0);
      const before = station.from(1, Heartbeat).length;
      await second.until('heartbeat at the second', () => second.from(1, Heartbeat).length > 1);
      await station.until('heartbeat at the first', () => station.from(1, Heartbeat).length > before + 1);
      expect(station.from(1, AutopilotVersion)).toHaveLength(0);
    } finally {
      await second.close();
    }
  });
});

describe('faults', () => {
  it('cuts a link both ways for a while', async () => {
    const sim = await start();
    await station.until('heartbeat', () => station.heard.length > 0);
    sim.aircraft(1).cutLink(true);
    const heard = station.heard.length;
    station.send(1, buildMessage(MissionRequestList, { targetSystem: 1, targetComponent: 1 }));
    // 8 simulated seconds without a word.
    const timeS = sim.aircraft(1).truth.timeS;
    await station.until('time', () => sim.aircraft(1).truth.timeS > timeS + 8);
    expect(station.heard.length - heard).toBeLessThanOrEqual(1);
    expect(station.from(1, MissionCount)).toHaveLength(0);
    sim.aircraft(1).cutLink(false);
    await station.until('heartbeat again', () => station.heard.length > heard + 2);
    sim.aircraft(1).cutLink(300);
    const cutAtMs = performance.now();
    const quiet = station.heard.length;
    await station.until('heartbeat after the cut', () => station.heard.length > quiet + 1);
    expect(performance.now() - cutAtMs).toBeGreaterThan(290);
  });

  it('refuses to arm with the reason, from the start and switched later', async () => {
    const sim = await start({
      count: 2,
      faults: { bySystemId: { 2: { refuseToArm: 'Compass not healthy' } } },
    });
    await station.until(
      'heartbeats',
      () => station.from(1, Heartbeat).length > 0 && station.from(2, Heartbeat).length > 0,
    );
    await station.until('ready', () => sim.aircraft(1).truth.readyToArm);
    expect(await station.command(2, 400, 1)).toBe(4);
    await station.until('the reason', () =>
      station.from(2, StatusText).some(({ text }) => text.startsWith('PreArm: Compass not healthy')),
    );
    expect(await station.command(1, 400, 1)).toBe(0);
    sim.aircraft(2).refuseToArm(null);
    expect(await station.command(2, 400, 1)).toBe(0);
  });

  it('acknowledges a mission that it stored wrongly', async () => {
    const sim = await start();
    await station.until('ready', () => sim.aircraft(1).truth.readyToArm && station.heard.length > 0);
    sim.aircraft(1).storeWrongItem();
    expect(await upload(1, capturedMission())).toBe(0);
    expect(sim.aircraft(1).missions.mission[2]?.z).toBe(125);
  });

  it('still completes an upload over a link that loses 20 % and duplicates 10 %', async () => {
    const sim = await start({ faults: { all: { lossFraction: 0.2, duplicateFraction: 0.1, delayMs: 5 } } });
    await station.until('ready', () => sim.aircraft(1).truth.readyToArm && station.heard.length > 0);
    const to = { targetSystem: 1, targetComponent: 1 };
    const items = capturedMission();
    let served = 0;
    const timer = setInterval(() => {
      // A lost COUNT or item is sent again by whoever waits for it.
      if (station.from(1, MissionRequest).length === 0)
        station.send(1, buildMessage(MissionCount, { ...to, count: 7 }));
    }, 200);
    try {
      await station.until(
        'all items stored',
        () => {
          for (const { seq } of station.from(1, MissionRequest).slice(served)) {
            served += 1;
            const item = items[seq];
            if (item !== undefined) station.send(1, buildMessage(MissionItemInt, { ...to, seq, ...item }));
          }
          return sim.aircraft(1).missions.mission.length === 7;
        },
        18_000,
      );
    } finally {
      clearInterval(timer);
    }
    expect(sim.aircraft(1).missions.mission[6]?.command).toBe(20);
  });

  it('sets the battery', async () => {
    const sim = await start();
    sim.aircraft(1).setBattery(42);
    expect(sim.aircraft(1).truth.batteryPct).toBeCloseTo(42, 0);
  });
});

describe('TCP', () => {
  it('serves each connection on the port of its aircraft', async () => {
    const base = await freePort();
    await start({ count: 1, target: null, tcpPortBase: base });
    const socket = connect(base, '127.0.0.1');
    const framer = new Framer();
    const ids: number[] = [];
    socket.on('data', (bytes) => ids.push(...framer.push(bytes).map(({ messageId }) => messageId)));
    await station.until('heartbeat', () => ids.includes(0));
    const encoder = new Encoder({ systemId: 200, componentId: 190 });
    socket.write(encoder.encode(buildMessage(MissionRequestList, { targetSystem: 1, targetComponent: 1 })));
    await station.until('mission count', () => ids.includes(44));
    socket.destroy();
  });

  it('names a busy port and leaves nothing open', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(start({ target: null, tcpPortBase: port })).rejects.toMatchObject({
      code: 'sim.port-busy',
      message: `TCP port ${port} cannot be listened on; choose another base`,
    });
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('bad options', () => {
  it.each([
    [
      'a system id',
      { aircraft: [{ ...TEST_HOME, systemId: 256 }] },
      'system id is 256; allowed are 1 to 255',
    ],
    ['a speed', { speed: 0 }, 'speed is 0; allowed is more than 0 up to 100'],
    [
      'a host',
      { target: { host: 'no-such-host.invalid', port: 1 } },
      'the host "no-such-host.invalid" has no IPv4 address',
    ],
  ])('%s is named with what is allowed', async (_, options, message) => {
    await expect(start(options)).rejects.toThrow(message);
  });

  it('an aircraft that does not exist is named', async () => {
    const sim = await start();
    expect(() => sim.aircraft(77)).toThrow('no simulated aircraft has system id 77');
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
