import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at, DRONE } from './district.fixture.ts';
import { metres } from './flown.test-kit.ts';
import { planRelay, type RelayRequest, type RelaySortie } from './relay.ts';

const BASE = { baseId: 'b', name: 'B', position: at(0, 0), pads: 9, elevationAmslM: null };

function request(
  drones: number,
  beat: RelayRequest['beat'],
  change: Partial<RelayRequest> = {},
): RelayRequest {
  return {
    beat,
    drones: Array.from({ length: drones }, (_, i) => ({ ...DRONE, vehicleId: `d${i}`, baseId: 'b' })),
    bases: [BASE],
    startS: 0,
    untilS: 86_400,
    ways: null,
    ...change,
  };
}

function placeAt(sortie: RelaySortie, timeS: number) {
  const k = sortie.waypoints.findIndex((point) => point.arriveS >= timeS);
  const b = sortie.waypoints[k];
  const a = sortie.waypoints[k - 1] ?? b;
  if (a === undefined || b === undefined) throw new Error('not in the air');
  const share = b.arriveS === a.leaveS ? 1 : (timeS - a.leaveS) / (b.arriveS - a.leaveS);
  return {
    lonDeg: a.position.lonDeg + (b.position.lonDeg - a.position.lonDeg) * share,
    latDeg: a.position.latDeg + (b.position.latDeg - a.position.latDeg) * share,
  };
}

describe('a relay', () => {
  it('relieves at the place where the other leaves, before it leaves, with the battery to get home', () => {
    const beats = fc.array(fc.tuple(fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 0, max: 2000 })), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(beats, fc.integer({ min: 0, max: 120 }), (corners, overlapS) => {
        const plan = planRelay(
          request(
            6,
            corners.map(([x, y]) => at(x, y)),
            { overlapS },
          ),
        );
        expect(plan.issues).toEqual([]);
        expect(plan.maxGapS).toBe(0);
        expect(plan.sorties[plan.sorties.length - 1]?.offStationS).toBe(86_400);
        const free = new Map<string, number>();
        plan.sorties.forEach((sortie, i) => {
          expect(sortie.backS - sortie.startS).toBeLessThanOrEqual(DRONE.enduranceS + 1e-6);
          expect(sortie.startS).toBeGreaterThanOrEqual((free.get(sortie.vehicleId) ?? 0) - 1e-6);
          free.set(sortie.vehicleId, sortie.chargeUntilS);
          sortie.waypoints.forEach((point, k) => {
            const next = sortie.waypoints[k + 1];
            if (next === undefined) return;
            const fastest = metres(point.position, next.position) / DRONE.cruiseSpeedMps / 1.006;
            expect(next.arriveS - point.leaveS).toBeGreaterThanOrEqual(fastest - 0.02);
          });
          const next = plan.sorties[i + 1];
          if (next === undefined) return;
          expect(sortie.offStationS - next.onStationS).toBeGreaterThanOrEqual(overlapS - 1e-6);
          expect(metres(placeAt(sortie, sortie.offStationS), placeAt(next, sortie.offStationS))).toBeLessThan(
            2,
          );
        });
      }),
      { numRuns: 20, seed: 20261124 },
    );
  });

  it('says how many drones a watch without a gap takes', () => {
    const two = planRelay(request(2, [at(500, 0)]));
    expect(two.issues.map((issue) => issue.code)).toEqual(['plan.relay-not-enough']);
    expect(two.maxGapS).toBeGreaterThan(0);
    expect(planRelay(request(two.dronesNeeded ?? 0, [at(500, 0)])).maxGapS).toBe(0);
  });

  it('says when the place is too far for any watch', () => {
    const plan = planRelay(request(3, [at(9000, 0)]));
    expect(plan.issues.map((issue) => issue.code)).toEqual(['plan.relay-too-far']);
    expect(plan.sorties).toEqual([]);
  });

  it.each([
    ['no place', { beat: [] }],
    ['an end before its beginning', { untilS: -1 }],
    ['an overlap that is no number', { overlapS: Number.NaN }],
    ['a base that is not there', { bases: [] }],
  ])('refuses %s', (_name, change) => {
    const plan = planRelay(request(3, [at(0, 0)], change));
    expect(plan.issues.map((issue) => issue.code)).toEqual(['plan.bad-request']);
  });
});
