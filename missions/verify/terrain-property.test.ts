import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SAMPLE_PROFILE } from '../fleet/profile.fixture.ts';
import { seededRandom } from '../geo/random.ts';
import { toMissionItems } from '../items/to-mission-items.ts';
import type { PathPoint } from '../model.ts';
import { followTerrain } from '../terrain/follow.ts';
import { randomGround, randomPath } from '../terrain/terrain.fixture.ts';
import type { VerifyMissionInput } from './mission-input.ts';
import { verifyMission } from './verify-mission.ts';

const RUNS = Number(process.env.PROPERTY_RUNS ?? 12);
const SEED = Number(process.env.PROPERTY_SEED ?? 12);

describe('paths that follow random ground', () => {
  it('keep the clearance that was asked for, by the heights of the items alone', async () => {
    let flown = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), async (seed) => {
        const random = seededRandom(seed);
        const elevation = randomGround(seed, { cliffs: seed % 2 === 0 });
        const heightM = 40 + Math.round(random() * 40);
        const open = randomPath(random, 'above-terrain', heightM);
        const home = open.points[0] as PathPoint;
        const homeAmslM = elevation.elevationAmslM(home.lonDeg, home.latDeg);
        if (homeAmslM === null) return;
        // Back to where it began: the autopilot's own way home knows nothing of hills.
        const path = { ...open, points: [...open.points, { ...home, actions: [] }] };
        const followed = followTerrain(path, elevation, { output: 'above-home', homeAmslM });
        if (followed.kind === 'refused') {
          expect(followed.issues.length).toBeGreaterThan(0);
          return;
        }
        const first = followed.path.points[0]?.heightM ?? followed.path.heightM;
        const last = followed.path.points.at(-1)?.heightM ?? followed.path.heightM;
        const items = toMissionItems(followed.path, {
          autopilot: 'px4',
          cruiseSpeedMps: 10,
          capacity: null,
          entry: { heightAboveHomeM: first, way: [] },
          exit: { kind: 'return', heightAboveHomeM: last, way: [] },
        });
        if (items.kind === 'refused') {
          expect(items.issues.length).toBeGreaterThan(0);
          return;
        }
        flown++;
        const asked: VerifyMissionInput = {
          plan: items.plan,
          autopilot: 'px4',
          vehicleClass: 'copter',
          home: { position: home, elevationAmslM: homeAmslM },
          profile: { ...SAMPLE_PROFILE, batteryCapacityWh: 3000 },
          startMs: null,
          area: null,
          zones: [],
          elevation,
          wind: null,
          batteryFraction: 1,
          otherPlans: [],
          limits: { maxAboveTerrainM: null, minClearanceM: heightM, minAboveHomeM: null },
        };
        const report = await verifyMission(asked);
        const refused = report.checks.filter((check) => !check.ok && check.severity === 'error');
        expect(refused.map((check) => `${check.check}: ${check.message}`)).toEqual([]);
        // The same mission over ground that is 40 m higher everywhere but in the books.
        const higher = {
          ...elevation,
          elevationAmslM: (lonDeg: number, latDeg: number) => {
            const amslM = elevation.elevationAmslM(lonDeg, latDeg);
            return amslM === null ? null : amslM + 40;
          },
        };
        const damaged = await verifyMission({ ...asked, elevation: higher });
        expect(damaged.checks.find((check) => check.check === 'clearance-above-terrain')?.ok).toBe(false);
      }),
      { numRuns: RUNS, seed: SEED },
    );
    expect(flown).toBeGreaterThan(RUNS / 2);
  }, 120_000);
});
