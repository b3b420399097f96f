import type { MissionItem } from '../mission-item.ts';
import type { AirspaceZone } from '../model.ts';
import {
  type BaseName,
  fenceCircle,
  HILLS,
  item,
  metresOf,
  START_MS,
  waypoint,
  zone,
} from './base-plans.fixture.ts';
import type { VerifyMissionInput } from './mission-input.ts';
import type { MissionCheckId } from './mission-report.ts';

/** Where and how much: both between 0 and 1. */
export interface Draw {
  readonly at: number;
  readonly size: number;
}

export type Change = (input: VerifyMissionInput, draw: Draw) => VerifyMissionInput;

export interface Damage {
  readonly name: string;
  readonly bases: readonly BaseName[];
  /** The check that must refuse what `hurt` makes of a good mission. */
  readonly check: MissionCheckId;
  readonly hurt: Change;
  /** The same kind of change, kept within the limit: must pass that check. */
  readonly spare?: Change;
}

export const ALL: readonly BaseName[] = ['coverage', 'perimeter', 'corridor', 'terrain', 'px4'];
export const ARDUPILOT: readonly BaseName[] = ['coverage', 'perimeter', 'corridor', 'terrain'];
export const FENCED: readonly BaseName[] = ['coverage', 'px4'];
/** Long legs well apart from each other. */
export const SPARSE: readonly BaseName[] = ['perimeter', 'terrain'];

export const between = (low: number, high: number, share: number): number => low + (high - low) * share;

export function withItems(
  input: VerifyMissionInput,
  change: (items: MissionItem[]) => MissionItem[],
): VerifyMissionInput {
  return { ...input, plan: { ...input.plan, items: change([...input.plan.items]) } };
}

export const waypointIndexes = (items: readonly MissionItem[]): number[] =>
  items.flatMap((it, i) => (it.command === 16 ? [i] : []));

/** Index of a waypoint, 0 the first, 1 the last. */
export function pick(items: readonly MissionItem[], at: number): number {
  const indexes = waypointIndexes(items);
  return indexes[Math.min(indexes.length - 1, Math.floor(at * indexes.length))] ?? 0;
}

export const changeWaypoint =
  (fields: (it: MissionItem, draw: Draw) => Partial<MissionItem>): Change =>
  (input, draw) =>
    withItems(input, (items) => {
      const index = pick(items, draw.at);
      return items.map((it, i) => (i === index ? { ...it, ...fields(it, draw) } : it));
    });

/** Puts an item before a waypoint. */
export const insert =
  (make: (before: MissionItem, draw: Draw) => MissionItem): Change =>
  (input, draw) =>
    withItems(input, (items) => {
      const index = pick(items, draw.at);
      return [...items.slice(0, index), make(items[index] as MissionItem, draw), ...items.slice(index)];
    });

export const changeCommand =
  (command: number, fields: (draw: Draw) => Partial<MissionItem>): Change =>
  (input, draw) =>
    withItems(input, (items) =>
      items.map((it) => (it.command === command ? { ...it, ...fields(draw) } : it)),
    );

export const withFence = (input: VerifyMissionInput, fence: readonly MissionItem[]): VerifyMissionInput => ({
  ...input,
  plan: { ...input.plan, fence },
});

export const withRally = (input: VerifyMissionInput, rally: readonly MissionItem[]): VerifyMissionInput => ({
  ...input,
  plan: { ...input.plan, rally },
});

export const withZone = (input: VerifyMissionInput, extra: AirspaceZone): VerifyMissionInput => ({
  ...input,
  zones: [...input.zones, extra],
});

export const withLimits = (
  input: VerifyMissionInput,
  limits: VerifyMissionInput['limits'],
): VerifyMissionInput => ({
  ...input,
  limits: { ...input.limits, ...limits },
});

/** The middle of a leg between two waypoints, its unit normal and its length. */
export function leg(input: VerifyMissionInput, at: number): { x: number; y: number; nx: number; ny: number } {
  // A spline is no straight line, so nothing is put beside one.
  const stops = input.plan.items.filter((it) => [16, 19, 82].includes(it.command));
  const pairs = stops.flatMap((it, i) => {
    const next = stops[i + 1];
    return next === undefined || it.command === 82 || next.command === 82 ? [] : [[it, next] as const];
  });
  const [from, to] = pairs[
    Math.min(pairs.length - 1, Math.floor(at * pairs.length))
  ] as (typeof pairs)[number];
  const [ax, ay] = metresOf(from);
  const [bx, by] = metresOf(to);
  const length = Math.hypot(bx - ax, by - ay);
  const t = between(0.4, 0.6, (at * 7) % 1);
  return {
    x: ax + (bx - ax) * t,
    y: ay + (by - ay) * t,
    nx: -(by - ay) / length,
    ny: (bx - ax) / length,
  };
}

export const RADIUS_M = 8;

/** A round zone beside a leg whose border is `gapM` away from it (negative: the leg cuts into it). */
export function besideLeg(input: VerifyMissionInput, at: number, gapM: number): [number, number][] {
  const { x, y, nx, ny } = leg(input, at);
  const reach = RADIUS_M + gapM;
  return Array.from({ length: 64 }, (_, k) => {
    const angle = (2 * Math.PI * k) / 64;
    return [x + nx * reach + RADIUS_M * Math.cos(angle), y + ny * reach + RADIUS_M * Math.sin(angle)];
  });
}

export const intoLeg = (draw: Draw): number => between(-0.2, -RADIUS_M, draw.size);
export const offLeg = (draw: Draw): number => between(0.05, 5, draw.size);

/** The same flight by somebody else, moved in height and time. */
export function alongside(input: VerifyMissionInput, upM: number, delayS: number): VerifyMissionInput {
  const lift = (it: MissionItem): MissionItem =>
    [16, 18, 19, 22, 82].includes(it.command) ? { ...it, z: it.z + upM } : it;
  const { plan, autopilot, vehicleClass, home, profile } = input;
  return {
    ...input,
    otherPlans: [
      {
        planId: 'other',
        autopilot,
        vehicleClass,
        home,
        profile,
        startMs: START_MS + delayS * 1000,
        plan: { ...plan, items: plan.items.map(lift) },
      },
    ],
  };
}

export function capacity(input: VerifyMissionInput, spare: number): VerifyMissionInput {
  const taken = input.plan.items.length + (input.autopilot === 'ardupilot' ? 1 : 0);
  return { ...input, profile: { ...input.profile, missionCapacity: taken + spare } };
}

export function excluded(input: VerifyMissionInput, at: number, gapM: number): VerifyMissionInput {
  const { x, y, nx, ny } = leg(input, at);
  const reach = RADIUS_M + gapM;
  const circle = fenceCircle(5004, x + nx * reach, y + ny * reach, RADIUS_M);
  return withFence(input, [...input.plan.fence, circle]);
}

/** A zone on a leg with a height band. */
export function band(
  input: VerifyMissionInput,
  draw: Draw,
  ceilingM: number,
  floorM: number | null,
): AirspaceZone {
  return zone('no-fly', besideLeg(input, draw.at, -RADIUS_M), { ceilingM, floorM });
}

/** Home lies at 150 m, the flight at 60 m above it. */
export function amslBand(input: VerifyMissionInput, draw: Draw, ceilingM: number): AirspaceZone {
  return zone('no-fly', besideLeg(input, draw.at, -RADIUS_M), { datum: 'amsl', ceilingM });
}

export function activeAt(
  input: VerifyMissionInput,
  draw: Draw,
  fromMs: number | null,
  toMs: number | null,
): AirspaceZone {
  return zone('no-fly', besideLeg(input, draw.at, -RADIUS_M), { activeFromMs: fromMs, activeToMs: toMs });
}

/** Every height above home. */
export function level(input: VerifyMissionInput, z: number): VerifyMissionInput {
  return withItems(input, (items) => items.map((it) => (it.command === 16 ? { ...it, frame: 3, z } : it)));
}

/** A last waypoint far enough from home that the return climbs to its full height. */
export function farReturn(input: VerifyMissionInput): VerifyMissionInput {
  return withItems(input, (items) => {
    const last = items.findLastIndex((it) => it.command === 16);
    const like = items[last] as MissionItem;
    const far = { ...waypoint(260, 150, like.z), frame: like.frame };
    return [...items.slice(0, last + 1), far, ...items.slice(last + 1).filter((it) => it.command !== 177)];
  });
}

/** The hills with a cone of 60 m radius on a leg, `riseM` above the flight's home. */
export function withHill(
  input: VerifyMissionInput,
  at: number,
  riseM: number,
): VerifyMissionInput['elevation'] {
  const { x, y } = leg(input, at);
  return {
    ...HILLS,
    elevationAmslM: (lonDeg, latDeg) => {
      const base = HILLS.elevationAmslM(lonDeg, latDeg) ?? 0;
      const [e, n] = metresOf(item(16, { x: latDeg * 1e7, y: lonDeg * 1e7 }));
      const d = Math.hypot(e - x, n - y);
      return Math.max(base, d < 60 ? 300 + riseM : base);
    },
  };
}
