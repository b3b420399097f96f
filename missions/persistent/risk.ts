import { createFrame, lonLatToMm } from '../geo/frame.ts';
import { firstFault } from '../limits.ts';
import type { LonLat, PlanIssue } from '../model/basics.ts';

/** A thing that happened, without anybody's name: where, when, and how much it counts. */
export interface RiskIncident {
  readonly position: LonLat;
  /** Same clock as `nowS`. */
  readonly atS: number;
  /** 1 for an ordinary one. */
  readonly severity: number;
}

export interface RiskCell {
  readonly cellId: string;
  readonly centroid: LonLat;
}

export interface RiskOptions {
  readonly nowS: number;
  /** An incident counts half after this time. Default 30 days. */
  readonly halfLifeS?: number;
  /** Standard deviation of the Gaussian over which an incident is spread. Default 250 m. */
  readonly bandwidthM?: number;
  /** `steps`: 1, 2 or 4; `continuous`: the ratio to the district's mean, clipped to 1…4. Default steps. */
  readonly scale?: 'steps' | 'continuous';
  /** Ratios to the district's mean from which a cell gets 2 and 4. Default 1.5 and 3. */
  readonly twoFrom?: number;
  readonly fourFrom?: number;
}

/** Why a cell has the weight it has; every figure can be recomputed by hand from the incidents. */
export interface CellRisk {
  readonly cellId: string;
  /** Incidents within three bandwidths, not after `nowS`. */
  readonly incidents: number;
  /** Σ severity · 2^(−age/half-life) · exp(−d²/2σ²) over them. */
  readonly score: number;
  /** Score over the mean score of all cells; 1 when nothing happened anywhere. */
  readonly relative: number;
  readonly weight: number;
}

export interface RiskWeights {
  readonly cells: readonly CellRisk[];
  readonly meanScore: number;
  /** Incidents left out, by reason. */
  readonly skippedFuture: number;
  readonly skippedUnplaced: number;
  readonly issues: readonly PlanIssue[];
}

const DEFAULTS = {
  halfLifeS: 30 * 86_400,
  bandwidthM: 250,
  scale: 'steps' as 'steps' | 'continuous',
  twoFrom: 1.5,
  fourFrom: 3,
};

/**
 * Weights of cells from the history of incidents: older ones count less (exponential decay), each is spread over its
 * neighbourhood (Gaussian kernel, so that a border between two cells is no border of risk), and what a cell has is
 * compared with the district's mean. Nobody's data but place, time and severity is used or asked for.
 *
 * An incident without a usable place or time, or after `nowS`, is left out and counted. Wrong options give weight 1
 * everywhere and an issue.
 */
export function riskWeights(
  incidents: readonly RiskIncident[],
  cells: readonly RiskCell[],
  options: RiskOptions,
): RiskWeights {
  const o = { ...DEFAULTS, ...options };
  const fault = checkOptions(o);
  if (fault !== null || cells.length === 0) return flat(cells, fault);
  const first = cells[0] as RiskCell;
  const frame = createFrame(first.centroid);
  const places = cells.map((cell) => lonLatToMm(frame, cell.centroid));
  const reachMm = 3 * o.bandwidthM * 1000;
  const scores = new Float64Array(cells.length);
  const counts = new Int32Array(cells.length);
  let skippedFuture = 0;
  let skippedUnplaced = 0;
  for (const incident of incidents) {
    const p = lonLatToMm(frame, incident.position);
    if (
      !Number.isFinite(p.x) ||
      !Number.isFinite(p.y) ||
      !(incident.severity >= 0) ||
      !Number.isFinite(incident.atS)
    ) {
      skippedUnplaced++;
      continue;
    }
    if (incident.atS > o.nowS) {
      skippedFuture++;
      continue;
    }
    const counted = incident.severity * 2 ** (-(o.nowS - incident.atS) / o.halfLifeS);
    places.forEach((q, i) => {
      const dx = q.x - p.x;
      const dy = q.y - p.y;
      if (Math.abs(dx) > reachMm || Math.abs(dy) > reachMm) return;
      const d = Math.hypot(dx, dy);
      if (d > reachMm) return;
      counts[i] = (counts[i] as number) + 1;
      scores[i] = (scores[i] as number) + counted * Math.exp(-((d / 1000 / o.bandwidthM) ** 2) / 2);
    });
  }
  const meanScore = scores.reduce((a, b) => a + b, 0) / cells.length;
  return {
    cells: cells.map((cell, i) => {
      const score = scores[i] as number;
      const relative = meanScore === 0 ? 1 : score / meanScore;
      return {
        cellId: cell.cellId,
        incidents: counts[i] as number,
        score,
        relative,
        weight: weightOf(relative, o),
      };
    }),
    meanScore,
    skippedFuture,
    skippedUnplaced,
    issues: [],
  };
}

function weightOf(relative: number, o: typeof DEFAULTS): number {
  if (o.scale === 'continuous') return Math.min(4, Math.max(1, relative));
  if (relative >= o.fourFrom) return 4;
  return relative >= o.twoFrom ? 2 : 1;
}

function checkOptions(o: typeof DEFAULTS & RiskOptions): PlanIssue | null {
  return firstFault([
    ['nowS', o.nowS, -1e12, 1e12],
    ['halfLifeS', o.halfLifeS, 1, 1e12],
    ['bandwidthM', o.bandwidthM, 1, 100_000],
    ['twoFrom', o.twoFrom, 0, 1e6],
    ['fourFrom', o.fourFrom, o.twoFrom, 1e6],
  ]);
}

function flat(cells: readonly RiskCell[], fault: PlanIssue | null): RiskWeights {
  return {
    cells: cells.map((cell) => ({ cellId: cell.cellId, incidents: 0, score: 0, relative: 1, weight: 1 })),
    meanScore: 0,
    skippedFuture: 0,
    skippedUnplaced: 0,
    issues: fault === null ? [] : [fault],
  };
}
