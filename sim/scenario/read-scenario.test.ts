import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseScenario, readScenario } from './read-scenario.ts';
import { ScenarioError } from './scenario-error.ts';

const GOOD = `title: A small patrol
description: Only to be read here.
fleet:
  - { name: D-01, home: { eastM: 0, northM: 0 } }
cells:
  - { id: c1, box: [0, 0, 100, 100] }
steps:
  - { do: patrol, as: p1, cell: c1, when: all ready }
  - { do: wait, id: over, when: patrol p1 is over }
expect:
  - { that: patrol-ends, patrol: p1, state: done }
`;

/** The problems of the good file after one replacement. */
function problemsOf(from: string, to: string): readonly string[] {
  const text = GOOD.replace(from, to);
  expect(text, 'the replacement changes something').not.toBe(GOOD);
  try {
    parseScenario(text, 'my.yaml');
  } catch (problem) {
    if (problem instanceof ScenarioError) return problem.problems;
    throw problem;
  }
  throw new Error('it was taken');
}

describe('a scenario file', () => {
  it('is read with the lines of its steps', () => {
    const scenario = parseScenario(GOOD, 'folder/small-patrol.yaml');
    expect(scenario.id).toBe('small-patrol');
    expect(scenario.steps.map(({ line }) => line)).toEqual([8, 9]);
    expect(scenario.expect.map(({ line }) => line)).toEqual([11]);
  });

  it.each([
    ['not YAML', 'title: A', 'title: [A', 'my.yaml:', ''],
    [
      'an unknown property',
      'fleet:',
      'fleets:\n  - 1\nfleet:',
      'my.yaml:3: "fleets" is unknown; allowed are title',
      '',
    ],
    [
      'a missing property',
      'description: Only to be read here.\n',
      '',
      'my.yaml:1: "description" is missing',
      '',
    ],
    ['an unknown step', 'do: wait', 'do: pray', 'my.yaml:9: `do` is "pray"; allowed are patrol, hold', ''],
    [
      'a typing slip in a step',
      'as: p1',
      'as: p1, hieghtM: 30',
      'my.yaml:8: "hieghtM" is unknown; allowed are do, id',
      '',
    ],
    [
      'a figure out of range',
      'cell: c1, ',
      'cell: c1, heightM: 500, ',
      'my.yaml:8: heightM is 500; it must be <= 120',
      '',
    ],
    [
      'words that `when` does not know',
      'all ready',
      'all happy',
      'my.yaml:8: `when: all happy` is not understood',
      'D-01 battery',
    ],
    [
      'a cell that there is none of',
      'cell: c1',
      'cell: c9',
      'my.yaml:8: there is no cell "c9"; there are c1',
      '',
    ],
    [
      'a drone that there is none of',
      'all ready',
      'D-07 is ready',
      'my.yaml:8: there is no drone "D-07"; there are D-01',
      '',
    ],
    [
      'a patrol before its launch',
      'all ready',
      'patrol p1 is over',
      'my.yaml:8: there is no patrol before this step "p1"',
      '',
    ],
    [
      'an expectation of nothing',
      'that: patrol-ends',
      'that: all-is-well',
      'my.yaml:11: `that` is "all-is-well"; allowed are',
      'record-complete',
    ],
    [
      'a state that there is none of',
      'state: done',
      'state: great',
      'my.yaml:11: state is "great"; allowed are done, partly-done, failed',
      '',
    ],
    [
      'a box that is none',
      '[0, 0, 100, 100]',
      '[100, 0, 0, 100]',
      'my.yaml:1: the box of c1 is [100,0,0,100]',
      '',
    ],
    [
      'a box of three numbers',
      '[0, 0, 100, 100]',
      '[0, 0, 100]',
      'my.yaml:6: cells.0.box is [0,0,100]; allowed is four numbers',
      '',
    ],
  ])('with %s is refused with line and what is allowed', (_name, from, to, start, further) => {
    const problems = problemsOf(from, to);
    const told = problems.find((problem) => problem.startsWith(start));
    expect(told, problems.join('\n')).toBeDefined();
    expect(told).toContain(further);
  });

  it('with a fault that there is none of is refused', () => {
    const problems = problemsOf(
      '{ do: wait, id: over',
      '{ do: fault, drones: all, fault: { kind: gremlins }, id: over',
    );
    expect(problems.join('\n')).toMatch(/my\.yaml:9: .*gremlins.*gps-loss/);
  });

  it('with an expectation of a step that is not there is refused', () => {
    const line = '{ that: patrol-ends, patrol: p1, state: done }';
    const problems = problemsOf(line, '{ that: answer-time, step: nowhere, atMostMs: 1 }');
    expect(problems).toEqual(['my.yaml:11: there is no step with the id "nowhere"; there are over']);
  });

  it('tells all problems at once', () => {
    expect(problemsOf('do: patrol, as: p1', 'do: pray, as: p1').length).toBeGreaterThan(0);
    const text = GOOD.replace('do: wait', 'do: pray').replace('state: done', 'state: great');
    expect(() => parseScenario(text, 'my.yaml')).toThrow(/2 problems/);
  });

  it('that cannot be read says why', () => {
    expect(() => readScenario('/nowhere/at-all.yaml')).toThrow(/at-all\.yaml cannot be read: ENOENT/);
  });
});

describe('the scenarios that come with Airgrid', () => {
  const folder = join(import.meta.dirname, '../scenarios');
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

  it('are fifteen at least', () => {
    expect(files.length).toBeGreaterThanOrEqual(15);
  });

  it.each(files)('%s is good', (name) => {
    const scenario = readScenario(join(folder, name));
    expect(scenario.expect.length).toBeGreaterThan(2);
  });
});
