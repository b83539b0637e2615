import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonLine, Program } from '../support/program.js';
import { usePrograms } from '../support/programs.js';

const serialsOf = (ready: JsonLine): string[] =>
  (ready['boards'] as { deviceSN: string }[]).map(({ deviceSN }) => deviceSN);

describe('programs that share a data folder', () => {
  const programs = usePrograms();
  const start = (command: string, ...args: string[]): Program =>
    programs.start(command, '--data', programs.path, '--json', ...args);
  const up = (...args: string[]): Program => start('up', '--api-port', '0', '--mqtt-port', '0', ...args);
  const locks = (): string[] =>
    readdirSync(programs.path, { recursive: true, encoding: 'utf8' }).filter((file) => file.includes('.lock'));

  it('run boards of their own, which do not put each other off line', async () => {
    const first = up('--boards', '2');
    const { api, boards } = await first.ready();
    const cloud = String(api);
    const second = start('board', '--boards', '2', '--cloud', cloud);
    const others = serialsOf(await second.ready());
    expect(new Set([...serialsOf({ boards }), ...others]).size).toBe(4);

    // A power cut leaves its boards to the next program.
    await second.end('SIGKILL');
    const third = start('board', '--boards', '2', '--cloud', cloud);
    expect(serialsOf(await third.ready())).toEqual(others);

    expect(await third.end()).toEqual({ code: 0, signal: null });
    expect(await first.end()).toEqual({ code: 0, signal: null });
    for (const program of programs.all) expect(program.stderr).not.toContain('session_lost');
    expect(locks()).toEqual([]);
  });

  it('do not run the same named board: the second says so and exits 1', async () => {
    const cloud = 'http://127.0.0.1:1';
    const first = start('board', '--sn', 'DESK-1', '--cloud', cloud);
    await first.line((line) => line['to'] === 'activating');
    const second = start('board', '--sn', 'DESK-1', '--cloud', cloud);
    expect(await second.exited).toEqual({ code: 1, signal: null });
    expect(second.lines).toEqual([
      { event: 'error', code: 'board_in_use', message: expect.stringMatching(/DESK-1.*--sn.*--data/) },
    ]);
    expect(second.stderr.trim().split('\n')).toHaveLength(1);
    expect(second.stderr).toContain(String(first.child.pid));
    expect(await first.end()).toEqual({ code: 0, signal: null });
    expect(existsSync(join(programs.path, 'boards/SW-SERVO-001/DESK-1/.lock'))).toBe(false);
  });
});
