import { createSocket } from 'node:dgram';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  AutopilotVersion,
  buildMessage,
  CommandLong,
  Heartbeat,
  SystemTime,
} from '../firmware-bridge/codec/messages.ts';
import { type SimFleet, type SimFleetOptions, startSimFleet } from './fleet.ts';
import { UdpStation } from './testing/udp-station.ts';

/** Real sockets; what happens around the aircraft at run time. */
let station: UdpStation;
let fleet: SimFleet | null = null;
const problems: string[] = [];

beforeEach(async () => {
  station = await UdpStation.open();
  problems.length = 0;
});
afterEach(async () => {
  await fleet?.close();
  fleet = null;
  await station.close();
});

async function start(options: Partial<SimFleetOptions> = {}): Promise<SimFleet> {
  fleet = await startSimFleet({
    count: 1,
    target: { host: '127.0.0.1', port: station.port },
    seed: 7,
    startupS: 0.5,
    speed: 10,
    onProblem: (systemId, problem) => problems.push(`${systemId}: ${problem.message}`),
    ...options,
  });
  return fleet;
}

const heard = (systemId: number) => station.from(systemId, Heartbeat).length;
const portsOf = (systemId: number) => [
  ...new Set(
    station.heard.filter(({ frame }) => frame.systemId === systemId).map(({ fromPort }) => fromPort),
  ),
];

describe('a change of address', () => {
  it('goes on from another port; the old one still reaches the aircraft while it is told to', async () => {
    const sim = await start();
    await station.until('heartbeat', () => heard(1) > 0);
    const [oldPort = 0] = portsOf(1);
    await sim.aircraft(1).changeAddress({ oldForS: 0.5 });
    await station.until('a second port', () => portsOf(1).length === 2);
    station.hear(1, oldPort);
    expect(await station.command(1, 512, 148)).toBe(0);
    const [, newPort = 0] = portsOf(1);
    // The answer came from the new address: the aircraft has only that one to send from.
    expect(station.heard.findLast(({ frame }) => frame.messageId === 77)?.fromPort).toBe(newPort);
    await new Promise((resolve) => setTimeout(resolve, 600));
    await expect(isFree(oldPort)).resolves.toBe(true);
    expect(await station.command(1, 512, 148)).toBe(0);
  });

  it('by script, and the sequence numbers go on without a gap', async () => {
    await start({ networkScript: [{ atS: 3, addressChange: {} }] });
    await station.until('a second port', () => portsOf(1).length === 2);
    await station.until('more', () => heard(1) > 8);
    // Each component of the aircraft counts its own.
    const autopilot = station.heard.filter(({ frame }) => frame.componentId === 1);
    const sequence = autopilot.map(({ frame }) => frame.sequence);
    expect(sequence).toEqual(sequence.map((_, index) => ((sequence[0] ?? 0) + index) % 256));
  });
});

describe('without UDP', () => {
  it('an address cannot change, and that is told', async () => {
    const sim = await start({
      ...{ target: null, tcpClient: { host: '127.0.0.1', port: 9 } },
      networkScript: [{ atS: 0.5, addressChange: {} }],
    });
    await expect(sim.aircraft(1).changeAddress()).rejects.toMatchObject({ code: 'sim.no-udp' });
    const told = () => problems.filter((problem) => problem.includes('no UDP address that could change'));
    await station.until('the script', () => told().length === 1);
  });
});

describe('one-way cuts', () => {
  it('cuts down while up still works, and the other way round', async () => {
    const sim = await start();
    await station.until('ready', () => sim.aircraft(1).truth.readyToArm && heard(1) > 0);
    sim.aircraft(1).cutLink(true, 'down');
    const before = heard(1);
    const commands = sim.aircraft(1).commands.length;
    const fields = { targetSystem: 1, targetComponent: 1, command: 512, _param1: 148 };
    station.send(1, buildMessage(CommandLong, fields));
    await station.until('the command', () => sim.aircraft(1).commands.length > commands);
    const { timeS } = sim.aircraft(1).truth;
    await station.until('time', () => sim.aircraft(1).truth.timeS > timeS + 5);
    expect(heard(1) - before).toBeLessThanOrEqual(1);
    sim.aircraft(1).cutLink(false, 'down');
    sim.aircraft(1).cutLink(true, 'up');
    await station.until('heartbeats', () => heard(1) > before + 2);
    expect(sim.aircraft(1).traffic.down.cut).toBeGreaterThan(0);
    expect(sim.aircraft(1).traffic.up.cut).toBe(0);
  });
});

describe('joining and leaving', () => {
  it('adds an aircraft, switches one off and on again, and removes one for good', async () => {
    const sim = await start();
    const second = await sim.addAircraft({ lonDeg: 110.3, latDeg: 25.3, altitudeAmslM: 150, systemId: 2 });
    await station.until('both', () => heard(1) > 0 && heard(2) > 0);
    expect(sim.all.map(({ systemId }) => systemId)).toEqual([1, 2]);
    await station.command(1, 511, 2, 100_000);
    await station.until('clock', () => (station.from(1, SystemTime).at(-1)?.timeBootMs ?? 0) > 2000);
    await sim.powerOff(1);
    const quiet = heard(1);
    const others = heard(2);
    await station.until('the other one', () => heard(2) > others + 3);
    expect(heard(1) - quiet).toBeLessThanOrEqual(1);
    await sim.powerOn(1);
    await station.until('it is back', () => heard(1) > quiet + 2);
    expect(sim.aircraft(1).truth.timeS).toBeLessThan(2 + 10 * 2);
    expect(portsOf(1)).toHaveLength(2);
    await sim.removeAircraft(second);
    await sim.removeAircraft(second);
    expect(() => sim.aircraft(2)).toThrow('no simulated aircraft has system id 2');
    await expect(sim.powerOff(9)).rejects.toMatchObject({ code: 'sim.no-aircraft' });
  });

  it.each([
    [false, 2],
    [true, 1],
  ])('a twin has the same system id and another place (same hardware id: %s)', async (sameUid, uids) => {
    const sim = await start();
    const twin = await sim.addTwin(1, { eastM: 300, sameUid });
    await station.until('both', () => portsOf(1).length === 2);
    for (const port of portsOf(1)) {
      station.hear(1, port);
      await station.command(1, 512, 148);
    }
    await station.until('versions', () => station.from(1, AutopilotVersion).length >= 2);
    expect(new Set(station.from(1, AutopilotVersion).map(({ uid2 }) => uid2.join())).size).toBe(uids);
    const eastM = (twin.truth.lonDeg - sim.aircraft(1).truth.lonDeg) * 111_320 * Math.cos(0.44);
    expect(eastM).toBeGreaterThan(295);
    expect(eastM).toBeLessThan(305);
  });
});

describe('a rogue ground station', () => {
  it('arms, takes the mission away and puts its own there, from its own address', async () => {
    const sim = await start();
    await station.until('ready', () => sim.aircraft(1).truth.readyToArm && heard(1) > 0);
    const rogue = await sim.rogue({
      systemIds: [1],
      steps: [
        { atS: 1, action: { kind: 'mode', customMode: 4 } },
        { atS: 2, action: { kind: 'arm' } },
        { atS: 3, action: { kind: 'upload-mission' } },
      ],
    });
    await station.until('its mission', () => sim.aircraft(1).missions.mission.length === 2);
    expect(sim.aircraft(1).missions.mission[1]?.command).toBe(20);
    expect(sim.aircraft(1).truth.armed).toBe(true);
    await station.until('the answer', () =>
      rogue.log.some((line) => line.includes('mission answered with 0')),
    );
    expect(sim.aircraft(1).commands.map(({ fromSystemId, command }) => [fromSystemId, command])).toEqual([
      [255, 176],
      [255, 400],
    ]);
    await rogue.close();
    await rogue.close();
    // Nothing of the conversation reached the real ground station but what is broadcast.
    expect(station.heard.some(({ frame }) => [44, 47, 51, 77].includes(frame.messageId))).toBe(false);
    await expect(sim.rogue({ systemIds: [8], steps: [] })).rejects.toMatchObject({ code: 'sim.no-aircraft' });
  });

  it('by script, again and again', async () => {
    const sim = await start({
      faultScript: [
        {
          ...{ kind: 'rogue', atS: 2, vehicles: 'all', asSystemId: 200 },
          steps: [{ atS: 0, everyS: 1, action: { kind: 'command', command: 512, params: [148] } }],
        },
      ],
    });
    await station.until('three times', () => sim.aircraft(1).commands.length >= 3);
    expect(new Set(sim.aircraft(1).commands.map(({ fromSystemId }) => fromSystemId))).toEqual(new Set([200]));
    const [first, second] = sim.aircraft(1).commands;
    expect((second?.atS ?? 0) - (first?.atS ?? 0)).toBeCloseTo(1, 0);
    expect(problems).toEqual([]);
  });

  it('needs UDP', async () => {
    const sim = await start({ target: null, tcpPortBase: 28_760 });
    await expect(sim.rogue({ systemIds: [1], steps: [] })).rejects.toMatchObject({ code: 'sim.no-udp' });
  });
});

describe('a replay', () => {
  it('sends old telemetry again, byte by byte, from an address of its own', async () => {
    const sim = await start();
    await station.until('heartbeat', () => heard(1) > 0);
    const replay = await sim.replay(1, { direction: 'down', recordS: 5, waitS: 5 });
    await station.until('old heartbeats', () => portsOf(1).length === 2 && replay.sent >= 4);
    const [own = 0, other = 0] = portsOf(1);
    const bytesFrom = (port: number) =>
      station.heard.filter(({ fromPort }) => fromPort === port).map(({ frame }) => frame.raw.toString('hex'));
    await station.until('all of them', () => bytesFrom(other).length >= 4);
    const originals = bytesFrom(own);
    for (const frame of bytesFrom(other)) expect(originals).toContain(frame);
  });

  it('sends old commands to the aircraft again', async () => {
    const sim = await start();
    await station.until('heartbeat', () => heard(1) > 0);
    await sim.replay(1, { direction: 'up', recordS: 10, waitS: 0, times: 2 });
    expect(await station.command(1, 512, 148)).toBe(0);
    await station.until('twice more', () => sim.aircraft(1).commands.length === 3);
  });
});

function isFree(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => {
    socket.once('error', () => socket.close(() => resolve(false)));
    socket.bind(port, '0.0.0.0', () => socket.close(() => resolve(true)));
  });
}
