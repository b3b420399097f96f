import type { MultiPolygon, Polygon } from 'geojson';
import type { MissionItem } from '../mission-item.ts';
import type { AirspaceZone } from '../model.ts';
import type { EnginePaths } from './covered-region.ts';
import { regionOfArea } from './covered-region.ts';
import type { FlatPath, VerifierEngine } from './engine.ts';
import { COMMAND } from './mission-commands.ts';
import type { Projection } from './projection.ts';
import { type Box, boxOf } from './rings.ts';

/**
 * Positions are rounded to 11 mm on the wire and offsets to 1 mm: outlines are moved by this much to the mission's
 * favour, so that a way along a border is not held against it.
 */
export const SLACK_M = 0.05;

/** A region as rings in metres with its bounding box. */
export interface Shape {
  readonly rings: readonly FlatPath[];
  readonly box: Box;
}

/** A whole region, grown (or, negative, shrunk) by `byM`. */
export function shapeOf(engine: VerifierEngine, region: EnginePaths, byM: number): Shape {
  const moved = byM === 0 ? region : engine.offset(region, byM * 1000);
  const rings = engine.flatten(moved).map((ring) => ring.map((mm) => mm / 1000));
  return { rings, box: boxOf(rings) };
}

/** Why a geometry cannot be used; null when it can. */
export function geometryFault(geometry: Polygon | MultiPolygon): string | null {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  if (polygons.length === 0) return 'it has no outline';
  for (const rings of polygons) {
    if (rings.length === 0) return 'it has no outline';
    for (const ring of rings) {
      if (ring.length < 4) return 'an outline has fewer than three corners';
      for (const [lon, lat] of ring) {
        if (!(Math.abs(lon ?? Number.NaN) <= 180 && Math.abs(lat ?? Number.NaN) <= 90)) {
          return `the corner ${lon}, ${lat} is not on the Earth`;
        }
      }
    }
  }
  return null;
}

export interface ZoneShape {
  readonly zone: AirspaceZone;
  /** The outline less the slack, plus the margin. */
  readonly shape: Shape;
}

export function zoneShapes(
  engine: VerifierEngine,
  projection: Projection,
  zones: readonly AirspaceZone[],
  marginM: number,
): ZoneShape[] {
  return zones.map((zone) => ({
    zone,
    shape: shapeOf(
      engine,
      regionOfArea(engine, projection, zone.geometry),
      (zone.kind === 'altitude' ? 0 : marginM) - SLACK_M,
    ),
  }));
}

export interface FenceShape {
  /** Index of its first item. */
  readonly item: number;
  readonly isInclusion: boolean;
  readonly shape: Shape;
}

/** Corners of a circular fence; it is drawn inside a circle of an inclusion and round one of an exclusion. */
const CIRCLE_CORNERS = 180;

/**
 * The fence as both autopilots understand it: a place is allowed when it is inside every inclusion and outside every
 * exclusion (AC_PolyFence_loader::breached without the union option; PX4 Geofence::isInsidePolygonOrCircle).
 * Malformed items are passed over; `checkForm` has refused them.
 */
export function fenceShapes(
  engine: VerifierEngine,
  projection: Projection,
  fence: readonly MissionItem[],
): FenceShape[] {
  const out: FenceShape[] = [];
  for (let i = 0; i < fence.length; ) {
    const item = fence[i] as MissionItem;
    const isPolygon =
      item.command === COMMAND.POLYGON_INCLUSION || item.command === COMMAND.POLYGON_EXCLUSION;
    const isCircle = item.command === COMMAND.CIRCLE_INCLUSION || item.command === COMMAND.CIRCLE_EXCLUSION;
    const isInclusion =
      item.command === COMMAND.POLYGON_INCLUSION || item.command === COMMAND.CIRCLE_INCLUSION;
    const count = isPolygon && Number.isInteger(item.param1) ? Math.max(1, item.param1) : 1;
    const ring: FlatPath | null = isPolygon
      ? fence.slice(i, i + count).flatMap((corner) => [...projection.point(corner.y / 1e7, corner.x / 1e7)])
      : isCircle && item.param1 > 0
        ? circle(projection.point(item.y / 1e7, item.x / 1e7), item.param1 * 1000, isInclusion)
        : null;
    if (ring !== null && ring.length >= 6) {
      const shape = shapeOf(engine, engine.polygon(ring, []), isInclusion ? SLACK_M : -SLACK_M);
      out.push({ item: i, isInclusion, shape });
    }
    i += count;
  }
  return out;
}

function circle([x, y]: readonly [number, number], radiusMm: number, isInside: boolean): FlatPath {
  const reach = isInside ? radiusMm : radiusMm / Math.cos(Math.PI / CIRCLE_CORNERS);
  return Array.from({ length: CIRCLE_CORNERS }, (_, k) => {
    const angle = (2 * Math.PI * k) / CIRCLE_CORNERS;
    return [Math.round(x + reach * Math.cos(angle)), Math.round(y + reach * Math.sin(angle))];
  }).flat();
}
