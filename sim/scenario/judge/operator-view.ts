import type { ExpectationOf } from '../schema-expectations.ts';
import { type Evidence, NOT_PLAYED, stepOf, type Verdict, verdict } from './evidence.ts';

export function answerTime(evidence: Evidence, expected: ExpectationOf<'answer-time'>): Verdict {
  const limit = `≤ ${expected.atMostMs} ms`;
  const step = stepOf(evidence, expected.step);
  if (step === null) return verdict(false, null, limit, [NOT_PLAYED]);
  if (step.answers.length === 0) return verdict(false, null, limit, ['no aircraft was asked']);
  const slowest = Math.max(...step.answers.map(({ tookMs }) => tookMs));
  const details = step.answers.map(
    ({ drone, outcome, tookMs }) => `${drone} ${outcome} after ${tookMs.toFixed(0)} ms`,
  );
  return verdict(slowest <= expected.atMostMs, `${slowest.toFixed(0)} ms`, limit, details);
}

export function between(evidence: Evidence, expected: ExpectationOf<'between'>): Verdict {
  const { atMostS, atMostWallMs } = expected;
  const limits = [
    ...(atMostS === undefined ? [] : [`≤ ${atMostS} s`]),
    ...(atMostWallMs === undefined ? [] : [`≤ ${atMostWallMs} ms of wall time`]),
  ];
  const limit = limits.join(', ');
  const from = stepOf(evidence, expected.from);
  const to = stepOf(evidence, expected.to);
  if (from === null || to === null) return verdict(false, null, limit, [NOT_PLAYED]);
  const tookS = to.endedS - from.startedS;
  const tookMs = to.endedWallMs - from.startedWallMs;
  const ok =
    (atMostS === undefined || tookS <= atMostS) && (atMostWallMs === undefined || tookMs <= atMostWallMs);
  return verdict(ok, `${tookS.toFixed(1)} s, ${tookMs.toFixed(0)} ms of wall time`, limit);
}

export function notice(evidence: Evidence, expected: ExpectationOf<'notice'>): Verdict {
  const { code, drone, says, atMost } = expected;
  const atLeast = expected.atLeast ?? (atMost === undefined ? 1 : 0);
  const found = evidence.notices.filter(
    (candidate) =>
      candidate.code === code &&
      (drone === undefined || candidate.vehicleName === drone) &&
      (says === undefined || JSON.stringify([candidate.message, candidate.details]).includes(says)),
  );
  const limit = atMost === undefined ? `≥ ${atLeast}` : `${atLeast} to ${atMost}`;
  const ok = found.length >= atLeast && (atMost === undefined || found.length <= atMost);
  const told = ok
    ? []
    : [
        ...new Set(
          evidence.notices.map((other) => `${other.code} ${other.vehicleName ?? ''} ${other.message}`),
        ),
      ];
  return verdict(ok, `${found.length}`, limit, told.slice(-20));
}

export function consoleRate(evidence: Evidence, expected: ExpectationOf<'console-rate'>): Verdict {
  const limit = `≥ ${expected.atLeastHz} Hz`;
  const { consoleRateHz } = evidence;
  if (consoleRateHz === null) return verdict(false, null, limit, ['the console was hardly ever open']);
  return verdict(consoleRateHz >= expected.atLeastHz, `${consoleRateHz.toFixed(1)} Hz`, limit);
}
