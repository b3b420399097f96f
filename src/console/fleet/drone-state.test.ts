import { describe, expect, it } from 'vitest';
import type { VehicleView } from '../../contract/index.ts';
import { stateColour } from '../theme/tokens.ts';
import { DRONE_STATES, type DroneState, droneColour, droneState, GLYPH_PATHS } from './drone-state.ts';
import { linkBars } from './link-bars.tsx';
import { vehicle } from './test-vehicle.test-kit.ts';
import { stateSeenHere } from './use-vehicle.ts';

const mode = (normalised: NonNullable<VehicleView['mode']>['normalised']) => ({
  name: normalised.toUpperCase(),
  normalised,
  ageMs: 0,
});

const cases: readonly (readonly [string, Partial<VehicleView>, DroneState])[] = [
  ['a lost link outranks all', { connection: 'lost', flightState: 'on-ground' }, 'lost'],
  ['on mission', {}, 'mission'],
  ['holding', { mode: mode('hold') }, 'hold'],
  ['returning', { mode: mode('return') }, 'return'],
  ['landing by mode', { mode: mode('land') }, 'landing'],
  ['landing by state', { flightState: 'landing', mode: mode('return') }, 'landing'],
  ['taking off', { flightState: 'taking-off' }, 'taking-off'],
  ['parked and fit', { flightState: 'on-ground', armed: false }, 'ready'],
  [
    'parked with failed checks',
    { flightState: 'on-ground', armed: false, prearm: { ready: false, reasons: ['Compass'], ageMs: 0 } },
    'not-ready',
  ],
  ['parked but armed', { flightState: 'on-ground', armed: true }, 'armed'],
  ['no mode heard yet', { mode: null }, 'unknown'],
  ['nothing known but a mode', { flightState: 'unknown', armed: null }, 'unknown'],
];

describe('the state of an aircraft', () => {
  it.each(cases)('%s', (_name, patch, expected) => {
    expect(droneState(vehicle(patch))).toBe(expected);
  });

  it('never rests on colour alone: every state has its own glyph', () => {
    expect(new Set(DRONE_STATES.map((state) => GLYPH_PATHS[state])).size).toBe(DRONE_STATES.length);
    for (const state of DRONE_STATES)
      expect(Object.values<string>(stateColour)).toContain(droneColour(state));
  });

  it('is stale when this console has heard nothing for too long', () => {
    const entry = { view: vehicle(), receivedAtMs: 1000 };
    expect(stateSeenHere(entry, false, 3000, 2000)).toBe('mission');
    expect(stateSeenHere(entry, false, 3000, 4500)).toBe('stale');
    const lost = { view: vehicle({ connection: 'lost' }), receivedAtMs: 1000 };
    expect(stateSeenHere(lost, false, 3000, 9000)).toBe('lost');
    // The server is there and says online: an aircraft that changes nothing sends no update.
    expect(stateSeenHere(entry, true, 3000, 9000)).toBe('mission');
  });

  it('turns frame loss into bars', () => {
    expect([0, 2, 10, 40].map((loss) => linkBars(loss, false))).toEqual([4, 3, 2, 1]);
    expect(linkBars(0, true)).toBe(0);
  });
});
