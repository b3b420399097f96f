import { describe, expect, it } from 'vitest';
import { armingObjection, baseMode, COPTER_MODE, decideModeChange, type ModeContext } from './modes.ts';

const FLYING: ModeContext = {
  armed: true,
  landed: false,
  positionOk: true,
  missionPresent: true,
  missionStartsWithTakeoff: true,
  hasPathHome: true,
  hasLandingSequence: true,
  homeKnown: true,
};

describe('a change of mode', () => {
  it.each([
    ['enters AUTO in flight', COPTER_MODE.AUTO, {}, null],
    [
      'enters AUTO in flight without a take-off item',
      COPTER_MODE.AUTO,
      { missionStartsWithTakeoff: false },
      null,
    ],
    [
      'refuses AUTO without a mission',
      COPTER_MODE.AUTO,
      { missionPresent: false },
      'Mode change to AUTO failed: init failed',
    ],
    [
      'refuses AUTO on the ground without a take-off item',
      COPTER_MODE.AUTO,
      { landed: true, missionStartsWithTakeoff: false },
      'Auto: Missing Takeoff Cmd',
    ],
    [
      'lets a disarmed aircraft into AUTO without a mission',
      COPTER_MODE.AUTO,
      { armed: false, missionPresent: false },
      null,
    ],
    [
      'refuses GUIDED without a position',
      COPTER_MODE.GUIDED,
      { positionOk: false },
      'Mode change to GUIDED failed: requires position',
    ],
    [
      'refuses RTL without a position',
      COPTER_MODE.RTL,
      { positionOk: false },
      'Mode change to RTL failed: requires position',
    ],
    ['always lands', COPTER_MODE.LAND, { positionOk: false, missionPresent: false }, null],
    ['brakes', COPTER_MODE.BRAKE, {}, null],
    ['refuses a number that is no mode', 99, {}, 'No such mode 99'],
    ['refuses a PX4 mode word', 0x0403_0000, {}, 'No such mode 67305472'],
  ] as const)('%s', (_, requested, changes, text) => {
    const decision = decideModeChange(requested, { ...FLYING, ...changes });
    expect(decision).toEqual(text === null ? { kind: 'enter', mode: requested } : { kind: 'refused', text });
  });
});

describe('arming', () => {
  it.each([
    [COPTER_MODE.STABILIZE, 0, null],
    [COPTER_MODE.GUIDED, 0, null],
    [COPTER_MODE.AUTO, 0, 'AUTO mode not armable'],
    [COPTER_MODE.AUTO, 3, null],
    [COPTER_MODE.RTL, 3, 'RTL mode not armable'],
    [COPTER_MODE.LAND, 0, 'LAND mode not armable'],
  ] as const)('in mode %i with AUTO_OPTIONS %i: %s', (mode, autoOptions, objection) => {
    expect(armingObjection(mode, autoOptions)).toBe(objection);
  });
});

describe('HEARTBEAT base_mode, as captured', () => {
  it.each([
    [COPTER_MODE.STABILIZE, false, 81],
    [COPTER_MODE.GUIDED, false, 89],
    [COPTER_MODE.GUIDED, true, 217],
    [COPTER_MODE.AUTO, true, 217],
    [COPTER_MODE.AUTO, false, 81],
  ] as const)('mode %i, armed %s: %i', (mode, armed, expected) => {
    expect(baseMode(mode, armed)).toBe(expected);
  });
});
