import { type LocalFrame, lonLatToMm, type PointMm } from '../geo/frame.ts';
import { distanceMm } from '../geo/measure.ts';
import type { AltitudeDatum, BaseOffer, LonLat, PlanIssue, WayFinder } from '../model.ts';
import { planIssue } from '../plan-issue.ts';

/** Where a drone takes off or lands, in the frame of a plan. */
export interface Place {
  /** `null`: not a base; the place where a drone stood. */
  readonly baseId: string | null;
  readonly position: LonLat;
  readonly at: PointMm;
  readonly elevationAmslM: number | null;
}

/** A drone within this distance of a base stands on it. */
const ON_BASE_MM = 30_000;

export function placeOf(offer: BaseOffer, frame: LocalFrame): Place {
  const { baseId, position, elevationAmslM } = offer.base;
  return { baseId, position, at: lonLatToMm(frame, position), elevationAmslM };
}

/** The place of a drone that stands somewhere: on a base, when it is on one. */
export function startPlace(position: LonLat, offers: readonly BaseOffer[], frame: LocalFrame): Place {
  const at = lonLatToMm(frame, position);
  const under = offers
    .map((offer) => placeOf(offer, frame))
    .map((place) => ({ place, d: distanceMm(place.at, at) }))
    .filter((entry) => entry.d <= ON_BASE_MM)
    .sort((a, b) => a.d - b.d)[0]?.place;
  return {
    baseId: under?.baseId ?? null,
    position,
    at,
    elevationAmslM: under?.elevationAmslM ?? null,
  };
}

/**
 * Bases at which a drone may land: in service, a pad free (its own pad is free once it has left), not inside a zone
 * (a way finder gives no way to itself there), with a position. Sorted by id, so that equal distances give the same
 * choice on every machine.
 */
export function landingPlaces(
  offers: readonly BaseOffer[],
  ways: WayFinder | null,
  frame: LocalFrame,
  ownBaseId: string | null,
): Place[] {
  return offers
    .filter((offer) => {
      const { position, baseId } = offer.base;
      const isPlaced = Number.isFinite(position.lonDeg) && Number.isFinite(position.latDeg);
      const hasPad = offer.freePads >= 1 || baseId === ownBaseId;
      if (!isPlaced || !offer.inService || !hasPad) return false;
      return ways === null || ways.way(position, position) !== null;
    })
    .map((offer) => placeOf(offer, frame))
    .sort((a, b) => ((a.baseId ?? '') < (b.baseId ?? '') ? -1 : 1));
}

/** Said when returning to the nearest base is asked for and none may be landed at. */
export function noBase(offered: number): PlanIssue {
  return planIssue(
    'plan.no-base',
    `None of the ${offered} bases offered is in service with a free pad outside every zone: free a pad or return home.`,
    { offered },
  );
}

/**
 * Height of the ground at a place in the datum of a path. Above home: the start is 0 and another base is as much
 * higher as it is known to be, otherwise level. Above terrain: 0. AMSL: the elevation, `null` when not known.
 */
export function groundHeightM(datum: AltitudeDatum, place: Place, start: Place): number | null {
  switch (datum) {
    case 'above-terrain':
      return 0;
    case 'amsl':
      return place.elevationAmslM;
    case 'above-home':
      return place.elevationAmslM === null || start.elevationAmslM === null
        ? 0
        : place.elevationAmslM - start.elevationAmslM;
  }
}
