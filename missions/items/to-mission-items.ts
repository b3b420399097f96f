import { toDegE7 } from '../fleet/items.ts';
import { MAV_CMD, MAV_FRAME, type MissionPlan } from '../mission-item.ts';
import type { AltitudeDatum, LonLat, PathPoint, PatternPath, PlanIssue } from '../model.ts';
import { planIssue } from '../plan-issue.ts';
import { PATH_CMD, plainItem, TERRAIN_FRAME } from './commands.ts';
import { ItemBuilder, type SpeechCue, type Stop, toCentimetres } from './item-builder.ts';
import { faultOf, type MissionItemOptions } from './options.ts';

/** The mission of a path, or the reasons why there is none. Indexes count from 0 in `plan.items`. */
export type MissionItemsResult =
  | {
      readonly kind: 'ok';
      readonly plan: MissionPlan;
      /** First and last item of the path itself, actions included; before and after are the ways. */
      readonly pathItems: { readonly first: number; readonly last: number };
      /** For each point of the path the NAV item that reaches it. */
      readonly pointItems: readonly number[];
      /** What the loudspeaker says when an item is reached: MAVLink has no command for it. */
      readonly speech: readonly SpeechCue[];
      readonly issues: readonly PlanIssue[];
    }
  | { readonly kind: 'refused'; readonly issues: readonly PlanIssue[] };

/** MAV_FRAME by datum. Frame 10 is ArduPilot's alone. */
const FRAMES: Readonly<Record<AltitudeDatum, number>> = {
  'above-home': MAV_FRAME.GLOBAL_RELATIVE_ALT,
  amsl: MAV_FRAME.GLOBAL,
  'above-terrain': TERRAIN_FRAME,
};

/** Heights nearer than this are one: no step is flown. */
const SAME_HEIGHT_M = 0.5;

/**
 * A whole mission from a path: take-off straight up, the way out, the path with its actions, the way back, return or
 * landing. Where the path's height is not that of the way, the step is flown straight up or down over its first and
 * last point. Deterministic; never throws for bad input.
 *
 * @param path with actions; its errors are handed on and refuse the mission.
 * @returns items that the autopilot stores as they are (frames, whole seconds, centimetres).
 */
export function toMissionItems(path: PatternPath, options: MissionItemOptions): MissionItemsResult {
  const errors = path.warnings.filter((issue) => issue.severity === 'error');
  if (errors.length > 0) return { kind: 'refused', issues: errors };
  const fault = faultOf(path, options);
  if (fault !== null) return { kind: 'refused', issues: [fault] };
  const { entry, exit } = options;
  const builder = new ItemBuilder(options.autopilot, options.shutter ?? 'camera', options.cruiseSpeedMps);
  const start = path.points[0] as PathPoint;
  const end = path.points[path.points.length - 1] as PathPoint;
  builder.takeOff(entry.heightAboveHomeM);
  const way = (place: LonLat, heightM: number): Stop => ({ ...place, frame: FRAMES['above-home'], heightM });
  for (const place of entry.way) builder.flyTo(way(place, entry.heightAboveHomeM));
  if (isStep(start, path, entry.heightAboveHomeM)) builder.flyTo(way(start, entry.heightAboveHomeM));
  const first = builder.items.length;
  const pointItems = path.points.map((point) => {
    builder.flyTo({ ...point, frame: FRAMES[path.datum], heightM: point.heightM ?? path.heightM });
    const item = builder.lastNav();
    for (const action of point.actions) builder.do(action);
    return item;
  });
  builder.endOfPath(options.cruiseSpeedMps);
  const last = builder.items.length - 1;
  if (exit.kind === 'land' && exit.markLandStart === true) builder.push(plainItem(PATH_CMD.DO_LAND_START));
  if (isStep(end, path, exit.heightAboveHomeM)) builder.flyTo(way(end, exit.heightAboveHomeM));
  for (const place of exit.way) builder.flyTo(way(place, exit.heightAboveHomeM));
  builder.items.push(...lastItems(exit, exit.way.at(-1) ?? end));
  const issues = [...path.warnings, ...remarks(builder, options)];
  if (issues.some((issue) => issue.severity === 'error')) return { kind: 'refused', issues };
  return {
    kind: 'ok',
    plan: { items: builder.items, fence: [], rally: [] },
    pathItems: { first, last },
    pointItems,
    speech: builder.speech,
    issues,
  };
}

function isStep(point: PathPoint, path: PatternPath, wayHeightM: number): boolean {
  const heightM = point.heightM ?? path.heightM;
  return path.datum !== 'above-home' || Math.abs(heightM - wayHeightM) > SAME_HEIGHT_M;
}

function lastItems(exit: MissionItemOptions['exit'], before: LonLat) {
  if (exit.kind === 'return') return [plainItem(MAV_CMD.NAV_RETURN_TO_LAUNCH)];
  const { at, groundAmslM, heightAboveHomeM } = exit;
  const x = toDegE7(at.latDeg);
  const y = toDegE7(at.lonDeg);
  // Over the place first: PX4 would otherwise sink along the way to it.
  const over = { ...plainItem(MAV_CMD.NAV_WAYPOINT), frame: MAV_FRAME.GLOBAL_RELATIVE_ALT };
  const land = plainItem(MAV_CMD.NAV_LAND, {
    // PX4 turns to this heading; as it came, then.
    param4: bearingDeg(before, at),
    x,
    y,
    z: toCentimetres(groundAmslM ?? 0),
  });
  return [
    { ...over, x, y, z: toCentimetres(heightAboveHomeM) },
    { ...land, frame: groundAmslM === null ? MAV_FRAME.GLOBAL_RELATIVE_ALT : MAV_FRAME.GLOBAL },
  ];
}

/** Whole degrees, 1–360: 0 is "free" in our items. */
function bearingDeg(from: LonLat, to: LonLat): number {
  const east = (to.lonDeg - from.lonDeg) * Math.cos((from.latDeg * Math.PI) / 180);
  const deg = Math.round((Math.atan2(east, to.latDeg - from.latDeg) * 180) / Math.PI);
  return ((deg + 359) % 360) + 1;
}

function remarks(builder: ItemBuilder, options: MissionItemOptions): PlanIssue[] {
  const issues: PlanIssue[] = [];
  // ArduPilot keeps home in the first slot of the same store.
  const items = builder.items.length + (options.autopilot === 'ardupilot' ? 1 : 0);
  const vehicleId = options.vehicleId ?? '';
  if (options.capacity !== null && items > options.capacity) {
    issues.push(
      planIssue(
        'plan.mission-too-long',
        `The mission takes ${items} items; the autopilot holds ${options.capacity}. Divide the path, or leave out points and actions.`,
        { vehicleId, items, capacity: options.capacity },
      ),
    );
  }
  if (builder.roundedStays > 0) {
    issues.push(
      planIssue(
        'items.seconds-rounded',
        `${builder.roundedStays} stays are rounded up to whole seconds: ArduPilot holds no fractions.`,
        { points: builder.roundedStays },
      ),
    );
  }
  return issues;
}
