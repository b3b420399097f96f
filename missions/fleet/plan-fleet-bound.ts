import type { PointMm, Region } from '../geo/frame.ts';
import { containsPoint, distanceMm, nearestOnBorder } from '../geo/measure.ts';
import { areaM2 } from '../geo/region.ts';
import type { FleetBound } from '../model.ts';
import { leastWhPerMm } from './sorties-bound.ts';
import type { SortieCosts } from './split.ts';

/** What bounds are about: ground to be seen, width of a pass, drones. */
export interface BoundCase {
  readonly region: Region;
  readonly swathM: number;
  /** Share of the region that must be seen, 0–1. */
  readonly coverageFraction: number;
  readonly members: readonly SortieCosts[];
  readonly relativeAltitudeM: number;
}

/** Least time (s) and way (mm) of a drone that has nothing to do but reach the region and come back. */
export interface Overhead {
  readonly wayMm: number;
  readonly timeS: number;
  readonly verticalWh: number;
}

/**
 * No plan can finish earlier: max of (c·A − N·πw²/4)/(w·ΣV) + least way out and back (a pass of length L sees at most
 * L·w + πw²/4), and of the farthest corner of the region, seen from half a swath away, and back for the best drone.
 */
export function makespanBound(task: BoundCase): FleetBound {
  const { members, swathM } = task;
  const speeds = members.reduce((sum, m) => sum + speedOf(m), 0);
  const overheads = members.map((m) => overheadOf(m, task));
  const n = members.length;
  const lengthM = Math.max(0, (coverM2(task) - n * discM2(swathM)) / swathM);
  const least = Math.min(...overheads.map((o) => o.timeS));
  const areaS = lengthM / speeds + least;
  const farS = Math.max(0, ...cornersOf(task.region).map((p) => farthestS(p, task, overheads)));
  return areaS >= farS
    ? { name: '(cA − Nπw²/4)/(wΣV) + least way out and back', value: areaS }
    : { name: 'farthest corner and back', value: farS };
}

/**
 * As `makespanBound`, and counting that a sortie covers no more than its battery and that there is a turnaround
 * between two: the least T in which the drones together can cover (c·A) with the pieces that T allows each of them.
 */
export function batteryBound(task: BoundCase): FleetBound {
  const simple = makespanBound(task);
  const needed = coverM2(task);
  const overheads = task.members.map((m) => overheadOf(m, task));
  const seenM2 = (timeS: number): number =>
    task.members.reduce((sum, m, i) => sum + mostSeenM2(m, overheads[i] as Overhead, timeS, task.swathM), 0);
  let high = Math.max(1, simple.value);
  while (seenM2(high) < needed && high < 1e9) high *= 2;
  let low = 0;
  for (let k = 0; k < 60; k++) {
    const middle = (low + high) / 2;
    if (seenM2(middle) >= needed) high = middle;
    else low = middle;
  }
  return high > simple.value
    ? { name: 'least T with Σ cover(T, battery, turnaround) ≥ cA', value: high }
    : simple;
}

/** Most ground that one drone can see in a time: the best number of sorties, each with its own disc at the end. */
export function mostSeenM2(m: SortieCosts, overhead: Overhead, timeS: number, swathM: number): number {
  const { firstWh, fullWh, turnaround } = m.rules;
  const whPerM = leastWhPerMm(m) * 1000;
  const wayWh = (overhead.wayMm / 1000) * whPerM + overhead.verticalWh;
  const reachM = (wh: number): number => Math.max(0, (wh - wayWh) / Math.max(whPerM, 1e-12));
  const first = reachM(firstWh);
  const full = reachM(fullWh);
  const speed = speedOf(m);
  const groundS =
    turnaround.kind === 'swap' ? turnaround.seconds : turnaround.kind === 'charge' ? turnaround.overheadS : 0;
  const chargeSPerM = turnaround.kind === 'charge' ? (whPerM * 3600) / turnaround.powerW : 0;
  const most = turnaround.kind === 'none' ? 1 : Math.ceil(timeS / Math.max(1, overhead.timeS + groundS)) + 1;
  let best = 0;
  for (let k = 1; k <= Math.min(most, 1000); k++) {
    const spareS = timeS - k * overhead.timeS - (k - 1) * groundS;
    if (spareS <= 0) break;
    // What is flown before the last sortie has to be charged back.
    const chargedM = (spareS + full * chargeSPerM) / (1 / speed + chargeSPerM);
    const lengthM = Math.min(first + (k - 1) * full, spareS * speed, chargedM);
    best = Math.max(best, lengthM * swathM + k * discM2(swathM));
  }
  return best;
}

function coverM2(task: BoundCase): number {
  return areaM2(task.region) * task.coverageFraction;
}

function discM2(swathM: number): number {
  return (Math.PI * swathM * swathM) / 4;
}

function speedOf(m: SortieCosts): number {
  return m.rules.line.model.profile.cruiseSpeedMps;
}

export function overheadOf(m: SortieCosts, task: BoundCase): Overhead {
  const { start, places, line } = m.rules;
  const halfMm = task.swathM * 500;
  const wayMm =
    distanceTo(task.region, start.at, halfMm) +
    leastOf(places.map((p) => distanceTo(task.region, p.at, halfMm)));
  const columns = line.model.columns(task.relativeAltitudeM, task.relativeAltitudeM);
  return {
    wayMm,
    timeS: columns.climbS + columns.descentS + wayMm / 1000 / speedOf(m),
    verticalWh: columns.energyWh,
  };
}

/** Way to where a point or the region is first seen. */
function distanceTo(region: Region, p: PointMm, halfMm: number): number {
  if (containsPoint(region, p)) return 0;
  return Math.max(0, distanceMm(p, nearestOnBorder(region, p) ?? p) - halfMm);
}

/** Earliest that any drone has seen a corner and is back. */
function farthestS(corner: PointMm, task: BoundCase, overheads: readonly Overhead[]): number {
  const half = task.swathM * 500;
  return leastOf(
    task.members.map((m, i) => {
      const { start, places, line } = m.rules;
      const out = Math.max(0, distanceMm(start.at, corner) - half);
      const back = leastOf(places.map((p) => Math.max(0, distanceMm(p.at, corner) - half)));
      const o = overheads[i] as Overhead;
      const vertical = o.timeS - o.wayMm / 1000 / speedOf(m);
      return vertical + (out + back) / 1000 / line.model.profile.cruiseSpeedMps;
    }),
  );
}

function cornersOf(region: Region): PointMm[] {
  const all = region.flat();
  const step = Math.max(1, Math.ceil(all.length / 500));
  return all.filter((_, i) => i % step === 0);
}

function leastOf(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}
