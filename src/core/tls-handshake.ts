import type { Crypto } from './crypto.js';
import type { PublicKey } from './public-key.js';
import { TlsError } from './tls-error.js';
import {
  checkCertificateRequest,
  checkServerKeyExchange,
  Message,
  RANDOM_BYTES,
  readCertificates,
  readServerHello,
} from './tls-messages.js';
import { Content, GCM_BYTES, MAX_FRAGMENT, RECORD_HEADER_BYTES, recordLength } from './tls-record.js';

export interface HandshakeGuardOptions {
  readonly crypto: Crypto;
  /** Plaintext bytes of a record that the engine asks for (RFC 6066, 4): 512, 1024, 2048 or 4096. */
  readonly maxFragment: number;
  /** The key of a server that is to be believed; its chain (DER, its own certificate first) is good for the call. */
  verify(chain: readonly Uint8Array[]): PublicKey | undefined;
}

/** What comes next. */
type Step =
  | 'client_hello'
  | 'server_hello'
  | 'certificate'
  | 'key_exchange'
  | 'request_or_done'
  | 'done'
  | 'client_keys'
  | 'client_finished'
  | 'change_cipher'
  | 'finished'
  | 'complete';

const MESSAGE_HEADER_BYTES = 4;
/** A message's place in the record that is made of it. */
const BODY_AT = RECORD_HEADER_BYTES + MESSAGE_HEADER_BYTES;
/** An encrypted Finished: message header, 12 bytes, nonce and tag. */
const FINISHED_BYTES = MESSAGE_HEADER_BYTES + 12 + GCM_BYTES;
/** Offsets in the record of ClientHello. */
const RANDOM_AT = BODY_AT + 2;
const SESSION_ID_AT = RANDOM_AT + RANDOM_BYTES;

/** The server's messages that may come in a step, and how long each may be, bytes. */
const MESSAGES: Readonly<Partial<Record<Step, Readonly<Record<number, number>>>>> = Object.freeze({
  server_hello: Object.freeze({ [Message.serverHello]: 512 }),
  certificate: Object.freeze({ [Message.certificate]: 8_192 }),
  key_exchange: Object.freeze({ [Message.serverKeyExchange]: 1_024 }),
  request_or_done: Object.freeze({ [Message.certificateRequest]: 4_096, [Message.serverHelloDone]: 0 }),
  done: Object.freeze({ [Message.serverHelloDone]: 0 }),
});

const TYPES = Object.freeze({
  plain: Object.freeze([Content.handshake, Content.alert]),
  changeCipher: Object.freeze([Content.changeCipherSpec, Content.alert]),
  finished: Object.freeze([Content.handshake]),
});

/**
 * Stands between a server and a TLS engine that checks too little, from ClientHello to the server's Finished (RFC 5246, 7.3), and
 * lets pass what is exactly right: TLS 1.2 with ECDHE on P-256 and AES-128-GCM, no resumption; each message once, in its turn; a chain that
 * `verify` believes; keys signed by it over this connection's randoms. What Finished says is for the engine to check.
 *
 * Bytes are read into `space`, whatever pieces they come in; `filled` returns what the engine may see: one message in one
 * record. It throws `TlsError` for anything else, and is not to be called after that. It holds one message at a time, of 8 KiB at most.
 */
export class HandshakeGuard {
  readonly #options: HandshakeGuardOptions;
  readonly #randoms = new Uint8Array(2 * RANDOM_BYTES);
  readonly #header = new Uint8Array(RECORD_HEADER_BYTES);
  #headerFilled = 0;
  /** Bytes of the record's content that are still to come. */
  #left = 0;
  /** What is being read: a message, with place for a record's header, or its beginning; or a record that is no message. */
  #unit = new Uint8Array(BODY_AT);
  #filled = RECORD_HEADER_BYTES;
  #step: Step = 'client_hello';
  #keyKind: PublicKey['kind'] = 'ec';
  #serverKey: PublicKey | undefined;
  #maxFragment = MAX_FRAGMENT;

  constructor(options: HandshakeGuardOptions) {
    this.#options = options;
  }

  /** ServerHelloDone has come: the engine is to send its keys and its Finished. */
  get isClientsTurn(): boolean {
    return this.#step === 'client_keys';
  }

  /** The server's Finished has come. */
  get isComplete(): boolean {
    return this.#step === 'complete';
  }

  /** The key that `verify` gave, while the key exchange is under way. */
  get serverKey(): PublicKey | undefined {
    return this.#serverKey;
  }

  /** The same, once it has been found to have signed the key exchange. */
  get provenKey(): PublicKey | undefined {
    return this.#step === 'key_exchange' ? undefined : this.#serverKey;
  }

  /** Plaintext bytes of a record from the server at most, as agreed. */
  get maxFragment(): number {
    return this.#maxFragment;
  }

  /** One record, as the engine sends it. @throws {TlsError} where it is not its turn */
  sent(record: Uint8Array): void {
    const type = record[0];
    const isMessage = type === Content.handshake;
    if (type === Content.alert) return;
    if (
      isMessage &&
      this.#step === 'client_hello' &&
      record[RECORD_HEADER_BYTES] === Message.clientHello &&
      record[SESSION_ID_AT] === 0
    ) {
      this.#randoms.set(record.subarray(RANDOM_AT, SESSION_ID_AT));
      this.#step = 'server_hello';
    } else if (type === Content.changeCipherSpec && this.#step === 'client_keys') this.#step = 'client_finished';
    else if (isMessage && this.#step === 'client_finished') this.#step = 'change_cipher';
    else if (!isMessage || this.#step !== 'client_keys') {
      throw new TlsError('unexpected_message', `A record of type ${type} was to be sent out of turn.`);
    }
  }

  /** Where the next bytes belong: room for at least one. */
  get space(): Uint8Array {
    if (this.#left === 0) return this.#header.subarray(this.#headerFilled);
    return this.#unit.subarray(this.#filled, this.#filled + this.#left);
  }

  /** `count` bytes have been read into `space`; a record that it returns is good until the next call. @throws {TlsError} */
  filled(count: number): Uint8Array | undefined {
    if (this.#left === 0) {
      this.#headerFilled += count;
      if (this.#headerFilled === RECORD_HEADER_BYTES) this.#startRecord();
      return undefined;
    }
    this.#filled += count;
    this.#left -= count;
    if (this.#filled < this.#unit.length) return undefined;
    return this.#header[0] === Content.handshake && this.#step !== 'finished' ? this.#message() : this.#record();
  }

  #startRecord(): void {
    this.#headerFilled = 0;
    const step = this.#step;
    const types = step === 'finished' ? TYPES.finished : step === 'change_cipher' ? TYPES.changeCipher : TYPES.plain;
    if (step !== 'finished' && step !== 'change_cipher' && MESSAGES[step] === undefined) {
      throw new TlsError('unexpected_message', 'The server speaks out of turn.');
    }
    const length = recordLength(this.#header, types);
    this.#left = length;
    if (this.#header[0] === Content.handshake && step !== 'finished') {
      if (length === 0) throw new TlsError('decode_error', 'The server sent an empty record.');
      if (length > this.#maxFragment)
        throw new TlsError('record_overflow', `A record has over ${this.#maxFragment} bytes.`);
      return;
    }
    const right = step === 'finished' ? FINISHED_BYTES : this.#header[0] === Content.alert ? 2 : 1;
    if (length !== right)
      throw new TlsError('decode_error', `A record of type ${this.#header[0]} has ${length} bytes.`);
    this.#unit = new Uint8Array(RECORD_HEADER_BYTES + length);
    this.#unit.set(this.#header);
    this.#filled = RECORD_HEADER_BYTES;
  }

  /** A record that is no message in plaintext, whole. */
  #record(): Uint8Array {
    const record = this.#unit;
    if (record[0] === Content.alert) {
      throw new TlsError('peer_alert', `The server ended the handshake with alert ${record[RECORD_HEADER_BYTES + 1]}.`);
    }
    if (record[0] === Content.changeCipherSpec) {
      if (record[RECORD_HEADER_BYTES] !== 1) throw new TlsError('decode_error', 'ChangeCipherSpec is malformed.');
      this.#step = 'finished';
    } else this.#step = 'complete';
    return record;
  }

  /** A message's header, or all of it. */
  #message(): Uint8Array | undefined {
    const message = this.#unit;
    const type = message[RECORD_HEADER_BYTES]!;
    if (message.length === BODY_AT) {
      const length = this.#bodyLength(type, message);
      if (length > 0) {
        this.#unit = new Uint8Array(BODY_AT + length);
        this.#unit.set(message);
        return undefined;
      }
    }
    this.#check(type, message.subarray(BODY_AT));
    const length = message.length - RECORD_HEADER_BYTES;
    message.set(this.#header);
    message[3] = length >> 8;
    message[4] = length & 0xff;
    this.#unit = new Uint8Array(BODY_AT);
    this.#filled = RECORD_HEADER_BYTES;
    return message;
  }

  #bodyLength(type: number, header: Uint8Array): number {
    const most = MESSAGES[this.#step]?.[type];
    if (most === undefined) throw new TlsError('unexpected_message', `The server sent message ${type} out of turn.`);
    const at = RECORD_HEADER_BYTES + 1;
    const length = (header[at]! << 16) | (header[at + 1]! << 8) | header[at + 2]!;
    if (length > most) throw new TlsError('decode_error', `Message ${type} of the server has over ${most} bytes.`);
    return length;
  }

  #check(type: number, body: Uint8Array): void {
    const { crypto, maxFragment, verify } = this.#options;
    switch (type) {
      case Message.serverHello: {
        const hello = readServerHello(body, maxFragment);
        this.#randoms.set(hello.random, RANDOM_BYTES);
        this.#keyKind = hello.keyKind;
        this.#maxFragment = hello.maxFragment ?? MAX_FRAGMENT;
        this.#step = 'certificate';
        break;
      }
      case Message.certificate:
        this.#serverKey = verify(readCertificates(body));
        if (this.#serverKey === undefined) throw new TlsError('bad_certificate', 'The server is not trusted.');
        if (this.#serverKey.kind !== this.#keyKind) {
          throw new TlsError('illegal_parameter', "The key of the server's certificate does not fit its cipher suite.");
        }
        this.#step = 'key_exchange';
        break;
      case Message.serverKeyExchange:
        checkServerKeyExchange(crypto, this.#serverKey!, this.#randoms, body);
        this.#step = 'request_or_done';
        break;
      case Message.certificateRequest:
        checkCertificateRequest(body);
        this.#step = 'done';
        break;
      default:
        if (this.#left > 0) throw new TlsError('unexpected_message', 'The server sent more than ServerHelloDone.');
        this.#serverKey = undefined;
        this.#step = 'client_keys';
    }
  }
}
