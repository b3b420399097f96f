import type { Feature, FeatureCollection, Geometry, Position } from 'geojson';
import { findJsonFault } from '../grid/json-position.ts';
import type { PlanIssue } from '../model.ts';
import { formatError, type MissionFile, type MissionFileResult, shown } from './format-result.ts';
import { formatIssue } from './issues.ts';
import { type DrawnPoint, fromShapes, ROLE, type Shape, toShapes } from './shapes.ts';

/** A mission as a GeoJSON FeatureCollection (RFC 7946) that holds every number of it. */
export function missionToGeoJson(file: MissionFile): FeatureCollection<Geometry | null> {
  return { type: 'FeatureCollection', features: toShapes(file).map(featureOf) };
}

function featureOf(shape: Shape): Feature<Geometry | null> {
  const properties = { ...(shape.name === null ? {} : { name: shape.name }), ...shape.properties };
  const positions = shape.points.map(positionOf);
  const first = positions[0];
  const geometry: Geometry | null =
    shape.kind === 'none' || first === undefined
      ? null
      : shape.kind === 'point'
        ? { type: 'Point', coordinates: first }
        : shape.kind === 'line'
          ? { type: 'LineString', coordinates: positions }
          : { type: 'Polygon', coordinates: [positions, ...shape.holes.map((hole) => hole.map(positionOf))] };
  return { type: 'Feature', properties, geometry };
}

/** Heights above home or ground stay out of the third number, which RFC 7946 gives to the height above sea level. */
function positionOf({ lonDeg, latDeg }: DrawnPoint): Position {
  return [lonDeg, latDeg];
}

/** Reads any GeoJSON: a collection, a feature, or a bare geometry. */
export function readGeoJsonMission(text: string): MissionFileResult {
  let root: unknown;
  try {
    root = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    const fault = findJsonFault(text) ?? { line: 1, column: 1, reason: 'not JSON' };
    return formatError(
      'format.not-json',
      `The file is not JSON: line ${fault.line}, column ${fault.column}: ${fault.reason}`,
      { line: fault.line, column: fault.column },
    );
  }
  const issues: PlanIssue[] = [];
  const shapes: Shape[] = [];
  const record = asRecord(root);
  const features =
    record?.type === 'FeatureCollection' && Array.isArray(record.features) ? record.features : [root];
  for (const [k, entry] of features.entries()) addFeature(entry, `Feature ${k + 1}`, shapes, issues);
  return fromShapes(shapes, 'geojson', issues);
}

function addFeature(entry: unknown, place: string, shapes: Shape[], issues: PlanIssue[]): void {
  const record = asRecord(entry);
  if (record === null) {
    issues.push(badPosition(place, shown(entry)));
    return;
  }
  const isFeature = record.type === 'Feature';
  const properties = (isFeature ? asRecord(record.properties) : null) ?? {};
  const name = typeof properties.name === 'string' ? properties.name : null;
  const base = { name, datum: null, holes: [], properties };
  const geometry = isFeature ? record.geometry : record;
  if (geometry === null || geometry === undefined) {
    shapes.push({ ...base, kind: 'none', points: [] });
    return;
  }
  addGeometry(geometry, base, place, shapes, issues, 0);
}

type Base = Pick<Shape, 'name' | 'datum' | 'holes' | 'properties'>;

/** A collection inside a collection inside a collection is no drawing. */
const DEEPEST = 8;

function addGeometry(
  geometry: unknown,
  base: Base,
  place: string,
  shapes: Shape[],
  issues: PlanIssue[],
  depth: number,
): void {
  const record = asRecord(geometry);
  const coordinates = record?.coordinates;
  const list: readonly unknown[] = Array.isArray(coordinates) ? coordinates : [];
  const line = (positions: unknown, kind: 'line' | 'point'): void => {
    const points = pointsOf(positions);
    if (points === null || points.length === 0) issues.push(badPosition(place, shown(positions)));
    else shapes.push({ ...base, kind, points });
  };
  const area = (rings: unknown): void => {
    const [outer, ...holes] = Array.isArray(rings) ? rings.map(pointsOf) : [];
    if (outer == null || outer.length < 4 || holes.includes(null))
      issues.push(badPosition(place, shown(rings)));
    else shapes.push({ ...base, kind: 'area', points: outer, holes: holes.filter((hole) => hole !== null) });
  };
  const isGroup =
    record?.type === 'GeometryCollection' && depth < DEEPEST && Array.isArray(record.geometries);
  if (record?.type === 'Point') line([coordinates], 'point');
  else if (record?.type === 'MultiPoint') for (const position of list) line([position], 'point');
  else if (record?.type === 'LineString') line(coordinates, 'line');
  else if (record?.type === 'MultiLineString') for (const positions of list) line(positions, 'line');
  else if (record?.type === 'Polygon') area(coordinates);
  else if (record?.type === 'MultiPolygon') for (const rings of list) area(rings);
  else if (isGroup) {
    for (const part of record.geometries as unknown[])
      addGeometry(part, base, place, shapes, issues, depth + 1);
  }
  // Our own shapes carry all they say in their properties.
  else if (base.properties[ROLE] !== undefined) shapes.push({ ...base, kind: 'none', points: [] });
  else issues.push(badPosition(place, shown(record?.type ?? geometry)));
}

function pointsOf(positions: unknown): DrawnPoint[] | null {
  if (!Array.isArray(positions)) return null;
  const out: DrawnPoint[] = [];
  for (const position of positions) {
    if (!Array.isArray(position)) return null;
    const [lonDeg, latDeg, heightM] = position as unknown[];
    if (typeof lonDeg !== 'number' || typeof latDeg !== 'number') return null;
    if (!(Math.abs(lonDeg) <= 180) || !(Math.abs(latDeg) <= 90)) return null;
    out.push({
      lonDeg,
      latDeg,
      heightM: typeof heightM === 'number' && Number.isFinite(heightM) ? heightM : null,
    });
  }
  return out;
}

export function badPosition(place: string, found: string): PlanIssue {
  return formatIssue('format.bad-position', `${place} cannot be read and is left out: ${found}.`, {
    place,
    found,
  });
}

function asRecord(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}
