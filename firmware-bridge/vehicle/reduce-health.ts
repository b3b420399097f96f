import { type BatteryStatus, MavSysStatusSensor, type SysStatus } from '../codec/messages.ts';
import { minusOneOrNull, uint16OrNull } from '../codec/unavailable.ts';
import type { AutopilotKind } from '../model.ts';
import { type Telemetry, withSnapshot } from './telemetry.ts';

/** Battery and readiness to arm. */

/** SYS_STATUS knows less of the battery; it counts only where BATTERY_STATUS does not come. */
const BATTERY_STATUS_FRESH_MS = 10_000;
/** ArduPilot repeats its pre-arm texts every 30 s, all reasons within a second. */
const SAME_BURST_MS = 5_000;
const MAX_REASONS = 10;
const NO_READING_MV = 0xffff;
const NO_TEMPERATURE = 0x7fff;
/** More than any lithium cell has: it is the sum of all, or a part of a sum that does not fit 16 bits. */
const MAX_CELL_MV = 5_000;
const isOneCell = (mv: number): boolean => mv <= MAX_CELL_MV;

export function reduceSysStatus(before: Telemetry, message: SysStatus, atMs: number): Telemetry {
  const bit = MavSysStatusSensor.PREARM_CHECK;
  const present = (message.onboardControlSensorsPresent & bit) !== 0;
  const healthy = (message.onboardControlSensorsHealth & bit) !== 0;
  // PX4 sets the health bit without the present bit. Neither: only PX4 and ArduPilot are known to mean "not ready".
  const known = present || healthy || before.snapshot.autopilot !== 'other';
  const telemetry = reduceParts(
    reducePrearm(before, { prearmBit: known ? healthy : null }, atMs),
    message,
    atMs,
  );
  const batteryAtMs = telemetry.batteryStatusAtMs;
  if (batteryAtMs !== null && atMs - batteryAtMs < BATTERY_STATUS_FRESH_MS) return telemetry;
  const voltageMv = uint16OrNull(message.voltageBattery);
  return withSnapshot(telemetry, {
    battery: {
      remainingPct: minusOneOrNull(message.batteryRemaining),
      voltageV: voltageMv === null ? null : voltageMv / 1000,
      currentA: centiampere(message.currentBattery),
      consumedMah: telemetry.snapshot.battery?.consumedMah ?? null,
      cellsV: null,
      temperatureC: null,
      timeRemainingS: null,
      receivedAtMs: atMs,
    },
  });
}

/** PX4 tells fence breaches by its health bit (it has no FENCE_STATUS); ArduPilot tells there that it is on. */
function reduceParts(telemetry: Telemetry, message: SysStatus, atMs: number): Telemetry {
  const { onboardControlSensorsPresent: present, onboardControlSensorsEnabled: enabled } = message;
  const healthy = message.onboardControlSensorsHealth;
  const unhealthy = PARTS.filter(([, bit]) => (present & enabled & bit) !== 0 && (healthy & bit) === 0);
  const fenceBit = MavSysStatusSensor.GEOFENCE;
  const { fence, remoteControl } = telemetry.snapshot;
  const knowsFence = (present & fenceBit) !== 0;
  const knowsRc = (present & MavSysStatusSensor.SENSOR_RC_RECEIVER) !== 0;
  return withSnapshot(telemetry, {
    health: {
      unhealthy: unhealthy.map(([name]) => name),
      loadPct: uint16OrNull(message.load) === null ? null : message.load / 10,
      receivedAtMs: atMs,
    },
    fence: !knowsFence
      ? fence
      : {
          enabled: (enabled & fenceBit) !== 0,
          breached:
            telemetry.snapshot.autopilot === 'px4' ? (healthy & fenceBit) === 0 : (fence?.breached ?? null),
          breachCount: fence?.breachCount ?? null,
          breachType: fence?.breachType ?? null,
          receivedAtMs: atMs,
        },
    remoteControl: !knowsRc
      ? remoteControl
      : {
          present: (healthy & MavSysStatusSensor.SENSOR_RC_RECEIVER) !== 0,
          rssiPct: remoteControl?.rssiPct ?? null,
          receivedAtMs: atMs,
        },
  });
}

/** Readiness is told in `prearm`; the extension bit announces a second word that nobody here reads. */
const NO_PART: ReadonlySet<number> = new Set([
  MavSysStatusSensor.PREARM_CHECK,
  MavSysStatusSensor.EXTENSION_USED,
]);
const PARTS: readonly (readonly [name: string, bit: number])[] = Object.entries(MavSysStatusSensor)
  .filter((entry): entry is [string, number] => typeof entry[1] === 'number' && !NO_PART.has(entry[1]))
  .map(([name, bit]) => [name, bit]);

/** Battery 0 is the one that flies; others feed payloads. */
export function reduceBatteryStatus(telemetry: Telemetry, message: BatteryStatus, atMs: number): Telemetry {
  if (message.id !== 0) return telemetry;
  // Cells that do not exist say 65535 in `voltages` and 0 in the extension; ArduPilot may put the sum in cell 0.
  const cells = [
    ...message.voltages.filter((mv) => mv !== NO_READING_MV),
    ...message.voltagesExt.filter((mv) => mv !== 0 && mv !== NO_READING_MV),
  ];
  const sumMv = cells.reduce((sum, mv) => sum + mv, 0);
  return {
    ...withSnapshot(telemetry, {
      battery: {
        remainingPct: minusOneOrNull(message.batteryRemaining),
        voltageV: cells.length === 0 ? null : sumMv / 1000,
        currentA: centiampere(message.currentBattery),
        consumedMah: minusOneOrNull(message.currentConsumed),
        cellsV: cells.length > 1 && cells.every(isOneCell) ? cells.map((mv) => mv / 1000) : null,
        temperatureC: message.temperature === NO_TEMPERATURE ? null : message.temperature / 100,
        timeRemainingS: message.timeRemaining === 0 ? null : message.timeRemaining,
        receivedAtMs: atMs,
      },
    }),
    batteryStatusAtMs: atMs,
  };
}

/** Negative currents are "not measured" (-1; PX4 sends -100 in SYS_STATUS). */
function centiampere(value: number): number | null {
  return value < 0 ? null : value / 100;
}

export function reducePrearm(
  telemetry: Telemetry,
  news: { readonly prearmBit?: boolean | null; readonly positionEstimateOk?: boolean },
  atMs: number,
): Telemetry {
  const before = telemetry.snapshot.prearm;
  const prearmBit = news.prearmBit === undefined ? telemetry.prearmBit : news.prearmBit;
  const positionEstimateOk = news.positionEstimateOk ?? before?.positionEstimateOk ?? null;
  const ready = readyToArm(telemetry.snapshot.autopilot, prearmBit, positionEstimateOk);
  return {
    ...telemetry,
    prearmBit,
    snapshot: {
      ...telemetry.snapshot,
      prearm: {
        ready,
        positionEstimateOk,
        reasons: ready === true ? [] : (before?.reasons ?? []),
        receivedAtMs: atMs,
      },
    },
  };
}

/**
 * ArduPilot sets its pre-arm bit before there is a position, and then refuses to arm with "Need Position Estimate"
 * (PROTOCOL.md): both are needed. PX4's bit includes it.
 */
function readyToArm(
  autopilot: AutopilotKind,
  prearmBit: boolean | null,
  positionOk: boolean | null,
): boolean | null {
  if (prearmBit === false || positionOk === false) return false;
  if (prearmBit === null) return null;
  return autopilot === 'ardupilot' && positionOk === null ? null : true;
}

/** "PreArm: …" of ArduPilot, "Preflight Fail: …" of PX4: the newest burst replaces the one before. */
export function reduceStatusText(telemetry: Telemetry, text: string, atMs: number): Telemetry {
  const reason = /^(?:PreArm|Preflight Fail):\s*(.+)$/is.exec(text)?.[1]?.trim();
  if (reason === undefined) return telemetry;
  const before = telemetry.snapshot.prearm;
  const sameBurst = telemetry.preArmTextAtMs !== null && atMs - telemetry.preArmTextAtMs < SAME_BURST_MS;
  const earlier = sameBurst ? (before?.reasons ?? []) : [];
  const reasons = earlier.includes(reason) ? earlier : [...earlier, reason].slice(-MAX_REASONS);
  return {
    ...withSnapshot(telemetry, {
      prearm: {
        ready: before?.ready ?? null,
        positionEstimateOk: before?.positionEstimateOk ?? null,
        reasons,
        receivedAtMs: atMs,
      },
    }),
    preArmTextAtMs: atMs,
  };
}
