import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addSitlCommand, launcherArguments, wantsServer } from './sitl.ts';

describe('airgrid sitl', () => {
  it.each([
    ['nothing said', { server: true }, true],
    ['--no-server', { server: false }, false],
    ['a ground station of the user', { server: true, target: 'udp://10.0.0.5:14550' }, false],
  ] as const)('starts a server of ours or not: %s', (_name, options, expected) => {
    expect(wantsServer(options)).toBe(expected);
  });

  it.each([
    [
      'our server',
      {},
      { udpPort: 14551, consoleUrl: 'http://127.0.0.1:8080' },
      [...['--count', '3', '--target', 'udp://127.0.0.1:14551', '--console-url', 'http://127.0.0.1:8080']],
    ],
    [
      "the user's target",
      { target: 'udp://10.0.0.5:1' },
      null,
      ['--count', '3', '--target', 'udp://10.0.0.5:1'],
    ],
    ['neither', {}, null, ['--count', '3']],
  ] as const)(
    'hands the launcher its own options and where to send: %s',
    (_name, options, ours, expected) => {
      expect(launcherArguments(options, ['--count', '3'], ours)).toEqual(expected);
    },
  );

  it("takes the server's options out of what goes to the launcher, wherever they stand", () => {
    const program = new Command('airgrid').exitOverride();
    addSitlCommand(program);
    const [command] = program.commands;
    if (command === undefined) throw new Error('no command was added');
    let rest: readonly string[] = [];
    command.action((_options: unknown, self: Command) => {
      rest = self.args;
    });
    program.parse(
      [
        '--vehicle',
        'px4',
        '-p',
        '9000',
        '--count',
        '2',
        '--home',
        '25.28,110.29',
        '--no-server',
        '--speedup',
        '4',
      ].toSpliced(0, 0, 'sitl'),
      { from: 'user' },
    );
    expect(rest).toEqual(['--vehicle', 'px4', '--count', '2', '--home', '25.28,110.29', '--speedup', '4']);
    expect(command.opts()).toMatchObject({ port: '9000', server: false });
  });
});
