import { type ChildProcess, fork, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { GlobalPositionInt, Heartbeat } from '../firmware-bridge/codec/messages.ts';
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
