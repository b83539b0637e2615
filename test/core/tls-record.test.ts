import { describe, expect, it } from 'vitest';
import { TlsError } from '../../src/core/tls-error.js';
import { TlsRecordWatch } from '../../src/core/tls-record.js';

const MAX_FRAGMENT = 4_096;

function record(type: number, length: number, version = [3, 3]): number[] {
  return [type, ...version, length >> 8, length & 255, ...new Array<number>(length).fill(0xee)];
}

/** Watches these bytes in pieces of one size; the code of the refusal, if there is one. */
function watch(bytes: readonly number[], size = bytes.length): string | undefined {
  const watching = new TlsRecordWatch(MAX_FRAGMENT);
  try {
    for (let at = 0; at < bytes.length; at += size) watching.watch(Uint8Array.from(bytes.slice(at, at + size)));
    return undefined;
  } catch (error) {
    if (!(error instanceof TlsError)) throw error;
    expect(error.message).toMatch(/^[A-Z].*\.$/);
    return error.code;
  }
}

describe('the records of an open TLS connection', () => {
  it('may be data and alerts, in any pieces', () => {
    const bytes = [...record(23, 24), ...record(23, MAX_FRAGMENT + 24), ...record(21, 26), ...record(23, 100)];
    for (const size of [1, 2, 3, 5, 7, 100, bytes.length]) expect(watch(bytes, size)).toBeUndefined();
  });

  it.each([
    ['a new handshake', record(22, 40), 'unexpected_message'],
    ['a change of cipher', record(20, 1), 'unexpected_message'],
    ['a type of its own', record(24, 40), 'unexpected_message'],
    ['another version', record(23, 40, [3, 1]), 'protocol_version'],
    ['one that is too short for nonce and tag', record(23, 23), 'decode_error'],
    ['one that is longer than agreed', record(23, MAX_FRAGMENT + 25), 'record_overflow'],
  ])('are refused: %s', (_says, bytes, code) => {
    for (const size of [1, 4, 100]) expect(watch([...record(23, 30), ...bytes], size)).toBe(code);
  });
});
