import type { Recording } from './collect-record.ts';
import type { Verdict } from './judge/evidence.ts';
import type { ActionAnswer } from './run-log.ts';

export interface JudgedExpectation extends Verdict {
  /** In the scenario's file. */
  readonly line: number;
  readonly name: string;
  readonly because: string | null;
}

/** What one scenario came to: the JSON report is a list of these. */
export interface ScenarioReport {
  readonly id: string;
  readonly title: string;
  readonly path: string;
  readonly ok: boolean;
  /** Why it was not run; null: it was. */
  readonly skipped: string | null;
  /** `simulated`, `sitl copter`, `sitl px4`. */
  readonly flownBy: string;
  readonly fleet: string;
  readonly seed: number;
  readonly speed: number;
  readonly simulatedS: number;
  readonly wallS: number;
  /** Simulated seconds that the machine was too slow for. */
  readonly lostS: number;
  readonly timeline: {
    readonly ok: boolean;
    readonly played: number;
    readonly of: number;
    readonly failure: string | null;
  };
  readonly verdicts: readonly JudgedExpectation[];
  readonly steps: readonly {
    readonly line: number;
    readonly do: string;
    readonly id: string | null;
    readonly startedS: number;
    readonly endedS: number;
    readonly answers: readonly ActionAnswer[];
    readonly failure: string | null;
  }[];
  readonly flights: readonly {
    readonly flightId: string;
    readonly vehicle: string;
    readonly state: string;
    readonly purpose: string | null;
    readonly recording: Recording | null;
    readonly problem: string | null;
  }[];
}

/** A scenario that was not run, or that fell over before it could be judged. */
export function emptyReport(
  scenario: Pick<ScenarioReport, 'id' | 'title' | 'path'>,
  flownBy: string,
  outcome: { readonly skipped: string } | { readonly failure: string },
): ScenarioReport {
  const isSkipped = 'skipped' in outcome;
  return {
    ...{ id: scenario.id, title: scenario.title, path: scenario.path, flownBy },
    ok: isSkipped,
    skipped: isSkipped ? outcome.skipped : null,
    ...{ fleet: '', seed: 0, speed: 0, simulatedS: 0, wallS: 0, lostS: 0 },
    timeline: { ok: isSkipped, played: 0, of: 0, failure: isSkipped ? null : outcome.failure },
    ...{ verdicts: [], steps: [], flights: [] },
  };
}

/**
 * JUnit XML as CI servers read it: a testsuite per scenario, a testcase per expectation and one for the timeline.
 * Schema: https://github.com/testmoapp/junitxml
 */
export function toJunit(reports: readonly ScenarioReport[]): string {
  const suites = reports.map(suiteOf);
  const sum = (key: 'tests' | 'failures' | 'skipped'): number =>
    suites.reduce((total, suite) => total + suite[key], 0);
  const wallS = reports.reduce((total, report) => total + report.wallS, 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="airgrid scenarios" tests="${sum('tests')}" failures="${sum('failures')}" skipped="${sum('skipped')}" time="${wallS.toFixed(3)}">`,
    ...suites.map(({ xml }) => xml),
    '</testsuites>',
    '',
  ].join('\n');
}

interface Suite {
  readonly xml: string;
  readonly tests: number;
  readonly failures: number;
  readonly skipped: number;
}

function suiteOf(report: ScenarioReport): Suite {
  const { id, title, skipped, timeline, verdicts, wallS } = report;
  const cases = [
    caseOf(
      id,
      `timeline of ${timeline.of} steps`,
      timeline.failure === null ? null : [timeline.failure],
      skipped,
    ),
    ...verdicts.map(({ name, line, ok, figure, limit, details }) =>
      caseOf(
        id,
        `${name} (line ${line})`,
        ok ? null : [`${figure ?? 'not known'}; allowed ${limit}`, ...details],
        null,
      ),
    ),
  ];
  const failures = verdicts.filter(({ ok }) => !ok).length + (timeline.failure === null ? 0 : 1);
  const counts = `tests="${cases.length}" failures="${failures}" skipped="${skipped === null ? 0 : 1}"`;
  const properties = (['title', 'flownBy', 'fleet', 'seed', 'speed', 'simulatedS', 'lostS'] as const).map(
    (name) =>
      `      <property name="${name}" value="${escaped(String(name === 'title' ? title : report[name]))}"/>`,
  );
  const xml = [
    `  <testsuite name="${escaped(id)}" ${counts} time="${wallS.toFixed(3)}">`,
    '    <properties>',
    ...properties,
    '    </properties>',
    ...cases,
    '  </testsuite>',
  ].join('\n');
  return { xml, tests: cases.length, failures, skipped: skipped === null ? 0 : 1 };
}

function caseOf(
  suite: string,
  name: string,
  failure: readonly string[] | null,
  skipped: string | null,
): string {
  const open = `    <testcase classname="${escaped(suite)}" name="${escaped(name)}"`;
  if (skipped !== null) return `${open}><skipped message="${escaped(skipped)}"/></testcase>`;
  if (failure === null) return `${open}/>`;
  const [message = '', ...details] = failure;
  return `${open}><failure message="${escaped(message)}">${escaped(details.join('\n'))}</failure></testcase>`;
}

/** XML 1.0: markup escaped; what it cannot hold, and what was unreadable before (U+FFFD), is a question mark. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/[^\t\n\r -\uD7FF\uE000-\uFFFC\u{10000}-\u{10FFFF}]/gu, '?');
}
