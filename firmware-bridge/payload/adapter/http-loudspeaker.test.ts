import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../clock.ts';
import type { VehicleId } from '../../model.ts';
import { type Answer, HttpSpeakerServer, reply } from '../testing/http-speaker-server.ts';
import type { SayRequest } from './adapter.ts';
import { HttpLoudspeaker } from './http-loudspeaker.ts';

const TOKEN = 'tok-5f3a9c71';
let server: HttpSpeakerServer;
let folder: string;
let logged: string;
let speakers: HttpLoudspeaker[];

beforeEach(async () => {
  server = new HttpSpeakerServer();
  await server.open();
  folder = mkdtempSync(join(tmpdir(), 'airgrid-payload-'));
  logged = '';
  speakers = [];
});
afterEach(async () => {
  for (const speaker of speakers) await speaker.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

function speaker(
  options: { timeoutMs?: number; tokenFile?: string | null; baseUrl?: string } = {},
): HttpLoudspeaker {
  const made = new HttpLoudspeaker({
    adapterId: 'ls-1',
    vehicleId: 'ap-1' as VehicleId,
    label: 'Loudspeaker',
    baseUrl: options.baseUrl ?? server.baseUrl,
    tokenFile: options.tokenFile ?? null,
    timeoutMs: options.timeoutMs ?? 3_000,
    clock: systemClock,
    logger: pino(
      { level: 'trace' },
      {
        write(line: string) {
          logged += line;
        },
      },
    ),
    fetch,
    capabilities: {
      canSay: true,
      languages: ['zh', 'en'],
      voices: ['female'],
      maxTextLength: 20,
      clipIds: ['disperse'],
      hasVolume: true,
    },
  });
  speakers.push(made);
  return made;
}

const announcement = (over: Partial<SayRequest> = {}): SayRequest => ({
  text: '请尽快离开',
  language: 'zh',
  voice: null,
  purpose: 'order 17: crowd on the bridge',
  idempotencyKey: 'key-00000001',
  ...over,
});

const hang: Answer = () => {};
const reset: Answer = (_request, response) => void response.destroy();
const resetAfterDoing: Answer = (_request, response, next) => {
  // Does it, and the answer is lost.
  const end = response.end.bind(response);
  response.end = (() => {
    response.end = end;
    response.destroy();
    return response;
  }) as typeof response.end;
  next();
};
const status =
  (code: number, body: unknown = {}): Answer =>
  (_request, response) =>
    reply(response, code, body);

test('a text is spoken: body, key, purpose and language arrive; done when the device plays', async () => {
  expect(await speaker().say(announcement())).toEqual({ kind: 'done', confirmedBy: 'device status playing' });
  expect(server.of('/say')).toEqual([
    {
      method: 'POST',
      path: '/airgrid/say',
      key: 'key-00000001',
      authorization: null,
      body: { text: '请尽快离开', language: 'zh', voice: null, purpose: 'order 17: crowd on the bridge' },
    },
  ]);
});

test.each([
  [
    { text: '字'.repeat(21) },
    { kind: 'denied', result: 'TOO_LONG', reasons: ['the text has 21 characters; the device takes 20'] },
  ],
  [{ text: '  ' }, { kind: 'denied', result: 'EMPTY' }],
  [{ purpose: ' ' }, { kind: 'denied', result: 'NO_PURPOSE' }],
  [{ idempotencyKey: 'x\r\ny: z' }, { kind: 'denied', result: 'NO_KEY' }],
  [{ voice: 'robot' }, { kind: 'unsupported', what: 'voice robot' }],
] as const)('%j is refused before anything is sent', async (over, outcome) => {
  expect(await speaker().say(announcement(over))).toMatchObject(outcome);
  expect(server.received).toEqual([]);
});

test('the answer to a spoken text is lost: the status names it, and nothing is spoken twice', async () => {
  server.faults.push(resetAfterDoing);
  expect(await speaker().say(announcement())).toEqual({
    kind: 'done',
    confirmedBy: 'device status playing, this announcement',
  });
  expect(server.spoken).toHaveLength(1);
  expect(server.of('/say')).toHaveLength(1);
});

test('a text that never arrived is no success, is not sent again by itself, and may be sent again with its key', async () => {
  server.faults.push(reset);
  const ours = speaker();
  expect(await ours.say(announcement())).toMatchObject({ kind: 'no-answer' });
  expect(server.of('/say')).toHaveLength(1);
  expect(server.spoken).toEqual([]);
  expect(await ours.say(announcement())).toMatchObject({ kind: 'done' });
  expect(await ours.say(announcement())).toMatchObject({ kind: 'done' });
  expect(server.spoken).toHaveLength(1);
});

test('another announcement plays already: it is not taken for ours', async () => {
  server.state = 'playing';
  server.lastKey = 'somebody-else';
  expect(await speaker().say(announcement())).toEqual({ kind: 'busy', what: '正在播放' });
  server.faults.push(reset);
  expect(await speaker().say(announcement())).toMatchObject({ kind: 'no-answer' });
});

test('accepted and silent: not confirmed', async () => {
  server.faults.push(status(200, { state: 'idle', lastKey: null }));
  const outcome = await speaker().say(announcement());
  expect(outcome).toMatchObject({ kind: 'not-confirmed', expected: 'playing', observed: 'idle' });
}, 15_000);

test('status, stop and volume are tried again after a 500, a reset and a time-out', async () => {
  const ours = speaker({ timeoutMs: 600 });
  server.faults.push(status(500, { error: { message: 'once' } }));
  expect(await ours.status()).toMatchObject({ kind: 'done', status: { state: 'idle', volumePct: 50 } });
  server.faults.push(reset, hang);
  expect(await ours.stop()).toEqual({ kind: 'done', confirmedBy: 'device status idle' });
  server.faults.push(status(503));
  expect(await ours.setVolume(80)).toEqual({ kind: 'done', confirmedBy: 'device status volume 80 %' });
  expect(server.of('/stop')).toHaveLength(3);
});

test('a device that fails for good is told so after three attempts', async () => {
  server.faults.push(
    status(500, { error: { message: '功放过热\u0007' } }),
    status(500),
    status(500, { error: { message: '功放过热\u0007' } }),
  );
  expect(await speaker().stop()).toEqual({ kind: 'denied', result: 'HTTP_500', reasons: ['功放过热'] });
  expect(server.received).toHaveLength(3);
});

test('a 500 to a text is not tried again', async () => {
  server.faults.push(status(500));
  expect(await speaker().say(announcement())).toMatchObject({ kind: 'denied', result: 'HTTP_500' });
  expect(server.of('/say')).toHaveLength(1);
});

test('stop passes everything: it ends the request that hangs and voids what waits before it', async () => {
  const ours = speaker({ timeoutMs: 20_000 });
  server.faults.push(hang);
  const first = ours.say(announcement());
  const second = ours.say(announcement({ idempotencyKey: 'key-00000002' }));
  const volume = ours.setVolume(10);
  await until(() => server.received.length === 1);
  const beganAtMs = performance.now();
  expect(await ours.stop()).toMatchObject({ kind: 'done' });
  expect(performance.now() - beganAtMs).toBeLessThan(2_000);
  const cancelled = { kind: 'cancelled', by: 'stop' };
  expect(await Promise.all([first, second, volume])).toEqual([cancelled, cancelled, cancelled]);
  expect(server.received.map(({ path }) => path)).toEqual(['/airgrid/say', '/airgrid/stop']);
  expect(server.spoken).toEqual([]);
});

test('one request at a time, and no endless queue', async () => {
  const ours = speaker();
  const many = await Promise.all(Array.from({ length: 20 }, () => ours.status()));
  expect(server.mostConcurrent).toBe(1);
  expect(many.filter(({ kind }) => kind === 'done').length).toBe(9);
  expect(many.filter(({ kind }) => kind === 'busy').length).toBe(11);
});

test.each([
  ['no JSON', (_request, response) => void response.writeHead(200).end('<html>')],
  ['an empty body', (_request, response) => void response.writeHead(200).end()],
  ['a number', status(200, 42)],
  ['an unknown state', status(200, { state: 'singing' })],
  ['a volume of 900', status(200, { state: 'idle', volumePct: 900 })],
  ['a fault that is no text', status(200, { state: 'fault', fault: { a: 1 } })],
] satisfies [string, Answer][])('%s is no status', async (_name, answer) => {
  server.faults.push(answer);
  expect(await speaker().status()).toMatchObject({ kind: 'denied', result: 'UNREADABLE' });
});

test('a huge answer is not read to its end', async () => {
  let sent = 0;
  server.faults.push((_request, response) => {
    response.writeHead(200);
    const chunk = Buffer.alloc(64 * 1024, 0x20);
    const more = (): void => {
      while (!response.destroyed && sent < 200 * 1024 * 1024) {
        sent += chunk.length;
        if (!response.write(chunk)) {
          response.once('drain', more);
          return;
        }
      }
    };
    more();
  });
  expect(await speaker({ timeoutMs: 5_000 }).status()).toMatchObject({
    kind: 'denied',
    result: 'UNREADABLE',
  });
  expect(sent).toBeLessThan(50 * 1024 * 1024);
});

test('an answer that trickles ends with the time limit', async () => {
  const timers: NodeJS.Timeout[] = [];
  const trickle: Answer = (_request, response) => {
    response.writeHead(200);
    timers.push(setInterval(() => response.write(' '), 50));
  };
  server.faults.push(trickle, trickle, trickle);
  expect(await speaker({ timeoutMs: 300 }).status()).toMatchObject({ kind: 'no-answer' });
  for (const timer of timers) clearInterval(timer);
}, 15_000);

test('a redirect is refused, and the token does not follow it', async () => {
  const other = new HttpSpeakerServer();
  await other.open();
  const tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, `${TOKEN}\n`);
  server.faults.push(
    (_request, response) => void response.writeHead(307, { location: `${other.baseUrl}/status` }).end(),
  );
  expect(await speaker({ tokenFile }).status()).toMatchObject({ kind: 'denied', result: 'REDIRECT' });
  expect(other.received).toEqual([]);
  await other.close();
});

test('the token comes from its file, is read again when it is refused, and is in no log and no outcome', async () => {
  const tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, 'old-token-000\n');
  server.token = TOKEN;
  const ours = speaker({ tokenFile });
  const refused = await ours.status();
  expect(refused).toEqual({ kind: 'denied', result: 'HTTP_401', reasons: ['wrong token'] });
  writeFileSync(tokenFile, `${TOKEN}\n`);
  expect(await ours.status()).toMatchObject({ kind: 'done' });
  server.faults.push(reset, reset, reset);
  const lost = await ours.status();
  expect(lost).toMatchObject({ kind: 'no-answer' });
  expect(logged).toContain('did not answer');
  expect(logged + JSON.stringify([refused, lost, ours.health()])).not.toMatch(/tok-5f3a9c71|old-token/);
});

test('without its token nothing is sent', async () => {
  const missing = await speaker({ tokenFile: join(folder, 'nowhere') }).stop();
  expect(missing).toMatchObject({ kind: 'denied', result: 'NO_TOKEN' });
  writeFileSync(join(folder, 'two-lines'), 'a\nb');
  expect(await speaker({ tokenFile: join(folder, 'two-lines') }).stop()).toMatchObject({
    result: 'NO_TOKEN',
  });
  expect(server.received).toEqual([]);
});

test('nobody at that address: not connected, and the health says so; back again, it is well', async () => {
  const ours = speaker();
  expect(ours.health()).toEqual({ state: 'unknown', problem: null, heardAtMs: null });
  const closed = new HttpSpeakerServer();
  await closed.open();
  await closed.close();
  const gone = speaker({ baseUrl: closed.baseUrl });
  expect(await gone.say(announcement())).toEqual({ kind: 'not-connected' });
  expect(gone.health()).toEqual({
    state: 'unreachable',
    problem: 'no answer (ECONNREFUSED)',
    heardAtMs: null,
  });
  await ours.status();
  expect(ours.health()).toMatchObject({ state: 'ok', problem: null });
  server.faults.push(status(200, { state: 'fault', fault: '功放过热' }));
  expect(await ours.status()).toMatchObject({ status: { state: 'fault', fault: '功放过热' } });
  expect(ours.health()).toMatchObject({ state: 'fault', problem: '功放过热' });
});

test('functions that the device has not are unsupported', async () => {
  server.faults.push(status(404, { error: { message: 'no clips here' } }));
  expect(
    await speaker().play({ clipId: 'disperse', purpose: 'order 17', idempotencyKey: 'key-00000009' }),
  ).toEqual({
    kind: 'unsupported',
    what: 'no clips here',
  });
  expect(
    await speaker().play({ clipId: 'song', purpose: 'x', idempotencyKey: 'key-00000009' }),
  ).toMatchObject({ kind: 'unsupported' });
});

test('closing settles what waits', async () => {
  const ours = speaker({ timeoutMs: 20_000 });
  server.faults.push(hang);
  const waiting = [ours.status(), ours.stop(), ours.say(announcement())];
  await until(() => server.received.length >= 1);
  await ours.close();
  for (const outcome of await Promise.all(waiting)) expect(outcome.kind).toBe('cancelled');
  expect(await ours.status()).toEqual({ kind: 'cancelled', by: 'closed' });
});

test.each(['ftp://10.0.0.1/', 'http://user:pw@10.0.0.1/', 'http://10.0.0.1/?token=x', 'speaker'])(
  '%s is no address of a device',
  (baseUrl) => {
    expect(() => speaker({ baseUrl })).toThrow(/address/);
    try {
      speaker({ baseUrl });
    } catch (error) {
      expect(String(error)).not.toMatch(/pw|token=x/);
    }
  },
);

async function until(seen: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !seen(); i++) await new Promise((resolve) => setImmediate(resolve));
  for (let i = 0; i < 100 && !seen(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
}
