import { afterEach, describe, expect, it } from 'vitest';
import { ConsoleClient, type ConsoleFeed } from '../support/console-client.ts';
import { flyCell } from '../support/fly-cell.ts';
import { freeUdpPort } from '../support/ports.ts';
import { type Program, startProgram } from '../support/programs.ts';
import { PX4_GCS_PORT, px4Build, startPx4, untilFree } from '../support/px4.ts';
import { squareGrid } from '../support/server.ts';
import { arduCopterPath, SITL_HOME, startArduCopter } from '../support/sitl.ts';

/** The same flight as test/e2e, against the real autopilots. */
const SPEEDUP = Number(process.env.ARDUPILOT_SITL_SPEEDUP ?? 4);
const path = arduCopterPath();
const px4 = px4Build();

let program: Program | undefined;
let sitl: { stop(): Promise<void> } | undefined;
let feed: ConsoleFeed | undefined;

afterEach(async () => {
  feed?.close();
  await program?.cleanUp();
  await sitl?.stop();
});

async function flyArduCopter(arducopter: string, link: 'tcp' | { udpPort: number }): Promise<void> {
  sitl = await startArduCopter(arducopter, { instance: 0, link, speedup: SPEEDUP });
  const url = link === 'tcp' ? 'tcp://127.0.0.1:5760' : `udp-listen://127.0.0.1:${link.udpPort}`;
  return fly(url, { autopilot: 'ardupilot', airframe: 'copter' });
}

async function fly(url: string, expected: { autopilot: string; airframe: string }): Promise<void> {
  program = startProgram(['serve', '--port', '0', '--link', url], { AIRGRID_LOG_FORMAT: 'json' });
  const [, code = ''] = await program.said(/one-time code\s+(\S+)/);
  const [, address = ''] = await program.said(/open (http:\S+) and/);
  const client = new ConsoleClient(address);
  await client.call('POST', '/api/v1/setup', { code, username: 'op', password: 'a long password' });
  await client.importGrid(squareGrid(250));
  const console_ = client.listen();
  feed = console_;
  // 40–60 s of simulated time until the position estimate allows arming.
  const ready = () =>
    [...console_.vehicles.values()].some((v) => v.prearm?.ready === true && v.position !== null);
  await console_.until('a copter that can be armed', ready, 120_000);
  expect([...console_.vehicles.values()][0]).toMatchObject(expected);
  const flown = await flyCell(client, console_, 'c1', { withinMs: 400_000 });
  expect(flown.coverageOfPlanPct).toBeGreaterThanOrEqual(98);
  console.log(
    `${expected.autopilot}: ${flown.coverageOfPlanPct.toFixed(1)} % of the planned swath, states ${flown.states.join(' → ')}`,
  );
}

describe.skipIf(path === null)('a grid patrol of the real ArduCopter', () => {
  it('over TCP', () => flyArduCopter(path ?? '', 'tcp'));
  it('over UDP', async () => flyArduCopter(path ?? '', { udpPort: await freeUdpPort() }));
});

describe.skipIf(px4 === null)('a grid patrol of the real PX4', () => {
  it('over UDP', async () => {
    if (px4 === null) return;
    await untilFree(PX4_GCS_PORT);
    sitl = await startPx4(px4, { instance: 0, speedup: SPEEDUP, home: SITL_HOME });
    await fly(`udp-listen://127.0.0.1:${PX4_GCS_PORT}`, { autopilot: 'px4', airframe: 'copter' });
  });
});
