import type { LocalPoint } from '../aircraft/local-frame.ts';
import { outcome } from '../ardupilot/commands.ts';
import { type Command, RESULT } from '../vehicle/command.ts';
import type { PlaneFlight } from './plane-flight.ts';
import { PLANE_MODE } from './plane-modes.ts';

/** MAV_FRAME_LOCAL_OFFSET_NED: what ArduPlane makes of a NAV_TAKEOFF that came as COMMAND_LONG. */
const LOCAL_OFFSET_NED = 7;

/** What the command table needs of the flight around the core. */
export interface PlaneCommandHost {
  readonly core: PlaneFlight;
  readonly positionOk: boolean;
  requestMode(mode: number): boolean;
  locate(item: NonNullable<Command['position']>): LocalPoint | null;
  landingSequence(): number | null;
  text(severity: number, text: string): void;
}

/**
 * Commands that are ArduPlane's own (GCS_MAVLink_Plane::handle_command_int_packet). DO_PAUSE_CONTINUE and DO_ORBIT are
 * not among them. @returns null when the command is not one of them
 */
export function executePlaneCommand(command: Command, host: PlaneCommandHost): number | null {
  const { params, position } = command;
  switch (command.command) {
    case 17:
      return outcome(host.requestMode(PLANE_MODE.LOITER));
    case 20:
      return outcome(host.requestMode(PLANE_MODE.RTL));
    case 22:
      return takeoff(command, host);
    case 178:
      return changeSpeed(params[0], params[1], host.core);
    case 189:
      return startLanding(host);
    case 192:
      return reposition(params, position, host);
    case 300:
      return params[0] === 0 && params[1] === 0 ? outcome(host.requestMode(PLANE_MODE.AUTO)) : RESULT.DENIED;
    default:
      return null;
  }
}

/** Lift motors only, in GUIDED; as COMMAND_INT in no frame but the local offset, down being positive there. */
function takeoff({ position, tail }: Command, { core, text }: PlaneCommandHost): number {
  if (position !== null && position.frame !== LOCAL_OFFSET_NED) return RESULT.DENIED;
  const heightM = position === null ? tail[2] : -tail[2];
  if (core.takeoff(heightM)) return RESULT.ACCEPTED;
  if (core.settings().isQuadplane && core.mode !== PLANE_MODE.GUIDED)
    text(6, 'User Takeoff only in GUIDED mode');
  return RESULT.FAILED;
}

/** Type 0 is airspeed; 1, over the ground, is not flown by a wing (Plane::do_change_speed). */
function changeSpeed(type: number, speedMps: number, core: PlaneFlight): number {
  return type === 0 ? outcome(core.setAirspeed(speedMps)) : RESULT.FAILED;
}

function startLanding(host: PlaneCommandHost): number {
  const seq = host.landingSequence();
  if (seq === null || !host.positionOk) return RESULT.FAILED;
  host.core.mission.setCurrent(seq, host.core.state);
  return outcome(host.requestMode(PLANE_MODE.AUTO));
}

/** param2 bit 0 changes to GUIDED; param3 the radius, param4 other than 0 turns left. */
function reposition(
  params: Command['params'],
  position: Command['position'],
  host: PlaneCommandHost,
): number {
  if (position === null) return RESULT.UNSUPPORTED;
  const place = host.locate(position);
  if (place === null) return RESULT.DENIED;
  const mayChange = (params[1] & 1) !== 0;
  if (host.core.mode !== PLANE_MODE.GUIDED && !mayChange) return RESULT.FAILED;
  if (!host.requestMode(PLANE_MODE.GUIDED)) return RESULT.FAILED;
  const radiusM = Number.isFinite(params[2]) ? params[2] : 0;
  const clockwise = !Number.isFinite(params[3]) || params[3] === 0;
  return outcome(host.core.reposition(place, radiusM, clockwise));
}
