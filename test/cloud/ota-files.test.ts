import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Duplex, duplexPair } from 'node:stream';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitsIfRange, namesTag, selectRange } from '../../host-sim/cloud/api/byte-range.js';
import { FileStream } from '../../host-sim/cloud/api/file-stream.js';
import { TestClock } from './support/clock.js';
import { onCleanup, startCloud, type TestCloud, temporaryDirectory } from './support/fixture.js';
import { packageOf, UpdatableBoard, upload } from './support/packages.js';

const run = promisify(execFile);

/** A cloud with a campaign, and where its board was told to fetch the file. */
async function offered(options: Parameters<typeof startCloud>[0] = {}, file = packageOf()) {
  const t = await startCloud(options);
  const board = await UpdatableBoard.online(t, await t.activate());
  const { packageId } = (await upload(t, file)).body.data;
  const { campaignId } = (await t.as('POST', '/ota/campaigns', { packageId })).body.data;
  const { data } = await board.told();
  return { t, file, packageId, campaignId, board, url: data.url as string };
}

async function get(url: string, headers: Record<string, string> = {}, method = 'GET') {
  const response = await fetch(url, { method, headers: { connection: 'close', ...headers } });
  return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
}

describe('the file of a campaign', () => {
  test('comes whole, with a strong tag and the promise of ranges', async () => {
    const { url, file } = await offered();
    const answer = await get(url);
    expect(answer.status).toBe(200);
    expect(answer.body.equals(file)).toBe(true);
    expect(answer.headers.get('etag')).toMatch(/^"[0-9a-f]{64}"$/);
    expect(answer.headers.get('accept-ranges')).toBe('bytes');
    expect(answer.headers.get('content-length')).toBe(String(file.length));
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
  });

  test('is told of by HEAD, and never in parts', async () => {
    const { url, file } = await offered();
    for (const headers of [{}, { range: 'bytes=5-9' }]) {
      const answer = await get(url, headers, 'HEAD');
      expect([answer.status, answer.headers.get('content-length'), answer.body.length]).toEqual([
        200,
        String(file.length),
        0,
      ]);
      expect(answer.headers.get('etag')).toBe((await get(url)).headers.get('etag'));
    }
  });

  test.each([
    ['bytes=0-0', 0, 0],
    ['bytes=5-9', 5, 9],
    ['BYTES=100000-', 100_000, 100_229],
    ['bytes=-10', 100_220, 100_229],
    ['bytes=-999999999999999999999', 0, 100_229],
    ['bytes=10-999999999999999999999', 10, 100_229],
  ])('comes in part for %s', async (range, first, last) => {
    const { url, file } = await offered();
    const answer = await get(url, { range });
    expect([answer.status, answer.headers.get('content-range')]).toEqual([206, `bytes ${first}-${last}/100230`]);
    expect(answer.headers.get('content-length')).toBe(String(last - first + 1));
    expect(answer.body.equals(file.subarray(first, last + 1))).toBe(true);
  });

  test.each(['bytes=100230-', 'bytes=-0', 'bytes=999999999999999999999-'])('has no part %s', async (range) => {
    const { url } = await offered();
    const answer = await get(url, { range });
    expect([answer.status, answer.headers.get('content-range')]).toEqual([416, 'bytes */100230']);
    expect(JSON.parse(answer.body.toString()).message).toBe('invalid_parameter');
  });

  test.each(['bytes=0-4,10-14', 'bytes=9-5', 'bytes=', 'bytes=-', 'bytes=a-b', 'lines=0-4', '0-4'])(
    'comes whole for %s, which is no single range of bytes',
    async (range) => {
      const { url, file } = await offered();
      const answer = await get(url, { range });
      expect([answer.status, answer.body.length]).toEqual([200, file.length]);
    },
  );

  test('comes in part by If-Range only as long as it is the same', async () => {
    const { url, file } = await offered();
    const tag = (await get(url)).headers.get('etag')!;
    const status = async (ifRange: string) => {
      const answer = await get(url, { range: 'bytes=5-9', 'if-range': ifRange });
      expect(answer.body.length).toBe(answer.status === 206 ? 5 : file.length);
      return answer.status;
    };
    expect(await status(tag)).toBe(206);
    for (const other of ['"other"', `W/${tag}`, tag.slice(1, -1), new Date().toUTCString()]) {
      expect(await status(other)).toBe(200);
    }
  });

  test('does not come again to who has it', async () => {
    const { url } = await offered();
    const tag = (await get(url)).headers.get('etag')!;
    for (const known of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
      const answer = await get(url, { 'if-none-match': known });
      expect([answer.status, answer.body.length, answer.headers.get('etag')]).toEqual([304, 0, tag]);
    }
    expect((await get(url, { 'if-none-match': '"other"' })).status).toBe(200);
  });

  test('is found by its token alone', async () => {
    const { url } = await offered();
    const base = url.slice(0, url.lastIndexOf('/') + 1);
    expect(url.slice(base.length)).toMatch(/^[A-Za-z0-9_-]{22}$/);
    for (const name of ['x', 'A'.repeat(22), '..%2f..%2fcloud.sqlite', '%2e%2e', `${'a'.repeat(9_000)}`]) {
      const answer = await get(base + name);
      expect([name, answer.status]).toEqual([name, 404]);
    }
  });

  test('is gone once the campaign was aborted, and under another address when it is taken up again', async () => {
    const { t, url, board, campaignId } = await offered();
    await t.as('POST', `/ota/campaigns/${campaignId}/abort`);
    expect((await get(url)).status).toBe(404);
    await board.inform('1.0.0');
    await t.as('POST', `/ota/campaigns/${campaignId}/retry`);
    const again = (await board.told()).data.url as string;
    expect(again).not.toBe(url);
    expect((await get(url)).status).toBe(404);
    expect((await get(again)).status).toBe(200);
  });

  test('has an address whose token stands in no log, and in the database as a hash', async () => {
    const dataDir = temporaryDirectory();
    const { t, url } = await offered({ dataDir });
    await get(`${url}x`);
    const token = url.slice(url.lastIndexOf('/') + 1);
    expect(JSON.stringify(t.logged)).not.toContain(token);
    await t.cloud.close();
    expect(readFileSync(join(dataDir, 'cloud.sqlite')).includes(token)).toBe(false);
  });

  test('keeps its address over a restart', async () => {
    const dataDir = temporaryDirectory();
    const { t, url, file } = await offered({ dataDir });
    await t.cloud.close();
    const again = await startCloud({ dataDir });
    const moved = url.replace(/:\d+/, `:${again.cloud.apiPort}`);
    expect((await get(moved)).body.equals(file)).toBe(true);
  });
});

describe('curl', () => {
  test('fetches the file, goes on with half of it, and takes parts', async () => {
    const { url, file } = await offered({}, packageOf({ image: Buffer.alloc(1_700_000, 'firmware ') }));
    const folder = temporaryDirectory();
    const at = (name: string) => join(folder, name);
    await run('curl', ['-sS', '--fail', '-o', at('whole'), url]);
    expect(readFileSync(at('whole')).equals(file)).toBe(true);
    writeFileSync(at('half'), file.subarray(0, 700_001));
    await run('curl', ['-sS', '--fail', '-C', '-', '-o', at('half'), url]);
    expect(readFileSync(at('half')).equals(file)).toBe(true);
    await run('curl', ['-sS', '--fail', '-r', '1000-1999', '-o', at('part'), url]);
    expect(readFileSync(at('part')).equals(file.subarray(1_000, 2_000))).toBe(true);
    await run('curl', ['-sS', '--fail', '--etag-save', at('tag'), '-o', at('first'), url]);
    const { stdout } = await run('curl', [
      '-sS',
      '--etag-compare',
      at('tag'),
      '-w',
      '%{http_code}',
      '-o',
      at('none'),
      url,
    ]);
    expect(stdout).toBe('304');
  });

  test('uploads a package, too', async () => {
    const t = await startCloud();
    const token = (await t.login()).body.data.token as string;
    const path = join(temporaryDirectory(), 'firmware.slfw');
    writeFileSync(path, packageOf({ image: Buffer.alloc(1_700_000, 'x') }));
    const { stdout } = await run('curl', [
      ...['-sS', '--fail', '-H', `Authorization: Bearer ${token}`, '--data-binary', `@${path}`],
      `${t.cloud.apiUrl}/api/v1/ota/packages`,
    ]);
    expect(JSON.parse(stdout).data.version).toBe('1.1.0');
  });
});

describe('a download', () => {
  /** Asks for a file and takes nothing of the answer; with the cloud's end of the connection. */
  async function stalled(t: TestCloud, url: string): Promise<readonly [here: Duplex, there: Duplex]> {
    // Not by TCP, whose buffers may have room for all of a file.
    const [here, there] = duplexPair();
    onCleanup(() => {
      here.destroy();
    });
    t.cloud.accept('api', there);
    here.write(`GET ${new URL(url).pathname} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await once(here, 'readable');
    return [here, there];
  }

  test('that nobody takes ends after a minute, and a slow one does not', async () => {
    const clock = new TestClock();
    const bytes = 1_000_000;
    const file = { bytes, sha256: '', read: (_at: number, length: number) => Buffer.alloc(length) };
    const stream = new FileStream(file, { first: 0, last: bytes - 1 }, clock.environment);
    const failed = once(stream, 'error');
    let taken = 0;
    for (let minutes = 0; minutes < 4; minutes += 1) {
      while (stream.readableLength === 0) await once(stream, 'readable');
      taken += (stream.read() as Buffer).length;
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(59_000);
      expect(stream.destroyed).toBe(false);
    }
    clock.advance(2_000);
    expect((await failed)[0].message).toBe('nobody takes the file');
    expect(taken).toBeLessThan(bytes);
  });

  test.each(['its package is deleted', 'its campaign is aborted', 'its campaign is aborted and taken up again'])(
    'ends where %s meanwhile',
    async (how) => {
      const file = packageOf({ image: Buffer.alloc(4_000_000) });
      const { t, url, packageId, campaignId, board } = await offered({}, file);
      const [here, there] = await stalled(t, url);
      const closed = once(there, 'close');
      if (how.startsWith('its campaign')) {
        await t.as('POST', `/ota/campaigns/${campaignId}/abort`);
        if (how.endsWith('again')) await t.as('POST', `/ota/campaigns/${campaignId}/retry`);
      } else {
        await board.inform('1.1.0');
        while ((await t.as('DELETE', `/ota/packages/${packageId}`)).status !== 200);
      }
      let taken = 0;
      here.on('data', (bytes) => {
        taken += bytes.length;
      });
      await closed;
      expect(taken).toBeLessThan(file.length);
    },
  );
});

describe('a Range field of any shape', () => {
  test('selects nothing that is not in the file', () => {
    const field = fc.oneof(
      fc.string(),
      fc.tuple(fc.option(fc.nat(300)), fc.option(fc.nat(300))).map(([from, to]) => `bytes=${from ?? ''}-${to ?? ''}`),
    );
    fc.assert(
      fc.property(field, fc.integer({ min: 1, max: 200 }), (range, bytes) => {
        const selected = selectRange(range, bytes);
        if (typeof selected === 'string') return;
        expect(selected.first).toBeGreaterThanOrEqual(0);
        expect(selected.last).toBeGreaterThanOrEqual(selected.first);
        expect(selected.last).toBeLessThan(bytes);
      }),
    );
  });

  test('is not waited for', () => {
    const before = process.cpuUsage();
    selectRange(`bytes=${' ,'.repeat(8_000)}x`, 10);
    namesTag(','.repeat(16_000), '"a"');
    fitsIfRange(' '.repeat(16_000), '"a"');
    expect(process.cpuUsage(before).user).toBeLessThan(100_000);
  });
});
