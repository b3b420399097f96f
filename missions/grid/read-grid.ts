import type { GridReadResult } from '../model.ts';
import { checkTree, type DraftCell } from './check-tree.ts';
import { geographicCrs, toWgs84 } from './crs.ts';
import { IssueList, WHOLE_FILE } from './issues.ts';
import { findJsonFault } from './json-position.ts';
import { asRecord, kindOf, readFeature } from './read-feature.ts';

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
  const context = {
    toWgs84: toWgs84(geographicCrs(options.crs ?? 'wgs84')),
    projected: false,
    sample: isSampleFile(input),
  };
  const firstWithId = new Map<string, number>();
  const drafts: DraftCell[] = [];
  features.forEach((feature: unknown, featureIndex) => {
    const cell = readFeature(feature, featureIndex, context, firstWithId, issues);
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

export function isSampleFile(input: unknown): boolean {
  const record = asRecord(input);
  return record?.sample === true || asRecord(record?.properties)?.sample === true;
}
