import { bbox, bboxPolygon, kinks, length, lineString, polygon } from '@turf/turf';
import type { MultiPolygon, Polygon, Position } from 'geojson';
import { checkZones } from '../../missions/index.ts';
import type { ZoneView } from '../contract/index.ts';
import { AirgridError } from '../errors.ts';
import { toAirspaceZone } from './model.ts';

/** A zone of a city is some kilometres wide; what is wider is a slip of a digit or the wrong file. */
const MOST_EXTENT_KM = 200;
/** Looking for crossings takes the square of this. */
const MOST_POSITIONS = 2000;
/** An emergency ends, or becomes a zone that a supervisor has looked at. */
const MOST_TEMPORARY_MS = 24 * 3_600_000;

/**
 * What keeps a zone out, in the order in which a person mends it.
 * @throws AirgridError `airspace.bad-zone`, `airspace.outside-world`, `airspace.ring-open`, `airspace.too-many-positions`,
 *   `airspace.self-crossing`, `airspace.too-large`, `airspace.over-already`, `airspace.temporary-form`
 */
export function requireGoodZone(zone: ZoneView, nowMs: number): void {
  requireForm(zone);
  const rings = ringsOf(zone.geometry);
  const zoneName = zone.name;
  const [first] = rings.flat().filter(([lon = 0, lat = 0]) => Math.abs(lon) > 180 || Math.abs(lat) > 89);
  if (first !== undefined) {
    const place = `${first[0]}, ${first[1]}`;
    throw new AirgridError('airspace.outside-world', `The position [${place}] is not on the map.`, {
      details: { zone: zoneName, place },
      remedy: 'GeoJSON has the longitude first, both in degrees.',
    });
  }
  if (rings.some((ring) => !isClosed(ring))) {
    throw new AirgridError(
      'airspace.ring-open',
      'A ring does not end where it begins, or has under 4 positions.',
      {
        details: { zone: zoneName },
        remedy: 'Repeat the first position of each ring at its end.',
      },
    );
  }
  const positions = rings.flat().length;
  if (positions > MOST_POSITIONS) {
    throw new AirgridError('airspace.too-many-positions', `The zone has ${positions} positions.`, {
      details: { zone: zoneName, positions, most: MOST_POSITIONS },
      remedy: 'Simplify its outline.',
    });
  }
  const box = bbox(zone.geometry);
  const extentKm = Math.round(length(bboxDiagonal(box), { units: 'kilometers' }));
  if (extentKm > MOST_EXTENT_KM) {
    throw new AirgridError('airspace.too-large', `The zone is ${extentKm} km wide.`, {
      details: { zone: zoneName, extentKm, mostKm: MOST_EXTENT_KM },
      remedy: 'Check its positions; zones are drawn for a city.',
    });
  }
  const crossing = crossingOf(zone.geometry);
  if (crossing !== null) {
    const place = `${crossing[0]?.toFixed(6)}, ${crossing[1]?.toFixed(6)}`;
    throw new AirgridError('airspace.self-crossing', `The outline crosses itself at [${place}].`, {
      details: { zone: zoneName, place },
      remedy: 'Draw the corners in order round the zone.',
    });
  }
  // After the shape of the rings: an outline of no area is told here.
  const bad = checkZones([toAirspaceZone(zone)]).find((issue) => issue.severity === 'error');
  if (bad !== undefined) {
    throw new AirgridError('airspace.bad-zone', bad.message, {
      details: { ...bad.details, zoneId: zoneName },
    });
  }
  requireTimes(zone, nowMs);
}

function requireForm(zone: ZoneView): void {
  const { coordinates } = zone.geometry;
  const depth = zone.geometry.type === 'Polygon' ? 2 : 3;
  const isForm = (value: unknown, level: number): boolean =>
    Array.isArray(value) &&
    value.length > 0 &&
    (level === 0
      ? value.length <= 3 &&
        value.every((part) => typeof part === 'number' && Number.isFinite(part)) &&
        value.length >= 2
      : value.every((part) => isForm(part, level - 1)));
  if (isForm(coordinates, depth)) return;
  throw new AirgridError('airspace.bad-zone', `The coordinates are not those of a ${zone.geometry.type}.`, {
    details: { zoneId: zone.name, field: 'geometry', reason: `is no ${zone.geometry.type}` },
    remedy: 'Rings of [longitude, latitude] positions are expected (RFC 7946).',
  });
}

function requireTimes(zone: ZoneView, nowMs: number): void {
  const { activeToMs, kind, name } = zone;
  if (activeToMs !== null && activeToMs <= nowMs) {
    throw new AirgridError('airspace.over-already', 'The end of the zone is in the past.', {
      details: { zone: name },
      remedy: 'Give an end in the future, or none.',
    });
  }
  if (!zone.temporary) return;
  if (kind === 'no-fly' && activeToMs !== null && activeToMs <= nowMs + MOST_TEMPORARY_MS) return;
  throw new AirgridError(
    'airspace.temporary-form',
    'A temporary zone is a no-fly zone with an end within the next 24 hours.',
    { details: { zone: name }, remedy: 'Give it such an end, or ask a supervisor for a lasting zone.' },
  );
}

const polygonsOf = (geometry: Polygon | MultiPolygon): Position[][][] =>
  geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;

const ringsOf = (geometry: Polygon | MultiPolygon): Position[][] => polygonsOf(geometry).flat();

function isClosed(ring: readonly Position[]): boolean {
  const first = ring[0];
  const last = ring.at(-1);
  return ring.length >= 4 && first?.[0] === last?.[0] && first?.[1] === last?.[1];
}

function crossingOf(geometry: Polygon | MultiPolygon): Position | null {
  for (const rings of polygonsOf(geometry)) {
    const [found] = kinks(polygon(rings)).features;
    if (found !== undefined) return found.geometry.coordinates;
  }
  return null;
}

function bboxDiagonal(box: ReturnType<typeof bbox>) {
  const [ring = []] = bboxPolygon(box).geometry.coordinates;
  return lineString([ring[0] ?? [0, 0], ring[2] ?? [0, 0]]);
}
