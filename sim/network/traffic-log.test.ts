import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Encoder } from '../../firmware-bridge/codec/encoder.ts';
import { buildMessage, Heartbeat } from '../../firmware-bridge/codec/messages.ts';
import { TrafficLog } from './traffic-log.ts';
import { VehicleNetwork } from './vehicle-network.ts';

const beat = (encoder: Encoder) => encoder.encode(buildMessage(Heartbeat, { type: 2, mavlinkVersion: 3 }));

describe('the log of all traffic', () => {
  it('holds what arrives, both ways, whole or in pieces, and nothing that was lost or damaged', () => {
    const network = new VehicleNetwork(1);
    const log = new TrafficLog(
      () => 1.8e15,
      null,
      () => {},
    );
    const end = log.watch(network);
    const encoder = new Encoder({ systemId: 1, componentId: 1 });
    network.down.carry(0, Buffer.concat([beat(encoder), beat(encoder)]), () => {});
    const whole = beat(encoder);
    network.up.carry(0, whole.subarray(0, 7), () => {}, 'tcp');
    network.up.carry(0, whole.subarray(7), () => {}, 'tcp');
    network.set({ lossFraction: 1 }, 'down');
    network.down.carry(0, beat(encoder), () => {});
    network.set({ lossFraction: 0, corruptFraction: 1 }, 'down');
    network.down.carry(0, beat(encoder), () => {});
    end();
    network.up.carry(0, beat(encoder), () => {});
    const summary = log.close();
    expect(summary).toMatchObject({ frames: 3, bytes: 3 * (8 + 21) });
    expect(log.close()).toBe(summary);
  });

  it.runIf(existsSync('/dev/full'))(
    'a full disk is told once, and the hash is that of the traffic all the same',
    () => {
      const summaries = [null, '/dev/full'].map((path) => {
        const problems: Error[] = [];
        const network = new VehicleNetwork(1);
        const log = new TrafficLog(
          () => 1.8e15,
          path,
          (problem) => problems.push(problem),
        );
        log.watch(network);
        const encoder = new Encoder({ systemId: 1, componentId: 1 });
        // Three pieces of 64 KB.
        for (let n = 0; n < 6000; n += 1) network.down.carry(0, beat(encoder), () => {});
        const summary = log.close();
        expect(problems.map((problem) => 'code' in problem && problem.code)).toEqual(
          path === null ? [] : ['ENOSPC'],
        );
        return summary;
      });
      expect(summaries[0]).toEqual(summaries[1]);
    },
  );
});
