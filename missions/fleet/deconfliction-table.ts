import { type ForbiddenSteps, toSteps } from './deconfliction-delays.ts';
import type { SeparationMinima } from './deconfliction-pair.ts';
import { conflictShifts, type IndexedTrack, indexTrack } from './deconfliction-shifts.ts';
import { type PlannedFlight, type TrackContext, trackOf } from './deconfliction-track.ts';

/** One way to fly a flight: a route at a height. */
export interface FlightOption {
  readonly routeIndex: number;
  readonly layerM: number;
  /** Preference, 0 best: the first route at the lowest layer, other layers, then other routes. */
  readonly rank: number;
}

export interface TableSettings {
  readonly minima: SeparationMinima;
  readonly layersM: readonly number[];
  readonly maxDelayS: number;
  readonly stepS: number;
  readonly context: TrackContext;
}

/** Which options of which flights exclude which differences of delay. Worked out when asked, then remembered. */
export class ConflictTable {
  readonly flights: readonly PlannedFlight[];
  readonly settings: TableSettings;
  /** Greatest delay of each flight, steps. */
  readonly most: readonly number[];
  private readonly options: readonly (readonly FlightOption[])[];
  private readonly tracks = new Map<number, IndexedTrack>();
  private readonly known = new Map<string, ForbiddenSteps>();

  constructor(flights: readonly PlannedFlight[], settings: TableSettings) {
    this.flights = flights;
    this.settings = settings;
    const steps = Math.floor(settings.maxDelayS / settings.stepS + 1e-9);
    this.most = flights.map((flight) => (flight.hold === 'free' ? steps : 0));
    this.options = flights.map((flight) => optionsOf(flight, settings.layersM));
  }

  optionsOf(flight: number): readonly FlightOption[] {
    return this.options[flight] as readonly FlightOption[];
  }

  isHeld(flight: number): boolean {
    return this.flights[flight]?.hold !== 'free';
  }

  track(flight: number, option: number): IndexedTrack {
    const key = flight * 4096 + option;
    const known = this.tracks.get(key);
    if (known !== undefined) return known;
    const { routeIndex, layerM } = this.optionsOf(flight)[option] as FlightOption;
    const track = indexTrack(
      trackOf(this.flights[flight] as PlannedFlight, routeIndex, layerM, this.settings.context),
    );
    this.tracks.set(key, track);
    return track;
  }

  /** What the delay of `i` less the delay of `j` must not be, in steps. */
  forbidden(i: number, optionI: number, j: number, optionJ: number): ForbiddenSteps {
    if (i > j) return negated(this.forbidden(j, optionJ, i, optionI));
    // Two flights that nobody may move: whatever they do, no choice of others changes it. The proof tells.
    if (this.isHeld(i) && this.isHeld(j)) return [];
    const key = `${i},${optionI},${j},${optionJ}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const { stepS, minima } = this.settings;
    const least = -(this.most[j] as number) * stepS - stepS;
    const most = (this.most[i] as number) * stepS + stepS;
    const steps = toSteps(
      conflictShifts(this.track(i, optionI), this.track(j, optionJ), minima, least, most),
      stepS,
    );
    this.known.set(key, steps);
    return steps;
  }

  /** True when some options and delays of the two can conflict: their routes come near in plan, or may at least. */
  canMeet(i: number, j: number): boolean {
    return this.optionsOf(i).some((_, oi) =>
      this.optionsOf(j).some((_, oj) => this.forbidden(i, oi, j, oj).length > 0),
    );
  }
}

function optionsOf(flight: PlannedFlight, layersM: readonly number[]): FlightOption[] {
  const layers = flight.layersM ?? layersM;
  const held = flight.hold !== 'free';
  const routes = held ? flight.routes.slice(0, 1) : flight.routes;
  const heights = held ? layers.slice(0, 1) : layers;
  return routes.flatMap((_, routeIndex) =>
    heights.map((layerM, k) => ({ routeIndex, layerM, rank: routeIndex * heights.length + k })),
  );
}

/** The same differences seen from the other flight. */
function negated(forbidden: ForbiddenSteps): number[] {
  const out: number[] = [];
  for (let k = forbidden.length - 2; k >= 0; k -= 2) {
    out.push(-(forbidden[k + 1] as number), -(forbidden[k] as number));
  }
  return out;
}
