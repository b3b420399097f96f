import { beforeEach, describe, expect, it } from 'vitest';
import type { LinkId, VehicleId, VehicleState } from '../../firmware-bridge/model.ts';
import { newTelemetry } from '../../firmware-bridge/vehicle/telemetry.ts';
import { Interest } from './interest.ts';

let states: Map<string, VehicleState>;
let calls: (readonly string[] | null)[];
let interest: Interest;
let tasks: Set<string>;
const asked = (): readonly string[] | null | undefined => calls.at(-1);

beforeEach(() => {
  states = new Map();
  calls = [];
  tasks = new Set();
  interest = new Interest(
    {
      vehicles: () => [...states.values()],
      setInterest: async (vehicleIds) => {
        calls.push(vehicleIds);
      },
    },
    (vehicleId) => tasks.has(vehicleId),
    (error) => {
      throw error;
    },
  );
});

function put(id: string, armed: boolean): void {
  const identity = { vehicleId: id as VehicleId, systemId: 1, componentId: 1, linkId: 'l' as LinkId };
  states.set(id, { ...newTelemetry({ ...identity, endpoint: 'a', atMs: 0 }).snapshot, armed });
}

function fleet(size: number): void {
  for (let n = 1; n <= size; n++) put(`v${n}`, false);
}

describe('detail by interest', () => {
  it('asks nothing of a small fleet: it sends everything', () => {
    fleet(40);
    interest.watch('console', ['v1']);
    expect(asked()).toBeUndefined();
  });

  it('keeps a big fleet low, but for what flies, has a task or is looked at', () => {
    fleet(41);
    tasks.add('v7');
    put('v3', true);
    interest.watch('a', ['v5']);
    expect(asked()).toEqual(['v3', 'v5', 'v7']);
    interest.watch('b', ['v5', 'v6']);
    interest.watch('a', []);
    expect(asked()).toEqual(['v3', 'v5', 'v6', 'v7']);
    put('v3', false);
    interest.refresh();
    expect(asked()).toEqual(['v5', 'v6', 'v7']);
  });

  it('says the same thing once', () => {
    fleet(41);
    for (let i = 0; i < 3; i++) interest.watch('a', ['v5']);
    expect(calls).toHaveLength(1);
  });
});
