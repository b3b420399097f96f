import { createSocket, type Socket } from 'node:dgram';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeById } from '../../firmware-bridge/codec/decoder.ts';
import { Encoder } from '../../firmware-bridge/codec/encoder.ts';
import { Framer } from '../../firmware-bridge/codec/framer.ts';
import {
  buildMessage,
  CommandAck,
  CommandLong,
  Heartbeat,
  type MavLinkData,
  MissionAck,
  MissionCount,
  MissionItemInt,
  MissionRequest,
  StatusText,
} from '../../firmware-bridge/codec/messages.ts';
import { longMission } from './calibration-mission.ts';
import { pause, Station } from './station.ts';
import { upload } from './transfer.ts';

/** A vehicle of a few lines on a real socket. */
let station: Station;
let vehicle: Socket;
let answer: (message: MavLinkData) => readonly MavLinkData[] = () => [];
const encoder = new Encoder({ systemId: 9, componentId: 1 });

beforeEach(async () => {
  station = await Station.open();
  vehicle = createSocket('udp4');
  const framer = new Framer();
  vehicle.on('message', (bytes) => {
    for (const frame of framer.pushDatagram(bytes)) {
      const message = decodeById(frame);
      for (const reply of message === null ? [] : answer(message)) say(reply);
    }
  });
  say(buildMessage(Heartbeat, { type: 2, autopilot: 3, systemStatus: 3 }));
  await station.expect('a heartbeat', Heartbeat, 2000);
});
afterEach(async () => {
  await station.close();
  await new Promise<void>((resolve) => vehicle.close(() => resolve()));
});

function say(message: MavLinkData, by = encoder): void {
  vehicle.send(by.encode(message), station.port, '127.0.0.1');
}

describe('the measuring station', () => {
  it('waits through "in progress" to the final answer and hears the words that come with it', async () => {
    answer = (message) =>
      message instanceof CommandLong
        ? [
            buildMessage(CommandAck, { command: message.command, result: 5 }),
            buildMessage(StatusText, { severity: 2, text: 'PreArm: no' }),
            buildMessage(CommandAck, { command: message.command, result: 4 }),
          ]
        : [];
    const heard = await station.command(400, 1);
    expect(heard).toMatchObject({ result: 4, texts: ['PreArm: no'] });
    expect(heard.latencyMs).toBeLessThan(2000);
  });

  it('does not take a gimbal or another vehicle for the one that it measures', async () => {
    say(
      buildMessage(StatusText, { severity: 6, text: 'gimbal' }),
      new Encoder({ systemId: 9, componentId: 154 }),
    );
    say(
      buildMessage(StatusText, { severity: 6, text: 'other' }),
      new Encoder({ systemId: 10, componentId: 1 }),
    );
    say(buildMessage(StatusText, { severity: 6, text: 'own' }));
    await station.next(StatusText, 2000);
    await pause(50);
    expect(station.texts(0)).toEqual(['own']);
  });

  it('uploads what is asked for, in whatever order, and tells the ACK', async () => {
    const order = [2, 0, 1, 1];
    const sent: number[] = [];
    answer = (message) => {
      if (message instanceof MissionItemInt) sent.push(message.seq);
      if (!(message instanceof MissionCount || message instanceof MissionItemInt)) return [];
      const seq = order.shift();
      return seq === undefined
        ? [buildMessage(MissionAck, { type: 13, missionType: 0 })]
        : [buildMessage(MissionRequest, { seq, missionType: 0 })];
    };
    const figures = await upload(station, longMission(3));
    expect(figures).toMatchObject({ ack: 13, messageName: 'MISSION_REQUEST' });
    expect(sent).toEqual([2, 0, 1, 1]);
  });
});
