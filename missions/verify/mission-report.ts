import type { LonLat, PlanIssue } from '../model.ts';
import { planIssue } from '../plan-issue.ts';

/**
 * Every check of a mission, in the order in which they stand in a report. The ids are stable: consoles translate
 * them, records keep them.
 */
export const MISSION_CHECK_IDS = [
  // What is written
  'numbers',
  'positions',
  'commands',
  'frames',
  'parameters',
  'capacity',
  'starts-with-take-off',
  'ends-with-return',
  'finite',
  'fence-form',
  'rally-form',
  // Where it leads
  'heights-known',
  'range',
  'leg-length',
  'area',
  'coverage',
  'swath',
  'fence',
  'no-fly',
  'altitude-zones',
  'privacy',
  'rally-allowed',
  // How high
  'height-above-home',
  'ceiling-above-terrain',
  'clearance-above-terrain',
  // How fast and how long
  'speed',
  'corners',
  'wind',
  'energy-at-landing',
  'energy-to-return',
  // Who else is there
  'separation',
] as const;

export type MissionCheckId = (typeof MISSION_CHECK_IDS)[number];

/**
 * - `checked`: the figure was measured;
 * - `not-applicable`: the mission or the request has nothing that this check is about;
 * - `not-checked`: it should be, but something is missing (terrain data) or broken; the message says what.
 */
export type CheckState = 'checked' | 'not-applicable' | 'not-checked';

export interface CheckPlace {
  /** Index in `plan.items` (fence and rally checks: in theirs); null: no single item. */
  readonly item: number | null;
  readonly place: LonLat | null;
}

export interface MissionCheck {
  readonly check: MissionCheckId;
  /** False refuses the mission when `severity` is `error`. */
  readonly ok: boolean;
  readonly state: CheckState;
  readonly severity: 'error' | 'warning';
  /** What was measured: the worst of the mission. Null when there is nothing to measure. */
  readonly figure: number | null;
  readonly unit: string;
  /** What the figure is held against; null: no limit was set. */
  readonly limit: number | null;
  /** Where the worst figure is. */
  readonly where: CheckPlace | null;
  /** Plain English. */
  readonly message: string;
}

export interface VerificationReport {
  /** No check of severity `error` failed: only then may the mission be uploaded. */
  readonly ok: boolean;
  /** One entry for each of `MISSION_CHECK_IDS`, in that order. */
  readonly checks: readonly MissionCheck[];
  /** Of the flight as the verifier flies it, from the first to the last item; null when it cannot be flown. */
  readonly durationS: number | null;
  readonly lengthM: number | null;
  readonly energyWh: number | null;
}

interface CheckDraft {
  readonly figure: number | null;
  readonly limit: number | null;
  readonly unit: string;
  readonly where?: CheckPlace | null;
  readonly message: string;
}

export function passed(check: MissionCheckId, draft: CheckDraft): MissionCheck {
  return { check, ok: true, state: 'checked', severity: 'error', ...filled(draft) };
}

export function failed(check: MissionCheckId, draft: CheckDraft): MissionCheck {
  return { check, ok: false, state: 'checked', severity: 'error', ...filled(draft) };
}

export function remarked(check: MissionCheckId, draft: CheckDraft): MissionCheck {
  return { check, ok: false, state: 'checked', severity: 'warning', ...filled(draft) };
}

export function notApplicable(check: MissionCheckId, message: string): MissionCheck {
  return { ...EMPTY, check, ok: true, state: 'not-applicable', severity: 'error', message };
}

/** `severity` says whether the gap itself refuses the mission. */
export function notChecked(
  check: MissionCheckId,
  message: string,
  severity: 'error' | 'warning',
): MissionCheck {
  return { ...EMPTY, check, ok: false, state: 'not-checked', severity, message };
}

const EMPTY = { figure: null, unit: '', limit: null, where: null } as const;

function filled(draft: CheckDraft): Required<CheckDraft> {
  return { ...draft, where: draft.where ?? null };
}

/** The failed checks as issues, for places that speak of issues. */
export function issuesOf(report: VerificationReport): PlanIssue[] {
  return report.checks
    .filter((check) => !check.ok)
    .map((check) =>
      planIssue(check.severity === 'error' ? 'verify.check-failed' : 'verify.check-remarked', check.message, {
        check: check.check,
        figure: check.figure ?? '',
        limit: check.limit ?? '',
        unit: check.unit,
      }),
    );
}
