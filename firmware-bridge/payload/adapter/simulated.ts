import type { Clock, CommandOutcome, TimerHandle, VehicleId } from '../../model.ts';
import type {
  DeviceHealth,
  Loudspeaker,
  LoudspeakerCapabilities,
  LoudspeakerStatus,
  PlayRequest,
  SayRequest,
  Spotlight,
  SpotlightCapabilities,
  SpotlightStatus,
  StatusOutcome,
  Strobe,
} from './adapter.ts';
import { checkBrightness, checkPlay, checkSay, checkStrobe, checkVolume } from './check-requests.ts';

/** Devices without a device: for the demo, for training and for tests. Time by the given clock; faults by a switch. */
export type SimulatedFault =
  /** Answers nothing, as out of range. */
  | 'silent'
  /** Answers, and says that it is broken. */
  | 'defect'
  /** Accepts, and nothing happens. */
  | 'mute';

interface Options {
  readonly adapterId: string;
  readonly vehicleId: VehicleId;
  readonly label: string;
  readonly clock: Clock;
}

/** Spoken, with pauses: Mandarin characters and Latin letters per second. */
const SPEECH_PER_S = { zh: 4, en: 13 } as const;
const BEGIN_S = 0.4;
const ANSWER_MS = 80;
const NO_ANSWER_MS = 3_000;

/** Half a second to answer, a broken one too; nothing when out of range. */
class Device {
  fault: SimulatedFault | null = null;
  heardAtMs: number | null = null;
  unreachable = false;
  #closed = false;
  readonly #clock: Clock;
  readonly #waiting = new Set<(outcome: CommandOutcome) => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Null: it answers; then what it does is done. */
  async answer(): Promise<CommandOutcome | null> {
    if (this.#closed) return { kind: 'cancelled', by: 'closed' };
    const isSilent = this.fault === 'silent';
    const ended = await this.#after(isSilent ? NO_ANSWER_MS : ANSWER_MS);
    if (ended !== null) return ended;
    this.unreachable = isSilent;
    if (isSilent) return { kind: 'no-answer', afterMs: NO_ANSWER_MS };
    this.heardAtMs = this.#clock.nowMs();
    return null;
  }

  health(): DeviceHealth {
    const state = this.unreachable
      ? 'unreachable'
      : this.heardAtMs === null
        ? 'unknown'
        : this.fault === 'defect'
          ? 'fault'
          : 'ok';
    const problem = state === 'unreachable' ? 'no answer' : state === 'fault' ? DEFECT : null;
    return { state, problem, heardAtMs: this.heardAtMs };
  }

  close(): void {
    this.#closed = true;
    for (const settle of [...this.#waiting]) settle({ kind: 'cancelled', by: 'closed' });
  }

  #after(afterMs: number): Promise<CommandOutcome | null> {
    return new Promise((resolve) => {
      const settle = (outcome: CommandOutcome | null): void => {
        timer.cancel();
        this.#waiting.delete(settle);
        resolve(outcome);
      };
      const timer: TimerHandle = this.#clock.setTimer(() => settle(null), afterMs);
      this.#waiting.add(settle);
    });
  }
}

const DEFECT = 'amplifier over temperature';

export class SimulatedLoudspeaker implements Loudspeaker {
  readonly kind = 'loudspeaker';
  readonly adapterId: string;
  readonly vehicleId: VehicleId;
  readonly label: string;
  readonly capabilities: LoudspeakerCapabilities;
  /** What was spoken or played, in order. */
  readonly heard: string[] = [];
  readonly #clipSeconds: Readonly<Record<string, number>>;
  readonly #device: Device;
  readonly #clock: Clock;
  #volumePct = 60;
  #playingUntilMs = 0;
  #lastKey: string | null = null;
  readonly #keys = new Set<string>();

  /** @param clipSeconds clips on board and how long they last */
  constructor(options: Options & { readonly clipSeconds?: Readonly<Record<string, number>> }) {
    this.adapterId = options.adapterId;
    this.vehicleId = options.vehicleId;
    this.label = options.label;
    this.#clock = options.clock;
    this.#device = new Device(options.clock);
    this.#clipSeconds = options.clipSeconds ?? { 'disperse-zh': 12, siren: 5 };
    this.capabilities = {
      canSay: true,
      languages: ['zh', 'en'],
      voices: ['female', 'male'],
      maxTextLength: 200,
      clipIds: Object.keys(this.#clipSeconds),
      hasVolume: true,
    };
  }

  injectFault(fault: SimulatedFault | null): void {
    this.#device.fault = fault;
  }

  async say(request: SayRequest): Promise<CommandOutcome> {
    const seconds = BEGIN_S + [...request.text].length / SPEECH_PER_S[request.language];
    return checkSay(request, this.capabilities) ?? this.#begin(request.idempotencyKey, request.text, seconds);
  }

  async play(request: PlayRequest): Promise<CommandOutcome> {
    const seconds = this.#clipSeconds[request.clipId] ?? 0;
    return (
      checkPlay(request, this.capabilities) ?? this.#begin(request.idempotencyKey, request.clipId, seconds)
    );
  }

  async stop(): Promise<CommandOutcome> {
    const failed = await this.#device.answer();
    if (failed !== null) return failed;
    this.#playingUntilMs = 0;
    return { kind: 'done', confirmedBy: 'device status idle' };
  }

  async setVolume(volumePct: number): Promise<CommandOutcome> {
    const refusal = checkVolume(volumePct, this.capabilities) ?? (await this.#device.answer());
    if (refusal !== null) return refusal;
    this.#volumePct = volumePct;
    return { kind: 'done', confirmedBy: `device status volume ${volumePct} %` };
  }

  async status(): Promise<StatusOutcome<LoudspeakerStatus>> {
    const failed = await this.#device.answer();
    if (failed !== null && failed.kind !== 'done') return failed;
    const atMs = this.#clock.nowMs();
    const isPlaying = this.#playingUntilMs > atMs;
    const isDefect = this.#device.fault === 'defect';
    const status: LoudspeakerStatus = {
      state: isDefect ? 'fault' : isPlaying ? 'playing' : 'idle',
      remainingS: isPlaying && !isDefect ? (this.#playingUntilMs - atMs) / 1000 : 0,
      volumePct: this.#volumePct,
      fault: isDefect ? DEFECT : null,
      lastKey: this.#lastKey,
    };
    return { kind: 'done', status, atMs };
  }

  health(): DeviceHealth {
    return this.#device.health();
  }

  async close(): Promise<void> {
    this.#device.close();
  }

  async #begin(key: string, what: string, seconds: number): Promise<CommandOutcome> {
    const failed = await this.#device.answer();
    if (failed !== null) return failed;
    if (this.#device.fault === 'defect') return { kind: 'denied', result: 'FAULT', reasons: [DEFECT] };
    if (this.#device.fault === 'mute') {
      return { kind: 'not-confirmed', expected: 'playing', observed: 'idle', afterMs: ANSWER_MS };
    }
    const nowMs = this.#clock.nowMs();
    if (this.#keys.has(key)) return { kind: 'done', confirmedBy: 'device status: played already' };
    if (this.#playingUntilMs > nowMs) return { kind: 'busy', what: 'another announcement' };
    this.#keys.add(key);
    this.#lastKey = key;
    this.#playingUntilMs = nowMs + seconds * 1000;
    this.heard.push(what);
    return { kind: 'done', confirmedBy: 'device status playing' };
  }
}

export class SimulatedSpotlight implements Spotlight {
  readonly kind = 'spotlight';
  readonly adapterId: string;
  readonly vehicleId: VehicleId;
  readonly label: string;
  readonly capabilities: SpotlightCapabilities = { hasBrightness: true, canStrobe: true };
  readonly #device: Device;
  readonly #clock: Clock;
  #on = false;
  #brightnessPct = 100;
  #strobe: Strobe | null = null;

  constructor(options: Options) {
    this.adapterId = options.adapterId;
    this.vehicleId = options.vehicleId;
    this.label = options.label;
    this.#clock = options.clock;
    this.#device = new Device(options.clock);
  }

  injectFault(fault: SimulatedFault | null): void {
    this.#device.fault = fault;
  }

  async on(brightnessPct: number | null): Promise<CommandOutcome> {
    const refusal = checkBrightness(brightnessPct, this.capabilities) ?? (await this.#ready('on'));
    if (refusal !== null) return refusal;
    this.#on = true;
    this.#brightnessPct = brightnessPct ?? this.#brightnessPct;
    return { kind: 'done', confirmedBy: 'device status on' };
  }

  /** A broken one can still be dark. */
  async off(): Promise<CommandOutcome> {
    const failed = await this.#device.answer();
    if (failed !== null) return failed;
    this.#on = false;
    this.#strobe = null;
    return { kind: 'done', confirmedBy: 'device status off' };
  }

  async setStrobe(strobe: Strobe | null): Promise<CommandOutcome> {
    const refusal =
      checkStrobe(strobe, this.capabilities) ?? (await this.#ready(strobe === null ? 'steady' : 'strobing'));
    if (refusal !== null) return refusal;
    this.#strobe = strobe;
    return { kind: 'done', confirmedBy: strobe === null ? 'device status steady' : 'device status strobing' };
  }

  async status(): Promise<StatusOutcome<SpotlightStatus>> {
    const failed = await this.#device.answer();
    if (failed !== null && failed.kind !== 'done') return failed;
    const isDefect = this.#device.fault === 'defect';
    const status: SpotlightStatus = {
      state: isDefect ? 'fault' : this.#on ? 'on' : 'off',
      brightnessPct: this.#brightnessPct,
      strobing: this.#on && this.#strobe !== null && !isDefect,
      fault: isDefect ? DEFECT : null,
    };
    return { kind: 'done', status, atMs: this.#clock.nowMs() };
  }

  health(): DeviceHealth {
    return this.#device.health();
  }

  async close(): Promise<void> {
    this.#device.close();
  }

  async #ready(expected: string): Promise<CommandOutcome | null> {
    const failed = await this.#device.answer();
    if (failed !== null) return failed;
    if (this.#device.fault === 'defect') return { kind: 'denied', result: 'FAULT', reasons: [DEFECT] };
    if (this.#device.fault !== 'mute') return null;
    return { kind: 'not-confirmed', expected, observed: this.#on ? 'on' : 'off', afterMs: ANSWER_MS };
  }
}
