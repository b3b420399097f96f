import type { MissionItem } from '../mission-item.ts';
import {
  box,
  fenceCircle,
  item,
  metresOf,
  placeAt,
  positioned,
  START_MS,
  waypoint,
  zone,
} from './base-plans.fixture.ts';
import {
  ALL,
  activeAt,
  amslBand,
  band,
  besideLeg,
  between,
  changeWaypoint,
  type Damage,
  excluded,
  FENCED,
  intoLeg,
  offLeg,
  pick,
  SPARSE,
  waypointIndexes,
  withFence,
  withItems,
  withLimits,
  withRally,
  withZone,
} from './damage-tools.fixture.ts';

export const SPACE_DAMAGES: readonly Damage[] = [
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
];
