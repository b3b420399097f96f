import { expect, test } from 'vitest';
import { FakePort } from '../test-support/fake-port.ts';
import { ParameterKeeper } from './parameter-keeper.ts';
import type { ParameterFetchOutcome, ParameterSnapshot } from './parameters.ts';

function keeperOf(outcome: ParameterFetchOutcome['kind'], isBusy = false) {
  const port = new FakePort({ armed: false });
  const fetchedAtMs: number[] = [];
  let snapshot: ParameterSnapshot | null = null;
  const startMs = port.clock.nowMs();
  const keeper = new ParameterKeeper(
    port,
    {
      snapshot: () => snapshot,
      fetchAll: async () => {
        fetchedAtMs.push(port.clock.nowMs() - startMs);
        if (outcome === 'done') snapshot = {} as ParameterSnapshot;
        return { kind: outcome } as ParameterFetchOutcome;
      },
    },
    () => isBusy,
  );
  const run = async (forMs: number): Promise<void> => {
    for (let ms = 0; ms < forMs; ms += 1_000) {
      keeper.tick(port.clock.nowMs());
      await port.clock.advance(1_000);
    }
  };
  return { port, fetchedAtMs, run, keeper };
}

test('fetched once, some time after the aircraft was met', async () => {
  const { fetchedAtMs, run } = keeperOf('done');
  await run(1_200_000);
  expect(fetchedAtMs).toHaveLength(1);
  expect(fetchedAtMs[0]).toBeGreaterThanOrEqual(15_000);
  expect(fetchedAtMs[0]).toBeLessThanOrEqual(61_000);
});

test('tried again five minutes after a bad link', async () => {
  const { fetchedAtMs, run } = keeperOf('incomplete' as ParameterFetchOutcome['kind']);
  await run(1_000_000);
  expect(fetchedAtMs.length).toBeGreaterThan(2);
  expect((fetchedAtMs[1] ?? 0) - (fetchedAtMs[0] ?? 0)).toBe(300_000);
});

test.each([
  ['armed', { armed: true }],
  ['nobody knows whether it is armed', { armed: null }],
  [
    'over a link that loses half',
    { linkQuality: { lossPct: 50, framesPerS: 1, radioRssi: null, routes: [] } },
  ],
])('not while %s', async (_what, state) => {
  const { port, fetchedAtMs, run } = keeperOf('done');
  port.update(state);
  await run(120_000);
  expect(fetchedAtMs).toEqual([]);
});

test('not while a transfer has the link', async () => {
  const { fetchedAtMs, run } = keeperOf('done', true);
  await run(120_000);
  expect(fetchedAtMs).toEqual([]);
});
