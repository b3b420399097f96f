import { type ChildProcess, fork, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { GlobalPositionInt, Heartbeat } from '../firmware-bridge/codec/messages.ts';
import { readTlog } from '../firmware-bridge/codec/tlog-reader.ts';
import { type CompiledSim, compileSim } from './testing/compile-sim.ts';
import { UdpStation } from './testing/udp-station.ts';

let sim: CompiledSim;
let folder: string;
let station: UdpStation;
const running: ChildProcess[] = [];

beforeAll(async () => {
  sim = await compileSim();
  folder = await mkdtemp(join(tmpdir(), 'airgrid-sim-'));
  station = await UdpStation.open();
});
afterEach(() => {
  for (const child of running.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
});
afterAll(async () => {
  await station.close();
  await rm(folder, { recursive: true, force: true });
  await sim.remove();
});

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

function watch(child: ChildProcess): Run {
  let output = '';
  child.stdout?.on('data', (bytes) => {
    output += String(bytes);
  });
  child.stderr?.on('data', (bytes) => {
    output += String(bytes);
  });
  running.push(child);
  return {
    child,
    output: () => output,
    ended: new Promise((resolve) => child.once('exit', (code) => resolve(code))),
  };
}

const start = (...args: readonly string[]) => watch(spawn(process.execPath, [sim.main, ...args]));
const target = () => `udp://127.0.0.1:${station.port}`;

describe('the process', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'says that it is ready, sends, and ends cleanly on %s',
    async (signal) => {
      const run = start('--target', target(), '--count', '3', '--first-sysid', '40', '--seed', '9');
      await station.until('ready', () =>
        run.output().includes(`sim ready: 3 aircraft → 127.0.0.1:${station.port}`),
      );
      expect(run.output()).toContain('seed 9');
      for (const systemId of [40, 41, 42]) {
        await station.until(`heartbeat of ${systemId}`, () => station.from(systemId, Heartbeat).length > 0);
      }
      const askedAtMs = performance.now();
      run.child.kill(signal);
      expect(await run.ended).toBe(0);
      expect(performance.now() - askedAtMs).toBeLessThan(1000);
    },
  );

  it('tells its parent when it is ready and ends when the parent is gone', async () => {
    const run = watch(fork(sim.main, ['--target', target(), '--count', '1'], { silent: true, execArgv: [] }));
    const messages: unknown[] = [];
    run.child.on('message', (message) => messages.push(message));
    await station.until('ready message', () => messages.length > 0);
    expect(messages).toEqual([{ kind: 'ready' }]);
    run.child.disconnect();
    expect(await run.ended).toBe(0);
  });

  it('puts the aircraft where the homes file says', async () => {
    const file = join(folder, 'homes.json');
    await writeFile(
      file,
      JSON.stringify([{ lonDeg: 110.3, latDeg: 25.3, altitudeAmslM: 160, name: 'North' }]),
    );
    const run = start('--target', target(), '--homes', file, '--first-sysid', '60');
    await station.until('ready', () => run.output().includes('sim ready: 1 aircraft'));
    await station.until('heartbeat', () => station.from(60, Heartbeat).length > 0);
    expect(await station.command(60, 511, 33, 100_000)).toBe(0);
    const place = () => station.from(60, GlobalPositionInt).at(-1);
    await station.until('GPS fix', () => (place()?.lat ?? 0) !== 0);
    expect(place()).toMatchObject({ lat: 253_000_000, lon: 1_103_000_000, alt: 160_000 });
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(0);
  });

  it('shows examples with --help', async () => {
    const run = start('--help');
    expect(await run.ended).toBe(0);
    expect(run.output()).toContain('node dist/sim/main.js --homes bases.json --speed 10');
  });

  it.each([
    [
      'a target that is no URL',
      ['--target', '127.0.0.1:14550'],
      "argument '127.0.0.1:14550' is invalid. Allowed is udp://HOST:PORT",
    ],
    ['a speed of zero', ['--speed', '0'], "argument '0' is invalid. Allowed is a number from 0.1 to 100."],
    [
      'half an aircraft',
      ['--count', '1.5'],
      "argument '1.5' is invalid. Allowed is a whole number from 1 to 255.",
    ],
    [
      'system ids beyond 255',
      ['--count', '10', '--first-sysid', '250'],
      'end at system id 259; allowed is up to 255',
    ],
    ['a missing homes file', ['--homes', '/no/such.json'], 'the homes file /no/such.json cannot be read'],
    ['an unknown option', ['--cuont', '3'], "unknown option '--cuont'"],
  ])('refuses %s with a clear message', async (_, args, message) => {
    const run = start(...args);
    expect(await run.ended).toBe(1);
    expect(run.output()).toContain(message);
    expect(run.output()).not.toContain('    at ');
  });
});

describe('without sockets', () => {
  it('gives the same hash in another process, with loss, jitter and faults', async () => {
    const network = join(folder, 'network.yaml');
    const faults = join(folder, 'faults.yaml');
    await writeFile(network, '- {atS: 5, forS: 10, conditions: {lossFraction: 0.3, jitterMs: 200}}\n');
    await writeFile(
      faults,
      '- {atS: 8, vehicles: 2, rogue: {steps: [{atS: 1, everyS: 2, action: {kind: arm}}]}}\n',
    );
    const fly = async () => {
      const files = ['--network', network, '--faults', faults, '--loss', '0.05'];
      const run = start('headless', '--count', '2', '--for-s', '25', '--seed', '7', ...files);
      expect(await run.ended).toBe(0);
      return /frames +(\d+)\nbytes +(\d+)\nsha256 +([0-9a-f]{64})\n/.exec(run.output())?.slice(1);
    };
    const first = await fly();
    expect(Number(first?.[0])).toBeGreaterThan(500);
    expect(await fly()).toEqual(first);
  });
});

describe('a log of all traffic', () => {
  it('holds what both sides said, in frames that are whole', async () => {
    const tlog = join(folder, 'all.tlog');
    const run = start('--target', target(), '--count', '2', '--first-sysid', '80', '--tlog', tlog);
    await station.until('heartbeats', () => station.from(80, Heartbeat).length > 0);
    expect(await station.command(80, 512, 148)).toBe(0);
    await station.until('the other', () => station.from(81, Heartbeat).length > 0);
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(0);
    const records = [...readTlog(await readFile(tlog))];
    expect([...new Set(records.map(({ frame }) => frame.systemId))].sort((a, b) => a - b)).toEqual([
      80, 81, 200,
    ]);
    expect(records.map(({ frame }) => frame.messageId)).toEqual(expect.arrayContaining([0, 76, 77, 148]));
    const spanMs = Number((records.at(-1)?.atUs ?? 0n) - (records[0]?.atUs ?? 0n)) / 1000;
    expect(spanMs).toBeLessThan(20_000);
    expect(Math.abs(Number((records[0]?.atUs ?? 0n) / 1000n) - Date.now())).toBeLessThan(60_000);
  });
});

describe('the relay', () => {
  it('stands between a fleet and the ground station, and says at the end what passed', async () => {
    const relay = start('relay', '--listen', '0', '--target', target(), '--loss', '0.5');
    await station.until('relay', () => relay.output().includes('relay ready'));
    const port = /relay ready: 127.0.0.1:(\d+) →/.exec(relay.output())?.[1];
    const fleet = start(
      '--target',
      `udp://127.0.0.1:${port}`,
      '--count',
      '1',
      '--first-sysid',
      '90',
      '--speed',
      '5',
    );
    await station.until('heartbeats', () => station.from(90, Heartbeat).length > 8);
    fleet.child.kill('SIGTERM');
    relay.child.kill('SIGTERM');
    expect(await relay.ended).toBe(0);
    expect(relay.output()).toMatch(/system 90 at 127\.0\.0\.1:\d+: down \d+ in, \d+ out \([1-9]\d* lost/);
  });
});
