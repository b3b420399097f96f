import {
  AutopilotVersion,
  AvailableModes,
  BatteryStatus,
  buildMessage,
  CurrentMode,
  EstimatorStatus,
  type EstimatorStatusFlags,
  ExtendedSysState,
  Heartbeat,
  type MavLinkData,
  type MavProtocolCapability,
  SysStatus,
  SystemTime,
} from '../../firmware-bridge/codec/messages.ts';
import type { AircraftState } from '../aircraft/aircraft-state.ts';
import { remainingFraction, SIM_BATTERY } from '../aircraft/battery.ts';
import { BATTERY } from './px4-health.ts';
import { customModeOf, modeOf, NAV, PX4_MODES, type Px4Mode } from './px4-modes.ts';
import * as motion from './px4-telemetry-motion.ts';
import { bootMs, bootUs, type Px4TelemetrySource, UNKNOWN_U16 } from './px4-telemetry-source.ts';

/** SYS_STATUS words of the captured v1.17.0 SIH quadrotor; the bits below come and go. */
const SENSORS_PRESENT = 0x0200_400f;
const SENSORS_ENABLED = 0x0201_400f;
const SENSORS_HEALTH = 0x0120_803f;
const SENSOR_GPS = 0x20;
const SENSOR_AHRS = 0x4000;
const SENSOR_BATTERY = 0x0200_0000;
const SENSOR_PREARM = 0x1000_0000;
/** AUTOPILOT_VERSION of the same: v1.17.0 release; 32 (FTP) belongs to the service that does it. */
const CAPABILITIES = 59_647n & ~32n;
const SW_VERSION = 17_891_583;
const OS_VERSION = 101_854_463;
/** Commit of v1.17.0, as on the wire. */
const GIT_HASH = [0, 0, 0, 196, 209, 42, 241, 214];
/** ESTIMATOR_STATUS.flags with and without a position. */
const ESTIMATOR_OK = 895;
const ESTIMATOR_ATTITUDE = 1 | 4 | 32;
const UNAVAILABLE_SLOTS = 8;

type Builder = (source: Px4TelemetrySource) => MavLinkData | null;

const BUILDERS: ReadonlyMap<number, Builder> = new Map<number, Builder>([
  [0, heartbeat],
  [1, sysStatus],
  [2, systemTime],
  [24, motion.gpsRawInt],
  [29, motion.scaledPressure],
  [30, motion.attitude],
  [31, motion.attitudeQuaternion],
  [32, motion.localPosition],
  [33, motion.globalPosition],
  [36, motion.servoOutput],
  [49, motion.gpsGlobalOrigin],
  [74, motion.vfrHud],
  [83, motion.attitudeTarget],
  [85, motion.positionTargetLocal],
  [87, motion.positionTargetGlobal],
  [132, motion.distanceSensor],
  [141, motion.altitude],
  [147, batteryStatus],
  [148, autopilotVersion],
  [230, estimatorStatus],
  [231, motion.windCov],
  [241, motion.vibration],
  [242, motion.homePosition],
  [245, extendedSysState],
  [360, motion.orbitStatus],
  [435, (source) => availableMode(1, source)],
  [436, currentMode],
]);

/** Messages that it can send at an interval or on request. MISSION_CURRENT is none of them: it comes by itself. */
export function canSend(messageId: number): boolean {
  return BUILDERS.has(messageId);
}

/** The message as it is now; null when there is nothing to say (no home yet, no orbit). */
export function buildTelemetry(messageId: number, source: Px4TelemetrySource): MavLinkData | null {
  return BUILDERS.get(messageId)?.(source) ?? null;
}

/** AVAILABLE_MODES `index` from 1; null beyond the last. The last eight are places for modes of other programs. */
export function availableMode(index: number, _source: Px4TelemetrySource): AvailableModes | null {
  const numberModes = PX4_MODES.length + UNAVAILABLE_SLOTS;
  if (index < 1 || index > numberModes) return null;
  const mode = PX4_MODES[index - 1];
  if (mode === undefined) {
    return buildMessage(AvailableModes, {
      numberModes,
      modeIndex: index,
      // EXTERNAL1 … EXTERNAL8 are sub modes 11 … 18 of AUTO; property 2: not selectable.
      customMode: ((4 << 16) | ((11 + index - 1 - PX4_MODES.length) << 24)) >>> 0,
      properties: 2,
      modeName: '(Mode not available)',
    });
  }
  return buildMessage(AvailableModes, {
    numberModes,
    modeIndex: index,
    standardMode: mode.standardMode,
    customMode: customModeOf(mode.nav),
    properties: propertiesOf(mode),
    // A standard mode is named by its number.
    modeName: mode.standardMode === 0 ? mode.spokenName : '',
  });
}

/** MAV_MODE_PROPERTY: 1 advanced, 2 not selectable by a user. */
function propertiesOf({ nav }: Px4Mode): number {
  if (nav === NAV.TERMINATION) return 3;
  return PLAIN_MODES.has(nav) ? 0 : 1;
}
const PLAIN_MODES: ReadonlySet<number> = new Set([NAV.ALTCTL, NAV.POSCTL, NAV.ALTITUDE_CRUISE]);

function heartbeat({ aircraft }: Px4TelemetrySource): Heartbeat {
  const { armed, nav } = aircraft;
  // MAV_STATE 0 cannot be armed in this mode, 3 standby, 4 active, 5 in a failsafe.
  const systemStatus = armed ? (aircraft.commander.inFailsafe ? 5 : 4) : aircraft.commander.canArm ? 3 : 0;
  return buildMessage(Heartbeat, {
    type: 2,
    autopilot: 12,
    baseMode: modeOf(nav).baseMode | (armed ? 0x80 : 0) | (nav === NAV.OFFBOARD && armed ? 0x10 : 0),
    customMode: customModeOf(nav),
    systemStatus,
    mavlinkVersion: 3,
  });
}

function sysStatus({ aircraft }: Px4TelemetrySource): SysStatus {
  const { battery } = aircraft.state;
  const gps = aircraft.estimator.gpsOk ? SENSOR_GPS : 0;
  const ahrs = aircraft.estimator.positionOk ? SENSOR_AHRS : 0;
  const power = aircraft.battery.warning === BATTERY.NONE ? SENSOR_BATTERY : 0;
  const prearm = aircraft.commander.canArm ? SENSOR_PREARM : 0;
  return buildMessage(SysStatus, {
    onboardControlSensorsPresent: (SENSORS_PRESENT | gps) >>> 0,
    onboardControlSensorsEnabled: (SENSORS_ENABLED | gps) >>> 0,
    onboardControlSensorsHealth: (SENSORS_HEALTH | ahrs | power | prearm) >>> 0,
    load: 230,
    voltageBattery: Math.round(battery.voltageV * 1000),
    currentBattery: Math.round(battery.currentA * 100),
    batteryRemaining: remainingPct(aircraft.state),
  });
}

function systemTime({ aircraft, bootEpochMs }: Px4TelemetrySource): SystemTime {
  const unixMs = aircraft.estimator.gpsOk ? bootEpochMs + bootMs(aircraft) : 0;
  return buildMessage(SystemTime, { timeUnixUsec: BigInt(unixMs) * 1000n, timeBootMs: bootMs(aircraft) });
}

/** By cell, as a smart battery does; SITL reports the whole pack in the first one. */
function batteryStatus({ aircraft, lowCell }: Px4TelemetrySource): BatteryStatus {
  const { battery } = aircraft.state;
  const cellV = battery.voltageV / SIM_BATTERY.cells;
  const voltages = Array.from({ length: 10 }, (_unused, cell) => {
    if (cell >= SIM_BATTERY.cells) return UNKNOWN_U16;
    const sagV = lowCell?.cell === cell ? lowCell.sagV : 0;
    return Math.max(0, Math.round((cellV - sagV) * 1000));
  });
  const remaining = remainingFraction(battery);
  return buildMessage(BatteryStatus, {
    id: 0,
    batteryFunction: 1,
    type: 1,
    temperature: 32_767,
    voltages,
    voltagesExt: [0, 0, 0, 0],
    currentBattery: Math.round(battery.currentA * 100),
    currentConsumed: Math.round(SIM_BATTERY.capacityMah * (1 - remaining)),
    energyConsumed: -1,
    batteryRemaining: remainingPct(aircraft.state),
    // MAV_BATTERY_CHARGE_STATE 1 ok, 2 low, 3 critical, 4 emergency.
    chargeState: 1 + aircraft.battery.warning,
  });
}

function autopilotVersion({ uid2, addedCapabilities }: Px4TelemetrySource): AutopilotVersion {
  return buildMessage(AutopilotVersion, {
    // The library types 64-bit flags as an enum; on the wire and in memory they are a bigint.
    capabilities: (CAPABILITIES | addedCapabilities) as unknown as MavProtocolCapability,
    flightSwVersion: SW_VERSION,
    middlewareSwVersion: SW_VERSION,
    osSwVersion: OS_VERSION,
    boardVersion: 1,
    flightCustomVersion: [...GIT_HASH],
    middlewareCustomVersion: [...GIT_HASH],
    osCustomVersion: new Array<number>(8).fill(0),
    uid: uid2.slice(0, 8).reduce((uid, byte, index) => uid | (BigInt(byte) << BigInt(8 * index)), 0n),
    uid2: [...uid2],
  });
}

function estimatorStatus({ aircraft }: Px4TelemetrySource): EstimatorStatus {
  const { positionOk } = aircraft.estimator;
  const flags = positionOk ? ESTIMATOR_OK : ESTIMATOR_ATTITUDE;
  return buildMessage(EstimatorStatus, {
    timeUsec: bootUs(aircraft),
    flags: flags as EstimatorStatusFlags,
    velRatio: 0.1,
    posHorizRatio: positionOk ? 0.05 : 1,
    posVertRatio: 0.02,
    magRatio: aircraft.estimator.isCompassOk ? 0.05 : 1.5,
    haglRatio: 0.01,
    tasRatio: Number.NaN,
    posHorizAccuracy: positionOk ? 0.3 : 50,
    posVertAccuracy: 0.3,
  });
}

function extendedSysState({ aircraft }: Px4TelemetrySource): ExtendedSysState {
  return buildMessage(ExtendedSysState, { vtolState: 0, landedState: aircraft.landedState });
}

function currentMode({ aircraft }: Px4TelemetrySource): CurrentMode {
  return buildMessage(CurrentMode, {
    standardMode: modeOf(aircraft.nav).standardMode,
    customMode: customModeOf(aircraft.nav),
    intendedCustomMode: customModeOf(aircraft.commander.intended),
  });
}

function remainingPct({ battery }: AircraftState): number {
  return Math.floor(remainingFraction(battery) * 100);
}
