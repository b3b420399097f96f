import { describe, expect, it } from 'vitest';
import type { FlightSummary } from '../../contract/index.ts';
import { flightSeconds, matchesFlight } from './flight-text.ts';
import { mergeFlights } from './use-flights.ts';

const flight = (patch: Partial<FlightSummary>): FlightSummary => ({
  flightId: 'F-1',
  vehicleId: 'v-1',
  vehicleName: 'D-01',
  patrolId: null,
  cellId: 'S008',
  cellName: '景巷社区',
  cellNameEn: 'Jingxiang',
  purpose: 'patrol',
  operator: 'li',
  startedAtMs: 1000,
  endedAtMs: null,
  state: 'open',
  durationS: null,
  distanceM: 0,
  maxRelativeAltitudeM: null,
  batteryUsedPct: null,
  trackPoints: 0,
  tlog: null,
  ...patch,
});

describe('the list of flights', () => {
  it('takes what the socket told over what was loaded, newest first', () => {
    const loaded = [flight({}), flight({ flightId: 'F-0', startedAtMs: 1 })];
    const merged = mergeFlights(loaded, {
      'F-1': flight({ state: 'closed' }),
      'F-2': flight({ flightId: 'F-2', startedAtMs: 2000 }),
    });
    expect(merged.map((each) => `${each.flightId} ${each.state}`)).toEqual([
      'F-2 open',
      'F-1 closed',
      'F-0 open',
    ]);
  });

  it('is filtered by every word, in the language shown', () => {
    expect(matchesFlight(flight({}), 'd-01 jing', 'en')).toBe(true);
    expect(matchesFlight(flight({}), '景巷', 'zh-CN')).toBe(true);
    expect(matchesFlight(flight({}), 'd-02', 'en')).toBe(false);
    expect(matchesFlight(flight({}), '', 'en')).toBe(true);
  });

  it('counts the seconds of a flight in the air, and only of that', () => {
    expect(flightSeconds(flight({}), 61_000)).toBe(60);
    expect(flightSeconds(flight({ state: 'interrupted' }), 61_000)).toBeNull();
    expect(flightSeconds(flight({ durationS: 12 }), 61_000)).toBe(12);
  });
});
