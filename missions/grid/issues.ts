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
  'grid.missing-id': { severity: 'error', details: [] },
  'grid.duplicate-id': { severity: 'error', details: ['firstFeatureIndex'] },
  'grid.bad-level': { severity: 'error', details: ['found'] },
  'grid.unknown-parent': { severity: 'error', details: ['parentId'] },
  'grid.bad-parent-level': { severity: 'error', details: ['parentId', 'level', 'parentLevel'] },
  // Geometry that was put right
  'grid.winding': { severity: 'repair', details: ['ring'] },
  'grid.unclosed-ring': { severity: 'repair', details: ['ring'] },
  'grid.duplicate-points': { severity: 'repair', details: ['ring', 'removed'] },
  'grid.spike': { severity: 'repair', details: ['ring', 'removed'] },
  'grid.self-crossing': { severity: 'repair', details: ['crossings', 'parts', 'keptM2', 'droppedM2'] },
  'grid.bad-hole': { severity: 'repair', details: ['ring'] },
  'grid.overlapping-parts': { severity: 'repair', details: ['parts', 'overlapM2'] },
  // Usable, but somebody should look
  'grid.missing-name': { severity: 'warning', details: [] },
  'grid.no-parent': { severity: 'warning', details: ['level'] },
  'grid.unexpected-parent': { severity: 'warning', details: ['parentId'] },
  'grid.bad-responsible': { severity: 'warning', details: ['index'] },
  'grid.outside-parent': { severity: 'warning', details: ['parentId', 'outsideM2', 'outsidePct'] },
  'grid.overlap': { severity: 'warning', details: ['otherId', 'overlapM2', 'overlapPct'] },
  'grid.gap': { severity: 'warning', details: ['gapM2', 'gapPct', 'children'] },
} as const satisfies Record<string, { severity: IssueSeverity; details: readonly string[] }>;

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
