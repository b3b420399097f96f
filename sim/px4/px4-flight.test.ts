import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BatteryStatus,
  buildMessage,
  GlobalPositionInt,
  GpsRawInt,
  Heartbeat,
  HomePosition,
  MissionItemReached,
  MissionSetCurrent,
  SetPositionTargetLocalNed,
} from '../../firmware-bridge/codec/messages.ts';
import { horizontalDistanceM, type LocalPoint } from '../aircraft/local-frame.ts';
import { at, item, Px4Tower, type Px4TowerOptions } from './testing/px4-tower.ts';

/** POSITION_TARGET_TYPEMASK: everything but the place is to be ignored. */
const ONLY_PLACE: number = 0xdf8;

const square = () => [
  item(22, { ...at(0, 0), z: 10 }),
  item(16, { ...at(50, 0), z: 15 }),
  item(16, { ...at(50, 40), z: 15 }),
  item(20, { frame: 2 }),
];

/** In AUTO.LOITER at that height above home. */
function airborne(heightM: number, options: Px4TowerOptions = {}): Px4Tower {
  const tower = new Px4Tower(options).ready();
  tower.command(400, 1);
  tower.command(22, 0, 0, 0, Number.NaN, Number.NaN, Number.NaN, 150 + heightM);
  tower.runUntil('up', 60, () => tower.vehicle.truth.mode === 'AUTO.LOITER' && !tower.vehicle.truth.landed);
  return tower.run(4);
}

const landed = (tower: Px4Tower, limitS = 200): Px4Tower =>
  tower.runUntil('landed and disarmed', limitS, () => !tower.vehicle.truth.armed);
const here = (tower: Px4Tower): LocalPoint => tower.vehicle.aircraft.state;
const place = (northM: number, eastM: number): LocalPoint => ({ northM, eastM, upM: 0 });

describe('a mission', () => {
  it('MISSION_START arms by itself; it flies every item, returns, lands at home and stays in AUTO.LOITER', () => {
    const tower = new Px4Tower().ready();
    expect(tower.upload(square())).toBe(0);
    expect(tower.command(300, 0, 0)).toBe(0);
    expect(tower.vehicle.truth).toMatchObject({ armed: true, mode: 'AUTO.MISSION' });
    landed(tower);
    const nearest = (to: LocalPoint): number =>
      Math.min(...tower.track.map((one) => horizontalDistanceM(one, to)));
    expect(nearest(place(50, 0))).toBeLessThan(2);
    expect(nearest(place(50, 40))).toBeLessThan(2.1);
    expect(horizontalDistanceM(here(tower), place(0, 0))).toBeLessThan(0.5);
    expect(tower.vehicle.truth.mode).toBe('AUTO.LOITER');
    // 30 m (RTL_RETURN_ALT) on the way home.
    expect(Math.max(...tower.track.map(({ upM }) => upM))).toBeCloseTo(30, 0);
  });

  it('stands at its end until it is rewound: armed again it says that it is finished', () => {
    const tower = new Px4Tower().ready();
    tower.upload(square());
    tower.command(300, 0, 0);
    landed(tower);
    tower.setMode(4, 4);
    // A mission that was flown to its end begins anew, for it was disarmed in another mode.
    tower.command(400, 1);
    expect(tower.vehicle.truth.missionSeq).toBe(0);
    tower.command(400, 0);
    const stays = new Px4Tower().ready();
    stays.upload([item(22, { ...at(0, 0), z: 8 }), item(21, { ...at(0, 0) })]);
    stays.command(300, 0, 0);
    landed(stays);
    expect(stays.texts()).toContain('Mission finished, landed');
    stays.command(400, 1);
    stays.run(1);
    expect(stays.texts().filter((text) => text === 'Mission finished, landed')).toHaveLength(1);
    expect(stays.vehicle.truth).toMatchObject({ missionSeq: 1, landed: true });
  });

  it('flies on at the item of MISSION_SET_CURRENT, and repeats a reached item for ten seconds', () => {
    const tower = new Px4Tower().ready();
    tower.upload(square());
    tower.command(300, 0, 0);
    tower.runUntil('first corner', 90, () => tower.vehicle.truth.missionSeq === 2);
    tower.send(buildMessage(MissionSetCurrent, { targetSystem: 1, targetComponent: 1, seq: 1 }));
    expect(tower.vehicle.truth.missionSeq).toBe(1);
    const told = tower.all(MissionItemReached).filter(({ seq }) => seq === 0);
    expect(told.length).toBeGreaterThan(8);
    expect(told.length).toBeLessThanOrEqual(12);
  });

  it('does jumps, speeds and pauses as their items say', () => {
    const tower = new Px4Tower().ready();
    const items = [
      item(22, { ...at(0, 0), z: 8 }),
      item(178, { frame: 2, param1: 1, param2: 3 }),
      item(16, { ...at(20, 0), z: 8, param1: 3 }),
      item(16, { ...at(0, 0), z: 8 }),
      item(177, { frame: 2, param1: 2, param2: 2 }),
      item(20, { frame: 2 }),
    ];
    expect(tower.upload(items)).toBe(0);
    tower.command(300, 0, 0);
    landed(tower, 300);
    let visits = 0;
    let isNear = false;
    for (const point of tower.track) {
      const near = horizontalDistanceM(point, place(20, 0)) < 2;
      if (near && !isNear) visits += 1;
      isNear = near;
    }
    expect(visits).toBe(3);
    const speeds = tower.track.map((point, index) => {
      const before = tower.track[Math.max(0, index - 1)] ?? point;
      return horizontalDistanceM(point, before) / 0.04;
    });
    expect(Math.max(...speeds)).toBeLessThan(3.3);
  });

  it('any convex round of waypoints is flown near each of them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -80, max: 80 }), fc.integer({ min: -80, max: 80 })), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.integer({ min: 5, max: 30 }),
        (points, z) => {
          const tower = new Px4Tower({ parameters: { MPC_XY_CRUISE: 10 } }).ready();
          const items = points.map(([north, east]) => item(16, { ...at(north, east), z }));
          tower.upload([item(22, { ...at(0, 0), z }), ...items, item(20, { frame: 2 })]);
          expect(tower.command(300, 0, 0)).toBe(0);
          landed(tower, 600);
          for (const [north, east] of points) {
            const nearest = Math.min(
              ...tower.track.map((one) => horizontalDistanceM(one, place(north, east))),
            );
            expect(nearest).toBeLessThan(2.1);
          }
        },
      ),
      { numRuns: 6 },
    );
  });
});

describe('by command', () => {
  it('repositions to a height above sea level whatever the frame says: 15 sinks it to the ground', () => {
    const tower = airborne(15);
    const to = at(30, 0);
    expect(tower.acksInt(192, 6, [-1, 1, 0, Number.NaN], { ...to, z: 168 })).toEqual([0]);
    tower.run(15);
    expect(horizontalDistanceM(here(tower), place(30, 0))).toBeLessThan(1);
    expect(tower.vehicle.truth.relativeAltitudeM).toBeCloseTo(18, 0);
    tower.acksInt(192, 6, [-1, 1, 0, Number.NaN], { ...to, z: 15 });
    tower.run(20);
    expect(tower.vehicle.truth.relativeAltitudeM).toBeLessThan(0.1);
  });

  it('without the change-mode flag repositioning is unsupported', () => {
    const tower = airborne(10);
    expect(tower.acksInt(192, 6, [-1, 0, 0, Number.NaN], { ...at(30, 0), z: 168 })).toEqual([3]);
  });

  it('circles with the wanted radius, to the left when it is negative', () => {
    const tower = airborne(12);
    expect(tower.acksInt(34, 5, [-20, 4, 0, 0], { ...at(0, 0), z: 162 })).toEqual([0]);
    expect(tower.vehicle.truth.mode).toBe('ORBIT');
    tower.run(20);
    const from = tower.track.length;
    tower.run(30);
    const round = tower.track.slice(from);
    for (const point of round)
      expect(Math.abs(horizontalDistanceM(point, place(0, 0)) - 20)).toBeLessThan(1.5);
    let turnedRad = 0;
    round.forEach((point, index) => {
      const before = round[index - 1] ?? point;
      const turn = Math.atan2(point.eastM, point.northM) - Math.atan2(before.eastM, before.northM);
      turnedRad += Math.atan2(Math.sin(turn), Math.cos(turn));
    });
    expect(turnedRad).toBeLessThan(-5);
  });

  it('disarms itself 11 s after arming without a take-off, 2 s after landing', () => {
    const tower = new Px4Tower().ready();
    tower.command(400, 1);
    tower.run(10.8);
    expect(tower.vehicle.truth.armed).toBe(true);
    tower.run(0.4);
    expect(tower.vehicle.truth.armed).toBe(false);
    expect(tower.texts().at(-1)).toBe('Disarmed by auto preflight disarming');
    const flown = airborne(5);
    flown.setMode(4, 6);
    flown.runUntil('landed', 60, () => flown.vehicle.truth.landed);
    const landedAtS = flown.vehicle.truth.timeS;
    landed(flown);
    expect(flown.vehicle.truth.timeS - landedAtS).toBeCloseTo(2, 1);
  });

  it('needs setpoints for OFFBOARD, before and all the time', () => {
    const tower = airborne(10);
    expect(tower.setMode(6, 0)).toBe(1);
    const setpoint = buildMessage(SetPositionTargetLocalNed, {
      targetSystem: 1,
      targetComponent: 1,
      coordinateFrame: 1,
      typeMask: ONLY_PLACE,
      x: 15,
      y: 5,
      z: -12,
    });
    const fly = (seconds: number): void => {
      for (let step = 0; step < seconds * 5; step += 1) {
        tower.send(setpoint);
        tower.run(0.2);
      }
    };
    fly(1);
    expect(tower.setMode(6, 0)).toBe(0);
    fly(10);
    expect(horizontalDistanceM(here(tower), { northM: 15, eastM: 5, upM: 0 })).toBeLessThan(1);
    tower.run(2);
    // COM_OBL_RC_ACT 0: a manual mode; without a remote control NAV_RCL_ACT, return.
    expect(tower.vehicle.truth.mode).toBe('AUTO.RTL');
  });

  it('is dead in TERMINATION, and stays so', () => {
    const tower = airborne(20);
    expect(tower.command(185, 1)).toBe(0);
    tower.run(6);
    expect(tower.vehicle.truth).toMatchObject({ mode: 'TERMINATION', landed: true });
    expect(tower.setMode(4, 3)).toBe(1);
  });
});

describe('a return', () => {
  const away = (options: Px4TowerOptions): Px4Tower => {
    const tower = airborne(12, options);
    tower.acksInt(192, 5, [10, 1, 0, Number.NaN], { ...at(60, 0), z: 162 });
    return tower.run(14);
  };

  it('goes to the nearest safe point when that is nearer than home', () => {
    const tower = away({});
    tower.upload([item(5100, { ...at(50, 20), z: 0 }), item(5100, { ...at(-20, 0), z: 0 })], 2);
    tower.setMode(4, 5);
    landed(tower);
    expect(horizontalDistanceM(here(tower), place(50, 20))).toBeLessThan(0.5);
  });

  it.each([
    // Straight home: high over the way; along the mission: at its heights.
    [0, 25, 35],
    [2, 10, 16],
  ])('RTL_TYPE %i', (type, minM, maxM) => {
    const tower = new Px4Tower({ parameters: { RTL_TYPE: type } }).ready();
    const way = [
      item(22, { ...at(0, 0), z: 12 }),
      item(16, { ...at(40, 0), z: 12 }),
      item(16, { ...at(40, 40), z: 12 }),
      item(16, { ...at(0, 60), z: 12 }),
    ];
    tower.upload(way);
    tower.command(300, 0, 0);
    tower.runUntil('second corner', 120, () => tower.vehicle.truth.missionSeq === 3);
    const from = tower.track.length;
    tower.setMode(4, 5);
    landed(tower);
    const highest = Math.max(...tower.track.slice(from).map(({ upM }) => upM));
    expect(highest).toBeGreaterThan(minM);
    expect(highest).toBeLessThan(maxM);
    expect(horizontalDistanceM(here(tower), place(0, 0))).toBeLessThan(0.5);
    const back = Math.min(...tower.track.slice(from).map((p) => horizontalDistanceM(p, place(40, 0))));
    expect(back < 2.1).toBe(type === 2);
  });

  it('waits over home for RTL_LAND_DELAY, for ever when it is negative', () => {
    const tower = away({ parameters: { RTL_LAND_DELAY: -1, RTL_DESCEND_ALT: 8 } });
    tower.setMode(4, 5);
    tower.run(60);
    expect(tower.texts()).toContain('RTL: completed, loitering');
    expect(tower.vehicle.truth.relativeAltitudeM).toBeCloseTo(8, 0);
  });
});

describe('what goes wrong', () => {
  it('leaves the fence: GF_ACTION return', () => {
    const tower = airborne(10, { parameters: { GF_ACTION: 3 } });
    tower.upload([item(5003, { ...at(0, 0), param1: 30 })], 1);
    tower.vehicle.setParameter('GF_ACTION', 0);
    const fly = buildMessage(SetPositionTargetLocalNed, {
      targetSystem: 1,
      targetComponent: 1,
      coordinateFrame: 1,
      typeMask: ONLY_PLACE,
      x: 45,
      z: -10,
    });
    tower.send(fly);
    tower.setMode(6, 0);
    tower.vehicle.setParameter('GF_ACTION', 3);
    tower.runUntil('return', 30, () => {
      tower.send(fly);
      return tower.vehicle.truth.mode === 'AUTO.RTL';
    });
    expect(horizontalDistanceM(here(tower), place(0, 0))).toBeLessThan(36);
    expect(tower.texts()).toContain('Failsafe activated');
  });

  it('loses the ground station: NAV_DLL_ACT after COM_DL_LOSS_T and five seconds of hold; nothing by default', () => {
    const calm = airborne(10);
    calm.beats = false;
    calm.run(30);
    expect(calm.vehicle.truth.mode).toBe('AUTO.LOITER');
    const tower = airborne(10, { parameters: { NAV_DLL_ACT: 3, COM_DL_LOSS_T: 6 } });
    tower.beats = false;
    tower.run(10.5);
    expect(tower.vehicle.truth.mode).toBe('AUTO.LOITER');
    tower.run(2);
    expect(tower.vehicle.truth.mode).toBe('AUTO.LAND');
    // The operator takes over.
    tower.beats = true;
    tower.setMode(4, 3);
    expect(tower.vehicle.truth.mode).toBe('AUTO.LOITER');
  });

  it('does not arm without a ground station when NAV_DLL_ACT asks for one', () => {
    const tower = new Px4Tower({ parameters: { NAV_DLL_ACT: 2 } });
    tower.beats = false;
    tower.run(4);
    expect(tower.command(400, 1)).toBe(1);
    expect(tower.texts()).toContain('Preflight Fail: No connection to the GCS');
  });

  it.each([
    [0, 'AUTO.LOITER'],
    [2, 'AUTO.LAND'],
    [3, 'AUTO.RTL'],
  ])('critical battery, COM_LOW_BAT_ACT %i: %s', (action, mode) => {
    const tower = airborne(10, { parameters: { COM_LOW_BAT_ACT: action } });
    expect(tower.vehicle.inject({ kind: 'battery', remainingPct: 6 })).toBe(true);
    tower.run(6);
    expect(tower.vehicle.truth.mode).toBe(mode);
  });

  it('loses its receiver: after five seconds it descends, and takes the mode up again when it is back', () => {
    const tower = airborne(30, { wind: { eastMps: 3, northMps: 0, gustMps: 0 } });
    tower.vehicle.inject({ kind: 'gps-loss', durationS: 9 });
    tower.run(1);
    expect(tower.last(GpsRawInt).fixType).toBe(0);
    tower.run(5);
    expect(tower.vehicle.truth.mode).toBe('DESCEND');
    expect(tower.texts()).toContain('GNSS data fusion stopped');
    tower.run(6);
    expect(tower.texts()).toContain('GNSS data fusion started');
    expect(tower.vehicle.truth.mode).toBe('AUTO.LOITER');
  });

  it('believes a receiver that jumps after some seconds, and flies the other way', () => {
    const tower = airborne(15);
    tower.vehicle.inject({ kind: 'gps-jump', eastM: 40, northM: 0, durationS: null });
    tower.run(4);
    expect(horizontalDistanceM(here(tower), place(0, 0))).toBeLessThan(1);
    tower.run(20);
    expect(here(tower).eastM).toBeCloseTo(-40, 0);
    expect(Math.abs(tower.last(GlobalPositionInt).lon - at(0, 0).y)).toBeLessThan(300);
  });

  it('refuses arming and commands, stores missions wrongly or not at all, each until it is cleared', () => {
    const tower = new Px4Tower().ready();
    tower.vehicle.inject({ kind: 'refuse-arming', reason: 'Compass needs calibration', durationS: null });
    expect(tower.command(400, 1)).toBe(1);
    expect(tower.texts()).toContain('Preflight Fail: Compass needs calibration');
    tower.vehicle.clearFault('refuse-arming');
    tower.vehicle.inject({ kind: 'refuse-command', command: 400, result: 4, times: 1 });
    expect(tower.acks(400, 1)).toEqual([4]);
    expect(tower.acks(400, 1)).toEqual([0]);
    tower.vehicle.inject({ kind: 'mission-stored-wrong', durationS: null });
    expect(tower.upload(square())).toBe(0);
    expect(tower.vehicle.stored(0)[1]?.z).toBe(115);
    tower.vehicle.clearFault('mission-stored-wrong');
    tower.vehicle.inject({ kind: 'mission-not-stored', durationS: null });
    expect(tower.upload(square().slice(0, 2))).toBe(0);
    expect(tower.vehicle.stored(0)).toHaveLength(4);
    expect(tower.vehicle.inject({ kind: 'rc-loss', durationS: null })).toBe(false);
  });

  it('shows a cell that sags, and a compass that is off', () => {
    const tower = new Px4Tower({ streams: 'normal' }).ready();
    tower.vehicle.inject({ kind: 'low-cell', cell: 2, sagV: 0.5 });
    tower.run(3);
    const cells = tower.last(BatteryStatus).voltages.filter((voltage) => voltage !== 65_535);
    expect(cells).toHaveLength(6);
    expect((cells[0] ?? 0) - (cells[2] ?? 0)).toBe(500);
    tower.vehicle.inject({ kind: 'compass', errorDeg: 50, durationS: 5 });
    expect(tower.run(1).command(400, 1)).toBe(1);
    expect(tower.texts()).toContain('Preflight Fail: Compass 0 fault');
    expect(tower.run(5).command(400, 1)).toBe(0);
  });

  it('restarts: clock, home and rates anew, plan and parameters kept', () => {
    const tower = new Px4Tower().ready();
    tower.upload(square());
    tower.vehicle.setParameter('RTL_RETURN_ALT', 44);
    expect(tower.command(246, 1)).toBe(0);
    tower.run(0.1);
    expect(tower.vehicle.truth).toMatchObject({ readyToArm: false, armed: false });
    expect(tower.vehicle.truth.timeS).toBeLessThan(1);
    tower.ready();
    expect(tower.vehicle.stored(0)).toHaveLength(4);
    expect(tower.vehicle.parameters.number('RTL_RETURN_ALT')).toBe(44);
    expect(tower.all(HomePosition).length).toBeGreaterThan(1);
  });
});

it('is the same flight for the same seed, byte by byte, and another for another', () => {
  const flown = (seed: number): string => {
    const tower = new Px4Tower({
      seed,
      streams: 'normal',
      wind: { eastMps: 2, northMps: 1, gustMps: 1 },
    }).ready();
    tower.upload(square());
    tower.command(300, 0, 0);
    tower.run(30);
    expect(tower.all(Heartbeat).length).toBeGreaterThan(25);
    return tower.logHash();
  };
  expect(flown(5)).toBe(flown(5));
  expect(flown(5)).not.toBe(flown(6));
});
