import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import type { Airgrid } from '../compose.ts';
import type { BaseView } from '../contract/index.ts';
import { AirgridError } from '../errors.ts';
import { openLogger } from '../logging.ts';
import { runServer } from '../main.ts';
import { packageVersion } from '../version.ts';
import { addSettingsOptions, type SettingsOptions, settingsFrom } from './settings-options.ts';
import { simulatorReady, startSimulator } from './sim-process.ts';

interface SampleBase extends BaseView {
  readonly altitudeAmslM: number;
}

interface DemoOptions extends SettingsOptions {
  readonly count: string;
  readonly speed: string;
}

const DISTRICT_DIR = fileURLToPath(new URL('../../../sim/district/', import.meta.url));
const OPERATOR = 'operator';
export const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '::1'];

/** `airgrid demo`: a simulated fleet over the sample district, ready to be flown. */
export function addDemoCommand(program: Command): void {
  addSettingsOptions(
    program.command('demo').description('Simulated aircraft over a sample district, ready to fly.'),
  )
    .option('-n, --count <aircraft>', 'how many simulated aircraft, 1–50', '6')
    .option('--speed <factor>', 'how much faster than real time they fly, 1–20', '1')
    .addHelpText(
      'after',
      `
Examples:
  $ airgrid demo                       console on http://127.0.0.1:8080
  $ airgrid demo --speed 5 --count 12  twelve aircraft, five times as fast
  $ airgrid demo -p 9000 --data-dir /tmp/airgrid-demo`,
    )
    .action(runDemo);
}

async function runDemo(options: DemoOptions): Promise<void> {
  const count = wholeNumber('--count', options.count, 1, 50);
  const speed = wholeNumber('--speed', options.speed, 1, 20);
  const udpPort = await freeUdpPort(14550);
  const settings = settingsFrom(options, {
    'server.host': '127.0.0.1',
    'server.port': String(options.port ?? (await freeTcpPort(8080))),
    'data.dir': 'data/demo',
    links: `udp-listen://127.0.0.1:${udpPort}`,
  });
  const logger = openLogger(settings.log);
  const bases = readBases();
  const password = randomBytes(6).toString('base64url');

  // Shown on the sign-in page only while nobody but this machine can open it.
  const shown = LOOPBACK.includes(settings.server.host)
    ? { demoSignIn: { username: OPERATOR, password } }
    : {};
  const airgrid = await runServer(
    { settings, logger, version: packageVersion(), ...shown },
    async (started) => {
      await started.accounts.putAccount(OPERATOR, 'Demo operator', password, [
        'operator',
        'supervisor',
        'investigator',
      ]);
      await importSampleDistrict(started, bases);
    },
  );

  const homesFile = join(resolve(settings.data.dir), 'homes.json');
  const homes = spread(bases, count).map(({ lonDeg, latDeg, altitudeAmslM, nameEn, name }) => ({
    lonDeg,
    latDeg,
    altitudeAmslM,
    name: nameEn ?? name,
  }));
  writeFileSync(homesFile, JSON.stringify(homes));
  const target = `udp://127.0.0.1:${udpPort}`;
  const args = ['--target', target, '--count', String(count), '--homes', homesFile, '--speed', String(speed)];
  const simulator = startSimulator(args, 'ignore');
  await simulatorReady(simulator).catch(async (error: unknown) => {
    await airgrid.close();
    throw error;
  });
  simulator.once('exit', (code) => {
    if (code !== 0 && code !== null)
      logger.error({ code }, 'The simulator has ended: the aircraft will show as lost');
  });

  process.stdout.write(`
  Airgrid demo: ${count} simulated aircraft over a sample district (made-up names and numbers)

    Console    ${airgrid.url}
    Sign in    ${OPERATOR}  /  ${password}

    Data       ${resolve(settings.data.dir)}
    API        ${airgrid.url}/docs
    Ctrl-C     ends everything

`);
}

/** The file goes through the same importer that a user's own grid does; once per data folder. */
async function importSampleDistrict(airgrid: Airgrid, bases: readonly SampleBase[]): Promise<void> {
  if (airgrid.grid.revision > 0) return;
  const name = 'sample-district.geojson';
  const bytes = readFileSync(join(DISTRICT_DIR, name));
  const report = await airgrid.grid.importFiles([{ name, bytes }], null, 'system');
  if (!report.imported) {
    throw new AirgridError(
      'cli.sample-district',
      `The sample district was refused: ${report.findings[0]?.message}`,
    );
  }
  airgrid.grid.replaceBases(
    bases.map(({ altitudeAmslM: _altitude, ...base }) => base),
    'system',
  );
}

function readBases(): SampleBase[] {
  return JSON.parse(readFileSync(join(DISTRICT_DIR, 'sample-bases.json'), 'utf8')) as SampleBase[];
}

/** `count` homes at bases far from one another: each next one is the base farthest from those taken (a k-center start). */
function spread(bases: readonly SampleBase[], count: number): SampleBase[] {
  const taken: SampleBase[] = bases.slice(0, 1);
  const apart = (a: SampleBase, b: SampleBase) =>
    Math.hypot((a.lonDeg - b.lonDeg) * 0.9, a.latDeg - b.latDeg);
  while (taken.length < count) {
    const next = bases
      .filter((base) => !taken.includes(base))
      .map((base) => ({ base, nearest: Math.min(...taken.map((other) => apart(base, other))) }))
      .sort((a, b) => b.nearest - a.nearest)[0];
    // More aircraft than bases: the rest stand some metres beside the others.
    const again = bases[taken.length % bases.length];
    if (next !== undefined) taken.push(next.base);
    else if (again !== undefined) taken.push({ ...again, lonDeg: again.lonDeg + 0.0001 * taken.length });
    else break;
  }
  return taken;
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new AirgridError(
    'config.invalid',
    `${name} is "${text}"; allowed: a whole number from ${least} to ${most}.`,
  );
}

/** The wanted port, or any free one when another program has it. */
export function freeTcpPort(wanted: number): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' && wanted !== 0 ? freeTcpPort(0).then(resolvePort, reject) : reject(error),
    );
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : wanted;
      probe.close(() => resolvePort(port));
    });
  });
}

export function freeUdpPort(wanted: number): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const probe = createSocket('udp4');
    probe.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' && wanted !== 0 ? freeUdpPort(0).then(resolvePort, reject) : reject(error),
    );
    probe.bind(wanted, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolvePort(port));
    });
  });
}
