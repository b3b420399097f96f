import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Encoder } from '../codec/encoder.ts';
import { buildMessage, TimeSync } from '../codec/messages.ts';
import { TimeSyncService } from '../service/time-sync.ts';
import { FakePort } from '../test-support/fake-port.ts';
import { ask, NO_TIME_SYNC, onTimeSync, toNs } from './time-sync.ts';

describe('the two clocks', () => {
  it('finds the offset within half the shortest round trip, whatever the delays', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 400 })), {
          minLength: 1,
          maxLength: 10,
        }),
        fc.integer({ min: 1, max: 10_000_000 }),
        (delays, bootMs) => {
          let state = NO_TIME_SYNC;
          const startMs = 1_767_225_600_000;
          let estimate = { offsetMs: Number.NaN, roundTripMs: 0 };
          delays.forEach(([outMs, backMs], index) => {
            const sentMs = startMs + index * 10_000;
            const question = ask(state, toNs(sentMs));
            const tc1 = toNs(bootMs + index * 10_000 + outMs);
            const step = onTimeSync(
              question.state,
              { tc1, ts1: question.ts1 },
              toNs(sentMs + outMs + backMs),
            );
            state = step.state;
            if (step.kind === 'sample') estimate = step.estimate;
          });
          const shortest = Math.min(...delays.map(([out, back]) => out + back));
          expect(estimate.roundTripMs).toBe(shortest);
          expect(Math.abs(estimate.offsetMs - (bootMs - startMs))).toBeLessThanOrEqual(shortest * 0.75 + 0.5);
        },
      ),
    );
  });

  it('answers questions at once, takes its own answer once, and no other', () => {
    const question = onTimeSync(NO_TIME_SYNC, { tc1: 0n, ts1: 5n }, 77n);
    expect(question).toEqual({ kind: 'answer', state: NO_TIME_SYNC, tc1: 77n, ts1: 5n });
    expect(onTimeSync(NO_TIME_SYNC, { tc1: 9n, ts1: 5n }, 77n).kind).toBe('nothing');
    const asked = ask(NO_TIME_SYNC, 1_000_000n);
    const first = onTimeSync(asked.state, { tc1: 4_000_000n, ts1: 1_000_000n }, 3_000_000n);
    expect(first).toMatchObject({ kind: 'sample', estimate: { offsetMs: 2, roundTripMs: 2, base: 'boot' } });
    expect(onTimeSync(first.state, { tc1: 4_000_000n, ts1: 1_000_000n }, 4_000_000n).kind).toBe('nothing');
  });

  it('keeps the vehicle state fresh over real bytes and says from what the clock counts', async () => {
    const port = new FakePort();
    const service = new TimeSyncService(port);
    port.onSend = (message) => {
      if (!(message instanceof TimeSync) || message.tc1 !== 0n) return;
      const { ts1 } = message;
      port.clock.setTimer(() => port.deliver(buildMessage(TimeSync, { tc1: 60_000_000_000n, ts1 })), 40);
    };
    service.tick(port.clock.nowMs() + 2_000);
    await port.clock.advance(100);
    expect(port.state().clock).toMatchObject({ roundTripMs: 40, base: 'boot' });
    port.deliver(buildMessage(TimeSync, { tc1: 0n, ts1: 123n }));
    expect(port.sentOf(TimeSync).at(-1)).toMatchObject({
      ts1: 123n,
      tc1: toNs(port.clock.nowMs()),
      targetSystem: 1,
    });
    service.close();
  });

  it('writes TIMESYNC as these bytes', () => {
    const message = buildMessage(TimeSync, { tc1: -2n, ts1: 258n, targetSystem: 1, targetComponent: 1 });
    const frame = new Encoder({ systemId: 245, componentId: 190 }).encode(message);
    expect(frame.subarray(10, -2).toString('hex')).toBe('feffffffffffffff' + '0201000000000000' + '0101');
  });
});
