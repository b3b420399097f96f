import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SAMPLE_PROFILE } from '../fleet/profile.fixture.ts';
import type { MissionItem } from '../mission-item.ts';
import {
  BASE_PLANS,
  goHome,
  HILLS,
  item,
  placeAt,
  positioned,
  speed,
  takeOff,
  waypoint,
} from './base-plans.fixture.ts';
import { energyOf, powerAt } from './energy-model.ts';
import { type Edge, wayM } from './flight-track.ts';
import { flyMission } from './fly-mission.ts';
import { airVector, type Motion, timeFlight } from './fly-times.ts';
import type { FlownMission, VerifyMissionInput } from './mission-input.ts';
import { Projection } from './projection.ts';
import { insideIntervals, isInside } from './rings.ts';
import { closestApproach, type TimedFlight } from './separation.ts';
import { verifyMission } from './verify-mission.ts';

const STILL = {
  profile: SAMPLE_PROFILE,
  vehicleClass: 'copter',
  air: { eastMps: 0, northMps: 0 },
  maxAirspeedMps: 15,
} as const;

const HOME = placeAt(0, 0);
const projection = Projection.at(HOME);

function fly(items: readonly MissionItem[], change: Partial<FlownMission> = {}): readonly Edge[] {
  const mission: FlownMission = {
    plan: { items, fence: [], rally: [] },
    autopilot: 'ardupilot',
    vehicleClass: 'copter',
    home: { position: HOME, elevationAmslM: null },
    profile: SAMPLE_PROFILE,
    startMs: null,
    ...change,
  };
  return flyMission(mission, projection, null).edges;
}

const at = (edge: Edge | undefined): number[] =>
  [edge?.to.eastM, edge?.to.northM, edge?.to.upM].map((v) => Math.round((v ?? Number.NaN) * 10) / 10 + 0);

describe('flying on paper', () => {
  it('takes off, flies, waits, returns at the height it has and lands slowly', () => {
    const edges = fly([takeOff(50), waypoint(300, 0, 50, { param1: 7 }), goHome()]);
    expect(edges.map((e) => [e.phase, ...at(e)])).toEqual([
      ['take-off', 0, 0, 50],
      ['leg', 300, 0, 50],
      ['hold', 300, 0, 50],
      ['return', 0, 0, 50],
      ['hold', 0, 0, 50],
      ['descent', 0, 0, 10],
      ['descent', 0, 0, 0],
    ]);
    // 50/3 up, 300 m from stand to stand at 10 m/s and 2.5 m/s² (34 s), 7 s, back, RTL_LOIT_TIME, 40/2, 10/0.5 down.
    const { timesS } = timeFlight(edges, STILL);
    expect(timesS.at(-1)).toBeCloseTo(50 / 3 + 34 + 7 + 34 + 5 + 20 + 20, 2);
  });

  it.each([
    ['ardupilot', 15],
    ['px4', 60],
  ] as const)('climbs to the return height of %s first', (autopilot, heightM) => {
    const edges = fly([takeOff(10), waypoint(200, 0, 10), goHome()], { autopilot });
    expect(edges.map((e) => e.phase)).toContain('return-climb');
    expect(Math.max(...edges.map((e) => e.to.upM))).toBe(heightM);
  });

  it('climbs less near home, as both autopilots do', () => {
    const near = (autopilot: 'ardupilot' | 'px4'): number =>
      Math.max(
        ...fly([takeOff(5), waypoint(0, 20, 5), goHome()], { autopilot, returnHeightM: 100 }).map(
          (e) => e.to.upM,
        ),
      );
    expect(near('ardupilot')).toBeCloseTo(60, 0);
    expect(near('px4')).toBeCloseTo(20, 0);
  });

  it('counts jumps in the numbers of the autopilot and as often as told', () => {
    const items = (target: number): MissionItem[] => [
      takeOff(30),
      waypoint(100, 0, 30),
      waypoint(100, 100, 30),
      item(177, { frame: 2, param1: target, param2: 2 }),
      goHome(),
    ];
    const east = (edges: readonly Edge[]) =>
      edges.filter((e) => e.phase === 'leg').map((e) => at(e).slice(0, 2));
    const round = [
      [100, 0],
      [100, 100],
    ];
    expect(east(fly(items(2)))).toEqual([...round, ...round, ...round]);
    expect(east(fly(items(1), { autopilot: 'px4' }))).toEqual([...round, ...round, ...round]);
  });

  it('returns to a nearer rally point', () => {
    const plan = {
      items: [takeOff(30), waypoint(400, 0, 30), goHome()],
      fence: [],
      rally: [positioned(5100, placeAt(380, 50), 20)],
    };
    expect(at(fly(plan.items, { plan }).at(-1))).toEqual([380, 50, 0]);
  });

  it('waits on the ground for nothing, in the air for hovering', async () => {
    const energy = async (items: readonly MissionItem[]) =>
      (await verifyMission({ ...BASE_PLANS.perimeter(), plan: { items, fence: [], rally: [] }, area: null }))
        .energyWh ?? 0;
    const legs = [takeOff(40), waypoint(100, 20, 40), goHome()];
    const delay = item(93, { frame: 2, param1: 120 });
    const plain = await energy(legs);
    expect(await energy([delay, ...legs])).toBeCloseTo(plain, 6);
    // 120 s at 300 W.
    expect(await energy([...legs.slice(0, 2), delay, ...legs.slice(2)])).toBeGreaterThan(plain + 9.5);
  });

  it('flies circles with their size, number and speed', () => {
    const edges = fly([
      takeOff(30),
      positioned(18, placeAt(200, 0), 30, { param1: 3, param3: 25 }),
      goHome(),
    ]);
    const round = edges.filter((e) => e.phase === 'circle');
    const length = round.reduce((sum, e) => sum + wayM(e), 0);
    expect(length).toBeGreaterThan(0.995 * 3 * 2 * Math.PI * 25);
    expect(length).toBeLessThan(3 * 2 * Math.PI * 25);
    for (const e of round) {
      expect(Math.hypot(e.to.eastM - 200, e.to.northM)).toBeCloseTo(25, 0);
      // 20 °/s on 25 m.
      expect(e.speedMps).toBeCloseTo((25 * 20 * Math.PI) / 180, 6);
    }
  });

  it('keeps its height over the ground where the frame says so', () => {
    const mission = BASE_PLANS.terrain();
    const home = Projection.at(mission.home.position);
    const flown = flyMission(mission, home, HILLS);
    const legs = flown.edges.filter((e) => e.phase === 'leg');
    expect(legs.length).toBeGreaterThan(60);
    for (const leg of legs) {
      const { lonDeg, latDeg } = home.lonLat(leg.to.eastM, leg.to.northM);
      expect(leg.to.upM + 300 - (HILLS.elevationAmslM(lonDeg, latDeg) ?? 0)).toBeCloseTo(70, 0);
    }
  });

  it('bounds the bulge of ArduPilot’s splines by what the curve can do', () => {
    const spline = fly([takeOff(30), positioned(82, placeAt(270, 0), 30), goHome()]).find(
      (e) => e.bulgeM > 0,
    );
    const chord = 270;
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (share, t) => {
          // Cubic Hermite, both tangents square to the chord and together four chords long (SPLINE_FACTOR).
          const aside = share * 4 * chord * t * (1 - t) ** 2 + (1 - share) * 4 * chord * t * t * (1 - t);
          expect(aside).toBeLessThanOrEqual((spline?.bulgeM ?? 0) + 1e-6);
        },
      ),
    );
  });
});

describe('wings', () => {
  const wings = (vehicleClass: 'plane' | 'vtol', last: MissionItem): VerifyMissionInput => ({
    ...BASE_PLANS.perimeter(),
    vehicleClass,
    profile: { ...SAMPLE_PROFILE, cruiseSpeedMps: 16, cruisePowerW: 150 },
    area: null,
    zones: [],
    plan: {
      items: [
        item(vehicleClass === 'vtol' ? 84 : 22, { z: 60 }),
        waypoint(400, 0, 60),
        positioned(19, placeAt(600, 200), 60, { param1: 120, param3: 70 }),
        waypoint(100, 200, 60),
        last,
      ],
      fence: [],
      rally: [],
    },
  });

  it('circle where a multicopter hovers, and are told that a return does not land a plane', async () => {
    const input = wings('plane', goHome());
    const edges = fly(input.plan.items, { vehicleClass: 'plane', profile: input.profile });
    const round = edges.filter((e) => e.phase === 'circle');
    for (const e of round) expect(Math.hypot(e.to.eastM - 600, e.to.northM - 200)).toBeCloseTo(70, 0);
    const report = await verifyMission(input);
    const end = report.checks.find((check) => check.check === 'ends-with-return');
    expect([end?.ok, end?.severity]).toEqual([false, 'warning']);
    expect(report.ok).toBe(true);
  });

  it('hold their air speed: against the wind a leg takes longer, with it shorter', () => {
    const edges = fly([takeOff(60), waypoint(1600, 0, 60), waypoint(0, 0, 60)], { vehicleClass: 'plane' });
    const times = (fromDeg: number): number[] => {
      const air = airVector({ fromDeg, speedMps: 4 });
      const { timesS } = timeFlight(edges, { ...STILL, vehicleClass: 'plane', air });
      return edges.map((_, i) => (timesS[i + 1] as number) - (timesS[i] as number)).slice(1);
    };
    const [out, back] = times(90) as [number, number];
    expect(out).toBeCloseTo(1600 / 6, 0);
    expect(back).toBeCloseTo(1600 / 14, 0);
  });

  it('of a VTOL take off and land by its own commands', async () => {
    const report = await verifyMission(wings('vtol', positioned(85, placeAt(0, 50), 0)));
    expect(report.checks.filter((check) => !check.ok && check.severity === 'error')).toEqual([]);
  });
});

describe('times and energy', () => {
  const square = (sideM: number): readonly Edge[] =>
    fly([
      takeOff(30),
      speed(10),
      waypoint(sideM, 0, 30),
      waypoint(sideM, sideM, 30),
      waypoint(0, sideM, 30),
      goHome(),
    ]);

  it('agree with stepping through the motion in small pieces', () => {
    const { timesS, motions } = timeFlight(square(200), STILL);
    const last = motions.at(-1) as Motion;
    expect(last.t1S).toBeCloseTo(timesS.at(-1) as number, 9);
    motions.forEach((motion, i) => {
      expect(motion.t1S).toBeGreaterThanOrEqual(motion.t0S);
      if (i > 0) expect(motion.t0S).toBeCloseTo((motions[i - 1] as Motion).t1S, 9);
      const seconds = motion.t1S - motion.t0S;
      const way = Math.hypot(motion.to.eastM - motion.from.eastM, motion.to.northM - motion.from.northM);
      expect(way).toBeLessThanOrEqual(10 * seconds + 1e-9);
    });
  });

  it('take the figures of the profile in still air', () => {
    const power = powerAt(SAMPLE_PROFILE, 'copter');
    expect(power(0)).toBeCloseTo(300, 3);
    expect(power(10)).toBeCloseTo(330, 3);
    // The bucket of a rotor: slower than cruise is cheaper than both.
    expect(power(5)).toBeLessThan(300);
    expect(power(15)).toBeGreaterThan(500);
    for (const cruisePowerW of [150, 250, 400, 900]) {
      const other = powerAt({ ...SAMPLE_PROFILE, cruisePowerW }, 'copter');
      expect(other(0)).toBeCloseTo(300, 3);
      expect(other(10)).toBeCloseTo(cruisePowerW, 3);
    }
  });

  it('ask more of a flight there and back in wind than in still air', () => {
    const edges = fly([takeOff(40), speed(10), waypoint(1500, 0, 40), goHome()]);
    const spent = (fromDeg: number, speedMps: number): number => {
      const air = airVector({ fromDeg, speedMps });
      const timed = timeFlight(edges, { ...STILL, air });
      return energyOf(timed, SAMPLE_PROFILE, air, powerAt(SAMPLE_PROFILE, 'copter')).totalWh;
    };
    expect(spent(90, 6)).toBeGreaterThan(spent(90, 0) * 1.05);
    // From the west and from the east it is the same there and back.
    expect(spent(90, 6)).toBeCloseTo(spent(270, 6), 6);
    expect(spent(0, 6)).toBeGreaterThan(spent(0, 0));
    // Hover there and back by hand: climb 40/3 s at 450 W, 2·(150 + 4) s of which 8 s slow, 5 s, descent 15 + 20 s.
    expect(spent(0, 0)).toBeGreaterThan((13.3 * 450 + 292 * 330 + 40 * 300) / 3600);
    expect(spent(0, 0)).toBeLessThan((13.4 * 450 + 300 * 330 + 56 * 300) / 3600);
  });

  it('gives up where the head wind is stronger than the aircraft', () => {
    const edges = fly([takeOff(40), waypoint(1000, 0, 40), goHome()]);
    const air = airVector({ fromDeg: 90, speedMps: 14.5 });
    const { stuck } = timeFlight(edges, { ...STILL, air });
    expect(stuck.map((i) => edges[i]?.phase)).toEqual(['leg']);
  });
});

describe('rings', () => {
  it('cut a line where sampling it says', () => {
    const ring = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 })), {
      minLength: 3,
      maxLength: 9,
    });
    const end = fc.integer({ min: -60, max: 60 });
    fc.assert(
      fc.property(ring, end, end, end, end, (corners, ax, ay, bx, by) => {
        const rings = [corners.flat()];
        const parts = insideIntervals(rings, ax, ay, bx, by);
        for (let k = 0; k < 40; k++) {
          const t = (k + 0.4321) / 40;
          const isIn = parts.some(([from, to]) => t >= from && t <= to);
          const nearCut = parts.some(([from, to]) => Math.abs(t - from) < 1e-9 || Math.abs(t - to) < 1e-9);
          if (!nearCut) expect(isIn).toBe(isInside(rings, ax + (bx - ax) * t, ay + (by - ay) * t));
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('the closest approach of two flights', () => {
  const spot = fc.record({
    eastM: fc.double({ min: -300, max: 300, noNaN: true }),
    northM: fc.double({ min: -300, max: 300, noNaN: true }),
    upM: fc.double({ min: 3, max: 60, noNaN: true }),
  });
  const flight: fc.Arbitrary<TimedFlight> = fc
    .tuple(
      fc.array(spot, { minLength: 2, maxLength: 6 }),
      fc.array(fc.double({ min: 1, max: 30, noNaN: true }), { minLength: 5, maxLength: 5 }),
      fc.double({ min: -20, max: 20, noNaN: true }),
    )
    .map(([spots, spans, shiftS]) => {
      let t = 0;
      const motions = spots.slice(1).map((to, i) => {
        const t0S = t;
        t += spans[i] as number;
        return { from: spots[i] as Motion['from'], to, t0S, t1S: t, edge: i };
      });
      return { motions, shiftS, upM: 0 };
    });
  const where = ({ motions, shiftS }: TimedFlight, timeS: number) => {
    const m = motions.find((motion) => timeS >= motion.t0S + shiftS && timeS <= motion.t1S + shiftS);
    if (m === undefined) return null;
    const t = (timeS - shiftS - m.t0S) / (m.t1S - m.t0S);
    const mix = (a: number, b: number): number => a + (b - a) * t;
    return [
      mix(m.from.eastM, m.to.eastM),
      mix(m.from.northM, m.to.northM),
      mix(m.from.upM, m.to.upM),
    ] as const;
  };

  it('is never farther than any sample and is reached by one', () => {
    fc.assert(
      fc.property(flight, flight, (a, b) => {
        const found = closestApproach(a, b, 8);
        let least = Number.POSITIVE_INFINITY;
        for (let k = 0; k <= 4000; k++) {
          const timeS = -20 + (k * 200) / 4000;
          const p = where(a, timeS);
          const q = where(b, timeS);
          if (p === null || q === null || Math.abs(p[2] - q[2]) >= 8) continue;
          least = Math.min(least, Math.hypot(p[0] - q[0], p[1] - q[1]));
        }
        if (least < Number.POSITIVE_INFINITY) expect(found?.horizontalM).toBeLessThanOrEqual(least + 1e-6);
        if (found === null) return;
        // 600 m in a second at most, samples of a twentieth of one.
        const p = where(a, found.atS + a.shiftS);
        const q = where(b, found.atS + a.shiftS);
        if (p === null || q === null) return;
        expect(Math.hypot(p[0] - q[0], p[1] - q[1])).toBeCloseTo(found.horizontalM, 3);
      }),
      { numRuns: 150 },
    );
  });

  it('does not see aircraft that wait on the ground, and sees one that climbs beside another', async () => {
    const mission = BASE_PLANS.perimeter();
    const beside = (startMs: number): VerifyMissionInput => ({
      ...mission,
      otherPlans: [
        { ...mission, planId: 'b', startMs, home: { ...mission.home, position: placeAt(-10, 0) } },
      ],
    });
    const separation = async (startMs: number) =>
      (await verifyMission(beside(startMs))).checks.find((check) => check.check === 'separation');
    const start = mission.startMs as number;
    expect((await separation(start + 3_600_000))?.ok).toBe(true);
    expect((await separation(start))?.ok).toBe(false);
    expect((await separation(start))?.message).toContain('from b');
  });
});

describe('a broken request', () => {
  it.each<[string, (input: VerifyMissionInput) => VerifyMissionInput]>([
    ['an empty mission', (input) => ({ ...input, plan: { items: [], fence: [], rally: [] } })],
    ['NaN in the wind', (input) => ({ ...input, wind: { fromDeg: Number.NaN, speedMps: 3 } })],
    ['NaN for a battery', (input) => ({ ...input, batteryFraction: Number.NaN })],
    [
      'an area of one point',
      (input) => ({
        ...input,
        area: { geometry: { type: 'Polygon', coordinates: [[[1, 1]]] }, ranges: null, swathWidthM: 50 },
      }),
    ],
    [
      'an area without rings',
      (input) => ({
        ...input,
        area: { geometry: { type: 'MultiPolygon', coordinates: [] }, ranges: null, swathWidthM: null },
      }),
    ],
    ['a profile of nothing', (input) => ({ ...input, profile: { ...input.profile, cruiseSpeedMps: 0 } })],
  ])('with %s is refused and nothing is thrown', async (_, change) => {
    const report = await verifyMission(change(BASE_PLANS.perimeter()));
    expect(report.ok).toBe(false);
    expect(report.checks.filter((check) => !check.ok && check.severity === 'error')).not.toEqual([]);
  });

  it('never throws, whatever the items hold', async () => {
    const any = fc.oneof(
      fc.double(),
      fc.integer(),
      fc.constantFrom(0, 1, 3, 16, 18, 19, 82, 177, Number.NaN, Number.POSITIVE_INFINITY),
    );
    const command = fc.constantFrom(
      16,
      17,
      18,
      19,
      20,
      21,
      22,
      31,
      82,
      84,
      85,
      93,
      115,
      177,
      178,
      195,
      201,
      205,
      206,
      1000,
      5001,
      9999,
    );
    const frame = fc.constantFrom(0, 1, 2, 3, 5, 6, 10, 11);
    const near = fc.oneof(fc.constant(0), fc.integer({ min: -200_000, max: 200_000 }), any);
    const anyItem: fc.Arbitrary<MissionItem> = fc
      .record({
        frame,
        command,
        param1: any,
        param2: any,
        param3: any,
        param4: any,
        x: near,
        y: near,
        z: fc.oneof(fc.integer({ min: -50, max: 200 }), any),
      })
      .map((it) => ({
        ...it,
        x: it.x + Math.round(HOME.latDeg * 1e7),
        y: it.y + Math.round(HOME.lonDeg * 1e7),
      }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyItem, { maxLength: 12 }),
        fc.array(anyItem, { maxLength: 5 }),
        fc.boolean(),
        async (items, fence, isPx4) => {
          const base = BASE_PLANS.terrain();
          const report = await verifyMission({
            ...base,
            autopilot: isPx4 ? 'px4' : 'ardupilot',
            plan: { items, fence, rally: fence },
          });
          expect(report.checks.length).toBeGreaterThan(30);
        },
      ),
      { numRuns: 150 },
    );
  });
});
