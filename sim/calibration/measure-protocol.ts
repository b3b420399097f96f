import {
  AutopilotVersion,
  buildMessage,
  Heartbeat,
  MavCmd,
  MissionAck,
  ParamRequestList,
  ParamValue,
  SystemTime,
} from '../../firmware-bridge/codec/messages.ts';
import { isArmed, isInMode, modeParameters, resultName } from './autopilot-words.ts';
import { longMission, withHomeSlot } from './calibration-mission.ts';
import { type Figures, type FigureValue, median, rounded } from './figures.ts';
import { measureRates } from './measure-rates.ts';
import { measureRefusals } from './measure-refusals.ts';
import { readinessOf } from './ready.ts';
import { pause, type Station } from './station.ts';
import type { Subject, SubjectKind } from './subject.ts';
import { asked, download, sendCount, sendItem, upload } from './transfer.ts';

const ITEMS = 100;
const COMMANDS = 20;

/**
 * Everything about the protocol, on the ground and at the speed of life: its timers run in wall time in some autopilots
 * and in simulated time in others, which are the same only then.
 */
export async function measureProtocol(kind: SubjectKind, subject: Subject): Promise<Figures> {
  const { station } = subject;
  const figures: Record<string, FigureValue> = {};
  const first =
    station.log.find(({ message }) => message instanceof Heartbeat) ??
    (await station.expect('the first heartbeat', Heartbeat, 60_000));
  figures['start.firstHeartbeatS'] = rounded(Math.max(0, first.atMs - subject.startedMs) / 1000, 1);
  Object.assign(figures, await readinessOf(kind, station, subject.startedMs));

  Object.assign(figures, await commandLatency(station));
  Object.assign(figures, await modeChange(kind, station));
  Object.assign(figures, await measureRates(station));
  Object.assign(figures, await transfers(kind, station));
  Object.assign(figures, await silence(kind, station));
  Object.assign(figures, await oddities(kind, station));
  Object.assign(figures, await parameterList(station));
  Object.assign(figures, await measureRefusals(kind, station));
  Object.assign(figures, await reboot(station));
  return figures;
}

async function commandLatency(station: Station): Promise<Figures> {
  const answers: number[] = [];
  for (let count = 0; count < COMMANDS; count += 1) {
    const { result, latencyMs } = await station.command(MavCmd.REQUEST_MESSAGE, AutopilotVersion.MSG_ID);
    if (result === 0) answers.push(latencyMs);
  }
  return {
    'command.ackMedianMs': rounded(median(answers), 1),
    'command.ackMaxMs': rounded(answers.length === 0 ? null : Math.max(...answers), 1),
  };
}

async function modeChange(kind: SubjectKind, station: Station): Promise<Figures> {
  const latencies: number[] = [];
  let answer: FigureValue = null;
  for (const mode of ['hold', 'land', 'hold'] as const) {
    const seen = station.next(Heartbeat, 4000, (beat) => isInMode(kind.family, mode, beat));
    const sentMs = performance.now();
    const { result } = await station.command(MavCmd.DO_SET_MODE, ...modeParameters(kind.family, mode));
    answer = resultName(result);
    const beat = await seen;
    if (beat !== null) latencies.push(beat.atMs - sentMs);
    await pause(500);
  }
  return { 'command.modeAnswer': answer, 'command.modeToHeartbeatMs': rounded(median(latencies)) };
}

async function transfers(kind: SubjectKind, station: Station): Promise<Figures> {
  const mission = missionFor(kind, longMission(ITEMS));
  const up = await upload(station, mission);
  const down = await download(station);
  return {
    'mission.asksWith': up.messageName,
    'mission.upload100Ms': rounded(up.tookMs),
    'mission.uploadAck': up.ack,
    'mission.download100Ms': rounded(down.tookMs),
    'mission.readBackItems': down.items.length - (mission.length - ITEMS),
    'mission.readBackFrame': down.items.at(-1)?.frame ?? null,
  };
}

function missionFor(
  kind: SubjectKind,
  items: ReturnType<typeof longMission>,
): ReturnType<typeof longMission> {
  return kind.family === 'ardupilot' ? withHomeSlot(items) : items;
}

/** COUNT, and then nothing: how often it asks, and when it gives up. */
async function silence(kind: SubjectKind, station: Station): Promise<Figures> {
  const asks: number[] = [];
  const stop = station.listen((heard) => {
    if (asked(heard) === 0) asks.push(heard.atMs);
  });
  const startedMs = performance.now();
  const gaveUp = station.next(MissionAck, 15_000);
  sendCount(station, 10);
  const end = await gaveUp;
  stop();
  const gaps = asks.slice(1).map((atMs, index) => atMs - (asks[index] ?? atMs));
  await restore(kind, station);
  return {
    'mission.reaskEveryMs': rounded(median(gaps)),
    'mission.reasks': gaps.length,
    'mission.givesUpAfterS': end === null ? null : rounded((end.atMs - startedMs) / 1000, 1),
    'mission.lastAskAfterS': asks.length === 0 ? null : rounded(((asks.at(-1) ?? 0) - startedMs) / 1000, 1),
    'mission.giveUpAck': end?.message.type ?? 'nothing',
  };
}

/** What it answers to what no well-made ground station sends, but a bad link does. */
async function oddities(kind: SubjectKind, station: Station): Promise<Figures> {
  const items = missionFor(kind, longMission(5));
  const item = (seq: number) => items[seq] ?? items[0];
  const ackTo = async (act: () => void): Promise<FigureValue> => {
    const answer = station.next(MissionAck, 1500);
    act();
    return (await answer)?.message.type ?? 'nothing';
  };
  const send = (seq: number): void => {
    const found = item(seq);
    if (found !== undefined) sendItem(station, found, seq);
  };
  sendCount(station, items.length);
  await pause(200);
  const outOfOrder = await ackTo(() => send(3));
  const other = await ackTo(() => sendCount(station, 3, 77));
  const stop = station.listen((heard) => {
    const seq = asked(heard);
    if (seq !== null) send(seq);
  });
  const final = await ackTo(() => send(0));
  stop();
  const resent = await ackTo(() => send(items.length - 1));
  await restore(kind, station);
  const bad = await withBadItem(kind, station);
  return {
    'mission.outOfOrderAck': outOfOrder,
    'mission.secondStationAck': other,
    'mission.afterDisorderAck': final,
    'mission.lastItemAgainAck': resent,
    ...bad,
  };
}

async function withBadItem(kind: SubjectKind, station: Station): Promise<Figures> {
  const acks: Record<string, FigureValue> = {};
  for (const [name, change] of [
    ['mission.unknownCommandAck', { command: 65_000 }],
    ['mission.badFrameAck', { frame: 200 }],
    ['mission.badLatitudeAck', { x: 950_000_000 }],
  ] as const) {
    const items = missionFor(kind, longMission(4)).map((item, seq) =>
      seq === 2 ? { ...item, ...change } : item,
    );
    acks[name] = (await upload(station, items)).ack ?? 'nothing';
    await restore(kind, station);
  }
  return acks;
}

/** A transfer that was left half done must not disturb the next measurement. */
async function restore(kind: SubjectKind, station: Station): Promise<void> {
  station.send(
    buildMessage(MissionAck, {
      targetSystem: station.systemId,
      targetComponent: 1,
      missionType: 0,
      type: 15,
    }),
  );
  await pause(300);
  await upload(station, missionFor(kind, longMission(5)));
  await pause(200);
}

async function parameterList(station: Station): Promise<Figures> {
  const seen = new Set<number>();
  let expected = Number.POSITIVE_INFINITY;
  let lastMs = performance.now();
  const startedMs = lastMs;
  const stop = station.listen(({ message, atMs }) => {
    if (!(message instanceof ParamValue) || message.paramIndex === 65_535) return;
    seen.add(message.paramIndex);
    expected = message.paramCount;
    lastMs = atMs;
  });
  station.send(buildMessage(ParamRequestList, { targetSystem: station.systemId, targetComponent: 1 }));
  const endMs = startedMs + 30_000;
  while (seen.size < expected && performance.now() < endMs && performance.now() - lastMs < 4000)
    await pause(20);
  stop();
  const tookMs = lastMs - startedMs;
  return {
    'parameters.count': seen.size,
    'parameters.missing': Number.isFinite(expected) ? expected - seen.size : null,
    'parameters.listMs': rounded(tookMs),
    'parameters.perSecond': rounded(tookMs <= 0 ? null : (seen.size * 1000) / tookMs),
  };
}

/** Command 246 with param1 = 1: how long nothing is heard, and that its clock begins anew. */
async function reboot(station: Station): Promise<Figures> {
  await station.setInterval(SystemTime.MSG_ID, 5);
  const sentMs = performance.now();
  const { result } = await station.command(MavCmd.PREFLIGHT_REBOOT_SHUTDOWN, 1);
  if (result !== 0) return { 'reboot.answer': resultName(result) };
  // What it still sends of its last moments is not the new start.
  await pause(300);
  const beat = await station.next(Heartbeat, 60_000, (heartbeat) => !isArmed(heartbeat));
  return {
    'reboot.answer': resultName(result),
    'reboot.firstHeartbeatMs': beat === null ? null : rounded(beat.atMs - sentMs),
  };
}
