import { describe, expect, test } from 'vitest';
import {
  Altitude,
  BatteryStatus,
  buildMessage,
  EkfStatusReport,
  EstimatorStatus,
  FenceStatus,
  type MavLinkData,
  MavSysStatusSensor,
  OpenDroneIdArmStatus,
  RadioStatus,
  RcChannels,
  SysStatus,
  TerrainReport,
  VfrHud,
  Wind,
  WindCov,
} from '../codec/messages.ts';
import type { AutopilotKind, LinkId, VehicleId, VehicleState } from '../model.ts';
import { reduceTelemetry } from './reduce-telemetry.ts';
import { newTelemetry, type Telemetry, withSnapshot } from './telemetry.ts';

const AT_MS = 1_000_000;

function stateAfter(autopilot: AutopilotKind, ...messages: MavLinkData[]): VehicleState {
  const fresh = newTelemetry({
    ...{ vehicleId: 'v' as VehicleId, systemId: 1, componentId: 1, linkId: 'l' as LinkId, endpoint: 'a' },
    atMs: 0,
  });
  return messages.reduce<Telemetry>(
    (telemetry, message) => reduceTelemetry(telemetry, message, AT_MS),
    withSnapshot(fresh, { autopilot }),
  ).snapshot;
}

const S = MavSysStatusSensor;

describe('parts', () => {
  test('only what is fitted, switched on and not healthy is told', () => {
    const { health } = stateAfter(
      'ardupilot',
      buildMessage(SysStatus, {
        onboardControlSensorsPresent: S.SENSOR_GPS | S.SENSOR_3D_MAG | S.LOGGING,
        onboardControlSensorsEnabled: S.SENSOR_GPS | S.SENSOR_3D_MAG | S.SENSOR_3D_GYRO,
        onboardControlSensorsHealth: S.SENSOR_3D_MAG,
        load: 437,
      }),
    );
    expect(health).toEqual({ unhealthy: ['SENSOR_GPS'], loadPct: 43.7, receivedAtMs: AT_MS });
  });

  test('readiness to arm is no part', () => {
    const message = buildMessage(SysStatus, {
      onboardControlSensorsPresent: S.PREARM_CHECK,
      onboardControlSensorsEnabled: S.PREARM_CHECK,
    });
    expect(stateAfter('ardupilot', message).health?.unhealthy).toEqual([]);
  });

  test('the receiver of the remote control that is not heard', () => {
    const message = buildMessage(SysStatus, { onboardControlSensorsPresent: S.SENSOR_RC_RECEIVER });
    expect(stateAfter('px4', message).remoteControl).toMatchObject({ present: false, rssiPct: null });
  });
});

describe('fence', () => {
  const on = { onboardControlSensorsPresent: S.GEOFENCE, onboardControlSensorsEnabled: S.GEOFENCE };

  test('PX4 tells a breach by its health bit', () => {
    expect(stateAfter('px4', buildMessage(SysStatus, on)).fence).toMatchObject({
      enabled: true,
      breached: true,
    });
    const healthy = buildMessage(SysStatus, { ...on, onboardControlSensorsHealth: S.GEOFENCE });
    expect(stateAfter('px4', healthy).fence).toMatchObject({ enabled: true, breached: false });
  });

  test('ArduPilot tells it by FENCE_STATUS, and by the enabled bit that it is on', () => {
    const breach = buildMessage(FenceStatus, { breachStatus: 1, breachCount: 3, breachType: 2 });
    expect(stateAfter('ardupilot', buildMessage(SysStatus, on), breach).fence).toEqual({
      ...{ enabled: true, breached: true, breachCount: 3, breachType: 2, receivedAtMs: AT_MS },
    });
    expect(stateAfter('ardupilot', breach, buildMessage(SysStatus, on)).fence?.breached).toBe(true);
  });
});

describe('wind is told as where it comes from', () => {
  test('ArduPilot', () => {
    const { wind } = stateAfter('ardupilot', buildMessage(Wind, { direction: -90, speed: 6 }));
    expect(wind).toEqual({ fromDeg: 270, speedMps: 6, receivedAtMs: AT_MS });
  });

  test('PX4: air that moves to the east comes from the west', () => {
    const { wind } = stateAfter('px4', buildMessage(WindCov, { windX: 0, windY: 5 }));
    expect(wind?.fromDeg).toBeCloseTo(270);
    expect(wind?.speedMps).toBeCloseTo(5);
  });

  test('not estimated (NaN) is not a calm', () => {
    expect(stateAfter('px4', buildMessage(WindCov, { windX: Number.NaN, windY: 0 })).wind).toBeNull();
  });
});

describe('ground below', () => {
  test('a report without data (spacing 0) is none', () => {
    const message = { terrainHeight: 150, currentHeight: 42 };
    expect(stateAfter('ardupilot', buildMessage(TerrainReport, message)).terrain).toBeNull();
    const waiting = { ...message, spacing: 100, pending: 8 };
    expect(stateAfter('ardupilot', buildMessage(TerrainReport, waiting)).terrain).toBeNull();
    expect(
      stateAfter('ardupilot', buildMessage(TerrainReport, { ...message, spacing: 100, loaded: 56 })).terrain,
    ).toEqual({
      ...{ altitudeAboveTerrainM: 42, terrainAmslM: 150, receivedAtMs: AT_MS },
    });
  });

  test('PX4: a measured clearance goes before the difference of two estimates', () => {
    const heights = { altitudeAmsl: 500, altitudeLocal: 52, altitudeTerrain: 2 };
    const measured = buildMessage(Altitude, { ...heights, bottomClearance: 48 });
    expect(stateAfter('px4', measured).terrain).toEqual({
      ...{ altitudeAboveTerrainM: 48, terrainAmslM: null, receivedAtMs: AT_MS },
    });
    const estimated = buildMessage(Altitude, { ...heights, bottomClearance: Number.NaN });
    expect(stateAfter('px4', estimated).terrain?.altitudeAboveTerrainM).toBe(50);
    const unknown = { ...heights, altitudeTerrain: Number.NaN, bottomClearance: Number.NaN };
    expect(stateAfter('px4', buildMessage(Altitude, unknown)).terrain).toBeNull();
  });
});

test('radio: 255 is not known', () => {
  const message = buildMessage(RadioStatus, { rssi: 180, remrssi: 255, txbuf: 90, noise: 40, rxerrors: 7 });
  expect(stateAfter('ardupilot', message)).toMatchObject({
    radio: { rssi: 180, remoteRssi: null, noise: 40, txBufferFreePct: 90, receiveErrors: 7 },
    linkQuality: { radioRssi: 180 },
  });
});

test('remote control: signal in per cent, none without channels', () => {
  expect(
    stateAfter('ardupilot', buildMessage(RcChannels, { chancount: 16, rssi: 127 })).remoteControl,
  ).toEqual({
    ...{ present: true, rssiPct: 50, receivedAtMs: AT_MS },
  });
  expect(
    stateAfter('ardupilot', buildMessage(RcChannels, { chancount: 0, rssi: 255 })).remoteControl,
  ).toEqual({
    ...{ present: false, rssiPct: null, receivedAtMs: AT_MS },
  });
});

test('estimator ratios of both autopilots mean the same', () => {
  const ardupilot = buildMessage(EkfStatusReport, { velocityVariance: 0.5, posHorizVariance: 1.5 });
  const px4 = buildMessage(EstimatorStatus, { velRatio: 0.5, posHorizRatio: 1.5 });
  for (const { estimator } of [stateAfter('ardupilot', ardupilot), stateAfter('px4', px4)]) {
    expect(estimator).toMatchObject({ velocityRatio: 0.5, horizontalPositionRatio: 1.5, compassRatio: 0 });
  }
});

test('Remote ID: why arming is refused, in the words of the device', () => {
  const error = Buffer.from('缺少操作员位置', 'utf8').toString('latin1');
  const message = buildMessage(OpenDroneIdArmStatus, { status: 1, error });
  expect(stateAfter('ardupilot', message).remoteId).toMatchObject({
    goodToArm: false,
    error: '缺少操作员位置',
  });
});

test('air speed and throttle', () => {
  const message = buildMessage(VfrHud, { airspeed: 17.5, groundspeed: 20, throttle: 63 });
  expect(stateAfter('ardupilot', message).airspeed).toEqual({
    ...{ airSpeedMps: 17.5, throttlePct: 63, receivedAtMs: AT_MS },
  });
});

describe('battery cells', () => {
  const none = Array.from({ length: 10 }, () => 0xffff);
  const battery = (voltages: number[]): VehicleState['battery'] =>
    stateAfter(
      'ardupilot',
      buildMessage(BatteryStatus, {
        ...{ voltages: [...voltages, ...none].slice(0, 10), voltagesExt: [0, 0, 0, 0] },
        ...{ temperature: 3_150, timeRemaining: 600, currentBattery: 1_250 },
      }),
    ).battery;

  test('each cell', () => {
    expect(battery([4_100, 4_090, 4_110, 3_900])).toMatchObject({
      ...{ cellsV: [4.1, 4.09, 4.11, 3.9], voltageV: 16.2, temperatureC: 31.5, timeRemainingS: 600 },
    });
  });

  test('the sum in the first place is no cell', () => {
    expect(battery([25_200])).toMatchObject({ cellsV: null, voltageV: 25.2 });
    // A sum above 65.534 V goes on in the next place.
    expect(battery([65_534, 1_466])).toMatchObject({ cellsV: null, voltageV: 67 });
  });
});
