import type { ElevationSource } from './terrain-elevation.ts';
import type { VehiclePort, VehicleService } from './vehicle-port.ts';

/** Has the elevation tile under the vehicle read before anybody asks for a height there. */
const EVERY_MS = 10_000;

export class TilesAhead implements VehicleService {
  readonly #port: VehiclePort;
  readonly #source: ElevationSource;
  #nextAtMs = Number.NEGATIVE_INFINITY;

  constructor(port: VehiclePort, source: ElevationSource) {
    this.#port = port;
    this.#source = source;
  }

  tick(nowMs: number): void {
    const { position } = this.#port.state();
    if (position === null || nowMs < this.#nextAtMs) return;
    this.#nextAtMs = nowMs + EVERY_MS;
    this.#source.prepare([position]).catch((error: unknown) => {
      this.#port.logger.warn({ err: error }, 'an elevation tile could not be read');
    });
  }

  close(): void {}
}
