import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DRONE, fixture } from './district.fixture.ts';
import { faultsOf } from './flown.test-kit.ts';
import type { PatrolDrone, PatrolEvent, PersistentSchedule } from './model.ts';
import { planPersistentPatrol } from './plan-persistent.ts';
import { replanPersistent } from './replan.ts';

const OPTIONS = { cells: 60, drones: 6, bases: 3, seed: 11, weights: [1, 1, 2, 4] };
const request = { ...fixture(OPTIONS), searchStepsPerCell: 60 };
const schedule = planPersistentPatrol(request);
const NOW_S = 30_000;

/** The flight in the air at a time, of any drone. */
function flying(of: PersistentSchedule, nowS: number): PersistentSchedule['sorties'][number] {
  const found = of.sorties.find(
    (sortie) =>
      sortie.visits.some((visit) => visit.leaveS < nowS) &&
      sortie.visits.some((visit) => visit.leaveS > nowS),
  );
  if (found === undefined) throw new Error('nobody is flying');
  return found;
}

describe('a drone that drops out', () => {
  const sortie = flying(schedule, NOW_S);
  const result = replanPersistent(schedule, { kind: 'drone-lost', vehicleId: sortie.vehicleId }, NOW_S);

  it('flies no more, and its flight counts for what was seen before', () => {
    const own = result.schedule.sorties.filter((entry) => entry.vehicleId === sortie.vehicleId);
    expect(own.every((entry) => entry.startS < NOW_S)).toBe(true);
    const cut = own[own.length - 1];
    expect(cut?.end).toBe('lost');
    expect(cut?.backS).toBe(NOW_S);
    expect(cut?.visits.length).toBeLessThan(sortie.visits.length);
    expect(result.missed).toEqual(sortie.visits.slice(cut?.visits.length).map((visit) => visit.cellId));
  });

  it('leaves every cell with a crew and the plan flyable', () => {
    expect(result.schedule.promises.map((promise) => promise.cellId)).toEqual(
      request.cells.map((cell) => cell.cellId),
    );
    expect(faultsOf(request, request.drones, result.schedule.sorties)).toEqual([]);
  });

  it('explains what moved and what gets worse, by how much', () => {
    const before = new Map(schedule.promises.map((promise) => [promise.cellId, promise]));
    for (const change of result.worse) {
      expect(change.beforeS).toBe(before.get(change.cellId)?.intervalS);
      expect(change.afterS ?? 0).toBeGreaterThan(change.beforeS ?? 0);
    }
    for (const change of result.moved) expect(change.fromCrewId).not.toBe(change.toCrewId);
    expect(result.worse.length).toBeGreaterThan(0);
    expect(result.issues.map((issue) => issue.code)).toContain('plan.persistent-worse');
  });

  it('leaves the schedule it was given as it was', () => {
    expect(schedule.sorties).toContain(sortie);
    expect(schedule.drones).toHaveLength(6);
  });

  it('keeps the flights of crews that are not concerned, object by object', () => {
    // Two villages far apart: what happens in one is no business of the other.
    const near = fixture({ cells: 25, drones: 4, bases: 2, seed: 21, sizeM: 2000 });
    const shift = (p: { lonDeg: number; latDeg: number }) => ({ lonDeg: p.lonDeg + 0.5, latDeg: p.latDeg });
    const both = {
      ...near,
      cells: [
        ...near.cells,
        ...near.cells.map((c) => ({
          ...c,
          cellId: `far-${c.cellId}`,
          entry: shift(c.entry),
          exit: shift(c.exit),
        })),
      ],
      bases: [
        ...near.bases,
        ...near.bases.map((b) => ({ ...b, baseId: `far-${b.baseId}`, position: shift(b.position) })),
      ],
      drones: [
        ...near.drones,
        ...near.drones.map((d) => ({ ...d, vehicleId: `far-${d.vehicleId}`, baseId: `far-${d.baseId}` })),
      ],
    };
    const plan = planPersistentPatrol(both);
    const after = replanPersistent(plan, { kind: 'drone-taken', vehicleId: 'drone-1' }, NOW_S);
    const far = plan.sorties.filter((entry) => entry.vehicleId.startsWith('far-'));
    const still = new Set(after.schedule.sorties);
    expect(far.length).toBeGreaterThan(20);
    expect(far.filter((entry) => !still.has(entry))).toEqual([]);
    expect(after.changedCrewIds.every((id) => !id.startsWith('far-'))).toBe(true);
  });
});

describe('events one after another', () => {
  const event = (of: PersistentSchedule, kind: number, pick: number, nowS: number): PatrolEvent => {
    const drone = of.drones[pick % of.drones.length] as PatrolDrone;
    const cell = of.request.cells[pick % of.request.cells.length] as { cellId: string };
    switch (kind) {
      case 0:
        return { kind: 'drone-lost', vehicleId: drone.vehicleId };
      case 1:
        return { kind: 'drone-taken', vehicleId: drone.vehicleId };
      case 2:
        return {
          kind: 'drone-back',
          drone: {
            ...DRONE,
            vehicleId: `new-${nowS}`,
            baseId: `base-${pick % 3}`,
            enduranceS: 1500 + 300 * (pick % 2),
          },
          readyS: nowS + 500,
        };
      case 3:
        return { kind: 'base-closed', baseId: `base-${pick % 3}` };
      default:
        return { kind: 'weights-changed', weights: [{ cellId: cell.cellId, weight: 1 + (pick % 7) }] };
    }
  };

  it('always leave a plan that can be flown, in which no cell is forgotten', () => {
    const steps = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 4 }), fc.nat(1000), fc.integer({ min: 10, max: 9000 })),
      {
        minLength: 1,
        maxLength: 4,
      },
    );
    fc.assert(
      fc.property(steps, (list) => {
        let now = 12_000;
        let current = schedule;
        const fleet = new Map(request.drones.map((drone) => [drone.vehicleId, drone]));
        for (const [kind, pick, wait] of list) {
          now += wait;
          if (current.drones.length < 2 && kind !== 2) continue;
          const happened = event(current, kind, pick, now);
          if (happened.kind === 'drone-back') fleet.set(happened.drone.vehicleId, happened.drone);
          current = replanPersistent(current, happened, now).schedule;
          expect(faultsOf(current.request, [...fleet.values()], current.sorties)).toEqual([]);
          const known = [...current.promises, ...current.unserved].map((entry) => entry.cellId);
          expect(new Set(known).size).toBe(request.cells.length);
          expect(known).toHaveLength(request.cells.length);
          const ids = new Set(current.drones.map((drone) => drone.vehicleId));
          for (const crew of current.crews) for (const id of crew.vehicleIds) expect(ids.has(id)).toBe(true);
        }
      }),
      { numRuns: 20, seed: 20261124 },
    );
  });

  it('a drone that comes back makes things better again', () => {
    const gone = replanPersistent(schedule, { kind: 'drone-taken', vehicleId: 'drone-2' }, NOW_S).schedule;
    const drone = request.drones.find((entry) => entry.vehicleId === 'drone-2') as PatrolDrone;
    const back = replanPersistent(gone, { kind: 'drone-back', drone, readyS: NOW_S + 4000 }, NOW_S + 2000);
    expect(back.schedule.worstWeightedIdlenessS).toBeLessThan(gone.worstWeightedIdlenessS);
    expect(back.better.length).toBeGreaterThan(0);
    const own = back.schedule.sorties.filter((s) => s.vehicleId === 'drone-2' && s.startS >= NOW_S);
    expect(own.length).toBeGreaterThan(0);
    expect(own.every((s) => s.startS >= NOW_S + 4000)).toBe(true);
  });

  it('a closed base sends its drones elsewhere', () => {
    const { schedule: after } = replanPersistent(schedule, { kind: 'base-closed', baseId: 'base-1' }, NOW_S);
    expect(after.drones.filter((drone) => drone.baseId === 'base-1')).toEqual([]);
    expect(after.drones).toHaveLength(6);
    const later = after.sorties.filter((sortie) => sortie.startS >= NOW_S);
    expect(later.filter((sortie) => sortie.toBaseId === 'base-1')).toEqual([]);
    expect(after.sorties.filter((s) => s.backS > NOW_S && s.toBaseId === 'base-1')).toEqual([]);
  });

  it.each<[string, PatrolEvent, number]>([
    ['a drone nobody knows', { kind: 'drone-lost', vehicleId: 'x' }, NOW_S],
    ['a base nobody knows', { kind: 'base-closed', baseId: 'x' }, NOW_S],
    ['a weight of zero', { kind: 'weights-changed', weights: [{ cellId: 'cell-1', weight: 0 }] }, NOW_S],
    ['a time after the schedule', { kind: 'drone-lost', vehicleId: 'drone-1' }, 1e9],
  ])('refuse %s and change nothing', (_name, happened, now) => {
    const result = replanPersistent(schedule, happened, now);
    expect(result.schedule).toBe(schedule);
    expect(result.issues.map((issue) => issue.code)).toEqual(['plan.bad-request']);
  });
});
