import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createNodeCrypto } from '../../host-sim/host/node-crypto.js';
import { readCertificate } from '../../src/core/certificate.js';
import type { Crypto } from '../../src/core/crypto.js';
import type { TlsConstructor, TlsIdentity } from '../../src/ports/socket.js';
import { CA, server, TestPki } from '../support/pki.js';
import { type Recording, recordHandshake, recordOf } from '../support/tls-recording.js';
import { loadAdapter, TestClock } from './xs-modules.js';

/** What encryption adds to a record, its header included. */
const OVERHEAD = 29;

let recording: Recording;
const pki = new TestPki();
afterAll(() => pki.close());
beforeAll(async () => {
  const ca = pki.issue({ subject: 'CA', extensions: CA });
  recording = await recordHandshake({
    chain: [pki.issue({ subject: 'server', extensions: server('DNS:cloud.example') }, ca)],
  });
});

interface Pipe {
  readable: number;
  read(into: Uint8Array): void;
  write(record: Uint8Array): number;
}

/** The SDK's session: says what the recorded client said, and "decrypts" by taking nonce and tag off. */
class Session {
  static last: Session;
  readonly options: Record<string, unknown>;
  readonly alerts: string[] = [];
  #step = 0;
  broken = false;

  constructor(options: Record<string, unknown>) {
    this.options = options;
    Session.last = this;
  }

  initiateHandshake(): void {}

  handshake(pipe: Pipe): boolean {
    if (this.broken) throw new Error('out of sorts');
    if (this.#step++ === 0) pipe.write(recording.sent[0]!);
    else if (pipe.readable > 0) {
      const record = new Uint8Array(pipe.readable);
      pipe.read(record);
      pipe.readable = 0;
      this.#step = record[0] === 22 && record.length === 45 ? 1_000 : this.#step;
    } else if (this.#step > 1_000) return true;
    else for (const record of recording.sent.slice(1)) pipe.write(record);
    return false;
  }

  #held: number[] = [];

  read(pipe: Pipe): Uint8Array | null | undefined {
    if (this.broken) throw new Error('out of sorts');
    while (pipe.readable > 0) {
      const length = this.#held.length < 5 ? 5 : 5 + this.#held[3]! * 256 + this.#held[4]!;
      const piece = new Uint8Array(Math.min(pipe.readable, length - this.#held.length));
      pipe.read(piece);
      pipe.readable -= piece.length;
      this.#held.push(...piece);
      if (this.#held.length < 5 || this.#held.length < 5 + this.#held[3]! * 256 + this.#held[4]!) continue;
      const record = this.#held.splice(0);
      return record[0] === 21 ? null : Uint8Array.from(record.slice(5 + 8, -16));
    }
    return undefined;
  }

  write(pipe: Pipe, bytes: Uint8Array): void {
    pipe.write(recordOf(Uint8Array.from([...new Uint8Array(8), ...bytes, ...new Uint8Array(16)]), 23));
  }

  doProtocol(pipe: Pipe, _protocol: unknown, level: number, description: number): void {
    this.alerts.push(`${level} ${description}`);
    pipe.write(recordOf(new Uint8Array(26), 21));
  }
}

/** The SDK's TCP socket. */
class SdkTcp {
  static last: SdkTcp;
  readonly options: Record<'onReadable' | 'onWritable', (count: number) => void> & { onError(): void };
  written: number[] = [];
  received: number[] = [];
  room = 0;
  closed = 0;

  constructor(options: SdkTcp['options']) {
    this.options = options;
    SdkTcp.last = this;
  }

  read(into: Uint8Array): void {
    if (into.length === 0 || into.length > this.received.length) throw new Error('invalid');
    into.set(this.received.splice(0, into.length));
  }

  write(bytes: Uint8Array): number {
    if (bytes.length > this.room) throw new Error('would block');
    this.written.push(...bytes);
    this.room -= bytes.length;
    return this.room;
  }

  close(): void {
    this.closed++;
  }

  deliver(bytes: Iterable<number>): void {
    this.received.push(...bytes);
    this.options.onReadable(this.received.length);
  }

  writable(room: number): void {
    this.room = room;
    this.options.onWritable(room);
  }
}

const data = (...bytes: number[]): Uint8Array =>
  recordOf(Uint8Array.from([...new Uint8Array(8), ...bytes, ...new Uint8Array(16)]), 23);

describe('TLS on XS', async () => {
  const clock = new TestClock();
  beforeEach(() => clock.reset());
  const { xsTls } = await loadAdapter<{ xsTls(crypto: Crypto): TlsConstructor }>('tls.ts', {
    'embedded:io/socket/tcp': SdkTcp,
    'ssl/session': Session,
    'ssl/alert': {},
    timer: clock.timer,
  });
  const Tls = xsTls(createNodeCrypto());

  function connect({
    serverName = 'cloud.example',
    trusted = true,
    identity = undefined as TlsIdentity | undefined,
  } = {}) {
    const log: string[] = [];
    const socket = new Tls({
      address: '192.0.2.1',
      port: 18760,
      serverName,
      ...(identity && { identity }),
      verify: (chain) => {
        log.push(`verify ${chain.length}`);
        return trusted ? readCertificate(chain[0]!).key : undefined;
      },
      onReadable: (count) => log.push(`readable ${count}`),
      onWritable: (count) => log.push(`writable ${count}`),
      onError: (error) => log.push(`error ${(error as Error | undefined)?.message ?? ''}`),
    });
    return { socket, sdk: SdkTcp.last, session: Session.last, log };
  }

  /** With a handshake behind it, and room for one byte in a record of its own besides an alert. */
  function open() {
    const opened = connect();
    const { sdk, log } = opened;
    sdk.writable(10_000);
    sdk.deliver(recording.received);
    clock.time.advance(100);
    sdk.writable(31 + OVERHEAD + 1);
    log.length = 0;
    sdk.written.length = 0;
    return opened;
  }

  test('makes nothing but objects before the network calls', () => {
    const { log, sdk, session } = connect();
    expect([log, sdk.written]).toEqual([[], []]);
    expect(session.options).toMatchObject({ protocolVersion: 0x303, serverName: 'cloud.example' });
    expect(connect({ serverName: '192.0.2.1' }).session.options).not.toHaveProperty('serverName');
  });

  test('says nothing of its own, and tells nobody that it can be written to, before both have finished', () => {
    const { sdk, log } = connect();
    sdk.writable(10_000);
    sdk.deliver(recording.received.slice(0, -1));
    clock.time.advance(100);
    expect(log).toEqual(['verify 1']);
    expect(sdk.written).toEqual([...recording.sent.flatMap((record) => [...record])]);
    sdk.deliver(recording.received.slice(-1));
    expect(log).toEqual(['verify 1', expect.stringMatching(/^writable \d+$/)]);
  });

  test('lets others have their turn between the signatures', () => {
    const { sdk, log } = connect();
    sdk.writable(10_000);
    sdk.deliver(recording.received);
    expect(log).toEqual(['verify 1']);
    expect(sdk.written.length).toBe(recording.sent[0]!.length);
    clock.time.advance(100);
    expect(log.length).toBe(2);
  });

  test('sends its part of the handshake as room comes free', () => {
    const { sdk, log } = connect();
    for (let sent = 0; sent < recording.sent[0]!.length; sent += 50) sdk.writable(50);
    sdk.deliver(recording.received);
    clock.time.advance(100);
    expect(log).toEqual(['verify 1']);
    const all = recording.sent.flatMap((record) => [...record]);
    while (sdk.written.length < all.length) sdk.writable(50);
    expect(sdk.written).toEqual(all);
    expect(log).toEqual(['verify 1']);
    sdk.writable(31 + OVERHEAD + 7);
    expect(log).toEqual(['verify 1', 'writable 7']);
  });

  test('a server that is not believed, an alert, or an engine that throws ends it with one error', () => {
    const refused = connect({ trusted: false });
    refused.sdk.writable(10_000);
    refused.sdk.deliver(recording.received);
    expect(refused.log).toEqual(['verify 1', 'error The server is not trusted.']);
    expect(refused.session.alerts).toEqual(['2 42']);
    expect(refused.sdk.closed).toBe(1);

    const alerted = connect();
    alerted.sdk.writable(10_000);
    alerted.sdk.deliver(recordOf(Uint8Array.of(2, 40), 21));
    expect(alerted.log).toEqual(['error The server ended the handshake with alert 40.']);
    expect(alerted.session.alerts).toEqual([]);

    const broken = connect();
    broken.session.broken = true;
    broken.sdk.writable(10_000);
    expect(broken.log).toEqual(['error out of sorts']);

    const later = open();
    later.session.broken = true;
    later.sdk.deliver(data(1));
    later.sdk.options.onError();
    expect(later.log).toEqual(['error out of sorts']);
    expect(later.session.alerts).toEqual(['2 20']);
  });

  test('a read takes what there is of a record, and what follows is told of when that is empty', () => {
    const { socket, sdk, log } = open();
    const into = new Uint8Array(4);
    expect(socket.read(into)).toBe(0);
    sdk.deliver([...data(1, 2, 3, 4, 5, 6), ...data(), ...data(7)]);
    expect(log).toEqual(['readable 6']);
    expect(socket.read(into)).toBe(4);
    expect(socket.read(into)).toBe(2);
    expect([...into]).toEqual([5, 6, 3, 4]);
    expect(log).toEqual(['readable 6']);
    clock.time.advance(1);
    expect(log).toEqual(['readable 6', 'readable 1']);
    expect(socket.read(into)).toBe(1);
    clock.time.advance(1);
    expect(log.length).toBe(2);
  });

  test('what came last can still be read when the server has closed', () => {
    const { socket, sdk, log } = open();
    sdk.deliver([...data(1, 2), ...recordOf(new Uint8Array(26), 21)]);
    expect(socket.read(new Uint8Array(9))).toBe(2);
    clock.time.advance(1);
    expect(log).toEqual(['readable 2', 'error the server has closed the connection']);
    expect(socket.read(new Uint8Array(9))).toBe(0);
    expect(() => socket.write(Uint8Array.of(1))).toThrow(RangeError);
  });

  test('what does not belong into an open connection never reaches the engine', () => {
    const { sdk, log } = open();
    sdk.deliver(recordOf(new Uint8Array(40), 22));
    expect(log).toEqual(['error The server sent a record of type 22 too soon, or too late.']);
  });

  test('writes up to what fits with what encryption adds, in records of 1 KB, and leaves room for an alert', () => {
    const { socket, sdk, session, log } = open();
    expect(socket.write(Uint8Array.of(1))).toBe(0);
    expect(() => socket.write(Uint8Array.of(1))).toThrow(RangeError);
    for (let room = 0; room < 4_000; room += 13) {
      log.length = 0;
      sdk.writable(room);
      const told = Number(/\d+/.exec(log[0] ?? '0')![0]);
      sdk.written.length = 0;
      expect(told === 0 ? 0 : socket.write(new Uint8Array(told))).toBe(0);
      expect(sdk.written.length).toBeLessThanOrEqual(Math.max(0, room - 31));
      expect(sdk.written.length - Math.ceil(told / 1_024) * OVERHEAD).toBe(told);
    }
    sdk.writable(31);
    socket.close();
    expect(session.alerts).toEqual(['1 0']);
  });

  test('close says goodbye where it can, is silent, and may come twice', () => {
    const { socket, sdk, session, log } = open();
    socket.close();
    socket.close();
    sdk.options.onError();
    expect(session.alerts).toEqual(['1 0']);
    expect(sdk.closed).toBe(1);
    expect(log).toEqual([]);
    expect(() => socket.read(new Uint8Array(1))).toThrow('closed');
    expect(() => socket.write(Uint8Array.of(1))).toThrow('closed');

    const early = connect();
    early.socket.close();
    expect(early.session.alerts).toEqual([]);
    const between = connect();
    between.sdk.writable(10_000);
    between.sdk.deliver(recording.received);
    between.socket.close();
    clock.time.advance(100);
    expect(between.log).toEqual(['verify 1']);
  });
});
