import { MAV_CMD, MAV_FRAME, type MissionItem, type MissionPlan } from '../mission-item.ts';
import type { PlanIssue } from '../model.ts';
import {
  FENCE_COMMANDS,
  formatError,
  type HomePosition,
  hasPosition,
  type MissionFileResult,
  RALLY_COMMAND,
  readOk,
  sortItems,
} from './format-result.ts';
import { formatIssue } from './issues.ts';

/**
 * The plain-text mission format of Mission Planner, MAVProxy and QGroundControl: "QGC WPL 110", then one line of
 * twelve tab-separated fields per item: index, current, frame, command, param1–4, latitude, longitude, altitude,
 * autocontinue. Line 0 is home, AMSL. Source: mavlink.io, "File Formats". One file holds one list: this writes the
 * mission; `toWaypointRows` writes any list (Mission Planner saves fence and rally so, each in a file of its own).
 */
export function toWaypoints(plan: MissionPlan, options: { readonly home: HomePosition }): string {
  return toWaypointRows(plan.items, options);
}

export function toWaypointRows(
  items: readonly MissionItem[],
  options: { readonly home: HomePosition | null },
): string {
  const { home } = options;
  // Row 0 is home's even when nobody knows where it is; Mission Planner then writes zeros and command 0.
  const homeFields =
    home === null
      ? [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1].map(String)
      : [0, 1, MAV_FRAME.GLOBAL, MAV_CMD.NAV_WAYPOINT, 0, 0, 0, 0]
          .map(String)
          .concat(exact(home.latDeg, 7), exact(home.lonDeg, 7), exact(home.altitudeAmslM, 6), '1');
  const lines = ['QGC WPL 110', homeFields.join('\t'), ...items.map((item, i) => itemLine(item, i + 1))];
  return `${lines.join('\n')}\n`;
}

function itemLine(item: MissionItem, index: number): string {
  const position = hasPosition(item.frame)
    ? [degrees(item.x), degrees(item.y)]
    : [exact(item.x, 8), exact(item.y, 8)];
  return [
    index,
    0,
    item.frame,
    item.command,
    ...[item.param1, item.param2, item.param3, item.param4].map((value) => exact(value, 8)),
    ...position,
    exact(item.z, 6),
    1,
  ].join('\t');
}

/** The usual number of decimals where they hold the value, otherwise as many digits as it takes. */
function exact(value: number, decimals: number): string {
  const fixed = value.toFixed(decimals);
  return Number(fixed) === value || !Number.isFinite(value) ? fixed : String(value);
}

/** Seven decimals straight from the integer: no binary fraction in between. */
function degrees(degE7: number): string {
  const digits = String(Math.abs(degE7)).padStart(8, '0');
  return `${degE7 < 0 ? '-' : ''}${digits.slice(0, -7)}.${digits.slice(-7)}`;
}

const FIELDS = [
  'index',
  'current',
  'frame',
  'command',
  'param1',
  'param2',
  'param3',
  'param4',
  'latitude',
  'longitude',
  'altitude',
] as const;

type Row = Readonly<Record<(typeof FIELDS)[number], number>> & { readonly autocontinue: number };

/**
 * Reads a "QGC WPL 110" (or 120) file. Row 0 becomes home; comments (#) and empty lines are passed over. Fields may
 * be separated by white space or commas, and the last one may be missing, as Mission Planner reads them. Fence and
 * rally items go where they belong.
 */
export function readWaypoints(text: string): MissionFileResult {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const header = lines[0]?.trim() ?? '';
  if (!/^QGC\s+WPL\s+1[12]0$/.test(header)) {
    const found = header.slice(0, 40);
    const message = `The first line must be "QGC WPL 110"; found "${found}".`;
    return formatError('format.not-waypoints', message, { line: 1, found });
  }
  const items: MissionItem[] = [];
  const issues: PlanIssue[] = [];
  let home: HomePosition | null = null;
  let expected = 0;
  for (const [i, raw] of lines.entries()) {
    const content = raw.trim();
    const line = i + 1;
    if (i === 0 || content === '' || content.startsWith('#')) continue;
    const row = readRow(content);
    if (typeof row === 'string') {
      return formatError('format.bad-row', `Line ${line}: ${row} is missing or not a number.`, {
        line,
        field: row,
      });
    }
    // A file without home begins with 1.
    if (row.index !== expected && !(expected === 0 && row.index === 1)) {
      issues.push(
        formatIssue(
          'format.row-order',
          `Line ${line} has the index ${row.index}; ${expected} was expected. The order of the file counts.`,
          { line, index: row.index, expected },
        ),
      );
    }
    expected = row.index + 1;
    if (row.index === 0 && items.length === 0) {
      const place = homeOf(row);
      if (place !== 'item') {
        home = place;
        continue;
      }
    }
    const isPlanned = !FENCE_COMMANDS.has(row.command) && row.command !== RALLY_COMMAND;
    if (row.autocontinue === 0 && isPlanned) issues.push(noAutoContinue(items.length, `Line ${line}`));
    items.push(itemOf(row));
  }
  const plan = sortItems(items);
  const isFence = plan.items.length === 0 && plan.fence.length > 0 && plan.rally.length === 0;
  const isRally = plan.items.length === 0 && plan.fence.length === 0 && plan.rally.length > 0;
  const format = isFence ? 'waypoints-fence' : isRally ? 'waypoints-rally' : 'waypoints';
  return readOk(format, { plan, home }, issues);
}

/** The numbers of a line, or the name of the first field that is none. */
function readRow(content: string): Row | string {
  const texts = content.split(/[\s,]+/);
  const row: Record<string, number> = { autocontinue: 1 };
  for (const [k, field] of [...FIELDS, 'autocontinue' as const].entries()) {
    const text = texts[k];
    if (text === undefined && field === 'autocontinue') continue;
    // NaN stands for "leave as it is" (yaw); a mission item here holds 0 for it.
    const value =
      text === undefined || text === '' ? Number.NaN : /^[+-]?nan$/i.test(text) ? 0 : Number(text);
    const mustBeWhole = field === 'index' || field === 'frame' || field === 'command';
    if (!Number.isFinite(value) || (mustBeWhole && !Number.isInteger(value))) return field;
    row[field] = value;
  }
  if (hasPosition(row.frame as number)) {
    if (Math.abs(row.latitude as number) > 90) return 'latitude';
    if (Math.abs(row.longitude as number) > 180) return 'longitude';
  }
  return row as Row;
}

/** Home, `null` where it is not known, or `item` when row 0 is none: some programs begin with the take-off. */
function homeOf(row: Row): HomePosition | null | 'item' {
  // Mission Planner's row for an unknown home has command 0.
  if (row.command === 0) return null;
  const isPlace = row.command === MAV_CMD.NAV_WAYPOINT && hasPosition(row.frame);
  if (!isPlace) return 'item';
  return { latDeg: row.latitude, lonDeg: row.longitude, altitudeAmslM: row.altitude };
}

function itemOf(row: Row): MissionItem {
  const scale = hasPosition(row.frame) ? 1e7 : 1;
  return {
    frame: row.frame,
    command: row.command,
    param1: row.param1,
    param2: row.param2,
    param3: row.param3,
    param4: row.param4,
    x: Math.round(row.latitude * scale) + 0,
    y: Math.round(row.longitude * scale) + 0,
    z: row.altitude,
  };
}

export function noAutoContinue(item: number, place: string): PlanIssue {
  return formatIssue(
    'format.no-auto-continue',
    `${place}: the mission shall stop after this item (autocontinue 0); Airgrid's missions go on.`,
    { item },
  );
}
