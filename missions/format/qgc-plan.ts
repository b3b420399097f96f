import { findJsonFault } from '../grid/json-position.ts';
import type { MissionItem, MissionPlan } from '../mission-item.ts';
import { formatError, type HomePosition, hasPosition, type MissionFileResult } from './format-result.ts';
import { readFence, readRally, writeFence, writeRally } from './qgc-fence.ts';

export interface QgcPlanOptions {
  readonly home: HomePosition;
  readonly cruiseSpeedMps: number;
  /** MAV_AUTOPILOT: 3 ArduPilot (default), 12 PX4. */
  readonly firmwareType?: 3 | 12;
  /** MAV_TYPE; default 2, quadrotor. */
  readonly vehicleType?: number;
}

/**
 * A mission as QGroundControl's plan file: fileType "Plan", version 1, mission version 2, one SimpleItem per item.
 * Source: docs.qgroundcontrol.com, "Plan File Format". Positions in it are latitude first; NaN is written null.
 */
export function toQgcPlan(plan: MissionPlan, options: QgcPlanOptions): Record<string, unknown> {
  const { home, cruiseSpeedMps } = options;
  return {
    fileType: 'Plan',
    geoFence: writeFence(plan.fence),
    groundStation: 'Airgrid',
    mission: {
      cruiseSpeed: cruiseSpeedMps,
      firmwareType: options.firmwareType ?? 3,
      globalPlanAltitudeMode: 1,
      hoverSpeed: cruiseSpeedMps,
      items: plan.items.map(toSimpleItem),
      plannedHomePosition: [home.latDeg, home.lonDeg, home.altitudeAmslM],
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

function toSimpleItem(item: MissionItem, index: number): Record<string, unknown> {
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
      number(item.param4),
      item.x / scale,
      item.y / scale,
      item.z,
    ],
    type: 'SimpleItem',
  };
}

/** Reads a .plan file (text or parsed). Surveys and other complex items are read from the items they carry. */
export function readQgcPlan(input: unknown): MissionFileResult {
  let root = input;
  if (typeof input === 'string') {
    try {
      root = JSON.parse(input);
    } catch {
      const fault = findJsonFault(input) ?? { line: 1, column: 1, reason: 'not JSON' };
      return formatError(
        'format.not-json',
        `The plan file is not JSON: line ${fault.line}, column ${fault.column}: ${fault.reason}`,
        { line: fault.line, column: fault.column },
      );
    }
  }
  const file = asRecord(root);
  const mission = asRecord(file?.mission);
  if (file?.fileType !== 'Plan' || mission === null || !Array.isArray(mission.items)) {
    return formatError(
      'format.not-a-plan',
      'This is not a QGroundControl plan file (fileType "Plan" with a mission).',
    );
  }
  const items: MissionItem[] = [];
  for (const [index, raw] of (mission.items as unknown[]).entries()) {
    const entry = asRecord(raw);
    const nested = asRecord(entry?.TransectStyleComplexItem)?.Items;
    if (entry?.type === 'ComplexItem' && !Array.isArray(nested)) {
      return formatError(
        'format.complex-item',
        `Item ${index + 1} is a complex item (${String(entry.complexItemType)}) without its waypoints.`,
        { item: index, complexItemType: String(entry.complexItemType) },
      );
    }
    for (const simple of Array.isArray(nested) ? nested : [raw]) {
      const item = readSimpleItem(simple);
      if (item === null) {
        return formatError('format.bad-item', `Item ${index + 1} has no command, frame and seven params.`, {
          item: index,
        });
      }
      items.push(item);
    }
  }
  const home = mission.plannedHomePosition;
  return {
    kind: 'ok',
    plan: { items, fence: readFence(file.geoFence), rally: readRally(file.rallyPoints) },
    home: isNumbers(home) && home.length >= 2 ? homeOf(home) : null,
  };
}

function homeOf([latDeg = 0, lonDeg = 0, altitudeAmslM = 0]: readonly number[]): HomePosition {
  return { lonDeg, latDeg, altitudeAmslM };
}

function readSimpleItem(raw: unknown): MissionItem | null {
  const entry = asRecord(raw);
  const { command, frame, params } = entry ?? {};
  if (!Number.isInteger(command) || !Number.isInteger(frame) || !Array.isArray(params) || params.length < 7) {
    return null;
  }
  const isValue = (value: unknown): boolean => value === null || Number.isFinite(value);
  if (!params.slice(0, 7).every(isValue)) return null;
  // null stands for NaN, "leave as it is" (yaw); a mission item here holds 0 for it.
  const [p1, p2, p3, p4, p5, p6, p7] = params.map((value: number | null) => value ?? 0) as number[];
  const scale = hasPosition(frame as number) ? 1e7 : 1;
  return {
    frame: frame as number,
    command: command as number,
    param1: p1 ?? 0,
    param2: p2 ?? 0,
    param3: p3 ?? 0,
    param4: p4 ?? 0,
    x: Math.round((p5 ?? 0) * scale) + 0,
    y: Math.round((p6 ?? 0) * scale) + 0,
    z: p7 ?? 0,
  };
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((entry) => Number.isFinite(entry));
}

function asRecord(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}
