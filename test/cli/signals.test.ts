import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Program } from '../support/program.js';
import { usePrograms } from '../support/programs.js';
import { expectCleanEnd } from '../support/timed.js';
import { ScriptedApi } from './scripted-api.js';

const ANY_PORT = ['--api-port', '0', '--mqtt-port', '0'];

describe('a signal to npm start', () => {
  const programs = usePrograms();

  it('ends the program, cleanly: it leaves no orphan behind', async () => {
    const flags = ['--', ...ANY_PORT, '--data', programs.path, '--json'];
    // Without its own build: others run what is built while this test runs.
    const npm = new Program(flags, {}, ['npm', 'start', '--silent', '--ignore-scripts']);
    await npm.ready();
    const lock = join(programs.path, '.lock');
    expect(existsSync(lock)).toBe(true);
    await npm.end();
    expect(existsSync(lock)).toBe(false);
  });
});

describe('a signal to a command that watches a campaign', () => {
  const programs = usePrograms();
  const campaign = { campaignId: 'camp_1', status: 'running', reason: null, stages: [100], boards: { total: 1 } };

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends it (%s) with %i and not with 0: nobody knows yet what becomes of it', async (signal, code) => {
    const api = await ScriptedApi.start();
    api.answer = ({ what }) => {
      if (what.includes('/devices')) return { data: { list: [], total: 0 } };
      return what === 'GET /ota/campaigns/camp_1' ? { data: campaign } : undefined;
    };
    writeFileSync(join(programs.path, 'account.json'), JSON.stringify({ username: 'dev', password: 'of the account' }));
    const cloud = ['--cloud', `http://127.0.0.1:${api.port}`, '--data', programs.path];
    const program = programs.start('ota', 'campaign', 'show', 'camp_1', '--watch', '--json', ...cloud);
    await expect.poll(() => program.lines.length, { interval: 20 }).toBe(1);
    expect(await program.end(signal)).toEqual({ code, signal: null });
    expect(program.stderr).toBe('camp_1 is not watched any more, and goes on.\n');
    api.close();
  });
});

describe('a signal that comes early', () => {
  const programs = usePrograms();
  const start = (...args: string[]): Program => programs.start(...args, '--data', programs.path, '--json');

  it.each([
    ['up', 'SIGTERM'],
    ['up', 'SIGINT'],
    ['cloud', 'SIGTERM'],
  ] as const)(
    'ends %s while its cloud is starting (%s): exit code 0 within 3 s, and nothing is left',
    async (command, signal) => {
      const program = start(command, ...ANY_PORT);
      const lock = join(programs.path, '.lock');
      // The first thing that a cloud does; its database, its account and its listeners come after that.
      while (!existsSync(lock)) await new Promise((resolve) => setImmediate(resolve));
      await expectCleanEnd(program, signal);
      expect(existsSync(lock)).toBe(false);
      expect(existsSync(join(programs.path, 'cloud.sqlite-wal'))).toBe(false);

      const again = start(command, ...ANY_PORT);
      await again.ready();
      expect(await again.end()).toEqual({ code: 0, signal: null });
    },
  );

  it('ends boards that are just starting', async () => {
    const program = start('board', '--boards', '100', '--cloud', 'http://127.0.0.1:1');
    while (!existsSync(join(programs.path, 'boards/SW-SERVO-001/.lock')) && program.lines.length === 0)
      await new Promise((resolve) => setImmediate(resolve));
    await expectCleanEnd(program);
    expect(existsSync(join(programs.path, 'boards/SW-SERVO-001/.lock'))).toBe(false);
  });
});
