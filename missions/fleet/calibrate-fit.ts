/** One equation Σ factors·x = value, believed to within `spread` (one standard deviation). */
export interface FitRow {
  readonly factors: readonly number[];
  readonly value: number;
  readonly spread: number;
}

export interface Fit {
  readonly values: readonly number[];
  /** Standard error of each value; 0 for one that is held at zero. */
  readonly errors: readonly number[];
}

/**
 * Weighted least squares with all values ≥ 0 (C. L. Lawson, R. J. Hanson, Solving Least Squares Problems, 1974, ch. 23).
 * With the few unknowns here every choice of which ones are zero is solved and the best admissible one taken: exact,
 * and it cannot cycle. The rows must determine all values (a prior row for each does).
 */
export function fitNonNegative(rows: readonly FitRow[]): Fit {
  const n = rows[0]?.factors.length ?? 0;
  let best: { fit: Fit; misfit: number } | null = null;
  for (let zeros = 0; zeros < 1 << n; zeros++) {
    const free = Array.from({ length: n }, (_, i) => i).filter((i) => (zeros & (1 << i)) === 0);
    const solved = solveFree(rows, free);
    if (solved === null || solved.values.some((v) => v < 0)) continue;
    const values = new Array<number>(n).fill(0);
    const errors = new Array<number>(n).fill(0);
    free.forEach((i, k) => {
      values[i] = solved.values[k] as number;
      errors[i] = Math.sqrt(Math.max(0, solved.variances[k] as number));
    });
    const misfit = rows.reduce((sum, row) => {
      const predicted = row.factors.reduce((s, f, i) => s + f * (values[i] as number), 0);
      return sum + ((predicted - row.value) / row.spread) ** 2;
    }, 0);
    if (best === null || misfit < best.misfit) best = { fit: { values, errors }, misfit };
  }
  return best?.fit ?? { values: new Array<number>(n).fill(0), errors: new Array<number>(n).fill(0) };
}

/** Normal equations of the free unknowns by Gauss–Jordan with pivoting; the inverse gives the variances. */
function solveFree(
  rows: readonly FitRow[],
  free: readonly number[],
): { readonly values: number[]; readonly variances: number[] } | null {
  const m = free.length;
  // [AᵀWA | I | AᵀWb]
  const table = free.map((i, r) => {
    const line = new Array<number>(2 * m + 1).fill(0);
    line[m + r] = 1;
    for (const row of rows) {
      const w = (row.factors[i] as number) / row.spread ** 2;
      free.forEach((k, c) => {
        line[c] = (line[c] as number) + w * (row.factors[k] as number);
      });
      line[2 * m] = (line[2 * m] as number) + w * row.value;
    }
    return line;
  });
  for (let c = 0; c < m; c++) {
    let pivot = c;
    for (let r = c + 1; r < m; r++) {
      if (Math.abs(table[r]?.[c] ?? 0) > Math.abs(table[pivot]?.[c] ?? 0)) pivot = r;
    }
    const top = table[pivot] as number[];
    table[pivot] = table[c] as number[];
    table[c] = top;
    const by = top[c] as number;
    if (Math.abs(by) < 1e-300) return null;
    for (let k = 0; k <= 2 * m; k++) top[k] = (top[k] as number) / by;
    for (let r = 0; r < m; r++) {
      const line = table[r] as number[];
      const factor = line[c] as number;
      if (r === c || factor === 0) continue;
      for (let k = 0; k <= 2 * m; k++) line[k] = (line[k] as number) - factor * (top[k] as number);
    }
  }
  return {
    values: table.map((line) => line[2 * m] as number),
    variances: table.map((line, r) => line[m + r] as number),
  };
}
