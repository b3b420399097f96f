import type { CommandOutcome, VehicleId } from '../../model.ts';
import type {
  DeviceHealth,
  Spotlight,
  SpotlightCapabilities,
  SpotlightStatus,
  StatusOutcome,
  Strobe,
} from './adapter.ts';
import { checkBrightness, checkStrobe } from './check-requests.ts';
import { type HttpAdapterOptions, HttpDevice, UNREADABLE } from './http-device.ts';
import { spotlightStatusFrom } from './http-status.ts';

/** A vendor's light behind JSON over HTTP (docs/payload-http.md). Everything about a light may be done twice. */
export class HttpSpotlight implements Spotlight {
  readonly kind = 'spotlight';
  readonly adapterId: string;
  readonly vehicleId: VehicleId;
  readonly label: string;
  readonly capabilities: SpotlightCapabilities;
  readonly #device: HttpDevice;
  readonly #nowMs: () => number;

  /** Throws `payload.bad-url`. */
  constructor(options: HttpAdapterOptions<SpotlightCapabilities>) {
    this.adapterId = options.adapterId;
    this.vehicleId = options.vehicleId;
    this.label = options.label;
    this.capabilities = options.capabilities;
    this.#device = new HttpDevice(options);
    this.#nowMs = () => options.clock.nowMs();
  }

  async on(brightnessPct: number | null): Promise<CommandOutcome> {
    const refusal = checkBrightness(brightnessPct, this.capabilities);
    if (refusal !== null) return refusal;
    return this.#set('/on', { brightnessPct }, false, 'on', (status) => {
      if (status.state !== 'on') return false;
      return (
        brightnessPct === null ||
        status.brightnessPct === null ||
        Math.abs(status.brightnessPct - brightnessPct) <= 5
      );
    });
  }

  async off(): Promise<CommandOutcome> {
    return this.#set('/off', {}, true, 'off', (status) => status.state === 'off');
  }

  async setStrobe(strobe: Strobe | null): Promise<CommandOutcome> {
    const refusal = checkStrobe(strobe, this.capabilities);
    if (refusal !== null) return refusal;
    if (strobe === null && !this.capabilities.canStrobe)
      return { kind: 'done', confirmedBy: 'it cannot strobe' };
    const expected = strobe === null ? 'steady' : 'strobing';
    return this.#set('/strobe', { strobe }, false, expected, (status) => {
      // Switched off it flashes as little as it shines.
      return status.strobing === (strobe !== null) || (strobe !== null && status.state === 'off');
    });
  }

  async status(): Promise<StatusOutcome<SpotlightStatus>> {
    const answer = await this.#device.request({
      method: 'GET',
      path: '/status',
      body: null,
      isIdempotent: true,
      isUrgent: false,
    });
    if (answer.kind !== 'answer') return answer;
    const status = this.#read(answer.body);
    return status === null ? UNREADABLE : { kind: 'done', status, atMs: this.#nowMs() };
  }

  health(): DeviceHealth {
    return this.#device.health();
  }

  close(): Promise<void> {
    return this.#device.close();
  }

  async #set(
    path: string,
    body: Readonly<Record<string, unknown>>,
    isUrgent: boolean,
    expected: string,
    seen: (status: SpotlightStatus) => boolean,
  ): Promise<CommandOutcome> {
    const beganAtMs = this.#nowMs();
    const answer = await this.#device.request({ method: 'PUT', path, body, isIdempotent: true, isUrgent });
    if (answer.kind !== 'answer') return answer;
    let status = this.#read(answer.body);
    if (status === null || !seen(status)) {
      const asked = await this.status();
      if (asked.kind === 'cancelled') return asked;
      status = asked.kind === 'done' ? asked.status : status;
    }
    if (status !== null && seen(status)) return { kind: 'done', confirmedBy: `device status ${expected}` };
    if (status?.state === 'fault') {
      return { kind: 'denied', result: 'FAULT', reasons: [status.fault ?? 'the device tells a fault'] };
    }
    const observed = status === null ? 'an answer that cannot be read' : inWords(status);
    return { kind: 'not-confirmed', expected, observed, afterMs: Math.round(this.#nowMs() - beganAtMs) };
  }

  #read(body: unknown): SpotlightStatus | null {
    const status = spotlightStatusFrom(body);
    if (status !== null) this.#device.noteFault(status.state === 'fault' ? (status.fault ?? 'fault') : null);
    return status;
  }
}

function inWords(status: SpotlightStatus): string {
  const brightness = status.brightnessPct === null ? '' : `, ${status.brightnessPct} %`;
  return `${status.state}${brightness}${status.strobing ? ', strobing' : ''}`;
}
