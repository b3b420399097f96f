import { describe, expect, test } from 'vitest';
import { decodeById } from '../../firmware-bridge/codec/decoder.ts';
import { Framer } from '../../firmware-bridge/codec/framer.ts';
import {
  AutopilotVersion,
  buildMessage,
  CameraInformation,
  CommandAck,
  CommandLong,
  GimbalManagerInformation,
  Heartbeat,
  LogEntry,
  LogRequestList,
  type MavLinkData,
} from '../../firmware-bridge/codec/messages.ts';
import { CALM } from '../aircraft/aircraft-state.ts';
import { TEST_HOME } from '../testing/tower.ts';
import { createVehicle, type Flavour } from '../vehicle/create-vehicle.ts';

/** The whole vehicle with what the table puts aboard: that both fit each other. */
function board(flavour: Flavour) {
  const vehicle = createVehicle({
    flavour,
    systemId: 1,
    start: TEST_HOME,
    seed: 7,
    startupS: 1,
    wind: CALM,
    uid2: new Array<number>(18).fill(1),
    bootEpochMs: 1_795_000_000_000,
    missionCapacity: null,
    parameters: {},
  });
  const heard: { readonly message: MavLinkData; readonly componentId: number }[] = [];
  const framer = new Framer();
  const channel = vehicle.openChannel((bytes) => {
    for (const frame of framer.pushDatagram(bytes)) {
      const message = decodeById(frame);
      if (message !== null) heard.push({ message, componentId: frame.componentId });
    }
  });
  let wallMs = 0;
  const run = (seconds: number): void => {
    for (let step = 0; step < seconds * 25; step += 1) {
      vehicle.step(0.04);
      wallMs += 40;
      vehicle.tickProtocol(wallMs);
      vehicle.flush();
    }
  };
  const send = (message: MavLinkData): void => {
    vehicle.handle(message, 200, 190, channel, wallMs);
    vehicle.flush();
  };
  const command = (targetComponent: number, id: number, ...params: readonly number[]): number => {
    const [p1 = 0, p2 = 0, p3 = 0, p4 = 0, p5 = 0, p6 = 0, p7 = 0] = params;
    const values = {
      _param1: p1,
      _param2: p2,
      _param3: p3,
      _param4: p4,
      _param5: p5,
      _param6: p6,
      _param7: p7,
    };
    const before = heard.length;
    send(buildMessage(CommandLong, { targetSystem: 1, targetComponent, command: id, ...values }));
    run(0.2);
    const acks = heard
      .slice(before)
      .flatMap(({ message }) => (message instanceof CommandAck ? [message] : []));
    return acks.findLast((ack) => ack.command === id)?.result ?? -1;
  };
  return { vehicle, heard, run, send, command };
}

describe.each(['copter', 'px4'] as const)('a %s with all that is aboard', (flavour) => {
  test('announces files, answers for camera and gimbal, and logs a flight', { timeout: 20_000 }, () => {
    const { vehicle, heard, run, send, command } = board(flavour);
    run(20);
    const last = <T extends MavLinkData>(messageClass: new () => T): T | undefined =>
      heard
        .map(({ message }) => message)
        .findLast((message): message is T => message instanceof messageClass);
    const beating = heard.filter(({ message }) => message instanceof Heartbeat);
    expect(new Set(beating.map(({ componentId }) => componentId))).toEqual(
      new Set(flavour === 'px4' ? [1, 100, 154] : [1, 100]),
    );
    command(1, 512, AutopilotVersion.MSG_ID);
    const capabilities = BigInt(last(AutopilotVersion)?.capabilities ?? 0);
    expect(capabilities & 32n).toBe(32n);
    expect(capabilities & 512n).toBe(flavour === 'px4' ? 0n : 512n);
    expect(command(100, 512, CameraInformation.MSG_ID)).toBe(0);
    expect(last(CameraInformation)?.resolutionH).toBe(4000);
    expect(command(1, 512, GimbalManagerInformation.MSG_ID)).toBe(0);
    expect(last(GimbalManagerInformation)?.gimbalDeviceId).toBe(flavour === 'px4' ? 154 : 1);
    expect(command(1, 400, 1)).toBe(0);
    run(3);
    expect(vehicle.truth.armed).toBe(true);
    expect(command(1, 400, 0)).toBe(0);
    run(2);
    expect(vehicle.truth.armed).toBe(false);
    send(buildMessage(LogRequestList, { targetSystem: 1, targetComponent: 1, start: 0, end: 0xffff }));
    run(0.5);
    expect(last(LogEntry)).toMatchObject({ numLogs: 1 });
    expect(last(LogEntry)?.size).toBeGreaterThan(1_000);
    expect(vehicle.inject({ kind: 'log-erased' })).toBe(true);
    expect(vehicle.inject({ kind: 'stuck-payload', durationS: 1 })).toBe(true);
  });
});
