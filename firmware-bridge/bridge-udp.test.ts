import { createSocket, type Socket } from 'node:dgram';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, expect, test, vi } from 'vitest';
import type { MissionItem } from '../missions/mission-item.ts';
import { systemClock } from './clock.ts';
import { type Bridge, type BridgeEvent, type LinkId, openBridge, readTlog } from './index.ts';
import { ScriptedPeer } from './test-support/scripted-peer.ts';

/** Real sockets on loopback and the real clock. */
const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const BASE = { systemId: 245, componentId: 190, lostAfterMs: 3_000, telemetryRateHz: 4 } as const;
const logger = pino({ level: 'silent' });

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}

async function udpPeer(port: number, systemId: number): Promise<ScriptedPeer> {
  const socket: Socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const peer = new ScriptedPeer(systemClock, (bytes) => socket.send(bytes, port, '127.0.0.1'), {
    systemId,
    climbMps: 20,
  });
  socket.on('message', (bytes) => peer.receive(bytes));
  peer.start();
  open.push(() => {
    peer.stop();
    return new Promise((resolve) => socket.close(() => resolve()));
  });
  return peer;
}

function keep(bridge: Bridge): Bridge {
  open.push(() => bridge.close());
  return bridge;
}

test('three aircraft on one UDP port: found, loaded, launched and recorded side by side', async () => {
  const recordingDir = mkdtempSync(join(tmpdir(), 'airgrid-udp-'));
  open.push(() => rmSync(recordingDir, { recursive: true, force: true }));
  const port = await freePort();
  const bridge = keep(
    await openBridge(
      {
        ...BASE,
        links: [{ linkId: 'radio' as LinkId, url: `udp-listen://127.0.0.1:${port}` }],
        recordingDir,
      },
      { logger },
    ),
  );
  const events: BridgeEvent[] = [];
  bridge.subscribe((event) => events.push(event));
  const peers = await Promise.all([1, 2, 3].map((systemId) => udpPeer(port, systemId)));
  await vi.waitFor(() => expect(bridge.vehicles()).toHaveLength(3), 5_000);
  await vi.waitFor(
    () => expect(bridge.vehicles().map((state) => state.prearm?.ready)).toEqual([true, true, true]),
    5_000,
  );

  const plans = bridge.vehicles().map((state): MissionItem[] => [
    {
      frame: 6,
      command: 22,
      param1: 0,
      param2: 0,
      param3: 0,
      param4: 0,
      x: 252_809_000,
      y: 1_102_900_000,
      z: 10,
    },
    {
      frame: 6,
      command: 16,
      param1: 0,
      param2: 0,
      param3: 0,
      param4: 0,
      x: 252_809_000 + state.systemId,
      y: 1_102_900_000,
      z: 10,
    },
    { frame: 2, command: 20, param1: 0, param2: 0, param3: 0, param4: 0, x: 0, y: 0, z: 0 },
  ]);
  const uploads = await Promise.all(
    bridge.vehicles().map((state, i) => bridge.uploadMission(state.vehicleId, plans[i] as MissionItem[])),
  );
  expect(uploads.map((outcome) => outcome.kind)).toEqual(['done', 'done', 'done']);
  for (const peer of peers) expect(peer.store[2]?.x).toBe(252_809_000 + peer.behaviour.systemId);

  const launches = await Promise.all(
    bridge.vehicles().map((state) => bridge.launchMission(state.vehicleId, { takeoffAltitudeM: 10 })),
  );
  expect(launches.map((outcome) => outcome.kind)).toEqual(['done', 'done', 'done']);
  for (const peer of peers) peer.armed = false;
  await vi.waitFor(
    () => expect(events.filter((event) => event.kind === 'recording-closed')).toHaveLength(3),
    8_000,
  );
  for (const event of events) {
    if (event.kind !== 'recording-closed') continue;
    const records = [...readTlog(readFileSync(event.path))];
    expect(records).toHaveLength(event.frames);
    const systems = new Set(records.map(({ frame }) => frame.systemId));
    // Its own frames and ours, nobody else's.
    const { systemId } = bridge.vehicle(event.vehicleId) ?? { systemId: -1 };
    expect([...systems].sort((a, b) => a - b)).toEqual([systemId, 245]);
    // Pre-roll: the upload, seconds before arming, is in it.
    expect(records.some(({ frame }) => frame.messageId === 73 && frame.systemId === 245)).toBe(true);
    for (let i = 1; i < records.length; i++) {
      expect((records[i]?.atUs ?? 0n) >= (records[i - 1]?.atUs ?? 0n)).toBe(true);
    }
  }
});

test('a busy port, a refused connection and a missing device leave other links working, and heal by themselves', async () => {
  const port = await freePort();
  const busyPort = await freePort();
  const blocker = createSocket('udp4');
  await new Promise<void>((resolve) => blocker.bind(busyPort, '127.0.0.1', resolve));
  const bridge = keep(
    await openBridge(
      {
        ...BASE,
        recordingDir: null,
        links: [
          { linkId: 'good' as LinkId, url: `udp-listen://127.0.0.1:${port}` },
          { linkId: 'busy' as LinkId, url: `udp-listen://127.0.0.1:${busyPort}` },
          { linkId: 'refused' as LinkId, url: 'tcp://127.0.0.1:1' },
          { linkId: 'missing' as LinkId, url: 'serial:///dev/airgrid-no-such-tty?baud=57600' },
        ],
      },
      { logger, random: () => 0 },
    ),
  );
  expect(bridge.links().map((link) => [link.linkId, link.state, link.problem?.code ?? null])).toEqual([
    ['good', 'open', null],
    ['busy', 'waiting', 'transport.port-busy'],
    ['refused', 'waiting', 'transport.refused'],
    ['missing', 'waiting', 'transport.device-missing'],
  ]);
  await udpPeer(port, 1);
  await vi.waitFor(() => expect(bridge.vehicles()).toHaveLength(1), 5_000);
  await new Promise<void>((resolve) => blocker.close(() => resolve()));
  await vi.waitFor(() => expect(bridge.links()[1]).toMatchObject({ state: 'open', problem: null }), 5_000);
});

test('a link URL that cannot be read is refused before anything is opened', async () => {
  const links = [{ linkId: 'x' as LinkId, url: 'udp://host' }];
  await expect(openBridge({ ...BASE, links, recordingDir: null }, { logger })).rejects.toMatchObject({
    code: 'config.link-url',
  });
});
