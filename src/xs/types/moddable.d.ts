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
  export default class TCP {
    /** All lower case `nodelay`. @throws when there is no network, or no socket */
    constructor(options: {
      address: string;
      port: number;
      nodelay: boolean;
      onReadable(count: number): void;
      onWritable(count: number): void;
      onError(): void;
    });
    /** Fills all of `into`. @throws when there is less to read than that */
    read(into: Uint8Array): number | undefined;
    /** Room left, or `undefined` when the connection has gone. @throws when there is not room for all of it */
    write(bytes: Uint8Array): number | undefined;
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

declare module 'embedded:network/interface/wifi' {
  export default class WiFi {
    constructor(options: { onChanged(property: string): void });
    connect(options: { SSID: string; password?: string }): void;
    disconnect(): void;
    close(): void;
    /** 200 disconnected, 300 connecting, 400 associated, 500 with IPv4 and IPv6 addresses. */
    readonly connection: number;
    /** The IPv4 address, failing that the IPv6 link-local one. */
    readonly address: string | undefined;
    readonly RSSI: number | undefined;
  }
}
