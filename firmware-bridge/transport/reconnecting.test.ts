import { describe, expect, test } from 'vitest';
import type { LinkProblem } from '../model.ts';
import { FakeClock } from '../test-support/fake-clock.ts';
import { MemoryNetwork, MemoryTransport } from './memory.ts';
import { ReconnectingTransport } from './reconnecting.ts';

const PROBLEM: LinkProblem = { code: 'transport.refused', message: 'refused', details: {} };

function start(random: () => number) {
  const clock = new FakeClock();
  const network = new MemoryNetwork();
  const attemptsAtMs: number[] = [];
  const startedAtMs = clock.nowMs();
  const states: string[] = [];
  const transport = new ReconnectingTransport({
    clock,
    random,
    createTransport: () => {
      attemptsAtMs.push(clock.nowMs() - startedAtMs);
      return new MemoryTransport(network);
    },
    onData: () => {},
    onWarning: () => {},
    onState: (state, problem) => states.push(problem === null ? state : `${state} ${problem.code}`),
  });
  return { clock, network, transport, attemptsAtMs, states };
}

describe('ReconnectingTransport', () => {
  test('waits longer and longer up to 10 s, and tells its problem', async () => {
    const { clock, network, transport, attemptsAtMs, states } = start(() => 1 - Number.EPSILON);
    network.refuse = PROBLEM;
    await transport.start();
    expect(transport).toMatchObject({ state: 'waiting', problem: PROBLEM });
    await clock.advance(60_000);
    const waits = attemptsAtMs.slice(1).map((at, i) => Math.round(at - (attemptsAtMs[i] as number)));
    expect(waits.slice(0, 7)).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
    network.refuse = null;
    await clock.advance(10_000);
    expect(transport).toMatchObject({ state: 'open', problem: null });
    expect(states.at(-1)).toBe('open');
    await transport.close();
    expect(clock.pendingTimers).toBe(0);
  });

  test('jitter makes two links knock at different times', async () => {
    const early = start(() => 0);
    early.network.refuse = PROBLEM;
    await early.transport.start();
    await early.clock.advance(10_000);
    expect(early.attemptsAtMs.slice(0, 4)).toEqual([0, 250, 750, 1750]);
  });

  test('reconnects after the far end closed, and never after close()', async () => {
    const { clock, network, transport, attemptsAtMs } = start(() => 0.5);
    await transport.start();
    network.break({ ...PROBLEM, code: 'transport.closed-by-peer' });
    expect(transport.state).toBe('waiting');
    await clock.advance(1_000);
    expect(transport.state).toBe('open');
    network.break(PROBLEM);
    await transport.close();
    await clock.advance(60_000);
    expect(attemptsAtMs).toHaveLength(2);
    expect(transport.state).toBe('closed');
  });
});
