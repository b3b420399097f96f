import type { AircraftState } from '../../aircraft/aircraft-state.ts';
import { COPTER_MODE, type ModeNumber } from '../modes.ts';
import { circleProgram } from './circle-program.ts';
import { GuidedProgram } from './guided-program.ts';
import { driftProgram, holdHere, landProgram, type Program, type ProgramHost } from './program.ts';
import { type ReturnTarget, returnProgram } from './return-program.ts';
import { type Breadcrumbs, smartReturnProgram } from './smart-return.ts';

export interface ModeProgramContext {
  readonly host: ProgramHost;
  readonly seen: AircraftState;
  readonly crumbs: Breadcrumbs;
  /** Of a landing by failsafe. */
  readonly landPauseS: number;
  returnTarget(): ReturnTarget;
}

/** What a mode begins to fly when it is entered in the air; AUTO's is the mission. */
export function programOf(mode: ModeNumber, context: ModeProgramContext): Program {
  const { host, seen, crumbs, landPauseS } = context;
  switch (mode) {
    case COPTER_MODE.RTL:
      return returnProgram(host, seen, context.returnTarget());
    case COPTER_MODE.SMART_RTL:
      return smartReturnProgram(host, seen, crumbs);
    case COPTER_MODE.LAND:
      host.yaw.hold();
      return landProgram(host, seen, { at: null, groundUpM: host.home().upM, pauseS: landPauseS });
    case COPTER_MODE.CIRCLE:
      return circleProgram(host, seen);
    case COPTER_MODE.GUIDED:
      host.yaw.hold();
      return new GuidedProgram(host, seen);
    case COPTER_MODE.STABILIZE:
    case COPTER_MODE.ALT_HOLD:
      return driftProgram();
    default:
      host.yaw.hold();
      return holdHere(host, seen);
  }
}
