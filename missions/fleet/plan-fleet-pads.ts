import type { PlanIssue } from '../model.ts';
import { noBase } from './bases.ts';
import { type CrewMember, costTour } from './plan-fleet-crew.ts';
import type { DividedShare, Division, FleetTask } from './plan-fleet-divide.ts';
import { whyNot } from './sorties-bound.ts';
import { bestChain } from './split-chain.ts';

/**
 * Lets no base take more drones than it has pads. Every drone keeps its own pad and holds one at each other base that
 * it ever lands at, for the whole plan: more than it needs, but never too few. Who comes too late (in the order of
 * the tour) gets its piece split again without the full bases.
 */
export function reservePads(task: FleetTask, division: Division): Division | PlanIssue {
  if (task.request.returnTo === 'home' || task.request.bases.length === 0) return division;
  const free = new Map(task.request.bases.map((offer) => [offer.base.baseId, offer.freePads]));
  const shares: DividedShare[] = [];
  for (const share of division.shares) {
    const member = task.crew[share.member] as CrewMember;
    const isFree = (baseId: string | null): boolean =>
      baseId === member.start.baseId || (free.get(baseId ?? '') ?? 0) >= 1;
    const fitting = landedAt(share).every(isFree) ? share : splitAgain(task, share, member, isFree);
    if ('code' in fitting) return fitting;
    for (const baseId of landedAt(fitting)) {
      if (baseId !== null && baseId !== member.start.baseId) free.set(baseId, (free.get(baseId) ?? 0) - 1);
    }
    shares.push(fitting);
  }
  const longestS = Math.max(0, ...shares.map((s) => s.chain.finishS));
  return { ...division, shares, longestS };
}

/** Bases that a share lands at, each once. */
function landedAt(share: DividedShare): (string | null)[] {
  return [...new Set(share.chain.sorties.map((s) => s.cost.landing.baseId))];
}

function splitAgain(
  task: FleetTask,
  share: DividedShare,
  member: CrewMember,
  isFree: (baseId: string | null) => boolean,
): DividedShare | PlanIssue {
  const places = member.places.filter((place) => isFree(place.baseId));
  if (places.length === 0) return noBase(task.request.bases.length);
  const { line } = share.costs.rules;
  const tour = line.points.map((p) => p.at);
  const costs = costTour(member, tour, line.heightAt(0), task.request, task.frame, places);
  const from = share.chain.sorties[0]?.from ?? 0;
  const to = share.chain.sorties.at(-1)?.to ?? line.end;
  const chain = bestChain(costs, from, to);
  return chain === null ? whyNot(costs, member.drone, task.frame) : { ...share, costs, chain };
}
