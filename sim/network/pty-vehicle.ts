import { type ChildProcess, spawn } from 'node:child_process';
import { lstatSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Duplex, Readable, Writable } from 'node:stream';
import { SimError } from '../errors.ts';
import { MAX_UNSENT_BYTES } from './tcp-vehicle.ts';
import {
  type EndpointOptions,
  ProblemsOnce,
  StreamSession,
  type VehicleEndpoint,
} from './vehicle-endpoint.ts';
import { VehicleNetwork } from './vehicle-network.ts';

export interface PtyVehicleOptions extends EndpointOptions {
  /** Path of the link that leads to the pseudo-terminal: `serial://PATH` for the ground station. */
  readonly path: string;
  /** Eight data bits, a start and a stop bit: baud / 10 bytes per second, each way. */
  readonly baudRate: number;
}

/** Waits in the radio's buffer for its turn; more is dropped, as a flight controller's full transmit buffer does. */
const UART_BUFFER_BYTES = 4096;
const READY_LIMIT_MS = 5000;
const RESTART_MS = 500;
/** In its addresses. */
const SPECIAL_TO_SOCAT = /[,:!"'\\]/;

/**
 * Node opens no pseudo-terminals, socat does. The shell kills it when this process is gone, however it ended (file
 * descriptor 3 closes with us): waiting for somebody to open the device, socat would not notice.
 */
const SCRIPT = [
  // A shell gives /dev/null to what it starts in the background, so standard input takes another number first.
  'exec 4<&0',
  'socat "$@" <&4 3<&- 4<&- &',
  'socat_pid=$!',
  'exec </dev/null >/dev/null 2>&1 4<&-',
  'read -r _ <&3',
  'kill "$socat_pid"',
  'wait "$socat_pid"',
].join('\n');

interface Cable {
  readonly shell: ChildProcess;
  readonly lifeline: Writable;
  readonly ended: Promise<void>;
}

/**
 * The aircraft at the end of a serial cable. While nobody has the device open, nothing is sent and nothing waits. When
 * it is closed the device goes away and comes back, as a USB radio does when it is plugged in again.
 */
export class PtyVehicle implements VehicleEndpoint {
  readonly #options: PtyVehicleOptions;
  readonly #problems: ProblemsOnce;
  /** The cable's own limit, behind what the network does. */
  readonly #uart: VehicleNetwork;
  #cable: Cable | null = null;
  #restartAtMs: number | null = null;
  #closed: Promise<void> | null = null;

  private constructor(options: PtyVehicleOptions) {
    this.#options = options;
    this.#problems = new ProblemsOnce(options.onProblem);
    this.#uart = new VehicleNetwork(0, {
      bandwidthBytesPerS: options.baudRate / 10,
      queueBytes: UART_BUFFER_BYTES,
    });
  }

  /**
   * Resolves when the link is there.
   * @throws SimError `sim.socat-missing`, `sim.pty-failed`
   */
  static async open(options: PtyVehicleOptions): Promise<PtyVehicle> {
    const path = resolve(options.path);
    if (SPECIAL_TO_SOCAT.test(path)) {
      const message = `${path} cannot be a pseudo-terminal: choose a folder without , : ! quotes and backslashes`;
      throw new SimError('sim.pty-failed', message, { path });
    }
    await requireSocat();
    const endpoint = new PtyVehicle({ ...options, path });
    try {
      await mkdir(dirname(path), { recursive: true });
      await endpoint.#plugIn();
    } catch (problem) {
      await endpoint.close();
      if (problem instanceof SimError) throw problem;
      const reason = problem instanceof Error ? problem.message : String(problem);
      throw new SimError('sim.pty-failed', `${path} cannot be made: ${reason}`, { path }, problem);
    }
    return endpoint;
  }

  tick(nowMs: number): void {
    this.#uart.tick(nowMs);
    if (this.#restartAtMs === null || nowMs < this.#restartAtMs || this.#closed !== null) return;
    this.#restartAtMs = null;
    this.#plugIn().catch((problem: unknown) => {
      this.#problems.report(problem instanceof Error ? problem : new Error(String(problem)));
      this.#restartAtMs = this.#options.nowMs() + RESTART_MS;
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#unplug();
    return this.#closed;
  }

  async #unplug(): Promise<void> {
    const cable = this.#cable;
    cable?.lifeline.end();
    await cable?.ended;
  }

  async #plugIn(): Promise<void> {
    const { path } = this.#options;
    const pty = `PTY,link=${path},raw,echo=0,wait-slave,pty-interval=0.1`;
    const shell = spawn('/bin/sh', ['-c', SCRIPT, 'airgrid-sim-pty', '-d', '-d', pty, 'STDIO'], {
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      cwd: '/',
    });
    const { stdin, stdout, stderr } = shell;
    const lifeline = shell.stdio[3] as Duplex;
    for (const stream of [stdin, lifeline]) stream.on('error', () => {});
    const ended = new Promise<void>((resolve) => {
      shell.once('error', () => resolve());
      shell.once('exit', () => resolve());
    });
    this.#cable = { shell, lifeline, ended };
    const said = this.#carry(stdin, stdout, stderr);
    stdout.once('close', () => {
      lifeline.end();
      this.#restartAtMs = this.#options.nowMs() + RESTART_MS;
    });
    const limitMs = performance.now() + READY_LIMIT_MS;
    while (!isLink(path)) {
      const hasEnded = shell.exitCode !== null || stdout.closed;
      if (hasEnded || performance.now() > limitMs) {
        throw new SimError('sim.pty-failed', `${path} cannot be made. socat said: ${said()}`, { path });
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Opens a session when somebody opens the device and closes it with socat. @returns what socat said last */
  #carry(stdin: Writable, stdout: Readable, stderr: Readable): () => string {
    const { nowMs } = this.#options;
    let session: StreamSession | null = null;
    let said = '';
    const write = (bytes: Buffer): void => {
      if (stdin.writable && stdin.writableLength < MAX_UNSENT_BYTES) stdin.write(bytes);
    };
    stderr.on('data', (text: Buffer) => {
      said = (said + text.toString()).slice(-500);
      if (session !== null || !said.includes('starting data transfer loop')) return;
      session = new StreamSession(this.#options, 'serial', (bytes) =>
        this.#uart.down.carry(nowMs(), bytes, write, 'serial'),
      );
    });
    const receive = (bytes: Buffer): void => session?.receive(bytes);
    stdout.on('data', (bytes: Buffer) => this.#uart.up.carry(nowMs(), bytes, receive, 'serial'));
    stdout.once('close', () => session?.close());
    return () => said.trim();
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

let socatIsThere: Promise<void> | null = null;

/** @throws SimError `sim.socat-missing` with what to do */
function requireSocat(): Promise<void> {
  socatIsThere ??= new Promise((resolve, reject) => {
    const child = spawn('socat', ['-V'], { stdio: 'ignore' });
    child.once('exit', () => resolve());
    child.once('error', (cause) => {
      socatIsThere = null;
      const message =
        'pseudo-terminals are made by socat, which is not installed; install it (Debian: apt-get install socat)';
      reject(new SimError('sim.socat-missing', message, {}, cause));
    });
  });
  return socatIsThere;
}
