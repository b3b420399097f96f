import {
  type AirspaceZone,
  isActive,
  type LonLat,
  type ScanSpot,
  type ZoneScan,
} from '../../missions/index.ts';

/** An aircraft in the air, or about to be, with where it will fly. */
export interface FlightNow {
  readonly vehicleId: string;
  readonly vehicleName: string;
  readonly patrolId: string | null;
  readonly at: ScanSpot;
  readonly isAirborne: boolean;
  /** From where it is to where it lands or hovers; it alone when nobody knows. */
  readonly way: readonly ScanSpot[];
  /** Straight home from here; null: home is not known, or `way` is that already. */
  readonly wayHome: readonly ScanSpot[] | null;
  /** That it is expected to keep. */
  readonly speedMps: number;
  readonly homeElevationAmslM: number | null;
}

export interface Conflict {
  readonly flight: FlightNow;
  readonly zone: AirspaceZone;
  readonly kind: 'inside' | 'on-route' | 'on-return';
  readonly secondsToEntry: number;
  readonly distanceM: number;
  readonly entryAt: LonLat;
}

/** Who hovers at the end of its way, or climbs round on it, is longer in a zone than its way is. */
const AFTER_ARRIVAL_S = 600;

/**
 * Which flights are in a closed zone, or come into one: at most one conflict for a flight and a zone, the most pressing.
 * Zones of other times count when the flight would still be there. `nowMs` is epoch ms.
 */
export function findConflicts(scan: ZoneScan, flights: readonly FlightNow[], nowMs: number): Conflict[] {
  return flights.flatMap((flight) => {
    const found = new Map<string, Conflict>();
    const add = (conflict: Conflict): void => {
      if (!found.has(conflict.zone.zoneId)) found.set(conflict.zone.zoneId, conflict);
    };
    if (flight.isAirborne) {
      for (const zone of scan.at(flight.at, flight.homeElevationAmslM)) {
        if (!isActive(zone, nowMs, nowMs)) continue;
        add({ flight, zone, kind: 'inside', secondsToEntry: 0, distanceM: 0, entryAt: flight.at });
      }
    }
    for (const conflict of onWay(scan, flight, flight.way, 'on-route', nowMs)) add(conflict);
    if (flight.wayHome !== null) {
      for (const conflict of onWay(scan, flight, flight.wayHome, 'on-return', nowMs)) add(conflict);
    }
    return [...found.values()];
  });
}

function onWay(
  scan: ZoneScan,
  flight: FlightNow,
  way: readonly ScanSpot[],
  kind: 'on-route' | 'on-return',
  nowMs: number,
): Conflict[] {
  const endMs = nowMs + (wayS(way, flight.speedMps) + AFTER_ARRIVAL_S) * 1000;
  return scan.entries(way, flight.homeElevationAmslM).flatMap(({ zone, distanceM, at }) => {
    const secondsToEntry = distanceM / flight.speedMps;
    if (!isActive(zone, nowMs + secondsToEntry * 1000, endMs)) return [];
    return [{ flight, zone, kind, secondsToEntry, distanceM, entryAt: at }];
  });
}

/** Rough is enough here: it only bounds which times of a zone matter. */
function wayS(way: readonly ScanSpot[], speedMps: number): number {
  let metres = 0;
  for (const [i, to] of way.entries()) {
    const from = way[i - 1];
    if (from === undefined) continue;
    const east = (to.lonDeg - from.lonDeg) * 111_320 * Math.cos((from.latDeg * Math.PI) / 180);
    metres += Math.hypot(east, (to.latDeg - from.latDeg) * 111_320);
  }
  return metres / speedMps;
}
