import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeQuery, DOMAIN, SEND } from '../cloud/support/end-user.js';
import { usePrograms } from '../support/programs.js';

const ANY_PORT = ['--api-port', '0', '--mqtt-port', '0'];
const CHOSEN = [
  '--user',
  'dev',
  '--password',
  'password123',
  '--user-domain',
  DOMAIN.domain,
  '--user-domain-secret',
  DOMAIN.secret,
];

async function askForCode(api: string): Promise<void> {
  const query = new URLSearchParams(codeQuery(Date.now()));
  const response = await fetch(`${api}${SEND}?${query}`, { method: 'POST' });
  expect(await response.json()).toMatchObject({ code: 200 });
}

describe('a code by SMS, which nobody sends', () => {
  const programs = usePrograms();
  const cloud = (...args: string[]) =>
    programs.start('cloud', ...ANY_PORT, '--data', programs.path, ...CHOSEN, ...args);

  it('is a line for a person, who also reads where the secret of the user domain is', async () => {
    const program = cloud();
    await program.printed('stdout', 'Ctrl-C');
    const file = join(programs.path, 'user-domain.json');
    expect(program.stdout).toContain(`  domain   ${DOMAIN.domain} for apps of end users, secret in ${file}\n`);
    expect(program.stdout).not.toContain(DOMAIN.secret);
    const [, api] = /API +(\S+)\/api\/v1/.exec(program.stdout)!;
    await askForCode(api!);
    const told = await program.printed('stdout', 'SMS to');
    expect(told).toMatch(/^ {2}SMS to \+8617132136550: \d{6} \(register\)$/);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      userDomain: DOMAIN.domain,
      userDomainSecret: DOMAIN.secret,
    });
  });

  it('is a line of the log for a script', async () => {
    const program = cloud('--json');
    await askForCode(String((await program.ready())['api']));
    const line = await program.printed('stderr', 'code_sent');
    expect(JSON.parse(line)).toEqual({
      name: 'code_sent',
      level: 'info',
      at: expect.any(Number),
      data: { channel: 'sms', address: '+8617132136550', purpose: 'register', code: expect.stringMatching(/^\d{6}$/) },
    });
    expect(program.stdout + program.stderr).not.toContain(DOMAIN.secret);
  });
});
