import type { Firmware, FlightMode } from '../ardupilot/firmware.ts';
import { isLiftMode, PLANE_MODE, type PlaneModeNumber, planeModeName } from './plane-modes.ts';
import { planeParameters } from './plane-parameters.ts';
import { PlaneVehicle } from './plane-vehicle.ts';

/** MAV_STANDARD_MODE where there is one: 5 safe recovery, 6 mission, 8 take-off. */
const STANDARD: Readonly<Partial<Record<PlaneModeNumber, number>>> = {
  [PLANE_MODE.AUTO]: 6,
  [PLANE_MODE.RTL]: 5,
  [PLANE_MODE.TAKEOFF]: 8,
};
const AUTO_MODE = 4;

function modesOf(isQuadplane: boolean): readonly FlightMode[] {
  const numbers: readonly PlaneModeNumber[] = Object.values(PLANE_MODE);
  return numbers
    .filter((number) => isQuadplane || !isLiftMode(number))
    .map((number) => ({
      number,
      name: planeModeName(number),
      standardMode: STANDARD[number] ?? 0,
      properties: number >= PLANE_MODE.AUTO && number <= PLANE_MODE.GUIDED ? AUTO_MODE : 0,
    }));
}

/** MAV_TYPE_FIXED_WING, also with lift motors: so says the real one. */
const FIXED_WING = 1;

/** ArduPlane on a fixed wing, or with lift motors (`isQuadplane`, Q_ENABLE 1). */
export function planeFirmware(isQuadplane: boolean): Firmware<PlaneVehicle> {
  return {
    mavType: FIXED_WING,
    parameters: planeParameters(isQuadplane),
    dialect: 'plane',
    modes: modesOf(isQuadplane),
    createFlight: (options) => new PlaneVehicle(options, isQuadplane),
  };
}
