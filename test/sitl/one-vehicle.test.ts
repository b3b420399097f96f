import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AutopilotRig,
  availableRigs,
  lonLat,
  ringMission,
  type Started,
  type Watched,
  watch,
} from './autopilots.ts';

/** Everything that is asked of one aircraft, against each real autopilot of this machine. */
const rigs = availableRigs();
const SPEEDUP = 4;

describe.skipIf(rigs.length === 0).each(rigs.length === 0 ? [null] : rigs)(
  'one vehicle: $name',
  (rigOrNone) => {
    const rig = rigOrNone as AutopilotRig;
    let started: Started;
    let watched: Watched;

    beforeAll(async () => {
      started = await rig.start({ count: 1, speedup: SPEEDUP });
      watched = await watch({ udp: `udp-listen://127.0.0.1:${started.udpPort}` });
      await watched.ready(1);
    });
    afterAll(async () => {
      await watched?.close();
      await started?.stop();
    });
    const id = () => watched.only().vehicleId;
    const home = () => {
      const [first] = started.homes;
      if (first === undefined) throw new Error('nothing was started');
      return first;
    };

    it('tells who it is', () => {
      expect(watched.only()).toMatchObject({
        autopilot: rig.kind,
        airframe: 'copter',
        identityConflict: null,
      });
      expect(watched.only().firmwareVersion).toMatch(/^\d+\.\d+\.\d+/);
      expect(watched.only().hardwareUid).not.toBeNull();
    });

    it('gives its parameters, changes one and knows what it does not have', async () => {
      const { parameters } = watched.bridge;
      const began = performance.now();
      const fetched = await parameters.fetchAll(id());
      const tookS = (performance.now() - began) / 1000;
      if (fetched.kind !== 'done') throw new Error(JSON.stringify(fetched));
      const { snapshot } = fetched;
      expect(snapshot?.parameters.length).toBeGreaterThan(rig.kind === 'px4' ? 700 : 1_000);
      expect(new Set(snapshot.parameters.map(({ name }) => name)).size).toBe(snapshot.parameters.length);
      expect(snapshot.source).toBe(rig.kind === 'px4' ? 'list' : 'file');
      console.log(
        `${rig.name}: ${snapshot.parameters.length} parameters by ${snapshot.source} in ${tookS.toFixed(1)} s`,
      );

      // One real number and one whole one: PX4 carries the latter as a bit pattern.
      const [real, whole] =
        rig.kind === 'px4'
          ? (['MPC_XY_CRUISE', 'COM_DL_LOSS_T'] as const)
          : (['LOIT_BRK_JERK', 'FS_OPTIONS'] as const);
      for (const [name, value] of [
        [real, 4.25],
        [real, 5.5],
        [whole, 17],
        [whole, 16],
      ] as const) {
        const before = await parameters.get(id(), name);
        if (before.kind === 'unknown-parameter') continue;
        expect(before).toMatchObject({ kind: 'done', parameter: { name } });
        expect(await parameters.set(id(), name, value)).toMatchObject({
          kind: 'done',
          parameter: { name, value },
        });
        expect(await parameters.get(id(), name)).toMatchObject({ kind: 'done', parameter: { value } });
        if (before.kind === 'done') await parameters.set(id(), name, before.parameter.value);
      }
      expect(await parameters.get(id(), 'NO_SUCH_NAME')).toMatchObject({ kind: 'unknown-parameter' });
      expect(await parameters.set(id(), 'NO_SUCH_NAME', 1)).toMatchObject({ kind: 'unknown-parameter' });
      // What it does when it hears us no more, as found among them.
      expect(watched.only().failsafes).toMatchObject({ gcsLossAction: 'none' });
    });

    it('holds a mission, a fence and rally points as sent, and forgets each when told', async () => {
      const { plans } = watched.bridge;
      const mission = ringMission(home(), { heightM: 20, radiusM: 60, corners: 98 });
      const began = performance.now();
      expect(await plans.upload(id(), 'mission', mission)).toMatchObject({ kind: 'done', itemCount: 100 });
      console.log(
        `${rig.name}: 100 items up and read back in ${((performance.now() - began) / 1000).toFixed(1)} s`,
      );
      const corners = [
        lonLat(home(), 300, -300),
        lonLat(home(), 300, 300),
        lonLat(home(), -300, 300),
        lonLat(home(), -300, -300),
      ];
      const fence = {
        areas: [
          { kind: 'polygon', stay: 'inside', corners },
          { kind: 'circle', stay: 'outside', center: lonLat(home(), 200, 200), radiusM: 20 },
        ],
        returnPoint: null,
      } as const;
      const fenced = await plans.uploadFence(id(), fence);
      expect(fenced).toMatchObject({ kind: 'done', itemCount: 5 });
      const rally = [
        { ...lonLat(home(), 30, 0), altitudeM: 20, datum: 'home' },
        { ...lonLat(home(), 0, 40), altitudeM: 25, datum: 'home' },
      ] as const;
      expect(await plans.uploadRally(id(), rally)).toMatchObject({ kind: 'done', itemCount: 2 });

      const missionHeld = await plans.download(id(), 'mission');
      if (missionHeld.kind !== 'done') throw new Error(JSON.stringify(missionHeld));
      expect(missionHeld.items.map(({ command, x, y, z }) => [command, x, y, z])).toEqual(
        mission.map(({ command, x, y, z }) => [command, x, y, z]),
      );
      const fenceHeld = await plans.download(id(), 'fence');
      if (fenceHeld.kind !== 'done') throw new Error(JSON.stringify(fenceHeld));
      expect(fenceHeld.fence?.areas.map(({ kind, stay }) => [kind, stay])).toEqual([
        ['polygon', 'inside'],
        ['circle', 'outside'],
      ]);
      expect(fenceHeld.fence?.areas[0]).toMatchObject({
        corners: corners.map(({ lonDeg, latDeg }) => ({
          lonDeg: expect.closeTo(lonDeg, 6),
          latDeg: expect.closeTo(latDeg, 6),
        })),
      });
      const rallyHeld = await plans.download(id(), 'rally');
      if (rallyHeld.kind !== 'done') throw new Error(JSON.stringify(rallyHeld));
      expect(rallyHeld.rally).toMatchObject(rally.map(({ altitudeM, datum }) => ({ altitudeM, datum })));

      expect(await plans.setCurrent(id(), 3)).toMatchObject({ kind: 'done' });
      expect(watched.only().mission?.currentIndex).toBe(3);

      for (const kind of ['fence', 'rally', 'mission'] as const) {
        expect([kind, await plans.clear(id(), kind)]).toMatchObject([kind, { kind: 'done', itemCount: 0 }]);
        expect([kind, await plans.download(id(), kind)]).toMatchObject([kind, { kind: 'done', items: [] }]);
      }
    });

    it('flies the same mission twice, and its logs of it are fetched whole', async () => {
      const { bridge, until, only } = watched;
      const mission = ringMission(home(), { heightM: 8, radiusM: 12, corners: 3 });
      // ArduPilot: a log per flight, closed at its end; by default one goes on until the next start.
      if (rig.kind === 'ardupilot') {
        expect(await bridge.parameters.set(id(), 'LOG_FILE_DSRMROT', 1)).toMatchObject({ kind: 'done' });
      }
      for (const flight of [1, 2]) {
        expect(await bridge.plans.upload(id(), 'mission', mission)).toMatchObject({ kind: 'done' });
        expect([flight, await bridge.launchMission(id(), { takeoffAltitudeM: 8 })]).toMatchObject([
          flight,
          { kind: 'done' },
        ]);
        expect(only()).toMatchObject({ armed: true, mode: { normalised: 'mission' } });
        await until('the last corner reached', () => (only().mission?.reachedIndex ?? -1) >= 3, 120_000);
        await until('landed and disarmed', () => only().armed === false, 180_000);
        await watched.ready(1, 60_000);
      }
      // A short one: ArduPilot logs 200 kB/s of this time and gives 50 kB/s by files.
      expect(await bridge.guided.takeOff(id(), { altitudeAboveHomeM: 2 })).toMatchObject({ kind: 'done' });
      expect(await bridge.land(id())).toMatchObject({ kind: 'done' });
      await until('landed and disarmed', () => only().armed === false, 60_000);
      const log = await settledLog(watched);
      const folder = watched.folder();
      const truth = sha256OfLog(started.folders[0] ?? '', log.name);
      const byFile = await timed(`${rig.name}: log by files`, () =>
        bridge.logs.download(id(), log.logId, join(folder, 'by-file')),
      );
      expect(byFile).toMatchObject({
        kind: 'done',
        via: 'files',
        crc: 'verified',
        sizeBytes: log.sizeBytes,
        sha256: truth,
      });

      if (rig.kind !== 'ardupilot') return;
      const number = Number.parseInt(log.name, 10);
      const byMessages = await timed(`${rig.name}: log by messages`, () =>
        bridge.logs.download(id(), `log:${number}`, join(folder, 'by-messages')),
      );
      expect(byMessages).toMatchObject({
        kind: 'done',
        via: 'messages',
        sizeBytes: log.sizeBytes,
        sha256: truth,
      });
    });
  },
);

/** The smallest log, once it grows no more: both autopilots go on writing for some seconds after disarming. */
async function settledLog({ bridge, only }: Watched): Promise<{
  readonly logId: string;
  readonly name: string;
  readonly sizeBytes: number;
}> {
  const sizes = new Map<string, number>();
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
    const listed = await bridge.logs.list(only().vehicleId);
    if (listed.kind !== 'done') throw new Error(JSON.stringify(listed));
    expect(listed.via).toBe('files');
    const [log] = listed.logs.filter((l) => l.sizeBytes > 0).sort((a, b) => a.sizeBytes - b.sizeBytes);
    if (log !== undefined && sizes.get(log.logId) === log.sizeBytes) return log;
    for (const { logId, sizeBytes } of listed.logs) sizes.set(logId, sizeBytes);
    await new Promise((done) => setTimeout(done, 3_000));
  }
  throw new Error('no log that is finished');
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const outcome = await work();
  const tookS = (performance.now() - began) / 1000;
  const bytes = (outcome as { readonly sizeBytes?: number }).sizeBytes ?? 0;
  console.log(`${what}: ${bytes} bytes in ${tookS.toFixed(1)} s, ${(bytes / 1000 / tookS).toFixed(0)} kB/s`);
  return outcome;
}

/** Of the file that the autopilot itself wrote, from its own folder. */
function sha256OfLog(folder: string, name: string): string {
  const found = readdirSync(folder, { recursive: true })
    .map((path) => join(folder, String(path)))
    .find((path) => path.endsWith(`/${name}`) && statSync(path).isFile());
  if (found === undefined) throw new Error(`${name} is not in ${folder}`);
  return createHash('sha256').update(readFileSync(found)).digest('hex');
}
