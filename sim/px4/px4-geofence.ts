import type { MissionItem } from '../../missions/mission-item.ts';
import { horizontalDistanceM, type LocalFrame, type LocalPoint } from '../aircraft/local-frame.ts';

/** An area of the fence, in metres of the aircraft's local frame; heights do not matter to it. */
export type FenceArea =
  | { readonly kind: 'polygon'; readonly isInclusion: boolean; readonly corners: readonly LocalPoint[] }
  | {
      readonly kind: 'circle';
      readonly isInclusion: boolean;
      readonly center: LocalPoint;
      readonly radiusM: number;
    };

const INCLUSION_VERTEX = 5001;
const EXCLUSION_VERTEX = 5002;
const INCLUSION_CIRCLE = 5003;
const EXCLUSION_CIRCLE = 5004;

/** The stored fence items as areas; each vertex carries the number of corners of its polygon in param1. */
export function fenceAreas(items: readonly MissionItem[], frame: LocalFrame): readonly FenceArea[] {
  const areas: FenceArea[] = [];
  for (let index = 0; index < items.length; ) {
    const item = items[index];
    if (item === undefined) break;
    if (item.command === INCLUSION_VERTEX || item.command === EXCLUSION_VERTEX) {
      const count = Math.max(1, Math.round(item.param1));
      const corners = items.slice(index, index + count).map((corner) => placeOf(corner, frame));
      areas.push({ kind: 'polygon', isInclusion: item.command === INCLUSION_VERTEX, corners });
      index += count;
      continue;
    }
    if (item.command === INCLUSION_CIRCLE || item.command === EXCLUSION_CIRCLE) {
      const isInclusion = item.command === INCLUSION_CIRCLE;
      areas.push({ kind: 'circle', isInclusion, center: placeOf(item, frame), radiusM: item.param1 });
    }
    // 5000, the point to return to: PX4 takes it and does not use it.
    index += 1;
  }
  return areas;
}

/** PX4 wants a point inside of every inclusion area and outside of every exclusion area. */
export function isInside(areas: readonly FenceArea[], point: LocalPoint): boolean {
  return areas.every((area) => contains(area, point) === area.isInclusion);
}

export interface HomeBound {
  /** Null before home is known: these limits do not hold then. */
  readonly home: LocalPoint | null;
  /** GF_MAX_HOR_DIST, 0 none. */
  readonly maxDistanceM: number;
  /** GF_MAX_VER_DIST above home, 0 none. */
  readonly maxHeightM: number;
}

export function isWithinBound(bound: HomeBound, point: LocalPoint): boolean {
  const { home, maxDistanceM, maxHeightM } = bound;
  if (home === null) return true;
  if (maxDistanceM > 0 && horizontalDistanceM(home, point) > maxDistanceM) return false;
  return !(maxHeightM > 0 && point.upM - home.upM > maxHeightM);
}

function contains(area: FenceArea, point: LocalPoint): boolean {
  if (area.kind === 'circle') return horizontalDistanceM(area.center, point) < area.radiusM;
  // Even-odd rule: a ray to the north crosses the border an odd number of times.
  let isIn = false;
  const { corners } = area;
  for (let index = 0; index < corners.length; index += 1) {
    const a = corners[index];
    const b = corners[(index + 1) % corners.length];
    if (a === undefined || b === undefined) continue;
    if (a.eastM > point.eastM === b.eastM > point.eastM) continue;
    const share = (point.eastM - a.eastM) / (b.eastM - a.eastM);
    if (point.northM < a.northM + share * (b.northM - a.northM)) isIn = !isIn;
  }
  return isIn;
}

function placeOf(item: MissionItem, frame: LocalFrame): LocalPoint {
  return frame.toLocal({ latDeg: item.x / 1e7, lonDeg: item.y / 1e7, altitudeAmslM: item.z });
}
