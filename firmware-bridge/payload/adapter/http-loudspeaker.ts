import type { CommandOutcome, VehicleId } from '../../model.ts';
import type {
  DeviceHealth,
  Loudspeaker,
  LoudspeakerCapabilities,
  LoudspeakerStatus,
  PlayRequest,
  SayRequest,
  StatusOutcome,
} from './adapter.ts';
import { checkPlay, checkSay, checkVolume } from './check-requests.ts';
import { type HttpAdapterOptions, type HttpAnswer, HttpDevice, UNREADABLE } from './http-device.ts';
import { loudspeakerStatusFrom } from './http-status.ts';

/**
 * A vendor's loudspeaker behind JSON over HTTP (docs/payload-http.md).
 *
 * An announcement whose answer is lost is not sent again by itself: the status is asked whether it plays that very
 * announcement (`lastKey`). Should an operator send it again, it carries the same Idempotency-Key.
 */
const POLL_EVERY_MS = 400;
/** Speech has to be made before it is heard. */
const BEGIN_POLLS = 8;
const STOP_POLLS = 4;

export class HttpLoudspeaker implements Loudspeaker {
  readonly kind = 'loudspeaker';
  readonly adapterId: string;
  readonly vehicleId: VehicleId;
  readonly label: string;
  readonly capabilities: LoudspeakerCapabilities;
  readonly #device: HttpDevice;
  readonly #nowMs: () => number;

  /** Throws `payload.bad-url`. */
  constructor(options: HttpAdapterOptions<LoudspeakerCapabilities>) {
    this.adapterId = options.adapterId;
    this.vehicleId = options.vehicleId;
    this.label = options.label;
    this.capabilities = options.capabilities;
    this.#device = new HttpDevice(options);
    this.#nowMs = () => options.clock.nowMs();
  }

  async say(request: SayRequest): Promise<CommandOutcome> {
    const refusal = checkSay(request, this.capabilities);
    if (refusal !== null) return refusal;
    const { text, language, voice, purpose, idempotencyKey } = request;
    return this.#announce('/say', { text, language, voice, purpose }, idempotencyKey);
  }

  async play(request: PlayRequest): Promise<CommandOutcome> {
    const refusal = checkPlay(request, this.capabilities);
    if (refusal !== null) return refusal;
    const { clipId, purpose, idempotencyKey } = request;
    return this.#announce('/play', { clipId, purpose }, idempotencyKey);
  }

  async stop(): Promise<CommandOutcome> {
    const answer = await this.#device.request({
      method: 'POST',
      path: '/stop',
      body: {},
      isIdempotent: true,
      isUrgent: true,
    });
    return this.#confirm(answer, 'idle', STOP_POLLS, (status) =>
      status.state === 'playing' ? null : { kind: 'done', confirmedBy: `device status ${status.state}` },
    );
  }

  async setVolume(volumePct: number): Promise<CommandOutcome> {
    const refusal = checkVolume(volumePct, this.capabilities);
    if (refusal !== null) return refusal;
    const answer = await this.#device.request({
      method: 'PUT',
      path: '/volume',
      body: { volumePct },
      isIdempotent: true,
      isUrgent: false,
    });
    const expected = `volume ${volumePct} %`;
    return this.#confirm(answer, expected, 1, (status) => {
      if (status.volumePct === null) return { kind: 'done', confirmedBy: 'acknowledgement' };
      // Devices have steps.
      return Math.abs(status.volumePct - volumePct) <= 5
        ? { kind: 'done', confirmedBy: `device status ${expected}` }
        : null;
    });
  }

  async status(): Promise<StatusOutcome<LoudspeakerStatus>> {
    const answer = await this.#device.request({
      method: 'GET',
      path: '/status',
      body: null,
      isIdempotent: true,
      isUrgent: false,
    });
    if (answer.kind !== 'answer') return answer;
    const status = this.#read(answer.body);
    if (status === null) return UNREADABLE;
    return { kind: 'done', status, atMs: this.#nowMs() };
  }

  health(): DeviceHealth {
    return this.#device.health();
  }

  close(): Promise<void> {
    return this.#device.close();
  }

  async #announce(
    path: string,
    body: Readonly<Record<string, unknown>>,
    key: string,
  ): Promise<CommandOutcome> {
    const answer = await this.#device.request({
      method: 'POST',
      path,
      body,
      idempotencyKey: key,
      isIdempotent: false,
      isUrgent: false,
    });
    // It may have arrived all the same: then the status names it.
    const isUnsure =
      answer.kind === 'no-answer' || (answer.kind === 'denied' && /^HTTP_5/.test(answer.result));
    if (isUnsure) {
      const asked = await this.status();
      const isOurs = asked.kind === 'done' && asked.status.lastKey === key && asked.status.state !== 'fault';
      return isOurs
        ? { kind: 'done', confirmedBy: `device status ${asked.status.state}, this announcement` }
        : answer;
    }
    return this.#confirm(answer, 'playing', BEGIN_POLLS, (status) => {
      if (status.state === 'fault')
        return { kind: 'denied', result: 'FAULT', reasons: [status.fault ?? 'the device tells a fault'] };
      const isOther = status.lastKey !== null && status.lastKey !== key;
      if (status.state === 'playing')
        return isOther ? null : { kind: 'done', confirmedBy: 'device status playing' };
      return status.lastKey === key ? { kind: 'done', confirmedBy: 'device status: played already' } : null;
    });
  }

  /** Reads the answer's own status, then asks again, until `judge` is content. */
  async #confirm(
    answer: HttpAnswer,
    expected: string,
    polls: number,
    judge: (status: LoudspeakerStatus) => CommandOutcome | null,
  ): Promise<CommandOutcome> {
    if (answer.kind !== 'answer') return answer;
    const beganAtMs = this.#nowMs();
    let status = this.#read(answer.body);
    let observed = 'an answer that cannot be read';
    for (let poll = 0; ; poll++) {
      const outcome = status === null ? null : judge(status);
      if (outcome !== null) return outcome;
      if (status !== null) observed = inWords(status);
      const afterMs = Math.round(this.#nowMs() - beganAtMs);
      if (poll >= polls) return { kind: 'not-confirmed', expected, observed, afterMs };
      if (!(await this.#device.pause(POLL_EVERY_MS))) return { kind: 'cancelled', by: 'stop' };
      const asked = await this.status();
      if (asked.kind === 'cancelled') return asked;
      status = asked.kind === 'done' ? asked.status : null;
    }
  }

  #read(body: unknown): LoudspeakerStatus | null {
    const status = loudspeakerStatusFrom(body);
    if (status !== null) this.#device.noteFault(status.state === 'fault' ? (status.fault ?? 'fault') : null);
    return status;
  }
}

function inWords(status: LoudspeakerStatus): string {
  return status.fault === null ? status.state : `${status.state}: ${status.fault}`;
}
