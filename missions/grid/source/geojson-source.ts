import { crsFromText } from '../crs.ts';
import { findJsonFault } from '../json-position.ts';
import { asRecord, kindOf } from '../read-feature.ts';
import type { InputFile } from './archive.ts';
import type { RawFeature, SourceFinding, SourceLayer } from './raw-feature.ts';
import { decodeText } from './text-bytes.ts';

/** A GeoJSON file as a layer. Text that is no JSON, or no FeatureCollection, becomes a finding. */
export function readGeoJsonSource(file: InputFile): SourceLayer {
  const { text, encoding } = decodeText(file.bytes);
  const findings: SourceFinding[] = [];
  const layer = (features: readonly unknown[], input: Record<string, unknown> | null): SourceLayer => ({
    file: file.name,
    format: 'geojson',
    features: features.map((feature): RawFeature => ({ feature, folderLevel: null, parentHint: null })),
    statedCrs: statedCrs(input),
    sample: input?.sample === true || asRecord(input?.properties)?.sample === true,
    encoding,
    findings,
    notes: [],
  });
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch {
    // JSON.parse has no dependable words for where; the scanner does.
    const fault = findJsonFault(text) ?? { line: 1, column: 1, reason: 'The text is not JSON.' };
    findings.push({
      code: 'grid.not-json',
      featureIndex: null,
      message: `The file is not JSON: line ${fault.line}, column ${fault.column}: ${fault.reason}`,
      details: { line: fault.line, column: fault.column, reason: fault.reason },
    });
    return layer([], null);
  }
  const record = asRecord(input);
  if (record?.type !== 'FeatureCollection' || !Array.isArray(record.features)) {
    const found =
      record === null ? kindOf(input) : typeof record.type === 'string' ? record.type : 'an object';
    findings.push({
      code: 'grid.not-a-feature-collection',
      featureIndex: null,
      message: `A GeoJSON FeatureCollection is needed; the file holds ${found}.`,
      details: { found },
    });
    return layer([], null);
  }
  return layer(record.features, record);
}

/** The `crs` member (GeoJSON 2008, what GDAL and ArcGIS still write), or a plain property of the collection. */
function statedCrs(input: Record<string, unknown> | null): SourceLayer['statedCrs'] {
  const crs = input?.crs;
  if (typeof crs === 'string') return crsFromText(crs);
  const properties = asRecord(asRecord(crs)?.properties);
  const name = properties?.name ?? (asRecord(crs)?.type === 'EPSG' ? properties?.code : undefined);
  if (typeof name === 'string' || typeof name === 'number') return crsFromText(String(name));
  if (crs !== undefined && crs !== null)
    return { kind: 'unknown', name: (JSON.stringify(crs) ?? '').slice(0, 80) };
  const stated = asRecord(input?.properties)?.crs ?? input?.coordinateSystem ?? input?.坐标系;
  return typeof stated === 'string' ? crsFromText(stated) : null;
}
