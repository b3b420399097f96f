import type { ExpectationOf } from '../schema-expectations.ts';
import type { Box } from '../schema-parts.ts';
import { coveredFraction, longestAbsenceS } from './coverage.ts';
import { type Evidence, type Verdict, verdict } from './evidence.ts';

export function patrolEnds(evidence: Evidence, expected: ExpectationOf<'patrol-ends'>): Verdict {
  const { failure, says } = expected;
  const limit = [expected.state, failure, says === undefined ? undefined : `"${says}"`]
    .filter((text) => text !== undefined)
    .join(', ');
  const patrol = evidence.patrols.get(expected.patrol);
  if (patrol === undefined) return verdict(false, null, limit, ['it was not launched']);
  const first = patrol.sorties.find((sortie) => sortie.failure !== null)?.failure ?? null;
  const told = first === null ? '' : [first.message, ...first.reasons].join(' ');
  const figure = [patrol.state, ...(first === null ? [] : [first.code, told])].join(', ');
  const ok =
    patrol.state === expected.state &&
    (failure === undefined || first?.code === failure) &&
    (says === undefined || told.includes(says));
  const sorties = patrol.sorties.map(
    ({ vehicleName, state, progressPct }) => `${vehicleName}: ${state}, ${progressPct} %`,
  );
  return verdict(ok, figure, limit, sorties);
}

export function patrolDrones(evidence: Evidence, expected: ExpectationOf<'patrol-drones'>): Verdict {
  const sorties = evidence.patrols.get(expected.patrol)?.sorties ?? [];
  const details = sorties.map(
    ({ vehicleName, relativeAltitudeM }) => `${vehicleName} at ${relativeAltitudeM} m`,
  );
  const ok = sorties.length === expected.exactly;
  return verdict(ok, `${sorties.length} drones`, `${expected.exactly} drones`, details);
}

export function coverage(evidence: Evidence, expected: ExpectationOf<'coverage'>): Verdict {
  const limit = `≥ ${expected.atLeastPct} %`;
  const pct = 100 * coveredFraction(boxOf(evidence, expected.cell), evidence.tracks);
  return verdict(pct >= expected.atLeastPct, `${pct.toFixed(1)} %`, limit);
}

export function handoverGap(evidence: Evidence, expected: ExpectationOf<'handover-gap'>): Verdict {
  const limit = `≤ ${expected.atMostS} s`;
  const gapS = longestAbsenceS(boxOf(evidence, expected.cell), evidence.tracks);
  if (gapS === null) return verdict(false, null, limit, ['nobody was ever over the cell']);
  return verdict(gapS <= expected.atMostS, `${gapS.toFixed(1)} s`, limit);
}

function boxOf({ scenario }: Evidence, cell: string): Box {
  const found = scenario.cells.find(({ id }) => id === cell);
  if (found === undefined) throw new Error(`there is no cell ${cell}`);
  return found.box;
}
