import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { LaunchPlan } from './launch-plan.ts';
import { withoutRealTime } from './ordinary-priority.ts';
import { runAutopilot } from './run-autopilot.ts';

const PLAN: LaunchPlan = {
  ...{ title: 'Sleeper 1', program: '/bin/sleep', args: ['30'], env: {}, files: {}, leftovers: [] },
  folder: join(tmpdir(), `airgrid-sleeper-${process.pid}`),
  container: null,
};
const CAP_SYS_NICE = 23n;

it('takes from root what makes real-time threads, and nothing else', () => {
  expect(withoutRealTime(PLAN, true)).toEqual({
    ...PLAN,
    program: 'setpriv',
    args: ['--bounding-set=-sys_nice', '--inh-caps=-sys_nice', '--', '/bin/sleep', '30'],
  });
});

it.each([
  ['for an ordinary user', PLAN, false],
  ['in a container', { ...PLAN, container: 'box' }, true],
  ['when the program is not there, so that this is what is told', { ...PLAN, program: '/nowhere/px4' }, true],
] as const)('changes nothing %s', (_when, plan, mayBeRealTime) => {
  expect(withoutRealTime(plan, mayBeRealTime)).toBe(plan);
});

it.runIf(process.platform === 'linux')(
  'starts one that yields and cannot become a real-time process',
  async () => {
    const running = await runAutopilot(PLAN);
    try {
      const status = () => readFileSync(`/proc/${running.child.pid}/status`, 'utf8');
      // Until setpriv has become the program.
      for (let wait = 0; wait < 100 && !status().startsWith('Name:\tsleep'); wait += 1)
        await new Promise((again) => setTimeout(again, 20));
      const effective = BigInt(`0x${/^CapEff:\s+(\S+)/m.exec(status())?.[1] ?? 'f'}`);
      expect((effective >> CAP_SYS_NICE) & 1n).toBe(0n);
      const fields = readFileSync(`/proc/${running.child.pid}/stat`, 'utf8').split(' ');
      expect(Number(fields[18])).toBe(10);
    } finally {
      await running.stop();
    }
  },
);
