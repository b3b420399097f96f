import type { PointMm } from '../geo/frame.ts';
import { lengthMm } from '../geo/measure.ts';
import type { PlanIssue } from '../model/basics.ts';
import { planIssue } from '../plan-issue.ts';

/** What was cut off a pattern by its space, and what of the rest no way leads to. Less than a metre is not told. */
export function clipRemarks(
  pattern: string,
  whole: readonly PointMm[],
  pieces: readonly (readonly PointMm[])[],
  unreached: readonly (readonly PointMm[])[],
): PlanIssue[] {
  const out: PlanIssue[] = [];
  const wholeMm = lengthMm(whole);
  const cutMm = wholeMm - sumOf(pieces);
  if (cutMm > 1000) {
    const lengthM = Math.round(cutMm / 1000);
    const lostPct = Math.round((cutMm / wholeMm) * 1000) / 10;
    out.push(
      planIssue(
        'plan.pattern-clipped',
        `${lengthM} m (${lostPct} %) of the pattern lie outside the allowed area or in keep-outs.`,
        { pattern, lengthM, lostPct },
      ),
    );
  }
  if (unreached.length > 0) out.push(unservedPiece(sumOf(unreached), 'no allowed way leads there'));
  return out;
}

export function unservedPiece(mm: number, reason: string): PlanIssue {
  const lengthM = Math.round(mm / 1000);
  return planIssue('plan.piece-unserved', `${lengthM} m of the pattern are not flown: ${reason}.`, {
    lengthM,
    reason,
  });
}

function sumOf(lines: readonly (readonly PointMm[])[]): number {
  return lines.reduce((sum, line) => sum + lengthMm(line), 0);
}
