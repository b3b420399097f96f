import Flatbush from 'flatbush';
import { frameOf, type LocalFrame, type Region } from '../geo/frame.ts';
import { areaM2, boundsOf, cleanPolygons, intersect } from '../geo/region.ts';
import type { GridCell, GridLevel } from '../model.ts';
import type { DraftCell } from './check-tree.ts';
import { type IssueList, WHOLE_FILE } from './issues.ts';

/** A draft whose file may have said more about its parent than its properties do (the KML folder it stands in). */
export interface HintedDraft extends DraftCell {
  readonly parentHint: string | null;
}

/** The parent by place must hold at least this share of the cell; less is a guess that people should make. */
const LEAST_SHARE = 0.5;

/**
 * Finds the parents that a file leaves unsaid: first by name (the folder, or a parent column that holds the name
 * instead of the id), then by place (the cell one level up that holds most of the area). Reported by level, as
 * repairs; where nothing fits the cell stays without a parent and the tree check says so.
 */
export function findParents(drafts: readonly HintedDraft[], issues: IssueList): DraftCell[] {
  const ids = new Map(drafts.map(({ cell }) => [cell.cellId, cell.level]));
  const names = namesByLevel(drafts);
  const byName = new Map<GridLevel, number>();
  const byPlace = new Map<GridLevel, number>();
  let places: ParentPlaces | null = null;
  const out = drafts.map((draft): DraftCell => {
    const { cell, featureIndex, parentHint } = draft;
    const { level } = cell;
    if (level === 1) return { cell, featureIndex };
    if (cell.parentId !== null && ids.has(cell.parentId)) return { cell, featureIndex };
    const named =
      names.get(`${level - 1} ${cell.parentId ?? ''}`) ??
      (parentHint !== null && ids.get(parentHint) === level - 1
        ? parentHint
        : names.get(`${level - 1} ${parentHint ?? ''}`));
    if (typeof named === 'string') {
      byName.set(level, (byName.get(level) ?? 0) + 1);
      return { cell: { ...cell, parentId: named }, featureIndex };
    }
    // A stated parent that does not exist is an error of the file, not something to guess over.
    if (cell.parentId !== null) return { cell, featureIndex };
    places ??= new ParentPlaces(drafts);
    const parentId = places.find(cell);
    if (parentId === null) return { cell, featureIndex };
    byPlace.set(level, (byPlace.get(level) ?? 0) + 1);
    return { cell: { ...cell, parentId }, featureIndex };
  });
  for (const [level, cells] of byName) {
    issues.add(
      'grid.parents-by-name',
      WHOLE_FILE,
      `${cells} cells of level ${level} name their parent by its name or folder; its id was put there.`,
      { level, cells },
    );
  }
  for (const [level, cells] of byPlace) {
    issues.add(
      'grid.parents-by-place',
      WHOLE_FILE,
      `${cells} cells of level ${level} name no parent; each got the cell of level ${level - 1} that holds most of it.`,
      { level, cells },
    );
  }
  return out;
}

/** "level name" → id, `null` where several cells of the level share the name. */
function namesByLevel(drafts: readonly HintedDraft[]): ReadonlyMap<string, string | null> {
  const names = new Map<string, string | null>();
  for (const { cell } of drafts) {
    const key = `${cell.level} ${cell.name}`;
    names.set(key, names.has(key) ? null : cell.cellId);
  }
  return names;
}

/** Spatial index of the possible parents of each level. */
class ParentPlaces {
  private readonly frame: LocalFrame | null;
  private readonly levels = new Map<
    number,
    { index: Flatbush; cells: { cell: GridCell; region: Region }[] }
  >();

  constructor(drafts: readonly HintedDraft[]) {
    this.frame = frameOf({
      type: 'MultiPolygon',
      coordinates: drafts.flatMap(({ cell }) =>
        cell.geometry.type === 'Polygon' ? [cell.geometry.coordinates] : cell.geometry.coordinates,
      ),
    });
    const frame = this.frame;
    if (frame === null) return;
    for (const level of [1, 2]) {
      const cells = drafts
        .filter(({ cell }) => cell.level === level)
        .map(({ cell }) => ({ cell, region: cleanPolygons(frame, cell.geometry) }));
      if (cells.length === 0) continue;
      const index = new Flatbush(cells.length);
      for (const { region } of cells) {
        const { minX, minY, maxX, maxY } = boundsOf(region);
        index.add(minX, minY, maxX, maxY);
      }
      index.finish();
      this.levels.set(level, { index, cells });
    }
  }

  /** The cell one level up that holds most of `cell`, at least half of it; of equals the first in the file. */
  find(cell: GridCell): string | null {
    const parents = this.levels.get(cell.level - 1);
    if (parents === undefined || this.frame === null) return null;
    const region = cleanPolygons(this.frame, cell.geometry);
    const { minX, minY, maxX, maxY } = boundsOf(region);
    let best: string | null = null;
    let mostM2 = areaM2(region) * LEAST_SHARE;
    for (const k of parents.index.search(minX, minY, maxX, maxY).sort((a, b) => a - b)) {
      const candidate = parents.cells[k];
      if (candidate === undefined) continue;
      const sharedM2 = areaM2(intersect(region, candidate.region));
      if (sharedM2 > mostM2) {
        best = candidate.cell.cellId;
        mostM2 = sharedM2;
      }
    }
    return best;
  }
}
