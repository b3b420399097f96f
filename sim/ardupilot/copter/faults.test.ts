import { describe, expect, it } from 'vitest';
import {
  BatteryStatus,
  buildMessage,
  EkfStatusReport,
  FenceStatus,
  GlobalPositionInt,
  GpsRawInt,
  Heartbeat,
  RcChannels,
  SysStatus,
} from '../../../firmware-bridge/codec/messages.ts';
import { item, Tower, type TowerOptions } from '../../testing/tower.ts';
import { COPTER_MODE } from '../modes.ts';

function ready(options: TowerOptions = {}): Tower {
  const tower = new Tower(options);
  return tower.runUntil('position', 60, () => tower.autopilot.flight.positionOk);
}

/** Armed in GUIDED and hovering. */
function hovering(options: TowerOptions = {}, heightM = 20): Tower {
  const tower = ready(options);
  tower.command(176, 1, COPTER_MODE.GUIDED);
  expect(tower.command(400, 1)).toBe(0);
  expect(tower.command(22, 0, 0, 0, 0, 0, 0, heightM)).toBe(0);
  return tower.runUntil('height', 60, () => tower.autopilot.flight.heightAboveHomeM > heightM - 0.4).run(2);
}

const since = (tower: Tower, run: () => void): readonly string[] => {
  const before = tower.texts().length;
  run();
  return tower.texts().slice(before);
};
const landed = (tower: Tower) => tower.runUntil('disarmed', 120, () => !tower.autopilot.flight.armed);
const mode = (tower: Tower) => tower.autopilot.flight.mode;

describe('GPS lost in flight, as ArduCopter 4.7-dev SITL did', () => {
  const tower = hovering({ wind: { eastMps: 4, northMps: 0, gustMps: 0 } });
  for (const messageId of [1, 24, 193]) tower.command(511, messageId, 100_000);
  tower.autopilot.inject({ kind: 'gps-loss', durationS: 30 });

  it('has no fix at once, no position after 7 s, and lands a second later', () => {
    tower.run(1);
    expect(tower.all(GpsRawInt).at(-1)).toMatchObject({ fixType: 1, satellitesVisible: 3 });
    tower.run(5.5);
    expect(tower.all(EkfStatusReport).at(-1)?.flags).toBe(831);
    const said = since(tower, () => tower.run(2));
    expect(tower.all(EkfStatusReport).at(-1)?.flags).toBe(37);
    expect(said).toEqual([
      'SmartRTL deactivated: bad position',
      'EKF variance',
      'EKF Failsafe: changed to LAND Mode',
    ]);
    expect(mode(tower)).toBe(COPTER_MODE.LAND);
    expect(tower.run(1).all(Heartbeat).at(-1)).toMatchObject({ baseMode: 209, systemStatus: 5 });
  });

  it('drifts with the wind while it cannot see where it is', () => {
    tower.run(6);
    expect(tower.texts()).toContain('EKF3 IMU0 stopped aiding');
    expect(tower.all(EkfStatusReport).at(-1)?.flags).toBe(167);
    expect(tower.autopilot.flight.state.eastM).toBeGreaterThan(5);
  });

  it('knows where it is again when GPS is back, and lands all the same', () => {
    tower.run(20);
    expect(tower.texts()).toContain('EKF3 IMU0 is using GPS');
    expect(tower.texts()).toContain('EKF Failsafe Cleared');
    landed(tower);
    expect(mode(tower)).toBe(COPTER_MODE.LAND);
  });
});

describe('GPS lost on the ground', () => {
  it('is a reason not to arm in GUIDED, and none in STABILIZE', () => {
    const tower = ready();
    tower.command(176, 1, COPTER_MODE.GUIDED);
    tower.autopilot.inject({ kind: 'gps-loss', durationS: null });
    tower.run(1);
    expect(tower.command(400, 1)).toBe(4);
    expect(tower.texts()).toContain('Arm: GPS 1: Bad fix');
    tower.command(176, 1, COPTER_MODE.STABILIZE);
    expect(tower.command(400, 1)).toBe(0);
  });
});

describe('a GPS that jumps', () => {
  it('of 100 m is not believed for 10 s, then the estimate jumps, the aircraft stays', () => {
    const tower = hovering();
    tower.command(511, 193, 100_000);
    tower.command(511, 33, 100_000);
    tower.autopilot.inject({ kind: 'gps-jump', eastM: 0, northM: 111, durationS: null });
    const said = since(tower, () => tower.run(9));
    expect(said).toEqual(['GPS Glitch or Compass error']);
    expect(tower.all(EkfStatusReport).at(-1)?.flags).toBe(33_599);
    expect(tower.all(EkfStatusReport).at(-1)?.posHorizVariance).toBeCloseTo(28.8, 0);
    const home = tower.all(GlobalPositionInt).at(-1)?.lat ?? 0;
    tower.run(2);
    expect((tower.all(GlobalPositionInt).at(-1)?.lat ?? 0) - home).toBeGreaterThan(9900);
    expect(since(tower, () => tower.run(11))).toEqual(['Glitch cleared']);
    expect(tower.all(EkfStatusReport).at(-1)?.flags).toBe(831);
    expect(Math.hypot(tower.autopilot.truth.relativeAltitudeM - 20)).toBeLessThan(0.5);
    expect(Math.abs(tower.autopilot.flight.state.northM)).toBeLessThan(1);
  });

  it('takes a return physically to the wrong place', () => {
    const tower = hovering({ parameters: { RTL_LOIT_TIME: 0 } });
    tower.autopilot.inject({ kind: 'gps-jump', eastM: 60, northM: 0, durationS: null });
    tower.run(12);
    tower.command(20);
    landed(tower);
    expect(tower.autopilot.flight.state.eastM).toBeCloseTo(-60, 0);
  });

  it('of 3 m is simply believed', () => {
    const tower = hovering();
    tower.autopilot.inject({ kind: 'gps-jump', eastM: 3, northM: 0, durationS: null });
    expect(since(tower, () => tower.run(15))).toEqual([]);
  });
});

describe('a compass', () => {
  it('that is far off keeps it on the ground', () => {
    const tower = ready();
    tower.command(511, 1, 200_000);
    tower.autopilot.inject({ kind: 'compass', errorDeg: 120, durationS: null });
    tower.run(2);
    expect(tower.command(400, 1)).toBe(4);
    expect(tower.texts()).toContain('Arm: Compass not healthy');
    expect((tower.all(SysStatus).at(-1)?.onboardControlSensorsHealth ?? 0) & 4).toBe(0);
    tower.autopilot.clearFault('compass');
    tower.run(12);
    expect(tower.command(400, 1)).toBe(0);
  });

  it('that goes wrong in flight is dropped after some seconds', () => {
    const tower = hovering();
    tower.autopilot.inject({ kind: 'compass', errorDeg: 60, durationS: null });
    tower.run(3);
    expect(tower.autopilot.flight.seen.yawRad).not.toBe(tower.autopilot.flight.state.yawRad);
    expect(since(tower, () => tower.run(10))).toContain('EKF3 IMU0 emergency yaw reset');
    expect(mode(tower)).toBe(COPTER_MODE.GUIDED);
  });
});

describe('the transmitter', () => {
  it('is not there by default and cannot be lost', () => {
    const tower = hovering();
    tower.command(511, 65, 200_000);
    tower.run(0.5);
    expect(tower.all(RcChannels).at(-1)).toMatchObject({ chancount: 0, rssi: 255 });
    expect(tower.autopilot.inject({ kind: 'rc-loss', durationS: null })).toBe(false);
  });

  it('lost means returning a second later; found again it is only told', () => {
    const tower = hovering({ parameters: { FS_THR_ENABLE: 1 } });
    tower.command(511, 65, 200_000);
    expect(tower.autopilot.inject({ kind: 'rc-loss', durationS: 6 })).toBe(true);
    tower.run(0.8);
    expect(mode(tower)).toBe(COPTER_MODE.GUIDED);
    const said = since(tower, () => tower.run(0.5));
    expect(said).toEqual(['Radio Failsafe']);
    expect(mode(tower)).toBe(COPTER_MODE.RTL);
    expect(tower.all(RcChannels).at(-1)).toMatchObject({ chancount: 8, rssi: 0 });
    expect(since(tower, () => tower.run(6))).toContain('Radio Failsafe Cleared');
    expect(mode(tower)).toBe(COPTER_MODE.RTL);
  });
});

describe('the battery', () => {
  it('counts a low voltage after BATT_LOW_TIMER, a low capacity at once', () => {
    const tower = hovering({ parameters: { BATT_LOW_VOLT: 24, BATT_LOW_TIMER: 5, BATT_FS_LOW_ACT: 1 } });
    tower.autopilot.flight.setBatteryFraction(0.6);
    tower.run(4.5);
    expect(mode(tower)).toBe(COPTER_MODE.GUIDED);
    tower.run(1);
    expect(mode(tower)).toBe(COPTER_MODE.LAND);
  });

  it('with a weak cell shows it where cells are told, and the pack in any case', () => {
    for (const [monitor, cells] of [
      [4, 1],
      [16, 6],
    ] as const) {
      const tower = ready({ parameters: { BATT_MONITOR: monitor } });
      tower.command(511, 147, 200_000);
      tower.autopilot.inject({ kind: 'low-cell', cell: 3, sagV: 0.6 });
      tower.run(1);
      const voltages =
        tower
          .all(BatteryStatus)
          .at(-1)
          ?.voltages.filter((mv) => mv !== 65_535) ?? [];
      expect(voltages).toHaveLength(cells);
      const sum = voltages.reduce((total, mv) => total + mv, 0);
      expect(sum).toBeGreaterThan(24_400);
      expect(sum).toBeLessThan(24_700);
      if (cells === 6) expect((voltages[0] ?? 0) - (voltages[2] ?? 0)).toBe(600);
      tower.autopilot.clearFault('low-cell');
      tower.run(0.5);
      expect(tower.all(BatteryStatus).at(-1)?.voltages[0]).not.toBe(voltages[2]);
    }
  });
});

describe('the ground station', () => {
  const heartbeat = buildMessage(Heartbeat, { type: 6, autopilot: 8, mavlinkVersion: 3 });

  it.each([
    [0, COPTER_MODE.RTL, 'GCS Failsafe'],
    [2, COPTER_MODE.AUTO, 'GCS Failsafe - Continuing Auto Mode'],
  ])('lost in AUTO with FS_OPTIONS %i: mode %i', (options, expected, text) => {
    const tower = hovering({ parameters: { FS_GCS_ENABLE: 1, FS_OPTIONS: options } });
    tower.upload([
      item(16),
      item(22, { z: 20 }),
      item(16, { x: 252_900_000, y: 1_102_900_000, z: 20 }),
      item(20),
    ]);
    tower.command(300);
    tower.send(heartbeat, 255);
    tower.run(5.5);
    expect(mode(tower)).toBe(expected);
    expect(tower.texts()).toContain(text);
    tower.send(heartbeat, 255);
    expect(tower.texts()).toContain('GCS Failsafe Cleared');
  });

  it('lost on the ground switches the motors off', () => {
    const tower = ready({ parameters: { FS_GCS_ENABLE: 1 } });
    tower.command(400, 1);
    tower.send(heartbeat, 255);
    tower.run(5.5);
    expect(tower.texts()).toContain('GCS Failsafe - Disarming');
    expect(tower.autopilot.flight.armed).toBe(false);
  });
});

describe('the fence', () => {
  it('is obeyed: breach, text, FENCE_STATUS, return, and cleared again', () => {
    const tower = hovering({ parameters: { FENCE_ENABLE: 1, FENCE_RADIUS: 60 } });
    tower.command(511, 162, 200_000);
    tower.upload([
      item(16),
      item(22, { z: 20 }),
      item(16, { x: 252_829_000, y: 1_102_900_000, z: 20 }),
      item(20),
    ]);
    tower.command(300);
    tower.runUntil('breach', 60, () => mode(tower) === COPTER_MODE.RTL).run(0.5);
    expect(tower.texts()).toContain('Circle fence breached');
    expect(tower.all(FenceStatus).at(-1)).toMatchObject({ breachStatus: 1, breachCount: 1, breachType: 3 });
    landed(tower);
    expect(tower.texts()).toContain('Fence breach cleared');
    expect(Math.hypot(tower.autopilot.flight.state.eastM, tower.autopilot.flight.state.northM)).toBeLessThan(
      1.5,
    );
  });

  it.each([
    [0, COPTER_MODE.GUIDED],
    [2, COPTER_MODE.LAND],
    [3, COPTER_MODE.SMART_RTL],
    [4, COPTER_MODE.BRAKE],
  ])('with FENCE_ACTION %i: mode %i', (action, expected) => {
    const tower = hovering({ parameters: { FENCE_ENABLE: 1, FENCE_ACTION: action, FENCE_ALT_MAX: 30 } });
    tower.autopilot.setParameter('FENCE_ALT_MAX', 19);
    tower.run(1);
    expect(mode(tower)).toBe(expected);
    expect(tower.texts()).toContain('Max Alt fence breached');
  });

  it('keeps an aircraft that stands outside on the ground', () => {
    const tower = ready({ parameters: { FENCE_ENABLE: 1 } });
    const corner = (x: number, y: number) => item(5001, { frame: 0, param1: 3, x, y });
    tower.upload(
      [
        corner(252_819_000, 1_102_900_000),
        corner(252_829_000, 1_102_900_000),
        corner(252_819_000, 1_102_910_000),
      ],
      1,
    );
    tower.run(1);
    expect(tower.command(400, 1)).toBe(4);
    expect(tower.texts()).toContain('Arm: Vehicle breaching Polygon fence');
  });
});

describe('faults of the protocol', () => {
  it('acknowledges an upload and keeps the old mission', () => {
    const tower = ready();
    tower.upload([item(16), item(22, { z: 20 })]);
    tower.autopilot.inject({ kind: 'mission-not-stored', durationS: 10 });
    expect(tower.upload([item(16), item(22, { z: 33 }), item(20)])).toBe(0);
    expect(tower.autopilot.stored(0)).toHaveLength(2);
    expect(tower.autopilot.stored(0)[1]?.z).toBe(20);
    tower.run(11);
    tower.upload([item(16), item(22, { z: 33 }), item(20)]);
    expect(tower.autopilot.stored(0)).toHaveLength(3);
  });

  it('lets a gust push it, for as long as it lasts', () => {
    const tower = hovering();
    tower.autopilot.inject({ kind: 'wind-gust', eastMps: 12, northMps: 0, durationS: 5 });
    tower.run(1);
    const leaning = Math.abs(tower.autopilot.flight.state.rollRad);
    expect(leaning).toBeGreaterThan(0.1);
    tower.run(8);
    expect(Math.abs(tower.autopilot.flight.state.rollRad)).toBeLessThan(0.05);
  });

  it('mends nothing by a reboot', () => {
    const tower = ready();
    tower.autopilot.inject({ kind: 'gps-loss', durationS: null });
    tower.autopilot.inject({ kind: 'reboot' });
    tower.run(10);
    tower.command(176, 1, COPTER_MODE.GUIDED);
    expect(tower.command(400, 1)).toBe(4);
    expect(tower.texts()).toContain('Arm: GPS 1: Bad fix');
  });
});
