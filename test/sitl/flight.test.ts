import { afterEach, describe, expect, it } from 'vitest';
import { ConsoleClient, type ConsoleFeed } from '../support/console-client.ts';
import { flyCell } from '../support/fly-cell.ts';
import { freeUdpPort } from '../support/ports.ts';
import { type Program, startProgram } from '../support/programs.ts';
import { squareGrid } from '../support/server.ts';
import { arduCopterPath, type Sitl, startArduCopter } from '../support/sitl.ts';

/** The same flight as test/e2e, against the real autopilot. */
const SPEEDUP = Number(process.env.ARDUPILOT_SITL_SPEEDUP ?? 4);
const path = arduCopterPath();

let program: Program | undefined;
let sitl: Sitl | undefined;
let feed: ConsoleFeed | undefined;

afterEach(async () => {
  feed?.close();
  await program?.cleanUp();
  await sitl?.stop();
});

async function fly(arducopter: string, link: 'tcp' | { udpPort: number }): Promise<void> {
  sitl = startArduCopter(arducopter, { instance: 0, link, speedup: SPEEDUP });
  const url = link === 'tcp' ? 'tcp://127.0.0.1:5760' : `udp-listen://127.0.0.1:${link.udpPort}`;
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
  await console_.until('an ArduCopter that can be armed', ready, 120_000);
  expect([...console_.vehicles.values()][0]).toMatchObject({ autopilot: 'ardupilot', airframe: 'copter' });
  const flown = await flyCell(client, console_, 'c1', { withinMs: 400_000 });
  expect(flown.coverageOfPlanPct).toBeGreaterThanOrEqual(98);
  console.log(
    `ArduCopter: ${flown.coverageOfPlanPct.toFixed(1)} % of the planned swath, states ${flown.states.join(' → ')}`,
  );
}

describe.skipIf(path === null)('a grid patrol of the real ArduCopter', () => {
  it('over TCP', () => fly(path ?? '', 'tcp'));
  it('over UDP', async () => fly(path ?? '', { udpPort: await freeUdpPort() }));
});
