import { expect, test } from 'vitest';
import { LinkSet, noticeBootTime, type Route } from './link-set.ts';
import { LossTracker } from './loss.ts';

interface Named extends Route {
  readonly name: string;
  sequence: number;
}

function route(name: string): Named {
  return { name, sequence: 0, loss: new LossTracker(), lastHeardAtMs: 0, bootOffsetMs: null };
}

/** Hears one frame, after `lost` that did not come. */
function hear(to: Named, atMs: number, lost = 0): void {
  to.sequence = (to.sequence + 1 + lost) & 0xff;
  to.loss.count(to.sequence, atMs);
  to.lastHeardAtMs = atMs;
}

test('the next way takes over when the best one falls silent, and not before', () => {
  const [radio, cellular] = [route('radio'), route('cellular')];
  const links = new LinkSet(radio);
  links.add(cellular);
  hear(radio, 1_000);
  hear(cellular, 1_000);
  expect(links.choose(1_100)).toBe(false);
  hear(cellular, 2_400);
  expect(links.choose(2_400)).toBe(false);
  hear(cellular, 2_600);
  expect(links.choose(2_600)).toBe(true);
  expect(links.best.name).toBe('cellular');
  expect(links.alive(2_600).map(({ name }) => name)).toEqual(['cellular']);
});

test('both silent: the last address stays', () => {
  const links = new LinkSet(route('radio'));
  links.add(route('cellular'));
  expect(links.choose(60_000)).toBe(false);
  expect(links.best.name).toBe('radio');
});

test.each([
  ['three frames in four lost', 3, 0, 'cellular'],
  ['one frame in eleven lost, within the margin', 0.1, 0, 'radio'],
  ['nothing lost, but 400 ms later here', 0, 400, 'cellular'],
  ['nothing lost, 100 ms later', 0, 100, 'radio'],
])('the worse way is left after three looks: %s', (_what, lostPerFrame, laterMs, best) => {
  const [radio, cellular] = [route('radio'), route('cellular')];
  const links = new LinkSet(radio);
  links.add(cellular);
  const switches: number[] = [];
  let owed = 0;
  for (let atMs = 250; atMs <= 10_000; atMs += 250) {
    owed += lostPerFrame;
    hear(radio, atMs, Math.floor(owed));
    owed -= Math.floor(owed);
    noticeBootTime(radio, atMs - laterMs, atMs);
    hear(cellular, atMs);
    noticeBootTime(cellular, atMs, atMs);
    if (links.choose(atMs)) switches.push(atMs);
  }
  expect(links.best.name).toBe(best);
  expect(switches).toHaveLength(best === 'radio' ? 0 : 1);
  if (best !== 'radio') expect(switches[0]).toBeGreaterThanOrEqual(2_000);
});

test('a way that was forgotten gives way to one that speaks', () => {
  const [old, fresh] = [route('old'), route('fresh')];
  const links = new LinkSet(old);
  hear(old, 1_000);
  links.remove(old);
  expect(links.choose(1_100)).toBe(false);
  links.add(fresh);
  hear(fresh, 1_200);
  expect(links.choose(1_200)).toBe(true);
  expect(links.best).toBe(fresh);
});

test('a restart moves the time base at once instead of being smoothed over', () => {
  const one = route('one');
  noticeBootTime(one, 100_000, 1_000_000);
  expect(one.bootOffsetMs).toBe(900_000);
  noticeBootTime(one, 100_900, 1_001_000);
  expect(one.bootOffsetMs).toBeCloseTo(900_010);
  noticeBootTime(one, 500, 1_002_000);
  expect(one.bootOffsetMs).toBe(1_001_500);
});
