import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { type SimFleet, startSimFleet } from '../../sim/fleet.ts';
import { freeUdpPort } from '../support/ports.ts';

/**
 * EVIDENCE's fault 11: the server hangs, and the aircraft must notice. Its main thread really stops for ten seconds;
 * the thread of the bridge does not, and has to fall silent for it. Four simulated seconds pass in one.
 */
let fleet: SimFleet | undefined;
let server: ChildProcess | undefined;

afterEach(async () => {
  server?.kill('SIGKILL');
  await fleet?.close();
});

const said = (from: ChildProcess): Promise<Record<string, unknown>> =>
  new Promise((resolve, reject) => {
    from.once('message', (message) => resolve(message as Record<string, unknown>));
    from.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });

test('a server that hangs falls silent, the aircraft comes home, and obeys again afterwards', async () => {
  const port = await freeUdpPort();
  fleet = await startSimFleet({
    ...{ count: 1, target: { host: '127.0.0.1', port }, speed: 4, seed: 11, startupS: 1 },
  });
  const aircraft = fleet.aircraft(1);
  aircraft.setParameter('FS_GCS_ENABLE', 1);
  // The failsafe watches one ground station alone, by default 255's.
  aircraft.setParameter('MAV_GCS_SYSID', 245);
  server = fork(fileURLToPath(new URL('../support/hanging-server.mjs', import.meta.url)), [String(port)]);
  expect(await said(server)).toEqual({ uploaded: 'done', launched: 'done' });
  // Twelve simulated seconds of a healthy server: the failsafe has nothing to do.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  expect(aircraft.truth.mode).toBe('AUTO');

  const back = said(server);
  server.send('hang');
  expect(await back).toMatchObject({ back: true });
  expect(aircraft.truth.mode).toBe('RTL');

  const held = said(server);
  server.send('hold');
  expect(await held).toEqual({ held: 'done', mode: 'BRAKE' });
  expect(aircraft.truth.mode).toBe('BRAKE');
}, 60_000);
