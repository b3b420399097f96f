import type { GridCell, GridLevel, ResponsiblePerson } from '../../missions/model.ts';
import type { BaseView } from '../contract/index.ts';
import type { Db } from '../store/database.ts';

interface CellRow {
  cell_id: string;
  level: number;
  parent_id: string | null;
  name: string;
  name_en: string | null;
  geometry: string;
  area_m2: number;
  lon_deg: number;
  lat_deg: number;
  responsible: string;
  attributes: string;
  sample: number;
}

export type GridStore = ReturnType<typeof openGridStore>;

/** The SQL of the grid. An import is a new revision; earlier ones stay, because flights refer to their cells. */
export function openGridStore(db: Db) {
  const addRevision = db.prepare(
    'INSERT INTO grid_revisions (imported_at_ms, imported_by, source_crs) VALUES (?, ?, ?)',
  );
  const addCell = db.prepare(
    `INSERT INTO cells (revision, cell_id, ordinal, level, parent_id, name, name_en, geometry, area_m2, lon_deg, lat_deg,
       responsible, attributes, sample) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const newest = db.prepare('SELECT max(revision) AS revision FROM grid_revisions');
  const cellsOf = db.prepare('SELECT * FROM cells WHERE revision = ? ORDER BY ordinal');
  const dropBases = db.prepare('DELETE FROM bases');
  const addBase = db.prepare(
    'INSERT INTO bases (base_id, ordinal, name, name_en, kind, lon_deg, lat_deg) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const bases = db.prepare(
    'SELECT base_id AS baseId, name, name_en AS nameEn, kind, lon_deg AS lonDeg, lat_deg AS latDeg FROM bases ORDER BY ordinal',
  );

  const toCell = (row: CellRow): GridCell => ({
    cellId: row.cell_id,
    level: row.level as GridLevel,
    parentId: row.parent_id,
    name: row.name,
    nameEn: row.name_en,
    geometry: JSON.parse(row.geometry) as GridCell['geometry'],
    areaM2: row.area_m2,
    centroid: { lonDeg: row.lon_deg, latDeg: row.lat_deg },
    responsible: JSON.parse(row.responsible) as ResponsiblePerson[],
    attributes: JSON.parse(row.attributes) as Record<string, unknown>,
    sample: row.sample === 1,
  });

  return {
    newestRevision: (): number => (newest.get() as { revision: number | null }).revision ?? 0,
    cells: (revision: number): GridCell[] => (cellsOf.all(revision) as CellRow[]).map(toCell),
    /** All cells or none. Returns the new revision. */
    addRevision: db.transaction(
      (cells: readonly GridCell[], by: string, crs: string, nowMs: number): number => {
        const revision = Number(addRevision.run(nowMs, by, crs).lastInsertRowid);
        for (const [ordinal, cell] of cells.entries()) {
          addCell.run(
            revision,
            cell.cellId,
            ordinal,
            cell.level,
            cell.parentId,
            cell.name,
            cell.nameEn,
            JSON.stringify(cell.geometry),
            cell.areaM2,
            cell.centroid.lonDeg,
            cell.centroid.latDeg,
            JSON.stringify(cell.responsible),
            JSON.stringify(cell.attributes),
            cell.sample ? 1 : 0,
          );
        }
        return revision;
      },
    ),
    bases: (): BaseView[] => bases.all() as BaseView[],
    replaceBases: db.transaction((next: readonly BaseView[]): void => {
      dropBases.run();
      for (const [ordinal, base] of next.entries()) {
        addBase.run(base.baseId, ordinal, base.name, base.nameEn, base.kind, base.lonDeg, base.latDeg);
      }
    }),
  };
}
