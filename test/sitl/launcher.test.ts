import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { ConsoleClient, type ConsoleFeed } from '../support/console-client.ts';
import { type Program, startProgram } from '../support/programs.ts';
import { px4Build } from '../support/px4.ts';
import { arduCopterPath } from '../support/sitl.ts';

/** `airgrid sitl` as a developer runs it: three real autopilots and a server that sees them ready to fly. */
const COUNT = 3;
const RIGS = [
  { vehicle: 'copter', title: 'ArduCopter', isThere: arduCopterPath() !== null, firstSysid: 51, speedup: 4 },
  // Three PX4 at four times life's speed fill two cores.
  { vehicle: 'px4', title: 'PX4', isThere: px4Build() !== null, firstSysid: 51, speedup: 1 },
];

let program: Program | undefined;
let feed: ConsoleFeed | undefined;
afterEach(async () => {
  feed?.close();
  await program?.cleanUp();
});

const folders = (vehicle: string): readonly string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`airgrid-sitl-${vehicle}-5`));

describe.each(RIGS)('airgrid sitl --vehicle $vehicle', ({ vehicle, title, isThere, firstSysid, speedup }) => {
  it.skipIf(!isThere)('starts three, shows them ready in the console, and leaves nothing', async () => {
    program = startProgram(
      [
        ...['sitl', '--vehicle', vehicle, '--count', String(COUNT), '--home', '25.28,110.29', '--port', '0'],
        ...['--first-sysid', String(firstSysid), '--speedup', String(speedup)],
      ],
      { AIRGRID_LOG_FORMAT: 'json' },
    );
    const [, address = ''] = await program.said(/Console\s+(http:\S+)/, 60_000);
    const [, username = '', password = ''] = await program.said(/Sign in\s+(\S+)\s+\/\s+(\S+)/);
    const [ready] = await program.said(/^ready: .*$/m, 180_000);
    expect(ready).toContain(`ready: ${COUNT} × ${title}`);
    expect(ready).toContain(`(system ids 51–53)`);
    expect(ready).toContain(`console ${address}`);

    const client = new ConsoleClient(address);
    await client.signIn(username, password);
    const console_ = client.listen();
    feed = console_;
    const canFly = () => [...console_.vehicles.values()].filter((v) => v.prearm?.ready === true);
    await console_.until('three that can be armed', () => canFly().length === COUNT, 60_000);
    expect(
      canFly()
        .map(({ systemId }) => systemId)
        .sort(),
    ).toEqual([51, 52, 53]);

    expect(folders(vehicle)).toHaveLength(COUNT);
    const { code } = await program.stop('SIGINT');
    expect(code).toBe(0);
    expect(folders(vehicle)).toEqual([]);
    console.log(ready);
  });
});
