import type { IssueSeverity, PlanIssue } from './model.ts';

/** Every code that planner and verifier give, with severity and the keys of `details`. The console translates by code. */
export const PLAN_ISSUE_CODES = {
  // Coverage
  'plan.bad-area': { severity: 'error', details: ['reason'] },
  'plan.empty-area': { severity: 'error', details: ['areaM2'] },
  'plan.bad-swath': { severity: 'error', details: ['swathWidthM'] },
  'plan.area-too-large': { severity: 'error', details: ['areaM2', 'swathWidthM', 'lanesNeeded'] },
  'plan.coverage-low': { severity: 'error', details: ['coveragePct'] },
  'plan.cell-smaller-than-swath': { severity: 'warning', details: ['widthM', 'swathWidthM'] },
  'plan.area-in-parts': { severity: 'warning', details: ['parts'] },
  'plan.crosses-outside': { severity: 'warning', details: ['legs', 'lengthM'] },
  'plan.sliver-skipped': { severity: 'warning', details: ['parts', 'areaM2'] },
  // Fleet
  'plan.bad-request': { severity: 'error', details: ['field', 'value'] },
  'plan.no-drone-ready': { severity: 'error', details: ['offered'] },
  'plan.not-enough-drones': { severity: 'error', details: ['needed', 'available'] },
  'plan.battery-too-low': { severity: 'error', details: ['vehicleId', 'remainingPct', 'reservePct'] },
  'plan.too-far': { severity: 'error', details: ['vehicleId', 'distanceM', 'needPct', 'availablePct'] },
  'plan.no-height-layer': { severity: 'error', details: ['needed', 'available', 'maxRelativeAltitudeM'] },
  'plan.mission-too-long': { severity: 'error', details: ['vehicleId', 'items', 'capacity'] },
  // Verifier
  'verify.no-sorties': { severity: 'error', details: [] },
  'verify.bad-item': { severity: 'error', details: ['sortie', 'item', 'field'] },
  'verify.null-island': { severity: 'error', details: ['sortie', 'item'] },
  'verify.bad-frame': { severity: 'error', details: ['sortie', 'item', 'frame'] },
  'verify.no-takeoff': { severity: 'error', details: ['sortie', 'command'] },
  'verify.no-return': { severity: 'error', details: ['sortie', 'command'] },
  'verify.altitude': { severity: 'error', details: ['sortie', 'item', 'altitudeM', 'plannedM'] },
  'verify.altitude-limit': { severity: 'error', details: ['sortie', 'item', 'altitudeM', 'limitM'] },
  'verify.layers-too-close': { severity: 'error', details: ['sortie', 'otherSortie', 'distanceM'] },
  'verify.coverage-low': { severity: 'error', details: ['coveragePct'] },
  'verify.coverage-below-target': { severity: 'warning', details: ['coveragePct'] },
  'verify.outside': { severity: 'error', details: ['outsideM', 'toleranceM'] },
  'verify.unreadable-area': { severity: 'error', details: ['reason'] },
} as const satisfies Record<
  string,
  { severity: Exclude<IssueSeverity, 'repair'>; details: readonly string[] }
>;

export type PlanIssueCode = keyof typeof PLAN_ISSUE_CODES;

/** An issue with the severity that its code has. */
export function planIssue(
  code: PlanIssueCode,
  message: string,
  details: Readonly<Record<string, string | number>> = {},
): PlanIssue {
  return { severity: PLAN_ISSUE_CODES[code].severity, code, message, details };
}
