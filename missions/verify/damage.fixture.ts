import type { MissionItem } from '../mission-item.ts';
import type { AirspaceZone } from '../model.ts';
import {
  type BaseName,
  box,
  fenceCircle,
  HILLS,
  item,
  metresOf,
  placeAt,
  positioned,
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

type Change = (input: VerifyMissionInput, draw: Draw) => VerifyMissionInput;

export interface Damage {
  readonly name: string;
  readonly bases: readonly BaseName[];
  /** The check that must refuse what `hurt` makes of a good mission. */
  readonly check: MissionCheckId;
  readonly hurt: Change;
  /** The same kind of change, kept within the limit: must pass that check. */
  readonly spare?: Change;
}

const ALL: readonly BaseName[] = ['coverage', 'perimeter', 'corridor', 'terrain', 'px4'];
const ARDUPILOT: readonly BaseName[] = ['coverage', 'perimeter', 'corridor', 'terrain'];
const FENCED: readonly BaseName[] = ['coverage', 'px4'];
/** Long legs well apart from each other. */
const SPARSE: readonly BaseName[] = ['perimeter', 'terrain'];

const between = (low: number, high: number, share: number): number => low + (high - low) * share;

function withItems(
  input: VerifyMissionInput,
  change: (items: MissionItem[]) => MissionItem[],
): VerifyMissionInput {
  return { ...input, plan: { ...input.plan, items: change([...input.plan.items]) } };
}

const waypointIndexes = (items: readonly MissionItem[]): number[] =>
  items.flatMap((it, i) => (it.command === 16 ? [i] : []));

/** Index of a waypoint, 0 the first, 1 the last. */
function pick(items: readonly MissionItem[], at: number): number {
  const indexes = waypointIndexes(items);
  return indexes[Math.min(indexes.length - 1, Math.floor(at * indexes.length))] ?? 0;
}

const changeWaypoint =
  (fields: (it: MissionItem, draw: Draw) => Partial<MissionItem>): Change =>
  (input, draw) =>
    withItems(input, (items) => {
      const index = pick(items, draw.at);
      return items.map((it, i) => (i === index ? { ...it, ...fields(it, draw) } : it));
    });

/** Puts an item before a waypoint. */
const insert =
  (make: (before: MissionItem, draw: Draw) => MissionItem): Change =>
  (input, draw) =>
    withItems(input, (items) => {
      const index = pick(items, draw.at);
      return [...items.slice(0, index), make(items[index] as MissionItem, draw), ...items.slice(index)];
    });

const changeCommand =
  (command: number, fields: (draw: Draw) => Partial<MissionItem>): Change =>
  (input, draw) =>
    withItems(input, (items) =>
      items.map((it) => (it.command === command ? { ...it, ...fields(draw) } : it)),
    );

const withFence = (input: VerifyMissionInput, fence: readonly MissionItem[]): VerifyMissionInput => ({
  ...input,
  plan: { ...input.plan, fence },
});

const withRally = (input: VerifyMissionInput, rally: readonly MissionItem[]): VerifyMissionInput => ({
  ...input,
  plan: { ...input.plan, rally },
});

const withZone = (input: VerifyMissionInput, extra: AirspaceZone): VerifyMissionInput => ({
  ...input,
  zones: [...input.zones, extra],
});

const withLimits = (input: VerifyMissionInput, limits: VerifyMissionInput['limits']): VerifyMissionInput => ({
  ...input,
  limits: { ...input.limits, ...limits },
});

/** The middle of a leg between two waypoints, its unit normal and its length. */
function leg(input: VerifyMissionInput, at: number): { x: number; y: number; nx: number; ny: number } {
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

const RADIUS_M = 8;

/** A round zone beside a leg whose border is `gapM` away from it (negative: the leg cuts into it). */
function besideLeg(input: VerifyMissionInput, at: number, gapM: number): [number, number][] {
  const { x, y, nx, ny } = leg(input, at);
  const reach = RADIUS_M + gapM;
  return Array.from({ length: 64 }, (_, k) => {
    const angle = (2 * Math.PI * k) / 64;
    return [x + nx * reach + RADIUS_M * Math.cos(angle), y + ny * reach + RADIUS_M * Math.sin(angle)];
  });
}

const intoLeg = (draw: Draw): number => between(-0.2, -RADIUS_M, draw.size);
const offLeg = (draw: Draw): number => between(0.05, 5, draw.size);

/** The same flight by somebody else, moved in height and time. */
function alongside(input: VerifyMissionInput, upM: number, delayS: number): VerifyMissionInput {
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

export const DAMAGES: readonly Damage[] = [
  // Numbers and positions
  { name: 'NaN as a height', bases: ALL, check: 'numbers', hurt: changeWaypoint(() => ({ z: Number.NaN })) },
  {
    name: 'NaN as a latitude',
    bases: ALL,
    check: 'numbers',
    hurt: changeWaypoint(() => ({ x: Number.NaN })),
  },
  {
    name: 'an infinite hold',
    bases: ALL,
    check: 'numbers',
    hurt: changeWaypoint(() => ({ param1: Number.POSITIVE_INFINITY })),
  },
  {
    name: 'part of a degE7',
    bases: ALL,
    check: 'numbers',
    hurt: changeWaypoint((it, d) => ({ x: it.x + between(0.1, 0.9, d.size) })),
    spare: changeWaypoint((it) => ({ x: it.x + 1 })),
  },
  {
    name: 'NaN for the yaw where ArduPilot wants a number',
    bases: ARDUPILOT,
    check: 'numbers',
    hurt: changeWaypoint(() => ({ param4: Number.NaN })),
  },
  {
    name: 'a waypoint at 0, 0',
    bases: ALL,
    check: 'positions',
    hurt: changeWaypoint(() => ({ x: 0, y: 0 })),
  },
  {
    name: 'a latitude beyond the pole',
    bases: ALL,
    check: 'positions',
    hurt: changeWaypoint((_, d) => ({ x: Math.round(between(900_000_001, 2_000_000_000, d.size)) })),
  },
  {
    name: 'a longitude beyond 180°',
    bases: ALL,
    check: 'positions',
    hurt: changeWaypoint((_, d) => ({ y: Math.round(between(1_800_000_001, 2_100_000_000, d.size)) })),
  },
  {
    name: 'a home without a fix',
    bases: ALL,
    check: 'positions',
    hurt: (input) => ({ ...input, home: { ...input.home, position: { lonDeg: 0, latDeg: 0 } } }),
  },
  {
    name: 'a fence corner at 0, 0',
    bases: FENCED,
    check: 'positions',
    hurt: (input, d) =>
      withFence(
        input,
        input.plan.fence.map((it, i) => (i === Math.floor(d.at * 3.99) ? { ...it, x: 0, y: 0 } : it)),
      ),
  },
  // Commands, frames, parameters
  {
    name: 'a command that nobody knows',
    bases: ALL,
    check: 'commands',
    hurt: insert((it, d) => ({ ...it, command: Math.round(between(6000, 9000, d.size)) })),
  },
  {
    name: 'a command that moves home, changes the mode or switches the fence off',
    bases: ALL,
    check: 'commands',
    hurt: insert((_, d) =>
      item([176, 179, 207, 92, 208, 185][Math.floor(d.size * 5.99)] as number, { frame: 2 }),
    ),
  },
  {
    name: 'a spline or circles on PX4',
    bases: ['px4'],
    check: 'commands',
    hurt: changeWaypoint((_, d) => ({ command: d.size < 0.5 ? 82 : 18, param1: 1, param3: 5 })),
  },
  {
    name: 'a turn of the nose on PX4',
    bases: ['px4'],
    check: 'commands',
    hurt: insert(() => item(115, { frame: 2, param1: 90 })),
  },
  {
    name: 'a transition on a multicopter',
    bases: ARDUPILOT,
    check: 'commands',
    hurt: insert(() => item(3000, { frame: 2, param1: 4 })),
  },
  {
    name: 'a waypoint in a local or no frame',
    bases: ALL,
    check: 'frames',
    hurt: changeWaypoint((_, d) => ({ frame: [1, 2, 4, 7, 8][Math.floor(d.size * 4.99)] as number })),
  },
  {
    name: 'a height above terrain on PX4',
    bases: ['px4'],
    check: 'frames',
    hurt: changeWaypoint(() => ({ frame: 10 })),
  },
  {
    name: 'a return in a global frame on PX4',
    bases: ['px4'],
    check: 'frames',
    hurt: changeCommand(20, () => ({ frame: 3 })),
  },
  {
    name: 'a take-off to less than 3 m',
    bases: ALL,
    check: 'parameters',
    hurt: changeCommand(22, (d) => ({ z: between(-5, 2.9, d.size) })),
    spare: changeCommand(22, (d) => ({ z: between(3, 60, d.size) })),
  },
  {
    name: 'a jump to nowhere',
    bases: ALL,
    check: 'parameters',
    hurt: insert((_, d) => item(177, { frame: 2, param1: Math.round(between(200, 900, d.size)), param2: 1 })),
  },
  {
    name: 'a speed of nothing',
    bases: ALL,
    check: 'parameters',
    hurt: changeCommand(178, (d) => ({ param2: -between(0, 5, d.size) })),
  },
  {
    name: 'a hold of less than no time',
    bases: ALL,
    check: 'parameters',
    hurt: changeWaypoint((_, d) => ({ param1: -between(0.1, 50, d.size) })),
  },
  {
    name: 'a delay until a time of day',
    bases: ALL,
    check: 'parameters',
    hurt: insert(() => item(93, { frame: 2, param1: -1, param2: 6 })),
  },
  {
    name: 'a profile without a climb speed',
    bases: ALL,
    check: 'parameters',
    hurt: (input) => ({ ...input, profile: { ...input.profile, climbSpeedMps: 0 } }),
  },
  {
    name: 'more items than the autopilot stores',
    bases: ALL,
    check: 'capacity',
    hurt: (input, d) => capacity(input, -1 - Math.floor(d.size * 5)),
    spare: (input, d) => capacity(input, Math.floor(d.size * 5)),
  },
  // Order
  {
    name: 'no take-off',
    bases: ALL,
    check: 'starts-with-take-off',
    hurt: (input) => withItems(input, (items) => items.filter((it) => it.command !== 22)),
  },
  {
    name: 'a waypoint before the take-off',
    bases: ALL,
    check: 'starts-with-take-off',
    hurt: (input, d) => withItems(input, (items) => [items[pick(items, d.at)] as MissionItem, ...items]),
    spare: (input) => withItems(input, (items) => [item(178, { frame: 2, param1: 1, param2: 7 }), ...items]),
  },
  {
    name: 'no return',
    bases: ALL,
    check: 'ends-with-return',
    hurt: (input) => withItems(input, (items) => items.slice(0, -1)),
  },
  {
    name: 'a return in the middle',
    bases: ALL,
    check: 'ends-with-return',
    hurt: insert(() => item(20, { frame: 2 })),
  },
  {
    name: 'a jump back for ever',
    bases: ALL,
    check: 'finite',
    hurt: (input) =>
      withItems(input, (items) => [
        ...items.slice(0, -1),
        item(177, { frame: 2, param1: 2, param2: -1 }),
        ...items.slice(-1),
      ]),
    spare: (input) =>
      withItems(input, (items) => [
        ...items.slice(0, -1),
        item(177, { frame: 2, param1: 2, param2: 1 }),
        ...items.slice(-1),
      ]),
  },
  {
    name: 'a loiter without an end',
    bases: ALL,
    check: 'finite',
    hurt: insert((it) => ({ ...it, command: 17, param4: 0 })),
  },
  {
    name: 'a flight of many hours',
    bases: ALL,
    check: 'finite',
    hurt: insert((_, d) => item(93, { frame: 2, param1: between(22_000, 60_000, d.size) })),
    spare: insert((_, d) => item(93, { frame: 2, param1: between(1, 300, d.size) })),
  },
  // Fence and rally as written
  {
    name: 'a fence with a lost corner',
    bases: FENCED,
    check: 'fence-form',
    hurt: (input, d) =>
      withFence(
        input,
        input.plan.fence.filter((_, i) => i !== Math.floor(d.at * 3.99)),
      ),
  },
  {
    name: 'a fence polygon that miscounts',
    bases: FENCED,
    check: 'fence-form',
    hurt: (input, d) =>
      withFence(
        input,
        input.plan.fence.map((it, i) =>
          i === Math.floor(d.at * 3.99) ? { ...it, param1: 2 + Math.floor(d.size * 2) * 3 } : it,
        ),
      ),
  },
  {
    name: 'a fence circle without a radius',
    bases: ['coverage', 'perimeter', 'px4'],
    check: 'fence-form',
    hurt: (input, d) =>
      withFence(
        input,
        input.plan.fence.map((it) => (it.command >= 5003 ? { ...it, param1: -d.size } : it)),
      ),
  },
  {
    name: 'something else among the rally points',
    bases: FENCED,
    check: 'rally-form',
    hurt: (input) => withRally(input, [...input.plan.rally, waypoint(10, 10, 20)]),
  },
  // Where it leads
  {
    name: 'a height above sea level and a home of unknown height',
    bases: ['perimeter'],
    check: 'heights-known',
    hurt: changeWaypoint((it) => ({ frame: 0, z: it.z + 150 })),
    spare: (input, d) => ({
      ...changeWaypoint((it) => ({ frame: 0, z: it.z + 150 }))(input, d),
      home: { ...input.home, elevationAmslM: 150 },
    }),
  },
  {
    name: 'a height above terrain without terrain',
    bases: ['terrain'],
    check: 'heights-known',
    hurt: (input) => ({ ...input, elevation: null }),
  },
  {
    name: 'a waypoint on another continent',
    bases: ALL,
    check: 'range',
    hurt: changeWaypoint((_, d) => ({ y: Math.round(between(-1_200_000_000, 200_000_000, d.size)) })),
  },
  {
    name: 'a waypoint farther than the range',
    bases: ALL,
    check: 'range',
    hurt: changeWaypoint((it, d) => ({ x: it.x + Math.round(between(1_900_000, 15_000_000, d.size)) })),
    spare: changeWaypoint((it, d) => ({ x: it.x + Math.round(between(0, 1_600_000, d.size)) })),
  },
  {
    name: 'a leg longer than allowed',
    bases: ALL,
    check: 'leg-length',
    hurt: changeWaypoint((it, d) => ({ x: it.x + Math.round(between(1_000_000, 1_600_000, d.size)) })),
    spare: changeWaypoint((it, d) => ({ x: it.x + Math.round(between(0, 750_000, d.size)) })),
  },
  {
    name: 'a waypoint outside the area',
    bases: ['coverage', 'perimeter', 'px4'],
    check: 'area',
    hurt: changeWaypoint((it, d) => {
      // Away from everything: the area ends at 520 m.
      const [, north] = metresOf(it);
      const to = placeAt(between(-5, -400, d.size), north);
      return { y: Math.round(to.lonDeg * 1e7) };
    }),
  },
  {
    name: 'a short cut across the inner corner of the L',
    bases: FENCED,
    check: 'area',
    hurt: (input, d) =>
      withItems(input, (items) => {
        const ends = [
          waypoint(between(450, 490, d.size), 80, 60),
          waypoint(90, between(420, 470, d.size), 60),
        ];
        const like = items.find((it) => it.command === 16) as MissionItem;
        const index = pick(items, 0.5);
        return [
          ...items.slice(0, index),
          ...ends.map((it) => ({ ...it, frame: like.frame })),
          ...items.slice(index),
        ];
      }),
  },
  {
    name: 'lanes that are missing',
    bases: FENCED,
    check: 'coverage',
    hurt: (input, d) =>
      withItems(input, (items) => {
        const indexes = waypointIndexes(items);
        const count = Math.ceil(indexes.length * between(0.35, 0.9, d.size));
        const from = Math.floor((indexes.length - count) * d.at);
        const lost = new Set(indexes.slice(from, from + count));
        return items.filter((_, i) => !lost.has(i));
      }),
  },
  {
    name: 'a swath wider than the camera sees from that height',
    bases: FENCED,
    check: 'swath',
    hurt: changeWaypoint((_, d) => ({ z: between(32, 44, d.size) })),
    spare: changeWaypoint((_, d) => ({ z: between(55, 60, d.size) })),
  },
  // Airspace
  {
    name: 'an excluded circle that reaches over a leg',
    bases: SPARSE,
    check: 'fence',
    hurt: (input, d) => excluded(input, d.at, intoLeg(d)),
    spare: (input, d) => excluded(input, d.at, offLeg(d)),
  },
  {
    name: 'a fence that ends before the way does',
    bases: ['perimeter'],
    check: 'fence',
    hurt: (input, d) => withFence(input, [fenceCircle(5003, 150, 150, between(60, 183, d.size))]),
    // Home, 212 m from the middle, is the farthest point.
    spare: (input, d) => withFence(input, [fenceCircle(5003, 150, 150, between(212.2, 300, d.size))]),
  },
  {
    name: 'a second inclusion that does not hold the flight',
    bases: FENCED,
    check: 'fence',
    hurt: (input, d) =>
      withFence(input, [...input.plan.fence, fenceCircle(5003, 200, 200, between(20, 200, d.size))]),
  },
  {
    name: 'a no-fly zone that reaches over a leg',
    bases: SPARSE,
    check: 'no-fly',
    hurt: (input, d) => withZone(input, zone('no-fly', besideLeg(input, d.at, intoLeg(d)))),
    spare: (input, d) => withZone(input, zone('no-fly', besideLeg(input, d.at, offLeg(d)))),
  },
  {
    name: 'a no-fly zone where a spline may bulge',
    bases: ['corridor'],
    check: 'no-fly',
    // The chord goes 306 m from (400, 60) to (700, 0); the curve stays within 181 m of it.
    hurt: (input, d) => withZone(input, zone('no-fly', box(540, 40 + between(0, 165, d.size), 20, 20))),
    spare: (input, d) => withZone(input, zone('no-fly', box(540, 40 + between(190, 400, d.size), 20, 20))),
  },
  {
    name: 'a margin that reaches over a leg',
    bases: SPARSE,
    check: 'no-fly',
    hurt: (input, d) =>
      withLimits(withZone(input, zone('no-fly', besideLeg(input, d.at, 2))), {
        zoneMarginM: between(2.2, 9, d.size),
      }),
    spare: (input, d) =>
      withLimits(withZone(input, zone('no-fly', besideLeg(input, d.at, 2))), {
        zoneMarginM: between(0, 1.9, d.size),
      }),
  },
  {
    name: 'a no-fly zone as high as the flight',
    bases: ['perimeter'],
    check: 'no-fly',
    hurt: (input, d) => withZone(input, band(input, d, between(40.1, 90, d.size), null)),
    spare: (input, d) => withZone(input, band(input, d, between(1, 40, d.size), null)),
  },
  {
    name: 'a no-fly zone in heights above sea level as high as the flight',
    bases: ['coverage', 'px4'],
    check: 'no-fly',
    hurt: (input, d) => withZone(input, amslBand(input, d, between(210.1, 400, d.size))),
    spare: (input, d) => withZone(input, amslBand(input, d, between(10, 209.9, d.size))),
  },
  {
    name: 'a no-fly zone above terrain as high as the flight',
    bases: ['terrain'],
    check: 'no-fly',
    hurt: (input, d) =>
      withZone(
        input,
        zone('no-fly', besideLeg(input, d.at, -6), {
          datum: 'above-terrain',
          ceilingM: between(72, 200, d.size),
        }),
      ),
    spare: (input, d) =>
      withZone(
        input,
        zone('no-fly', besideLeg(input, d.at, -6), {
          datum: 'above-terrain',
          ceilingM: between(5, 67, d.size),
        }),
      ),
  },
  {
    name: 'a no-fly zone that is active when the flight passes',
    bases: SPARSE,
    check: 'no-fly',
    hurt: (input, d) => withZone(input, activeAt(input, d, START_MS - 1000, START_MS + 3_600_000)),
    spare: (input, d) =>
      withZone(
        input,
        d.size < 0.5 ? activeAt(input, d, START_MS + 3_600_000, null) : activeAt(input, d, null, START_MS),
      ),
  },
  {
    name: 'a no-fly zone on the way home',
    bases: ['terrain', 'coverage', 'px4'],
    check: 'no-fly',
    hurt: (input, d) => {
      const [e, n] = [(input.home.position.lonDeg * 1e7) | 0, (input.home.position.latDeg * 1e7) | 0];
      const [x, y] = metresOf(item(16, { x: n, y: e }));
      const half = between(0.5, 8, d.size);
      return withZone(
        input,
        zone('no-fly', [
          [x - half, y - half],
          [x + half, y - half],
          [x + half, y + half],
          [x - half, y + half],
        ]),
      );
    },
  },
  {
    name: 'a zone that cannot be read',
    bases: ALL,
    check: 'no-fly',
    hurt: (input, d) => {
      const broken = zone('no-fly', besideLeg(input, 0, 100));
      const ring = (broken.geometry.coordinates[0] ?? []) as number[][];
      const index = Math.floor(d.at * 60);
      const coordinates = [ring.map((p, i) => (i === index ? [Number.NaN, p[1] as number] : p))];
      return withZone(input, { ...broken, geometry: { type: 'Polygon', coordinates } });
    },
  },
  {
    name: 'a height outside an altitude zone',
    bases: FENCED,
    check: 'altitude-zones',
    hurt: changeWaypoint((_, d) => ({
      z: d.size < 0.5 ? between(5, 29.8, d.size * 2) : between(90.2, 118, d.size),
    })),
    spare: changeWaypoint((_, d) => ({ z: between(30, 90, d.size) })),
  },
  {
    name: 'a privacy zone under a covering leg',
    bases: FENCED,
    check: 'privacy',
    hurt: (input, d) =>
      withZone(input, { ...zone('privacy', besideLeg(input, d.at, intoLeg(d))), zoneId: 'more' }),
    spare: (input, d) =>
      withLimits(
        withZone(input, { ...zone('privacy', besideLeg(input, d.at, intoLeg(d))), zoneId: 'more' }),
        {
          privacyAllowed: ['more'],
        },
      ),
  },
  {
    name: 'a camera that looks down over a privacy zone',
    bases: ['corridor'],
    check: 'privacy',
    hurt: (input, d) =>
      withItems(input, (items) => [
        ...items.slice(0, 2),
        item(1000, { frame: 2, param1: between(-46, -90, d.size) }),
        ...items.slice(2),
      ]),
    spare: (input, d) =>
      withItems(input, (items) => [
        ...items.slice(0, 2),
        item(1000, { frame: 2, param1: between(-44, 20, d.size) }),
        ...items.slice(2),
      ]),
  },
  {
    name: 'a recording over a privacy zone with the camera anywhere',
    bases: ['corridor'],
    check: 'privacy',
    hurt: (input) =>
      withItems(input, (items) => [...items.slice(0, 2), item(2500, { frame: 2 }), ...items.slice(2)]),
  },
  {
    name: 'a camera that is told to look into a privacy zone',
    bases: ['corridor'],
    check: 'privacy',
    hurt: (input, d) =>
      withItems(input, (items) =>
        items.map((it) =>
          it.command === 195
            ? positioned(195, placeAt(between(302, 358, d.at), between(-38, 58, d.size)), 0)
            : it,
        ),
      ),
    spare: (input, d) =>
      withItems(input, (items) =>
        items.map((it) =>
          it.command === 195
            ? positioned(195, placeAt(between(361, 800, d.at), between(-38, 58, d.size)), 0)
            : it,
        ),
      ),
  },
  {
    name: 'a rally point in a no-fly zone',
    bases: FENCED,
    check: 'rally-allowed',
    hurt: (input, d) =>
      withRally(input, [positioned(5100, placeAt(between(252, 328, d.at), between(252, 328, d.size)), 30)]),
  },
  {
    name: 'a rally point outside the fence',
    bases: FENCED,
    check: 'rally-allowed',
    hurt: (input, d) =>
      withRally(input, [...input.plan.rally, positioned(5100, placeAt(between(702, 2000, d.size), 0), 30)]),
  },
  // Heights
  {
    name: 'a height above the highest',
    bases: ['coverage', 'perimeter', 'corridor', 'px4'],
    check: 'height-above-home',
    hurt: changeWaypoint((_, d) => ({ frame: 3, z: between(120.1, 500, d.size) })),
    spare: changeWaypoint((_, d) => ({ frame: 3, z: between(40, 120, d.size) })),
  },
  {
    name: 'a height below the lowest',
    bases: ['coverage', 'perimeter', 'corridor', 'px4'],
    check: 'height-above-home',
    hurt: changeWaypoint((_, d) => ({ frame: 3, z: between(-40, 0.9, d.size) })),
  },
  {
    name: 'a return higher than the ceiling',
    bases: ['coverage', 'perimeter', 'px4'],
    check: 'height-above-home',
    hurt: (input, d) => ({ ...farReturn(input), returnHeightM: between(121, 300, d.size) }),
    spare: (input, d) => ({ ...farReturn(input), returnHeightM: between(10, 120, d.size) }),
  },
  {
    name: 'too high above the ground',
    bases: ['terrain'],
    check: 'ceiling-above-terrain',
    hurt: changeWaypoint((_, d) => ({ z: between(121, 300, d.size) })),
    spare: changeWaypoint((_, d) => ({ z: between(60, 119.5, d.size) })),
  },
  {
    name: 'a level flight over a valley',
    bases: ['terrain'],
    check: 'ceiling-above-terrain',
    // The ground goes from 340 m down to 260 m; home is at 300 m.
    hurt: (input, d) => level(input, between(85, 119, d.size)),
    spare: (input, d) => level(input, between(60, 75, d.size)),
  },
  {
    name: 'too low above the ground',
    bases: ['terrain'],
    check: 'clearance-above-terrain',
    hurt: changeWaypoint((_, d) => ({ z: between(-20, 9.4, d.size) })),
    spare: changeWaypoint((_, d) => ({ z: between(10, 70, d.size) })),
  },
  {
    name: 'a hill under a leg',
    bases: ['terrain'],
    check: 'clearance-above-terrain',
    hurt: (input, d) => ({ ...level(input, 70), elevation: withHill(input, d.at, between(80, 150, d.size)) }),
    spare: (input, d) => ({ ...level(input, 70), elevation: withHill(input, d.at, between(0, 15, d.size)) }),
  },
  // Speed, wind, energy
  {
    name: 'a speed beyond the limit',
    bases: ALL,
    check: 'speed',
    hurt: changeCommand(178, (d) => ({ param2: between(25.1, 90, d.size) })),
    spare: changeCommand(178, (d) => ({ param2: between(1, 25, d.size) })),
  },
  {
    name: 'a speed that is hardly any',
    bases: ALL,
    check: 'speed',
    hurt: changeCommand(178, (d) => ({ param2: between(0.01, 0.49, d.size) })),
  },
  {
    name: 'more wind than the aircraft can fly against',
    bases: ALL,
    check: 'wind',
    hurt: (input, d) => ({ ...input, wind: { fromDeg: 360 * d.at, speedMps: between(15.1, 40, d.size) } }),
    spare: (input, d) => ({ ...input, wind: { fromDeg: 360 * d.at, speedMps: between(0, 13, d.size) } }),
  },
  {
    name: 'a battery that is too empty',
    bases: ALL,
    check: 'energy-at-landing',
    hurt: (input, d) => ({ ...input, batteryFraction: between(0, 0.32, d.size) }),
    spare: (input, d) => ({ ...input, batteryFraction: between(0.6, 1, d.size) }),
  },
  {
    name: 'a wait that empties the battery',
    bases: ALL,
    check: 'energy-at-landing',
    // 180 Wh at 300 W are 2,160 s; a quarter is the reserve.
    hurt: insert((_, d) => item(93, { frame: 2, param1: between(1650, 5000, d.size) })),
    spare: insert((_, d) => item(93, { frame: 2, param1: between(0, 700, d.size) })),
  },
  {
    name: 'a reserve that is asked for and not there',
    bases: ALL,
    check: 'energy-at-landing',
    hurt: (input, d) => withLimits(input, { reserveFraction: between(0.95, 1, d.size) }),
  },
  {
    name: 'a way from which nobody gets home',
    bases: ['corridor'],
    check: 'energy-to-return',
    hurt: (input, d) => ({ ...input, batteryFraction: between(0.4, 0.44, d.size) }),
    spare: (input, d) => ({ ...input, batteryFraction: between(0.6, 1, d.size) }),
  },
  // Others
  {
    name: 'somebody else on the same way at the same time',
    bases: ALL,
    check: 'separation',
    hurt: (input, d) => alongside(input, between(-7.9, 7.9, d.size), 0),
    spare: (input, d) => alongside(input, d.size * 0, 1800 + 100 * d.at),
  },
  {
    name: 'somebody shortly behind',
    bases: ALL,
    check: 'separation',
    hurt: (input, d) => alongside(input, 0, between(-1.5, 1.5, d.size)),
  },
  {
    name: 'others without a time',
    bases: ALL,
    check: 'separation',
    hurt: (input) => ({ ...alongside(input, 0, 3600), startMs: null }),
  },
];

function capacity(input: VerifyMissionInput, spare: number): VerifyMissionInput {
  const taken = input.plan.items.length + (input.autopilot === 'ardupilot' ? 1 : 0);
  return { ...input, profile: { ...input.profile, missionCapacity: taken + spare } };
}

function excluded(input: VerifyMissionInput, at: number, gapM: number): VerifyMissionInput {
  const { x, y, nx, ny } = leg(input, at);
  const reach = RADIUS_M + gapM;
  const circle = fenceCircle(5004, x + nx * reach, y + ny * reach, RADIUS_M);
  return withFence(input, [...input.plan.fence, circle]);
}

/** A zone on a leg with a height band. */
function band(input: VerifyMissionInput, draw: Draw, ceilingM: number, floorM: number | null): AirspaceZone {
  return zone('no-fly', besideLeg(input, draw.at, -RADIUS_M), { ceilingM, floorM });
}

/** Home lies at 150 m, the flight at 60 m above it. */
function amslBand(input: VerifyMissionInput, draw: Draw, ceilingM: number): AirspaceZone {
  return zone('no-fly', besideLeg(input, draw.at, -RADIUS_M), { datum: 'amsl', ceilingM });
}

function activeAt(
  input: VerifyMissionInput,
  draw: Draw,
  fromMs: number | null,
  toMs: number | null,
): AirspaceZone {
  return zone('no-fly', besideLeg(input, draw.at, -RADIUS_M), { activeFromMs: fromMs, activeToMs: toMs });
}

/** Every height above home. */
function level(input: VerifyMissionInput, z: number): VerifyMissionInput {
  return withItems(input, (items) => items.map((it) => (it.command === 16 ? { ...it, frame: 3, z } : it)));
}

/** A last waypoint far enough from home that the return climbs to its full height. */
function farReturn(input: VerifyMissionInput): VerifyMissionInput {
  return withItems(input, (items) => {
    const last = items.findLastIndex((it) => it.command === 16);
    const like = items[last] as MissionItem;
    const far = { ...waypoint(260, 150, like.z), frame: like.frame };
    return [...items.slice(0, last + 1), far, ...items.slice(last + 1).filter((it) => it.command !== 177)];
  });
}

/** The hills with a cone of 60 m radius on a leg, `riseM` above the flight's home. */
function withHill(input: VerifyMissionInput, at: number, riseM: number): VerifyMissionInput['elevation'] {
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
