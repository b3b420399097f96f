import { MAV_FRAME, type MissionItem } from '../mission-item.ts';
import type { PlanIssue } from '../model.ts';
import { formatIssue } from './issues.ts';

/** MAV_CMD of fence and rally items (common.xml). Circles carry their radius in param1, polygons their size. */
const RETURN_POINT = 5000;
const POLYGON_INCLUSION = 5001;
const POLYGON_EXCLUSION = 5002;
const CIRCLE_INCLUSION = 5003;
const CIRCLE_EXCLUSION = 5004;
const RALLY_POINT = 5100;

/** One fence as it stands in a list of items: a polygon with all its vertices, a circle, a return point. */
export type FencePart =
  | { readonly kind: 'polygon'; readonly inclusion: boolean; readonly items: readonly MissionItem[] }
  | { readonly kind: 'circle'; readonly inclusion: boolean; readonly items: readonly [MissionItem] }
  | { readonly kind: 'return'; readonly items: readonly [MissionItem] }
  /** A polygon that ends before its count, or an item that is no fence. */
  | { readonly kind: 'broken'; readonly items: readonly MissionItem[] };

/** Takes a list of fence items apart. Every vertex of a polygon repeats how many there are. */
export function fenceParts(fence: readonly MissionItem[]): FencePart[] {
  const parts: FencePart[] = [];
  for (let i = 0; i < fence.length; ) {
    const item = fence[i] as MissionItem;
    const { command } = item;
    if (command === POLYGON_INCLUSION || command === POLYGON_EXCLUSION) {
      const count = Math.max(1, Math.round(item.param1) || 1);
      const items = fence.slice(i, i + count);
      const same = items.findIndex((v) => v.command !== command || Math.round(v.param1) !== count);
      const isWhole = same < 0 && items.length === count && count >= 3;
      const taken = isWhole ? items : items.slice(0, same < 0 ? items.length : Math.max(1, same));
      parts.push(
        isWhole
          ? { kind: 'polygon', inclusion: command === POLYGON_INCLUSION, items: taken }
          : { kind: 'broken', items: taken },
      );
      i += taken.length;
    } else {
      if (command === CIRCLE_INCLUSION || command === CIRCLE_EXCLUSION) {
        parts.push({ kind: 'circle', inclusion: command === CIRCLE_INCLUSION, items: [item] });
      } else if (command === RETURN_POINT) parts.push({ kind: 'return', items: [item] });
      else parts.push({ kind: 'broken', items: [item] });
      i++;
    }
  }
  return parts;
}

/** The geoFence member of a plan file: polygons and circles, positions `[latDeg, lonDeg]`. */
export function writeFence(fence: readonly MissionItem[]): Record<string, unknown> {
  const polygons: Record<string, unknown>[] = [];
  const circles: Record<string, unknown>[] = [];
  let breachReturn: readonly number[] | null = null;
  for (const part of fenceParts(fence)) {
    if (part.kind === 'polygon') {
      const polygon = part.items.map((v) => [v.x / 1e7, v.y / 1e7]);
      polygons.push({ inclusion: part.inclusion, polygon, version: 1 });
    } else if (part.kind === 'circle') {
      const [item] = part.items;
      const circle = { center: [item.x / 1e7, item.y / 1e7], radius: item.param1 };
      circles.push({ circle, inclusion: part.inclusion, version: 1 });
    } else if (part.kind === 'return') {
      const [item] = part.items;
      breachReturn = [item.x / 1e7, item.y / 1e7, item.z];
    }
  }
  return { ...(breachReturn === null ? {} : { breachReturn }), circles, polygons, version: 2 };
}

/** What the geoFence and rallyPoints members have no room for, by name with a count. */
export function fenceLosses(
  fence: readonly MissionItem[],
  rally: readonly MissionItem[],
): ReadonlyMap<string, number> {
  const parts = fenceParts(fence);
  const count = (test: (part: FencePart) => boolean): number => parts.filter(test).length;
  const flat = fence.filter(
    (item) =>
      item.param2 !== 0 ||
      item.param3 !== 0 ||
      item.param4 !== 0 ||
      (item.command === RETURN_POINT
        ? item.frame !== MAV_FRAME.GLOBAL_RELATIVE_ALT || item.param1 !== 0
        : item.z !== 0 || item.frame !== MAV_FRAME.GLOBAL),
  );
  const rough = rally.filter(
    (item) =>
      item.frame !== MAV_FRAME.GLOBAL_RELATIVE_ALT ||
      item.command !== RALLY_POINT ||
      [item.param1, item.param2, item.param3, item.param4].some((value) => value !== 0),
  );
  // The file has its polygons before its circles, and the return point by itself.
  const order = parts.map((part) => ['polygon', 'circle', 'return'].indexOf(part.kind));
  const isInOrder = order.every((value, i) => i === 0 || value >= (order[i - 1] as number));
  return new Map([
    ['fence-broken', count((part) => part.kind === 'broken')],
    ['fence-return', Math.max(0, count((part) => part.kind === 'return') - 1)],
    ['fence-parameters', flat.length],
    ['fence-order', isInOrder ? 0 : 1],
    ['rally-parameters', rough.length],
  ]);
}

/**
 * Fence items of a plan file's geoFence member; what is malformed in it is left out and told: a fence that lacks a
 * part protects nobody. Version 1 has a single polygon.
 */
export function readFence(geoFence: unknown, issues: PlanIssue[]): MissionItem[] {
  const fence = asMember(geoFence, 'geoFence', issues);
  const items: MissionItem[] = [];
  const bad = (place: string): void => {
    issues.push(
      formatIssue('format.bad-fence', `${place} of the fence cannot be read and is left out.`, { place }),
    );
  };
  const addPolygon = (vertices: unknown, inclusion: unknown, place: string): void => {
    if (!Array.isArray(vertices) || vertices.length < 3 || !vertices.every(isPlace)) {
      bad(place);
      return;
    }
    const command = inclusion === false ? POLYGON_EXCLUSION : POLYGON_INCLUSION;
    items.push(...vertices.map((v) => fenceItem(command, vertices.length, v)));
  };
  for (const [i, entry] of listOf(fence.polygons, 'geoFence.polygons', issues).entries()) {
    const { polygon, inclusion } = (entry ?? {}) as { polygon?: unknown; inclusion?: unknown };
    addPolygon(polygon, inclusion, `polygons[${i}]`);
  }
  if (Array.isArray(fence.polygon) && fence.polygon.length > 0) addPolygon(fence.polygon, true, 'polygon');
  for (const [i, entry] of listOf(fence.circles, 'geoFence.circles', issues).entries()) {
    const { circle, inclusion } = (entry ?? {}) as { circle?: unknown; inclusion?: unknown };
    const { center, radius } = (circle ?? {}) as { center?: unknown; radius?: unknown };
    if (!isPlace(center) || typeof radius !== 'number' || !(radius >= 0)) bad(`circles[${i}]`);
    else items.push(fenceItem(inclusion === false ? CIRCLE_EXCLUSION : CIRCLE_INCLUSION, radius, center));
  }
  if (fence.breachReturn !== undefined && fence.breachReturn !== null) {
    if (isPlace(fence.breachReturn)) {
      const z = fence.breachReturn[2] ?? 0;
      const frame = MAV_FRAME.GLOBAL_RELATIVE_ALT;
      items.push({ ...fenceItem(RETURN_POINT, 0, fence.breachReturn), frame, z });
    } else bad('breachReturn');
  }
  return items;
}

/** The rallyPoints member: `[latDeg, lonDeg, height above home]`. */
export function writeRally(rally: readonly MissionItem[]): Record<string, unknown> {
  return { points: rally.map((item) => [item.x / 1e7, item.y / 1e7, item.z]), version: 2 };
}

export function readRally(rallyPoints: unknown, issues: PlanIssue[]): MissionItem[] {
  const { points } = asMember(rallyPoints, 'rallyPoints', issues);
  const items: MissionItem[] = [];
  for (const [i, point] of listOf(points, 'rallyPoints.points', issues).entries()) {
    if (isPlace(point)) {
      const frame = MAV_FRAME.GLOBAL_RELATIVE_ALT;
      items.push({ ...fenceItem(RALLY_POINT, 0, point), frame, z: point[2] ?? 0 });
    } else {
      const place = `rallyPoints.points[${i}]`;
      issues.push(formatIssue('format.bad-fence', `${place} cannot be read and is left out.`, { place }));
    }
  }
  return items;
}

function asMember(value: unknown, place: string, issues: PlanIssue[]): Record<string, unknown> {
  if (value === undefined || value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  issues.push(formatIssue('format.bad-fence', `${place} is not an object and is left out.`, { place }));
  return {};
}

function listOf(value: unknown, place: string, issues: PlanIssue[]): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  issues.push(formatIssue('format.bad-fence', `${place} is not a list and is left out.`, { place }));
  return [];
}

type Place = readonly [number, number, ...(number | null)[]];

function fenceItem(command: number, param1: number, position: Place): MissionItem {
  return {
    frame: MAV_FRAME.GLOBAL,
    command,
    param1,
    param2: 0,
    param3: 0,
    param4: 0,
    x: Math.round(position[0] * 1e7) + 0,
    y: Math.round(position[1] * 1e7) + 0,
    z: 0,
  };
}

/** `[latDeg, lonDeg]`, a height may follow; QGroundControl writes null for a height that it does not know. */
function isPlace(value: unknown): value is Place {
  if (!Array.isArray(value) || value.length < 2) return false;
  const [latDeg, lonDeg, ...rest] = value;
  return (
    typeof latDeg === 'number' &&
    typeof lonDeg === 'number' &&
    Math.abs(latDeg) <= 90 &&
    Math.abs(lonDeg) <= 180 &&
    rest.every((entry) => entry === null || Number.isFinite(entry))
  );
}
