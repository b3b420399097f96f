import {
  Attitude,
  AutopilotVersion,
  BatteryStatus,
  buildMessage,
  type EkfStatusFlags,
  EkfStatusReport,
  ExtendedSysState,
  GlobalPositionInt,
  GpsGlobalOrigin,
  GpsRawInt,
  Heartbeat,
  HomePosition,
  type MavLinkData,
  type MavProtocolCapability,
  MissionCurrent,
  SysStatus,
  SystemTime,
  VfrHud,
} from '../../firmware-bridge/codec/messages.ts';
import { remainingFraction, SIM_BATTERY } from '../aircraft/battery.ts';
import type { FlightController } from './flight-controller.ts';
import type { MissionStore } from './mission-store.ts';
import { baseMode, COPTER_MODE } from './modes.ts';

/** What the messages are made of, besides the flight itself. */
export interface TelemetrySource {
  readonly flight: FlightController;
  readonly missions: MissionStore;
  /** 18 bytes that are unique to the aircraft (AUTOPILOT_VERSION.uid2). */
  readonly uid2: readonly number[];
  /** UTC in milliseconds at the aircraft's start. */
  readonly bootEpochMs: number;
  /** Capability bits of what else is aboard (FTP, terrain). */
  readonly addedCapabilities: bigint;
}

const DEG = 180 / Math.PI;
const UNKNOWN_U16 = 65_535;
/** SYS_STATUS words of the captured ArduCopter; bit 0x20 GPS, 0x200000 AHRS, 0x6000 height and position control. */
const SENSORS_PRESENT = 1_399_979_023;
const SENSORS_ENABLED = 1_380_031_503;
const SENSORS_HEALTH = 1_196_530_703;
const SENSOR_GPS = 0x20;
const SENSOR_AHRS = 0x20_0000;
const SENSOR_POSITION_CONTROL = 0x6000;
const SENSOR_LOGGING = 0x100_0000;
const SENSOR_PREARM = 0x1000_0000;
/** EKF_STATUS_REPORT.flags before and after the position estimate, as captured. */
const EKF_STARTING = 1024;
const EKF_NO_POSITION = 167;
const EKF_POSITION = 831;
/** AUTOPILOT_VERSION as the captured ArduCopter 4.7-dev sends it. FTP and terrain bits are those of the real one. */
const CAPABILITIES_REAL = 64_495n;
/** 32 FTP and 512 terrain are announced by the service that does them. */
const CAPABILITIES_OF_SERVICES = 32n | 512n;
const FLIGHT_SW_VERSION = 67_567_616;

const BUILDERS: ReadonlyMap<number, (source: TelemetrySource) => MavLinkData> = new Map<
  number,
  (source: TelemetrySource) => MavLinkData
>([
  [0, heartbeat],
  [1, sysStatus],
  [2, systemTime],
  [24, gpsRawInt],
  [30, attitude],
  [33, globalPositionInt],
  [42, missionCurrent],
  [49, gpsGlobalOrigin],
  [74, vfrHud],
  [147, batteryStatus],
  [148, autopilotVersion],
  [193, ekfStatusReport],
  [242, homePosition],
  [245, extendedSysState],
]);

export function canSend(messageId: number): boolean {
  return BUILDERS.has(messageId);
}

/** The message as it is now; null when the aircraft has nothing to say (no home yet) or does not know the id. */
export function buildTelemetry(messageId: number, source: TelemetrySource): MavLinkData | null {
  if ((messageId === 242 || messageId === 49) && source.flight.home === null) return null;
  return BUILDERS.get(messageId)?.(source) ?? null;
}

function heartbeat({ flight }: TelemetrySource): Heartbeat {
  const isFlying = flight.armed && !flight.landed;
  return buildMessage(Heartbeat, {
    type: 2,
    autopilot: 3,
    baseMode: baseMode(flight.mode, flight.armed),
    customMode: flight.mode,
    // MAV_STATE 1 boot, 3 standby (also armed on the ground), 4 active.
    systemStatus: flight.ready ? (isFlying ? 4 : 3) : 1,
    mavlinkVersion: 3,
  });
}

function sysStatus({ flight }: TelemetrySource): SysStatus {
  const { battery } = flight.state;
  const gps = flight.gpsOk ? SENSOR_GPS : 0;
  const ahrs = flight.state.timeS > 0 && flight.home !== null ? SENSOR_AHRS : 0;
  const control = flight.mode === COPTER_MODE.STABILIZE ? 0 : SENSOR_POSITION_CONTROL;
  const logging = flight.armed ? SENSOR_LOGGING : 0;
  const prearm = flight.prearmBit || flight.armed ? SENSOR_PREARM : 0;
  return buildMessage(SysStatus, {
    onboardControlSensorsPresent: (SENSORS_PRESENT | gps) >>> 0,
    onboardControlSensorsEnabled: (SENSORS_ENABLED | gps | ahrs | control | logging) >>> 0,
    onboardControlSensorsHealth: (SENSORS_HEALTH | gps | ahrs | control | prearm) >>> 0,
    load: 120,
    voltageBattery: Math.round(battery.voltageV * 1000),
    currentBattery: Math.round(battery.currentA * 100),
    batteryRemaining: remainingPct(battery),
  });
}

function systemTime({ flight, bootEpochMs }: TelemetrySource): SystemTime {
  const unixMs = flight.gpsOk ? bootEpochMs + Math.round(flight.state.timeS * 1000) : 0;
  return buildMessage(SystemTime, { timeUnixUsec: BigInt(unixMs) * 1000n, timeBootMs: bootMs(flight) });
}

function gpsRawInt({ flight }: TelemetrySource): GpsRawInt {
  if (!flight.gpsOk) {
    return buildMessage(GpsRawInt, { fixType: 0, eph: UNKNOWN_U16, epv: UNKNOWN_U16, timeUsec: 0n });
  }
  const { state } = flight;
  const geo = flight.frame.toGeo(state);
  const course = Math.atan2(state.velEastMps, state.velNorthMps) * DEG;
  return buildMessage(GpsRawInt, {
    timeUsec: BigInt(Math.round(state.timeS * 1e6)),
    fixType: 6,
    lat: Math.round(geo.latDeg * 1e7),
    lon: Math.round(geo.lonDeg * 1e7),
    alt: Math.round(geo.altitudeAmslM * 1000),
    eph: 121,
    epv: 200,
    vel: Math.round(Math.hypot(state.velEastMps, state.velNorthMps) * 100),
    cog: Math.round(((course + 360) % 360) * 100),
    satellitesVisible: 10,
    altEllipsoid: Math.round(geo.altitudeAmslM * 1000),
    hAcc: 300,
    vAcc: 300,
  });
}

function attitude({ flight }: TelemetrySource): Attitude {
  const { state } = flight;
  return buildMessage(Attitude, {
    timeBootMs: bootMs(flight),
    roll: state.rollRad,
    pitch: state.pitchRad,
    yaw: state.yawRad > Math.PI ? state.yawRad - 2 * Math.PI : state.yawRad,
    yawspeed: state.yawRateRadps,
  });
}

/** Zeros before there is a position, as the real one sends them: "no fix" has to be read from the GPS messages. */
function globalPositionInt({ flight }: TelemetrySource): GlobalPositionInt {
  const { state } = flight;
  if (!flight.gpsOk) return buildMessage(GlobalPositionInt, { timeBootMs: bootMs(flight) });
  const geo = flight.frame.toGeo(state);
  return buildMessage(GlobalPositionInt, {
    timeBootMs: bootMs(flight),
    lat: Math.round(geo.latDeg * 1e7),
    lon: Math.round(geo.lonDeg * 1e7),
    alt: Math.round(geo.altitudeAmslM * 1000),
    relativeAlt: Math.round(flight.heightAboveHomeM * 1000),
    vx: Math.round(state.velNorthMps * 100),
    vy: Math.round(state.velEastMps * 100),
    vz: Math.round(-state.velUpMps * 100),
    hdg: Math.round(state.yawRad * DEG * 100) % 36_000,
  });
}

function missionCurrent({ flight, missions }: TelemetrySource): MissionCurrent {
  return buildMessage(MissionCurrent, {
    seq: flight.mission.seq,
    // Without the home slot: 6 for a list of 7.
    total: Math.max(0, missions.list(0).length - 1),
    missionState: flight.mission.missionState(),
    missionMode: flight.mode === COPTER_MODE.AUTO ? 1 : 0,
  });
}

function vfrHud({ flight }: TelemetrySource): VfrHud {
  const { state } = flight;
  const speed = Math.hypot(state.velEastMps, state.velNorthMps);
  return buildMessage(VfrHud, {
    airspeed: speed,
    groundspeed: speed,
    alt: flight.frame.origin.altitudeAmslM + state.upM,
    climb: state.velUpMps,
    heading: Math.round(state.yawRad * DEG) % 360,
    throttle: flight.armed && !flight.landed ? Math.round((state.battery.currentA / 30) * 100) : 0,
  });
}

function batteryStatus({ flight }: TelemetrySource): BatteryStatus {
  const { battery } = flight.state;
  const remaining = remainingFraction(battery);
  const consumedMah = Math.round(SIM_BATTERY.capacityMah * (1 - remaining));
  return buildMessage(BatteryStatus, {
    id: 0,
    batteryFunction: 0,
    type: 0,
    temperature: 32_767,
    // A power module measures the pack: the whole voltage stands in the first cell.
    voltages: [Math.round(battery.voltageV * 1000), ...new Array<number>(9).fill(UNKNOWN_U16)],
    voltagesExt: [0, 0, 0, 0],
    currentBattery: Math.round(battery.currentA * 100),
    currentConsumed: consumedMah,
    energyConsumed: Math.round(battery.usedWh * 36),
    batteryRemaining: remainingPct(battery),
    chargeState: remaining < 0.08 ? 3 : remaining < 0.15 ? 2 : 1,
  });
}

function autopilotVersion({ uid2, addedCapabilities }: TelemetrySource): AutopilotVersion {
  return buildMessage(AutopilotVersion, {
    // The library types 64-bit flags as an enum; on the wire and in memory they are a bigint.
    capabilities: ((CAPABILITIES_REAL & ~CAPABILITIES_OF_SERVICES) |
      addedCapabilities) as unknown as MavProtocolCapability,
    uid: 0n,
    flightSwVersion: FLIGHT_SW_VERSION,
    flightCustomVersion: [...Buffer.from('90700977', 'latin1')],
    middlewareCustomVersion: new Array<number>(8).fill(0),
    osCustomVersion: new Array<number>(8).fill(0),
    uid2: [...uid2],
  });
}

function ekfStatusReport({ flight }: TelemetrySource): EkfStatusReport {
  const flags = flight.positionOk ? EKF_POSITION : flight.ready ? EKF_NO_POSITION : EKF_STARTING;
  return buildMessage(EkfStatusReport, {
    flags: flags as EkfStatusFlags,
    velocityVariance: flight.positionOk ? 0.01 : 0,
    posHorizVariance: flight.positionOk ? 0.01 : 0,
    compassVariance: flight.positionOk ? 0.006 : 0,
  });
}

function gpsGlobalOrigin({ flight }: TelemetrySource): GpsGlobalOrigin {
  const { origin } = flight.frame;
  return buildMessage(GpsGlobalOrigin, {
    latitude: Math.round(origin.latDeg * 1e7),
    longitude: Math.round(origin.lonDeg * 1e7),
    altitude: Math.round(origin.altitudeAmslM * 1000),
    timeUsec: BigInt(Math.round(flight.state.timeS * 1e6)),
  });
}

function homePosition({ flight }: TelemetrySource): HomePosition {
  const local = flight.home ?? { eastM: 0, northM: 0, upM: 0 };
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
    timeUsec: BigInt(Math.round(flight.state.timeS * 1e6)),
  });
}

function extendedSysState({ flight }: TelemetrySource): ExtendedSysState {
  // MAV_LANDED_STATE: 1 on ground, 2 in air, 3 taking off, 4 landing.
  const flying = flight.isTakingOff ? 3 : flight.isLanding ? 4 : 2;
  return buildMessage(ExtendedSysState, { vtolState: 0, landedState: flight.landed ? 1 : flying });
}

function bootMs(flight: FlightController): number {
  return Math.round(flight.state.timeS * 1000);
}

function remainingPct(battery: { readonly usedWh: number; voltageV: number; currentA: number }): number {
  return Math.floor(remainingFraction(battery) * 100);
}
