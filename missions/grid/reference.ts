import type { MultiPolygon, Polygon, Position } from 'geojson';
import {
  frameOf,
  type LocalFrame,
  type PointMm,
  polygonsOf,
  positionToMm,
  type Region,
} from '../geo/frame.ts';
import { bd09ToWgs84, gcj02ToWgs84, wgs84ToBd09, wgs84ToGcj02 } from '../geo/gcj02.ts';
import { containsPoint, distanceMm, nearestOnBorder } from '../geo/measure.ts';
import { boundsOf, cleanPolygons, simplify, unionAll } from '../geo/region.ts';
import type { GridCell, LonLat } from '../model.ts';
import type { GridDatum } from './crs.ts';
import type { IssueList } from './issues.ts';

/** What is known to be right where the new file belongs: the grid in force or a district outline, and places such as bases. */
export interface GridReference {
  readonly outlines?: readonly (Polygon | MultiPolygon)[];
  readonly places?: readonly LonLat[];
}

/** Points along the file's outline that are compared. */
const SAMPLES = 240;
/** The other reading must fit this well (median distance of the outlines) … */
const FITS_M = 100;
/** … and this many times better than the file as stated: the shift is 300–700 m in China, a redrawn border 50. */
const TIMES_BETTER = 3;
/** A file whose middle is further from the reference than this plus the reference's own size is another place. */
const FAR_KM = 30;
/** Tolerance of the outlines that are compared: nothing next to the shift, and it bounds the time. */
const OUTLINE_TOLERANCE_MM = 3_000;

type ShiftDatum = 'wgs84' | 'gcj02' | 'bd09';

const FORWARD: Readonly<Record<ShiftDatum, (p: Position) => Position>> = {
  wgs84: (p) => p,
  gcj02: wgs84ToGcj02,
  bd09: wgs84ToBd09,
};
const BACKWARD: Readonly<Record<ShiftDatum, (p: Position) => Position>> = {
  wgs84: (p) => p,
  gcj02: gcj02ToWgs84,
  bd09: bd09ToWgs84,
};
const NAMES: Readonly<Record<ShiftDatum, string>> = { wgs84: 'WGS-84', gcj02: 'GCJ-02', bd09: 'BD-09' };

/**
 * Warns when cells, read as `datum`, fit the reference only in another datum (`grid.looks-shifted`), when longitude
 * and latitude look swapped, or when they are nowhere near. Outlines are compared by the median distance of points
 * on the file's outline from the reference's; without outlines, the share of the places inside the cells.
 */
export function checkReference(
  cells: readonly GridCell[],
  datum: GridDatum,
  reference: GridReference,
  file: string,
  issues: IssueList,
): void {
  if (cells.length === 0) return;
  const shallowest = cells.reduce((least, cell) => Math.min(least, cell.level), 3);
  const geometry: MultiPolygon = {
    type: 'MultiPolygon',
    coordinates: cells
      .filter((cell) => cell.level === shallowest)
      .flatMap((cell) => polygonsOf(cell.geometry)),
  };
  const place = { cellId: null, featureIndex: null };
  const known = referencePositions(reference);
  const centre = frameOf(geometry)?.origin;
  if (centre === undefined) return;
  const far = known.length === 0 ? null : distanceFromKm(centre, known);
  const swapped = { lonDeg: centre.latDeg, latDeg: centre.lonDeg };
  const swapFits =
    Math.abs(swapped.latDeg) <= 90 &&
    (far === null
      ? !inChina(centre) && inChina(swapped)
      : far > FAR_KM && distanceFromKm(swapped, known) <= FAR_KM);
  if (swapFits) {
    issues.add(
      'grid.looks-swapped',
      place,
      `${file} lies at ${round(centre.lonDeg, 4)}, ${round(centre.latDeg, 4)}; with latitude and longitude exchanged it would lie where it belongs. Write the longitude first.`,
      { lonDeg: round(centre.lonDeg, 4), latDeg: round(centre.latDeg, 4) },
    );
    return;
  }
  if (far !== null && far > FAR_KM) {
    issues.add(
      'grid.far-from-reference',
      place,
      `${file} lies ${Math.round(far)} km from the grid or the bases in force; check its coordinate system.`,
      { distanceKm: Math.round(far) },
    );
    return;
  }
  checkShift(geometry, datum === 'cgcs2000' ? 'wgs84' : datum, reference, file, issues);
}

function checkShift(
  geometry: MultiPolygon,
  stated: ShiftDatum,
  reference: GridReference,
  file: string,
  issues: IssueList,
): void {
  const outlines = reference.outlines ?? [];
  const readings = (['wgs84', 'gcj02', 'bd09'] as const).map((datum) => ({
    datum,
    // What the file would give, read in that datum: back to its own numbers, then forward again.
    move: (p: Position): Position => (datum === stated ? p : BACKWARD[datum](FORWARD[stated](p))),
  }));
  const scores =
    outlines.length > 0
      ? byOutline(geometry, outlines, readings)
      : byPlaces(geometry, reference.places ?? [], readings);
  if (scores === null) return;
  const own = scores.find((score) => score.datum === stated);
  const best = scores.reduce((a, b) => (b.offM < a.offM ? b : a));
  if (own === undefined || best.datum === stated || best.offM > FITS_M) return;
  if (own.offM < Math.max(best.offM * TIMES_BETTER, FITS_M)) return;
  issues.add(
    'grid.looks-shifted',
    { cellId: null, featureIndex: null },
    `${file} was read as ${NAMES[stated]} and lies ${Math.round(own.offM)} m from where it belongs; read as ${NAMES[best.datum]} it would fit to ${Math.round(best.offM)} m. State ${NAMES[best.datum]} and read it again.`,
    {
      stated: NAMES[stated],
      looksLike: NAMES[best.datum],
      offM: Math.round(own.offM),
      matchM: Math.round(best.offM),
    },
  );
}

interface Reading {
  readonly datum: ShiftDatum;
  readonly move: (p: Position) => Position;
}
interface Score {
  readonly datum: ShiftDatum;
  readonly offM: number;
}

function byOutline(
  geometry: MultiPolygon,
  outlines: readonly (Polygon | MultiPolygon)[],
  readings: readonly Reading[],
): Score[] | null {
  const all: MultiPolygon = { type: 'MultiPolygon', coordinates: outlines.flatMap(polygonsOf) };
  const frame = frameOf(all);
  if (frame === null) return null;
  const border = outlineOf(all, frame);
  const samples = samplesOf(outlineOf(geometry, frame));
  if (border.length === 0 || samples.length === 0) return null;
  return readings.map(({ datum, move }) => {
    const distances = samples
      .map((p) => {
        const moved = positionToMm(frame, move(toPosition(frame, p)));
        const nearest = nearestOnBorder(border, moved);
        return nearest === null ? Number.POSITIVE_INFINITY : distanceMm(nearest, moved) / 1000;
      })
      .sort((a, b) => a - b);
    return { datum, offM: distances[Math.floor(distances.length / 2)] ?? Number.POSITIVE_INFINITY };
  });
}

/** The mean distance of the places from the cells, 0 for those inside. Three places at least: one proves nothing. */
function byPlaces(
  geometry: MultiPolygon,
  places: readonly LonLat[],
  readings: readonly Reading[],
): Score[] | null {
  const frame = frameOf(geometry);
  if (frame === null || places.length < 3) return null;
  const outline = outlineOf(geometry, frame);
  return readings.map(({ datum, move }) => {
    // Moving the places against the shift is the same as moving the cells, and cheaper.
    const origin = [frame.origin.lonDeg, frame.origin.latDeg];
    const [lon = 0, lat = 0] = move(origin);
    const back = places.map((p) =>
      positionToMm(frame, [p.lonDeg - lon + frame.origin.lonDeg, p.latDeg - lat + frame.origin.latDeg]),
    );
    const off = back.map((p) => {
      const nearest = containsPoint(outline, p) ? null : nearestOnBorder(outline, p);
      return nearest === null ? 0 : distanceMm(nearest, p) / 1000;
    });
    return { datum, offM: off.reduce((a, b) => a + b, 0) / off.length };
  });
}

function outlineOf(geometry: MultiPolygon, frame: LocalFrame): Region {
  const rings = geometry.coordinates.flatMap((polygon) => [
    ...cleanPolygons(frame, { type: 'Polygon', coordinates: polygon.slice(0, 1) }),
  ]);
  return simplify(unionAll(rings), OUTLINE_TOLERANCE_MM);
}

/** Points at equal distances along all rings. */
function samplesOf(region: Region): PointMm[] {
  const edges = region.flatMap((ring) =>
    ring.map((a, i) => ({ a, b: ring[(i + 1) % ring.length] as PointMm })),
  );
  const total = edges.reduce((sum, { a, b }) => sum + distanceMm(a, b), 0);
  const step = total / SAMPLES;
  const out: PointMm[] = [];
  let next = step / 2;
  let walked = 0;
  for (const { a, b } of edges) {
    const length = distanceMm(a, b);
    while (next < walked + length) {
      const t = (next - walked) / length;
      out.push({ x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t });
      next += step;
    }
    walked += length;
  }
  return out;
}

const toPosition = (frame: LocalFrame, p: PointMm): Position => [
  frame.origin.lonDeg + p.x / frame.mmPerLonDeg,
  frame.origin.latDeg + p.y / frame.mmPerLatDeg,
];

function referencePositions(reference: GridReference): readonly LonLat[] {
  const corners = (reference.outlines ?? []).flatMap((outline): LonLat[] => {
    const frame = frameOf(outline);
    if (frame === null) return [];
    const { minX, minY, maxX, maxY } = boundsOf(cleanPolygons(frame, outline));
    return [
      { x: minX, y: minY },
      { x: minX, y: maxY },
      { x: maxX, y: minY },
      { x: maxX, y: maxY },
      { x: 0, y: 0 },
    ].map((p) => {
      const [lonDeg = 0, latDeg = 0] = toPosition(frame, p);
      return { lonDeg, latDeg };
    });
  });
  return [...corners, ...(reference.places ?? [])];
}

/** Distance from the nearest known position, on a sphere: kilometres are meant. */
function distanceFromKm(from: LonLat, known: readonly LonLat[]): number {
  const rad = Math.PI / 180;
  return known.reduce((least, to) => {
    const a =
      Math.sin(((to.latDeg - from.latDeg) * rad) / 2) ** 2 +
      Math.cos(from.latDeg * rad) *
        Math.cos(to.latDeg * rad) *
        Math.sin(((to.lonDeg - from.lonDeg) * rad) / 2) ** 2;
    return Math.min(least, 2 * 6371 * Math.asin(Math.min(1, Math.sqrt(a))));
  }, Number.POSITIVE_INFINITY);
}

const inChina = (p: LonLat): boolean =>
  p.lonDeg > 73 && p.lonDeg < 135.1 && p.latDeg > 3.8 && p.latDeg < 53.6;
const round = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;
