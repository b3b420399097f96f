import { describe, expect, test } from 'vitest';
import {
  Attitude,
  AutopilotVersion,
  BatteryStatus,
  buildMessage,
  GlobalPositionInt,
  GpsRawInt,
  Heartbeat,
  HomePosition,
  type MavLinkData,
  MissionCurrent,
  MissionItemReached,
  RadioStatus,
  StatusText,
  SysStatus,
} from '../codec/messages.ts';
import { LossTracker } from '../link/loss.ts';
import type { LinkId, VehicleId } from '../model.ts';
import { firmwareVersionOf, hardwareUidOf, vehicleIdOf } from './identity.ts';
import { RateKeeper } from './rates.ts';
import { reduceStatusText } from './reduce-health.ts';
import { withVerifiedPlan } from './reduce-mission.ts';
import { reduceTelemetry } from './reduce-telemetry.ts';
import { StatusTextJoiner } from './status-text.ts';
import { newTelemetry, type Telemetry } from './telemetry.ts';

const fresh = newTelemetry({
  vehicleId: 'v' as VehicleId,
  systemId: 1,
  componentId: 1,
  linkId: 'l' as LinkId,
  endpoint: 'e',
  atMs: 0,
});

function told(...messages: MavLinkData[]): Telemetry {
  return messages.reduce<Telemetry>(
    (telemetry, message, i) => reduceTelemetry(telemetry, message, 1000 * i),
    fresh,
  );
}

const ardupilot = buildMessage(Heartbeat, { type: 2, autopilot: 3, baseMode: 89 as number, customMode: 17 });
const px4 = buildMessage(Heartbeat, {
  type: 2,
  autopilot: 12,
  baseMode: 157 as number,
  customMode: 0x04040000,
});

describe('reduceTelemetry', () => {
  test('does not change what it was given', () => {
    const before = structuredClone(fresh);
    told(ardupilot, buildMessage(Attitude, { timeBootMs: 1 }));
    expect(fresh).toEqual(before);
  });

  test('names modes by autopilot and airframe', () => {
    expect(told(ardupilot).snapshot.mode).toMatchObject({ name: 'BRAKE', normalised: 'hold' });
    expect(told(px4).snapshot.mode).toMatchObject({ name: 'AUTO.MISSION', normalised: 'mission' });
    const plane = buildMessage(Heartbeat, { type: 1, autopilot: 3, customMode: 11 });
    expect(told(plane).snapshot).toMatchObject({
      airframe: 'plane',
      mode: { name: 'RTL', normalised: 'return' },
    });
    const rover = buildMessage(Heartbeat, { type: 10, autopilot: 3, customMode: 4 });
    expect(told(rover).snapshot).toMatchObject({
      airframe: 'rover',
      mode: { name: 'HOLD', normalised: 'hold' },
    });
    const odd = buildMessage(Heartbeat, { type: 2, autopilot: 3, customMode: 99 });
    expect(told(odd).snapshot.mode).toMatchObject({ name: 'MODE 99', normalised: 'other' });
  });

  test('0,0 is no position and no home', () => {
    const nowhere = told(
      buildMessage(GlobalPositionInt, {}),
      buildMessage(HomePosition, { q: [0, 0, 0, 0] }),
    );
    expect(nowhere.snapshot).toMatchObject({ position: null, velocity: null, home: null });
  });

  test('converts units once, and marks what is not reported as null', () => {
    const position = buildMessage(GlobalPositionInt, {
      lat: 252_809_000,
      lon: 1_102_900_000,
      alt: 170_750,
      relativeAlt: 20_667,
      vx: 300,
      vy: -400,
      vz: -49,
      hdg: 65_535,
    });
    expect(told(position).snapshot).toMatchObject({
      position: {
        latDeg: 25.2809,
        lonDeg: 110.29,
        altitudeAmslM: 170.75,
        relativeAltitudeM: 20.667,
        headingDeg: null,
      },
      velocity: { groundSpeedMps: 5, climbMps: 0.49 },
    });
    const gps = buildMessage(GpsRawInt, { fixType: 3, eph: 65_535, satellitesVisible: 255 });
    expect(told(gps).snapshot.gps).toMatchObject({ fixType: 3, satellites: null, hdop: null });
    const yaw = buildMessage(Attitude, { roll: Math.PI / 2, yaw: -Math.PI / 2 });
    expect(told(yaw).snapshot.attitude).toMatchObject({ rollDeg: 90, yawDeg: 270 });
    expect(told(buildMessage(Attitude, { roll: Number.NaN })).snapshot.attitude).toBeNull();
    expect(told(buildMessage(RadioStatus, { rssi: 180 })).snapshot.linkQuality.radioRssi).toBe(180);
    expect(told(buildMessage(RadioStatus, { rssi: 255 })).snapshot.linkQuality.radioRssi).toBeNull();
  });

  test('BATTERY_STATUS of battery 0 is the base, SYS_STATUS stands in only without it', () => {
    const sys = buildMessage(SysStatus, { voltageBattery: 65_535, currentBattery: -1, batteryRemaining: -1 });
    expect(told(sys).snapshot.battery).toMatchObject({ remainingPct: null, voltageV: null, currentA: null });
    const cells = [4_000, 4_100, 4_050, ...new Array(7).fill(65_535)];
    const battery = buildMessage(BatteryStatus, {
      voltages: cells,
      voltagesExt: [0, 0, 0, 0],
      currentBattery: 1_234,
      currentConsumed: 800,
      batteryRemaining: 61,
    });
    const payload = buildMessage(BatteryStatus, { ...battery, id: 1, batteryRemaining: 5 });
    const low = buildMessage(SysStatus, { voltageBattery: 1, batteryRemaining: 1 });
    expect(told(battery, payload, low).snapshot.battery).toMatchObject({
      remainingPct: 61,
      voltageV: 12.15,
      currentA: 12.34,
      consumedMah: 800,
    });
  });

  test('mission items are counted without the home slot of ArduPilot, with every slot of PX4', () => {
    const current = buildMessage(MissionCurrent, { seq: 3, total: 6, missionState: 3 });
    expect(told(ardupilot, current).snapshot.mission).toMatchObject({ currentIndex: 2, itemCount: 6 });
    expect(told(px4, current).snapshot.mission).toMatchObject({ currentIndex: 3, itemCount: 6 });
    const empty = buildMessage(MissionCurrent, { seq: 0, total: 65_535, missionState: 1 });
    expect(told(px4, empty).snapshot.mission).toMatchObject({ itemCount: 0 });
    const old = buildMessage(MissionCurrent, { seq: 0 });
    expect(told(ardupilot, old).snapshot.mission).toMatchObject({ currentIndex: -1, itemCount: null });
    const reached = buildMessage(MissionItemReached, { seq: 2 });
    expect(told(ardupilot, current, reached).snapshot.mission).toMatchObject({ reachedIndex: 1 });
  });

  test('a verified plan is forgotten when two reports in a row speak of another one', () => {
    const verified = withVerifiedPlan(told(px4), { hash: 'h', itemCount: 4 }, 0);
    const report = (missionId: number, total = 4): MavLinkData =>
      buildMessage(MissionCurrent, { seq: 0, total, missionId, missionState: 3 });
    const hash = (...messages: MavLinkData[]) =>
      messages.reduce<Telemetry>((telemetry, message) => reduceTelemetry(telemetry, message, 0), verified)
        .snapshot.mission?.verifiedPlanHash;
    expect(hash(report(77), report(77))).toBe('h');
    expect(hash(report(77), report(78))).toBe('h');
    expect(hash(report(77), report(78), report(78))).toBeNull();
    expect(hash(report(0, 5), report(0, 5))).toBeNull();
  });

  test('a clock that went back is a restart only when a second message says so', () => {
    const at = (timeBootMs: number): MavLinkData => buildMessage(Attitude, { timeBootMs });
    expect(told(at(90_000), at(89_500), at(90_200)).reboots).toBe(0);
    expect(told(at(90_000), at(60_000), at(90_300)).reboots).toBe(0);
    const restarted = told(ardupilot, at(90_000), at(500), at(700));
    expect(restarted).toMatchObject({ reboots: 1, bootMs: 700 });
    expect(restarted.snapshot).toMatchObject({ autopilot: 'ardupilot', armed: null, mode: null });
  });

  test('pre-arm texts of one burst are gathered, the next burst replaces them', () => {
    let telemetry = reduceStatusText(fresh, 'PreArm: Compass not calibrated', 0);
    telemetry = reduceStatusText(telemetry, 'PreArm: Battery low', 200);
    telemetry = reduceStatusText(telemetry, 'PreArm: Battery low', 300);
    telemetry = reduceStatusText(telemetry, 'EKF3 IMU0 is using GPS', 400);
    expect(telemetry.snapshot.prearm?.reasons).toEqual(['Compass not calibrated', 'Battery low']);
    telemetry = reduceStatusText(telemetry, 'PreArm: Fence requires position', 30_000);
    expect(telemetry.snapshot.prearm?.reasons).toEqual(['Fence requires position']);
  });
});

describe('StatusTextJoiner', () => {
  const chunk = (id: number, chunkSeq: number, text: string): StatusText =>
    buildMessage(StatusText, { severity: 4, id, chunkSeq, text: Buffer.from(text).toString('latin1') });

  test('joins chunks in any order, also where a character is cut in two', () => {
    const joiner = new StatusTextJoiner();
    const bytes = Buffer.from(`${'电'.repeat(16)}池低`).toString('latin1');
    const first = buildMessage(StatusText, { severity: 4, id: 9, chunkSeq: 0, text: bytes.slice(0, 50) });
    const second = buildMessage(StatusText, { severity: 4, id: 9, chunkSeq: 1, text: bytes.slice(50) });
    expect(joiner.push(second, 0)).toEqual([]);
    expect(joiner.push(first, 10)).toEqual([{ severity: 4, text: `${'电'.repeat(16)}池低` }]);
  });

  test('a chunk that stays out is marked after a second', () => {
    const joiner = new StatusTextJoiner();
    joiner.push(chunk(3, 0, 'a'.repeat(50)), 0);
    joiner.push(chunk(3, 2, 'end'), 0);
    expect(joiner.flush(900)).toEqual([]);
    expect(joiner.flush(1_000)).toEqual([{ severity: 4, text: `${'a'.repeat(50)}…end` }]);
    expect(joiner.flush(5_000)).toEqual([]);
  });

  test('waits for a bounded number of texts', () => {
    const joiner = new StatusTextJoiner();
    let told = 0;
    for (let id = 1; id < 200; id++) told += joiner.push(chunk(id, 0, 'b'.repeat(50)), 0).length;
    expect(told).toBeGreaterThanOrEqual(190);
  });
});

describe('LossTracker', () => {
  test.each<[string, number[], number]>([
    ['nothing lost, over the wrap', [253, 254, 255, 0, 1], 0],
    ['two of six lost over the wrap', [254, 1, 2, 3], (100 * 2) / 6],
    ['a late frame is not lost', [1, 3, 2, 4], 0],
    ['a repeated frame changes nothing', [1, 2, 2, 3], 0],
  ])('%s', (_what, sequences, lossPct) => {
    const tracker = new LossTracker();
    for (const sequence of sequences) tracker.count(sequence, 1_000);
    expect(tracker.quality(1_000).lossPct).toBeCloseTo(lossPct);
  });

  test('old seconds drop out of the window', () => {
    const tracker = new LossTracker();
    tracker.count(1, 0);
    tracker.count(100, 500);
    expect(tracker.quality(500).lossPct).toBeGreaterThan(90);
    for (let i = 0; i < 60; i++) tracker.count(101 + i, 6_000 + i * 10);
    expect(tracker.quality(6_700)).toEqual({ lossPct: 0, framesPerS: 12 });
  });
});

describe('RateKeeper', () => {
  const random = (): number => 0.5;

  test('asks again, more and more rarely, for what stays out', () => {
    const rates = new RateKeeper([{ messageId: 33, rateHz: 5 }], 0, random);
    const askedAtMs: number[] = [];
    for (let ms = 0; ms <= 60_000; ms += 100) if (rates.due(ms).length > 0) askedAtMs.push(ms);
    expect(askedAtMs).toEqual([300, 2_300, 6_300, 14_300, 30_300]);
  });

  test('leaves alone what comes at the rate, and asks when it comes too seldom', () => {
    const rates = new RateKeeper([{ messageId: 33, rateHz: 5 }], 0, random);
    expect(rates.due(300)).toEqual([{ messageId: 33, intervalUs: 200_000 }]);
    let asked = 0;
    for (let ms = 400; ms < 20_000; ms += 200) {
      rates.received(33);
      asked += rates.due(ms).length;
    }
    expect(asked).toBe(0);
    for (let ms = 20_000; ms < 30_000; ms += 100) {
      if (ms % 1_000 === 0) rates.received(33);
      asked += rates.due(ms).length;
    }
    expect(asked).toBeGreaterThan(0);
  });

  test('stops what nobody reads, and asks a few at a time', () => {
    const rates = new RateKeeper(
      Array.from({ length: 10 }, (_, i) => ({ messageId: 100 + i, rateHz: 0 })),
      0,
      random,
    );
    expect(rates.due(1_000)).toHaveLength(4);
    expect(rates.due(1_100)[0]).toEqual({ messageId: 104, intervalUs: -1 });
  });

  test('two vehicles of a fleet are asked for slightly different intervals', () => {
    const interval = (value: number): number =>
      new RateKeeper([{ messageId: 33, rateHz: 5 }], 0, () => value).due(1_000)[0]?.intervalUs ?? 0;
    expect([interval(0), interval(0.999)]).toEqual([190_000, 209_980]);
  });
});

describe('identity', () => {
  const version = (uid: bigint, uid2: number[], flightSwVersion = 0): AutopilotVersion =>
    buildMessage(AutopilotVersion, {
      uid,
      uid2: [...uid2, ...new Array(18 - uid2.length).fill(0)],
      flightSwVersion,
    });

  test.each<[string, bigint, number[], string | null]>([
    ['none at all', 0n, [], null],
    ['uid2 of real hardware', 5n, [1, 2, 3, 4, 5, 6], '010203040506'],
    ['an older autopilot', 0x1234n, [], '0000000000001234'],
    ["PX4's simulation: constant and instance", 0x49n, [7], '0000000000000049-07'],
  ])('hardware uid: %s', (_what, uid, uid2, expected) => {
    expect(hardwareUidOf(version(uid, uid2))).toBe(expected);
  });

  test('vehicle ids are short, stable, and safe in a path', () => {
    expect(vehicleIdOf('ardupilot', 'abc')).toBe('ap-ba7816bf8f01');
    expect(vehicleIdOf('px4', 'abc')).toBe('px4-ba7816bf8f01');
  });

  test.each([
    [0x04070000, '4.7.0-dev'],
    [0x040605ff, '4.6.5'],
    [0x011100c0, '1.17.0-rc'],
    [0, null],
  ])('firmware version %i', (raw, text) => {
    expect(firmwareVersionOf(version(0n, [], raw))).toBe(text);
  });
});
