import type { MultiPolygon, Polygon } from 'geojson';
import { frameOf, lonLatToMm, type PointMm, type Region } from '../geo/frame.ts';
import { distanceMm, lengthMm, nearestOnSegment } from '../geo/measure.ts';
import {
  areaM2,
  cleanPolygons,
  difference,
  intersect,
  offset,
  partAreaM2,
  partsOf,
  regionOf,
} from '../geo/region.ts';
import { firstFault } from '../limits.ts';
import type { LonLat, PlanIssue } from '../model/basics.ts';
import type { PathAction, PatternPath } from '../model/path.ts';
import { planIssue } from '../plan-issue.ts';
import {
  finishPath,
  flightLimits,
  type PatternFlight,
  placeLimits,
  refusedPath,
  type Stop,
  stopAt,
  straighten,
} from './pattern-flight.ts';
import { unservedPiece } from './pattern-remarks.ts';
import { faultOfArea, keepOutRegion, PatternRoom, type PatternSpace } from './pattern-space.ts';
import { medialWalk, narrowestMm } from './perimeter-medial.ts';

export interface PerimeterOptions {
  /** Distance that the path keeps from the border, metres, 0–2,000. */
  readonly insetM: number;
  /** Rounds, 1–100. */
  readonly laps: number;
  /** Round the outer border; holes are flown the other way round, so that the area stays on the same side. */
  readonly direction: 'clockwise' | 'counter-clockwise';
  /** Holes are patrolled as well, at the same distance. */
  readonly includeHoles: boolean;
  /** The round begins at its place nearest to here; null: at the ring's own first corner. */
  readonly start: LonLat | null;
  /**
   * Where the camera looks: ahead, into the area, or away from it (at a hole: into the hole). The gimbal turns
   * sideways; the nose stays in the direction of flight.
   */
  readonly look: 'ahead' | 'inwards' | 'outwards';
  /** −90 straight down … 0 horizon. */
  readonly gimbalPitchDeg: number;
  readonly space: Omit<PatternSpace, 'allowed'>;
  readonly flight: PatternFlight;
}

/** A piece of border to be flown, closed or cut by keep-outs. */
interface Round {
  /** In flying direction; a closed ring repeats its first point. */
  readonly pieces: readonly (readonly PointMm[])[];
  readonly isClosed: boolean;
}

/**
 * A patrol along the inside of a border: the ring at `insetM`, cut where keep-outs lie and joined again by the
 * shortest ways inside the area.
 *
 * - Never leaves the area nor enters a keep-out with its margin, except between separate parts of the area on a way
 *   of the given way finder, which is said.
 * - A part too narrow for the inset is flown along its middle line there and back, which is said.
 * - What cannot be flown is reported with its size and the reason.
 *
 * Never throws for bad input: with an `error` among `warnings` there is no path.
 */
export function planPerimeter(area: Polygon | MultiPolygon, options: PerimeterOptions): PatternPath {
  const { flight, space } = options;
  const fault =
    firstFault([
      ['insetM', options.insetM, 0, 2000],
      ['laps', options.laps, 1, 100],
      ['gimbalPitchDeg', options.gimbalPitchDeg, -90, 30],
      ['keepOutMarginM', space.keepOutMarginM, 0, 1000],
      ...(options.start === null ? [] : placeLimits('start', options.start)),
      ...flightLimits(flight),
    ]) ?? faultOfArea(area);
  const frame = fault === null ? frameOf(area) : null;
  if (fault !== null) return refusedPath(flight, fault);
  if (frame === null) {
    const reason = 'it has no positions';
    return refusedPath(flight, planIssue('plan.bad-area', `The area cannot be read: ${reason}.`, { reason }));
  }
  const keepOuts = keepOutRegion(frame, { ...space, allowed: area });
  if ('code' in keepOuts) return refusedPath(flight, keepOuts);
  const region = cleanPolygons(frame, area);
  const room = new PatternRoom(frame, difference(region, keepOuts), space.wayFinder);
  const warnings: PlanIssue[] = [];
  const rounds = partsOf(region).flatMap((part) => roundsOf(regionOf(part), room, options, warnings));
  const start = options.start === null ? null : lonLatToMm(frame, options.start);
  const flown = flyRounds(rounds, room, start, Math.round(options.laps), warnings);
  if (flown.length === 0) {
    const reason = region.length === 0 ? 'no area' : 'no part of the border can be flown';
    return refusedPath(
      flight,
      ...warnings,
      planIssue('plan.pattern-empty', `There is no perimeter to fly: ${reason}.`, {
        pattern: 'perimeter',
        reason,
      }),
    );
  }
  const outside = outsideLength(flown, room);
  if (outside.legs > 0) {
    warnings.push(
      planIssue(
        'plan.crosses-outside',
        `${outside.legs} legs (${outside.lengthM} m) cross ground outside the area.`,
        {
          legs: outside.legs,
          lengthM: outside.lengthM,
        },
      ),
    );
  }
  const { aim, release } = cameraActions(options);
  return finishPath(frame, straighten(flown), flight, warnings, aim, release);
}

/** The rounds of one connected part: its inset rings, or its middle line where it has none. */
function roundsOf(
  part: Region,
  room: PatternRoom,
  options: PerimeterOptions,
  warnings: PlanIssue[],
): Round[] {
  // Two millimetres at least: a line exactly on the border is neither inside nor outside.
  const insetMm = Math.max(2, options.insetM * 1000);
  const inset = offset(part, -insetMm);
  if (inset.length === 0) return medialRound(part, room, options, warnings);
  remarkNarrowPlaces(part, inset, insetMm, warnings);
  const islands = partsOf(inset);
  if (islands.length > 1) {
    warnings.push(
      planIssue(
        'plan.inset-in-parts',
        `At ${options.insetM} m from the border the area falls into ${islands.length} parts.`,
        {
          parts: islands.length,
          insetM: options.insetM,
        },
      ),
    );
  }
  return islands.flatMap((island) => {
    const rings = options.includeHoles ? [island.outer, ...island.holes] : [island.outer];
    return rings.flatMap((ring) => {
      const way = options.direction === 'counter-clockwise' ? [...ring] : ring.toReversed();
      return roundOf([...way, way[0] as PointMm], room, warnings);
    });
  });
}

function medialRound(
  part: Region,
  room: PatternRoom,
  options: PerimeterOptions,
  warnings: PlanIssue[],
): Round[] {
  const widthM = Math.round(narrowestMm(part) / 100) / 10;
  const sizeM2 = Math.round(areaM2(part));
  // Steps of half an inset see the shape well; long thin ones are cut into some thousand at most.
  const outlineMm = part.reduce((sum, ring) => sum + lengthMm(ring), 0);
  const stepMm = Math.max(1000, options.insetM * 500, outlineMm / 2000);
  const walk = medialWalk(part, options.insetM * 1500, stepMm);
  if (walk === null) {
    warnings.push(
      unserved(sizeM2, `it is too narrow for an inset of ${options.insetM} m and has no middle line`),
    );
    return [];
  }
  warnings.push(
    planIssue(
      'plan.inset-empty',
      `A part of ${sizeM2} m² has no room for an inset of ${options.insetM} m; its middle line is flown.`,
      { insetM: options.insetM, widthM, areaM2: sizeM2 },
    ),
  );
  return roundOf(walk, room, warnings);
}

function roundOf(ring: readonly PointMm[], room: PatternRoom, warnings: PlanIssue[]): Round[] {
  const pieces = room.clip(ring);
  const whole = lengthMm(ring);
  const flown = pieces.reduce((sum, piece) => sum + lengthMm(piece), 0);
  if (whole - flown > 1000) {
    const lengthM = Math.round((whole - flown) / 1000);
    const lostPct = Math.round((1 - flown / whole) * 1000) / 10;
    warnings.push(
      planIssue(
        'plan.pattern-clipped',
        `${lengthM} m (${lostPct} %) of the perimeter lie in keep-outs and are flown round.`,
        {
          pattern: 'perimeter',
          lengthM,
          lostPct,
        },
      ),
    );
  }
  if (pieces.length === 0) return [];
  return [{ pieces: joinEnds(pieces), isClosed: pieces.length === 1 && whole - flown <= 1 }];
}

/** A ring that was cut has its first and last piece joined where the ring itself began. */
function joinEnds(pieces: readonly (readonly PointMm[])[]): (readonly PointMm[])[] {
  const first = pieces[0];
  const last = pieces[pieces.length - 1];
  if (first === undefined || last === undefined || first === last) return [...pieces];
  const a = last[last.length - 1] as PointMm;
  const b = first[0] as PointMm;
  if (a.x !== b.x || a.y !== b.y) return [...pieces];
  return [[...last, ...first.slice(1)], ...pieces.slice(1, -1)];
}

/** All rounds one after the other, the nearest next one first, each begun at its place nearest to where one is. */
function flyRounds(
  rounds: readonly Round[],
  room: PatternRoom,
  start: PointMm | null,
  laps: number,
  warnings: PlanIssue[],
): Stop[] {
  const open = [...rounds];
  const stops: Stop[] = [];
  let at = start;
  while (open.length > 0) {
    const from = at;
    const next = from === null ? 0 : nearestRound(open, from);
    const round = open.splice(next, 1)[0] as Round;
    const turned = from === null ? round : beginAt(round, from);
    const isFirst = stops.length === 0;
    for (let lap = 0; lap < laps; lap++) {
      for (const piece of turned.pieces) {
        if (!join(stops, piece, room)) {
          if (lap === 0) {
            warnings.push(unservedPiece(lengthMm(piece), 'no allowed way leads there'));
          }
          continue;
        }
        stops.push(...piece.map((p) => stopAt(p)));
      }
    }
    // A round ends where it began.
    const first = turned.pieces[0]?.[0];
    if (first !== undefined && stops.length > 0 && !turned.isClosed && isFirst) join(stops, [first], room);
    at = stops[stops.length - 1]?.p ?? at;
  }
  return stops;
}

/** Adds the way from the last stop to the piece (without the piece itself); false when there is none. */
function join(stops: Stop[], piece: readonly PointMm[], room: PatternRoom): boolean {
  const last = stops[stops.length - 1];
  const to = piece[0];
  if (last === undefined || to === undefined) return true;
  if (last.p.x === to.x && last.p.y === to.y) return true;
  const way = room.way(last.p, to);
  if (way === null) return false;
  stops.push(...way.slice(1).map((p) => stopAt(p)));
  return true;
}

function nearestRound(rounds: readonly Round[], from: PointMm): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  rounds.forEach((round, i) => {
    const near = nearestPlace(round, from);
    if (near !== null && near.distance < least) {
      least = near.distance;
      best = i;
    }
  });
  return best;
}

interface Place {
  readonly piece: number;
  readonly leg: number;
  readonly p: PointMm;
  readonly distance: number;
}

function nearestPlace(round: Round, from: PointMm): Place | null {
  let best: Place | null = null;
  round.pieces.forEach((line, piece) => {
    for (let leg = 1; leg < line.length; leg++) {
      const q = nearestOnSegment(from, line[leg - 1] as PointMm, line[leg] as PointMm);
      const p = { x: Math.round(q.x) + 0, y: Math.round(q.y) + 0 };
      const distance = distanceMm(from, p);
      if (best === null || distance < best.distance) best = { piece, leg, p, distance };
    }
  });
  return best;
}

/** The round begun at its place nearest to `from`; a cut round begins with the piece after it. */
function beginAt(round: Round, from: PointMm): Round {
  const place = nearestPlace(round, from);
  if (place === null) return round;
  if (round.isClosed) {
    const ring = round.pieces[0] as readonly PointMm[];
    const turned = [place.p, ...ring.slice(place.leg, -1), ...ring.slice(0, place.leg), place.p];
    return { pieces: [turned], isClosed: true };
  }
  const line = round.pieces[place.piece] as readonly PointMm[];
  // Begun in the middle of a piece, its first half is flown last.
  const second = [place.p, ...line.slice(place.leg)];
  const first = [...line.slice(0, place.leg), place.p];
  const others = [...round.pieces.slice(place.piece + 1), ...round.pieces.slice(0, place.piece)];
  return { pieces: [second, ...others, first].filter((piece) => lengthMm(piece) > 0), isClosed: false };
}

/** Says what the inset cuts off: narrow tails and necks that no ring passes along. */
function remarkNarrowPlaces(part: Region, inset: Region, insetMm: number, warnings: PlanIssue[]): void {
  // What a disc of the inset's radius can reach; corners are rounded off by it, so only larger rests are told.
  const reached = intersect(part, offset(inset, insetMm + 2));
  const cut = partsOf(difference(part, reached)).filter((rest) => partAreaM2(rest) > (insetMm / 1000) ** 2);
  if (cut.length === 0) return;
  const sizeM2 = cut.reduce((sum, rest) => sum + partAreaM2(rest), 0);
  const where = cut.length === 1 ? 'it is' : `its ${cut.length} places are`;
  warnings.push(
    unserved(Math.round(sizeM2), `${where} narrower than twice the inset of ${insetMm / 1000} m`),
  );
}

function unserved(sizeM2: number, reason: string): PlanIssue {
  return planIssue('plan.part-unserved', `A part of ${sizeM2} m² is not flown along: ${reason}.`, {
    areaM2: sizeM2,
    reason,
  });
}

function outsideLength(
  stops: readonly Stop[],
  room: PatternRoom,
): { readonly legs: number; readonly lengthM: number } {
  let legs = 0;
  let length = 0;
  for (let i = 1; i < stops.length; i++) {
    const a = (stops[i - 1] as Stop).p;
    const b = (stops[i] as Stop).p;
    if (room.isVisible(a, b)) continue;
    legs++;
    length += distanceMm(a, b);
  }
  return { legs, lengthM: Math.round(length / 1000) };
}

/** Gimbal sideways to where the area is: on the left when flown counter-clockwise. */
function cameraActions(options: PerimeterOptions): {
  readonly aim: readonly PathAction[];
  readonly release: readonly PathAction[];
} {
  const { look, direction, gimbalPitchDeg } = options;
  const areaSide = direction === 'counter-clockwise' ? -90 : 90;
  const yawDeg = look === 'ahead' ? 0 : look === 'inwards' ? areaSide : -areaSide;
  return {
    aim: [{ kind: 'gimbal', pitchDeg: gimbalPitchDeg, yawDeg }],
    release: yawDeg === 0 ? [] : [{ kind: 'gimbal', pitchDeg: gimbalPitchDeg, yawDeg: 0 }],
  };
}
