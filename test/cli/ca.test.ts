import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createNodeEnvironment } from '../../host-sim/cloud/environment.js';
import { Authority } from '../../host-sim/cloud/pki/authority.js';
import { knock, run, sClient } from '../cloud/support/tls.js';
import type { JsonLine, Program } from '../support/program.js';
import { usePrograms } from '../support/programs.js';

const portOf = (ready: JsonLine, key: string): number => Number(new URL(String(ready[key])).port);

describe('smartlink ca', () => {
  const programs = usePrograms();
  const data = (...args: string[]): string[] => [...args, '--data', programs.path, '--json'];
  const cloud = (): Program => programs.start(...data('cloud', '--api-port', '0', '--mqtt-port', '0'));
  const file = (name: string): string => join(programs.path, name);

  async function told(...args: string[]): Promise<JsonLine> {
    const program = programs.start(...data('ca', ...args));
    expect(await program.exited).toEqual({ code: 0, signal: null });
    return program.lines[0]!;
  }

  async function refused(...args: string[]): Promise<string> {
    const program = programs.start(...data('ca', ...args));
    expect((await program.exited).code).toBe(1);
    expect(program.stderr.trim().split('\n')).toHaveLength(1);
    return program.stderr;
  }

  it('has nothing to show before the first start, and makes nothing', async () => {
    for (const command of ['show', 'rotate']) expect(await refused(command)).toMatch(/no CA in .*: "smartlink up"/);
    expect(existsSync(file('ca.key'))).toBe(false);
  });

  it('shows the CA of the ready line, also while the cloud runs', async () => {
    const program = cloud();
    const ready = await program.ready();
    expect(ready).toMatchObject({
      https: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/),
      mqtts: expect.stringMatching(/^mqtts:\/\/127\.0\.0\.1:\d+$/),
      mtls: expect.stringMatching(/^mqtts:\/\/127\.0\.0\.1:\d+$/),
      wss: expect.stringMatching(/^wss:\/\/127\.0\.0\.1:\d+\/mqtt$/),
      ca: file('ca.pem'),
    });
    const { fingerprint256, ...shown } = await told('show');
    const openssl = await run('openssl', 'x509', '-in', file('ca.pem'), '-noout', '-fingerprint', '-sha256');
    expect(openssl.output.trim()).toBe(`sha256 Fingerprint=${fingerprint256}`);
    const day = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);
    expect(shown).toEqual({ event: 'ca', file: file('ca.pem'), notBefore: day, notAfter: day });
    expect(await refused('rotate')).toMatch(/Another cloud \(process \d+\) is running/);
    const words = program.stdout + program.stderr + JSON.stringify(shown);
    expect(words).not.toContain('PRIVATE');
  });

  it('issues a client certificate that opens the listener, with a password that is told once', async () => {
    const ready = await cloud().ready();
    const out = file('phone.p12');
    const { password, serialNumber } = await told('issue', '--name', 'phone', '--out', out);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const { output } = await run('openssl', 'pkcs12', '-in', out, '-passin', `pass:${password}`, '-nodes');
    writeFileSync(file('phone.pem'), output);
    const args = ['-cert', file('phone.pem'), '-key', file('phone.pem'), '-CAfile', file('ca.pem'), '-tls1_2'];
    expect((await sClient(portOf(ready, 'mtls'), ...args, '-verify_return_error')).code).toBe(0);
    const listed = await run('openssl', 'x509', '-in', file('phone.pem'), '-noout', '-serial');
    expect(listed.output.trim()).toBe(`serial=${serialNumber}`);
    expect(await refused('issue', '--name', 'phone', '--out', out)).toMatch(/phone\.p12 exists: .* --out/);
  });

  it('issues what the development account revokes over the API, by the serial number that it told', async () => {
    const ready = await cloud().ready();
    const { password, serialNumber } = await told('issue', '--name', 'phone', '--out', file('phone.p12'));
    const open = ['pkcs12', '-in', file('phone.p12'), '-passin', `pass:${password}`, '-noenc', '-out'];
    await run('openssl', ...open, file('phone.pem'));
    const client = ['-cert', file('phone.pem'), '-key', file('phone.pem')];
    expect(await knock(portOf(ready, 'mtls'), ...client)).toMatchObject({ opened: true });

    const call = async (method: string, path: string, rest: RequestInit) =>
      (await fetch(`${ready['api']}/api/v1${path}`, { method, ...rest })).json() as Promise<{
        code: number;
        data: JsonLine;
      }>;
    const login = await call('POST', '/users/login', { body: readFileSync(file('account.json'), 'utf8') });
    const headers = { authorization: `Bearer ${login.data['token']}` };
    expect((await call('DELETE', `/certificates/${serialNumber}`, { headers })).code).toBe(200);
    expect(await knock(portOf(ready, 'mtls'), ...client)).toMatchObject({ opened: false });
  });

  it('rotates on no clock that is behind the CA it has: what that made could have ended when the clock is right', async () => {
    const environment = createNodeEnvironment();
    const ahead = Authority.make({ ...environment, now: () => Date.now() + 86_400_000 }).toPem();
    writeFileSync(file('ca.key'), ahead);
    expect(await refused('rotate')).toMatch(
      /the clock says 2\S+Z, and the present CA is valid from 2\S+Z on: set the clock/,
    );
    expect(readFileSync(file('ca.key'), 'utf8')).toBe(ahead);
  });

  it('rotates without stranding who trusts the old CA, or shows a certificate of it', async () => {
    const first = cloud();
    await first.ready();
    const { password } = await told('issue', '--name', 'phone', '--out', file('phone.p12'));
    const { output } = await run(
      'openssl',
      'pkcs12',
      '-in',
      file('phone.p12'),
      '-passin',
      `pass:${password}`,
      '-nodes',
    );
    writeFileSync(file('phone.pem'), output);
    writeFileSync(file('old.pem'), readFileSync(file('ca.pem')));
    const before = await told('show');
    await first.end();

    const rotated = await told('rotate');
    expect(rotated['fingerprint256']).not.toBe(before['fingerprint256']);
    expect(rotated['previous']).toMatchObject({ fingerprint256: before['fingerprint256'] });
    expect(statSync(file('ca.key')).mode & 0o777).toBe(0o600);

    const second = cloud();
    const ready = await second.ready();
    for (const trusted of ['old.pem', 'ca.pem']) {
      for (const listener of ['https', 'mqtts', 'mtls']) {
        const client = ['-cert', file('phone.pem'), '-key', file('phone.pem'), '-tls1_2'];
        const trust = ['-CAfile', file(trusted), '-verify_return_error', '-verify_ip', '127.0.0.1'];
        expect((await sClient(portOf(ready, listener), ...client, ...trust)).output).toContain('return code: 0 (ok)');
      }
    }
    await second.end();
    expect(await refused('rotate')).toMatch(
      /may know only that one: .*--forget-previous\. Client certificates that it issued, .* open nothing/,
    );
    await told('rotate', '--forget-previous');
    const third = await cloud().ready();
    expect((await sClient(portOf(third, 'mqtts'), '-CAfile', file('old.pem'), '-verify_return_error')).code).not.toBe(
      0,
    );
  });
});
