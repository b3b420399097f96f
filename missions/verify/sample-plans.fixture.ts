import { planPatrol } from '../fleet/plan-patrol.ts';
import { SAMPLE_PROFILE } from '../fleet/profile.fixture.ts';
import type { GridCell } from '../model.ts';
import { verifyPatrol } from './verify-plan.ts';

/** A swath of 60 m: this height with a 60° camera and 10 % overlap. */
const ALTITUDE_M = 60 / 0.9 / (2 * Math.tan(Math.PI / 6));

/** Plans and verifies cells; returns those with any fault or remark, so that a failing test names them. */
export async function faultyPlans(list: readonly GridCell[]): Promise<string[]> {
  const out: string[] = [];
  for (const cell of list) {
    const plan = planPatrol({
      area: cell.geometry,
      vehicles: [],
      defaultProfile: SAMPLE_PROFILE,
      relativeAltitudeM: ALTITUDE_M,
      layerSpacingM: 12,
      maxRelativeAltitudeM: 120,
      occupiedAltitudesM: [],
      sideOverlapFraction: 0.1,
    });
    const verdict = await verifyPatrol(cell.geometry, plan);
    const codes = [...plan.issues, ...verdict.issues].map((issue) => issue.code);
    if (verdict.ok && verdict.coverageFraction >= 0.995 && codes.length === 0) continue;
    out.push(`${cell.cellId}: ${verdict.coverageFraction.toFixed(5)} ${codes.join(' ')}`);
  }
  return out;
}
