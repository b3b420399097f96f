import { afterEach, describe, expect, it } from 'vitest';
import {
  type AutopilotRig,
  availableRigs,
  distanceM,
  ringMission,
  type Started,
  type Watched,
  watch,
} from './autopilots.ts';

/** Three aircraft on one UDP port, as a patrol of several grid cells has them. */
const rigs = availableRigs();
/** Three PX4 at four times life's speed fill two cores, and then answer nobody. */
const SPEEDUP = { ardupilot: 4, px4: 1 } as const;
const COUNT = 3;

let started: Started | undefined;
let watched: Watched | undefined;

afterEach(async () => {
  await watched?.close();
  await started?.stop();
});

describe.skipIf(rigs.length === 0).each(rigs.length === 0 ? [null] : rigs)(
  'three vehicles on one UDP port: $name',
  (rigOrNone) => {
    it('are found, get a plan each, fly side by side and land', async () => {
      const rig = rigOrNone as AutopilotRig;
      started = await rig.start({ count: COUNT, speedup: SPEEDUP[rig.kind] });
      watched = await watch({ udp: `udp-listen://127.0.0.1:${started.udpPort}` });
      const { bridge, until } = watched;
      const ready = await watched.ready(COUNT, 240_000);
      expect(new Set(ready.map(({ systemId }) => systemId)).size).toBe(COUNT);
      expect(new Set(ready.map(({ vehicleId }) => vehicleId)).size).toBe(COUNT);
      expect(new Set(ready.map(({ endpoint }) => endpoint)).size).toBe(COUNT);
      expect(ready.map(({ identityConflict }) => identityConflict)).toEqual([null, null, null]);
      const [first] = started.homes;
      if (first === undefined) throw new Error('nothing was started');

      // Each where it stands, with a height of its own.
      const flights = ready.map(({ vehicleId, home }, index) => {
        const at = home === null ? first : { ...first, latDeg: home.latDeg, lonDeg: home.lonDeg };
        const heightM = 10 + 5 * index;
        return { vehicleId, at, heightM, mission: ringMission(at, { heightM, radiusM: 8, corners: 4 }) };
      });
      const uploaded = await Promise.all(
        flights.map(({ vehicleId, mission }) => bridge.uploadMission(vehicleId, mission)),
      );
      expect(uploaded).toMatchObject(
        flights.map(({ mission }) => ({ kind: 'done', itemCount: mission.length })),
      );
      expect(new Set(uploaded.map((outcome) => (outcome.kind === 'done' ? outcome.planHash : ''))).size).toBe(
        COUNT,
      );
      const launched = await Promise.all(
        flights.map(({ vehicleId, heightM }) =>
          bridge.launchMission(vehicleId, { takeoffAltitudeM: heightM }),
        ),
      );
      expect(launched).toMatchObject(flights.map(() => ({ kind: 'done' })));
      expect(bridge.vehicles().map(({ armed }) => armed)).toEqual([true, true, true]);

      await until(
        'each round its own ring at its own height',
        () =>
          flights.every(({ vehicleId, heightM, at }) => {
            const state = bridge.vehicle(vehicleId);
            const position = state?.position ?? null;
            if (position === null || (state?.mission?.reachedIndex ?? -1) < 2) return false;
            return Math.abs(position.relativeAltitudeM - heightM) < 8 && distanceM(at, position) < 15;
          }),
        120_000,
      );
      await until(
        'all landed and disarmed',
        () => bridge.vehicles().every(({ armed }) => armed === false),
        240_000,
      );
      const lossPct = bridge.vehicles().map(({ linkQuality }) => linkQuality.lossPct);
      console.log(`${rig.name}: ${COUNT} flown at once, loss ${lossPct.join(', ')} %`);
    });
  },
);
