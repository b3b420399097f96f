import type { FlightSummary } from '../../contract/index.ts';

export function flightCellName(flight: FlightSummary, language: string): string | null {
  return language === 'en' ? (flight.cellNameEn ?? flight.cellName) : flight.cellName;
}

/** Every word must occur in what the row says. */
export function matchesFlight(flight: FlightSummary, query: string, language: string): boolean {
  const text =
    `${flight.flightId} ${flight.vehicleName} ${flightCellName(flight, language) ?? ''} ${flight.cellId ?? ''} ${flight.operator ?? ''} ${flight.purpose ?? ''}`.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** Seconds in the air: as recorded, or counted on while it flies. */
export function flightSeconds(flight: FlightSummary, nowMs: number): number | null {
  if (flight.durationS !== null) return flight.durationS;
  return flight.state === 'open' ? Math.max(0, (nowMs - flight.startedAtMs) / 1000) : null;
}
