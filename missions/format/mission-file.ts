import { isZip, unpack } from '../grid/source/archive.ts';
import { decodeText } from '../grid/source/text-bytes.ts';
import type { MissionItem } from '../mission-item.ts';
import type { PlanIssue } from '../model.ts';
import {
  formatError,
  hasPosition,
  type MissionFile,
  type MissionFileResult,
  type MissionFormat,
} from './format-result.ts';
import { missionToGeoJson, readGeoJsonMission } from './geojson-mission.ts';
import { gpxLosses, missionToGpx, readGpxMission } from './gpx-mission.ts';
import { type FormatIssueCode, formatIssue } from './issues.ts';
import { missionToKml, readKmlMission } from './kml-mission.ts';
import {
  looksLikeFencePoints,
  looksLikeRallyPoints,
  readFencePoints,
  readRallyPoints,
} from './point-lists.ts';
import { fenceLosses } from './qgc-fence.ts';
import { readQgcPlan, toQgcPlanText } from './qgc-plan.ts';
import { isXmlCharacter } from './track.ts';
import { readWaypoints, toWaypointRows } from './waypoints.ts';

/** Formats that are written; the two oldest text lists are only read. */
export type WritableFormat = Exclude<MissionFormat, 'fence-points' | 'rally-points'>;

/** A file as text, and what of the mission the format could not hold. */
export type MissionFileWritten =
  | {
      readonly kind: 'ok';
      readonly text: string;
      readonly extension: string;
      readonly mediaType: string;
      readonly issues: readonly PlanIssue[];
    }
  | {
      readonly kind: 'error';
      readonly code: FormatIssueCode;
      readonly message: string;
      readonly details: Readonly<Record<string, string | number>>;
    };

/** No mission is larger; a survey of 65,535 items is 20 MB as a plan. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Reads a mission file of any program. What it is, is told by its content; the name serves messages only. Never throws,
 * whatever the bytes.
 */
export function readMissionFile(name: string, bytes: Uint8Array): MissionFileResult {
  if (bytes.byteLength > MOST_BYTES) {
    return formatError('format.unknown', `${name} has ${bytes.byteLength} bytes: too large for a mission.`, {
      name,
    });
  }
  if (isZip(bytes)) return readKmz(name, bytes);
  const { text } = decodeText(bytes);
  const start = text.replace(/^\uFEFF/, '').trimStart();
  if (/^QGC\s+WPL/.test(start)) return readWaypoints(start);
  if (start.startsWith('{') || start.startsWith('[')) return readJson(start);
  if (start.startsWith('<')) return readXml(name, start);
  if (looksLikeRallyPoints(start)) return readRallyPoints(start);
  if (looksLikeFencePoints(start)) return readFencePoints(start);
  return formatError(
    'format.unknown',
    `${name} is none of the mission files that are read: QGroundControl .plan, .waypoints (QGC WPL 110), KML, KMZ, GPX, GeoJSON, ArduPilot fence and rally lists.`,
    { name },
  );
}

function readJson(text: string): MissionFileResult {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    // The reader tells line and column.
    return readQgcPlan(text);
  }
  const type = typeof root === 'object' && root !== null ? (root as Record<string, unknown>).type : undefined;
  return typeof type === 'string' && GEOJSON_TYPES.has(type) ? readGeoJsonMission(text) : readQgcPlan(root);
}

const GEOJSON_TYPES: ReadonlySet<string> = new Set([
  'FeatureCollection',
  'Feature',
  'Point',
  'MultiPoint',
  'LineString',
  'MultiLineString',
  'Polygon',
  'MultiPolygon',
  'GeometryCollection',
]);

function readXml(name: string, text: string): MissionFileResult {
  // The root is the first element after declaration and comments; a prefix may stand before its name.
  const root = /<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)[\s/>]/.exec(
    text.replace(/<!--[\s\S]*?-->/g, ''),
  )?.[1];
  if (root === 'gpx') return readGpxMission(text);
  if (root === 'kml' || root === 'Document' || root === 'Placemark' || root === 'Folder')
    return readKmlMission(text);
  return formatError('format.unknown', `${name} is XML, but neither KML nor GPX (root <${root ?? '?'}>).`, {
    name,
  });
}

/** A KMZ is a zip with one KML that counts: the first in it (OGC 07-147r2 § 9.2.4 and Google's readers). */
function readKmz(name: string, bytes: Uint8Array): MissionFileResult {
  const unpacked = unpack({ name, bytes }, MOST_BYTES);
  const bad = (reason: string): MissionFileResult =>
    formatError('format.bad-archive', `${name} cannot be unpacked: ${reason}`, { reason });
  if (unpacked.kind === 'too-large') return bad(`it holds ${unpacked.unpackedBytes} bytes.`);
  if (unpacked.kind === 'bad-archive') return bad(unpacked.reason);
  const file = unpacked.files.find((entry) => /\.kml$/i.test(entry.name));
  return file === undefined ? bad('there is no KML in it.') : readKmlMission(decodeText(file.bytes).text);
}

const KINDS: Readonly<Record<WritableFormat, { readonly extension: string; readonly mediaType: string }>> = {
  'qgc-plan': { extension: 'plan', mediaType: 'application/json' },
  waypoints: { extension: 'waypoints', mediaType: 'text/plain' },
  'waypoints-fence': { extension: 'waypoints', mediaType: 'text/plain' },
  'waypoints-rally': { extension: 'waypoints', mediaType: 'text/plain' },
  kml: { extension: 'kml', mediaType: 'application/vnd.google-earth.kml+xml' },
  gpx: { extension: 'gpx', mediaType: 'application/gpx+xml' },
  geojson: { extension: 'geojson', mediaType: 'application/geo+json' },
};

/**
 * Writes a mission in a format. Whatever the format has no room for is told by `format.cannot-hold`, one issue for each
 * kind of thing with a count; what is not told comes back when the file is read.
 */
export function writeMissionFile(format: WritableFormat, file: MissionFile): MissionFileWritten {
  const fault = notWritable(file);
  if (fault !== null) return fault;
  const issues = [...lossesOf(format, file)]
    .filter(([, count]) => count > 0)
    .map(([what, count]) =>
      formatIssue('format.cannot-hold', `${format} has no room for ${what} (${count}); left out.`, {
        format,
        what,
        count,
      }),
    );
  return { kind: 'ok', text: textOf(format, file), ...KINDS[format], issues };
}

function textOf(format: WritableFormat, file: MissionFile): string {
  const { plan, home } = file;
  switch (format) {
    case 'qgc-plan':
      return toQgcPlanText(plan, {
        home,
        cruiseSpeedMps: file.cruiseSpeedMps ?? file.hoverSpeedMps ?? UNSTATED_SPEED_MPS,
        ...(file.hoverSpeedMps === null ? {} : { hoverSpeedMps: file.hoverSpeedMps }),
        ...(file.firmwareType === null ? {} : { firmwareType: file.firmwareType }),
        ...(file.vehicleType === null ? {} : { vehicleType: file.vehicleType }),
      });
    case 'waypoints':
      return toWaypointRows(plan.items, { home });
    case 'waypoints-fence':
      return toWaypointRows(plan.fence, { home });
    case 'waypoints-rally':
      return toWaypointRows(plan.rally, { home });
    case 'kml':
      return missionToKml(file);
    case 'gpx':
      return missionToGpx(file);
    case 'geojson':
      return `${JSON.stringify(missionToGeoJson(file), null, 2)}\n`;
  }
}

/** QGroundControl needs a speed in the file and only estimates times with it; this is its own default. */
const UNSTATED_SPEED_MPS = 5;

function lossesOf(format: WritableFormat, file: MissionFile): ReadonlyMap<string, number> {
  const { items, fence, rally } = file.plan;
  const rest: readonly (readonly [string, number])[] = [
    ['name', file.name === null ? 0 : 1],
    ['areas', file.areas.length],
  ];
  const header: readonly (readonly [string, number])[] = [
    ['vehicle', file.firmwareType !== null || file.vehicleType !== null ? 1 : 0],
    ['speeds', file.cruiseSpeedMps !== null || file.hoverSpeedMps !== null ? 1 : 0],
  ];
  switch (format) {
    case 'qgc-plan':
      return new Map([...rest, ...fenceLosses(fence, rally)]);
    case 'waypoints':
      return new Map([...rest, ...header, ['fence', fence.length], ['rally', rally.length]]);
    case 'waypoints-fence':
      return new Map([...rest, ...header, ['items', items.length], ['rally', rally.length]]);
    case 'waypoints-rally':
      return new Map([...rest, ...header, ['items', items.length], ['fence', fence.length]]);
    case 'gpx':
      return new Map([...gpxLosses(file), ['characters', file.name === null || xmlKeeps(file.name) ? 0 : 1]]);
    case 'kml': {
      const names = [file.name, ...file.areas.map((area) => area.name)];
      return new Map([['characters', names.filter((name) => name !== null && !xmlKeeps(name)).length]]);
    }
    case 'geojson':
      return new Map();
  }
}

/** XML forbids some characters, and white space around a name means nothing in it. */
function xmlKeeps(name: string): boolean {
  return name !== '' && name === name.trim() && !/[\r\n\t]/.test(name) && [...name].every(isXmlCharacter);
}

/** Numbers that no file can carry: they would come back as something else. */
function notWritable(file: MissionFile): Extract<MissionFileWritten, { kind: 'error' }> | null {
  const { items, fence, rally } = file.plan;
  for (const [k, item] of [...items, ...fence, ...rally].entries()) {
    const field = badField(item);
    if (field === null) continue;
    const message = `Item ${k + 1} cannot be written: its ${field} is ${item[field]}.`;
    return { kind: 'error', code: 'format.bad-item', message, details: { item: k, field } };
  }
  return null;
}

function badField(item: MissionItem): keyof MissionItem | null {
  const fields = ['frame', 'command', 'param1', 'param2', 'param3', 'param4', 'x', 'y', 'z'] as const;
  const isPlace = hasPosition(item.frame);
  return (
    fields.find((field) => {
      const value = item[field];
      if (!Number.isFinite(value)) return true;
      if (field === 'x') return !Number.isInteger(value) || (isPlace && Math.abs(value) > 900_000_000);
      if (field === 'y') return !Number.isInteger(value) || (isPlace && Math.abs(value) > 1_800_000_000);
      return (field === 'frame' || field === 'command') && !Number.isInteger(value);
    }) ?? null
  );
}
