import type { VehicleState } from '../../firmware-bridge/index.ts';
import { fromDegE7, type LonLat, MAV_CMD, type MissionItem, type ScanSpot } from '../../missions/index.ts';
import type { Diversion, SortieState } from '../contract/index.ts';
import type { FlightNow } from './conflicts.ts';

/** What of a sortie tells where its aircraft will fly. */
export interface FlyingSortie {
  readonly patrolId: string;
  readonly state: SortieState;
  readonly items: readonly MissionItem[];
  readonly diversion?: Diversion | null | undefined;
}

export interface FlightSources {
  readonly states: readonly VehicleState[];
  readonly nameOf: (vehicleId: string) => string;
  readonly sortieOf: (vehicleId: string) => FlyingSortie | null;
  /** Where a guided aircraft without a sortie was sent. */
  readonly targetOf: (vehicleId: string) => ScanSpot | null;
  /** Taken where an aircraft stands still now, m/s. */
  readonly cruiseSpeedMps: number;
}

/** Slower than this it is turning or hovering: no speed to count with. */
const LEAST_SPEED_MPS = 2;

/** Where every aircraft in the air, and every one about to take off, will fly. Those on the ground are left out. */
export function flightsNow(sources: FlightSources): FlightNow[] {
  return sources.states.flatMap((state): FlightNow[] => {
    const { position, home } = state;
    if (position === null) return [];
    const sortie = sources.sortieOf(state.vehicleId);
    const isAirborne = state.armed === true && state.flightState !== 'on-ground';
    if (!isAirborne && sortie === null) return [];
    const at: ScanSpot = {
      lonDeg: position.lonDeg,
      latDeg: position.latDeg,
      aboveHomeM: position.relativeAltitudeM,
    };
    const way = wayOf(state, at, sortie, sources.targetOf(state.vehicleId), isAirborne);
    const isHoming = state.mode?.normalised === 'return' || state.mode?.normalised === 'land';
    const speed = state.velocity?.groundSpeedMps ?? 0;
    return [
      {
        vehicleId: state.vehicleId,
        vehicleName: sources.nameOf(state.vehicleId),
        patrolId: sortie?.patrolId ?? null,
        at,
        isAirborne,
        way,
        wayHome: isHoming || home === null || !isAirborne ? null : [at, homeSpot(home, at)],
        speedMps: speed >= LEAST_SPEED_MPS ? speed : sources.cruiseSpeedMps,
        homeElevationAmslM: home?.altitudeAmslM ?? null,
      },
    ];
  });
}

/** By the mode that it reports: only that says what it is really doing. */
function wayOf(
  state: VehicleState,
  at: ScanSpot,
  sortie: FlyingSortie | null,
  target: ScanSpot | null,
  isAirborne: boolean,
): ScanSpot[] {
  const { home } = state;
  const mode = state.mode?.normalised;
  if (isAirborne && mode === 'land') return [at];
  if (isAirborne && mode === 'return') return home === null ? [at] : [at, homeSpot(home, at)];
  const diversion = sortie?.diversion ?? null;
  // PX4 flies to a place in its hold mode: there the order says it.
  if (isAirborne && diversion !== null) return [at, diversionSpot(diversion)];
  if (isAirborne && mode === 'guided') return target === null ? [at] : [at, target];
  // Held, or flown by hand for a moment: the mission is what it goes on with.
  return sortie === null ? [at] : missionWay(state, at, sortie.items, isAirborne);
}

function missionWay(
  state: VehicleState,
  at: ScanSpot,
  items: readonly MissionItem[],
  isAirborne: boolean,
): ScanSpot[] {
  const current = isAirborne ? Math.max(0, state.mission?.currentIndex ?? 0) : 0;
  const stops = items
    .slice(current)
    .filter((item) => item.command === MAV_CMD.NAV_WAYPOINT)
    .map((item) => ({ lonDeg: fromDegE7(item.y), latDeg: fromDegE7(item.x), aboveHomeM: item.z }));
  // It climbs where it stands: the way out is flown at the height of the first stop.
  const start = isAirborne ? at : { ...at, aboveHomeM: stops[0]?.aboveHomeM ?? at.aboveHomeM };
  const last = stops.at(-1) ?? start;
  const home = state.home ?? (isAirborne ? null : at);
  return home === null ? [start, ...stops] : [start, ...stops, homeSpot(home, last)];
}

const homeSpot = ({ lonDeg, latDeg }: LonLat, from: ScanSpot): ScanSpot => ({
  lonDeg,
  latDeg,
  aboveHomeM: from.aboveHomeM,
});

const diversionSpot = ({ to: [lonDeg, latDeg], relativeAltitudeM }: Diversion): ScanSpot => ({
  lonDeg,
  latDeg,
  aboveHomeM: relativeAltitudeM,
});
