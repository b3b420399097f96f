import type { Wind } from '../aircraft/aircraft-state.ts';
import type { GeoPoint } from '../aircraft/local-frame.ts';
import { ArduPilot, Autopilot } from '../ardupilot/autopilot.ts';
import { DEFAULT_MISSION_CAPACITY } from '../ardupilot/mission-store.ts';
import { planeFirmware } from '../plane/plane-firmware.ts';
import type { StreamSet } from '../px4/px4-streams.ts';
import { Px4Vehicle } from '../px4/px4-vehicle.ts';
import { ardupilotEquipment, planeEquipment, px4Equipment } from '../services/onboard-equipment.ts';
import type { OnboardServiceFactory } from './onboard-service.ts';
import type { SimulatedVehicle } from './simulated-vehicle.ts';

/** Which autopilot on which airframe an aircraft plays. */
export const FLAVOURS = ['copter', 'px4', 'plane', 'quadplane'] as const;
export type Flavour = (typeof FLAVOURS)[number];

export interface VehicleOptions {
  readonly flavour: Flavour;
  readonly systemId: number;
  readonly start: GeoPoint;
  readonly seed: number;
  readonly startupS: number;
  readonly wind: Wind;
  readonly uid2: readonly number[];
  readonly bootEpochMs: number;
  /** Null: what the autopilot has. */
  readonly missionCapacity: number | null;
  readonly parameters: Readonly<Record<string, number>>;
  /** PX4: what flows without being asked for; default `normal`, about 45 messages a second (`sitl`: 370). */
  readonly streams?: StreamSet;
}

/** What every aircraft has aboard besides flying, by flavour. */
const SERVICES: Readonly<Record<Flavour, readonly OnboardServiceFactory[]>> = {
  copter: ardupilotEquipment(),
  px4: px4Equipment(),
  plane: planeEquipment(),
  quadplane: planeEquipment(),
};

export function createVehicle(options: VehicleOptions): SimulatedVehicle {
  const { flavour, missionCapacity, streams, ...rest } = options;
  switch (flavour) {
    case 'copter':
      return new Autopilot({
        ...rest,
        missionCapacity: missionCapacity ?? DEFAULT_MISSION_CAPACITY,
        services: SERVICES.copter,
      });
    case 'plane':
    case 'quadplane':
      return new ArduPilot(
        {
          ...rest,
          missionCapacity: missionCapacity ?? DEFAULT_MISSION_CAPACITY,
          services: SERVICES[flavour],
        },
        planeFirmware(flavour === 'quadplane'),
      );
    case 'px4': {
      // ArduPilot's name for the speed of the simulation; PX4 has no parameter for it.
      const { SIM_SPEEDUP: _speed, ...parameters } = rest.parameters;
      return new Px4Vehicle({ ...rest, parameters, streams: streams ?? 'normal', services: SERVICES.px4 });
    }
  }
}
