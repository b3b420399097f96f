import { TerrainRequest } from '../codec/messages.ts';
import type { TimerHandle } from '../model.ts';
import {
  blockMessage,
  blockPoints,
  EMPTY_QUEUE,
  gridOf,
  takeBlock,
  withRequest,
} from '../protocol/terrain.ts';
import type { ElevationSource } from './terrain-elevation.ts';
import type { VehiclePort, VehicleService } from './vehicle-port.ts';

/**
 * Answers one vehicle's questions about the ground from our own elevation data. A TERRAIN_DATA is 55 bytes on the
 * wire, a grid 56 of them: at ten a second a 57,600 baud modem gives a tenth of itself.
 */
export interface TerrainCounts {
  readonly requests: number;
  readonly blocksSent: number;
  /** Not answered: a height in it is not known. */
  readonly blocksUnknown: number;
}

const PER_SECOND = 10;

export class TerrainService implements VehicleService {
  readonly #port: VehiclePort;
  readonly #source: ElevationSource;
  readonly #everyMs: number;
  readonly #stopListening: () => void;
  #queue = EMPTY_QUEUE;
  #timer: TimerHandle | null = null;
  #counts: TerrainCounts = { requests: 0, blocksSent: 0, blocksUnknown: 0 };
  #saidUnknown = false;
  #closed = false;

  constructor(port: VehiclePort, source: ElevationSource, options: { readonly perSecond?: number } = {}) {
    this.#port = port;
    this.#source = source;
    this.#everyMs = 1000 / (options.perSecond ?? PER_SECOND);
    this.#stopListening = port.on(TerrainRequest, (message) => this.#onRequest(message));
  }

  counts(): TerrainCounts {
    return this.#counts;
  }

  onReboot(): void {
    this.#queue = EMPTY_QUEUE;
  }

  onLost(): void {
    this.#queue = EMPTY_QUEUE;
  }

  close(): void {
    this.#closed = true;
    this.#stopListening();
    this.#timer?.cancel();
    this.#timer = null;
    this.#queue = EMPTY_QUEUE;
  }

  #onRequest(message: TerrainRequest): void {
    this.#counts = { ...this.#counts, requests: this.#counts.requests + 1 };
    const grid = gridOf(message);
    const corners = [0, 7, 48, 55].flatMap((bit) => blockPoints(grid, bit));
    this.#source.prepare(corners).then(
      () => {
        if (this.#closed) return;
        this.#queue = withRequest(this.#queue, grid);
        if (this.#timer === null) this.#sendNext();
      },
      (error: unknown) => this.#port.logger.warn({ err: error }, 'elevation data cannot be read'),
    );
  }

  /** Blocks that are not known cost no sending and no waiting. */
  #sendNext(): void {
    this.#timer = null;
    for (;;) {
      const { queue, block } = takeBlock(this.#queue);
      this.#queue = queue;
      if (block === null) return;
      const message = blockMessage(block.grid, block.bit, (lon, lat) => this.#source.heightAmslM(lon, lat));
      if (message === null) {
        this.#countUnknown(block.grid);
        continue;
      }
      if (this.#port.send(message)) {
        this.#counts = { ...this.#counts, blocksSent: this.#counts.blocksSent + 1 };
      }
      this.#timer = this.#port.clock.setTimer(() => this.#sendNext(), this.#everyMs);
      return;
    }
  }

  #countUnknown(grid: { readonly lat: number; readonly lon: number }): void {
    this.#counts = { ...this.#counts, blocksUnknown: this.#counts.blocksUnknown + 1 };
    if (this.#saidUnknown) return;
    this.#saidUnknown = true;
    const { vehicleId } = this.#port;
    this.#port.logger.warn(
      { vehicleId, latDeg: grid.lat / 1e7, lonDeg: grid.lon / 1e7 },
      'the vehicle asks for terrain that is not known here; it gets no answer for those blocks',
    );
  }
}
