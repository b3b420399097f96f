import { type LocalFrame, lonLatToMm, mmToLonLat, type PointMm } from '../geo/frame.ts';
import { distanceMm } from '../geo/measure.ts';
import type { AltitudeDatum, WayFinder } from '../model.ts';
import { groundHeightM, type Place } from './bases.ts';
import type { FlightModel } from './energy.ts';
import type { CostLine } from './split-line.ts';

/** A level way between a place and a position on a line, in flying order, turns between its legs included. */
export interface Transit {
  readonly points: readonly PointMm[];
  readonly timeS: number;
  readonly energyWh: number;
}

/** A way round zones in the frame of a plan; `null`: there is none. */
export type Finder = (from: PointMm, to: PointMm) => readonly PointMm[] | null;

export function finderOf(ways: WayFinder | null, frame: LocalFrame): Finder | null {
  if (ways === null) return null;
  return (from, to) => {
    const way = ways.way(mmToLonLat(frame, from), mmToLonLat(frame, to));
    // The ends stay as they were asked for: degrees and back may be a millimetre off.
    return way === null ? null : [from, ...way.points.slice(1, -1).map((p) => lonLatToMm(frame, p)), to];
  };
}

/** Places where a line is joined to the way finder lie at most this far apart. */
const ANCHOR_STEP_MM = 200_000;
/** Landing places looked at for one position: the nearest as the crow flies. */
const NEAREST_PLACES = 4;

/**
 * Ways between places and a line. A way round zones takes a way finder up to milliseconds and searches ask for
 * thousands, so ways are found once to anchors on the line; to a position between two anchors it goes over the
 * better one and along the line, which is free. That is at most a little too long, never too short.
 */
export class Transits {
  private readonly line: CostLine;
  private readonly finder: Finder | null;
  private readonly datum: AltitudeDatum;
  private readonly start: Place;
  private readonly known = new Map<string, readonly PointMm[] | null>();
  private readonly landings = new Map<number, Landing | null>();

  constructor(line: CostLine, finder: Finder | null, datum: AltitudeDatum, start: Place) {
    this.line = line;
    this.finder = finder;
    this.datum = datum;
    this.start = start;
  }

  /** `isOut`: from the place to the line; otherwise back. `null`: no way, or not against the wind. */
  transit(place: Place, u: number, isOut: boolean): Transit | null {
    const to = this.line.pointAt(u);
    if (this.finder === null) return this.cost([place.at, to], isOut);
    let best: Transit | null = null;
    for (const anchor of this.anchorsAt(u)) {
      const way = this.way(place, anchor);
      if (way === null) continue;
      const found = this.cost(anchor === u ? way : [...way, to], isOut);
      if (found !== null && (best === null || found.energyWh < best.energyWh)) best = found;
    }
    return best;
  }

  /** As `transit` with the way found to the very position, for plans that will be flown. */
  exactTransit(place: Place, u: number, isOut: boolean): Transit | null {
    const over = this.transit(place, u, isOut);
    const way = this.finder?.(place.at, this.line.pointAt(u)) ?? null;
    const direct = way === null ? null : this.cost(way, isOut);
    return direct !== null && (over === null || direct.energyWh < over.energyWh) ? direct : over;
  }

  /** The allowed place with the cheapest way back from a position (descent included). */
  landing(places: readonly Place[], u: number): Landing | null {
    const isMemo = this.finder !== null || Number.isInteger(u);
    const memo = isMemo ? this.landings.get(u) : undefined;
    if (memo !== undefined) return memo;
    const here = this.line.pointAt(u);
    const near =
      places.length <= NEAREST_PLACES
        ? places
        : [...places]
            .sort((a, b) => distanceMm(a.at, here) - distanceMm(b.at, here))
            .slice(0, NEAREST_PLACES);
    let best: (Landing & { readonly wh: number }) | null = null;
    for (const place of near) {
      const back = this.transit(place, u, false);
      if (back === null) continue;
      const wh = back.energyWh + this.line.model.columns(0, this.aboveGround(place, u)).energyWh;
      if (best === null || wh < best.wh) best = { place, back, wh };
    }
    if (isMemo) this.landings.set(u, best);
    return best;
  }

  /** Height of the line at a position above the ground of a place. */
  aboveGround(place: Place, u: number): number {
    return this.line.heightAt(u) - this.groundM(place);
  }

  /** Ground of a place in the line's datum; callers have made sure that it is known. */
  groundM(place: Place): number {
    return groundHeightM(this.datum, place, this.start) ?? 0;
  }

  private way(place: Place, anchor: number): readonly PointMm[] | null {
    const key = `${place.at.x} ${place.at.y} ${anchor}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const found = this.finder?.(place.at, this.line.pointAt(anchor)) ?? null;
    this.known.set(key, found);
    return found;
  }

  private anchorsAt(u: number): number[] {
    const i = Math.floor(u);
    if (u === i) return [u];
    const legMm = (this.line.lengthMm[i + 1] as number) - (this.line.lengthMm[i] as number);
    const pieces = Math.max(1, Math.ceil(legMm / ANCHOR_STEP_MM));
    const k = Math.floor((u - i) * pieces);
    return [i + k / pieces, i + (k + 1) / pieces];
  }

  /** A way given from the place to the line, flown out or back. */
  private cost(way: readonly PointMm[], isOut: boolean): Transit | null {
    const points = isOut ? way : way.toReversed();
    return flyLevel(points, this.line.model);
  }
}

export interface Landing {
  readonly place: Place;
  readonly back: Transit;
}

/** Level flight along a polyline at cruise speed. */
export function flyLevel(points: readonly PointMm[], model: FlightModel): Transit | null {
  let [timeS, energyWh] = [0, 0];
  let heading: number | null = null;
  for (let i = 1; i < points.length; i++) {
    const a = points[i - 1] as PointMm;
    const b = points[i] as PointMm;
    if (a.x === b.x && a.y === b.y) continue;
    const leg = model.leg(b.x - a.x, b.y - a.y, 0, model.profile.cruiseSpeedMps);
    if (leg === null) return null;
    const next = Math.atan2(b.y - a.y, b.x - a.x);
    const turn = heading === null ? { timeS: 0, energyWh: 0 } : model.corner(next - heading);
    heading = next;
    timeS += leg.timeS + turn.timeS;
    energyWh += leg.energyWh + turn.energyWh;
  }
  return { points, timeS, energyWh };
}
