import type { Element } from '@xmldom/xmldom';
import { MAV_CMD, MAV_FRAME, type MissionItem } from '../mission-item.ts';
import type { PlanIssue } from '../model.ts';
import {
  formatError,
  type HomePosition,
  isPlaced,
  type MissionFile,
  type MissionFileResult,
  RALLY_COMMAND,
  readOk,
} from './format-result.ts';
import { badPosition } from './geojson-mission.ts';
import { formatIssue } from './issues.ts';
import { type DrawnPoint, fromShapes, type Shape } from './shapes.ts';
import { escapeXml } from './track.ts';
import { childrenOf, childText, descendantsOf, parseXml } from './xml.ts';

const HOME = 'airgrid-home';
const RALLY = 'airgrid-rally';

/** What a mission has that GPX has no word for: counted, by name. */
export function gpxLosses(file: MissionFile): ReadonlyMap<string, number> {
  const { items, fence, rally } = file.plan;
  const places = items.filter(isRoutePoint);
  return new Map([
    ['commands', items.length - places.length],
    ['parameters', places.filter(hasParameters).length],
    ['heights', [...places, ...rally].filter((item) => elevationOf(item, file.home) === null).length],
    ['height-datum', [...places, ...rally].filter((item) => isLifted(item, file.home)).length],
    ['fence', fence.length],
    ['areas', file.areas.length],
    ['vehicle', file.firmwareType !== null || file.vehicleType !== null ? 1 : 0],
    ['speeds', file.cruiseSpeedMps !== null || file.hoverSpeedMps !== null ? 1 : 0],
  ]);
}

const isRoutePoint = (item: MissionItem): boolean => item.command === MAV_CMD.NAV_WAYPOINT && isPlaced(item);

function hasParameters(item: MissionItem): boolean {
  return (
    [item.param1, item.param2, item.param3, item.param4].some((value) => value !== 0) || item.frame === 5
  );
}

/** GPX heights are metres above mean sea level (`ele`); others are turned into those, which needs home's. */
function elevationOf(item: MissionItem, home: HomePosition | null): number | null {
  if (item.frame === MAV_FRAME.GLOBAL || item.frame === MAV_FRAME.GLOBAL_INT) return item.z;
  const isRelative =
    item.frame === MAV_FRAME.GLOBAL_RELATIVE_ALT || item.frame === MAV_FRAME.GLOBAL_RELATIVE_ALT_INT;
  return isRelative && home !== null ? item.z + home.altitudeAmslM : null;
}

/** True when the number in the file is not the number of the item. */
function isLifted(item: MissionItem, home: HomePosition | null): boolean {
  const ele = elevationOf(item, home);
  return ele !== null && item.frame !== MAV_FRAME.GLOBAL && item.frame !== MAV_FRAME.GLOBAL_INT;
}

/** A mission as GPX 1.1: its waypoints as a route, home and rally points as waypoints with a type of their own. */
export function missionToGpx(file: MissionFile): string {
  const { home } = file;
  const point = (tag: string, at: { x: number; y: number }, ele: number | null, rest: string): string =>
    `<${tag} lat="${(at.x / 1e7).toFixed(7)}" lon="${(at.y / 1e7).toFixed(7)}">${ele === null ? '' : `<ele>${ele}</ele>`}${rest}</${tag}>`;
  const routePoints = file.plan.items
    .filter(isRoutePoint)
    .map((item, i) => `    ${point('rtept', item, elevationOf(item, home), `<name>${i + 1}</name>`)}`);
  const homes =
    home === null
      ? []
      : [
          `  <wpt lat="${home.latDeg}" lon="${home.lonDeg}"><ele>${home.altitudeAmslM}</ele><name>Home</name><type>${HOME}</type></wpt>`,
        ];
  const rally = file.plan.rally.map(
    (item, i) =>
      `  ${point('wpt', item, elevationOf(item, home), `<name>Rally point ${i + 1}</name><type>${RALLY}</type>`)}`,
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<gpx version="1.1" creator="Airgrid" xmlns="http://www.topografix.com/GPX/1/1">',
    ...(file.name === null ? [] : [`  <metadata><name>${escapeXml(file.name)}</name></metadata>`]),
    ...homes,
    ...rally,
    ...(routePoints.length === 0 ? [] : ['  <rte>', ...routePoints, '  </rte>']),
    '</gpx>',
    '',
  ].join('\n');
}

/**
 * Reads GPX 1.0 and 1.1: the first route; without routes the first track; without either the waypoints. Our own home
 * and rally points are known by their type.
 */
export function readGpxMission(text: string): MissionFileResult {
  const parsed = parseXml(text);
  if (parsed.kind === 'bad') {
    return formatError('format.bad-xml', `The GPX cannot be read: ${parsed.reason}`, {
      reason: parsed.reason,
    });
  }
  const { root } = parsed;
  const issues: PlanIssue[] = [];
  const routes = lines(root, 'rte', 'rtept', issues);
  const tracks = lines(root, 'trk', 'trkpt', issues);
  const waypoints = childrenOf(root, 'wpt');
  const typed = (type: string): Element[] => waypoints.filter((wpt) => childText(wpt, 'type') === type);
  const loose = waypoints.filter((wpt) => ![HOME, RALLY].includes(childText(wpt, 'type') ?? ''));
  const points = loose.flatMap((wpt, i) => {
    const p = pointOf(wpt, `wpt ${i + 1}`, issues);
    return p === null ? [] : [shape('point', childText(wpt, 'name'), [p])];
  });
  if (routes.length > 0 && tracks.length > 0) {
    const what = 'tracks-beside-routes';
    issues.push(
      formatIssue('format.left-out', `${tracks.length} tracks beside a route are left out.`, {
        what,
        count: tracks.length,
      }),
    );
  }
  const home = typed(HOME).map((wpt) => homeOf(wpt, issues))[0] ?? null;
  const rally = typed(RALLY).flatMap((wpt, i) => rallyOf(wpt, i, issues));
  const title =
    childrenOf(root, 'metadata').map((metadata) => childText(metadata, 'name'))[0] ?? childText(root, 'name');
  const drawn = [...(routes.length > 0 ? routes : tracks), ...points];
  if (drawn.length === 0) {
    if (home === null && rally.length === 0) {
      return formatError('format.empty', 'The file holds no route, track or waypoint.', { format: 'gpx' });
    }
    return readOk('gpx', { home, name: title, plan: { items: [], fence: [], rally } }, issues);
  }
  const result = fromShapes(drawn, 'gpx', issues);
  if (result.kind === 'error') return result;
  return { ...result, home, name: title ?? result.name, plan: { ...result.plan, rally } };
}

function shape(kind: Shape['kind'], name: string | null, points: readonly DrawnPoint[]): Shape {
  return { kind, name, datum: 'amsl', points, holes: [], properties: {} };
}

/** Routes or tracks with at least one point; the segments of a track are one line. */
function lines(root: Element, tag: string, pointTag: string, issues: PlanIssue[]): Shape[] {
  return descendantsOf(root, tag).flatMap((line, k) => {
    const points = descendantsOf(line, pointTag).flatMap((element, i) => {
      const p = pointOf(element, `${tag} ${k + 1}, ${pointTag} ${i + 1}`, issues);
      return p === null ? [] : [p];
    });
    return points.length === 0 ? [] : [shape('line', childText(line, 'name'), points)];
  });
}

function pointOf(element: Element, place: string, issues: PlanIssue[]): DrawnPoint | null {
  const number = (text: string | null): number =>
    text === null || text.trim() === '' ? Number.NaN : Number(text);
  const latDeg = number(element.getAttribute('lat'));
  const lonDeg = number(element.getAttribute('lon'));
  if (!(Math.abs(latDeg) <= 90) || !(Math.abs(lonDeg) <= 180)) {
    issues.push(
      badPosition(place, `${element.getAttribute('lat')}, ${element.getAttribute('lon')}`.slice(0, 60)),
    );
    return null;
  }
  const ele = number(childText(element, 'ele'));
  return { lonDeg, latDeg, heightM: Number.isFinite(ele) ? ele : null };
}

function homeOf(wpt: Element, issues: PlanIssue[]): HomePosition | null {
  const p = pointOf(wpt, 'home', issues);
  return p === null ? null : { lonDeg: p.lonDeg, latDeg: p.latDeg, altitudeAmslM: p.heightM ?? 0 };
}

function rallyOf(wpt: Element, index: number, issues: PlanIssue[]): MissionItem[] {
  const p = pointOf(wpt, `rally point ${index + 1}`, issues);
  if (p === null) return [];
  return [
    {
      frame: p.heightM === null ? MAV_FRAME.GLOBAL_RELATIVE_ALT : MAV_FRAME.GLOBAL,
      command: RALLY_COMMAND,
      param1: 0,
      param2: 0,
      param3: 0,
      param4: 0,
      x: Math.round(p.latDeg * 1e7) + 0,
      y: Math.round(p.lonDeg * 1e7) + 0,
      z: p.heightM ?? 0,
    },
  ];
}
