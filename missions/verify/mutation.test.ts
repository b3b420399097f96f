import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BASE_PLANS } from './base-plans.fixture.ts';
import { DAMAGES } from './damage.fixture.ts';
import type { Draw } from './damage-tools.fixture.ts';
import type { MissionCheckId, VerificationReport } from './mission-report.ts';
import { verifyMission } from './verify-mission.ts';

/** Damage per kind and base plan; a longer run: MUTATIONS=200. */
const RUNS = Number(process.env.MUTATIONS ?? 3);

const draws: fc.Arbitrary<Draw> = fc.record({
  at: fc.double({ min: 0, max: 0.999, noNaN: true }),
  size: fc.double({ min: 0, max: 0.999, noNaN: true }),
});

const stateOf = (report: VerificationReport, id: MissionCheckId) =>
  report.checks.find((check) => check.check === id);

describe('damage to good missions', () => {
  it('is of at least forty kinds, each caught by a named check', () => {
    expect(DAMAGES.length).toBeGreaterThanOrEqual(40);
    expect(new Set(DAMAGES.map((damage) => damage.name)).size).toBe(DAMAGES.length);
  });

  const cases = DAMAGES.flatMap((damage) =>
    damage.bases.map((base) => [damage.name, base, damage.check, damage] as const),
  );

  it.each(cases)('"%s" in the %s mission is refused by %s', async (_name, base, id, damage) => {
    const good = BASE_PLANS[base]();
    await fc.assert(
      fc.asyncProperty(draws, async (draw) => {
        const report = await verifyMission(damage.hurt(good, draw));
        const check = stateOf(report, id);
        expect(report.ok).toBe(false);
        expect({ ok: check?.ok, severity: check?.severity, message: check?.message }).toMatchObject({
          ok: false,
          severity: 'error',
        });
        expect(check?.state).toBe('checked');
        if (damage.spare === undefined) return;
        const spared = stateOf(await verifyMission(damage.spare(good, draw)), id);
        expect(spared?.ok === true || spared?.severity === 'warning' ? '' : spared?.message).toBe('');
      }),
      { numRuns: RUNS },
    );
  });
});
