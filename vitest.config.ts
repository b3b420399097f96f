import { defineConfig } from 'vitest/config';

const SCENARIOS = 'test/scenarios/**/*.test.ts';

export default defineConfig({
  test: {
    // Two cores: the end-to-end tests run real servers and a browser beside the unit tests.
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'tests',
          include: ['{src,firmware-bridge,missions,sim,test}/**/*.test.{ts,tsx}'],
          exclude: ['**/node_modules/**', 'dist/**', 'test/sitl/**', SCENARIOS],
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
