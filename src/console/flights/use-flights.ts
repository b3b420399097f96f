import { useCallback, useEffect, useMemo, useState } from 'react';
import type { FlightSummary, Problem } from '../../contract/index.ts';
import { api, toProblem } from '../state/api.ts';
import { useConsole } from '../state/store.ts';

const PAGE = 50;

/** The list as loaded, kept current by what the socket tells of flights that begin, go on and end. */
export function useFlights() {
  const [loaded, setLoaded] = useState<readonly FlightSummary[]>([]);
  const [cursor, setCursor] = useState<string | null>(null);
  const [loading, setLoading] = useState(true);
  const [problem, setProblem] = useState<Problem | null>(null);
  const updates = useConsole((model) => model.flightUpdates);
  const online = useConsole((model) => model.connection.state === 'online');

  const load = useCallback(async (before: string | null) => {
    setLoading(true);
    try {
      const page = await api.flights(before, PAGE);
      setLoaded((current) => (before === null ? page.flights : [...current, ...page.flights]));
      setCursor(page.nextCursor);
      setProblem(null);
    } catch (error) {
      setProblem(toProblem(error));
    } finally {
      setLoading(false);
    }
  }, []);

  // Also after a lost connection: what happened meanwhile was not told.
  useEffect(() => {
    if (online) void load(null);
  }, [online, load]);

  const flights = useMemo(() => mergeFlights(loaded, updates), [loaded, updates]);
  return {
    flights,
    loading,
    problem,
    more: cursor !== null,
    loadMore: () => void load(cursor),
    reload: () => void load(null),
  };
}

export function mergeFlights(
  loaded: readonly FlightSummary[],
  updates: Readonly<Record<string, FlightSummary>>,
): readonly FlightSummary[] {
  const known = new Set(loaded.map((flight) => flight.flightId));
  const fresh = Object.values(updates).filter((flight) => !known.has(flight.flightId));
  return [...fresh, ...loaded.map((flight) => updates[flight.flightId] ?? flight)].sort(
    (a, b) => b.startedAtMs - a.startedAtMs,
  );
}
