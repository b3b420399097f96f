import { afterEach, describe, expect, it } from 'vitest';
import {
  type AutopilotRig,
  availableRigs,
  distanceM,
  lonLat,
  type Started,
  type Watched,
  watch,
} from './autopilots.ts';

/** Flight to places chosen one by one, each wish held against where the aircraft really is. */
const rigs = availableRigs();
const SPEEDUP = 2;

let started: Started | undefined;
let watched: Watched | undefined;

afterEach(async () => {
  await watched?.close();
  await started?.stop();
});

describe.skipIf(rigs.length === 0).each(rigs.length === 0 ? [null] : rigs)(
  'guided flight: $name',
  (rigOrNone) => {
    it('takes off, goes to a place, holds, circles, returns and lands', async () => {
      const rig = rigOrNone as AutopilotRig;
      started = await rig.start({ count: 1, speedup: SPEEDUP });
      watched = await watch({ udp: `udp-listen://127.0.0.1:${started.udpPort}` });
      const { bridge, events, until, only } = watched;
      await watched.ready(1, 200_000);
      const { vehicleId, home } = only();
      if (home === null) throw new Error('no home');
      const { guided } = bridge;
      const from = (to: { latDeg: number; lonDeg: number }): number => {
        const { position } = only();
        return position === null ? Number.POSITIVE_INFINITY : distanceM(to, position);
      };

      // Before it flies there is nothing to be sent anywhere.
      const early = await guided.goTo(vehicleId, {
        ...lonLat(home, 10, 0),
        altitude: { datum: 'above-home', m: 15 },
      });
      expect(early.kind).toBe('denied');

      expect(await guided.takeOff(vehicleId, { altitudeAboveHomeM: 15 })).toMatchObject({ kind: 'done' });
      expect(only().armed).toBe(true);
      await until('15 m up', () => Math.abs((only().position?.relativeAltitudeM ?? 0) - 15) < 2, 60_000);

      const there = lonLat(home, 50, 30);
      const gone = await guided.goTo(vehicleId, { ...there, altitude: { datum: 'above-home', m: 22 } });
      expect(gone).toMatchObject({ kind: 'done' });
      await until(
        'event: arrived',
        () => events.some((event) => event.kind === 'guided' && event.phase === 'arrived'),
        90_000,
      );
      expect(from(there)).toBeLessThan(5);
      await until('22 m up', () => Math.abs((only().position?.relativeAltitudeM ?? 0) - 22) < 2, 30_000);

      expect(await bridge.hold(vehicleId)).toMatchObject({ kind: 'done' });
      // Stopping takes some metres; then it stays.
      await until('stopped', () => (only().velocity?.groundSpeedMps ?? 9) < 0.3, 15_000);
      const heldAt = only().position ?? home;
      await new Promise((done) => setTimeout(done, 3_000));
      expect(from(heldAt)).toBeLessThan(2);

      const amsl = home.altitudeAmslM + 18;
      const back = lonLat(home, 0, 0);
      expect(await guided.goTo(vehicleId, { ...back, altitude: { datum: 'amsl', m: amsl } })).toMatchObject({
        kind: 'done',
      });
      await until('over home', () => from(back) < 5, 90_000);
      await until('18 m up', () => Math.abs((only().position?.relativeAltitudeM ?? 0) - 18) < 2, 30_000);

      console.log(
        `${rig.name}: heading ${JSON.stringify(await guided.setHeading(vehicleId, 90))}, speed ${JSON.stringify(await guided.setSpeed(vehicleId, 4))}`,
      );

      const orbited = await guided.orbit(vehicleId, {
        center: back,
        radiusM: 20,
        altitude: { datum: 'above-home', m: 18 },
        direction: 'clockwise',
        speedMps: 5,
      });
      expect(orbited).toMatchObject({ kind: 'done' });
      await until('on the circle', () => Math.abs(from(back) - 20) < 4, 60_000);
      const bearings: number[] = [];
      const radii: number[] = [];
      await until(
        'half a circle',
        () => {
          const { position } = only();
          if (position === null) return false;
          const north = (position.latDeg - back.latDeg) * 111_320;
          const east = (position.lonDeg - back.lonDeg) * 111_320 * Math.cos((back.latDeg * Math.PI) / 180);
          bearings.push((Math.atan2(east, north) * 180) / Math.PI);
          radii.push(Math.hypot(north, east));
          return turnedDeg(bearings) > 180;
        },
        90_000,
      );
      expect(Math.min(...radii)).toBeGreaterThan(14);
      expect(Math.max(...radii)).toBeLessThan(26);

      expect(await bridge.returnToLaunch(vehicleId)).toMatchObject({ kind: 'done' });
      await until(
        'event: the circle is over',
        () =>
          events.some(
            (event) => event.kind === 'guided' && event.action === 'orbit' && event.phase === 'stopped',
          ),
        5_000,
      );
      expect(await bridge.land(vehicleId)).toMatchObject({ kind: 'done' });
      await until('landed and disarmed', () => only().armed === false, 120_000);

      const spoken = events.filter((event) => event.kind === 'autopilot-event');
      if (rig.kind === 'px4') {
        expect(spoken.length).toBeGreaterThan(0);
        console.log(`PX4 events: ${spoken.map(({ name, text }) => `${name}: ${text}`).join(' | ')}`);
      }
      console.log(
        `${rig.name}: circle of 20 m flown at ${Math.min(...radii).toFixed(1)}–${Math.max(...radii).toFixed(1)} m`,
      );
    });
  },
);

/** Sum of the turns, clockwise positive. */
function turnedDeg(bearings: readonly number[]): number {
  return bearings.reduce((sum, bearing, index) => {
    const before = bearings[index - 1] ?? bearing;
    return sum + (((bearing - before + 540) % 360) - 180);
  }, 0);
}
