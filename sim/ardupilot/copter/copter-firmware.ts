import type { Firmware } from '../firmware.ts';
import { COPTER_MODES } from '../modes.ts';
import { CopterFlight } from './copter-flight.ts';
import { COPTER_PARAMETERS } from './copter-parameters.ts';

/** MAV_TYPE_QUADROTOR */
const QUADROTOR = 2;

export const copterFirmware: Firmware<CopterFlight> = {
  mavType: QUADROTOR,
  parameters: COPTER_PARAMETERS,
  dialect: 'copter',
  modes: COPTER_MODES,
  createFlight: (options) => new CopterFlight(options),
};
