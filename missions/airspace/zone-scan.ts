import type { MultiPolygon } from 'geojson';
import type { PointMm, Region } from '../geo/frame.ts';
import { createFrame, frameOf, type LocalFrame, lonLatToMm, mmToLonLat, polygonsOf } from '../geo/frame.ts';
import { containsPoint, distanceMm } from '../geo/measure.ts';
import { boundsOf, cleanPolygons } from '../geo/region.ts';
import type { AirspaceZone, LonLat } from '../model.ts';
import { effectOf, type HeightRange } from './zone-heights.ts';

/** A place of a way, with the height above home there. */
export interface ScanSpot extends LonLat {
  readonly aboveHomeM: number;
}

/** Where a way first comes into a zone. */
export interface ZoneEntry {
  readonly zone: AirspaceZone;
  /** Along the way from its beginning, metres; 0 when it begins inside. */
  readonly distanceM: number;
  readonly at: LonLat;
}

interface ScannedZone {
  readonly zone: AirspaceZone;
  readonly region: Region;
  readonly box: ReturnType<typeof boundsOf>;
}

/**
 * Zones without any margin, to be asked again and again where a way comes into one: no-fly zones at their heights, and
 * altitude zones outside of theirs. Privacy zones may be flown over. Times are the caller's affair. Heights that cannot
 * be compared count as blocked, so that a doubt is told and not hidden. The zones must have passed `checkZones`.
 */
export class ZoneScan {
  readonly #frame: LocalFrame;
  readonly #zones: readonly ScannedZone[];

  constructor(zones: readonly AirspaceZone[]) {
    const flown = zones.filter((zone) => zone.kind !== 'privacy');
    const all: MultiPolygon = {
      type: 'MultiPolygon',
      coordinates: flown.flatMap((zone) => polygonsOf(zone.geometry)),
    };
    this.#frame = frameOf(all) ?? createFrame({ lonDeg: 0, latDeg: 0 });
    this.#zones = flown.map((zone) => {
      const region = cleanPolygons(this.#frame, zone.geometry);
      return { zone, region, box: boundsOf(region) };
    });
  }

  /** The zones that a spot is in. */
  at(spot: ScanSpot, homeElevationAmslM: number | null): AirspaceZone[] {
    const p = lonLatToMm(this.#frame, spot);
    const heights = { lowM: spot.aboveHomeM, highM: spot.aboveHomeM };
    return this.#zones
      .filter(({ region, zone }) => containsPoint(region, p) && isClosed(zone, heights, homeElevationAmslM))
      .map(({ zone }) => zone);
  }

  /** The first entry into each zone that a way comes into, in the order of the zones. */
  entries(way: readonly ScanSpot[], homeElevationAmslM: number | null): ZoneEntry[] {
    const points = way.map((spot) => lonLatToMm(this.#frame, spot));
    return this.#zones.flatMap((scanned) => {
      let flownMm = 0;
      for (const [i, from] of points.entries()) {
        const to = points[i + 1] ?? from;
        const t = firstInside(scanned, from, to);
        const legMm = distanceMm(from, to);
        if (t !== null && isClosed(scanned.zone, legHeights(way, i), homeElevationAmslM)) {
          const at = { x: from.x + (to.x - from.x) * t, y: from.y + (to.y - from.y) * t };
          return [
            { zone: scanned.zone, distanceM: (flownMm + legMm * t) / 1000, at: mmToLonLat(this.#frame, at) },
          ];
        }
        flownMm += legMm;
      }
      return [];
    });
  }
}

/** Both ends of the leg that begins at spot `i`. */
function legHeights(way: readonly ScanSpot[], i: number): HeightRange {
  const from = way[i]?.aboveHomeM ?? 0;
  const to = way[i + 1]?.aboveHomeM ?? from;
  return { lowM: Math.min(from, to), highM: Math.max(from, to) };
}

function isClosed(zone: AirspaceZone, heights: HeightRange, homeElevationAmslM: number | null): boolean {
  return effectOf(zone, heights, 'above-home', 0, { homeElevationAmslM, elevation: null }).kind !== 'clear';
}

/** The share 0–1 of the leg at which it is first inside the region; null: never. */
function firstInside({ region, box }: ScannedZone, a: PointMm, b: PointMm): number | null {
  if (Math.max(a.x, b.x) < box.minX || Math.min(a.x, b.x) > box.maxX) return null;
  if (Math.max(a.y, b.y) < box.minY || Math.min(a.y, b.y) > box.maxY) return null;
  if (containsPoint(region, a)) return 0;
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  let first: number | null = null;
  for (const ring of region) {
    let p = ring[ring.length - 1];
    for (const q of ring) {
      if (p !== undefined) {
        const ex = q.x - p.x;
        const ey = q.y - p.y;
        const cross = dx * ey - dy * ex;
        if (cross !== 0) {
          const t = ((p.x - a.x) * ey - (p.y - a.y) * ex) / cross;
          const u = ((p.x - a.x) * dy - (p.y - a.y) * dx) / cross;
          if (t >= 0 && t <= 1 && u >= 0 && u <= 1 && (first === null || t < first)) first = t;
        }
      }
      p = q;
    }
  }
  return first;
}
