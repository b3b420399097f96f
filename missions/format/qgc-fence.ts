import { MAV_FRAME, type MissionItem } from '../mission-item.ts';

/** MAV_CMD of fence and rally items (common.xml). Circles carry their radius in param1, polygons their size. */
const POLYGON_INCLUSION = 5001;
const POLYGON_EXCLUSION = 5002;
const CIRCLE_INCLUSION = 5003;
const CIRCLE_EXCLUSION = 5004;
const RALLY_POINT = 5100;

/** The geoFence member of a plan file: polygons and circles, positions `[latDeg, lonDeg]`. */
export function writeFence(fence: readonly MissionItem[]): Record<string, unknown> {
  const polygons: Record<string, unknown>[] = [];
  const circles: Record<string, unknown>[] = [];
  for (let i = 0; i < fence.length; ) {
    const item = fence[i] as MissionItem;
    if (item.command === POLYGON_INCLUSION || item.command === POLYGON_EXCLUSION) {
      // Every vertex of a polygon repeats how many there are.
      const count = Math.max(1, Math.round(item.param1));
      const polygon = fence.slice(i, i + count).map((v) => [v.x / 1e7, v.y / 1e7]);
      polygons.push({ inclusion: item.command === POLYGON_INCLUSION, polygon, version: 1 });
      i += count;
    } else {
      if (item.command === CIRCLE_INCLUSION || item.command === CIRCLE_EXCLUSION) {
        circles.push({
          circle: { center: [item.x / 1e7, item.y / 1e7], radius: item.param1 },
          inclusion: item.command === CIRCLE_INCLUSION,
          version: 1,
        });
      }
      i++;
    }
  }
  return { circles, polygons, version: 2 };
}

/** Fence items of a plan file's geoFence member; anything malformed in it is left out. */
export function readFence(geoFence: unknown): MissionItem[] {
  const { polygons, circles } = (geoFence ?? {}) as { polygons?: unknown; circles?: unknown };
  const items: MissionItem[] = [];
  for (const entry of Array.isArray(polygons) ? polygons : []) {
    const { polygon, inclusion } = (entry ?? {}) as { polygon?: unknown; inclusion?: unknown };
    const vertices = (Array.isArray(polygon) ? polygon : []).filter(isPair);
    const command = inclusion === false ? POLYGON_EXCLUSION : POLYGON_INCLUSION;
    items.push(...vertices.map((v) => fenceItem(command, vertices.length, v)));
  }
  for (const entry of Array.isArray(circles) ? circles : []) {
    const { circle, inclusion } = (entry ?? {}) as { circle?: unknown; inclusion?: unknown };
    const { center, radius } = (circle ?? {}) as { center?: unknown; radius?: unknown };
    if (!isPair(center) || typeof radius !== 'number' || !Number.isFinite(radius)) continue;
    items.push(fenceItem(inclusion === false ? CIRCLE_EXCLUSION : CIRCLE_INCLUSION, radius, center));
  }
  return items;
}

/** The rallyPoints member: `[latDeg, lonDeg, height above home]`. */
export function writeRally(rally: readonly MissionItem[]): Record<string, unknown> {
  return { points: rally.map((item) => [item.x / 1e7, item.y / 1e7, item.z]), version: 2 };
}

export function readRally(rallyPoints: unknown): MissionItem[] {
  const { points } = (rallyPoints ?? {}) as { points?: unknown };
  return (Array.isArray(points) ? points : []).filter(isPair).map((point: number[]) => ({
    ...fenceItem(RALLY_POINT, 0, point),
    frame: MAV_FRAME.GLOBAL_RELATIVE_ALT,
    z: point[2] ?? 0,
  }));
}

function fenceItem(command: number, param1: number, position: readonly number[]): MissionItem {
  return {
    frame: MAV_FRAME.GLOBAL,
    command,
    param1,
    param2: 0,
    param3: 0,
    param4: 0,
    x: Math.round((position[0] ?? 0) * 1e7),
    y: Math.round((position[1] ?? 0) * 1e7),
    z: 0,
  };
}

function isPair(value: unknown): value is number[] {
  return Array.isArray(value) && value.length >= 2 && value.every((entry) => Number.isFinite(entry));
}
