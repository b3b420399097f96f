import type { Bridge, BridgeEvent, VehicleId } from '../../firmware-bridge/index.ts';

/** A fleet of this size sends everything in full: it costs nothing, and nobody waits for detail. */
const SMALL_FLEET = 40;

/**
 * Which aircraft send in full detail: those that fly, those with a task and those that somebody looks at. The rest of
 * a big fleet keeps a background rate, so that radios and consoles have room.
 */
export class Interest {
  readonly #bridge: Pick<Bridge, 'vehicles' | 'setInterest'>;
  readonly #hasTask: (vehicleId: string) => boolean;
  readonly #onError: (error: unknown) => void;
  readonly #watched = new Map<string, readonly string[]>();
  #told = 'all';

  constructor(
    bridge: Pick<Bridge, 'vehicles' | 'setInterest'>,
    hasTask: (vehicleId: string) => boolean,
    onError: (error: unknown) => void,
  ) {
    this.#bridge = bridge;
    this.#hasTask = hasTask;
    this.#onError = onError;
  }

  /** What one console looks at now; nothing: it is gone. */
  watch(consoleId: string, vehicleIds: readonly string[]): void {
    if (vehicleIds.length === 0) this.#watched.delete(consoleId);
    else this.#watched.set(consoleId, vehicleIds);
    this.refresh();
  }

  handle(event: BridgeEvent): void {
    if (event.kind === 'vehicle-found' || event.kind === 'armed' || event.kind === 'disarmed') this.refresh();
  }

  refresh(): void {
    const wanted = this.#wanted();
    const told = wanted?.join(' ') ?? 'all';
    if (told === this.#told) return;
    this.#told = told;
    this.#bridge.setInterest(wanted).catch((error: unknown) => {
      // Asked again with the next change.
      this.#told = '';
      this.#onError(error);
    });
  }

  #wanted(): readonly VehicleId[] | null {
    const fleet = this.#bridge.vehicles();
    if (fleet.length <= SMALL_FLEET) return null;
    const watched = new Set([...this.#watched.values()].flat());
    return fleet
      .filter(({ vehicleId, armed }) => armed === true || watched.has(vehicleId) || this.#hasTask(vehicleId))
      .map(({ vehicleId }) => vehicleId)
      .sort();
  }
}
