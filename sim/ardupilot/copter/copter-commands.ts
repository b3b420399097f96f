import { type Command, RESULT } from '../../vehicle/command.ts';
import { outcome } from '../commands.ts';
import { type CommandHost, SEVERITY } from '../firmware.ts';
import { COPTER_MODE } from '../modes.ts';
import type { CopterControls } from './copter-controls.ts';

type Handler = (command: Command, flight: CopterControls, host: CommandHost) => number;

const DEG = Math.PI / 180;
const RELATIVE = 3;

/** MAV_RESULT of a command that only a Copter knows (GCS_MAVLink_Copter.cpp); null for all others. */
export function executeCopterCommand(
  command: Command,
  flight: CopterControls,
  host: CommandHost,
): number | null {
  return HANDLERS.get(command.command)?.(command, flight, host) ?? null;
}

const HANDLERS: ReadonlyMap<number, Handler> = new Map<number, Handler>([
  [17, (_, flight) => outcome(flight.requestMode(COPTER_MODE.LOITER))],
  [20, (_, flight) => outcome(flight.requestMode(COPTER_MODE.RTL))],
  [21, (_, flight) => outcome(flight.requestMode(COPTER_MODE.LAND))],
  [22, takeoff],
  [115, turnTo],
  [178, changeSpeed],
  [188, (_, flight) => outcome(flight.requestMode(COPTER_MODE.AUTO_RTL))],
  [189, (_, flight) => outcome(flight.requestMode(COPTER_MODE.AUTO_RTL))],
  [192, reposition],
  [193, pauseOrContinue],
  [195, lookAt],
  [197, lookNowhere],
  [201, lookAt],
  [207, ({ params }, flight) => (flight.fenceMonitor.command(params[0]) ? RESULT.ACCEPTED : RESULT.FAILED)],
  [300, startMission],
]);

/** Height above home; the place is ignored, the aircraft climbs where it stands. */
function takeoff({ position, tail }: Command, flight: CopterControls): number {
  if (position !== null && position.frame !== RELATIVE) return RESULT.DENIED;
  return outcome(flight.takeoff(tail[2]));
}

function turnTo({ params }: Command, flight: CopterControls): number {
  const [angleDeg, rateDps, direction, relative] = params;
  if (!(angleDeg >= 0 && angleDeg <= 360) || (relative !== 0 && relative !== 1)) return RESULT.FAILED;
  flight.yaw.fix(
    {
      angleRad: angleDeg * DEG,
      rateRadps: rateDps * DEG,
      direction: Math.trunc(direction),
      isRelative: relative === 1,
    },
    flight.seen,
    flight.settings().yawRateRadps,
  );
  return RESULT.ACCEPTED;
}

/** Only where the mode flies with a speed of its own (Mode::set_speed_xy_cms). */
function changeSpeed({ params }: Command, flight: CopterControls): number {
  const [type, speedMps] = params;
  if (!(speedMps > 0) || !(type >= 0 && type <= 3)) return RESULT.DENIED;
  const { mode } = flight;
  const hasSpeed =
    mode === COPTER_MODE.AUTO ||
    mode === COPTER_MODE.AUTO_RTL ||
    mode === COPTER_MODE.GUIDED ||
    mode === COPTER_MODE.RTL;
  if (!hasSpeed) return RESULT.FAILED;
  flight.changeSpeed(Math.trunc(type), speedMps);
  return RESULT.ACCEPTED;
}

/** param2 bit 0 asks to change to GUIDED for it; the speed in param1 is ignored, as Copter does. */
function reposition({ params, position }: Command, flight: CopterControls): number {
  if (position === null) return RESULT.UNSUPPORTED;
  const isGuided = flight.mode === COPTER_MODE.GUIDED;
  if (!isGuided && (params[1] & 1) === 0) return RESULT.DENIED;
  const place = flight.locate(position);
  if (place === null) return RESULT.DENIED;
  if (!flight.fenceMonitor.contains(place, flight.home)) return RESULT.FAILED;
  if (!isGuided && !flight.requestMode(COPTER_MODE.GUIDED)) return RESULT.FAILED;
  flight.guided()?.set({ kind: 'place', to: place });
  if (!isGuided) flight.yaw.toDefault(flight.settings().yawBehaviour, false);
  return RESULT.ACCEPTED;
}

function pauseOrContinue({ params }: Command, flight: CopterControls, host: CommandHost): number {
  if (params[0] !== 0 && params[0] !== 1) return RESULT.DENIED;
  const { flight: legs } = flight.mission;
  const pauses = params[0] === 0;
  const isAuto = flight.mode === COPTER_MODE.AUTO || flight.mode === COPTER_MODE.AUTO_RTL;
  if (!isAuto || (pauses && !legs.isOnLeg)) {
    host.text(SEVERITY.INFO, pauses ? 'Failed to pause' : 'Failed to resume');
    return RESULT.FAILED;
  }
  legs.pause(pauses);
  return RESULT.ACCEPTED;
}

/** Without a gimbal that turns (a service takes the command first) the nose looks there. */
function lookAt({ position }: Command, flight: CopterControls): number {
  const place = position === null ? null : flight.locate(position);
  if (place === null) return RESULT.DENIED;
  flight.yaw.lookAt(place);
  return RESULT.ACCEPTED;
}

function lookNowhere(_: Command, flight: CopterControls): number {
  flight.yaw.toDefault(flight.settings().yawBehaviour, false);
  return RESULT.ACCEPTED;
}

/** Disarmed it goes into AUTO too, begins the list on paper and flies nowhere: a ground station has to look further. */
function startMission({ params }: Command, flight: CopterControls): number {
  if (params[0] !== 0 || params[1] !== 0) return RESULT.DENIED;
  if (!flight.requestMode(COPTER_MODE.AUTO)) return RESULT.FAILED;
  if (!flight.mission.isRunning) flight.mission.sequence.resume();
  return RESULT.ACCEPTED;
}
