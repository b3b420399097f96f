import { seededRandom } from '../geo/random.ts';
import type { Base } from '../model/airspace.ts';
import type { LonLat } from '../model/basics.ts';
import type { PatrolCell, PatrolDrone, PersistentRequest } from './model.ts';

/** A place so many metres east and north of the fixture's corner. */
export function at(eastM: number, northM: number): LonLat {
  return { lonDeg: 110.2 + eastM / 100_700, latDeg: 25.2 + northM / 110_800 };
}

export const DRONE: Omit<PatrolDrone, 'vehicleId' | 'baseId'> = {
  cruiseSpeedMps: 10,
  enduranceS: 1500,
  rechargeS: 1620,
  launchS: 20,
  landS: 30,
  turnaroundS: 60,
};

export interface FixtureOptions {
  readonly cells: number;
  readonly drones: number;
  readonly bases: number;
  readonly seed: number;
  /** Weights to draw from. */
  readonly weights?: readonly number[];
  /** Length of a cell's path; its ends are that far apart when `through`. */
  readonly serviceM?: number;
  readonly through?: boolean;
  readonly sizeM?: number;
}

/** Cells scattered over a square, bases on its diagonal, drones dealt out to them. The same for the same seed. */
export function fixture(options: FixtureOptions): PersistentRequest {
  const random = seededRandom(options.seed);
  const sizeM = options.sizeM ?? 4000;
  const weights = options.weights ?? [1];
  const serviceM = options.serviceM ?? 400;
  const cells: PatrolCell[] = Array.from({ length: options.cells }, (_, i) => {
    const east = random() * sizeM;
    const north = random() * sizeM;
    return {
      cellId: `cell-${i}`,
      entry: at(east, north),
      exit: options.through === true ? at(east + serviceM / 3, north) : at(east, north),
      serviceM,
      dwellS: 0,
      weight: weights[Math.floor(random() * weights.length)] as number,
    };
  });
  const bases: Base[] = Array.from({ length: options.bases }, (_, b) => ({
    baseId: `base-${b}`,
    name: `Base ${b}`,
    position: at((sizeM * (b + 0.5)) / options.bases, (sizeM * (b + 0.5)) / options.bases),
    pads: Math.ceil(options.drones / options.bases) + 2,
    elevationAmslM: null,
  }));
  return {
    cells,
    bases,
    drones: Array.from({ length: options.drones }, (_, i) => ({
      ...DRONE,
      vehicleId: `drone-${i}`,
      baseId: `base-${i % options.bases}`,
    })),
    startS: 0,
    horizonS: 86_400,
    ways: null,
    searchStepsPerCell: 100,
  };
}
