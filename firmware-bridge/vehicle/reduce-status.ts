import { textOf } from '../codec/decoder.ts';
import type {
  Altitude,
  EkfStatusReport,
  EstimatorStatus,
  FenceStatus,
  OpenDroneIdArmStatus,
  RadioStatus,
  RcChannels,
  TerrainReport,
  VfrHud,
  Wind,
  WindCov,
} from '../codec/messages.ts';
import { floatOrNull, uint8OrNull } from '../codec/unavailable.ts';
import { type Telemetry, withSnapshot } from './telemetry.ts';

/** Radio, wind, ground, fence, estimator: what surrounds the flight. */

/** RC_CHANNELS.rssi: 0–254, device dependent in theory; both autopilots scale it to that range. */
const FULL_RSSI = 254;

export function reduceRcChannels(telemetry: Telemetry, message: RcChannels, atMs: number): Telemetry {
  const rssi = uint8OrNull(message.rssi);
  return withSnapshot(telemetry, {
    remoteControl: {
      // A receiver that is there names its channels.
      present: message.chancount > 0,
      rssiPct: rssi === null ? null : Math.round((100 * rssi) / FULL_RSSI),
      receivedAtMs: atMs,
    },
  });
}

export function reduceRadioStatus(telemetry: Telemetry, message: RadioStatus, atMs: number): Telemetry {
  const rssi = uint8OrNull(message.rssi);
  return withSnapshot(telemetry, {
    linkQuality: { ...telemetry.snapshot.linkQuality, radioRssi: rssi },
    radio: {
      rssi,
      remoteRssi: uint8OrNull(message.remrssi),
      noise: uint8OrNull(message.noise),
      remoteNoise: uint8OrNull(message.remnoise),
      txBufferFreePct: message.txbuf,
      receiveErrors: message.rxerrors,
      receivedAtMs: atMs,
    },
  });
}

/** ArduPilot's: from where it blows, in degrees (negative ones too). */
export function reduceWind(telemetry: Telemetry, message: Wind, atMs: number): Telemetry {
  const direction = floatOrNull(message.direction);
  const speedMps = floatOrNull(message.speed);
  if (direction === null || speedMps === null) return telemetry;
  return withSnapshot(telemetry, {
    wind: { fromDeg: normaliseDeg(direction), speedMps, receivedAtMs: atMs },
  });
}

/** The common one (PX4): where the air goes, north and east. */
export function reduceWindCov(telemetry: Telemetry, message: WindCov, atMs: number): Telemetry {
  const northMps = floatOrNull(message.windX);
  const eastMps = floatOrNull(message.windY);
  if (northMps === null || eastMps === null) return telemetry;
  const fromDeg = normaliseDeg((Math.atan2(-eastMps, -northMps) * 180) / Math.PI);
  return withSnapshot(telemetry, {
    wind: { fromDeg, speedMps: Math.hypot(northMps, eastMps), receivedAtMs: atMs },
  });
}

/** Spacing 0, or no block loaded: it has no terrain data for this place, and the heights mean nothing. */
export function reduceTerrainReport(telemetry: Telemetry, message: TerrainReport, atMs: number): Telemetry {
  if (message.spacing === 0 || message.loaded === 0) return telemetry;
  return withSnapshot(telemetry, {
    terrain: {
      altitudeAboveTerrainM: message.currentHeight,
      terrainAmslM: message.terrainHeight,
      receivedAtMs: atMs,
    },
  });
}

/**
 * PX4. Its `altitude_terrain` is the ground in the local frame, like `altitude_local`, whatever the message's
 * definition says (seen on v1.17: −0.006 at 150 m above sea); so it tells a difference and no height above sea.
 */
export function reduceAltitude(telemetry: Telemetry, message: Altitude, atMs: number): Telemetry {
  const clearanceM = floatOrNull(message.bottomClearance);
  const localM = floatOrNull(message.altitudeLocal);
  const terrainM = floatOrNull(message.altitudeTerrain);
  const differenceM = localM === null || terrainM === null ? null : localM - terrainM;
  const altitudeAboveTerrainM = clearanceM !== null && clearanceM >= 0 ? clearanceM : differenceM;
  if (altitudeAboveTerrainM === null) return telemetry;
  return withSnapshot(telemetry, {
    terrain: { altitudeAboveTerrainM, terrainAmslM: null, receivedAtMs: atMs },
  });
}

export function reduceFenceStatus(telemetry: Telemetry, message: FenceStatus, atMs: number): Telemetry {
  return withSnapshot(telemetry, {
    fence: {
      enabled: telemetry.snapshot.fence?.enabled ?? null,
      breached: message.breachStatus !== 0,
      breachCount: message.breachCount,
      breachType: message.breachType,
      receivedAtMs: atMs,
    },
  });
}

export function reduceRemoteId(telemetry: Telemetry, message: OpenDroneIdArmStatus, atMs: number): Telemetry {
  const error = textOf(message.error).replaceAll('\0', '').trim();
  return withSnapshot(telemetry, {
    remoteId: {
      // MAV_ODID_ARM_STATUS_GOOD_TO_ARM
      goodToArm: message.status === 0,
      error: error === '' ? null : error,
      receivedAtMs: atMs,
    },
  });
}

/** Both autopilots send test ratios: 1 is where a measurement is thrown away. */
export function reduceEstimator(
  telemetry: Telemetry,
  message: EkfStatusReport | EstimatorStatus,
  atMs: number,
): Telemetry {
  const isArduPilot = 'posHorizVariance' in message;
  return withSnapshot(telemetry, {
    estimator: {
      velocityRatio: floatOrNull(isArduPilot ? message.velocityVariance : message.velRatio),
      horizontalPositionRatio: floatOrNull(isArduPilot ? message.posHorizVariance : message.posHorizRatio),
      verticalPositionRatio: floatOrNull(isArduPilot ? message.posVertVariance : message.posVertRatio),
      compassRatio: floatOrNull(isArduPilot ? message.compassVariance : message.magRatio),
      receivedAtMs: atMs,
    },
  });
}

export function reduceAirspeed(telemetry: Telemetry, message: VfrHud, atMs: number): Telemetry {
  const airSpeedMps = floatOrNull(message.airspeed);
  if (airSpeedMps === null) return telemetry;
  return withSnapshot(telemetry, {
    airspeed: { airSpeedMps, throttlePct: message.throttle, receivedAtMs: atMs },
  });
}

function normaliseDeg(deg: number): number {
  return ((deg % 360) + 360) % 360;
}
