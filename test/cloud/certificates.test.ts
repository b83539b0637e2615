import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { equipBoard } from '../../host-sim/cloud/factory.js';
import { readAuthority } from '../../host-sim/cloud/pki/authority-files.js';
import { connectBoard } from './support/board.js';
import { TestClock } from './support/clock.js';
import { type Answer, matches, startCloud, type TestCloud, temporaryDirectory } from './support/fixture.js';
import { type Call, signUp, withApiKey, words } from './support/people.js';
import { caOf, run, type Shown, shownBy, startTlsCloud, type TlsCloud, unpack } from './support/tls.js';

const DAY_MS = 86_400_000;

/** An MQTT session on the mutual TLS listener, as the board of an activation. */
function connectWith(t: TlsCloud, { cert, key }: Shown, activation: Parameters<typeof connectBoard>[1]) {
  return connectBoard(t.cloud.tls.mtlsUrl, activation, { tls: { ca: caOf(t), cert, key } });
}

async function issue(t: TestCloud, body?: object, as: Call = (...request) => t.as(...request)): Promise<Answer> {
  const answer = await as('POST', '/certificates', body);
  if (answer.status === 200) matches('issueCertificate', answer);
  return answer;
}

describe('POST /certificates', () => {
  test('issues an app certificate in the name of the user, which OpenSSL opens with the password of the answer', async () => {
    const t = await startTlsCloud();
    const { data } = (await issue(t)).body;
    expect(data).toMatchObject({ kind: 'app', deviceId: null, userId: 1, status: 'valid', revokedAt: null });
    expect(data.password).toMatch(/^[\w-]{16}$/);
    const { cert, key, all, info } = await unpack(data.pfx, data.password);
    const certificate = new X509Certificate(cert.slice(cert.indexOf('-----BEGIN')));
    expect(certificate.serialNumber).toBe(data.serialNumber);
    expect(certificate.subject).toBe('O=SmartLink\nOU=app\nCN=1');
    expect(new Date(certificate.validTo).toISOString()).toBe(data.notAfter);
    expect(key).toContain('PRIVATE KEY');
    expect(all.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(info).toMatch(/PBES2, PBKDF2, AES-256-CBC, Iteration \d{5,}/);
    const activation = await t.activate();
    await (await connectWith(t, { cert, key }, activation)).end();
  });

  test('takes a password, and tells it in no other answer and in no log', async () => {
    const t = await startTlsCloud();
    const password = 'open sesame, "please" \\ ~';
    const { data } = (await issue(t, { password })).body;
    expect(data.password).toBe(password);
    const { key } = await unpack(data.pfx, password);
    const made = (await issue(t)).body.data;
    const listed = await t.as('GET', '/certificates');
    const told = JSON.stringify([t.logged, listed.body]);
    const secrets = [password, JSON.stringify(password).slice(1, -1), made.password, data.pfx, made.pfx];
    for (const secret of [...secrets, key.split('\n')[3]!]) expect(told).not.toContain(secret);
  });

  test('says nothing of a password that it refuses', async () => {
    const t = await startTlsCloud();
    for (const password of ['', 'abc', 'schön wär das', 'x'.repeat(129), 12345, 'tab\there']) {
      const answer = await issue(t, { password });
      expect(words(answer)).toBe('400 invalid_parameter');
      expect(answer.body.detail).toMatch(/^password must/);
    }
    expect(JSON.stringify(t.logged)).not.toContain('schön');
  });

  test('issues a board certificate that serves that board alone, to whoever may delete it', async () => {
    const t = await startTlsCloud();
    const [owner, member, stranger] = [
      await signUp(t, 'owner'),
      await signUp(t, 'member'),
      await signUp(t, 'stranger'),
    ];
    const { projectId } = (await owner('POST', '/projects', { projectName: 'Home' })).body.data;
    await owner('POST', `/projects/${projectId}/members`, { username: 'member' });
    const [one, other] = [await t.activate('A'), await t.activate('B')];
    await t.as('PUT', `/devices/${one.deviceId}`, {});
    await owner('PUT', `/devices/${one.deviceId}`, { projectId });

    const { deviceId } = one;
    expect(words(await issue(t, { deviceId }, stranger))).toBe('404 device_not_found');
    expect(words(await issue(t, { deviceId }, member))).toBe('403 forbidden');
    expect(words(await issue(t, { deviceId: 'dev_00000000' }, owner))).toBe('404 device_not_found');
    const { data } = (await issue(t, { deviceId }, owner)).body;
    expect(data).toMatchObject({ kind: 'board', deviceId });
    const shown = await unpack(data.pfx, data.password);
    expect(new X509Certificate(shown.cert.slice(shown.cert.indexOf('-----BEGIN'))).subject).toBe(
      `O=SmartLink\nOU=board\nCN=${deviceId}`,
    );
    await expect(connectWith(t, shown, other)).rejects.toMatchObject({ code: 5 });
    await (await connectWith(t, shown, one)).end();
  });

  test('wants the token of a login: not nothing, and not an API key, which a certificate would outlive', async () => {
    const t = await startTlsCloud();
    expect(words(await t.call('POST', '/certificates', {}))).toBe('401 unauthorized');
    const { call } = await withApiKey(t, (...request) => t.as(...request));
    expect(words(await call('POST', '/certificates', {}))).toBe('403 forbidden');
    expect((await call('GET', '/certificates')).status).toBe(200);
  });

  test('is refused by a cloud that does not listen with TLS', async () => {
    const t = await startCloud();
    expect(words(await issue(t))).toBe('404 not_found');
    expect((await t.as('GET', '/certificates')).body.data.total).toBe(0);
  });
});

describe('GET /certificates', () => {
  test('lists, a page at a time, what the user had issued and what opens the boards that he may delete', async () => {
    const t = await startTlsCloud();
    const [owner, stranger] = [await signUp(t, 'owner'), await signUp(t, 'stranger')];
    const { projectId } = (await owner('POST', '/projects', { projectName: 'Home' })).body.data;
    const { deviceId } = await t.activate();
    const byUser = (await issue(t, { deviceId })).body.data.serialNumber;
    await owner('PUT', `/devices/${deviceId}`, { projectId });
    const own = [];
    for (let count = 0; count < 2; count += 1) own.push((await issue(t, {}, owner)).body.data.serialNumber);

    const first = await owner('GET', '/certificates?page=1&size=2');
    matches('listCertificates', first);
    expect(first.body.data).toMatchObject({ total: 3, page: 1, size: 2 });
    const second = await owner('GET', '/certificates?page=2&size=2');
    const serials = [...first.body.data.list, ...second.body.data.list].map(({ serialNumber }) => serialNumber);
    expect(serials).toEqual([byUser, ...own]);
    expect((await stranger('GET', '/certificates')).body.data.total).toBe(0);
  });

  test('says which hold, which are revoked and which have ended, until a month after their end', async () => {
    const clock = new TestClock(Date.now());
    const t = await startTlsCloud({ environment: clock.environment });
    const revoked = (await issue(t)).body.data.serialNumber;
    await t.as('DELETE', `/certificates/${revoked}`);
    await issue(t);
    const states = async () => {
      const again = (await t.login()).body.data.token;
      const { list } = (await t.call('GET', '/certificates', undefined, { authorization: `Bearer ${again}` })).body
        .data;
      return list.map(({ status, revokedAt }: { status: string; revokedAt: string }) => [status, revokedAt !== null]);
    };
    expect(await states()).toEqual([
      ['revoked', true],
      ['valid', false],
    ]);
    clock.set(366 * DAY_MS);
    expect((await states())[1]).toEqual(['expired', false]);
    clock.set(31 * DAY_MS);
    clock.advance(3_600_000);
    expect(await states()).toEqual([]);
  });
});

describe('DELETE /certificates/:serialNumber', () => {
  test('ends the sessions of that certificate at once, and it opens nothing any more, over a restart too', async () => {
    const dataDir = temporaryDirectory();
    const t = await startTlsCloud({ dataDir });
    const { data } = (await issue(t)).body;
    const shown = await unpack(data.pfx, data.password);
    const activation = await t.activate();
    const board = await connectWith(t, shown, activation);
    const closed = board.closed();
    const answer = await t.as('DELETE', `/certificates/${data.serialNumber.toLowerCase()}`);
    expect(words(answer)).toBe('200 success');
    matches('revokeCertificate', answer);
    await closed;
    await expect(connectWith(t, shown, activation)).rejects.toThrow();
    const before = (await t.as('GET', '/certificates')).body.data;
    expect(before.list[0]).toMatchObject({ status: 'revoked', revokedAt: expect.any(String) });
    expect(words(await t.as('DELETE', `/certificates/${data.serialNumber}`))).toBe('200 success');
    await t.cloud.close();

    const again = await startTlsCloud({ dataDir });
    expect((await again.as('GET', '/certificates')).body.data).toEqual(before);
    await expect(connectWith(again, shown, activation)).rejects.toThrow();
  });

  test('is for who had it issued and who may delete its board; to others it does not exist', async () => {
    const t = await startTlsCloud();
    const [owner, stranger] = [await signUp(t, 'owner'), await signUp(t, 'stranger')];
    const { projectId } = (await owner('POST', '/projects', { projectName: 'Home' })).body.data;
    const { deviceId } = await t.activate();
    await owner('PUT', `/devices/${deviceId}`, { projectId });
    const app = (await issue(t, {}, owner)).body.data.serialNumber;
    const board = (await issue(t, { deviceId }, owner)).body.data.serialNumber;
    for (const serialNumber of [app, board]) {
      // Not even the development account, which is for what no account had issued.
      expect(words(await t.as('DELETE', `/certificates/${serialNumber}`))).toBe('404 not_found');
      expect(words(await stranger('DELETE', `/certificates/${serialNumber}`))).toBe('404 not_found');
      expect(words(await t.call('DELETE', `/certificates/${serialNumber}`))).toBe('401 unauthorized');
      expect(words(await owner('DELETE', `/certificates/${serialNumber}`))).toBe('200 success');
    }
  });

  test('of a certificate that a command issued is for the development account', async () => {
    const t = await startTlsCloud();
    const stranger = await signUp(t, 'stranger');
    const identity = await t.cloud.tls.certifyClient({ kind: 'app', name: 'phone' });
    const { serialNumber } = identity.certificate;
    expect(words(await stranger('DELETE', `/certificates/${serialNumber}`))).toBe('404 not_found');
    expect(words(await t.as('DELETE', `/certificates/${serialNumber}`))).toBe('200 success');
    const cert = identity.certificate.toString();
    const key = identity.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await expect(connectWith(t, { cert, key }, await t.activate())).rejects.toThrow();
    for (const text of ['nonsense', 'F'.repeat(41), '%00', `${serialNumber}0000000000`]) {
      expect(words(await t.as('DELETE', `/certificates/${text}`))).toBe('404 not_found');
    }
  });
});

describe('the certificate of a board that was equipped before it ever called', () => {
  test('is listed and revoked by whoever may delete that board', async () => {
    const dataDir = temporaryDirectory();
    const first = await startTlsCloud({ dataDir });
    const authority = readAuthority(dataDir)!;
    const owner = await signUp(first, 'owner');
    const { projectId } = (await owner('POST', '/projects', { projectName: 'Home' })).body.data;
    await first.cloud.close();
    const { deviceId, client } = await equipBoard(dataDir, authority, { productKey: 'SW-SERVO-001', deviceSN: 'A' });
    const { serialNumber } = client.certificate;

    const t = await startTlsCloud({ dataDir });
    const { token } = (await t.login({ name: 'owner', password: 'password123' })).body.data;
    const as: Call = (method, path, body) => t.call(method, path, body, { authorization: `Bearer ${token}` });
    await as('PUT', `/devices/${deviceId}`, { projectId });
    const { list } = (await as('GET', '/certificates')).body.data;
    expect(list).toMatchObject([{ serialNumber, kind: 'board', deviceId, userId: null, status: 'valid' }]);
    expect((await t.as('GET', '/certificates')).body.data.total).toBe(0);
    expect(words(await as('DELETE', `/certificates/${serialNumber}`))).toBe('200 success');
    await expect(connectWith(t, shownBy(client), await t.activate('B'))).rejects.toThrow();
  });
});

test('a board whose device was deleted activates as the same device, for its certificate names no other', async () => {
  const dataDir = temporaryDirectory();
  await (await startTlsCloud({ dataDir })).cloud.close();
  const authority = readAuthority(dataDir)!;
  const board = { productKey: 'SW-SERVO-001', deviceSN: 'A' };
  const { deviceId, client } = await equipBoard(dataDir, authority, board);

  const t = await startTlsCloud({ dataDir });
  const former = await t.activate('A');
  const uncertified = await t.activate('B');
  for (const { deviceId } of [former, uncertified]) await t.as('DELETE', `/devices/${deviceId}`);
  await expect(connectWith(t, shownBy(client), former)).rejects.toThrow();
  const again = await t.activate('A');
  expect(again.deviceId).toBe(deviceId);
  const online = await connectWith(t, shownBy(client), again);
  await online.end();
  expect((await t.activate('B')).deviceId).not.toBe(uncertified.deviceId);
  // The factory finds it, too.
  await t.as('DELETE', `/devices/${deviceId}`);
  await t.cloud.close();
  expect((await equipBoard(dataDir, authority, board)).deviceId).toBe(deviceId);
});

describe('the issued certificates', () => {
  test('are limited by address: 300 at once, then 6 a minute', async () => {
    const clock = new TestClock(Date.now());
    const t = await startTlsCloud({ environment: clock.environment });
    const refused = async () => words(await issue(t, { password: 'abc' }));
    const first = await refused();
    const all = [first, ...(await Promise.all(Array.from({ length: 299 }, refused)))];
    expect(new Set(all)).toEqual(new Set(['400 invalid_parameter']));
    const late = await issue(t, { password: 'abc' });
    expect([words(late), late.headers.get('retry-after')]).toEqual(['429 too_many_requests', '10']);
    clock.advance(10_000);
    expect(await refused()).toBe('400 invalid_parameter');
    expect(await refused()).toBe('429 too_many_requests');
  });

  test('leave no key and no password in the data directory', async () => {
    const dataDir = temporaryDirectory();
    const t = await startTlsCloud({ dataDir });
    const { data } = (await issue(t)).body;
    const { key } = await unpack(data.pfx, data.password);
    const privateKey = Buffer.from(key.replace(/[\s\S]*-----BEGIN PRIVATE KEY-----|-----END[\s\S]*/g, ''), 'base64');
    await t.cloud.close();
    for (const name of ['cloud.sqlite', 'cloud.sqlite-wal']) {
      const file = join(dataDir, name);
      const bytes = await run('sh', '-c', `test ! -e ${file} || base64 -w0 ${file}`);
      const content = Buffer.from(bytes.output, 'base64');
      expect(content.includes(data.password)).toBe(false);
      expect(content.includes(privateKey.subarray(300, 332))).toBe(false);
    }
    expect(readFileSync(join(dataDir, 'cloud.sqlite')).includes(data.serialNumber)).toBe(true);
  });
});
