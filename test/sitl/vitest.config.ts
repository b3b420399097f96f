import { defineConfig } from 'vitest/config';

/** Flights of real autopilots take minutes and one machine's cores: one after the other. */
export default defineConfig({
  test: {
    include: ['test/sitl/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 180_000,
  },
});
