import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomPlan } from './random-missions.fixture.ts';
import { verifyMission } from './verify-mission.ts';

/** Random areas; a longer run: PROPERTY_RUNS=1000 PROPERTY_SEED=1. */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 12);
const SEED = Number(process.env.PROPERTY_SEED ?? 4);

/** A long run stops by itself: it is not the only one on the machine. */
const MOST_MS = Number(process.env.PROPERTY_MS ?? 60_000);

describe('random areas with holes and random zones', () => {
  it('are planned as the verifier accepts, or the planner says why there is no plan', async () => {
    let planned = 0;
    let tried = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000_000 }), async (seed) => {
        tried++;
        const plan = randomPlan(seed);
        if (plan.kind === 'refused') {
          expect(plan.issues.some((issue) => issue.message.length > 10)).toBe(true);
          return;
        }
        planned++;
        const report = await verifyMission(plan.input);
        const refused = report.checks
          .filter((check) => !check.ok && check.severity === 'error')
          .map((check) => `${check.check}: ${check.message}`);
        expect(refused).toEqual([]);
      }),
      { numRuns: RUNS, seed: SEED, endOnFailure: true, interruptAfterTimeLimit: MOST_MS },
    );
    // Most of them can be planned: a property that is never put to the test holds always.
    expect(planned).toBeGreaterThan(tried / 2);
    if (RUNS > 100) console.info(`${planned} of ${tried} planned and accepted (seed ${SEED})`);
  }, 600_000);
});
