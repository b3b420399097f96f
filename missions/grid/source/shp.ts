import type { MultiPolygon, Polygon, Position } from 'geojson';
import { parseShp } from 'shpjs';

/** Geometries of a .shp in the order of its records, or why there are none. */
export type ShpReading =
  | { readonly kind: 'polygons'; readonly geometries: readonly (Polygon | MultiPolygon | null)[] }
  | { readonly kind: 'wrong-type'; readonly found: string }
  | { readonly kind: 'bad'; readonly reason: string };

/** ESRI Shapefile Technical Description (1998), p. 4. */
const SHAPE_TYPES: Readonly<Record<number, string>> = {
  0: 'Null',
  1: 'Point',
  3: 'PolyLine',
  5: 'Polygon',
  8: 'MultiPoint',
  11: 'PointZ',
  13: 'PolyLineZ',
  15: 'PolygonZ',
  18: 'MultiPointZ',
  21: 'PointM',
  23: 'PolyLineM',
  25: 'PolygonM',
  28: 'MultiPointM',
  31: 'MultiPatch',
};
const POLYGONS: ReadonlySet<number> = new Set([5, 15, 25]);
const FILE_CODE = 9994;
const HEADER_BYTES = 100;

export function isShp(bytes: Uint8Array): boolean {
  return bytes.byteLength >= 4 && bytes[0] === 0 && bytes[1] === 0 && bytes[2] === 0x27 && bytes[3] === 0x0a;
}

/**
 * Reads the polygons. shpjs does it, but stops without a word at a record that is cut off and drops holes that
 * belong nowhere, so every record is looked at before and the rings are counted after. Rings come back turned to
 * the sense of RFC 7946 (a Shapefile has outer rings clockwise), so that only rings against the format's own rule
 * are reported as repairs.
 */
export function readShp(bytes: Uint8Array): ShpReading {
  if (bytes.byteLength < HEADER_BYTES || !isShp(bytes)) {
    return {
      kind: 'bad',
      reason: bytes.byteLength === 0 ? 'The file is empty (0 bytes).' : 'It is no Shapefile.',
    };
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getInt32(0) !== FILE_CODE) return { kind: 'bad', reason: 'It is no Shapefile.' };
  const type = view.getInt32(32, true);
  if (!POLYGONS.has(type)) return { kind: 'wrong-type', found: SHAPE_TYPES[type] ?? `type ${type}` };
  const announced = view.getInt32(24) * 2;
  if (announced > bytes.byteLength) {
    return {
      kind: 'bad',
      reason: `The file is cut off: ${announced} bytes are announced, ${bytes.byteLength} are there.`,
    };
  }
  const ringCounts = checkRecords(view, type, announced);
  if (typeof ringCounts === 'string') return { kind: 'bad', reason: ringCounts };
  const rows: readonly unknown[] = parseShp(new DataView(bytes.buffer, bytes.byteOffset, announced));
  if (rows.length !== ringCounts.length) {
    return { kind: 'bad', reason: `${ringCounts.length} records were found, but ${rows.length} understood.` };
  }
  const geometries: (Polygon | MultiPolygon | null)[] = [];
  for (const [index, row] of rows.entries()) {
    const geometry = row as Polygon | MultiPolygon | null;
    const expected = ringCounts[index] ?? 0;
    if (geometry === null || expected === 0) {
      geometries.push(null);
      continue;
    }
    const polygons: Position[][][] =
      geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
    if (polygons.reduce((sum, rings) => sum + rings.length, 0) !== expected) {
      return { kind: 'bad', reason: `Record ${index + 1} has a hole that lies in none of its outer rings.` };
    }
    const turned = polygons.map((rings) =>
      rings.map((ring) => ring.map(([x, y]) => [x, y] as Position).reverse()),
    );
    const [first] = turned;
    geometries.push(
      turned.length === 1 && first !== undefined
        ? { type: 'Polygon', coordinates: first }
        : { type: 'MultiPolygon', coordinates: turned },
    );
  }
  return { kind: 'polygons', geometries };
}

/** Rings of each record (0 for a null shape), or what is wrong with the first bad record. */
function checkRecords(view: DataView, type: number, end: number): number[] | string {
  const rings: number[] = [];
  for (let at = HEADER_BYTES; at < end; ) {
    const number = rings.length + 1;
    if (at + 12 > end) return `Record ${number} is cut off.`;
    const length = view.getInt32(at + 4) * 2;
    if (length < 4 || at + 8 + length > end) return `Record ${number} is cut off or its length is damaged.`;
    const found = view.getInt32(at + 8, true);
    if (found === 0) rings.push(0);
    else if (found !== type) {
      return `Record ${number} is a ${SHAPE_TYPES[found] ?? `shape of type ${found}`} among polygons.`;
    } else {
      const fault = checkPolygon(view, at + 8, length);
      if (fault !== null) return `Record ${number}: ${fault}`;
      rings.push(view.getInt32(at + 8 + 36, true));
    }
    at += 8 + length;
  }
  return rings;
}

function checkPolygon(view: DataView, at: number, length: number): string | null {
  if (length < 44) return 'its header is cut off.';
  const parts = view.getInt32(at + 36, true);
  const points = view.getInt32(at + 40, true);
  if (parts < 1 || points < 1) return 'it has no points.';
  if (44 + parts * 4 + points * 16 > length) return 'it announces more points than it has.';
  let before = -1;
  for (let k = 0; k < parts; k++) {
    const start = view.getInt32(at + 44 + k * 4, true);
    if (start <= before || start >= points || (k === 0 && start !== 0)) return 'its parts are damaged.';
    before = start;
  }
  return null;
}
