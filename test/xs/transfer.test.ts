import { describe, expect, test } from 'vitest';
import { findXsEngine } from '../../host-sim/xs/engine.js';
import { type XsMeter, XsWorker } from '../../host-sim/xs/worker.js';
import { packageHead, packageHeader, updateKey } from '../support/ota/package.js';
import { bundle, withoutXs } from './engines.js';

interface Measured {
  /** Most slots that were live at once, looked at after every 64 KiB. */
  readonly liveSlots: number;
  /** Slots left to the garbage collector by each KiB of the image. */
  readonly garbageSlots: number;
  readonly end: string;
}

/** What a transfer of an image of that size takes of XS. */
async function measure(source: string, imageBytes: number): Promise<Measured> {
  let onAnswer: (bytes: Uint8Array, meter: () => XsMeter) => void = () => {};
  const worker = new XsWorker({
    path: findXsEngine() ?? '',
    onAnswer: (bytes, meter) => onAnswer(bytes, meter),
    onQuestion: () => new Uint8Array(0),
    onDeath: (error) => {
      throw error;
    },
  });
  const answered = (ask: () => void): Promise<{ text: string; slots: number }> =>
    new Promise((resolve) => {
      onAnswer = (bytes, meter) => resolve({ text: Buffer.from(bytes).toString(), slots: meter().currentHeapCount });
      ask();
    });
  const say = (kind: string, body: Uint8Array = Buffer.alloc(0)): ReturnType<typeof answered> =>
    answered(() => worker.send(Buffer.concat([Buffer.from(kind), body])));
  try {
    await answered(() => worker.evaluate(source));
    const header = packageHeader(Buffer.alloc(0), { imageBytes });
    const head = packageHead(header, [updateKey(0)]);
    const answer = `HTTP/1.1 200 OK\r\nETag: "v1"\r\nContent-Length: ${head.length + imageBytes}\r\n\r\n`;
    const first = Buffer.concat([Buffer.from(answer), head]);
    await say('s', first);
    let liveSlots = 0;
    let garbage = 0;
    let end = '';
    for (let left = first.length + imageBytes; left > 0; left -= 65_536) {
      const before = (await say('g')).slots;
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(Math.min(left, 65_536));
      const after = await say('f', bytes);
      garbage += after.slots - before;
      end = after.text;
      liveSlots = Math.max(liveSlots, (await say('g')).slots);
    }
    return { liveSlots, garbageSlots: (garbage / imageBytes) * 1_024, end };
  } finally {
    worker.kill();
  }
}

describe.skipIf(withoutXs)('a transfer on XS', () => {
  test('of 1.7 MB takes no more memory than one of 256 KB, and leaves little behind', async () => {
    const source = await bundle('test/xs/transfer-guest.ts');
    const small = await measure(source, 256 * 1_024);
    const large = await measure(source, 1_740_800);
    expect([small.end, large.end]).toEqual(['ok', 'ok']);
    expect(large.liveSlots).toBeLessThanOrEqual(small.liveSlots * 1.02);
    expect(large.garbageSlots).toBeLessThan(20);
  });
});
