import type { ApiPatrol, ApiSortie, ApiVehicle } from './api-types.ts';
import { type Condition, type DroneWord, holds } from './condition.ts';
import { apartM, type Ground } from './geometry.ts';
import type { Operator } from './operator.ts';
import type { TestAircraft } from './test-fleet.ts';

/** What a condition is held against. */
export interface Scene {
  readonly operator: Operator;
  readonly ground: Ground;
  readonly aircraft: readonly TestAircraft[];
  /** Id on the server of a patrol of the timeline; null before its launch. */
  patrolId(name: string): string | null;
  /** Notices from this index on are new since the step before. */
  readonly noticesFrom: number;
}

/** Does it hold now? What is not known yet does not hold. */
export function look(condition: Condition, scene: Scene): boolean {
  const { operator, ground } = scene;
  // A frozen screen proves nothing.
  if (!operator.isConnected && condition.kind !== 'truth') return false;
  switch (condition.kind) {
    case 'all':
      return scene.aircraft.every(({ name }) => {
        const vehicle = operator.byName(name);
        if (vehicle === null) return false;
        return condition.what === 'ready' ? isReady(vehicle) : vehicle.armed === false;
      });
    case 'drone': {
      const vehicle = operator.byName(condition.drone);
      return vehicle !== null && isSo(vehicle, condition.what);
    }
    case 'truth': {
      const truth = scene.aircraft.find(({ name }) => name === condition.drone)?.truth() ?? null;
      if (truth === null) return false;
      if (condition.what === 'armed') return truth.armed;
      return condition.what === 'airborne' ? truth.armed && truth.heightM > 2 : !truth.armed && truth.landed;
    }
    case 'mode':
      return operator.byName(condition.drone)?.mode?.normalised === condition.mode;
    case 'sortie':
      return newestSortie(operator, condition.drone)?.state === condition.state;
    case 'figure': {
      const value = figureOf(condition.figure, condition.drone, operator);
      return value !== null && holds(value, condition.compare, condition.value);
    }
    case 'near': {
      const position = operator.byName(condition.drone)?.position ?? null;
      return position !== null && apartM(ground.toPlace(position), condition.place) <= condition.withinM;
    }
    case 'patrol': {
      const patrol = patrolOf(scene, condition.patrol);
      if (patrol === null) return false;
      if (condition.state === 'over') return patrol.state !== 'running';
      return (
        patrol.state === condition.state || patrol.sorties.some(({ state }) => state === condition.state)
      );
    }
    case 'patrol-progress': {
      const sorties = patrolOf(scene, condition.patrol)?.sorties ?? [];
      const sum = sorties.reduce((total, { progressPct }) => total + progressPct, 0);
      return sorties.length > 0 && holds(sum / sorties.length, condition.compare, condition.value);
    }
    case 'notice':
      return operator.notices
        .slice(scene.noticesFrom)
        .some(
          ({ code, vehicleName }) =>
            code === condition.code && (condition.drone === null || vehicleName === condition.drone),
        );
  }
}

function patrolOf(scene: Scene, name: string): ApiPatrol | null {
  const id = scene.patrolId(name);
  return id === null ? null : (scene.operator.patrols.get(id) ?? null);
}

const isReady = ({ connection, prearm, position, battery }: ApiVehicle): boolean =>
  connection === 'online' && prearm?.ready === true && position !== null && battery?.remainingPct != null;

function isSo(vehicle: ApiVehicle, what: DroneWord): boolean {
  switch (what) {
    case 'ready':
      return isReady(vehicle);
    case 'online':
    case 'lost':
      return vehicle.connection === what;
    case 'armed':
      return vehicle.armed === true;
    case 'disarmed':
      return vehicle.armed === false;
    case 'in-air':
    case 'on-ground':
      return vehicle.flightState === what;
  }
}

/** The sortie that it was launched on last. */
export function newestSortie(operator: Operator, drone: string): ApiSortie | null {
  const all = [...operator.patrols.values()].flatMap(({ sorties }) => sorties);
  return all.filter(({ vehicleName }) => vehicleName === drone).at(-1) ?? null;
}

function figureOf(
  figure: 'battery' | 'height' | 'progress',
  drone: string,
  operator: Operator,
): number | null {
  const vehicle = operator.byName(drone);
  if (figure === 'battery') return vehicle?.battery?.remainingPct ?? null;
  if (figure === 'height') return vehicle?.position?.relativeAltitudeM ?? null;
  return newestSortie(operator, drone)?.progressPct ?? null;
}
