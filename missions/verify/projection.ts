import type { MultiPolygon, Polygon, Position } from 'geojson';
import type { LonLat } from '../model.ts';
import type { FlatPath } from './engine.ts';

/**
 * Degrees to millimetres about one place, by the series for the length of a degree on WGS-84
 * (NIMA TR8350.2 style cosine series), not by the radii that the planner uses.
 */
export class Projection {
  private readonly lon0: number;
  private readonly lat0: number;
  private readonly mmPerLon: number;
  private readonly mmPerLat: number;

  private constructor(lon0: number, lat0: number) {
    this.lon0 = lon0;
    this.lat0 = lat0;
    const phi = (lat0 * Math.PI) / 180;
    this.mmPerLat =
      1000 *
      (111_132.954 - 559.822 * Math.cos(2 * phi) + 1.175 * Math.cos(4 * phi) - 0.0023 * Math.cos(6 * phi));
    this.mmPerLon =
      1000 * (111_412.84 * Math.cos(phi) - 93.5 * Math.cos(3 * phi) + 0.118 * Math.cos(5 * phi));
  }

  static at(place: LonLat): Projection {
    return new Projection(place.lonDeg, place.latDeg);
  }

  /** About the mean corner of an area; `null` when it has fewer than three usable positions. */
  static over(area: Polygon | MultiPolygon): Projection | null {
    const positions = (area.type === 'Polygon' ? [area.coordinates] : area.coordinates).flat(2);
    const lons = positions.map((p) => p[0] ?? Number.NaN).filter(Number.isFinite);
    const lats = positions.map((p) => p[1] ?? Number.NaN).filter(Number.isFinite);
    if (lons.length < 3 || lats.length < 3) return null;
    const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    return new Projection(mean(lons), mean(lats));
  }

  /** Whole millimetres east and north. */
  point(lonDeg: number, latDeg: number): readonly [number, number] {
    return [Math.round(this.eastM(lonDeg) * 1000), Math.round((latDeg - this.lat0) * this.mmPerLat)];
  }

  /** Metres east, the short way round. */
  eastM(lonDeg: number): number {
    let d = lonDeg - this.lon0;
    if (d > 180) d -= 360;
    else if (d < -180) d += 360;
    return (d * this.mmPerLon) / 1000;
  }

  /** Metres north. */
  northM(latDeg: number): number {
    return ((latDeg - this.lat0) * this.mmPerLat) / 1000;
  }

  lonLat(eastM: number, northM: number): LonLat {
    return {
      lonDeg: this.lon0 + (eastM * 1000) / this.mmPerLon,
      latDeg: this.lat0 + (northM * 1000) / this.mmPerLat,
    };
  }

  ring(ring: readonly Position[]): FlatPath {
    return ring.flatMap((p) => [...this.point(p[0] ?? 0, p[1] ?? 0)]);
  }
}
