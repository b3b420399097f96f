/**
 * Writes the bytes of polygon Shapefiles for tests, after the ESRI Shapefile Technical Description (1998) and the
 * dBASE III table format; shares nothing with the reader.
 */
export interface ShapeToWrite {
  /** Rings as they shall stand in the file: outer ones clockwise by the format's rule. `null` is a null shape. */
  readonly rings: readonly (readonly (readonly [number, number])[])[] | null;
}

/** A .shp; `type` 5 Polygon, 15 PolygonZ, 25 PolygonM. */
export function writeShp(shapes: readonly ShapeToWrite[], type = 5): Uint8Array {
  const contents = shapes.map(({ rings }) => (rings === null ? nullShape() : polygon(rings, type)));
  const length = 100 + contents.reduce((sum, content) => sum + 8 + content.byteLength, 0);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, 9994);
  view.setInt32(24, length / 2);
  view.setInt32(28, 1000, true);
  view.setInt32(32, type, true);
  let at = 100;
  contents.forEach((content, i) => {
    view.setInt32(at, i + 1);
    view.setInt32(at + 4, content.byteLength / 2);
    bytes.set(content, at + 8);
    at += 8 + content.byteLength;
  });
  return bytes;
}

function nullShape(): Uint8Array {
  return new Uint8Array(4);
}

function polygon(rings: readonly (readonly (readonly [number, number])[])[], type: number): Uint8Array {
  const points = rings.flat();
  const plain = 44 + rings.length * 4 + points.length * 16;
  const bytes = new Uint8Array(plain + (type === 15 ? 16 + points.length * 8 : 0));
  const view = new DataView(bytes.buffer);
  view.setInt32(0, type, true);
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b));
  const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b));
  [least(xs), least(ys), most(xs), most(ys)].forEach((value, i) => {
    view.setFloat64(4 + i * 8, value, true);
  });
  view.setInt32(36, rings.length, true);
  view.setInt32(40, points.length, true);
  let start = 0;
  rings.forEach((ring, i) => {
    view.setInt32(44 + i * 4, start, true);
    start += ring.length;
  });
  points.forEach(([x, y], i) => {
    view.setFloat64(44 + rings.length * 4 + i * 16, x, true);
    view.setFloat64(44 + rings.length * 4 + i * 16 + 8, y, true);
  });
  return bytes;
}

export interface FieldToWrite {
  /** Bytes of the heading, eleven at most. */
  readonly name: Uint8Array;
  readonly type: 'C' | 'N' | 'L' | 'D';
  readonly length: number;
}

/** A .dbf of raw bytes: `rows[i][k]` is what stands in field k. */
export function writeDbf(
  fields: readonly FieldToWrite[],
  rows: readonly (readonly Uint8Array[])[],
  options: { readonly driver?: number; readonly deleted?: readonly number[] } = {},
): Uint8Array {
  const headerLength = 32 + fields.length * 32 + 1;
  const recordLength = 1 + fields.reduce((sum, field) => sum + field.length, 0);
  const bytes = new Uint8Array(headerLength + rows.length * recordLength + 1).fill(0x20, headerLength);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 3);
  view.setUint32(4, rows.length, true);
  view.setUint16(8, headerLength, true);
  view.setUint16(10, recordLength, true);
  view.setUint8(29, options.driver ?? 0);
  fields.forEach((field, k) => {
    bytes.set(field.name.subarray(0, 11), 32 + k * 32);
    bytes[32 + k * 32 + 11] = field.type.charCodeAt(0);
    bytes[32 + k * 32 + 16] = field.length;
  });
  bytes[headerLength - 1] = 0x0d;
  rows.forEach((row, i) => {
    let at = headerLength + i * recordLength;
    bytes[at] = options.deleted?.includes(i) ? 0x2a : 0x20;
    at += 1;
    fields.forEach((field, k) => {
      bytes.set((row[k] ?? new Uint8Array()).subarray(0, field.length), at);
      at += field.length;
    });
  });
  bytes[bytes.length - 1] = 0x1a;
  return bytes;
}

export const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
