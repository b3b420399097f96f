import { type GeoPoint, LocalFrame } from '../aircraft/local-frame.ts';
import type { Scenario } from './schema.ts';
import type { Box, Place } from './schema-parts.ts';

/** The sample district's ground near Guilin. */
export const DEFAULT_ORIGIN: GeoPoint = { lonDeg: 110.29, latDeg: 25.28, altitudeAmslM: 150 };

export type Ring = readonly (readonly [lonDeg: number, latDeg: number])[];

/** A scenario speaks of metres east and north of its origin; the world of degrees. */
export class Ground {
  readonly #frame: LocalFrame;

  constructor(scenario: Pick<Scenario, 'origin'>) {
    this.#frame = new LocalFrame(scenario.origin ?? DEFAULT_ORIGIN);
  }

  toGeo({ eastM, northM }: Place): GeoPoint {
    return this.#frame.toGeo({ eastM, northM, upM: 0 });
  }

  toPlace(point: { readonly lonDeg: number; readonly latDeg: number }): Place {
    const { eastM, northM } = this.#frame.toLocal({ ...point, altitudeAmslM: 0 });
    return { eastM, northM };
  }

  /** Closed ring, counter-clockwise as GeoJSON wants it. */
  ring([westM, southM, eastM, northM]: Box): Ring {
    const corners: readonly (readonly [number, number])[] = [
      [westM, southM],
      [eastM, southM],
      [eastM, northM],
      [westM, northM],
      [westM, southM],
    ];
    return corners.map(([east, north]) => {
      const { lonDeg, latDeg } = this.toGeo({ eastM: east, northM: north });
      return [lonDeg, latDeg] as const;
    });
  }
}

export const isInside = ([westM, southM, eastM, northM]: Box, place: Place): boolean =>
  place.eastM >= westM && place.eastM <= eastM && place.northM >= southM && place.northM <= northM;

export const apartM = (a: Place, b: Place): number => Math.hypot(a.eastM - b.eastM, a.northM - b.northM);

/** Distance of a point from the straight line between two. */
export function distanceToSegmentM(point: Place, from: Place, to: Place): number {
  const eastM = to.eastM - from.eastM;
  const northM = to.northM - from.northM;
  const squared = eastM * eastM + northM * northM;
  const along =
    squared === 0
      ? 0
      : ((point.eastM - from.eastM) * eastM + (point.northM - from.northM) * northM) / squared;
  const share = Math.min(1, Math.max(0, along));
  return apartM(point, { eastM: from.eastM + share * eastM, northM: from.northM + share * northM });
}

/** The scenario's cells as a grid file: every one of the highest level. */
export function gridFile(scenario: Pick<Scenario, 'cells'>, ground: Ground): string {
  const features = scenario.cells.map(({ id, name, box }) => ({
    type: 'Feature',
    properties: {
      id,
      level: 1,
      parent: null,
      name: name ?? id,
      nameEn: name ?? id,
      responsible: [],
      sample: true,
    },
    geometry: { type: 'Polygon', coordinates: [ground.ring(box)] },
  }));
  return JSON.stringify({ type: 'FeatureCollection', features });
}
