import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const SCENARIOS = 'test/scenarios/**/*.test.ts';
/** The browser's file takes as long as a third of all others: begun last, it would run alone at the end. */
const LONGEST = ['test/browser/', 'test/e2e/'];

const rankOf = ({ moduleId }: TestSpecification): number => {
  const rank = LONGEST.findIndex((folder) => moduleId.includes(`/${folder}`));
  return rank === -1 ? LONGEST.length : rank;
};

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).sort((a, b) => rankOf(a) - rankOf(b));
  }
}

export default defineConfig({
  test: {
    // Two cores: the end-to-end tests run real servers and a browser beside the unit tests.
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 30_000,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        // Unit tests share their worker's modules: loading them anew for each file took as long as the tests.
        extends: true,
        test: {
          name: 'units',
          include: ['{src,firmware-bridge,missions,sim}/**/*.test.{ts,tsx}'],
          exclude: ['**/node_modules/**', 'dist/**'],
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'rooms',
          include: ['test/**/*.test.ts'],
          exclude: ['**/node_modules/**', 'test/sitl/**', SCENARIOS],
          sequence: { groupOrder: 0 },
        },
      },
      {
        // When all others are done: several servers and fleets at once need the whole machine.
        extends: true,
        test: { name: 'scenarios', include: [SCENARIOS], sequence: { groupOrder: 1 } },
      },
    ],
  },
});
