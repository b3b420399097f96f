import { describe, expect, it } from 'vitest';
import {
  buildMessage,
  MavAutopilot,
  type MavLinkData,
  MavSysStatusSensor,
  StatusText,
} from '../../firmware-bridge/codec/messages.ts';
import { describeStage, NOTHING_HEARD, readyStage, reduceReadiness } from './readiness.ts';
import { SAID } from './testing/frames.ts';

const having = (...said: readonly MavLinkData[]) => said.reduce(reduceReadiness, NOTHING_HEARD);
const text = (words: string) => buildMessage(StatusText, { severity: 4, text: words });
const PX4 = MavAutopilot.PX4;
const { SENSOR_GPS, AHRS } = MavSysStatusSensor;

describe('when an autopilot can fly, by its own words', () => {
  const everything = [SAID.standby(), SAID.fix(), SAID.home(), SAID.health(true), SAID.position()] as const;

  it.each([
    ['nothing', [], 'silent'],
    ['a health report before the first heartbeat', [SAID.health(true)], 'silent'],
    ['booting', [SAID.booting()], 'booting'],
    ['standby', [SAID.standby()], 'gps'],
    ['a fix without home', [SAID.standby(), SAID.fix()], 'estimate'],
    // The trap: arming now answers "Need Position Estimate".
    [
      'ArduPilot: pre-arm bit before a position',
      [SAID.standby(), SAID.fix(), SAID.home(), SAID.health(true)],
      'estimate',
    ],
    [
      'ArduPilot: a filter that holds a constant position',
      [...everything.slice(0, 4), SAID.constantPosition()],
      'estimate',
    ],
    [
      'ArduPilot: position without the pre-arm bit',
      [SAID.standby(), SAID.fix(), SAID.home(), SAID.position(), SAID.health(false)],
      'prearm',
    ],
    ['ArduPilot: everything', everything, 'ready'],
    [
      'ArduPilot: an unhealthy sensor that it does not mind',
      [...everything, SAID.health(true, AHRS, 0)],
      'ready',
    ],
    [
      'PX4: no EKF_STATUS_REPORT is needed',
      [SAID.standby(PX4), SAID.fix(), SAID.home(), SAID.health(true)],
      'ready',
    ],
    [
      'PX4: the bit is set, but something watched is unhealthy',
      [SAID.standby(PX4), SAID.fix(), SAID.home(), SAID.health(true, SENSOR_GPS | AHRS, AHRS)],
      'prearm',
    ],
  ] as const)('%s', (_name, said, stage) => {
    expect(readyStage(having(...said))).toBe(stage);
  });

  it('tells what it is waiting for, in the words of the autopilot', () => {
    const waiting = having(
      ...[SAID.standby(), SAID.fix(), SAID.home(), SAID.position(), SAID.health(false, SENSOR_GPS, 0)],
      text('PreArm: Compass not healthy'),
      text('EKF3 IMU0 is using GPS'),
    );
    expect(describeStage(waiting)).toBe(
      'position estimate; waiting for its pre-arm checks (gps, "PreArm: Compass not healthy")',
    );
  });

  it('goes back when the position is lost again', () => {
    const lost = having(...everything, SAID.constantPosition());
    expect(readyStage(lost)).toBe('estimate');
  });
});
