import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readUpgradeMessage } from '../../src/ota/upgrade-message.js';
import type { FileRequest } from '../support/ota/file-server.js';
import { BLOCK_BYTES } from '../support/ota/memory-slots.js';
import { imageOf, packageHead, packageHeader, packageOf, updateKey } from '../support/ota/package.js';
import { TransferBench } from '../support/ota/transfer-bench.js';

const IMAGE = imageOf(100_000);
const OTHER = imageOf(90_000, 5);
const HEAD_BYTES = 165 + 65;
const UNTOUCHED = new TransferBench(IMAGE).slots.fingerprint;

/** A server of which the first answer is cut off in the middle, and the second is the test's. */
function secondAnswer(answer: (bench: TransferBench, request: FileRequest) => boolean): TransferBench {
  const bench = new TransferBench(IMAGE);
  bench.server.cutAfter = ({ count }) => (count === 1 ? 70_000 : undefined);
  bench.server.answer = (request) => request.count === 2 && answer(bench, request);
  return bench;
}

/** A server of which every answer is the test's. */
function everyAnswer(answer: (bench: TransferBench, request: FileRequest) => void): TransferBench {
  const bench = new TransferBench(IMAGE);
  bench.server.answer = (request) => {
    answer(bench, request);
    return true;
  };
  return bench;
}

const whole = (headers: Record<string, string | undefined>) => (bench: TransferBench, request: FileRequest) =>
  bench.server.serve(request, headers);

function expectUntouched(bench: TransferBench): void {
  expect(bench.slots.fingerprint).toBe(UNTOUCHED);
  expect(bench.slots.operations).toEqual([]);
  expect(bench.flash.keys).toEqual([]);
  expect(bench.host.sockets).toBe(0);
  expect(bench.host.timers).toBe(0);
  expect(() => bench.transfer.complete()).toThrow();
}

describe('a server that cannot go on with a file', () => {
  type Answer = (bench: TransferBench, request: FileRequest) => boolean;
  const served =
    (headers: Record<string, string | undefined>): Answer =>
    (bench, request) => {
      bench.server.serve(request, headers);
      return true;
    };
  const FROM = HEAD_BYTES + 17 * BLOCK_BYTES;
  const END = HEAD_BYTES + IMAGE.length;

  it.each<[string, Answer]>([
    [
      'answers 200 to a Range',
      (bench, request) => {
        bench.server.serve({ ...request, headers: new Map() });
        return true;
      },
    ],
    ['sends another range', served({ 'Content-Range': `bytes ${FROM + 1}-${END - 1}/${END}` })],
    ['sends less of it', served({ 'Content-Range': `bytes ${FROM}-${END - 2}/${END}` })],
    ['says another total', served({ 'Content-Range': `bytes ${FROM}-${END - 1}/${END + 1}` })],
    ['says no total', served({ 'Content-Range': `bytes ${FROM}-${END - 1}/*` })],
    ['says no range', served({ 'Content-Range': undefined })],
    ['says nonsense for a range', served({ 'Content-Range': 'lines 1-2/3' })],
    ['says a length that is not that of the range', served({ 'Content-Length': '17' })],
    ['says another ETag', served({ ETag: '"v2"' })],
    ['says a weak ETag', served({ ETag: 'W/"v1"' })],
    ['says no ETag', served({ ETag: undefined })],
    [
      'answers 416',
      (bench, { peer }) => {
        bench.server.send(peer, 416, ['Content-Length: 0']);
        return true;
      },
    ],
  ])('because it %s sends it anew, and nothing is mixed', (_what, answer) => {
    const bench = secondAnswer(answer);
    expect(bench.fetch()).toMatchObject({ ok: true });
    expect(bench.slots.holds(IMAGE)).toBe(true);
    const writesOfFirst = bench.slots.operations.filter(({ what, at }) => what === 'write' && at === 39 * BLOCK_BYTES);
    expect(writesOfFirst).toHaveLength(2);
  });

  it.each<[string, string | undefined]>([
    ['has no ETag', undefined],
    ['has weak ETags', 'W/"v1"'],
    ['has an ETag without quotes', 'v1'],
    ['has an ETag that does not end', `"${'x'.repeat(129)}"`],
    ['has an ETag with control characters', '"v\r1"'],
  ])('because it %s is asked for all of it', (_what, etag) => {
    const bench = new TransferBench(IMAGE);
    bench.server.etag = etag;
    bench.server.cutAfter = ({ count }) => (count === 1 ? 70_000 : undefined);
    expect(bench.fetch()).toMatchObject({ ok: true });
    expect(bench.server.requests.map(({ headers }) => headers.get('range'))).toEqual([undefined, undefined]);
    expect(bench.slots.holds(IMAGE)).toBe(true);
  });

  it('is given three times to begin anew, and no more', () => {
    const bench = new TransferBench(IMAGE);
    bench.server.etag = undefined;
    bench.server.cutAfter = () => 80_000;
    bench.fetch();
    expect(bench.failure).toMatchObject({ step: -2, code: 'no_rest' });
    expect(bench.failure?.retryMs).toBeUndefined();
    expect(bench.server.requests).toHaveLength(4);
    expect(bench.flash.keys).toEqual([]);
  });
});

describe('a file that changes between two tries', () => {
  it('is taken from its beginning, with its own header', () => {
    const bench = secondAnswer(({ server, key }) => {
      server.file = packageOf(OTHER, [key], { version: '1.2.0' });
      server.etag = '"v2"';
      return false;
    });
    expect(bench.fetch()).toMatchObject({ ok: true, update: { version: '1.2.0' } });
    expect(bench.slots.holds(OTHER)).toBe(true);
    expect(bench.told.filter((told) => told.startsWith('header'))).toEqual([
      'header 1.1.0',
      'header 1.1.0',
      'header 1.2.0',
    ]);
  });

  it('is refused with a header that is', () => {
    const bench = secondAnswer(({ server }) => {
      server.file = packageOf(OTHER, [updateKey(0)], { version: '1.2.0' });
      server.etag = '"v2"';
      return false;
    });
    bench.fetch();
    expect(bench.failure).toMatchObject({ step: -3, code: 'wrong_signature' });
    expect(bench.flash.keys).toEqual([]);
  });

  it('under the same ETag does not pass the digest', () => {
    const bench = secondAnswer(({ server, key }) => {
      server.file = packageOf(imageOf(IMAGE.length, 9), [key]);
      return false;
    });
    bench.fetch();
    expect(bench.failure).toMatchObject({ step: -3, code: 'wrong_digest' });
    expect(() => bench.transfer.complete()).toThrow();
  });
});

describe('nothing is written of a package', () => {
  const key = updateKey(0);
  const header = packageHeader(IMAGE);
  const right = packageHead(header, [key]);
  const zeros = Buffer.concat([header, Buffer.of(1, 0), Buffer.alloc(64)]);
  const twice = Buffer.concat([header, Buffer.of(2), right.subarray(165), right.subarray(165)]);

  it.each<[string, Uint8Array, string, number]>([
    ['that is a page', Buffer.from(`<html>${'x'.repeat(500)}`), 'not_a_package', -3],
    ['of another key', packageOf(IMAGE, [updateKey(0)]), 'wrong_signature', -3],
    ['of a key with another id', packageOf(IMAGE, [updateKey(1)]), 'signature_missing', -3],
    ['with r = s = 0', Buffer.concat([zeros, IMAGE]), 'wrong_signature', -3],
    ['with a key twice', Buffer.concat([twice, IMAGE]), 'malformed_package', -3],
    ['without a signature', Buffer.concat([header, Buffer.of(0), IMAGE]), 'malformed_package', -3],
    ['with five', Buffer.concat([header, Buffer.of(5), IMAGE]), 'malformed_package', -3],
    ['for another product', packageOf(IMAGE, [key], { productKey: 'SW-DIM-001' }), 'wrong_product', -1],
    ['for another chip', packageOf(IMAGE, [key], { chip: 'ESP32-S3' }), 'wrong_chip', -1],
    ['of a lower version', packageOf(IMAGE, [key], { version: '0.9.0', floor: '0.1.0' }), 'not_newer', -1],
    ['below the floor', packageOf(IMAGE, [key], { version: '1.0.9' }), 'below_floor', -1],
    ['of 4 GB', packageOf(IMAGE, [key], { imageBytes: 2 ** 32 - 1 }), 'too_large', -1],
    ['whose image is swapped for a longer one', Buffer.concat([right, imageOf(100_001)]), 'wrong_length', -2],
    ['whose image is cut off', Buffer.concat([right, IMAGE.subarray(1)]), 'wrong_length', -2],
    ['of which there is no image', right, 'wrong_length', -2],
    ['of which there is nothing', Buffer.alloc(0), 'wrong_length', -2],
  ])('%s', (_what, file, code, step) => {
    const bench = new TransferBench(IMAGE);
    bench.keys = { points: [key.point], required: 1 };
    bench.floor = '1.1.0';
    bench.server.file = file;
    bench.fetch();
    expect(bench.failure).toEqual({ step, code, message: expect.any(String) });
    expect(bench.server.requests).toHaveLength(1);
    expectUntouched(bench);
  });

  it('by a server that encodes it', () => {
    const bench = everyAnswer(whole({ 'Content-Encoding': 'gzip' }));
    bench.fetch();
    expect(bench.failure).toMatchObject({ step: -2, code: 'encoded' });
    expect(bench.server.requests[0]!.headers.get('accept-encoding')).toBe('identity');
    expectUntouched(bench);
  });

  it.each([400, 401, 403, 404, 410, 416, 451])('that the server refuses with %i, for good', (status) => {
    const bench = everyAnswer(({ server }, { peer }) => server.send(peer, status, ['Content-Length: 2'], 'no'));
    bench.fetch();
    expect(bench.failure).toMatchObject({ step: -2, code: `http_${status}` });
    expect(bench.failure?.message).toContain(String(status));
    expect(bench.server.requests).toHaveLength(1);
    expectUntouched(bench);
  });
});

describe('an image that is not that of its header is not taken', () => {
  it('when it was swapped', () => {
    const bench = new TransferBench(IMAGE);
    bench.server.file = Buffer.concat([packageHead(packageHeader(IMAGE), [bench.key]), imageOf(IMAGE.length, 9)]);
    bench.fetch();
    expect(bench.failure).toEqual({ step: -3, code: 'wrong_digest', message: expect.any(String) });
    expect(() => bench.transfer.complete()).toThrow();
    expect(bench.slots.isBlank).toBe(true);
    expect(bench.flash.keys).toEqual([]);
  });

  it.each([1, 500, 70_000])('when %i bytes follow it and nobody said how long it is', (extra) => {
    const bench = everyAnswer((_bench, { peer }) => {
      const { server } = bench;
      server.send(peer, 200, ['ETag: "v1"'], Buffer.concat([server.file, Buffer.alloc(extra)]));
      peer.end();
    });
    bench.fetch();
    expect(bench.failure).toMatchObject({ step: -2, code: 'too_long' });
    expect(bench.failure?.retryMs).toBeUndefined();
    expect(() => bench.transfer.complete()).toThrow();
  });

  it('when its answer never ends', () => {
    const bench = everyAnswer(({ server, time }, { peer }) => {
      server.send(peer, 200, ['Transfer-Encoding: chunked']);
      const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536), Buffer.from('\r\n')]);
      const bytes = Buffer.concat([Buffer.from(`${server.file.length.toString(16)}\r\n`), server.file]);
      peer.write(Buffer.concat([bytes, Buffer.from('\r\n')]));
      time.timer.repeat(() => peer.write(chunk), 1_000);
    });
    bench.fetch();
    expect(bench.failure).toMatchObject({ step: -2, code: 'too_long' });
  });
});

describe('an image comes whole', () => {
  const chunked = (file: Uint8Array, bytes: number): Buffer => {
    const parts: Buffer[] = [];
    for (let at = 0; at < file.length; at += bytes) {
      const part = file.subarray(at, at + bytes);
      parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), Buffer.from(part), Buffer.from('\r\n'));
    }
    return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
  };

  it('in chunks of any size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_000 }), (bytes) => {
        const image = imageOf(10_000);
        const bench = new TransferBench(image);
        bench.server.answer = ({ peer }) => {
          bench.server.send(peer, 200, ['Transfer-Encoding: chunked'], chunked(bench.server.file, bytes));
          return true;
        };
        expect(bench.fetch()).toMatchObject({ ok: true });
        expect(bench.slots.holds(image)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('in segments of any size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), (bytes) => {
        const image = imageOf(10_000);
        const bench = new TransferBench(image);
        bench.network.segmentBytes = bytes;
        expect(bench.fetch()).toMatchObject({ ok: true });
        expect(bench.slots.holds(image)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('without a word about its length', () => {
    const bench = everyAnswer((_bench, { peer }) => {
      bench.server.send(peer, 200, ['ETag: "v1"'], bench.server.file);
      peer.end();
    });
    expect(bench.fetch()).toMatchObject({ ok: true });
    expect(bench.slots.holds(IMAGE)).toBe(true);
  });

  it('after a head of nearly 16 KB', () => {
    const policy = Array.from({ length: 15 }, (_, at) => `X-Policy-${at}: ${'x'.repeat(1_000)}`);
    const bench = everyAnswer((_bench, { peer }) => {
      bench.server.send(peer, 200, [...policy, `Content-Length: ${bench.server.file.length}`], bench.server.file);
    });
    expect(bench.fetch()).toMatchObject({ ok: true });
  });
});

describe('a server that is slow or gone', () => {
  it.each<[string, (bench: TransferBench, request: FileRequest) => void, string]>([
    ['does not answer', () => {}, 'deadline'],
    [
      'falls silent after its head',
      ({ server }, { peer }) => {
        server.send(peer, 200, ['Content-Length: 100230']);
      },
      'idle_timeout',
    ],
    [
      'sends a byte of its head now and then',
      ({ time }, { peer }) => {
        time.timer.repeat(() => peer.write(Buffer.from('H')), 3_000);
      },
      'deadline',
    ],
    [
      'sends a byte every 9 seconds',
      ({ server, time }, { peer }) => {
        server.send(peer, 200, ['Content-Length: 100230']);
        let at = 0;
        time.timer.repeat(() => peer.write(server.file.subarray(at, ++at)), 9_000);
      },
      'too_slow',
    ],
    ['closes at once', (_bench, { peer }) => peer.end(), 'closed'],
    ['speaks something else', (_bench, { peer }) => peer.write(Buffer.from('220 ftp ready\r\n')), 'malformed_answer'],
    [
      'has a head without end',
      (_bench, { peer }) => peer.write(Buffer.from(`HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(9_000)}`)),
      'malformed_answer',
    ],
    [
      'compresses on the way',
      ({ server }, { peer }) => {
        server.send(peer, 200, ['Transfer-Encoding: gzip, chunked'], 'x');
      },
      'malformed_answer',
    ],
    ['answers 500', ({ server }, { peer }) => server.send(peer, 500, ['Content-Length: 0']), 'http_500'],
    ['answers 204', ({ server }, { peer }) => server.send(peer, 204, []), 'http_204'],
    [
      'sends a part that nobody asked for',
      ({ server }, { peer }) => {
        server.send(peer, 206, ['Content-Range: bytes 0-9/100230', 'Content-Length: 10'], server.file.subarray(0, 10));
      },
      'http_206',
    ],
    [
      'ends the file early, and says that this is all',
      ({ server }, { peer }) => {
        server.send(peer, 200, [], server.file.subarray(0, 3_000));
        peer.end();
      },
      'incomplete',
    ],
  ])('because it %s is tried 8 times', (_what, answer, code) => {
    const bench = everyAnswer(answer);
    bench.fetch();
    expect(bench.failure).toEqual({ step: -2, code, message: expect.any(String) });
    expect(bench.server.requests).toHaveLength(8);
    expect(new Set(bench.told.filter((told) => !/^(header|\d)/.test(told)))).toEqual(new Set([code]));
    expect(bench.flash.keys).toEqual([]);
    expect(bench.host.sockets).toBe(0);
    expect(bench.host.timers).toBe(0);
    expect(bench.time.nowMs).toBeLessThan(8 * 61_000 + 130_000);
  });

  it('because nobody listens is tried 8 times', () => {
    const bench = new TransferBench(IMAGE);
    bench.fetch('http://nowhere:1/x');
    expect(bench.failure).toMatchObject({ step: -2, code: 'dns_failed' });
    bench.fetch('http://files:1/x');
    expect(bench.failure).toMatchObject({ step: -2, code: 'connect_failed' });
    expect(bench.told).toHaveLength(16);
  });

  it('after a fast beginning is broken off within two minutes, and gone on with', () => {
    const bench = new TransferBench(IMAGE);
    bench.server.answer = ({ peer, count }) => {
      if (count > 1) return false;
      const { file } = bench.server;
      bench.server.send(peer, 200, ['ETag: "v1"', `Content-Length: ${file.length}`], file.subarray(0, 70_000));
      let at = 70_000;
      bench.time.timer.repeat(() => peer.write(file.subarray(at, ++at)), 9_000);
      return true;
    };
    expect(bench.fetch()).toMatchObject({ ok: true });
    expect(bench.told).toContain('too_slow');
    expect(bench.server.requests).toHaveLength(2);
    expect(bench.time.nowMs).toBeLessThan(125_000);
  });

  it('at 50 KiB a minute comes to its end all the same', () => {
    const bench = new TransferBench(IMAGE);
    bench.server.pace = { bytes: 1_000, ms: 1_170 };
    expect(bench.fetch()).toMatchObject({ ok: true });
    expect(bench.told).toContain('too_slow');
  });
});

describe('a server that is busy', () => {
  const busy = (status: number, ...headers: string[]): TransferBench => {
    const bench = new TransferBench(IMAGE);
    bench.server.answer = ({ peer, count }) => {
      if (count === 1) bench.server.send(peer, status, [...headers, 'Content-Length: 0']);
      return count === 1;
    };
    bench.transfer.start(bench.server.url);
    bench.time.runUntil(() => bench.outcome !== undefined);
    return bench;
  };

  it.each<[string, number, string[], number, number]>([
    ['for 2 minutes', 503, ['Retry-After: 120'], 120_000, 121_000],
    [
      'until a date',
      429,
      ['Date: Sat, 10 Jan 2026 00:00:00 GMT', 'Retry-After: Sat, 10 Jan 2026 00:05:00 GMT'],
      300_000,
      301_000,
    ],
    ['for a day: an hour is enough', 503, ['Retry-After: 86400'], 3_600_000, 3_600_000],
    ['for nobody knows how long', 429, [], 30_000, 31_000],
    ['for a moment', 503, [], 0, 1_000],
    ['for nonsense', 503, ['Retry-After: soon'], 0, 1_000],
  ])('%s is asked again after that', (_what, status, headers, least, most) => {
    const bench = busy(status, ...headers);
    expect(bench.failure).toMatchObject({ step: -2, code: `http_${status}` });
    expect(bench.failure?.retryMs).toBeGreaterThanOrEqual(least);
    expect(bench.failure?.retryMs).toBeLessThanOrEqual(most);
    expect(bench.run()).toMatchObject({ ok: true });
  });
});

describe('a redirect', () => {
  const redirecting = (location: (count: number) => string | undefined, status = 302): TransferBench =>
    everyAnswer((bench, request) => {
      const { server } = bench;
      const to = location(request.count);
      if (to === undefined) server.serve(request);
      else server.send(request.peer, status, [`Location: ${to}`, 'Content-Length: 0']);
    });

  it.each([301, 302, 303, 307, 308])('with %i is followed, three in a row', (status) => {
    const bench = redirecting((count) => ['/a?b=c', 'http://files:8080/d', '/e'][count - 1], status);
    expect(bench.fetch()).toMatchObject({ ok: true });
    expect(bench.server.requests.map(({ line }) => line)).toEqual([
      'GET /api/v1/ota/files/t0k3n HTTP/1.1',
      'GET /a?b=c HTTP/1.1',
      'GET /d HTTP/1.1',
      'GET /e HTTP/1.1',
    ]);
  });

  it('is asked for the same part', () => {
    const bench = redirecting((count) => (count % 2 === 1 ? '/there' : undefined));
    bench.server.cutAfter = ({ count }) => (count === 2 ? 70_000 : undefined);
    expect(bench.fetch()).toMatchObject({ ok: true });
    const ranges = bench.server.requests.map(({ headers }) => headers.get('range') !== undefined);
    expect(ranges).toEqual([false, false, true, true]);
    expect(bench.slots.holds(IMAGE)).toBe(true);
  });

  it.each<[string, string, string, number]>([
    ['round in a loop', '/again', 'too_many_redirects', 4],
    ['to another scheme', 'ftp://files/x', 'url_refused', 1],
    ['to https, without a CA', 'https://files/x', 'url_refused', 1],
    ['to another name without a scheme', '//files/x', 'url_refused', 1],
    ['to a folder', 'x/y', 'url_refused', 1],
    ['to nonsense', '/a b', 'url_refused', 1],
    ['to no port', 'http://files:99999/', 'url_refused', 1],
    ['with a password', 'http://user:word@files/', 'url_refused', 1],
    ['in a line without end', `/${'x'.repeat(1_100)}`, 'url_refused', 1],
  ])('%s ends the job', (_what, location, code, requests) => {
    const bench = redirecting(() => location);
    bench.fetch();
    expect(bench.failure).toEqual({ step: -2, code, message: expect.any(String) });
    expect(bench.server.requests).toHaveLength(requests);
    expectUntouched(bench);
  });

  it('to nowhere ends the job', () => {
    const bench = everyAnswer(({ server }, { peer }) => server.send(peer, 302, ['Content-Length: 0']));
    bench.fetch();
    expect(bench.failure).toMatchObject({ step: -2, code: 'url_refused' });
    expectUntouched(bench);
  });
});

describe('a URL', () => {
  it.each([
    '',
    'http://',
    'files:8080/x',
    'ftp://files/x',
    'file:///etc/passwd',
    'https://files/x',
    'http://files:0/x',
    'http://files/x#y',
    'http://files/x y',
    'http://files/x\r\nX-Evil: 1',
    'http://a@files/x',
    `http://files/${'x'.repeat(2_048)}`,
  ])('like %j is refused, and nobody is asked', (url) => {
    const bench = new TransferBench(IMAGE);
    bench.transfer.start(url);
    expect(bench.outcome).toBeUndefined();
    bench.run();
    expect(bench.failure).toEqual({ step: -2, code: 'url_refused', message: expect.any(String) });
    expect(bench.server.requests).toEqual([]);
    expectUntouched(bench);
  });

  it('without a path is that of the root', () => {
    const bench = new TransferBench(IMAGE);
    expect(bench.fetch('http://files:8080')).toMatchObject({ ok: true });
    expect(bench.server.requests[0]!.line).toBe('GET / HTTP/1.1');
  });

  it('may be as long as an offer may say', () => {
    const bench = new TransferBench(IMAGE);
    const path = `/${'x'.repeat(2_048 - 'http://files:8080/'.length)}`;
    const data = { version: '1.1.0', size: 1, url: `http://files:8080${path}` };
    const { url } = readUpgradeMessage(JSON.stringify({ code: '1000', data }))!;
    bench.server.cutAfter = ({ count }) => (count === 1 ? 70_000 : undefined);
    expect(bench.fetch(url)).toMatchObject({ ok: true });
    expect(bench.server.requests.map(({ line }) => line)).toEqual(Array(2).fill(`GET ${path} HTTP/1.1`));
  });

  it('is told to nobody: its token is in no sentence, and its record is with the secrets', () => {
    const bench = new TransferBench(IMAGE);
    bench.resumes = false;
    const said: string[] = [];
    for (const file of [Buffer.alloc(10), Buffer.alloc(1_000), packageOf(IMAGE, [updateKey(0)])]) {
      bench.server.file = file;
      bench.fetch();
      said.push(JSON.stringify(bench.outcome));
    }
    for (const url of ['https://files/t0k3n', 'http://nowhere/t0k3n', 'ftp://t0k3n', 'http://files/t0k3n t0k3n']) {
      bench.fetch(url);
      said.push(JSON.stringify(bench.outcome));
    }
    expect(said.join()).not.toContain('t0k3n');
    bench.server.file = packageOf(IMAGE, [bench.key]);
    bench.fetch();
    expect(bench.host.storage.read('download')).toBeUndefined();
    expect(bench.host.secrets.read('download')).toBeDefined();
  });
});

it('whatever a server does, nothing but the signed image is ever ready', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 2_000 }),
    fc
      .constantFrom('HTTP/1.1 200 OK\r\n', 'HTTP/1.1 206 OK\r\n', '\r\n')
      .map((line) => Uint8Array.from(Buffer.from(line))),
  );
  const act = fc.oneof(
    fc.record({ kind: fc.constant('serve' as const), cut: fc.option(fc.nat(20_000)) }),
    fc.record({ kind: fc.constant('bytes' as const), bytes: fc.array(bytes, { maxLength: 4 }) }),
    fc.record({
      kind: fc.constant('status' as const),
      status: fc.constantFrom(200, 206, 302, 404, 416, 429, 500, 503),
    }),
    fc.record({
      kind: fc.constant('header' as const),
      name: fc.constantFrom('Content-Range', 'ETag', 'Content-Length'),
      value: fc.constantFrom('bytes 0-1/2', '"v1"', '10230', '0', '"v2"'),
    }),
    fc.record({ kind: fc.constant('change' as const), at: fc.nat(20_229) }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 12 }), (acts) => {
      const image = imageOf(20_000);
      const bench = new TransferBench(image);
      const { server } = bench;
      server.answer = (request) => {
        const next = acts[request.count - 1];
        if (next === undefined) return false;
        if (next.kind === 'serve')
          server.cutAfter = ({ count }) => (count === request.count ? (next.cut ?? undefined) : undefined);
        else if (next.kind === 'status') server.send(request.peer, next.status, ['Content-Length: 0', 'Location: /']);
        else if (next.kind === 'header') server.serve(request, { [next.name]: next.value });
        else if (next.kind === 'bytes') {
          for (const piece of next.bytes) request.peer.write(piece);
          request.peer.end();
        } else {
          server.file = Uint8Array.from(server.file);
          server.file[next.at]! ^= 1;
          return false;
        }
        return next.kind !== 'serve';
      };
      bench.fetch();
      if (bench.outcome?.ok) {
        expect(bench.slots.holds(image)).toBe(true);
        expect(bench.outcome.update.digest).toBe(createHash('sha256').update(image).digest('hex'));
        expect(bench.outcome.update.version).toBe('1.1.0');
      } else expect(() => bench.transfer.complete()).toThrow();
      expect(bench.host.sockets).toBe(0);
      expect(bench.host.timers).toBe(0);
      expect(bench.slots.open).toBe(0);
    }),
    {
      numRuns: 200,
      examples: [
        [
          [
            { kind: 'serve', cut: 4_327 },
            { kind: 'change', at: 0 },
          ],
        ],
      ],
    },
  );
});
