import type { Ground } from './flight-builder.ts';
import { flyMission, groundOf } from './fly-mission.ts';
import { airVector, type Timed, timeFlight } from './fly-times.ts';
import type { ActivePlan, ResolvedLimits, VerifyMissionInput } from './mission-input.ts';
import { failed, type MissionCheck, notApplicable, passed } from './mission-report.ts';
import type { Projection } from './projection.ts';
import { type Approach, closestApproach } from './separation.ts';

interface Flight {
  readonly projection: Projection;
  readonly ground: Ground;
  readonly timed: Timed;
}

/** Distance in plan and time from every other plan that flies at the same time; all of them are flown on paper too. */
export function checkSeparation(
  input: VerifyMissionInput,
  limits: ResolvedLimits,
  { projection, ground, timed }: Flight,
): MissionCheck {
  const { otherPlans, startMs, elevation } = input;
  const limit = limits.separationHorizontalM;
  const draft = { figure: null, unit: 'm', limit };
  if (otherPlans.length === 0) return notApplicable('separation', 'No other plan is active.');
  if (startMs === null || otherPlans.some((plan) => plan.startMs === null)) {
    return failed('separation', {
      ...draft,
      message: 'Say when each flight starts: without times their distance is not known.',
    });
  }
  const air = airVector(input.wind);
  let worst: { planId: string; approach: Approach } | null = null;
  for (const other of otherPlans) {
    if (!isUsable(other)) {
      return failed('separation', { ...draft, message: `The plan ${other.planId} cannot be read.` });
    }
    const theirGround = groundOf(other, projection, elevation);
    const flown = flyMission(other, projection, elevation);
    const theirs = timeFlight(flown.edges, {
      profile: other.profile,
      vehicleClass: other.vehicleClass,
      air,
      maxAirspeedMps: Math.max(limits.maxAirspeedMps, 1.5 * other.profile.cruiseSpeedMps),
    });
    if (flown.endless !== null) {
      return failed('separation', {
        ...draft,
        message: `The plan ${other.planId} never ends, so nobody may fly near it.`,
      });
    }
    // Where the height of one of the homes is not known, both are taken to lie equally high.
    const rise =
      ground.homeAmslM === null || theirGround.homeAmslM === null
        ? 0
        : theirGround.homeAmslM - ground.homeAmslM;
    const approach = closestApproach(
      { motions: timed.motions, shiftS: 0, upM: 0 },
      { motions: theirs.motions, shiftS: ((other.startMs ?? startMs) - startMs) / 1000, upM: rise },
      limits.separationVerticalM,
    );
    if (approach === null) continue;
    if (worst === null || approach.horizontalM < worst.approach.horizontalM) {
      worst = { planId: other.planId, approach };
    }
  }
  if (worst === null) {
    return passed('separation', {
      ...draft,
      message: `Always ${limits.separationVerticalM} m apart in height from ${otherPlans.length} other plans, or at other times.`,
    });
  }
  const { approach, planId } = worst;
  const edge = timed.edges[approach.edge];
  const figure = Math.round(approach.horizontalM * 100) / 100;
  const full = {
    ...draft,
    figure,
    where: {
      item: edge?.item ?? null,
      place: projection.lonLat(approach.place.eastM, approach.place.northM),
    },
    message: `${figure} m from ${planId}, ${Math.round(approach.verticalM * 10) / 10} m apart in height, after ${Math.round(approach.atS)} s.`,
  };
  return figure < limit ? failed('separation', full) : passed('separation', full);
}

/** A plan that is flown by somebody else is not judged here, but it has to be readable. */
function isUsable({ plan, home, profile }: ActivePlan): boolean {
  return (
    Number.isFinite(home.position.lonDeg) &&
    Number.isFinite(home.position.latDeg) &&
    plan.items.every((item) => [item.x, item.y, item.z, item.frame, item.command].every(Number.isFinite)) &&
    [profile.cruiseSpeedMps, profile.climbSpeedMps, profile.descentSpeedMps].every((v) => v > 0)
  );
}
