import { fromDegE7 } from '../fleet/items.ts';
import { MAV_CMD, MAV_FRAME, type MissionItem } from '../mission-item.ts';
import type { AltitudeDatum, LonLat, PathAction, PathPoint, PatternPath, PlanIssue } from '../model.ts';
import { planIssue } from '../plan-issue.ts';
import { groundDistanceM } from '../terrain/profile.ts';
import { PATH_CMD, TERRAIN_FRAME, TERRAIN_FRAME_INT } from './commands.ts';
import type { SpeechCue } from './item-builder.ts';

export interface FromMissionOptions {
  /** Ground height of home: lets heights above home and AMSL stand in one mission. Null: not known. */
  readonly homeAmslM: number | null;
  /** What is said at which item; the items themselves cannot hold it. */
  readonly speech?: readonly SpeechCue[];
}

/** What a mission says, as a path. */
export interface MissionPath {
  /** Null: no place to fly to, or heights that cannot be brought to one datum. */
  readonly path: PatternPath | null;
  /** For each point the NAV item that reaches it. */
  readonly pointItems: readonly number[];
  /** Height of the take-off, in the datum of its frame; null without one. */
  readonly takeOffM: number | null;
  readonly ends: 'return' | 'land' | 'hover';
  /** Items that a path has no word for (`items.not-a-path-command`), and what stood in the way of a path. */
  readonly issues: readonly PlanIssue[];
}

const DATUMS: ReadonlyMap<number, AltitudeDatum> = new Map([
  [MAV_FRAME.GLOBAL, 'amsl'],
  [MAV_FRAME.GLOBAL_INT, 'amsl'],
  [MAV_FRAME.GLOBAL_RELATIVE_ALT, 'above-home'],
  [MAV_FRAME.GLOBAL_RELATIVE_ALT_INT, 'above-home'],
  [TERRAIN_FRAME, 'above-terrain'],
  [TERRAIN_FRAME_INT, 'above-terrain'],
]);

const NAV_SPLINE_WAYPOINT = 82;
const PLACES: ReadonlySet<number> = new Set<number>([
  MAV_CMD.NAV_WAYPOINT,
  MAV_CMD.NAV_LOITER_TIME,
  MAV_CMD.NAV_LOITER_UNLIM,
  NAV_SPLINE_WAYPOINT,
]);

interface Draft extends LonLat {
  readonly item: MissionItem;
  readonly index: number;
  readonly datum: AltitudeDatum;
  readonly actions: PathAction[];
}

/**
 * The reverse of `toMissionItems`, also for missions of other ground stations. Take-off, return and landing are told
 * apart from the path; the ways out and back cannot be, and are part of it (slice the items to leave them out). Two
 * waypoints at one place are one point; a heading that is only repeated is not told again. Never throws.
 */
export function fromMissionItems(items: readonly MissionItem[], options: FromMissionOptions): MissionPath {
  const drafts: Draft[] = [];
  const issues: PlanIssue[] = [];
  const before: PathAction[] = [];
  let takeOffM: number | null = null;
  let ends: MissionPath['ends'] = 'hover';
  let headingDeg: number | null = null;
  for (const [index, item] of items.entries()) {
    const last = drafts[drafts.length - 1];
    const actions = last?.actions ?? before;
    const datum = DATUMS.get(item.frame);
    if (PLACES.has(item.command) && datum !== undefined) {
      const isHere = last !== undefined && isSamePlace(last.item, item);
      const draft: Draft = isHere
        ? last
        : {
            item,
            index,
            datum,
            lonDeg: fromDegE7(item.y),
            latDeg: fromDegE7(item.x),
            actions: drafts.length === 0 ? before : [],
          };
      if (!isHere) drafts.push(draft);
      // 0 and NaN leave the heading free; 360 is due north. Copter ignores the field, loiters use it otherwise.
      const yaw = item.command === MAV_CMD.NAV_WAYPOINT && item.param4 !== 0 ? item.param4 : Number.NaN;
      if (Number.isFinite(yaw) && normal(yaw) !== headingDeg) {
        headingDeg = normal(yaw);
        draft.actions.push({ kind: 'yaw', headingDeg });
      }
      if (item.param1 > 0 && item.command !== MAV_CMD.NAV_LOITER_UNLIM) {
        draft.actions.push({ kind: 'dwell', seconds: item.param1 });
      }
      for (const cue of options.speech ?? []) {
        if (cue.itemIndex === index)
          draft.actions.push({ kind: 'speak', text: cue.text, repeat: cue.repeat });
      }
      if (item.command === MAV_CMD.NAV_LOITER_UNLIM) issues.push(leftOut(item, index));
      continue;
    }
    if (item.command === MAV_CMD.NAV_TAKEOFF) takeOffM = item.z;
    else if (item.command === MAV_CMD.NAV_RETURN_TO_LAUNCH) ends = 'return';
    else if (item.command === MAV_CMD.NAV_LAND) ends = 'land';
    else if (item.command === PATH_CMD.DO_LAND_START) continue;
    else if (item.command === PATH_CMD.CONDITION_YAW && item.param4 === 0) {
      if (normal(item.param1) === headingDeg) continue;
      headingDeg = normal(item.param1);
      actions.push({ kind: 'yaw', headingDeg });
    } else {
      const action = actionOf(item);
      if (action === null) issues.push(leftOut(item, index));
      else actions.push(action);
      if (action?.kind === 'look-at' || action?.kind === 'look-ahead') headingDeg = null;
    }
  }
  const { path, issue } = joinHeights(drafts, options.homeAmslM);
  return {
    path,
    pointItems: drafts.map((draft) => draft.index),
    takeOffM,
    ends,
    issues: issue === null ? issues : [...issues, issue],
  };
}

function actionOf(item: MissionItem): PathAction | null {
  const { command, param1, param2, param3 } = item;
  switch (command) {
    case MAV_CMD.DO_CHANGE_SPEED:
      // Types 2 and 3 are climb and descent speeds; 0 and 1 are one to a multicopter.
      return (param1 === 0 || param1 === 1) && param2 > 0 ? { kind: 'speed', speedMps: param2 } : null;
    case PATH_CMD.DO_MOUNT_CONTROL:
      return { kind: 'gimbal', pitchDeg: param1, yawDeg: param3 };
    case PATH_CMD.DO_GIMBAL_MANAGER_PITCHYAW:
      // Flag 16: the yaw is counted from north, which a path has no word for.
      return Number.isFinite(param1) && Number.isFinite(param2) && (item.x & 16) === 0
        ? { kind: 'gimbal', pitchDeg: param1, yawDeg: param2 }
        : null;
    case PATH_CMD.DO_SET_ROI:
      // MAV_ROI: 0 none, 3 a place; others point at waypoints.
      if (param1 === 0) return { kind: 'look-ahead' };
      return param1 === 3 ? lookAt(item) : null;
    case PATH_CMD.DO_SET_ROI_LOCATION:
      return lookAt(item);
    case PATH_CMD.DO_SET_ROI_NONE:
      return { kind: 'look-ahead' };
    case PATH_CMD.DO_DIGICAM_CONTROL:
      return item.x === 1 ? { kind: 'photo' } : null;
    case PATH_CMD.IMAGE_START_CAPTURE:
      return param3 === 1 ? { kind: 'photo' } : null;
    case PATH_CMD.DO_SET_CAM_TRIGG_DIST:
      return param1 >= 0 ? { kind: 'photo-distance', everyM: param1 } : null;
    case PATH_CMD.VIDEO_START_CAPTURE:
      return { kind: 'video', on: true };
    case PATH_CMD.VIDEO_STOP_CAPTURE:
      return { kind: 'video', on: false };
    default:
      return null;
  }
}

function lookAt(item: MissionItem): PathAction | null {
  const datum = DATUMS.get(item.frame);
  if (datum === undefined) return null;
  const target = { lonDeg: fromDegE7(item.y), latDeg: fromDegE7(item.x) };
  // A height other than home's ground is kept only where its datum is that of the target.
  if (datum === 'amsl') return { kind: 'look-at', target, targetAmslM: item.z };
  return item.z === 0 ? { kind: 'look-at', target, targetAmslM: null } : null;
}

/** Brings all heights to the datum of the first point. */
function joinHeights(
  drafts: readonly Draft[],
  homeAmslM: number | null,
): { readonly path: PatternPath | null; readonly issue: PlanIssue | null } {
  const first = drafts[0];
  if (first === undefined) return { path: null, issue: null };
  const { datum } = first;
  const points: PathPoint[] = [];
  let lengthM = 0;
  for (const draft of drafts) {
    const heightM = inDatum(draft, datum, homeAmslM);
    if (heightM === null) {
      const issue = planIssue(
        'items.mixed-heights',
        `Item ${draft.index} counts its height ${draft.datum}, the first one ${datum}; without home's height they cannot be compared.`,
        { item: draft.index, frame: draft.item.frame },
      );
      return { path: null, issue };
    }
    const previous = points[points.length - 1];
    if (previous !== undefined) lengthM += groundDistanceM(previous, draft);
    points.push({
      lonDeg: draft.lonDeg,
      latDeg: draft.latDeg,
      heightM: heightM === first.item.z ? null : heightM,
      actions: draft.actions,
    });
  }
  return { path: { points, heightM: first.item.z, datum, lengthM, warnings: [] }, issue: null };
}

function inDatum(draft: Draft, datum: AltitudeDatum, homeAmslM: number | null): number | null {
  if (draft.datum === datum) return draft.item.z;
  if (homeAmslM === null || datum === 'above-terrain' || draft.datum === 'above-terrain') return null;
  return datum === 'amsl' ? draft.item.z + homeAmslM : draft.item.z - homeAmslM;
}

function isSamePlace(a: MissionItem, b: MissionItem): boolean {
  return a.x === b.x && a.y === b.y && a.z === b.z && DATUMS.get(a.frame) === DATUMS.get(b.frame);
}

function normal(deg: number): number {
  return ((deg % 360) + 360) % 360;
}

function leftOut(item: MissionItem, index: number): PlanIssue {
  return planIssue(
    'items.not-a-path-command',
    `Item ${index} (command ${item.command}, frame ${item.frame}) has no place in a path and is left out.`,
    { item: index, command: item.command },
  );
}
