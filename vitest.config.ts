import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build.ts', 'test/support/secrecy/suite.ts'],
    setupFiles: ['test/support/secrecy/listen.ts', 'test/support/flash-json.ts'],
    pool: 'forks',
    // Of a test that starts one program after the other. It is a deadline alone: who is done earlier does not wait for it.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // A machine that runs hundreds of programs side by side stalls now and then; what needs it is reported as such.
    retry: process.env.CI ? 1 : 0,
    expect: { poll: { timeout: 30_000 } },
    // Their modules leave out the endings of the files that they import.
    server: { deps: { inline: [/improv-wifi/] } },
  },
});
