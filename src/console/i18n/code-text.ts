import i18next from 'i18next';
import type { Details, Finding, Problem } from '../../contract/index.ts';
import { readModel } from '../state/store.ts';

/** Looks a key up; null when no translation exists. Narrow, so that tests need no i18next. */
export type Lookup = (key: string) => string | null;

const lookup: Lookup = (key) =>
  i18next.exists(key) ? (i18next.getResource(i18next.language, 'translation', key) as string) : null;

/**
 * The sentence for a code in the operator's language. Falls back to the server's own English sentence when the
 * code is new to this console or when the details lack a value that our sentence needs: half a sentence is worse.
 */
export function codeText(code: string, details: Details, message: string, find: Lookup = lookup): string {
  return fillTemplate(find(`errors.${code}`), withCallSign(details)) ?? message;
}

/** What to do about it, or null when nothing is known. */
export function remedyText(
  code: string,
  details: Details,
  remedy: string | null,
  find: Lookup = lookup,
): string | null {
  return fillTemplate(find(`remedies.${code}`), withCallSign(details)) ?? remedy;
}

export const findingText = (finding: Pick<Finding, 'code' | 'details' | 'message'>): string =>
  codeText(finding.code, finding.details, finding.message);

export const problemText = (problem: Problem): string =>
  codeText(problem.code, problem.details, problem.detail);

export const problemRemedy = (problem: Problem): string | null =>
  remedyText(problem.code, problem.details, problem.remedy);

/** People know an aircraft by its call sign, not by the id that a finding carries. */
function withCallSign(details: Details): Details {
  const { vehicleId } = details;
  if (typeof vehicleId !== 'string' || details.vehicle !== undefined) return details;
  return { ...details, vehicle: readModel().vehicles[vehicleId]?.view.name ?? vehicleId };
}

function fillTemplate(template: string | null, details: Details): string | null {
  if (template === null) return null;
  let complete = true;
  const text = template.replace(/\{\{(\w+)\}\}/g, (_whole, name: string) => {
    const value = details[name];
    if (value === undefined) {
      complete = false;
      return '';
    }
    return typeof value === 'number' ? readable(value) : value;
  });
  return complete ? text : null;
}

/** Details come with the machine's precision; a person reads three digits at most after the point. */
function readable(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toFixed(1)));
}
