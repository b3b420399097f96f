import type { GridIssue, IssueSeverity } from '../model.ts';

/**
 * Every code that the grid reader gives, with its severity and the keys of `details`. The console translates by
 * code; tests hold that nothing else is ever emitted.
 */
export const GRID_ISSUE_CODES = {
  // The file as a whole
  'grid.not-json': { severity: 'error', details: ['line', 'column', 'reason'] },
  'grid.not-a-feature-collection': { severity: 'error', details: ['found'] },
  'grid.unsupported-crs': { severity: 'error', details: ['crs'] },
  'grid.empty-file': { severity: 'error', details: [] },
  'grid.no-files': { severity: 'error', details: [] },
  'grid.unknown-format': { severity: 'error', details: ['found'] },
  'grid.bad-archive': { severity: 'error', details: ['reason'] },
  'grid.archive-too-large': { severity: 'error', details: ['unpackedMb', 'limitMb'] },
  'grid.bad-kml': { severity: 'error', details: ['reason'] },
  'grid.missing-part': { severity: 'error', details: ['part'] },
  'grid.bad-shapefile': { severity: 'error', details: ['part', 'reason'] },
  'grid.wrong-shape-type': { severity: 'error', details: ['found'] },
  'grid.record-count': { severity: 'error', details: ['shapes', 'records'] },
  // Features that cannot be used
  'grid.not-a-feature': { severity: 'error', details: ['found'] },
  'grid.wrong-geometry': { severity: 'error', details: ['found'] },
  'grid.bad-position': { severity: 'error', details: ['ring', 'position', 'found'] },
  'grid.coordinates-out-of-range': { severity: 'error', details: ['lonDeg', 'latDeg'] },
  'grid.coordinates-swapped': { severity: 'error', details: ['lonDeg', 'latDeg'] },
  'grid.coordinates-projected': { severity: 'error', details: ['x', 'y'] },
  'grid.coordinates-off-zone': { severity: 'error', details: ['x', 'y'] },
  'grid.ring-too-short': { severity: 'error', details: ['points'] },
  'grid.empty-area': { severity: 'error', details: ['areaM2'] },
  'grid.too-many-points': { severity: 'error', details: ['ring', 'points', 'limit'] },
  'grid.missing-id': { severity: 'error', details: [] },
  'grid.duplicate-id': { severity: 'error', details: ['firstFeatureIndex'] },
  'grid.bad-level': { severity: 'error', details: ['found'] },
  'grid.unknown-parent': { severity: 'error', details: ['parentId'] },
  'grid.bad-parent-level': { severity: 'error', details: ['parentId', 'level', 'parentLevel'] },
  // Geometry that was put right
  'grid.winding': { severity: 'repair', details: ['ring'] },
  'grid.unclosed-ring': { severity: 'repair', details: ['ring'] },
  'grid.duplicate-points': { severity: 'repair', details: ['ring', 'removed'] },
  'grid.thinned': { severity: 'repair', details: ['ring', 'points', 'kept', 'toleranceCm'] },
  'grid.spike': { severity: 'repair', details: ['ring', 'removed'] },
  'grid.self-crossing': { severity: 'repair', details: ['crossings', 'parts', 'keptM2', 'droppedM2'] },
  'grid.bad-hole': { severity: 'repair', details: ['ring'] },
  'grid.overlapping-parts': { severity: 'repair', details: ['parts', 'overlapM2'] },
  // What the file left unsaid and its other properties tell
  'grid.ids-from-names': { severity: 'repair', details: ['cells'] },
  'grid.parents-by-name': { severity: 'repair', details: ['level', 'cells'] },
  'grid.parents-by-place': { severity: 'repair', details: ['level', 'cells'] },
  // Usable, but somebody should look
  'grid.wrong-encoding': { severity: 'warning', details: ['stated', 'used'] },
  'grid.unreadable-text': { severity: 'warning', details: ['values', 'encoding'] },
  'grid.looks-shifted': { severity: 'warning', details: ['stated', 'looksLike', 'offM', 'matchM'] },
  'grid.looks-swapped': { severity: 'warning', details: ['lonDeg', 'latDeg'] },
  'grid.far-from-reference': { severity: 'warning', details: ['distanceKm'] },
  'grid.same-geometry': { severity: 'warning', details: ['otherId'] },
  'grid.overlaps-not-checked': { severity: 'warning', details: ['pairs'] },
  'grid.missing-name': { severity: 'warning', details: [] },
  'grid.no-parent': { severity: 'warning', details: ['level'] },
  'grid.unexpected-parent': { severity: 'warning', details: ['parentId'] },
  'grid.bad-responsible': { severity: 'warning', details: ['index'] },
  'grid.outside-parent': { severity: 'warning', details: ['parentId', 'outsideM2', 'outsidePct'] },
  'grid.overlap': { severity: 'warning', details: ['otherId', 'overlapM2', 'overlapPct'] },
  'grid.gap': { severity: 'warning', details: ['gapM2', 'gapPct', 'children', 'gaps', 'lonDeg', 'latDeg'] },
} as const satisfies Record<string, { severity: IssueSeverity; details: readonly string[] }>;

/**
 * Remarks that ask for nothing, with the keys of `details`; severity is always `note`. They stand apart from the
 * issues (`GridFilesResult.notes`), so that a sound file still reads as one without issues.
 */
export const GRID_NOTE_CODES = {
  'grid.cgcs2000-as-wgs84': ['crs'],
  'grid.crs-assumed': ['crs'],
  'grid.encoding-guessed': ['used'],
  'grid.deleted-records': ['records'],
  'grid.network-links-ignored': ['links'],
  'grid.files-ignored': ['files', 'names'],
  'grid.level-by-name': ['level'],
  'grid.no-responsible': ['level', 'cells', 'of'],
} as const satisfies Record<string, readonly string[]>;

export type GridNoteCode = keyof typeof GRID_NOTE_CODES;

/** A remark on a file, or on all of them (`file` null). */
export interface GridNote {
  readonly severity: 'note';
  readonly code: GridNoteCode;
  readonly file: string | null;
  readonly message: string;
  readonly details: Readonly<Record<string, string | number>>;
}

export type GridIssueCode = keyof typeof GRID_ISSUE_CODES;

/** Where in the file a finding belongs. */
export interface IssuePlace {
  readonly cellId: string | null;
  readonly featureIndex: number | null;
}

export const WHOLE_FILE: IssuePlace = { cellId: null, featureIndex: null };

/** Collects findings; severity comes from the table, so that one code never has two. */
export class IssueList {
  readonly issues: GridIssue[] = [];

  add(
    code: GridIssueCode,
    place: IssuePlace,
    message: string,
    details: Readonly<Record<string, string | number>> = {},
  ): void {
    this.issues.push({
      severity: GRID_ISSUE_CODES[code].severity,
      code,
      cellId: place.cellId,
      featureIndex: place.featureIndex,
      message,
      details,
    });
  }
}
