import { Command, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { runHeadless } from '../headless/run-headless.ts';
import { type AircraftOptions, addAircraftOptions, fleetSettings } from './aircraft-options.ts';
import { addHeadlessCommand } from './headless-command.ts';
import { parseListen, parseOptionalTarget, parseTcp } from './option-values.ts';
import { addRelayCommand } from './relay-command.ts';

/** As the program does it, but an error is thrown, not printed. */
function quiet(command: Command): Command {
  return command.exitOverride().configureOutput({ writeErr: () => {} });
}

async function settingsOf(...args: readonly string[]) {
  const command = quiet(addAircraftOptions(new Command()));
  return fleetSettings(command.parse(args, { from: 'user' }).opts<AircraftOptions>());
}

describe('options of the aircraft', () => {
  it('have six on a ring without a word', async () => {
    const { aircraft, seed, faults } = await settingsOf();
    expect(aircraft?.map(({ systemId }) => systemId)).toEqual([1, 2, 3, 4, 5, 6]);
    expect([seed, faults?.all?.lossFraction]).toEqual([1, 0]);
  });

  it('count the aircraft by their flavours', async () => {
    const { aircraft } = await settingsOf('--flavour', 'copter:2,copter', '--first-sysid', '9');
    expect(aircraft?.map(({ systemId, flavour }) => [systemId, flavour])).toEqual([
      [9, 'copter'],
      [10, 'copter'],
      [11, 'copter'],
    ]);
    const { aircraft: same } = await settingsOf('--flavour', 'copter', '--count', '2');
    expect(same?.map(({ flavour }) => flavour)).toEqual(['copter', 'copter']);
  });

  it.each([
    [['--flavour', 'copter:2,zeppelin'], "'copter:2,zeppelin' is invalid. Allowed are copter"],
    [['--flavour', 'copter:0'], "'copter:0' is invalid"],
    [
      ['--flavour', 'copter:2', '--count', '3'],
      '--flavour names 2 aircraft, but there are 3; name as many, or one',
    ],
    [['--network', '/no/such.yaml'], '/no/such.yaml cannot be read: ENOENT'],
    [['--faults', '/no/such.yaml'], '/no/such.yaml cannot be read: ENOENT'],
    [['--loss', '30'], "'30' is invalid. Allowed is a number from 0 to 1."],
  ])('%j is refused with a clear message', async (args, message) => {
    await expect(async () => settingsOf(...args)).rejects.toThrow(message);
  });
});

describe('options of the other commands', () => {
  it.each([
    [['relay', '--listen', 'x'], "'x' is invalid. Allowed is PORT or HOST:PORT"],
    [['relay', '--target', 'tcp://a:1'], 'Allowed is udp://HOST:PORT'],
    [['headless', '--for-s', '0'], 'Allowed is a number from 1 to 86400.'],
    [['headless', '--script', '/no/such.yaml'], '/no/such.yaml cannot be read: ENOENT'],
    [
      ['headless', '--count', '1', '--for-s', '1', '--tlog', '/no/such/x.tlog'],
      'the tlog /no/such/x.tlog cannot be',
    ],
  ])('%j is refused with a clear message', async (args, message) => {
    const program = quiet(new Command());
    addRelayCommand(program);
    addHeadlessCommand(program);
    for (const command of program.commands) quiet(command);
    await expect(program.parseAsync(args, { from: 'user' })).rejects.toThrow(message);
  });

  it('name hosts and ports in several ways', () => {
    expect(parseListen('14560')).toEqual({ host: '127.0.0.1', port: 14_560 });
    expect(parseListen('0.0.0.0:0')).toEqual({ host: '0.0.0.0', port: 0 });
    expect(parseTcp('tcp://ground:5760')).toEqual({ host: 'ground', port: 5760 });
    expect(parseTcp('ground:5760')).toEqual({ host: 'ground', port: 5760 });
    const option = new Option('--target <url>').argParser(parseOptionalTarget).default('udp://a:1');
    const target = (...args: readonly string[]) =>
      quiet(new Command()).addOption(option).parse(args, { from: 'user' }).opts<{ target: unknown }>().target;
    expect(target('--target', 'none')).toBe('none');
    expect(target('--target', 'udp://b:2')).toEqual({ host: 'b', port: 2 });
    for (const bad of ['70000', 'a:b', ':1', '']) expect(() => parseListen(bad)).toThrow('Allowed is PORT');
    expect(() => parseTcp('5760')).toThrow('Allowed is HOST:PORT');
  });

  it('a log in a folder that is not there is named', () => {
    expect(() => runHeadless({ forS: 1, tlogPath: '/no/such/x.tlog' })).toThrow(
      'the tlog /no/such/x.tlog cannot be',
    );
  });
});
