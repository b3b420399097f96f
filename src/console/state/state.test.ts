import { describe, expect, it } from 'vitest';
import type { Notice } from '../../contract/index.ts';
import { parseRoute } from '../app/route.ts';
import { vehicle } from '../fleet/test-vehicle.test-kit.ts';
import { mergeNotices } from '../notices/notice-store.ts';
import { mergeVehicles } from './fleet-feed.ts';
import { ageNow } from './now.ts';
import { clearTrails, currentTrails, recordTrails, TRAIL_KEPT_MS } from './trails.ts';

const notice = (noticeId: string, atMs: number, severity: Notice['severity'] = 'info'): Notice => ({
  noticeId,
  severity,
  code: 'vehicle.found',
  vehicleId: null,
  vehicleName: null,
  message: '',
  details: {},
  atMs,
});

describe('ages', () => {
  it('go on counting from what the server said', () => {
    expect(ageNow(200, 1000, 13_000)).toBe(12_200);
  });
});

describe('the fleet in the store', () => {
  it('keeps the sorted list as it is while only telemetry changes', () => {
    const first = { view: vehicle({ vehicleId: 'b', name: 'D-10' }), receivedAtMs: 0 };
    const second = { view: vehicle({ vehicleId: 'a', name: 'D-2' }), receivedAtMs: 0 };
    const one = mergeVehicles(
      { vehicles: {}, vehicleIds: [] },
      new Map([
        ['b', first],
        ['a', second],
      ]),
    );
    expect(one.vehicleIds).toEqual(['a', 'b']);
    const two = mergeVehicles(one, new Map([['b', { ...first, receivedAtMs: 5 }]]));
    expect(two.vehicleIds).toBe(one.vehicleIds);
    expect(two.vehicles.b?.receivedAtMs).toBe(5);
    expect(two.vehicles.a).toBe(one.vehicles.a);
  });
});

describe('notices', () => {
  it('come newest first and once', () => {
    const merged = mergeNotices([notice('1', 10)], [notice('2', 20), notice('1', 10)], new Set());
    expect(merged.map((each) => each.noticeId)).toEqual(['2', '1']);
  });

  it('drop the oldest, but never an alarm that nobody acknowledged', () => {
    const many = Array.from({ length: 450 }, (_, index) => notice(`n${index}`, 1000 + index));
    const merged = mergeNotices(
      [notice('old', 1, 'alarm'), notice('seen', 2, 'alarm')],
      many,
      new Set(['seen']),
    );
    expect(merged.some((each) => each.noticeId === 'old')).toBe(true);
    expect(merged.some((each) => each.noticeId === 'seen')).toBe(false);
    expect(merged).toHaveLength(401);
  });
});

describe('trails', () => {
  const at = (lonDeg: number) =>
    vehicle({
      position: { lonDeg, latDeg: 25, altitudeAmslM: 0, relativeAltitudeM: 0, headingDeg: null, ageMs: 0 },
    });

  it('grow with the flight, skip standing still, forget what is old', () => {
    clearTrails();
    recordTrails([at(110)], 0);
    recordTrails([at(110.000001)], 100);
    recordTrails([at(110.001)], 200);
    expect(currentTrails(300).get('v-1')).toHaveLength(2);
    recordTrails([at(110.002)], TRAIL_KEPT_MS + 100);
    expect(currentTrails(TRAIL_KEPT_MS + 100).get('v-1')).toHaveLength(2);
    expect(currentTrails(3 * TRAIL_KEPT_MS).has('v-1')).toBe(false);
  });

  it('ignore a parked aircraft', () => {
    clearTrails();
    recordTrails([vehicle({ flightState: 'on-ground' })], 0);
    expect(currentTrails(0).size).toBe(0);
  });
});

describe('routes', () => {
  it('read page and item, and fall back to the operate page', () => {
    expect(parseRoute('#/flights/F%2F1')).toEqual({ page: 'flights', item: 'F/1' });
    expect(parseRoute('')).toEqual({ page: 'operate', item: null });
    expect(parseRoute('#/nonsense')).toEqual({ page: 'operate', item: null });
  });
});
