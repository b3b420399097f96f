import { expect, it } from 'vitest';
import { Encoder } from '../../firmware-bridge/codec/encoder.ts';
import {
  buildMessage,
  CommandAck,
  Heartbeat,
  type MavLinkData,
} from '../../firmware-bridge/codec/messages.ts';
import { readRecording } from './collect-record.ts';

const drone = new Encoder({ systemId: 7, componentId: 1 });
const station = new Encoder({ systemId: 245, componentId: 190 });

function record(atMs: number, encoder: Encoder, message: MavLinkData = buildMessage(Heartbeat, {})): Buffer {
  const stamp = Buffer.alloc(8);
  stamp.writeBigUInt64BE(1_800_000_000_000_000n + BigInt(atMs) * 1000n);
  return Buffer.concat([stamp, encoder.encode(message)]);
}

it('finds the longest silence of the vehicle, whatever the station said meanwhile', () => {
  const bytes = Buffer.concat([
    record(0, drone),
    record(700, station),
    record(1500, drone),
    record(1600, drone),
  ]);
  expect(readRecording(bytes)).toMatchObject({
    frames: 4,
    strayBytes: 0,
    longestGapMs: 1500,
    bytes: bytes.length,
  });
});

it('counts the bytes of a frame that was cut off', () => {
  const whole = record(0, drone);
  const bytes = Buffer.concat([whole, record(100, drone).subarray(0, 20)]);
  expect(readRecording(bytes)).toMatchObject({ frames: 1, strayBytes: 20 });
});

it('of nothing is nothing', () => {
  expect(readRecording(Buffer.alloc(0))).toMatchObject({ frames: 0, strayBytes: 0, longestGapMs: 0 });
});

it('counts what the vehicle accepted, and a copy of the network not twice', () => {
  const accept = (command: number, result = 0) =>
    record(100, drone, buildMessage(CommandAck, { command, result }));
  const takeOff = accept(22);
  const bytes = Buffer.concat([accept(400), accept(400, 4), takeOff, takeOff, accept(22)]);
  expect(readRecording(bytes).accepted).toEqual({ 400: 1, 22: 2 });
});
