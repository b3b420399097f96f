import type { LocalFrame, PointMm, Region } from '../geo/frame.ts';
import { lengthMm } from '../geo/measure.ts';
import { areaM2, partAreaM2, partsOf, regionOf } from '../geo/region.ts';
import type { CoveragePath, FleetRequest, PlanIssue } from '../model.ts';
import { planIssue } from '../plan-issue.ts';
import { mostSeenM2, overheadOf } from './plan-fleet-bound.ts';
import { type CrewMember, costTour } from './plan-fleet-crew.ts';
import { type Cut, type CutPiece, cutInOrder, cutTour } from './plan-fleet-cut.ts';
import { evenCut } from './plan-fleet-reach.ts';
import { sectorsOf } from './plan-fleet-sectors.ts';
import {
  coverRegion,
  jointCoverage,
  ownRegions,
  TARGET_COVERAGE,
  type TourJoiner,
} from './plan-fleet-tour.ts';
import { whyNot } from './sorties-bound.ts';
import type { SortieCosts } from './split.ts';
import { bestChain, type Chain, flyGreedily } from './split-chain.ts';
import type { CostLine } from './split-line.ts';

/** An area to be divided and those who shall fly it. */
export interface FleetTask {
  readonly request: FleetRequest;
  readonly frame: LocalFrame;
  readonly region: Region;
  readonly swathWidthM: number;
  readonly crew: readonly CrewMember[];
  readonly joiner: TourJoiner;
}

/** What one member flies. */
export interface DividedShare {
  readonly member: number;
  readonly costs: SortieCosts;
  readonly chain: Chain;
  readonly sector: Region | null;
}

export interface Division {
  readonly shares: readonly DividedShare[];
  readonly longestS: number;
  /** What is flown over the region: one tour, or one path per sector. */
  readonly paths: readonly (readonly PointMm[])[];
  /** The coverage path of the whole region when that is what was cut. */
  readonly whole: CoveragePath | null;
}

/** Sectors count as even at this ratio of the latest to the mean finish, and are tried again at most so often. */
const EVEN = 1.02;
const SECTOR_ROUNDS = 7;

/** A tour over the whole region and the best cut of it. */
interface TourCut {
  readonly tour: readonly PointMm[];
  readonly members: readonly SortieCosts[];
  readonly cut: Cut;
}

/**
 * One tour cut in pieces (route first, cut second): the coverage path of the whole region. With `effort` thorough two
 * more tours compete by the latest finish: the linked paths of sectors, and the linked paths that come of planning
 * each piece's own ground again.
 */
export function divideBalanced(task: FleetTask, heightsM: readonly number[]): Division | PlanIssue {
  const { crew, region, frame, swathWidthM, joiner, request } = task;
  const whole = coverRegion(region, frame, swathWidthM, crew[0]?.drone.position ?? null);
  if ('code' in whole) return whole;
  const main = joiner.repair(whole.points);
  const cut = cutOf(task, main, heightsM);
  const plain = cut === null ? null : divisionOf(cut, whole.path);
  if (request.effort !== 'thorough' || crew.length < 2) return plain ?? whyNotFleet(task, main, heightsM);
  const others = [sectorTour(task, heightsM), cut === null ? null : replanned(task, cut)];
  let best = plain;
  for (const tour of others) {
    const other = tour === null ? null : cutOf(task, tour, heightsM);
    if (other === null) continue;
    const division = divisionOf(other, null);
    if (best === null || division.longestS < best.longestS) best = division;
  }
  return best ?? whyNotFleet(task, main, heightsM);
}

/** The same division with other heights: the cuts move a little so that all still finish together. */
export function recut(task: FleetTask, division: Division, heightsM: readonly number[]): Division | null {
  const [first] = division.shares;
  if (first === undefined) return null;
  const tour = first.costs.rules.line.points.map((p) => p.at);
  const members = task.crew.map((m, i) => costTour(m, tour, heightsM[i] as number, task.request, task.frame));
  const order = division.shares.map((share) => share.member);
  const cut = cutInOrder(members, order);
  return cut === null ? null : divisionOf({ tour, members, cut }, division.whole);
}

/** One connected sector each, sizes moved until all finish together. */
export function divideSectors(task: FleetTask, heightsM: readonly number[]): Division | PlanIssue {
  let shares = fairShares(task, heightsM);
  let best: Division | null = null;
  for (let round = 0; round < SECTOR_ROUNDS; round++) {
    const sectors = sectorsOf(
      task.region,
      task.crew.map((m, i) => ({ start: m.start.at, share: shares[i] as number })),
    );
    const flown = sectors.map((sector, i) => flySector(task, sector, i, heightsM[i] as number));
    const times = flown.map((f) => f?.chain.finishS ?? 0);
    const done = flown.every((f, i) => f !== null || areaM2(sectors[i] ?? []) < 1);
    const longestS = Math.max(...times);
    const flying = times.filter((t) => t > 0);
    const mean = flying.reduce((a, b) => a + b, 0) / Math.max(1, flying.length);
    if (done && (best === null || longestS < best.longestS)) {
      // Sectors tile the region and each path sees 99.5 % of its own, so together they see that of all.
      const paths = flown.map((f) => f?.costs.rules.line.points.map((p) => p.at) ?? []);
      best = { shares: flown.filter((f) => f !== null), longestS, paths, whole: null };
    }
    if (done && longestS <= EVEN * mean) break;
    shares = corrected(shares, flown, mean);
  }
  if (best !== null) return best;
  // Say why with the whole region's tour: the sectors' own reasons are about a division that is not wanted.
  const whole = coverRegion(task.region, task.frame, task.swathWidthM, null);
  return 'code' in whole ? whole : whyNotFleet(task, task.joiner.repair(whole.points), heightsM);
}

/** Who finishes early gets more, who cannot do its sector gets less. */
function corrected(
  shares: readonly number[],
  flown: readonly (DividedShare | null)[],
  meanS: number,
): number[] {
  const next = shares.map((share, i) => {
    const time = flown[i]?.chain.finishS;
    if (time === undefined) return share * 0.8;
    return share * Math.max(0.6, Math.min(1.6, (meanS / time) ** 0.9));
  });
  const sum = next.reduce((a, b) => a + b, 0);
  return next.map((share) => share / sum);
}

/** Shares of the region in proportion to what each can see in the time in which all together see everything. */
function fairShares(task: FleetTask, heightsM: readonly number[]): number[] {
  const { crew, region, swathWidthM } = task;
  const here = task.region[0]?.[0] as PointMm;
  const members = crew.map((m, i) => costTour(m, [here], heightsM[i] as number, task.request, task.frame));
  const about = {
    region,
    swathM: swathWidthM,
    coverageFraction: 1,
    members,
    relativeAltitudeM: Math.min(...heightsM),
  };
  const overheads = members.map((m) => overheadOf(m, about));
  const seenAt = (t: number): number[] =>
    members.map((m, i) => mostSeenM2(m, overheads[i] as ReturnType<typeof overheadOf>, t, swathWidthM));
  const sumOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  let high = 60;
  while (sumOf(seenAt(high)) < areaM2(region) && high < 1e7) high *= 2;
  let low = 0;
  for (let k = 0; k < 40; k++) {
    const middle = (low + high) / 2;
    if (sumOf(seenAt(middle)) < areaM2(region)) low = middle;
    else high = middle;
  }
  const seen = seenAt(high);
  const sum = sumOf(seen);
  return seen.map((m2) => (sum > 0 ? m2 / sum : 1 / seen.length));
}

function flySector(task: FleetTask, sector: Region, member: number, heightM: number): DividedShare | null {
  const who = task.crew[member] as CrewMember;
  const covered = coverRegion(sector, task.frame, task.swathWidthM, who.drone.position);
  if ('code' in covered) return null;
  const tour = task.joiner.repair(covered.points);
  const costs = costTour(who, tour, heightM, task.request, task.frame);
  const chain = bestChain(costs, 0, costs.rules.line.end);
  return chain === null ? null : { member, costs, chain, sector };
}

/** The paths of sectors of equal work, linked to one tour; `null` when a sector cannot be planned. */
function sectorTour(task: FleetTask, heightsM: readonly number[]): PointMm[] | null {
  const shares = fairShares(task, heightsM);
  const sectors = sectorsOf(
    task.region,
    task.crew.map((m, i) => ({ start: m.start.at, share: shares[i] as number })),
  );
  const paths: PointMm[][] = [];
  for (const [i, sector] of sectors.entries()) {
    if (areaM2(sector) < 1) continue;
    const covered = coverRegion(sector, task.frame, task.swathWidthM, task.crew[i]?.drone.position ?? null);
    if ('code' in covered) return null;
    paths.push(task.joiner.repair(covered.points));
  }
  return task.joiner.link(paths);
}

/** A piece's own ground is planned again when all but this share of it is in one part. */
const MOST_LOOSE = 0.01;

/**
 * Each piece's own ground planned again; the shorter of the two paths is kept, and all are linked. `null`: nothing got
 * shorter, or what hangs loose (slivers between swaths) would be left out.
 */
function replanned(task: FleetTask, { cut, members }: TourCut): PointMm[] | null {
  const pieces = cut.pieces.map((p) => pieceOf((members[p.member] as SortieCosts).rules.line, p.from, p.to));
  const regions = ownRegions(task.region, pieces, task.swathWidthM);
  let isShorter = false;
  const paths = pieces.map((piece, i) => {
    const own = regions[i] ?? [];
    const [part] = partsOf(own);
    if (part === undefined || partAreaM2(part) < (1 - MOST_LOOSE) * areaM2(own)) return piece;
    const position = task.crew[cut.pieces[i]?.member ?? 0]?.drone.position ?? null;
    const covered = coverRegion(regionOf(part), task.frame, task.swathWidthM, position);
    if ('code' in covered) return piece;
    const again = task.joiner.repair(covered.points);
    if (lengthMm(again) >= lengthMm(piece) * 0.995) return piece;
    isShorter = true;
    return again;
  });
  if (!isShorter || jointCoverage(task.region, paths, task.swathWidthM) < TARGET_COVERAGE) return null;
  return task.joiner.link(paths);
}

function cutOf(task: FleetTask, tour: readonly PointMm[], heightsM: readonly number[]): TourCut | null {
  const members = task.crew.map((m, i) => costTour(m, tour, heightsM[i] as number, task.request, task.frame));
  const cut = cutTour(members);
  return cut === null ? null : { tour, members, cut };
}

/** Each piece split as well as it can be, the cuts moved between neighbours until all finish together again. */
function divisionOf(best: TourCut, whole: CoveragePath | null): Division {
  const order = best.cut.pieces.map((piece) => piece.member);
  const isSingle = best.cut.pieces.every((piece) => piece.chain.sorties.length <= 1);
  const even = isSingle ? null : evenCut(best.members, order, best.cut.longestS);
  const shares = (even ?? best.cut).pieces.map((piece) => splitPiece(best, piece));
  return { shares, longestS: finishOf(shares), paths: [best.tour], whole };
}

function splitPiece(best: TourCut, piece: CutPiece): DividedShare {
  const costs = best.members[piece.member] as SortieCosts;
  const chain = piece.chain.sorties.length <= 1 ? null : bestChain(costs, piece.from, piece.to);
  const isQuicker = chain !== null && chain.finishS < piece.chain.finishS;
  return { member: piece.member, costs, chain: isQuicker ? chain : piece.chain, sector: null };
}

function finishOf(shares: readonly DividedShare[]): number {
  return Math.max(0, ...shares.map((s) => s.chain.finishS));
}

/** The part of a line between two positions. */
export function pieceOf(line: CostLine, from: number, to: number): PointMm[] {
  const out = [line.pointAt(from)];
  for (let i = Math.floor(from) + 1; i < to; i++) out.push((line.points[i] as { at: PointMm }).at);
  if (to > from) out.push(line.pointAt(to));
  return out;
}

/** Why all members together cannot fly a tour: nobody gets anywhere, or they are too few. */
function whyNotFleet(task: FleetTask, tour: readonly PointMm[], heightsM: readonly number[]): PlanIssue {
  const members = task.crew.map((m, i) => costTour(m, tour, heightsM[i] as number, task.request, task.frame));
  let reached = 0;
  for (const costs of members) {
    const { end } = costs.rules.line;
    const { to } = flyGreedily(costs, reached, end, Number.POSITIVE_INFINITY);
    reached = Math.max(reached, to);
  }
  const { line } = (members[0] as SortieCosts).rules;
  const share = line.metredAt(reached) / Math.max(1, line.metredAt(line.end));
  const first = members[0] as SortieCosts;
  const drone = (task.crew[0] as CrewMember).drone;
  const reasons = members.map((costs, i) => whyNot(costs, (task.crew[i] as CrewMember).drone, task.frame));
  const serious = reasons.filter((r) => r.code !== 'plan.not-enough-drones');
  if (share <= 0 || serious.length === members.length) return serious[0] ?? whyNot(first, drone, task.frame);
  const available = members.length;
  const needed = Math.max(available + 1, Math.ceil(available / Math.max(share, 1e-3)));
  return planIssue(
    'plan.not-enough-drones',
    `Covering the area takes about ${needed} drones as these are; ${available} are offered. Offer more, or battery changes.`,
    { needed, available },
  );
}
