import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matches, startCloud, temporaryDirectory } from './support/fixture.js';
import { packageOf, published, upload } from './support/packages.js';
import { words } from './support/people.js';

const MAX_BYTES = 4_194_304;

describe('a firmware package', () => {
  test('is taken with what its header says and what its file is', async () => {
    const t = await startCloud();
    const file = packageOf({ version: '2.0.0-rc.1', floor: '1.2.3', signedBy: [0, 3] });
    const answer = await upload(t, file);
    matches('uploadPackage', answer);
    expect(answer.body.data).toMatchObject({
      productKey: 'SW-SERVO-001',
      chipModel: 'ESP32',
      version: '2.0.0-rc.1',
      versionFloor: '1.2.3',
      requiredKeys: [0, 1],
      signedBy: [0, 3],
      bytes: file.length,
      sha256: createHash('sha256').update(file).digest('hex'),
      md5: createHash('md5').update(file).digest('hex'),
      imageBytes: 100_000,
    });
    const { packageId } = answer.body.data;
    expect((await t.as('GET', `/ota/packages/${packageId}`)).body.data).toEqual(answer.body.data);
  });

  test('is listed, of one product or of all, the newest first', async () => {
    const t = await startCloud();
    const first = await published(t);
    const second = await published(t, { version: '1.2.0' });
    const other = await published(t, { productKey: 'SW-DIM-001' });
    const ids = async (query: string) => {
      const answer = await t.as('GET', `/ota/packages${query}`);
      matches('listPackages', answer);
      return answer.body.data.list.map((one: { packageId: string }) => one.packageId);
    };
    expect(await ids('')).toEqual([other, second, first]);
    expect(await ids('?productKey=SW-SERVO-001')).toEqual([second, first]);
    expect(await ids('?productKey=unknown')).toEqual([]);
    expect(await ids('?size=1&page=2')).toEqual([second]);
  });

  test('that is sent again is the one that is there', async () => {
    const t = await startCloud();
    const id = await published(t);
    expect(await published(t)).toBe(id);
    expect((await t.as('GET', '/ota/packages')).body.data.total).toBe(1);
  });

  test('that is sent twice at the same time is one', async () => {
    const t = await startCloud();
    const ids = await Promise.all([published(t), published(t)]);
    expect(new Set(ids).size).toBe(1);
    expect((await t.as('GET', '/ota/packages')).body.data.total).toBe(1);
  });

  test('of any size up to 4 MiB is taken, in whatever pieces it comes', async () => {
    const t = await startCloud();
    const most = packageOf({ image: Buffer.alloc(MAX_BYTES - 230, 'x') });
    expect(most.length).toBe(MAX_BYTES);
    expect((await upload(t, most)).status).toBe(200);
    const small = packageOf({ image: Buffer.from('i'), signedBy: [1, 2, 3, 4] });
    const bytes = new ReadableStream({
      start(controller) {
        for (const byte of small) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    expect((await upload(t, bytes)).body.data.bytes).toBe(small.length);
  });

  test('is deleted with its file, and then unknown', async () => {
    const dataDir = temporaryDirectory();
    const t = await startCloud({ dataDir });
    const id = await published(t);
    expect(readdirSync(join(dataDir, 'packages'))).toEqual([`${id}.slfw`]);
    expect((await t.as('DELETE', `/ota/packages/${id}`)).status).toBe(200);
    expect(readdirSync(join(dataDir, 'packages'))).toEqual([]);
    for (const method of ['GET', 'DELETE']) {
      expect(words(await t.as(method, `/ota/packages/${id}`))).toBe('404 package_not_found');
    }
  });

  test('goes with its product', async () => {
    const t = await startCloud();
    await t.as('POST', '/products', { productKey: 'NEW', name: 'n', category: 'c', controlMode: 'toggle' });
    const id = await published(t, { productKey: 'NEW' });
    expect((await t.as('DELETE', '/products/NEW')).status).toBe(200);
    expect(words(await t.as('GET', `/ota/packages/${id}`))).toBe('404 package_not_found');
  });

  test('is there after a restart', async () => {
    const dataDir = temporaryDirectory();
    const first = await startCloud({ dataDir });
    const id = await published(first);
    await first.cloud.close();
    const second = await startCloud({ dataDir });
    expect((await second.as('GET', `/ota/packages/${id}`)).body.data.version).toBe('1.1.0');
    expect(readdirSync(join(dataDir, 'packages'))).toEqual([`${id}.slfw`]);
  });
});

describe('an upload is refused, and leaves nothing behind,', () => {
  const refused = async (body: Buffer, word = '400 invalid_parameter') => {
    const dataDir = temporaryDirectory();
    const t = await startCloud({ dataDir });
    const answer = await upload(t, body);
    expect(words(answer)).toBe(word);
    expect(readdirSync(join(dataDir, 'packages'))).toEqual([]);
    expect((await t.as('GET', '/ota/packages')).body.data.total).toBe(0);
    return answer.body.detail as string;
  };
  const changed = (at: number, ...bytes: number[]) => {
    const file = packageOf();
    file.set(bytes, at);
    return file;
  };

  test('with other magic', async () => {
    expect(await refused(Buffer.from('{"firmware":true}'))).toContain('does not begin as a package');
  });

  test('of an unknown format', async () => {
    expect(await refused(changed(4, 2))).toContain('format 2');
  });

  test('for a product that is not known here', async () => {
    const why = await refused(packageOf({ productKey: 'NOBODYS' }), '400 invalid_product_key');
    expect(why).toContain('NOBODYS');
  });

  test('for a chip that there is not', async () => {
    expect(await refused(packageOf({ chip: 'ESP8266' }))).toContain('chip');
  });

  test('with a floor above its version', async () => {
    expect(await refused(packageOf({ floor: '1.1.1' }))).toContain('floor');
  });

  test('without any bytes', async () => {
    expect(await refused(Buffer.alloc(0))).toContain('ends within its header');
  });

  test.each([3, 164, 229, 230, 100_229])('when it ends after %i bytes', async (bytes) => {
    expect(await refused(packageOf().subarray(0, bytes))).toContain('ends');
  });

  test('with a byte too many', async () => {
    expect(await refused(Buffer.concat([packageOf(), Buffer.of(0)]))).toContain('longer than its header says');
  });

  test('when the image is not that of the header', async () => {
    expect(await refused(changed(50_000, 0))).toContain('SHA-256');
    expect(await refused(changed(12, 1, 2, 3, 4))).toContain('SHA-256');
  });

  test('when it is too large, whether it says so or not', async () => {
    const large = packageOf({ image: Buffer.alloc(MAX_BYTES - 229) });
    expect(await refused(large, '413 invalid_parameter')).toContain('4194304');
    const t = await startCloud();
    const pieces = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(large.buffer, large.byteOffset, 230));
        for (let count = 0; count < 5; count += 1) controller.enqueue(new Uint8Array(1_048_576));
        controller.close();
      },
    });
    expect(words(await upload(t, pieces))).toBe('413 invalid_parameter');
  });

  test('whatever one byte of its head is changed to, or it is what it was to boards', async () => {
    const t = await startCloud();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 91 }), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const file = packageOf();
        file[at]! ^= flip;
        const answer = await upload(t, file);
        // The required keys are for boards to judge.
        expect([at === 5 ? 200 : 400, 400]).toContain(answer.status);
      }),
      { numRuns: 30 },
    );
  });

  test('without a login, before anything of it is read', async () => {
    const t = await startCloud();
    const answer = await t.call('POST', '/ota/packages');
    expect(words(answer)).toBe('401 unauthorized');
  });

  test('when the connection ends in the middle, as does what it would have held up', async () => {
    const dataDir = temporaryDirectory();
    const t = await startCloud({ dataDir });
    const token = (await t.login()).body.data.token as string;
    const folder = join(dataDir, 'packages');
    // More than may be under way at a time.
    for (let count = 0; count < 6; count += 1) {
      const request = httpRequest(`${t.cloud.apiUrl}/api/v1/ota/packages`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-length': '100230' },
      });
      request.on('error', () => {});
      request.write(packageOf().subarray(0, 50_000));
      while (readdirSync(folder).length === 0) await new Promise((resolve) => setImmediate(resolve));
      request.destroy();
      while (readdirSync(folder).length > 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await upload(t, packageOf())).status).toBe(200);
  });

  test('while four others are under way', async () => {
    const dataDir = temporaryDirectory();
    const t = await startCloud({ dataDir });
    const token = (await t.login()).body.data.token as string;
    const requests = Array.from({ length: 4 }, () => {
      const request = httpRequest(`${t.cloud.apiUrl}/api/v1/ota/packages`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-length': '100230' },
      });
      request.on('error', () => {});
      request.write(packageOf().subarray(0, 1_000));
      return request;
    });
    while (readdirSync(join(dataDir, 'packages')).length < 4) await new Promise((resolve) => setImmediate(resolve));
    const answer = await upload(t, packageOf());
    expect(words(answer)).toBe('429 too_many_requests');
    expect(answer.headers.get('retry-after')).toBe('5');
    for (const request of requests) request.destroy();
  });
});
