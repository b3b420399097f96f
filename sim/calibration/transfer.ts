import {
  buildMessage,
  MissionAck,
  MissionCount,
  MissionItemInt,
  MissionRequest,
  MissionRequestInt,
  MissionRequestList,
} from '../../firmware-bridge/codec/messages.ts';
import type { MissionItem } from '../../missions/mission-item.ts';
import type { Heard, Station } from './station.ts';

export interface TransferFigures {
  readonly tookMs: number;
  /** MAV_MISSION_RESULT; null when it ended without one. */
  readonly ack: number | null;
  /** How items were asked for, or how they came. */
  readonly messageName: string;
}

const WITHIN_MS = 30_000;
const FIRST_ANSWER_MS = 3000;

export function sendCount(station: Station, count: number, as?: number): void {
  station.send(
    buildMessage(MissionCount, {
      targetSystem: station.systemId,
      targetComponent: 1,
      count,
      missionType: 0,
    }),
    as,
  );
}

export function sendItem(station: Station, item: MissionItem, seq: number): void {
  station.send(
    buildMessage(MissionItemInt, {
      targetSystem: station.systemId,
      targetComponent: 1,
      seq,
      missionType: 0,
      autocontinue: 1,
      ...item,
    }),
  );
}

/** Sequence number that it asks for; null for other messages. */
export function asked({ message }: Heard): number | null {
  return message instanceof MissionRequest || message instanceof MissionRequestInt ? message.seq : null;
}

/** Uploads as fast as the vehicle asks. */
export function upload(station: Station, items: readonly MissionItem[]): Promise<TransferFigures> {
  return new Promise((resolve) => {
    const startedMs = performance.now();
    let messageName = 'nothing';
    const end = (ack: number | null, atMs: number): void => {
      stop();
      clearTimeout(deadline);
      clearTimeout(again);
      resolve({ tookMs: atMs - startedMs, ack, messageName });
    };
    const stop = station.listen((heard) => {
      const { message, atMs } = heard;
      const seq = asked(heard);
      if (seq !== null) {
        clearTimeout(again);
        messageName = message instanceof MissionRequestInt ? 'MISSION_REQUEST_INT' : 'MISSION_REQUEST';
        const item = items[seq];
        if (item !== undefined) sendItem(station, item, seq);
      } else if (message instanceof MissionAck && message.missionType === 0) end(message.type, atMs);
    });
    const deadline = setTimeout(() => end(null, performance.now()), WITHIN_MS);
    const again = setTimeout(() => sendCount(station, items.length), FIRST_ANSWER_MS);
    sendCount(station, items.length);
  });
}

/** Reads the mission back, asking for one item at a time. */
export async function download(
  station: Station,
): Promise<TransferFigures & { readonly items: readonly MissionItemInt[] }> {
  const target = { targetSystem: station.systemId, targetComponent: 1, missionType: 0 };
  const startedMs = performance.now();
  const counted = station.expect('MISSION_COUNT', MissionCount, FIRST_ANSWER_MS);
  station.send(buildMessage(MissionRequestList, target));
  const { count } = (await counted).message;
  const items: MissionItemInt[] = [];
  for (let seq = 0; seq < count; seq += 1) {
    const came = station.expect(`item ${seq}`, MissionItemInt, FIRST_ANSWER_MS, (item) => item.seq === seq);
    station.send(buildMessage(MissionRequestInt, { ...target, seq }));
    items.push((await came).message);
  }
  const tookMs = performance.now() - startedMs;
  station.send(buildMessage(MissionAck, { ...target, type: 0 }));
  return { tookMs, ack: 0, messageName: 'MISSION_ITEM_INT', items };
}
