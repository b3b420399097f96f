import { describe, expect, it } from 'vitest';
import {
  BatteryStatus,
  ExtendedSysState,
  GlobalPositionInt,
  Heartbeat,
  MissionCurrent,
  MissionItemReached,
} from '../../firmware-bridge/codec/messages.ts';
import { remainingFraction } from '../aircraft/battery.ts';
import { capturedMission, item, Tower, type TowerOptions } from '../testing/tower.ts';
import { COPTER_MODE } from './modes.ts';

function flyCapturedMission(options: TowerOptions = {}): Tower {
  const tower = new Tower(options);
  tower.runUntil('position estimate', 60, () => tower.autopilot.flight.positionOk);
  for (const messageId of [33, 42, 147, 245]) expect(tower.command(511, messageId, 200_000)).toBe(0);
  tower.run(0.3);
  expect(tower.upload(capturedMission())).toBe(0);
  expect(tower.command(176, 1, COPTER_MODE.GUIDED)).toBe(0);
  expect(tower.command(400, 1)).toBe(0);
  expect(tower.command(22, 0, 0, 0, 0, 0, 0, 10)).toBe(0);
  tower.runUntil('height', 30, () => tower.autopilot.flight.heightAboveHomeM > 9);
  expect(tower.command(300)).toBe(0);
  return tower.runUntil('disarmed', 200, () => !tower.autopilot.flight.armed);
}

describe('the flight of the capture, without sockets', () => {
  const tower = flyCapturedMission({ wind: { eastMps: 3, northMps: -2, gustMps: 1 } });
  const { flight } = tower.autopilot;

  it('reaches the items in order and ends landed and disarmed in AUTO', () => {
    expect(tower.all(MissionItemReached).map((message) => message.seq)).toEqual([1, 2, 3, 4, 5, 6]);
    const heartbeats = tower.run(1.2).all(Heartbeat);
    expect(heartbeats.at(-1)).toMatchObject({ baseMode: 81, customMode: COPTER_MODE.AUTO, systemStatus: 3 });
    expect(tower.texts()).toContain('Disarming motors');
  });

  it('passes every waypoint within WPNAV_RADIUS, as the real one rounds its corners', () => {
    for (const waypoint of capturedMission().slice(2, 6)) {
      const place = flight.locate(waypoint);
      if (place === null) throw new Error('a waypoint without a place');
      expect(tower.nearestM(place)).toBeLessThan(2.1);
    }
  });

  it('stays within the heights and distances of the captured flight', () => {
    const highest = Math.max(...tower.track.map((at) => at.upM));
    const farthest = Math.max(...tower.track.map((at) => Math.hypot(at.eastM, at.northM)));
    expect(highest).toBeGreaterThan(24.5);
    expect(highest).toBeLessThan(26);
    expect(farthest).toBeGreaterThan(82);
    expect(farthest).toBeLessThan(86);
  });

  it('says when it stands, takes off, flies and lands', () => {
    const shown = tower.all(ExtendedSysState).map((message) => message.landedState);
    expect(shown.filter((state, index) => state !== shown[index - 1])).toEqual([1, 3, 2, 4, 1]);
  });

  it('lands at home, gently', () => {
    const { state } = flight;
    expect(Math.hypot(state.eastM, state.northM)).toBeLessThan(1.5);
    expect(state.touchdownMps).toBeLessThan(1);
  });

  it('shows the mission states of the real one', () => {
    const shown = tower
      .all(MissionCurrent)
      .map((message) => `${message.seq}/${message.total}/${message.missionState}`);
    expect([...new Set(shown)]).toEqual([
      '0/0/1',
      '0/6/2',
      '1/6/3',
      '2/6/3',
      '3/6/3',
      '4/6/3',
      '5/6/3',
      '6/6/3',
      '0/6/5',
    ]);
  });

  it('uses the battery, faster in the air than on the ground', () => {
    const values = tower.all(BatteryStatus).map((message) => message.currentConsumed);
    expect(values.every((value, index) => index === 0 || value >= (values[index - 1] ?? 0))).toBe(true);
    const usedWh = 230 * (1 - remainingFraction(flight.state.battery));
    // About 95 s at 380–550 W.
    expect(usedWh).toBeGreaterThan(7);
    expect(usedWh).toBeLessThan(14);
  });

  it('never exceeds its own limits', () => {
    for (const message of tower.all(GlobalPositionInt)) {
      expect(Math.hypot(message.vx, message.vy)).toBeLessThan(1050);
      expect(-message.vz).toBeLessThan(260);
      expect(message.vz).toBeLessThan(210);
    }
  });
});

describe('determinism', () => {
  const wind = { eastMps: 4, northMps: 1, gustMps: 1.5 };
  it('gives the same bytes for the same seed and others for another', () => {
    const first = flyCapturedMission({ seed: 11, wind }).logHash();
    expect(flyCapturedMission({ seed: 11, wind }).logHash()).toBe(first);
    expect(flyCapturedMission({ seed: 12, wind }).logHash()).not.toBe(first);
  });
});

describe('a coverage pattern', () => {
  it('flies lanes with short turns at 15 m/s within 2 m of every point', () => {
    const tower = new Tower();
    tower.runUntil('position estimate', 60, () => tower.autopilot.flight.positionOk);
    const { flight } = tower.autopilot;
    const lanes = [];
    for (let lane = 0; lane < 6; lane += 1) {
      const ends = lane % 2 === 0 ? [0, 300] : [300, 0];
      for (const northM of ends) {
        const geo = flight.frame.toGeo({ eastM: 50 + lane * 12, northM, upM: 0 });
        lanes.push(item(16, { x: Math.round(geo.latDeg * 1e7), y: Math.round(geo.lonDeg * 1e7), z: 60 }));
      }
    }
    const plan = [
      item(16),
      item(22, { z: 60 }),
      item(178, { frame: 2, param1: 1, param2: 15 }),
      ...lanes,
      item(20),
    ];
    expect(tower.upload(plan)).toBe(0);
    tower.command(176, 1, COPTER_MODE.GUIDED);
    tower.command(400, 1);
    tower.command(22, 0, 0, 0, 0, 0, 0, 5);
    tower.runUntil('height', 30, () => flight.heightAboveHomeM > 4);
    tower.command(300);
    let fastest = 0;
    tower.runUntil('disarmed', 600, () => {
      fastest = Math.max(fastest, Math.hypot(flight.state.velEastMps, flight.state.velNorthMps));
      return !flight.armed;
    });
    for (const waypoint of lanes) {
      const place = flight.locate(waypoint);
      if (place === null) throw new Error('a waypoint without a place');
      expect(tower.nearestM(place)).toBeLessThan(2);
    }
    expect(fastest).toBeGreaterThan(14.5);
    expect(fastest).toBeLessThan(15.2);
    // Away from the turns the aircraft is on the line: no wide arcs out of a corner.
    const inLane = tower.track.filter((at) => at.upM > 59 && at.northM > 30 && at.northM < 270);
    const offLine = inLane.map((at) =>
      Math.min(...[0, 1, 2, 3, 4, 5].map((lane) => Math.abs(at.eastM - 50 - lane * 12))),
    );
    expect(inLane.length).toBeGreaterThan(1000);
    expect(Math.max(...offLine)).toBeLessThan(0.5);
  });
});
