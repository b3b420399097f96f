import {
  Attitude,
  AttitudeQuaternion,
  buildMessage,
  GlobalPositionInt,
  GpsGlobalOrigin,
  GpsRawInt,
  HomePosition,
  LocalPositionNed,
  NavControllerOutput,
  VfrHud,
  Wind,
} from '../../firmware-bridge/codec/messages.ts';
import type { Flight } from './firmware.ts';
import { bootMs, type TelemetryBuilder, type TelemetrySource, UNKNOWN_U16 } from './telemetry-source.ts';

/** Where it is and how it moves, as the autopilot believes; GPS_RAW_INT as the receiver says. */
export const MOTION_BUILDERS: readonly (readonly [number, TelemetryBuilder])[] = [
  [24, gpsRawInt],
  [30, attitude],
  [31, attitudeQuaternion],
  [32, localPositionNed],
  [33, globalPositionInt],
  [49, gpsGlobalOrigin],
  [62, navControllerOutput],
  [74, vfrHud],
  [168, wind],
  [242, homePosition],
];

const DEG = 180 / Math.PI;
/** The estimate of the wind is there some seconds after take-off (EKF3 without an airspeed sensor). */
const NO_WIND = { direction: -180, speed: 0, speedZ: 0 };

function gpsRawInt({ flight }: TelemetrySource): GpsRawInt {
  const { fixType, satellites, eastM, northM } = flight.gps();
  if (fixType === 0) {
    return buildMessage(GpsRawInt, { fixType, eph: UNKNOWN_U16, epv: UNKNOWN_U16, timeUsec: 0n });
  }
  const { state } = flight;
  const geo = flight.frame.toGeo({ eastM, northM, upM: state.upM });
  const course = Math.atan2(state.velEastMps, state.velNorthMps) * DEG;
  return buildMessage(GpsRawInt, {
    timeUsec: BigInt(Math.round(state.timeS * 1e6)),
    fixType,
    lat: Math.round(geo.latDeg * 1e7),
    lon: Math.round(geo.lonDeg * 1e7),
    alt: Math.round(geo.altitudeAmslM * 1000),
    eph: 121,
    epv: 200,
    vel: Math.round(Math.hypot(state.velEastMps, state.velNorthMps) * 100),
    cog: Math.round(((course + 360) % 360) * 100),
    satellitesVisible: satellites,
    altEllipsoid: Math.round(geo.altitudeAmslM * 1000),
    hAcc: 300,
    vAcc: 300,
  });
}

function attitude({ flight }: TelemetrySource): Attitude {
  const { seen } = flight;
  return buildMessage(Attitude, {
    timeBootMs: bootMs(flight),
    roll: seen.rollRad,
    pitch: seen.pitchRad,
    yaw: seen.yawRad > Math.PI ? seen.yawRad - 2 * Math.PI : seen.yawRad,
    yawspeed: seen.yawRateRadps,
  });
}

/** Roll, pitch and yaw as a quaternion (aerospace order: yaw, then pitch, then roll). */
function attitudeQuaternion({ flight }: TelemetrySource): AttitudeQuaternion {
  const { rollRad, pitchRad, yawRad, yawRateRadps } = flight.seen;
  const [sr, cr] = [Math.sin(rollRad / 2), Math.cos(rollRad / 2)];
  const [sp, cp] = [Math.sin(pitchRad / 2), Math.cos(pitchRad / 2)];
  const [sy, cy] = [Math.sin(yawRad / 2), Math.cos(yawRad / 2)];
  return buildMessage(AttitudeQuaternion, {
    timeBootMs: bootMs(flight),
    q1: cr * cp * cy + sr * sp * sy,
    q2: sr * cp * cy - cr * sp * sy,
    q3: cr * sp * cy + sr * cp * sy,
    q4: cr * cp * sy - sr * sp * cy,
    yawspeed: yawRateRadps,
    reprOffsetQ: [0, 0, 0, 0],
  });
}

/** From the origin of the estimate, which is where it was switched on. */
function localPositionNed({ flight }: TelemetrySource): LocalPositionNed | null {
  if (flight.home === null || !flight.positionOk) return null;
  const { seen } = flight;
  return buildMessage(LocalPositionNed, {
    timeBootMs: bootMs(flight),
    x: seen.northM,
    y: seen.eastM,
    z: -seen.upM,
    vx: seen.velNorthMps,
    vy: seen.velEastMps,
    vz: -seen.velUpMps,
  });
}

/** Zeros before there is a position, as the real one sends them: "no fix" has to be read from the GPS messages. */
function globalPositionInt({ flight }: TelemetrySource): GlobalPositionInt {
  const { seen } = flight;
  if (flight.home === null && !flight.gpsOk)
    return buildMessage(GlobalPositionInt, { timeBootMs: bootMs(flight) });
  const geo = flight.frame.toGeo(seen);
  return buildMessage(GlobalPositionInt, {
    timeBootMs: bootMs(flight),
    lat: Math.round(geo.latDeg * 1e7),
    lon: Math.round(geo.lonDeg * 1e7),
    alt: Math.round(geo.altitudeAmslM * 1000),
    relativeAlt: Math.round(flight.heightAboveHomeM * 1000),
    vx: Math.round(seen.velNorthMps * 100),
    vy: Math.round(seen.velEastMps * 100),
    vz: Math.round(-seen.velUpMps * 100),
    hdg: Math.round(seen.yawRad * DEG * 100) % 36_000,
  });
}

function vfrHud({ flight }: TelemetrySource): VfrHud {
  const { seen } = flight;
  const speed = Math.hypot(seen.velEastMps, seen.velNorthMps);
  return buildMessage(VfrHud, {
    airspeed: speed,
    groundspeed: speed,
    alt: flight.frame.origin.altitudeAmslM + seen.upM,
    climb: seen.velUpMps,
    heading: Math.round(seen.yawRad * DEG) % 360,
    throttle: flight.armed && !flight.landed ? Math.round((seen.battery.currentA / 30) * 100) : 0,
  });
}

function navControllerOutput({ flight }: TelemetrySource): NavControllerOutput {
  const { bearingDeg, targetBearingDeg, distanceM, heightErrorM, crossTrackM } = flight.navigation();
  return buildMessage(NavControllerOutput, {
    navRoll: flight.seen.rollRad * DEG,
    navPitch: flight.seen.pitchRad * DEG,
    navBearing: Math.round(bearingDeg),
    targetBearing: Math.round(targetBearingDeg),
    wpDist: Math.min(UNKNOWN_U16, Math.round(distanceM)),
    altError: heightErrorM,
    xtrackError: crossTrackM,
  });
}

/** From where it blows, −180 to 180°. */
function wind({ flight, wind: windNow }: TelemetrySource): Wind {
  if (flight.landed) return buildMessage(Wind, NO_WIND);
  const { eastMps, northMps } = windNow();
  const { gustEastMps, gustNorthMps } = flight.state;
  const [east, north] = [eastMps + gustEastMps, northMps + gustNorthMps];
  return buildMessage(Wind, {
    direction: Math.atan2(-east, -north) * DEG,
    speed: Math.hypot(east, north),
    speedZ: 0,
  });
}

function gpsGlobalOrigin({ flight }: TelemetrySource): GpsGlobalOrigin | null {
  if (flight.home === null) return null;
  const { origin } = flight.frame;
  return buildMessage(GpsGlobalOrigin, {
    latitude: Math.round(origin.latDeg * 1e7),
    longitude: Math.round(origin.lonDeg * 1e7),
    altitude: Math.round(origin.altitudeAmslM * 1000),
    timeUsec: timeUsec(flight),
  });
}

function homePosition({ flight }: TelemetrySource): HomePosition | null {
  const local = flight.home;
  if (local === null) return null;
  const geo = flight.frame.toGeo(local);
  return buildMessage(HomePosition, {
    latitude: Math.round(geo.latDeg * 1e7),
    longitude: Math.round(geo.lonDeg * 1e7),
    altitude: Math.round(geo.altitudeAmslM * 1000),
    // North, east, down of the EKF origin.
    x: local.northM,
    y: local.eastM,
    z: -local.upM,
    q: [Number.NaN, Number.NaN, Number.NaN, Number.NaN],
    timeUsec: timeUsec(flight),
  });
}

function timeUsec(flight: Flight): bigint {
  return BigInt(Math.round(flight.state.timeS * 1e6));
}
