import SslAlert from 'ssl/alert';
import Session, { type Pipe } from 'ssl/session';
import Timer from 'timer';
import type { Crypto } from '../core/crypto.js';
import { TLS_ALERTS, TlsError } from '../core/tls-error.js';
import { HandshakeGuard } from '../core/tls-handshake.js';
import { TLS_1_2 } from '../core/tls-messages.js';
import { GCM_BYTES, RECORD_HEADER_BYTES, TlsRecordWatch } from '../core/tls-record.js';
import { isIPv4 } from '../core/url.js';
import type { TcpSocket, TlsConstructor, TlsOptions } from '../ports/socket.js';
import { XsTcp } from './tcp.js';

/** Plaintext bytes of a record that servers are asked for at most (RFC 6066, 4). */
const MAX_FRAGMENT = 4_096;
/** Plaintext bytes of a record that is sent, at most: the engine holds each of them several times. */
const SENT_FRAGMENT = 1_024;
const RECORD_OVERHEAD = RECORD_HEADER_BYTES + GCM_BYTES;
/** An encrypted alert: there is always left room for one. */
const ALERT_BYTES = RECORD_OVERHEAD + 2;
const WARNING = 1;
const FATAL = 2;
const CLOSE_NOTIFY = 0;
const BAD_RECORD_MAC = 20;

/** TLS of a board by the SDK's engine, each connection behind our guard. */
export function xsTls(crypto: Crypto): TlsConstructor {
  return class extends XsTls {
    constructor(options: TlsOptions) {
      super(options, crypto);
    }
  };
}

/**
 * The SDK's TLS session over a TCP socket. In the handshake the engine is given each message when the guard has let it pass;
 * afterwards it reads by itself, and is watched. Whatever it throws ends the connection, with one `onError`.
 */
class XsTls implements TcpSocket {
  readonly #options: TlsOptions;
  readonly #guard: HandshakeGuard;
  readonly #session: Session;
  readonly #tcp: XsTcp;
  /** The socket as the engine sees it. */
  readonly #pipe: Pipe;
  /** There once the handshake is complete. */
  #watch: TlsRecordWatch | undefined;
  #isStarted = false;
  /** Nothing is called any more. */
  #isOver = false;
  #isClosed = false;
  /** What the engine may read in the handshake. */
  #record: Uint8Array | undefined;
  /** Bytes that can be read from and written to the TCP socket now. */
  #available = 0;
  #room = 0;
  /** What is still to be sent: the keys and certificates of the handshake, perhaps. */
  readonly #waiting: Uint8Array[] = [];
  /** What has been decrypted and not been read. */
  #data: Uint8Array | undefined;
  #turn: ReturnType<typeof Timer.set> | undefined;

  constructor(options: TlsOptions, crypto: Crypto) {
    const { address, port, noDelay = false, serverName, identity, verify } = options;
    const guard = new HandshakeGuard({ crypto, maxFragment: MAX_FRAGMENT, verify });
    this.#options = options;
    this.#guard = guard;
    this.#pipe = {
      readable: 0,
      writable: 0,
      read: (into) => this.#feed(into),
      write: (record) => this.#send(record),
    };
    this.#session = new Session({
      protocolVersion: TLS_1_2,
      tls_max_fragment_length: MAX_FRAGMENT,
      ...(!isIPv4(serverName) && { serverName }),
      keys: {
        get serverKey() {
          return guard.serverKey;
        },
        get provenKey() {
          return guard.provenKey;
        },
        identity,
      },
    });
    this.#session.initiateHandshake();
    this.#tcp = new XsTcp({
      address,
      port,
      noDelay,
      onReadable: (count) => {
        this.#available = count;
        this.#receive();
      },
      onWritable: (count) => this.#onWritable(count),
      onError: (error) => this.#fail(error),
    });
  }

  read(into: Uint8Array): number {
    this.#mustBeOpen();
    const data = this.#data;
    if (data === undefined) return 0;
    const count = Math.min(into.length, data.length);
    into.set(data.subarray(0, count));
    this.#data = count < data.length ? data.subarray(count) : undefined;
    // Not from in here: what comes next is told of in a callback.
    if (this.#data === undefined && this.#available > 0) this.#receiveSoon();
    return count;
  }

  write(bytes: Uint8Array): number {
    this.#mustBeOpen();
    const room = this.#writable();
    if (bytes.length > room) throw new RangeError(`${bytes.length} bytes where ${room} can be written`);
    for (let at = 0; at < bytes.length; at += SENT_FRAGMENT) {
      this.#session.write(this.#pipe, bytes.subarray(at, at + SENT_FRAGMENT));
    }
    return this.#writable();
  }

  close(): void {
    if (!this.#isOver && this.#watch !== undefined) this.#say(WARNING, CLOSE_NOTIFY);
    this.#isClosed = true;
    this.#end();
    this.#data = undefined;
  }

  #mustBeOpen(): void {
    if (this.#isClosed) throw new Error('the socket is closed');
  }

  /** Bytes that the application can read now. */
  get #unread(): number {
    return this.#data?.length ?? 0;
  }

  /** Bytes that it can write now. */
  #writable(): number {
    if (this.#watch === undefined || this.#isOver || this.#waiting.length > 0) return 0;
    const room = this.#room - ALERT_BYTES;
    const records = Math.floor(Math.max(0, room) / (RECORD_OVERHEAD + SENT_FRAGMENT));
    const rest = room - records * (RECORD_OVERHEAD + SENT_FRAGMENT) - RECORD_OVERHEAD;
    return records * SENT_FRAGMENT + Math.max(0, rest);
  }

  #onWritable(count: number): void {
    this.#room = count;
    try {
      if (!this.#isStarted) {
        this.#isStarted = true;
        this.#session.handshake(this.#pipe);
      }
      this.#flush();
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#tellOfRoom();
  }

  #tellOfRoom(): void {
    const count = this.#writable();
    if (count > 0) this.#options.onWritable(count);
  }

  #receiveSoon(): void {
    this.#turn ??= Timer.set(() => {
      this.#turn = undefined;
      this.#receive();
    });
  }

  /** Takes in what has come, until there is something to be read. */
  #receive(): void {
    while (this.#available > 0 && this.#unread === 0 && this.#turn === undefined && !this.#isOver) {
      const isOpen = this.#watch !== undefined;
      try {
        if (isOpen) this.#decrypt();
        else this.#shakeHands();
      } catch (error) {
        this.#fail(error, alertFor(error, isOpen));
        return;
      }
      if (this.#unread > 0) this.#options.onReadable(this.#unread);
      else if (!isOpen && this.#watch !== undefined) this.#tellOfRoom();
    }
  }

  #decrypt(): void {
    this.#pipe.readable = this.#available;
    const data = this.#session.read(this.#pipe);
    if (data === null) throw new Error('the server has closed the connection');
    if (data !== undefined && data.length > 0) this.#data = data;
  }

  #shakeHands(): void {
    const guard = this.#guard;
    const session = this.#session;
    const count = this.#tcp.read(guard.space);
    this.#available -= count;
    const record = guard.filled(count);
    if (record === undefined) return;
    this.#record = record;
    this.#pipe.readable = record.length;
    let isDone = session.handshake(this.#pipe);
    // It reads and answers in two steps.
    if (!isDone && (guard.isClientsTurn || guard.isComplete)) isDone = session.handshake(this.#pipe);
    this.#flush();
    if (isDone !== guard.isComplete) throw new Error('the TLS engine has lost its place in the handshake');
    if (isDone) this.#watch = new TlsRecordWatch(guard.maxFragment);
    // While there is a key to verify with, each message takes a signature or a key: others shall have their turn between.
    if (guard.serverKey !== undefined) this.#receiveSoon();
  }

  /** Gives the engine bytes to read: as many as it has been told of. */
  #feed(into: Uint8Array): void {
    const record = this.#record;
    if (record !== undefined) {
      into.set(record.subarray(0, into.length));
      this.#record = into.length < record.length ? record.subarray(into.length) : undefined;
      return;
    }
    const count = this.#tcp.read(into);
    this.#available -= count;
    if (count < into.length || this.#watch === undefined) throw new Error('the TLS engine reads what is not there');
    this.#watch.watch(into);
  }

  #send(record: Uint8Array): number {
    if (this.#watch === undefined) this.#guard.sent(record);
    this.#waiting.push(record);
    // In the handshake all at once: a server that says no to the first may have gone when the last has been computed.
    if (this.#watch !== undefined) this.#flush();
    return this.#room;
  }

  #flush(): void {
    const waiting = this.#waiting;
    while (waiting.length > 0 && this.#room > 0) {
      const next = waiting[0]!;
      const sent = Math.min(next.length, this.#room);
      this.#room = this.#tcp.write(next.subarray(0, sent));
      if (sent < next.length) waiting[0] = next.subarray(sent);
      else waiting.shift();
    }
  }

  /** Sends an alert where there is room for it. */
  #say(level: number, description: number): void {
    if (this.#waiting.length > 0 || this.#room < ALERT_BYTES) return;
    try {
      this.#session.doProtocol(this.#pipe, SslAlert, level, description);
      this.#flush();
    } catch {
      // It goes unsaid.
    }
  }

  #fail(error: unknown, alert?: number): void {
    if (this.#isOver) return;
    if (alert !== undefined) this.#say(FATAL, alert);
    this.#end();
    this.#options.onError(error);
  }

  #end(): void {
    this.#isOver = true;
    Timer.clear(this.#turn);
    this.#turn = undefined;
    this.#tcp.close();
  }
}

/** What the server is told. */
function alertFor(error: unknown, isOpen: boolean): number | undefined {
  if (error instanceof TlsError) return error.code === 'peer_alert' ? undefined : TLS_ALERTS[error.code];
  return isOpen ? BAD_RECORD_MAC : TLS_ALERTS.decrypt_error;
}
