import { COPTER_MODE } from '../ardupilot/modes.ts';
import type { RogueAction } from '../faults/rogue-station.ts';
import { customModeOf, NAV } from '../px4/px4-modes.ts';
import type { AutopilotName } from './schema-parts.ts';
import type { StationAct } from './schema-steps.ts';

/** The mode that circles or stands where it is. */
const LOITER: Readonly<Record<AutopilotName, number>> = {
  copter: COPTER_MODE.LOITER,
  px4: customModeOf(NAV.LOITER),
};

/** An order of another ground station, in the words of that autopilot. */
export function stationAction(does: StationAct, autopilot: AutopilotName): RogueAction {
  return does === 'loiter' ? { kind: 'mode', customMode: LOITER[autopilot] } : { kind: does };
}
