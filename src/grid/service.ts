import type { FeatureCollection, MultiPolygon, Polygon } from 'geojson';
import type { GridCell, GridFilesResult, LonLat } from '../../missions/index.ts';
import type { Audit } from '../audit/audit.ts';
import type { BaseView, CellView, ImportReport, OutlineProperties } from '../contract/index.ts';
import { AirgridError } from '../errors.ts';
import type { GridFile } from './read-worker.ts';
import type { GridReader } from './reader.ts';
import type { GridStore } from './store.ts';

/** The policing grid in force: the newest revision, held in memory (2,000 cells are some MB). */
export class GridService {
  readonly #store: GridStore;
  readonly #audit: Audit;
  readonly #reader: GridReader;
  readonly #nowMs: () => number;
  readonly #listeners = new Set<(revision: number) => void>();
  #revision: number;
  #cells: ReadonlyMap<string, GridCell>;

  constructor(store: GridStore, audit: Audit, reader: GridReader, nowMs: () => number) {
    this.#store = store;
    this.#audit = audit;
    this.#reader = reader;
    this.#nowMs = nowMs;
    this.#revision = store.newestRevision();
    this.#cells = byId(store.cells(this.#revision));
  }

  get revision(): number {
    return this.#revision;
  }

  /** @throws AirgridError `grid.unknown-cell` */
  cell(cellId: string): GridCell {
    const cell = this.#cells.get(cellId);
    if (cell !== undefined) return cell;
    throw new AirgridError('grid.unknown-cell', `There is no cell ${cellId} in the grid.`, {
      details: { cellId },
      remedy: 'Reload the grid: it may have been imported anew.',
    });
  }

  findCell(cellId: string): GridCell | null {
    return this.#cells.get(cellId) ?? null;
  }

  cellViews(): CellView[] {
    return [...this.#cells.values()].map((cell) => ({
      cellId: cell.cellId,
      level: cell.level,
      parentId: cell.parentId,
      name: cell.name,
      nameEn: cell.nameEn,
      areaM2: Math.round(cell.areaM2),
      centroid: [cell.centroid.lonDeg, cell.centroid.latDeg],
      responsible: [...cell.responsible],
      sample: cell.sample,
    }));
  }

  outlines(): FeatureCollection<Polygon | MultiPolygon, OutlineProperties> {
    return {
      type: 'FeatureCollection',
      features: [...this.#cells.values()].map((cell) => ({
        type: 'Feature',
        geometry: cell.geometry,
        properties: { cellId: cell.cellId, level: cell.level, name: cell.name, nameEn: cell.nameEn },
      })),
    };
  }

  bases(): BaseView[] {
    return this.#store.bases();
  }

  replaceBases(bases: readonly BaseView[], actor: string): void {
    this.#audit.record({ actor, act: 'bases.replace', target: 'bases', details: { count: bases.length } });
    this.#store.replaceBases(bases);
  }

  /**
   * Reads a grid from files (GeoJSON, KML, KMZ, Shapefile) and, when no finding is an error, puts it in force as a new
   * revision. With errors nothing changes and the report says what to mend. A file that fits the grid in force, or the
   * bases, only when it is shifted is warned of.
   * @param crs `wgs84`, `cgcs2000`, `gcj02`, `bd09` or `EPSG:…`; null: as the files say, else WGS-84
   */
  async importFiles(files: readonly GridFile[], crs: string | null, actor: string): Promise<ImportReport> {
    const result = await this.#reader.run({
      files,
      options: { ...(crs === null ? {} : { crs }), reference: this.#reference() },
    });
    const failed = result.cells.length === 0 || result.issues.some((issue) => issue.severity === 'error');
    if (failed) return report(result, null);
    const systems = [...new Set(result.sources.map((source) => source.crs))].join(', ');
    this.#audit.record({
      actor,
      act: 'grid.import',
      target: 'grid',
      details: {
        cells: result.cells.length,
        crs: systems,
        files: result.sources.map((source) => source.file).join(', '),
      },
    });
    this.#revision = this.#store.addRevision(result.cells, actor, systems, Math.round(this.#nowMs()));
    this.#cells = byId(result.cells);
    for (const listener of this.#listeners) listener(this.#revision);
    return report(result, this.#revision);
  }

  /** What is known to be right: a sample district is not. */
  #reference(): { outlines: (Polygon | MultiPolygon)[]; places: LonLat[] } {
    const real = [...this.#cells.values()].filter((cell) => cell.level === 1 && !cell.sample);
    if (real.length === 0) return { outlines: [], places: [] };
    return {
      outlines: real.map((cell) => cell.geometry),
      places: this.#store.bases().map(({ lonDeg, latDeg }) => ({ lonDeg, latDeg })),
    };
  }

  onChange(listener: (revision: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

const byId = (cells: readonly GridCell[]): ReadonlyMap<string, GridCell> =>
  new Map(cells.map((cell) => [cell.cellId, cell]));

function report(result: GridFilesResult, revision: number | null): ImportReport {
  const count = (level: number) => result.cells.filter((cell) => cell.level === level).length;
  return {
    imported: revision !== null,
    revision,
    cellCounts: { level1: count(1), level2: count(2), level3: count(3) },
    findings: result.issues.map((issue) => ({ ...issue, details: { ...issue.details } })),
    notes: result.notes.map(({ code, file, message, details }) => ({
      ...{ code, file, message },
      details: { ...details },
    })),
    sources: result.sources.map((source) => ({ ...source })),
  };
}
