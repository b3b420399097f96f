import { beforeAll, describe, expect, it } from 'vitest';
import { planPatrol } from '../fleet/plan-patrol.ts';
import { SAMPLE_PROFILE } from '../fleet/profile.fixture.ts';
import { MAV_CMD, type MissionItem } from '../mission-item.ts';
import type { PatrolPlan, PatrolRequest } from '../model.ts';
import { polygonOf, SYNTHETIC } from '../pattern/shapes.fixture.ts';
import { PLAN_ISSUE_CODES } from '../plan-issue.ts';
import { verifyPatrol } from './verify-plan.ts';

const area = SYNTHETIC.L as PatrolRequest['area'];
const request: PatrolRequest = {
  area,
  vehicles: [],
  defaultProfile: SAMPLE_PROFILE,
  relativeAltitudeM: 60,
  layerSpacingM: 12,
  maxRelativeAltitudeM: 120,
  occupiedAltitudesM: [],
  sideOverlapFraction: 0.1,
};

let sound: PatrolPlan;
beforeAll(() => {
  sound = planPatrol(request);
});

/** The sound plan with its first sortie's items changed. */
function withItems(change: (items: readonly MissionItem[]) => MissionItem[]): PatrolPlan {
  return {
    ...sound,
    sorties: sound.sorties.map((s, i) =>
      i === 0 ? { ...s, plan: { ...s.plan, items: change(s.plan.items) } } : s,
    ),
  };
}

const isWaypoint = (item: MissionItem): boolean => item.command === MAV_CMD.NAV_WAYPOINT;

describe('verifyPatrol', () => {
  it('passes a sound plan and measures the same coverage as the planner', async () => {
    const verdict = await verifyPatrol(area, sound);
    expect(verdict.issues).toEqual([]);
    expect(verdict.ok).toBe(true);
    expect(verdict.coverageFraction).toBeCloseTo(sound.coverageFraction, 4);
    expect(verdict.maxOutsideM).toBeLessThan(0.05);
  });

  it.each<[string, (items: readonly MissionItem[]) => MissionItem[], string]>([
    [
      'half of its waypoints missing',
      (items) => items.filter((_, i) => i < 2 || i > items.length / 2),
      'verify.coverage-low',
    ],
    ['no take-off', (items) => items.slice(1), 'verify.no-takeoff'],
    ['no return', (items) => items.slice(0, -1), 'verify.no-return'],
    [
      'NaN as a height',
      (items) => items.map((it) => (isWaypoint(it) ? { ...it, z: Number.NaN } : it)),
      'verify.bad-item',
    ],
    [
      'half a degE7',
      (items) => items.map((it) => (isWaypoint(it) ? { ...it, x: it.x + 0.5 } : it)),
      'verify.bad-item',
    ],
    [
      'a latitude of 95°',
      (items) => items.map((it) => (isWaypoint(it) ? { ...it, x: 950_000_000 } : it)),
      'verify.bad-item',
    ],
    [
      'a waypoint at 0, 0',
      (items) => items.map((it, i) => (i === 4 ? { ...it, x: 0, y: 0 } : it)),
      'verify.null-island',
    ],
    [
      'a waypoint in the AMSL frame',
      (items) => items.map((it, i) => (i === 4 ? { ...it, frame: 0 } : it)),
      'verify.bad-frame',
    ],
    [
      'another height than planned',
      (items) => items.map((it, i) => (i === 4 ? { ...it, z: 61 } : it)),
      'verify.altitude',
    ],
    [
      'a height over the limit',
      (items) => items.map((it, i) => (i === 4 ? { ...it, z: 121 } : it)),
      'verify.altitude-limit',
    ],
    [
      'a waypoint in another country',
      (items) => items.map((it, i) => (i === 4 ? { ...it, y: -500_000_000 } : it)),
      'verify.outside',
    ],
    [
      'a waypoint 800 m outside',
      (items) => items.map((it, i) => (i === 4 ? { ...it, y: it.y + 80_000 } : it)),
      'verify.outside',
    ],
  ])('refuses a plan with %s', async (_, change, code) => {
    const verdict = await verifyPatrol(area, withItems(change));
    expect(verdict.ok).toBe(false);
    expect(verdict.issues.map((i) => i.code)).toContain(code);
    for (const issue of verdict.issues) {
      const known = PLAN_ISSUE_CODES[issue.code as keyof typeof PLAN_ISSUE_CODES];
      expect(Object.keys(issue.details).sort()).toEqual([...known.details].sort());
    }
  });

  it('refuses a leg across the inner corner of an L although both ends are inside', async () => {
    const corner = polygonOf([
      [0, 0],
      [300, 0],
      [300, 40],
      [40, 40],
      [40, 300],
      [0, 300],
    ]);
    const plan = planPatrol({ ...request, area: corner });
    const sorties = plan.sorties.map((s) => {
      const waypoints = s.plan.items.filter(isWaypoint);
      const first = waypoints[0] as MissionItem;
      const last = waypoints.at(-1) as MissionItem;
      return {
        ...s,
        plan: { ...s.plan, items: [...s.plan.items.slice(0, -1), first, last, ...s.plan.items.slice(-1)] },
      };
    });
    const verdict = await verifyPatrol(corner, { ...plan, sorties });
    expect(verdict.issues.map((i) => i.code)).toEqual(['verify.outside']);
    // The straight line between the ends of the arms passes the inner corner at about (300 − 2·40)/√2 / … > 50 m.
    expect(verdict.maxOutsideM).toBeGreaterThan(50);
  });

  it('warns between 99 and 99.5 %', async () => {
    // A little less swath than planned for opens thin gaps.
    let narrow = sound.swathWidthM;
    let verdict = await verifyPatrol(area, sound);
    while (verdict.coverageFraction >= 0.995) {
      narrow *= 0.998;
      verdict = await verifyPatrol(area, { ...sound, swathWidthM: narrow });
    }
    expect(verdict.ok).toBe(true);
    expect(verdict.issues.map((i) => i.code)).toEqual(['verify.coverage-below-target']);
  });

  it('refuses sorties on the same layer and a plan without any', async () => {
    const twice = { ...sound, sorties: [...sound.sorties, ...sound.sorties] };
    expect((await verifyPatrol(area, twice)).issues.map((i) => i.code)).toContain('verify.layers-too-close');
    const none = await verifyPatrol(area, { ...sound, sorties: [] });
    expect(none.ok).toBe(false);
    expect(none.issues.map((i) => i.code)).toEqual(['verify.no-sorties', 'verify.coverage-low']);
  });

  it('does not hold the way between parts against a plan', async () => {
    const parts = [
      polygonOf([
        [0, 0],
        [200, 0],
        [200, 150],
        [0, 150],
      ]),
      polygonOf([
        [400, 0],
        [600, 0],
        [600, 150],
        [400, 150],
      ]),
    ];
    const two = { type: 'MultiPolygon' as const, coordinates: parts.map((p) => p.coordinates) };
    const verdict = await verifyPatrol(two, planPatrol({ ...request, area: two }));
    expect(verdict.ok).toBe(true);
  });
});
