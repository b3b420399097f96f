import { type LocalFrame, mmToLonLat } from '../geo/frame.ts';
import { distanceMm, distanceToSegmentMm } from '../geo/measure.ts';
import type { FleetBound, FleetDrone, PlanIssue } from '../model.ts';
import { planIssue } from '../plan-issue.ts';
import { FIXED_ITEMS } from './items.ts';
import type { SortieCosts } from './split.ts';
import { flyGreedily } from './split-chain.ts';
import type { LinePoint } from './split-line.ts';

/**
 * No fewer sorties can do it: ⌈W_cover / (B − W_up/down − 2·w_min)⌉ in energy (PLANNING.md has it in time), with
 * W_cover the legs and hovering of the path without any turn, B the larger of the two battery budgets and w_min the
 * least energy between a place and the path as the crow flies; and no fewer than the path's items need.
 */
export function sortieBound(costs: SortieCosts): FleetBound {
  const { line, places, start, firstWh, fullWh, missionCapacity } = costs.rules;
  const { model } = line;
  let coverWh = 0;
  let lowest = Number.POSITIVE_INFINITY;
  let nearestMm = Number.POSITIVE_INFINITY;
  let speed = model.profile.cruiseSpeedMps;
  let items = 0;
  line.points.forEach((p, i) => {
    const before = line.points[i - 1];
    if (before !== undefined) {
      const rise = p.heightM - before.heightM;
      coverWh += model.leg(p.at.x - before.at.x, p.at.y - before.at.y, rise, speed)?.energyWh ?? 0;
    }
    coverWh += model.hover(p.dwellS).energyWh;
    speed = p.speedMps ?? speed;
    items += p.items;
    lowest = Math.min(lowest, p.heightM);
    for (const place of [start, ...places]) {
      const d = distanceToSegmentMm(place.at, before?.at ?? p.at, p.at);
      nearestMm = Math.min(nearestMm, d);
    }
  });
  const grounds = places.map((place) => costs.transits.groundM(place));
  const least = model.columns(lowest - costs.transits.groundM(start), lowest - Math.max(...grounds));
  const perSortieWh =
    Math.max(firstWh, fullWh) - Math.min(least.energyWh, 0.9 * fullWh) - 2 * leastWhPerMm(costs) * nearestMm;
  const byEnergy = perSortieWh > 0 ? Math.ceil(coverWh / perSortieWh - 1e-9) : 1;
  const room = missionCapacity - 1 - FIXED_ITEMS;
  const byItems = room > 0 ? Math.ceil(items / room) : 1;
  return byItems > byEnergy
    ? { name: 'path items / items per mission', value: Math.max(1, byItems) }
    : { name: 'W_cover / (B − W_columns − 2·w_min)', value: Math.max(1, byEnergy) };
}

/** Least energy of level flight over the ground among 36 headings, less 1 % for what lies between them. */
export function leastWhPerMm(costs: SortieCosts): number {
  const { model } = costs.rules.line;
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k < 36; k++) {
    const angle = (k * Math.PI) / 18;
    const leg = model.leg(1e6 * Math.cos(angle), 1e6 * Math.sin(angle), 0, model.profile.cruiseSpeedMps);
    if (leg !== null) least = Math.min(least, leg.energyWh / 1e6);
  }
  return Number.isFinite(least) ? least * 0.99 : 0;
}

/** Why no chain of sorties flies the line: the first place that cannot be visited, or what runs out. */
export function whyNot(costs: SortieCosts, drone: FleetDrone, frame: LocalFrame): PlanIssue {
  const { line, start, firstWh, fullWh, missionCapacity, turnaround } = costs.rules;
  const { vehicleId, profile } = drone;
  const mostItems = Math.max(...line.points.map((p) => p.items)) + 1 + FIXED_ITEMS + 1;
  if (missionCapacity < mostItems) return missionTooLong(vehicleId, mostItems, missionCapacity);
  if (firstWh <= 0) {
    return planIssue(
      'plan.battery-too-low',
      `${vehicleId} has no more battery than its reserve: charge or change it first.`,
      {
        vehicleId,
        remainingPct: percent(drone.remainingFraction),
        reservePct: percent(profile.reserveFraction),
      },
    );
  }
  for (const [i, point] of line.points.entries()) {
    const returning = costs.returning(i);
    const visit = returning === null ? null : costs.sortie(i, i, i === 0 ? start : returning.landing);
    if (visit === null) return noWay(vehicleId, point, frame);
    if (visit.energyWh <= (i === 0 ? firstWh : fullWh)) continue;
    return tooFar(costs, drone, point, visit.energyWh, i === 0 ? firstWh : fullWh);
  }
  if (turnaround.kind === 'none') {
    const { chain } = flyGreedily(costs, 0, line.end, Number.POSITIVE_INFINITY);
    const needed = Math.max(2, chain.sorties.length + 1, sortieBound(costs).value);
    return planIssue(
      'plan.not-enough-drones',
      `The path takes ${needed} sorties; ${vehicleId} flies one. Offer a battery change or more drones.`,
      { needed, available: 1 },
    );
  }
  return missionTooLong(vehicleId, mostItems + 1, missionCapacity);
}

function noWay(vehicleId: string, point: LinePoint, frame: LocalFrame): PlanIssue {
  const { lonDeg, latDeg } = mmToLonLat(frame, point.at);
  const at = { lonDeg: Math.round(lonDeg * 1e6) / 1e6, latDeg: Math.round(latDeg * 1e6) / 1e6 };
  return planIssue(
    'plan.no-way',
    `Zones (or the wind) leave ${vehicleId} no way to ${at.lonDeg}, ${at.latDeg} and back: move the path or lift a zone.`,
    { vehicleId, ...at },
  );
}

function tooFar(
  costs: SortieCosts,
  drone: FleetDrone,
  point: LinePoint,
  needWh: number,
  availableWh: number,
): PlanIssue {
  const { vehicleId, profile } = drone;
  const distanceM = Math.round(distanceMm(costs.rules.start.at, point.at) / 1000);
  return planIssue(
    'plan.too-far',
    `${vehicleId} cannot reach a point ${distanceM} m away and return with what its battery has above the reserve.`,
    {
      vehicleId,
      distanceM,
      needPct: percent(needWh / profile.batteryCapacityWh),
      availablePct: percent(availableWh / profile.batteryCapacityWh),
    },
  );
}

function missionTooLong(vehicleId: string, items: number, capacity: number): PlanIssue {
  return planIssue(
    'plan.mission-too-long',
    `The autopilot of ${vehicleId} holds ${capacity} items; ${items} are needed for the shortest sortie.`,
    { vehicleId, items, capacity },
  );
}

function percent(fraction: number): number {
  return Math.round(fraction * 1000) / 10;
}
