import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomPlan } from './random-missions.fixture.ts';
import { verifyMission } from './verify-mission.ts';

/** Random areas; a longer run that stops by itself: PROPERTY_RUNS=2000 PROPERTY_SEED=1 PROPERTY_MS=150000. */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 40);
const SEED = Number(process.env.PROPERTY_SEED ?? 4);
const MOST_MS = Number(process.env.PROPERTY_MS ?? 60_000);

/** What is wrong with the plan of a seed; null when the verifier accepts it or the planner said why there is none. */
async function faultOf(seed: number, count: { planned: number; tried: number }): Promise<string | null> {
  count.tried++;
  try {
    const plan = randomPlan(seed);
    if (plan.kind === 'refused') {
      return plan.issues.some((issue) => issue.message.length > 10) ? null : 'no plan and no reason';
    }
    count.planned++;
    const report = await verifyMission(plan.input);
    const refused = report.checks.filter((check) => !check.ok && check.severity === 'error');
    return refused.length === 0 ? null : refused.map((check) => `${check.check}: ${check.message}`).join(' ');
  } catch (error) {
    return `throws ${error instanceof Error ? `${error.message} ${error.stack?.split('\n')[1]}` : String(error)}`;
  }
}

describe('random areas with holes and random zones', () => {
  it('are planned as the verifier accepts, or the planner says why there is no plan', async () => {
    const count = { planned: 0, tried: 0 };
    const faults: string[] = [];
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000_000 }), async (seed) => {
        const fault = await faultOf(seed, count);
        if (fault !== null) faults.push(`seed ${seed}: ${fault}`);
      }),
      { numRuns: RUNS, seed: SEED, interruptAfterTimeLimit: MOST_MS },
    );
    if (RUNS > 100) {
      console.info(
        `${count.planned} of ${count.tried} planned, ${faults.length} faults (seed ${SEED})`,
        faults,
      );
    }
    expect(faults).toEqual([]);
    // Most of them can be planned: a property that is never put to the test holds always.
    expect(count.planned).toBeGreaterThan(count.tried / 2);
  }, 600_000);
});
