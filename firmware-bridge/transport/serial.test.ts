import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { pbkdf2 } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../clock.ts';
import type { LinkProblem, LinkState } from '../model.ts';
import { ReconnectingTransport } from './reconnecting.ts';
import { SerialTransport } from './serial.ts';
import { TransportError } from './transport.ts';

/** A real pseudo-terminal pair by socat: two devices joined as by a null-modem cable. */
const hasSocat = spawnSync('socat', ['-V']).status === 0;

test.runIf(process.env.CI !== undefined)(
  'socat is installed (apt-get install socat): in CI the serial tests must run',
  () => {
    expect(hasSocat).toBe(true);
  },
);

const NOTHING = { onData: () => {}, onLeft: () => {}, onClosed: () => {}, onWarning: () => {} };

test('a missing device is told with what to do', async () => {
  const transport = new SerialTransport({
    kind: 'serial',
    path: '/dev/airgrid-no-such-tty',
    baudRate: 57_600,
  });
  const problem = await transport.open(NOTHING).catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(TransportError);
  expect((problem as TransportError).problem).toMatchObject({
    code: 'transport.device-missing',
    message: expect.stringContaining('/dev/airgrid-no-such-tty is not there'),
  });
});

describe.skipIf(!hasSocat)(
  'serial over a socat pseudo-terminal pair (skipped without socat: apt-get install socat)',
  () => {
    let folder: string;
    let ours: string;
    let theirs: string;
    let cable: ChildProcess | null = null;

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'airgrid-serial-'));
      ours = join(folder, 'ours');
      theirs = join(folder, 'theirs');
    });
    afterEach(async () => {
      await unplug();
      rmSync(folder, { recursive: true, force: true });
    });

    async function plugIn(): Promise<void> {
      cable = spawn('socat', ['-d', '-d', `pty,raw,echo=0,link=${ours}`, `pty,raw,echo=0,link=${theirs}`]);
      await vi.waitFor(() => expect(existsSync(ours) && existsSync(theirs)).toBe(true), 5_000);
    }

    async function unplug(): Promise<void> {
      const running = cable;
      cable = null;
      if (running === null || running.exitCode !== null) return;
      await new Promise<void>((resolve) => {
        running.once('exit', () => resolve());
        running.kill();
      });
    }

    test('carries bytes both ways, survives unplugging and finds the device again', async () => {
      await plugIn();
      const got: string[] = [];
      const states: [LinkState, LinkProblem | null][] = [];
      const link = new ReconnectingTransport({
        clock: systemClock,
        random: () => 0,
        createTransport: () => new SerialTransport({ kind: 'serial', path: ours, baudRate: 115_200 }),
        onData: (bytes) => got.push(Buffer.from(bytes).toString()),
        onLeft: () => {},
        onWarning: () => {},
        onState: (state, problem) => states.push([state, problem]),
      });
      const far = new SerialTransport({ kind: 'serial', path: theirs, baudRate: 115_200 });
      const farGot: string[] = [];
      try {
        await link.start();
        expect(link.state).toBe('open');
        await far.open({ ...NOTHING, onData: (bytes) => farGot.push(Buffer.from(bytes).toString()) });
        expect(far.send(Buffer.from('telemetry'), theirs)).toBe(true);
        expect(link.send(Buffer.from('command'), ours)).toBe(true);
        await vi.waitFor(
          () => expect([got.join(''), farGot.join('')]).toEqual(['telemetry', 'command']),
          5_000,
        );

        await unplug();
        await vi.waitFor(() => expect(link.state).not.toBe('open'), 5_000);
        expect(states.find(([state]) => state === 'waiting')?.[1]?.message).toContain(
          'plug the radio or cable in',
        );
        await far.close();

        await plugIn();
        await vi.waitFor(() => expect(link.state).toBe('open'), 10_000);
        const again = new SerialTransport({ kind: 'serial', path: theirs, baudRate: 115_200 });
        await again.open(NOTHING);
        again.send(Buffer.from(' again'), theirs);
        await vi.waitFor(() => expect(got.join('')).toBe('telemetry again'), 5_000);
        await again.close();
      } finally {
        await link.close();
        await far.close();
      }
      expect(link.state).toBe('closed');
    });

    test('a cable pulled while a read waits for its turn is told as well', async () => {
      await plugIn();
      const near = new SerialTransport({ kind: 'serial', path: ours, baudRate: 115_200 });
      const closed = new Promise<LinkProblem | null>((resolve) => {
        void near.open({ ...NOTHING, onClosed: resolve });
      });
      await vi.waitFor(() => expect(near.state).toBe('open'), 5_000);
      // All four threads for files are at work: the read for these bytes comes to the device when it is gone.
      const busy = Array.from(
        { length: 8 },
        () => new Promise((done) => pbkdf2('x', 'y', 100_000, 32, 'sha512', done)),
      );
      spawnSync('sh', ['-c', 'printf "last words" > "$0"; sleep 0.1', theirs]);
      await unplug();
      await Promise.all(busy);
      expect((await closed)?.message).toContain('plug the radio or cable in');
      expect(near.state).toBe('closed');
    }, 20_000);

    test('a device that another program holds is told as busy', async () => {
      await plugIn();
      const first = new SerialTransport({ kind: 'serial', path: ours, baudRate: 57_600 });
      await first.open(NOTHING);
      const second = new SerialTransport({ kind: 'serial', path: ours, baudRate: 57_600 });
      const problem = await second.open(NOTHING).catch((error: unknown) => error);
      await first.close();
      expect((problem as TransportError).problem?.code).toBe('transport.port-busy');
    });
  },
);
