import { createHash } from 'node:crypto';
import { decodeById } from '../../firmware-bridge/codec/decoder.ts';
import type { Frame } from '../../firmware-bridge/codec/framer.ts';
import { CommandAck } from '../../firmware-bridge/codec/messages.ts';
import { readTlog } from '../../firmware-bridge/codec/tlog-reader.ts';
import type { ApiFlight } from './api-types.ts';
import type { Operator } from './operator.ts';
import { sleep } from './server-process.ts';

/** A flight of the server's record, with its recording read frame by frame. */
export interface CollectedFlight {
  readonly flight: ApiFlight;
  /** Null: it could not be had; `problem` says why. */
  readonly recording: Recording | null;
  readonly problem: string | null;
}

export interface Recording {
  readonly bytes: number;
  /** Intact ones. */
  readonly frames: number;
  /** Bytes that belong to no intact frame. */
  readonly strayBytes: number;
  /** Longest time without a frame of the vehicle; wall time. */
  readonly longestGapMs: number;
  /** How often the vehicle said that it executed a command, by MAV_CMD; a copy made by the network is not counted. */
  readonly accepted: Readonly<Record<number, number>>;
  readonly sha256: string;
}

/** The trailer of a recording comes some seconds after disarming. */
const CLOSED_WITHIN_MS = 12_000;

/** All flights of the record as an investigator downloads them; waits a while for those that are being closed. */
export async function collectRecord(
  operator: Operator,
  waitForClosed: boolean,
): Promise<readonly CollectedFlight[]> {
  const untilMs = performance.now() + (waitForClosed ? CLOSED_WITHIN_MS : 0);
  for (;;) {
    const { body } = await operator.call<{ readonly flights: readonly ApiFlight[] }>(
      'GET',
      '/api/v1/flights?limit=200',
    );
    const isWaiting = body.flights.some(({ state, tlog }) => state === 'open' || tlog === null);
    if (isWaiting && performance.now() < untilMs) {
      await sleep(100);
      continue;
    }
    const collected: CollectedFlight[] = [];
    for (const flight of body.flights) collected.push(await collect(operator, flight));
    return collected;
  }
}

async function collect(operator: Operator, flight: ApiFlight): Promise<CollectedFlight> {
  try {
    const bytes = await operator.bytes(`/api/v1/flights/${flight.flightId}/tlog`);
    return { flight, recording: readRecording(bytes), problem: null };
  } catch (problem) {
    return { flight, recording: null, problem: problem instanceof Error ? problem.message : String(problem) };
  }
}

/** MAV_RESULT_ACCEPTED. */
const ACCEPTED = 0;

function acceptedCommand(frame: Frame): number | null {
  if (frame.messageId !== CommandAck.MSG_ID) return null;
  const message = decodeById(frame);
  return message instanceof CommandAck && message.result === ACCEPTED ? message.command : null;
}

/** Ground stations have ids from 200 on here; the vehicle's are below. */
const FIRST_STATION_ID = 200;

export function readRecording(bytes: Buffer): Recording {
  let frames = 0;
  let used = 0;
  let lastUs: bigint | null = null;
  let longestGapUs = 0n;
  const accepted: Record<number, number> = {};
  let lastAck = '';
  for (const { atUs, frame } of readTlog(bytes)) {
    frames += 1;
    used += 8 + frame.raw.length;
    if (frame.systemId >= FIRST_STATION_ID) continue;
    if (lastUs !== null && atUs - lastUs > longestGapUs) longestGapUs = atUs - lastUs;
    lastUs = atUs;
    const command = acceptedCommand(frame);
    if (command === null || lastAck === `${frame.sequence} ${command}`) continue;
    lastAck = `${frame.sequence} ${command}`;
    accepted[command] = (accepted[command] ?? 0) + 1;
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return {
    bytes: bytes.length,
    frames,
    strayBytes: bytes.length - used,
    longestGapMs: Number(longestGapUs) / 1000,
    accepted,
    sha256,
  };
}
