import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPanel } from '../../host-sim/cli/panel-files.js';
import { usePrograms } from '../support/programs.js';

const ANY_PORT = ['--api-port', '0', '--mqtt-port', '0'];
const ACCOUNT = ['--user', 'dev', '--password', 'password123'];
const LINK = /^ {2}panel {4}(http:\/\/127\.0\.0\.1:\d+\/)#code=([\w-]{24}) {2}signs you in, once within an hour$/;

describe('the panel', () => {
  const programs = usePrograms();

  it.each([[['cloud']], [['up', '--boards', '0']]])(
    'is what %j prints first, by a link that signs in once',
    async (command) => {
      const program = programs.start(...command, ...ANY_PORT, ...ACCOUNT, '--data', programs.path);
      await program.printed('stdout', 'Ctrl-C');
      const [empty, first, second] = program.stdout.split('\n');
      const [, page, code] = LINK.exec(first!)!;
      expect([empty, second]).toEqual(['', `  API      ${page}api/v1`]);
      expect(await (await fetch(page!)).text()).toContain('<script type="module" src="/panel/main-');
      const logIn = async () =>
        (await fetch(`${page}api/v1/users/login-code`, { method: 'POST', body: JSON.stringify({ code }) })).status;
      expect([await logIn(), await logIn()]).toEqual([200, 400]);
      await program.end('SIGTERM');
      expect(`${program.stdout}${program.stderr}`.split(code!)).toHaveLength(2);
    },
  );

  it('is named to a script without the code, which stands in no log either', async () => {
    const program = programs.start('cloud', ...ANY_PORT, '--data', programs.path, '--json');
    const ready = await program.ready();
    expect(ready['panel']).toBe(`${ready['api']}/`);
    expect(`${program.stdout}${program.stderr}`).not.toContain('code=');
    expect((await fetch(String(ready['panel']))).headers.get('content-type')).toBe('text/html; charset=utf-8');
  });

  it('is read from the folder that the build fills, each file with its type', () => {
    const folder = join(programs.path, 'panel');
    mkdirSync(folder);
    for (const name of ['index.html', 'main-1.js', 'main-2.css', 'main-1.js.LEGAL.txt', 'x.bin']) {
      writeFileSync(join(folder, name), name);
    }
    const panel = readPanel(programs.path);
    expect(Object.fromEntries([...panel].map(([path, { type }]) => [path, type]))).toEqual({
      '/': 'text/html; charset=utf-8',
      '/panel/main-1.js': 'text/javascript; charset=utf-8',
      '/panel/main-2.css': 'text/css; charset=utf-8',
      '/panel/main-1.js.LEGAL.txt': 'text/plain; charset=utf-8',
      '/panel/x.bin': 'application/octet-stream',
    });
    expect(Buffer.from(panel.get('/')!.bytes).toString()).toBe('index.html');
  });

  it('that was not built is missed in one sentence', () => {
    expect(() => readPanel(programs.path)).toThrow(
      expect.objectContaining({
        code: 'panel_missing',
        message: `There is no panel in ${join(programs.path, 'panel')}: run "npm run build".`,
      }),
    );
  });
});
