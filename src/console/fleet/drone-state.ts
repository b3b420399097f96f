import type { VehicleView } from '../../contract/index.ts';
import { stateColour } from '../theme/tokens.ts';

/** What an aircraft is doing, as one word, one colour and one glyph. */
export type DroneState =
  | 'lost'
  /** This console has no connection: what the aircraft does now is not known here. */
  | 'stale'
  | 'ready'
  | 'not-ready'
  | 'armed'
  | 'taking-off'
  | 'mission'
  | 'guided'
  | 'hold'
  | 'return'
  | 'landing'
  | 'manual'
  | 'unknown';

export const DRONE_STATES: readonly DroneState[] = [
  'lost',
  'stale',
  'ready',
  'not-ready',
  'armed',
  'taking-off',
  'mission',
  'guided',
  'hold',
  'return',
  'landing',
  'manual',
  'unknown',
];

/** The one rule from report to state. A lost link outranks everything: what it did last is not what it does. */
export function droneState(vehicle: VehicleView): DroneState {
  if (vehicle.connection === 'lost') return 'lost';
  const mode = vehicle.mode?.normalised ?? null;
  switch (vehicle.flightState) {
    case 'on-ground':
      if (vehicle.armed === true) return 'armed';
      return vehicle.prearm?.ready === false ? 'not-ready' : 'ready';
    case 'taking-off':
      return 'taking-off';
    case 'landing':
      return 'landing';
    case 'in-air':
    case 'unknown':
      break;
  }
  switch (mode) {
    case 'mission':
    case 'guided':
    case 'hold':
    case 'return':
    case 'manual':
      return vehicle.flightState === 'unknown' && vehicle.armed !== true ? 'unknown' : mode;
    case 'land':
      return 'landing';
    case 'takeoff':
      return 'taking-off';
    case 'other':
    case null:
      return 'unknown';
  }
}

export function droneColour(state: DroneState): string {
  switch (state) {
    case 'lost':
      return stateColour.lost;
    case 'ready':
    case 'not-ready':
    case 'armed':
      return stateColour.ground;
    case 'taking-off':
    case 'landing':
      return stateColour.vertical;
    case 'unknown':
    case 'stale':
      return stateColour.unknown;
    default:
      return stateColour[state];
  }
}

/**
 * Glyphs on a 16 × 16 field as SVG path data, drawn with a 1.8 stroke and no fill. The map and the lists draw
 * the same ones.
 */
export const GLYPH_PATHS: Readonly<Record<DroneState, string>> = {
  lost: 'M4.5 4.5l7 7M11.5 4.5l-7 7',
  stale: 'M8 4v4.2l2.8 1.8',
  ready: 'M4 8.5l2.8 2.8L12 5.5',
  'not-ready': 'M8 4v5M8 11.2v.6',
  armed: 'M8 3.5v4.5M5 5.4a4.3 4.3 0 1 0 6 0',
  'taking-off': 'M8 12V4.5M4.8 7.6L8 4.4l3.2 3.2',
  mission: 'M6 4.2l5.6 3.8L6 11.8z',
  guided: 'M8 3.8a4.2 4.2 0 1 0 .01 0M8 7.4v1.2M7.4 8h1.2',
  hold: 'M6 4.5v7M10 4.5v7',
  return: 'M3.8 8.4L8 4.4l4.2 4M5.2 7.6v4.2h5.6V7.6',
  landing: 'M8 3.6v7M4.8 7.6L8 10.8l3.2-3.2M4 13h8',
  manual: 'M8 9V4.2M8 4.2h.01M4.6 12.2h6.8M6.4 12V9.4h3.2V12',
  unknown: 'M6 6.2a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.3M8 11.4v.5',
};

/** The aircraft flies: a mark that points somewhere belongs on the map. */
export function isAirborne(vehicle: VehicleView): boolean {
  return (
    vehicle.flightState === 'in-air' ||
    vehicle.flightState === 'taking-off' ||
    vehicle.flightState === 'landing'
  );
}
