import { describe, expect, it } from 'vitest';
import { encodeImage } from '../../host-sim/image/sim-image.js';
import { loadProduct } from '../../host-sim/products/load.js';
import type { FileRequest } from '../support/ota/file-server.js';
import {
  type HeaderFields,
  packageHead,
  packageHeader,
  packageOf,
  type UpdateKey,
  updateKey,
} from '../support/ota/package.js';
import { buildOf, FieldBench } from './field-bench.js';

const KEY = updateKey(0);
const SECOND = updateKey(1);
const STRANGER: UpdateKey = updateKey(0);
const IMAGE = buildOf('1.1.0');
/** Whole, as a boot loader sees it, and not what was signed. */
const EVIL = encodeImage({
  build: { product: { ...loadProduct('SW-SERVO-001'), firmwareVersion: '6.6.6' }, buildTimeMs: 0 },
  bundle: '/'.repeat(20_000),
});

interface Attack {
  /** Key of the board, and the keys that it wants. */
  readonly wants?: number;
  readonly file: Uint8Array;
  /** Does what a server that lies does. */
  readonly server?: (bench: FieldBench, request: FileRequest) => boolean;
  /** What the offer says. */
  readonly version?: string;
  /** Of the refusal: what the board says, and Alink's step. */
  readonly code: string;
  readonly step: number;
}

const sign = (image: Uint8Array, keys: readonly UpdateKey[] = [KEY], fields: Partial<HeaderFields> = {}): Buffer =>
  packageOf(image, keys, fields);

/** A genuine head before something else. */
function behindGenuineHead(image: Uint8Array): Buffer {
  return Buffer.concat([packageHead(packageHeader(IMAGE), [KEY]), image]);
}

/** Signatures of one package before the header of another. */
function otherHeader(): Buffer {
  const genuine = packageHead(packageHeader(IMAGE), [KEY]);
  const other = packageHeader(EVIL, { version: '6.6.6' });
  return Buffer.concat([other, genuine.subarray(164), EVIL]);
}

function withZeroSignature(): Buffer {
  const file = sign(IMAGE);
  file.fill(0, 166, 230);
  return file;
}

const redirect = (bench: FieldBench, { peer }: FileRequest, location: string): boolean => {
  bench.server.send(peer, 302, [`Location: ${location}`, 'Content-Length: 0']);
  return true;
};

const status =
  (code: number) =>
  (bench: FieldBench, { peer }: FileRequest) => {
    bench.server.send(peer, code, ['Content-Length: 0']);
    return true;
  };

const ATTACKS: Readonly<Record<string, Attack>> = {
  'a wrong signature': { file: sign(IMAGE, [STRANGER]), code: 'wrong_signature', step: -3 },
  'a signature of zeros, over which an engine would never come back': {
    file: withZeroSignature(),
    code: 'wrong_signature',
    step: -3,
  },
  'too few of the required keys': { wants: 0b11, file: sign(IMAGE), code: 'key_unknown', step: -3 },
  'the right signature over another header': { file: otherHeader(), code: 'wrong_signature', step: -3 },
  'a swapped image': { file: behindGenuineHead(EVIL), code: 'wrong_digest', step: -3 },
  'a swapped image of another length': { file: behindGenuineHead(EVIL.subarray(9)), code: 'wrong_length', step: -2 },
  'an image that is longer than it says': {
    file: Buffer.concat([sign(IMAGE), Buffer.alloc(100)]),
    code: 'wrong_length',
    step: -2,
  },
  'one that goes on for ever': {
    file: sign(IMAGE),
    server: (bench, { peer }) => {
      bench.server.send(peer, 200, [], Buffer.concat([sign(IMAGE), Buffer.alloc(50_000)]));
      return true;
    },
    code: 'too_long',
    step: -2,
  },
  'an image that is truncated': { file: sign(IMAGE).subarray(0, 9_000), code: 'wrong_length', step: -2 },
  'another product': { file: sign(IMAGE, [KEY], { productKey: 'SW-RELAY-002' }), code: 'wrong_product', step: -1 },
  'another chip': { file: sign(IMAGE, [KEY], { chip: 'ESP32-C3' }), code: 'wrong_chip', step: -1 },
  'the version that runs': { file: sign(IMAGE, [KEY], { version: '1.0.0' }), code: 'not_newer', step: -1 },
  'a lower version': {
    file: sign(IMAGE, [KEY], { version: '0.9.0', floor: '0.9.0' }),
    code: 'not_newer',
    step: -1,
  },
  'a replayed campaign': {
    file: sign(buildOf('1.0.0'), [KEY], { version: '1.0.0' }),
    version: '1.0.0',
    code: 'not_newer',
    step: -1,
  },
  'a retired key': { wants: 0b10, file: sign(IMAGE), code: 'key_unknown', step: -3 },
  'what is no package': { file: Buffer.from('<!doctype html>'.repeat(2_000)), code: 'not_a_package', step: -3 },
  'a redirect that never ends': {
    file: sign(IMAGE),
    server: (bench, request) => redirect(bench, request, '/again'),
    code: 'too_many_redirects',
    step: -2,
  },
  'a redirect to what is no address': {
    file: sign(IMAGE),
    server: (bench, request) => redirect(bench, request, 'javascript:alert(1)'),
    code: 'url_refused',
    step: -2,
  },
  '404': { file: sign(IMAGE), server: status(404), code: 'http_404', step: -2 },
  '503, again and again': { file: sign(IMAGE), server: status(503), code: 'http_503', step: -2 },
  'an encoding': {
    file: sign(IMAGE),
    server: (bench, request) => {
      bench.server.serve(request, { 'Content-Encoding': 'gzip' });
      return true;
    },
    code: 'encoded',
    step: -2,
  },
};

async function attacked(attack: Attack): Promise<FieldBench> {
  const bench = new FieldBench({
    key: KEY,
    file: attack.file,
    ...(attack.wants !== undefined && { required: attack.wants }),
  });
  if (attack.version !== undefined) bench.offers = false;
  if (attack.server) bench.server.answer = (request) => attack.server!(bench, request);
  await bench.pass(60_000, () => bench.informs.length > 0);
  if (attack.version !== undefined) bench.offer(attack.version, bench.server.url, attack.file.length);
  return bench;
}

describe('of all attacks on an update nothing is ever bootable', () => {
  it.each(Object.entries(ATTACKS))('%s', async (_name, attack) => {
    const bench = await attacked(attack);
    const { loader } = bench.device;
    const otadata = new Uint8Array(loader.startOf(0));
    loader.flash.read(otadata, 0);
    await bench.settle(48 * 3_600_000);
    expect(bench.data('update_refused').length + bench.data('update_failed').length).toBe(1);
    expect(bench.progress.filter((step) => step.startsWith('-'))).toEqual([
      expect.stringMatching(new RegExp(`^${attack.step} ${attack.code}: `)),
    ]);
    const after = new Uint8Array(otadata.length);
    loader.flash.read(after, 0);
    expect(after).toEqual(otadata);
    expect(loader.read(1)).toBeUndefined();
    bench.offers = false;
    bench.device.cut();
    await bench.pass(120_000, () => bench.device.isOnline);
    expect([bench.device.version, bench.device.isOnline, bench.isBrick]).toEqual(['1.0.0', true, false]);
  });

  it('while the signature that is wanted is enough, whoever else has signed', async () => {
    const bench = new FieldBench({ key: KEY, file: sign(IMAGE, [SECOND, KEY]) });
    await bench.settle();
    expect(bench.isUpdated).toBe(true);
  });
});

describe('a server that lies, and then does not any more, has its board updated all the same', () => {
  const LIES: Readonly<Record<string, (bench: FieldBench, request: FileRequest) => boolean>> = {
    'about its ETag': (bench, request) => {
      if (request.count > 1) return false;
      bench.server.cutAfter = ({ count }) => (count === 1 ? 9_000 : undefined);
      bench.server.serve(request, { ETag: '"another"' });
      return true;
    },
    'about a Range': (bench, request) => {
      bench.server.cutAfter = ({ count }) => (count === 1 ? 9_000 : undefined);
      if (request.count !== 2) return false;
      bench.server.serve(request, { 'Content-Range': 'bytes 0-999/1000' });
      return true;
    },
    'by a 503 that wants to be left alone': (bench, { count, peer }) => {
      if (count > 2) return false;
      bench.server.send(peer, 503, ['Retry-After: 30', 'Content-Length: 0']);
      return true;
    },
    'by a byte every nine seconds': (bench, request) => {
      bench.server.pace = request.count === 1 ? { bytes: 1, ms: 9_000 } : { bytes: 2_000, ms: 5 };
      return false;
    },
  };

  it.each(Object.entries(LIES))('%s', async (_name, lie) => {
    const bench = new FieldBench({ key: KEY, file: sign(IMAGE) });
    bench.server.answer = (request) => lie(bench, request);
    await bench.settle(3_600_000);
    expect([bench.isUpdated, bench.device.version]).toEqual([true, '1.1.0']);
  });
});
