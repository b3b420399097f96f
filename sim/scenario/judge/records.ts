import type { CollectedFlight } from '../collect-record.ts';
import type { ExpectationOf } from '../schema-expectations.ts';
import { type Evidence, type Verdict, verdict } from './evidence.ts';

const DEFAULT_GAP_MS = 2000;

export function recordComplete(evidence: Evidence, expected: ExpectationOf<'record-complete'>): Verdict {
  const gapAtMostMs = expected.gapAtMostMs ?? DEFAULT_GAP_MS;
  const interrupted = expected.interrupted ?? 0;
  const limit = [
    `${expected.flights} flights`,
    ...(interrupted === 0 ? [] : [`${interrupted} of them interrupted`]),
    `silent for ≤ ${gapAtMostMs} ms, every byte accounted for`,
  ].join(', ');
  const { flights } = evidence;
  const states = flights.filter(({ flight }) => flight.state === 'interrupted').length;
  const complaints = flights.flatMap((collected) => complaintsOf(collected, gapAtMostMs));
  const trueFlights = evidence.tracks.reduce((sum, track) => sum + track.flights.length, 0);
  const longestMs = Math.max(0, ...flights.map(({ recording }) => recording?.longestGapMs ?? 0));
  const frames = flights.reduce((sum, { recording }) => sum + (recording?.frames ?? 0), 0);
  const ok = flights.length === expected.flights && states === interrupted && complaints.length === 0;
  const figure = `${flights.length} flights, ${states} interrupted, ${frames} frames, silent for ${longestMs.toFixed(0)} ms`;
  const truth = `true flights from arming to disarming: ${trueFlights}`;
  return verdict(ok, figure, limit, [...complaints, truth]);
}

function complaintsOf(
  { flight, recording, problem }: CollectedFlight,
  gapAtMostMs: number,
): readonly string[] {
  const { flightId, vehicleName, state, tlog } = flight;
  const of = `${vehicleName} ${flightId}`;
  if (recording === null) return [`${of}: the recording cannot be had: ${problem}`];
  const complaints: string[] = [];
  if (state === 'open') complaints.push(`${of}: still open`);
  if (recording.strayBytes > 0)
    complaints.push(`${of}: ${recording.strayBytes} bytes belong to no intact frame`);
  if (recording.longestGapMs > gapAtMostMs)
    complaints.push(`${of}: silent for ${recording.longestGapMs.toFixed(0)} ms`);
  // What a dead server left is not summed up; its file is judged by itself.
  if (state === 'interrupted') return complaints;
  if (tlog === null) return [...complaints, `${of}: its recording is not summed up`];
  if (tlog.bytes !== recording.bytes)
    complaints.push(`${of}: ${recording.bytes} bytes, the record says ${tlog.bytes}`);
  if (tlog.frames !== recording.frames)
    complaints.push(`${of}: ${recording.frames} frames, the record says ${tlog.frames}`);
  return complaints;
}

/** MAV_CMD of what must not happen twice in one flight, and how a repetition is told from another order. */
const ONCE = [
  { command: 400, name: 'arm', counts: (params: readonly number[]) => params[0] === 1 },
  { command: 22, name: 'take-off', counts: () => true },
  { command: 300, name: 'mission start', counts: () => true },
];

export function commandsOnce(evidence: Evidence): Verdict {
  const limit = 'arm, take-off and mission start once per flight';
  const repeated = evidence.tracks.every(({ aircraft }) => aircraft.commands() === null)
    ? repeatedByRecord(evidence)
    : repeatedByTruth(evidence);
  return verdict(repeated.length === 0, `${repeated.length} repeated`, limit, repeated);
}

function repeatedByTruth({ tracks }: Evidence): readonly string[] {
  const repeated: string[] = [];
  for (const { aircraft, flights } of tracks) {
    const commands = aircraft.commands() ?? [];
    for (const { command, name, counts } of ONCE) {
      const executed = commands.filter(
        (one) => one.command === command && one.result === 0 && counts(one.params),
      ).length;
      if (executed > flights.length)
        repeated.push(`${aircraft.name}: ${name} ${executed} × in ${flights.length} flights`);
    }
  }
  return repeated;
}

/** A real autopilot does not tell what it executed, but its acknowledgements are in the recording. */
function repeatedByRecord({ flights }: Evidence): readonly string[] {
  return flights.flatMap(({ flight, recording }) =>
    ONCE.flatMap(({ command, name }) => {
      const times = recording?.accepted[command] ?? 0;
      return times > 1 ? [`${flight.vehicleName} ${flight.flightId}: ${name} ${times} ×`] : [];
    }),
  );
}

export function armedWithPurpose(evidence: Evidence): Verdict {
  const without = evidence.flights.filter(
    ({ flight }) => flight.purpose === null || flight.patrolId === null || flight.operator === null,
  );
  const details = without.map(({ flight }) => `${flight.vehicleName} ${flight.flightId}`);
  const figure = `${without.length} of ${evidence.flights.length} flights without a purpose`;
  return verdict(without.length === 0 && evidence.flights.length > 0, figure, '0 without a purpose', details);
}
