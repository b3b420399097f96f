import {
  Altitude,
  Attitude,
  AttitudeQuaternion,
  AttitudeTarget,
  AutopilotVersion,
  AvailableModes,
  BatteryStatus,
  buildMessage,
  CurrentMode,
  DistanceSensor,
  EstimatorStatus,
  type EstimatorStatusFlags,
  ExtendedSysState,
  GlobalPositionInt,
  GpsGlobalOrigin,
  GpsRawInt,
  Heartbeat,
  HomePosition,
  LocalPositionNed,
  type MavLinkData,
  type MavProtocolCapability,
  OrbitExecutionStatus,
  PositionTargetGlobalInt,
  PositionTargetLocalNed,
  ScaledPressure,
  ServoOutputRaw,
  SysStatus,
  SystemTime,
  VfrHud,
  Vibration,
  WindCov,
} from '../../firmware-bridge/codec/messages.ts';
import type { AircraftState } from '../aircraft/aircraft-state.ts';
import { remainingFraction, SIM_BATTERY } from '../aircraft/battery.ts';
import type { LocalPoint } from '../aircraft/local-frame.ts';
import type { Px4Aircraft } from './px4-aircraft.ts';
import { BATTERY } from './px4-health.ts';
import type { Px4MissionServer } from './px4-mission-server.ts';
import { customModeOf, modeOf, NAV, PX4_MODES, type Px4Mode } from './px4-modes.ts';
import type { Stage } from './px4-stages.ts';

/** What the messages are made of. */
export interface Px4TelemetrySource {
  readonly aircraft: Px4Aircraft;
  readonly missions: Px4MissionServer;
  readonly uid2: readonly number[];
  /** UTC in milliseconds at power-on. */
  readonly bootEpochMs: number;
  /** Capability bits of what else is aboard (FTP). */
  readonly addedCapabilities: bigint;
  /** Fault: a cell that sags; volts below the others by cell number from 0. */
  readonly lowCell: { readonly cell: number; readonly sagV: number } | null;
}

const DEG = 180 / Math.PI;
const UNKNOWN_U16 = 65_535;
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
  [24, gpsRawInt],
  [29, scaledPressure],
  [30, attitude],
  [31, attitudeQuaternion],
  [32, localPosition],
  [33, globalPosition],
  [36, servoOutput],
  [49, gpsGlobalOrigin],
  [74, vfrHud],
  [83, attitudeTarget],
  [85, positionTargetLocal],
  [87, positionTargetGlobal],
  [132, distanceSensor],
  [141, altitude],
  [147, batteryStatus],
  [148, autopilotVersion],
  [230, estimatorStatus],
  [231, windCov],
  [241, vibration],
  [242, homePosition],
  [245, extendedSysState],
  [360, orbitStatus],
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

function gpsRawInt({ aircraft }: Px4TelemetrySource): GpsRawInt {
  if (!aircraft.estimator.gpsOk) {
    const unknown = { eph: UNKNOWN_U16, epv: UNKNOWN_U16, vel: UNKNOWN_U16, cog: UNKNOWN_U16 };
    return buildMessage(GpsRawInt, { timeUsec: bootUs(aircraft), fixType: 0, ...unknown });
  }
  const { state } = aircraft;
  const { eastM, northM } = aircraft.estimator.receiverOffset;
  const geo = aircraft.frame.toGeo({ ...state, eastM: state.eastM + eastM, northM: state.northM + northM });
  const course = Math.atan2(state.velEastMps, state.velNorthMps) * DEG;
  return buildMessage(GpsRawInt, {
    timeUsec: bootUs(aircraft),
    fixType: 3,
    lat: Math.round(geo.latDeg * 1e7),
    lon: Math.round(geo.lonDeg * 1e7),
    alt: Math.round(geo.altitudeAmslM * 1000),
    eph: 70,
    epv: 110,
    vel: Math.round(groundSpeed(state) * 100),
    cog: Math.round(((course + 360) % 360) * 100) % 36_000,
    satellitesVisible: 10,
    altEllipsoid: Math.round(geo.altitudeAmslM * 1000),
    hAcc: 900,
    vAcc: 1780,
    velAcc: 400,
  });
}

/** Standard atmosphere. */
function scaledPressure({ aircraft }: Px4TelemetrySource): ScaledPressure {
  const amslM = amslOf(aircraft);
  return buildMessage(ScaledPressure, {
    timeBootMs: bootMs(aircraft),
    pressAbs: 1013.25 * (1 - 2.25577e-5 * amslM) ** 5.25588,
    temperature: Math.round((15 - 0.0065 * amslM) * 100),
  });
}

function attitude({ aircraft }: Px4TelemetrySource): Attitude {
  const { state } = aircraft;
  return buildMessage(Attitude, {
    timeBootMs: bootMs(aircraft),
    roll: state.rollRad,
    pitch: state.pitchRad,
    yaw: signedYaw(aircraft),
    yawspeed: state.yawRateRadps,
  });
}

function attitudeQuaternion({ aircraft }: Px4TelemetrySource): AttitudeQuaternion {
  const [q1, q2, q3, q4] = quaternionOf(aircraft);
  return buildMessage(AttitudeQuaternion, {
    timeBootMs: bootMs(aircraft),
    q1,
    q2,
    q3,
    q4,
    yawspeed: aircraft.state.yawRateRadps,
    reprOffsetQ: [0, 0, 0, 0],
  });
}

function localPosition({ aircraft }: Px4TelemetrySource): LocalPositionNed | null {
  if (!aircraft.estimator.positionOk) return null;
  const seen = aircraft.seen();
  return buildMessage(LocalPositionNed, {
    timeBootMs: bootMs(aircraft),
    x: seen.northM,
    y: seen.eastM,
    z: -seen.upM,
    vx: seen.velNorthMps,
    vy: seen.velEastMps,
    vz: -seen.velUpMps,
  });
}

/** Not sent at all before there is a position. */
function globalPosition({ aircraft }: Px4TelemetrySource): GlobalPositionInt | null {
  if (!aircraft.estimator.positionOk) return null;
  const seen = aircraft.seen();
  const geo = aircraft.frame.toGeo(seen);
  return buildMessage(GlobalPositionInt, {
    timeBootMs: bootMs(aircraft),
    lat: Math.round(geo.latDeg * 1e7),
    lon: Math.round(geo.lonDeg * 1e7),
    alt: Math.round(geo.altitudeAmslM * 1000),
    relativeAlt: Math.round(aircraft.heightAboveHomeM * 1000),
    vx: Math.round(seen.velNorthMps * 100),
    vy: Math.round(seen.velEastMps * 100),
    vz: Math.round(-seen.velUpMps * 100),
    hdg: Math.round(heading(aircraft) * 100) % 36_000,
  });
}

function servoOutput({ aircraft }: Px4TelemetrySource): ServoOutputRaw {
  const pwm = Math.round(900 + 1000 * throttle(aircraft));
  return buildMessage(ServoOutputRaw, {
    timeUsec: bootMs(aircraft) * 1000,
    port: 0,
    servo1Raw: pwm,
    servo2Raw: pwm,
    servo3Raw: pwm,
    servo4Raw: pwm,
  });
}

function gpsGlobalOrigin({ aircraft }: Px4TelemetrySource): GpsGlobalOrigin | null {
  if (!aircraft.estimator.gpsOk) return null;
  const { origin } = aircraft.frame;
  return buildMessage(GpsGlobalOrigin, {
    latitude: Math.round(origin.latDeg * 1e7),
    longitude: Math.round(origin.lonDeg * 1e7),
    altitude: Math.round(origin.altitudeAmslM * 1000),
    timeUsec: bootUs(aircraft),
  });
}

function vfrHud({ aircraft }: Px4TelemetrySource): VfrHud {
  const { state } = aircraft;
  return buildMessage(VfrHud, {
    // A multicopter without a pitot tube.
    airspeed: Number.NaN,
    groundspeed: groundSpeed(state),
    alt: amslOf(aircraft),
    climb: state.velUpMps,
    heading: Math.round(heading(aircraft)) % 360,
    throttle: Math.round(throttle(aircraft) * 100),
  });
}

function attitudeTarget({ aircraft }: Px4TelemetrySource): AttitudeTarget {
  const q = quaternionOf(aircraft);
  return buildMessage(AttitudeTarget, {
    timeBootMs: bootMs(aircraft),
    q: [...q],
    thrust: throttle(aircraft),
  });
}

function positionTargetLocal({ aircraft }: Px4TelemetrySource): PositionTargetLocalNed {
  const target = targetOf(aircraft);
  const { NaN: none } = Number;
  return buildMessage(PositionTargetLocalNed, {
    timeBootMs: bootMs(aircraft),
    coordinateFrame: 1,
    x: target?.northM ?? none,
    y: target?.eastM ?? none,
    z: target === null ? none : -target.upM,
    yaw: none,
  });
}

function positionTargetGlobal({ aircraft }: Px4TelemetrySource): PositionTargetGlobalInt | null {
  const target = targetOf(aircraft);
  if (target === null) return null;
  const geo = aircraft.frame.toGeo(target);
  return buildMessage(PositionTargetGlobalInt, {
    timeBootMs: bootMs(aircraft),
    coordinateFrame: 5,
    latInt: Math.round(geo.latDeg * 1e7),
    lonInt: Math.round(geo.lonDeg * 1e7),
    alt: geo.altitudeAmslM,
  });
}

/** Looking down, flat ground. */
function distanceSensor({ aircraft }: Px4TelemetrySource): DistanceSensor {
  return buildMessage(DistanceSensor, {
    timeBootMs: bootMs(aircraft),
    minDistance: 0,
    maxDistance: 10_000,
    currentDistance: Math.min(UNKNOWN_U16, Math.round(Math.max(0, aircraft.state.upM) * 100)),
    orientation: 25,
    quaternion: [0, 0, 0, 0],
  });
}

function altitude({ aircraft }: Px4TelemetrySource): Altitude {
  const { upM } = aircraft.state;
  return buildMessage(Altitude, {
    timeUsec: bootUs(aircraft),
    altitudeMonotonic: amslOf(aircraft),
    altitudeAmsl: amslOf(aircraft),
    altitudeLocal: upM,
    altitudeRelative: aircraft.home === null ? Number.NaN : aircraft.heightAboveHomeM,
    altitudeTerrain: 0,
    bottomClearance: upM,
  });
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

function windCov({ aircraft }: Px4TelemetrySource): WindCov | null {
  // A multicopter estimates the wind only in the air.
  if (aircraft.landed) return null;
  const { gustEastMps, gustNorthMps } = aircraft.state;
  return buildMessage(WindCov, {
    timeUsec: bootUs(aircraft),
    windX: gustNorthMps + aircraft.meanWind.northMps,
    windY: gustEastMps + aircraft.meanWind.eastMps,
    windZ: Number.NaN,
    windAlt: amslOf(aircraft),
  });
}

function vibration({ aircraft }: Px4TelemetrySource): Vibration {
  const level = aircraft.landed ? 0 : 0.1;
  const levels = { vibrationX: 0, vibrationY: level, vibrationZ: 14 * level };
  return buildMessage(Vibration, { timeUsec: bootUs(aircraft), ...levels });
}

function homePosition({ aircraft }: Px4TelemetrySource): HomePosition | null {
  const { home } = aircraft;
  if (home === null) return null;
  const geo = aircraft.frame.toGeo(home);
  return buildMessage(HomePosition, {
    latitude: Math.round(geo.latDeg * 1e7),
    longitude: Math.round(geo.lonDeg * 1e7),
    altitude: Math.round(geo.altitudeAmslM * 1000),
    x: home.northM,
    y: home.eastM,
    z: -home.upM,
    q: [1, 0, 0, 0],
    timeUsec: bootUs(aircraft),
  });
}

function extendedSysState({ aircraft }: Px4TelemetrySource): ExtendedSysState {
  return buildMessage(ExtendedSysState, { vtolState: 0, landedState: aircraft.landedState });
}

function orbitStatus({ aircraft }: Px4TelemetrySource): OrbitExecutionStatus | null {
  const { orbit } = aircraft.navigator;
  if (orbit === null || !aircraft.armed) return null;
  const geo = aircraft.frame.toGeo(orbit.center);
  return buildMessage(OrbitExecutionStatus, {
    timeUsec: bootUs(aircraft),
    radius: orbit.isClockwise ? orbit.radiusM : -orbit.radiusM,
    frame: 0,
    x: Math.round(geo.latDeg * 1e7),
    y: Math.round(geo.lonDeg * 1e7),
    z: geo.altitudeAmslM,
  });
}

function currentMode({ aircraft }: Px4TelemetrySource): CurrentMode {
  return buildMessage(CurrentMode, {
    standardMode: modeOf(aircraft.nav).standardMode,
    customMode: customModeOf(aircraft.nav),
    intendedCustomMode: customModeOf(aircraft.commander.intended),
  });
}

function bootMs(aircraft: Px4Aircraft): number {
  return Math.round(aircraft.state.timeS * 1000);
}

function bootUs(aircraft: Px4Aircraft): bigint {
  return BigInt(Math.round(aircraft.state.timeS * 1e6));
}

function amslOf(aircraft: Px4Aircraft): number {
  return aircraft.frame.origin.altitudeAmslM + aircraft.state.upM;
}

function groundSpeed({ velEastMps, velNorthMps }: AircraftState): number {
  return Math.hypot(velEastMps, velNorthMps);
}

/** 0–360, with what a bad compass adds. */
function heading(aircraft: Px4Aircraft): number {
  return (((yawOf(aircraft) * DEG) % 360) + 360) % 360;
}

function yawOf(aircraft: Px4Aircraft): number {
  return aircraft.state.yawRad + aircraft.estimator.headingErrorRad;
}

function signedYaw(aircraft: Px4Aircraft): number {
  const yaw = yawOf(aircraft);
  return Math.atan2(Math.sin(yaw), Math.cos(yaw));
}

/** Roll, pitch, yaw to w, x, y, z. */
function quaternionOf(aircraft: Px4Aircraft): readonly [number, number, number, number] {
  const { rollRad, pitchRad } = aircraft.state;
  const yaw = yawOf(aircraft);
  const [cr, sr] = [Math.cos(rollRad / 2), Math.sin(rollRad / 2)];
  const [cp, sp] = [Math.cos(pitchRad / 2), Math.sin(pitchRad / 2)];
  const [cy, sy] = [Math.cos(yaw / 2), Math.sin(yaw / 2)];
  return [
    cr * cp * cy + sr * sp * sy,
    sr * cp * cy - cr * sp * sy,
    cr * sp * cy + sr * cp * sy,
    cr * cp * sy - sr * sp * cy,
  ];
}

/** 0–1; hovering takes about half. */
function throttle(aircraft: Px4Aircraft): number {
  if (!aircraft.armed) return 0;
  return aircraft.state.onGround ? 0.1 : Math.min(1, aircraft.state.battery.currentA / 36);
}

/** Where the navigator sends it; null on the ground. */
function targetOf(aircraft: Px4Aircraft): LocalPoint | null {
  const stage: Stage | null = aircraft.armed ? aircraft.navigator.stage : null;
  switch (stage?.kind) {
    case 'climb':
    case 'leg':
      return stage.to;
    case 'hold':
    case 'land':
    case 'pause':
      return stage.at;
    case 'orbit':
      return stage.center;
    default:
      return null;
  }
}

function remainingPct({ battery }: AircraftState): number {
  return Math.floor(remainingFraction(battery) * 100);
}
