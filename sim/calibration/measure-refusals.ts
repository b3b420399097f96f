import { Heartbeat, MavCmd } from '../../firmware-bridge/codec/messages.ts';
import { isArmed, modeParameters } from './autopilot-words.ts';
import { type Figures, type FigureValue, rounded } from './figures.ts';
import { words } from './ready.ts';
import { pause, type Station } from './station.ts';
import type { SubjectKind } from './subject.ts';

const GUIDED = 4;
const STABILIZE = 0;

/** What it answers to commands that it cannot carry out now: on the ground, disarmed, no take-off before. */
export async function measureRefusals(kind: SubjectKind, station: Station): Promise<Figures> {
  const figures: Record<string, FigureValue> = {};
  const isArduPilot = kind.family === 'ardupilot';
  const ask = async (name: string, command: number, ...params: readonly number[]): Promise<void> => {
    figures[`refusal.${name}`] = words(await station.command(command, ...params));
    await pause(100);
  };
  // A mode that it can be armed in, whatever the last command has left.
  const leaveMode = async (): Promise<void> => {
    const mode = isArduPilot ? [1, STABILIZE, 0] : modeParameters('px4', 'hold');
    await station.command(MavCmd.DO_SET_MODE, ...mode);
    await pause(500);
  };
  await leaveMode();
  await ask('unknownCommand', 31_999);
  await ask('unknownMode', MavCmd.DO_SET_MODE, 1, isArduPilot ? 99 : 77, 0);
  await ask('takeoffDisarmed', MavCmd.NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, 10);
  await ask('landDisarmed', MavCmd.NAV_LAND);
  await ask('returnDisarmed', MavCmd.NAV_RETURN_TO_LAUNCH);
  await leaveMode();
  await ask('missionStartDisarmed', MavCmd.MISSION_START);
  await disarm(station);
  await ask('setCurrentOutOfRange', MavCmd.DO_SET_MISSION_CURRENT, 999);
  await ask('pauseOnGround', MavCmd.DO_PAUSE_CONTINUE, 0);
  await ask('changeSpeedOnGround', MavCmd.DO_CHANGE_SPEED, 1, 5, -1);
  await ask('orbit', MavCmd.DO_ORBIT, 20, 2, 0, 0, 0, 0, 0);
  await ask('reposition', MavCmd.DO_REPOSITION, -1, 0, 0, 0, 25.2809, 110.29, 30);
  await ask('setHomeHere', MavCmd.DO_SET_HOME, 1);
  await ask('messageIntervalOfUnknown', MavCmd.SET_MESSAGE_INTERVAL, 60_000, 1_000_000);
  await ask('requestUnknownMessage', MavCmd.REQUEST_MESSAGE, 60_000);
  await ask('relayPulse', MavCmd.DO_SET_RELAY, 0, 1);
  await ask('gimbalAngle', MavCmd.DO_GIMBAL_MANAGER_PITCHYAW, -20, 0, 0, 0, 0);
  if (isArduPilot) {
    for (const [name, mode] of [
      ['auto', modeParameters('ardupilot', 'mission')[1]],
      ['rtl', modeParameters('ardupilot', 'return')[1]],
      ['land', modeParameters('ardupilot', 'land')[1]],
      ['brake', 17],
      ['circle', 7],
      ['smartRtl', 21],
    ] as const) {
      await ask(`modeOnGround.${name}`, MavCmd.DO_SET_MODE, 1, mode, 0);
      await ask(`armIn.${name}`, MavCmd.COMPONENT_ARM_DISARM, 1);
      await disarm(station);
    }
    await ask('modeGuided', MavCmd.DO_SET_MODE, 1, GUIDED, 0);
    await ask('takeoffInGuidedDisarmed', MavCmd.NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, 10);
  }
  await leaveMode();
  Object.assign(figures, await autoDisarm(station));
  return figures;
}

async function disarm(station: Station): Promise<void> {
  const last = station.last(Heartbeat);
  if (last !== null && !isArmed(last)) return;
  await station.command(MavCmd.COMPONENT_ARM_DISARM, 0, 21_196);
  await pause(300);
}

/** Armed on the ground and left alone. */
async function autoDisarm(station: Station): Promise<Figures> {
  const armed = station.next(Heartbeat, 4000, isArmed);
  const answer = await station.command(MavCmd.COMPONENT_ARM_DISARM, 1);
  const from = await armed;
  if (answer.result !== 0 || from === null) return { 'refusal.autoDisarmS': words(answer) };
  const off = await station.next(Heartbeat, 30_000, (beat) => !isArmed(beat));
  await disarm(station);
  return { 'refusal.autoDisarmS': off === null ? null : rounded((off.atMs - from.atMs) / 1000, 1) };
}
