import type { MultiPolygon, Polygon } from 'geojson';
import { type AirspaceZone, checkZones } from '../../missions/index.ts';
import { AirgridError } from '../errors.ts';
import { readBytes } from './area-file.ts';

/**
 * Zones from a GeoJSON file: polygons with the properties `kind` (`no-fly`, `altitude`, `privacy`; default no-fly),
 * `name`, `floorM` and `ceilingM` (default: from the ground, without end), `datum` (`above-home`, `amsl`,
 * `above-terrain`; default above-home).
 * @throws AirgridError `cli.file-unreadable`, `config.invalid`
 */
export function readZones(file: string): readonly AirspaceZone[] {
  const text = new TextDecoder().decode(readBytes(file));
  let root: { features?: unknown };
  try {
    root = JSON.parse(text) as { features?: unknown };
  } catch (cause) {
    throw new AirgridError('config.invalid', `${file} is no GeoJSON.`, { cause });
  }
  if (!Array.isArray(root?.features)) {
    throw new AirgridError('config.invalid', `${file} is no GeoJSON FeatureCollection.`);
  }
  const zones = root.features.map((feature: unknown, index): AirspaceZone => zoneOf(feature, index, file));
  for (const issue of checkZones(zones)) {
    if (issue.severity === 'error') throw new AirgridError('config.invalid', `${file}: ${issue.message}`);
  }
  return zones;
}

const KINDS: readonly string[] = ['no-fly', 'altitude', 'privacy'];
const DATUMS: readonly string[] = ['above-home', 'amsl', 'above-terrain'];

function zoneOf(feature: unknown, index: number, file: string): AirspaceZone {
  const { geometry, properties } = (feature ?? {}) as {
    geometry?: Polygon | MultiPolygon;
    properties?: Record<string, unknown> | null;
  };
  const where = `${file}, feature ${index + 1}`;
  if (geometry?.type !== 'Polygon' && geometry?.type !== 'MultiPolygon') {
    throw new AirgridError('config.invalid', `${where}: a zone is a Polygon or a MultiPolygon.`);
  }
  const known = properties ?? {};
  const zoneId = textOf(known.zoneId ?? known.id, `zone-${index + 1}`);
  return {
    zoneId,
    kind: oneOf(known.kind ?? 'no-fly', KINDS, `${where}: kind`) as AirspaceZone['kind'],
    name: textOf(known.name, zoneId),
    geometry,
    floorM: numberOf(known.floorM, `${where}: floorM`),
    ceilingM: numberOf(known.ceilingM, `${where}: ceilingM`),
    datum: oneOf(known.datum ?? 'above-home', DATUMS, `${where}: datum`) as AirspaceZone['datum'],
    activeFromMs: numberOf(known.activeFromMs, `${where}: activeFromMs`),
    activeToMs: numberOf(known.activeToMs, `${where}: activeToMs`),
  };
}

const textOf = (value: unknown, otherwise: string): string =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : otherwise;

function oneOf(value: unknown, allowed: readonly string[], what: string): string {
  if (typeof value === 'string' && allowed.includes(value)) return value;
  throw new AirgridError(
    'config.invalid',
    `${what} is ${JSON.stringify(value)}; allowed: ${allowed.join(', ')}.`,
  );
}

function numberOf(value: unknown, what: string): number | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new AirgridError('config.invalid', `${what} is ${JSON.stringify(value)}; a number is expected.`);
}
