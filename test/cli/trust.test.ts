import { createPublicKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generalVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import type { JsonLine } from '../support/program.js';
import { usePrograms } from '../support/programs.js';

describe('smartlink ota keygen and smartlink trust', () => {
  const programs = usePrograms();
  const file = (name: string): string => join(programs.path, name);

  async function told(...args: string[]): Promise<JsonLine> {
    const program = programs.start(...args, '--json');
    expect([await program.exited, program.stderr]).toEqual([{ code: 0, signal: null }, '']);
    return program.lines[0]!;
  }

  async function refused(code: number, ...args: string[]): Promise<string> {
    const program = programs.start(...args);
    expect((await program.exited).code).toBe(code);
    expect(program.stderr).not.toMatch(/^\s+at /m);
    return program.stderr.trim();
  }

  /** A CA, by the program that makes one at its first start. */
  async function makeCa(): Promise<string> {
    const cloud = programs.start('cloud', '--data', file('cloud'), '--api-port', '0', '--mqtt-port', '0', '--json');
    const { ca } = await cloud.ready();
    await cloud.end();
    return String(ca);
  }

  const pack = (ca: string, ...more: string[]): string[] => [
    ...['trust', 'pack', '--key', file('a.pem'), '--bundle-version', '4'],
    ...['--environment', 'dev=https://cloud.example:8443', '--ca', ca, '--out', file('bundle.json'), ...more],
  ];

  it('make a key for its owner alone, and a bundle that jose verifies and boards with that key would take', async () => {
    const { publicKey } = await told('ota', 'keygen', '--out', file('a.pem'));
    expect(statSync(file('a.pem')).mode & 0o777).toBe(0o600);
    expect(readFileSync(file('a.pem.pub'), 'utf8')).toBe(`${publicKey}\n`);
    expect(Buffer.from(String(publicKey), 'base64')).toHaveLength(65);
    const ca = await makeCa();
    expect(await told(...pack(ca, '--ntp', 'time.example'))).toMatchObject({ event: 'bundle', version: 4 });

    const bundle = JSON.parse(readFileSync(file('bundle.json'), 'utf8'));
    const key = createPublicKey(readFileSync(file('a.pem')));
    const { payload } = await generalVerify(bundle, key);
    expect(JSON.parse(Buffer.from(payload).toString())).toEqual({
      type: 'smartlink-trust',
      version: 4,
      environments: {
        dev: { api: 'https://cloud.example:8443', ca: [expect.any(String)], ntp: 'time.example' },
      },
    });

    const show = (...more: string[]) => told('trust', 'show', file('bundle.json'), ...more);
    const said = { version: 4, signedBy: ['0'], environments: [{ name: 'dev', apiUrl: 'https://cloud.example:8443' }] };
    expect(await show()).toMatchObject({ ...said, isChecked: false });
    expect(await show('--update-key', file('a.pem.pub'))).toMatchObject({ ...said, isChecked: true });
    const certificate = new X509Certificate(readFileSync(ca));
    const { fingerprint256, validTo } = certificate;
    const subject = certificate.subject.replace('\n', ', ');
    const cas = [{ subject, fingerprint256, notAfter: new Date(validTo).toISOString() }];
    expect(await show()).toMatchObject({ environments: [{ cas }] });
    const person = programs.start('trust', 'show', file('bundle.json'));
    await person.exited;
    expect(person.stdout).toContain(`CA ${subject}, SHA-256 ${fingerprint256}, until ${cas[0]!.notAfter}\n`);
    await told('ota', 'keygen', '--out', file('b.pem'));
    const wrong = ['trust', 'show', file('bundle.json'), '--update-key', file('b.pem.pub')];
    expect(await refused(1, ...wrong)).toContain('does not hold');
  });

  it('sign by several keys, each with an id', async () => {
    for (const name of ['a', 'b']) await told('ota', 'keygen', '--out', file(`${name}.pem`));
    const args = pack(await makeCa(), '--key', file('b.pem'));
    expect(await refused(2, ...args)).toContain('each --key needs a --key-id');
    await told(...args, '--key-id', '1', '--key-id', '7');
    const keys = ['--update-key', `1=${file('a.pem.pub')}`, '--update-key', `7=${file('b.pem.pub')}`];
    expect(await told('trust', 'show', file('bundle.json'), ...keys)).toMatchObject({ signedBy: ['1', '7'] });
  });

  it('never write over a key or a bundle, and say what is wrong with what they are given', async () => {
    await told('ota', 'keygen', '--out', file('a.pem'));
    const before = readFileSync(file('a.pem'));
    expect(await refused(1, 'ota', 'keygen', '--out', file('a.pem'))).toContain('a.pem exists');
    expect(readFileSync(file('a.pem'))).toEqual(before);
    writeFileSync(file('c.pem.pub'), '');
    expect(await refused(1, 'ota', 'keygen', '--out', file('c.pem'))).toContain('c.pem.pub exists');
    expect(() => readFileSync(file('c.pem'))).toThrow();

    const ca = await makeCa();
    const base = ['trust', 'pack', '--key', file('a.pem'), '--bundle-version', '1', '--out', file('x.json')];
    expect(await refused(2, ...base, '--ca', ca, '--environment', 'dev=https://c')).toContain('--ca stands behind');
    expect(await refused(2, ...base, '--environment', 'dev=http://c', '--ca', ca)).toContain(
      '--environment dev=http://c must be https://',
    );
    expect(await refused(2, ...base, '--environment', 'prod=https://c', '--ca', ca)).toContain('release, test or dev');
    expect(await refused(2, ...base, '--environment', 'dev=https://c')).toContain(
      '--environment dev wants at least one --ca behind it',
    );
    expect(await refused(2, ...base, '--environment', 'dev=https://c/api/v1', '--ca', ca)).toContain(
      'leave /api/v1 away',
    );
    expect(await refused(2, ...base, '--environment', 'dev=https://c', '--ca', file('a.pem'))).toContain(
      'holds a private key',
    );
    const notKey = ['trust', 'pack', '--key', ca, ...base.slice(4), '--environment', 'dev=https://c', '--ca', ca];
    expect(await refused(2, ...notKey)).toContain('is no private key of P-256');
    notKey[3] = file('none');
    expect(await refused(2, ...notKey)).toContain('none cannot be read (ENOENT)');
    expect(await refused(1, 'trust', 'show', ca)).toContain('is no bundle');
    expect(await refused(1, 'trust', 'show', file('none'))).toContain('cannot be read (ENOENT)');
  });

  it('move a board of the command line to an environment that it was told of in a file, over TLS', async () => {
    const cloud = (name: string) =>
      programs.start(
        'cloud',
        '--data',
        file(name),
        '--api-port',
        '0',
        '--mqtt-port',
        '0',
        '--json',
        '--user',
        'me',
        '--password',
        'correct horse',
      );
    const clouds = [cloud('one'), cloud('two')];
    const [one, two] = (await Promise.all(clouds.map((each) => each.ready()))) as [JsonLine, JsonLine];
    writeFileSync(file('others.json'), JSON.stringify({ test: { api: two['https'], ca: String(two['ca']) } }));
    const board = programs.start(
      ...['board', '--cloud', String(one['https']), '--ca', String(one['ca']), '--environments', file('others.json')],
      ...['--skip-provisioning', '--data', file('boards'), '--json'],
    );
    const { deviceId } = ((await board.ready())['boards'] as { deviceId: string }[])[0]!;
    const post = async (path: string, body: object, token = ''): Promise<{ data: Record<string, unknown> }> => {
      const answer = await fetch(`${one['api']}/api/v1${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      });
      return (await answer.json()) as { data: Record<string, unknown> };
    };
    const { data } = await post('/users/login', { username: 'me', password: 'correct horse' });
    await post(`/devices/${deviceId}/services/setEnvironment?wait=5000`, { name: 'test' }, String(data['token']));
    await board.printed('stderr', 'environment_kept');
    expect(board.stderr).not.toContain('environment_refused');
  });
});
