import { findJsonFault } from '../grid/json-position.ts';
import type { MissionItem, MissionPlan } from '../mission-item.ts';
import type { PlanIssue } from '../model.ts';
import {
  formatError,
  type HomePosition,
  hasPosition,
  type MissionFileResult,
  readOk,
  shown,
} from './format-result.ts';
import { formatIssue } from './issues.ts';
import { readFence, readRally, writeFence, writeRally } from './qgc-fence.ts';
import { noAutoContinue } from './waypoints.ts';

export interface QgcPlanOptions {
  /** Null: not known. */
  readonly home: HomePosition | null;
  readonly cruiseSpeedMps: number;
  /** Default: the cruise speed. QGroundControl uses this one for multicopters. */
  readonly hoverSpeedMps?: number;
  /** MAV_AUTOPILOT: 3 ArduPilot (default), 12 PX4. */
  readonly firmwareType?: number;
  /** MAV_TYPE; default 2, quadrotor. */
  readonly vehicleType?: number;
}

const ARDUPILOT = 3;
const PX4 = 12;

/**
 * Commands whose param4 is a heading to PX4. In our items 0 leaves it free and 360 is north; in a plan file for PX4
 * null leaves it free and 0 is north.
 */
const HEADED: ReadonlySet<number> = new Set([16, 17, 21, 22]);

const yawIsFree = (item: MissionItem, firmwareType: number): boolean =>
  firmwareType === PX4 && item.param4 === 0 && HEADED.has(item.command);

/**
 * A mission as QGroundControl's plan file: fileType "Plan", version 1, mission version 2, one SimpleItem per item.
 * Source: docs.qgroundcontrol.com, "Plan File Format". Positions in it are latitude first; NaN is written null.
 */
export function toQgcPlan(plan: MissionPlan, options: QgcPlanOptions): Record<string, unknown> {
  const { home, cruiseSpeedMps } = options;
  const firmwareType = options.firmwareType ?? ARDUPILOT;
  return {
    fileType: 'Plan',
    geoFence: writeFence(plan.fence),
    groundStation: 'Airgrid',
    mission: {
      cruiseSpeed: cruiseSpeedMps,
      firmwareType,
      globalPlanAltitudeMode: 1,
      hoverSpeed: options.hoverSpeedMps ?? cruiseSpeedMps,
      items: plan.items.map((item, index) => toSimpleItem(item, index, firmwareType)),
      ...(home === null ? {} : { plannedHomePosition: [home.latDeg, home.lonDeg, home.altitudeAmslM] }),
      vehicleType: options.vehicleType ?? 2,
      version: 2,
    },
    rallyPoints: writeRally(plan.rally),
    version: 1,
  };
}

/** `toQgcPlan` as the text of a .plan file, laid out as QGroundControl does (four spaces). */
export function toQgcPlanText(plan: MissionPlan, options: QgcPlanOptions): string {
  return `${JSON.stringify(toQgcPlan(plan, options), null, 4)}\n`;
}

function toSimpleItem(item: MissionItem, index: number, firmwareType: number): Record<string, unknown> {
  const scale = hasPosition(item.frame) ? 1e7 : 1;
  const number = (value: number): number | null => (Number.isFinite(value) ? value : null);
  const position = hasPosition(item.frame)
    ? // QGroundControl's AltitudeMode: 1 relative to home, 2 above mean sea level, 4 terrain frame.
      {
        AMSLAltAboveTerrain: null,
        Altitude: item.z,
        AltitudeMode: item.frame === 3 || item.frame === 6 ? 1 : item.frame === 0 || item.frame === 5 ? 2 : 4,
      }
    : {};
  return {
    ...position,
    autoContinue: true,
    command: item.command,
    doJumpId: index + 1,
    frame: item.frame,
    params: [
      number(item.param1),
      number(item.param2),
      number(item.param3),
      yawIsFree(item, firmwareType) ? null : number(item.param4),
      item.x / scale,
      item.y / scale,
      item.z,
    ],
    type: 'SimpleItem',
  };
}

/**
 * Reads a .plan file (text or parsed). Surveys and other complex items are read from the items they carry. The older
 * .mission file of QGroundControl (fileType "Mission", or version "1.0" without one) is read too.
 */
export function readQgcPlan(input: unknown): MissionFileResult {
  let root = input;
  if (typeof input === 'string') {
    const text = input.replace(/^\uFEFF/, '');
    try {
      root = JSON.parse(text);
    } catch {
      const fault = findJsonFault(text) ?? { line: 1, column: 1, reason: 'not JSON' };
      return formatError(
        'format.not-json',
        `The plan file is not JSON: line ${fault.line}, column ${fault.column}: ${fault.reason}`,
        { line: fault.line, column: fault.column },
      );
    }
  }
  const file = asRecord(root);
  const mission = file === null ? null : missionOf(file);
  if (file === null || mission === null || !Array.isArray(mission.items)) {
    return formatError(
      'format.not-a-plan',
      'This is not a QGroundControl plan file (fileType "Plan" with a mission).',
    );
  }
  const issues: PlanIssue[] = [];
  const firmwareType = numberOrNull(mission.firmwareType ?? mission.MAV_AUTOPILOT);
  const read = readItems(mission, firmwareType, issues);
  if (!Array.isArray(read)) return read;
  const fence = readFence(file.geoFence, issues);
  const rally = readRally(file.rallyPoints, issues);
  return readOk(
    'qgc-plan',
    {
      plan: { items: renumberJumps(read, issues), fence, rally },
      home: homeOf(mission.plannedHomePosition, issues),
      firmwareType,
      vehicleType: numberOrNull(mission.vehicleType),
      cruiseSpeedMps: numberOrNull(mission.cruiseSpeed),
      hoverSpeedMps: numberOrNull(mission.hoverSpeed),
    },
    issues,
  );
}

/** Where the items are: under `mission` in a plan, at the top in the older file. */
function missionOf(file: Record<string, unknown>): Record<string, unknown> | null {
  if (file.fileType === 'Plan') return asRecord(file.mission);
  const isOld =
    file.fileType === undefined && typeof file.groundStation === 'string' && Array.isArray(file.items);
  return file.fileType === 'Mission' || isOld ? file : null;
}

/** An item with the number that jumps call it by. */
interface NumberedItem {
  readonly item: MissionItem;
  readonly jumpId: number | null;
}

function readItems(
  mission: Record<string, unknown>,
  firmwareType: number | null,
  issues: PlanIssue[],
): NumberedItem[] | MissionFileResult {
  const items: NumberedItem[] = [];
  const complex = Array.isArray(mission.complexItems) ? mission.complexItems.length : 0;
  if (complex > 0) {
    return formatError(
      'format.complex-item',
      `The file holds ${complex} complex items without their waypoints (an old survey). Open it in QGroundControl and save it as a plan.`,
      { item: 0, complexItemType: 'complexItems' },
    );
  }
  for (const [index, raw] of (mission.items as unknown[]).entries()) {
    const entry = asRecord(raw);
    const nested = asRecord(entry?.TransectStyleComplexItem)?.Items ?? entry?.Items;
    const named = entry?.complexItemType ?? '';
    const complexItemType = typeof named === 'string' ? named.slice(0, 40) : shown(named, 40);
    if (entry?.type === 'ComplexItem') {
      if (!Array.isArray(nested) || nested.length === 0) {
        return formatError(
          'format.complex-item',
          `Item ${index + 1} is a complex item (${complexItemType}) without its waypoints.`,
          { item: index, complexItemType },
        );
      }
      issues.push(
        formatIssue(
          'format.survey-flattened',
          `Item ${index + 1} (${complexItemType}) is read as its ${nested.length} waypoints and commands; its drawing is not kept.`,
          { item: index, complexItemType },
        ),
      );
    }
    for (const simple of entry?.type === 'ComplexItem' ? (nested as unknown[]) : [raw]) {
      const item = readSimpleItem(simple, firmwareType);
      if (typeof item === 'string') {
        return formatError('format.bad-item', `Item ${index + 1}: ${item} is missing or not a number.`, {
          item: index,
          field: item,
        });
      }
      const fields = asRecord(simple);
      if (fields?.autoContinue === false) issues.push(noAutoContinue(items.length, `Item ${index + 1}`));
      items.push({ item, jumpId: numberOrNull(fields?.doJumpId ?? fields?.id) });
    }
  }
  return items;
}

const DO_JUMP = 177;

/** A jump names its target by `doJumpId`; here it is the item's number counted from 1, as toQgcPlan writes them. */
function renumberJumps(items: readonly NumberedItem[], issues: PlanIssue[]): MissionItem[] {
  const numbers = new Map(items.map(({ jumpId }, index) => [jumpId, index + 1]));
  return items.map(({ item }, index) => {
    if (item.command !== DO_JUMP) return item;
    const target = numbers.get(item.param1);
    if (target !== undefined) return { ...item, param1: target };
    issues.push(
      formatIssue(
        'format.unknown-jump',
        `Item ${index + 1} jumps to ${item.param1}, which is not in the file.`,
        {
          item: index,
          target: item.param1,
        },
      ),
    );
    return item;
  });
}

function homeOf(value: unknown, issues: PlanIssue[]): HomePosition | null {
  if (value === undefined || value === null) return null;
  // Version 1 has an item here.
  const place = Array.isArray(value) ? value : asRecord(value)?.coordinate;
  if (Array.isArray(place) && place.length >= 2) {
    const [latDeg, lonDeg, altitudeAmslM] = place as unknown[];
    if (isDegrees(latDeg, 90) && isDegrees(lonDeg, 180)) {
      return { lonDeg, latDeg, altitudeAmslM: numberOrNull(altitudeAmslM) ?? 0 };
    }
  }
  issues.push(
    formatIssue('format.bad-header', 'plannedHomePosition is not a place; home is left open.', {
      field: 'plannedHomePosition',
      found: shown(value, 40),
    }),
  );
  return null;
}

/** The item, or the name of what is wrong in it. */
function readSimpleItem(raw: unknown, firmwareType: number | null): MissionItem | string {
  const entry = asRecord(raw);
  if (entry === null) return 'the item';
  const { command, frame } = entry;
  if (!Number.isInteger(command)) return 'command';
  if (!Number.isInteger(frame)) return 'frame';
  const params = paramsOf(entry);
  if (params === null) return 'params';
  const bad = params.findIndex((value) => value !== null && !Number.isFinite(value));
  if (bad >= 0) return `params[${bad}]`;
  // null stands for NaN, "leave as it is" (yaw); a mission item here holds 0 for it.
  const [p1 = 0, p2 = 0, p3 = 0, p4 = 0, p5 = 0, p6 = 0, p7 = 0] = params.map(
    (value) => (value as number | null) ?? 0,
  );
  const scale = hasPosition(frame as number) ? 1e7 : 1;
  if (scale > 1 && Math.abs(p5) > 90) return 'params[4]';
  if (scale > 1 && Math.abs(p6) > 180) return 'params[5]';
  const isNorth = firmwareType === PX4 && HEADED.has(command as number) && params[3] === 0;
  return {
    frame: frame as number,
    command: command as number,
    param1: p1,
    param2: p2,
    param3: p3,
    param4: isNorth ? 360 : p4,
    x: Math.round(p5 * scale) + 0,
    y: Math.round(p6 * scale) + 0,
    z: p7,
  };
}

/** Seven values: `params`; in older files `params` or param1–4 and a `coordinate`. */
function paramsOf(entry: Record<string, unknown>): readonly unknown[] | null {
  const { params, coordinate } = entry;
  if (Array.isArray(params) && params.length >= 7) return params.slice(0, 7);
  if (!Array.isArray(coordinate) || coordinate.length < 3) return null;
  const first =
    Array.isArray(params) && params.length >= 4
      ? params.slice(0, 4)
      : [entry.param1, entry.param2, entry.param3, entry.param4];
  return [...first, ...coordinate.slice(0, 3)];
}

function isDegrees(value: unknown, limit: number): value is number {
  return typeof value === 'number' && Math.abs(value) <= limit;
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function asRecord(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}
