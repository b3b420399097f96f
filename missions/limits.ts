import type { PlanIssue } from './model.ts';
import { planIssue } from './plan-issue.ts';

/** Name of a field, its value, the least and the most that it may be. */
export type Limit = readonly [field: string, value: number, least: number, most: number];

/** Limits that a value misses; one that is no number misses every limit. */
export function outside(limits: readonly Limit[]): readonly Limit[] {
  return limits.filter(
    ([, value, least, most]) => !(Number.isFinite(value) && value >= least && value <= most),
  );
}

/** A sentence for a limit that was missed. */
export function limitText([field, value, least, most]: Limit): string {
  return `${field} is ${value}; it must be ${least} to ${most}.`;
}

/** The first number that makes no sense, as an issue that names it; null when all do. */
export function firstFault(limits: readonly Limit[]): PlanIssue | null {
  const [missed] = outside(limits);
  if (missed === undefined) return null;
  const [field, value] = missed;
  return planIssue('plan.bad-request', limitText(missed), { field, value: String(value) });
}
