import type { TestAircraft, TestFleet, Truth } from './test-fleet.ts';

export interface TrackPoint extends Truth {
  /** Simulated seconds since the fleet was ready. */
  readonly timeS: number;
}

/** A flight as it truly was: from arming to disarming. */
export interface TrueFlight {
  readonly fromS: number;
  /** Null: armed when the run ended. */
  readonly toS: number | null;
}

export interface Track {
  readonly aircraft: TestAircraft;
  readonly points: readonly TrackPoint[];
  readonly flights: readonly TrueFlight[];
}

/** At 12 m/s a sample every 2.4 m. */
const SAMPLE_EVERY_S = 0.2;
const LOOK_EVERY_MS = 10;

/** Writes down where every aircraft truly is, all of them at the same moments. */
export class TrackRecorder {
  readonly #fleet: TestFleet;
  readonly #zeroS: number;
  readonly #points: ReadonlyMap<TestAircraft, TrackPoint[]>;
  readonly #timer: NodeJS.Timeout;
  #lastS = Number.NEGATIVE_INFINITY;

  constructor(fleet: TestFleet) {
    this.#fleet = fleet;
    this.#zeroS = fleet.timeS();
    this.#points = new Map(fleet.aircraft.map((aircraft) => [aircraft, []]));
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  /** Simulated seconds since the fleet was ready. */
  get timeS(): number {
    return this.#fleet.timeS() - this.#zeroS;
  }

  stop(): readonly Track[] {
    clearInterval(this.#timer);
    return [...this.#points].map(([aircraft, points]) => ({ aircraft, points, flights: flightsOf(points) }));
  }

  #look(): void {
    const { timeS } = this;
    if (timeS - this.#lastS < SAMPLE_EVERY_S) return;
    this.#lastS = timeS;
    for (const [aircraft, points] of this.#points) {
      const truth = aircraft.truth();
      if (truth !== null) points.push({ ...truth, timeS });
    }
  }
}

function flightsOf(points: readonly TrackPoint[]): readonly TrueFlight[] {
  const flights: TrueFlight[] = [];
  let fromS: number | null = null;
  for (const { armed, timeS } of points) {
    if (armed && fromS === null) fromS = timeS;
    if (armed || fromS === null) continue;
    flights.push({ fromS, toS: timeS });
    fromS = null;
  }
  if (fromS !== null) flights.push({ fromS, toS: null });
  return flights;
}
