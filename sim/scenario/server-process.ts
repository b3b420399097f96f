import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { createWriteStream, existsSync, mkdirSync, type WriteStream, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { ScenarioError } from './scenario-error.ts';

/** dist/sim/scenario/ → dist/src/cli/main.js: the server as its users start it. */
const CLI = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
/** A busy machine takes its time; an idle one needs about a second. */
const START_WITHIN_MS = 150_000;
const STOP_WITHIN_MS = 5000;
/** A few milliseconds on an idle machine, ten seconds at most. */
const CODE_TRIES = 500;

export interface ServerOptions {
  /** Data, configuration and log of the run. */
  readonly folder: string;
  /** Call signs by system id. */
  readonly names: ReadonlyMap<number, string>;
  /** Further settings by dotted name. */
  readonly settings: Readonly<Record<string, string | number | readonly string[]>>;
}

/**
 * The server under test as a process of its own, with a data folder and ports of its own. It can be killed and started
 * again on both.
 */
export class ServerProcess {
  readonly url: string;
  /** Where it listens for vehicles. */
  readonly udpPort: number;
  readonly #configFile: string;
  readonly #log: WriteStream;
  #child: ChildProcess | null = null;
  #newest = '';
  /** The one-time code of a first start. */
  setupCode: string | null = null;

  private constructor(url: string, udpPort: number, configFile: string, logFile: string) {
    this.url = url;
    this.udpPort = udpPort;
    this.#configFile = configFile;
    this.#log = createWriteStream(logFile, { flags: 'a' });
    // A full disk takes the log of the run away, not the run.
    this.#log.on('error', () => {});
  }

  /** @throws ScenarioError `scenario.no-start` */
  static async prepare(options: ServerOptions): Promise<ServerProcess> {
    if (!existsSync(CLI)) {
      throw new ScenarioError('scenario.no-start', `${CLI} is missing: build the project (npm run build)`);
    }
    const [port, udpPort] = [await freePort('tcp'), await freePort('udp')];
    mkdirSync(options.folder, { recursive: true });
    const configFile = join(options.folder, 'airgrid.yaml');
    const settings: Record<string, unknown> = {
      'server.host': '127.0.0.1',
      'server.port': port,
      'data.dir': join(options.folder, 'data'),
      links: [`udp-listen://127.0.0.1:${udpPort}`],
      'fleet.names': [...options.names].map(([systemId, name]) => `${systemId}=${name}`),
      'log.format': 'json',
      ...options.settings,
    };
    writeFileSync(configFile, stringify(nested(settings)));
    const logFile = join(options.folder, 'server.log');
    return new ServerProcess(`http://127.0.0.1:${port}`, udpPort, configFile, logFile);
  }

  get isRunning(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves when the console answers. @throws ScenarioError `scenario.no-start` with its last lines */
  async start(): Promise<void> {
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !name.startsWith('AIRGRID_')),
    );
    const child = spawn(process.execPath, [CLI, 'serve', '--config', this.#configFile], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#newest = '';
    // However this process ends, the server ends with it.
    const killIt = (): void => void child.kill('SIGKILL');
    process.on('exit', killIt);
    child.once('exit', () => process.off('exit', killIt));
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string): void => {
        clearTimeout(timer);
        const said = this.#newest.split('\n').slice(-6);
        reject(new ScenarioError('scenario.no-start', `the server ${why}; it said:`, said));
      };
      const timer = setTimeout(
        () => fail(`was not ready after ${START_WITHIN_MS / 1000} s`),
        START_WITHIN_MS,
      );
      const take = (bytes: Buffer): void => {
        const text = bytes.toString();
        this.#newest = (this.#newest + text).slice(-4000);
        this.#log.write(text);
        this.setupCode = /one-time code\s+(\S+)/.exec(this.#newest)?.[1] ?? this.setupCode;
        if (!this.#newest.includes('The console is at')) return;
        clearTimeout(timer);
        resolve();
      };
      child.stdout?.on('data', take);
      child.stderr?.on('data', take);
      child.once('error', (error) => fail(`could not be started: ${error.message}`));
      child.once('exit', (code) => fail(`ended with ${code}`));
    });
    // The code is printed a moment after the line above.
    for (let wait = 0; wait < CODE_TRIES && this.setupCode === null; wait += 1) await sleep(20);
  }

  /** SIGKILL at once, SIGTERM with the time that an orderly stop may take. Resolves when it is gone. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child === null || !this.isRunning) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    await gone;
    clearTimeout(force);
  }

  async close(): Promise<void> {
    await this.end('SIGTERM');
    await new Promise<void>((resolve) => this.#log.end(() => resolve()));
  }
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** `{'server.port': 1}` → `{server: {port: 1}}`. */
function nested(settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const root: Record<string, Record<string, unknown> | unknown> = {};
  for (const [path, value] of Object.entries(settings)) {
    const [section = '', key] = path.split('.');
    if (key === undefined) root[section] = value;
    else root[section] = { ...(root[section] as Record<string, unknown> | undefined), [key]: value };
  }
  return root;
}

/** A port of this machine that nobody has now. */
function freePort(kind: 'tcp' | 'udp'): Promise<number> {
  return new Promise((resolve, reject) => {
    if (kind === 'udp') {
      const probe = createSocket('udp4');
      probe.once('error', reject);
      probe.bind(0, '127.0.0.1', () => {
        const { port } = probe.address();
        probe.close(() => resolve(port));
      });
      return;
    }
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
