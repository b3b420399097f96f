import { describe, expect, it } from 'vitest';
import {
  AvailableModes,
  buildMessage,
  CommandInt,
  MessageInterval,
  NavControllerOutput,
  RequestDataStream,
  SetPositionTargetGlobalInt,
  SetPositionTargetLocalNed,
  SysStatus,
} from '../../../firmware-bridge/codec/messages.ts';
import { item, Tower, type TowerOptions } from '../../testing/tower.ts';
import { COPTER_MODE } from '../modes.ts';

const TO = { targetSystem: 1, targetComponent: 1 };
const POSITION_ONLY = 0xdf8;
const VELOCITY_ONLY = 0xdc7;
const POSITION_AND_YAW = 0x9f8;

function hovering(options: TowerOptions = {}, heightM = 20): Tower {
  const tower = new Tower(options);
  tower.runUntil('position', 60, () => tower.autopilot.flight.positionOk);
  tower.command(176, 1, COPTER_MODE.GUIDED);
  tower.command(400, 1);
  tower.command(22, 0, 0, 0, 0, 0, 0, heightM);
  return tower.runUntil('height', 60, () => tower.autopilot.flight.heightAboveHomeM > heightM - 0.4).run(2);
}

function sendGlobal(tower: Tower, typeMask: number, fields: Partial<SetPositionTargetGlobalInt>): void {
  tower.send(buildMessage(SetPositionTargetGlobalInt, { ...TO, coordinateFrame: 6, typeMask, ...fields }));
}

const place = (eastM: number, northM: number, alt = 20) => ({
  latInt: Math.round(252_809_000 + (northM / 110_750) * 1e7),
  lonInt: Math.round(1_102_900_000 + (eastM / 100_650) * 1e7),
  alt,
});
const state = (tower: Tower) => tower.autopilot.flight.state;
const headingDeg = (tower: Tower) => (state(tower).yawRad * 180) / Math.PI;

describe('guided targets', () => {
  it('that are places are flown to, nose first, and held', () => {
    const tower = hovering();
    sendGlobal(tower, POSITION_ONLY, place(50, 0, 30));
    tower.run(5);
    expect(headingDeg(tower)).toBeCloseTo(90, 0);
    tower.run(20);
    expect(state(tower).eastM).toBeCloseTo(50, 0);
    expect(state(tower).upM).toBeCloseTo(30, 0);
  });

  it('with a heading of their own turn there', () => {
    const tower = hovering();
    sendGlobal(tower, POSITION_AND_YAW, { ...place(0, 40), yaw: Math.PI });
    tower.run(15);
    expect(headingDeg(tower)).toBeCloseTo(180, 0);
    expect(state(tower).northM).toBeCloseTo(40, 0);
  });

  it('that are velocities count for GUID_TIMEOUT, then it stops and stays', () => {
    const tower = hovering();
    const velocity = { coordinateFrame: 1 as const, typeMask: VELOCITY_ONLY, vx: 4, vy: 0, vz: -1 };
    tower.send(buildMessage(SetPositionTargetLocalNed, { ...TO, ...velocity }));
    tower.run(2.8);
    expect(state(tower).velNorthMps).toBeCloseTo(4, 0);
    expect(state(tower).velUpMps).toBeCloseTo(1, 1);
    tower.run(5);
    expect(Math.hypot(state(tower).velNorthMps, state(tower).velUpMps)).toBeLessThan(0.2);
  });

  it('in body axes follow the nose', () => {
    const tower = hovering();
    tower.command(115, 90, 0, 0, 0);
    tower.run(4);
    const ahead = { coordinateFrame: 8 as const, typeMask: VELOCITY_ONLY, vx: 3, vy: 0, vz: 0 };
    tower.send(buildMessage(SetPositionTargetLocalNed, { ...TO, ...ahead }));
    tower.run(2.5);
    expect(state(tower).velEastMps).toBeCloseTo(3, 0);
    expect(Math.abs(state(tower).velNorthMps)).toBeLessThan(0.3);
  });

  it('that are places with velocities lead it round a circle without a stop', () => {
    const tower = hovering();
    const speeds: number[] = [];
    for (let t = 0; t < 40; t += 0.2) {
      const angle = t / 5;
      const { latInt, lonInt } = place(15 * Math.sin(angle), 15 * Math.cos(angle) - 15);
      const velocity = { vx: -3 * Math.sin(angle), vy: 3 * Math.cos(angle), vz: 0 };
      sendGlobal(tower, 0xdc0, { latInt, lonInt, alt: 20, ...velocity });
      tower.run(0.2);
      if (t > 10) speeds.push(Math.hypot(state(tower).velEastMps, state(tower).velNorthMps));
    }
    expect(Math.min(...speeds)).toBeGreaterThan(2.5);
    expect(Math.max(...speeds)).toBeLessThan(3.5);
    expect(Math.hypot(state(tower).eastM, state(tower).northM + 15)).toBeCloseTo(15, 0);
  });

  it('are ignored in other modes, and outside the fence', () => {
    const tower = hovering({ parameters: { FENCE_ENABLE: 1, FENCE_RADIUS: 100 } });
    sendGlobal(tower, POSITION_ONLY, place(200, 0));
    tower.run(5);
    expect(Math.abs(state(tower).eastM)).toBeLessThan(0.5);
    const { latInt: _param5, lonInt: _param6 } = place(200, 0);
    const command = buildMessage(CommandInt, {
      ...TO,
      command: 192,
      frame: 3,
      _param5,
      _param6,
      _param7: 20,
    });
    tower.send(command);
    expect(tower.autopilot.commands.at(-1)).toMatchObject({ command: 192, result: 4 });
    tower.command(176, 1, COPTER_MODE.LOITER);
    sendGlobal(tower, POSITION_ONLY, place(50, 0));
    tower.run(5);
    expect(Math.abs(state(tower).eastM)).toBeLessThan(0.5);
  });
});

describe('modes that fly by themselves', () => {
  it('CIRCLE turns around a point ahead with the nose to it', () => {
    const tower = hovering();
    const heading = headingDeg(tower);
    expect(tower.command(176, 1, COPTER_MODE.CIRCLE)).toBe(0);
    tower.run(30);
    const centre = {
      eastM: 10 * Math.sin((heading * Math.PI) / 180),
      northM: 10 * Math.cos((heading * Math.PI) / 180),
    };
    expect(Math.hypot(state(tower).eastM - centre.eastM, state(tower).northM - centre.northM)).toBeCloseTo(
      10,
      0,
    );
    // 20 °/s would be 3.49 m/s on 10 m.
    expect(Math.hypot(state(tower).velEastMps, state(tower).velNorthMps)).toBeCloseTo(3.4, 0);
  });

  it('SMART_RTL goes back the way it came, and lands', () => {
    const tower = hovering();
    for (const [east, north] of [
      [0, 60],
      [60, 60],
    ] as const) {
      sendGlobal(tower, POSITION_ONLY, place(east, north));
      tower.run(20);
    }
    tower.track.length = 0;
    expect(tower.command(176, 1, COPTER_MODE.SMART_RTL)).toBe(0);
    tower.runUntil('disarmed', 200, () => !tower.autopilot.flight.armed);
    expect(tower.nearestM({ eastM: 0, northM: 60, upM: 20 })).toBeLessThan(4);
    expect(Math.hypot(state(tower).eastM, state(tower).northM)).toBeLessThan(2.5);
  });

  it('RTL goes to a rally point when that is nearer, and home when it is too far', () => {
    for (const [limitKm, eastM] of [
      [0.3, 60],
      [0.01, 0],
    ] as const) {
      const tower = hovering({ parameters: { RALLY_LIMIT_KM: limitKm } });
      const { latInt: x, lonInt: y } = place(60, 60);
      expect(tower.upload([item(5100, { frame: 3, x, y, z: 30 })], 2)).toBe(0);
      sendGlobal(tower, POSITION_ONLY, place(80, 80));
      tower.run(25);
      tower.command(20);
      tower.runUntil('disarmed', 200, () => !tower.autopilot.flight.armed);
      expect(state(tower).eastM).toBeCloseTo(eastM, -0.5);
    }
  });

  it('RTL with RTL_ALT_FINAL comes down to it and stays in the air', () => {
    const tower = hovering({ parameters: { RTL_ALT_FINAL: 500 } }, 30);
    tower.command(20);
    tower.run(60);
    expect(tower.autopilot.flight.heightAboveHomeM).toBeCloseTo(5, 0);
    expect(tower.autopilot.flight.armed).toBe(true);
  });
});

describe('what it tells', () => {
  it('streams by the old REQUEST_DATA_STREAM, and stops', () => {
    const tower = hovering();
    const ask = (startStop: number) =>
      tower.send(buildMessage(RequestDataStream, { ...TO, reqStreamId: 2, reqMessageRate: 4, startStop }));
    ask(1);
    tower.received.length = 0;
    tower.run(5);
    expect(tower.all(SysStatus).length).toBeGreaterThanOrEqual(19);
    expect(tower.all(NavControllerOutput).length).toBeGreaterThanOrEqual(19);
    ask(0);
    tower.received.length = 0;
    expect(tower.run(3).all(SysStatus)).toHaveLength(0);
  });

  it('names its modes one by one, with AUTO RTL first as the real one', () => {
    const tower = hovering();
    expect(tower.command(512, 435, 0)).toBe(0);
    const modes = tower.all(AvailableModes);
    expect(modes).toHaveLength(modes[0]?.numberModes ?? 0);
    expect(modes[0]).toMatchObject({ customMode: 27, modeIndex: 1 });
    expect(modes.map(({ customMode }) => customMode)).toContain(COPTER_MODE.CIRCLE);
    expect(tower.command(512, 435, 99)).toBe(4);
  });

  it('answers how often a message comes', () => {
    const tower = hovering();
    tower.command(511, 33, 250_000);
    expect(tower.command(510, 33)).toBe(0);
    expect(tower.all(MessageInterval).at(-1)).toMatchObject({ messageId: 33, intervalUs: 250_000 });
    tower.command(510, 74);
    expect(tower.all(MessageInterval).at(-1)).toMatchObject({ messageId: 74, intervalUs: -1 });
  });

  it('shows the sensor words of the captured one: in STABILIZE with a transmitter, and armed in GUIDED', () => {
    const tower = new Tower({ parameters: { FS_THR_ENABLE: 1 } });
    tower.runUntil('position', 60, () => tower.autopilot.flight.positionOk).run(1);
    tower.command(511, 1, 200_000);
    tower.run(0.5);
    const words = () => {
      const message = tower.all(SysStatus).at(-1);
      return [
        message?.onboardControlSensorsPresent,
        message?.onboardControlSensorsEnabled,
        message?.onboardControlSensorsHealth,
      ].map((word) => word?.toString(16));
    };
    expect(words()).toEqual(['5371fc2f', '52619c2f', '57719c2f']);
    tower.command(176, 1, COPTER_MODE.GUIDED);
    tower.command(400, 1);
    tower.run(0.5);
    expect(words()).toEqual(['5371fc2f', '5361fc2f', '5771fc2f']);
  });
});
