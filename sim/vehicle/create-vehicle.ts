import type { Wind } from '../aircraft/aircraft-state.ts';
import type { GeoPoint } from '../aircraft/local-frame.ts';
import { Autopilot } from '../ardupilot/autopilot.ts';
import { DEFAULT_MISSION_CAPACITY } from '../ardupilot/mission-store.ts';
import type { OnboardServiceFactory } from './onboard-service.ts';
import type { SimulatedVehicle } from './simulated-vehicle.ts';

/** Which autopilot on which airframe an aircraft plays. */
export const FLAVOURS = ['copter'] as const;
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
}

/** What every aircraft has aboard besides flying, by flavour. */
const SERVICES: Readonly<Record<Flavour, readonly OnboardServiceFactory[]>> = { copter: [] };

export function createVehicle(options: VehicleOptions): SimulatedVehicle {
  const { flavour, missionCapacity, ...rest } = options;
  switch (flavour) {
    case 'copter':
      return new Autopilot({
        ...rest,
        missionCapacity: missionCapacity ?? DEFAULT_MISSION_CAPACITY,
        services: SERVICES.copter,
      });
  }
}
