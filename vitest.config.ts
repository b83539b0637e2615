import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build.ts', 'test/support/secrecy/suite.ts'],
    setupFiles: ['test/support/secrecy/listen.ts', 'test/support/flash-json.ts'],
    pool: 'forks',
    testTimeout: 20_000,
    hookTimeout: 120_000,
    // A machine that runs hundreds of programs side by side stalls now and then; what needs it is reported as such.
    retry: process.env.CI ? 1 : 0,
    // Where others are at work, too, a second is over before anything has happened.
    expect: { poll: { timeout: 15_000 } },
    // Their modules leave out the endings of the files that they import.
    server: { deps: { inline: [/improv-wifi/] } },
  },
});
