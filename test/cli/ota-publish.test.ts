import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { encodePackage } from '../../host-sim/ota/package.js';
import { vectorKey } from '../ota/vector-keys.js';
import { CA, server, TestPki } from '../support/pki.js';
import { temporaryFolder } from '../support/program.js';
import { runOta, type Said } from './ota-in-process.js';
import { type ApiAnswer, ScriptedApi } from './scripted-api.js';

const HEAD = { productKey: 'SW-SERVO-001', chip: 'ESP32', version: '1.2.0', floor: '1.0.0', required: 1 };
const PACKAGE = encodePackage(HEAD, Buffer.alloc(200_000, 7), [{ id: 0, key: vectorKey(0).key }]);
const PUBLISHED: ApiAnswer = { data: { packageId: 'pkg_1' } };

describe('smartlink ota publish', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let api: ScriptedApi;
  const file = (name: string): string => join(folder.path, name);
  const publish = (...more: string[]): Promise<Said> =>
    runOta('publish', file('servo.slfw'), '--cloud', `http://127.0.0.1:${api.port}`, ...more);
  const asDev = (): string[] => ['--data', file('data')];
  const refusal = async (said: Promise<Said>): Promise<string> => (await said).error?.message ?? 'no refusal';

  beforeEach(async () => {
    folder = temporaryFolder();
    writeFileSync(file('servo.slfw'), PACKAGE);
    mkdirSync(file('data'));
    writeFileSync(file('data/account.json'), JSON.stringify({ username: 'dev', password: 'the generated one' }));
    api = await ScriptedApi.start();
    api.answer = ({ what }) => (what === 'POST /ota/packages' ? PUBLISHED : undefined);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    api.close();
    folder.remove();
  });

  it('logs in with the development account of a data folder, and uploads every byte', async () => {
    expect((await publish(...asDev(), '--json')).lines).toMatchObject([
      { event: 'published', packageId: 'pkg_1', version: '1.2.0' },
    ]);
    expect(api.calls.map(({ what }) => what)).toEqual(['POST /users/login', 'POST /ota/packages']);
    const [login, upload] = api.calls;
    expect(JSON.parse(String(login!.body))).toEqual({ username: 'dev', password: 'the generated one' });
    expect(upload!.headers).toMatchObject({
      authorization: 'Bearer the token of a login',
      'content-type': 'application/octet-stream',
      'content-length': String(PACKAGE.length),
    });
    expect(upload!.body).toEqual(PACKAGE);
  });

  it('tells a person what to do next', async () => {
    const { stdout } = await publish(...asDev());
    expect(stdout).toContain('Id       pkg_1');
    expect(stdout).toContain('smartlink ota campaign create --package pkg_1');
  });

  it('takes an account of the flags before one of the environment, and an API key before a password', async () => {
    const caller = async (...flags: string[]): Promise<unknown> => {
      api.calls.length = 0;
      expect((await publish(...flags)).error).toBeUndefined();
      const [first] = api.calls;
      return first!.what === 'POST /users/login'
        ? JSON.parse(String(first!.body)).username
        : first!.headers['x-api-key'];
    };
    writeFileSync(file('password'), 'of a file\n');
    vi.stubEnv('SMARTLINK_USER', 'env-user');
    vi.stubEnv('SMARTLINK_PASSWORD', 'of the environment');
    expect(await caller()).toBe('env-user');
    expect(await caller(...asDev())).toBe('env-user');
    vi.stubEnv('SMARTLINK_API_KEY', 'sk_key');
    vi.stubEnv('SMARTLINK_API_SECRET', 'of the key');
    expect(await caller()).toBe('sk_key');
    expect(api.calls[0]!.headers).toMatchObject({ 'x-api-secret': 'of the key' });
    expect(await caller('--user', 'flag-user', '--password-file', file('password'))).toBe('flag-user');
    expect(JSON.parse(String(api.calls[0]!.body))).toMatchObject({ password: 'of a file' });
  });

  it('sends no password where it could be overheard, or to a cloud that it is not of', async () => {
    const elsewhere = (...more: string[]) => refusal(runOta('publish', file('servo.slfw'), '--cloud', ...more));
    expect(await elsewhere('http://cloud.example', ...asDev())).toContain('in the clear: give https://');
    expect(await elsewhere('https://cloud.example')).toContain('who calls https://cloud.example?');
    expect(await elsewhere('https://cloud.example/api/v1')).toContain('leave /api/v1 away');
    expect(await elsewhere('cloud.example')).toContain('is not an address like');
  });

  it('says what of an account is missing', async () => {
    expect(await refusal(publish('--user', 'me'))).toContain('--user and --password-file go together');
    expect(await refusal(publish('--data', file('none')))).toContain('no development account in');
    vi.stubEnv('SMARTLINK_API_KEY', 'sk_key');
    expect(await refusal(publish())).toContain('SMARTLINK_API_KEY and SMARTLINK_API_SECRET go together');
    expect(api.calls).toEqual([]);
  });

  it('uploads nothing that no board would take', async () => {
    const wrong = Buffer.from(PACKAGE);
    wrong[wrong.length - 1]! ^= 1;
    writeFileSync(file('servo.slfw'), wrong);
    expect(await refusal(publish(...asDev()))).toContain('another SHA-256');
    writeFileSync(file('servo.slfw'), 'some text');
    expect(await refusal(publish(...asDev()))).toContain('does not begin as a package');
    expect(api.calls).toEqual([]);
  });

  it('says in one sentence what a cloud refuses, with nothing in it that moves a terminal', async () => {
    const refuse = (status: number, message: string, detail?: string, headers = {}): void => {
      api.answer = ({ what }) =>
        what === 'POST /ota/packages'
          ? { status, body: { code: status, message, data: null, detail }, headers }
          : undefined;
    };
    refuse(400, 'invalid_parameter', 'the package is for \u001b[31mred\u001b[0m boards.');
    const { error } = await publish(...asDev());
    expect(error).toMatchObject({ code: 'invalid_parameter', exitCode: 1 });
    expect(error!.message).toMatch(
      /refuses \(invalid_parameter\): the package is for \\u001b\[31mred\\u001b\[0m boards\.$/,
    );
    refuse(429, 'too_many_requests', undefined, { 'retry-after': '7' });
    expect(await refusal(publish(...asDev()))).toMatch(/\(too_many_requests\): HTTP 429\. Try again in 7 s\.$/);
    api.answer = () => ({ status: 401, body: { code: 401, message: 'invalid_password', data: null } });
    expect(await refusal(publish(...asDev()))).toContain('(invalid_password)');
  });

  it('knows what is no cloud', async () => {
    for (const body of ['<html>', '{}', '[]', 'null', '']) {
      api.answer = () => ({ status: 502, body });
      expect(await refusal(publish(...asDev()))).toContain('does not answer as a SmartLink cloud does (HTTP 502)');
    }
    for (const data of [null, {}, { packageId: 'pkg_1; echo \u001b[31mcopied' }]) {
      api.answer = ({ what }) => (what === 'POST /ota/packages' ? { data } : undefined);
      expect(await refusal(publish(...asDev()))).toContain('does not answer as a SmartLink cloud does');
    }
    api.answer = () => ({ data: null });
    expect(await refusal(publish(...asDev()))).toContain('does not answer as a SmartLink cloud does');
    api.close();
    expect(await refusal(publish(...asDev()))).toContain('nothing listens at');
  });

  it('goes over https, and only to a server that the given CA vouches for', async () => {
    const pki = new TestPki();
    try {
      const ca = pki.issue({ subject: 'Mine', extensions: CA });
      const own = pki.issue({ subject: 'cloud', extensions: server('IP:127.0.0.1') }, ca);
      const secure = await ScriptedApi.start({ key: own.keyPem, cert: own.pem });
      secure.answer = api.answer;
      const to = (...more: string[]) =>
        runOta('publish', file('servo.slfw'), '--cloud', `https://127.0.0.1:${secure.port}`, ...asDev(), ...more);
      expect((await to('--ca', ca.file)).error).toBeUndefined();
      expect(await refusal(to())).toContain('give the CA of this cloud with --ca');
      const other = pki.issue({ subject: 'Another', extensions: CA });
      expect(await refusal(to('--ca', other.file))).toContain('cannot be believed');
      expect(secure.calls).toHaveLength(2);
      secure.close();
    } finally {
      pki.close();
    }
  });
});
