import { cpus } from 'node:os';

/**
 * Prints a benchmark: with --json one object as the last output, otherwise a table.
 * @param {string} bench
 * @param {{metric: string, value: number, unit: string, bar?: string, holds?: boolean, bound?: string}[]} results
 */
export function report(bench, results) {
  const machine = { cores: cpus().length, cpu: cpus()[0]?.model ?? 'unknown', node: process.versions.node };
  if (process.argv.includes('--json')) {
    console.log(JSON.stringify({ bench, machine, results }));
    return;
  }
  console.log(`${bench} on ${machine.cores} × ${machine.cpu}, Node ${machine.node}`);
  console.table(
    results.map(({ metric, value, unit, bar, holds }) => ({
      metric,
      value,
      unit,
      bar: bar ?? '',
      holds: holds ?? '',
    })),
  );
}

/** @param {number[]} values @param {number} share 0–1 */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** @param {number[]} values */
export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** @param {number} value @param {number} digits */
export const round = (value, digits = 3) => Math.round(value * 10 ** digits) / 10 ** digits;
