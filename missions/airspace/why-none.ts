import { type LocalFrame, lonLatToMm, mmToLonLat, type PointMm, type Region } from '../geo/frame.ts';
import { containsPoint, distanceMm, nearestOnBorder } from '../geo/measure.ts';
import { boundsOf, difference, intersect, offset, partsOf, regionOf } from '../geo/region.ts';
import type { LonLat, PlanIssue } from '../model.ts';
import { planIssue } from '../plan-issue.ts';
import { nameOf } from './check-zones.ts';
import type { GrownZone } from './grown-zone.ts';
import type { ObstacleWays } from './obstacle-ways.ts';

/** Why there is no way between two points. `end` is the one that the trouble is at. */
export type WhyNone =
  /** Not a position on Earth. */
  | { readonly kind: 'bad-position'; readonly end: 'from' | 'to'; readonly issue: PlanIssue }
  | {
      readonly kind: 'in-zone';
      readonly end: 'from' | 'to';
      readonly zoneIds: readonly string[];
      /** The legal point nearest to that end; null when there is none. */
      readonly nearest: LonLat | null;
      readonly distanceM: number | null;
      readonly issue: PlanIssue;
    }
  | {
      readonly kind: 'outside-boundary';
      readonly end: 'from' | 'to';
      readonly nearest: LonLat | null;
      readonly distanceM: number | null;
      readonly issue: PlanIssue;
    }
  /** Both ends are legal, but the zones named (and the boundary, if there is one) stand between them everywhere. */
  | {
      readonly kind: 'walled-in';
      readonly end: 'from' | 'to';
      readonly zoneIds: readonly string[];
      readonly issue: PlanIssue;
    };

export interface WhyNoneSpace {
  readonly frame: LocalFrame;
  readonly blocking: readonly GrownZone[];
  readonly obstacles: Region;
  readonly boundary: Region | null;
  readonly ways: ObstacleWays;
}

/** Explains a missing way. Only to be asked when there is none. */
export function whyNone(space: WhyNoneSpace, from: LonLat, to: LonLat): WhyNone {
  for (const [end, position] of [
    ['from', from],
    ['to', to],
  ] as const) {
    if (!isPosition(position)) {
      const value = `${position.lonDeg}, ${position.latDeg}`;
      const message = `${WHERE[end]} (${value}) is not a position.`;
      return {
        kind: 'bad-position',
        end,
        issue: planIssue('airspace.bad-request', message, { field: end, value }),
      };
    }
    const p = lonLatToMm(space.frame, position);
    if (!space.ways.isFree(p)) return endBlocked(space, end, p);
  }
  return walledIn(space, lonLatToMm(space.frame, from), lonLatToMm(space.frame, to));
}

/** True for finite degrees in range: geometry must never see anything else. */
export function isPosition(p: LonLat): boolean {
  return Math.abs(p.lonDeg) <= 180 && Math.abs(p.latDeg) <= 90;
}

const WHERE = { from: 'The start', to: 'The destination' } as const;

function endBlocked(space: WhyNoneSpace, end: 'from' | 'to', p: PointMm): WhyNone {
  const border = space.boundary === null ? space.obstacles : difference(space.boundary, space.obstacles);
  const found = nearestOnBorder(border, p);
  const legal = found === null ? null : legalBeside(space, found);
  const nearest = legal === null ? null : mmToLonLat(space.frame, legal);
  const distanceM = legal === null ? null : Math.round(distanceMm(p, legal) / 100) / 10;
  const out = distanceM === null ? '' : ` The nearest point that may be flown to is ${distanceM} m away.`;
  const inside = space.blocking.filter(({ region }) => containsPoint(region, p));
  const first = inside[0];
  if (first === undefined) {
    return {
      kind: 'outside-boundary',
      end,
      nearest,
      distanceM,
      issue: planIssue(
        'airspace.end-outside-boundary',
        `${WHERE[end]} lies outside the boundary or too near to it.${out}`,
        { end, distanceM: distanceM ?? 0 },
      ),
    };
  }
  const names = inside.map(({ zone }) => nameOf(zone)).join(', ');
  return {
    kind: 'in-zone',
    end,
    zoneIds: inside.map(({ zone }) => zone.zoneId),
    nearest,
    distanceM,
    issue: planIssue('airspace.end-in-zone', `${WHERE[end]} lies in ${names} or its margin.${out}`, {
      end,
      zoneId: first.zone.zoneId,
      zone: names,
      distanceM: distanceM ?? 0,
    }),
  };
}

/** A whole-millimetre point at a place of the border that rounding did not push inside. */
function legalBeside(space: WhyNoneSpace, p: PointMm): PointMm | null {
  const x = Math.round(p.x);
  const y = Math.round(p.y);
  for (const step of [0, 1, 2, 4]) {
    for (const [dx, dy] of NEIGHBOURS) {
      const q = { x: x + dx * step, y: y + dy * step };
      if (space.ways.isFree(q)) return q;
    }
  }
  return null;
}

const NEIGHBOURS = [
  [0, 0],
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
  [1, 1],
  [1, -1],
  [-1, 1],
  [-1, -1],
] as const;

/** Beyond all zones, in mm: stands for "everywhere else" where there is no boundary. */
const AROUND_MM = 1_000_000;
/** A zone counts as part of the wall when it comes this near to the walled-in place. */
const WALL_REACH_MM = 20;

function walledIn(space: WhyNoneSpace, from: PointMm, to: PointMm): WhyNone {
  const outer = space.boundary ?? [boxAround([...space.obstacles, [from, to]])];
  const parts = partsOf(difference(outer, space.obstacles)).map(regionOf);
  const areaAt = (p: PointMm): Region | null =>
    parts.find((part) => containsPoint(offset(part, WALL_REACH_MM / 4), p)) ?? null;
  const ofFrom = areaAt(from);
  const ofTo = areaAt(to);
  // Parts come largest first: the smaller of the two is the pocket that somebody sits in.
  const fromIsPocket = ofTo === null || (ofFrom !== null && parts.indexOf(ofFrom) >= parts.indexOf(ofTo));
  const end = fromIsPocket ? 'from' : 'to';
  const pocket = (fromIsPocket ? ofFrom : ofTo) ?? [];
  const reach = offset(pocket, WALL_REACH_MM);
  const wall = space.blocking.filter(({ region }) => intersect(reach, region).length > 0);
  const names = wall.map(({ zone }) => nameOf(zone)).join(', ');
  const closed = [names, space.boundary === null ? '' : 'the boundary'].filter((text) => text !== '');
  return {
    kind: 'walled-in',
    end,
    zoneIds: wall.map(({ zone }) => zone.zoneId),
    issue: planIssue(
      'airspace.no-way',
      `${WHERE[end]} is shut in by ${closed.join(' and ')}: no way leads out at this height. Fly at another height, another time, or from another base.`,
      { end, zones: closed.join(', ') },
    ),
  };
}

function boxAround(region: Region): PointMm[] {
  const { minX, minY, maxX, maxY } = boundsOf(region);
  return [
    { x: minX - AROUND_MM, y: minY - AROUND_MM },
    { x: maxX + AROUND_MM, y: minY - AROUND_MM },
    { x: maxX + AROUND_MM, y: maxY + AROUND_MM },
    { x: minX - AROUND_MM, y: maxY + AROUND_MM },
  ];
}
