import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type CompiledSim, compileSim } from '../testing/compile-sim.ts';
import { launchSitl, type SitlFleet, type SitlLaunch } from './launch.ts';
import { freeArduPilotInstances } from './ports.ts';
import { SitlError } from './sitl-error.ts';
import { readyAfter, SAID, spoken } from './testing/frames.ts';
import { vehicleType } from './vehicle-types.ts';

const FAKE = fileURLToPath(new URL('testing/fake-autopilot.mjs', import.meta.url));
/** Apart from system ids that a developer's own simulation has: folders are told by them. */
const FIRST = 171;

let fleet: SitlFleet | undefined;
const before = process.env.FAKE_AUTOPILOT;
afterEach(async () => {
  await fleet?.close();
  fleet = undefined;
  if (before === undefined) delete process.env.FAKE_AUTOPILOT;
  else process.env.FAKE_AUTOPILOT = before;
});

function behave(behaviour: object): string {
  const text = JSON.stringify(behaviour);
  process.env.FAKE_AUTOPILOT = text;
  return text;
}

function launch(changes: Partial<SitlLaunch> = {}): Promise<SitlFleet> {
  return launchSitl({
    type: vehicleType('copter'),
    autopilot: { kind: 'ardupilot', binary: FAKE, from: '--autopilot-binary' },
    count: 2,
    firstSystemId: FIRST,
    home: { latDeg: 25.28, lonDeg: 110.29, altitudeAmslM: 150, headingDeg: 0 },
    speedup: 1,
    target: { host: '127.0.0.1', port: 14_999 },
    parameterFile: null,
    keepFolder: null,
    onChange: () => {},
    ...changes,
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(what: string, condition: () => boolean, withinMs = 8000): Promise<void> {
  for (const endMs = performance.now() + withinMs; !condition(); ) {
    if (performance.now() > endMs) throw new Error(`${what}: not within ${withinMs} ms`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

const argumentsOf = (folder: string): readonly string[] =>
  JSON.parse(readFileSync(join(folder, 'arguments.json'), 'utf8')) as string[];
const foldersOf = (prefix: string): readonly string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(prefix));

describe('a fleet of autopilots', () => {
  it('gives each its system id, place and folder, tells its stages, and leaves nothing', async () => {
    behave({ frames: { [FIRST]: readyAfter(FIRST, 400), [FIRST + 1]: readyAfter(FIRST + 1, 700) } });
    const told: string[] = [];
    fleet = await launch({ onChange: ({ systemId }, text) => told.push(`${systemId} ${text}`) });
    const ready = await fleet.allReady(15_000);
    expect(ready.map(({ systemId }) => systemId)).toEqual([FIRST, FIRST + 1]);
    expect(told).toContain(`${FIRST} waiting for a GPS fix`);
    expect(told.at(-1)).toMatch(/ ready$/);

    const folders = fleet.instances.map(({ running }) => running.folder);
    const given = folders.map(argumentsOf);
    const option = (name: string) => given.map((args) => args[args.indexOf(name) + 1]);
    expect(option('--sysid')).toEqual([String(FIRST), String(FIRST + 1)]);
    expect(new Set(option('--home')).size).toBe(2);
    expect(new Set(option('-I')).size).toBe(2);
    expect(new Set(folders).size).toBe(2);

    const pids = fleet.instances.map(({ running }) => running.child.pid ?? 0);
    await fleet.close();
    expect(pids.map(isAlive)).toEqual([false, false]);
    expect(folders.map((folder) => existsSync(folder))).toEqual([false, false]);
  });

  it('keeps the folders that the user asked for, with what each said', async () => {
    behave({});
    const keepFolder = mkdtempSync(join(tmpdir(), 'airgrid-keep-'));
    fleet = await launch({ count: 1, keepFolder });
    const log = join(keepFolder, `copter-${FIRST}`, 'sitl.log');
    await until('its words in the log', () => existsSync(log) && readFileSync(log, 'utf8') !== '');
    await fleet.close();
    expect(readFileSync(log, 'utf8')).toContain(`fake autopilot ${FIRST} starts`);
    rmSync(keepFolder, { recursive: true, force: true });
  });

  it('tells which one has ended, how, and its last words', async () => {
    behave({ crashes: String(FIRST + 1), crashAfterMs: 100 });
    fleet = await launch();
    expect(await fleet.unexpectedEnd).toMatchObject({
      title: `ArduCopter ${FIRST + 1}`,
      exitCode: 3,
      lastLines: expect.arrayContaining(['PANIC: the propeller came off']),
    });
  });

  it('says what each is waiting for when it cannot fly in time', async () => {
    const stuck = spoken(FIRST, [
      ...([0, 1, 2] as const).map(
        (ms) => [ms, [SAID.standby, SAID.fix, SAID.home][ms]?.() ?? SAID.home()] as const,
      ),
      [3, SAID.position()],
      [4, SAID.health(false)],
    ]);
    behave({ frames: { [FIRST]: stuck } });
    fleet = await launch();
    const refused = await fleet.allReady(2500).catch((problem: unknown) => problem);
    if (!(refused instanceof SitlError)) throw new Error(`no refusal: ${String(refused)}`);
    expect(refused.message).toBe('2 of 2 cannot fly after 3 s.');
    expect(refused.remedy).toContain(`system ${FIRST}: position estimate; waiting for its pre-arm checks`);
    expect(refused.remedy).toContain(`system ${FIRST + 1}: starting`);
  });

  it('ends one that ignores SIGTERM, and what it started', async () => {
    behave({ ignoresTerm: true, hasChild: true });
    fleet = await launch({ count: 1 });
    const [instance] = fleet.instances;
    const pid = instance?.running.child.pid ?? 0;
    const folder = instance?.running.folder ?? '';
    await until('it runs', () => existsSync(join(folder, 'arguments.json')));
    await fleet.close();
    await until('its group is gone', () => !isAlive(-pid));
    expect(existsSync(folder)).toBe(false);
  });

  it('goes round ports that somebody has', async () => {
    const [first = 0] = await freeArduPilotInstances(1, 1500);
    const other = createSocket('udp4');
    await new Promise<void>((resolve) => other.bind(5501 + 10 * first, '127.0.0.1', resolve));
    const found = await freeArduPilotInstances(2, first);
    await new Promise<void>((resolve) => other.close(() => resolve()));
    expect(found).toHaveLength(2);
    expect(found).not.toContain(first);
  });

  it('names the port that PX4 needs and somebody has, and starts nothing', async () => {
    const other = createSocket('udp4');
    await new Promise<void>((resolve) => other.bind(18_570 + FIRST, '127.0.0.1', resolve));
    const refused = await launch({
      type: vehicleType('px4'),
      autopilot: { kind: 'px4', binary: FAKE, etc: tmpdir(), from: 'PX4_SITL' },
    }).catch((problem: unknown) => problem);
    await new Promise<void>((resolve) => other.close(() => resolve()));
    expect(refused).toMatchObject({ code: 'sitl.port-busy' });
    expect(String(refused)).toContain(`UDP port ${18_570 + FIRST}`);
    expect(foldersOf('airgrid-sitl-px4-171-')).toEqual([]);
  });

  it('says that a program cannot be started, and leaves no folder of it', async () => {
    const refused = await launch({
      autopilot: { kind: 'ardupilot', binary: '/does/not/exist', from: '--autopilot-binary' },
    }).catch((problem: unknown) => problem);
    expect(refused).toMatchObject({ code: 'sitl.start-failed' });
    expect(foldersOf(`airgrid-sitl-copter-${FIRST}-`)).toEqual([]);
  });
});

describe('the launcher as a program', () => {
  let compiled: CompiledSim;
  beforeAll(async () => {
    compiled = await compileSim('sitl/main.ts');
  });
  afterAll(() => compiled.remove());

  interface Program {
    readonly pid: number;
    readonly folders: () => readonly string[];
    readonly ended: Promise<number | null>;
    said(): string;
  }

  function start(systemId: number, behaviour: object, args: readonly string[] = []): Program {
    const child = spawn(
      process.execPath,
      [
        ...[compiled.main, '--autopilot-binary', FAKE, '--target', 'udp://127.0.0.1:14999'],
        ...['--first-sysid', String(systemId), ...args],
      ],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, FAKE_AUTOPILOT: JSON.stringify(behaviour) },
      },
    );
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    return {
      pid: child.pid ?? 0,
      folders: () => foldersOf(`airgrid-sitl-copter-${systemId}-`),
      ended: new Promise((resolve) => child.once('close', (code) => resolve(code))),
      said: () => text,
    };
  }

  /** Of the fake that runs in that folder. */
  function pidIn(folder: string): number {
    const own = readdirSync('/proc').find((name) => {
      if (!/^\d+$/.test(name)) return false;
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(`${folder}/`);
      } catch {
        return false;
      }
    });
    return Number(own ?? 0);
  }

  it('says "ready" in one line, and ends in order on SIGINT', async () => {
    const program = start(181, { frames: { 181: readyAfter(181, 300) } }, [
      '--console-url',
      'http://here:8080',
    ]);
    await until('ready', () => program.said().includes('ready: '), 15_000);
    expect(program.said()).toMatch(
      /^ready: 1 × ArduCopter \(system id 181\) after [\d.]+ s, sending to udp:\/\/127\.0\.0\.1:14999 · console http:\/\/here:8080$/m,
    );
    process.kill(program.pid, 'SIGINT');
    expect(await program.ended).toBe(0);
    expect(program.folders()).toEqual([]);
  });

  it('ends with a message when one crashes', async () => {
    const program = start(183, { crashes: '184', crashAfterMs: 300 }, ['--count', '2']);
    expect(await program.ended).toBe(1);
    expect(program.said()).toContain('error: ArduCopter 184 has ended with exit code 3');
    expect(program.said()).toContain('| PANIC: the propeller came off');
    expect([...program.folders(), ...foldersOf('airgrid-sitl-copter-184-')]).toEqual([]);
  });

  it.skipIf(process.platform !== 'linux')('leaves nothing when it is killed itself', async () => {
    const program = start(187, { ignoresTerm: true, hasChild: true });
    const folder = (): string => program.folders()[0] ?? '';
    await until('it runs', () => existsSync(join(tmpdir(), folder(), 'arguments.json')), 15_000);
    const autopilot = pidIn(join(tmpdir(), folder()));
    expect(autopilot).toBeGreaterThan(0);
    process.kill(program.pid, 'SIGKILL');
    await program.ended;
    await until('the autopilot and its group are gone', () => !isAlive(-autopilot));
    await until('its folder is gone', () => program.folders().length === 0);
  });
});
