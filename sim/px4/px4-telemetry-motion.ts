import {
  Altitude,
  Attitude,
  AttitudeQuaternion,
  AttitudeTarget,
  buildMessage,
  DistanceSensor,
  GlobalPositionInt,
  GpsGlobalOrigin,
  GpsRawInt,
  HomePosition,
  LocalPositionNed,
  OrbitExecutionStatus,
  PositionTargetGlobalInt,
  PositionTargetLocalNed,
  ScaledPressure,
  ServoOutputRaw,
  VfrHud,
  Vibration,
  WindCov,
} from '../../firmware-bridge/codec/messages.ts';
import {
  amslOf,
  bootMs,
  bootUs,
  DEG,
  groundSpeed,
  heading,
  type Px4TelemetrySource,
  quaternionOf,
  signedYaw,
  targetOf,
  throttle,
  UNKNOWN_U16,
} from './px4-telemetry-source.ts';

/** Messages of where the aircraft is and how it moves. Null: nothing to say yet, or not at the moment. */

/** Standard atmosphere. */
export function scaledPressure({ aircraft }: Px4TelemetrySource): ScaledPressure {
  const amslM = amslOf(aircraft);
  return buildMessage(ScaledPressure, {
    timeBootMs: bootMs(aircraft),
    pressAbs: 1013.25 * (1 - 2.25577e-5 * amslM) ** 5.25588,
    temperature: Math.round((15 - 0.0065 * amslM) * 100),
  });
}

export function attitude({ aircraft }: Px4TelemetrySource): Attitude {
  const { state } = aircraft;
  return buildMessage(Attitude, {
    timeBootMs: bootMs(aircraft),
    roll: state.rollRad,
    pitch: state.pitchRad,
    yaw: signedYaw(aircraft),
    yawspeed: state.yawRateRadps,
  });
}

export function attitudeQuaternion({ aircraft }: Px4TelemetrySource): AttitudeQuaternion {
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

export function localPosition({ aircraft }: Px4TelemetrySource): LocalPositionNed | null {
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
export function globalPosition({ aircraft }: Px4TelemetrySource): GlobalPositionInt | null {
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

export function gpsGlobalOrigin({ aircraft }: Px4TelemetrySource): GpsGlobalOrigin | null {
  if (!aircraft.estimator.gpsOk) return null;
  const { origin } = aircraft.frame;
  return buildMessage(GpsGlobalOrigin, {
    latitude: Math.round(origin.latDeg * 1e7),
    longitude: Math.round(origin.lonDeg * 1e7),
    altitude: Math.round(origin.altitudeAmslM * 1000),
    timeUsec: bootUs(aircraft),
  });
}

export function vfrHud({ aircraft }: Px4TelemetrySource): VfrHud {
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

export function attitudeTarget({ aircraft }: Px4TelemetrySource): AttitudeTarget {
  const q = quaternionOf(aircraft);
  return buildMessage(AttitudeTarget, {
    timeBootMs: bootMs(aircraft),
    q: [...q],
    thrust: throttle(aircraft),
  });
}

export function positionTargetLocal({ aircraft }: Px4TelemetrySource): PositionTargetLocalNed {
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

export function positionTargetGlobal({ aircraft }: Px4TelemetrySource): PositionTargetGlobalInt | null {
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
export function distanceSensor({ aircraft }: Px4TelemetrySource): DistanceSensor {
  return buildMessage(DistanceSensor, {
    timeBootMs: bootMs(aircraft),
    minDistance: 0,
    maxDistance: 10_000,
    currentDistance: Math.min(UNKNOWN_U16, Math.round(Math.max(0, aircraft.state.upM) * 100)),
    orientation: 25,
    quaternion: [0, 0, 0, 0],
  });
}

export function altitude({ aircraft }: Px4TelemetrySource): Altitude {
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

export function windCov({ aircraft }: Px4TelemetrySource): WindCov | null {
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

export function vibration({ aircraft }: Px4TelemetrySource): Vibration {
  const level = aircraft.landed ? 0 : 0.1;
  const levels = { vibrationX: 0, vibrationY: level, vibrationZ: 14 * level };
  return buildMessage(Vibration, { timeUsec: bootUs(aircraft), ...levels });
}

export function servoOutput({ aircraft }: Px4TelemetrySource): ServoOutputRaw {
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

export function gpsRawInt({ aircraft }: Px4TelemetrySource): GpsRawInt {
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

export function homePosition({ aircraft }: Px4TelemetrySource): HomePosition | null {
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

export function orbitStatus({ aircraft }: Px4TelemetrySource): OrbitExecutionStatus | null {
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
