import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { type Airgrid, startAirgrid } from '../compose.ts';
import { AirgridError } from '../errors.ts';
import { openLogger } from '../logging.ts';
import { packageVersion } from '../version.ts';
import { freeTcpPort, freeUdpPort, LOOPBACK } from './demo.ts';
import { addSettingsOptions, type SettingsOptions, settingsFrom } from './settings-options.ts';

export interface SitlOptions extends SettingsOptions {
  /** False with `--no-server`. */
  readonly server: boolean;
  readonly target?: string;
  readonly help?: boolean;
}

/** dist/sim/sitl/main.js: the launcher is a program of its own, never a module of the server. */
const LAUNCHER = fileURLToPath(new URL('../../sim/sitl/main.js', import.meta.url));
const OPERATOR = 'operator';
/** MAVLink's port for ground stations; a standard PX4 sends nowhere else. */
const MAVLINK_PORT = 14550;
/** The stop must not hang on a stuck disk or socket. */
const STOP_WITHIN_MS = 5000;

/** `airgrid sitl`: the real autopilots, simulated on this machine, and a server that they are connected to. */
export function addSitlCommand(program: Command): void {
  addSettingsOptions(
    program
      .command('sitl')
      .description(
        'Run real autopilots (ArduPilot SITL, PX4) on this machine, connected to a server of ours.',
      ),
  )
    .option('--no-server', 'start the autopilots only')
    .option('--target <url>', 'they send there (udp://HOST:PORT), and no server is started')
    .helpOption(false)
    .option('-h, --help', 'these options and those of the launcher')
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText(
      'after',
      `
Examples:
  $ airgrid sitl --vehicle copter --count 3 --home 25.28,110.29
  $ airgrid sitl --vehicle px4 --count 2 -p 8081
  $ airgrid sitl --vehicle copter --target udp://192.168.1.20:14550
  $ ARDUPILOT_SITL=~/ardupilot/build/sitl/bin/arducopter airgrid sitl --speedup 4

Everything else goes to the launcher:
`,
    )
    .action(async (options: SitlOptions, command: Command) => {
      if (options.help === true) {
        process.stdout.write(`${command.helpInformation()}\n`);
        process.exitCode = await exitOf(startLauncher(['--help']));
      } else if (wantsServer(options)) await runWithServer(options, command.args);
      else process.exitCode = await runAlone(launcherArguments(options, command.args, null));
    });
}

/** A target of the user's own takes the place of our server. */
export function wantsServer({ server, target }: Pick<SitlOptions, 'server' | 'target'>): boolean {
  return server && target === undefined;
}

/** @param ours where our server listens; null without one */
export function launcherArguments(
  { target }: Pick<SitlOptions, 'target'>,
  rest: readonly string[],
  ours: { readonly udpPort: number; readonly consoleUrl: string } | null,
): readonly string[] {
  if (ours !== null) {
    return [...rest, '--target', `udp://127.0.0.1:${ours.udpPort}`, '--console-url', ours.consoleUrl];
  }
  return target === undefined ? rest : [...rest, '--target', target];
}

function startLauncher(args: readonly string[]): ChildProcess {
  if (!existsSync(LAUNCHER)) {
    throw new AirgridError('cli.sim-missing', 'The SITL launcher is not built.', {
      remedy: 'Run npm run build.',
    });
  }
  // A group of its own: Ctrl-C in a terminal reaches us alone, and we end it in order. Its channel to us closes with us.
  return fork(LAUNCHER, [...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], detached: true });
}

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

async function runAlone(args: readonly string[]): Promise<number> {
  const launcher = startLauncher(args);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => launcher.kill('SIGTERM'));
  }
  return exitOf(launcher);
}

async function runWithServer(options: SitlOptions, rest: readonly string[]): Promise<void> {
  const udpPort = await freeUdpPort(MAVLINK_PORT);
  const ownLink = `udp-listen://127.0.0.1:${udpPort}`;
  const settings = settingsFrom(
    { ...options, link: [ownLink, ...(options.link ?? [])] },
    {
      'server.host': '127.0.0.1',
      'server.port': String(options.port ?? (await freeTcpPort(8080))),
      'data.dir': 'data/sitl',
    },
  );
  const logger = openLogger(settings.log);
  const password = randomBytes(6).toString('base64url');
  // Shown on the sign-in page only while nobody but this machine can open it.
  const shown = LOOPBACK.includes(settings.server.host)
    ? { demoSignIn: { username: OPERATOR, password } }
    : {};
  const airgrid = await startAirgrid({ settings, logger, version: packageVersion(), ...shown });
  try {
    await airgrid.accounts.putAccount(OPERATOR, 'SITL operator', password, [
      'operator',
      'supervisor',
      'investigator',
    ]);
    process.stdout.write(
      `\n  Console    ${airgrid.url}\n  Sign in    ${OPERATOR}  /  ${password}\n  Ctrl-C     ends everything\n\n`,
    );
    const launcher = startLauncher(launcherArguments(options, rest, { udpPort, consoleUrl: airgrid.url }));
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => launcher.kill('SIGTERM'));
    }
    process.exitCode = await exitOf(launcher);
  } finally {
    await stopServer(airgrid);
  }
}

/** Anything that still holds the event loop afterwards (a pretty printer's thread) has no more to do. */
async function stopServer(airgrid: Airgrid): Promise<void> {
  const deadline = setTimeout(() => process.exit(1), STOP_WITHIN_MS);
  await airgrid.close();
  clearTimeout(deadline);
  setImmediate(() => process.exit());
}
