import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  buildMessage,
  OpenDroneIdArmStatus,
  OpenDroneIdBasicId,
  OpenDroneIdOperatorId,
  OpenDroneIdSelfId,
  OpenDroneIdSystem,
  OpenDroneIdSystemUpdate,
  TerrainCheck,
  TerrainData,
  TerrainReport,
  TerrainRequest,
} from '../../firmware-bridge/codec/messages.ts';
import { blockMessage, blockPoints, gridOf } from '../../firmware-bridge/protocol/terrain.ts';
import { TerrainService } from '../../firmware-bridge/service/terrain.ts';
import { FakePort } from '../../firmware-bridge/test-support/fake-port.ts';
import { remoteIdService } from './remote-id/remote-id-service.ts';
import { type TerrainService as TerrainAboard, terrainService } from './terrain/terrain-service.ts';
import { Aboard, item } from './testing/aboard.ts';

/** A slope that tells north and east apart. */
const slope = (lonDeg: number, latDeg: number): number => 100 + (latDeg - 25) * 500 + (lonDeg - 110) * 900;

function withTerrain() {
  let service: TerrainAboard | null = null;
  const aboard = new Aboard([
    (host) => {
      service = terrainService(host);
      return service;
    },
  ]);
  const heightM = (lonDeg: number, latDeg: number) =>
    (service as TerrainAboard | null)?.terrainHeightM(lonDeg, latDeg) ?? null;
  return { aboard, heightM };
}

describe('terrain', () => {
  test('asks nobody who did not ask for it, then for all 56 pieces, again after 2 s', () => {
    const { aboard } = withTerrain();
    expect(aboard.capabilities).toBe(512n);
    aboard.run(5);
    expect(aboard.heard).toHaveLength(0);
    expect(aboard.command(1, 511, 133, 500_000)).toBe(0);
    aboard.run(1.8);
    expect(aboard.all(TerrainRequest)).toHaveLength(1);
    const [request] = aboard.all(TerrainRequest);
    expect(request?.mask).toBe((1n << 56n) - 1n);
    expect(request?.gridSpacing).toBe(100);
    aboard.run(1);
    expect(aboard.all(TerrainRequest)).toHaveLength(2);
    expect(aboard.command(1, 511, 133, -1)).toBe(0);
    aboard.run(5);
    expect(aboard.all(TerrainRequest)).toHaveLength(2);
  });

  test("is filled by the bridge's own service, and then knows the ground", async () => {
    const { aboard, heightM } = withTerrain();
    aboard.put({ latDeg: 25.30123, lonDeg: 110.3456, altitudeAmslM: 700 });
    const port = new FakePort();
    const startMs = port.clock.nowMs() - aboard.wallMs;
    port.onSend = (message) => aboard.send(message);
    aboard.onMessage = (message) => port.deliver(message);
    const bridge = new TerrainService(port, { prepare: () => Promise.resolve(), heightAmslM: slope });
    aboard.command(1, 511, 133, 500_000);
    for (let second = 0; second < 12; second += 1) {
      aboard.runUntil(port.clock.nowMs() - startMs);
      await port.clock.advance(1_000);
    }
    bridge.close();
    expect(bridge.counts()).toMatchObject({ blocksSent: 56, blocksUnknown: 0 });
    expect(heightM(110.3456, 25.30123)).toBeCloseTo(slope(110.3456, 25.30123), 0);
    expect(aboard.last(TerrainReport)).toMatchObject({ spacing: 100, pending: 0, loaded: 56 });
    expect(aboard.last(TerrainReport).currentHeight).toBeCloseTo(700 - slope(110.3456, 25.30123), 0);
    aboard.send(buildMessage(TerrainCheck, { lat: 253_200_000, lon: 1_115_000_000 }));
    expect(aboard.last(TerrainReport), 'a place that it does not know').toMatchObject({
      spacing: 0,
      lat: 253_200_000,
    });
  });

  test('wherever it is: the block that it asks for covers the place and what is filled in is what is read', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -60, max: 60, noNaN: true }),
        fc.double({ min: -179.9, max: 179.8, noNaN: true }),
        (latDeg, lonDeg) => {
          const { aboard, heightM } = withTerrain();
          aboard.put({ latDeg, lonDeg }).command(1, 511, 133, 100_000);
          aboard.run(0.2);
          const grid = gridOf(aboard.last(TerrainRequest));
          const ground = (lon: number, lat: number) => 500 + 1000 * (lat - latDeg) + 1000 * (lon - lonDeg);
          for (let bit = 0; bit < 56; bit += 1) {
            const message = blockMessage(grid, bit, ground);
            if (message === null) throw new Error('no block');
            aboard.send(message);
          }
          // Nodes are rounded to metres.
          expect(heightM(lonDeg, latDeg)).toBeGreaterThan(498);
          expect(heightM(lonDeg, latDeg)).toBeLessThan(502);
          const [southWest] = blockPoints(grid, 0);
          expect(southWest?.latDeg).toBeLessThanOrEqual(latDeg + 1e-6);
        },
      ),
      { numRuns: 25 },
    );
  });

  test('takes nothing that it did not ask for, of no other spacing', () => {
    const { aboard, heightM } = withTerrain();
    aboard.command(1, 511, 133, 100_000);
    aboard.run(0.2);
    const { lat, lon } = aboard.last(TerrainRequest);
    const data = new Array<number>(16).fill(77);
    for (let gridbit = 0; gridbit < 56; gridbit += 1) {
      aboard.send(buildMessage(TerrainData, { lat, lon, gridSpacing: 30, gridbit, data }));
      aboard.send(buildMessage(TerrainData, { lat: lat + 1, lon, gridSpacing: 100, gridbit, data }));
    }
    expect(heightM(110.29, 25.2809)).toBeNull();
    expect(aboard.all(TerrainReport)).toHaveLength(0);
  });

  test('asks ahead for where the mission sends it', () => {
    const { aboard } = withTerrain();
    aboard.mission = [item(16), item(16, { x: 254_809_000, y: 1_102_900_000 })];
    aboard.put({ missionSeq: 1 }).command(1, 511, 133, 200_000);
    aboard.run(1);
    expect(new Set(aboard.all(TerrainRequest).map(({ lat }) => lat)).size).toBe(2);
  });
});

describe('remote ID', () => {
  const target = { targetSystem: 1, targetComponent: 0 };
  const idOrMac = new Array<number>(20).fill(0);
  const basicId = buildMessage(OpenDroneIdBasicId, {
    ...target,
    idOrMac,
    idType: 1 as number,
    uaType: 2 as number,
    uasId: [...Buffer.from('1581F4XXXSIM00000001')],
  });
  const selfId = buildMessage(OpenDroneIdSelfId, { ...target, idOrMac, description: 'patrol' });
  const operatorId = buildMessage(OpenDroneIdOperatorId, { ...target, idOrMac, operatorId: 'CHN-POLICE-1' });
  const system = buildMessage(OpenDroneIdSystem, {
    ...target,
    idOrMac,
    operatorLatitude: 252_809_000,
    operatorLongitude: 1_102_900_000,
  });

  const enabled = (parameters: Readonly<Record<string, number>> = { DID_ENABLE: 1 }) =>
    new Aboard([remoteIdService], { parameters });

  test('is not there at all while it is not enabled', () => {
    const aboard = new Aboard([remoteIdService]).run(3);
    expect(aboard.heard).toHaveLength(0);
    expect(aboard.armingObjections()).toEqual([]);
  });

  test("says what is missing, step by step, in the transmitter's name", () => {
    const aboard = enabled().run(1.2);
    const status = () => aboard.run(1) && aboard.last(OpenDroneIdArmStatus);
    expect(aboard.heard.map(({ componentId }) => componentId)).toEqual([236, 236, 236, 236]);
    expect(status()).toMatchObject({ status: 1, error: 'missing ID SELF_ID OP_ID SYS' });
    expect(aboard.armingObjections()).toEqual(['PreArm: OpenDroneID: UA_TYPE required in BasicID']);
    aboard.send(basicId);
    expect(aboard.armingObjections()).toEqual(['PreArm: OpenDroneID: operator location must be set']);
    aboard.send(system);
    expect(status()).toMatchObject({ status: 1, error: 'missing SELF_ID OP_ID' });
    expect(aboard.armingObjections()).toEqual(['PreArm: OpenDroneID: missing SELF_ID OP_ID']);
    aboard.send(selfId);
    aboard.send(operatorId);
    expect(status()).toMatchObject({ status: 0, error: '' });
    expect(aboard.armingObjections()).toEqual([]);
  });

  test('SYSTEM may be 3 s old, however fast the simulation runs; an update refreshes it', () => {
    const aboard = enabled();
    for (const message of [basicId, selfId, operatorId, system]) aboard.send(message);
    aboard.speed = 10;
    aboard.run(28);
    expect(aboard.armingObjections(), '2.8 s later').toEqual([]);
    aboard.run(4);
    expect(aboard.armingObjections()).toEqual(['PreArm: OpenDroneID: SYSTEM not available']);
    const place = { operatorLatitude: 252_809_000, operatorLongitude: 1_102_900_000 };
    aboard.send(buildMessage(OpenDroneIdSystemUpdate, { ...target, ...place }));
    expect(aboard.armingObjections()).toEqual([]);
    aboard.reboot();
    expect(aboard.armingObjections()).toHaveLength(1);
  });

  test.each([
    [{ DID_ENABLE: 1, DID_OPTIONS: 0 }, 0],
    [{ DID_ENABLE: 1, DID_OPTIONS: 1 }, 1],
    [{ DID_ENABLE: 0, DID_OPTIONS: 1 }, 1],
    [{ COM_ARM_ODID: 1 }, 0],
    [{ COM_ARM_ODID: 2 }, 1],
  ])('%o: %i objections', (parameters, count) => {
    expect(enabled(parameters as Record<string, number>).armingObjections()).toHaveLength(count);
  });
});
