import type { AirspaceZone, LonLat } from '../model.ts';
import { type FenceShape, geometryFault, type Shape, type ZoneShape } from './airspace-shapes.ts';
import type { Ground } from './flight-builder.ts';
import type { Edge, Flown, Spot } from './flight-track.ts';
import { between, type Timed } from './fly-times.ts';
import { failed, type MissionCheck, notApplicable, passed, remarked } from './mission-report.ts';
import type { Projection } from './projection.ts';
import { type Interval, insideIntervals, isInside, meets, outsideOf } from './rings.ts';

export interface AirspaceScene {
  readonly flown: Flown;
  readonly timed: Timed;
  readonly ground: Ground;
  readonly projection: Projection;
  readonly fences: readonly FenceShape[];
  readonly zones: readonly ZoneShape[];
  readonly allZones: readonly AirspaceZone[];
  readonly rally: readonly Spot[];
  readonly startMs: number | null;
  readonly privacyAllowed: readonly string[];
  /** Whether an edge is flown to see the area, so that the camera looks down unless it was told otherwise. */
  isCovering(edge: Edge): boolean;
  /** The same for the end of an edge only, where a lone point is looked at. */
  isCoveringEnd(edge: Edge): boolean;
  /** A shape grown by what an edge may bulge out of its straight line; negative shrinks. */
  grown(shape: Shape, byM: number): Shape;
}

export function checkAirspace(scene: AirspaceScene): MissionCheck[] {
  return [
    checkFence(scene),
    checkNoFly(scene),
    checkAltitudeZones(scene),
    checkPrivacy(scene),
    checkRally(scene),
  ];
}

/** Time of an edge spent within some of its intervals, and where it first is. */
interface Found {
  seconds: number;
  item: number;
  place: LonLat | null;
  name: string;
}

class Tally {
  found: Found | null = null;
  private readonly scene: AirspaceScene;

  constructor(scene: AirspaceScene) {
    this.scene = scene;
  }

  add(index: number, intervals: readonly Interval[], name: string): void {
    const edge = this.scene.timed.edges[index] as Edge;
    const spanS = durationS(this.scene.timed, index);
    for (const [from, to] of intervals) {
      // A place that is only touched still counts for a moment.
      const seconds = Math.max(0.01, (to - from) * spanS);
      if (this.found !== null) {
        this.found.seconds += seconds;
        continue;
      }
      const spot = between(edge.from, edge.to, (from + to) / 2);
      this.found = {
        seconds,
        item: edge.item,
        place: this.scene.projection.lonLat(spot.eastM, spot.northM),
        name,
      };
    }
  }
}

const durationS = (timed: Timed, index: number): number =>
  (timed.timesS[index + 1] as number) - (timed.timesS[index] as number);

const seconds = (found: Found | null): number => Math.round((found?.seconds ?? 0) * 100) / 100;

function checkFence(scene: AirspaceScene): MissionCheck {
  const { fences, timed } = scene;
  if (fences.length === 0) return notApplicable('fence', 'The plan has no fence.');
  const tally = new Tally(scene);
  timed.edges.forEach((edge, i) => {
    for (const fence of fences) {
      const name = `${fence.isInclusion ? 'inclusion' : 'exclusion'} at item ${fence.item}`;
      const shape = scene.grown(fence.shape, fence.isInclusion ? -edge.bulgeM : edge.bulgeM);
      const inside = along(shape, edge);
      tally.add(i, fence.isInclusion ? outsideOf(inside) : inside, name);
    }
  });
  const draft = { figure: seconds(tally.found), unit: 's', limit: 0 };
  const { found } = tally;
  if (found === null) {
    return passed('fence', { ...draft, message: `Inside the fence (${fences.length} shapes) all the way.` });
  }
  return failed('fence', {
    ...draft,
    where: found,
    message: `The flight breaks the fence (${found.name}) on the way to item ${found.item}.`,
  });
}

function along(shape: Shape, { from, to }: Edge): Interval[] {
  if (!meets(shape.box, from.eastM, from.northM, to.eastM, to.northM)) return [];
  return insideIntervals(shape.rings, from.eastM, from.northM, to.eastM, to.northM);
}

function checkNoFly(scene: AirspaceScene): MissionCheck {
  const zones = scene.zones.filter(({ zone }) => zone.kind === 'no-fly');
  const fault = unreadable(scene, 'no-fly');
  if (fault !== null) {
    return failed('no-fly', { figure: null, unit: 's', limit: 0, message: fault });
  }
  if (zones.length === 0) return notApplicable('no-fly', 'There are no no-fly zones.');
  const tally = new Tally(scene);
  scene.timed.edges.forEach((edge, i) => {
    for (const { zone, shape } of zones) {
      const inside = along(scene.grown(shape, edge.bulgeM), edge);
      if (inside.length === 0) continue;
      const active = inside.flatMap((part) => activePart(scene, zone, i, part));
      tally.add(
        i,
        active.flatMap((part) => bandParts(scene, zone, edge, part, 'inside')),
        zone.name,
      );
    }
  });
  const draft = { figure: seconds(tally.found), unit: 's', limit: 0 };
  const { found } = tally;
  if (found === null)
    return passed('no-fly', { ...draft, message: `Clear of ${zones.length} no-fly zones.` });
  return failed('no-fly', {
    ...draft,
    where: found,
    message: `The flight is ${seconds(found)} s in no-fly zones, first in ${found.name} on the way to item ${found.item}.`,
  });
}

function checkAltitudeZones(scene: AirspaceScene): MissionCheck {
  const zones = scene.zones.filter(({ zone }) => zone.kind === 'altitude');
  const fault = unreadable(scene, 'altitude');
  if (fault !== null) {
    return failed('altitude-zones', { figure: null, unit: 's', limit: 0, message: fault });
  }
  if (zones.length === 0) return notApplicable('altitude-zones', 'There are no altitude zones.');
  const tally = new Tally(scene);
  scene.timed.edges.forEach((edge, i) => {
    // Who takes off or lands inside has to pass below the floor; the ceiling holds all the same.
    const isVertical = edge.phase === 'take-off' || edge.phase === 'descent' || edge.phase === 'return-climb';
    for (const { zone, shape } of zones) {
      const judged = isVertical ? { ...zone, floorM: null } : zone;
      const inside = along(scene.grown(shape, edge.bulgeM), edge);
      const active = inside.flatMap((part) => activePart(scene, zone, i, part));
      tally.add(
        i,
        active.flatMap((part) => bandParts(scene, judged, edge, part, 'outside')),
        zone.name,
      );
    }
  });
  const draft = { figure: seconds(tally.found), unit: 's', limit: 0 };
  const { found } = tally;
  if (found === null) {
    return passed('altitude-zones', {
      ...draft,
      message: `Within the heights of ${zones.length} altitude zones.`,
    });
  }
  return failed('altitude-zones', {
    ...draft,
    where: found,
    message: `The flight leaves the allowed heights of ${found.name} on the way to item ${found.item}.`,
  });
}

/** From here down a camera counts as looking at what is below. */
const LOOKS_DOWN_DEG = -45;

/**
 * Flying over is allowed, looking is not: covering legs, a camera told to look down, one that records unaimed. The
 * part of an edge on which the camera looks down; null: it does not.
 */
function lookingPart(scene: AirspaceScene, edge: Edge): Interval | null {
  const pitch = edge.cameraPitchDeg;
  if (pitch !== null) return pitch <= LOOKS_DOWN_DEG ? [0, 1] : null;
  if (scene.isCovering(edge) || edge.isRecording) return [0, 1];
  return scene.isCoveringEnd(edge) ? [1 - 1e-6, 1] : null;
}

function checkPrivacy(scene: AirspaceScene): MissionCheck {
  const zones = scene.zones.filter(({ zone }) => zone.kind === 'privacy');
  const fault = unreadable(scene, 'privacy');
  if (fault !== null) {
    return failed('privacy', { figure: null, unit: 's', limit: 0, message: fault });
  }
  if (zones.length === 0) return notApplicable('privacy', 'There are no privacy zones.');
  const refused = new Tally(scene);
  const allowed = new Tally(scene);
  scene.timed.edges.forEach((edge, i) => {
    const looking = lookingPart(scene, edge);
    if (looking === null) return;
    for (const { zone, shape } of zones) {
      const inside = along(scene.grown(shape, edge.bulgeM), edge);
      // A band says from which heights nobody may look.
      const parts = inside
        .filter(([, to]) => to > looking[0])
        .map(([from, to]): Interval => [Math.max(from, looking[0]), to])
        .flatMap((part) => activePart(scene, zone, i, part))
        .flatMap((part) => bandParts(scene, zone, edge, part, 'inside'));
      (scene.privacyAllowed.includes(zone.zoneId) ? allowed : refused).add(i, parts, zone.name);
    }
  });
  for (const target of scene.flown.targets) {
    const eastM = scene.projection.eastM(target.place.lonDeg);
    const northM = scene.projection.northM(target.place.latDeg);
    for (const { zone, shape } of zones) {
      if (!isInside(shape.rings, eastM, northM)) continue;
      const tally = scene.privacyAllowed.includes(zone.zoneId) ? allowed : refused;
      tally.found ??= { seconds: 0.01, item: target.item, place: target.place, name: zone.name };
    }
  }
  const found = refused.found ?? allowed.found;
  const draft = { figure: seconds(refused.found), unit: 's', limit: 0 };
  if (found === null) {
    return passed('privacy', {
      ...draft,
      message: `The camera looks into none of ${zones.length} privacy zones.`,
    });
  }
  if (refused.found === null) {
    return remarked('privacy', {
      ...draft,
      figure: seconds(found),
      where: found,
      message: `The camera looks into ${found.name}, which was allowed for this mission.`,
    });
  }
  return failed('privacy', {
    ...draft,
    where: found,
    message: `The camera looks into the privacy zone ${found.name} at item ${found.item}.`,
  });
}

function checkRally(scene: AirspaceScene): MissionCheck {
  if (scene.rally.length === 0) return notApplicable('rally-allowed', 'The plan has no rally points.');
  const bad = scene.rally.flatMap((spot, item) => {
    const isFenced = scene.fences.some(
      ({ shape, isInclusion }) => isInside(shape.rings, spot.eastM, spot.northM) !== isInclusion,
    );
    // Whoever lands passes every height, at a time that nobody knows.
    const isForbidden = scene.zones.some(
      ({ zone, shape }) => zone.kind === 'no-fly' && isInside(shape.rings, spot.eastM, spot.northM),
    );
    return isFenced || isForbidden ? [{ item, spot, isFenced }] : [];
  });
  const draft = { figure: bad.length, unit: 'items', limit: 0 };
  const first = bad[0];
  if (first === undefined) {
    return passed('rally-allowed', {
      ...draft,
      message: `${scene.rally.length} rally points where landing is allowed.`,
    });
  }
  return failed('rally-allowed', {
    ...draft,
    where: { item: first.item, place: scene.projection.lonLat(first.spot.eastM, first.spot.northM) },
    message: `Rally point ${first.item} lies ${first.isFenced ? 'outside the fence' : 'in a no-fly zone'}.`,
  });
}

function unreadable(scene: AirspaceScene, kind: AirspaceZone['kind']): string | null {
  for (const zone of scene.allZones) {
    if (zone.kind !== kind) continue;
    const fault = geometryFault(zone.geometry);
    if (fault !== null) return `The zone ${zone.name} cannot be read: ${fault}.`;
  }
  return null;
}

/** The part of an interval during which a zone is active. */
function activePart(scene: AirspaceScene, zone: AirspaceZone, index: number, part: Interval): Interval[] {
  const { startMs, timed } = scene;
  if (startMs === null || (zone.activeFromMs === null && zone.activeToMs === null)) return [part];
  const beginS = timed.timesS[index] as number;
  const spanS = durationS(timed, index);
  const share = (ms: number): number => ((ms - startMs) / 1000 - beginS) / spanS;
  if (spanS <= 0) {
    const nowMs = startMs + beginS * 1000;
    const isActive = nowMs >= (zone.activeFromMs ?? nowMs) && nowMs <= (zone.activeToMs ?? nowMs);
    return isActive ? [part] : [];
  }
  const from = Math.max(part[0], zone.activeFromMs === null ? 0 : share(zone.activeFromMs));
  const to = Math.min(part[1], zone.activeToMs === null ? 1 : share(zone.activeToMs));
  return from < to ? [[from, to]] : [];
}

/** Heights nearer than this to a zone's floor or ceiling count to the mission's favour, metres. */
const HEIGHT_SLACK_M = 0.05;

/** The parts of an interval whose height is inside (or outside) a zone's band. Unknown heights count as bad. */
function bandParts(
  scene: AirspaceScene,
  zone: AirspaceZone,
  edge: Edge,
  part: Interval,
  wanted: 'inside' | 'outside',
): Interval[] {
  const { floorM, ceilingM } = zone;
  if (floorM === null && ceilingM === null) return wanted === 'inside' ? [part] : [];
  const grace = wanted === 'inside' ? HEIGHT_SLACK_M : -HEIGHT_SLACK_M;
  const low = floorM === null ? Number.NEGATIVE_INFINITY : floorM + grace;
  const high = ceilingM === null ? Number.POSITIVE_INFINITY : ceilingM - grace;
  const pieces = samplePieces(scene, zone, edge, part);
  if (pieces === null) return [part];
  return pieces.flatMap(({ from, to, h0, h1 }) => {
    const inside = bandOf(h0, h1, low, high).map(
      ([a, b]): Interval => [from + (to - from) * a, from + (to - from) * b],
    );
    if (wanted === 'inside') return inside;
    const kept = inside[0];
    if (kept === undefined) return [[from, to] as Interval];
    const rest: Interval[] = [];
    if (kept[0] > from) rest.push([from, kept[0]]);
    if (kept[1] < to) rest.push([kept[1], to]);
    return rest;
  });
}

/** Straight pieces of height in the zone's datum; above terrain one per sample. Null: the height is not known. */
function samplePieces(
  scene: AirspaceScene,
  zone: AirspaceZone,
  edge: Edge,
  [from, to]: Interval,
): { from: number; to: number; h0: number; h1: number }[] | null {
  const { ground } = scene;
  const up = (t: number): number => edge.from.upM + (edge.to.upM - edge.from.upM) * t;
  if (zone.datum === 'above-home') return [{ from, to, h0: up(from), h1: up(to) }];
  if (zone.datum === 'amsl') {
    if (ground.homeAmslM === null) return null;
    return [{ from, to, h0: up(from) + ground.homeAmslM, h1: up(to) + ground.homeAmslM }];
  }
  if (ground.spacingM === null) return null;
  const lengthM =
    Math.hypot(edge.to.eastM - edge.from.eastM, edge.to.northM - edge.from.northM) * (to - from);
  const steps = Math.max(1, Math.min(2000, Math.ceil(lengthM / ground.spacingM)));
  const heights: number[] = [];
  for (let k = 0; k <= steps; k++) {
    const t = from + ((to - from) * k) / steps;
    const spot = between(edge.from, edge.to, t);
    const groundM = ground.aboveHomeM(spot.eastM, spot.northM);
    if (groundM === null) return null;
    heights.push(spot.upM - groundM);
  }
  return heights.slice(1).map((h1, k) => ({
    from: from + ((to - from) * k) / steps,
    to: from + ((to - from) * (k + 1)) / steps,
    h0: heights[k] as number,
    h1,
  }));
}

/** The shares of a straight change of height that lie between two heights. */
function bandOf(h0: number, h1: number, low: number, high: number): Interval[] {
  if (h0 === h1) return h0 > low && h0 < high ? [[0, 1]] : [];
  const a = (low - h0) / (h1 - h0);
  const b = (high - h0) / (h1 - h0);
  const from = Math.max(0, Math.min(a, b));
  const to = Math.min(1, Math.max(a, b));
  return from < to ? [[from, to]] : [];
}
