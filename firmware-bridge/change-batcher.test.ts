import { expect, test } from 'vitest';
import { ChangeBatcher } from './change-batcher.ts';
import type { VehicleState } from './model.ts';
import { FakeClock } from './test-support/fake-clock.ts';

interface Toy {
  readonly name: string;
  snapshot: VehicleState;
}

function rig() {
  const clock = new FakeClock();
  const batches: string[][] = [];
  const gone = new Set<Toy>();
  const toys = new Map<VehicleState, string>();
  const toy = (name: string): Toy => {
    const snapshot = {} as VehicleState;
    toys.set(snapshot, name);
    return { name, snapshot };
  };
  const batcher = new ChangeBatcher<Toy>({
    clock,
    isCurrent: (vehicle) => !gone.has(vehicle),
    tell: (states) => batches.push(states.map((state) => toys.get(state) ?? '?')),
  });
  return { clock, batches, batcher, toy, gone };
}

test('a vehicle that changes often is told at most twenty times a second', async () => {
  const { clock, batches, batcher, toy } = rig();
  const one = toy('one');
  for (let ms = 0; ms < 1_000; ms += 5) {
    batcher.note(one);
    await clock.advance(5);
  }
  expect(batches.length).toBeGreaterThanOrEqual(19);
  expect(batches.length).toBeLessThanOrEqual(21);
});

test('of a big fleet a hundred at a time, the longest waiting first, nobody forgotten', async () => {
  const { clock, batches, batcher, toy } = rig();
  const fleet = Array.from({ length: 250 }, (_, n) => toy(`v${n}`));
  for (const one of fleet) batcher.note(one);
  await clock.advance(0);
  for (const one of fleet.slice(0, 10)) batcher.note(one);
  await clock.advance(200);
  expect(batches.map((batch) => batch.length)).toEqual([100, 100, 60]);
  expect(batches[2]?.slice(-10)).toEqual(fleet.slice(0, 10).map(({ name }) => name));
});

test('flush tells everything, or one, at once and not again', async () => {
  const { clock, batches, batcher, toy } = rig();
  const [a, b, c] = [toy('a'), toy('b'), toy('c')];
  for (const one of [a, b, c]) batcher.note(one);
  batcher.flushOne(b);
  batcher.flush();
  batcher.flushOne(b);
  await clock.advance(500);
  expect(batches).toEqual([['b'], ['a', 'c']]);
});

test('making the picture notes a change of its own: told once, and no endless round', () => {
  const { batches, batcher, toy } = rig();
  const one = toy('one');
  const inner = one.snapshot;
  Object.defineProperty(one, 'snapshot', {
    get: () => {
      batcher.note(one);
      return inner;
    },
  });
  batcher.note(one);
  batcher.flush();
  batcher.flush();
  expect(batches).toEqual([['one']]);
});

test('one that was replaced is not told; after closing nobody is', async () => {
  const { clock, batches, batcher, toy, gone } = rig();
  const [a, b] = [toy('a'), toy('b')];
  batcher.note(a);
  batcher.note(b);
  gone.add(a);
  batcher.close();
  batcher.note(b);
  await clock.advance(1_000);
  expect(batches).toEqual([['b']]);
});
