import { defineConfig } from 'vitest/config';

/** Trials of minutes on real brokers, one after the other: `npm run cluster`. */
export default defineConfig({
  test: {
    include: ['test/cluster/*.trial.ts'],
    globalSetup: ['test/support/build.ts', 'test/support/secrecy/suite.ts'],
    setupFiles: ['test/support/secrecy/listen.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 300_000,
    teardownTimeout: 30_000,
    reporters: ['verbose'],
    bail: 1,
  },
});
