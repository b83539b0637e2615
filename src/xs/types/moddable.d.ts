/**
 * The parts of the Moddable SDK (8.2.3) that the adapters use, as its sources have them. The SDK's own typings are left
 * out of the build: they lack or misstate several of these.
 */

declare function trace(...texts: string[]): void;

interface String {
  /** ES2024. */
  isWellFormed(): boolean;
  /** ES2024. */
  toWellFormed(): string;
}

interface BigIntConstructor {
  /** Big-endian, without a sign. @throws {SyntaxError} of none */
  fromArrayBuffer(buffer: ArrayBufferLike): bigint;
}

interface ArrayBufferConstructor {
  /** Big-endian, without a sign, with zeros ahead up to `minBytes`. */
  fromBigInt(value: bigint, minBytes?: number): ArrayBuffer;
}

declare module 'crypt' {
  export class Digest {
    constructor(type: 'SHA256');
    write(bytes: Uint8Array): void;
    close(): ArrayBuffer;
    /** The digest of these bytes alone. */
    process(bytes: Uint8Array): ArrayBuffer;
  }
}

declare module 'hmac' {
  import type { Digest } from 'crypt';
  export default class HMAC {
    constructor(digest: Digest, key: Uint8Array);
    process(bytes: Uint8Array): ArrayBuffer;
  }
}

declare module 'modular' {
  /** Arithmetic modulo a number. */
  export default class Modular {
    constructor(modulus: bigint);
    mul(a: bigint, b: bigint): bigint;
    /** Never comes back where there is no inverse. */
    mulinv(a: bigint): bigint;
    exp(base: bigint, exponent: bigint): bigint;
  }
}

declare module 'ecp' {
  export default class ECPoint {
    constructor(x: bigint, y: bigint);
    readonly X: bigint;
    isZero(): boolean;
  }
}

declare module 'curve' {
  import type ECPoint from 'ecp';
  export default class Curve {
    constructor(name: 'secp256r1');
    readonly G: ECPoint;
    readonly n: bigint;
    /** `mul2`: a times k, and b times l, added. Does not look whether they are points of the curve. */
    readonly ec: { mul2(a: ECPoint, k: bigint, b: ECPoint, l: bigint): ECPoint };
  }
}

/** Ours (`xs/sdk/ecdsa.ts`). */
declare module 'ecdsa' {
  export class ProvenKey {}
}

declare module 'pkcs8' {
  /** With what else PKCS #1 has of a key. */
  export interface PrivateRsaKey {
    readonly modulus: bigint;
    readonly privExponent: bigint;
  }
  const PKCS8: {
    /** Reads the DER of an RSA key. @throws, or gives nonsense, for anything else */
    parse(der: Uint8Array): PrivateRsaKey;
  };
  export default PKCS8;
}

declare module 'ssl/constants' {
  export const AES: number;
  export const ECDHE_RSA: number;
  export const GCM: number;
  export const SHA256: number;
}

declare module 'ssl/alert' {
  /** The alert protocol, for `doProtocol`. */
  const alert: { readonly name: 'alert' };
  export default alert;
}

declare module 'ssl/session' {
  import type alert from 'ssl/alert';
  /** A socket as a session wants it. */
  export interface Pipe {
    /** Bytes that can be read; the session takes off what it has read. */
    readable: number;
    writable: number;
    /** Fills all of `into`. */
    read(into: Uint8Array): void;
    /** Takes a record; returns what `writable` is now. */
    write(record: Uint8Array): number;
  }
  /** A client's side of TLS. Everything throws where the other side, or the session itself, is not as it should be. */
  export default class Session {
    constructor(options: {
      protocolVersion: number;
      tls_max_fragment_length: number;
      /** For SNI. */
      serverName?: string;
      /** For `ssl/cert`. */
      keys: object;
    });
    initiateHandshake(): void;
    /** Reads one record, or answers the last one; true once the handshake is complete, or has been ended by an alert. */
    handshake(pipe: Pipe): boolean;
    /** What a record held: good until the next call; `undefined`: none is whole; `null`: the peer has closed. */
    read(pipe: Pipe): Uint8Array | null | undefined;
    /** Sends one record. */
    write(pipe: Pipe, bytes: Uint8Array): number;
    doProtocol(pipe: Pipe, protocol: typeof alert, level: number, description: number): void;
  }
}

declare module 'timer' {
  type Handle = { readonly brand: unique symbol };
  const Timer: {
    set(callback: () => void, delayMs?: number): Handle;
    repeat(callback: () => void, intervalMs: number): Handle;
    clear(handle: Handle | undefined): void;
  };
  export default Timer;
}

declare module 'time' {
  const Time: {
    /** Sets the clock that `Date` reads; whole seconds since the epoch. */
    set(seconds: number): void;
    /** Milliseconds since boot in 32 bits, signed: to be compared with `delta` alone. */
    readonly ticks: number;
    delta(start: number, end: number): number;
  };
  export default Time;
}

declare module 'net' {
  const Net: {
    /** Asks the DHCP server's name servers. `address` is `undefined` when there is none; it may be an IPv6 address. */
    resolve(host: string, callback: (host: string, address: string | undefined) => void): void;
  };
  export default Net;
}

declare module 'text/decoder' {
  export default class TextDecoder {
    constructor(label: 'utf-8', options: { fatal: boolean; ignoreBOM: boolean });
    /** @throws {TypeError} when fatal and malformed */
    decode(bytes: Uint8Array): string;
  }
}

declare module 'text/encoder' {
  export default class TextEncoder {
    encodeInto(text: string, into: Uint8Array): { readonly read: number; readonly written: number };
  }
}

declare module 'mc/config' {
  /** The manifest's `config`, frozen. */
  const config: Readonly<Record<string, unknown>>;
  export default config;
}

declare module 'embedded:io/digital' {
  export default class Digital {
    static readonly Input: number;
    static readonly InputPullUp: number;
    static readonly Output: number;
    static readonly Rising: number;
    static readonly Falling: number;
    /** With `onReadable`, `edge` (a sum) says which edges call it, from the engine's queue. @throws when it says none */
    constructor(options: {
      pin: number;
      mode: number;
      initialValue?: 0 | 1;
      edge?: number;
      onReadable?: () => void;
    });
    /** @throws on an output */
    read(): 0 | 1;
    write(level: 0 | 1): void;
    close(): void;
  }
}

declare module 'embedded:io/pwm' {
  export default class PWM {
    constructor(options: { pin: number; hz: number; resolution: number });
    write(duty: number): void;
    readonly hz: number;
    readonly resolution: number;
    close(): void;
  }
}

declare module 'embedded:io/analog' {
  export default class Analog {
    /** @throws when the chip has no converter on that pin */
    constructor(options: { pin: number });
    /** `undefined` when the converter gave nothing, as the one that the radio uses does. */
    read(): number | undefined;
    readonly resolution: number;
    close(): void;
  }
}

declare module 'embedded:io/socket/tcp' {
  export interface TcpCallbacks {
    onReadable(count: number): void;
    onWritable(count: number): void;
    onError(): void;
  }
  export default class TCP {
    /**
     * All lower case `nodelay`. `from`: takes the connection over from another object, which it closes.
     * @throws when there is no network, no socket, or the connection of `from` has gone
     */
    constructor(options: ({ address: string; port: number } | { from: TCP }) & { nodelay: boolean } & TcpCallbacks);
    /** Fills all of `into`. @throws when there is less to read than that */
    read(into: Uint8Array): number | undefined;
    /** Room left, or `undefined` when the connection has gone. @throws when there is not room for all of it */
    write(bytes: Uint8Array): number | undefined;
    /** Panics where the connection has gone. */
    readonly remoteAddress: string;
    close(): void;
  }
}

declare module 'embedded:io/socket/listener' {
  import type TCP from 'embedded:io/socket/tcp';
  export default class Listener {
    /** @throws when the port is taken, or there is no socket */
    constructor(options: { port: number; onReadable(count: number): void });
    /** One that waits, as an object without callbacks. Where none does: `undefined`, and an object is leaked. */
    read(): TCP;
    close(): void;
  }
}

declare module 'embedded:io/socket/udp' {
  export default class UDP {
    constructor(options: { port?: number; onReadable(count: number): void });
    /** Whom it came from is added to the packet. */
    read(): (ArrayBuffer & { readonly address: string; readonly port: number }) | undefined;
    write(bytes: Uint8Array, address: string, port: number): void;
    close(): void;
  }
}

declare module 'embedded:storage/key-value' {
  export interface Store {
    read(key: string): ArrayBuffer | undefined;
    write(key: string, value: Uint8Array): void;
    delete(key: string): void;
  }
  const keyValue: { open(options: { path: string }): Store };
  export default keyValue;
}

declare module 'embedded:storage/flash' {
  /** Each throws when the flash fails, the partition ends before that, or it has been closed. */
  export interface Partition {
    read(length: number, offset: number): ArrayBuffer;
    /** Fills `into`. */
    read(into: Uint8Array, offset: number): number;
    write(bytes: Uint8Array, offset: number): void;
    eraseBlock(block: number): void;
    /** Bytes of all of it, and of one block. */
    status(): { readonly size: number; readonly blockLength: number };
    close(): void;
  }
  /** By the label of a data partition; `nextota` is the slot that the running image is not in. @throws when there is none */
  const flash: { open(options: { path: string; mode: 'r' | 'r+' }): Partition };
  export default flash;
}

declare module 'embedded:update' {
  import type { Partition } from 'embedded:storage/flash';
  export interface Update {
    write(bytes: Uint8Array, offset: number): void;
    /** Checks the image that is in the partition, and has it start next. @throws when the boot loader would not start it */
    complete(): void;
    close(): void;
  }
  /** Erases the blocks that `byteLength` takes. @throws when the running image is on trial, or the flash fails */
  const Update: { open(options: { partition: Partition; mode: 'w'; byteLength: number }): Update };
  export default Update;
}

declare module 'embedded:network/interface/wifi' {
  export interface FoundNetwork {
    /** The bytes as they were heard: empty, or no UTF-8, perhaps. */
    readonly SSID: string;
    readonly RSSI: number;
    /** `none`, or some kind of. */
    readonly security: string;
  }
  export default class WiFi {
    /** Starts the driver where nobody has. */
    constructor(options: { onChanged?(property: string): void });
    connect(options: { SSID: string; password?: string }): void;
    disconnect(): void;
    /** Calls `onFound` for each access point, at the end; one scan at a time. @throws while another, or a connect, is under way */
    scan(options: { onFound(network: FoundNetwork): void; onComplete(): void }): void;
    close(): void;
    /** 200 disconnected, 300 connecting, 400 associated, 500 with IPv4 and IPv6 addresses. */
    readonly connection: number;
    /** The IPv4 address, failing that the IPv6 link-local one. */
    readonly address: string | undefined;
    readonly RSSI: number | undefined;
  }
}

declare module 'embedded:io/bluetoothle/peripheral' {
  /** By AD type. */
  export type Advertisement = Readonly<Record<number, Uint8Array>>;
  export interface Characteristic {
    readonly brand: unique symbol;
  }
  /** A central. */
  export interface Connection {
    /** Queues it. @throws when nobody has subscribed to the characteristic */
    notify(characteristic: Characteristic, value: Uint8Array): void;
    /** MTU − 3. @throws once it has gone */
    readonly maximumWrite: number;
  }
  /** Each callback must be there where its property is, and nowhere else. The stack waits while one runs. */
  export interface CharacteristicOptions {
    uuid: string;
    properties: number;
    onRead?(connection: Connection): Uint8Array;
    onWrite?(value: ArrayBuffer, connection: Connection): void;
    onSubscribe?(this: Characteristic, connection: Connection): void;
    onUnsubscribe?(this: Characteristic, connection: Connection): void;
  }
  export class GATTServer {
    static readonly properties: {
      readonly read: number;
      readonly write: number;
      readonly writeWithOutResponse: number;
      readonly notify: number;
    };
    /** @throws when it is the second since the boot */
    constructor(options: {
      mtu: number;
      services: readonly { uuid: string; characteristics: readonly CharacteristicOptions[] }[];
      /** The stack has come up; only now can anything be advertised. */
      onReady(): void;
      onConnect(connection: Connection): void;
      onDisconnect(connection: Connection): void;
    });
    /** Advertises, and again after each disconnect. @throws when one is over 31 bytes, or the stack is not up */
    startAdvertising(data: Advertisement, response: Advertisement): void;
    stopAdvertising(): void;
  }
}
