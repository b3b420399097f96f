import { afterEach, describe, expect, it } from 'vitest';
import { decode } from '../../firmware-bridge/codec/decoder.ts';
import { Framer } from '../../firmware-bridge/codec/framer.ts';
import { CommandLong, MavCmd } from '../../firmware-bridge/codec/messages.ts';
import { freeUdpPort } from '../support/ports.ts';
import { startUdpRelay, type UdpRelay } from '../support/udp-relay.ts';
import {
  type AutopilotRig,
  availableRigs,
  distanceM,
  OUR_SYSTEM_ID,
  ringMission,
  type Started,
  type Watched,
  watch,
} from './autopilots.ts';

/** The only link is cut in flight, and comes back. The aircraft has a failsafe for that, and it is set here. */
const rigs = availableRigs();
/** Our heartbeats come once a second; the aircraft waits 5 s of its own time. */
const SPEEDUP = 2;

let started: Started | undefined;
let relay: UdpRelay | undefined;
let watched: Watched | undefined;

afterEach(async () => {
  await watched?.close();
  await relay?.close();
  await started?.stop();
});

/** Returns when the ground station is gone, by its parameters; a real number of seconds. */
async function setFailsafe(rig: AutopilotRig, { bridge, only }: Watched): Promise<void> {
  const { vehicleId } = only();
  const set = async (name: string, value: number): Promise<string> =>
    (await bridge.parameters.set(vehicleId, name, value)).kind;
  if (rig.kind === 'px4') {
    expect(await set('NAV_DLL_ACT', 2)).toBe('done');
    expect(await set('COM_DL_LOSS_T', 5)).toBe('done');
    return;
  }
  const ours = await set('MAV_GCS_SYSID', OUR_SYSTEM_ID);
  if (ours === 'unknown-parameter') expect(await set('SYSID_MYGCS', OUR_SYSTEM_ID)).toBe('done');
  else expect(ours).toBe('done');
  expect(await set('FS_GCS_ENABLE', 1)).toBe('done');
}

describe.skipIf(rigs.length === 0).each(rigs.length === 0 ? [null] : rigs)(
  'link loss and return: $name',
  (rigOrNone) => {
    it('is told, the aircraft turns home by itself, and is commanded again when it is back', async () => {
      const rig = rigOrNone as AutopilotRig;
      started = await rig.start({ count: 1, speedup: SPEEDUP });
      const [home] = started.homes;
      if (home === undefined) throw new Error('nothing was started');
      const rateRequests: number[] = [];
      const framer = new Framer();
      const ourPort = await freeUdpPort();
      relay = await startUdpRelay({
        listenPort: started.udpPort,
        toPort: ourPort,
        onToVehicle: (datagram) => {
          for (const frame of framer.pushDatagram(datagram)) {
            if (frame.messageId !== CommandLong.MSG_ID) continue;
            const command = decode(frame, CommandLong);
            if (command.command === MavCmd.SET_MESSAGE_INTERVAL) rateRequests.push(command._param1);
          }
        },
      });
      watched = await watch({ udp: `udp-listen://127.0.0.1:${ourPort}` });
      const { bridge, events, until, only } = watched;
      await watched.ready(1, 200_000);
      const { vehicleId } = only();
      await setFailsafe(rig, watched);
      await until(
        'its failsafe as found',
        () => only().failsafes?.gcsLossAction === 'return' && only().failsafes?.acceptsOurSystemId !== false,
        10_000,
      );

      const mission = ringMission(home, { heightM: 20, radiusM: 80, corners: 12 });
      expect(await bridge.uploadMission(vehicleId, mission)).toMatchObject({ kind: 'done' });
      expect(await bridge.launchMission(vehicleId, { takeoffAltitudeM: 20 })).toMatchObject({ kind: 'done' });
      const away = () => {
        const { position } = only();
        return position === null ? 0 : distanceM(home, position);
      };
      await until('well away from home', () => away() > 60, 120_000);

      relay.cut(true);
      const cutAtMs = Date.now();
      await until('vehicle-lost', () => events.some(({ kind }) => kind === 'vehicle-lost'), 10_000);
      const lostAfterMs = Date.now() - cutAtMs;
      expect(lostAfterMs).toBeGreaterThan(2_500);
      expect(lostAfterMs).toBeLessThan(4_500);
      expect(only().connection).toBe('lost');
      // Nothing is pretended meanwhile.
      expect((await bridge.hold(vehicleId)).kind).not.toBe('done');
      const passedBefore = relay.passed.toUs;
      await new Promise((done) => setTimeout(done, 6_000));
      expect(relay.passed.toUs).toBe(passedBefore);

      relay.cut(false);
      await until('vehicle-back', () => events.some(({ kind }) => kind === 'vehicle-back'), 5_000);
      expect(only().connection).toBe('online');
      await until('on its way home by itself', () => only().mode?.normalised === 'return', 5_000);
      expect(only().armed).toBe(true);
      const positionBefore = only().position;
      await until('fresh positions', () => only().position !== positionBefore, 5_000);

      // Still commandable, also against what it does by itself.
      expect(await bridge.hold(vehicleId)).toMatchObject({ kind: 'done' });
      expect(only().mode?.normalised).toBe('hold');
      expect(await bridge.resumeMission(vehicleId)).toMatchObject({ kind: 'done' });
      expect(await bridge.returnToLaunch(vehicleId)).toMatchObject({ kind: 'done' });
      expect(await bridge.land(vehicleId)).toMatchObject({ kind: 'done' });
      await until('landed and disarmed', () => only().armed === false, 120_000);
      // GLOBAL_POSITION_INT was asked for before, and whatever was missing after the return once more.
      expect(rateRequests).toContain(33);
      console.log(`${rig.name}: lost after ${lostAfterMs} ms, ${rateRequests.length} rate requests in all`);
    });
  },
);
