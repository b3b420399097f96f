import { createHash } from 'node:crypto';
import { textOf } from '../codec/decoder.ts';
import { AutopilotVersion, ParamError, ParamValue } from '../codec/messages.ts';
import {
  encodingOf,
  fromWire,
  MAX_NAME_LENGTH,
  type Parameter,
  type ParameterEncoding,
  type ParameterType,
  typeOfMav,
  type ValueProblem,
  valueProblem,
} from '../protocol/parameter-codec.ts';
import { readParameterPack } from '../protocol/parameter-pack.ts';
import type { ParameterInput, ReportedParameter } from '../protocol/parameters-input.ts';
import { parameterListMachine } from '../protocol/parameters-list.ts';
import { type ParameterReadOutcome, parameterReadMachine } from '../protocol/parameters-read.ts';
import { type ParameterSetOutcome, parameterSetMachine } from '../protocol/parameters-set.ts';
import { type RunningProtocol, runProtocol } from '../protocol/run-protocol.ts';
import type { Machine } from '../protocol/step.ts';
import { FailsafeParameters } from './failsafe-parameters.ts';
import type { FtpClient } from './files-client.ts';
import type { Refusal, VehiclePort, VehicleService } from './vehicle-port.ts';

/**
 * The parameters of one vehicle. What is known is what the vehicle reported; a list with gaps is no list.
 */
export interface ParameterSnapshot {
  readonly parameters: readonly Parameter[];
  /** When the list was complete. */
  readonly receivedAtMs: number;
  /** When the newest single change was seen since; null: none. */
  readonly changedAtMs: number | null;
  /** SHA-256 (hex) over `name type value` of every parameter, sorted by name. */
  readonly hash: string;
  /** PX4's own `_HASH_CHECK` at that time; null: it has none. */
  readonly vehicleHash: number | null;
  /** `file`: exact. `list`: ArduPilot's integers beyond ±2^24 are rounded by the message. */
  readonly source: 'file' | 'list';
}

export interface ParameterProgress {
  readonly source: 'file' | 'list';
  /** Parameters, or bytes of the file. */
  readonly done: number;
  /** Null: not known. */
  readonly total: number | null;
}

export type ParameterFetchOutcome =
  /** `fromCache`: the vehicle's own hash says that nothing changed since. */
  | { readonly kind: 'done'; readonly snapshot: ParameterSnapshot; readonly fromCache: boolean }
  | {
      readonly kind: 'incomplete';
      readonly received: number;
      readonly count: number | null;
      /** Names where an earlier list tells them, else `#index`. */
      readonly missing: readonly string[];
      readonly afterMs: number;
    }
  | Refusal;

export type ParameterGetOutcome = ParameterReadOutcome | BadParameter | Refusal;
export type ParameterChangeOutcome =
  | { readonly kind: 'done'; readonly parameter: Parameter; readonly previous: number }
  | Exclude<ParameterSetOutcome, { readonly kind: 'done' }>
  | BadParameter
  | Refusal;

/** Not sent: the vehicle could not hold it. */
export interface BadParameter {
  readonly kind: 'bad-parameter';
  readonly name: string;
  readonly type: ParameterType | null;
  readonly problem: ValueProblem | 'bad-name';
}

const PACK_PATH = '@PARAM/param.pck';
const HASH_NAME = '_HASH_CHECK';

export class ParameterService implements VehicleService {
  readonly #port: VehiclePort;
  readonly #ftp: FtpClient;
  readonly #failsafes: FailsafeParameters;
  readonly #running = new Set<RunningProtocol<ParameterInput, unknown>>();
  readonly #changing = new Set<string>();
  #capabilities: bigint | null = null;
  #fetching = false;
  /** As listed, for PX4's hash; and with the changes that were seen since. */
  #listed: ParameterSnapshot | null = null;
  #current: Map<string, Parameter> | null = null;
  /** Names by index, to tell what is missing of a later list. */
  #order: readonly string[] = [];
  #changedAtMs: number | null = null;

  constructor(port: VehiclePort, ftp: FtpClient) {
    this.#port = port;
    this.#ftp = ftp;
    this.#failsafes = new FailsafeParameters(port);
    port.on(AutopilotVersion, ({ capabilities }, { componentId }) => {
      if (componentId === port.target.componentId) this.#capabilities = BigInt(capabilities);
    });
    port.on(ParamValue, (message, { componentId, atMs }) => {
      if (componentId === port.target.componentId) this.#onValue(message, atMs);
    });
    port.on(ParamError, ({ paramId, error }, { componentId }) => {
      if (componentId !== port.target.componentId) return;
      this.#give({ kind: 'error', name: nameOf(paramId), error });
    });
  }

  get encoding(): ParameterEncoding {
    return encodingOf(this.#capabilities, this.#port.state().autopilot);
  }

  /** The last complete list, with the changes that were seen since; null: none since the vehicle's start. */
  snapshot(): ParameterSnapshot | null {
    if (this.#listed === null || this.#current === null) return null;
    if (this.#changedAtMs === null) return this.#listed;
    const parameters = sorted(this.#current.values());
    return { ...this.#listed, parameters, changedAtMs: this.#changedAtMs, hash: hashParameters(parameters) };
  }

  async fetchAll(
    onProgress: (progress: ParameterProgress) => void = () => {},
  ): Promise<ParameterFetchOutcome> {
    const refusal = this.#port.refusal();
    if (refusal !== null) return refusal;
    if (this.#fetching) return { kind: 'busy', what: 'parameter list' };
    this.#fetching = true;
    try {
      return await this.#fetchAll(onProgress);
    } finally {
      this.#fetching = false;
    }
  }

  async get(name: string): Promise<ParameterGetOutcome> {
    const refusal = this.#port.refusal();
    if (refusal !== null) return refusal;
    if (!isName(name)) return { kind: 'bad-parameter', name, type: null, problem: 'bad-name' };
    return this.#run(parameterReadMachine(this.#port.target, name));
  }

  /** `done` only when the vehicle reports the value; see `ParameterSetOutcome` for the other ends. */
  async set(name: string, value: number): Promise<ParameterChangeOutcome> {
    const refusal = this.#port.refusal();
    if (refusal !== null) return refusal;
    if (!isName(name)) return { kind: 'bad-parameter', name, type: null, problem: 'bad-name' };
    if (this.#changing.has(name)) return { kind: 'busy', what: `change of ${name}` };
    this.#changing.add(name);
    try {
      // Its type decides how it is sent (PX4 ignores a wrong one), its present value what a refusal looks like.
      const before = await this.#run(parameterReadMachine(this.#port.target, name));
      if (before.kind !== 'done') return before;
      const { type } = before.parameter;
      const problem = valueProblem(value, type, this.encoding);
      if (problem !== null) return { kind: 'bad-parameter', name, type, problem };
      const outcome = await this.#run(
        parameterSetMachine(this.#port.target, this.encoding, before.parameter, value),
      );
      this.#port.logger.info({ name, value, outcome: outcome.kind }, 'parameter set');
      return outcome.kind === 'done' ? { ...outcome, previous: before.parameter.value } : outcome;
    } finally {
      this.#changing.delete(name);
    }
  }

  cancel(by: string): void {
    for (const running of [...this.#running]) running.cancel(by);
  }

  tick(nowMs: number): void {
    this.#failsafes.tick(nowMs);
  }

  onReboot(): void {
    this.cancel('vehicle restarted');
    this.#forget();
    this.#failsafes.onReboot();
  }

  close(by: string): void {
    this.cancel(by);
  }

  async #fetchAll(onProgress: (progress: ParameterProgress) => void): Promise<ParameterFetchOutcome> {
    const { autopilot } = this.#port.state();
    if (autopilot === 'px4' && this.#listed?.vehicleHash != null) {
      const hash = await this.#readVehicleHash();
      if (hash === this.#listed?.vehicleHash && this.#listed !== null) {
        this.#keep(this.#listed);
        return { kind: 'done', snapshot: this.#listed, fromCache: true };
      }
    }
    if (autopilot === 'ardupilot' && this.#ftp.isOffered === true) {
      const parameters = await this.#fetchPack(onProgress);
      if (parameters !== null && 'kind' in parameters) return parameters;
      if (parameters !== null) return this.#complete(parameters, 'file', null);
    }
    const outcome = await this.#run(parameterListMachine(this.#port.target), ({ received, count }) =>
      onProgress({ source: 'list', done: received, total: count }),
    );
    if (outcome.kind === 'cancelled') return outcome;
    if (outcome.kind === 'incomplete') {
      const missing = outcome.missing.map((index) => this.#order[index] ?? `#${index}`);
      return { ...outcome, missing };
    }
    const vehicleHash = autopilot === 'px4' ? await this.#readVehicleHash() : null;
    return this.#complete(outcome.parameters, 'list', vehicleHash);
  }

  /** Null: the file was not to be had, the list is the other way. */
  async #fetchPack(
    onProgress: (progress: ParameterProgress) => void,
  ): Promise<readonly Parameter[] | Extract<Refusal, { kind: 'cancelled' }> | null> {
    const chunks: { readonly offset: number; readonly bytes: Uint8Array }[] = [];
    const read = await this.#ftp.exclusive('parameter file', (ftp) =>
      ftp.read(PACK_PATH, (progress) => {
        if (progress.kind !== 'chunk') return;
        chunks.push(progress);
        // Its announced size is fiction.
        onProgress({ source: 'file', done: progress.doneBytes, total: null });
      }),
    );
    if (read.kind === 'cancelled') return read;
    if (read.kind !== 'done') {
      this.#port.logger.info({ outcome: read.kind }, 'no parameter file; asking for the list');
      return null;
    }
    const file = new Uint8Array(read.sizeBytes);
    for (const { offset, bytes } of chunks) {
      if (offset < file.length) file.set(bytes.subarray(0, file.length - offset), offset);
    }
    const pack = readParameterPack(file);
    if (pack.kind === 'ok') return pack.parameters;
    this.#port.logger.warn({ why: pack.why }, 'parameter file is damaged; asking for the list');
    return null;
  }

  #complete(
    parameters: readonly Parameter[],
    source: 'file' | 'list',
    vehicleHash: number | null,
  ): ParameterFetchOutcome {
    const receivedAtMs = this.#port.clock.nowMs();
    const list = sorted(parameters);
    const snapshot: ParameterSnapshot = {
      parameters: list,
      receivedAtMs,
      changedAtMs: null,
      hash: hashParameters(list),
      vehicleHash,
      source,
    };
    this.#keep(snapshot);
    this.#order = parameters.map(({ name }) => name);
    this.#failsafes.onParameters(list, receivedAtMs);
    return { kind: 'done', snapshot, fromCache: false };
  }

  async #readVehicleHash(): Promise<number | null> {
    const outcome = await this.#run(parameterReadMachine(this.#port.target, HASH_NAME));
    return outcome.kind === 'done' ? outcome.parameter.value : null;
  }

  #keep(snapshot: ParameterSnapshot): void {
    this.#listed = snapshot;
    this.#current = new Map(snapshot.parameters.map((parameter) => [parameter.name, parameter]));
    this.#changedAtMs = null;
  }

  #forget(): void {
    this.#listed = null;
    this.#current = null;
    this.#changedAtMs = null;
    this.#capabilities = null;
  }

  #onValue(message: ParamValue, atMs: number): void {
    const name = nameOf(message.paramId);
    const type = typeOfMav(message.paramType);
    if (type === null) return;
    const value = fromWire(message.paramValue, type, name === HASH_NAME ? 'bytewise' : this.encoding);
    const parameter: ReportedParameter = {
      name,
      type,
      value,
      index: message.paramIndex,
      count: message.paramCount,
    };
    this.#give({ kind: 'value', parameter });
    if (name === HASH_NAME) return;
    this.#failsafes.onParameter({ name, type, value }, atMs);
    const known = this.#current?.get(name);
    // What the file told exactly is not replaced by the same number rounded on the way.
    if (known === undefined || Object.is(Math.fround(known.value), Math.fround(value))) return;
    this.#current?.set(name, { name, type, value });
    this.#changedAtMs = atMs;
  }

  #give(input: ParameterInput): void {
    for (const running of [...this.#running]) running.input(input);
  }

  async #run<State, Outcome, Progress>(
    machine: Machine<State, ParameterInput, Outcome, Progress>,
    onProgress: (progress: Progress) => void = () => {},
  ): Promise<Outcome> {
    const running = runProtocol(machine, {
      clock: this.#port.clock,
      send: (message) => {
        this.#port.send(message);
      },
      onProgress,
    });
    this.#running.add(running);
    try {
      running.start();
      return await running.result;
    } finally {
      this.#running.delete(running);
    }
  }
}

/** Capitals, digits and underscores; a longer name would be cut on the wire and mean another parameter. */
function isName(name: string): boolean {
  return /^[A-Za-z0-9_]+$/.test(name) && name.length <= MAX_NAME_LENGTH;
}

function nameOf(field: string): string {
  const text = textOf(field);
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

function sorted(parameters: Iterable<Parameter>): readonly Parameter[] {
  return [...parameters].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

export function hashParameters(parameters: readonly Parameter[]): string {
  const hash = createHash('sha256');
  for (const { name, type, value } of parameters) hash.update(`${name} ${type} ${value}\n`);
  return hash.digest('hex');
}
