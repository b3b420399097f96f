import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type GridCell, type GridFilesResult, type LonLat, readGridFiles } from '../../missions/index.ts';
import { AirgridError } from '../errors.ts';

/** Coordinate systems of the option `--crs`. */
export const CRS_HELP = 'wgs84, cgcs2000, gcj02, bd09 or EPSG:…; default: as the file says, else wgs84';
const CRS = /^(wgs84|cgcs2000|gcj02|bd09|EPSG:\d{4,6})$/;

/**
 * The cells of a file: GeoJSON, KML, KMZ or a zipped Shapefile. Bare polygons, without grid properties, are cells of
 * their own (`area-1`, `area-2` …). Findings go to `say`.
 * @throws AirgridError `cli.file-unreadable`, `config.invalid`, `cli.plan-failed` when there is no usable cell
 */
export function readCells(
  file: string,
  crs: string | undefined,
  say: (text: string) => void,
): readonly GridCell[] {
  if (crs !== undefined && !CRS.test(crs)) {
    throw new AirgridError('config.invalid', `--crs is "${crs}"; allowed: ${CRS_HELP}.`);
  }
  const bytes = readBytes(file);
  const result = readGrid(file, bytes, crs);
  for (const issue of result.issues) say(`${issue.severity}: ${issue.message}`);
  if (result.cells.length > 0) return result.cells;
  throw new AirgridError('cli.plan-failed', `${file} holds no cell that can be planned.`);
}

/** @throws AirgridError `cli.file-unreadable` */
export function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new AirgridError('cli.file-unreadable', `${file} cannot be read.`, { cause });
  }
}

function readGrid(file: string, bytes: Uint8Array, crs: string | undefined): GridFilesResult {
  const options = crs === undefined ? {} : { crs };
  const name = basename(file);
  const plain = barePolygons(bytes);
  return readGridFiles(
    [{ name, bytes: plain === null ? bytes : new TextEncoder().encode(JSON.stringify(plain)) }],
    options,
  );
}

/** GeoJSON without a level anywhere, made into large cells; null: it is a grid, or no GeoJSON at all. */
function barePolygons(bytes: Uint8Array): object | null {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
  const features = featuresOf(value);
  if (features === null || features.some((feature) => feature.properties?.level !== undefined)) return null;
  return {
    ...(isRecord(value) && value.type === 'FeatureCollection' ? value : { type: 'FeatureCollection' }),
    features: features.map((feature, index) => {
      const id = `area-${index + 1}`;
      return { ...feature, properties: { id, name: id, ...feature.properties, level: 1 } };
    }),
  };
}

interface PlainFeature {
  readonly properties?: Readonly<Record<string, unknown>> | null;
}

function featuresOf(value: unknown): readonly PlainFeature[] | null {
  if (!isRecord(value)) return null;
  if (value.type === 'Polygon' || value.type === 'MultiPolygon') {
    return featuresOf({ type: 'Feature', properties: {}, geometry: value });
  }
  if (value.type === 'Feature') return [value];
  return Array.isArray(value.features) ? (value.features as PlainFeature[]) : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** @throws AirgridError `cli.cell-unknown` */
export function chooseCell(cells: readonly GridCell[], wanted: string | undefined, file: string): GridCell {
  const only = cells.length === 1 ? cells[0] : undefined;
  const found = wanted === undefined ? only : cells.find((cell) => cell.cellId === wanted);
  if (found !== undefined) return found;
  const some = cells.slice(0, 8).map((cell) => cell.cellId);
  const list = `${some.join(', ')}${cells.length > some.length ? ` and ${cells.length - some.length} more` : ''}`;
  throw new AirgridError(
    'cli.cell-unknown',
    wanted === undefined
      ? `${file} has ${cells.length} cells: choose one with --cell.`
      : `${file} has no cell ${wanted}.`,
    { remedy: `Cells: ${list}` },
  );
}

/** `lon,lat` in degrees. @throws AirgridError `config.invalid` */
export function parseHome(text: string): LonLat {
  const [lonDeg, latDeg] = text.split(',').map(Number);
  if (lonDeg !== undefined && latDeg !== undefined && Math.abs(lonDeg) <= 180 && Math.abs(latDeg) <= 90) {
    return { lonDeg, latDeg };
  }
  throw new AirgridError(
    'config.invalid',
    `--home is "${text}"; allowed: longitude,latitude in degrees, e.g. 110.29,25.28.`,
  );
}
