import type { Position } from 'geojson';
import { gcj02ToWgs84 } from '../geo/gcj02.ts';
import type { GridCell, GridReadResult } from '../model.ts';
import { checkTree, type DraftCell } from './check-tree.ts';
import { IssueList, type IssuePlace, WHOLE_FILE } from './issues.ts';
import { findJsonFault } from './json-position.ts';
import { type CellProperties, readProperties, readResponsible } from './properties.ts';
import { repairGeometry } from './repair.ts';

/** How the file's coordinates are meant. CGCS2000 agrees with WGS-84 within a decimetre and is taken as it is. */
export type GridCrs = 'wgs84' | 'cgcs2000' | 'gcj02';

export interface ReadGridOptions {
  /** Default `wgs84`. With `gcj02` every position is converted; near Guilin that moves it by about 560 m. */
  readonly crs?: GridCrs;
}

/** Reads a grid from the text of a file: as `readGrid`, with line and column when the text is not JSON. */
export function parseGridText(textOfFile: string, options: ReadGridOptions = {}): GridReadResult {
  // Windows editors put a byte order mark in front, which JSON does not allow.
  const content = textOfFile.startsWith('\uFEFF') ? textOfFile.slice(1) : textOfFile;
  let input: unknown;
  try {
    input = JSON.parse(content);
  } catch {
    const fault = findJsonFault(content) ?? { line: 1, column: 1, reason: 'The text is not JSON.' };
    const hint = content.trimStart().startsWith('<')
      ? ' This looks like XML or KML; export it as GeoJSON.'
      : '';
    const issues = new IssueList();
    issues.add(
      'grid.not-json',
      WHOLE_FILE,
      `The file is not JSON: line ${fault.line}, column ${fault.column}: ${fault.reason}${hint}`,
      { line: fault.line, column: fault.column, reason: fault.reason },
    );
    return { cells: [], issues: issues.issues };
  }
  return readGrid(input, options);
}

/**
 * Reads a GeoJSON FeatureCollection of grid cells. Never throws for bad input: everything found is an issue
 * (`GRID_ISSUE_CODES`). Cells come back in the order of the file, repaired, WGS-84, outer rings counter-clockwise.
 */
export function readGrid(input: unknown, options: ReadGridOptions = {}): GridReadResult {
  const issues = new IssueList();
  const features = featuresOf(input, issues);
  if (features === null) return { cells: [], issues: issues.issues };
  const sampleFile = isSampleFile(input);
  const firstWithId = new Map<string, number>();
  const drafts: DraftCell[] = [];
  features.forEach((feature: unknown, featureIndex) => {
    const cell = readFeature(feature, featureIndex, options.crs ?? 'wgs84', sampleFile, firstWithId, issues);
    if (cell !== null) drafts.push({ cell, featureIndex });
  });
  return { cells: checkTree(drafts, issues), issues: issues.issues };
}

function featuresOf(input: unknown, issues: IssueList): readonly unknown[] | null {
  const record = asRecord(input);
  if (record === null || record.type !== 'FeatureCollection' || !Array.isArray(record.features)) {
    const found =
      record === null ? kindOf(input) : typeof record.type === 'string' ? record.type : 'an object';
    issues.add(
      'grid.not-a-feature-collection',
      WHOLE_FILE,
      `A GeoJSON FeatureCollection is needed; the file holds ${found}.`,
      { found },
    );
    return null;
  }
  const crs = asRecord(asRecord(record.crs)?.properties)?.name;
  if (typeof crs === 'string' && !/(CRS:?:?84|4326|4490)$/i.test(crs)) {
    issues.add(
      'grid.unsupported-crs',
      WHOLE_FILE,
      `The file says its coordinates are in "${crs}"; export it in WGS-84 (EPSG:4326) longitude, latitude.`,
      { crs },
    );
    return null;
  }
  if (record.features.length === 0) {
    issues.add('grid.empty-file', WHOLE_FILE, 'The file has no features.');
  }
  return record.features;
}

function isSampleFile(input: unknown): boolean {
  const record = asRecord(input);
  return record?.sample === true || asRecord(record?.properties)?.sample === true;
}

function readFeature(
  feature: unknown,
  featureIndex: number,
  crs: GridCrs,
  sampleFile: boolean,
  firstWithId: Map<string, number>,
  issues: IssueList,
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
  const raw = asRecord(record.properties) ?? {};
  const properties = readProperties(raw, record.id);
  const place: IssuePlace = { cellId: properties.cellId, featureIndex };
  const polygons = readPolygons(record.geometry, issues, place);
  const identityOk = checkIdentity(properties, place, firstWithId, issues);
  if (polygons === null || !identityOk || properties.cellId === null || properties.level === null)
    return null;
  const wgs84 =
    crs === 'gcj02' ? polygons.map((rings) => rings.map((ring) => ring.map(gcj02ToWgs84))) : polygons;
  const repaired = repairGeometry(wgs84, issues, place);
  if (repaired === null) return null;
  if (properties.name === null) {
    issues.add('grid.missing-name', place, `Cell ${properties.cellId} has no name; its id is shown instead.`);
  }
  return {
    cellId: properties.cellId,
    level: properties.level,
    parentId: properties.parentId,
    name: properties.name ?? properties.cellId,
    nameEn: properties.nameEn,
    geometry: repaired.geometry,
    areaM2: repaired.areaM2,
    centroid: repaired.centroid,
    responsible: readResponsible(raw.responsible, issues, place),
    attributes: properties.attributes,
    sample: properties.sample || sampleFile,
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

/** Checked coordinate arrays of a Polygon or MultiPolygon; `null` with an error reported otherwise. */
function readPolygons(geometry: unknown, issues: IssueList, place: IssuePlace): Position[][][] | null {
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
      for (const [index, position] of ring.entries()) {
        if (!isPosition(position)) return badPosition(issues, place, ringIndex, index, position);
        if (!inRange(position, issues, place)) return null;
      }
      rings.push(ring as Position[]);
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

function asRecord(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  return Array.isArray(value) ? 'a list' : typeof value;
}
