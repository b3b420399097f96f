import {
  AutopilotVersion,
  BatteryStatus,
  buildMessage,
  type EkfStatusFlags,
  EkfStatusReport,
  ExtendedSysState,
  FenceStatus,
  Heartbeat,
  type MavLinkData,
  type MavProtocolCapability,
  MemInfo,
  MissionCurrent,
  PowerStatus,
  RcChannels,
  SysStatus,
  SystemTime,
  Vibration,
} from '../../firmware-bridge/codec/messages.ts';
import { remainingFraction, SIM_BATTERY } from '../aircraft/battery.ts';
import type { Flight } from './firmware.ts';
import { MOTION_BUILDERS } from './motion-telemetry.ts';
import { bootMs, type TelemetryBuilder, type TelemetrySource, UNKNOWN_U16 } from './telemetry-source.ts';

/** SYS_STATUS words of a captured ArduCopter that stands disarmed in STABILIZE without GPS, fence and transmitter. */
const SENSORS_PRESENT = 0x5371_fc0f & ~0x1_0000;
const SENSORS_ENABLED = 0x5241_9c0f & ~0x1_0000;
const SENSORS_HEALTH = 0x4751_9c0f & ~0x1_0000;
/** MAV_SYS_STATUS_SENSOR */
const SENSOR = {
  MAGNETOMETER: 0x4,
  GPS: 0x20,
  ALTITUDE_CONTROL: 0x2000,
  POSITION_CONTROL: 0x4000,
  RECEIVER: 0x1_0000,
  GEOFENCE: 0x10_0000,
  AHRS: 0x20_0000,
  LOGGING: 0x100_0000,
  BATTERY: 0x200_0000,
  PREARM: 0x1000_0000,
} as const;
/** AUTOPILOT_VERSION as the captured ArduCopter 4.7-dev sends it. FTP and terrain bits are those of the real one. */
const CAPABILITIES_REAL = 64_495n;
/** 32 FTP and 512 terrain are announced by the service that does them. */
const CAPABILITIES_OF_SERVICES = 32n | 512n;
const FLIGHT_SW_VERSION = 67_567_616;
/** MAV_STATE */
const STATE = { BOOT: 1, STANDBY: 3, ACTIVE: 4, CRITICAL: 5 } as const;

const BUILDERS: ReadonlyMap<number, TelemetryBuilder> = new Map<number, TelemetryBuilder>([
  [0, heartbeat],
  [1, sysStatus],
  [2, systemTime],
  [42, missionCurrent],
  [65, rcChannels],
  [125, () => buildMessage(PowerStatus, { Vcc: 5000, Vservo: 0 })],
  [147, batteryStatus],
  [148, autopilotVersion],
  [152, () => buildMessage(MemInfo, { freemem: UNKNOWN_U16, freemem32: 524_288 })],
  [162, fenceStatus],
  [193, ekfStatusReport],
  [241, vibration],
  [245, extendedSysState],
  ...MOTION_BUILDERS,
]);

export function canSend(messageId: number): boolean {
  return BUILDERS.has(messageId);
}

/** The message as it is now; null when the aircraft has nothing to say (no home yet) or does not know the id. */
export function buildTelemetry(messageId: number, source: TelemetrySource): MavLinkData | null {
  return BUILDERS.get(messageId)?.(source) ?? null;
}

function heartbeat({ flight, firmware }: TelemetrySource): Heartbeat {
  return buildMessage(Heartbeat, {
    type: firmware.mavType,
    autopilot: 3,
    baseMode: flight.baseMode,
    customMode: flight.mode,
    systemStatus: systemStatus(flight),
    mavlinkVersion: 3,
  });
}

/** STANDBY also armed on the ground; a running failsafe is CRITICAL wherever it stands or flies. */
function systemStatus(flight: Flight): number {
  if (!flight.ready) return STATE.BOOT;
  if (flight.isInFailsafe) return STATE.CRITICAL;
  return flight.armed && !flight.landed ? STATE.ACTIVE : STATE.STANDBY;
}

function sysStatus({ flight, parameters }: TelemetrySource): SysStatus {
  const { battery } = flight.state;
  const { health, fence, armed } = flight;
  const fenceThere = (parameters.byName('FENCE_TYPE')?.value ?? 0) !== 0 ? SENSOR.GEOFENCE : 0;
  const gps = flight.gps().fixType > 0 ? SENSOR.GPS : 0;
  const control =
    (health.horizontalControl ? SENSOR.POSITION_CONTROL : 0) |
    (health.verticalControl ? SENSOR.ALTITUDE_CONTROL : 0);
  const receiver = health.receiver === null ? 0 : SENSOR.RECEIVER;
  const isFenceOn = fence.enabled && (parameters.byName('FENCE_ACTION')?.value ?? 0) !== 0;
  const enabled =
    SENSORS_ENABLED |
    gps |
    control |
    receiver |
    (health.ahrs ? SENSOR.AHRS : 0) |
    (armed ? SENSOR.LOGGING : 0);
  const well =
    (SENSORS_HEALTH & ~(SENSOR.MAGNETOMETER | SENSOR.BATTERY | SENSOR.GEOFENCE)) |
    (health.compass ? SENSOR.MAGNETOMETER : 0) |
    (health.battery ? SENSOR.BATTERY : 0) |
    (health.fence ? SENSOR.GEOFENCE : 0) |
    (health.ahrs ? SENSOR.AHRS : 0) |
    // The bit of the captured one stays when the fix is lost: the receiver itself is well.
    gps |
    control |
    (health.receiver === true ? SENSOR.RECEIVER : 0) |
    (flight.prearmBit || armed ? SENSOR.PREARM : 0);
  const voltageV = battery.voltageV - (flight.cellSag?.sagV ?? 0);
  return buildMessage(SysStatus, {
    onboardControlSensorsPresent: ((SENSORS_PRESENT & ~SENSOR.GEOFENCE) | fenceThere | gps | receiver) >>> 0,
    onboardControlSensorsEnabled: (enabled | (isFenceOn ? fenceThere : 0)) >>> 0,
    onboardControlSensorsHealth: well >>> 0,
    load: 120,
    voltageBattery: Math.round(voltageV * 1000),
    currentBattery: Math.round(battery.currentA * 100),
    batteryRemaining: remainingPct(battery),
  });
}

function systemTime({ flight, bootEpochMs }: TelemetrySource): SystemTime {
  const unixMs = flight.gpsOk ? bootEpochMs + Math.round(flight.state.timeS * 1000) : 0;
  return buildMessage(SystemTime, { timeUnixUsec: BigInt(unixMs) * 1000n, timeBootMs: bootMs(flight) });
}

function missionCurrent({ flight, missions }: TelemetrySource): MissionCurrent {
  return buildMessage(MissionCurrent, {
    seq: flight.mission.seq,
    // Without the home slot: 6 for a list of 7.
    total: Math.max(0, missions.list(0).length - 1),
    missionState: flight.mission.missionState(),
    missionMode: flight.mission.isRunning && flight.armed ? 1 : 0,
  });
}

/** Sticks in the middle, throttle down; nobody there: no channels. RSSI as a good receiver gives it. */
function rcChannels({ flight }: TelemetrySource): RcChannels {
  const { receiver } = flight.health;
  if (receiver === null)
    return buildMessage(RcChannels, { timeBootMs: bootMs(flight), chancount: 0, rssi: 255 });
  return buildMessage(RcChannels, {
    timeBootMs: bootMs(flight),
    chancount: 8,
    chan1Raw: 1500,
    chan2Raw: 1500,
    chan3Raw: receiver ? 1000 : 950,
    chan4Raw: 1500,
    chan5Raw: 1800,
    chan6Raw: 1000,
    chan7Raw: 1000,
    chan8Raw: 1800,
    rssi: receiver ? 230 : 0,
  });
}

/** BATT_MONITOR values whose battery tells its cells: 5 to 8 and 13 to 19 are smart batteries (SMBus, DroneCAN). */
const CELL_MONITORS: ReadonlySet<number> = new Set([5, 7, 8, 13, 14, 15, 16, 18, 19]);

function batteryStatus({ flight, parameters }: TelemetrySource): BatteryStatus {
  const { battery } = flight.state;
  const remaining = remainingFraction(battery);
  const consumedMah = Math.round(SIM_BATTERY.capacityMah * (1 - remaining));
  const hasCells = CELL_MONITORS.has(parameters.byName('BATT_MONITOR')?.value ?? 0);
  return buildMessage(BatteryStatus, {
    id: 0,
    batteryFunction: 0,
    type: 0,
    temperature: 32_767,
    voltages: hasCells ? cellVoltages(flight) : packVoltage(flight),
    voltagesExt: [0, 0, 0, 0],
    currentBattery: Math.round(battery.currentA * 100),
    currentConsumed: consumedMah,
    energyConsumed: Math.round(battery.usedWh * 36),
    batteryRemaining: remainingPct(battery),
    // MAV_BATTERY_CHARGE_STATE: 1 ok, 2 low, 3 critical.
    chargeState: remaining < 0.08 ? 3 : remaining < 0.15 ? 2 : 1,
  });
}

/** A power module measures the pack: the whole voltage stands in the first cell. */
function packVoltage({ state, cellSag }: Flight): number[] {
  const packV = state.battery.voltageV - (cellSag?.sagV ?? 0);
  return [Math.round(packV * 1000), ...new Array<number>(9).fill(UNKNOWN_U16)];
}

function cellVoltages({ state, cellSag }: Flight): number[] {
  const cellV = state.battery.voltageV / SIM_BATTERY.cells;
  return Array.from({ length: 10 }, (_, index) => {
    if (index >= SIM_BATTERY.cells) return UNKNOWN_U16;
    const sagV = cellSag?.cell === index + 1 ? cellSag.sagV : 0;
    return Math.max(0, Math.round((cellV - sagV) * 1000));
  });
}

function autopilotVersion({ uid2, addedCapabilities }: TelemetrySource): AutopilotVersion {
  return buildMessage(AutopilotVersion, {
    // The library types 64-bit flags as an enum; on the wire and in memory they are a bigint.
    capabilities: ((CAPABILITIES_REAL & ~CAPABILITIES_OF_SERVICES) |
      addedCapabilities()) as unknown as MavProtocolCapability,
    uid: 0n,
    flightSwVersion: FLIGHT_SW_VERSION,
    flightCustomVersion: [...Buffer.from('90700977', 'latin1')],
    middlewareCustomVersion: new Array<number>(8).fill(0),
    osCustomVersion: new Array<number>(8).fill(0),
    uid2: [...uid2],
  });
}

/** Nothing while the fence is off (GCS_MAVLINK::send_fence_status). */
function fenceStatus({ flight }: TelemetrySource): FenceStatus | null {
  const { enabled, breaches, breachCount, breachType, breachAtMs } = flight.fence;
  if (!enabled) return null;
  return buildMessage(FenceStatus, {
    breachStatus: breaches === 0 ? 0 : 1,
    breachCount,
    breachType: breaches === 0 ? 0 : breachType,
    breachTime: breachAtMs,
  });
}

function ekfStatusReport({ flight }: TelemetrySource): EkfStatusReport {
  const { flags, velocity, position, height, compass } = flight.estimator();
  return buildMessage(EkfStatusReport, {
    flags: flags as EkfStatusFlags,
    velocityVariance: velocity,
    posHorizVariance: position,
    posVertVariance: height,
    compassVariance: compass,
  });
}

function vibration({ flight }: TelemetrySource): Vibration {
  const shake = flight.armed && !flight.landed ? 4 : 0.003;
  return buildMessage(Vibration, {
    timeUsec: BigInt(Math.round(flight.state.timeS * 1e6)),
    vibrationX: shake,
    vibrationY: shake,
    vibrationZ: shake * 1.5,
  });
}

function extendedSysState({ flight }: TelemetrySource): ExtendedSysState {
  // MAV_LANDED_STATE: 1 on ground, 2 in air, 3 taking off, 4 landing.
  const flying = flight.isTakingOff ? 3 : flight.isLanding ? 4 : 2;
  return buildMessage(ExtendedSysState, {
    vtolState: flight.vtolState,
    landedState: flight.landed ? 1 : flying,
  });
}

function remainingPct(battery: { readonly usedWh: number; voltageV: number; currentA: number }): number {
  return Math.floor(remainingFraction(battery) * 100);
}
