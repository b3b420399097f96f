import type { CrsReading } from '../crs.ts';
import { crsFromWkt } from '../crs.ts';
import type { InputFile } from './archive.ts';
import { type DbfReading, readDbf } from './dbf.ts';
import type { RawFeature, SourceFinding, SourceLayer, SourceNote } from './raw-feature.ts';
import { readShp } from './shp.ts';
import { decodeText } from './text-bytes.ts';

/** The files of one Shapefile; `name` is that of the .shp, or of what is there when it is missing. */
export interface ShapefileParts {
  readonly name: string;
  readonly shp: InputFile | null;
  readonly dbf: InputFile | null;
  readonly prj: InputFile | null;
  readonly cpg: InputFile | null;
}

/** A Shapefile as a layer. `encoding` is the user's word for its text, stronger than the .cpg. */
export function readShapefileSource(parts: ShapefileParts, encoding: string | null): SourceLayer {
  const findings: SourceFinding[] = [];
  const notes: SourceNote[] = [];
  const find = (code: SourceFinding['code'], message: string, details: SourceFinding['details']): void => {
    findings.push({ code, featureIndex: null, message, details });
  };
  const layer = (features: readonly RawFeature[], usedEncoding: string): SourceLayer => ({
    file: parts.name,
    format: 'shapefile',
    features,
    statedCrs: statedCrs(parts.prj),
    sample: false,
    encoding: usedEncoding,
    findings,
    notes,
  });
  const missing = (part: string): SourceLayer => {
    find(
      'grid.missing-part',
      `The ${part} that belongs to ${parts.name} is missing; hand in all files of the Shapefile.`,
      {
        part,
      },
    );
    return layer([], '');
  };
  if (parts.shp === null) return missing('.shp');
  const shp = readShp(parts.shp.bytes);
  if (shp.kind === 'wrong-type') {
    find(
      'grid.wrong-shape-type',
      `${parts.name} holds shapes of type ${shp.found}; cells must be polygons (Polygon, PolygonZ or PolygonM).`,
      { found: shp.found },
    );
    return layer([], '');
  }
  if (shp.kind === 'bad') {
    find('grid.bad-shapefile', `${parts.name} cannot be read: ${shp.reason}`, {
      part: '.shp',
      reason: shp.reason,
    });
    return layer([], '');
  }
  if (parts.dbf === null) return missing('.dbf');
  const stated = encoding ?? (parts.cpg === null ? null : decodeText(parts.cpg.bytes).text.trim() || null);
  const dbf = readDbf(parts.dbf.bytes, stated);
  if (dbf.kind === 'bad') {
    find('grid.bad-shapefile', `${parts.dbf.name} cannot be read: ${dbf.reason}`, {
      part: '.dbf',
      reason: dbf.reason,
    });
    return layer([], '');
  }
  if (dbf.rows.length !== shp.geometries.length) {
    find(
      'grid.record-count',
      `${parts.name} has ${shp.geometries.length} shapes but its .dbf has ${dbf.rows.length} records; they do not belong together.`,
      { shapes: shp.geometries.length, records: dbf.rows.length },
    );
    return layer([], dbf.encoding);
  }
  remarkOnText(dbf, stated, find, notes);
  if (dbf.deleted.size > 0) {
    notes.push({
      code: 'grid.deleted-records',
      message: `${dbf.deleted.size} records of ${parts.name} are marked as deleted and were left out.`,
      details: { records: dbf.deleted.size },
    });
  }
  const features = shp.geometries.flatMap((geometry, index): RawFeature[] =>
    dbf.deleted.has(index)
      ? []
      : [
          {
            feature: { type: 'Feature', properties: dbf.rows[index] ?? {}, geometry },
            folderLevel: null,
            parentHint: null,
          },
        ],
  );
  return layer(features, dbf.encoding);
}

function remarkOnText(
  dbf: Extract<DbfReading, { kind: 'table' }>,
  stated: string | null,
  find: (code: SourceFinding['code'], message: string, details: SourceFinding['details']) => void,
  notes: SourceNote[],
): void {
  if (dbf.encodingBy === 'contradicted') {
    find(
      'grid.wrong-encoding',
      `The text is stated to be ${stated ?? 'in the code page of its header'}, but is ${dbf.encoding}; it was read as that.`,
      { stated: stated ?? '', used: dbf.encoding },
    );
  } else if (dbf.encodingBy === 'guessed') {
    notes.push({
      code: 'grid.encoding-guessed',
      message: `No .cpg says how the text is encoded; it was read as ${dbf.encoding}.`,
      details: { used: dbf.encoding },
    });
  }
  if (dbf.unreadableValues > 0) {
    find(
      'grid.unreadable-text',
      `${dbf.unreadableValues} texts hold characters that are not ${dbf.encoding}; state the right encoding.`,
      { values: dbf.unreadableValues, encoding: dbf.encoding },
    );
  }
}

function statedCrs(prj: InputFile | null): CrsReading | null {
  if (prj === null) return null;
  const { text } = decodeText(prj.bytes);
  return text.trim() === '' ? null : crsFromWkt(text);
}
