import { expect, test, vi } from 'vitest';
import { startCloud, temporaryDirectory } from './support/fixture.js';

vi.mock('better-sqlite3', () => {
  throw new Error("Cannot find package 'better-sqlite3'");
});

test('without better-sqlite3 the cloud says what to install, and the program can go on without it', async () => {
  for (const dataDir of [':memory:', temporaryDirectory()]) {
    await expect(startCloud({ dataDir })).rejects.toMatchObject({
      code: 'sqlite_missing',
      message: expect.stringContaining('npm install better-sqlite3'),
    });
  }
});
