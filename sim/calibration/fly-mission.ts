import {
  BatteryStatus,
  ExtendedSysState,
  GlobalPositionInt,
  Heartbeat,
  MavCmd,
  MavLandedState,
  MissionItemReached,
} from '../../firmware-bridge/codec/messages.ts';
import { LocalFrame } from '../aircraft/local-frame.ts';
import { isArmed, isInMode, modeParameters, resultName } from './autopilot-words.ts';
import { CALIBRATION_HOME, calibrationMission, withHomeSlot } from './calibration-mission.ts';
import { setParameter } from './set-parameter.ts';
import { pause, type Station } from './station.ts';
import type { SubjectKind } from './subject.ts';
import type { FlightRecord, TrackPoint } from './track.ts';
import { upload } from './transfer.ts';

const POSITION_HZ = 10;
/** Of the vehicle's time; a flight takes about five minutes. */
const FLIGHT_WITHIN_S = 900;

/** Flies the calibration mission from a vehicle that is ready on the ground. @throws Error when it does not fly */
export async function flyMission(
  kind: SubjectKind,
  station: Station,
  speedup: number,
): Promise<FlightRecord> {
  await prepare(kind, station);
  const sinceMs = performance.now();
  const recorder = record(station);
  try {
    await start(kind, station);
    const endMs = performance.now() + (FLIGHT_WITHIN_S * 1000) / speedup;
    while (recorder.disarmedS() === null) {
      if (performance.now() > endMs) {
        throw new Error(
          `it flew longer than ${FLIGHT_WITHIN_S} s: ${station.texts(sinceMs).slice(-8).join(' | ')}`,
        );
      }
      await pause(50);
    }
    // What is said after disarming belongs to the flight.
    await pause(500);
    return recorder.result(station.texts(sinceMs));
  } finally {
    recorder.stop();
  }
}

async function prepare(kind: SubjectKind, station: Station): Promise<void> {
  const isArduPilot = kind.family === 'ardupilot';
  for (const [id, rateHz] of [
    [GlobalPositionInt.MSG_ID, POSITION_HZ],
    [BatteryStatus.MSG_ID, 1],
    [ExtendedSysState.MSG_ID, 5],
  ] as const) {
    await station.setInterval(id, rateHz);
  }
  // Arming in AUTO and take-off without a stick: both aircraft start the mission the same way.
  if (isArduPilot) await setParameter(station, 'AUTO_OPTIONS', 3);
  const mission = calibrationMission();
  const { ack } = await upload(station, isArduPilot ? withHomeSlot(mission) : mission);
  if (ack !== 0) throw new Error(`the mission was not taken: ACK ${ack}`);
}

async function start(kind: SubjectKind, station: Station): Promise<void> {
  const inMission = station.next(Heartbeat, 5000, (beat) => isInMode(kind.family, 'mission', beat));
  const mode = await station.command(MavCmd.DO_SET_MODE, ...modeParameters(kind.family, 'mission'));
  if ((await inMission) === null)
    throw new Error(`no mission mode: ${resultName(mode.result)} ${mode.texts}`);
  const armed = station.next(Heartbeat, 8000, isArmed);
  const arm = await station.command(MavCmd.COMPONENT_ARM_DISARM, 1);
  if ((await armed) === null)
    throw new Error(`not armed: ${resultName(arm.result)} ${arm.texts.join(' | ')}`);
  await station.command(MavCmd.MISSION_START);
}

interface Recorder {
  disarmedS(): number | null;
  result(texts: readonly string[]): FlightRecord;
  stop(): void;
}

function record(station: Station): Recorder {
  const frame = new LocalFrame(CALIBRATION_HOME);
  const track: TrackPoint[] = [];
  const reached: { item: number; bootS: number }[] = [];
  let bootS = 0;
  let armedS: number | null = null;
  let disarmedS: number | null = null;
  let touchedDownS: number | null = null;
  let hasFlown = false;
  let consumedMah: number | null = null;
  let startMah: number | null = null;
  let batteryStartPct: number | null = null;
  let batteryEndPct: number | null = null;
  const stop = station.listen(({ message }) => {
    if (message instanceof GlobalPositionInt) {
      bootS = message.timeBootMs / 1000;
      const { eastM, northM } = frame.toLocal({
        lonDeg: message.lon / 1e7,
        latDeg: message.lat / 1e7,
        altitudeAmslM: 0,
      });
      track.push({
        ...{ bootS, eastM, northM },
        heightM: message.relativeAlt / 1000,
        groundSpeedMps: Math.hypot(message.vx, message.vy) / 100,
        climbMps: -message.vz / 100,
      });
    } else if (message instanceof Heartbeat) {
      if (isArmed(message)) armedS ??= bootS;
      else if (armedS !== null) disarmedS ??= bootS;
    } else if (message instanceof MissionItemReached) {
      // PX4 repeats it every second until the next one.
      if (reached.at(-1)?.item !== message.seq) reached.push({ item: message.seq, bootS });
    } else if (message instanceof ExtendedSysState) {
      if (message.landedState === MavLandedState.IN_AIR) hasFlown = true;
      else if (message.landedState === MavLandedState.ON_GROUND && hasFlown) touchedDownS ??= bootS;
    } else if (message instanceof BatteryStatus) {
      // -1: not measured.
      if (message.currentConsumed >= 0) {
        startMah ??= message.currentConsumed;
        consumedMah = message.currentConsumed - startMah;
      }
      batteryStartPct ??= message.batteryRemaining;
      batteryEndPct = message.batteryRemaining;
    }
  });
  return {
    disarmedS: () => disarmedS,
    result: (texts) => ({
      ...{ track, reached, disarmedS, touchedDownS, consumedMah, batteryStartPct, batteryEndPct, texts },
      armedS: armedS ?? 0,
    }),
    stop,
  };
}
