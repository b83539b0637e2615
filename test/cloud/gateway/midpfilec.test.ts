import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CloudOptions } from '../../../host-sim/cloud/cloud.js';
import { useChildCloud } from '../support/child-cloud.js';
import { TestClock } from '../support/clock.js';
import { ONE_REQUEST, startCloud, type TestCloud, temporaryDirectory, USER } from '../support/fixture.js';
import { packageOf, upload as uploadPackage } from '../support/packages.js';
import { signUp } from '../support/people.js';
import { run, startTlsCloud } from '../support/tls.js';

const MAX_BYTES = 4_194_304;
const LATER_MS = 600_000;

interface Answer {
  readonly code: number;
  readonly msg: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
  readonly data: any;
}

/** Somebody with curl, who is logged in. */
class Client {
  readonly apiUrl: string;
  readonly token: string;
  readonly folder = temporaryDirectory();

  private constructor(apiUrl: string, token: string) {
    this.apiUrl = apiUrl;
    this.token = token;
  }

  static async of(apiUrl: string, user = USER): Promise<Client> {
    const response = await fetch(`${apiUrl}/api/v1/users/login`, {
      method: 'POST',
      headers: ONE_REQUEST,
      body: JSON.stringify({ username: user.name, password: user.password }),
    });
    return new Client(apiUrl, ((await response.json()) as Answer).data.token);
  }

  /** A file of his disk. */
  file(name: string, bytes: Uint8Array | string): string {
    const path = join(this.folder, name);
    writeFileSync(path, bytes);
    return path;
  }

  /** A request to the service; checks that every answer keeps the gateway's envelope. */
  async ask(path: string, ...args: string[]): Promise<Answer> {
    const authorization = `Authorization: Bearer ${this.token}`;
    const url = path.startsWith('http') ? path : `${this.apiUrl}/api/midpfilec${path}`;
    const told = await run('curl', '-sS', '-H', authorization, '-w', '\n%{http_code}', ...args, url);
    const [body = '', status] = told.output.split('\n');
    const answer = JSON.parse(body) as Answer;
    expect(Object.keys(answer)).toEqual(['code', 'msg', 'data']);
    expect(String(answer.code)).toBe(status);
    if (answer.code !== 200) expect(answer.data).toBeNull();
    return answer;
  }

  /** What is refused, and with which words. */
  async told(path: string, ...args: string[]): Promise<string> {
    const { code, msg } = await this.ask(path, ...args);
    return `${code} ${msg}`;
  }

  apply(body: object): Promise<Answer> {
    return this.ask('/file/pre/v1/apply', '-d', JSON.stringify(body));
  }

  upload(...parts: string[]): Promise<Answer> {
    return this.ask('/file/v1/upload', ...parts.flatMap((part) => ['-F', part]));
  }

  async total(): Promise<number> {
    return (await this.ask('/file/v1/files')).data.total;
  }

  async link(fileId: string): Promise<string> {
    return (await this.ask(`/file/v1/getFile?fileId=${fileId}`)).data.url;
  }
}

async function start(options: Partial<CloudOptions> = {}): Promise<{ t: TestCloud; client: Client; folder: string }> {
  const dataDir = temporaryDirectory();
  const t = await startCloud({ dataDir, ...options });
  return { t, client: await Client.of(t.cloud.apiUrl), folder: join(dataDir, 'files') };
}

async function strangerTo(t: TestCloud): Promise<Client> {
  await signUp(t, 'stranger');
  return Client.of(t.cloud.apiUrl, { name: 'stranger', password: 'password123' });
}

async function fetched(url: string, headers: Record<string, string> = {}, method = 'GET') {
  const response = await fetch(url, { method, headers: { ...ONE_REQUEST, ...headers } });
  return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('a file of a form', () => {
  test('is kept, told of, and fetched by a link without a login', async () => {
    const { client, folder } = await start();
    const bytes = randomBytes(300_000);
    const path = client.file('porch.jpg', bytes);
    const { data } = await client.upload(`file=@${path};type=image/jpeg`);
    expect(data).toEqual({
      fileId: expect.stringMatching(/^file_[0-9a-f]{24}$/),
      fileName: 'porch.jpg',
      contentType: 'image/jpeg',
      size: 300_000,
      sha256: sha256(bytes),
      createdAt: expect.any(String),
    });
    const shown = (await client.ask(`/file/v1/getFile?fileId=${data.fileId}`)).data;
    const { createdAt: _, ...told } = data;
    expect(shown).toEqual({ ...told, url: expect.any(String), expiresAt: expect.any(String) });
    const answer = await fetched(shown.url);
    expect(answer.body.equals(bytes)).toBe(true);
    expect(answer.headers.get('content-type')).toBe('image/jpeg');
    expect(readdirSync(folder)).toEqual([`${data.fileId}.bin`]);
  });

  test('may have any size from 1 byte to 4 MiB', async () => {
    const { client, folder } = await start();
    for (const size of [1, MAX_BYTES]) {
      const path = client.file(`${size}.bin`, Buffer.alloc(size, 'x'));
      expect((await client.upload(`file=@${path}`)).data.size).toBe(size);
    }
    for (const [size, status] of [
      [0, '400 invalid_parameter'],
      [MAX_BYTES + 1, '413 invalid_parameter'],
      [3 * MAX_BYTES, '413 invalid_parameter'],
    ] as const) {
      const path = client.file(`${size}.bin`, Buffer.alloc(size, 'x'));
      const { code, msg } = await client.upload(`file=@${path}`);
      expect(`${code} ${msg}`).toContain(status);
    }
    expect(readdirSync(folder)).toHaveLength(2);
    expect(await client.total()).toBe(2);
  });

  test.each([
    ['two files', ['file=@PATH', 'file=@PATH'], 'only 1 of field `file`'],
    ['a file of another name', ['picture=@PATH'], 'files must be in the field `file`'],
    ['no file', ['title=x'], 'the body holds no file'],
    ['text in its place', ['file=x'], 'the body holds no file'],
    ['too many fields', Array.from({ length: 9 }, (_, index) => `a${index}=x`), 'the body is not whole'],
    ['a field that is part of every object', ['__proto__=x'], 'the body is not whole'],
  ])('is refused with %s', async (_what, parts, why) => {
    const { client, folder } = await start();
    const path = client.file('a.txt', 'a');
    const { code, msg } = await client.upload(...parts.map((part) => part.replace('PATH', path)));
    expect(`${code} ${msg}`).toContain(`400 invalid_parameter: ${why}`);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is nothing but a form', async () => {
    const { client } = await start();
    for (const args of [
      ['-d', '{}'],
      ['-X', 'POST'],
      ['-H', 'Content-Type: multipart/form-data', '-d', 'x'],
      [
        '-H',
        'Content-Type: multipart/form-data; boundary=x',
        '-d',
        '--x\r\nContent-Disposition: form-data; name="file"',
      ],
    ]) {
      expect(await client.told('/file/v1/upload', ...args)).toMatch(/^400 invalid_parameter: the body /);
    }
  });
});

describe('several files of a form', () => {
  test('are kept in their order, up to ten', async () => {
    const { client } = await start();
    const parts = Array.from({ length: 10 }, (_, index) => ['-F', `file=@${client.file(`${index}.txt`, `${index}`)}`]);
    const { data } = await client.ask('/file/v1/upload/multi', ...parts.flat());
    expect([data.total, data.pageNum, data.pageSize]).toEqual([10, 1, 10]);
    expect(data.list.map((file: { fileName: string }) => file.fileName)).toEqual(
      parts.map((_, index) => `${index}.txt`),
    );
  });

  test('are all refused with one of them', async () => {
    const { client, folder } = await start();
    const good = client.file('good.txt', 'good');
    const large = client.file('large.bin', Buffer.alloc(MAX_BYTES + 1));
    const eleven = Array.from({ length: 11 }, () => ['-F', `file=@${good}`]).flat();
    for (const [parts, why] of [
      [['-F', `file=@${good}`, '-F', `file=@${large}`], '413 invalid_parameter: a file may have at most 4194304 bytes'],
      [['-F', `file=@${good}`, '-F', `file=@${client.file('empty', '')}`], '400 invalid_parameter: an empty file'],
      [eleven, '400 invalid_parameter: only 10 of field `file` may come in one request'],
    ] as const) {
      expect(await client.told('/file/v1/upload/multi', ...parts)).toContain(why);
    }
    expect(await client.total()).toBe(0);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('are all refused where the last has no room', async () => {
    const { client } = await start();
    const path = client.file('a.txt', 'a');
    const parts = (count: number) => Array.from({ length: count }, () => ['-F', `file=@${path}`]).flat();
    for (let count = 0; count < 6; count += 1) await client.ask('/file/v1/upload/multi', ...parts(10));
    const tooMany = '403 forbidden: a user may have at most 64 files: delete one first';
    expect(await client.told('/file/v1/upload/multi', ...parts(5))).toBe(tooMany);
    expect(await client.total()).toBe(60);
    expect((await client.ask('/file/v1/upload/multi', ...parts(4))).code).toBe(200);
    expect(await client.told('/file/pre/v1/apply', '-d', '{"fileName":"a","size":1}')).toBe(tooMany);
    const { list } = (await client.ask('/file/v1/files?pageSize=1')).data;
    expect((await client.ask(`/file/v1/files/${list[0].fileId}`, '-X', 'DELETE')).data).toBeNull();
    expect((await client.apply({ fileName: 'a', size: 1 })).code).toBe(200);
  });
});

describe('an announced file', () => {
  test('is taken once, and has the id that was told', async () => {
    const { client } = await start();
    const bytes = randomBytes(100_000);
    const path = client.file('film.mp4', bytes);
    const { data } = await client.apply({
      fileName: 'film.mp4',
      size: bytes.length,
      contentType: 'video/mp4',
      sha256: sha256(bytes),
    });
    expect(await client.told(`/file/v1/getFile?fileId=${data.fileId}`)).toMatch(/^404 not_found/);
    // Whatever it is sent as.
    const kept = await client.ask(data.uploadUrl, '-H', 'Content-Type: application/json', '--data-binary', `@${path}`);
    expect(kept.data).toMatchObject({ fileId: data.fileId, size: bytes.length, contentType: 'video/mp4' });
    const again = await client.told(data.uploadUrl, '--data-binary', `@${path}`);
    expect(again).toBe('404 not_found: the uploadToken is unknown, has expired or was used: apply for another');
    expect((await fetched(await client.link(data.fileId))).body.equals(bytes)).toBe(true);
  });

  test.each(['multipart/form-data; boundary=x', 'text/plain', ''])('is taken as %j', async (contentType) => {
    const { client } = await start();
    const { data } = await client.apply({ fileName: 'a', size: 3 });
    const path = client.file('a', 'abc');
    const header = `Content-Type: ${contentType}`;
    const kept = await client.ask(data.uploadUrl, '-H', header, '--data-binary', `@${path}`);
    expect(kept.data).toMatchObject({ size: 3, sha256: sha256(Buffer.from('abc')) });
  });

  test('is refused where it is another, and may be tried again', async () => {
    const { client, folder } = await start();
    const { data } = await client.apply({ fileName: 'a', size: 3, sha256: sha256(Buffer.from('abc')) });
    const send = (text: string | Buffer, ...args: string[]) =>
      client.told(data.uploadUrl, ...args, '--data-binary', `@${client.file('sent', text)}`);
    expect(await send('ab')).toBe('400 invalid_parameter: the body has 2 of 3 bytes that were announced as its size');
    expect(await send('abcd')).toMatch(/^400 invalid_parameter: the body has more than 3 bytes/);
    expect(await send('abd')).toMatch(/^400 invalid_parameter: the body does not have the sha256/);
    expect(await send('')).toMatch(/^400 invalid_parameter: an empty file/);
    expect(await send(Buffer.alloc(3 * MAX_BYTES))).toMatch(/^4\d\d invalid_parameter/);
    expect(await send(Buffer.alloc(3 * MAX_BYTES), '-H', 'Transfer-Encoding: chunked')).toMatch(
      /^4\d\d invalid_parameter/,
    );
    expect(readdirSync(folder)).toEqual([]);
    expect(await send('abc')).toBe('200 success');
  });

  test('comes within 10 minutes or not at all', async () => {
    const clock = new TestClock();
    const { client } = await start({ environment: clock.environment });
    const early = (await client.apply({ fileName: 'a', size: 1 })).data;
    const late = (await client.apply({ fileName: 'a', size: 1 })).data;
    expect(early.expiresAt).toBe(new Date(clock.now + LATER_MS).toISOString());
    clock.advance(LATER_MS - 1);
    expect((await client.ask(early.uploadUrl, '-d', 'x')).code).toBe(200);
    clock.advance(1);
    expect(await client.told(late.uploadUrl, '-d', 'x')).toMatch(/^404 not_found: the uploadToken/);
  });

  test('is for whoever announced it, with his login', async () => {
    const { t, client } = await start();
    const { data } = await client.apply({ fileName: 'a', size: 1 });
    const stranger = await strangerTo(t);
    expect(await stranger.told(data.uploadUrl, '-d', 'x')).toMatch(/^404 not_found: the uploadToken/);
    expect((await fetch(data.uploadUrl, { method: 'POST', body: 'x' })).status).toBe(401);
    expect((await client.ask(data.uploadUrl, '-d', 'x')).code).toBe(200);
  });

  test('takes room from when it is announced', async () => {
    const { client } = await start();
    const all = await Promise.all(Array.from({ length: 64 }, () => client.apply({ fileName: 'a', size: 1 })));
    expect(all.every(({ code }) => code === 200)).toBe(true);
    expect((await client.apply({ fileName: 'a', size: 1 })).msg).toMatch(/^forbidden: a user may have at most 64/);
  });

  test.each([
    { fileName: '', size: 1 },
    { fileName: 'a'.repeat(256), size: 1 },
    { fileName: 'a', size: 0 },
    { fileName: 'a', size: MAX_BYTES + 1 },
    { fileName: 'a', size: 1, contentType: 'text/html; charset=utf-8' },
    { fileName: 'a', size: 1, sha256: 'ab' },
  ])('is not announced as %j', async (body) => {
    const { client } = await start();
    expect((await client.apply(body)).msg).toMatch(/^invalid_parameter: /);
  });
});

describe('half a body', () => {
  test.each([
    ['of a form', 'multipart/form-data; boundary=x'],
    ['of an announced file', 'application/octet-stream'],
  ])('%s leaves nothing behind', async (_what, contentType) => {
    const { t, client, folder } = await start();
    const { uploadToken } = (await client.apply({ fileName: 'a', size: 100_000 })).data;
    const isForm = contentType.startsWith('multipart');
    const path = isForm ? '/file/v1/upload/multi' : `/file/pre/v1/upload?uploadToken=${uploadToken}`;
    const part = '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n';
    const socket = connect(t.cloud.apiPort, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write(
      `POST /api/midpfilec${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${client.token}\r\n` +
        `Content-Type: ${contentType}\r\nContent-Length: 100000\r\n\r\n` +
        (isForm ? `${part}whole\r\n${part}` : '') +
        'x'.repeat(40_000),
    );
    const drafts = () => readdirSync(folder).length;
    while (drafts() < (isForm ? 2 : 1)) await new Promise((resolve) => setImmediate(resolve));
    socket.destroy();
    while (drafts() > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await client.total()).toBe(0);
  });

  test('of those who are slow keep others out for a while, and no longer', async () => {
    const { t, client } = await start();
    const sockets = Array.from({ length: 8 }, () => connect(t.cloud.apiPort, '127.0.0.1'));
    for (const socket of sockets) {
      socket.on('error', () => {});
      socket.write(
        `POST /api/midpfilec/file/v1/upload HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${client.token}\r\n` +
          'Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000\r\n\r\n--x',
      );
    }
    const path = client.file('a', 'a');
    const untilIs = async (code: number) => {
      while ((await client.upload(`file=@${path}`)).code !== code);
    };
    await untilIs(429);
    for (const socket of sockets) socket.destroy();
    await untilIs(200);
  });
});

describe('what is behind a link', () => {
  test('comes in parts, with a strong tag', async () => {
    const { client } = await start();
    const { fileId, sha256: digest } = (await client.upload(`file=@${client.file('a.txt', 'hello, world')}`)).data;
    const url = await client.link(fileId);
    const part = await run('curl', '-sS', '-i', '-r', '7-11', url);
    expect(part.output).toMatch(/^HTTP\/1\.1 206 [\s\S]*content-range: bytes 7-11\/12\r\n[\s\S]*\r\n\r\nworld$/i);
    const whole = await fetched(url);
    expect(whole.headers.get('etag')).toBe(`"${digest}"`);
    expect((await fetched(url, { 'if-none-match': `"${digest}"` })).status).toBe(304);
    expect((await fetched(url, { range: 'bytes=12-' })).status).toBe(416);
    expect((await fetched(url, { range: 'bytes=7-', 'if-range': '"other"' })).body.length).toBe(12);
    const head = await fetched(url, {}, 'HEAD');
    expect([head.status, head.headers.get('content-length'), head.body.length]).toEqual([200, '12', 0]);
  });

  test('is there for 10 minutes, and no other token opens anything', async () => {
    const clock = new TestClock();
    const { client } = await start({ environment: clock.environment });
    const { fileId } = (await client.upload(`file=@${client.file('a', 'a')}`)).data;
    const url = await client.link(fileId);
    clock.advance(LATER_MS - 1);
    expect((await fetched(url)).status).toBe(200);
    const base = url.slice(0, url.lastIndexOf('/') + 1);
    const token = url.slice(base.length);
    const flipped = Buffer.from(token, 'base64url');
    flipped[flipped.length - 1]! ^= 1;
    for (const other of [flipped.toString('base64url'), fileId, 'x', '..%2f..%2fjwt.key', 'A'.repeat(8_000)]) {
      const answer = await fetched(base + other);
      expect([other, answer.status, JSON.parse(answer.body.toString()).data]).toEqual([other, 404, null]);
    }
    clock.advance(1);
    expect((await fetched(url)).status).toBe(404);
  });

  test('has the address by which it was asked for, over TLS too', async () => {
    const t = await startTlsCloud();
    const client = await Client.of(t.cloud.apiUrl);
    const { fileId } = (await client.upload(`file=@${client.file('a', 'abc')}`)).data;
    const https = `https://127.0.0.1:${t.cloud.tls.httpsPort}`;
    const ca = ['--cacert', t.cloud.tls.caFile];
    const { url } = (await client.ask(`${https}/api/midpfilec/file/v1/getFile?fileId=${fileId}`, ...ca)).data;
    expect(url.startsWith(`${https}/api/midpfilec/file/v1/content/`)).toBe(true);
    expect((await run('curl', '-sS', ...ca, url)).output).toBe('abc');
    const { uploadUrl } = (await client.apply({ fileName: 'a', size: 1 })).data;
    expect(uploadUrl.startsWith(`${t.cloud.apiUrl}/`)).toBe(true);
  });

  test.each(['text/html', 'image/svg+xml', 'application/xhtml+xml', 'text/javascript', 'application/pdf', 'text/xml'])(
    'of type %s is never run by a browser in the name of the cloud',
    async (type) => {
      const { client } = await start();
      const path = client.file('x.html', '<script>alert(1)</script>');
      const { fileId } = (await client.upload(`file=@${path};type=${type}`)).data;
      const { headers } = await fetched(await client.link(fileId));
      expect(headers.get('content-type')).toBe('application/octet-stream');
      expect(headers.get('content-disposition')).toMatch(/^attachment;/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
    },
  );

  test.each([
    ['naïve "quote".txt', 'na_ve _quote_.txt'],
    ['图片 100%.png', '__ 100_.png'],
    ["it's (1)*.txt", "it's (1)*.txt"],
    ['a\r\nSet-Cookie: x=1', 'a__Set-Cookie: x=1'],
    ['../../../etc/passwd', 'passwd'],
    ['😀.gif', '__.gif'],
  ])('is saved as %j, and by old clients as %j', async (fileName, plain) => {
    const { client } = await start();
    const { uploadUrl } = (await client.apply({ fileName, size: 1 })).data;
    const kept = (await client.ask(uploadUrl, '-d', 'x')).data;
    const disposition = (await fetched(await client.link(kept.fileId))).headers.get('content-disposition')!;
    const [, told, extended] = /^attachment; filename="([^"\\]*)"; filename\*=UTF-8''([\w!#$&+.^`|~%-]+)$/.exec(
      disposition,
    )!;
    expect([told, decodeURIComponent(extended!)]).toEqual([plain, kept.fileName]);
    if (!/[\r/]/.test(fileName)) expect(kept.fileName).toBe(fileName);
    expect(kept.fileName).not.toMatch(/[\r\n/]/);
  });
});

describe('files', () => {
  test('of others do not exist', async () => {
    const { t, client } = await start();
    const { fileId } = (await client.upload(`file=@${client.file('a.mp4', 'a')};type=video/mp4`)).data;
    const stranger = await strangerTo(t);
    for (const request of [
      [`/file/v1/getFile?fileId=${fileId}`],
      [`/vod/v1/play-url?fileId=${fileId}`],
      [`/file/v1/files/${fileId}`, '-X', 'DELETE'],
    ]) {
      expect(await stranger.told(...(request as [string, ...string[]]))).toBe('404 not_found: there is no such file');
    }
    expect(await stranger.total()).toBe(0);
    expect(await client.total()).toBe(1);
  });

  test('of firmware packages are for every user', async () => {
    const { t } = await start();
    const file = packageOf();
    const { packageId } = (await uploadPackage(t, file)).body.data;
    const stranger = await strangerTo(t);
    const shown = (await stranger.ask(`/file/v1/getFile?fileId=${packageId}`)).data;
    expect(shown).toMatchObject({ fileId: packageId, fileName: 'SW-SERVO-001-1.1.0.slfw', size: file.length });
    expect((await fetched(shown.url)).body.equals(file)).toBe(true);
    expect(await stranger.told('/file/v1/getFile?fileId=pkg_0')).toMatch(/^404 package_not_found/);
    expect(await stranger.told(`/file/v1/files/${packageId}`, '-X', 'DELETE')).toMatch(/^404 not_found/);
  });

  test('are played where they are video or audio', async () => {
    const { client } = await start();
    const path = client.file('a', 'film');
    for (const type of ['video/mp4', 'audio/ogg']) {
      const { fileId } = (await client.upload(`file=@${path};type=${type}`)).data;
      const { data } = await client.ask(`/vod/v1/play-url?fileId=${fileId}`);
      expect(data).toEqual({ url: expect.any(String), contentType: type, expiresAt: expect.any(String) });
      expect((await fetched(data.url)).headers.get('content-type')).toBe(type);
    }
    const { fileId } = (await client.upload(`file=@${path};type=image/png`)).data;
    expect(await client.told(`/vod/v1/play-url?fileId=${fileId}`)).toBe(
      '400 invalid_parameter: fileId must be of a video or audio file: this one is image/png',
    );
  });

  test('want a login', async () => {
    const { t } = await start();
    for (const path of ['/file/v1/getFile?fileId=x', '/vod/v1/play-url?fileId=x', '/file/v1/files']) {
      expect((await fetched(`${t.cloud.apiUrl}/api/midpfilec${path}`)).status).toBe(401);
    }
  });
});

describe('a cloud that is killed', () => {
  const startChild = useChildCloud();

  test('has the files that it answered for, what was announced, and nothing of those on their way', async () => {
    const dataDir = temporaryDirectory();
    const folder = join(dataDir, 'files');
    const first = await startChild(dataDir);
    const client = await Client.of(first.apiUrl);
    const { fileId } = (await client.upload(`file=@${client.file('a.txt', 'kept')}`)).data;
    const url = new URL(await client.link(fileId));
    const announced = (await client.apply({ fileName: 'b.txt', size: 5 })).data;
    const socket = connect(Number(new URL(first.apiUrl).port), '127.0.0.1');
    socket.on('error', () => {});
    const { uploadToken } = (await client.apply({ fileName: 'c', size: 1_000 })).data;
    socket.write(
      `POST /api/midpfilec/file/pre/v1/upload?uploadToken=${uploadToken} HTTP/1.1\r\nHost: x\r\n` +
        `Authorization: Bearer ${client.token}\r\nContent-Length: 1000\r\n\r\nhalf`,
    );
    while (readdirSync(folder).length < 2) await new Promise((resolve) => setImmediate(resolve));
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    writeFileSync(join(folder, 'file_withoutrow.bin'), 'x');
    expect(readdirSync(folder)).toHaveLength(3);

    const second = await startChild(dataDir);
    expect(readdirSync(folder)).toEqual([`${fileId}.bin`]);
    expect(readFileSync(join(folder, `${fileId}.bin`), 'utf8')).toBe('kept');
    const again = await Client.of(second.apiUrl);
    expect((await fetched(second.apiUrl + url.pathname)).body.toString()).toBe('kept');
    const uploadPath = `/file/pre/v1/upload?uploadToken=${announced.uploadToken}`;
    expect((await again.ask(uploadPath, '-d', 'later')).data.fileId).toBe(announced.fileId);
  });
});
