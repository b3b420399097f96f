import { DOMParser } from '@xmldom/xmldom';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { emptyReport, type ScenarioReport, toJunit } from './report.ts';

const RUN: ScenarioReport = {
  ...emptyReport({ id: 'plain', title: 'A <small> "patrol" & more', path: 'plain.yaml' }, 'simulated', {
    failure: 'x',
  }),
  wallS: 12.5,
  timeline: { ok: true, played: 3, of: 3, failure: null },
  verdicts: [
    { line: 9, name: 'coverage c1', because: null, ok: true, figure: '99 %', limit: '≥ 98 %', details: [] },
    {
      line: 10,
      name: 'landed',
      because: null,
      ok: false,
      figure: '1 still armed',
      limit: '0',
      details: ['D-01 & co'],
    },
  ],
};

function parse(xml: string) {
  const problems: string[] = [];
  const parser = new DOMParser({ onError: (_level, message) => void problems.push(message) });
  const document = parser.parseFromString(xml, 'text/xml');
  expect(problems).toEqual([]);
  return document;
}

it('is JUnit: a suite per scenario, a case per expectation and one for the timeline', () => {
  const skipped = emptyReport({ id: 'twin', title: 'Twins', path: 'twin.yaml' }, 'sitl copter', {
    skipped: 'no twins',
  });
  const document = parse(toJunit([RUN, skipped]));
  const [suite, other] = [...document.getElementsByTagName('testsuite')];
  expect(document.documentElement?.getAttribute('tests')).toBe('4');
  expect(document.documentElement?.getAttribute('failures')).toBe('1');
  expect(suite?.getAttribute('tests')).toBe('3');
  expect(suite?.getAttribute('failures')).toBe('1');
  expect([...(suite?.getElementsByTagName('testcase') ?? [])].map((one) => one.getAttribute('name'))).toEqual(
    ['timeline of 3 steps', 'coverage c1 (line 9)', 'landed (line 10)'],
  );
  const [failure] = [...document.getElementsByTagName('failure')];
  expect(failure?.getAttribute('message')).toBe('1 still armed; allowed 0');
  expect(failure?.textContent).toBe('D-01 & co');
  expect(other?.getElementsByTagName('skipped')[0]?.getAttribute('message')).toBe('no twins');
});

it('stays XML whatever an aircraft says', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(0xffff), { maxLength: 60 }), (units) => {
      // Control characters, halves of surrogate pairs, markup: any sixteen bits.
      const text = String.fromCharCode(...units);
      const timeline = { ok: false, played: 1, of: 2, failure: text };
      const document = parse(toJunit([{ ...RUN, title: text, timeline }]));
      expect(document.getElementsByTagName('failure').length).toBe(2);
    }),
    // U+FFFD, which stands for what could not be read: readers of XML doubt the whole file for it.
    { numRuns: 25, examples: [[[0xfffd]]] },
  );
});

it('of a scenario that did not start is a failure with the reason', () => {
  const report = emptyReport({ id: 'a', title: 'b', path: 'c' }, 'simulated', { failure: 'no server' });
  expect(report.ok).toBe(false);
  expect(toJunit([report])).toContain('<failure message="no server">');
});
