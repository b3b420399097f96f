import { item } from './base-plans.fixture.ts';
import {
  ALL,
  alongside,
  between,
  changeCommand,
  changeWaypoint,
  type Damage,
  farReturn,
  insert,
  level,
  withHill,
  withLimits,
} from './damage-tools.fixture.ts';

export const FLIGHT_DAMAGES: readonly Damage[] = [
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
    spare: insert((_, d) => item(93, { frame: 2, param1: between(0, 350, d.size) })),
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
    hurt: (input, d) => ({ ...input, batteryFraction: between(0.15, 0.32, d.size) }),
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
