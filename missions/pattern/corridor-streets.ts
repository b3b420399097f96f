import type { LineString, MultiLineString } from 'geojson';
import { createFrame, type LocalFrame, positionToMm } from '../geo/frame.ts';
import { lengthMm } from '../geo/measure.ts';
import type { PlanIssue } from '../model/basics.ts';
import { planIssue } from '../plan-issue.ts';
import type { PatternRoom } from './pattern-space.ts';
import type { StreetLine } from './street-graph.ts';

/** A street of the network. What is not chosen only says where chosen streets are cut. */
export interface Street {
  readonly streetId: string;
  readonly geometry: LineString | MultiLineString;
  readonly isChosen: boolean;
}

/** Chosen street that is not flown, and why. */
export interface Unserved {
  readonly streetId: string;
  readonly lengthMm: number;
  readonly reason: string;
}

/** Lines of whole millimetres in a frame in their middle; a fault names the street. */
export function readStreets(
  streets: readonly Street[],
): { readonly frame: LocalFrame; readonly lines: StreetLine[] } | PlanIssue {
  const lists: { readonly street: Street; readonly positions: number[][] }[] = [];
  for (const street of streets) {
    const geometry: unknown = street.geometry;
    const record =
      typeof geometry === 'object' && geometry !== null ? (geometry as Record<string, unknown>) : {};
    const coordinates = record.coordinates;
    const parts =
      record.type === 'LineString' ? [coordinates] : record.type === 'MultiLineString' ? coordinates : null;
    if (!Array.isArray(parts)) return badStreet(street, 'it is not a LineString or MultiLineString');
    for (const part of parts as unknown[]) {
      if (!Array.isArray(part) || !part.every(isPosition)) {
        return badStreet(street, 'a position is not a pair of degrees');
      }
      lists.push({ street, positions: part });
    }
  }
  const all = lists.flatMap((list) => list.positions);
  if (all.length === 0) {
    return planIssue('plan.bad-request', 'There are no streets to fly along.', {
      field: 'streets',
      value: '0',
    });
  }
  let west = 180;
  let east = -180;
  let south = 90;
  let north = -90;
  for (const [lon, lat] of all as [number, number][]) {
    west = Math.min(west, lon);
    east = Math.max(east, lon);
    south = Math.min(south, lat);
    north = Math.max(north, lat);
  }
  const frame = createFrame({ lonDeg: (west + east) / 2, latDeg: (south + north) / 2 });
  const lines = lists.flatMap(({ street, positions }) => {
    const points = positions
      .map((position) => positionToMm(frame, position))
      .filter((p, i, line) => i === 0 || p.x !== line[i - 1]?.x || p.y !== line[i - 1]?.y);
    return points.length < 2 ? [] : [{ streetId: street.streetId, points, isChosen: street.isChosen }];
  });
  return { frame, lines };
}

function isPosition(value: unknown): value is number[] {
  if (!Array.isArray(value)) return false;
  const [lon, lat] = value as unknown[];
  return (
    typeof lon === 'number' && typeof lat === 'number' && Math.abs(lon) <= 180 && Math.abs(lat) <= 89 // NaN fails both
  );
}

function badStreet(street: Street, reason: string): PlanIssue {
  return planIssue('plan.bad-street', `The street ${street.streetId} cannot be read: ${reason}.`, {
    streetId: String(street.streetId),
    reason,
  });
}

/** The part of a street inside the room; what is lost of a chosen one is added to `unserved`. */
export function clipStreet(line: StreetLine, room: PatternRoom, unserved: Unserved[]): StreetLine[] {
  const pieces = room.clip(line.points);
  const lost = lengthMm(line.points) - pieces.reduce((total, piece) => total + lengthMm(piece), 0);
  if (line.isChosen && lost > 100) {
    unserved.push({
      streetId: line.streetId,
      lengthMm: lost,
      reason: 'outside the allowed area or in a keep-out',
    });
  }
  return pieces.map((points) => ({ ...line, points }));
}
