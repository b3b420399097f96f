import type { Figures, FigureValue } from './figures.ts';
import { purposeOf } from './on-purpose.ts';
import { type Row, SECTIONS, type Section, type Tolerance } from './rows.ts';
import type { Family } from './subject.ts';

export type Verdict =
  | { readonly kind: 'same' }
  | { readonly kind: 'on-purpose'; readonly why: string }
  | { readonly kind: 'to-mend' }
  /** One of the two has no such figure. */
  | { readonly kind: 'not-measured' };

export interface ComparedRow {
  readonly row: Row;
  readonly simulated: FigureValue;
  readonly real: FigureValue;
  /** Simulated less real; null for words. */
  readonly difference: number | null;
  readonly verdict: Verdict;
}

export interface ComparedSection {
  readonly section: Section;
  readonly rows: readonly ComparedRow[];
}

/** Side by side, by the rows of rows.ts; a figure that neither has is left out. */
export function compare(family: Family, simulated: Figures, real: Figures): readonly ComparedSection[] {
  return SECTIONS.map((section) => ({
    section,
    rows: section.rows
      .filter(({ id }) => simulated[id] !== undefined || real[id] !== undefined)
      .map((row) => compareRow(family, row, simulated[row.id] ?? null, real[row.id] ?? null)),
  })).filter(({ rows }) => rows.length > 0);
}

export function compareRow(family: Family, row: Row, simulated: FigureValue, real: FigureValue): ComparedRow {
  const difference =
    typeof simulated === 'number' && typeof real === 'number' && row.tolerance.kind === 'within'
      ? simulated - real
      : null;
  return { row, simulated, real, difference, verdict: verdictOf(family, row, simulated, real) };
}

function verdictOf(family: Family, row: Row, simulated: FigureValue, real: FigureValue): Verdict {
  if (isSame(row.tolerance, simulated, real)) {
    return simulated === null ? { kind: 'not-measured' } : { kind: 'same' };
  }
  const why = purposeOf(family, row.id);
  if (why !== null) return { kind: 'on-purpose', why };
  return simulated === null || real === null ? { kind: 'not-measured' } : { kind: 'to-mend' };
}

function isSame(tolerance: Tolerance, simulated: FigureValue, real: FigureValue): boolean {
  if (tolerance.kind === 'equal' || typeof simulated !== 'number' || typeof real !== 'number') {
    return simulated === real;
  }
  return Math.abs(simulated - real) <= tolerance.absolute + tolerance.relative * Math.abs(real);
}

/** How many rows have each verdict. */
export function tally(sections: readonly ComparedSection[]): Readonly<Record<Verdict['kind'], number>> {
  const count = { same: 0, 'on-purpose': 0, 'to-mend': 0, 'not-measured': 0 };
  for (const { rows } of sections) for (const { verdict } of rows) count[verdict.kind] += 1;
  return count;
}
