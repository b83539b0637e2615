import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNodeCrypto } from '../../host-sim/host/node-crypto.js';
import { checkCertificateChain } from '../../src/core/certificate-chain.js';
import type { PublicKey } from '../../src/core/public-key.js';
import { TlsError } from '../../src/core/tls-error.js';
import { HandshakeGuard } from '../../src/core/tls-handshake.js';
import { CA, type Issued, server, TestPki } from '../support/pki.js';
import { damaged } from '../support/tls-damage.js';
import { messagesOf, type Recording, recordHandshake, recordOf, records } from '../support/tls-recording.js';

const HOST = 'cloud.example';
const MAX_FRAGMENT = 4_096;
/** Of what the guard holds, with its smallest parts. */
const MAX_HELD_BYTES = 8_192 + 100;
const RUNS = 10_000;

const crypto = createNodeCrypto();
const pki = new TestPki();
afterAll(() => pki.close());

/** What an engine behind the guard has been shown. */
interface Shown {
  readonly code: string | undefined;
  readonly shown: Uint8Array[];
  readonly judged: number;
  readonly mostHeld: number;
}

interface Known extends Recording {
  readonly anchor: Issued;
}

const known = new Map<string, Known>();

/** Plays a handshake to the guard, the server's bytes in pieces of these sizes (again and again). */
function play({ sent, received, anchor }: Known, pieces: readonly number[] = [received.length]): Shown {
  let judged = 0;
  const verify = (chain: readonly Uint8Array[]): PublicKey | undefined => {
    judged++;
    const verdict = checkCertificateChain(crypto, {
      chain,
      anchors: [anchor.der],
      host: HOST,
      nowMs: Date.now(),
      isFloor: false,
    });
    return verdict.trusted ? verdict.key : undefined;
  };
  const guard = new HandshakeGuard({ crypto, maxFragment: MAX_FRAGMENT, verify });
  const shown: Uint8Array[] = [];
  let mostHeld = 0;
  let code: string | undefined;
  try {
    guard.sent(sent[0]!);
    for (let at = 0, piece = 0, inPiece = 0; at < received.length && !guard.isComplete; ) {
      const { space } = guard;
      mostHeld = Math.max(mostHeld, space.buffer.byteLength);
      const count = Math.min(space.length, received.length - at, pieces[piece % pieces.length]! - inPiece);
      space.set(received.subarray(at, at + count));
      at += count;
      inPiece += count;
      if (inPiece === pieces[piece % pieces.length]) {
        piece++;
        inPiece = 0;
      }
      const record = guard.filled(count);
      if (record !== undefined) shown.push(new Uint8Array(record));
      if (guard.isClientsTurn) for (const own of sent.slice(1)) guard.sent(own);
    }
    code = guard.isComplete ? undefined : 'unfinished';
  } catch (error) {
    if (!(error instanceof TlsError)) throw error;
    expect(error.message).toMatch(/^[A-Z].*\.$/);
    code = error.code;
  }
  return { code, shown, judged, mostHeld };
}

/** The server's bytes with these messages in plaintext, each in a record of its own. */
function withMessages(received: Uint8Array, messages: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([...messages.map((message) => recordOf(message)), ...records(received).slice(-2)]);
}

function spliced<T>(list: readonly T[], at: number, count: number, ...more: readonly T[]): T[] {
  return list.slice(0, at).concat(more, list.slice(at).slice(count));
}

const TYPE = { hello: 2, certificate: 11, key: 12, request: 13, done: 14 } as const;
const ofType = (messages: readonly Uint8Array[], type: number): Uint8Array => messages.find((one) => one[0] === type)!;

beforeAll(async () => {
  const ca = (key: 'p256' | 'rsa2048'): Issued => pki.issue({ subject: `CA ${key}`, key, extensions: CA });
  const client = pki.issue({ subject: 'board', key: 'rsa2048' });
  for (const key of ['p256', 'rsa2048'] as const) {
    const anchor = ca(key);
    const leaf = pki.issue({ subject: 'server', key, extensions: server(`DNS:${HOST}`) }, anchor);
    for (const asks of [false, true]) {
      const recording = await recordHandshake({
        chain: [leaf, anchor],
        server: { requestCert: asks, rejectUnauthorized: false, ca: anchor.pem },
        ...(asks && { identity: client }),
      });
      known.set(`${key === 'p256' ? 'EC' : 'RSA'}${asks ? ', asks for a certificate' : ''}`, { ...recording, anchor });
    }
  }
});

const NAMES = ['EC', 'EC, asks for a certificate', 'RSA', 'RSA, asks for a certificate'];

describe.each(NAMES)('a handshake with a server of OpenSSL (%s)', (name) => {
  const the = (): Known => known.get(name)!;
  const changed = (change: (messages: Uint8Array[]) => Uint8Array[]): Shown => {
    const { received } = the();
    return play({ ...the(), received: withMessages(received, change(messagesOf(received))) });
  };

  it('passes, and the engine sees each message in a record of its own', () => {
    const { received } = the();
    const { code, shown, judged } = play(the());
    expect(code).toBeUndefined();
    expect(judged).toBe(1);
    expect(Buffer.concat(shown)).toEqual(withMessages(received, messagesOf(received)));
  });

  it('passes in any pieces, whatever records its messages share or are split over', () => {
    const { received } = the();
    const whole = play(the());
    const plain = Buffer.concat(messagesOf(received));
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 600 }), { minLength: 1, maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 4_000 }), { minLength: 1, maxLength: 20 }),
        (pieces, sizes) => {
          const cut: Uint8Array[] = [];
          for (let at = 0, i = 0; at < plain.length; at += sizes[i++ % sizes.length]!) {
            cut.push(recordOf(plain.subarray(at, at + sizes[i % sizes.length]!)));
          }
          const again = play({ ...the(), received: Buffer.concat([...cut, ...records(received).slice(-2)]) }, pieces);
          expect(again.code).toBeUndefined();
          expect(again.shown).toEqual(whole.shown);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('is refused without any one of its messages', () => {
    for (const left of [TYPE.hello, TYPE.certificate, TYPE.key, TYPE.done]) {
      const { code } = changed((messages) => messages.filter(([type]) => type !== left));
      expect(code).toBe('unexpected_message');
    }
  });

  it('is refused with any message twice', () => {
    messagesOf(the().received).forEach((_, at) => {
      const { code } = changed((messages) => spliced(messages, at, 0, messages[at]!));
      expect(code).toBe('unexpected_message');
    });
  });

  it('is refused where two messages have changed places', () => {
    for (let at = 1; at < messagesOf(the().received).length; at++) {
      const { code } = changed((messages) => spliced(messages, at - 1, 2, messages[at]!, messages[at - 1]!));
      expect(code).toBe('unexpected_message');
    }
  });

  it('is refused where a second key exchange, without a signature, follows the first', () => {
    const { code } = changed((messages) =>
      messages.flatMap((message) => {
        if (message[0] !== TYPE.key) return [message];
        const unsigned = Uint8Array.from([...message.subarray(0, 4 + 69), 0, 0, 0, 0]);
        unsigned[3] = unsigned.length - 4;
        unsigned[2] = 0;
        return [message, unsigned];
      }),
    );
    expect(code).toBe('unexpected_message');
  });

  it.each([
    [0, 0],
    [0, 1],
    [0, 3],
    [4, 0],
    [2, 1],
    [2, 3],
    [5, 1],
    [8, 4],
  ])('is refused where the key exchange is signed by hash %i and algorithm %i', (hash, algorithm) => {
    const { code } = changed((messages) => {
      const key = ofType(messages, TYPE.key);
      key[4 + 69] = hash;
      key[4 + 70] = algorithm;
      return messages;
    });
    expect(code).toBe('illegal_parameter');
  });

  it('is refused where the signature of the key exchange is that of nothing: r = s = 0', () => {
    const { code } = changed((messages) =>
      messages.map((message) => {
        if (message[0] !== TYPE.key) return message;
        const zero = [0x30, 6, 2, 1, 0, 2, 1, 0];
        const body = [...message.subarray(4, 4 + 71), 0, zero.length, ...zero];
        return Uint8Array.from([TYPE.key, 0, 0, body.length, ...body]);
      }),
    );
    expect(code).toBe('decrypt_error');
  });

  it('is refused where the key is another point of the curve, or none', () => {
    const { code } = changed((messages) => {
      ofType(messages, TYPE.key)[4 + 40]! ^= 1;
      return messages;
    });
    expect(code).toBe('illegal_parameter');
    const other = messagesOf([...known.values()].find(({ received }) => received !== the().received)!.received);
    const swapped = changed((messages) => {
      ofType(messages, TYPE.key).set(ofType(other, TYPE.key).subarray(4, 4 + 69), 4);
      return messages;
    });
    expect(swapped.code).toBe('decrypt_error');
  });

  it('is refused where the key exchange was signed for another connection', () => {
    const { sent } = the();
    const hello = new Uint8Array(sent[0]!);
    hello[20]! ^= 1;
    expect(play({ ...the(), sent: [hello, ...sent.slice(1)] }).code).toBe('decrypt_error');
    const { code } = changed((messages) => {
      ofType(messages, TYPE.hello)[4 + 10]! ^= 1;
      return messages;
    });
    expect(code).toBe('decrypt_error');
  });

  it('is refused where the server chooses another version, cipher suite or compression', () => {
    const suiteAt = (hello: Uint8Array): number => 4 + 2 + 32 + 1 + hello[38]!;
    const withHello = (change: (hello: Uint8Array) => void): Shown =>
      changed((messages) => {
        change(ofType(messages, TYPE.hello));
        return messages;
      });
    expect(withHello((hello) => (hello[5] = 2)).code).toBe('protocol_version');
    for (const suite of [0x002f, 0x009c, 0x009e, 0xc027, 0xc030, 0xc02c, 0x1301, 0x0000, 0x00ff]) {
      const { code } = withHello((hello) => hello.set([suite >> 8, suite & 255], suiteAt(hello)));
      expect(code).toBe('illegal_parameter');
    }
    expect(withHello((hello) => (hello[suiteAt(hello) + 2] = 1)).code).toBe('illegal_parameter');
  });

  it('is refused where the certificate does not fit the cipher suite', () => {
    const { code } = changed((messages) => {
      const hello = ofType(messages, TYPE.hello);
      const at = 4 + 2 + 32 + 1 + hello[38]! + 1;
      hello[at] = hello[at] === 0x2b ? 0x2f : 0x2b;
      return messages;
    });
    expect(code).toBe('illegal_parameter');
  });

  it('is refused where the server knows of no safe renegotiation, or of what it was not asked for', () => {
    const withExtensions = (extensions: readonly number[]): string | undefined =>
      changed((messages) =>
        messages.map((message) => {
          if (message[0] !== TYPE.hello) return message;
          const body = [...message.subarray(4, 4 + 2 + 32 + 1 + message[38]! + 3), 0, extensions.length, ...extensions];
          return Uint8Array.from([TYPE.hello, 0, 0, body.length, ...body]);
        }),
      ).code;
    const safe = [0xff, 1, 0, 1, 0];
    expect(withExtensions(safe)).toBeUndefined();
    expect(withExtensions([...safe, 0, 1, 0, 1, 4, 0, 0, 0, 0, 0, 11, 0, 2, 1, 0])).toBeUndefined();
    expect(withExtensions([])).toBe('handshake_failure');
    expect(withExtensions([...safe, ...safe])).toBe('decode_error');
    expect(withExtensions([0xff, 1, 0, 1, 1])).toBe('illegal_parameter');
    expect(withExtensions([0xff, 1, 0, 2, 0, 0])).toBe('illegal_parameter');
    // 512 bytes a record, where 4,096 were asked for.
    expect(withExtensions([...safe, 0, 1, 0, 1, 1])).toBe('illegal_parameter');
    // A session ticket, an extended master secret, a protocol by ALPN.
    for (const type of [35, 23, 16]) expect(withExtensions([...safe, 0, type, 0, 0])).toBe('unsupported_extension');
  });

  it('is refused where data, an alert, a change of cipher or a Finished comes in between', () => {
    const all = records(the().received);
    const [cipher, finished] = all.slice(-2) as [Uint8Array, Uint8Array];
    const strangers = [
      [recordOf(Uint8Array.of(1, 2, 3), 23), 'unexpected_message'],
      [recordOf(Uint8Array.of(2, 40), 21), 'peer_alert'],
      [recordOf(Uint8Array.of(1, 0), 21), 'peer_alert'],
      [cipher, 'unexpected_message'],
      [recordOf(Uint8Array.of(0, 0, 0, 0)), 'unexpected_message'],
      [recordOf(new Uint8Array(0)), 'decode_error'],
      [recordOf(Uint8Array.of(1), 99), 'unexpected_message'],
    ] as const;
    for (const [stranger, code] of strangers) {
      for (let at = 0; at < all.length - 2; at++) {
        expect(play({ ...the(), received: Buffer.concat(spliced(all, at, 0, stranger)) }).code).toBe(code);
      }
    }
    for (let at = 1; at < all.length - 2; at++) {
      expect(play({ ...the(), received: Buffer.concat(spliced(all, at, 0, finished)) }).code).not.toBe(undefined);
    }
    expect(play({ ...the(), received: Buffer.concat(spliced(all, -2, 1)) }).code).toBe('unexpected_message');
    const late = [...all.slice(0, -1), recordOf(Uint8Array.of(1, 2, 3), 23), finished];
    expect(play({ ...the(), received: Buffer.concat(late) }).code).toBe('unexpected_message');
  });

  it('is refused where the server goes on before it is its turn', () => {
    const { sent, received } = the();
    // The client never sends its Finished.
    expect(play({ ...the(), sent: sent.slice(0, 1) }).code).toBe('unexpected_message');
    const more = withMessages(received, messagesOf(received));
    expect(play({ ...the(), sent: sent.slice(0, -1), received: more }).code).toBe('unexpected_message');
  });

  it(`of ${RUNS / NAMES.length} damaged ones none crashes it, fills its memory, or shows the engine what is not signed`, () => {
    const good = the();
    const messages = messagesOf(good.received);
    const signed = [TYPE.certificate, TYPE.key].map((type) => Buffer.from(ofType(messages, type)));
    const random = Buffer.from(ofType(messages, TYPE.hello).subarray(4, 4 + 34));
    let refused = 0;
    fc.assert(
      fc.property(damaged(good.received), fc.integer({ min: 1, max: 5_000 }), (received, piece) => {
        const { code, shown, mostHeld, judged } = play({ ...good, received }, [piece]);
        expect(mostHeld).toBeLessThanOrEqual(MAX_HELD_BYTES);
        expect(judged).toBeLessThanOrEqual(1);
        if (code !== undefined) refused++;
        if (!shown.some((record) => record[5] === TYPE.key)) return;
        expect(shown[0]!.subarray(9, 9 + 34)).toEqual(new Uint8Array(random));
        expect(shown[2]!.subarray(5)).toEqual(new Uint8Array(signed[1]!));
        // Whatever else the server sends along with its own certificate is of no consequence.
        const own = 4 + 3 + 3 + signed[0]!.readUIntBE(7, 3);
        expect(shown[1]!.subarray(5 + 7, 5 + own)).toEqual(new Uint8Array(signed[0]!.subarray(7, own)));
      }),
      { numRuns: RUNS / NAMES.length },
    );
    // What is left: encrypted bytes, which are the engine's to check, and what comes after.
    expect(refused).toBeGreaterThan(RUNS / NAMES.length / 2);
  });
});
