import type { MultiPolygon, Polygon } from 'geojson';
import { type AirspaceZone, readMissionFile } from '../../missions/index.ts';
import { AirgridError } from '../errors.ts';

/** A zone of a file, with what the planner does not need. */
export interface FileZone extends AirspaceZone {
  /** The id stands in the file; else it is the zone's number there. */
  readonly hasOwnId: boolean;
  readonly nameEn: string | null;
  readonly reason: string | null;
}

export interface FileZones {
  readonly zones: readonly FileZone[];
  /** What else was in the file. */
  readonly remarks: readonly string[];
}

/**
 * Zones of a GeoJSON file: polygons with the properties `kind` (`no-fly`, `altitude`, `privacy`; default no-fly),
 * `name`, `nameEn`, `reason`, `floorM` and `ceilingM` (default: from the ground, without end), `datum` (`above-home`,
 * `amsl`, `above-terrain`; default above-home), `activeFromMs`, `activeToMs`. Or of a KML or KMZ file: every polygon is
 * a zone with its placemark's name and those defaults.
 * @throws AirgridError `airspace.bad-file` naming the feature and what is wrong with it
 */
export function zonesOfFile(name: string, bytes: Uint8Array): FileZones {
  const text = new TextDecoder()
    .decode(bytes.subarray(0, 64))
    .replace(/^\uFEFF/, '')
    .trimStart();
  return /^(<|PK)/.test(text) ? zonesOfKml(name, bytes) : zonesOfGeoJson(name, bytes);
}

function zonesOfKml(name: string, bytes: Uint8Array): FileZones {
  const read = readMissionFile(name, bytes);
  if (read.kind === 'error') throw badFile(`${name}: ${read.message}`);
  if (read.areas.length === 0) throw badFile(`${name} holds no polygon.`);
  const zones = read.areas.map((area, index): FileZone => {
    const zoneId = `zone-${index + 1}`;
    return { ...DEFAULTS, zoneId, name: area.name ?? zoneId, geometry: area.geometry };
  });
  const others = read.plan.items.length;
  return {
    zones,
    remarks: others === 0 ? [] : [`${others} points of lines and marks in ${name} are no zones.`],
  };
}

const DEFAULTS = {
  kind: 'no-fly',
  floorM: null,
  ceilingM: null,
  datum: 'above-home',
  activeFromMs: null,
  activeToMs: null,
  hasOwnId: false,
  nameEn: null,
  reason: null,
} as const;

function zonesOfGeoJson(name: string, bytes: Uint8Array): FileZones {
  let root: { type?: unknown; features?: unknown } | null;
  try {
    root = JSON.parse(new TextDecoder().decode(bytes)) as typeof root;
  } catch (cause) {
    throw badFile(`${name} is no GeoJSON and no KML.`, cause);
  }
  const features = root?.type === 'Feature' ? [root] : root?.features;
  if (!Array.isArray(features)) throw badFile(`${name} is no GeoJSON FeatureCollection.`);
  if (features.length === 0) throw badFile(`${name} holds no feature.`);
  return { zones: features.map((feature: unknown, index) => zoneOf(feature, index, name)), remarks: [] };
}

const KINDS: readonly string[] = ['no-fly', 'altitude', 'privacy'];
const DATUMS: readonly string[] = ['above-home', 'amsl', 'above-terrain'];

function zoneOf(feature: unknown, index: number, file: string): FileZone {
  const { geometry, properties, id } = (feature ?? {}) as {
    geometry?: Polygon | MultiPolygon;
    properties?: Record<string, unknown> | null;
    id?: unknown;
  };
  const where = `${file}, feature ${index + 1}`;
  if (geometry?.type !== 'Polygon' && geometry?.type !== 'MultiPolygon') {
    throw badFile(`${where}: a zone is a Polygon or a MultiPolygon.`);
  }
  const known = properties ?? {};
  const own = textOf(known.zoneId ?? known.id ?? id);
  const zoneId = own ?? `zone-${index + 1}`;
  return {
    zoneId,
    hasOwnId: own !== null,
    kind: oneOf(known.kind ?? 'no-fly', KINDS, `${where}: kind`) as AirspaceZone['kind'],
    name: textOf(known.name) ?? zoneId,
    nameEn: textOf(known.nameEn),
    reason: textOf(known.reason),
    geometry,
    floorM: numberOf(known.floorM, `${where}: floorM`),
    ceilingM: numberOf(known.ceilingM, `${where}: ceilingM`),
    datum: oneOf(known.datum ?? 'above-home', DATUMS, `${where}: datum`) as AirspaceZone['datum'],
    activeFromMs: numberOf(known.activeFromMs, `${where}: activeFromMs`),
    activeToMs: numberOf(known.activeToMs, `${where}: activeToMs`),
  };
}

const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : null;

function oneOf(value: unknown, allowed: readonly string[], what: string): string {
  if (typeof value === 'string' && allowed.includes(value)) return value;
  throw badFile(`${what} is ${JSON.stringify(value)}; allowed: ${allowed.join(', ')}.`);
}

function numberOf(value: unknown, what: string): number | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw badFile(`${what} is ${JSON.stringify(value)}; a number is expected.`);
}

function badFile(message: string, cause?: unknown): AirgridError {
  return new AirgridError('airspace.bad-file', message, {
    ...(cause === undefined ? {} : { cause }),
    details: { reason: message },
    remedy: 'Zones are polygons in GeoJSON or KML; docs/airspace.md has the properties.',
  });
}
