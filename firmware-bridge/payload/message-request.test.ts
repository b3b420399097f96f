import { expect, test } from 'vitest';
import { buildMessage, CommandAck, CommandLong, MavCmd } from '../codec/messages.ts';
import type { CommonInput } from '../protocol/step.ts';
import { FakePort } from '../test-support/fake-port.ts';
import { messageRequestMachine, type RequestInput, type RequestState } from './message-request.ts';
import { MessageRequests } from './message-requests.ts';

const machine = messageRequestMachine(
  { systemId: 1, componentId: 1 },
  { componentId: 100, messageId: 259, index: null, attempts: 3 },
);
const RETRY: CommonInput = { kind: 'timer', timer: 'retry' };

/** (state, input) → (state, what is sent, retry after, outcome). */
test.each<
  [RequestState, RequestInput | CommonInput, RequestState, number, number | null, string | undefined]
>([
  [{ attempts: 0, refusals: 0 }, { kind: 'start' }, { attempts: 1, refusals: 0 }, 1, 1_000, undefined],
  [{ attempts: 1, refusals: 0 }, RETRY, { attempts: 2, refusals: 0 }, 1, 1_500, undefined],
  [{ attempts: 3, refusals: 0 }, RETRY, { attempts: 3, refusals: 0 }, 0, null, 'no-answer'],
  [{ attempts: 1, refusals: 0 }, { kind: 'message' }, { attempts: 1, refusals: 0 }, 0, null, 'received'],
  [
    { attempts: 1, refusals: 0 },
    { kind: 'ack', result: 0 },
    { attempts: 1, refusals: 0 },
    0,
    null,
    undefined,
  ],
  [
    { attempts: 1, refusals: 0 },
    { kind: 'ack', result: 5 },
    { attempts: 1, refusals: 0 },
    0,
    null,
    undefined,
  ],
  [{ attempts: 1, refusals: 0 }, { kind: 'ack', result: 4 }, { attempts: 1, refusals: 1 }, 0, 400, undefined],
  [{ attempts: 1, refusals: 1 }, RETRY, { attempts: 2, refusals: 1 }, 1, 1_500, undefined],
  // The message overtaken by a refusal (of somebody else's request) is the message all the same.
  [{ attempts: 1, refusals: 1 }, { kind: 'message' }, { attempts: 1, refusals: 1 }, 0, null, 'received'],
  [{ attempts: 2, refusals: 2 }, RETRY, { attempts: 2, refusals: 2 }, 0, null, 'refused'],
  [{ attempts: 3, refusals: 1 }, RETRY, { attempts: 3, refusals: 1 }, 0, null, 'refused'],
  [
    { attempts: 1, refusals: 0 },
    { kind: 'cancel', by: 'x' },
    { attempts: 1, refusals: 0 },
    0,
    null,
    'cancelled',
  ],
])('%j with %j', (state, input, next, sends, retryAfterMs, outcome) => {
  const step = machine.step(state, input, 0);
  expect(step.state).toEqual(next);
  expect(step.outcome).toBe(outcome);
  expect(step.effects.filter(({ kind }) => kind === 'send')).toHaveLength(sends);
  const timer = step.effects.find((effect) => effect.kind === 'startTimer');
  expect(timer?.afterMs ?? null).toBe(retryAfterMs);
});

function requests() {
  const port = new FakePort();
  const made = new MessageRequests(port);
  const ask = (messageId: number, index: number | null = null, urgent = false) =>
    made.ask({ componentId: 100, messageId, index, attempts: 1 }, urgent);
  const asked = () => port.sentOf(CommandLong).map(({ _param1, _param2 }) => [_param1, _param2]);
  return { port, made, ask, asked };
}

test('one at a time per component, urgent ones next, the same one once', async () => {
  const { port, made, ask, asked } = requests();
  const first = ask(259);
  const same = ask(259);
  const second = ask(260);
  const urgent = ask(262, null, true);
  expect(asked()).toEqual([[259, 0]]);
  made.received(100, 260);
  made.received(101, 259);
  await port.clock.advance(0);
  expect(asked()).toHaveLength(1);
  made.received(100, 259);
  expect(await Promise.all([first, same])).toEqual(['received', 'received']);
  made.received(100, 262);
  expect(await urgent).toBe('received');
  await port.clock.advance(1_000);
  expect(await second).toBe('no-answer');
  expect(asked().map(([messageId]) => messageId)).toEqual([259, 262, 260]);
});

test('an indexed request is answered by its own index only, one for all by any', async () => {
  const { port, made, ask } = requests();
  const image = ask(263, 0);
  made.received(100, 263, 7);
  await port.clock.advance(1_000);
  expect(await image).toBe('no-answer');
  const streams = ask(269);
  made.received(100, 269, 2);
  expect(await streams).toBe('received');
});

test('acknowledgements of other commands and components say nothing', async () => {
  const { port, made } = requests();
  const asking = made.ask({ componentId: 100, messageId: 259, index: null, attempts: 1 });
  port.deliver(buildMessage(CommandAck, { command: MavCmd.REQUEST_MESSAGE, result: 3 }), 1);
  port.deliver(buildMessage(CommandAck, { command: MavCmd.SET_MESSAGE_INTERVAL, result: 3 }), 100);
  await port.clock.advance(1_000);
  expect(await asking).toBe('no-answer');
});

test('a full queue refuses, closing settles everything and leaves no timer', async () => {
  const { port, made, ask } = requests();
  const all = Array.from({ length: 70 }, (_, index) => ask(263, index));
  expect(await all[69]).toBe('no-answer');
  made.close('shutdown');
  expect(new Set(await Promise.all(all))).toEqual(new Set(['cancelled', 'no-answer']));
  expect(port.clock.pendingTimers).toBe(0);
});
