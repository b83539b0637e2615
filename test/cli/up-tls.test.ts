import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keepPorts } from '../support/ports.js';
import { usePrograms } from '../support/programs.js';

describe('smartlink up --tls', () => {
  const programs = usePrograms();
  const up = (...args: string[]) =>
    programs.start('up', ...args, '--data', programs.path, '--api-port', '0', '--mqtt-port', '0', '--json');

  it('has its boards online over TLS, and a later start without it says why they stay away', async () => {
    await keepPorts(programs.path);
    const first = up('--tls', '--boards', '2');
    expect((await first.ready()).boards).toHaveLength(2);
    expect(await first.end()).toMatchObject({ code: 0 });

    const second = up('--boards', '1');
    const why = 'environment dev has lost its CA: it was secured before, and is never used in the clear again';
    await expect.poll(() => second.stderr).toContain(why);
    expect(await second.end()).toMatchObject({ code: 0 });

    const third = up('--tls', '--boards', '2');
    expect((await third.ready()).boards).toHaveLength(2);
  });

  it('tells a person that there is no way back, and commands that go over TLS, too', async () => {
    const flags = ['--api-port', '0', '--mqtt-port', '0', '--user', 'me', '--password', 'correct horse'];
    const program = programs.start('up', '--tls', '--skip-provisioning', '--data', programs.path, ...flags);
    await expect.poll(() => program.stdout).toContain('Ctrl-C stops it.');
    const ca = join(programs.path, 'ca.pem');
    expect(program.stdout).toContain(`boards: over TLS alone (CA ${ca}); from now on this folder wants --tls\n`);
    const commands = /Move it.*:\n\n(( {2}.+\n)+)/.exec(program.stdout)![1]!;
    expect(commands).toContain('API=https://127.0.0.1:');
    expect(commands.match(new RegExp(`curl -s --cacert ${ca} `, 'g'))).toHaveLength(2);
    expect(
      execFileSync('sh', ['-c', commands.replace('YOUR PASSWORD', 'correct horse')], { encoding: 'utf8' }),
    ).toContain('"code":200');
  });
});
