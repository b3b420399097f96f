import { MAV_FRAME, type MissionItem } from '../../missions/mission-item.ts';
import { FENCE_CMD, RALLY_POINT_CMD } from './mission-kinds.ts';

/** Fence and rally points as people mean them, and as the mission protocol carries them. */

/** WGS-84. */
export interface PlanPoint {
  readonly lonDeg: number;
  readonly latDeg: number;
}

export type FenceArea =
  /** `stay`: inside (inclusion) or outside (exclusion). A ring of at least three corners, not closed. */
  | { readonly kind: 'polygon'; readonly stay: 'inside' | 'outside'; readonly corners: readonly PlanPoint[] }
  | {
      readonly kind: 'circle';
      readonly stay: 'inside' | 'outside';
      readonly center: PlanPoint;
      readonly radiusM: number;
    };

export interface FencePlan {
  readonly areas: readonly FenceArea[];
  /** Where ArduPilot may be told to go after a breach; null: to home or a rally point. PX4 stores it and ignores it. */
  readonly returnPoint: PlanPoint | null;
}

export interface RallyPoint extends PlanPoint {
  readonly altitudeM: number;
  /** ArduPilot takes heights above home only. */
  readonly datum: 'home' | 'amsl';
}

export type PlanProblem =
  | { readonly kind: 'too-few-corners'; readonly area: number }
  | { readonly kind: 'bad-radius'; readonly area: number }
  | { readonly kind: 'bad-position'; readonly index: number };

/** Empty: nothing is wrong. What is caught here would be refused by the vehicle with a number only. */
export function checkFence(fence: FencePlan): readonly PlanProblem[] {
  const problems: PlanProblem[] = [];
  fence.areas.forEach((area, index) => {
    if (area.kind === 'polygon' && area.corners.length < 3)
      problems.push({ kind: 'too-few-corners', area: index });
    if (area.kind === 'circle' && !(area.radiusM > 0 && Number.isFinite(area.radiusM)))
      problems.push({ kind: 'bad-radius', area: index });
    const points = area.kind === 'polygon' ? area.corners : [area.center];
    if (!points.every(isOnEarth)) problems.push({ kind: 'bad-position', index });
  });
  if (fence.returnPoint !== null && !isOnEarth(fence.returnPoint))
    problems.push({ kind: 'bad-position', index: fence.areas.length });
  return problems;
}

export function fenceToItems(fence: FencePlan): readonly MissionItem[] {
  const areas = fence.areas.flatMap((area) => {
    if (area.kind === 'circle') {
      const command = area.stay === 'inside' ? FENCE_CMD.CIRCLE_INCLUSION : FENCE_CMD.CIRCLE_EXCLUSION;
      return [itemAt(command, area.center, area.radiusM)];
    }
    const command = area.stay === 'inside' ? FENCE_CMD.POLYGON_INCLUSION : FENCE_CMD.POLYGON_EXCLUSION;
    return area.corners.map((corner) => itemAt(command, corner, area.corners.length));
  });
  return fence.returnPoint === null
    ? areas
    : [...areas, itemAt(FENCE_CMD.RETURN_POINT, fence.returnPoint, 0)];
}

/** Null: items that are no fence (a foreign command, a polygon that ends before its last corner). */
export function itemsToFence(items: readonly MissionItem[]): FencePlan | null {
  const areas: FenceArea[] = [];
  let returnPoint: PlanPoint | null = null;
  for (let at = 0; at < items.length; ) {
    const item = items[at] as MissionItem;
    switch (item.command) {
      case FENCE_CMD.POLYGON_INCLUSION:
      case FENCE_CMD.POLYGON_EXCLUSION: {
        const corners = items.slice(at, at + Math.round(item.param1));
        const isWhole =
          corners.length >= 3 &&
          corners.length === Math.round(item.param1) &&
          corners.every(({ command, param1 }) => command === item.command && param1 === item.param1);
        if (!isWhole) return null;
        const stay = item.command === FENCE_CMD.POLYGON_INCLUSION ? 'inside' : 'outside';
        areas.push({ kind: 'polygon', stay, corners: corners.map(placeOf) });
        at += corners.length;
        continue;
      }
      case FENCE_CMD.CIRCLE_INCLUSION:
      case FENCE_CMD.CIRCLE_EXCLUSION: {
        const stay = item.command === FENCE_CMD.CIRCLE_INCLUSION ? 'inside' : 'outside';
        areas.push({ kind: 'circle', stay, center: placeOf(item), radiusM: item.param1 });
        break;
      }
      case FENCE_CMD.RETURN_POINT:
        returnPoint = placeOf(item);
        break;
      default:
        return null;
    }
    at += 1;
  }
  return { areas, returnPoint };
}

export function rallyToItems(points: readonly RallyPoint[]): readonly MissionItem[] {
  return points.map((point) => ({
    ...itemAt(RALLY_POINT_CMD, point, 0),
    frame: point.datum === 'home' ? MAV_FRAME.GLOBAL_RELATIVE_ALT : MAV_FRAME.GLOBAL,
    z: point.altitudeM,
  }));
}

/** Null: items that are no rally points. */
export function itemsToRally(items: readonly MissionItem[]): readonly RallyPoint[] | null {
  if (items.some(({ command }) => command !== RALLY_POINT_CMD)) return null;
  return items.map((item) => ({
    ...placeOf(item),
    altitudeM: item.z,
    datum: item.frame === MAV_FRAME.GLOBAL || item.frame === MAV_FRAME.GLOBAL_INT ? 'amsl' : 'home',
  }));
}

function itemAt(command: number, { latDeg, lonDeg }: PlanPoint, param1: number): MissionItem {
  return {
    frame: MAV_FRAME.GLOBAL,
    command,
    param1,
    param2: 0,
    param3: 0,
    param4: 0,
    x: Math.round(latDeg * 1e7),
    y: Math.round(lonDeg * 1e7),
    z: 0,
  };
}

function placeOf({ x, y }: MissionItem): PlanPoint {
  return { lonDeg: y / 1e7, latDeg: x / 1e7 };
}

function isOnEarth({ lonDeg, latDeg }: PlanPoint): boolean {
  return Math.abs(lonDeg) <= 180 && Math.abs(latDeg) <= 90;
}
