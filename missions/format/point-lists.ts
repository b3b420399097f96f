import { MAV_FRAME, type MissionItem } from '../mission-item.ts';
import type { PlanIssue } from '../model.ts';
import { formatError, type MissionFileResult, RALLY_COMMAND, readOk } from './format-result.ts';
import { formatIssue } from './issues.ts';

/**
 * The two oldest text formats of ArduPilot's ground stations, without a header:
 * a fence is "latitude longitude" per line, first the return point, then the closed polygon (.fen, MAVProxy "fence
 * save"); rally points are "RALLY latitude longitude height break-height land-direction flags" (.ral).
 */
const RETURN_POINT = 5000;
const POLYGON_INCLUSION = 5001;

function contentLines(text: string): { readonly line: number; readonly fields: readonly string[] }[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((raw, i) => ({ line: i + 1, fields: raw.trim().split(/[\s,]+/) }))
    .filter(({ fields }) => fields[0] !== '' && fields[0]?.startsWith('#') === false);
}

/** True for a closed list of positions: a return point, at least three corners, and the first corner again. */
export function looksLikeFencePoints(text: string): boolean {
  // Most files are something else: two lines tell.
  if (!/^\uFEFF?(\s*#[^\n]*\n)*\s*[-+]?\d+(\.\d+)?[\s,]+[-+]?\d+(\.\d+)?[ \t]*\r?(\n|$)/.test(text))
    return false;
  const lines = contentLines(text);
  if (lines.length < 5 || lines.some(({ fields }) => fields.length !== 2)) return false;
  return lines[1]?.fields.join() === lines[lines.length - 1]?.fields.join();
}

export function readFencePoints(text: string): MissionFileResult {
  const lines = contentLines(text);
  const items: MissionItem[] = [];
  for (const [k, { line, fields }] of lines.entries()) {
    const latDeg = Number(fields[0]);
    const lonDeg = Number(fields[1]);
    const field = !(Math.abs(latDeg) <= 90) ? 'latitude' : !(Math.abs(lonDeg) <= 180) ? 'longitude' : null;
    if (field !== null) {
      return formatError('format.bad-row', `Line ${line}: the ${field} is not one.`, { line, field });
    }
    // The last line repeats the first corner.
    if (k === lines.length - 1) break;
    items.push({
      frame: MAV_FRAME.GLOBAL,
      command: k === 0 ? RETURN_POINT : POLYGON_INCLUSION,
      param1: k === 0 ? 0 : lines.length - 2,
      param2: 0,
      param3: 0,
      param4: 0,
      x: Math.round(latDeg * 1e7) + 0,
      y: Math.round(lonDeg * 1e7) + 0,
      z: 0,
    });
  }
  return readOk('fence-points', { plan: { items: [], fence: items, rally: [] } }, []);
}

export function looksLikeRallyPoints(text: string): boolean {
  return /^\uFEFF?(\s*#[^\n]*\n)*\s*RALLY[\s,]/.test(text);
}

export function readRallyPoints(text: string): MissionFileResult {
  const rally: MissionItem[] = [];
  const issues: PlanIssue[] = [];
  for (const { line, fields } of contentLines(text)) {
    const [latDeg = Number.NaN, lonDeg = Number.NaN, heightM = Number.NaN, ...rest] = fields
      .slice(1)
      .map(Number);
    const field =
      fields[0] !== 'RALLY'
        ? 'RALLY'
        : !(Math.abs(latDeg) <= 90)
          ? 'latitude'
          : !(Math.abs(lonDeg) <= 180)
            ? 'longitude'
            : !Number.isFinite(heightM)
              ? 'altitude'
              : null;
    if (field !== null) {
      return formatError('format.bad-row', `Line ${line}: ${field} is missing or not one.`, { line, field });
    }
    if (rest.some((value) => value !== 0)) {
      issues.push(
        formatIssue(
          'format.left-out',
          `Line ${line}: break height, landing direction and flags of a rally point (for planes) are left out.`,
          { what: 'rally-approach', count: 1 },
        ),
      );
    }
    rally.push({
      frame: MAV_FRAME.GLOBAL_RELATIVE_ALT,
      command: RALLY_COMMAND,
      param1: 0,
      param2: 0,
      param3: 0,
      param4: 0,
      x: Math.round(latDeg * 1e7) + 0,
      y: Math.round(lonDeg * 1e7) + 0,
      z: heightM,
    });
  }
  return readOk('rally-points', { plan: { items: [], fence: [], rally } }, issues);
}
