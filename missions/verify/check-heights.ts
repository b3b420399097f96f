import type { Ground } from './flight-builder.ts';
import type { Edge, Flown, Spot } from './flight-track.ts';
import { between, type Timed } from './fly-times.ts';
import type { ResolvedLimits } from './mission-input.ts';
import {
  type CheckPlace,
  failed,
  type MissionCheck,
  notApplicable,
  notChecked,
  passed,
  remarked,
} from './mission-report.ts';
import type { Projection } from './projection.ts';

export interface HeightScene {
  readonly flown: Flown;
  readonly timed: Timed;
  readonly ground: Ground;
  readonly projection: Projection;
  readonly limits: ResolvedLimits;
  readonly home: Spot;
  /** Null when no terrain was given at all. */
  readonly hasTerrain: boolean;
}

/** Heights written in decimetres pass; anything more does not. */
const HEIGHT_TOLERANCE_M = 0.05;
/** Two ways of walking over the same grid of heights differ by about this much. */
const TERRAIN_TOLERANCE_M = 0.5;
/** Round home and the landing place the autopilot's own return may be near the ground. */
const NEAR_LANDING_M = 100;
const MOST_SAMPLES = 4000;

export function checkHeights(scene: HeightScene): MissionCheck[] {
  return [checkKnown(scene), checkAboveHome(scene), ...checkTerrain(scene)];
}

function checkKnown({ flown }: HeightScene): MissionCheck {
  const { unknownHeights } = flown;
  const draft = { figure: unknownHeights.length, unit: 'items', limit: 0 };
  const first = unknownHeights[0];
  if (first === undefined) {
    return passed('heights-known', { ...draft, message: 'Every height can be related to home.' });
  }
  return failed('heights-known', {
    ...draft,
    where: { item: first.item, place: null },
    message: `The height of item ${first.item} cannot be checked: ${first.reason}.`,
  });
}

const isLevelPhase = (edge: Edge): boolean =>
  edge.phase === 'leg' || edge.phase === 'circle' || edge.phase === 'hold' || edge.phase === 'return';

function checkAboveHome({ timed, limits, projection }: HeightScene): MissionCheck {
  const { minAboveHomeM, maxAboveHomeM } = limits;
  if (minAboveHomeM === null && maxAboveHomeM === null) {
    return notApplicable('height-above-home', 'No limit above home: terrain is judged instead.');
  }
  let high: { upM: number; where: CheckPlace } | null = null;
  let low: { upM: number; where: CheckPlace } | null = null;
  for (const edge of timed.edges) {
    for (const spot of [edge.from, edge.to]) {
      const where = { item: edge.item, place: projection.lonLat(spot.eastM, spot.northM) };
      if (high === null || spot.upM > high.upM) high = { upM: spot.upM, where };
      // The way from the ground and to it is low by its nature.
      const counts = isLevelPhase(edge) && !(edge.phase === 'hold' && edge.holdS === 0);
      if (counts && (low === null || spot.upM < low.upM)) low = { upM: spot.upM, where };
    }
  }
  if (high === null) return notApplicable('height-above-home', 'Nothing is flown.');
  if (maxAboveHomeM !== null && high.upM > maxAboveHomeM + HEIGHT_TOLERANCE_M) {
    return failed('height-above-home', {
      figure: round(high.upM),
      unit: 'm',
      limit: maxAboveHomeM,
      where: high.where,
      message: `${round(high.upM)} m above home at item ${high.where.item}; ${maxAboveHomeM} m is the most.`,
    });
  }
  if (minAboveHomeM !== null && low !== null && low.upM < minAboveHomeM - HEIGHT_TOLERANCE_M) {
    return failed('height-above-home', {
      figure: round(low.upM),
      unit: 'm',
      limit: minAboveHomeM,
      where: low.where,
      message: `${round(low.upM)} m above home at item ${low.where.item}; ${minAboveHomeM} m is the least.`,
    });
  }
  return passed('height-above-home', {
    figure: round(high.upM),
    unit: 'm',
    limit: maxAboveHomeM,
    where: high.where,
    message: `${low === null ? '' : `${round(low.upM)} to `}${round(high.upM)} m above home.`,
  });
}

interface Extreme {
  readonly aglM: number;
  readonly where: CheckPlace;
}

interface TerrainWalk {
  lowest: Extreme | null;
  highest: Extreme | null;
  unknown: number;
  samples: number;
}

function checkTerrain(scene: HeightScene): MissionCheck[] {
  const { maxAboveTerrainM, minClearanceM } = scene.limits;
  const names = { ceiling: 'ceiling-above-terrain', clearance: 'clearance-above-terrain' } as const;
  if (!scene.hasTerrain || scene.ground.homeAmslM === null) {
    const why = scene.hasTerrain ? 'the height of home is not known' : 'no terrain data';
    return [
      maxAboveTerrainM === null
        ? notApplicable(names.ceiling, 'No ceiling above terrain was set.')
        : notChecked(names.ceiling, `Not checked (${why}).`, 'warning'),
      minClearanceM === null
        ? notApplicable(names.clearance, 'No clearance over terrain was set.')
        : notChecked(names.clearance, `Not checked (${why}).`, 'warning'),
    ];
  }
  const walk = walkOverTerrain(scene);
  return [ceiling(walk, maxAboveTerrainM), clearance(walk, minClearanceM)];
}

function ceiling(walk: TerrainWalk, limit: number | null): MissionCheck {
  const check = 'ceiling-above-terrain';
  if (limit === null) return notApplicable(check, 'No ceiling above terrain was set.');
  if (walk.highest === null)
    return notChecked(check, 'Not checked (no terrain data under the flight).', 'warning');
  const { aglM, where } = walk.highest;
  const draft = { figure: round(aglM), unit: 'm', limit, where };
  if (aglM > limit + TERRAIN_TOLERANCE_M) {
    return failed(check, {
      ...draft,
      message: `${round(aglM)} m above the ground on the way to item ${where.item}.`,
    });
  }
  return gaps(walk, check, { ...draft, message: `At most ${round(aglM)} m above the ground.` });
}

function clearance(walk: TerrainWalk, limit: number | null): MissionCheck {
  const check = 'clearance-above-terrain';
  if (limit === null) return notApplicable(check, 'No clearance over terrain was set.');
  if (walk.lowest === null) {
    return walk.samples > 0 && walk.unknown === walk.samples
      ? notChecked(check, 'Not checked (no terrain data under the flight).', 'warning')
      : notApplicable(check, 'The flight does not leave the surroundings of its landing places.');
  }
  const { aglM, where } = walk.lowest;
  const draft = { figure: round(aglM), unit: 'm', limit, where };
  if (aglM < limit - TERRAIN_TOLERANCE_M) {
    return failed(check, {
      ...draft,
      message: `Only ${round(aglM)} m above the ground on the way to item ${where.item}; ${limit} m is the least.`,
    });
  }
  return gaps(walk, check, { ...draft, message: `At least ${round(aglM)} m above the ground.` });
}

/** Holes in the terrain data are said, not passed over. */
function gaps(
  walk: TerrainWalk,
  check: 'ceiling-above-terrain' | 'clearance-above-terrain',
  draft: Parameters<typeof passed>[1],
): MissionCheck {
  if (walk.unknown === 0) return passed(check, draft);
  const message = `${draft.message} The ground is not known at ${walk.unknown} of ${walk.samples} places looked at.`;
  return remarked(check, { ...draft, message });
}

/** Height over the ground all along the way, looked at as often as the model has samples. */
function walkOverTerrain(scene: HeightScene): TerrainWalk {
  const { timed, ground, projection } = scene;
  const spacingM = ground.spacingM ?? 30;
  const landings = [scene.home, ...timed.edges.filter((e) => e.phase === 'descent').map((e) => e.to)];
  const walk: TerrainWalk = { lowest: null, highest: null, unknown: 0, samples: 0 };
  for (const edge of timed.edges) {
    const lengthM = Math.hypot(edge.to.eastM - edge.from.eastM, edge.to.northM - edge.from.northM);
    const steps = Math.max(1, Math.min(MOST_SAMPLES, Math.ceil(lengthM / spacingM)));
    for (let k = 0; k <= steps; k++) {
      const spot = between(edge.from, edge.to, k / steps);
      const groundM = ground.aboveHomeM(spot.eastM, spot.northM);
      walk.samples++;
      if (groundM === null) {
        walk.unknown++;
        continue;
      }
      const aglM = spot.upM - groundM;
      const where = { item: edge.item, place: projection.lonLat(spot.eastM, spot.northM) };
      if (walk.highest === null || aglM > walk.highest.aglM) walk.highest = { aglM, where };
      const isNearLanding = landings.some(
        (place) => Math.hypot(place.eastM - spot.eastM, place.northM - spot.northM) < NEAR_LANDING_M,
      );
      // A return that begins near home climbs little; whoever flies low there by plan has no such excuse.
      const isReturn = edge.phase === 'return' || edge.phase === 'hold';
      if (!isLevelPhase(edge) || (isReturn && isNearLanding && aglM > HEIGHT_TOLERANCE_M)) continue;
      if (walk.lowest === null || aglM < walk.lowest.aglM) walk.lowest = { aglM, where };
    }
  }
  return walk;
}

const round = (value: number): number => Math.round(value * 100) / 100;
