import { describe, expect, it } from 'vitest';
import type { VehicleId, VehicleState } from '../../firmware-bridge/model.ts';
import type { Sortie } from './model.ts';
import { advanceSortie, initialSteps, type SortieInput } from './sortie-progress.ts';

const AT = 1000;
/** Items: 0 take-off, 1 speed, 2–5 covering waypoints on a line of three equal legs, 6 return. */
const SORTIE: Sortie = {
  sortieId: 'P-1-1',
  patrolId: 'P-1',
  vehicleId: 'v',
  vehicleName: 'D-01',
  state: 'preparing',
  steps: initialSteps(),
  progressPct: 0,
  relativeAltitudeM: 60,
  route: [],
  coverage: [
    [110.29, 25.28],
    [110.29, 25.281],
    [110.29, 25.282],
    [110.29, 25.283],
  ],
  lengthM: 0,
  durationS: 0,
  batteryNeedPct: 0,
  flightId: null,
  failure: null,
  items: [],
  coverFirstIndex: 2,
  coverLastIndex: 5,
};

type Mode = NonNullable<VehicleState['mode']>['normalised'];

function vehicle(normalised: Mode, currentIndex: number, more: Partial<VehicleState> = {}): SortieInput {
  const state = {
    vehicleId: 'v' as VehicleId,
    connection: 'online',
    armed: true,
    flightState: 'in-air',
    mode: { name: normalised, normalised, customMode: 0, receivedAtMs: AT },
    mission: { currentIndex, reachedIndex: null, itemCount: 7, verifiedPlanHash: null, receivedAtMs: AT },
    position: null,
    ...more,
  };
  return { kind: 'vehicle', state: state as VehicleState };
}

const run = (inputs: readonly SortieInput[], from = SORTIE) =>
  inputs.reduce((sortie, input) => advanceSortie(sortie, input, AT), from);
const stateOf = (sortie: Sortie, step: string) => sortie.steps.find((s) => s.step === step)?.state;

const FLYING: readonly SortieInput[] = [
  { kind: 'transfer', progress: { phase: 'upload', itemsDone: 7, itemsTotal: 7 } },
  { kind: 'transfer', progress: { phase: 'read-back', itemsDone: 7, itemsTotal: 7 } },
  { kind: 'uploaded' },
  { kind: 'launch', progress: { step: 'arm', state: 'done' } },
  { kind: 'launched' },
];

describe('a sortie', () => {
  it('is on patrol once it was uploaded, read back, armed and started', () => {
    const sortie = run(FLYING);
    expect(sortie.state).toBe('on-patrol');
    expect(['upload', 'read-back', 'arm', 'start-mission'].map((step) => stateOf(sortie, step))).toEqual(
      Array(4).fill('done'),
    );
    expect(stateOf(sortie, 'cover')).toBe('running');
  });

  it('shows whole transfers when the upload was compared', () => {
    const progress = { phase: 'read-back', itemsDone: 6, itemsTotal: 7 } as const;
    const sortie = run([{ kind: 'transfer', progress }, { kind: 'uploaded' }]);
    expect(sortie.steps.find((step) => step.step === 'read-back')).toMatchObject({
      itemsDone: 7,
      itemsTotal: 7,
    });
  });

  it('does not take a reported mode for success before the launch was confirmed', () => {
    expect(run([...FLYING.slice(0, 3), vehicle('mission', 3)]).state).toBe('launching');
    expect(run([...FLYING.slice(0, 3), { kind: 'disarmed' }]).state).toBe('launching');
  });

  it('counts the covering legs, and the part of the leg under way', () => {
    expect(run([...FLYING, vehicle('mission', 3)]).progressPct).toBe(0);
    expect(run([...FLYING, vehicle('mission', 4)]).progressPct).toBeCloseTo(33.3, 1);
    const position = { lonDeg: 110.29, latDeg: 25.2815, receivedAtMs: AT } as VehicleState['position'];
    expect(run([...FLYING, vehicle('mission', 4, { position })]).progressPct).toBeCloseTo(50, 0);
  });

  it('never goes back in progress', () => {
    const sortie = run([
      ...FLYING,
      vehicle('mission', 5),
      vehicle('mission', 3),
      { kind: 'item-reached', index: 2 },
    ]);
    expect(sortie.progressPct).toBeCloseTo(66.7, 1);
  });

  it('returns when the item after the last covering one is current, and is done when it disarms', () => {
    const returning = run([...FLYING, vehicle('mission', 5), vehicle('mission', 6)]);
    expect(returning).toMatchObject({ state: 'returning', progressPct: 100 });
    expect(stateOf(returning, 'cover')).toBe('done');
    const done = run([vehicle('mission', 6, { flightState: 'landing' }), { kind: 'disarmed' }], returning);
    expect(done.state).toBe('done');
    expect(['cover', 'return', 'land'].map((step) => stateOf(done, step))).toEqual(['done', 'done', 'done']);
  });

  it('has returned although the reports of it were lost, and does not return again on the ground', () => {
    const landing = run([
      ...FLYING,
      vehicle('mission', 5),
      vehicle('mission', 6, { flightState: 'landing' }),
    ]);
    expect([landing.state, stateOf(landing, 'return')]).toEqual(['landing', 'done']);
    const onGround = run([vehicle('mission', 6, { flightState: 'on-ground' })], landing);
    expect(onGround.state).toBe('landing');
    // ArduPilot shows item 0 again when the mission is over, some time before it disarms.
    expect(run([vehicle('mission', -1, { flightState: 'on-ground' })], onGround)).toBe(onGround);
    const done = run([{ kind: 'disarmed' }], onGround);
    expect(['cover', 'return', 'land'].map((step) => stateOf(done, step))).toEqual(['done', 'done', 'done']);
  });

  it('does not return a second time on the ground, where PX4 stays in its return mode until it disarms', () => {
    const landing = run([...FLYING, vehicle('return', 4), vehicle('return', 4, { flightState: 'landing' })]);
    expect(landing.state).toBe('landing');
    expect(run([vehicle('return', 4, { flightState: 'on-ground' })], landing).state).toBe('landing');
    // It went up again: a pilot aborted the landing.
    expect(run([vehicle('return', 4, { flightState: 'in-air' })], landing).state).toBe('returning');
  });

  it('is partly done when it is called back before the end', () => {
    const back = run([...FLYING, vehicle('mission', 4), vehicle('return', 4)]);
    expect(back.state).toBe('returning');
    expect(stateOf(back, 'cover')).toBe('skipped');
    expect(run([{ kind: 'disarmed' }], back)).toMatchObject({ state: 'partly-done' });
  });

  it('holds, and goes on with the covering part when resumed, from a return too', () => {
    const held = run([...FLYING, vehicle('mission', 4), vehicle('hold', 4)]);
    expect(held.state).toBe('held');
    expect(run([vehicle('mission', 4)], held).state).toBe('on-patrol');
    const taken = run([vehicle('return', 4), vehicle('mission', 4)], held);
    expect(taken.state).toBe('on-patrol');
    expect([stateOf(taken, 'cover'), stateOf(taken, 'return')]).toEqual(['running', 'waiting']);
  });

  it('lands where it is when told to', () => {
    expect(run([...FLYING, vehicle('land', 4)]).state).toBe('landing');
  });

  it('ends when the aircraft is found on the ground after nobody watched', () => {
    expect(run([...FLYING, vehicle('mission', 4), vehicle('return', 4, { armed: false })]).state).toBe(
      'partly-done',
    );
  });

  it('stands still while the link is lost', () => {
    const before = run([...FLYING, vehicle('mission', 4)]);
    expect(run([vehicle('return', 4, { connection: 'lost' })], before)).toBe(before);
  });

  it('fails at the step that was under way and keeps the reason', () => {
    const failure = { code: 'command.denied', message: 'refused', details: {}, reasons: ['PreArm: no GPS'] };
    const sortie = run([
      ...FLYING.slice(0, 3),
      { kind: 'launch', progress: { step: 'arm', state: 'running' } },
      { kind: 'failed', failure },
    ]);
    expect(sortie).toMatchObject({ state: 'failed', failure });
    expect([stateOf(sortie, 'read-back'), stateOf(sortie, 'arm'), stateOf(sortie, 'cover')]).toEqual([
      'done',
      'failed',
      'skipped',
    ]);
  });

  it('does not move when it is over, and is the same object when nothing changed', () => {
    const done = run([...FLYING, vehicle('mission', 6), { kind: 'disarmed' }]);
    expect(run([vehicle('mission', 3), { kind: 'disarmed' }], done)).toBe(done);
    const flying = run([...FLYING, vehicle('mission', 3)]);
    expect(run([vehicle('mission', 3)], flying)).toBe(flying);
  });
});
