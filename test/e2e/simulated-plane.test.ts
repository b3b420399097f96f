import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MissionItem } from '../../missions/mission-item.ts';
import { type SimFleet, startSimFleet } from '../../sim/fleet.ts';
import { distanceM, place, type Watched, watch } from '../sitl/autopilots.ts';
import { freeUdpPort } from '../support/ports.ts';

/**
 * Our bridge over UDP against the simulated ArduPlane, on a wing and with lift motors: real sockets, simulated time
 * forty times as fast.
 */
const SPEED = 40;
const HOME = { lonDeg: 110.29, latDeg: 25.2809, altitudeAmslM: 150, headingDeg: 0 };
const [WING, LIFT] = [1, 2] as const;

let fleet: SimFleet;
let watched: Watched;

beforeAll(async () => {
  const port = await freeUdpPort();
  fleet = await startSimFleet({
    aircraft: [
      { ...HOME, systemId: WING, flavour: 'plane' },
      { ...HOME, lonDeg: 110.291, systemId: LIFT, flavour: 'quadplane' },
    ],
    target: { host: '127.0.0.1', port },
    startupS: 4,
    speed: SPEED,
    seed: 11,
  });
  watched = await watch({ udp: `udp-listen://127.0.0.1:${port}` });
  await watched.ready(2, 15_000);
});
afterAll(async () => {
  await watched.close();
  await fleet.close();
});

function vehicle(systemId: number) {
  const found = watched.bridge.vehicles().find((state) => state.systemId === systemId);
  if (found === undefined) throw new Error(`no vehicle ${systemId}`);
  return found;
}

const item = (command: number, rest: Partial<MissionItem> = {}): MissionItem => ({
  ...{ frame: 3, command, param1: 0, param2: 0, param3: 0, param4: 0, x: 0, y: 0, z: 0 },
  ...rest,
});

describe('the simulated ArduPlane over UDP', () => {
  it('is found as a plane, with the parameters of one', async () => {
    const state = vehicle(WING);
    expect(state).toMatchObject({ autopilot: 'ardupilot', airframe: 'plane', identityConflict: null });
    const { parameters } = watched.bridge;
    expect(await parameters.get(state.vehicleId, 'FS_GCS_ENABL')).toMatchObject({ kind: 'done' });
    expect(await parameters.get(state.vehicleId, 'WPNAV_SPEED')).toMatchObject({ kind: 'unknown-parameter' });
  });

  it('flies a mission from its take-off to its landing, circles when held, goes on when resumed', async () => {
    const { bridge, until } = watched;
    const { vehicleId } = vehicle(WING);
    const mission = [
      item(22, { param1: 15, ...place(HOME, 0, 0), z: 50 }),
      item(16, { ...place(HOME, 600, 0), z: 70 }),
      item(16, { ...place(HOME, 600, 600), z: 70 }),
      item(16, { ...place(HOME, -500, 500), z: 40 }),
      item(21, { ...place(HOME, -500, 0) }),
    ];
    expect(await bridge.plans.upload(vehicleId, 'mission', mission)).toMatchObject({ kind: 'done' });
    expect(await bridge.launchMission(vehicleId, { takeoffAltitudeM: 50 })).toMatchObject({ kind: 'done' });
    await until('taken off', () => (vehicle(WING).position?.relativeAltitudeM ?? 0) > 45, 15_000);
    expect(await bridge.hold(vehicleId)).toMatchObject({ kind: 'done' });
    expect(fleet.aircraft(WING).truth.mode).toBe('LOITER');
    // A wing that waits flies on: it moves, but stays within its circle.
    const held = fleet.aircraft(WING).truth;
    expect(held.groundSpeedMps).toBeGreaterThan(12);
    expect(await bridge.resumeMission(vehicleId)).toMatchObject({ kind: 'done' });
    await until('landed and disarmed', () => vehicle(WING).armed === false, 30_000);
    const { truth } = fleet.aircraft(WING);
    expect(truth.landed).toBe(true);
    expect(truth.latDeg).toBeLessThan(HOME.latDeg - 0.003);
  }, 60_000);

  it('has no landing where it is, and says so instead of falling', async () => {
    const outcome = await watched.bridge.land(vehicle(WING).vehicleId);
    expect(outcome.kind).not.toBe('done');
  });

  it('returns to circle over home, and does not land there by itself', async () => {
    const { bridge, until } = watched;
    const { vehicleId } = vehicle(WING);
    const mission = [
      item(22, { param1: 15, ...place(HOME, 0, 0), z: 50 }),
      item(16, { ...place(HOME, 2000, 0), z: 70 }),
    ];
    await watched.ready(2, 10_000);
    expect(await bridge.plans.upload(vehicleId, 'mission', mission)).toMatchObject({ kind: 'done' });
    expect(await bridge.launchMission(vehicleId, { takeoffAltitudeM: 50 })).toMatchObject({ kind: 'done' });
    await until('on its way', () => (vehicle(WING).position?.relativeAltitudeM ?? 0) > 55, 15_000);
    expect(await bridge.returnToLaunch(vehicleId)).toMatchObject({ kind: 'done' });
    const home = vehicle(WING).home ?? HOME;
    const circling = () => {
      const { truth } = fleet.aircraft(WING);
      return Math.abs(truth.relativeAltitudeM - 100) < 5 && distanceM({ ...HOME, ...home }, truth) < 80;
    };
    await until('circling at home', circling, 20_000);
    expect(fleet.aircraft(WING).truth.armed).toBe(true);
  }, 60_000);
});

describe('the simulated quadplane over UDP', () => {
  it('rises and lands by its lift motors on the spot it came from', async () => {
    const { bridge, until } = watched;
    const { vehicleId } = vehicle(LIFT);
    const base = { ...HOME, lonDeg: 110.291 };
    const mission = [
      item(84, { ...place(base, 0, 0), z: 40 }),
      item(16, { ...place(base, 500, 0), z: 60 }),
      item(16, { ...place(base, 500, 500), z: 60 }),
      item(85, { ...place(base, 0, 0) }),
    ];
    expect(await bridge.plans.upload(vehicleId, 'mission', mission)).toMatchObject({ kind: 'done' });
    expect(await bridge.launchMission(vehicleId, { takeoffAltitudeM: 40 })).toMatchObject({ kind: 'done' });
    await until('on the wing', () => fleet.aircraft(LIFT).truth.groundSpeedMps > 15, 15_000);
    await until('landed and disarmed', () => vehicle(LIFT).armed === false, 30_000);
    expect(distanceM(base, fleet.aircraft(LIFT).truth)).toBeLessThan(4);
  }, 60_000);
});
