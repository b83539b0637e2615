import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createNodeText } from '../../host-sim/host/node-text.js';
import { findXsEngine } from '../../host-sim/xs/engine.js';
import { XsWorker } from '../../host-sim/xs/worker.js';
import { bundle, withoutXs } from './engines.js';
import { portalCodec } from './portal-codecs.js';

describe.skipIf(withoutXs)('what the portal reads and writes is on XS as on Node', () => {
  let worker: XsWorker;
  let onAnswer: (bytes: Uint8Array) => void;

  beforeAll(async () => {
    worker = new XsWorker({
      path: findXsEngine() ?? '',
      onAnswer: (bytes) => onAnswer(bytes),
      onQuestion: () => new Uint8Array(0),
      onDeath: (error) => {
        throw error;
      },
    });
    const source = await bundle('test/xs/portal-guest.ts');
    await new Promise<void>((resolve) => {
      onAnswer = () => resolve();
      worker.evaluate(source);
    });
  });
  afterAll(() => worker?.kill());

  const onXs = (message: Uint8Array): Promise<Buffer> =>
    new Promise((resolve) => {
      onAnswer = (bytes) => resolve(Buffer.from(bytes));
      worker.send(message);
    });

  /** Both give the same. */
  async function same(kind: number, bytes: Uint8Array): Promise<void> {
    const message = Uint8Array.of(kind, ...bytes);
    expect((await onXs(message)).toString('latin1')).toBe(
      Buffer.from(portalCodec(createNodeText(), message)).toString('latin1'),
    );
  }

  test('requests', async () => {
    const part = fc.oneof(
      fc.constantFrom(
        'GET /a?b HTTP/1.1\r\n',
        'POST http://A.example:80/api/setup HTTP/1.0\r\n',
        'HEAD * HTTP/1.1\r\n',
        'Host: a:80\r\n',
        'Content-Type: Application/JSON ; x\r\n',
        'Content-Length: 5\r\n',
        '\r\n',
        'h\xc3\xa9llo',
      ),
      fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    );
    const parts = fc.array(part, { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(parts, (all) => same(0, Buffer.from(all.join(''), 'latin1'))),
      { numRuns: 1_000 },
    );
  });

  test('name queries', async () => {
    const query = Buffer.from('beef0100000100000000000001610000010001', 'hex');
    await same(1, query);
    const change = fc.tuple(fc.nat(query.length - 1), fc.nat(255));
    const changed = change.map(([at, value]) => Buffer.from(query).fill(value, at, at + 1));
    await fc.assert(
      fc.asyncProperty(changed, (bytes) => same(1, bytes)),
      { numRuns: 300 },
    );
  });

  test('names of networks in JSON', async () => {
    for (const name of ['"\\</script>', '\u0000\u001f\u007f\u0080', '😀é意\ufffe\uffff'])
      await same(2, Buffer.from(name));
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), (name) => same(2, Buffer.from(name))),
      { numRuns: 300 },
    );
  });
});
