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

export function reduceSysStatus(before: Telemetry, message: SysStatus, atMs: number): Telemetry {
  const bit = MavSysStatusSensor.PREARM_CHECK;
  const present = (message.onboardControlSensorsPresent & bit) !== 0;
  const healthy = (message.onboardControlSensorsHealth & bit) !== 0;
  // PX4 sets the health bit without the present bit. Neither: only PX4 and ArduPilot are known to mean "not ready".
  const known = present || healthy || before.snapshot.autopilot !== 'other';
  const telemetry = reducePrearm(before, { prearmBit: known ? healthy : null }, atMs);
  const batteryAtMs = telemetry.batteryStatusAtMs;
  if (batteryAtMs !== null && atMs - batteryAtMs < BATTERY_STATUS_FRESH_MS) return telemetry;
  const voltageMv = uint16OrNull(message.voltageBattery);
  return withSnapshot(telemetry, {
    battery: {
      remainingPct: minusOneOrNull(message.batteryRemaining),
      voltageV: voltageMv === null ? null : voltageMv / 1000,
      currentA: centiampere(message.currentBattery),
      consumedMah: telemetry.snapshot.battery?.consumedMah ?? null,
      receivedAtMs: atMs,
    },
  });
}

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
