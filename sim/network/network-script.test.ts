import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NetworkDirector } from './network-director.ts';
import { parseNetworkScript, readNetworkScript } from './network-script.ts';
import { type AddressChange, VehicleNetwork } from './vehicle-network.ts';

function member(systemId: number | null, conditions = {}) {
  const moves: AddressChange[] = [];
  const network = new VehicleNetwork(1, conditions);
  return { systemId, network, moves, changeAddress: (change: AddressChange) => void moves.push(change) };
}

describe('a network script', () => {
  it('is read from YAML and from JSON, as a list or under "network"', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'airgrid-network-'));
    try {
      const yaml = join(folder, 'a.yaml');
      const json = join(folder, 'b.json');
      await writeFile(
        yaml,
        'network:\n  - {atS: 30, forS: 20, vehicles: [1, 2], direction: down, conditions: {lossFraction: 0.3}}\n',
      );
      await writeFile(json, '[{"atS": 3, "cut": true}]');
      expect(await readNetworkScript(yaml)).toEqual([
        { atS: 30, forS: 20, vehicles: [1, 2], direction: 'down', conditions: { lossFraction: 0.3 } },
      ]);
      expect(await readNetworkScript(json)).toEqual([{ atS: 3, cut: true }]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it.each([
    ['not a list', { a: 1 }, 'net must hold a list, or an object with "network: [...]" alone'],
    ['no effect', [{ atS: 1 }], 'net, entry 1 must have exactly one of conditions, cut, addressChange'],
    ['two effects', [{ atS: 1, cut: true, conditions: {} }], 'entry 1 must have exactly one of'],
    [
      'a share above 1',
      [
        { atS: 1, cut: true },
        { atS: 1, conditions: { lossFraction: 30 } },
      ],
      'net, entry 2: conditions.lossFraction is 30; allowed is a number from 0 to 1',
    ],
    [
      'a slip of the pen',
      [{ atS: 1, conditions: { los: 0.3 } }],
      'net, entry 1: conditions has the unknown property "los"; allowed are lossFraction, burst',
    ],
    ['no time', [{ cut: true }], 'net, entry 1 lacks "atS"'],
    [
      'a time that is text',
      [{ atS: '3s', cut: true }],
      'entry 1: atS is "3s"; allowed is a number of at least 0',
    ],
    [
      'a direction that is none',
      [{ atS: 1, direction: 'left', cut: true }],
      'entry 1: direction is "left"; allowed is "up" or "down" or "both"',
    ],
    [
      'a vehicle that is none',
      [{ atS: 1, vehicles: 300, cut: true }],
      'entry 1: vehicles is 300; allowed is "all" or',
    ],
  ])('with %s is refused, and the place and what is allowed are named', (_, content, message) => {
    expect(() => parseNetworkScript(content, 'net')).toThrow(message);
  });

  it('a file that is missing or no YAML is named', async () => {
    await expect(readNetworkScript('/no/such.yaml')).rejects.toThrow('/no/such.yaml cannot be read: ENOENT');
  });
});

describe('the director', () => {
  const script = parseNetworkScript(
    [
      { atS: 10, forS: 20, vehicles: [1], direction: 'down', conditions: { lossFraction: 0.5, delayMs: 10 } },
      { atS: 20, forS: 20, conditions: { lossFraction: 0.9 } },
      { atS: 50, forS: 5, vehicles: 2, direction: 'up', cut: true },
      { atS: 60, vehicles: 1, addressChange: { oldForS: 3 } },
    ],
    'script',
  );

  it('lays over and takes away, the later entry on top, each for its vehicles and direction', () => {
    const [one, two] = [member(1, { jitterMs: 7 }), member(2)];
    const director = new NetworkDirector(script);
    for (const each of [one, two]) director.admit(each);
    const seen = (nowS: number) => {
      director.step(nowS, [one, two]);
      const { lossFraction, delayMs, jitterMs } = one.network.down.conditions;
      return [lossFraction, delayMs, jitterMs, one.network.up.conditions.lossFraction];
    };
    expect(seen(9.9)).toEqual([0, 0, 7, 0]);
    expect(seen(10)).toEqual([0.5, 10, 7, 0]);
    expect(two.network.down.conditions.lossFraction).toBe(0);
    expect(seen(20)).toEqual([0.9, 10, 7, 0.9]);
    expect(two.network.down.conditions.lossFraction).toBe(0.9);
    expect(seen(30)).toEqual([0.9, 0, 7, 0.9]);
    expect(seen(40)).toEqual([0, 0, 7, 0]);
    expect([two.network.up.isCut(0), two.network.down.isCut(0)]).toEqual([false, false]);
    seen(52);
    expect([two.network.up.isCut(0), two.network.down.isCut(0)]).toEqual([true, false]);
    expect(one.network.up.isCut(0)).toBe(false);
    seen(55);
    expect(two.network.up.isCut(0)).toBe(false);
    expect(one.moves).toEqual([]);
    seen(61);
    seen(62);
    expect([one.moves, two.moves]).toEqual([[{ oldForS: 3 }], []]);
  });

  it('misses nothing in a step that is longer than an entry, and tells a latecomer what holds', () => {
    const early = member(1);
    const director = new NetworkDirector(script);
    director.step(25, [early]);
    expect(early.network.down.conditions.lossFraction).toBe(0.9);
    const late = member(7);
    director.admit(late);
    expect(late.network.down.conditions.lossFraction).toBe(0.9);
    const unknown = member(null);
    director.admit(unknown);
    expect(unknown.network.down.conditions).toMatchObject({ lossFraction: 0.9, delayMs: 0 });
    director.step(1000, [early, late]);
    expect(early.moves).toEqual([{ oldForS: 3 }]);
    expect(early.network.down.conditions.lossFraction).toBe(0);
  });
});
