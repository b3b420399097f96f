import { toDegE7 } from '../fleet/items.ts';
import { MAV_CMD, MAV_FRAME, type MissionItem } from '../mission-item.ts';
import type { AltitudeDatum, LonLat, PlanIssue } from '../model.ts';
import {
  formatError,
  isPlaced,
  type MissionFile,
  type MissionFileResult,
  type MissionFormat,
  type NamedArea,
  readOk,
} from './format-result.ts';
import { formatIssue } from './issues.ts';
import { fenceParts } from './qgc-fence.ts';

/** A place in a drawing; the height is null where the file gives none. */
export interface DrawnPoint extends LonLat {
  readonly heightM: number | null;
}

/** One drawn thing: what KML, GPX and GeoJSON have in common. */
export interface Shape {
  readonly kind: 'point' | 'line' | 'area' | 'none';
  readonly name: string | null;
  /** What the heights are counted from; null: the file does not say. */
  readonly datum: AltitudeDatum | null;
  /** Of an area the outer ring, closed. */
  readonly points: readonly DrawnPoint[];
  readonly holes: readonly (readonly DrawnPoint[])[];
  /** Scalars; numbers may come as text. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Says what a shape of our own files is; other programs show it as one more attribute. */
export const ROLE = 'airgrid';

const ITEM_FIELDS = ['frame', 'command', 'param1', 'param2', 'param3', 'param4', 'x', 'y', 'z'] as const;
const LISTS = ['items', 'fence', 'rally'] as const;
const HEADER_FIELDS = ['firmwareType', 'vehicleType', 'cruiseSpeedMps', 'hoverSpeedMps'] as const;

const PLAIN = { holes: [], datum: null, name: null } as const;

/**
 * A mission as shapes that hold every number of it: one shape per item with its nine fields as properties, placed
 * where it is; and for the eye of other programs a line along the waypoints and the outlines of the fences.
 */
export function toShapes(file: MissionFile): Shape[] {
  const header: Record<string, unknown> = { [ROLE]: 'mission' };
  for (const field of HEADER_FIELDS) if (file[field] !== null) header[field] = file[field];
  const shapes: Shape[] = [{ ...PLAIN, kind: 'none', name: file.name, points: [], properties: header }];
  const track = file.plan.items.filter((item) => isPlaced(item) && FLOWN.has(item.command)).map(pointOf);
  if (track.length >= 2) {
    const datum = datumOf(file.plan.items.find((item) => isPlaced(item) && FLOWN.has(item.command))?.frame);
    shapes.push({
      ...PLAIN,
      kind: 'line',
      name: file.name,
      datum,
      points: track,
      properties: { [ROLE]: 'line' },
    });
  }
  if (file.home !== null) {
    const { lonDeg, latDeg, altitudeAmslM } = file.home;
    shapes.push({
      ...PLAIN,
      kind: 'point',
      name: 'Home',
      datum: 'amsl',
      points: [{ lonDeg, latDeg, heightM: altitudeAmslM }],
      properties: { [ROLE]: 'home', lonDeg, latDeg, altitudeAmslM },
    });
  }
  for (const list of LISTS) shapes.push(...file.plan[list].map((item, i) => itemShape(item, list, i)));
  for (const part of fenceParts(file.plan.fence)) {
    if (part.kind !== 'polygon') continue;
    const points = [...part.items, part.items[0] as MissionItem].map((item) => ({
      ...pointOf(item),
      heightM: null,
    }));
    const properties = { [ROLE]: 'outline', inclusion: part.inclusion };
    shapes.push({ ...PLAIN, kind: 'area', name: 'Fence', points, properties });
  }
  for (const area of file.areas) {
    const [outer = [], ...holes] = area.geometry.coordinates.map((ring) =>
      ring.map(([lonDeg = 0, latDeg = 0]) => ({ lonDeg, latDeg, heightM: null })),
    );
    shapes.push({ ...PLAIN, kind: 'area', name: area.name, points: outer, holes, properties: {} });
  }
  return shapes;
}

/** Commands that fly somewhere: waypoint, loiters, land, take-off, spline. */
const FLOWN: ReadonlySet<number> = new Set([16, 17, 18, 19, 21, 22, 31, 82]);

function itemShape(item: MissionItem, list: (typeof LISTS)[number], index: number): Shape {
  const properties: Record<string, unknown> = { [ROLE]: list, index };
  for (const field of ITEM_FIELDS) properties[field] = item[field];
  const name = `${list === 'items' ? 'Item' : list === 'fence' ? 'Fence' : 'Rally point'} ${index + 1}`;
  return isPlaced(item)
    ? { ...PLAIN, kind: 'point', name, datum: datumOf(item.frame), points: [pointOf(item)], properties }
    : { ...PLAIN, kind: 'none', name, points: [], properties };
}

function pointOf(item: MissionItem): DrawnPoint {
  return { lonDeg: item.y / 1e7, latDeg: item.x / 1e7, heightM: item.z };
}

function datumOf(frame: number | undefined): AltitudeDatum {
  return frame === 10 || frame === 11 ? 'above-terrain' : frame === 3 || frame === 6 ? 'above-home' : 'amsl';
}

/**
 * A mission from shapes. Our own files come back as they were. In those of others a line is the mission; without a
 * line its points are; areas are handed over as areas. What is left out is told, with heights that the file left open.
 */
export function fromShapes(
  shapes: readonly Shape[],
  format: MissionFormat,
  issues: PlanIssue[],
): MissionFileResult {
  return shapes.some((shape) => shape.properties[ROLE] !== undefined)
    ? ownMission(shapes, format, issues)
    : drawnMission(shapes, format, issues);
}

function ownMission(shapes: readonly Shape[], format: MissionFormat, issues: PlanIssue[]): MissionFileResult {
  const lists: Record<(typeof LISTS)[number], MissionItem[]> = { items: [], fence: [], rally: [] };
  let known: Partial<MissionFile> = {};
  const areas: NamedArea[] = [];
  for (const [k, shape] of shapes.entries()) {
    const role = shape.properties[ROLE];
    const list = LISTS.find((name) => name === role);
    if (list !== undefined) {
      const values = ITEM_FIELDS.map((field) => numberOf(shape.properties[field]));
      const bad = values.findIndex(
        (value, i) => value === null || (WHOLE.has(i) && !Number.isInteger(value)),
      );
      if (bad >= 0) {
        const field = ITEM_FIELDS[bad] ?? '';
        return formatError('format.bad-item', `Feature ${k + 1}: ${field} is missing or not a number.`, {
          item: k,
          field,
        });
      }
      const [frame, command, param1, param2, param3, param4, x, y, z] = values as [
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      const item = { frame, command, param1, param2, param3, param4, x, y, z };
      lists[list].push(asDrawn(item, shape, k, issues));
    } else if (role === 'mission') {
      known = { ...known, name: shape.name };
      for (const field of HEADER_FIELDS) known = { ...known, [field]: numberOf(shape.properties[field]) };
    } else if (role === 'home') {
      const [lonDeg, latDeg, altitudeAmslM] = ['lonDeg', 'latDeg', 'altitudeAmslM'].map((field) =>
        numberOf(shape.properties[field]),
      );
      if (lonDeg != null && latDeg != null && altitudeAmslM != null) {
        known = { ...known, home: { lonDeg, latDeg, altitudeAmslM } };
      } else {
        issues.push(formatIssue('format.bad-header', 'Home has no place.', { field: 'home', found: '' }));
      }
    } else if (role === undefined && shape.kind === 'area') areas.push(areaOf(shape));
    else if (role === undefined && shape.kind !== 'none') issues.push(leftOut('foreign-shapes', 1));
  }
  return readOk(format, { ...known, plan: lists, areas }, issues);
}

/** Somebody may have moved the point on a map, where the numbers beside it did not follow: the map counts. */
function asDrawn(item: MissionItem, shape: Shape, index: number, issues: PlanIssue[]): MissionItem {
  const at = shape.kind === 'point' && isPlaced(item) ? shape.points[0] : undefined;
  if (at === undefined) return item;
  const x = toDegE7(at.latDeg);
  const y = toDegE7(at.lonDeg);
  if (x === item.x && y === item.y) return item;
  issues.push(
    formatIssue(
      'format.moved-point',
      `Feature ${index + 1} (${shape.name ?? 'unnamed'}) was moved on a map; it is read where it is drawn.`,
      { place: `Feature ${index + 1}` },
    ),
  );
  return { ...item, x, y };
}

/** frame, command, x, y. */
const WHOLE: ReadonlySet<number> = new Set([0, 1, 6, 7]);

function drawnMission(
  shapes: readonly Shape[],
  format: MissionFormat,
  issues: PlanIssue[],
): MissionFileResult {
  const areas = shapes.filter((shape) => shape.kind === 'area').map(areaOf);
  const lines = shapes.filter((shape) => shape.kind === 'line');
  const points = shapes.filter((shape) => shape.kind === 'point');
  const line = lines[0];
  if (line === undefined && points.length === 0 && areas.length === 0) {
    return formatError('format.empty', 'The file holds no lines, points or areas.', { format });
  }
  if (lines.length > 1) issues.push(leftOut('further-lines', lines.length - 1));
  if (line !== undefined && points.length > 0) issues.push(leftOut('points-beside-the-line', points.length));
  const stops =
    line === undefined
      ? points.flatMap((shape) => shape.points.map((p) => ({ p, shape })))
      : line.points.map((p) => ({ p, shape: line }));
  const items = stops.map(({ p, shape }) => waypoint(p, shape));
  const open = stops.filter(({ p, shape }) => heightOf(p, shape) === null).length;
  if (open > 0) {
    issues.push(
      formatIssue(
        'format.no-heights',
        `The file gives no height for ${open} of ${stops.length} points; they stand at 0 m above home. Give them a height before flying.`,
        { points: open },
      ),
    );
  }
  const assumed = stops.filter(({ p, shape }) => p.heightM !== null && shape.datum === null).length;
  if (assumed > 0) {
    issues.push(
      formatIssue(
        'format.height-assumed',
        `The file does not say what its heights are counted from; those of ${assumed} points are taken as above mean sea level.`,
        { datum: 'amsl', points: assumed },
      ),
    );
  }
  const name =
    line?.name ?? shapes.find((shape) => shape.kind === 'none' && shape.name !== null)?.name ?? null;
  return readOk(format, { plan: { items, fence: [], rally: [] }, name, areas }, issues);
}

/** `relativeAltitudeM`, the height of a whole line, is what routeToGeoJson writes. */
function heightOf(point: DrawnPoint, shape: Shape): number | null {
  return numberOf(shape.properties.relativeAltitudeM) ?? point.heightM;
}

function waypoint(point: DrawnPoint, shape: Shape): MissionItem {
  const heightM = heightOf(point, shape);
  const isRelative = numberOf(shape.properties.relativeAltitudeM) !== null || heightM === null;
  const frame = isRelative ? 'above-home' : (shape.datum ?? 'amsl');
  return {
    frame: frame === 'above-home' ? MAV_FRAME.GLOBAL_RELATIVE_ALT : frame === 'amsl' ? MAV_FRAME.GLOBAL : 10,
    command: MAV_CMD.NAV_WAYPOINT,
    param1: 0,
    param2: 0,
    param3: 0,
    param4: 0,
    x: toDegE7(point.latDeg),
    y: toDegE7(point.lonDeg),
    z: heightM ?? 0,
  };
}

function areaOf(shape: Shape): NamedArea {
  const coordinates = [shape.points, ...shape.holes].map((ring) => ring.map((p) => [p.lonDeg, p.latDeg]));
  return { name: shape.name, geometry: { type: 'Polygon', coordinates } };
}

function leftOut(what: string, count: number): PlanIssue {
  return formatIssue('format.left-out', `${count} of the file's shapes (${what}) are left out.`, {
    what,
    count,
  });
}

/** A finite number, also from text; null otherwise. */
export function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}
