import { type LocalFrame, mmToLonLat, type PointMm } from '../geo/frame.ts';
import { distanceMm } from '../geo/measure.ts';
import type { Limit } from '../limits.ts';
import type { AltitudeDatum } from '../model/airspace.ts';
import type { PlanIssue } from '../model/basics.ts';
import type { PathAction, PathPoint, PatternPath } from '../model/path.ts';

/** What a camera records along a pattern. */
export type Capture =
  | { readonly kind: 'none' }
  | { readonly kind: 'video' }
  /** A picture every so many metres, 0.5–10,000: see `viewOf` for the distance that an overlap asks for. */
  | { readonly kind: 'photos'; readonly everyM: number };

/** How a pattern is flown, whichever it is. */
export interface PatternFlight {
  /** Height of the whole path in `datum`, metres, −500–10,000. */
  readonly heightM: number;
  readonly datum: AltitudeDatum;
  /** Ground speed, m/s, 0.1–100; null: as the aircraft is set. */
  readonly speedMps: number | null;
  /** Done at the first point after speed and camera are set. */
  readonly entry: readonly PathAction[];
  /** Done at the last point before the camera is put back. */
  readonly exit: readonly PathAction[];
  readonly capture: Capture;
}

/** A point of a path that is being made. */
export interface Stop {
  readonly p: PointMm;
  /** Null: the height of the whole path. */
  readonly heightM: number | null;
  readonly actions: readonly PathAction[];
}

export const stopAt = (p: PointMm, actions: readonly PathAction[] = []): Stop => ({
  p,
  heightM: null,
  actions,
});

export function flightLimits(flight: PatternFlight): Limit[] {
  const limits: Limit[] = [['heightM', flight.heightM, -500, 10_000]];
  if (flight.speedMps !== null) limits.push(['speedMps', flight.speedMps, 0.1, 100]);
  if (flight.capture.kind === 'photos') limits.push(['capture.everyM', flight.capture.everyM, 0.5, 10_000]);
  return limits;
}

/** Position as limits; a place that came from a user may hold anything. */
export function placeLimits(
  field: string,
  place: { readonly lonDeg: number; readonly latDeg: number },
): Limit[] {
  return [
    [`${field}.lonDeg`, place.lonDeg, -180, 180],
    [`${field}.latDeg`, place.latDeg, -89, 89],
  ];
}

/** A path that must not be flown, with the reason. */
export function refusedPath(flight: PatternFlight, ...warnings: readonly PlanIssue[]): PatternPath {
  return { points: [], heightM: flight.heightM, datum: flight.datum, lengthM: 0, warnings };
}

/**
 * Stops to a finished path: neighbours at one place become one point, and what opens and closes the flight is put at
 * its ends. Order at the first point: speed, aim of the camera, `entry`, recording starts, then the point's own
 * actions. At the last point: its own actions, recording ends, `exit`, aim given back.
 *
 * `aim` and `release` are the camera commands of the pattern itself (gimbal angles, look-at and its end).
 */
export function finishPath(
  frame: LocalFrame,
  stops: readonly Stop[],
  flight: PatternFlight,
  warnings: readonly PlanIssue[],
  aim: readonly PathAction[] = [],
  release: readonly PathAction[] = [],
): PatternPath {
  const merged: Stop[] = [];
  for (const stop of stops) {
    const last = merged[merged.length - 1];
    if (
      last !== undefined &&
      last.p.x === stop.p.x &&
      last.p.y === stop.p.y &&
      last.heightM === stop.heightM
    ) {
      merged[merged.length - 1] = { ...last, actions: [...last.actions, ...stop.actions] };
    } else merged.push(stop);
  }
  let lengthMm = 0;
  const points: PathPoint[] = merged.map((stop, i) => {
    const before = merged[i - 1];
    if (before !== undefined) lengthMm += distanceMm(before.p, stop.p);
    const actions = [
      ...(i === 0 ? opening(flight, aim) : []),
      ...stop.actions,
      ...(i === merged.length - 1 ? closing(flight, release) : []),
    ];
    return { ...mmToLonLat(frame, stop.p), heightM: stop.heightM, actions };
  });
  return { points, heightM: flight.heightM, datum: flight.datum, lengthM: lengthMm / 1000, warnings };
}

function opening(flight: PatternFlight, aim: readonly PathAction[]): PathAction[] {
  return [
    ...(flight.speedMps === null ? [] : [{ kind: 'speed', speedMps: flight.speedMps } as const]),
    ...aim,
    ...flight.entry,
    ...startCapture(flight.capture),
  ];
}

function closing(flight: PatternFlight, release: readonly PathAction[]): PathAction[] {
  return [...stopCapture(flight.capture), ...flight.exit, ...release];
}

function startCapture(capture: Capture): PathAction[] {
  switch (capture.kind) {
    case 'none':
      return [];
    case 'video':
      return [{ kind: 'video', on: true }];
    case 'photos':
      return [{ kind: 'photo-distance', everyM: capture.everyM }];
  }
}

function stopCapture(capture: Capture): PathAction[] {
  switch (capture.kind) {
    case 'none':
      return [];
    case 'video':
      return [{ kind: 'video', on: false }];
    case 'photos':
      return [{ kind: 'photo-distance', everyM: 0 }];
  }
}

/** Drops stops without actions that lie within a millimetre of the line between their neighbours. */
export function straighten(stops: readonly Stop[]): Stop[] {
  const out: Stop[] = [];
  stops.forEach((stop, i) => {
    const next = stops[i + 1];
    const last = out[out.length - 1];
    const plain = stop.actions.length === 0 && stop.heightM === null;
    if (plain && last !== undefined && next !== undefined && isBetween(last.p, stop.p, next.p)) return;
    out.push(stop);
  });
  return out;
}

function isBetween(a: PointMm, p: PointMm, b: PointMm): boolean {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const length = Math.hypot(dx, dy);
  if (length === 0) return false;
  const along = ((p.x - a.x) * dx + (p.y - a.y) * dy) / length;
  const off = Math.abs((p.x - a.x) * dy - (p.y - a.y) * dx) / length;
  return off <= 0.5 && along >= 0 && along <= length;
}
