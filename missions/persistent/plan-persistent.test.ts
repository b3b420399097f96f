import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at, DRONE, fixture } from './district.fixture.ts';
import { faultsOf, worstGapS } from './flown.test-kit.ts';
import type { PersistentRequest } from './model.ts';
import { extendSchedule, planPersistentPatrol } from './plan-persistent.ts';

const arbitrary = fc.record({
  cells: fc.integer({ min: 1, max: 50 }),
  drones: fc.integer({ min: 1, max: 6 }),
  bases: fc.integer({ min: 1, max: 3 }),
  seed: fc.integer({ min: 0, max: 1e6 }),
  weights: fc.constantFrom([1], [1, 2, 4], [1, 1, 1, 16], [0.3, 1, 2.7], [5, 80]),
  serviceM: fc.constantFrom(0, 300, 2500),
  through: fc.boolean(),
});

describe('a persistent schedule', () => {
  it('can be flown, and keeps every cell within the interval it promises', () => {
    fc.assert(
      fc.property(arbitrary, (options) => {
        const request = { ...fixture(options), searchStepsPerCell: 20 };
        const schedule = planPersistentPatrol(request);
        expect(schedule.issues.filter((issue) => issue.severity === 'error')).toEqual([]);
        expect(faultsOf(request, request.drones, schedule.sorties)).toEqual([]);
        const promised = new Set(schedule.promises.map((promise) => promise.cellId));
        const unserved = new Set(schedule.unserved.map((cell) => cell.cellId));
        for (const cell of request.cells) expect(promised.has(cell.cellId)).toBe(!unserved.has(cell.cellId));
        const cycle = Math.max(...schedule.crews.map((crew) => crew.cycleS));
        const served = { ...request, cells: request.cells.filter((cell) => promised.has(cell.cellId)) };
        const worst = worstGapS(served, schedule.sorties, cycle, 86_400);
        expect(worst).toBeLessThanOrEqual(schedule.worstWeightedIdlenessS * (1 + 1e-9) + 1e-3);
        if (unserved.size === 0)
          expect(schedule.worstWeightedIdlenessS).toBeGreaterThan(schedule.bounds.bestS * 0.999);
      }),
      { numRuns: 25, seed: 20261124 },
    );
  });

  it('brings heavier cells back at equal spacing', () => {
    const request = fixture({ cells: 60, drones: 3, bases: 1, seed: 7, weights: [1, 2, 4] });
    const schedule = planPersistentPatrol(request);
    for (const promise of schedule.promises) {
      const times = schedule.sorties
        .flatMap((sortie) => sortie.visits)
        .filter((visit) => visit.cellId === promise.cellId)
        .map((visit) => visit.leaveS)
        .sort((a, b) => a - b);
      for (let i = 1; i < times.length; i++) {
        expect((times[i] as number) - (times[i - 1] as number)).toBeCloseTo(promise.intervalS, 3);
      }
    }
    const byWeight = new Map(schedule.promises.map((promise) => [promise.weight, promise.intervalS]));
    expect((byWeight.get(1) ?? 0) / (byWeight.get(4) ?? 1)).toBeGreaterThan(2);
  });

  it('is the same every time', () => {
    const request = fixture({ cells: 40, drones: 4, bases: 2, seed: 3, weights: [1, 2] });
    const again = { ...request, cells: request.cells.map((cell) => ({ ...cell })) };
    expect(JSON.stringify(planPersistentPatrol(request).sorties)).toBe(
      JSON.stringify(planPersistentPatrol(again).sorties),
    );
  });

  it('goes on where it ended when it is extended', () => {
    const request = fixture({ cells: 40, drones: 4, bases: 2, seed: 4, weights: [1, 2] });
    const day = planPersistentPatrol(request);
    const short = planPersistentPatrol({ ...request, horizonS: 20_000 });
    const longer = extendSchedule(extendSchedule(short, 50_000), 86_400);
    expect(longer.sorties).toHaveLength(day.sorties.length);
    longer.sorties.forEach((sortie, i) => {
      expect(sortie.vehicleId).toBe(day.sorties[i]?.vehicleId);
      expect(sortie.startS).toBeCloseTo(day.sorties[i]?.startS ?? Number.NaN, 6);
    });
    const forgetful = extendSchedule(short, 50_000, 15_000);
    expect(forgetful.sorties.length).toBeLessThan(extendSchedule(short, 50_000).sorties.length);
    expect(extendSchedule(forgetful, 86_400).sorties.filter((s) => s.startS > 50_000)).toHaveLength(
      day.sorties.filter((s) => s.startS > 50_000).length,
    );
  });

  it('says which cells are out of reach, and why', () => {
    const request = fixture({ cells: 10, drones: 2, bases: 1, seed: 5 });
    const far = {
      ...(request.cells[0] as (typeof request.cells)[0]),
      cellId: 'far',
      entry: at(60_000, 0),
      exit: at(60_000, 0),
    };
    const schedule = planPersistentPatrol({ ...request, cells: [...request.cells, far] });
    expect(schedule.unserved.map((cell) => [cell.cellId, cell.reason])).toEqual([['far', 'too-far']]);
    expect(schedule.issues.map((issue) => issue.code)).toEqual(['plan.persistent-too-far']);
    expect(schedule.promises).toHaveLength(10);
  });

  it('flies round zones and gives up what lies behind them', () => {
    const request = fixture({ cells: 12, drones: 2, bases: 1, seed: 6 });
    const walled = request.cells[3]?.entry;
    const ways: PersistentRequest['ways'] = {
      way: (from, to) => {
        if (from === walled || to === walled) return null;
        const corner = {
          lonDeg: (from.lonDeg + to.lonDeg) / 2,
          latDeg: (from.latDeg + to.latDeg) / 2 + 0.0005,
        };
        const flat = (a: typeof corner, b: typeof corner) =>
          Math.hypot((a.lonDeg - b.lonDeg) * 100_700, (a.latDeg - b.latDeg) * 110_800);
        return { points: [from, corner, to], lengthM: flat(from, corner) + flat(corner, to) };
      },
    };
    const schedule = planPersistentPatrol({ ...request, ways });
    expect(schedule.unserved).toEqual([{ cellId: 'cell-3', reason: 'no-way', needS: null, haveS: 1500 }]);
    expect(faultsOf(request, request.drones, schedule.sorties)).toEqual([]);
    const sortie = schedule.sorties[0];
    expect(sortie?.waypoints.filter((point) => point.cellId === null).length).toBeGreaterThan(2);
  });

  it.each([
    ['no cell', { cells: [] }, 'plan.bad-request'],
    ['no drone', { drones: [] }, 'plan.no-drone-ready'],
    ['a base that is not there', { bases: [] }, 'plan.bad-request'],
    ['a horizon that is no number', { horizonS: Number.NaN }, 'plan.bad-request'],
  ])('refuses a request with %s', (_name, change, code) => {
    const request = { ...fixture({ cells: 5, drones: 1, bases: 1, seed: 1 }), ...change };
    const schedule = planPersistentPatrol(request);
    expect(schedule.issues.map((issue) => issue.code)).toEqual([code]);
    expect(schedule.sorties).toEqual([]);
  });

  it('refuses more drones than a base has pads, and a drone without battery', () => {
    const request = fixture({ cells: 5, drones: 6, bases: 1, seed: 1 });
    const tight = { ...request, bases: request.bases.map((base) => ({ ...base, pads: 2 })) };
    expect(planPersistentPatrol(tight).issues[0]?.details).toMatchObject({ field: 'pads' });
    const empty = { ...request, drones: [{ ...DRONE, vehicleId: 'a', baseId: 'base-0', enduranceS: 0 }] };
    expect(planPersistentPatrol(empty).issues[0]?.details).toMatchObject({ field: 'a.enduranceS' });
  });
});
