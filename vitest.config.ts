import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{src,firmware-bridge,missions,sim,test}/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', 'dist/**', 'test/sitl/**'],
    // Two cores: the end-to-end tests run real servers and a browser beside the unit tests.
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
