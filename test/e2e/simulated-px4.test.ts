import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SimAircraft, type SimFleet, startSimFleet } from '../../sim/fleet.ts';
import { distanceM, lonLat, ringMission, type Watched, watch } from '../sitl/autopilots.ts';
import { freeUdpPort } from '../support/ports.ts';

/**
 * Our bridge over UDP against the simulated PX4: the steps that test/sitl asks of the real one, without FTP and logs.
 * Real sockets, simulated time twenty times as fast.
 */
const SPEED = 20;
const HOME = { lonDeg: 110.29, latDeg: 25.2809, altitudeAmslM: 150, headingDeg: 0 };

let fleet: SimFleet;
let aircraft: SimAircraft;
let watched: Watched;

beforeAll(async () => {
  const port = await freeUdpPort();
  fleet = await startSimFleet({
    aircraft: [{ ...HOME, systemId: 9, flavour: 'px4' }],
    target: { host: '127.0.0.1', port },
    startupS: 4,
    speed: SPEED,
    seed: 11,
  });
  aircraft = fleet.aircraft(9);
  watched = await watch({ udp: `udp-listen://127.0.0.1:${port}` });
  await watched.ready(1, 15_000);
});
afterAll(async () => {
  await watched?.close();
  await fleet?.close();
});

const id = () => watched.only().vehicleId;
const heightM = () => watched.only().position?.relativeAltitudeM ?? 0;

describe('the simulated PX4 over UDP', () => {
  it('is found as a PX4 copter with its version and a hardware id of its own', async () => {
    await watched.until('version', () => watched.only().firmwareVersion !== null, 5_000);
    expect(watched.only()).toMatchObject({
      autopilot: 'px4',
      airframe: 'copter',
      firmwareVersion: expect.stringMatching(/^1\.17\.0/),
      identityConflict: null,
    });
    expect(watched.only().hardwareUid).not.toBeNull();
  });

  it('gives its parameters bit by bit, changes them, knows what it does not have', async () => {
    const { parameters } = watched.bridge;
    const fetched = await parameters.fetchAll(id());
    if (fetched.kind !== 'done') throw new Error(JSON.stringify(fetched));
    expect(fetched.snapshot.parameters).toHaveLength(885);
    expect(fetched.snapshot.source).toBe('list');
    for (const [name, value] of [
      ['MPC_XY_CRUISE', 4.25],
      ['COM_DL_LOSS_T', 17],
      ['CAL_ACC1_PRIO', -1],
    ] as const) {
      expect(await parameters.set(id(), name, value)).toMatchObject({ kind: 'done', parameter: { value } });
      expect(await parameters.get(id(), name)).toMatchObject({ kind: 'done', parameter: { name, value } });
    }
    expect(await parameters.get(id(), 'NO_SUCH_NAME')).toMatchObject({ kind: 'unknown-parameter' });
    await parameters.set(id(), 'MPC_XY_CRUISE', 8);
  });

  it('holds a mission, a fence and rally points as sent, and forgets each when told', async () => {
    const { plans } = watched.bridge;
    const mission = ringMission(HOME, { heightM: 20, radiusM: 60, corners: 98 });
    expect(await plans.upload(id(), 'mission', mission)).toMatchObject({ kind: 'done', itemCount: 100 });
    const fence = {
      areas: [
        {
          kind: 'polygon',
          stay: 'inside',
          corners: [
            lonLat(HOME, 300, -300),
            lonLat(HOME, 300, 300),
            lonLat(HOME, -300, 300),
            lonLat(HOME, -300, -300),
          ],
        },
        { kind: 'circle', stay: 'outside', center: lonLat(HOME, 200, 200), radiusM: 20 },
      ],
      returnPoint: null,
    } as const;
    expect(await plans.uploadFence(id(), fence)).toMatchObject({ kind: 'done', itemCount: 5 });
    const rally = [{ ...lonLat(HOME, 30, 0), altitudeM: 20, datum: 'home' }] as const;
    expect(await plans.uploadRally(id(), rally)).toMatchObject({ kind: 'done', itemCount: 1 });
    const held = await plans.download(id(), 'mission');
    if (held.kind !== 'done') throw new Error(JSON.stringify(held));
    expect(held.items.map(({ command, x, y, z }) => [command, x, y, z])).toEqual(
      mission.map(({ command, x, y, z }) => [command, x, y, z]),
    );
    expect(await plans.setCurrent(id(), 3)).toMatchObject({ kind: 'done' });
    expect(aircraft.truth.missionSeq).toBe(3);
    for (const kind of ['fence', 'rally', 'mission'] as const) {
      expect([kind, await plans.clear(id(), kind)]).toMatchObject([kind, { kind: 'done', itemCount: 0 }]);
    }
    expect(aircraft.missions).toEqual({ mission: [], fence: [], rally: [] });
  });

  it('launches a mission, holds, resumes, flies it again to its end and lands at home', async () => {
    const { bridge, until, only } = watched;
    const mission = ringMission(HOME, { heightM: 12, radiusM: 25, corners: 3 });
    for (const flight of [1, 2]) {
      expect(await bridge.plans.upload(id(), 'mission', mission)).toMatchObject({ kind: 'done' });
      expect([flight, await bridge.launchMission(id(), { takeoffAltitudeM: 12 })]).toMatchObject([
        flight,
        { kind: 'done' },
      ]);
      if (flight === 1) {
        expect(await bridge.hold(id())).toMatchObject({ kind: 'done' });
        expect(aircraft.truth.mode).toBe('AUTO.LOITER');
        expect(await bridge.resumeMission(id())).toMatchObject({ kind: 'done' });
      }
      await until('the last corner', () => (only().mission?.reachedIndex ?? -1) >= 2, 15_000);
      await until('landed and disarmed', () => only().armed === false, 15_000);
      expect(distanceM(HOME, aircraft.truth)).toBeLessThan(1);
      await watched.ready(1, 5_000);
    }
  }, 60_000);

  it('takes off, goes to places, circles, turns its nose, returns', async () => {
    const { bridge, until, only, events } = watched;
    const { guided } = bridge;
    expect(await guided.takeOff(id(), { altitudeAboveHomeM: 15 })).toMatchObject({ kind: 'done' });
    await until('15 m up', () => Math.abs(heightM() - 15) < 1, 10_000);
    const there = lonLat(HOME, 50, 30);
    const altitude = { datum: 'above-home', m: 18 } as const;
    expect(await guided.goTo(id(), { ...there, altitude })).toMatchObject({ kind: 'done' });
    await until('arrived', () => distanceM({ ...HOME, ...there }, aircraft.truth) < 2, 10_000);
    await until('18 m up', () => Math.abs(heightM() - 18) < 1, 10_000);
    const circle = { center: HOME, radiusM: 20, altitude, direction: 'clockwise', speedMps: 5 } as const;
    expect(await guided.orbit(id(), circle)).toMatchObject({ kind: 'done' });
    await until('on the circle', () => Math.abs(distanceM(HOME, aircraft.truth) - 20) < 1, 10_000);
    const radii: number[] = [];
    const bearings = new Set<number>();
    await until(
      'once round',
      () => {
        radii.push(distanceM(HOME, aircraft.truth));
        bearings.add(Math.round(aircraft.truth.headingDeg / 45) % 8);
        return bearings.size === 8;
      },
      10_000,
    );
    expect(Math.min(...radii)).toBeGreaterThan(17);
    expect(Math.max(...radii)).toBeLessThan(23);
    expect(await guided.goTo(id(), { ...there, altitude })).toMatchObject({ kind: 'done' });
    expect(await guided.setHeading(id(), 90)).toMatchObject({ kind: 'done' });
    expect(await bridge.returnToLaunch(id())).toMatchObject({ kind: 'done' });
    await until('landed and disarmed', () => only().armed === false, 20_000);
    expect(distanceM(HOME, aircraft.truth)).toBeLessThan(1);
    expect(events.filter(({ kind }) => kind === 'autopilot-event').length).toBeGreaterThan(0);
  }, 60_000);

  it('says why it does not arm', async () => {
    aircraft.refuseToArm('Vehicle is in safety configuration');
    const refused = await watched.bridge.guided.takeOff(id(), { altitudeAboveHomeM: 5 });
    expect(refused.kind).not.toBe('done');
    expect(JSON.stringify(watched.events)).toContain('Vehicle is in safety configuration');
    aircraft.refuseToArm(null);
  }, 60_000);
});
