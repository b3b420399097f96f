import { CALIBRATION_POINTS } from './calibration-mission.ts';
import { ASKED_RATES } from './measure-rates.ts';

/** How far a simulated figure may be from the real one and still be the same. */
export type Tolerance =
  | { readonly kind: 'within'; readonly absolute: number; readonly relative: number }
  /** Words, results, counts: equal or not. */
  | { readonly kind: 'equal' };

export interface Row {
  /** Of the figure: `land.rate9to5Mps`. */
  readonly id: string;
  readonly title: string;
  /** `''` for words. */
  readonly unit: string;
  readonly tolerance: Tolerance;
}

export interface Section {
  readonly title: string;
  readonly about: string;
  readonly rows: readonly Row[];
}

const near = (absolute: number, relative = 0): Tolerance => ({ kind: 'within', absolute, relative });
const equal: Tolerance = { kind: 'equal' };
const row = (id: string, title: string, unit: string, tolerance: Tolerance): Row => ({
  id,
  title,
  unit,
  tolerance,
});

const START: Section = {
  title: 'Start',
  about: 'Seconds since the process was started; arming before and after.',
  rows: [
    row('start.firstHeartbeatS', 'first heartbeat', 's', near(3)),
    row('start.gpsS', 'booted, no GPS fix yet', 's', near(3)),
    row('start.estimateS', 'GPS fix', 's', near(6)),
    row('start.readyS', 'ready to be armed', 's', near(6)),
    row('start.armTooEarly', 'arming at the first heartbeat', '', equal),
    row('start.armWhenReady', 'arming when ready', '', equal),
    row('command.disarmOnGround', 'disarming on the ground', '', equal),
    row('refusal.autoDisarmS', 'armed and left alone, disarms after', 's', near(1)),
    row('reboot.answer', 'reboot (246), answer', '', equal),
    row('reboot.firstHeartbeatMs', 'reboot, first heartbeat after', 'ms', near(700)),
  ],
};

const PROTOCOL: Section = {
  title: 'Protocol',
  about: 'On loopback, at the speed of life, with nothing else on the link.',
  rows: [
    row('command.ackMedianMs', 'command to its answer, median of 20', 'ms', near(6)),
    row('command.ackMaxMs', 'the slowest of them', 'ms', near(25)),
    row('command.modeAnswer', 'mode change, answer', '', equal),
    row('command.modeToHeartbeatMs', 'mode change to the heartbeat that shows it', 'ms', near(300)),
    row('command.armToHeartbeatMs', 'arming to the heartbeat that shows it', 'ms', near(600)),
    row('mission.asksWith', 'upload: asks for items with', '', equal),
    row('mission.upload100Ms', 'upload of 100 items', 'ms', near(150, 0.4)),
    row('mission.uploadAck', 'its ACK', '', equal),
    row('mission.download100Ms', 'reading 100 items back', 'ms', near(150, 0.4)),
    row('mission.readBackItems', 'items read back', '', equal),
    row('mission.readBackFrame', 'frame of a waypoint sent in frame 3, read back', '', equal),
    row('mission.reaskEveryMs', 'we are silent: asks again every', 'ms', near(60, 0.05)),
    row('mission.reasks', 'how many times', '', near(1)),
    row('mission.lastAskAfterS', 'for the last time after', 's', near(0.5)),
    row('mission.givesUpAfterS', 'says that it gives up after', 's', near(0.5)),
    row('mission.giveUpAck', 'with ACK', '', equal),
    row('mission.outOfOrderAck', 'item 3 instead of 0: ACK', '', equal),
    row('mission.afterDisorderAck', 'the rest in order: ACK', '', equal),
    row('mission.lastItemAgainAck', 'last item once more: ACK', '', equal),
    row('mission.secondStationAck', 'a second station uploads meanwhile: ACK', '', equal),
    row('mission.unknownCommandAck', 'an item with an unknown command: ACK', '', equal),
    row('mission.badFrameAck', 'an item with an unknown frame: ACK', '', equal),
    row('mission.badLatitudeAck', 'an item at 95° N: ACK', '', equal),
    row('parameters.count', 'parameters', '', equal),
    row('parameters.missing', 'of them lost in the list', '', equal),
    row('parameters.listMs', 'list, from the first to the last', 'ms', near(200, 0.4)),
    row('parameters.perSecond', 'parameters per second', '/s', near(100, 0.4)),
  ],
};

const RATES: Section = {
  title: 'Messages per second',
  about: 'Each at the rate asked for by SET_MESSAGE_INTERVAL, counted over 12 s on the ground.',
  rows: [
    ...ASKED_RATES.map(([name, , rateHz]) =>
      row(`rates.${name}`, `${name} at ${rateHz} Hz`, '/s', near(0.1, 0.06)),
    ),
    row('rates.HEARTBEAT', 'HEARTBEAT, not asked for', '/s', near(0.15)),
    row('rates.notAskedFor', 'all others together', '/s', near(2)),
  ],
};

const refusal = (name: string, title: string): Row => row(`refusal.${name}`, title, '', equal);

const REFUSALS: Section = {
  title: 'Answers to what cannot be done',
  about: 'On the ground, disarmed, in order; the result and the words that came with it.',
  rows: [
    refusal('unknownCommand', 'command 31999'),
    refusal('unknownMode', 'DO_SET_MODE of no mode'),
    refusal('takeoffDisarmed', 'NAV_TAKEOFF'),
    refusal('landDisarmed', 'NAV_LAND'),
    refusal('returnDisarmed', 'NAV_RETURN_TO_LAUNCH'),
    refusal('missionStartDisarmed', 'MISSION_START'),
    refusal('setCurrentOutOfRange', 'DO_SET_MISSION_CURRENT 999'),
    refusal('pauseOnGround', 'DO_PAUSE_CONTINUE'),
    refusal('changeSpeedOnGround', 'DO_CHANGE_SPEED'),
    refusal('orbit', 'DO_ORBIT'),
    refusal('reposition', 'DO_REPOSITION as COMMAND_LONG'),
    refusal('setHomeHere', 'DO_SET_HOME, here'),
    refusal('messageIntervalOfUnknown', 'SET_MESSAGE_INTERVAL of id 60000'),
    refusal('requestUnknownMessage', 'REQUEST_MESSAGE of id 60000'),
    refusal('relayPulse', 'DO_SET_RELAY'),
    refusal('gimbalAngle', 'DO_GIMBAL_MANAGER_PITCHYAW'),
    ...(['auto', 'rtl', 'land', 'brake', 'circle', 'smartRtl'] as const).flatMap((mode) => [
      refusal(`modeOnGround.${mode}`, `mode ${mode}`),
      refusal(`armIn.${mode}`, `arming in ${mode}`),
    ]),
    refusal('modeGuided', 'mode guided'),
    refusal('takeoffInGuidedDisarmed', 'NAV_TAKEOFF in guided'),
  ],
};

const FLIGHT: Section = {
  title: 'Flight',
  about:
    'The same mission, in the vehicle’s own seconds, no wind: take-off to 20 m, a lawn-mower of five 60 m legs between right angles, 400 m straight, a climb of 30 m on the spot, 60 m and a stop of 5 s, return, landing.',
  rows: [
    row('flight.armToLiftOffS', 'armed to 0.5 m', 's', near(1)),
    row('flight.climbTo20mS', 'from there to 19 m', 's', near(1)),
    ...CALIBRATION_POINTS.map(({ name }) => row(`leg.${name}.s`, name, 's', near(1, 0.05))),
    ...CALIBRATION_POINTS.map(({ name }) =>
      row(`leg.${name}.topSpeedMps`, `${name}: top speed`, 'm/s', near(0.7)),
    ),
    ...CALIBRATION_POINTS.map(({ name }) =>
      row(`leg.${name}.crossTrackM`, `${name}: greatest cross-track`, 'm', near(1)),
    ),
    row('flight.climbRateMps', 'climb', 'm/s', near(0.2)),
    row('corner.leastSpeedMps', 'right angles: least speed (mean of 4)', 'm/s', near(0.8)),
    row('corner.overshootM', 'right angles: overshoot (mean of 4)', 'm', near(0.7)),
    row('corner.passedAtM', 'right angles: passed at (mean of 4)', 'm', near(0.7)),
    row('return.heightM', 'return: height', 'm', near(1)),
    row('return.flightS', 'return: 465 m home', 's', near(2, 0.05)),
    row('return.topSpeedMps', 'return: top speed', 'm/s', near(0.7)),
    row('return.waitsOverHomeS', 'return: over home before it sinks', 's', near(1.5)),
    row('land.rate40to20Mps', 'sinks from 40 to 20 m at', 'm/s', near(0.15)),
    row('land.rate18to12Mps', 'from 18 to 12 m', 'm/s', near(0.15)),
    row('land.rate9to5Mps', 'from 9 to 5 m', 'm/s', near(0.1)),
    row('land.rate3to1Mps', 'from 3 to 1 m', 'm/s', near(0.1)),
    row('land.groundToDisarmS', 'from 0.3 m to disarmed', 's', near(1)),
    row('land.awayFromHomeM', 'lands away from where it stood', 'm', near(0.7)),
    row('flight.totalS', 'armed to disarmed', 's', near(6)),
    row('flight.batteryMah', 'charge used', 'mAh', near(50, 0.1)),
    row('flight.batteryPct', 'of the battery', '%', near(2)),
    row('path.greatestApartM', 'greatest distance between both paths', 'm', near(2)),
    row('path.meanApartM', 'mean distance between both paths', 'm', near(0.7)),
  ],
};

export const SECTIONS: readonly Section[] = [START, PROTOCOL, RATES, REFUSALS, FLIGHT];
