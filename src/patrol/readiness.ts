import type { VehicleState } from '../../firmware-bridge/index.ts';

export interface UnreadyReason {
  readonly code: string;
  /** The rest of a sentence that begins with the aircraft's name. */
  readonly text: string;
  /** The autopilot's own words, when it gave some. */
  readonly reasons?: string;
}

/**
 * Why an aircraft cannot be sent on patrol now; null when it can. The code is for the console, the rest for people.
 * (The full pre-flight gate, with figure and limit for each check, is the operations room's.)
 */
export function unreadyReason(
  state: VehicleState,
  isReserved: boolean,
): { code: string; text: string } | null {
  if (isReserved) return { code: 'patrol.vehicle-reserved', text: 'is on another patrol' };
  if (state.connection === 'lost') return { code: 'patrol.vehicle-lost', text: 'is not connected' };
  if (state.identityConflict !== null) {
    return { code: 'patrol.vehicle-conflict', text: 'shares its system id with another aircraft' };
  }
  if (state.airframe !== 'copter') return { code: 'patrol.vehicle-not-copter', text: 'is not a multicopter' };
  if (state.armed !== false) return { code: 'patrol.vehicle-armed', text: 'is armed already' };
  if (state.position === null) return { code: 'patrol.vehicle-no-position', text: 'has no position yet' };
  if (state.battery === null || state.battery.remainingPct === null) {
    return { code: 'patrol.vehicle-no-battery', text: 'does not report its battery' };
  }
  if (state.prearm?.ready === false) {
    const why = state.prearm.reasons.join('; ');
    return {
      code: 'patrol.vehicle-prearm',
      text: `does not pass its pre-arm checks${why === '' ? '' : `: ${why}`}`,
    };
  }
  return null;
}
