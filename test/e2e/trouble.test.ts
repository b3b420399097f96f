import { createSocket, type Socket } from 'node:dgram';
import { afterEach, describe, expect, it } from 'vitest';
import { type SimFleet, startSimFleet } from '../../sim/fleet.ts';
import type { FleetView, PatrolPreview, PatrolView, ServerInfo } from '../../src/contract/index.ts';
import { ConsoleClient, type ConsoleFeed } from '../support/console-client.ts';
import { freeUdpPort } from '../support/ports.ts';
import { type Program, startDemo, startProgram } from '../support/programs.ts';
import { squareGrid } from '../support/server.ts';

/** What goes wrong in a real room: each is told in words, and everything else goes on. */
const running: Program[] = [];
const fleets: SimFleet[] = [];
const feeds: ConsoleFeed[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const feed of feeds.splice(0)) feed.close();
  for (const fleet of fleets.splice(0)) await fleet.close();
  for (const program of running.splice(0)) await program.cleanUp();
  for (const socket of sockets.splice(0)) socket.close();
});

const start = (...args: string[]): Program => {
  const program = startProgram(['serve', '--port', '0', ...args], { AIRGRID_LOG_FORMAT: 'json' });
  running.push(program);
  return program;
};

/** First start: with the code that the server printed. */
async function signIn(program: Program): Promise<ConsoleClient> {
  const [, code = ''] = await program.said(/one-time code\s+(\S+)/);
  const [, url = ''] = await program.said(/open (http:\S+) and/);
  const client = new ConsoleClient(url);
  const { status } = await client.call('POST', '/api/v1/setup', {
    code,
    username: 'op',
    password: 'a long password',
  });
  expect(status).toBe(200);
  return client;
}

async function oneAircraft(port: number): Promise<SimFleet> {
  const fleet = await startSimFleet({
    aircraft: [{ systemId: 1, lonDeg: 110.29, latDeg: 25.28, altitudeAmslM: 150 }],
    target: { host: '127.0.0.1', port },
    startupS: 1,
    speed: 4,
  });
  fleets.push(fleet);
  return fleet;
}

describe('settings', () => {
  it('refuse a start with a sentence that names the setting, the value and what is allowed', async () => {
    const program = startProgram(['serve', '--set', 'server.port=99999']);
    running.push(program);
    await program.said(/server\.port \(flag\) is "99999"; allowed: a whole number from 0 to 65535/);
    expect(await program.ended).toBe(1);
  });

  it('refuse a link that is none', async () => {
    const program = startProgram(['serve', '--port', '0', '--link', 'bluetooth://x']);
    running.push(program);
    await program.said(/bluetooth/);
    await program.said(/udp-listen/);
    expect(await program.ended).toBe(1);
  });

  it('refuse a base map that is not there', async () => {
    const program = startProgram(['serve', '--port', '0', '--set', 'map.pmtilesFile=/nowhere/base.pmtiles']);
    running.push(program);
    await program.said(/map\.pmtilesFile names \/nowhere\/base\.pmtiles, which does not exist/);
    expect(await program.ended).toBe(1);
  });

  it('keep the sign-in of a demo that is open to the network off its page, and say that its port is busy', async () => {
    const demo = await startDemo(['--count', '1', '--host', '0.0.0.0']);
    running.push(demo);
    const open = new ConsoleClient(demo.url);
    expect((await open.call<ServerInfo>('GET', '/api/v1/server-info')).body.demoSignIn).toBeNull();
    await open.signIn(demo.username, demo.password);

    const { port } = new URL(demo.url);
    const second = startProgram(['serve', '--port', port, '--link', 'udp-listen://127.0.0.1:0']);
    running.push(second);
    await second.said(new RegExp(`Port ${port} is in use`));
    expect(await second.ended).toBe(1);
  }, 60_000);
});

describe('links', () => {
  it('that cannot open are told, and the others work', async () => {
    const busy = createSocket('udp4');
    sockets.push(busy);
    await new Promise<void>((resolve) => busy.bind(0, '127.0.0.1', () => resolve()));
    const port = await freeUdpPort();
    const program = start(
      '--link',
      'serial:///dev/ttyNONE?baud=57600',
      '--link',
      `udp-listen://127.0.0.1:${busy.address().port}`,
      '--link',
      'tcp://127.0.0.1:1',
      '--link',
      `udp-listen://127.0.0.1:${port}`,
    ); // prettier-ignore
    const client = await signIn(program);
    await oneAircraft(port);
    const feed = client.listen();
    feeds.push(feed);
    await feed.until('the aircraft on the good link', () => feed.vehicles.size === 1);
    const { body } = await client.call<FleetView>('GET', '/api/v1/fleet');
    const problems = body.links.map((link) => link.problem?.code ?? 'none');
    expect(problems).toEqual([
      'transport.device-missing',
      'transport.port-busy',
      'transport.refused',
      'none',
    ]);
    for (const link of body.links.slice(0, 3)) expect(link.problem?.message.length).toBeGreaterThan(20);
  }, 60_000);
});

describe('an aircraft', () => {
  async function withAircraft() {
    const port = await freeUdpPort();
    const program = start('--link', `udp-listen://127.0.0.1:${port}`);
    const client = await signIn(program);
    await client.importGrid(squareGrid(200));
    const fleet = await oneAircraft(port);
    const feed = client.listen();
    feeds.push(feed);
    await feed.until(
      'an aircraft that is ready',
      () => [...feed.vehicles.values()][0]?.prearm?.ready === true,
    );
    const launch = async () => {
      const { body: plan } = await client.call<PatrolPreview>('POST', '/api/v1/patrols/preview', {
        cellId: 'c1',
      });
      const body = { previewId: plan.previewId, purpose: 'exercise' };
      return (await client.call<PatrolView>('POST', '/api/v1/patrols', body)).body.patrolId;
    };
    return { program, fleet, feed, launch };
  }

  // Refused arming, missions not stored, lost links and a killed server: sim/scenarios, run by test/scenarios.
  it('that flies when the server is stopped is left to itself; the next server watches on', async () => {
    const { program, feed, fleet, launch } = await withAircraft();
    const patrolId = await launch();
    await feed.until('patrol', () => feed.patrols.get(patrolId)?.sorties[0]?.state === 'on-patrol', 60_000);
    const { code, tookMs } = await program.stop('SIGTERM');
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(3000);
    expect(program.output()).toContain('left to its own mission and failsafe');
    expect(fleet.aircraft(1).truth.armed).toBe(true);
  }, 120_000);
});
