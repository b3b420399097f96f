import { airframeKindOf, autopilotKindOf, describeMode } from '../autopilot/modes.ts';
import {
  Altitude,
  Attitude,
  BatteryStatus,
  EkfStatusReport,
  EstimatorStatus,
  ExtendedSysState,
  FenceStatus,
  GlobalPositionInt,
  GpsRawInt,
  Heartbeat,
  HomePosition,
  MavLandedState,
  type MavLinkData,
  MavModeFlag,
  MavState,
  MissionCurrent,
  MissionItemReached,
  OpenDroneIdArmStatus,
  RadioStatus,
  RcChannels,
  SysStatus,
  SystemTime,
  TerrainReport,
  VfrHud,
  Wind,
  WindCov,
} from '../codec/messages.ts';
import { floatOrNull, uint8OrNull, uint16OrNull } from '../codec/unavailable.ts';
import type { FlightState } from '../model.ts';
import { reduceBatteryStatus, reducePrearm, reduceSysStatus } from './reduce-health.ts';
import { reduceMissionCurrent, reduceMissionReached } from './reduce-mission.ts';
import {
  reduceAirspeed,
  reduceAltitude,
  reduceEstimator,
  reduceFenceStatus,
  reduceRadioStatus,
  reduceRcChannels,
  reduceRemoteId,
  reduceTerrainReport,
  reduceWind,
  reduceWindCov,
} from './reduce-status.ts';
import { afterReboot, type Telemetry, withSnapshot } from './telemetry.ts';

/**
 * (what was known, a message, when it came) → what is known now. Pure. Messages that say nothing new about a
 * vehicle's state give the same object back.
 */
export function reduceTelemetry(before: Telemetry, message: MavLinkData, atMs: number): Telemetry {
  const telemetry = noticeReboot(before, message);
  if (message instanceof Heartbeat) return withFlightState(reduceHeartbeat(telemetry, message, atMs));
  if (message instanceof GlobalPositionInt) return withFlightState(reducePosition(telemetry, message, atMs));
  if (message instanceof Attitude) return reduceAttitude(telemetry, message, atMs);
  if (message instanceof VfrHud) return reduceVfrHud(telemetry, message, atMs);
  if (message instanceof SysStatus) return reduceSysStatus(telemetry, message, atMs);
  if (message instanceof GpsRawInt) return reduceGps(telemetry, message, atMs);
  if (message instanceof BatteryStatus) return reduceBatteryStatus(telemetry, message, atMs);
  if (message instanceof EkfStatusReport || message instanceof EstimatorStatus) {
    return reducePrearm(
      reduceEstimator(telemetry, message, atMs),
      { positionEstimateOk: (message.flags & POSITION_HORIZONTAL_ABS) !== 0 },
      atMs,
    );
  }
  if (message instanceof ExtendedSysState) {
    const landedState = message.landedState === MavLandedState.UNDEFINED ? null : message.landedState;
    return withFlightState({ ...telemetry, landedState });
  }
  if (message instanceof MissionCurrent) return reduceMissionCurrent(telemetry, message, atMs);
  if (message instanceof MissionItemReached) return reduceMissionReached(telemetry, message, atMs);
  if (message instanceof HomePosition) return reduceHome(telemetry, message, atMs);
  if (message instanceof RadioStatus) return reduceRadioStatus(telemetry, message, atMs);
  if (message instanceof RcChannels) return reduceRcChannels(telemetry, message, atMs);
  if (message instanceof Wind) return reduceWind(telemetry, message, atMs);
  if (message instanceof WindCov) return reduceWindCov(telemetry, message, atMs);
  if (message instanceof TerrainReport) return reduceTerrainReport(telemetry, message, atMs);
  if (message instanceof Altitude) return reduceAltitude(telemetry, message, atMs);
  if (message instanceof FenceStatus) return reduceFenceStatus(telemetry, message, atMs);
  if (message instanceof OpenDroneIdArmStatus) return reduceRemoteId(telemetry, message, atMs);
  return telemetry;
}

/** What `reduceTelemetry` reads. */
export const TELEMETRY_MESSAGES: ReadonlySet<number> = new Set(
  [
    ...[Heartbeat, GlobalPositionInt, Attitude, VfrHud, SysStatus, SystemTime, GpsRawInt, BatteryStatus],
    ...[EkfStatusReport, EstimatorStatus, ExtendedSysState, MissionCurrent, MissionItemReached, HomePosition],
    ...[RadioStatus, RcChannels, Wind, WindCov, TerrainReport, Altitude, FenceStatus, OpenDroneIdArmStatus],
  ].map((messageClass) => messageClass.MSG_ID),
);

/** The same bit in EKF_STATUS_FLAGS and ESTIMATOR_STATUS_FLAGS. */
const POSITION_HORIZONTAL_ABS = 0x10;
/** Messages of one moment carry times some hundred milliseconds apart, and datagrams overtake each other. */
const REBOOT_MARGIN_MS = 2_000;
/** Older than this, VFR_HUD's speed is better than none of GLOBAL_POSITION_INT. */
const VELOCITY_FRESH_MS = 2_000;
/** Without EXTENDED_SYS_STATE: higher than this above home is flying. */
const AIRBORNE_ABOVE_HOME_M = 1.5;

function noticeReboot(telemetry: Telemetry, message: MavLinkData): Telemetry {
  if (
    !(message instanceof SystemTime || message instanceof Attitude || message instanceof GlobalPositionInt)
  ) {
    return telemetry;
  }
  const bootMs = message.timeBootMs;
  const { bootMs: lastMs, rebootSuspectMs } = telemetry;
  if (lastMs === null || bootMs >= lastMs) return { ...telemetry, bootMs, rebootSuspectMs: null };
  if (bootMs > lastMs - REBOOT_MARGIN_MS) return telemetry;
  // One early time may be a datagram that lay about in the network for seconds; two in order are a new start.
  if (rebootSuspectMs !== null && bootMs >= rebootSuspectMs) return { ...afterReboot(telemetry), bootMs };
  return { ...telemetry, rebootSuspectMs: bootMs };
}

function reduceHeartbeat(telemetry: Telemetry, message: Heartbeat, atMs: number): Telemetry {
  const { snapshot } = telemetry;
  const autopilot = autopilotKindOf(message.autopilot);
  const airframe = airframeKindOf(message.type) ?? 'other';
  const mode = describeMode(autopilot, airframe, message.customMode);
  const armed = (message.baseMode & MavModeFlag.SAFETY_ARMED) !== 0;
  const newFlight = armed && snapshot.armed === false && snapshot.mission !== null;
  return {
    ...telemetry,
    systemStatus: message.systemStatus,
    snapshot: {
      ...snapshot,
      autopilot,
      airframe,
      armed,
      mode: { ...mode, customMode: message.customMode, receivedAtMs: atMs },
      mission: newFlight && snapshot.mission ? { ...snapshot.mission, reachedIndex: null } : snapshot.mission,
    },
  };
}

function withFlightState(telemetry: Telemetry): Telemetry {
  const flightState = flightStateOf(telemetry);
  return flightState === telemetry.snapshot.flightState
    ? telemetry
    : withSnapshot(telemetry, { flightState });
}

function flightStateOf(telemetry: Telemetry): FlightState {
  const { armed, position } = telemetry.snapshot;
  if (armed === false) return 'on-ground';
  switch (telemetry.landedState) {
    case MavLandedState.ON_GROUND:
      return 'on-ground';
    case MavLandedState.IN_AIR:
      return 'in-air';
    case MavLandedState.TAKEOFF:
      return 'taking-off';
    case MavLandedState.LANDING:
      return 'landing';
    default:
  }
  if (armed === null) return 'unknown';
  if (position !== null && position.relativeAltitudeM > AIRBORNE_ABOVE_HOME_M) return 'in-air';
  // ArduPilot: ACTIVE from leaving the ground, STANDBY on it.
  if (telemetry.snapshot.autopilot === 'ardupilot' && telemetry.systemStatus !== null) {
    return telemetry.systemStatus === MavState.ACTIVE ? 'in-air' : 'on-ground';
  }
  return 'unknown';
}

function reducePosition(telemetry: Telemetry, message: GlobalPositionInt, atMs: number): Telemetry {
  // Autopilots send 0,0 until they know where they are. The real 0,0 lies in the Gulf of Guinea.
  if (message.lat === 0 && message.lon === 0) return telemetry;
  const headingRaw = uint16OrNull(message.hdg);
  return withSnapshot(telemetry, {
    position: {
      lonDeg: message.lon / 1e7,
      latDeg: message.lat / 1e7,
      altitudeAmslM: message.alt / 1000,
      relativeAltitudeM: message.relativeAlt / 1000,
      headingDeg: headingRaw === null ? null : headingRaw / 100,
      receivedAtMs: atMs,
    },
    velocity: {
      groundSpeedMps: Math.hypot(message.vx, message.vy) / 100,
      climbMps: message.vz === 0 ? 0 : -message.vz / 100,
      northMps: message.vx / 100,
      eastMps: message.vy / 100,
      receivedAtMs: atMs,
    },
  });
}

function reduceVfrHud(before: Telemetry, message: VfrHud, atMs: number): Telemetry {
  const telemetry = reduceAirspeed(before, message, atMs);
  const { velocity } = telemetry.snapshot;
  if (velocity !== null && atMs - velocity.receivedAtMs < VELOCITY_FRESH_MS) return telemetry;
  const groundSpeedMps = floatOrNull(message.groundspeed);
  const climbMps = floatOrNull(message.climb);
  if (groundSpeedMps === null || climbMps === null) return telemetry;
  return withSnapshot(telemetry, {
    velocity: { groundSpeedMps, climbMps, northMps: null, eastMps: null, receivedAtMs: atMs },
  });
}

function reduceAttitude(telemetry: Telemetry, message: Attitude, atMs: number): Telemetry {
  const [roll, pitch, yaw] = [message.roll, message.pitch, message.yaw].map(floatOrNull);
  if (typeof roll !== 'number' || typeof pitch !== 'number' || typeof yaw !== 'number') return telemetry;
  const yawDeg = toDegrees(yaw);
  return withSnapshot(telemetry, {
    attitude: {
      rollDeg: toDegrees(roll),
      pitchDeg: toDegrees(pitch),
      yawDeg: ((yawDeg % 360) + 360) % 360,
      receivedAtMs: atMs,
    },
  });
}

function reduceGps(telemetry: Telemetry, message: GpsRawInt, atMs: number): Telemetry {
  const hdop = uint16OrNull(message.eph);
  return withSnapshot(telemetry, {
    gps: {
      fixType: message.fixType,
      satellites: uint8OrNull(message.satellitesVisible),
      hdop: hdop === null ? null : hdop / 100,
      receivedAtMs: atMs,
    },
  });
}

function reduceHome(telemetry: Telemetry, message: HomePosition, atMs: number): Telemetry {
  if (message.latitude === 0 && message.longitude === 0) return telemetry;
  return withSnapshot(telemetry, {
    home: {
      lonDeg: message.longitude / 1e7,
      latDeg: message.latitude / 1e7,
      altitudeAmslM: message.altitude / 1000,
      receivedAtMs: atMs,
    },
  });
}

function toDegrees(radians: number): number {
  return (radians * 180) / Math.PI;
}
