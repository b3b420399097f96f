import type { AirspaceZone, LonLat } from '../model.ts';
import type { FenceShape, Shape, ZoneShape } from './airspace-shapes.ts';
import type { Ground } from './flight-builder.ts';
import type { Edge, Flown, Spot } from './flight-track.ts';
import { between, type Timed } from './fly-times.ts';
import type { CheckPlace } from './mission-report.ts';
import type { Projection } from './projection.ts';
import { type Interval, insideIntervals, meets } from './rings.ts';

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

/** Time of an edge spent within some of its intervals, and where it first is. */
export interface Found {
  seconds: number;
  item: number;
  place: LonLat | null;
  name: string;
}

export class Tally {
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

export const whereOf = ({ item, place }: Found): CheckPlace => ({ item, place });

export const secondsOf = (found: Found | null): number => Math.round((found?.seconds ?? 0) * 100) / 100;

/** The parts of an edge over a shape. */
export function along(shape: Shape, { from, to }: Edge): Interval[] {
  if (!meets(shape.box, from.eastM, from.northM, to.eastM, to.northM)) return [];
  return insideIntervals(shape.rings, from.eastM, from.northM, to.eastM, to.northM);
}

/** The part of an interval during which a zone is active. */
export function activePart(
  scene: AirspaceScene,
  zone: AirspaceZone,
  index: number,
  part: Interval,
): Interval[] {
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
export function bandParts(
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
