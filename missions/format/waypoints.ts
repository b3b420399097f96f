import { MAV_CMD, MAV_FRAME, type MissionItem, type MissionPlan } from '../mission-item.ts';
import { formatError, type HomePosition, hasPosition, type MissionFileResult } from './format-result.ts';

/**
 * The plain-text mission format of Mission Planner, MAVProxy and QGroundControl: "QGC WPL 110", then one line of
 * twelve tab-separated fields per item: index, current, frame, command, param1–4, latitude, longitude, altitude,
 * autocontinue. Line 0 is home, AMSL. Source: mavlink.io, "File Formats". Fence and rally have no place in it.
 */
export function toWaypoints(plan: MissionPlan, options: { readonly home: HomePosition }): string {
  const { home } = options;
  const lines = [
    'QGC WPL 110',
    [0, 1, MAV_FRAME.GLOBAL, MAV_CMD.NAV_WAYPOINT, 0, 0, 0, 0]
      .map(String)
      .concat(home.latDeg.toFixed(7), home.lonDeg.toFixed(7), home.altitudeAmslM.toFixed(6), '1')
      .join('\t'),
    ...plan.items.map((item, i) => itemLine(item, i + 1)),
  ];
  return `${lines.join('\n')}\n`;
}

function itemLine(item: MissionItem, index: number): string {
  const position = hasPosition(item.frame)
    ? [degrees(item.x), degrees(item.y)]
    : [item.x.toFixed(8), item.y.toFixed(8)];
  return [
    index,
    0,
    item.frame,
    item.command,
    ...[item.param1, item.param2, item.param3, item.param4].map((value) => value.toFixed(8)),
    ...position,
    item.z.toFixed(6),
    1,
  ].join('\t');
}

/** Seven decimals straight from the integer: no binary fraction in between. */
function degrees(degE7: number): string {
  const digits = String(Math.abs(degE7)).padStart(8, '0');
  return `${degE7 < 0 ? '-' : ''}${digits.slice(0, -7)}.${digits.slice(-7)}`;
}

/**
 * Reads a "QGC WPL 110" (or 120) file. Line 0 becomes home when it is an absolute waypoint marked as such by its
 * place; comments (#) and empty lines are passed over. Fields may be separated by any white space.
 */
export function readWaypoints(text: string): MissionFileResult {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const header = lines[0]?.trim() ?? '';
  if (!/^QGC\s+WPL\s+1[12]0$/.test(header)) {
    return formatError(
      'format.not-waypoints',
      `The first line must be "QGC WPL 110"; found "${header.slice(0, 40)}".`,
      {
        line: 1,
        found: header.slice(0, 40),
      },
    );
  }
  const items: MissionItem[] = [];
  let home: HomePosition | null = null;
  for (const [i, raw] of lines.entries()) {
    const line = raw.trim();
    if (i === 0 || line === '' || line.startsWith('#')) continue;
    const fields = line.split(/\s+/).map((field) => (/^nan$/i.test(field) ? 0 : Number(field)));
    if (fields.length < 12 || fields.slice(0, 12).some((value) => !Number.isFinite(value))) {
      return formatError('format.bad-item', `Line ${i + 1} does not hold twelve numbers.`, { line: i + 1 });
    }
    const [index, , frame, command, param1, param2, param3, param4, p5, p6, z] = fields as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    if (index === 0) {
      home = { latDeg: p5, lonDeg: p6, altitudeAmslM: z };
      continue;
    }
    const scale = hasPosition(frame) ? 1e7 : 1;
    items.push({
      frame,
      command,
      param1,
      param2,
      param3,
      param4,
      x: Math.round(p5 * scale) + 0,
      y: Math.round(p6 * scale) + 0,
      z,
    });
  }
  return { kind: 'ok', plan: { items, fence: [], rally: [] }, home };
}
