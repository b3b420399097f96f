import type { Expectation } from '../schema-expectations.ts';
import type { Evidence, Verdict } from './evidence.ts';
import {
  batteryLeft,
  landed,
  landedAtHome,
  neverArmed,
  reached,
  separation,
  stayedPut,
  zoneNotEntered,
} from './flights.ts';
import { answerTime, between, consoleRate, notice } from './operator-view.ts';
import { coverage, handoverGap, patrolDrones, patrolEnds } from './patrols.ts';
import { armedWithPurpose, commandsOnce, recordComplete } from './records.ts';

/** Holds one expectation against what was seen. */
export function judge(evidence: Evidence, expectation: Expectation): Verdict {
  switch (expectation.that) {
    case 'patrol-ends':
      return patrolEnds(evidence, expectation);
    case 'patrol-drones':
      return patrolDrones(evidence, expectation);
    case 'coverage':
      return coverage(evidence, expectation);
    case 'zone-not-entered':
      return zoneNotEntered(evidence, expectation);
    case 'separation':
      return separation(evidence, expectation);
    case 'handover-gap':
      return handoverGap(evidence, expectation);
    case 'answer-time':
      return answerTime(evidence, expectation);
    case 'between':
      return between(evidence, expectation);
    case 'reached':
      return reached(evidence, expectation);
    case 'landed-at-home':
      return landedAtHome(evidence, expectation);
    case 'landed':
      return landed(evidence, expectation);
    case 'stayed-put':
      return stayedPut(evidence, expectation);
    case 'never-armed':
      return neverArmed(evidence, expectation);
    case 'battery-left':
      return batteryLeft(evidence, expectation);
    case 'notice':
      return notice(evidence, expectation);
    case 'record-complete':
      return recordComplete(evidence, expectation);
    case 'commands-once':
      return commandsOnce(evidence);
    case 'armed-with-purpose':
      return armedWithPurpose(evidence);
    case 'console-rate':
      return consoleRate(evidence, expectation);
  }
}

/** `coverage c1`, for a report. */
export function nameOf(expectation: Expectation): string {
  const { that, because: _because, ...rest } = expectation;
  const told = Object.entries(rest).map(([key, value]) => `${key} ${nameValue(value)}`);
  return [that, ...told].join(' ');
}

const nameValue = (value: unknown): string =>
  typeof value === 'object' ? JSON.stringify(value) : String(value);
