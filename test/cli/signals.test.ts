import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Program } from '../support/program.js';
import { usePrograms } from '../support/programs.js';

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
      const sent = Date.now();
      expect(await program.end(signal)).toEqual({ code: 0, signal: null });
      expect(Date.now() - sent).toBeLessThan(3_000);
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
    const sent = Date.now();
    expect(await program.end()).toEqual({ code: 0, signal: null });
    expect(Date.now() - sent).toBeLessThan(3_000);
    expect(existsSync(join(programs.path, 'boards/SW-SERVO-001/.lock'))).toBe(false);
  });
});
