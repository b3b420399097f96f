import type { MissionItem } from '../mission-item.ts';
import { item, waypoint } from './base-plans.fixture.ts';
import {
  ALL,
  ARDUPILOT,
  between,
  capacity,
  changeCommand,
  changeWaypoint,
  type Damage,
  FENCED,
  insert,
  pick,
  withFence,
  withItems,
  withRally,
} from './damage-tools.fixture.ts';

export const FORM_DAMAGES: readonly Damage[] = [
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
];
