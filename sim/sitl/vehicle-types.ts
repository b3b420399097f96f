import { SitlError } from './sitl-error.ts';

/** What `--vehicle` may be. */
export const VEHICLE_TYPES = ['copter', 'plane', 'quadplane', 'rover', 'px4'] as const;
export type VehicleTypeName = (typeof VEHICLE_TYPES)[number];

/** A vehicle that an ArduPilot program flies. */
export interface ArduPilotType {
  readonly family: 'ardupilot';
  readonly name: Exclude<VehicleTypeName, 'px4'>;
  /** For people: `3 × ArduCopter`. */
  readonly title: string;
  /** File name of the program: each ArduPilot vehicle is a program of its own. */
  readonly program: string;
  /** `--model` of its built-in simulation. */
  readonly model: string;
  /** How the program is built, for the message when there is none. */
  readonly buildCommand: string;
}

/** PX4 is one program for every airframe; the airframe is a start-up setting. */
export interface Px4Type {
  readonly family: 'px4';
  readonly name: 'px4';
  readonly title: string;
  readonly program: 'px4';
  /** `PX4_SIM_MODEL`: the airframes whose names begin with sihsim_ simulate themselves (SIH). */
  readonly model: string;
  readonly buildCommand: string;
}

export type VehicleType = ArduPilotType | Px4Type;

function arduPilot(
  name: ArduPilotType['name'],
  title: string,
  program: string,
  model: string,
  target: string,
): ArduPilotType {
  const buildCommand = `./waf configure --board sitl && ./waf ${target}`;
  return { family: 'ardupilot', name, title, program, model, buildCommand };
}

const ARDUPILOT: Readonly<Record<ArduPilotType['name'], ArduPilotType>> = {
  copter: arduPilot('copter', 'ArduCopter', 'arducopter', 'quad', 'copter'),
  plane: arduPilot('plane', 'ArduPlane', 'arduplane', 'plane', 'plane'),
  quadplane: arduPilot('quadplane', 'ArduPlane (VTOL)', 'arduplane', 'quadplane', 'plane'),
  rover: arduPilot('rover', 'ArduRover', 'ardurover', 'rover', 'rover'),
};

const PX4: Px4Type = {
  family: 'px4',
  name: 'px4',
  title: 'PX4',
  program: 'px4',
  model: 'sihsim_quadx',
  buildCommand: 'make px4_sitl',
};

export function arduPilotType(name: ArduPilotType['name']): ArduPilotType {
  return ARDUPILOT[name];
}

/** @throws SitlError `sitl.bad-option` naming what is allowed */
export function vehicleType(name: string): VehicleType {
  const known = VEHICLE_TYPES.find((candidate) => candidate === name);
  if (known === 'px4') return PX4;
  if (known !== undefined) return ARDUPILOT[known];
  throw new SitlError('sitl.bad-option', `--vehicle is "${name}"; allowed are ${VEHICLE_TYPES.join(', ')}.`);
}
