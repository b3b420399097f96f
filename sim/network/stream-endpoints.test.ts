import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readlinkSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, describe, expect, it, test, vi } from 'vitest';
import { Encoder } from '../../firmware-bridge/codec/encoder.ts';
import { Framer } from '../../firmware-bridge/codec/framer.ts';
import { buildMessage, CommandLong } from '../../firmware-bridge/codec/messages.ts';
import { type Bridge, type LinkId, openBridge } from '../../firmware-bridge/index.ts';
import { SerialTransport } from '../../firmware-bridge/transport/serial.ts';
import type { MissionItem } from '../../missions/mission-item.ts';
import { type SimFleet, type SimFleetOptions, startSimFleet } from '../fleet.ts';
import { item, TEST_HOME } from '../testing/tower.ts';

const open: (() => Promise<unknown> | undefined)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const problems: string[] = [];
async function start(options: Partial<SimFleetOptions>): Promise<SimFleet> {
  problems.length = 0;
  const fleet = await startSimFleet({
    ...{ aircraft: [{ ...TEST_HOME, systemId: 1 }], target: null, startupS: 0.5, speed: 10 },
    onProblem: (systemId, problem) => problems.push(`${systemId}: ${problem.message}`),
    ...options,
  });
  open.push(() => fleet.close());
  return fleet;
}

async function listen(port = 0): Promise<{ port: number; sockets: Socket[]; server: Server }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => {});
    sockets.push(socket);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  open.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, sockets, server };
}

const ask = new Encoder({ systemId: 200, componentId: 190 }).encode(
  buildMessage(CommandLong, { targetSystem: 1, targetComponent: 1, command: 512, _param1: 148 }),
);

describe('an aircraft that calls the ground station by TCP', () => {
  it('talks both ways and calls again when the connection ends', async () => {
    const ground = await listen();
    const fleet = await start({ tcpClient: { host: '127.0.0.1', port: ground.port } });
    await vi.waitFor(() => expect(ground.sockets).toHaveLength(1), 5000);
    const [first] = ground.sockets;
    const framer = new Framer();
    const ids: number[] = [];
    first?.on('data', (bytes) => ids.push(...framer.push(bytes).map(({ messageId }) => messageId)));
    await vi.waitFor(() => expect(ids).toContain(0), 5000);
    first?.write(ask);
    await vi.waitFor(() => expect(ids).toContain(148), 5000);
    expect(fleet.aircraft(1).commands).toHaveLength(1);
    first?.destroy();
    await vi.waitFor(() => expect(ground.sockets).toHaveLength(2), 5000);
    expect(framer.counters.garbageBytes).toBe(0);
  });

  it('tells once that nobody listens, and connects when somebody does', async () => {
    const { port, server } = await listen();
    await new Promise((resolve) => server.close(resolve));
    await start({ tcpClient: { host: '127.0.0.1', port } });
    await vi.waitFor(() => expect(problems.join()).toContain('ECONNREFUSED'), 5000);
    const ground = await listen(port);
    await vi.waitFor(() => expect(ground.sockets).toHaveLength(1), 5000);
    expect(problems).toHaveLength(1);
  });
});

const hasSocat = spawnSync('socat', ['-V']).status === 0;

test('without socat the message says what to do', async () => {
  const { PATH } = process.env;
  // No program is found there. This test runs before socat is looked for and found.
  process.env.PATH = '/nowhere';
  try {
    await expect(start({ pty: { folder: tmpdir(), baudRate: 57_600 } })).rejects.toMatchObject({
      code: 'sim.socat-missing',
      message: expect.stringContaining('install it (Debian: apt-get install socat)'),
    });
  } finally {
    process.env.PATH = PATH;
  }
});

describe.skipIf(!hasSocat)(
  'an aircraft on a pseudo-terminal (skipped without socat: apt-get install socat)',
  () => {
    function folder(): string {
      const path = mkdtempSync(join(tmpdir(), 'airgrid-pty-'));
      open.push(async () => rmSync(path, { recursive: true, force: true }));
      return path;
    }

    async function bridgeOn(url: string): Promise<Bridge> {
      const bridge = await openBridge(
        {
          links: [{ linkId: 'radio' as LinkId, url }],
          ...{ systemId: 245, componentId: 190, lostAfterMs: 3_000, telemetryRateHz: 4, recordingDir: null },
        },
        { logger: pino({ level: 'silent' }) },
      );
      open.push(() => bridge.close());
      return bridge;
    }

    it('is flown by the bridge over its serial transport, and found again when the cable was out', async () => {
      const pty = { folder: folder(), baudRate: 115_200 };
      const fleet = await start({ pty });
      const device = join(pty.folder, 'drone-1');
      expect(readlinkSync(device)).toMatch(/^\/dev\/pts\//);
      const bridge = await bridgeOn(`serial://${device}?baud=115200`);
      await vi.waitFor(() => expect(bridge.vehicles()[0]?.prearm?.ready).toBe(true), 10_000);
      const vehicleId = bridge.vehicles()[0]?.vehicleId;
      if (vehicleId === undefined) throw new Error('no vehicle');
      const mission: MissionItem[] = [
        item(22, { x: 252_809_000, y: 1_102_900_000, z: 10 }),
        item(17, { x: 252_810_000, y: 1_102_900_000, z: 10 }),
        item(20, { frame: 2 }),
      ];
      expect((await bridge.uploadMission(vehicleId, mission)).kind).toBe('done');
      expect(fleet.aircraft(1).missions.mission).toHaveLength(4);
      expect((await bridge.launchMission(vehicleId, { takeoffAltitudeM: 10 })).kind).toBe('done');
      expect(fleet.aircraft(1).truth).toMatchObject({ armed: true, mode: 'AUTO' });
      await bridge.close();
      // The device goes away with who had it open, and comes back.
      await vi.waitFor(() => expect(existsSync(device)).toBe(true), 5000);
      const second = await bridgeOn(`serial://${device}?baud=115200`);
      await vi.waitFor(() => expect(second.vehicles()[0]?.armed).toBe(true), 10_000);
      await second.close();
      await fleet.close();
      await vi.waitFor(() => expect(existsSync(device)).toBe(false), 5000);
    });

    it('a folder whose name socat would misread, or that cannot be made, is named', async () => {
      const pty = (name: string) => start({ pty: { folder: join(folder(), name), baudRate: 57_600 } });
      await expect(pty('a,b')).rejects.toThrow('choose a folder without , : ! quotes and backslashes');
      await expect(start({ pty: { folder: '/dev/null/x', baudRate: 57_600 } })).rejects.toMatchObject({
        code: 'sim.pty-failed',
        message: expect.stringContaining('/dev/null/x/drone-1 cannot be made: ENOTDIR'),
      });
    });

    it('carries what its baud rate carries', async () => {
      const pty = { folder: folder(), baudRate: 9_600 };
      const fleet = await start({ pty, speed: 1 });
      const path = join(pty.folder, 'drone-1');
      const serial = new SerialTransport({ kind: 'serial', path, baudRate: 9_600 });
      let bytes = 0;
      const framer = new Framer();
      const onData = (data: Uint8Array): void => {
        bytes += data.length;
        framer.push(data);
      };
      await serial.open({ onData, onLeft: () => {}, onClosed: () => {}, onWarning: () => {} });
      open.push(() => serial.close());
      await vi.waitFor(() => expect(bytes).toBeGreaterThan(0), 5000);
      const encoder = new Encoder({ systemId: 200, componentId: 190 });
      // 20 times a second what is 20 to 60 bytes each, eight of them: 6,000 bytes a second are wanted.
      for (const messageId of [24, 30, 33, 74, 1, 147, 42, 193]) {
        const interval = { command: 511, _param1: messageId, _param2: 50_000 };
        const message = buildMessage(CommandLong, { targetSystem: 1, targetComponent: 1, ...interval });
        serial.send(encoder.encode(message), path);
      }
      await vi.waitFor(() => expect(fleet.aircraft(1).commands).toHaveLength(8), 5000);
      const [fromBytes, fromMs] = [bytes, performance.now()];
      await new Promise((resolve) => setTimeout(resolve, 2000));
      const perS = ((bytes - fromBytes) / (performance.now() - fromMs)) * 1000;
      expect(perS).toBeGreaterThan(800);
      expect(perS).toBeLessThan(1100);
      // What does not fit is dropped in whole frames.
      expect(framer.counters).toMatchObject({ badCrc: 0, garbageBytes: 0 });
    });
  },
);
