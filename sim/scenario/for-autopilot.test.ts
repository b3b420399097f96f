import { expect, it } from 'vitest';
import { forAutopilot } from './for-autopilot.ts';
import { parseScenario } from './read-scenario.ts';

const FILE = (more: string, stepMore: string) => `title: A small patrol
description: Only to be read here.
${more}fleet:
  - { name: D-01, home: { eastM: 0, northM: 0 } }
cells:
  - { id: c1, box: [0, 0, 100, 100] }
steps:
  - { do: patrol, as: p1, cell: c1 }
  - { do: wait, forS: 5${stepMore} }
expect:
  - { that: patrol-ends, patrol: p1, state: done }
`;
const parse = (more = '', stepMore = '') => parseScenario(FILE(more, stepMore), 'small.yaml');
const NOT_ON_PX4 = 'notOn: { px4: There is no wind there. }';

it('flies everything with simulated aircraft', () => {
  const scenario = parse(`simulatedOnly: Nobody else can do it.\n${NOT_ON_PX4}\n`, `, ${NOT_ON_PX4}`);
  expect(forAutopilot(scenario, null)).toEqual({ kind: 'flown', scenario, leftOut: [] });
});

it('skips a file on the autopilot that cannot fly it, and on that one only', () => {
  const scenario = parse(`${NOT_ON_PX4}\n`);
  expect(forAutopilot(scenario, 'px4')).toEqual({ kind: 'skipped', reason: 'There is no wind there.' });
  expect(forAutopilot(scenario, 'copter').kind).toBe('flown');
  expect(forAutopilot(parse('simulatedOnly: Nobody else can do it.\n'), 'copter').kind).toBe('skipped');
});

it('leaves a step out and tells so', () => {
  const own = forAutopilot(parse('', `, ${NOT_ON_PX4}`), 'px4');
  if (own.kind !== 'flown') throw new Error(own.kind);
  expect(own.scenario.steps.map(({ step }) => step.do)).toEqual(['patrol']);
  expect(own.leftOut).toEqual(['line 9, wait, is left out: There is no wind there.']);
});

it('refuses a reason for an autopilot that nobody knows', () => {
  expect(() => parse('notOn: { px5: There is no wind there. }\n')).toThrow();
});
