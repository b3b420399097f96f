import { describe, expect, it } from 'vitest';
import {
  AutopilotVersion,
  buildMessage,
  CommandAck,
  CommandInt,
  EkfStatusReport,
  GlobalPositionInt,
  Heartbeat,
  HomePosition,
  type MavLinkData,
  ParamRequestList,
  ParamRequestRead,
  ParamSet,
  ParamValue,
  SetMode,
  StatusText,
  SysStatus,
} from '../../firmware-bridge/codec/messages.ts';
import { capturedMission, item, Tower, type TowerOptions } from '../testing/tower.ts';
import { COPTER_MODE } from './modes.ts';

const TO = { targetSystem: 1, targetComponent: 1 };
const CUSTOM_MODE_FLAG = 1 as SetMode['baseMode'];
const PREARM_BIT = 0x1000_0000;
const EKF_POSITION_ABS = 0x10;

function readyTower(options: TowerOptions = {}): Tower {
  const tower = new Tower(options);
  return tower.runUntil('position estimate', 60, () => tower.autopilot.flight.positionOk);
}

/** Armed in GUIDED and hovering at `heightM`. */
function hoveringTower(heightM = 20, options: TowerOptions = {}): Tower {
  const tower = readyTower(options);
  tower.command(176, 1, COPTER_MODE.GUIDED);
  tower.command(400, 1);
  tower.command(22, 0, 0, 0, 0, 0, 0, heightM);
  return tower.runUntil('height', 60, () => tower.autopilot.flight.heightAboveHomeM > heightM - 0.4).run(2);
}

const kind = (message: MavLinkData) => message.constructor.name;

describe('starting up', () => {
  it('refuses to arm in GUIDED without a position estimate and says why', () => {
    const tower = new Tower().run(2);
    expect(tower.command(176, 1, COPTER_MODE.GUIDED)).toBe(0);
    expect(tower.command(400, 1)).toBe(4);
    expect(tower.texts()).toContain('Arm: Need Position Estimate');
    expect(tower.autopilot.flight.armed).toBe(false);
  });

  it('arms in STABILIZE without a position, as the real one does', () => {
    const tower = new Tower().run(2);
    expect(tower.command(400, 1)).toBe(0);
    expect(tower.command(176, 1, COPTER_MODE.GUIDED)).toBe(4);
    expect(tower.texts()).toContain('Mode change to GUIDED failed: requires position');
  });

  it('shows the pre-arm bit before there is a position, as the real one does', () => {
    const tower = new Tower();
    tower.command(511, 1, 100_000);
    tower.command(511, 193, 100_000);
    tower.run(3);
    const health = tower.all(SysStatus).at(-1)?.onboardControlSensorsHealth ?? 0;
    expect((health & PREARM_BIT) !== 0).toBe(true);
    expect((tower.all(EkfStatusReport).at(-1)?.flags ?? 0) & EKF_POSITION_ABS).toBe(0);
    tower.run(1.5);
    expect((tower.all(EkfStatusReport).at(-1)?.flags ?? 0) & EKF_POSITION_ABS).toBe(EKF_POSITION_ABS);
    expect(tower.command(400, 1)).toBe(0);
  });

  it('sends nothing but HEARTBEAT, texts and what is announced until asked', () => {
    const kinds = new Set(new Tower().run(10).received.map(kind));
    expect([...kinds].sort()).toEqual([
      'GpsGlobalOrigin',
      'Heartbeat',
      'HomePosition',
      'ParamValue',
      'StatusText',
    ]);
  });

  it('beats once a second', () => {
    expect(new Tower().run(10).all(Heartbeat)).toHaveLength(10);
  });
});

describe('arming and disarming', () => {
  it('answers, shows home, says so, in the order of the capture', () => {
    const tower = readyTower();
    tower.command(176, 1, COPTER_MODE.GUIDED);
    tower.received.length = 0;
    expect(tower.command(400, 1)).toBe(0);
    expect(tower.received.map(kind)).toEqual(['CommandAck', 'GpsGlobalOrigin', 'HomePosition', 'StatusText']);
    expect(tower.texts()).toEqual(['Arming motors']);
  });

  it('disarms by itself after 10 s on the ground', () => {
    const tower = readyTower();
    tower.command(400, 1);
    tower.run(9.5);
    expect(tower.autopilot.flight.armed).toBe(true);
    tower.run(1);
    expect(tower.autopilot.flight.armed).toBe(false);
  });

  it('refuses to disarm in the air, falls when forced', () => {
    const tower = hoveringTower();
    expect(tower.command(400, 0)).toBe(4);
    expect(tower.autopilot.flight.armed).toBe(true);
    expect(tower.command(400, 0, 21_196)).toBe(0);
    tower.run(4);
    expect(tower.autopilot.flight.state).toMatchObject({ onGround: true });
    expect(tower.autopilot.flight.state.touchdownMps).toBeGreaterThan(10);
  });

  it('refuses with the reason of the fault, also when forced, until it is taken away', () => {
    const tower = readyTower();
    tower.autopilot.flight.refuseToArm('Compass not calibrated');
    expect(tower.command(400, 1)).toBe(4);
    expect(tower.command(400, 1, 21_196)).toBe(4);
    expect(tower.texts().filter((text) => text === 'Arm: Compass not calibrated')).toHaveLength(2);
    tower.autopilot.flight.refuseToArm(null);
    expect(tower.command(400, 1)).toBe(0);
  });

  it('refuses to arm in AUTO and RTL', () => {
    const tower = readyTower();
    tower.command(176, 1, COPTER_MODE.RTL);
    expect(tower.command(400, 1)).toBe(4);
    expect(tower.texts()).toContain('Arm: RTL mode not armable');
  });

  it('refuses to arm with an empty battery', () => {
    const tower = readyTower();
    tower.autopilot.flight.setBatteryFraction(0.1);
    expect(tower.command(400, 1)).toBe(4);
    expect(tower.texts()).toContain('Arm: Battery 1 low capacity failsafe');
  });

  it('runs the pre-arm checks on request and not while armed', () => {
    const tower = new Tower().run(2);
    tower.command(176, 1, COPTER_MODE.GUIDED);
    expect(tower.command(401)).toBe(0);
    expect(tower.texts()).toContain('PreArm: Need Position Estimate');
    tower.run(4);
    tower.command(400, 1);
    expect(tower.command(401)).toBe(1);
  });
});

describe('flying by command', () => {
  it('takes off only armed, on the ground and in GUIDED', () => {
    const tower = readyTower();
    expect(tower.command(22, 0, 0, 0, 0, 0, 0, 10)).toBe(4);
    tower.command(400, 1);
    expect(tower.command(22, 0, 0, 0, 0, 0, 0, 10)).toBe(4);
    tower.command(176, 1, COPTER_MODE.GUIDED);
    expect(tower.command(22, 0, 0, 0, 0, 0, 0, 10)).toBe(0);
    tower.run(10);
    expect(tower.autopilot.flight.heightAboveHomeM).toBeCloseTo(10, 0);
    expect(tower.command(22, 0, 0, 0, 0, 0, 0, 30)).toBe(4);
  });

  it('answers MISSION_START while disarmed with 0, begins the list on paper and flies nowhere', () => {
    const tower = readyTower();
    tower.upload(capturedMission());
    expect(tower.command(300)).toBe(0);
    tower.run(5);
    expect(tower.autopilot.flight).toMatchObject({ armed: false, mode: COPTER_MODE.AUTO });
    expect(tower.texts()).toContain('Mission: 1 Takeoff');
    expect(tower.autopilot.flight.state.upM).toBe(0);
  });

  it('shows the new mode right behind the answer', () => {
    const tower = readyTower();
    tower.received.length = 0;
    tower.command(176, 1, COPTER_MODE.GUIDED);
    expect(tower.received.map(kind)).toEqual(['CommandAck', 'Heartbeat']);
    expect(tower.all(Heartbeat)[0]).toMatchObject({ customMode: COPTER_MODE.GUIDED, baseMode: 89 });
  });

  it('takes the old SET_MODE and answers it as "command" 11', () => {
    const tower = readyTower();
    tower.received.length = 0;
    tower.send(
      buildMessage(SetMode, { targetSystem: 1, baseMode: CUSTOM_MODE_FLAG, customMode: COPTER_MODE.LOITER }),
    );
    expect(tower.all(CommandAck)[0]).toMatchObject({ command: 11, result: 0 });
    expect(tower.autopilot.flight.mode).toBe(COPTER_MODE.LOITER);
  });

  it('returns at RTL_ALT when it was lower, at its own height when it was higher, and disarms', () => {
    for (const [heightM, expectedM] of [
      [6, 15],
      [30, 30],
    ] as const) {
      const tower = hoveringTower(heightM);
      const reposition = buildMessage(CommandInt, {
        ...TO,
        command: 192,
        frame: 3,
        _param5: 252_813_000,
        _param6: 1_102_903_000,
        _param7: heightM,
      });
      tower.send(reposition);
      tower.run(25);
      tower.track.length = 0;
      expect(tower.command(20)).toBe(0);
      tower.runUntil('disarmed', 120, () => !tower.autopilot.flight.armed);
      const away = tower.track.filter(
        (at) => Math.hypot(at.eastM, at.northM) > 5 && Math.hypot(at.eastM, at.northM) < 30,
      );
      expect(away.length).toBeGreaterThan(20);
      for (const at of away) expect(at.upM).toBeCloseTo(expectedM, 0);
      const { state } = tower.autopilot.flight;
      expect(Math.hypot(state.eastM, state.northM)).toBeLessThan(1.5);
    }
  });

  it('lands where it is', () => {
    const tower = hoveringTower();
    expect(tower.command(21)).toBe(0);
    tower.runUntil('disarmed', 60, () => !tower.autopilot.flight.armed);
    expect(tower.autopilot.flight.mode).toBe(COPTER_MODE.LAND);
  });

  it('pauses and continues inside AUTO, and goes on with the same item after BRAKE', () => {
    const tower = readyTower();
    tower.upload(capturedMission());
    tower.command(176, 1, COPTER_MODE.GUIDED);
    tower.command(400, 1);
    expect(tower.command(193, 0)).toBe(4);
    tower.command(300);
    tower.runUntil('item 3', 60, () => tower.autopilot.flight.mission.seq === 3).run(3);
    const speed = () =>
      Math.hypot(tower.autopilot.flight.state.velEastMps, tower.autopilot.flight.state.velNorthMps);
    expect(speed()).toBeGreaterThan(2);
    expect(tower.command(193, 0)).toBe(0);
    tower.run(6);
    expect(speed()).toBeLessThan(0.2);
    expect(tower.autopilot.flight.mode).toBe(COPTER_MODE.AUTO);
    expect(tower.command(193, 1)).toBe(0);
    tower.run(2);
    expect(speed()).toBeGreaterThan(2);
    expect(tower.command(176, 1, COPTER_MODE.BRAKE)).toBe(0);
    tower.run(6);
    expect(speed()).toBeLessThan(0.2);
    expect(tower.autopilot.flight.mission.missionState()).toBe(4);
    expect(tower.command(176, 1, COPTER_MODE.AUTO)).toBe(0);
    expect(tower.autopilot.flight.mission.seq).toBe(3);
    tower.runUntil('disarmed', 200, () => !tower.autopilot.flight.armed);
  });

  it('jumps to an item by command 224 and refuses one that is not there', () => {
    const tower = readyTower();
    tower.upload(capturedMission());
    expect(tower.command(224, 40)).toBe(2);
    tower.command(176, 1, COPTER_MODE.GUIDED);
    tower.command(400, 1);
    tower.command(300);
    tower.runUntil('item 2', 60, () => tower.autopilot.flight.mission.seq === 2);
    expect(tower.command(224, 5)).toBe(0);
    expect(tower.autopilot.flight.mission.seq).toBe(5);
  });

  it('flies the speed of command 178, at most 15 m/s', () => {
    const tower = readyTower();
    const far = item(16, { x: 252_900_000, y: 1_102_900_000, z: 20 });
    tower.upload([item(16), item(22, { z: 20 }), far, item(20)]);
    tower.command(176, 1, COPTER_MODE.GUIDED);
    tower.command(400, 1);
    tower.command(300);
    tower.runUntil('item 2', 60, () => tower.autopilot.flight.mission.seq === 2);
    const north = () => tower.autopilot.flight.state.velNorthMps;
    tower.run(10);
    expect(north()).toBeCloseTo(10, 0);
    expect(tower.command(178, 1, 5)).toBe(0);
    tower.run(10);
    expect(north()).toBeCloseTo(5, 0);
    expect(tower.command(178, 1, 40)).toBe(0);
    tower.run(10);
    expect(north()).toBeCloseTo(15, 0);
    expect(tower.command(178, 1, -1)).toBe(2);
  });

  it('answers what it does not know with 3', () => {
    const tower = readyTower();
    expect(tower.command(34)).toBe(3);
    expect(tower.command(183, 1, 1500)).toBe(3);
  });
});

describe('messages on request', () => {
  it('sends what was asked for, at that rate, and stops', () => {
    const tower = readyTower();
    expect(tower.command(511, 33, 200_000)).toBe(0);
    tower.received.length = 0;
    tower.run(10);
    expect(tower.all(GlobalPositionInt).length).toBeGreaterThanOrEqual(49);
    expect(tower.all(GlobalPositionInt).length).toBeLessThanOrEqual(51);
    expect(tower.command(511, 33, -1)).toBe(0);
    tower.received.length = 0;
    expect(tower.run(2).all(GlobalPositionInt)).toHaveLength(0);
    expect(tower.command(511, 4242, 200_000)).toBe(2);
    expect(tower.texts()).toContain('No ap_message for mavlink id (4242)');
  });

  it('answers first, then sends the message', () => {
    const tower = readyTower();
    tower.received.length = 0;
    tower.command(512, 148);
    expect(tower.received.map(kind)).toEqual(['CommandAck', 'AutopilotVersion']);
    // Mission and command by integers, MAVLink 2, fence, rally as in the capture; no FTP and terrain here.
    const capabilities = BigInt(tower.all(AutopilotVersion)[0]?.capabilities ?? 0);
    for (const bit of [4n, 8n, 8192n, 16384n, 32768n]) expect(capabilities & bit).toBe(bit);
    expect(capabilities & 32n).toBe(0n);
    expect(tower.command(512, 4242)).toBe(4);
  });

  it('has no home before it has a position, then sends it', () => {
    const tower = new Tower().run(1);
    expect(tower.command(410)).toBe(4);
    tower.run(4);
    tower.received.length = 0;
    expect(tower.command(410)).toBe(0);
    expect(tower.all(HomePosition)[0]).toMatchObject({
      latitude: 252_809_000,
      longitude: 1_102_900_000,
      altitude: 150_000,
    });
  });

  it('forgets rates and position on reboot, keeps the mission', () => {
    const tower = readyTower();
    tower.upload(capturedMission());
    tower.command(511, 33, 200_000);
    expect(tower.command(246, 1)).toBe(0);
    tower.run(0.5);
    tower.received.length = 0;
    tower.run(1);
    expect(tower.all(GlobalPositionInt)).toHaveLength(0);
    expect(tower.autopilot.flight.positionOk).toBe(false);
    expect(tower.autopilot.missions.list(0)).toHaveLength(7);
  });
});

describe('parameters', () => {
  it('reads by name, lists all, sets with a read-back, is silent on an unknown name', () => {
    const tower = readyTower();
    tower.received.length = 0;
    tower.send(buildMessage(ParamRequestRead, { ...TO, paramId: 'RTL_ALT', paramIndex: -1 }));
    expect(tower.all(ParamValue)[0]).toMatchObject({ paramValue: 1500, paramType: 6 });
    tower.send(buildMessage(ParamSet, { ...TO, paramId: 'RTL_ALT', paramValue: 3000, paramType: 6 }));
    expect(tower.all(ParamValue)[1]?.paramValue).toBe(3000);
    tower.send(buildMessage(ParamSet, { ...TO, paramId: 'NO_SUCH', paramValue: 1, paramType: 6 }));
    expect(tower.all(ParamValue)).toHaveLength(2);
    tower.received.length = 0;
    tower.send(buildMessage(ParamRequestList, TO));
    const values = tower.run(1).all(ParamValue);
    const total = values[0]?.paramCount ?? 0;
    expect(values.map((value) => value.paramIndex)).toEqual(
      Array.from({ length: total }, (_, index) => index),
    );
  });
});

describe('failsafes', () => {
  it('returns when the battery is low, lands when it is critical', () => {
    const tower = hoveringTower(40);
    tower.autopilot.flight.setBatteryFraction(0.14);
    tower.run(11);
    expect(tower.autopilot.flight.mode).toBe(COPTER_MODE.RTL);
    expect(tower.texts().some((text) => text.startsWith('Battery 1 is low '))).toBe(true);
    expect(tower.texts()).toContain('Battery Failsafe');
    tower.autopilot.flight.setBatteryFraction(0.05);
    tower.run(11);
    expect(tower.autopilot.flight.mode).toBe(COPTER_MODE.LAND);
  });

  const heartbeat = buildMessage(Heartbeat, { type: 6, autopilot: 8, mavlinkVersion: 3 });

  it('flies on without a ground station, unless FS_GCS_ENABLE says otherwise', () => {
    for (const [enable, mode] of [
      [0, COPTER_MODE.GUIDED],
      [1, COPTER_MODE.RTL],
      [5, COPTER_MODE.LAND],
    ] as const) {
      const tower = hoveringTower(20, { parameters: { FS_GCS_ENABLE: enable } });
      tower.send(heartbeat, 255);
      tower.run(4.5);
      expect(tower.autopilot.flight.mode).toBe(COPTER_MODE.GUIDED);
      tower.run(1);
      expect(tower.autopilot.flight.mode).toBe(mode);
    }
  });

  it('counts only the ground station that MAV_GCS_SYSID names', () => {
    const tower = hoveringTower(20, { parameters: { FS_GCS_ENABLE: 1 } });
    tower.send(heartbeat, 200);
    tower.run(8);
    expect(tower.autopilot.flight.mode).toBe(COPTER_MODE.GUIDED);
  });
});

describe('texts', () => {
  it('sends long ones in chunks with one id, Chinese ones whole', () => {
    const tower = readyTower();
    const long = `Wind too strong at ${'the northern police room '.repeat(3)}for take-off`;
    tower.autopilot.flight.refuseToArm(long);
    tower.received.length = 0;
    tower.command(400, 1);
    const chunks = tower.all(StatusText);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    expect(chunks[0]?.id).not.toBe(0);
    expect(chunks.map(({ chunkSeq }) => chunkSeq)).toEqual([0, 1, 2]);
    expect(tower.texts().join('')).toBe(`Arm: ${long}`);
    tower.autopilot.flight.refuseToArm('风太大');
    tower.received.length = 0;
    tower.command(400, 1);
    const [text] = tower.texts();
    expect(Buffer.from(text ?? '', 'latin1').toString('utf8')).toBe('Arm: 风太大');
  });
});
