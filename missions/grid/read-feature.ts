import type { Position } from 'geojson';
import type { GridCell } from '../model.ts';
import type { IssueList, IssuePlace } from './issues.ts';
import { type CellProperties, type PropertyHints, readProperties, readResponsible } from './properties.ts';
import { repairGeometry } from './repair.ts';

/** What the features of one file have in common. */
export interface FeatureContext {
  /** Positions of the file to WGS-84 `[lonDeg, latDeg]`. */
  readonly toWgs84: (position: Position) => Position;
  /** The file's numbers are metres of a projection, not degrees. */
  readonly projected: boolean;
  readonly sample: boolean;
}

/**
 * One feature to a cell: geometry checked, converted and repaired, properties read. `null` when it cannot be used;
 * then at least one error is reported. `firstWithId` remembers which feature used an id first.
 */
export function readFeature(
  feature: unknown,
  featureIndex: number,
  context: FeatureContext,
  firstWithId: Map<string, number>,
  issues: IssueList,
  hints: PropertyHints = {},
): GridCell | null {
  const record = asRecord(feature);
  if (record === null || record.type !== 'Feature') {
    issues.add(
      'grid.not-a-feature',
      { cellId: null, featureIndex },
      `Entry ${featureIndex} is not a Feature.`,
      {
        found: typeof record?.type === 'string' ? record.type : kindOf(feature),
      },
    );
    return null;
  }
  const properties = readProperties(asRecord(record.properties) ?? {}, record.id, hints);
  const place: IssuePlace = { cellId: properties.cellId, featureIndex };
  const polygons = readPolygons(record.geometry, context, issues, place);
  const identityOk = checkIdentity(properties, place, firstWithId, issues);
  if (polygons === null || !identityOk || properties.cellId === null || properties.level === null)
    return null;
  const repaired = repairGeometry(polygons, issues, place);
  if (repaired === null) return null;
  if (properties.name === null) {
    issues.add('grid.missing-name', place, `Cell ${properties.cellId} has no name; its id is shown instead.`);
  }
  const { people, attributes } = readResponsible(properties.rest, issues, place);
  return {
    cellId: properties.cellId,
    level: properties.level,
    parentId: properties.parentId,
    name: properties.name ?? properties.cellId,
    nameEn: properties.nameEn,
    geometry: repaired.geometry,
    areaM2: repaired.areaM2,
    centroid: repaired.centroid,
    responsible: people,
    attributes,
    sample: properties.sample || context.sample,
  };
}

function checkIdentity(
  properties: CellProperties,
  place: IssuePlace,
  firstWithId: Map<string, number>,
  issues: IssueList,
): boolean {
  let ok = true;
  if (properties.cellId === null) {
    issues.add('grid.missing-id', place, `Feature ${place.featureIndex} has no "id".`);
    ok = false;
  } else {
    const first = firstWithId.get(properties.cellId);
    if (first !== undefined) {
      issues.add(
        'grid.duplicate-id',
        place,
        `The id ${properties.cellId} was used before, by feature ${first}; the first one is kept.`,
        { firstFeatureIndex: first },
      );
      ok = false;
    } else if (place.featureIndex !== null) firstWithId.set(properties.cellId, place.featureIndex);
  }
  if (properties.level === null) {
    const found =
      typeof properties.rawLevel === 'string' ? properties.rawLevel : JSON.stringify(properties.rawLevel);
    issues.add(
      'grid.bad-level',
      place,
      `"level" must be 1 (large), 2 (small) or 3 (micro); found ${found ?? 'nothing'}.`,
      { found: found ?? 'nothing' },
    );
    ok = false;
  }
  return ok;
}

/** Checked and converted coordinates of a Polygon or MultiPolygon; `null` with an error reported otherwise. */
function readPolygons(
  geometry: unknown,
  context: FeatureContext,
  issues: IssueList,
  place: IssuePlace,
): Position[][][] | null {
  const record = asRecord(geometry);
  const type = record?.type;
  if (
    record === null ||
    (type !== 'Polygon' && type !== 'MultiPolygon') ||
    !Array.isArray(record.coordinates)
  ) {
    const found = typeof type === 'string' ? type : kindOf(geometry);
    issues.add('grid.wrong-geometry', place, `A cell must be a Polygon or MultiPolygon; found ${found}.`, {
      found,
    });
    return null;
  }
  const polygons: unknown[] = type === 'Polygon' ? [record.coordinates] : record.coordinates;
  const out: Position[][][] = [];
  for (const polygon of polygons) {
    if (!Array.isArray(polygon)) return badPosition(issues, place, 0, 0, polygon);
    const rings: Position[][] = [];
    for (const [ringIndex, ring] of polygon.entries()) {
      if (!Array.isArray(ring)) return badPosition(issues, place, ringIndex, 0, ring);
      const converted: Position[] = [];
      for (const [index, position] of ring.entries()) {
        if (!isPosition(position)) return badPosition(issues, place, ringIndex, index, position);
        if (!context.projected && !inRange(position, issues, place)) return null;
        const wgs84 = context.toWgs84(position);
        if (context.projected && !isOnEarth(wgs84, position, issues, place)) return null;
        converted.push(wgs84);
      }
      rings.push(converted);
    }
    out.push(rings);
  }
  return out;
}

function badPosition(
  issues: IssueList,
  place: IssuePlace,
  ring: number,
  position: number,
  found: unknown,
): null {
  const shown = (JSON.stringify(found) ?? 'nothing').slice(0, 60);
  issues.add(
    'grid.bad-position',
    place,
    `Ring ${ring}, position ${position} is not a pair of numbers [longitude, latitude]: ${shown}.`,
    { ring, position, found: shown },
  );
  return null;
}

function isPosition(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length >= 2 && Number.isFinite(value[0]) && Number.isFinite(value[1]);
}

function inRange([lon, lat]: readonly [number, number], issues: IssueList, place: IssuePlace): boolean {
  if (Math.abs(lon) <= 180 && Math.abs(lat) <= 90) return true;
  if (Math.abs(lon) <= 90 && Math.abs(lat) <= 180) {
    issues.add(
      'grid.coordinates-swapped',
      place,
      `The position [${lon}, ${lat}] looks like latitude, longitude; GeoJSON wants longitude first.`,
      { lonDeg: lon, latDeg: lat },
    );
  } else if (Math.abs(lon) > 1000 || Math.abs(lat) > 1000) {
    issues.add(
      'grid.coordinates-projected',
      place,
      `The position [${lon}, ${lat}] is not in degrees but in metres of a map projection; export it in WGS-84.`,
      { x: lon, y: lat },
    );
  } else {
    issues.add('grid.coordinates-out-of-range', place, `The position [${lon}, ${lat}] is not on the Earth.`, {
      lonDeg: lon,
      latDeg: lat,
    });
  }
  return false;
}

/** A projected position far from its zone is none of this projection: axes swapped, or another zone. */
function isOnEarth(
  [lon = Number.NaN, lat = Number.NaN]: Position,
  [x, y]: readonly [number, number],
  issues: IssueList,
  place: IssuePlace,
): boolean {
  if (Math.abs(lon) <= 180 && Math.abs(lat) <= 90) return true;
  issues.add(
    'grid.coordinates-off-zone',
    place,
    `The position [${x}, ${y}] does not lie in the zone of the stated projection; check the zone, and that the easting comes first.`,
    { x, y },
  );
  return false;
}

export function asRecord(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  return Array.isArray(value) ? 'a list' : typeof value;
}
