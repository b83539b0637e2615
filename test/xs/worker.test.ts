import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createNodeText } from '../../host-sim/host/node-text.js';
import { findXsEngine } from '../../host-sim/xs/engine.js';
import { XsWorker, type XsWorkerOptions } from '../../host-sim/xs/worker.js';
import { bundle, withoutXs } from './engines.js';

describe.skipIf(withoutXs)('the XS engine as a process', () => {
  const path = findXsEngine() ?? '';
  const workers: XsWorker[] = [];

  function start(options: Partial<XsWorkerOptions> = {}): XsWorker {
    const worker = new XsWorker({
      path,
      onAnswer: () => {},
      onQuestion: () => new Uint8Array(0),
      onDeath: (error) => {
        throw error;
      },
      ...options,
    });
    workers.push(worker);
    return worker;
  }

  const death = (script: string, options: Partial<XsWorkerOptions> = {}): Promise<Error> =>
    new Promise((resolve) => start({ ...options, onDeath: resolve }).evaluate(script));

  afterAll(() => {
    for (const worker of workers) worker.kill();
  });

  test('a script that throws ends it, with what it threw', async () => {
    expect((await death('throw new RangeError("too far")')).message).toBe('XS engine: RangeError: too far');
  });

  test('a loop without end ends by the deadline', async () => {
    expect((await death('for (;;);', { deadlineMs: 100 })).message).toBe('XS engine: it gave no answer within 100 ms');
  });

  test('recursion without end is told apart', async () => {
    expect((await death('(function f() { f(); })()')).message).toContain('its stack overflowed');
  });

  test('memory without end is told apart', async () => {
    const message = (
      await death('const all = []; for (;;) all.push(new ArrayBuffer(1 << 26));', { deadlineMs: 20_000 })
    ).message;
    expect(message).toContain('memory');
  });

  test('a program that is not there is a death, not an exception', async () => {
    expect((await death('0', { path: '/nowhere/xsnap-worker' })).message).toContain('cannot be started');
  });

  test('questions are answered in the middle of a call', async () => {
    const answers: string[] = [];
    await new Promise<void>((resolve) => {
      const worker = start({
        onQuestion: (bytes) => Buffer.from(`${Buffer.from(bytes)}!`),
        onAnswer: (bytes) => {
          answers.push(Buffer.from(bytes).toString());
          if (answers.length === 2) resolve();
        },
      });
      worker.evaluate('globalThis.handleCommand = (message) => issueCommand(issueCommand(message));');
      worker.send(Buffer.from('really'));
    });
    expect(answers[1]).toBe('really!!');
  });

  test('after quit and kill nobody is told anything', async () => {
    const worker = start();
    worker.evaluate('for (;;);');
    worker.kill();
    await worker.quit();
    const other = start();
    await other.quit();
    other.kill();
    worker.send(new Uint8Array(1));
  });
});

describe.skipIf(withoutXs)('text in the guest', () => {
  const text = createNodeText();
  let worker: XsWorker;
  let onAnswer: (bytes: Uint8Array) => void = () => {};

  const ask = (kind: number, bytes: Uint8Array): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      if (dead !== undefined) throw dead;
      onAnswer = (answer) => resolve(Buffer.from(answer));
      onDeath = reject;
      worker.send(Buffer.concat([Uint8Array.of(kind), bytes]));
    });
  let onDeath: (error: Error) => void = () => {};
  let dead: Error | undefined;

  beforeAll(async () => {
    worker = new XsWorker({
      path: findXsEngine() ?? '',
      onAnswer: (bytes) => onAnswer(bytes),
      onQuestion: () => new Uint8Array(0),
      onDeath: (error) => {
        dead = error;
        onDeath(error);
      },
    });
    const source = await bundle('test/xs/text-guest.ts');
    await new Promise<void>((resolve) => {
      onAnswer = () => resolve();
      worker.evaluate(source);
    });
  });

  afterAll(() => worker?.kill());

  function onNode(kind: number, bytes: Uint8Array): Buffer {
    const into = new Uint8Array(4 * bytes.length);
    try {
      const units = Buffer.from(bytes.slice(0, bytes.length & ~1)).swap16();
      const value = kind === 0 ? text.decode(bytes, 0, bytes.length) : units.toString('utf16le');
      return Buffer.from(into.subarray(0, text.encode(value, into, 0)));
    } catch {
      return Buffer.of(0xff);
    }
  }

  test('well-formed text of every plane, NUL and the byte order mark come through as on Node', async () => {
    for (const value of [
      '',
      'abc',
      '\0',
      'a\0b',
      'é',
      '意义',
      '\u{1f600}',
      '\uFEFFx',
      'x\uFEFF',
      '\u{10ffff}',
      '\uffff',
    ]) {
      expect(await ask(0, Buffer.from(value))).toEqual(Buffer.from(value));
    }
  });

  test('what is not UTF-8 is a TypeError: overlong, surrogates, beyond the last plane, cut', async () => {
    for (const hex of [
      'c080',
      'c1bf',
      'e08080',
      'f0808080',
      'eda080',
      'edbfbf',
      'f4908080',
      'f5808080',
      'ff',
      '80',
      'c3',
      'e284',
      'f09f98',
    ]) {
      expect((await ask(0, Buffer.from(hex, 'hex'))).toString('hex'), hex).toBe('ff');
    }
  });

  test('any bytes are judged, and any code units are written, as on Node', async () => {
    const interesting = fc.constantFrom(
      0,
      0x41,
      0x7f,
      0x80,
      0x9f,
      0xa0,
      0xbf,
      0xc0,
      0xc2,
      0xd8,
      0xdc,
      0xe0,
      0xed,
      0xef,
      0xf0,
      0xf4,
      0xff,
    );
    const bytes = fc.array(fc.oneof(interesting, fc.nat(255)), { maxLength: 24 }).map((all) => Uint8Array.from(all));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(0, 1), bytes, async (kind, some) => {
        expect((await ask(kind, some)).toString('hex')).toBe(onNode(kind, some).toString('hex'));
      }),
      { numRuns: 2_000 },
    );
  });
});
