import { describe, expect, it } from 'vitest';
import { BASE_NAMES, BASE_PLANS } from './base-plans.fixture.ts';
import { MISSION_CHECK_IDS } from './mission-report.ts';
import { verifyMission } from './verify-mission.ts';

describe('verifyMission', () => {
  it.each(BASE_NAMES)('accepts the good %s mission and reports every check with its figure', async (name) => {
    const report = await verifyMission(BASE_PLANS[name]());
    expect(report.checks.filter((check) => !check.ok && check.severity === 'error')).toEqual([]);
    expect(report.ok).toBe(true);
    expect(report.checks.map((check) => check.check)).toEqual([...MISSION_CHECK_IDS]);
    if (process.env.SHOW) console.table(report.checks.map(({ where: _w, ...c }) => c));
    for (const check of report.checks) {
      expect(check.message.length).toBeGreaterThan(5);
      if (check.state !== 'checked') expect(check.figure).toBeNull();
    }
  });
});
