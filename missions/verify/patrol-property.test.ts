import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coveringItemRange } from '../fleet/items.ts';
import { planPatrol } from '../fleet/plan-patrol.ts';
import { SAMPLE_PROFILE } from '../fleet/profile.fixture.ts';
import { seededRandom } from '../geo/random.ts';
import type { PlanVehicle } from '../model.ts';
import { randomRectilinear, randomStar } from '../pattern/shapes.fixture.ts';
import { placeAt } from './base-plans.fixture.ts';
import { verifyMission } from './verify-mission.ts';
import { verifyPatrol } from './verify-plan.ts';

const RUNS = Number(process.env.PROPERTY_RUNS ?? 10);
const SEED = Number(process.env.PROPERTY_SEED ?? 9);
const MOST_MS = Number(process.env.PROPERTY_MS ?? 60_000);

describe('patrols of random areas by random drones', () => {
  it('hold sortie by sortie for the checker of missions, battery included, or say why there is none', async () => {
    const count = { patrols: 0, sorties: 0 };
    const faults: string[] = [];
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000_000 }), async (seed) => {
        const random = seededRandom(seed);
        const area =
          random() < 0.5
            ? randomStar(seed, 4 + Math.floor(random() * 8), Math.floor(random() * 3))
            : randomRectilinear(seed);
        // Small batteries, so that areas are cut into sorties and reserves are used up. Not so small that the slow
        // last metres of a landing, which the planner does not count, are more than two models may differ by.
        const profile = { ...SAMPLE_PROFILE, batteryCapacityWh: 90 + random() * 90 };
        const vehicles = Array.from(
          { length: 1 + Math.floor(random() * 6) },
          (_, i): PlanVehicle => ({
            vehicleId: `v${i}`,
            position: placeAt(random() * 900 - 450, random() * 900 - 450),
            remainingFraction: 0.35 + 0.3 * random(),
            profile,
          }),
        );
        const plan = planPatrol({
          area,
          vehicles,
          defaultProfile: profile,
          relativeAltitudeM: 50 + Math.floor(random() * 20),
          layerSpacingM: 12,
          maxRelativeAltitudeM: 120,
          occupiedAltitudesM: [],
          sideOverlapFraction: 0.1,
        });
        if (plan.sorties.length === 0) {
          if (!plan.issues.some((issue) => issue.severity === 'error'))
            faults.push(`seed ${seed}: no plan, no reason`);
          return;
        }
        count.patrols++;
        const verdict = await verifyPatrol(area, plan);
        if (!verdict.ok) faults.push(`seed ${seed}: ${verdict.issues.map((issue) => issue.code).join(' ')}`);
        for (const sortie of plan.sorties) {
          count.sorties++;
          const vehicle = vehicles.find((v) => v.vehicleId === sortie.vehicleId) as PlanVehicle;
          const range = coveringItemRange(sortie.plan);
          const report = await verifyMission({
            plan: sortie.plan,
            autopilot: random() < 0.5 ? 'ardupilot' : 'px4',
            vehicleClass: 'copter',
            home: { position: vehicle.position, elevationAmslM: null },
            profile,
            startMs: null,
            returnHeightM: sortie.relativeAltitudeM,
            area: { geometry: area, ranges: range === null ? null : [range], swathWidthM: null },
            zones: [],
            elevation: null,
            wind: null,
            batteryFraction: vehicle.remainingFraction,
            otherPlans: [],
          });
          for (const check of report.checks) {
            if (!check.ok && check.severity === 'error')
              faults.push(`seed ${seed}: ${check.check} ${check.message}`);
          }
        }
      }),
      { numRuns: RUNS, seed: SEED, interruptAfterTimeLimit: MOST_MS },
    );
    if (RUNS > 100)
      console.info(`${count.patrols} patrols, ${count.sorties} sorties, ${faults.length} faults`, faults);
    expect(faults).toEqual([]);
    expect(count.patrols).toBeGreaterThan(RUNS > 100 ? 20 : RUNS / 3);
  }, 600_000);
});
