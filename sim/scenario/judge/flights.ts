import { apartM, isInside } from '../geometry.ts';
import type { ExpectationOf } from '../schema-expectations.ts';
import type { Track, TrackPoint } from '../track.ts';
import { type Evidence, NOT_PLAYED, stepOf, trackOf, tracksOf, type Verdict, verdict } from './evidence.ts';

/** On or near the ground beside others is no conflict in the air. */
const AIRBORNE_M = 3;
const isAirborne = ({ armed, heightM }: TrackPoint): boolean => armed && heightM > AIRBORNE_M;
const metres = (value: number): string => `${value.toFixed(1)} m`;
const seconds = (value: number): string => `${value.toFixed(1)} s`;

export function zoneNotEntered(evidence: Evidence, expected: ExpectationOf<'zone-not-entered'>): Verdict {
  const limit = '0 s inside';
  const box = evidence.scenario.zones?.find(({ id }) => id === expected.zone)?.box;
  const drawnS = evidence.zonesDrawnS.get(expected.zone);
  const fromS = expected.afterDrawnS === undefined ? 0 : (drawnS ?? Number.NaN) + expected.afterDrawnS;
  if (box === undefined || Number.isNaN(fromS)) return verdict(false, null, limit, ['it was never drawn']);
  const details: string[] = [];
  let insideS = 0;
  for (const { aircraft, points } of evidence.tracks) {
    const inside = points.filter(
      (point) => point.timeS >= fromS && isAirborne(point) && isInside(box, point),
    );
    const first = inside[0];
    if (first === undefined) continue;
    const lastsS = (inside.at(-1)?.timeS ?? first.timeS) - first.timeS;
    insideS += Math.max(lastsS, 0.1);
    const at = `${first.eastM.toFixed(0)}, ${first.northM.toFixed(0)}`;
    details.push(
      `${aircraft.name} inside from second ${first.timeS.toFixed(1)} (${at}) for ${seconds(lastsS)}`,
    );
  }
  return verdict(insideS === 0, `${insideS.toFixed(1)} s inside`, limit, details);
}

/** All tracks are sampled at the same moments. */
export function separation(evidence: Evidence, expected: ExpectationOf<'separation'>): Verdict {
  const { horizontalAtLeastM, verticalAtLeastM } = expected;
  const limit = `≥ ${horizontalAtLeastM} m, or ${verticalAtLeastM} m above one another`;
  let least = Number.POSITIVE_INFINITY;
  let where = 'no two aircraft were airborne at about the same height';
  for (const [index, one] of evidence.tracks.entries()) {
    for (const other of evidence.tracks.slice(index + 1)) {
      const byTime = new Map(other.points.map((point) => [point.timeS, point]));
      for (const a of one.points) {
        const b = byTime.get(a.timeS);
        if (b === undefined || !isAirborne(a) || !isAirborne(b)) continue;
        const aboveM = Math.abs(a.heightM - b.heightM);
        const apart = apartM(a, b);
        if (aboveM >= verticalAtLeastM || apart >= least) continue;
        least = apart;
        const pair = `${one.aircraft.name} and ${other.aircraft.name}`;
        where = `${pair} at second ${a.timeS.toFixed(1)}, ${metres(aboveM)} above one another`;
      }
    }
  }
  const figure = Number.isFinite(least) ? metres(least) : 'never at the same height';
  return verdict(least >= horizontalAtLeastM, figure, limit, [where]);
}

export function reached(evidence: Evidence, expected: ExpectationOf<'reached'>): Verdict {
  const { withinM, withinS, place } = expected;
  const limit = `≤ ${withinM} m${withinS === undefined ? '' : ` within ${withinS} s`}`;
  const fromS = startOf(evidence, expected.after);
  const track = trackOf(evidence, expected.drone);
  if (fromS === null || track === null) return verdict(false, null, limit, [NOT_PLAYED]);
  const flown = track.points.filter((point) => point.timeS >= fromS && isAirborne(point));
  const nearestM = flown.reduce(
    (least, point) => Math.min(least, apartM(point, place)),
    Number.POSITIVE_INFINITY,
  );
  const first = flown.find((point) => apartM(point, place) <= withinM);
  if (first === undefined) {
    const figure = Number.isFinite(nearestM) ? `no nearer than ${metres(nearestM)}` : 'it did not fly';
    return verdict(false, figure, limit);
  }
  const tookS = first.timeS - fromS;
  const figure = `there after ${seconds(tookS)}, at best ${metres(nearestM)}`;
  return verdict(withinS === undefined || tookS <= withinS, figure, limit);
}

export function landedAtHome(evidence: Evidence, expected: ExpectationOf<'landed-at-home'>): Verdict {
  const { withinM, withinS } = expected;
  const limit = `≤ ${withinM} m from home${withinS === undefined ? '' : ` within ${withinS} s`}`;
  const fromS = startOf(evidence, expected.after);
  if (fromS === null) return verdict(false, null, limit, [NOT_PLAYED]);
  const landings = tracksOf(evidence, expected.drones).map((track) => {
    const last = track.points.at(-1);
    const isDown = last !== undefined && !last.armed && last.landed;
    const awayM = last === undefined ? Number.POSITIVE_INFINITY : apartM(last, track.aircraft.home);
    const tookS = Math.max(0, (track.flights.at(-1)?.toS ?? evidence.endS) - fromS);
    return { name: track.aircraft.name, isDown, awayM, tookS };
  });
  const farthestM = Math.max(...landings.map(({ awayM }) => awayM));
  const longestS = Math.max(...landings.map(({ tookS }) => tookS));
  const ok =
    landings.every(({ isDown }) => isDown) &&
    farthestM <= withinM &&
    (withinS === undefined || longestS <= withinS);
  const took = withinS === undefined ? '' : ` after ${seconds(longestS)}`;
  const details = landings.map(
    ({ name, isDown, awayM, tookS }) =>
      `${name} ${isDown ? 'landed' : 'NOT landed'}, ${metres(awayM)} from home, after ${seconds(tookS)}`,
  );
  return verdict(ok, `${metres(farthestM)} from home${took}`, limit, details);
}

export function landed(evidence: Evidence, expected: ExpectationOf<'landed'>): Verdict {
  const flying = tracksOf(evidence, expected.drones).filter(({ points }) => points.at(-1)?.armed !== false);
  const details = flying.map(
    ({ aircraft, points }) => `${aircraft.name} is ${points.at(-1)?.mode ?? 'unheard'}`,
  );
  return verdict(flying.length === 0, `${flying.length} still armed`, '0 still armed', details);
}

export function stayedPut(evidence: Evidence, expected: ExpectationOf<'stayed-put'>): Verdict {
  const limit = `≤ ${expected.withinM} m for ${expected.forS} s`;
  const step = stepOf(evidence, expected.after);
  const track = trackOf(evidence, expected.drone);
  if (step === null || track === null) return verdict(false, null, limit, [NOT_PLAYED]);
  const toS = step.endedS + expected.forS;
  const points = track.points.filter(({ timeS }) => timeS >= step.endedS && timeS <= toS);
  const last = points.at(-1);
  if (last === undefined || evidence.endS < toS)
    return verdict(false, null, limit, ['the run ended before that time was over']);
  // Where it came to rest: the way of braking is no wandering.
  const movedM = points
    .filter(({ timeS }) => timeS >= step.endedS + (expected.settleS ?? BRAKING_S))
    .reduce((most, point) => Math.max(most, apartM(point, last)), 0);
  return verdict(movedM <= expected.withinM, metres(movedM), limit);
}

/** From 10 m/s to rest with 2.5 m/s². */
const BRAKING_S = 6;

export function neverArmed(evidence: Evidence, expected: ExpectationOf<'never-armed'>): Verdict {
  const flights = tracksOf(evidence, expected.drones).filter((track) => track.flights.length > 0);
  const details = flights.map(({ aircraft, flights: own }) => `${aircraft.name} ${own.length} ×`);
  const count = flights.reduce((sum, track) => sum + track.flights.length, 0);
  return verdict(count === 0, `${count} × armed`, '0 × armed', details);
}

export function batteryLeft(evidence: Evidence, expected: ExpectationOf<'battery-left'>): Verdict {
  const limit = `≥ ${expected.atLeastPct} %`;
  const left = tracksOf(evidence, expected.drones).map((track) => ({ track, pct: leastPct(track) }));
  const least = Math.min(...left.map(({ pct }) => pct));
  const details = left.map(({ track, pct }) => `${track.aircraft.name} ${pct.toFixed(1)} %`);
  return verdict(least >= expected.atLeastPct, `${least.toFixed(1)} %`, limit, details);
}

const leastPct = ({ points }: Track): number =>
  points.reduce((least, { batteryPct }) => Math.min(least, batteryPct), 100);

/** When the step was begun; the beginning of the run without one; null when it never came to it. */
function startOf(evidence: Evidence, id: string | undefined): number | null {
  return id === undefined ? 0 : (stepOf(evidence, id)?.startedS ?? null);
}
