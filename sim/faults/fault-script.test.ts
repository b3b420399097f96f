import { describe, expect, it } from 'vitest';
import { FaultDirector, type FaultHost } from './fault-director.ts';
import { parseFaultScript } from './fault-script.ts';
import { FAULT_KINDS } from './vehicle-fault-schema.ts';

describe('a fault script', () => {
  it('holds faults aboard, and of the surroundings, with what may be left out filled in', () => {
    const script = parseFaultScript(
      {
        faults: [
          { atS: 30, vehicles: 1, fault: { kind: 'gps-loss', durationS: 20 } },
          { atS: 31, fault: { kind: 'compass', errorDeg: 40 } },
          { atS: 32, fault: { kind: 'refuse-command', command: 400, result: 4 } },
          { atS: 40, vehicles: [1, 2], clear: 'compass' },
          { atS: 50, vehicles: 1, rogue: { steps: [{ atS: 2, everyS: 5, action: { kind: 'return' } }] } },
          { atS: 60, vehicles: 1, twin: { sameUid: true } },
          { atS: 70, vehicles: 1, replay: { direction: 'down', recordS: 10, waitS: 30 } },
          { atS: 80, vehicles: 2, power: 'off' },
        ],
      },
      'faults.yaml',
    );
    expect(script).toEqual([
      { kind: 'fault', atS: 30, vehicles: 1, fault: { kind: 'gps-loss', durationS: 20 } },
      { kind: 'fault', atS: 31, vehicles: 'all', fault: { kind: 'compass', errorDeg: 40, durationS: null } },
      {
        ...{ kind: 'fault', atS: 32, vehicles: 'all' },
        fault: { kind: 'refuse-command', command: 400, result: 4, times: null },
      },
      { kind: 'clear', atS: 40, vehicles: [1, 2], clear: 'compass' },
      { kind: 'rogue', atS: 50, vehicles: 1, steps: [{ atS: 2, everyS: 5, action: { kind: 'return' } }] },
      { kind: 'twin', atS: 60, vehicles: 1, sameUid: true },
      { kind: 'replay', atS: 70, vehicles: 1, replay: { direction: 'down', recordS: 10, waitS: 30 } },
      { kind: 'power', atS: 80, vehicles: 2, power: 'off' },
    ]);
  });

  it('fills in the items of a mission that a rogue uploads', () => {
    const upload = { kind: 'upload-mission', items: [{ command: 22, z: 20 }] };
    const [entry] = parseFaultScript([{ atS: 1, rogue: { steps: [{ atS: 0, action: upload }] } }], 'f');
    expect(entry).toMatchObject({
      steps: [
        { action: { kind: 'upload-mission', items: [{ command: 22, z: 20, frame: 3, param1: 0, x: 0 }] } },
      ],
    });
  });

  it.each([
    [
      'no effect',
      [{ atS: 1 }],
      'f, entry 1 must have exactly one of fault, clear, rogue, twin, replay, power',
    ],
    [
      'an unknown fault',
      [{ atS: 1, fault: { kind: 'gps-lost' } }],
      `f, entry 1: fault: kind is "gps-lost"; allowed are ${FAULT_KINDS.join(', ')}`,
    ],
    [
      'a battery of 300 %',
      [{ atS: 1, fault: { kind: 'battery', remainingPct: 300 } }],
      'f, entry 1: fault: remainingPct is 300; allowed is a number from 0 to 100',
    ],
    ['an unknown fault to clear', [{ atS: 1, clear: 'fog' }], 'entry 1: clear is "fog"; allowed are battery'],
    [
      'an unknown action of a rogue',
      [{ atS: 1, rogue: { steps: [{ atS: 1, action: { kind: 'shoot' } }] } }],
      'f, entry 1: step 1: action.kind is "shoot"; allowed are mode, arm',
    ],
    [
      'an action that lacks something',
      [{ atS: 1, rogue: { steps: [{ atS: 1, action: { kind: 'mode' } }] } }],
      'f, entry 1: step 1: action lacks "customMode"',
    ],
    [
      'a power that is none',
      [{ atS: 1, power: 'half' }],
      'entry 1: power is "half"; allowed is "on" or "off"',
    ],
  ])('with %s is refused, and the place and what is allowed are named', (_, content, message) => {
    expect(() => parseFaultScript(content, 'f')).toThrow(message);
  });
});

describe('the director of faults', () => {
  function host(systemIds: readonly number[]) {
    const told: string[] = [];
    const one = (systemId: number) => ({
      inject: (fault: { kind: string }) => {
        told.push(`${systemId} ${fault.kind}`);
        return fault.kind !== 'rc-loss';
      },
      clearFault: (kind: string) => void told.push(`${systemId} clear ${kind}`),
    });
    const fleet: FaultHost = {
      systemIds,
      aircraftOf: (systemId) => systemIds.filter((id) => id === systemId).map(one),
      powerOff: (systemId) => void told.push(`${systemId} off`),
      powerOn: () => Promise.reject(new Error('the port is busy')),
      addTwin: (systemId, options) => told.push(`${systemId} twin ${JSON.stringify(options)}`),
      rogue: ({ systemIds: victims, asSystemId }) => told.push(`rogue ${asSystemId} of ${victims.join()}`),
      replay: (systemId) => told.push(`${systemId} replay`),
      problem: (systemId, { message }) => told.push(`${systemId} problem: ${message}`),
    };
    return { told, fleet };
  }

  it('plays each entry once, in the order of time, on its vehicles', () => {
    const { told, fleet } = host([1, 2, 2]);
    const script = parseFaultScript(
      [
        { atS: 9, clear: 'gps-loss' },
        { atS: 3, vehicles: 2, fault: { kind: 'gps-loss' } },
        { atS: 4, vehicles: 2, twin: { eastM: 9 } },
        { atS: 4, rogue: { steps: [], asSystemId: 245 } },
        { atS: 4, vehicles: 1, power: 'off' },
      ],
      'f',
    );
    const director = new FaultDirector(script, fleet);
    director.step(2.9);
    expect(told).toEqual([]);
    director.step(5);
    // Both aircraft with this id: a twin fails with the other.
    expect(told.splice(0)).toEqual([
      '2 gps-loss',
      '2 gps-loss',
      '2 twin {"eastM":9}',
      'rogue 245 of 1,2',
      '1 off',
    ]);
    director.step(20);
    director.step(21);
    expect(told).toEqual(['1 clear gps-loss', '2 clear gps-loss', '2 clear gps-loss']);
  });

  it('tells what cannot be done and goes on', async () => {
    const { told, fleet } = host([1]);
    const script = parseFaultScript(
      [
        { atS: 1, vehicles: 1, fault: { kind: 'rc-loss' } },
        { atS: 2, vehicles: [7], fault: { kind: 'gps-loss' } },
        { atS: 3, vehicles: 1, power: 'on' },
        { atS: 4, vehicles: 1, power: 'off' },
      ],
      'f',
    );
    new FaultDirector(script, fleet).step(10);
    await Promise.resolve();
    await Promise.resolve();
    expect(told).toEqual([
      '1 rc-loss',
      '1 problem: this aircraft has nothing that could fail with "rc-loss"',
      '7 problem: the fault script names system 7, which is not here',
      '1 off',
      '1 problem: the port is busy',
    ]);
  });
});
