import fc from 'fast-check';
import { messagesOf, recordOf, records } from './tls-recording.js';

/** A server's bytes with one to four things wrong. */
export function damaged(received: Uint8Array): fc.Arbitrary<Uint8Array> {
  const messages = messagesOf(received);
  const at = fc.nat({ max: 100_000 });
  const onBytes = fc.oneof(
    fc.record({ kind: fc.constant('flip' as const), at, bit: fc.nat({ max: 7 }) }),
    fc.record({ kind: fc.constant('set' as const), at, value: fc.constantFrom(0, 1, 0x7f, 0x80, 0xff) }),
    fc.record({ kind: fc.constant('cut' as const), at, count: fc.integer({ min: 1, max: 200 }) }),
    fc.record({ kind: fc.constant('insert' as const), at, bytes: fc.uint8Array({ minLength: 1, maxLength: 50 }) }),
    fc.record({ kind: fc.constant('truncate' as const), at }),
  );
  const index = fc.nat({ max: messages.length - 1 });
  const onMessages = fc.oneof(
    fc.record({ kind: fc.constant('drop' as const), at: index }),
    fc.record({ kind: fc.constant('double' as const), at: index, to: index }),
    fc.record({ kind: fc.constant('swap' as const), at: index, to: index }),
    fc.record({ kind: fc.constant('length' as const), at: index, length: fc.nat({ max: 0xffffff }) }),
    fc.record({ kind: fc.constant('body' as const), at: index, byte: at, value: fc.nat({ max: 255 }) }),
    fc.record({
      kind: fc.constant('stranger' as const),
      at: index,
      type: fc.integer({ min: 0, max: 25 }),
      body: fc.uint8Array({ maxLength: 60 }),
    }),
  );
  return fc
    .tuple(fc.array(onMessages, { maxLength: 2 }), fc.array(onBytes, { maxLength: 2 }))
    .filter(([a, b]) => a.length + b.length > 0)
    .map(([changes, bytes]) => {
      const list = messages.map((message) => new Uint8Array(message));
      const loose = new Map<Uint8Array, number>();
      for (const change of changes) {
        const one = list[change.at % Math.max(1, list.length)];
        if (one === undefined) continue;
        if (change.kind === 'drop') list.splice(change.at, 1);
        else if (change.kind === 'double') list.splice(change.to, 0, new Uint8Array(one));
        else if (change.kind === 'swap') {
          const other = list[change.to % list.length]!;
          list[change.to % list.length] = one;
          list[change.at % list.length] = other;
        } else if (change.kind === 'length') {
          if (one.length >= 4) one.set([change.length >> 16, (change.length >> 8) & 255, change.length & 255], 1);
        } else if (change.kind === 'body') one[change.byte % one.length] = change.value;
        else {
          list.splice(change.at, 0, change.body);
          loose.set(change.body, change.type);
        }
      }
      let stream: Uint8Array = Buffer.concat([
        ...list.map((message) => recordOf(message, loose.get(message))),
        ...records(received).slice(-2),
      ]);
      for (const change of bytes) {
        const where = change.at % Math.max(1, stream.length);
        if (change.kind === 'flip') stream[where]! ^= 1 << change.bit;
        else if (change.kind === 'set') stream[where] = change.value;
        else if (change.kind === 'cut')
          stream = Buffer.concat([stream.subarray(0, where), stream.subarray(where + change.count)]);
        else if (change.kind === 'insert')
          stream = Buffer.concat([stream.subarray(0, where), change.bytes, stream.subarray(where)]);
        else stream = stream.subarray(0, where);
      }
      return stream;
    });
}
